import type { Tensor } from "@flaxen/autodiff";
import type { Filter } from "./filters.ts";
import type { rest } from "./filters.ts";
import type { Pytree } from "./pytree.ts";
import type { Intermediate, Perturbation } from "./variable-types.ts";
import type { Variable } from "./variable.ts";

/** A state of which nothing more is known: nested objects with Variables at their leaves. */
export interface NestedState {
  /** A Variable, or the state one level down. */
  readonly [part: string]: Variable<unknown> | NestedState;
}

/**
 * What `capture` returns for one class of Variables. Which names there are is known only when it runs, so each part
 * may be either: `seen.encoder.kl.value` goes through two Modules or names and ends with a value.
 */
export interface CapturedState<V extends Variable<unknown> = Intermediate<readonly Tensor[]>> {
  /** A Variable with recorded values, and the state one level down. */
  readonly [part: string]: CapturedState<V> & V;
}

/**
 * What `capture` returns for the class `C`: perturbations are arrays, and of other classes lists are recorded.
 *
 * A `reduceFn` of `sow` may record something else; then name the type, as in `capture(f, [Intermediate<number>])`.
 */
export type Captured<C> = C extends abstract new (...args: never[]) => infer V
  ? V extends Perturbation<unknown>
    ? CapturedState<Perturbation>
    : V extends Variable<infer L>
      ? // Tensor is in what a class without type argument, or one derived from it, holds.
        CapturedState<Variable<Tensor extends L ? readonly Tensor[] : L>>
      : CapturedState
  : CapturedState;

/** The class of Variables that a filter selects, as far as its type tells. */
export type Selected<F> = F extends abstract new (...args: never[]) => infer V
  ? V extends Variable<unknown>
    ? V
    : Variable<unknown>
  : Variable<unknown>;

/**
 * The state of a `T`, restricted to what the filter `F` selects: nested objects whose keys are field
 * names and list indices and whose leaves are the Variables themselves.
 *
 * `State<CNN, typeof Param>` has `conv1.kernel` but no `bn.mean`. Private fields are part of the
 * state, but not of its type.
 */
export type State<T = unknown, F = typeof rest> = string extends keyof T
  ? T extends CapturedState<infer V>
    ? CapturedState<V>
    : OrNested<StateTree<T, Selected<F>>>
  : OrNested<StateTree<T, Selected<F>>>;

/** The states that several filters make: one each. */
export type States<T, F extends readonly Filter[]> = {
  -readonly [K in keyof F]: State<T, F[K]>;
};

/** What `state` returns: one State for at most one filter, else one for each. */
export type StateOf<T, F extends readonly Filter[]> = F extends readonly []
  ? State<T>
  : F extends readonly [infer One]
    ? State<T, One>
    : States<T, F>;

/** The same tree with a value of type `L` in place of each Variable. */
export type PureState<S> =
  S extends Variable<infer L>
    ? // A part of a captured state may also be a state.
      string extends keyof S
      ? unknown
      : L
    : { readonly [K in keyof S]: PureState<S[K]> };

// Module itself, or anything else without typed state, falls back to the untyped nested state.
type OrNested<S> = [S] extends [never] ? NestedState : keyof S extends never ? NestedState : S;

type StateTree<T, V> =
  T extends Variable<unknown>
    ? T
    : T extends readonly unknown[]
      ? ListState<T, V>
      : T extends ReadonlyMap<unknown, infer E>
        ? { readonly [key: string | number]: StateTree<NonNullable<E>, V> }
        : FieldState<T, V>;

type ListState<T extends readonly unknown[], V> = number extends T["length"]
  ? { readonly [index: number]: StateTree<NonNullable<T[number]>, V> }
  : FieldState<Omit<T, keyof (readonly unknown[])>, V>;

type FieldState<T, V> = {
  readonly [
    K in keyof T as K extends symbol
      ? never
      : HasState<NonNullable<T[K]>, V> extends false
        ? never
        : K
  ]: StateTree<NonNullable<T[K]>, V>;
};

// Looks at fields and the elements of lists and Maps only, so that classes may contain themselves.
type HasState<T, V> = T extends readonly (infer E)[]
  ? IsHolder<E, V>
  : T extends ReadonlyMap<unknown, infer E>
    ? IsHolder<E, V>
    : IsHolder<T, V>;

type IsHolder<T, V> =
  T extends Variable<unknown>
    ? T extends V
      ? true
      : false
    : T extends Pytree | readonly (Variable<unknown> | Pytree)[]
      ? true
      : T extends Readonly<Record<string, unknown>>
        ? [Extract<T[keyof T], Variable<unknown> | Pytree>] extends [never]
          ? false
          : true
        : false;
