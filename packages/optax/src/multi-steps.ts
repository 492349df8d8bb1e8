import {
  add,
  divide,
  equal,
  greater,
  isTensor,
  logicalAnd,
  remainder,
  subtract,
  where,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { describe, isInteger } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { zerosLike } from "@flaxen/ndarray";
import { checkBoolean, checkPositiveInteger, checkStateDType } from "./arguments.ts";
import { checkTransformation } from "./chain.ts";
import { choose } from "./choose.ts";
import { increment, initialCount } from "./count.ts";
import type { GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { wideDType } from "./moments.ts";
import type { Schedule } from "./schedule.ts";
import { checkState } from "./state.ts";

/** Options of {@link MultiSteps}. */
export interface MultiStepsOptions {
  /** Whether the inner updates get the mean of the gradients and not their sum; `true` by default. */
  readonly useGradMean?: boolean;
  /** Dtype in which gradients are gathered; that of the parameters, float32 at least, by default. */
  readonly accumulatorDtype?: DType | undefined;
}

/** The state of {@link MultiSteps}. */
export interface MultiStepsState<State = unknown> {
  /** Gradients gathered since the last inner update, an int32 scalar. */
  readonly miniStep: Tensor;
  /** Inner updates so far, an int32 scalar. */
  readonly gradientStep: Tensor;
  /** State of the inner transformation. */
  readonly innerOptState: State;
  /** Mean or sum of the gradients gathered, a tree like the parameters. */
  readonly accGrads: TensorTree;
}

/**
 * The transformation that gathers the gradients of `k` calls and updates once with their mean: training
 * with large batches in little memory.
 *
 * `accGrads = accGrads + (g - accGrads) / (miniStep + 1)`; the `k`-th call hands it to the inner
 * transformation and starts anew, the calls before return zeros.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { MultiSteps, sgd } from "@flaxen/optax";
 *
 * const tx = new MultiSteps(sgd(0.5), 2);
 * let [updates, state] = tx.update(array([1]), tx.init(array([0])));
 * updates; // => [0]
 * [updates, state] = tx.update(array([3]), state);
 * updates; // => [-1]
 * tx.hasUpdated(state); // => true
 * ```
 */
export class MultiSteps<State = unknown> implements GradientTransformation<MultiStepsState<State>> {
  readonly #inner: GradientTransformation<State>;
  readonly #everyK: number | Schedule;
  readonly #useGradMean: boolean;
  readonly #accumulatorDtype: DType | undefined;

  /**
   * Wraps a transformation.
   *
   * @param inner - The transformation for the gathered gradients.
   * @param everyKSchedule - `k`, a positive integer, or a function from the count of inner updates, an
   *   int32 scalar, to one.
   * @param options - `useGradMean` (default `true`), `accumulatorDtype` (default: that of the
   *   parameters, float32 at least).
   * @throws {@link TypeError} if an argument has the wrong type.
   * @throws {@link RangeError} if `everyKSchedule` is a number but no positive integer.
   */
  constructor(
    inner: GradientTransformation<State>,
    everyKSchedule: number | Schedule,
    { useGradMean = true, accumulatorDtype }: MultiStepsOptions = {},
  ) {
    checkTransformation("MultiSteps", "inner", inner);
    if (typeof everyKSchedule !== "function") {
      checkPositiveInteger("MultiSteps", "everyKSchedule", everyKSchedule);
    }
    checkBoolean("MultiSteps", "useGradMean", useGradMean);
    checkStateDType("MultiSteps", "accumulatorDtype", accumulatorDtype);
    this.#inner = inner;
    this.#everyK = everyKSchedule;
    this.#useGradMean = useGradMean;
    this.#accumulatorDtype = accumulatorDtype;
  }

  /**
   * Builds the state before the first gradient.
   *
   * @param params - The tree of parameters.
   * @returns `{ miniStep, gradientStep, innerOptState, accGrads }`.
   * @throws {@link TypeError} if a parameter is not floating-point.
   */
  init(params: unknown): MultiStepsState<State> {
    const accGrads = zerosLikeParams(
      "MultiSteps.init",
      params,
      this.#accumulatorDtype ?? wideDType,
    );
    return {
      miniStep: initialCount(),
      gradientStep: initialCount(),
      innerOptState: this.#inner.init(params),
      accGrads,
    };
  }

  /**
   * Gathers one tree of gradients and, at every `k`-th call, updates.
   *
   * @param updates - Gradients.
   * @param state - What `init` or the update before this one returned.
   * @param params - The parameters, for the inner transformation.
   * @returns The updates, zeros but for every `k`-th call, and the next state.
   * @throws {@link TypeError} if the updates have another structure than the state, or a schedule returns
   *   something else than an integer.
   * @throws {@link RangeError} if the updates have other shapes than the state, or a schedule returns a number
   *   that is no positive integer.
   */
  update<T>(
    updates: T,
    state: MultiStepsState<State>,
    params?: unknown,
  ): [T, MultiStepsState<State>] {
    const owner = "MultiSteps.update";
    checkState(owner, state, ["miniStep", "gradientStep", "innerOptState", "accGrads"]);
    const { miniStep, gradientStep, innerOptState, accGrads } = state;
    const gathered = takeLeaves(owner, "state.accGrads", accGrads);
    const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", gathered);
    const k = this.#stepsAt(gradientStep);
    const total = gathered.leaves.map((sum, i) => this.#gather(leaves[i], sum, miniStep));
    const isLast = equal(miniStep, subtract(k, 1));
    const [final, nextInner, kept] = choose<[T, State, Tensor[]]>(
      isLast,
      () => {
        const grads = total.map((sum, i) => cast(sum, leaves[i].dtype));
        const [next, inner] = this.#inner.update(
          rebuild<T>(structure, grads),
          innerOptState,
          params,
        );
        return [next, inner, total.map((sum) => zerosLike(sum))];
      },
      () => [
        rebuild<T>(
          structure,
          leaves.map((g) => zerosLike(g)),
        ),
        innerOptState,
        total,
      ],
    );
    const next = {
      miniStep: cast(remainder(increment(miniStep), k), "int32"),
      gradientStep: where(isLast, increment(gradientStep), gradientStep),
      innerOptState: nextInner,
      accGrads: rebuild<TensorTree>(structure, kept),
    };
    return [final, next];
  }

  /**
   * Whether the call that returned a state was a `k`-th one.
   *
   * @param state - What `init` or `update` returned.
   * @returns A boolean scalar; `false` before the first gradient.
   * @throws {@link TypeError} if `state` is no such state.
   */
  hasUpdated(state: MultiStepsState<State>): Tensor {
    checkState("MultiSteps.hasUpdated", state, ["miniStep", "gradientStep"]);
    return logicalAnd(equal(state.miniStep, 0), greater(state.gradientStep, 0));
  }

  /** The number of calls of the present round. */
  #stepsAt(gradientStep: Tensor): number | Tensor {
    if (typeof this.#everyK === "number") return this.#everyK;
    const k: unknown = this.#everyK(gradientStep);
    const callee = "MultiSteps.update: everyKSchedule must return";
    if (isTensor(k)) {
      if (k.ndim === 0 && isInteger(k.dtype)) return k;
      throw new TypeError(`${callee} a positive integer or an integer scalar, got ${describe(k)}.`);
    }
    if (typeof k === "number" && Number.isSafeInteger(k) && k > 0) return k;
    const message = `${callee} a positive integer or an integer scalar, got ${describe(k)}.`;
    throw typeof k === "number" ? new RangeError(message) : new TypeError(message);
  }

  /** The mean or sum of the gradients with one more, in the dtype that it is kept in. */
  #gather(g: Tensor, sum: Tensor, miniStep: Tensor): Tensor {
    if (!this.#useGradMean) return cast(add(g, sum), sum.dtype);
    const step = divide(subtract(g, sum), cast(add(miniStep, 1), sum.dtype));
    return cast(add(sum, step), sum.dtype);
  }
}
