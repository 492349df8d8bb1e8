import { binaries, loads, simdOpcode, unaries } from "./instructions.ts";
import type { BinaryInstructions, LoadInstructions, UnaryInstructions } from "./instructions.ts";
import { memoryImmediate, operandCode } from "./expression.ts";
import type { Expression, Operand, ValueType } from "./expression.ts";

/** What every lane shape has: constants, single lanes, and rearranging lanes. */
export interface LaneInstructions<T extends ValueType> {
  /** A constant vector, one number a lane, lane 0 first (bigint for 64-bit integers). */
  readonly const: (lanes: readonly (T extends "i64" ? bigint : number)[]) => Expression<"v128">;
  /** A vector whose lanes all hold `x`. */
  readonly splat: (x: Operand<T>) => Expression<"v128">;
  /** The value of one lane; 8- and 16-bit lanes are zero-extended. */
  readonly extractLane: (x: Operand<"v128">, lane: number) => Expression<T>;
  /** The vector with one lane replaced by `value`. */
  readonly replaceLane: (x: Operand<"v128">, lane: number, value: Operand<T>) => Expression<"v128">;
  /** Lanes picked from `a` (numbered from 0) and `b` (numbered on from `a`'s last). */
  readonly shuffle: (
    a: Operand<"v128">,
    b: Operand<"v128">,
    lanes: readonly number[],
  ) => Expression<"v128">;
}

/** Shifts by one amount for all lanes, taken modulo the lane width. */
export type ShiftInstructions = {
  readonly [Name in "shl" | "shrS" | "shrU"]: (
    x: Operand<"v128">,
    bits: Operand<"i32">,
  ) => Expression<"v128">;
};

/** Comparisons of integer lanes: all ones where true, else all zeros. */
export type LaneComparisonName =
  "eq" | "ne" | "ltS" | "ltU" | "gtS" | "gtU" | "leS" | "leU" | "geS" | "geU";

/** Comparisons of float lanes: all ones where true, else all zeros. */
export type FloatLaneComparisonName = "eq" | "ne" | "lt" | "gt" | "le" | "ge";

/** Functions of one float vector; `nearest` rounds ties to even. */
export type FloatLaneUnaryName = "abs" | "neg" | "sqrt" | "ceil" | "floor" | "trunc" | "nearest";

/** Functions of two float vectors; `pmin(a, b)` is `b < a ? b : a`, `pmax(a, b)` is `a < b ? b : a`. */
export type FloatLaneBinaryName = "add" | "sub" | "mul" | "div" | "min" | "max" | "pmin" | "pmax";

/** The instructions of {@link v128}, which do not depend on a lane shape. */
export type V128Instructions = UnaryInstructions<"not", "v128"> &
  UnaryInstructions<"anyTrue", "v128", "i32"> &
  BinaryInstructions<"and" | "andnot" | "or" | "xor", "v128"> &
  LoadInstructions<
    | "load"
    | "load8x8S"
    | "load8x8U"
    | "load16x4S"
    | "load16x4U"
    | "load32x2S"
    | "load32x2U"
    | "load8Splat"
    | "load16Splat"
    | "load32Splat"
    | "load64Splat"
    | "load32Zero"
    | "load64Zero",
    "v128"
  > & {
    /** Bits of `a` where `mask` has ones, of `b` where it has zeros. */
    readonly bitselect: (
      a: Operand<"v128">,
      b: Operand<"v128">,
      mask: Operand<"v128">,
    ) => Expression<"v128">;
    /** `x` with a 32-bit lane read from memory. */
    readonly load32Lane: (
      pointer: Operand<"i32">,
      x: Operand<"v128">,
      lane: number,
      offset?: number,
    ) => Expression<"v128">;
    /** `x` with a 64-bit lane read from memory. */
    readonly load64Lane: (
      pointer: Operand<"i32">,
      x: Operand<"v128">,
      lane: number,
      offset?: number,
    ) => Expression<"v128">;
  };

