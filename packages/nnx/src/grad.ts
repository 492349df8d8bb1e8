import { describe, isFloating } from "@flaxen/dtype";
import {
  grad as gradOfTensors,
  isTensor,
  tree,
  valueAndGrad as valueAndGradOfTensors,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import type { DiffState } from "./diff-state.ts";
import { isFrozen } from "./freeze.ts";
import type { GradOptions, GradResult, ValueAndGradResult } from "./grad-types.ts";
import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";
import { LiftedCall } from "./lifted-call.ts";
import { isPytree } from "./pytree.ts";
import { runInScope, warnAboutConstants } from "./scope.ts";
import { nest } from "./state.ts";
import { findVariables, isNode } from "./traverse.ts";
import { unboundThis } from "./unbound.ts";
import { isVariable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";
import { Param } from "./variable-types.ts";

/**
 * Turns a scalar function of Modules and arrays into its gradient.
 *
 * The gradient with respect to a Module, or anything else that holds Variables, is a State: nested
 * objects like `state(model, Param)` with new Params that hold the gradients. A Variable that is
 * reached on several ways has one gradient, the sum over all uses. With respect to other arguments
 * (tensors, numbers, arrays and plain objects of these) it is a tree of tensors.
 *
 * Other Variables of the arguments, such as running statistics and random streams, keep what the
 * function writes to them. If it throws, Variables and fields of the arguments are as before.
 * Variables that are captured and not passed may be read, as constants, but not written.
 *
 * @param f - returns a floating scalar, or `[scalar, aux]` with `hasAux`.
 * @param options - `argnums`: what to differentiate (default 0, negative counts from the end);
 *   `hasAux` (default false).
 * @returns a function of the same arguments that returns the gradient (for a list of `argnums`, a
 *   list); with `hasAux`, `[gradient, aux]`.
 * @throws {@link TypeError} if `f` is no function; when called, if something not floating would be
 *   differentiated or returned.
 * @throws {@link RangeError} (when called) if the result is not a scalar, or `argnums` repeats or is
 *   out of range.
 * @throws {@link TraceContextError} (when called) if `f` writes a captured Variable.
 *
 * @example
 * ```ts
 * import { sum } from "@flaxen/autodiff";
 * import { grad, Linear, Rngs } from "@flaxen/nnx";
 *
 * const model = new Linear(2, 1, { rngs: new Rngs(0) });
 * const gradient = grad((m: Linear) => sum(m.forward([[1, 2], [3, 4]])))(model);
 * gradient.kernel.value; // => [[4], [6]]
 * gradient.bias.value; // => [2]
 * ```
 */
export function grad<A extends readonly Tensor[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: A) => GradResult<A, R, O>;
export function grad<A extends readonly unknown[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: A) => GradResult<A, R, O>;
export function grad(f: LossFunction, options: GradOptions = {}): LossFunction {
  const differentiate = differentiator("grad", f, options, (pure, inputs) => {
    const [gradients, outputs] = gradOfTensors(pure, { hasAux: true })(inputs);
    return { value: null, gradients, outputs };
  });
  return (...args) => {
    const { aux, gradient } = differentiate(args);
    return options.hasAux === true ? [gradient, aux] : gradient;
  };
}

/**
 * As `grad`, with the value of the function too.
 *
 * @param f - returns a floating scalar, or `[scalar, aux]` with `hasAux`.
 * @param options - as of `grad`.
 * @returns a function of the same arguments that returns `[value, gradient]`; with `hasAux`,
 *   `[[value, aux], gradient]`.
 * @throws as `grad`.
 *
 * @example
 * ```ts
 * import { sum } from "@flaxen/autodiff";
 * import { Linear, Rngs, valueAndGrad } from "@flaxen/nnx";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0) });
 * const step = valueAndGrad(
 *   (m: Linear) => {
 *     const y = m.forward([[0], [0]]);
 *     return [sum(y), y];
 *   },
 *   { hasAux: true },
 * );
 * const [[loss, y], gradient] = step(model);
 * loss; // => 0
 * y; // => [[0], [0]]
 * gradient.bias.value; // => [2]
 * ```
 */
export function valueAndGrad<A extends readonly Tensor[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: A) => ValueAndGradResult<A, R, O>;
export function valueAndGrad<A extends readonly unknown[], R, const O extends GradOptions = {}>(
  f: (...args: A) => R,
  options?: O,
): (...args: A) => ValueAndGradResult<A, R, O>;
export function valueAndGrad(f: LossFunction, options: GradOptions = {}): LossFunction {
  const differentiate = differentiator("valueAndGrad", f, options, (pure, inputs) => {
    const [[value, outputs], gradients] = valueAndGradOfTensors(pure, { hasAux: true })(inputs);
    return { value, gradients, outputs };
  });
  return (...args) => {
    const { value, aux, gradient } = differentiate(args);
    return [options.hasAux === true ? [value, aux] : value, gradient];
  };
}

// The public overloads say what these are.
type LossFunction = (...args: any[]) => any;

/** What is handed to the tensor-level transform. */
interface Inputs {
  readonly values: readonly Tensor[];
  readonly trees: readonly unknown[];
}

interface Differentiated {
  readonly value: unknown;
  readonly gradients: Inputs;
  readonly outputs: readonly Tensor[];
}

type TensorTransform = (
  pure: (inputs: Inputs) => [unknown, Tensor[]],
  inputs: Inputs,
) => Differentiated;

interface Result {
  readonly value: unknown;
  readonly aux: unknown;
  readonly gradient: unknown;
}

/** One element of `argnums`: Variables of an argument, or a whole argument. */
type Target =
  | { readonly variables: readonly (readonly [Path, Variable<unknown>])[] }
  | { readonly position: number };

function differentiator(
  callee: string,
  f: LossFunction,
  { argnums = 0, hasAux = false }: GradOptions,
  transform: TensorTransform,
): (args: readonly unknown[]) => Result {
  if (typeof f !== "function") {
    throw new TypeError(`${callee}: f must be a function, got ${describe(f)}.`);
  }
  const several = Array.isArray(argnums);
  const chosen = (several ? argnums : [argnums]) as readonly (number | DiffState)[];
  const self = unboundThis(callee, f);
  let warned = false;

  return (args) => {
    const targets = planTargets(callee, chosen, args);
    const variables = targets.flatMap((target) => ("position" in target ? [] : target.variables));
    const positions = targets.flatMap((target) => ("position" in target ? [target.position] : []));
    const call = new LiftedCall(args);
    const inputs = {
      values: variables.map(([, variable]) => slotOf(variable).value as Tensor),
      trees: positions.map((position) => args[position]),
    };
    try {
      const { value, gradients, outputs } = runInScope(callee, (scope) => {
        call.lend(scope);
        const differentiated = transform(({ values, trees }) => {
          variables.forEach(([, variable], i) => call.trace(variable, values[i]));
          const traced = [...args];
          positions.forEach((position, i) => (traced[position] = trees[i]));
          const result: unknown = Reflect.apply(f, self, traced);
          const [loss, aux] = hasAux ? splitAux(callee, result) : [result, undefined];
          return [loss, call.collect(scope, aux)];
        }, inputs);
        if (!warned && !call.hasVariables && scope.capturedParamReads > 0) {
          warned = true;
          warnAboutConstants(callee, "get its gradient");
        }
        return differentiated;
      });
      const aux = call.settle(outputs);
      return { value, aux, gradient: arrange(targets, gradients, several) };
    } catch (error) {
      call.restore();
      throw error;
    }
  };
}

function splitAux(callee: string, result: unknown): readonly [unknown, unknown] {
  if (Array.isArray(result) && result.length === 2) return [result[0], result[1]];
  throw new TypeError(
    `${callee}: f must return [value, aux] with hasAux, got ${describe(result)}.`,
  );
}

/** Arranges the flat gradients as `argnums` asks. */
function arrange(targets: readonly Target[], gradients: Inputs, several: boolean): unknown {
  let value = 0;
  let position = 0;
  const arranged = targets.map((target) => {
    if ("position" in target) return gradients.trees[position++];
    return nest(
      "grad",
      target.variables.map(([path, variable]) => [path, variable.copy(gradients.values[value++])]),
    );
  });
  return several ? arranged : arranged[0];
}

function planTargets(
  callee: string,
  chosen: readonly (number | DiffState)[],
  args: readonly unknown[],
): Target[] {
  const taken = new Set<Variable<unknown>>();
  const positions = chosen.map((one) =>
    checkArgnum(callee, typeof one === "number" ? one : one.argnum, args.length),
  );
  if (new Set(positions).size !== positions.length) {
    throw new RangeError(
      `${callee}: argnums must not name an argument twice, got ${describe(positions)}.`,
    );
  }
  return chosen.map((one, i) => {
    const argument = args[positions[i]];
    if (holdsVariables(argument)) {
      const filter: Filter = typeof one === "number" ? Param : one.filter;
      return { variables: chooseVariables(callee, argument, filter, taken) };
    }
    if (typeof one !== "number") {
      throw new TypeError(
        `${callee}: a DiffState must name an argument that holds Variables, got ${describe(argument)} at position ${positions[i]}.`,
      );
    }
    checkTree(callee, positions[i], argument);
    return { position: positions[i] };
  });
}

function checkArgnum(callee: string, argnum: number, count: number): number {
  const position = argnum < 0 ? argnum + count : argnum;
  if (!Number.isInteger(argnum) || position < 0 || position >= count) {
    throw new RangeError(
      `${callee}: argnums must be positions among the ${count} arguments, got ${describe(argnum)}.`,
    );
  }
  return position;
}

function holdsVariables(argument: unknown): boolean {
  if (isPytree(argument) || isVariable(argument)) return true;
  return isNode(argument) && findVariables(argument).length > 0;
}

/** The Variables to differentiate; one that several arguments share counts for the first. */
function chooseVariables(
  callee: string,
  argument: unknown,
  filter: Filter,
  taken: Set<Variable<unknown>>,
): (readonly [Path, Variable<unknown>])[] {
  const selects = toPredicate(callee, filter);
  const selected = findVariables(argument).filter(
    ([path, variable]) => !taken.has(variable) && selects(path, variable) && !isFrozen(variable),
  );
  for (const [path, variable] of selected) {
    taken.add(variable);
    const { value } = slotOf(variable);
    if (!isTensor(value) || !isFloating(value.dtype)) {
      throw new TypeError(
        `${callee}: ${formatPath(path)} must hold a floating array to be differentiated, got ${describe(value)}. Choose other Variables with DiffState.`,
      );
    }
  }
  return selected;
}

function checkTree(callee: string, position: number, argument: unknown): void {
  for (const leaf of tree.leaves(argument)) {
    if (typeof leaf === "number" || (isTensor(leaf) && isFloating(leaf.dtype))) continue;
    if (typeof leaf === "object" && leaf !== null && "data" in leaf && !isTensor(leaf)) continue;
    throw new TypeError(
      `${callee}: argument ${position} must hold floating tensors to be differentiated, got ${describe(leaf)}.`,
    );
  }
}
