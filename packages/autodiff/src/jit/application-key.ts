const primitiveNumbers = new WeakMap<object, number>();
let primitives = 0;

function primitiveNumber(primitive: object): number {
  let number = primitiveNumbers.get(primitive);
  if (number === undefined) primitiveNumbers.set(primitive, (number = ++primitives));
  return number;
}

/**
 * A key that is equal for applications that give equal results.
 *
 * @param operands - Numbers of the operands.
 * @returns undefined if the parameters cannot be compared.
 */
export function applicationKey(
  primitive: object,
  params: unknown,
  operands: readonly number[],
): string | undefined {
  const key = keyOf(params);
  if (key === undefined) return undefined;
  return `${primitiveNumber(primitive)}(${operands.join()})${key}`;
}

/** A key that is equal for equal parameters; undefined for what cannot be compared. */
export function keyOf(x: unknown): string | undefined {
  if (typeof x === "number") return Object.is(x, -0) ? "-0" : String(x);
  if (typeof x !== "object" && typeof x !== "function") return `${typeof x} ${String(x)}`;
  if (x === null) return "null";
  if (Array.isArray(x)) {
    const parts = x.map(keyOf);
    return parts.includes(undefined) ? undefined : `[${parts.join()}]`;
  }
  const prototype: unknown = Object.getPrototypeOf(x);
  if (prototype !== Object.prototype && prototype !== null) return undefined;
  const parts: string[] = [];
  for (const [name, field] of Object.entries(x)) {
    const part = keyOf(field);
    if (part === undefined) return undefined;
    parts.push(`${name}:${part}`);
  }
  return `{${parts.join()}}`;
}
