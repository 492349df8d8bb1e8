import { f32x4, f64x2, i32x4, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, Operand } from "@flaxen/wasm";
import type { DType } from "@flaxen/dtype";

/** A vector in a register. */
export type Vector = Local<"v128">;

/** The dtypes that loops in SIMD lanes compute in. */
export type LaneDType = "float32" | "float64" | "int32" | "uint32" | "bool";

/**
 * Neighbouring elements in SIMD registers: a unit of four, or some units side by side.
 *
 * A unit of float32, int32 or uint32 is one register of four lanes; of bool one register of four 32-bit masks (all ones
 * or all zeros); of float64 two registers of two lanes.
 */
export interface Lanes {
  /** Element type. */
  readonly dtype: LaneDType;
  /** The registers. */
  readonly parts: readonly Vector[];
}

/** Writes the code that computes elements of a result from those of the operands. */
export type LaneFormula<P> = (
  f: FunctionBuilder,
  operands: readonly Lanes[],
  params: P,
  out: LaneDType,
) => Lanes;

/** The formulas of a primitive, by the dtype of its last operand. */
export type LaneFormulas<P> = { readonly [D in LaneDType]?: LaneFormula<P> } & {
  /** About how many instructions a formula has (default 1). */
  readonly cost?: number;
  /** Elements from which a loop gains more than the copies to and from the scratch memory cost (default by `cost`). */
  readonly pays?: number;
  /** Names what of the parameters the formulas depend on (default nothing). */
  readonly variant?: (params: P) => string;
};

/** Whether loops compute in that dtype. */
export function isLaneDType(dtype: DType): dtype is LaneDType {
  switch (dtype) {
    case "float32":
    case "float64":
    case "int32":
    case "uint32":
    case "bool":
      return true;
    default:
      return false;
  }
}

type Instruction = (...operands: Operand<"v128">[]) => Expression<"v128">;

/** One instruction for each register; the result has the dtype of the last operand. */
export function eachPart(
  f: FunctionBuilder,
  operands: readonly Lanes[],
  instruction: Instruction,
): Lanes {
  const { dtype, parts } = operands[operands.length - 1];
  return {
    dtype,
    parts: parts.map((_, i) => f.let(instruction(...operands.map((x) => x.parts[i])))),
  };
}

/** A comparison: its masks as bool. */
export function maskOf(
  f: FunctionBuilder,
  operands: readonly Lanes[],
  instruction: Instruction,
): Lanes {
  const { dtype, parts } = eachPart(f, operands, instruction);
  if (dtype !== "float64") return { dtype: "bool", parts };
  return {
    dtype: "bool",
    parts: pairs(parts, (low, high) => f.let(i32x4.shuffle(low, high, [0, 2, 4, 6]))),
  };
}

/** One vector from each two. */
function pairs<T>(parts: readonly T[], join: (low: T, high: T) => Vector): Vector[] {
  return parts.flatMap((low, i) => (i % 2 === 0 ? [join(low, parts[i + 1])] : []));
}

/** Masks in as many registers, of as wide lanes, as the elements they select. */
export function widenMask(f: FunctionBuilder, mask: Lanes, dtype: LaneDType): readonly Vector[] {
  if (dtype !== "float64") return mask.parts;
  return mask.parts.flatMap((x) => [
    f.let(i32x4.shuffle(x, x, [0, 0, 1, 1])),
    f.let(i32x4.shuffle(x, x, [2, 2, 3, 3])),
  ]);
}

/** float32 lanes as float64 lanes. */
export function promoteParts(f: FunctionBuilder, parts: readonly Vector[]): Vector[] {
  return parts.flatMap((x) => [
    f.let(f64x2.promoteLowF32x4(x)),
    f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
  ]);
}

/** float64 lanes rounded to float32 lanes. */
export function demoteParts(f: FunctionBuilder, parts: readonly Vector[]): Vector[] {
  return pairs(parts, (low, high) =>
    f.let(i32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5])),
  );
}

/** A float32 constant in all lanes, made once. */
export function single(f: FunctionBuilder, x: number): Vector {
  const word = Math.fround(x);
  return f.hoist(f32x4.splat(word));
}

/** A float64 constant in both lanes, made once. */
export function double(f: FunctionBuilder, x: number): Vector {
  return f.hoist(f64x2.splat(x));
}

/** A 32-bit pattern in all lanes, made once. */
export function word(f: FunctionBuilder, x: number): Vector {
  return f.hoist(i32x4.splat(x));
}

/** Registers of float32. */
export function floatLanes(parts: readonly Vector[]): Lanes {
  return { dtype: "float32", parts };
}

/** The lanes themselves. */
export function sameLanes(_f: FunctionBuilder, [x]: readonly Lanes[]): Lanes {
  return x;
}

/** Converts between the dtypes of lanes as `astype` does. */
export function convertLanes(f: FunctionBuilder, x: Lanes, to: LaneDType): Lanes {
  if (x.dtype === to) return x;
  return { dtype: to, parts: convertParts(f, x, to) };
}

function convertParts(f: FunctionBuilder, x: Lanes, to: LaneDType): readonly Vector[] {
  const { parts } = x;
  const each = (instruction: Instruction): readonly Vector[] => eachPart(f, [x], instruction).parts;
  switch (x.dtype) {
    case "float32":
      switch (to) {
        case "float64":
          return promoteParts(f, parts);
        case "int32":
          return each(i32x4.truncSatF32x4S);
        case "uint32":
          return each(i32x4.truncSatF32x4U);
        default:
          return each((y) => f32x4.ne(y, single(f, 0)));
      }
    case "float64":
      switch (to) {
        case "float32":
          return demoteParts(f, parts);
        case "int32":
        case "uint32": {
          const convert = to === "int32" ? i32x4.truncSatF64x2SZero : i32x4.truncSatF64x2UZero;
          return pairs(parts, (low, high) =>
            f.let(i32x4.shuffle(convert(low), convert(high), [0, 1, 4, 5])),
          );
        }
        default:
          return maskOf(f, [x], (y) => f64x2.ne(y, double(f, 0))).parts;
      }
    case "bool":
      switch (to) {
        case "float32":
          return each((y) => v128.and(y, single(f, 1)));
        case "float64":
          return widenMask(f, x, to).map((mask) => f.let(v128.and(mask, double(f, 1))));
        default:
          return each((y) => v128.and(y, word(f, 1)));
      }
    default:
      return fromInteger(f, x, to);
  }
}

function fromInteger(f: FunctionBuilder, x: Lanes, to: LaneDType): readonly Vector[] {
  const signed = x.dtype === "int32";
  switch (to) {
    case "float32":
      return eachPart(f, [x], signed ? f32x4.convertI32x4S : f32x4.convertI32x4U).parts;
    case "float64": {
      const convert = signed ? f64x2.convertLowI32x4S : f64x2.convertLowI32x4U;
      return x.parts.flatMap((y) => [
        f.let(convert(y)),
        f.let(convert(i32x4.shuffle(y, y, [2, 3, 2, 3]))),
      ]);
    }
    case "bool":
      return eachPart(f, [x], (y) => i32x4.ne(y, word(f, 0))).parts;
    default:
      return x.parts;
  }
}
