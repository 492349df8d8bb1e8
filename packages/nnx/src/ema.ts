import { describe, isFloating } from "@flaxen/dtype";
import { add, isTensor, multiply } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkNumber } from "./arguments.ts";
import { Not, toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { graphdef, merge } from "./graph.ts";
import { formatPath, pathKey } from "./paths.ts";
import type { Path } from "./paths.ts";
import { Pytree } from "./pytree.ts";
import { mergeState } from "./recursive-map.ts";
import { RngState } from "./rngs.ts";
import type { NestedState } from "./state-types.ts";
import { checkNode, nest, state } from "./state.ts";
import { findVariables } from "./traverse.ts";
import { sameShape } from "./update.ts";
import { checkWritable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Settings of `EMA`. */
export interface EMAOptions {
  /** Which Variables are averaged; all but those of random streams by default. */
  readonly only?: Filter;
}

/**
 * An exponential moving average of the Variables of a model: `average = decay * average + (1 - decay) * value`
 * at every update. Averaged weights often do better in evaluation.
 *
 * @example
 * ```ts
 * import { zerosLike } from "@flaxen/ndarray";
 * import { EMA, Linear, Rngs } from "@flaxen/nnx";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0), kernelInit: () => zerosLike([[0]]) });
 * const average = new EMA(model, 0.75);
 * model.bias = model.bias?.copy(zerosLike([0])) ?? null;
 * average.update(model);
 * const smooth = average.applyTo(model);
 * smooth.forward([[1]]); // => [[0]]
 * smooth.kernel === model.kernel; // => false
 * ```
 */
export class EMA extends Pytree {
  /** The share of the average that an update keeps, in [0, 1]. */
  readonly decay: number;
  /** Which Variables are averaged. */
  readonly only: Filter;
  /** The averages: new Variables under the paths of the model. */
  readonly params: NestedState;

  /**
   * Starts with the values of now.
   *
   * @param model - a Module, or any other object that `state` accepts.
   * @param decay - the share of the average that an update keeps, in [0, 1].
   * @param options - see {@link EMAOptions}.
   * @throws {@link TypeError} if `model` cannot hold state, `decay` is not a number, or a selected Variable
   *   does not hold a floating array.
   * @throws {@link RangeError} if `decay` is outside [0, 1].
   */
  constructor(model: object, decay: number, { only = Not(RngState) }: EMAOptions = {}) {
    super();
    checkNode("EMA", model, "model");
    checkNumber("EMA", "decay", decay, decay >= 0 && decay <= 1, "be in [0, 1]");
    this.decay = decay;
    this.only = only;
    const copies = select("EMA", model, only).map(
      ([path, variable]) => [path, variable.copy()] as const,
    );
    this.params = nest("EMA", copies) as NestedState;
  }

  /**
   * Moves the averages towards the values of now. If anything throws, nothing is changed.
   *
   * @param model - the object given to the constructor, or one of the same structure.
   * @throws {@link TypeError} if `model` cannot hold state, or a selected Variable does not hold a floating
   *   array.
   * @throws {@link RangeError} if other paths are selected than before, or shapes differ.
   */
  update(model: object): void {
    checkNode("EMA.update", model, "model");
    const { decay } = this;
    const averages = findVariables(this.params);
    const values = new Map(
      select("EMA.update", model, this.only).map((found) => [pathKey(found[0]), found]),
    );
    const missing = averages.filter(([path]) => !values.has(pathKey(path)));
    const known = new Set(averages.map(([path]) => pathKey(path)));
    const unknown = [...values.values()].filter(([path]) => !known.has(pathKey(path)));
    if (missing.length > 0 || unknown.length > 0) {
      const list = (found: readonly (readonly [Path, unknown])[]): string =>
        found.map(([path]) => formatPath(path)).join(", ") || "none";
      throw new RangeError(
        `EMA.update: model must have the Variables that are averaged, got missing: ${list(missing)}; unknown: ${list(unknown)}.`,
      );
    }
    const writes = averages.map(([path, average]) => {
      const [, variable] = values.get(pathKey(path)) as readonly [Path, Variable];
      const [before, value] = [average.value as Tensor, variable.value];
      if (!sameShape(before.shape, value.shape)) {
        throw new RangeError(
          `EMA.update: ${formatPath(path)} must have shape ${describe(before.shape)}, got ${describe(value)}.`,
        );
      }
      return [average, add(multiply(decay, before), multiply(1 - decay, value))] as const;
    });
    for (const [average, value] of writes) checkWritable(average, value);
    for (const [average, value] of writes) average.value = value;
  }

  /**
   * Returns a second look at a model with the averages in place of what is averaged. Further updates show
   * in it, since the Variables are those of this object.
   *
   * @param model - the object given to the constructor, or one of the same structure.
   * @returns an object of the same class that shares all other Variables with `model`.
   * @throws {@link TypeError} if `model` cannot hold state.
   * @throws {@link RangeError} if it lacks a Variable that is averaged.
   */
  applyTo<T extends object>(model: T): T {
    checkNode("EMA.applyTo", model, "model");
    return merge(graphdef(model), mergeState(state(model), this.params));
  }
}

function select(callee: string, model: object, only: Filter): (readonly [Path, Variable])[] {
  const selects = toPredicate(callee, only);
  return findVariables(model).flatMap(([path, variable]) => {
    if (!selects(path, variable)) return [];
    const { value } = variable;
    if (isTensor(value) && isFloating(value.dtype)) return [[path, variable as Variable] as const];
    throw new TypeError(
      `${callee}: only must select Variables that hold floating arrays, got ${describe(value)} at ${formatPath(path)}.`,
    );
  });
}
