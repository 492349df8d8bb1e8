/**
 * Random numbers by splittable keys, equal to `jax.random` bit for bit.
 *
 * Every sampler is a pure function of a {@link Key}: the same key gives the same numbers, in every
 * JavaScript engine and in JAX. There is no hidden generator state. Layer: above `@flaxen/dtype` and `@flaxen/ndarray`.
 *
 * @example
 * ```ts
 * import { key, normal, split } from "@flaxen/rng";
 *
 * const [first, second] = split(key(0));
 * normal(first, [2, 3]).shape; // => [2, 3]
 * normal(second, [3]); // => Array([-2.4424558 , -2.0356805 , 0.20554423], dtype=float32)
 * ```
 *
 * @packageDocumentation
 */
export type { FloatDType } from "./arguments.ts";
export { ball } from "./ball.ts";
export { bernoulli } from "./bernoulli.ts";
export type { BernoulliOptions } from "./bernoulli.ts";
export { beta } from "./beta.ts";
export { binomial } from "./binomial.ts";
export { bits } from "./bits.ts";
export type { BitsOptions } from "./bits.ts";
export { bitsSlice } from "./bits-slice.ts";
export { categorical } from "./categorical.ts";
export type { CategoricalOptions } from "./categorical.ts";
export { cauchy } from "./cauchy.ts";
export { chisquare } from "./chisquare.ts";
export { choice } from "./choice.ts";
export type { ChoiceOptions } from "./choice.ts";
export type { ComplexDType } from "./complex.ts";
export { dirichlet } from "./dirichlet.ts";
export { doubleSidedMaxwell } from "./double-sided-maxwell.ts";
export { exponential } from "./exponential.ts";
export { f } from "./f.ts";
export { foldIn } from "./fold-in.ts";
export { gamma, loggamma } from "./gamma.ts";
export { generalizedNormal } from "./generalized-normal.ts";
export { geometric } from "./geometric.ts";
export { gumbel } from "./gumbel.ts";
export type { GumbelOptions } from "./gumbel.ts";
export type { GumbelMode } from "./gumbel-values.ts";
export type { IntegerDType } from "./integer-dtype.ts";
export { clone, key, keyData, keyDtype, keyImpl, setKeyReuseCheck, wrapKeyData } from "./key.ts";
export type { KeyOptions, NestedKeys } from "./key.ts";
export { laplace } from "./laplace.ts";
export { logistic } from "./logistic.ts";
export { lognormal } from "./lognormal.ts";
export { isKey } from "./make-key.ts";
export type { Key } from "./make-key.ts";
export { maxwell } from "./maxwell.ts";
export { multinomial } from "./multinomial.ts";
export { multivariateNormal } from "./multivariate-normal.ts";
export type { MultivariateNormalOptions } from "./multivariate-normal.ts";
export { normal } from "./normal.ts";
export type { NormalOptions } from "./normal.ts";
export { orthogonal } from "./orthogonal.ts";
export type { OrthogonalOptions } from "./orthogonal.ts";
export { pareto } from "./pareto.ts";
export { permutation } from "./permutation.ts";
export type { PermutationOptions } from "./permutation.ts";
export { poisson } from "./poisson.ts";
export type { IntegerOptions } from "./poisson.ts";
export { rademacher } from "./rademacher.ts";
export type { RademacherOptions } from "./rademacher.ts";
export { randint } from "./randint.ts";
export type { RandintOptions } from "./randint.ts";
export { rayleigh } from "./rayleigh.ts";
export type { FloatOptions } from "./sample-arguments.ts";
export { split } from "./split.ts";
export { t } from "./t.ts";
export { triangular } from "./triangular.ts";
export { truncatedNormal } from "./truncated-normal.ts";
export type { TruncatedNormalOptions } from "./truncated-normal.ts";
export { uniform } from "./uniform.ts";
export type { UniformOptions } from "./uniform.ts";
export { wald } from "./wald.ts";
export { weibullMin } from "./weibull-min.ts";