/** The instructions of {@link i8x16}. */
export type I8x16Instructions = LaneInstructions<"i32"> &
  ShiftInstructions &
  UnaryInstructions<"abs" | "neg" | "popcnt", "v128"> &
  UnaryInstructions<"allTrue" | "bitmask", "v128", "i32"> &
  BinaryInstructions<
    | LaneComparisonName
    | "swizzle"
    | "add"
    | "sub"
    | "minS"
    | "minU"
    | "maxS"
    | "maxU"
    | "narrowI16x8S"
    | "narrowI16x8U",
    "v128"
  >;

/** The instructions of {@link i16x8}. */
export type I16x8Instructions = LaneInstructions<"i32"> &
  ShiftInstructions &
  UnaryInstructions<
    "abs" | "neg" | "extendLowI8x16S" | "extendHighI8x16S" | "extendLowI8x16U" | "extendHighI8x16U",
    "v128"
  > &
  UnaryInstructions<"allTrue" | "bitmask", "v128", "i32"> &
  BinaryInstructions<
    | LaneComparisonName
    | "add"
    | "sub"
    | "mul"
    | "minS"
    | "minU"
    | "maxS"
    | "maxU"
    | "narrowI32x4S"
    | "narrowI32x4U",
    "v128"
  >;

/** The instructions of {@link i32x4}. */
export type I32x4Instructions = LaneInstructions<"i32"> &
  ShiftInstructions &
  UnaryInstructions<
    | "abs"
    | "neg"
    | "extendLowI16x8S"
    | "extendHighI16x8S"
    | "extendLowI16x8U"
    | "extendHighI16x8U"
    | "truncSatF32x4S"
    | "truncSatF32x4U"
    | "truncSatF64x2SZero"
    | "truncSatF64x2UZero",
    "v128"
  > &
  UnaryInstructions<"allTrue" | "bitmask", "v128", "i32"> &
  BinaryInstructions<
    LaneComparisonName | "add" | "sub" | "mul" | "minS" | "minU" | "maxS" | "maxU",
    "v128"
  >;

/** The instructions of {@link i64x2}. */
export type I64x2Instructions = LaneInstructions<"i64"> &
  ShiftInstructions &
  UnaryInstructions<
    "abs" | "neg" | "extendLowI32x4S" | "extendHighI32x4S" | "extendLowI32x4U" | "extendHighI32x4U",
    "v128"
  > &
  UnaryInstructions<"allTrue" | "bitmask", "v128", "i32"> &
  BinaryInstructions<
    | "eq"
    | "ne"
    | "ltS"
    | "gtS"
    | "leS"
    | "geS"
    | "add"
    | "sub"
    | "mul"
    | "extmulLowI32x4S"
    | "extmulHighI32x4S"
    | "extmulLowI32x4U"
    | "extmulHighI32x4U",
    "v128"
  >;

/** The instructions of {@link f32x4}. */
export type F32x4Instructions = LaneInstructions<"f32"> &
  UnaryInstructions<
    FloatLaneUnaryName | "convertI32x4S" | "convertI32x4U" | "demoteF64x2Zero",
    "v128"
  > &
  BinaryInstructions<FloatLaneBinaryName | FloatLaneComparisonName, "v128"> & {
    /**
     * `a * b + c`, rounded once or twice as the processor likes; engines without relaxed SIMD reject it. Where {@link
     * fusedSupported} is true it is rounded once.
     */
    readonly relaxedMadd: (
      a: Operand<"v128">,
      b: Operand<"v128">,
      c: Operand<"v128">,
    ) => Expression<"v128">;
  };

/** The instructions of {@link f64x2}. */
export type F64x2Instructions = LaneInstructions<"f64"> &
  UnaryInstructions<
    FloatLaneUnaryName | "convertLowI32x4S" | "convertLowI32x4U" | "promoteLowF32x4",
    "v128"
  > &
  BinaryInstructions<FloatLaneBinaryName | FloatLaneComparisonName, "v128">;

