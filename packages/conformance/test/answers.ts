import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import type { DType } from "@flaxen/dtype";
import { bfloat16Value, float16Value } from "@flaxen/dtype";
import { NDArray, astype, flatData, isNDArray } from "@flaxen/ndarray";
import type { ExecutionContext } from "ava";

/** An array that is no formula: all its bytes. */
export interface Close {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly base64: string;
}

/** What an array has to equal bit for bit: its first elements and a hash of all bytes. */
export interface Exact {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly head: string;
  readonly sha256: string;
}

/** An array by formula, see `ramp` in generate/answers.py. */
export interface Ramp {
  readonly ramp: number;
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly scale?: number;
  readonly offset?: number;
}

export type Spec = Close | Ramp;

/** `|actual - expected| <= atol + rtol * |expected|`. */
export interface Tolerance {
  readonly rtol: number;
  readonly atol: number;
}

export function fileUrl(name: string): URL {
  return new URL(`../../answers/${name}`, import.meta.url);
}

export function readAnswers<T>(name: string): T {
  return JSON.parse(readFileSync(fileUrl(`${name}.json`), "utf8")) as T;
}

export function isSpec(value: unknown): value is Spec {
  return typeof value === "object" && value !== null && ("ramp" in value || "base64" in value);
}

/** The array that a spec stands for. */
export function fromSpec(spec: Spec): NDArray {
  if ("ramp" in spec) {
    const { ramp: seed, shape, dtype, scale = 1, offset = 0 } = spec;
    const size = shape.reduce((product, n) => product * n, 1);
    const element = (i: number): number => (((37 * i + 11 * seed) % 101) - 50) / 32;
    return fromValues(
      Array.from({ length: size }, (_, i) => element(i) * scale + offset),
      shape,
      dtype,
    );
  }
  const bytes = Uint8Array.from(Buffer.from(spec.base64, "base64"));
  return new NDArray(storage(bytes, spec.dtype), spec.shape, undefined, 0, spec.dtype);
}

/** A value with every spec in it, however deep, replaced by its array. */
export function resolve(value: unknown): unknown {
  if (isSpec(value)) return fromSpec(value);
  if (Array.isArray(value)) return value.map(resolve);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, item]) => [name, resolve(item)]));
}

/** The fixed vector that pullbacks are applied to, see `cotangent` in generate/answers.py. */
export function cotangent(shape: readonly number[], dtype: DType): NDArray {
  const size = shape.reduce((product, n) => product * n, 1);
  return fromValues(
    Array.from({ length: size }, (_, i) => (((7 * i) % 11) - 5) / 4),
    shape,
    dtype,
  );
}

/** Says how an array differs from an exact answer; undefined when it does not. */
export function exactDifference(actual: unknown, answer: Exact): string | undefined {
  const form = formDifference(actual, answer);
  if (form !== undefined) return form;
  const bytes = bytesOf(actual as NDArray);
  const sha256 = createHash("sha256").update(bytes).digest("hex").slice(0, 16);
  if (sha256 === answer.sha256) return undefined;
  const head = Uint8Array.from(Buffer.from(answer.head, "base64"));
  const [found, wanted] = [bytes.slice(0, head.length), head].map((part) =>
    String(numbers(storage(part, answer.dtype), answer.dtype)),
  );
  return found === wanted
    ? `equal in the first elements ${found}, but not in all`
    : `begins with ${found} instead of ${wanted}`;
}

/** Says how an array differs from an answer by more than the tolerance; undefined when it does not. */
export function closeDifference(
  actual: unknown,
  answer: Close,
  { rtol, atol }: Tolerance,
): string | undefined {
  const form = formDifference(actual, answer);
  if (form !== undefined) return form;
  const found = numbers(flatData(actual as NDArray), answer.dtype);
  const wanted = numbers(flatData(fromSpec(answer)), answer.dtype);
  const wrong: string[] = [];
  for (let i = 0; i < wanted.length; i++) {
    const [a, e] = [found[i], wanted[i]];
    if (a === e || (Number.isNaN(a) && Number.isNaN(e))) continue;
    if (Number.isFinite(e) && Math.abs(a - e) <= atol + rtol * Math.abs(e)) continue;
    wrong.push(`[${i}] ${a} instead of ${e}`);
  }
  if (wrong.length === 0) return undefined;
  return `${wrong.length} of ${wanted.length} differ: ${wrong.slice(0, 4).join(", ")}`;
}

/** Runs `check` on every case and reports all that return a message or throw. */
export function checkEach<T>(
  t: ExecutionContext,
  cases: readonly T[],
  describeCase: (item: T) => string,
  check: (item: T) => string | undefined,
): void {
  const problems: string[] = [];
  for (const item of cases) {
    let problem: string | undefined;
    try {
      problem = check(item);
    } catch (error) {
      problem = `throws ${String(error)}`;
    }
    if (problem !== undefined) problems.push(`${describeCase(item)}: ${problem}`);
  }
  t.true(cases.length > 0);
  t.deepEqual(problems, []);
}

function formDifference(actual: unknown, answer: Close | Exact): string | undefined {
  if (!isNDArray(actual)) return `is no array but ${String(actual)}`;
  const [found, wanted] = [actual, answer].map(
    ({ dtype, shape }) => `${dtype}[${shape.join(", ")}]`,
  );
  return found === wanted ? undefined : `has the form ${found} instead of ${wanted}`;
}

function bytesOf(x: NDArray): Uint8Array {
  const data = flatData(x);
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Storage over a copy of little-endian bytes. */
function storage(bytes: Uint8Array, dtype: DType): NDArray["data"] {
  const { buffer } = Uint8Array.from(bytes);
  switch (dtype) {
    case "bool":
    case "uint8":
      return new Uint8Array(buffer);
    case "int8":
      return new Int8Array(buffer);
    case "int16":
      return new Int16Array(buffer);
    case "uint16":
    case "float16":
    case "bfloat16":
      return new Uint16Array(buffer);
    case "int32":
      return new Int32Array(buffer);
    case "uint32":
      return new Uint32Array(buffer);
    case "int64":
      return new BigInt64Array(buffer);
    case "uint64":
      return new BigUint64Array(buffer);
    case "float32":
    case "complex64":
      return new Float32Array(buffer);
    case "float64":
    case "complex128":
      return new Float64Array(buffer);
  }
}

function numbers(data: ArrayLike<number> | ArrayLike<bigint>, dtype: DType): Float64Array {
  const decode =
    dtype === "float16" ? float16Value : dtype === "bfloat16" ? bfloat16Value : undefined;
  return Float64Array.from({ length: data.length }, (_, i) =>
    decode === undefined ? Number(data[i]) : decode(Number(data[i])),
  );
}

/** The values are small multiples of powers of two, so that every floating dtype holds them exactly. */
function fromValues(values: readonly number[], shape: readonly number[], dtype: DType): NDArray {
  const x = new NDArray(Float64Array.from(values), shape);
  return dtype === "float64" ? x : astype(x, dtype);
}
