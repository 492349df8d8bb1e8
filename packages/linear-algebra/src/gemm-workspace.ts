import { gemmKernel } from "./gemm-product.ts";
import type { GemmKernel } from "./gemm-product.ts";
import type { Mode } from "./gemm-mode.ts";
import { plainProduct } from "./gemm-plain.ts";
import {
  packedElementsA,
  packedElementsB,
  PANEL_K,
  PANEL_M,
  panelDepth,
  SLACK,
} from "./gemm-packing.ts";

/**
 * Room for the matrices of a blocked algorithm, and products between parts of it.
 *
 * It is the scratch memory where WebAssembly can be used, else an array of its own. The algorithm reads and writes
 * `data` either way and gets the same bits.
 */
export interface Workspace<T extends Float32Array | Float64Array> {
  /** Where the matrices lie. Its content is undefined at first. */
  readonly data: T;
  /** Reserves room for `count` elements and tells the index of the first. */
  take(count: number): number;
  /**
   * C = op(A) op(B), C + op(A) op(B) or C - op(A) op(B) by `mode`, with sums in ascending order of k.
   *
   * Positions are indices into `data`; a stride is the distance between rows of a matrix as it is stored.
   */
  multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    c: number,
    cStride: number,
    mode: Mode,
  ): void;
}

/**
 * Runs `body` with a workspace.
 *
 * @param sizes - Elements of each part that will be taken, in order.
 * @param columns - The most columns that a product will have.
 */
export function withWorkspace<T extends Float32Array | Float64Array, R>(
  single: boolean,
  sizes: readonly number[],
  columns: number,
  body: (workspace: Workspace<T>) => R,
): R {
  const bytes = single ? 4 : 8;

  const parts = sizes.reduce((sum, size) => sum + size + SLACK, 0);
  const kc = PANEL_K[bytes];
  const packed = packedElementsA(PANEL_M, kc) + packedElementsB(columns, kc) + SLACK;
  const kernel = gemmKernel(single);
  if (!kernel || (parts + packed) * bytes > kernel.memory.available) {
    const data = single ? new Float32Array(parts) : new Float64Array(parts);
    return body(new PlainWorkspace(data as T));
  }
  const { memory } = kernel;
  const at = memory.allocate((parts + packed) * bytes);
  try {
    return body(new ScratchWorkspace<T>(kernel, at, parts, kc));
  } finally {
    memory.release(at);
  }
}

class PlainWorkspace<T extends Float32Array | Float64Array> implements Workspace<T> {
  readonly data: T;
  private next = 0;

  constructor(data: T) {
    this.data = data;
  }

  take(count: number): number {
    const at = this.next;
    this.next += count + SLACK;
    return at;
  }

  multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    c: number,
    cStride: number,
    mode: Mode,
  ): void {
    const x = this.data;
    plainProduct(transA, transB, m, n, k, x, a, aStride, x, b, bStride, x, c, cStride, mode);
  }
}

class ScratchWorkspace<T extends Float32Array | Float64Array> implements Workspace<T> {
  readonly data: T;
  private readonly kernel: GemmKernel;
  private readonly bytes: 4 | 8;
  private readonly packedA: number;
  private readonly packedB: number;
  private next: number;

  /** Takes over `parts` elements from the address `at` on; the packed panels follow them. */
  constructor(kernel: GemmKernel, at: number, parts: number, kc: number) {
    this.kernel = kernel;
    this.data = kernel.data as T;
    this.bytes = kernel.bytes;
    this.next = at / this.bytes;
    this.packedA = at + Math.ceil((parts * this.bytes) / 64) * 64;
    this.packedB = this.packedA + packedElementsA(PANEL_M, kc) * this.bytes;
  }

  take(count: number): number {
    const at = this.next;
    this.next += count + SLACK;
    return at;
  }

  multiply(
    transA: boolean,
    transB: boolean,
    m: number,
    n: number,
    k: number,
    a: number,
    aStride: number,
    b: number,
    bStride: number,
    c: number,
    cStride: number,
    mode: Mode,
  ): void {
    if (m === 0 || n === 0) return;
    if (k === 0) {
      const x = this.data;
      plainProduct(transA, transB, m, n, k, x, a, aStride, x, b, bStride, x, c, cStride, mode);
      return;
    }
    const { bytes } = this;
    this.kernel.product(
      transA,
      transB,
      m,
      n,
      k,
      a * bytes,
      aStride * bytes,
      b * bytes,
      bStride * bytes,
      c * bytes,
      cStride * bytes,
      mode,
      { a: this.packedA, b: this.packedB, depth: panelDepth(k, bytes), panels: "one" },
    );
  }
}
