import { f32x4, f64x2, i32x4, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, Operand } from "@flaxen/wasm";
import type { DType } from "@flaxen/dtype";

/** A vector in a register. */
export type Vector = Local<"v128">;

/** The dtypes that loops in SIMD lanes compute in. */
export type LaneDType = "float32" | "float64" | "int32" | "uint32" | "bool";

/**
 * Four neighbouring elements in SIMD registers.
 *
 * float32, int32 and uint32 take one register of four lanes; bool is one register of four 32-bit masks (all ones
 * or all zeros); float64 takes two registers of two lanes.
 */
export interface Lanes {
  /** Element type. */
  readonly dtype: LaneDType;
  /** The registers. */
  readonly parts: readonly Vector[];
}

/** Writes the code that computes four elements of a result from those of the operands. */
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
  const { parts } = eachPart(f, operands, instruction);
  return { dtype: "bool", parts: parts.length === 1 ? parts : [narrowMask(f, parts)] };
}

/** Two registers of two 64-bit masks as one of four 32-bit masks. */
function narrowMask(f: FunctionBuilder, [low, high]: readonly Vector[]): Vector {
  return f.let(i32x4.shuffle(low, high, [0, 2, 4, 6]));
}

/** A mask in as many registers, of as wide lanes, as the elements it selects. */
export function widenMask(f: FunctionBuilder, mask: Lanes, dtype: LaneDType): readonly Vector[] {
  const [x] = mask.parts;
  if (dtype !== "float64") return mask.parts;
  return [f.let(i32x4.shuffle(x, x, [0, 0, 1, 1])), f.let(i32x4.shuffle(x, x, [2, 2, 3, 3]))];
}

/** float32 lanes as float64 lanes. */
export function promoteParts(f: FunctionBuilder, x: Vector): Vector[] {
  return [
    f.let(f64x2.promoteLowF32x4(x)),
    f.let(f64x2.promoteLowF32x4(i32x4.shuffle(x, x, [2, 3, 2, 3]))),
  ];
}

/** float64 lanes rounded to float32 lanes. */
export function demoteParts(
  f: FunctionBuilder,
  [low, high]: readonly Expression<"v128">[],
): Vector {
  return f.let(
    i32x4.shuffle(f32x4.demoteF64x2Zero(low), f32x4.demoteF64x2Zero(high), [0, 1, 4, 5]),
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

/** A register of float32. */
export function floatLanes(x: Vector): Lanes {
  return { dtype: "float32", parts: [x] };
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
  const [a] = x.parts;
  switch (x.dtype) {
    case "float32":
      switch (to) {
        case "float64":
          return promoteParts(f, a);
        case "int32":
          return [f.let(i32x4.truncSatF32x4S(a))];
        case "uint32":
          return [f.let(i32x4.truncSatF32x4U(a))];
        default:
          return [f.let(f32x4.ne(a, single(f, 0)))];
      }
    case "float64":
      switch (to) {
        case "float32":
          return [demoteParts(f, x.parts)];
        case "int32":
        case "uint32": {
          const convert = to === "int32" ? i32x4.truncSatF64x2SZero : i32x4.truncSatF64x2UZero;
          return [f.let(i32x4.shuffle(convert(a), convert(x.parts[1]), [0, 1, 4, 5]))];
        }
        default:
          return maskOf(f, [x], (y) => f64x2.ne(y, double(f, 0))).parts;
      }
    case "bool":
      switch (to) {
        case "float32":
          return [f.let(v128.and(a, single(f, 1)))];
        case "float64":
          return widenMask(f, x, to).map((mask) => f.let(v128.and(mask, double(f, 1))));
        default:
          return [f.let(v128.and(a, word(f, 1)))];
      }
    default:
      return fromInteger(f, a, x.dtype === "int32", to);
  }
}

function fromInteger(f: FunctionBuilder, a: Vector, signed: boolean, to: LaneDType): Vector[] {
  switch (to) {
    case "float32":
      return [f.let(signed ? f32x4.convertI32x4S(a) : f32x4.convertI32x4U(a))];
    case "float64": {
      const convert = signed ? f64x2.convertLowI32x4S : f64x2.convertLowI32x4U;
      return [f.let(convert(a)), f.let(convert(i32x4.shuffle(a, a, [2, 3, 2, 3])))];
    }
    case "bool":
      return [f.let(i32x4.ne(a, word(f, 0)))];
    default:
      return [a];
  }
}
