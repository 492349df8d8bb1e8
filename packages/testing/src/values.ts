/** The part of AVA's `t` that the assertions use. */
export interface Assertions {
  /** Counts a passed assertion. */
  pass(message?: string): void;
  /** Counts a failed assertion with a message. */
  fail(message?: string): void;
  /** Compares two values deeply. */
  deepEqual(actual: unknown, expected: unknown, message?: string): unknown;
}

interface Strided {
  readonly shape: readonly number[];
  toArray(): unknown;
}

function isStrided(x: unknown): x is Strided {
  return typeof x === "object" && x !== null && "shape" in x && "toArray" in x;
}

/** `x` with every array object in it, at any depth, replaced by nested JS arrays. */
export function toPlain(x: unknown): unknown {
  if (isStrided(x)) return x.toArray();
  if (Array.isArray(x)) return x.map(toPlain);
  if (x instanceof Map) return new Map([...x].map(([k, v]) => [k, toPlain(v)]));
  if (typeof x === "object" && x !== null && Object.getPrototypeOf(x) === Object.prototype)
    return Object.fromEntries(Object.entries(x).map(([k, v]) => [k, toPlain(v)]));
  return x;
}

/** The shape of an array object, a typed array, or nested JS arrays. */
export function shapeOf(x: unknown): number[] {
  if (isStrided(x)) return [...x.shape];
  if (ArrayBuffer.isView(x)) return [(x as Float32Array).length];
  const shape: number[] = [];
  for (let level = x; Array.isArray(level); level = level[0]) shape.push(level.length);
  return shape;
}

/** All elements as numbers in row-major order; complex elements give two numbers, booleans 0 or 1. */
export function flatValues(x: unknown): number[] {
  const out: number[] = [];
  collect(x, out);
  return out;
}

function collect(x: unknown, out: number[]): void {
  if (typeof x === "number") out.push(x);
  else if (typeof x === "boolean" || typeof x === "bigint") out.push(Number(x));
  else if (isStrided(x)) collect(x.toArray(), out);
  else if (Array.isArray(x)) for (const element of x) collect(element, out);
  else if (ArrayBuffer.isView(x))
    for (const element of x as Float32Array | BigInt64Array) collect(element, out);
  else if (typeof x === "object" && x !== null && "re" in x && "im" in x) {
    collect(x.re, out);
    collect(x.im, out);
  } else throw new TypeError(`flatValues: x must hold numbers, got ${String(x)}.`);
}