/** A lane number, which must fit the vector. */
function laneCode(callee: string, lane: number, count: number): number {
  if (!Number.isInteger(lane) || lane < 0 || lane >= count) {
    throw new RangeError(`${callee}: lane must be an integer in [0, ${count}), got ${lane}.`);
  }
  return lane;
}

function vectorConstant(bytes: ArrayBuffer): Expression<"v128"> {
  return { type: "v128", code: [simdOpcode(0x0c), [...new Uint8Array(bytes)]] };
}

interface LaneShape<T extends ValueType> {
  readonly family: string;
  readonly type: T;
  readonly count: number;
  /** Storage of the constant lanes. */
  readonly store: (lanes: readonly (number | bigint)[]) => ArrayBuffer;
  readonly splat: number;
  readonly extract: number;
  readonly replace: number;
}

function laneInstructions<T extends ValueType>(shape: LaneShape<T>): LaneInstructions<T> {
  const { family, type, count } = shape;
  const checkLength = (callee: string, lanes: readonly unknown[]): void => {
    if (lanes.length !== count) {
      throw new RangeError(`${callee}: lanes must have length ${count}, got ${lanes.length}.`);
    }
  };
  return {
    const: (lanes) => {
      checkLength(`${family}.const`, lanes);
      return vectorConstant(shape.store(lanes));
    },
    splat: (x) => ({
      type: "v128",
      code: [operandCode(`${family}.splat`, "x", type, x), simdOpcode(shape.splat)],
    }),
    extractLane: (x, lane) => ({
      type,
      code: [
        operandCode(`${family}.extractLane`, "x", "v128", x),
        simdOpcode(shape.extract),
        laneCode(`${family}.extractLane`, lane, count),
      ],
    }),
    replaceLane: (x, lane, value) => ({
      type: "v128",
      code: [
        operandCode(`${family}.replaceLane`, "x", "v128", x),
        operandCode(`${family}.replaceLane`, "value", type, value),
        simdOpcode(shape.replace),
        laneCode(`${family}.replaceLane`, lane, count),
      ],
    }),
    shuffle: (a, b, lanes) => {
      const callee = `${family}.shuffle`;
      checkLength(callee, lanes);
      const width = 16 / count;
      const bytes = lanes.flatMap((lane) => {
        const first = laneCode(callee, lane, 2 * count) * width;
        return Array.from({ length: width }, (_, byte) => first + byte);
      });
      return {
        type: "v128",
        code: [
          operandCode(callee, "a", "v128", a),
          operandCode(callee, "b", "v128", b),
          simdOpcode(0x0d),
          bytes,
        ],
      };
    },
  };
}

/** The three shifts, which have consecutive opcodes. */
function shifts(family: string, first: number): ShiftInstructions {
  const make =
    (name: string, opcode: number) =>
    (x: Operand<"v128">, bits: Operand<"i32">): Expression<"v128"> => ({
      type: "v128",
      code: [
        operandCode(`${family}.${name}`, "x", "v128", x),
        operandCode(`${family}.${name}`, "bits", "i32", bits),
        simdOpcode(opcode),
      ],
    });
  return { shl: make("shl", first), shrS: make("shrS", first + 1), shrU: make("shrU", first + 2) };
}

/** The ten integer comparisons, which have consecutive opcodes. */
function comparisons(
  family: string,
  first: number,
): BinaryInstructions<LaneComparisonName, "v128"> {
  return binaries(family, "v128", "v128", simdOpcode, {
    eq: first,
    ne: first + 1,
    ltS: first + 2,
    ltU: first + 3,
    gtS: first + 4,
    gtU: first + 5,
    leS: first + 6,
    leU: first + 7,
    geS: first + 8,
    geU: first + 9,
  });
}

