// Compares 2^20 draws of each sampler with the ones that generate/draws.py wrote, bit by bit, and prints a table.
// Usage: node compare-draws.mjs FOLDER, after a build.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { enableX64 } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import * as random from "@flaxen/rng";

const N = 2 ** 20;
const LOGITS = Float32Array.from([0.1, 0.2, 0.3, 0.4], Math.log);

const draws = {
  permutation: (key) => random.permutation(key, N),
  choice: (key) => random.choice(key, 1000, [N]),
  categorical: (key) => random.categorical(key, LOGITS, { shape: [N] }),
  bernoulli: (key) => random.bernoulli(key, new NDArray(Float32Array.of(0.3), []), [N]),
  randint: (key, dtype) => random.randint(key, [N], 3, 250, { dtype }),
  truncatedNormal: (key, dtype) => random.truncatedNormal(key, -2, 2, [N], { dtype }),
};

/** Floats as integers in the order of their values. */
function ordered(bytes, dtype) {
  const { buffer, byteOffset, byteLength } = bytes;
  if (dtype === "float64") {
    const words = new BigInt64Array(buffer, byteOffset, byteLength / 8);
    return (i) => (words[i] < 0n ? -(words[i] & 0x7fffffffffffffffn) : words[i]);
  }
  const words =
    dtype === "float32"
      ? new Int32Array(buffer, byteOffset, byteLength / 4)
      : new Int16Array(buffer, byteOffset, byteLength / 2);
  const mask = dtype === "float32" ? 0x7fffffff : 0x7fff;
  return (i) => BigInt(words[i] < 0 ? -(words[i] & mask) : words[i]);
}

const folder = process.argv[2];
let worst = 0;
for (const one of JSON.parse(readFileSync(join(folder, "cases.json"), "utf8"))) {
  const { name, dtype, partitionable, x64 } = one;
  enableX64(x64);
  const key = random.key(20, { partitionable });
  const { data } = draws[name]?.(key, dtype) ?? random[name](key, [N], { dtype });
  const ours = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const theirs = new Uint8Array(readFileSync(join(folder, one.file))).slice();
  let equal = "all equal";
  if (Buffer.compare(ours, theirs) !== 0 && !/^b?float/.test(dtype)) {
    worst = 1;
    equal = "different";
  } else if (Buffer.compare(ours, theirs) !== 0) {
    let different = 0;
    let beyond = 0;
    let largest = 0n;
    const a = ordered(ours, dtype);
    const b = ordered(theirs, dtype);
    for (let i = 0; i < N; i++) {
      const distance = a(i) > b(i) ? a(i) - b(i) : b(i) - a(i);
      if (distance > 0n) different++;
      if (distance > 1n) beyond++;
      if (distance > largest) largest = distance;
    }
    if (dtype !== "float64") worst = 1;
    equal = `${different} differ, ${beyond} by more than 1 ulp, at most ${largest}`;
  }
  const layout = partitionable ? "partitionable" : "legacy";
  console.log(
    `${name.padEnd(16)}${dtype.padEnd(10)}${layout.padEnd(15)}x64 ${x64 ? "on " : "off"}  ${equal}`,
  );
}
process.exitCode = worst;
