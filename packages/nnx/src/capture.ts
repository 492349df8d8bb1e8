import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import type { VariableClass } from "./filters.ts";
import { isModule, iterModules } from "./module.ts";
import type { Module } from "./module.ts";
import type { Path } from "./paths.ts";
import { CAPTURES, findRecorder } from "./sow.ts";
import type { NestedState } from "./state-types.ts";
import { nest } from "./state.ts";
import { makeVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Settings of `capture`. */
export interface CaptureOptions {
  /**
   * Records also what methods return, under the names of the methods, as Variables of this class: arrays
   * and lists of arrays. Inherited methods are left out, and names that begin with an underscore.
   */
  readonly methodOutputs?: VariableClass | undefined;
}

/**
 * Makes a function return, beside its result, what the layers of its first argument record with `sow`
 * during the call.
 *
 * @param f - a function whose first argument is a Module.
 * @param types - the classes of Variables to record, usually `[Intermediate]`.
 * @param options - see {@link CaptureOptions}.
 * @returns a function of the same arguments that returns `[result, ...states]`, one State for each class:
 *   new Variables under the paths of the Modules, which hold lists unless `sow` reduces otherwise.
 * @throws {@link TypeError} if `f` is no function or a type no class of Variables; when called, if the
 *   first argument is no Module.
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
 * seen.hidden.value; // => [[0, 2]]
 * ```
 */
export function capture<
  A extends readonly [Module, ...unknown[]],
  R,
  const T extends readonly VariableClass[],
>(
  f: (...args: A) => R,
  types: T,
  { methodOutputs }: CaptureOptions = {},
): (...args: A) => [R, ...{ -readonly [K in keyof T]: NestedState }] {
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
  const recorded = methodOutputs === undefined ? types : [...new Set([...types, methodOutputs])];
  return (...args) => {
    const [root] = args;
    if (!isModule(root)) {
      throw new TypeError(`capture: the first argument must be a Module, got ${describe(root)}.`);
    }
    const modules = iterModules(root).map(([, module]) => module);
    const restores = modules.flatMap((module) => [
      setForNow(
        module,
        CAPTURES,
        true,
        recorded.map((type) => makeVariable(type.prototype as object, {}, {})),
      ),
      ...(methodOutputs === undefined ? [] : recordMethods(module, methodOutputs)),
    ]);
    try {
      const result = f(...args);
      const states = types.map((type) => collect(root, type));
      return [result, ...states] as [R, ...{ -readonly [K in keyof T]: NestedState }];
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

function collect(root: Module, type: VariableClass): NestedState {
  const found: [Path, Variable<unknown>][] = [];
  for (const [path, module] of iterModules(root)) {
    const recorder = findRecorder(module, type);
    if (recorder === undefined) continue;
    for (const [name, value] of Object.entries(recorder.value)) {
      found.push([[...path, name], makeVariable(type.prototype as object, value, {})]);
    }
  }
  return nest("capture", found) as NestedState;
}
