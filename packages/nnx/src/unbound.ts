import { describe } from "@flaxen/dtype";

/**
 * What a function handed to a transform has as `this`: a method apart from its object would find `undefined`
 * there, and fails with the reason instead. Other functions do not see it.
 */
export function unboundThis(callee: string, f: (...args: never[]) => unknown): object {
  const refuse = (_target: object, key: string | symbol): never => {
    throw new TypeError(
      `${callee}: f must not be a method apart from its object, got ${describe(f)}, which uses this.${String(key)}. Pass a function of the object, such as (model, x) => model.forward(x).`,
    );
  };
  return new Proxy({}, { get: refuse, set: refuse, has: refuse });
}