function makeV128(): V128Instructions {
  const loadLane =
    (name: string, opcode: number, alignment: number, count: number) =>
    (pointer: Operand<"i32">, x: Operand<"v128">, lane: number, offset = 0): Expression<"v128"> => {
      const callee = `v128.${name}`;
      return {
        type: "v128",
        code: [
          operandCode(callee, "pointer", "i32", pointer),
          operandCode(callee, "x", "v128", x),
          simdOpcode(opcode),
          memoryImmediate(callee, alignment, offset),
          laneCode(callee, lane, count),
        ],
      };
    };
  return {
    ...unaries("v128", "v128", "v128", simdOpcode, { not: 0x4d }),
    ...unaries("v128", "v128", "i32", simdOpcode, { anyTrue: 0x53 }),
    ...binaries("v128", "v128", "v128", simdOpcode, {
      and: 0x4e,
      andnot: 0x4f,
      or: 0x50,
      xor: 0x51,
    }),
    ...loads("v128", "v128", simdOpcode, {
      load: [0x00, 4],
      load8x8S: [0x01, 3],
      load8x8U: [0x02, 3],
      load16x4S: [0x03, 3],
      load16x4U: [0x04, 3],
      load32x2S: [0x05, 3],
      load32x2U: [0x06, 3],
      load8Splat: [0x07, 0],
      load16Splat: [0x08, 1],
      load32Splat: [0x09, 2],
      load64Splat: [0x0a, 3],
      load32Zero: [0x5c, 2],
      load64Zero: [0x5d, 3],
    }),
    bitselect: (a, b, mask) => ({
      type: "v128",
      code: [
        operandCode("v128.bitselect", "a", "v128", a),
        operandCode("v128.bitselect", "b", "v128", b),
        operandCode("v128.bitselect", "mask", "v128", mask),
        simdOpcode(0x52),
      ],
    }),
    load32Lane: loadLane("load32Lane", 0x56, 2, 4),
    load64Lane: loadLane("load64Lane", 0x57, 3, 2),
  };
}

function makeI8x16(): I8x16Instructions {
  return {
    ...laneInstructions({
      family: "i8x16",
      type: "i32",
      count: 16,
      store: (lanes) => Uint8Array.from(lanes, Number).buffer,
      splat: 0x0f,
      extract: 0x16,
      replace: 0x17,
    }),
    ...shifts("i8x16", 0x6b),
    ...comparisons("i8x16", 0x23),
    ...unaries("i8x16", "v128", "v128", simdOpcode, { abs: 0x60, neg: 0x61, popcnt: 0x62 }),
    ...unaries("i8x16", "v128", "i32", simdOpcode, { allTrue: 0x63, bitmask: 0x64 }),
    ...binaries("i8x16", "v128", "v128", simdOpcode, {
      swizzle: 0x0e,
      add: 0x6e,
      sub: 0x71,
      minS: 0x76,
      minU: 0x77,
      maxS: 0x78,
      maxU: 0x79,
      narrowI16x8S: 0x65,
      narrowI16x8U: 0x66,
    }),
  };
}

function makeI16x8(): I16x8Instructions {
  return {
    ...laneInstructions({
      family: "i16x8",
      type: "i32",
      count: 8,
      store: (lanes) => Uint16Array.from(lanes, Number).buffer,
      splat: 0x10,
      extract: 0x19,
      replace: 0x1a,
    }),
    ...shifts("i16x8", 0x8b),
    ...comparisons("i16x8", 0x2d),
    ...unaries("i16x8", "v128", "v128", simdOpcode, {
      abs: 0x80,
      neg: 0x81,
      extendLowI8x16S: 0x87,
      extendHighI8x16S: 0x88,
      extendLowI8x16U: 0x89,
      extendHighI8x16U: 0x8a,
    }),
    ...unaries("i16x8", "v128", "i32", simdOpcode, { allTrue: 0x83, bitmask: 0x84 }),
    ...binaries("i16x8", "v128", "v128", simdOpcode, {
      add: 0x8e,
      sub: 0x91,
      mul: 0x95,
      minS: 0x96,
      minU: 0x97,
      maxS: 0x98,
      maxU: 0x99,
      narrowI32x4S: 0x85,
      narrowI32x4U: 0x86,
    }),
  };
}

