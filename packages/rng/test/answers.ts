import { createHash } from "node:crypto";
import test from "ava";
import type { ExecutionContext } from "ava";
import { enableX64 } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";

// The answers in these tests are those of JAX 0.10.2 on a CPU. A call such as
//   uniform(modern, [65537], { minval: -0.7, maxval: 3.1 })
// stands for jax.random.uniform(jax.random.key(7), (65537,), minval=-0.7, maxval=3.1); `legacy` for the same after
// jax.config.update("jax_threefry_partitionable", False). The digest is
//   hashlib.sha256(np.asarray(answer).tobytes()).hexdigest()[:16]

/** Key 7 in JAX's layout. */
export const modern = key(7);

/** Key 7 in the layout that JAX had before 0.5. */
export const legacy = key(7, { partitionable: false });

/** The first 16 hexadecimal digits of the SHA-256 of the bytes of an array. */
export function digest({ data: { buffer, byteOffset, byteLength } }: NDArray): string {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The elements of an array, row by row. */
export function elements(x: NDArray): unknown[] {
  return ([x.toArray()] as unknown[]).flat(Infinity);
}

/** Runs `f` with 64-bit defaults. */
export function withX64<T>(f: () => T): T {
  enableX64(true);
  try {
    return f();
  } finally {
    enableX64(false);
  }
}

/** Registers a test that a draw has a dtype and shape, up to three first elements, and a digest. */
export function answer(
  draw: () => NDArray,
  type: string,
  first: readonly (number | bigint | boolean)[],
  sha: string,
): void {
  register(draw, draw, "equals JAX in every bit", type, first, sha);
}

/** Like {@link answer}, after `enableX64(true)` and jax.config.update("jax_enable_x64", True). */
export function answerX64(
  draw: () => NDArray,
  type: string,
  first: readonly (number | bigint | boolean)[],
  sha: string,
): void {
  register(draw, () => withX64(draw), "equals JAX in every bit under x64", type, first, sha);
}

function register(
  call: () => NDArray,
  draw: () => NDArray,
  law: string,
  type: string,
  first: readonly (number | bigint | boolean)[],
  sha: string,
): void {
  test(`${String(call).replace(/^\(\) => /, "")} ${law}`, (t: ExecutionContext) => {
    const drawn = draw();
    const rounded = (x: number | bigint | boolean): number | bigint | boolean =>
      drawn.dtype === "float32" ? Math.fround(Number(x)) : x;
    t.is(`${drawn.dtype}[${drawn.shape.join(", ")}]`, type);
    t.deepEqual(elements(drawn).slice(0, 3), first.map(rounded));
    t.is(digest(drawn), sha);
  });
}
