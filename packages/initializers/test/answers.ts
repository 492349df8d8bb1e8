import { createHash } from "node:crypto";
import test from "ava";
import type { ExecutionContext } from "ava";
import { enableX64 } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";

// The answers in these tests are those of JAX 0.10.2 on a CPU. A call such as
//   heNormal()(modern, [784, 256])
// stands for jax.nn.initializers.he_normal()(jax.random.key(7), (784, 256), "float32"); `legacy` for the same after
// jax.config.update("jax_threefry_partitionable", False). The digest is
//   hashlib.sha256(np.asarray(answer).tobytes()).hexdigest()[:16]

/** Key 7 in JAX's layout. */
export const modern = key(7);

/** Key 7 in the layout that JAX had before 0.5. */
export const legacy = key(7, { partitionable: false });

/** The first 16 hexadecimal digits of the SHA-256 of the bytes of an array. */
function digest({ data: { buffer, byteOffset, byteLength } }: NDArray): string {
  const bytes = new Uint8Array(buffer as ArrayBuffer, byteOffset, byteLength);
  return createHash("sha256").update(bytes).digest("hex").slice(0, 16);
}

/** The elements of an array, row by row. */
export function elements(x: NDArray): number[] {
  return ([x.toArray()] as unknown[]).flat(Infinity).map(Number);
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

/** Registers a test that weights have a dtype and shape, up to three first elements, and a digest. */
export function answer(
  make: () => NDArray,
  type: string,
  first: readonly number[],
  sha: string,
): void {
  test(`${String(make).replace(/^\(\) => /, "")} equals JAX in every bit`, (t: ExecutionContext) => {
    const made = make();
    t.is(`${made.dtype}[${made.shape.join(", ")}]`, type);
    t.deepEqual(
      elements(made).slice(0, 3),
      made.dtype === "float32" ? first.map(Math.fround) : first,
    );
    t.is(digest(made), sha);
  });
}
