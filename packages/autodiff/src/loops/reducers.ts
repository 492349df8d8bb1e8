import { f32, f32x4, f64, f64x2, i32x4, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local } from "@flaxen/wasm";
import { demoteParts, double, promoteParts, single, widenMask, word } from "../lanes.ts";
import type { LaneDType, Lanes, Vector } from "../lanes.ts";
import { storeRest } from "./lane-memory.ts";
import type { ReductionKind } from "./loop-group.ts";

/** Running results in registers. */
export type Accumulator = readonly Vector[];

/** How a reduction runs over units of four elements. */
export interface Reducer {
  /** Element type of the operand and of the result. */
  readonly dtype: LaneDType;
  /** What leaves every result as it is, in each register of an operand. */
  identity(f: FunctionBuilder): Vector;
  /** The values of an empty accumulator. */
  start(f: FunctionBuilder): readonly Vector[];
  /** Takes four elements in. */
  accumulate(f: FunctionBuilder, into: Accumulator, x: Lanes): void;
  /** The result of each lane. */
  results(f: FunctionBuilder, from: Accumulator): Lanes;
  /** Joins two accumulators, and then the lanes; writes the one result. */
  storeRow(f: FunctionBuilder, pointer: Local<"i32">, a: Accumulator, b: Accumulator): void;
}

/** The reducer of that kind for operands of that dtype, if there is one. */
export function reducerOf(kind: ReductionKind, dtype: LaneDType): Reducer | undefined {
  switch (kind) {
    case "sum":
      if (dtype === "float32" || dtype === "float64") return floatSum(dtype);
      return dtype === "bool" ? undefined : simple(dtype, 0, i32x4.add);
    case "max":
    case "min": {
      if (dtype === "float32" || dtype === "float64") return floatExtremum(kind, dtype);
      if (dtype === "bool") {
        return kind === "max" ? simple(dtype, 0, v128.or) : simple(dtype, -1, v128.and);
      }
      if (dtype === "int32") {
        return kind === "max"
          ? simple(dtype, -(2 ** 31), i32x4.maxS)
          : simple(dtype, 2 ** 31 - 1, i32x4.minS);
      }
      return kind === "max" ? simple(dtype, 0, i32x4.maxU) : simple(dtype, -1, i32x4.minU);
    }
    case "any":
      return dtype === "bool" ? simple(dtype, 0, v128.or) : undefined;
    case "all":
      return dtype === "bool" ? simple(dtype, -1, v128.and) : undefined;
  }
}

/** The accumulator as locals of its own, which {@link restart} makes empty. */
export function makeAccumulator(f: FunctionBuilder, reducer: Reducer): Accumulator {
  return reducer.start(f).map(() => f.local("v128"));
}

/** Empties an accumulator. */
export function restart(f: FunctionBuilder, reducer: Reducer, accumulator: Accumulator): void {
  for (const [i, value] of reducer.start(f).entries()) f.set(accumulator[i], value);
}

/** An operand with the lanes from `rest` on replaced by the identity; `mask` has ones in the lanes that stay. */
export function maskLanes(f: FunctionBuilder, reducer: Reducer, x: Lanes, mask: Vector): Lanes {
  const masks = widenMask(f, { dtype: "bool", parts: [mask] }, x.dtype);
  const identity = reducer.identity(f);
  return {
    dtype: x.dtype,
    parts: x.parts.map((part, i) => f.let(v128.bitselect(part, identity, masks[i]))),
  };
}

/** The other half of a vector in front. */
function swapHalves(x: Vector): Expression<"v128"> {
  return i32x4.shuffle(x, x, [2, 3, 0, 1]);
}

/** The neighbouring lanes swapped. */
function swapNeighbours(x: Vector): Expression<"v128"> {
  return i32x4.shuffle(x, x, [1, 0, 3, 2]);
}

