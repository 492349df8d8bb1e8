import {
  callFunction,
  defineKernel,
  f32x4,
  f32x4Exp,
  f32x4Log,
  f64x2,
  i32,
  i32x4,
  v128,
} from "@flaxen/wasm";
import type {
  Expression,
  FunctionBuilder,
  FunctionReference,
  Local,
  ModuleBuilder,
  Operand,
} from "@flaxen/wasm";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { ShapedArray } from "../primitive.ts";
import { neighbourLayout } from "../reduction-kernels.ts";

/** What is written of a row: an element for each of its own, or one for all. */
export type RowOperation = "softmax" | "logSoftmax" | "logsumexp";

/**
 * Rows of at most this length are added one term after the other, as columns are. Terms are added in float64, and
 * those of longer rows to four partial sums, term i to the one of number i mod 4; these are added as
 * (0 + 2) + (1 + 3).
 */
export const SHORT_ROW = 16;

/** For arrays `[outer, length, inner]`; `finite` tells whether an infinite maximum counts as 0. */
type Columns = (
  from: number,
  to: number,
  outer: number,
  length: number,
  inner: number,
  finite: number,
) => void;

/** The operation for float32 arrays along `length`. */
interface RowFunctions {
  /** For rows: arrays `[outer, length]`. */
  readonly rows: (from: number, to: number, outer: number, length: number, finite: number) => void;
  /** For columns. */
  readonly columns: Columns;
  /** For `inner` rows, each of `length` neighbours; `outer` is 1. */
  readonly shortRows: Columns;
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
    i32.geS(count, 4),
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

type LogFunction = FunctionReference<{ readonly x: "v128" }, "v128">;

/** The logarithm of four lanes. A function of its own, since inlined it costs the loops their registers. */
function buildLog(module: ModuleBuilder): LogFunction {
  return module.function(
    "log",
    { x: "v128" },
    "v128",
    (f, { x }) => f.return(f32x4Log(f, [x])[0]),
    {
      exported: false,
    },
  );
}

/** What the last pass over a row applies to its elements, given the rounded total of each lane. */
function lastStep(
  f: FunctionBuilder,
  operation: "softmax" | "logSoftmax",
  log: LogFunction,
  total: Vector,
): (x: Expression<"v128">) => Expression<"v128"> {
  if (operation === "softmax") return (x) => f32x4.div(x, total);
  const logarithm = f.let(callFunction(log, total));
  return (x) => f32x4.sub(x, logarithm);
}

function buildRows(module: ModuleBuilder, operation: RowOperation, log: LogFunction): void {
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
      const second = f.local("v128");
      const top = f.local("v128");
      const sums = [f.local("v128"), f.local("v128")];
      const zero = f.hoist(f64x2.splat(0));
      const count = f.local("i32");
      const next = f.local("i32");
      /** Runs `body` on each four vectors of the row, and leaves less than that of it. */
      const overFours = (source: Local<"i32">, body: (xs: readonly Vector[]) => void): void => {
        f.set(count, length);
        f.set(p, source);
        f.while(i32.geS(count, 16), () => {
          body([0, 16, 32, 48].map((at) => f.let(v128.load(p, at))));
          bump(f, p, 64);
          bump(f, count, -16);
        });
      };
      /** Runs `body` for each four elements that are left, with those behind the row replaced by -inf. */
      const overRest = (body: () => void): void => {
        f.while(i32.gtS(count, 0), () => {
          f.set(value, v128.load(p));
          f.if(i32.ltS(count, 4), () => {
            f.set(value, v128.bitselect(value, least, restMask));
          });
          body();
          bump(f, p, 16);
          bump(f, count, -4);
        });
      };
      /** As `overRest` for each eight elements; `next` is the count of the second four. */
      const overRestInPairs = (body: () => void): void => {
        f.while(i32.gtS(count, 0), () => {
          f.set(next, i32.sub(count, 4));
          f.set(value, v128.load(p));
          f.set(second, v128.load(p, 16));
          f.if(i32.ltS(next, 4), () => {
            f.if(
              i32.gtS(next, 0),
              () => f.set(second, v128.bitselect(second, least, restMask)),
              () => f.set(second, least),
            );
            f.if(i32.ltS(count, 4), () => {
              f.set(value, v128.bitselect(value, least, restMask));
            });
          });
          body();
          bump(f, p, 32);
          bump(f, count, -8);
        });
      };
      /** Writes whole vectors. */
      const storeFours = (xs: readonly Vector[]): void => {
        xs.forEach((x, i) => f.store(q, x, 16 * i));
        bump(f, q, 64);
      };
      f.for(row, 0, outer, 1, () => {
        f.set(end, i32.add(from, i32.shl(length, 2)));
        f.set(top, least);
        overFours(from, ([a, b, c, d]) => {
          f.set(top, f32x4.max(top, f32x4.max(f32x4.max(a, b), f32x4.max(c, d))));
        });
        overRest(() => f.set(top, f32x4.max(top, value)));
        f.set(top, f32x4.max(top, i32x4.shuffle(top, top, [2, 3, 0, 1])));
        f.set(top, f32x4.max(top, i32x4.shuffle(top, top, [1, 0, 3, 2])));
        makeFinite(f, top, finite);
        for (const sum of sums) f.set(sum, zero);
        f.set(q, to);
        /** Adds the terms of vectors, and hands out what is written of them. */
        const addExp = (
          values: readonly Vector[],
          write: (xs: readonly Vector[]) => void,
        ): void => {
          const shifted = values.map((x) => f.let(f32x4.sub(x, top)));
          const terms = f32x4Exp(f, shifted);
          if (operation !== "logsumexp") write(operation === "softmax" ? terms : shifted);
          for (const x of terms) addTerms(f, sums, x);
        };
        overFours(from, (values) => addExp(values, storeFours));
        overRestInPairs(() =>
          addExp([value, second], (xs) => {
            storeLanes(f, q, xs[0], count);
            bump(f, q, 16);
            f.if(i32.gtS(next, 0), () => storeLanes(f, q, xs[1], next));
            bump(f, q, 16);
          }),
        );
        const pairs = f.let(f64x2.add(sums[0], sums[1]));
        const all = f64x2.add(pairs, f64x2.shuffle(pairs, pairs, [1, 0]));
        const rounded = f.let(f32x4.demoteF64x2Zero(all));
        const total = f.let(i32x4.shuffle(rounded, rounded, [0, 0, 0, 0]));
        if (operation === "logsumexp") {
          const result = f.let(f32x4.add(callFunction(log, total), top));
          f.store32Lane(to, result, 0);
          bump(f, to, 4);
        } else {
          const finish = lastStep(f, operation, log, total);
          f.set(q, to);
          overFours(to, (values) => storeFours(values.map((x) => f.let(finish(x)))));
          overRest(() => {
            storeLanes(f, q, f.let(finish(value)), count);
            bump(f, q, 16);
          });
          bump(f, to, i32.shl(length, 2));
        }
        f.set(from, end);
      });
    },
  );
}