function makeI32x4(): I32x4Instructions {
  return {
    ...laneInstructions({
      family: "i32x4",
      type: "i32",
      count: 4,
      store: (lanes) => Uint32Array.from(lanes, Number).buffer,
      splat: 0x11,
      extract: 0x1b,
      replace: 0x1c,
    }),
    ...shifts("i32x4", 0xab),
    ...comparisons("i32x4", 0x37),
    ...unaries("i32x4", "v128", "v128", simdOpcode, {
      abs: 0xa0,
      neg: 0xa1,
      extendLowI16x8S: 0xa7,
      extendHighI16x8S: 0xa8,
      extendLowI16x8U: 0xa9,
      extendHighI16x8U: 0xaa,
      truncSatF32x4S: 0xf8,
      truncSatF32x4U: 0xf9,
      truncSatF64x2SZero: 0xfc,
      truncSatF64x2UZero: 0xfd,
    }),
    ...unaries("i32x4", "v128", "i32", simdOpcode, { allTrue: 0xa3, bitmask: 0xa4 }),
    ...binaries("i32x4", "v128", "v128", simdOpcode, {
      add: 0xae,
      sub: 0xb1,
      mul: 0xb5,
      minS: 0xb6,
      minU: 0xb7,
      maxS: 0xb8,
      maxU: 0xb9,
    }),
  };
}

function makeI64x2(): I64x2Instructions {
  return {
    ...laneInstructions({
      family: "i64x2",
      type: "i64",
      count: 2,
      store: (lanes) => BigInt64Array.from(lanes, BigInt).buffer,
      splat: 0x12,
      extract: 0x1d,
      replace: 0x1e,
    }),
    ...shifts("i64x2", 0xcb),
    ...unaries("i64x2", "v128", "v128", simdOpcode, {
      abs: 0xc0,
      neg: 0xc1,
      extendLowI32x4S: 0xc7,
      extendHighI32x4S: 0xc8,
      extendLowI32x4U: 0xc9,
      extendHighI32x4U: 0xca,
    }),
    ...unaries("i64x2", "v128", "i32", simdOpcode, { allTrue: 0xc3, bitmask: 0xc4 }),
    ...binaries("i64x2", "v128", "v128", simdOpcode, {
      eq: 0xd6,
      ne: 0xd7,
      ltS: 0xd8,
      gtS: 0xd9,
      leS: 0xda,
      geS: 0xdb,
      add: 0xce,
      sub: 0xd1,
      mul: 0xd5,
      extmulLowI32x4S: 0xdc,
      extmulHighI32x4S: 0xdd,
      extmulLowI32x4U: 0xde,
      extmulHighI32x4U: 0xdf,
    }),
  };
}

function makeF32x4(): F32x4Instructions {
  return {
    ...laneInstructions({
      family: "f32x4",
      type: "f32",
      count: 4,
      store: (lanes) => Float32Array.from(lanes, Number).buffer,
      splat: 0x13,
      extract: 0x1f,
      replace: 0x20,
    }),
    ...unaries("f32x4", "v128", "v128", simdOpcode, {
      abs: 0xe0,
      neg: 0xe1,
      sqrt: 0xe3,
      ceil: 0x67,
      floor: 0x68,
      trunc: 0x69,
      nearest: 0x6a,
      convertI32x4S: 0xfa,
      convertI32x4U: 0xfb,
      demoteF64x2Zero: 0x5e,
    }),
    ...binaries("f32x4", "v128", "v128", simdOpcode, {
      add: 0xe4,
      sub: 0xe5,
      mul: 0xe6,
      div: 0xe7,
      min: 0xe8,
      max: 0xe9,
      pmin: 0xea,
      pmax: 0xeb,
      eq: 0x41,
      ne: 0x42,
      lt: 0x43,
      gt: 0x44,
      le: 0x45,
      ge: 0x46,
    }),
    relaxedMadd: (a, b, c) => ({
      type: "v128",
      code: [
        operandCode("f32x4.relaxedMadd", "a", "v128", a),
        operandCode("f32x4.relaxedMadd", "b", "v128", b),
        operandCode("f32x4.relaxedMadd", "c", "v128", c),
        simdOpcode(0x105),
      ],
    }),
  };
}

