import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { AbstractTrace, runAbstractly, toAbstract } from "./abstract.ts";
import { OfType } from "./filters.ts";
import { isPytree } from "./pytree.ts";
import { map } from "./recursive-map.ts";
import { RngState } from "./rngs.ts";
import { isNode } from "./traverse.ts";
import { isVariable, makeVariable } from "./variable.ts";

/**
 * Calls a function without computing anything: arrays that come in, parameters that are made and all
 * results have a shape and a dtype, but no values. Reading one throws.
 *
 * So a large model can be looked at, or made only to be filled from a file. Random streams keep their
 * values. Models among the arguments are copied first and stay as they are.
 *
 * @param f - the function; it may make models.
 * @param args - its arguments: arrays, models, and nested lists, objects and Maps of these.
 * @returns what `f` returns, with abstract arrays in place of arrays.
 * @throws {@link TypeError} if `f` is no function, and whatever `f` throws, e.g. for shapes that do not fit.
 *
 * @example
 * ```ts
 * import { zeros } from "@flaxen/ndarray";
 * import { evalShape, Linear, loadSafetensors, Rngs, saveSafetensors } from "@flaxen/nnx";
 *
 * const make = () => new Linear(5000, 1000, { rngs: new Rngs(0) });
 * const model = evalShape(make);
 * model.kernel.shape; // => [5000, 1000]
 * evalShape((m, x) => m.forward(x), model, zeros([32, 5000])).shape; // => [32, 1000]
 * loadSafetensors(model, saveSafetensors(make())); // fills it
 * ```
 */
export function evalShape<A extends readonly unknown[], R>(f: (...args: A) => R, ...args: A): R {
  if (typeof f !== "function") {
    throw new TypeError(`evalShape: f must be a function, got ${describe(f)}.`);
  }
  const trace = new AbstractTrace();
  return runAbstractly(
    trace,
    () => withoutValues(trace, f(...(withoutValues(trace, args) as A))) as R,
  );
}

/** A copy with abstract arrays; models are copied. */
export function withoutValues(trace: AbstractTrace, value: unknown): unknown {
  const isRng = OfType(RngState);
  if (isTensor(value)) return toAbstract(trace, value);
  if (isVariable(value)) {
    return makeVariable(
      Object.getPrototypeOf(value) as object,
      isRng([], value) ? value.value : withoutValues(trace, value.value),
      value.metadata,
    );
  }
  if (isPytree(value)) {
    return map((_path, variable) => withoutValues(trace, variable), value);
  }
  if (!isNode(value)) return value;
  if (Array.isArray(value)) return value.map((child) => withoutValues(trace, child));
  if (value instanceof Map) {
    return new Map([...value].map(([key, child]) => [key, withoutValues(trace, child)]));
  }
  return Object.fromEntries(
    Object.entries(value).map(([key, child]) => [key, withoutValues(trace, child)]),
  );
}
