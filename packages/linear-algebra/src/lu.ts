import { asNDArray, NDArray } from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { eliminateComplex } from "./complex-eliminate.ts";
import { checkInexact, complexBatch, wrapComplex } from "./complex-operands.ts";
import type { ComplexDType } from "./complex-operands.ts";
import { eliminate } from "./eliminate.ts";
import { allocateReal, matrixBatch, wrap } from "./operands.ts";
import type { RealDType } from "./operands.ts";

/**
 * Factorizes matrices with partial pivoting: `x[permutation] = L U`.
 *
 * L is lower triangular with ones on its diagonal, U upper triangular. Float32 and complex64 are computed in
 * float64 and rounded once. A singular matrix has zeros on the diagonal of U.
 *
 * @param x - Shape `[..., m, n]`, float32, float64, complex64 or complex128; integers become the
 *   default float.
 * @returns `[permutation, l, u]`: int32 `[..., m]`, `[..., m, k]` and `[..., k, n]` with `k = min(m, n)`.
 * @throws {@link RangeError} if `x` has fewer than 2 axes.
 * @throws {@link TypeError} if the dtype is float16 or bfloat16.
 * @see Golub and Van Loan (2013), "Matrix Computations", 4th edition, algorithm 3.4.1.
 *
 * @example
 * ```ts
 * import { lu } from "@flaxen/linear-algebra";
 *
 * const [permutation, l, u] = lu([[0, 1], [2, 4]]);
 * permutation; // => [1, 0]
 * l; // => [[1, 0], [0, 1]]
 * u; // => [[2, 4], [0, 1]]
 * ```
 */
export function lu(
  x: NDArray<ComplexDType>,
): [permutation: NDArray<"int32">, l: NDArray<ComplexDType>, u: NDArray<ComplexDType>];
export function lu(
  x: ArrayInput,
): [permutation: NDArray<"int32">, l: NDArray<RealDType>, u: NDArray<RealDType>];
export function lu(
  x: ArrayInput,
): [
  permutation: NDArray<"int32">,
  l: NDArray<RealDType | ComplexDType>,
  u: NDArray<RealDType | ComplexDType>,
] {
  const input = asNDArray(x);
  checkInexact("lu", "x", input.dtype);
  if (input.dtype === "complex64" || input.dtype === "complex128") {
    const { dtype } = input;
    const matrices = complexBatch("lu", "x", input);
    const { permutation, l, u } = factorize(matrices, 2, dtype === "complex64");
    const { batch, rows, columns } = matrices;
    const k = Math.min(rows, columns);
    return [
      new NDArray<"int32">(permutation, [...batch, rows]),
      wrapComplex(dtype, [...batch, rows, k], l),
      wrapComplex(dtype, [...batch, k, columns], u),
    ];
  }
  const matrices = matrixBatch("lu", "x", input);
  const { dtype, batch, rows, columns } = matrices;
  const { permutation, l, u } = factorize(matrices, 1, dtype === "float32");
  const k = Math.min(rows, columns);
  return [
    new NDArray<"int32">(permutation, [...batch, rows]),
    wrap(dtype, [...batch, rows, k], l),
    wrap(dtype, [...batch, k, columns], u),
  ];
}

/** Factorizes each matrix in float64; elements are `parts` numbers, 2 when complex, and those of L and U float32 if `single`. */
function factorize(
  {
    count,
    rows,
    columns,
    data,
  }: { count: number; rows: number; columns: number; data: Float32Array | Float64Array },
  parts: 1 | 2,
  single: boolean,
): { permutation: Int32Array; l: Float32Array | Float64Array; u: Float32Array | Float64Array } {
  const k = Math.min(rows, columns);
  const work = Float64Array.from(data);
  const permutation = new Int32Array(count * rows);
  const dtype = single ? "float32" : "float64";
  const l = allocateReal(dtype, parts * count * rows * k);
  const u = allocateReal(dtype, parts * count * k * columns);
  const width = parts * columns;
  for (let matrix = 0; matrix < count; matrix++) {
    const a = work.subarray(matrix * rows * width, (matrix + 1) * rows * width);
    const order = permutation.subarray(matrix * rows, (matrix + 1) * rows);
    if (parts === 1) eliminate(a, rows, columns, order);
    else eliminateComplex(a, rows, columns, order);
    for (let i = 0; i < rows; i++) {
      const row = a.subarray(i * width, (i + 1) * width);
      const lAt = parts * (matrix * rows + i) * k;
      l.set(row.subarray(0, parts * Math.min(i, k)), lAt);
      if (i >= k) continue;
      l[lAt + parts * i] = 1;
      u.set(row.subarray(parts * i), parts * ((matrix * k + i) * columns + i));
    }
  }
  return { permutation, l, u };
}
