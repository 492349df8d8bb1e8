import { allocate, defaultFloat, defaultInt, describe } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import type { Shape } from "@flaxen/ndarray";
import { checkOptions, checkSampleShape } from "./arguments.ts";
import type { FloatDType } from "./arguments.ts";
import { floatSample } from "./float-sample.ts";
import { useKey } from "./key.ts";
import type { Key } from "./make-key.ts";
import { handOver } from "./traced-key.ts";
import { eachRun } from "./word-runs.ts";
import { fillWideWords } from "./words.ts";

/** Options of {@link rademacher}. */
export interface RademacherOptions {
  /** A dtype that holds 1 and -1 (default int32, or int64 after `enableX64(true)`). */
  readonly dtype?: "int8" | "int16" | "int32" | "int64" | FloatDType;
}

/**
 * Draws 1 and -1 with probability 1/2 each, as `jax.random.rademacher` does.
 *
 * @param key - The random key.
 * @param shape - Shape of the result (default `[]`).
 * @param options - `dtype`, see {@link RademacherOptions}.
 * @returns An array of the given shape and dtype.
 * @throws {@link TypeError} if `key` is not a key, `shape` not an array, or `dtype` neither a signed integer dtype nor a real
 *   floating-point dtype.
 * @throws {@link RangeError} if `shape` holds anything but non-negative integers.
 *
 * @example
 * ```ts
 * import { key, rademacher } from "@flaxen/rng";
 *
 * rademacher(key(0), [5]); // => [-1, -1, 1, 1, -1]
 * ```
 */
export function rademacher(key: Key, shape: Shape = [], options: RademacherOptions = {}): NDArray {
  useKey("rademacher", key);
  checkOptions("rademacher", options);
  const { dtype = defaultInt() } = options;
  const size = checkSampleShape("rademacher", shape);
  checkSigned(dtype);
  const traced = handOver(
    "rademacher",
    [key],
    shape,
    dtype,
    (key) => rademacher(key, shape, { dtype }),
    [],
  );
  if (traced) return traced;
  switch (dtype) {
    case "int8":
    case "int16":
    case "int32": {
      const data = signsOf(key, size, allocate(dtype, size));
      return new NDArray<typeof dtype>(data, shape, undefined, 0, dtype);
    }
    case "int64":
      return new NDArray(
        BigInt64Array.from(signsOf(key, size, new Int8Array(size)), BigInt),
        shape,
        undefined,
        0,
        dtype,
      );
    case "float16":
    case "bfloat16":
    case "float32":
      return floatSample(signsOf(key, size, new Float32Array(size)), shape, dtype);
    default:
      return floatSample(signsOf(key, size, new Float64Array(size)), shape, dtype);
  }
}

function checkSigned(dtype: unknown): void {
  switch (dtype) {
    case "int8":
    case "int16":
    case "int32":
    case "int64":
    case "float16":
    case "bfloat16":
    case "float32":
    case "float64":
      return;
    default:
      throw new TypeError(
        `rademacher: dtype must be a signed integer or real floating-point dtype, got ${describe(dtype)}.`,
      );
  }
}

/** Fills `signs` with 1 and -1: the sign is the first of the random bits that a uniform number would take. */
export function signsOf<Signs extends { [i: number]: number }>(
  key: Key,
  size: number,
  signs: Signs,
): Signs {
  if (defaultFloat() === "float32") {
    eachRun(key, size, (words, start) => {
      for (let j = 0; j < words.length; j++) signs[start + j] = words[j] >= 2 ** 31 ? -1 : 1;
    });
  } else {
    const words = new Uint32Array(2 * size);
    fillWideWords(key, words);
    for (let i = 0; i < size; i++) signs[i] = words[2 * i + 1] >= 2 ** 31 ? -1 : 1;
  }
  return signs;
}