/** Four neighbouring columns, or with `gathered` the same elements of four rows. */
interface Four {
  readonly from: readonly Local<"i32">[];
  /** Goes to the first element of the four lines that begin at `start`. */
  readonly begin: (start: Operand<"i32">) => void;
  readonly load: () => Expression<"v128">;
  /** Writes to where the elements were read, `shift` bytes further. */
  readonly store: (shift: Operand<"i32">, x: Vector) => void;
}

function fourColumns(
  f: FunctionBuilder,
  { column, inner }: Readonly<Record<"column" | "inner" | "length", Local<"i32">>>,
): Four {
  const p = f.local("i32");
  return {
    from: [p],
    begin: (start) => f.set(p, i32.add(start, i32.shl(column, 2))),
    load: () => v128.load(p),
    store: (shift, x) => {
      const target = f.let(i32.add(p, shift));
      storeLanes(f, target, x, i32.sub(inner, column));
    },
  };
}

function fourRows(
  f: FunctionBuilder,
  { column, inner, length }: Readonly<Record<"column" | "inner" | "length", Local<"i32">>>,
): Four {
  const pointers = Array.from({ length: 4 }, () => f.local("i32"));
  const rowBytes = f.let(i32.shl(length, 2));
  const last = f.let(i32.mul(i32.sub(inner, 1), rowBytes));
  const [first] = pointers;
  return {
    from: pointers,
    begin: (start) => {
      // Lanes behind the last row repeat it.
      const end = f.let(i32.add(start, last));
      f.set(first, i32.add(start, i32.mul(column, rowBytes)));
      pointers.slice(1).forEach((pointer, i) => {
        f.set(pointer, pointers[i]);
        f.if(i32.ltU(pointer, end), () => bump(f, pointer, rowBytes));
      });
    },
    load: () =>
      pointers
        .slice(1)
        .reduce((x, pointer, i) => v128.load32Lane(pointer, x, i + 1), v128.load32Zero(first)),
    store: (shift, x) => {
      pointers.forEach((pointer, lane) => f.store32Lane(i32.add(pointer, shift), x, lane));
    },
  };
}

