import { encodeSigned, encodeUnsigned } from "./leb128.ts";

/** The types of WebAssembly values: integers, floats, and 128-bit SIMD vectors. */
export type ValueType = "i32" | "i64" | "f32" | "f64" | "v128";

/**
 * Machine code that leaves one value, built by {@link i32}, {@link f32x4} and their like.
 *
 * An expression is a recipe: its code is placed wherever a statement uses it, so one that is used twice is
 * computed twice. {@link FunctionBuilder.let} computes it once and keeps the value in a local.
 */
export interface Expression<T extends ValueType = ValueType> {
  /** The type of the value. */
  readonly type: T;
  /** The instructions, nested as they were composed. */
  readonly code: Code;
}

/** A local variable of a function; as an expression it reads the variable. */
export interface Local<T extends ValueType = ValueType> extends Expression<T> {
  /** Position among the function's locals, parameters first. */
  readonly index: number;
  /** Identifies the function that owns the variable. */
  readonly owner: object;
}

/** Bytes, and the places where a local's index goes. */
export type Code = readonly (number | Code | Local)[];

/**
 * What an instruction accepts: an expression, or a plain number (a bigint for `i64`), which stands for a
 * constant of the operand's type.
 */
export type Operand<T extends ValueType> =
  Expression<T> | (T extends "i64" ? bigint : T extends "v128" ? never : number);

/** Encodes a constant of one of the scalar types. */
export function constant(
  callee: string,
  type: Exclude<ValueType, "v128">,
  value: number | bigint,
): Code {
  switch (type) {
    case "i32":
      if (!Number.isInteger(value) || value < -(2 ** 31) || value >= 2 ** 32) {
        throw new RangeError(
          `${callee}: value must be an integer in [-2^31, 2^32), got ${String(value)}.`,
        );
      }
      return [0x41, encodeSigned(Number(value) | 0)];
    case "i64":
      if (typeof value !== "bigint" || value < -(2n ** 63n) || value >= 2n ** 64n) {
        throw new RangeError(
          `${callee}: value must be a bigint in [-2^63, 2^64), got ${String(value)}.`,
        );
      }
      return [0x42, encodeSigned(BigInt.asIntN(64, value))];
    case "f32":
      checkNumber(callee, value);
      return [0x43, [...new Uint8Array(Float32Array.of(Number(value)).buffer)]];
    case "f64":
      checkNumber(callee, value);
      return [0x44, [...new Uint8Array(Float64Array.of(Number(value)).buffer)]];
  }
}

function checkNumber(callee: string, value: unknown): void {
  if (typeof value !== "number") {
    throw new TypeError(`${callee}: value must be a number, got ${String(value)}.`);
  }
}

/** The code of an operand, which must have the given type. */
export function operandCode(
  callee: string,
  argument: string,
  type: ValueType,
  operand: unknown,
): Code {
  if ((typeof operand === "number" || typeof operand === "bigint") && type !== "v128") {
    return constant(callee, type, operand);
  }
  const actual = (operand as Expression | null | undefined)?.type;
  if (actual !== type) {
    throw new TypeError(
      `${callee}: ${argument} must be an expression of type ${type}, got ${actual ?? String(operand)}.`,
    );
  }
  return (operand as Expression).code;
}

/** The immediate operand of loads and stores: natural alignment (as a power of two) and a constant byte offset. */
export function memoryImmediate(callee: string, alignment: number, offset: number): Code {
  if (!Number.isInteger(offset) || offset < 0 || offset >= 2 ** 32) {
    throw new RangeError(`${callee}: offset must be an integer in [0, 2^32), got ${offset}.`);
  }
  return [alignment, encodeUnsigned(offset)];
}
