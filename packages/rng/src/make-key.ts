/** Marks a key; a registered symbol, so that keys of another copy of this package are known. */
export const KEY: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.Key");

/** A random key: an immutable value from which samplers draw and from which more keys are split. */
export interface Key {
  /** The two uint32 words, high word first. */
  readonly words: readonly [number, number];
  /** The counter layout: true for that of JAX since 0.5, false for the legacy one. */
  readonly partitionable: boolean;
  /** Marks a key. */
  readonly [KEY]: true;
}

/** Makes a key of two uint32 words. */
export function makeKey(high: number, low: number, partitionable: boolean): Key {
  const words = Object.freeze([high >>> 0, low >>> 0] as const);
  return Object.freeze({ words, partitionable, [KEY]: true as const });
}

/**
 * Tells whether a value is a random key.
 *
 * @param x - Any value.
 * @returns True for what {@link key}, {@link split}, {@link foldIn} and {@link wrapKeyData} make.
 *
 * @example
 * ```ts
 * import { isKey, key } from "@flaxen/rng";
 *
 * isKey(key(0)); // => true
 * isKey([0, 0]); // => false
 * ```
 */
export function isKey(x: unknown): x is Key {
  return typeof x === "object" && x !== null && KEY in x;
}
