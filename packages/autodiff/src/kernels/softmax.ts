import { defineKernel, f32x4, f32x4Exp, f32x4Log, f64x2, i32, i32x4, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { ShapedArray } from "../primitive.ts";
import { neighbourLayout } from "../reduction-kernels.ts";

/** What is written of a row: an element for each of its own, or one for all. */
export type RowOperation = "softmax" | "logSoftmax" | "logsumexp";

/**
 * The operation for float32 arrays `[outer, length, inner]` along `length`. Terms are added in float64:
 * with `inner` 1 term i to the partial sum i mod 4, the four being added as (0 + 2) + (1 + 3); else
 * one after the other.
 */
interface RowFunctions {
  /** For `inner` 1. `finite` tells whether an infinite maximum counts as 0. */
  readonly rows: (from: number, to: number, outer: number, length: number, finite: number) => void;
  /** For any `inner`. */
  readonly columns: (
    from: number,
    to: number,
    outer: number,
    length: number,
    inner: number,
    finite: number,
  ) => void;
}

type Vector = Local<"v128">;

function bump(f: FunctionBuilder, pointer: Local<"i32">, bytes: Operand<"i32">): void {
  f.set(pointer, i32.add(pointer, bytes));
}

/** Writes the first `count` of four lanes. */
function storeLanes(
  f: FunctionBuilder,
  pointer: Local<"i32">,
  x: Vector,
  count: Operand<"i32">,
): void {
  f.if(
    i32.geU(count, 4),
    () => f.store(pointer, x),
    () => {
      f.if(
        i32.and(count, 2),
        () => {
          f.store64Lane(pointer, x, 0);
          f.if(i32.and(count, 1), () => f.store32Lane(pointer, x, 2, 8));
        },
        () => f.if(i32.and(count, 1), () => f.store32Lane(pointer, x, 0)),
      );
    },
  );
}

/** Replaces an infinite or missing maximum by 0 where `finite` says so. */
function makeFinite(f: FunctionBuilder, top: Vector, finite: Local<"i32">): void {
  const zero = f.hoist(f32x4.splat(0));
  f.if(finite, () => {
    f.set(top, v128.and(top, f32x4.eq(f32x4.sub(top, top), zero)));
  });
}

/** Adds four float32 to sums in float64. */
function addTerms(f: FunctionBuilder, [low, high]: readonly Vector[], terms: Vector): void {
  f.set(low, f64x2.add(low, f64x2.promoteLowF32x4(terms)));
  const upper = i32x4.shuffle(terms, terms, [2, 3, 2, 3]);
  f.set(high, f64x2.add(high, f64x2.promoteLowF32x4(upper)));
}

/** What the last pass over a row applies to its elements, given the rounded total of each lane. */
function lastStep(
  f: FunctionBuilder,
  operation: "softmax" | "logSoftmax",
  total: Vector,
): (x: Expression<"v128">) => Expression<"v128"> {
  if (operation === "softmax") return (x) => f32x4.div(x, total);
  const logarithm = f32x4Log(f, [total])[0];
  return (x) => f32x4.sub(x, logarithm);
}

function buildRows(module: ModuleBuilder, operation: RowOperation): void {
  module.function(
    "rows",
    { from: "i32", to: "i32", outer: "i32", length: "i32", finite: "i32" },
    undefined,
    (f, { from, to, outer, length, finite }) => {
      const least = f.hoist(f32x4.splat(-Infinity));
      const rest = f.let(i32.and(length, 3));
      const restMask = f.let(i32x4.ltS(i32x4.const([0, 1, 2, 3]), i32x4.splat(rest)));
      const row = f.local("i32");
      const end = f.local("i32");
      const p = f.local("i32");
      const q = f.local("i32");
      const value = f.local("v128");
      const top = f.local("v128");
      const sums = [f.local("v128"), f.local("v128")];
      const zero = f.hoist(f64x2.splat(0));
      /** Runs `body` for each four elements of the row, with those behind it replaced by -inf. */
      const overRow = (source: Local<"i32">, body: (count: Local<"i32">) => void): void => {
        const count = f.let(length);
        f.set(p, source);
        f.while(i32.gtS(count, 0), () => {
          f.set(value, v128.load(p));
          f.if(i32.ltS(count, 4), () => {
            f.set(value, v128.bitselect(value, least, restMask));
          });
          body(count);
          bump(f, p, 16);
          bump(f, count, -4);
        });
      };
      f.for(row, 0, outer, 1, () => {
        f.set(end, i32.add(from, i32.shl(length, 2)));
        f.set(top, least);
        overRow(from, () => f.set(top, f32x4.max(top, value)));
        f.set(top, f32x4.max(top, i32x4.shuffle(top, top, [2, 3, 0, 1])));
        f.set(top, f32x4.max(top, i32x4.shuffle(top, top, [1, 0, 3, 2])));
        makeFinite(f, top, finite);
        for (const sum of sums) f.set(sum, zero);
        f.set(q, to);
        overRow(from, (count) => {
          const shifted = f.let(f32x4.sub(value, top));
          const terms = f32x4Exp(f, [shifted])[0];
          if (operation !== "logsumexp") {
            storeLanes(f, q, operation === "softmax" ? terms : shifted, count);
            bump(f, q, 16);
          }
          addTerms(f, sums, terms);
        });
        const pairs = f.let(f64x2.add(sums[0], sums[1]));
        const all = f64x2.add(pairs, f64x2.shuffle(pairs, pairs, [1, 0]));
        const rounded = f.let(f32x4.demoteF64x2Zero(all));
        const total = f.let(i32x4.shuffle(rounded, rounded, [0, 0, 0, 0]));
        if (operation === "logsumexp") {
          const result = f.let(f32x4.add(f32x4Log(f, [total])[0], top));
          f.store32Lane(to, result, 0);
          bump(f, to, 4);
        } else {
          const finish = lastStep(f, operation, total);
          f.set(q, to);
          overRow(to, (count) => {
            const result = f.let(finish(value));
            storeLanes(f, q, result, count);
            bump(f, q, 16);
          });
          bump(f, to, i32.shl(length, 2));
        }
        f.set(from, end);
      });
    },
  );
}

function buildColumns(module: ModuleBuilder, operation: RowOperation): void {
  module.function(
    "columns",
    { from: "i32", to: "i32", outer: "i32", length: "i32", inner: "i32", finite: "i32" },
    undefined,
    (f, { from, to, outer, length, inner, finite }) => {
      const least = f.hoist(f32x4.splat(-Infinity));
      const zero = f.hoist(f64x2.splat(0));
      const step = f.let(i32.shl(inner, 2));
      const slab = f.let(i32.mul(step, length));
      const turn = f.local("i32");
      const column = f.local("i32");
      const count = f.local("i32");
      const k = f.local("i32");
      const p = f.local("i32");
      const q = f.local("i32");
      const value = f.local("v128");
      const top = f.local("v128");
      const sums = [f.local("v128"), f.local("v128")];
      const one = operation === "logsumexp";
      const over = (source: Local<"i32">, body: () => void): void => {
        f.set(p, i32.add(source, i32.shl(column, 2)));
        f.for(k, 0, length, 1, () => {
          f.set(value, v128.load(p));
          body();
          bump(f, p, step);
        });
      };
      f.for(turn, 0, outer, 1, () => {
        f.for(column, 0, inner, 4, () => {
          f.set(count, i32.sub(inner, column));
          f.set(top, least);
          over(from, () => f.set(top, f32x4.max(top, value)));
          makeFinite(f, top, finite);
          for (const sum of sums) f.set(sum, zero);
          f.set(q, i32.add(to, i32.shl(column, 2)));
          over(from, () => {
            const shifted = f.let(f32x4.sub(value, top));
            const terms = f32x4Exp(f, [shifted])[0];
            if (!one) {
              storeLanes(f, q, operation === "softmax" ? terms : shifted, count);
              bump(f, q, step);
            }
            addTerms(f, sums, terms);
          });
          const low = f32x4.demoteF64x2Zero(sums[0]);
          const high = f32x4.demoteF64x2Zero(sums[1]);
          const total = f.let(i32x4.shuffle(low, high, [0, 1, 4, 5]));
          if (operation === "logsumexp") {
            const result = f.let(f32x4.add(f32x4Log(f, [total])[0], top));
            storeLanes(f, q, result, count);
          } else {
            const finish = lastStep(f, operation, total);
            f.set(q, i32.add(to, i32.shl(column, 2)));
            over(to, () => {
              const result = f.let(finish(value));
              storeLanes(f, q, result, count);
              bump(f, q, step);
            });
          }
        });
        bump(f, from, slab);
        bump(f, to, one ? step : slab);
      });
    },
  );
}

function defineRows(operation: RowOperation): () => RowFunctions | undefined {
  return defineKernel<RowFunctions>((module) => {
    buildRows(module, operation);
    buildColumns(module, operation);
  });
}

const ROWS = {
  softmax: /* @__PURE__ */ defineRows("softmax"),
  logSoftmax: /* @__PURE__ */ defineRows("logSoftmax"),
  logsumexp: /* @__PURE__ */ defineRows("logsumexp"),
};

/** The kernel of one operation along neighbouring axes; undefined for other dtypes than float32. */
export function rowKernel(
  operation: RowOperation,
  { shape, dtype }: ShapedArray,
  axes: readonly number[],
  finite: boolean,
): MemoryKernel | undefined {
  if (dtype !== "float32") return undefined;
  const layout = neighbourLayout(shape, axes);
  const functions = ROWS[operation]();
  if (layout === undefined || functions === undefined) return undefined;
  const { outer, length, inner } = layout;
  if (inner === 1) {
    return ([from], to) => {
      functions.rows(from, to, outer, length, Number(finite));
    };
  }
  return ([from], to) => {
    functions.columns(from, to, outer, length, inner, Number(finite));
  };
}
