import { binaries, constants, loads, scalarOpcode, unaries } from "./instructions.ts";
import type { BinaryInstructions, LoadInstructions, UnaryInstructions } from "./instructions.ts";
import type { Expression } from "./expression.ts";

/** Functions of one float; `nearest` rounds ties to even. */
export type FloatUnaryName = "abs" | "neg" | "ceil" | "floor" | "trunc" | "nearest" | "sqrt";

/** Functions of two floats; `min` and `max` give NaN when an operand is NaN. */
export type FloatBinaryName = "add" | "sub" | "mul" | "div" | "min" | "max" | "copysign";

/** Comparisons of floats; the result is 1 or 0 as an `i32`. */
export type FloatComparisonName = "eq" | "ne" | "lt" | "gt" | "le" | "ge";

/** The instructions of {@link f32}. */
export type F32Instructions = {
  /** A constant, rounded to float32. */
  readonly const: (value: number) => Expression<"f32">;
} & UnaryInstructions<FloatUnaryName, "f32"> &
  BinaryInstructions<FloatBinaryName, "f32"> &
  BinaryInstructions<FloatComparisonName, "f32", "i32"> &
  UnaryInstructions<"convertI32S" | "convertI32U" | "reinterpretI32", "i32", "f32"> &
  UnaryInstructions<"demoteF64", "f64", "f32"> &
  LoadInstructions<"load", "f32">;

/** The instructions of {@link f64}. */
export type F64Instructions = {
  /** A constant. */
  readonly const: (value: number) => Expression<"f64">;
} & UnaryInstructions<FloatUnaryName, "f64"> &
  BinaryInstructions<FloatBinaryName, "f64"> &
  BinaryInstructions<FloatComparisonName, "f64", "i32"> &
  UnaryInstructions<"convertI32S" | "convertI32U", "i32", "f64"> &
  UnaryInstructions<"convertI64S" | "convertI64U" | "reinterpretI64", "i64", "f64"> &
  UnaryInstructions<"promoteF32", "f32", "f64"> &
  LoadInstructions<"load", "f64">;

function makeF32(): F32Instructions {
  return {
    const: constants("f32"),
    ...unaries("f32", "f32", "f32", scalarOpcode, {
      abs: 0x8b,
      neg: 0x8c,
      ceil: 0x8d,
      floor: 0x8e,
      trunc: 0x8f,
      nearest: 0x90,
      sqrt: 0x91,
    }),
    ...binaries("f32", "f32", "f32", scalarOpcode, {
      add: 0x92,
      sub: 0x93,
      mul: 0x94,
      div: 0x95,
      min: 0x96,
      max: 0x97,
      copysign: 0x98,
    }),
    ...binaries("f32", "f32", "i32", scalarOpcode, {
      eq: 0x5b,
      ne: 0x5c,
      lt: 0x5d,
      gt: 0x5e,
      le: 0x5f,
      ge: 0x60,
    }),
    ...unaries("f32", "i32", "f32", scalarOpcode, {
      convertI32S: 0xb2,
      convertI32U: 0xb3,
      reinterpretI32: 0xbe,
    }),
    ...unaries("f32", "f64", "f32", scalarOpcode, { demoteF64: 0xb6 }),
    ...loads("f32", "f32", scalarOpcode, { load: [0x2a, 2] }),
  };
}

function makeF64(): F64Instructions {
  return {
    const: constants("f64"),
    ...unaries("f64", "f64", "f64", scalarOpcode, {
      abs: 0x99,
      neg: 0x9a,
      ceil: 0x9b,
      floor: 0x9c,
      trunc: 0x9d,
      nearest: 0x9e,
      sqrt: 0x9f,
    }),
    ...binaries("f64", "f64", "f64", scalarOpcode, {
      add: 0xa0,
      sub: 0xa1,
      mul: 0xa2,
      div: 0xa3,
      min: 0xa4,
      max: 0xa5,
      copysign: 0xa6,
    }),
    ...binaries("f64", "f64", "i32", scalarOpcode, {
      eq: 0x61,
      ne: 0x62,
      lt: 0x63,
      gt: 0x64,
      le: 0x65,
      ge: 0x66,
    }),
    ...unaries("f64", "i32", "f64", scalarOpcode, { convertI32S: 0xb7, convertI32U: 0xb8 }),
    ...unaries("f64", "i64", "f64", scalarOpcode, {
      convertI64S: 0xb9,
      convertI64U: 0xba,
      reinterpretI64: 0xbf,
    }),
    ...unaries("f64", "f32", "f64", scalarOpcode, { promoteF32: 0xbb }),
    ...loads("f64", "f64", scalarOpcode, { load: [0x2b, 3] }),
  };
}

/**
 * Instructions on float32 values.
 *
 * @example
 * ```ts
 * import { f32, i32 } from "@flaxen/wasm";
 *
 * f32.mul(f32.load(i32.const(0)), 0.5).type; // => "f32"
 * ```
 */
export const f32: F32Instructions = /* @__PURE__ */ makeF32();

/**
 * Instructions on float64 values.
 *
 * @example
 * ```ts
 * import { f32, f64 } from "@flaxen/wasm";
 *
 * f64.sqrt(f64.promoteF32(f32.const(2))).type; // => "f64"
 * ```
 */
export const f64: F64Instructions = /* @__PURE__ */ makeF64();
