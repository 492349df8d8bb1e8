import test from "ava";
import { readFileSync } from "node:fs";
import { bits, key, normal, truncatedNormal, uniform } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { bitEqual } from "@flaxen/testing";
import { fusedSupported, setWasmEnabled } from "@flaxen/wasm";
import { moduleFiles } from "../kernels/module-files.ts";
import { buildNormalModule } from "../kernels/normal-kernel.ts";
import { buildUniformModule } from "../kernels/uniform-kernel.ts";

// Around the length from which kernels run, turns of 20 words, lists of 16 values, and chunks of 2048 and 4096.
const SIZES = [
  0, 1, 2, 3, 5, 63, 64, 65, 79, 80, 81, 127, 128, 129, 1000, 2047, 2048, 2049, 4093, 4095, 4096,
  4097, 4098, 8191, 8192, 8193, 12289, 20011,
];

const SAMPLERS: Record<string, (key: Key, size: number) => ReturnType<typeof bits>> = {
  bits: (k, n) => bits(k, [n], { dtype: "uint32" }),
  uniform: (k, n) => uniform(k, [n], { dtype: "float32" }),
  "uniform on [-1.3, 2.7)": (k, n) =>
    uniform(k, [n], { dtype: "float32", minval: -1.3, maxval: 2.7 }),
  "uniform on [0, 2.7)": (k, n) => uniform(k, [n], { dtype: "float32", maxval: 2.7 }),
  "uniform on [0, 3e-41)": (k, n) => uniform(k, [n], { dtype: "float32", maxval: 3e-41 }),
  "uniform on [-0, 0.7)": (k, n) => uniform(k, [n], { dtype: "float32", minval: -0, maxval: 0.7 }),
  "uniform on [0, -0]": (k, n) => uniform(k, [n], { dtype: "float32", minval: 0, maxval: -0 }),
  "uniform on [1e-42, 3e-41)": (k, n) =>
    uniform(k, [n], { dtype: "float32", minval: 1e-42, maxval: 3e-41 }),
  normal: (k, n) => normal(k, [n], { dtype: "float32" }),
  "truncatedNormal on (-2, 2)": (k, n) => truncatedNormal(k, -2, 2, [n], { dtype: "float32" }),
  "truncatedNormal on (0, 30)": (k, n) => truncatedNormal(k, 0, 30, [n], { dtype: "float32" }),
  "truncatedNormal on (-Infinity, -0.5)": (k, n) =>
    truncatedNormal(k, -Infinity, -0.5, [n], { dtype: "float32" }),
  "truncatedNormal on (2.5, 2.6)": (k, n) =>
    truncatedNormal(k, 2.5, 2.6, [n], { dtype: "float32" }),
  "truncatedNormal on (-1e-17, 1e-16)": (k, n) =>
    truncatedNormal(k, -1e-17, 1e-16, [n], { dtype: "float32" }),
  "truncatedNormal on (1e-38, 1e-30)": (k, n) =>
    truncatedNormal(k, 1e-38, 1e-30, [n], { dtype: "float32" }),
};

const sameBits = test.macro({
  exec(t, name: string, partitionable: boolean, sizes: readonly number[]) {
    const sampler = SAMPLERS[name];
    for (const size of sizes) {
      const drawn = key(size + 2 ** 31, { partitionable });
      const fast = sampler(drawn, size);
      setWasmEnabled(false);
      try {
        bitEqual(t, fast, sampler(drawn, size));
      } finally {
        setWasmEnabled(true);
      }
    }
  },
  title: (_, name: string, partitionable: boolean, sizes: readonly number[]) =>
    `${name} (${partitionable ? "partitionable" : "legacy"}) has the same bits with and without WebAssembly, sizes up to ${sizes.at(-1)}`,
});

for (const name of Object.keys(SAMPLERS)) {
  for (const partitionable of [true, false]) {
    test.serial(sameBits, name, partitionable, SIZES);
  }
}
test.serial(sameBits, "normal", true, [2 ** 21 + 1]);
test.serial(sameBits, "truncatedNormal on (-2, 2)", false, [2 ** 21 + 1]);

test("kernels are valid modules", (t) => {
  const { validate } = (
    globalThis as unknown as { WebAssembly: { validate: (bytes: Uint8Array) => boolean } }
  ).WebAssembly;
  t.true(validate(buildUniformModule()));
  t.true(validate(buildNormalModule(false)));
  t.is(validate(buildNormalModule(true)), fusedSupported());
});

test("src holds the bytes that kernels/ builds", (t) => {
  for (const { name, text } of moduleFiles()) {
    // The tests are compiled to build/test.
    const committed = readFileSync(new URL(`../../src/${name}`, import.meta.url), "utf8");
    t.true(committed === text, `${name} is out of date: run the script "kernels" of this package`);
  }
});
