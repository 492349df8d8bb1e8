/**
 * Initial weights for neural networks: all of `jax.nn.initializers` and `flax.nnx.initializers`, with the same numbers.
 *
 * A builder such as {@link glorotUniform} returns an {@link Initializer}, a function of a random key, a shape and a
 * dtype; {@link zeros} and {@link ones} are such functions themselves. Layer: above `@flaxen/rng` and
 * `@flaxen/linear-algebra`.
 *
 * @example
 * ```ts
 * import { glorotUniform } from "@flaxen/initializers";
 * import { key } from "@flaxen/rng";
 *
 * glorotUniform()(key(42), [784, 256]).shape; // => [784, 256]
 * ```
 *
 * @packageDocumentation
 */
export type { InexactDType } from "./arguments.ts";
export type { ComplexDType } from "@flaxen/rng";
export { constant } from "./constant.ts";
export { deltaOrthogonal } from "./delta-orthogonal.ts";
export type { FanOptions } from "./fan-initializer.ts";
export type { Axes, FanMode } from "./fans.ts";
export { glorotNormal, xavierNormal } from "./glorot-normal.ts";
export { glorotUniform, xavierUniform } from "./glorot-uniform.ts";
export { heNormal, kaimingNormal } from "./he-normal.ts";
export { heUniform, kaimingUniform } from "./he-uniform.ts";
export type { Initializer } from "./initializer.ts";
export { lecunNormal } from "./lecun-normal.ts";
export { lecunUniform } from "./lecun-uniform.ts";
export { normal } from "./normal.ts";
export { orthogonal } from "./orthogonal.ts";
export type { OrthogonalOptions, QRDType } from "./orthogonal.ts";
export { truncatedNormal } from "./truncated-normal.ts";
export type { TruncatedNormalOptions } from "./truncated-normal.ts";
export { uniform } from "./uniform.ts";
export { varianceScaling } from "./variance-scaling.ts";
export type { Distribution } from "./variance-scaling.ts";
export { ones, onesInit, zeros, zerosInit } from "./zeros-ones.ts";
