import { describe } from "@flaxen/dtype";
import { Module } from "./module.ts";
import { defineField } from "./state.ts";

/** A `Dict` with its entries as typed fields. */
export type DictOf<T extends Readonly<Record<string, unknown>>> = Dict & T;

/**
 * Named layers, Variables or other values that are a Module together, so that `train`, `eval` and
 * `setAttributes` can be called on it. Where that is not needed, a plain object does the same.
 *
 * The path of an entry is its name, as in a plain object.
 *
 * @example
 * ```ts
 * import { Dict, Linear, Rngs, state } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const heads = Dict.of({ age: new Linear(4, 1, { rngs }), name: new Linear(4, 9, { rngs }) });
 * heads.age.outFeatures; // => 1
 * heads.names(); // => ["age", "name"]
 * heads.set("height", new Linear(4, 1, { rngs }));
 * Object.keys(state(heads)); // => ["age", "height", "name"]
 * ```
 */
export class Dict extends Module {
  /**
   * Takes entries over; `Dict.of` does the same with typed fields.
   *
   * @param entries - names and values; none by default.
   * @throws {@link TypeError} if `entries` is not an object.
   * @throws {@link RangeError} if a name is empty or belongs to a member of this class.
   */
  constructor(entries: Readonly<Record<string, unknown>> = {}) {
    super();
    if (typeof entries !== "object" || entries === null) {
      throw new TypeError(`Dict: entries must be an object, got ${describe(entries)}.`);
    }
    for (const [name, value] of Object.entries(entries)) this.set(name, value);
  }

  /**
   * Makes a Dict whose entries are typed fields.
   *
   * @param entries - names and values.
   * @returns a Dict.
   * @throws as the constructor.
   */
  static of<const T extends Readonly<Record<string, unknown>>>(entries: T): DictOf<T> {
    return new Dict(entries) as DictOf<T>;
  }

  /** The number of entries. */
  get size(): number {
    return this.names().length;
  }

  /** The names in the order of their creation. */
  names(): string[] {
    return Object.keys(this);
  }

  /** Tells whether there is an entry of that name. */
  has(name: string): boolean {
    return Object.hasOwn(this, name);
  }

  /** Returns the value of an entry, undefined if there is none. */
  get(name: string): unknown {
    return Object.getOwnPropertyDescriptor(this, name)?.value;
  }

  /**
   * Adds or replaces an entry.
   *
   * @param name - not empty and not the name of a member of this class.
   * @param value - anything.
   * @throws {@link RangeError} if the name is not allowed.
   */
  set(name: string, value: unknown): void {
    if (name === "" || name in Dict.prototype) {
      throw new RangeError(
        `Dict: names must not be empty or a member of Dict, got ${describe(name)}.`,
      );
    }
    defineField(this, name, value);
  }

  /** Takes an entry out; returns whether there was one. */
  delete(name: string): boolean {
    return this.has(name) && Reflect.deleteProperty(this, name);
  }
}