function makeF64x2(): F64x2Instructions {
  return {
    ...laneInstructions({
      family: "f64x2",
      type: "f64",
      count: 2,
      store: (lanes) => Float64Array.from(lanes, Number).buffer,
      splat: 0x14,
      extract: 0x21,
      replace: 0x22,
    }),
    ...unaries("f64x2", "v128", "v128", simdOpcode, {
      abs: 0xec,
      neg: 0xed,
      sqrt: 0xef,
      ceil: 0x74,
      floor: 0x75,
      trunc: 0x7a,
      nearest: 0x94,
      convertLowI32x4S: 0xfe,
      convertLowI32x4U: 0xff,
      promoteLowF32x4: 0x5f,
    }),
    ...binaries("f64x2", "v128", "v128", simdOpcode, {
      add: 0xf0,
      sub: 0xf1,
      mul: 0xf2,
      div: 0xf3,
      min: 0xf4,
      max: 0xf5,
      pmin: 0xf6,
      pmax: 0xf7,
      eq: 0x47,
      ne: 0x48,
      lt: 0x49,
      gt: 0x4a,
      le: 0x4b,
      ge: 0x4c,
    }),
  };
}

/**
 * Instructions on whole 128-bit vectors: bit logic and loads.
 *
 * @example
 * ```ts
 * import { i32, v128 } from "@flaxen/wasm";
 *
 * v128.load32Splat(i32.const(64), 4).type; // => "v128"
 * ```
 */
export const v128: V128Instructions = /* @__PURE__ */ makeV128();

/**
 * Instructions on vectors of sixteen 8-bit integers.
 *
 * @example
 * ```ts
 * import { i8x16 } from "@flaxen/wasm";
 *
 * i8x16.bitmask(i8x16.splat(-1)).type; // => "i32"
 * ```
 */
export const i8x16: I8x16Instructions = /* @__PURE__ */ makeI8x16();

/**
 * Instructions on vectors of eight 16-bit integers.
 *
 * @example
 * ```ts
 * import { i16x8 } from "@flaxen/wasm";
 *
 * i16x8.mul(i16x8.splat(3), i16x8.splat(5)).type; // => "v128"
 * ```
 */
export const i16x8: I16x8Instructions = /* @__PURE__ */ makeI16x8();

/**
 * Instructions on vectors of four 32-bit integers.
 *
 * @example
 * ```ts
 * import { i32x4 } from "@flaxen/wasm";
 *
 * i32x4.extractLane(i32x4.const([1, 2, 3, 4]), 2).type; // => "i32"
 * ```
 */
export const i32x4: I32x4Instructions = /* @__PURE__ */ makeI32x4();

/**
 * Instructions on vectors of two 64-bit integers.
 *
 * @example
 * ```ts
 * import { i64x2 } from "@flaxen/wasm";
 *
 * i64x2.shrU(i64x2.const([8n, 16n]), 3).type; // => "v128"
 * ```
 */
export const i64x2: I64x2Instructions = /* @__PURE__ */ makeI64x2();

/**
 * Instructions on vectors of four float32 values.
 *
 * @example
 * ```ts
 * import { f32x4 } from "@flaxen/wasm";
 *
 * f32x4.mul(f32x4.const([1, 2, 3, 4]), f32x4.splat(0.5)).type; // => "v128"
 * ```
 */
export const f32x4: F32x4Instructions = /* @__PURE__ */ makeF32x4();

/**
 * Instructions on vectors of two float64 values.
 *
 * @example
 * ```ts
 * import { f64x2 } from "@flaxen/wasm";
 *
 * f64x2.shuffle(f64x2.const([1, 2]), f64x2.const([3, 4]), [0, 2]).type; // => "v128"
 * ```
 */
export const f64x2: F64x2Instructions = /* @__PURE__ */ makeF64x2();