function buildColumns(
  module: ModuleBuilder,
  operation: RowOperation,
  log: LogFunction,
  name: "columns" | "shortRows",
): void {
  module.function(
    name,
    { from: "i32", to: "i32", outer: "i32", length: "i32", inner: "i32", finite: "i32" },
    undefined,
    (f, { from, to, outer, length, inner, finite }) => {
      const least = f.hoist(f32x4.splat(-Infinity));
      const zero = f.hoist(f64x2.splat(0));
      const short = name === "shortRows";
      const rowBytes = f.let(i32.shl(inner, 2));
      const step = short ? 4 : rowBytes;
      const slab = f.let(i32.mul(rowBytes, length));
      const turn = f.local("i32");
      const column = f.local("i32");
      const k = f.local("i32");
      const shift = f.local("i32");
      const value = f.local("v128");
      const second = f.local("v128");
      const top = f.local("v128");
      const sums = [f.local("v128"), f.local("v128")];
      const one = operation === "logsumexp";
      const four = (short ? fourRows : fourColumns)(f, { column, inner, length });
      const paired = f.local("i32");
      const advance = (): void => {
        for (const pointer of four.from) bump(f, pointer, step);
      };
      const over = (source: Local<"i32">, body: () => void): void => {
        four.begin(source);
        f.for(k, 0, length, 1, () => {
          f.set(value, four.load());
          body();
          advance();
        });
      };
      f.for(turn, 0, outer, 1, () => {
        f.for(column, 0, inner, 4, () => {
          f.set(top, least);
          over(from, () => f.set(top, f32x4.max(top, value)));
          makeFinite(f, top, finite);
          for (const sum of sums) f.set(sum, zero);
          // Two steps at a time; at an odd end the second one counts for nothing.
          f.set(shift, i32.sub(to, from));
          four.begin(from);
          f.for(k, 0, length, 2, () => {
            f.set(value, four.load());
            f.set(second, least);
            f.set(paired, i32.ltS(i32.add(k, 1), length));
            f.if(paired, () => {
              advance();
              f.set(second, four.load());
            });
            const shifted = [value, second].map((x) => f.let(f32x4.sub(x, top)));
            const terms = f32x4Exp(f, shifted);
            if (operation !== "logsumexp") {
              const [first, last] = operation === "softmax" ? terms : shifted;
              f.if(
                paired,
                () => {
                  four.store(i32.sub(shift, step), first);
                  four.store(shift, last);
                },
                () => four.store(shift, first),
              );
            }
            for (const x of terms) addTerms(f, sums, x);
            advance();
          });
          const low = f32x4.demoteF64x2Zero(sums[0]);
          const high = f32x4.demoteF64x2Zero(sums[1]);
          const total = f.let(i32x4.shuffle(low, high, [0, 1, 4, 5]));
          if (operation === "logsumexp") {
            const result = f.let(f32x4.add(callFunction(log, total), top));
            const target = f.let(i32.add(to, i32.shl(column, 2)));
            storeLanes(f, target, result, i32.sub(inner, column));
          } else {
            const finish = lastStep(f, operation, log, total);
            over(to, () => {
              const result = f.let(finish(value));
              four.store(0, result);
            });
          }
        });
        bump(f, from, slab);
        bump(f, to, one ? rowBytes : slab);
      });
    },
  );
}

function defineRows(operation: RowOperation): () => RowFunctions | undefined {
  return defineKernel<RowFunctions>((module) => {
    const log = buildLog(module);
    buildRows(module, operation, log);
    buildColumns(module, operation, log, "columns");
    buildColumns(module, operation, log, "shortRows");
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
  if (inner === 1 && length <= SHORT_ROW) {
    return ([from], to) => {
      functions.shortRows(from, to, 1, length, outer, Number(finite));
    };
  }
  if (inner === 1) {
    return ([from], to) => {
      functions.rows(from, to, outer, length, Number(finite));
    };
  }
  return ([from], to) => {
    functions.columns(from, to, outer, length, inner, Number(finite));
  };
}
