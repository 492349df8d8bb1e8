import { formatTree } from "./display.ts";

// Marks Pytrees of every copy of this package.
const PYTREE: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Pytree");

/**
 * An object whose own fields hold state. Modules, Rngs, optimizers and metrics are Pytrees.
 *
 * State is found by walking own enumerable fields whenever it is asked for: Variables are the
 * leaves; Pytrees, arrays, plain objects and Maps are walked; everything else is static. Fields
 * written `#name` are invisible to the walk, and a class with such fields cannot be cloned.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { Param, Pytree, state, toPureDict } from "@flaxen/nnx";
 *
 * class Affine extends Pytree {
 *   name = "affine";
 *   scales = [new Param(array(2)), new Param(array(3))];
 * }
 * toPureDict(state(new Affine())); // => { scales: { 0: 2, 1: 3 } }
 * ```
 */
export class Pytree {
  /** Names in files of the fields that are called otherwise there; empty unless overridden. */
  get fileNames(): Readonly<Record<string, string>> {
    return {};
  }

  /** Describes the fields and the sizes of what they hold, over several lines. */
  toString(): string {
    return formatTree(this);
  }

  // Emitting declarations file by file forbids computed member names. The second is what console.log asks
  // in Node.
  static {
    Object.defineProperty(this.prototype, PYTREE, { value: true });
    Object.defineProperty(this.prototype, Symbol.for("nodejs.util.inspect.custom"), {
      value(this: Pytree): string {
        return this.toString();
      },
    });
  }
}

/** Tells whether a value is a Pytree of any copy of this package. */
export function isPytree(value: unknown): value is Pytree {
  return typeof value === "object" && value !== null && PYTREE in value;
}

/** Tells whether an object is the prototype of a class of Pytrees. */
export function isPytreePrototype(prototype: object): boolean {
  return PYTREE in prototype;
}
