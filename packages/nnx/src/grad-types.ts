import type { Tensor } from "@flaxen/autodiff";
import type { DiffState } from "./diff-state.ts";
import type { Pytree } from "./pytree.ts";
import type { State } from "./state-types.ts";
import type { TensorTree } from "./tensor-tree.ts";
import type { Param } from "./variable-types.ts";
import type { Variable } from "./variable.ts";

/** Settings of `grad` and `valueAndGrad`. */
export interface GradOptions {
  /**
   * Positions of the arguments to differentiate; 0 by default. A number means the Params of an
   * argument that holds Variables, or else the argument itself; a DiffState chooses the Variables.
   * A list gives a list of gradients.
   */
  readonly argnums?: number | DiffState | readonly (number | DiffState)[];
  /** Whether the function returns `[value, aux]`, where `aux` is passed through; false by default. */
  readonly hasAux?: boolean;
}

/** The gradient with respect to an argument: a State where it holds Variables, else a like tree. */
export type ArgumentGradient<T> = T extends Tensor | number
  ? Tensor
  : T extends Pytree | Variable<unknown>
    ? State<T, typeof Param>
    : T extends readonly unknown[] | Readonly<Record<string, unknown>>
      ? T extends { readonly [K in keyof T]: TensorTree }
        ? { -readonly [K in keyof T]: ArgumentGradient<T[K]> }
        : State<T, typeof Param>
      : Tensor;

type GradientAt<A extends readonly unknown[], N> =
  N extends DiffState<infer I, infer F>
    ? State<ArgumentAt<A, I>, F>
    : N extends number
      ? ArgumentGradient<ArgumentAt<A, N>>
      : never;

// Of the positions that count from the end, types know the last one.
type ArgumentAt<A extends readonly unknown[], N extends number> = N extends -1
  ? A extends readonly [...unknown[], infer Last]
    ? Last
    : A[number]
  : A[N];

/** The gradients that `argnums` selects. */
export type Gradients<
  A extends readonly unknown[],
  O extends GradOptions,
> = unknown extends O["argnums"]
  ? ArgumentGradient<A[0]>
  : O["argnums"] extends infer N extends readonly unknown[]
    ? { -readonly [K in keyof N]: GradientAt<A, N[K]> }
    : GradientAt<A, O["argnums"]>;

type AuxOf<R> = R extends readonly [unknown, infer Aux] ? Aux : never;

/** The result of `grad(f, options)(...)`. */
export type GradResult<
  A extends readonly unknown[],
  R,
  O extends GradOptions,
> = O["hasAux"] extends true ? [Gradients<A, O>, AuxOf<R>] : Gradients<A, O>;

/** The result of `valueAndGrad(f, options)(...)`. */
export type ValueAndGradResult<
  A extends readonly unknown[],
  R,
  O extends GradOptions,
> = O["hasAux"] extends true ? [[Tensor, AuxOf<R>], Gradients<A, O>] : [Tensor, Gradients<A, O>];
