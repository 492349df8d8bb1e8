import { array, NDArray, transpose } from "@flaxen/ndarray";
import { matmul } from "@flaxen/linear-algebra";
import { hilbert, randomArray } from "./matrices.ts";

export const EPS = 2 ** -52;

/** A float64 matrix from a formula in the row and column, counted from 0. */
export function matrixOf(
  rows: number,
  columns: number,
  element: (i: number, j: number) => number,
): NDArray<"float64"> {
  const data = new Float64Array(rows * columns);
  for (let at = 0; at < data.length; at++)
    data[at] = element(Math.floor(at / columns), at % columns);
  return new NDArray<"float64">(data, [rows, columns]);
}

/** Matrices that are hard on factorizations: nearly singular, rank-deficient, graded, structured, or degenerate. */
export function hardMatrices(): Record<string, NDArray> {
  const sine = Math.sin(1.2);
  const cosine = Math.cos(1.2);
  const thin = randomArray([11, 2], 7);
  return {
    zero: matrixOf(4, 4, () => 0),
    "all ones": matrixOf(5, 3, () => 1),
    identity: matrixOf(6, 6, (i, j) => Number(i === j)),
    "1 × 1": array([[-3]], "float64"),
    row: randomArray([1, 5], 1),
    column: randomArray([5, 1], 2),
    tall: randomArray([37, 5], 3),
    wide: randomArray([5, 41], 4),
    prime: randomArray([23, 19], 5),
    hilbert: hilbert(12),
    vandermonde: matrixOf(10, 8, (i, j) => (i / 9) ** j),
    frank: matrixOf(12, 12, (i, j) => (j < i - 1 ? 0 : 12 - Math.max(i, j))),
    kahan: matrixOf(12, 12, (i, j) => (j < i ? 0 : (i === j ? 1 : -cosine) * sine ** i)),
    wilkinson: matrixOf(21, 21, (i, j) =>
      i === j ? Math.abs(10 - i) : Number(Math.abs(i - j) === 1),
    ),
    graded: matrixOf(9, 9, (i, j) => 10 ** -(i + j) * Math.cos(3 * i + 7 * j + 1)),
    "graded upwards": matrixOf(9, 9, (i, j) => 10 ** (i + j) * Math.cos(3 * i + 7 * j + 1)),
    "rank 2": matmul(thin, transpose(randomArray([7, 2], 8))),
    "nearly singular": matrixOf(4, 4, (i, j) => i * 4 + j + (i === j ? 1e-14 : 0)),
    "zero on the diagonal": matrixOf(5, 5, (i, j) => Number(j === i + 1)),
    huge: matrixOf(5, 4, (i, j) => 1e307 * Math.cos(i + 2 * j)),
    tiny: matrixOf(4, 5, (i, j) => 1e-300 * Math.cos(i + 2 * j)),
    extremes: matrixOf(
      9,
      7,
      (i, j) => Math.cos(i * j + i) * ((3 * i + j) % 5 === 0 ? 1e155 : 1e-155),
    ),
    "far apart": matrixOf(4, 4, (i, j) => (i === j ? 10 ** (100 - 60 * i) : 0)),
  };
}
