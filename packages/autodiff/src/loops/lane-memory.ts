import { i16x8, i32, i32x4, i8x16, v128 } from "@flaxen/wasm";
import type { FunctionBuilder, Local } from "@flaxen/wasm";
import { word } from "../lanes.ts";
import type { LaneDType, Lanes, Vector } from "../lanes.ts";

/** A number of bytes or turns: known when the code is written, or a parameter of the function. */
export type Count = number | Local<"i32">;

/** Elements in the registers of one {@link Lanes}. */
export const UNIT = 4;

/** Bytes of one element. */
export function laneSize(dtype: LaneDType): number {
  return dtype === "float64" ? 8 : dtype === "bool" ? 1 : 4;
}

/** Registers that a unit of that dtype takes. */
export function partsOf(dtype: LaneDType): number {
  return dtype === "float64" ? 2 : 1;
}

/** One of the units. */
export function unitOf({ dtype, parts }: Lanes, unit: number): Lanes {
  const count = partsOf(dtype);
  return { dtype, parts: parts.slice(unit * count, (unit + 1) * count) };
}

/** The same unit that many times. */
export function repeatUnit({ dtype, parts }: Lanes, count: number): Lanes {
  return { dtype, parts: Array.from({ length: count }, () => parts).flat() };
}

/** Reads units from `pointer` on. */
export function loadLanes(
  f: FunctionBuilder,
  dtype: LaneDType,
  pointer: Local<"i32">,
  units: number,
): Lanes {
  const parts = Array.from({ length: units * partsOf(dtype) }, (_, i) =>
    f.let(
      dtype === "bool"
        ? i32x4.gtS(
            i32x4.extendLowI16x8U(i16x8.extendLowI8x16U(v128.load32Zero(pointer, UNIT * i))),
            word(f, 0),
          )
        : v128.load(pointer, 16 * i),
    ),
  );
  return { dtype, parts };
}

/** Reads one element into all lanes. */
export function loadSplat(f: FunctionBuilder, dtype: LaneDType, pointer: Local<"i32">): Lanes {
  switch (dtype) {
    case "float64": {
      const both = f.let(v128.load64Splat(pointer));
      return { dtype, parts: [both, both] };
    }
    case "bool":
      return { dtype, parts: [f.let(i32x4.gtS(i32x4.splat(i32.load8U(pointer)), word(f, 0)))] };
    default:
      return { dtype, parts: [f.let(v128.load32Splat(pointer))] };
  }
}

/** Masks as bytes 0 and 1 in the first lanes. */
function maskBytes(f: FunctionBuilder, mask: Vector): Vector {
  const halves = f.let(i16x8.narrowI32x4S(mask, mask));
  return f.let(v128.and(i8x16.narrowI16x8S(halves, halves), word(f, 0x01010101)));
}

/** Writes units from `pointer` on. */
export function storeLanes(
  f: FunctionBuilder,
  pointer: Local<"i32">,
  { dtype, parts }: Lanes,
): void {
  for (const [i, part] of parts.entries()) {
    if (dtype === "bool") f.store32Lane(pointer, maskBytes(f, part), 0, UNIT * i);
    else f.store(pointer, part, 16 * i);
  }
}

/** Runs the code for as many elements as are left: 1, 2, or 2 and then a third. */
function forRest(
  f: FunctionBuilder,
  rest: Count,
  one: () => void,
  two: () => void,
  third: () => void,
): void {
  if (typeof rest !== "number") {
    f.if(i32.eq(rest, 1), one, () => {
      two();
      f.if(i32.eq(rest, 3), third);
    });
  } else if (rest === 1) one();
  else {
    two();
    if (rest === 3) third();
  }
}

/** Writes the first `rest` elements, 1 to 3 of them, of one unit at `pointer + at` bytes. */
export function storeRest(
  f: FunctionBuilder,
  pointer: Local<"i32">,
  { dtype, parts }: Lanes,
  rest: Count,
  at: number = 0,
): void {
  const [a, b] = parts;
  switch (dtype) {
    case "float64":
      forRest(
        f,
        rest,
        () => f.store64Lane(pointer, a, 0, at),
        () => f.store(pointer, a, at),
        () => f.store64Lane(pointer, b, 0, at + 16),
      );
      return;
    case "bool": {
      const bytes = maskBytes(f, a);
      forRest(
        f,
        rest,
        () => f.store8(pointer, i8x16.extractLane(bytes, 0), at),
        () => f.store16(pointer, i16x8.extractLane(bytes, 0), at),
        () => f.store8(pointer, i8x16.extractLane(bytes, 2), at + 2),
      );
      return;
    }
    default:
      forRest(
        f,
        rest,
        () => f.store32Lane(pointer, a, 0, at),
        () => f.store64Lane(pointer, a, 0, at),
        () => f.store32Lane(pointer, a, 2, at + 8),
      );
  }
}
