import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { isKey, KEY, makeKey } from "./make-key.ts";
import type { Key } from "./make-key.ts";

// While a program is traced, arrays are stand-ins: they have a shape and a dtype and no values. Stand-ins of any
// package are known by this symbol, under which they carry the function that records a draw.
const TRACE = /* @__PURE__ */ Symbol.for("flaxen.SamplerTrace");

// Under this symbol a traced key holds the stand-in for its two words.
const WORDS = /* @__PURE__ */ Symbol.for("flaxen.TracedKey");

// Under this symbol traced keys and stand-ins hold `handOver`, which is only loaded where they are made.
const HAND_OVER: unique symbol = /* @__PURE__ */ Symbol.for("flaxen.HandOver");

/**
 * A stand-in for an array while a program is traced. It carries a {@link SamplerTrace} under
 * `Symbol.for("flaxen.SamplerTrace")` and {@link handOver} under `Symbol.for("flaxen.HandOver")`.
 */
export interface TracedArray {
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
}

/**
 * Records a draw in the program that is being traced and returns the stand-in for its result.
 *
 * Stand-ins carry this function under `Symbol.for("flaxen.SamplerTrace")`; it is called as a method of the first
 * stand-in among the inputs.
 */
export type SamplerTrace = (draw: TracedDraw) => TracedArray;

/** A draw that depends on stand-ins: one operation from arrays to an array. */
export interface TracedDraw {
  /** Name of the function that was called, such as `"normal"`. */
  readonly name: string;
  /** The stand-ins that it depends on; a key is given by its words, a stand-in of dtype uint32 and shape `[2]`. */
  readonly inputs: readonly TracedArray[];
  /** Shape of the result. */
  readonly shape: Shape;
  /** dtype of the result. */
  readonly dtype: DType;
  /**
   * Numbers, texts and lists of them on which the result depends besides: draws with equal names, inputs, shapes, dtypes
   * and settings give equal results. Undefined if that cannot be said.
   */
  readonly settings?: unknown;
  /** Draws from the values of the inputs, in their order: the same bits as a call that was never traced. */
  readonly evaluate: (values: readonly NDArray[]) => NDArray;
}

/** Tells whether a value is a stand-in for an array. */
export function isTraced(x: unknown): x is TracedArray {
  return typeof x === "object" && x !== null && TRACE in x;
}

/**
 * Tells whether a key is a traced one, whose words are not known yet.
 *
 * @param x - Any value.
 * @returns True for the keys that `wrapKeyData` makes of a stand-in, and for those split or folded from them.
 *
 * @example
 * ```ts
 * import { key } from "@flaxen/rng";
 * import { isTracedKey } from "@flaxen/rng/tracing";
 *
 * isTracedKey(key(0)); // => false
 * ```
 */
export function isTracedKey(x: unknown): x is Key {
  return isKey(x) && WORDS in x;
}

/** Returns the stand-in behind a key or an operand, or undefined for what has a value. */
export function tracedPart(x: unknown): TracedArray | undefined {
  if (isTracedKey(x)) return (x as unknown as Record<symbol, TracedArray>)[WORDS];
  return isTraced(x) ? x : undefined;
}

/** Makes a key of a stand-in for its two words. */
export function makeTracedKey(words: TracedArray | NDArray<"uint32">, partitionable: boolean): Key {
  return Object.freeze({
    get words(): never {
      throw new Error(
        "Key.words: the key must be concrete, got a traced key. Return keyData(key) from the traced function and read it there.",
      );
    },
    partitionable,
    [KEY]: true as const,
    [WORDS]: words,
    [HAND_OVER]: handOver,
  });
}

/** A traced key or a stand-in. */
interface Bringer {
  readonly [HAND_OVER]: typeof handOver;
}

/** Does what {@link handOver} does, in less code: stand-ins and traced keys bring {@link handOver} with them. */
export function handOverAny<const Inputs extends readonly unknown[], D extends DType>(
  ...call: Parameters<typeof handOver<Inputs, D>>
): NDArray<D> | undefined {
  const traced = call[1].find((input) => (input as Bringer | null)?.[HAND_OVER]);
  return (traced as Bringer | undefined)?.[HAND_OVER](...call);
}

/** Does what {@link handOver} does, for a function of which no other input than the key can be a stand-in. */
export function handOverKey<D extends DType>(
  name: string,
  key: Key,
  shape: Shape,
  dtype: D,
  evaluate: (key: Key) => NDArray,
  settings?: readonly unknown[],
): NDArray<D> | undefined {
  const traced = key as { readonly [HAND_OVER]?: typeof handOver };
  return traced[HAND_OVER]?.(name, [key], shape, dtype, evaluate, settings);
}

/**
 * Hands a call over to the program that is being traced, if one of its inputs is a traced key or a stand-in.
 *
 * A function that draws calls this as soon as it knows the shape and dtype of its result.
 *
 * @param name - Name of the function.
 * @param inputs - The keys and operands from which the result is computed.
 * @param shape - Shape of the result.
 * @param dtype - dtype of the result.
 * @param evaluate - Computes the result from the same inputs with values in place of stand-ins.
 * @param settings - Numbers, texts and lists of them that together with the inputs, the shape and the dtype determine
 *   the result; if it is given, equal draws are recognised.
 * @returns The stand-in for the result, which has its `shape` and `dtype` but no values, typed as the array that it
 *   stands for; undefined if every input has a value.
 *
 * @example
 * ```ts
 * import { key, normal } from "@flaxen/rng";
 * import type { Key } from "@flaxen/rng";
 * import { handOver } from "@flaxen/rng/tracing";
 *
 * const draw = (key: Key) => normal(key, [2]);
 * handOver("draw", [key(0)], [2], "float32", draw); // => undefined
 * ```
 */
export function handOver<const Inputs extends readonly unknown[], D extends DType>(
  name: string,
  inputs: Inputs,
  shape: Shape,
  dtype: D,
  evaluate: (...inputs: Inputs) => NDArray,
  settings?: readonly unknown[],
): NDArray<D> | undefined {
  const parts = inputs.map(tracedPart);
  const traced = parts.filter((part) => !!part);
  if (!traced[0]) return undefined;
  const draw: TracedDraw = {
    name,
    inputs: traced,
    shape: [...shape],
    dtype,
    // What is known of an input before it has a value: of a traced key its layout, of a stand-in nothing.
    settings: settings && [
      ...settings,
      ...inputs.map((input, i) => (parts[i] ? Number(isKey(input) && input.partitionable) : input)),
    ],
    evaluate: (values) => {
      let next = 0;
      const concrete = inputs.map((input, i) => {
        if (!parts[i]) return input;
        const value = values[next++];
        if (!isKey(input)) return value;
        const [high, low] = value.toArray() as number[];
        return makeKey(high, low, input.partitionable);
      });
      return evaluate(...(concrete as unknown as Inputs));
    },
  };
  return (traced[0] as unknown as Record<symbol, SamplerTrace>)[TRACE](
    draw,
  ) as unknown as NDArray<D>;
}
