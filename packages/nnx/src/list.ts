import { describe } from "@flaxen/dtype";
import { Module } from "./module.ts";
import { defineField } from "./state.ts";

/**
 * A list of layers, Variables or other values that is a Module itself, so that `train`, `eval` and
 * `setAttributes` can be called on it. Where that is not needed, a plain array does the same.
 *
 * The path of an element is its index, as in a plain array.
 *
 * @example
 * ```ts
 * import { Linear, List, Rngs, state } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * const layers = new List([new Linear(2, 3, { rngs }), new Linear(3, 1, { rngs })]);
 * layers.push(new Linear(1, 1, { rngs }));
 * layers.length; // => 3
 * layers.at(-1)?.inFeatures; // => 1
 * Object.keys(state(layers)); // => ["0", "1", "2"]
 * ```
 */
export class List<T = unknown> extends Module implements Iterable<T> {
  /** The elements. */
  [index: number]: T;

  /**
   * Takes elements over.
   *
   * @param elements - in their order; none by default.
   * @throws {@link TypeError} if `elements` is not iterable.
   */
  constructor(elements: Iterable<T> = []) {
    super();
    const iterable: unknown = elements;
    if (typeof iterable !== "object" || iterable === null || !(Symbol.iterator in iterable)) {
      throw new TypeError(`List: elements must be iterable, got ${describe(elements)}.`);
    }
    this.push(...elements);
  }

  /** The number of elements. */
  get length(): number {
    return Object.keys(this).length;
  }

  /**
   * Returns an element.
   *
   * @param index - negative counts from the end.
   * @returns undefined if there is none.
   */
  at(index: number): T | undefined {
    return this[index < 0 ? index + this.length : index];
  }

  /**
   * Adds elements at the end.
   *
   * @param elements - in their order.
   * @returns the new length.
   */
  push(...elements: readonly T[]): number {
    return this.replace([...this.toArray(), ...elements]);
  }

  /** Takes the last element out and returns it; undefined if there is none. */
  pop(): T | undefined {
    const elements = this.toArray();
    const last = elements.pop();
    this.replace(elements);
    return last;
  }

  /**
   * Takes elements out and puts others in their place.
   *
   * @param start - the first index; negative counts from the end.
   * @param deleteCount - how many to take out.
   * @param elements - what to put in.
   * @returns what was taken out.
   */
  splice(start: number, deleteCount: number, ...elements: readonly T[]): T[] {
    const all = this.toArray();
    const removed = all.splice(start, deleteCount, ...elements);
    this.replace(all);
    return removed;
  }

  /**
   * Calls a function on each element.
   *
   * @param f - gets element and index.
   * @returns the results, as a plain array.
   */
  map<R>(f: (element: T, index: number) => R): R[] {
    return this.toArray().map((element, index) => f(element, index));
  }

  /** The elements as a plain array. */
  toArray(): T[] {
    return Object.values(this) as T[];
  }

  /** Iterates over the elements. */
  [Symbol.iterator](): Iterator<T> {
    return this.toArray()[Symbol.iterator]();
  }

  private replace(elements: readonly T[]): number {
    for (const key of Object.keys(this)) Reflect.deleteProperty(this, key);
    elements.forEach((element, index) => defineField(this, index, element));
    return elements.length;
  }
}