/** An associative instruction on integers or masks. */
function simple(
  dtype: LaneDType,
  identity: number,
  instruction: (a: Vector, b: Expression<"v128">) => Expression<"v128">,
): Reducer {
  return {
    dtype,
    identity: (f) => word(f, identity),
    start: (f) => [word(f, identity)],
    accumulate: (f, [total], x) => f.set(total, instruction(x.parts[0], total)),
    results: (_, parts) => ({ dtype, parts }),
    storeRow(f, pointer, [a], [b]) {
      const both = f.let(instruction(a, b));
      const pairs = f.let(instruction(both, swapHalves(both)));
      const one = f.let(instruction(pairs, swapNeighbours(pairs)));
      storeRest(f, pointer, { dtype, parts: [one] }, 1);
    },
  };
}

/** Terms are added in float64 lanes: four partial sums in an accumulator, eight in a row. */
function floatSum(dtype: "float32" | "float64"): Reducer {
  return {
    dtype,
    identity: (f) => double(f, 0),
    start: (f) => [double(f, 0), double(f, 0)],
    accumulate(f, total, x) {
      const terms = dtype === "float32" ? promoteParts(f, x.parts) : x.parts;
      for (const [i, term] of terms.entries()) f.set(total[i], f64x2.add(total[i], term));
    },
    results: (f, total) =>
      dtype === "float32" ? { dtype, parts: demoteParts(f, total) } : { dtype, parts: total },
    storeRow(f, pointer, a, b) {
      const sums = f.let(f64x2.add(f64x2.add(a[0], b[0]), f64x2.add(a[1], b[1])));
      const total = f64.add(f64x2.extractLane(sums, 0), f64x2.extractLane(sums, 1));
      f.store(pointer, dtype === "float32" ? f32.demoteF64(total) : total);
    },
  };
}

/**
 * Largest or smallest float, NaN if there is one, with -0 below 0.
 *
 * For each register of an operand: the extremum by comparison, which passes over NaN and takes any of equal zeros; a
 * mask of the NaNs; and the sign bits of all elements joined, which tell whether a zero of the better sign was there.
 */
function floatExtremum(kind: "max" | "min", dtype: "float32" | "float64"): Reducer {
  const floats = dtype === "float32" ? f32x4 : f64x2;
  const constant = dtype === "float32" ? single : double;
  const better = kind === "max" ? floats.pmax : floats.pmin;
  const joinSigns = kind === "max" ? v128.and : v128.or;
  const worst = kind === "max" ? -Infinity : Infinity;
  const partCount = dtype === "float32" ? 1 : 2;
  const settle = (f: FunctionBuilder, [best, nan, signs]: readonly Vector[]): Vector => {
    const zero = v128.and(signs, constant(f, -0));
    const signed = v128.bitselect(zero, best, floats.eq(best, constant(f, 0)));
    return f.let(v128.bitselect(constant(f, NaN), signed, nan));
  };
  const join = (
    f: FunctionBuilder,
    a: readonly Vector[],
    b: readonly Expression<"v128">[],
  ): Vector[] => [
    f.let(better(a[0], b[0])),
    f.let(v128.or(a[1], b[1])),
    f.let(joinSigns(a[2], b[2])),
  ];
  return {
    dtype,
    identity: (f) => constant(f, worst),
    start: (f) =>
      Array.from({ length: partCount }, () => [
        constant(f, worst),
        word(f, 0),
        constant(f, worst),
      ]).flat(),
    accumulate(f, into, x) {
      for (const [i, part] of x.parts.entries()) {
        const [best, nan, signs] = into.slice(3 * i);
        f.set(best, better(best, part));
        f.set(nan, v128.or(nan, floats.ne(part, part)));
        f.set(signs, joinSigns(signs, part));
      }
    },
    results: (f, from) => ({
      dtype,
      parts: Array.from({ length: partCount }, (_, i) => settle(f, from.slice(3 * i))),
    }),
    storeRow(f, pointer, a, b) {
      let joined = join(f, a, b);
      if (partCount === 2) joined = join(f, joined, join(f, a.slice(3), b.slice(3)));
      joined = join(f, joined, joined.map(swapHalves));
      if (partCount === 1) joined = join(f, joined, joined.map(swapNeighbours));
      storeRest(f, pointer, { dtype, parts: [settle(f, joined)] }, 1);
    },
  };
}
