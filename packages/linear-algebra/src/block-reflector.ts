import { OVERWRITE, SUBTRACT } from "./gemm-mode.ts";
import { withWorkspace } from "./gemm-workspace.ts";
import type { Workspace } from "./gemm-workspace.ts";
import { reflectColumns } from "./householder.ts";

type Floats = Float32Array | Float64Array;

/** Reflections that are applied together to the rest of the matrix. */
export const BLOCK = 32;
/** Reflections that are applied together within a block. */
const INNER = 8;

/**
 * The QR factorization of a column-major matrix by blocks of reflections, with matrix products for all but the columns
 * of a block. Signs are those of {@link reflectColumns}.
 *
 * @param columns - The matrix, `count` columns of `rows` elements; R overwrites its upper triangle.
 * @param q - Receives the first columns of Q, column-major; as many as fit, none if it is empty.
 * @see Schreiber and Van Loan (1989), "A storage-efficient WY representation for products of Householder
 *   transformations".
 */
export function reflectBlocks<T extends Floats>(
  columns: T,
  rows: number,
  count: number,
  q: T,
): void {
  const rank = Math.min(rows, count);
  const wanted = q.length / rows;
  const blocks = Math.ceil(rank / BLOCK);
  const factors = blocks * BLOCK * BLOCK;
  const products = Math.max(count, wanted) * BLOCK;
  const sizes = [
    columns.length,
    q.length,
    BLOCK * rows,
    factors,
    BLOCK * BLOCK,
    products,
    products,
  ];
  withWorkspace<T, void>(columns instanceof Float32Array, sizes, Math.max(rows, count), (w) => {
    const x = w.take(columns.length);
    const basis = w.take(q.length);
    const reflector = new BlockReflector(w, rows, factors, products);
    w.data.set(columns, x);
    const tau = new Float64Array(rank);
    for (let j = 0; j < rank; j += BLOCK) {
      const width = Math.min(BLOCK, rank - j);
      const end = j + width;
      for (let i = j; i < end; i += INNER) {
        const inner = Math.min(INNER, end - i);
        reflectColumns(w.data, x + i * rows + i, rows, rows - i, inner, tau, i);
        if (i + inner === end) continue;
        reflector.load(x, i, inner, tau, j / BLOCK);
        reflector.apply(x + (i + inner) * rows, end - i - inner, true);
      }
      reflector.load(x, j, width, tau, j / BLOCK);
      reflector.apply(x + end * rows, count - end, true);
    }
    columns.set(w.data.subarray(x, x + columns.length));
    if (wanted === 0) return;
    w.data.fill(0, basis, basis + q.length);
    for (let j = 0; j < wanted; j++) w.data[basis + j * rows + j] = 1;
    for (let j = (blocks - 1) * BLOCK; j >= 0; j -= BLOCK) {
      reflector.reload(x, j, Math.min(BLOCK, rank - j), j / BLOCK);
      reflector.apply(basis + j * rows, wanted - j, false);
    }
    q.set(w.data.subarray(basis, basis + q.length));
  });
}

/** A product of reflections in the form `H = I - V T Vᵀ`, with V trapezoidal and T upper triangular. */
class BlockReflector<T extends Floats> {
  private readonly w: Workspace<T>;
  private readonly rows: number;
  private readonly v: number;
  private readonly factors: number;
  private readonly gram: number;
  private readonly product: number;
  private readonly scaled: number;
  private t = 0;
  private first = 0;
  private width = 0;

  constructor(w: Workspace<T>, rows: number, factors: number, products: number) {
    this.w = w;
    this.rows = rows;
    this.v = w.take(BLOCK * rows);
    this.factors = w.take(factors);
    this.gram = w.take(BLOCK * BLOCK);
    this.product = w.take(products);
    this.scaled = w.take(products);
  }

  /** Takes reflections `first` to `first + width` from below the diagonal of the matrix at `x`, with a T kept as `block`. */
  load(x: number, first: number, width: number, tau: Float64Array, block: number): void {
    this.reload(x, first, width, block);
    const { w, v, gram, t } = this;
    const { data } = w;
    const length = this.rows - first;
    w.multiply(false, true, width, width, length, v, length, v, length, gram, width, OVERWRITE);
    // T[:i, i] = -tau[i] T[:i, :i] (V[:, :i]ᵀ v[i]); the rest of T stays zero.
    data.fill(0, t, t + BLOCK * BLOCK);
    for (let i = 0; i < width; i++) {
      const factor = tau[first + i];
      for (let row = 0; row < i; row++) {
        let sum = 0;
        for (let p = row; p < i; p++) sum += data[t + row * BLOCK + p] * data[gram + p * width + i];
        data[t + row * BLOCK + i] = -factor * sum;
      }
      data[t + i * BLOCK + i] = factor;
    }
  }

  /** As {@link BlockReflector.load}, with the T that was kept. */
  reload(x: number, first: number, width: number, block: number): void {
    const { data } = this.w;
    const { rows, v } = this;
    const length = rows - first;
    for (let i = 0; i < width; i++) {
      const to = v + i * length;
      const column = x + (first + i) * rows + first;
      data.fill(0, to, to + i);
      data[to + i] = 1;
      data.copyWithin(to + i + 1, column + i + 1, column + length);
    }
    this.first = first;
    this.width = width;
    this.t = this.factors + block * BLOCK * BLOCK;
  }

  /** Multiplies `count` columns from `x` on by H, or by its transpose. */
  apply(x: number, count: number, transpose: boolean): void {
    if (count === 0) return;
    const { w, rows, v, t, product, scaled, width, first } = this;
    const length = rows - first;
    const c = x + first;
    // In the transposed, row-major view of the columns: C -= (C V) T Vᵀ, or T transposed.
    w.multiply(false, true, count, width, length, c, rows, v, length, product, width, OVERWRITE);
    w.multiply(
      false,
      !transpose,
      count,
      width,
      width,
      product,
      width,
      t,
      BLOCK,
      scaled,
      width,
      OVERWRITE,
    );
    w.multiply(false, false, count, length, width, scaled, width, v, length, c, rows, SUBTRACT);
  }
}
