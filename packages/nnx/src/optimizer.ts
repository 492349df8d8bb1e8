import { describe } from "@flaxen/dtype";
import { add, astype, isTensor, toTensor } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { full } from "@flaxen/ndarray";
import { toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { isFrozen } from "./freeze.ts";
import type { Module } from "./module.ts";
import { formatPath, pathKey } from "./paths.ts";
import type { Path } from "./paths.ts";
import { Pytree } from "./pytree.ts";
import { checkNode, leavesAt, nest, setField } from "./state.ts";
import type { TensorTree } from "./tensor-tree.ts";
import { findVariables, isNode } from "./traverse.ts";
import { matchValue, sameShape } from "./update.ts";
import { Variable, checkWritable, isVariable } from "./variable.ts";

/**
 * State of an optimizer; the class of all its Variables, for use as a filter.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { OptState } from "@flaxen/nnx";
 *
 * new OptState(array(0, "uint32")).kind; // => "OptState"
 * ```
 */
export class OptState<T = Tensor> extends Variable<T> {
  /** `"OptState"`, or the name of a derived class. */
  override get kind(): "OptState" | "OptArray" | "OptVariable" {
    return "OptState";
  }
}

/**
 * Optimizer state that belongs to no single parameter, e.g. the step count of adam.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { OptArray, OptState } from "@flaxen/nnx";
 *
 * new OptArray(array(0)) instanceof OptState; // => true
 * ```
 */
export class OptArray<T = Tensor> extends OptState<T> {
  /** `"OptArray"`. */
  override get kind(): "OptArray" {
    return "OptArray";
  }
}

/**
 * Optimizer state that mirrors a parameter, e.g. its momentum.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { OptState, OptVariable } from "@flaxen/nnx";
 *
 * new OptVariable(array(0)) instanceof OptState; // => true
 * ```
 */
export class OptVariable<T = Tensor> extends OptState<T> {
  /** `"OptVariable"`. */
  override get kind(): "OptVariable" {
    return "OptVariable";
  }
}

/**
 * What computes the updates: any object with these two functions, e.g. `adam(1e-3)` of
 * `@flaxen/optax`. Both work on nested plain objects of tensors and must not change them.
 */
export interface Transformation {
  /** Makes the first state from the parameters. */
  init(params: TensorTree): unknown;
  /** Turns gradients into updates, which are added to the parameters, and makes the next state. */
  update(grads: TensorTree, state: unknown, params?: TensorTree): readonly [unknown, unknown];
}

/** Settings of `Optimizer`. */
export interface OptimizerOptions {
  /** Which Variables of the model are trained, e.g. `Param`. Use the filter of `grad` here too. */
  readonly wrt: Filter;
}

/**
 * A gradient transformation with its state, for the Variables of a model that `wrt` selects.
 *
 * The model is not stored: pass it to `update`. State has the paths `step` and `optState...`, e.g.
 * `optState.0.mu.linear.kernel` for adam.
 *
 * @example
 * ```ts
 * import { mean, multiply, square, tree } from "@flaxen/autodiff";
 * import { grad, Linear, Optimizer, Param, Rngs } from "@flaxen/nnx";
 * import type { Transformation } from "@flaxen/nnx";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0), useBias: false });
 * const descent: Transformation = { // @flaxen/optax has real ones
 *   init: () => ({}),
 *   update: (grads, state) => [tree.map((g) => multiply(-0.1, g), grads), state],
 * };
 * const optimizer = new Optimizer(model, descent, { wrt: Param });
 * const loss = (m: Linear) => mean(square(m.forward([[1]])));
 * const before = loss(model).item();
 * optimizer.update(model, grad(loss)(model));
 * loss(model).item() < before; // => true
 * optimizer.step.value; // => 1
 * ```
 */
export class Optimizer<M extends object = Module> extends Pytree {
  /** Number of updates so far, a uint32 scalar. */
  readonly step: OptState;
  /** The gradient transformation. */
  readonly tx: Transformation;
  /** The transformation's state with an `OptArray` or `OptVariable` in place of each array. */
  readonly optState: object;
  /** Which Variables of the model are trained. */
  readonly wrt: Filter;

  /**
   * Makes the first state of the transformation.
   *
   * @param model - the Module, or other object, to be trained.
   * @param tx - what computes the updates.
   * @param options - `wrt` is required.
   * @throws {@link TypeError} if `model` cannot hold state, `tx` is no transformation, or `wrt` is
   *   missing.
   * @throws {@link RangeError} if `wrt` selects nothing.
   */
  constructor(model: M, tx: Transformation, options: OptimizerOptions) {
    super();
    checkNode("Optimizer", model, "model");
    checkTransformation(tx);
    const wrt: Filter | undefined = options?.wrt;
    if (wrt === undefined) {
      throw new TypeError(
        "Optimizer: wrt must be a filter, got undefined. Pass { wrt: Param } to train all parameters.",
      );
    }
    this.step = new OptState<Tensor>(full([], 0, "uint32"));
    this.tx = tx;
    this.wrt = wrt;
    const params = selectTensors("Optimizer", model, wrt);
    if (params.length === 0) {
      throw new RangeError(
        "Optimizer: wrt must select at least one Variable of the model, got none.",
      );
    }
    const mirrored = new Set(params.map(([path]) => pathKey(path)));
    this.optState = wrapState(
      tx.init(nest("Optimizer", plain(params)) as TensorTree),
      [],
      mirrored,
    ) as object;
  }

  /** Flax's name of the state. */
  override get fileNames(): Readonly<Record<string, string>> {
    return { optState: "opt_state" };
  }

  /**
   * Applies one step: writes `params + updates` into the model and the next state into this object.
   * If anything throws, nothing is changed.
   *
   * @param model - the model given to the constructor, or one of the same structure.
   * @param grads - a gradient for each Variable that `wrt` selects, as `grad` returns them.
   * @returns the updates, nested plain objects of tensors.
   * @throws {@link TypeError} if `grads` is missing or no State, or a dtype does not fit.
   * @throws {@link RangeError} if gradients and parameters differ in paths or shapes.
   * @throws {@link Error} if the transformation changes the structure of its state, or parameters were frozen or released
   *   since that was made.
   */
  update(model: M, grads: object): TensorTree {
    const callee = "Optimizer.update";
    checkNode(callee, model, "model");
    if (!isNode(grads)) {
      throw new TypeError(
        `${callee}: grads must be a State of gradients, got ${describe(grads)}. Call update(model, grads).`,
      );
    }
    const params = selectTensors(callee, model, this.wrt);
    const gradients = matchGradients(params, selectGradients(params, grads, this.wrt));
    const [updates, writes] = this.plan(model, params, gradients);
    for (const [variable, value] of writes) checkWritable(variable, value);
    for (const [variable, value] of writes) variable.value = value;
    return updates as TensorTree;
  }

  /** The updates, and what is to be written. */
  private plan(
    model: M,
    params: readonly Selected[],
    gradients: readonly Leaf[],
  ): readonly [unknown, Writes] {
    try {
      const [updates, newState] = this.tx.update(
        nest("Optimizer.update", gradients) as TensorTree,
        unwrapState(this.optState),
        nest("Optimizer.update", plain(params)) as TensorTree,
      );
      const writes = [
        ...planUpdates(params, updates),
        ...planState(this.optState, newState, ["optState"], []),
        [this.step, add(this.step.value, full([], 1, "uint32"))] as const,
      ];
      return [updates, writes];
    } catch (error) {
      throw refreezing(this.optState, model, this.wrt) ?? error;
    }
  }
}

/** What to say if parameters were frozen or released since the state was made; undefined if they were not. */
function refreezing(optState: object, model: object, wrt: Filter): Error | undefined {
  const mirrors = findVariables(optState).filter(([, { kind }]) => kind === "OptVariable");
  if (mirrors.length === 0) return undefined;
  const hasState = (path: Path): boolean =>
    mirrors.some(([place]) => samePath(place.slice(-path.length), path));
  const selects = toPredicate("Optimizer.update", wrt);
  const changed = findVariables(model).filter(
    ([path, variable]) => selects(path, variable) && isFrozen(variable) === hasState(path),
  );
  if (changed.length === 0) return undefined;
  const list = (frozen: boolean): string =>
    changed
      .filter(([, variable]) => isFrozen(variable) === frozen)
      .map(([path]) => formatPath(path))
      .join(", ") || "none";
  return new Error(
    `Optimizer.update: the model must have the trained parameters that it had when the optimizer was made, got frozen since: ${list(true)}; new: ${list(false)}. Make the optimizer after freeze and unfreeze, or undo them.`,
  );
}

type Leaf = readonly [Path, Tensor];
type Selected = readonly [Path, Tensor, Variable<unknown>];
type Writes = readonly (readonly [Variable<unknown>, Tensor])[];

function plain(selected: readonly Selected[]): Leaf[] {
  return selected.map(([path, value]) => [path, value]);
}

function checkTransformation(tx: unknown): void {
  const valid =
    typeof tx === "object" &&
    tx !== null &&
    "init" in tx &&
    typeof tx.init === "function" &&
    "update" in tx &&
    typeof tx.update === "function";
  if (!valid) {
    throw new TypeError(
      `Optimizer: tx must have the functions init and update, got ${describe(tx)}.`,
    );
  }
}

/** The Variables that the filter selects; each must hold an array. */
function selectTensors(callee: string, node: object, wrt: Filter): Selected[] {
  const selects = toPredicate(callee, wrt);
  return findVariables(node)
    .filter(([path, variable]) => selects(path, variable) && !isFrozen(variable))
    .map(([path, variable]) => {
      const { value } = variable;
      if (isTensor(value)) return [path, value, variable];
      throw new TypeError(
        `${callee}: wrt must select Variables that hold arrays, got ${describe(value)} at ${formatPath(path)}.`,
      );
    });
}

/** The gradients; bare arrays count as selected. */
function selectGradients(params: readonly Selected[], grads: object, wrt: Filter): Leaf[] {
  const selects = toPredicate("Optimizer.update", wrt);
  const found: Leaf[] = [];
  for (const [path, leaf] of leavesAt(params, grads)) {
    if (isVariable(leaf) && !selects(path, leaf)) continue;
    const value = isVariable(leaf) ? leaf.value : leaf;
    if (!isTensor(value)) {
      throw new TypeError(
        `Optimizer.update: grads must hold arrays, got ${describe(value)} at ${formatPath(path)}.`,
      );
    }
    found.push([path, value]);
  }
  return found;
}

/** Whether two lists have the same paths in the same order, as they nearly always do. */
function samePaths(
  a: readonly (readonly [Path, ...unknown[]])[],
  b: readonly (readonly [Path, ...unknown[]])[],
): boolean {
  return a.length === b.length && a.every(([path], i) => samePath(path, b[i][0]));
}

function samePath(a: Path, b: Path): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function checkShape([path, value]: Leaf, param: Tensor): void {
  if (!sameShape(value.shape, param.shape)) {
    throw new RangeError(
      `Optimizer.update: grads must have the shapes of the parameters, got ${describe(value)} for ${describe(param)} at ${formatPath(path)}.`,
    );
  }
}

/** The gradients in the order of the parameters. */
function matchGradients(params: readonly Selected[], grads: readonly Leaf[]): readonly Leaf[] {
  const matched = samePaths(params, grads) ? grads : arrangeGradients(params, grads);
  matched.forEach((leaf, i) => checkShape(leaf, params[i][1]));
  return matched;
}

function arrangeGradients(params: readonly Selected[], grads: readonly Leaf[]): Leaf[] {
  const given = new Map(grads.map((leaf) => [pathKey(leaf[0]), leaf]));
  const known = new Set(params.map(([path]) => pathKey(path)));
  const missing = params.map(([path]) => path).filter((path) => !given.has(pathKey(path)));
  const unknown = grads.map(([path]) => path).filter((path) => !known.has(pathKey(path)));
  if (missing.length > 0 || unknown.length > 0) {
    const list = (paths: readonly Path[]): string => paths.map(formatPath).join(", ") || "none";
    throw new RangeError(
      `Optimizer.update: grads must hold the paths that wrt selects, got missing: ${list(missing)}; unknown: ${list(unknown)}.`,
    );
  }
  return params.map(([path]) => given.get(pathKey(path)) as Leaf);
}

function planUpdates(params: readonly Selected[], updates: unknown): Writes {
  const leaves = leavesAt(params, updates);
  const given = samePaths(params, leaves)
    ? null
    : new Map(leaves.map(([path, leaf]) => [pathKey(path), leaf]));
  return params.map(([path, param, variable], i) => {
    const step = given === null ? leaves[i][1] : given.get(pathKey(path));
    if (!isTensor(step) || !sameShape(step.shape, param.shape)) {
      throw new Error(
        `Optimizer.update: tx.update must return an update like ${describe(param)} at ${formatPath(path)}, got ${describe(step)}.`,
      );
    }
    const next = add(param, step);
    return [variable, next.dtype === param.dtype ? next : astype(next, param.dtype)] as const;
  });
}

/** Puts Variables around the arrays and numbers of a transformation's state. */
function wrapState(state: unknown, path: Path, mirrored: ReadonlySet<string>): unknown {
  if (isTensor(state) || typeof state === "number") {
    const value = toTensor(state as TensorLike);
    // A part of the state that is arranged like the parameters ends in the path of a parameter.
    const mirrors = path.some((_, i) => mirrored.has(pathKey(path.slice(i))));
    return mirrors ? new OptVariable(value) : new OptArray(value);
  }
  return mapChildren(state, (child, part) => wrapState(child, [...path, part], mirrored));
}

/** The inverse of `wrapState`. */
function unwrapState(state: unknown): unknown {
  return isVariable(state) ? state.value : mapChildren(state, unwrapState);
}

function mapChildren(
  state: unknown,
  f: (child: unknown, part: string | number) => unknown,
): unknown {
  if (Array.isArray(state)) return state.map(f);
  if (!isNode(state)) return state;
  const mapped: Record<string, unknown> = {};
  for (const key of Object.keys(state)) {
    setField(mapped, key, f((state as Readonly<Record<string, unknown>>)[key], key));
  }
  return mapped;
}

/** Pairs the Variables of a wrapped state with the arrays of the next one. */
function planState(
  wrapped: unknown,
  next: unknown,
  path: Path,
  writes: (readonly [Variable<unknown>, Tensor])[],
): Writes {
  if (isVariable(wrapped)) {
    const present = wrapped.value as Tensor;
    const value = typeof next === "number" ? full(present.shape, next, present.dtype) : next;
    writes.push([wrapped, matchValue("Optimizer.update", path, present, value) as Tensor]);
    return writes;
  }
  if (!isNode(wrapped)) return writes;
  const names = Object.keys(wrapped);
  const given = isNode(next) ? Object.keys(next) : [];
  if (names.length !== given.length || !names.every((name) => given.includes(name))) {
    throw new Error(
      `Optimizer.update: tx.update must keep the structure of its state, got other fields at ${formatPath(path)}.`,
    );
  }
  for (const name of names) {
    planState(
      (wrapped as Readonly<Record<string, unknown>>)[name],
      (next as Readonly<Record<string, unknown>>)[name],
      [...path, name],
      writes,
    );
  }
  return writes;
}
