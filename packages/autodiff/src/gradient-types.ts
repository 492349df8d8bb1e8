import type { NDArrayLike } from "@flaxen/ndarray";
import type { Tensor } from "./tensor.ts";

/** What a caller may pass where the function takes `T`: a number or a foreign array for a tensor. */
export type Argument<T> = T extends Tensor
  ? Tensor | NDArrayLike | number
  : T extends (...args: never) => unknown
    ? T
    : T extends object
      ? { [K in keyof T]: Argument<T[K]> }
      : T;

/** The arguments of a transformed function. */
export type Arguments<A extends readonly unknown[]> = { [K in keyof A]: Argument<A[K]> };

/** The gradient with respect to a `T`: a tensor for every leaf. */
export type Gradient<T> = T extends Tensor | NDArrayLike | number
  ? Tensor
  : T extends object
    ? { -readonly [K in keyof T]: Gradient<T[K]> }
    : T;

/** Options of `grad` and `valueAndGrad`. */
export interface GradOptions {
  /** Positions of the arguments to differentiate (default 0); a list gives a list of gradients. */
  readonly argnums?: number | readonly number[];
  /** Whether the function returns `[value, aux]`, where `aux` is passed through (default `false`). */
  readonly hasAux?: boolean;
}

/** The gradients that `argnums` selects. */
export type GradientOf<A extends readonly unknown[], O extends GradOptions> = O extends {
  /** As in {@link GradOptions}. */
  readonly argnums: infer N;
}
  ? N extends readonly number[]
    ? { -readonly [K in keyof N]: Gradient<A[N[K] & number]> }
    : Gradient<A[N & number]>
  : Gradient<A[0]>;

/** What `f` returns when `hasAux` is set, without the tracers. */
export type AuxOf<R> = R extends readonly [unknown, infer Aux] ? Aux : never;

/** The result of `grad(f, options)(...)`. */
export type GradResult<A extends readonly unknown[], R, O extends GradOptions> = O extends {
  /** As in {@link GradOptions}. */
  readonly hasAux: true;
}
  ? [GradientOf<A, O>, AuxOf<R>]
  : GradientOf<A, O>;

/** The result of `valueAndGrad(f, options)(...)`. */
export type ValueAndGradResult<A extends readonly unknown[], R, O extends GradOptions> = O extends {
  /** As in {@link GradOptions}. */
  readonly hasAux: true;
}
  ? [[Tensor, AuxOf<R>], GradientOf<A, O>]
  : [Tensor, GradientOf<A, O>];
