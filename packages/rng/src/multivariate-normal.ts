import { describe } from "@flaxen/dtype";
import { cholesky, eigh, svd } from "@flaxen/linear-algebra";
import type { RealDType } from "@flaxen/linear-algebra";
import { astype, broadcastShapes, flatData, sizeOf } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import { arithmeticOf } from "./arithmetic.ts";
import { checkFloatDType, checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { checkParameters, checkRealArray, FINITE } from "./parameters.ts";
import { standardNormals } from "./standard-normals.ts";
import { handOver } from "./traced-key.ts";

/** Options of {@link multivariateNormal}. */
export interface MultivariateNormalOptions {
  /** `"float32"` or `"float64"` (default: the default float). */
  readonly dtype?: "float32" | "float64";
  /** How `cov` is factorized: `"cholesky"` (default, the fastest), `"eigh"` or `"svd"`, which allow singular `cov`. */
  readonly method?: "cholesky" | "eigh" | "svd";
}

/**
 * Draws from multivariate normal distributions, as `jax.random.multivariate_normal` does.
 *
 * Formula: `mean + factor * normal` with `factor * transpose(factor) = cov`.
 *
 * @param key - The random key.
 * @param mean - The means, of shape `[..., n]`, finite.
 * @param cov - The covariances, symmetric and positive definite (or semidefinite, see `method`), of shape `[..., n, n]`.
 * @param shape - Shape of the array of draws, to which the leading axes of `mean` and `cov` broadcast (default: those axes
 *   together).
 * @param options - `dtype` and `method`, see {@link MultivariateNormalOptions}.
 * @returns An array of shape `[...shape, n]`. Equal to JAX's to a few units in the last place of the largest term, since
 *   matrix kernels differ in the order of their sums.
 * @throws {@link TypeError} if `key` is not a key, `mean` or `cov` no array of real numbers, `shape` not an array, or `dtype`
 *   neither float32 nor float64.
 * @throws {@link RangeError} if `mean` or `cov` is not finite, of the wrong shape or does not broadcast to `shape`, `cov` is not
 *   positive definite (semidefinite), `method` is unknown, or `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, multivariateNormal } from "@flaxen/rng";
 *
 * multivariateNormal(key(0), [0, 1], [[2, 1], [1, 2]], [1000]).shape; // => [1000, 2]
 * ```
 */
export function multivariateNormal(
  key: Key,
  mean: ArrayInput,
  cov: ArrayInput,
  shape?: Shape,
  options: MultivariateNormalOptions = {},
): NDArray<FloatDType> {
  const callee = "multivariateNormal";
  useKey(callee, key);
  checkOptions(callee, options);
  const dtype = checkFloatDType(callee, options.dtype);
  if (dtype !== "float32" && dtype !== "float64") {
    throw new TypeError(`${callee}: dtype must be float32 or float64, got ${describe(dtype)}.`);
  }
  const { method = "cholesky" } = options;
  if (method !== "cholesky" && method !== "eigh" && method !== "svd") {
    throw new RangeError(
      `${callee}: method must be "cholesky", "eigh" or "svd", got ${describe(method)}.`,
    );
  }
  const means = checkRealArray(callee, "mean", mean);
  const covs = checkRealArray(callee, "cov", cov);
  if (means.shape.length === 0) {
    throw new RangeError(`${callee}: mean must have at least 1 axis, got shape [].`);
  }
  const n = means.shape[means.shape.length - 1];
  if (covs.shape.length < 2 || covs.shape.slice(-2).some((length) => length !== n)) {
    throw new RangeError(
      `${callee}: cov must have shape [..., ${n}, ${n}], got shape ${describe(covs.shape)}.`,
    );
  }
  if (shape !== undefined) checkSampleShape(callee, shape);
  const meanBatch = means.shape.slice(0, -1);
  const covBatch = covs.shape.slice(0, -2);
  const draws = shape ?? jointBatch(meanBatch, covBatch);
  checkBatches(
    [
      ["mean", meanBatch],
      ["cov", covBatch],
    ],
    draws,
  );
  const full = [...draws, n];
  const size = checkSampleShape(callee, full);
  const traced = handOver(callee, [key, mean, cov], full, dtype, (key, mean, cov) =>
    multivariateNormal(key, mean, cov, draws, { dtype, method }),
  );
  if (traced) return traced;
  const centre = checkParameters(callee, full, dtype, [["mean", means, FINITE]]).parameters[0];
  const factors = factorsOf(astype(covs, dtype), n, method);
  const each = checkParameters(callee, [...draws, n, n], dtype, [["cov", factors, FINITE]]);
  const [{ values: factor, step }] = each.parameters;
  const normals = standardNormals(key, size, dtype);
  const { round } = arithmeticOf(dtype);
  const values = normals.slice();
  const rows = sizeOf(draws);
  for (let row = 0; row < rows; row++) {
    for (let i = 0; i < n; i++) {
      const term = (j: number): number => factor[((row * n + i) * n + j) * step];
      const sum = dotOf(n, rows, term, normals, row * n, dtype);
      const at = row * n + i;
      values[at] = round(round(sum) + centre.values[at * centre.step]);
    }
  }
  return floatSample(values, full, dtype);
}

/**
 * Multiplies `n` factors with the numbers from `start` on and sums, where `n` is below 8 with the roundings of JAX on a
 * CPU: few rows by fused steps, others by adding neighbours, then neighbouring sums.
 */
function dotOf(
  n: number,
  rows: number,
  factor: (j: number) => number,
  numbers: ArrayLike<number>,
  start: number,
  dtype: RealDType,
): number {
  const { round, fma } = arithmeticOf(dtype);
  if (n < 8 && (rows < 8 || dtype === "float64")) {
    let sum = 0;
    for (let j = 0; j < n; j++) sum = fma(factor(j), numbers[start + j], sum);
    return sum;
  }
  if (n < 8) {
    let terms = Array.from({ length: n }, (_, j) => round(factor(j) * numbers[start + j]));
    while (terms.length > 1) {
      const sums: number[] = [];
      for (let j = 0; j < terms.length; j += 2) {
        sums.push(j + 1 < terms.length ? round(terms[j] + terms[j + 1]) : terms[j]);
      }
      terms = sums;
    }
    return terms[0] ?? 0;
  }
  let sum = 0;
  for (let j = 0; j < n; j++) sum += factor(j) * numbers[start + j];
  return sum;
}

type Batches = readonly (readonly [name: string, shape: Shape])[];

function jointBatch(mean: Shape, cov: Shape): number[] {
  try {
    return broadcastShapes(mean, cov);
  } catch {
    throw new RangeError(
      `multivariateNormal: the leading axes of mean and cov must be broadcast-compatible, got ${describe(mean)} and ${describe(cov)}.`,
    );
  }
}

function checkBatches(batches: Batches, draws: Shape): void {
  for (const [name, shape] of batches) {
    const shift = draws.length - shape.length;
    if (shift >= 0 && shape.every((length, i) => length === 1 || length === draws[shift + i]))
      continue;
    throw new RangeError(
      `multivariateNormal: the leading axes of ${name} must broadcast to shape ${describe(draws)}, got ${describe(shape)}.`,
    );
  }
}

/** Returns, for each covariance matrix, a factor whose product with its transpose is that matrix. */
function factorsOf(covs: NDArray, n: number, method: "cholesky" | "eigh" | "svd"): NDArray {
  if (covs.size === 0) return covs;
  if (flatData<"float64">(astype(covs, "float64")).some((x) => !Number.isFinite(x))) {
    throw new RangeError("multivariateNormal: cov must be finite.");
  }
  if (method === "cholesky") {
    try {
      return cholesky(covs);
    } catch (error) {
      if (!String(error).startsWith("RangeError: cholesky: x must be positive definite"))
        throw error;
      throw new RangeError(
        'multivariateNormal: cov must be positive definite. For a singular one choose method "eigh".',
        { cause: error },
      );
    }
  }
  const [scales, vectors] = method === "eigh" ? eigh(covs) : valuesAndVectors(covs);
  const roots = flatData(scales);
  const factors = flatData(vectors).slice();
  let largest = 0;
  for (const root of roots) largest = Math.max(largest, Math.abs(root));
  for (let i = 0; i < factors.length; i++) {
    const variance = roots[Math.floor(i / (n * n)) * n + (i % n)];
    if (variance < -1e-5 * largest) {
      throw new RangeError(
        `multivariateNormal: cov must be positive semidefinite, got an eigenvalue of ${variance}.`,
      );
    }
    factors[i] *= Math.sqrt(Math.max(variance, 0));
  }
  return floatSample(
    factors,
    vectors.shape,
    factors instanceof Float64Array ? "float64" : "float32",
  );
}

function valuesAndVectors(covs: NDArray): readonly [NDArray<RealDType>, NDArray<RealDType>] {
  const [u, s] = svd(covs);
  return [s, u];
}
