import { create, all } from "mathjs";
import type { BigNumber } from "mathjs";
import type { NDArray } from "@flaxen/ndarray";

const math = create(all, { number: "BigNumber", precision: 50 });

/** The elements of a matrix as numbers of 50 digits. */
export function exactRows(x: NDArray): BigNumber[][] {
  return (x.toArray() as number[][]).map((row) => row.map((value) => math.bignumber(value)));
}

/** `xᵀ x` in 50 digits. */
export function exactGram(x: NDArray): BigNumber[][] {
  const rows = exactRows(x);
  const gram = math.multiply(math.transpose(math.matrix(rows)), math.matrix(rows));
  return gram.valueOf() as unknown as BigNumber[][];
}

/**
 * How many eigenvalues of a symmetric matrix are below a bound: by Sylvester's law of inertia, the number of
 * negative pivots when the bound is subtracted from the diagonal, all in 50 digits.
 */
export function eigenvaluesBelow(matrix: readonly BigNumber[][], bound: BigNumber): number {
  const a = matrix.map((row, i) => row.map((value, j) => (i === j ? value.minus(bound) : value)));
  let negative = 0;
  for (let k = 0; k < a.length; k++) {
    if (a[k][k].isNegative()) negative++;
    for (let i = k + 1; i < a.length; i++) {
      const factor = a[i][k].div(a[k][k]);
      for (let j = k + 1; j < a.length; j++) a[i][j] = a[i][j].minus(factor.times(a[k][j]));
    }
  }
  return negative;
}

/** A number of 50 digits. */
export function exact(value: number): BigNumber {
  return math.bignumber(value);
}
