import { isTensor } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { describe, promoteTypes } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { checkTransformation } from "./chain.ts";
import { checkFinite, checkHyperparam } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, GradientTransformation } from "./gradient-transformation.ts";
import { toScalar, valueAt } from "./hyperparam.ts";
import type { ScalarOrSchedule } from "./hyperparam.ts";
import { takeLeaves } from "./leaves.ts";
import { wideDType } from "./moments.ts";
import type { Schedule } from "./schedule.ts";
import { checkState } from "./state.ts";

/** The state of {@link injectHyperparams} for the hyper-parameters `Names`. */
export interface InjectHyperparamsState<
  Names extends string = string,
  State = unknown,
> extends CountState {
  /** The present value of each hyper-parameter, a floating-point scalar; to be replaced at will. */
  readonly hyperparams: { readonly [Name in Names]: Tensor };
  /** The count of each hyper-parameter that follows a schedule. */
  readonly hyperparamsStates: { readonly [Name in Names]?: CountState };
  /** State of the inner transformation. */
  readonly innerState: State;
}

/**
 * Builds a transformation whose hyper-parameters are part of its state, to be read, set and saved
 * between updates.
 *
 * Each update builds the inner transformation anew from the values in the state. A schedule sets its
 * value in the state before each update; a number stays until the state is given another one.
 *
 * @param innerFactory - Builds the inner transformation from an object of scalar tensors with the names
 *   of `hyperparams`.
 * @param hyperparams - A finite number, a scalar tensor or a schedule of the count from 0 on, by name.
 * @returns A transformation whose state is `{ count, hyperparams, hyperparamsStates, innerState }`. The
 *   values are in the widest dtype of the parameters, float32 at least.
 * @throws {@link TypeError} if an argument has the wrong type, or the factory returns no transformation.
 * @throws {@link RangeError} if a number is not finite, or a tensor is no scalar.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { injectHyperparams, sgd } from "@flaxen/optax";
 *
 * const tx = injectHyperparams(({ learningRate }) => sgd(learningRate), { learningRate: 0.5 });
 * let [updates, state] = tx.update(array([2]), tx.init(array([0])));
 * updates; // => [-1]
 * state = { ...state, hyperparams: { learningRate: array(0.25) } };
 * [updates, state] = tx.update(array([2]), state);
 * updates; // => [-0.5]
 * ```
 */
export function injectHyperparams<Names extends string, State>(
  innerFactory: (hyperparams: {
    readonly [Name in Names]: Tensor;
  }) => GradientTransformation<State>,
  hyperparams: { readonly [Name in Names]: ScalarOrSchedule },
): GradientTransformation<InjectHyperparamsState<Names, State>> {
  const callee = "injectHyperparams";
  if (typeof innerFactory !== "function") {
    throw new TypeError(
      `${callee}: innerFactory must be a function of the hyper-parameters, got ${describe(innerFactory)}.`,
    );
  }
  if (typeof hyperparams !== "object" || hyperparams === null) {
    throw new TypeError(`${callee}: hyperparams must be an object, got ${describe(hyperparams)}.`);
  }
  const given = Object.entries<ScalarOrSchedule>(hyperparams);
  for (const [name, value] of given) {
    if (typeof value === "function") continue;
    checkHyperparam(checkFinite, callee, `hyperparams.${name}`, value);
  }
  const names = given.map(([name]) => name);
  const scheduled = given.filter(
    (item): item is [string, Schedule] => typeof item[1] === "function",
  );

  const build = (owner: string, values: Values): GradientTransformation<State> => {
    const inner = innerFactory(values as { readonly [Name in Names]: Tensor });
    checkTransformation(owner, "the result of innerFactory", inner);
    return inner;
  };

  return {
    init(params) {
      const owner = `${callee}.init`;
      const dtype = widest(takeLeaves(owner, "params", params).leaves);
      const start: [string, CountState][] = scheduled.map(([name]) => [
        name,
        { count: initialCount() },
      ]);
      const values = Object.fromEntries(
        given.map(([name, value]) => [
          name,
          toScalar(
            typeof value === "function" ? valueAt(owner, name, value, initialCount()) : value,
            dtype,
          ),
        ]),
      );
      return assemble<Names, State>(
        initialCount(),
        values,
        Object.fromEntries(start),
        build(owner, values).init(params),
      );
    },
    update<T>(
      updates: T,
      state: InjectHyperparamsState<Names, State>,
      params?: unknown,
    ): [T, InjectHyperparamsState<Names, State>] {
      const owner = `${callee}.update`;
      checkState(owner, state, ["count", "hyperparams", "hyperparamsStates", "innerState"]);
      const present: Readonly<Record<string, unknown>> = state.hyperparams;
      const counts: Readonly<Record<string, CountState | undefined>> = state.hyperparamsStates;
      checkState(owner, present, names);
      const dtype = widest(takeLeaves(owner, "updates", updates).leaves);
      const values: Record<string, Tensor> = {};
      for (const name of names) {
        const value = present[name];
        checkHyperparam(checkFinite, owner, `state.hyperparams.${name}`, value);
        values[name] = isTensor(value) ? value : toScalar(value as number, dtype);
      }
      const nextCounts: Record<string, CountState> = {};
      for (const [name, schedule] of scheduled) {
        checkState(owner, counts[name], ["count"]);
        const { count } = counts[name] as CountState;
        values[name] = toScalar(valueAt(owner, name, schedule, count), values[name].dtype);
        nextCounts[name] = { count: increment(count) };
      }
      const [next, innerState] = build(owner, values).update(updates, state.innerState, params);
      const count = increment(state.count);
      return [next, assemble<Names, State>(count, values, nextCounts, innerState)];
    },
  };
}

type Values = Readonly<Record<string, Tensor>>;

/** A state whose fields are known to have the names. */
function assemble<Names extends string, State>(
  count: Tensor,
  values: Values,
  counts: Readonly<Record<string, CountState>>,
  innerState: State,
): InjectHyperparamsState<Names, State> {
  return {
    count,
    hyperparams: values as { readonly [Name in Names]: Tensor },
    hyperparamsStates: counts as { readonly [Name in Names]?: CountState },
    innerState,
  };
}

/** The dtype that holds every leaf, float32 at least: 16 bits are too few for a decay rate. */
function widest(leaves: readonly Tensor[]): DType {
  return wideDType(leaves.map((leaf) => leaf.dtype).reduce(promoteTypes, "float32"));
}
