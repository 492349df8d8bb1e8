import { copy } from "./gemm-copy.ts";
import type { Floats } from "./gemm-copy.ts";
import { OVERWRITE } from "./gemm-mode.ts";
import { packedElementsB, PANEL_M, SLACK } from "./gemm-packing.ts";
import { isSmall } from "./gemm-product.ts";
import type { GemmKernel } from "./gemm-product.ts";

/** Elements of C up to which a product with a small right operand counts as small itself. */
const SMALL_RESULT = 2 ** 14;
/** Elements of C up to which copying to a new array takes less time than making one and writing to it. */
const NEW_ELEMENTS = 192;
/** Results of fewer elements are quicker copied element by element than from a remembered view. */
const LOOP_RESULT = 24;

/** Whether {@link smallProduct} takes a product. */
export function isSmallProduct(m: number, n: number, k: number, bytes: 4 | 8): boolean {
  return m <= PANEL_M && isSmall(n, k, bytes) && m * n <= SMALL_RESULT;
}

/**
 * The product of small operands, copied to the scratch memory and back.
 *
 * @param c - Where it goes, or undefined for a new array.
 * @returns `c` or the new array; undefined if there is no memory for it.
 */
export function smallProduct(
  kernel: GemmKernel,
  transA: boolean,
  transB: boolean,
  m: number,
  n: number,
  k: number,
  a: Floats,
  aOffset: number,
  b: Floats,
  bOffset: number,
  c: Floats | undefined,
  cOffset: number,
): Floats | undefined {
  const { memory, data, bytes } = kernel;
  const bStart = m * n + SLACK;
  const aStart = bStart + n * k + SLACK;
  // Only a transposed B is written anew, and one row of A beside it.
  const packedA = aStart + m * k + SLACK;
  const packedB = packedA + 4 * k + SLACK;
  const elements = transB ? packedB + packedElementsB(n, k + 4) : packedA;
  if (elements * bytes > memory.available) return undefined;
  const address = memory.allocate(elements * bytes);
  const at = address / bytes;
  copy(b, bOffset, data, at + bStart, n * k);
  copy(a, aOffset, data, at + aStart, m * k);
  const aAt = address + aStart * bytes;
  const bAt = address + bStart * bytes;
  const aStride = (transA ? m : k) * bytes;
  if (transB) {
    kernel.product(
      transA,
      true,
      m,
      n,
      k,
      aAt,
      aStride,
      bAt,
      k * bytes,
      address,
      n * bytes,
      OVERWRITE,
      {
        a: address + packedA * bytes,
        b: address + packedB * bytes,
        depth: k,
        panels: "one",
      },
    );
  } else {
    kernel.unpacked(transA, m, n)(aAt, aStride, bAt, n * bytes, address, n * bytes, m, n, k, 1);
  }
  memory.release(address);
  const count = m * n;
  if (c !== undefined) {
    if (count < LOOP_RESULT) copy(data, at, c, cOffset, count);
    else c.set(part(data, at, count), cOffset);
    return c;
  }
  if (count <= NEW_ELEMENTS) {
    const product = part(data, at, count);
    return bytes === 4 ? new Float32Array(product) : new Float64Array(product);
  }
  const result = bytes === 4 ? new Float32Array(count) : new Float64Array(count);
  result.set(part(data, at, count));
  return result;
}

/** A part of the scratch memory, and the view of it. */
interface Part {
  readonly memory: Floats;
  readonly at: number;
  readonly count: number;
  readonly view: Floats;
}

/** Views that results were copied from, since making one takes longer than copying. */
const singleParts: Part[] = [];
const doubleParts: Part[] = [];
/** How many are remembered, a power of two. */
const PARTS = 64;

function part(memory: Floats, at: number, count: number): Floats {
  const parts = memory.BYTES_PER_ELEMENT === 4 ? singleParts : doubleParts;
  const known: Part | undefined = parts[count % PARTS];
  if (known?.at === at && known.count === count && known.memory === memory) return known.view;
  // Nothing keeps a memory alive that was replaced.
  if (known !== undefined && known.memory !== memory) parts.length = 0;
  const view = memory.subarray(at, at + count);
  parts[count % PARTS] = { memory, at, count, view };
  return view;
}
