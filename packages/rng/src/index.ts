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
export { bernoulli } from "./bernoulli.ts";
export type { BernoulliOptions } from "./bernoulli.ts";
export { bits } from "./bits.ts";
export type { BitsOptions } from "./bits.ts";
export { isKey, key, keyData, wrapKeyData } from "./key.ts";
export type { Key, KeyOptions } from "./key.ts";
export { normal } from "./normal.ts";
export type { NormalOptions } from "./normal.ts";
export { permutation } from "./permutation.ts";
export type { PermutationOptions } from "./permutation.ts";
export { randint } from "./randint.ts";
export type { IntegerDType, RandintOptions } from "./randint.ts";
export { foldIn, split } from "./split.ts";
export { truncatedNormal } from "./truncated-normal.ts";
export type { TruncatedNormalOptions } from "./truncated-normal.ts";
export { uniform } from "./uniform.ts";
export type { UniformOptions } from "./uniform.ts";
