import { binaries, constants, loads, scalarOpcode, unaries } from "./instructions.ts";
import type {
  BinaryInstructions,
  LoadInstructions,
  Opcodes,
  UnaryInstructions,
} from "./instructions.ts";
import type { Expression } from "./expression.ts";

/** Arithmetic and bit instructions of both integer types; `S` and `U` mean signed and unsigned. */
export type IntegerBinaryName =
  | "add"
  | "sub"
  | "mul"
  | "divS"
  | "divU"
  | "remS"
  | "remU"
  | "and"
  | "or"
  | "xor"
  | "shl"
  | "shrS"
  | "shrU"
  | "rotl"
  | "rotr";

/** Comparisons of both integer types; the result is 1 or 0 as an `i32`. */
export type IntegerComparisonName =
  "eq" | "ne" | "ltS" | "ltU" | "gtS" | "gtU" | "leS" | "leU" | "geS" | "geU";

/** The instructions of {@link i32}. */
export type I32Instructions = {
  /** A constant in [-2^31, 2^32); the upper half wraps to negative. */
  readonly const: (value: number) => Expression<"i32">;
} & BinaryInstructions<IntegerBinaryName, "i32"> &
  BinaryInstructions<IntegerComparisonName, "i32"> &
  UnaryInstructions<"eqz" | "clz" | "ctz" | "popcnt", "i32"> &
  UnaryInstructions<"wrapI64", "i64", "i32"> &
  UnaryInstructions<"truncF32S" | "truncF32U" | "reinterpretF32", "f32", "i32"> &
  UnaryInstructions<"truncF64S" | "truncF64U", "f64", "i32"> &
  LoadInstructions<"load" | "load8S" | "load8U" | "load16S" | "load16U", "i32">;

/** The instructions of {@link i64}. */
export type I64Instructions = {
  /** A constant in [-2^63, 2^64); the upper half wraps to negative. */
  readonly const: (value: bigint) => Expression<"i64">;
} & BinaryInstructions<IntegerBinaryName, "i64"> &
  BinaryInstructions<IntegerComparisonName, "i64", "i32"> &
  UnaryInstructions<"eqz", "i64", "i32"> &
  UnaryInstructions<"clz" | "ctz" | "popcnt", "i64"> &
  UnaryInstructions<"extendI32S" | "extendI32U", "i32", "i64"> &
  UnaryInstructions<"truncF64S" | "truncF64U" | "reinterpretF64", "f64", "i64"> &
  LoadInstructions<
    "load" | "load8S" | "load8U" | "load16S" | "load16U" | "load32S" | "load32U",
    "i64"
  >;

const BINARY_NAMES = [
  "add",
  "sub",
  "mul",
  "divS",
  "divU",
  "remS",
  "remU",
  "and",
  "or",
  "xor",
  "shl",
  "shrS",
  "shrU",
  "rotl",
  "rotr",
] as const;

const COMPARISON_NAMES = [
  "eq",
  "ne",
  "ltS",
  "ltU",
  "gtS",
  "gtU",
  "leS",
  "leU",
  "geS",
  "geU",
] as const;

/** Numbers a run of instructions that have consecutive opcodes. */
function consecutive<Names extends string>(names: readonly Names[], first: number): Opcodes<Names> {
  return Object.fromEntries(names.map((name, i) => [name, first + i])) as Record<Names, number>;
}

function makeI32(): I32Instructions {
  return {
    const: constants("i32"),
    ...binaries("i32", "i32", "i32", scalarOpcode, consecutive(BINARY_NAMES, 0x6a)),
    ...binaries("i32", "i32", "i32", scalarOpcode, consecutive(COMPARISON_NAMES, 0x46)),
    ...unaries("i32", "i32", "i32", scalarOpcode, {
      eqz: 0x45,
      clz: 0x67,
      ctz: 0x68,
      popcnt: 0x69,
    }),
    ...unaries("i32", "i64", "i32", scalarOpcode, { wrapI64: 0xa7 }),
    ...unaries("i32", "f32", "i32", scalarOpcode, {
      truncF32S: 0xa8,
      truncF32U: 0xa9,
      reinterpretF32: 0xbc,
    }),
    ...unaries("i32", "f64", "i32", scalarOpcode, { truncF64S: 0xaa, truncF64U: 0xab }),
    ...loads("i32", "i32", scalarOpcode, {
      load: [0x28, 2],
      load8S: [0x2c, 0],
      load8U: [0x2d, 0],
      load16S: [0x2e, 1],
      load16U: [0x2f, 1],
    }),
  };
}

function makeI64(): I64Instructions {
  return {
    const: constants("i64"),
    ...binaries("i64", "i64", "i64", scalarOpcode, consecutive(BINARY_NAMES, 0x7c)),
    ...binaries("i64", "i64", "i32", scalarOpcode, consecutive(COMPARISON_NAMES, 0x51)),
    ...unaries("i64", "i64", "i32", scalarOpcode, { eqz: 0x50 }),
    ...unaries("i64", "i64", "i64", scalarOpcode, { clz: 0x79, ctz: 0x7a, popcnt: 0x7b }),
    ...unaries("i64", "i32", "i64", scalarOpcode, { extendI32S: 0xac, extendI32U: 0xad }),
    ...unaries("i64", "f64", "i64", scalarOpcode, {
      truncF64S: 0xb0,
      truncF64U: 0xb1,
      reinterpretF64: 0xbd,
    }),
    ...loads("i64", "i64", scalarOpcode, {
      load: [0x29, 3],
      load8S: [0x30, 0],
      load8U: [0x31, 0],
      load16S: [0x32, 1],
      load16U: [0x33, 1],
      load32S: [0x34, 2],
      load32U: [0x35, 2],
    }),
  };
}

/**
 * Instructions on 32-bit integers, which are also memory addresses and truth values.
 *
 * @example
 * ```ts
 * import { i32 } from "@flaxen/wasm";
 *
 * i32.add(i32.const(2), 3).type; // => "i32"
 * ```
 */
export const i32: I32Instructions = /* @__PURE__ */ makeI32();

/**
 * Instructions on 64-bit integers; constants and exported functions use bigint.
 *
 * @example
 * ```ts
 * import { i32, i64 } from "@flaxen/wasm";
 *
 * i64.mul(i64.extendI32U(i32.const(7)), 3n).type; // => "i64"
 * ```
 */
export const i64: I64Instructions = /* @__PURE__ */ makeI64();
