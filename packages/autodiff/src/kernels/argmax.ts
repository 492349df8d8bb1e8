import { defineKernel, f32, f32x4, f64, i32, i32x4, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";
import type { DType } from "@flaxen/dtype";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { ShapedArray } from "../primitive.ts";
import { neighbourLayout } from "../reduction-kernels.ts";

/** Which element of a row wins. */
export type Extreme = "max" | "min";

type Search = (from: number, to: number, outer: number, length: number, inner: number) => void;

/**
 * Writes, for an array `[outer, length, inner]`, the int32 index along `length` of the best element: the first
 * of equals, and the first NaN if there is one.
 */
interface SearchFunctions {
  readonly max: Search;
  readonly min: Search;
}

/** How to read one element and whether it beats another. */
interface Element {
  readonly bytes: number;
  readonly load: (pointer: Operand<"i32">) => Expression;
  readonly better: (extreme: Extreme, a: Expression, b: Expression) => Expression<"i32">;
}

type Compare<T extends "f32" | "f64" | "i32"> = (a: Operand<T>, b: Operand<T>) => Expression<"i32">;

/** A number beats a smaller one, or a larger one; NaN beats every number. */
function floatElement<T extends "f32" | "f64">(
  bytes: number,
  {
    load,
    gt,
    lt,
    ne,
    eq,
  }: { readonly [Name in "gt" | "lt" | "ne" | "eq"]: Compare<T> } & {
    readonly load: (pointer: Operand<"i32">) => Expression;
  },
): Element {
  return {
    bytes,
    load,
    better: (extreme, left, right) => {
      const [a, b] = [left as Operand<T>, right as Operand<T>];
      const beats = extreme === "max" ? gt : lt;
      return i32.or(beats(a, b), i32.and(ne(a, a), eq(b, b)));
    },
  };
}

function integerElement(
  bytes: number,
  load: (pointer: Operand<"i32">) => Expression<"i32">,
  gt: Compare<"i32"> = i32.gtS,
  lt: Compare<"i32"> = i32.ltS,
): Element {
  return {
    bytes,
    load,
    better: (extreme, a, b) =>
      (extreme === "max" ? gt : lt)(a as Expression<"i32">, b as Expression<"i32">),
  };
}

/** Continues a search among the elements from `pointer` to `end`, `step` bytes apart. */
function searchOn(
  f: FunctionBuilder,
  element: Element,
  extreme: Extreme,
  pointer: Local<"i32">,
  end: Operand<"i32">,
  step: Operand<"i32">,
  best: Local,
  at: Local<"i32">,
  index: Local<"i32">,
): void {
  const value = f.local(best.type);
  f.while(i32.ltU(pointer, end), () => {
    f.set(value, element.load(pointer));
    f.if(element.better(extreme, value, best), () => {
      f.set(best, value);
      f.set(at, index);
    });
    f.set(pointer, i32.add(pointer, step));
    f.set(index, i32.add(index, 1));
  });
}

function buildSearch(module: ModuleBuilder, element: Element, extreme: Extreme): void {
  const { bytes, load } = element;
  module.function(
    extreme,
    { from: "i32", to: "i32", outer: "i32", length: "i32", inner: "i32" },
    undefined,
    (f, { from, to, outer, length, inner }) => {
      const step = f.let(i32.mul(inner, bytes));
      const slab = f.let(i32.mul(length, step));
      const row = f.local("i32");
      const column = f.local("i32");
      const pointer = f.local("i32");
      const end = f.local("i32");
      const best = f.local(load(0).type);
      const at = f.local("i32");
      const index = f.local("i32");
      const finish = (): void => {
        searchOn(f, element, extreme, pointer, end, step, best, at, index);
        f.store(to, at);
        f.set(to, i32.add(to, 4));
      };
      f.for(row, 0, outer, 1, () => {
        f.set(column, from);
        f.set(from, i32.add(from, slab));
        const rowEnd = f.let(i32.add(column, step));
        if (bytes === 4 && best.type === "f32") {
          f.if(i32.and(i32.eq(inner, 1), i32.geU(length, 8)), () => {
            acrossLanes(
              f,
              element,
              extreme,
              column,
              from,
              pointer,
              best as Local<"f32">,
              at,
              index,
            );
            f.set(end, from);
            f.set(column, rowEnd);
            finish();
          });
          f.while(i32.leU(i32.add(column, 16), rowEnd), () => {
            downColumns(f, extreme, column, from, step, to);
            f.set(to, i32.add(to, 16));
            f.set(column, i32.add(column, 16));
          });
        }
        f.while(i32.ltU(column, rowEnd), () => {
          f.set(best, load(column));
          f.set(at, 0);
          f.set(index, 1);
          f.set(pointer, i32.add(column, step));
          f.set(end, i32.add(column, slab));
          finish();
          f.set(column, i32.add(column, bytes));
        });
      });
    },
  );
}

/** As `better` in four lanes of float32. */
function betterLanes(
  extreme: Extreme,
  a: Expression<"v128">,
  b: Expression<"v128">,
): Expression<"v128"> {
  const beats = extreme === "max" ? f32x4.gt(a, b) : f32x4.lt(a, b);
  return v128.or(beats, v128.and(f32x4.ne(a, a), f32x4.eq(b, b)));
}

/** Searches four lanes of one row each on its own, and then among the lanes. */
function acrossLanes(
  f: FunctionBuilder,
  element: Element,
  extreme: Extreme,
  row: Local<"i32">,
  end: Local<"i32">,
  pointer: Local<"i32">,
  best: Local<"f32">,
  at: Local<"i32">,
  index: Local<"i32">,
): void {
  const lanes = f.let(v128.load(row));
  const places = f.let(i32x4.const([0, 1, 2, 3]));
  const present = f.let(places);
  const value = f.local("v128");
  const mask = f.local("v128");
  f.set(pointer, i32.add(row, 16));
  f.set(index, 4);
  f.while(i32.leU(i32.add(pointer, 16), end), () => {
    f.set(value, v128.load(pointer));
    f.set(present, i32x4.add(present, i32x4.splat(4)));
    f.set(mask, betterLanes(extreme, value, lanes));
    f.set(lanes, v128.bitselect(value, lanes, mask));
    f.set(places, v128.bitselect(present, places, mask));
    f.set(pointer, i32.add(pointer, 16));
    f.set(index, i32.add(index, 4));
  });
  f.set(best, f32x4.extractLane(lanes, 0));
  f.set(at, i32x4.extractLane(places, 0));
  for (let lane = 1; lane < 4; lane++) {
    const rival = f.let(f32x4.extractLane(lanes, lane));
    const place = f.let(i32x4.extractLane(places, lane));
    const worse = element.better(extreme, best, rival);
    const better = element.better(extreme, rival, best);
    // Neither is better: equal numbers, or both NaN.
    const first = i32.and(i32.eqz(worse), i32.ltU(place, at));
    f.if(i32.or(better, first), () => {
      f.set(best, rival);
      f.set(at, place);
    });
  }
}

/** Searches four neighbouring columns. */
function downColumns(
  f: FunctionBuilder,
  extreme: Extreme,
  column: Local<"i32">,
  end: Local<"i32">,
  step: Local<"i32">,
  to: Local<"i32">,
): void {
  const lanes = f.let(v128.load(column));
  const places = f.let(i32x4.splat(0));
  const present = f.let(places);
  const value = f.local("v128");
  const mask = f.local("v128");
  const pointer = f.let(i32.add(column, step));
  f.while(i32.ltU(pointer, end), () => {
    f.set(value, v128.load(pointer));
    f.set(present, i32x4.add(present, i32x4.splat(1)));
    f.set(mask, betterLanes(extreme, value, lanes));
    f.set(lanes, v128.bitselect(value, lanes, mask));
    f.set(places, v128.bitselect(present, places, mask));
    f.set(pointer, i32.add(pointer, step));
  });
  f.store(to, places);
}

function defineSearch(element: () => Element): () => SearchFunctions | undefined {
  return defineKernel<SearchFunctions>((module) => {
    buildSearch(module, element(), "max");
    buildSearch(module, element(), "min");
  });
}

const SEARCHES: { readonly [Name in DType]?: () => SearchFunctions | undefined } = {
  bool: /* @__PURE__ */ defineSearch(() => integerElement(1, i32.load8U)),
  int8: /* @__PURE__ */ defineSearch(() => integerElement(1, i32.load8S)),
  uint8: /* @__PURE__ */ defineSearch(() => integerElement(1, i32.load8U)),
  int16: /* @__PURE__ */ defineSearch(() => integerElement(2, i32.load16S)),
  uint16: /* @__PURE__ */ defineSearch(() => integerElement(2, i32.load16U)),
  int32: /* @__PURE__ */ defineSearch(() => integerElement(4, i32.load)),
  uint32: /* @__PURE__ */ defineSearch(() => integerElement(4, i32.load, i32.gtU, i32.ltU)),
  float32: /* @__PURE__ */ defineSearch(() => floatElement<"f32">(4, f32)),
  float64: /* @__PURE__ */ defineSearch(() => floatElement<"f64">(8, f64)),
};

/** The kernel of `argmax` or `argmin` over neighbouring axes; undefined for 16-bit floats. */
export function searchKernel(
  extreme: Extreme,
  { shape, dtype }: ShapedArray,
  axes: readonly number[],
): MemoryKernel | undefined {
  const functions = SEARCHES[dtype]?.();
  if (functions === undefined) return undefined;
  const search = functions[extreme];
  const layout = neighbourLayout(shape, axes);
  if (layout === undefined) return undefined;
  const { outer, length, inner } = layout;
  return ([from], to) => {
    search(from, to, outer, length, inner);
  };
}
