import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import type { VariableClass } from "./filters.ts";
import { isModule, iterModules } from "./module.ts";
import type { Module } from "./module.ts";
import { formatPath, pathKey } from "./paths.ts";
import type { Path } from "./paths.ts";
import { CAPTURES, findRecorder } from "./sow.ts";
import type { Captured, NestedState } from "./state-types.ts";
import { checkNode, leavesOf, nest } from "./state.ts";
import { unboundThis } from "./unbound.ts";
import { isVariable, makeVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Settings of `capture`. */
export interface CaptureOptions {
  /**
   * Records also what methods return, under the names of the methods, as Variables of this class: arrays
   * and lists of arrays. Inherited methods are left out, and names that begin with an underscore.
   */
  readonly methodOutputs?: VariableClass | undefined;
  /**
   * What is recorded already when the call begins, under the paths of the Modules: perturbations for
   * `Module.perturb`, whose gradients are asked for, or values to go on from. It stays as it is.
   */
  readonly init?: NestedState | undefined;
}

/**
 * Makes a function return, beside its result, what the layers of its first argument record with `sow`
 * and `perturb` during the call.
 *
 * @param f - a function whose first argument is a Module.
 * @param types - the classes of Variables to record, usually `[Intermediate]`.
 * @param options - see {@link CaptureOptions}.
 * @returns a function of the same arguments that returns `[result, ...states]`, one State for each class:
 *   new Variables under the paths of the Modules, which hold lists unless `sow` reduces otherwise, and arrays
 *   from `perturb`.
 * @throws {@link TypeError} if `f` is no function, a type no class of Variables, or `init` holds something
 *   else than Variables; when called, if the first argument is no Module.
 * @throws {@link RangeError} (when called) if the first argument has no Module at a path of `init`.
 *
 * @example
 * ```ts
 * import { relu } from "@flaxen/autodiff";
 * import type { Tensor, TensorLike } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 * import { capture, Intermediate, Module } from "@flaxen/nnx";
 *
 * class Net extends Module {
 *   forward(x: Tensor): Tensor {
 *     const h = relu(x);
 *     this.sow(Intermediate, "hidden", h);
 *     return h;
 *   }
 * }
 * const forward = capture((net: Net, x: Tensor) => net.forward(x), [Intermediate]);
 * const [y, seen] = forward(new Net(), array([-1, 2]));
 * y; // => [0, 2]
 * seen.hidden.value[0]; // => [0, 2]
 * ```
 */
export function capture<
  A extends readonly [Module, ...unknown[]],
  R,
  const T extends readonly VariableClass[],
>(
  f: (...args: A) => R,
  types: T,
  { methodOutputs, init }: CaptureOptions = {},
): (...args: A) => [R, ...{ -readonly [K in keyof T]: Captured<T[K]> }] {
  if (typeof f !== "function") {
    throw new TypeError(`capture: f must be a function, got ${describe(f)}.`);
  }
  if (!Array.isArray(types)) {
    throw new TypeError(
      `capture: types must be a list of classes of Variables, got ${describe(types)}.`,
    );
  }
  for (const type of types) checkType("types", type);
  if (methodOutputs !== undefined) checkType("methodOutputs", methodOutputs);
  const recorded = new Set<object>(types.map((type) => type.prototype as object));
  if (methodOutputs !== undefined) recorded.add(methodOutputs.prototype as object);
  const known = init === undefined ? [] : checkInit(init);
  for (const [, variable] of known) recorded.add(Object.getPrototypeOf(variable) as object);
  const self = unboundThis("capture", f);
  return (...args) => {
    const [root] = args;
    if (!isModule(root)) {
      throw new TypeError(`capture: the first argument must be a Module, got ${describe(root)}.`);
    }
    const modules = iterModules(root);
    checkPaths(known, modules);
    const restores = modules.flatMap(([path, module]) => [
      setForNow(
        module,
        CAPTURES,
        true,
        [...recorded].map((type) => makeVariable(type, recordedAt(path, type, known), {})),
      ),
      ...(methodOutputs === undefined ? [] : recordMethods(module, methodOutputs)),
    ]);
    try {
      const result = Reflect.apply(f, self, args) as R;
      const states = types.map((type) => collect(modules, type));
      return [result, ...states] as [R, ...{ -readonly [K in keyof T]: Captured<T[K]> }];
    } finally {
      for (const restore of restores) restore();
    }
  };
}

function checkType(argument: string, type: unknown): void {
  const prototype = typeof type === "function" ? (type.prototype as unknown) : null;
  if (typeof prototype === "object" && prototype !== null && "kind" in prototype) return;
  throw new TypeError(
    `capture: ${argument} must hold classes of Variables, got ${describe(type)}.`,
  );
}

type Leaves = readonly (readonly [Path, Variable<unknown>])[];

function checkInit(init: object): Leaves {
  checkNode("capture", init, "init");
  const leaves = leavesOf(init);
  for (const [path, leaf] of leaves) {
    if (isVariable(leaf)) continue;
    throw new TypeError(
      `capture: init must hold Variables, got ${describe(leaf)} at ${formatPath(path)}.`,
    );
  }
  return leaves as Leaves;
}

function checkPaths(known: Leaves, modules: readonly (readonly [Path, Module])[]): void {
  const paths = new Set(modules.map(([path]) => pathKey(path)));
  const stray = known.filter(([path]) => !paths.has(pathKey(path.slice(0, -1))));
  if (stray.length === 0) return;
  const where = stray.map(([path]) => formatPath(path)).join(", ");
  throw new RangeError(
    `capture: init must have the paths of Modules of the first argument, got ${where}.`,
  );
}

/** What is known already of a Module: the values of the Variables of a class, by name. */
function recordedAt(place: Path, type: object, known: Leaves): Record<string, unknown> {
  const key = pathKey(place);
  const own = known.filter(
    ([path, variable]) =>
      pathKey(path.slice(0, -1)) === key && Object.getPrototypeOf(variable) === type,
  );
  return Object.fromEntries(own.map(([path, { value }]) => [String(path.at(-1)), value]));
}

/** Gives an object a field and returns what takes it away again. */
function setForNow(target: object, key: string, enumerable: boolean, value: unknown): () => void {
  const before = Object.getOwnPropertyDescriptor(target, key);
  Object.defineProperty(target, key, { value, enumerable, writable: true, configurable: true });
  return () => {
    if (before === undefined) Reflect.deleteProperty(target, key);
    else Object.defineProperty(target, key, before);
  };
}

function recordMethods(module: Module, type: VariableClass): (() => void)[] {
  const methods = Object.getOwnPropertyDescriptors(Object.getPrototypeOf(module) as object);
  return Object.entries(methods).flatMap(([name, { value: method }]) => {
    if (typeof method !== "function" || name === "constructor" || name.startsWith("_")) return [];
    const recording = function (this: Module, ...args: readonly unknown[]): unknown {
      const result: unknown = Reflect.apply(method, this, args);
      const list: readonly unknown[] = Array.isArray(result) ? result : [result];
      if (list.length > 0 && list.every(isTensor)) this.sow(type, name, result);
      return result;
    };
    return [setForNow(module, name, false, recording)];
  });
}

// The Modules of before, since a walk now would remember the recorders as fields, and `jit` see a change.
function collect(modules: readonly (readonly [Path, Module])[], type: VariableClass): NestedState {
  const found: [Path, Variable<unknown>][] = [];
  for (const [path, module] of modules) {
    const recorder = findRecorder(module, type);
    if (recorder === undefined) continue;
    for (const [name, value] of Object.entries(recorder.value)) {
      found.push([[...path, name], makeVariable(type.prototype as object, value, {})]);
    }
  }
  return nest("capture", found) as NestedState;
}
