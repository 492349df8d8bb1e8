import { defineKernel, f64x2, i32, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder } from "@flaxen/wasm";

/** Operations on rows of float64 matrices, see row-operations.ts; pointers and strides in bytes, widths multiples of 4. */
export interface RowKernel {
  readonly combineRows: (
    w: number,
    x: number,
    stride: number,
    rows: number,
    width: number,
    v: number,
  ) => void;
  readonly subtractOuter: (
    x: number,
    stride: number,
    rows: number,
    width: number,
    v: number,
    w: number,
  ) => void;
  readonly reflectBothSides: (
    x: number,
    stride: number,
    rows: number,
    width: number,
    v: number,
    w: number,
    u: number,
    tau: number,
  ) => void;
  readonly rotateRows: (
    x: number,
    step: number,
    width: number,
    count: number,
    cos: number,
    sin: number,
  ) => void;
}

/** The row kernel, or undefined when WebAssembly cannot be used. */
export const rowKernel: () => RowKernel | undefined = /* @__PURE__ */ defineKernel<RowKernel>(
  (module) => {
    buildCombineRows(module);
    buildSubtractOuter(module);
    buildReflectBothSides(module);
    buildRotateRows(module);
  },
);

/** Rows that one pass takes together. */
const GROUP = 4;

function buildCombineRows(module: ModuleBuilder): void {
  module.function(
    "combineRows",
    { w: "i32", x: "i32", stride: "i32", rows: "i32", width: "i32", v: "i32" },
    undefined,
    (f, { w, x, stride, rows, width, v }) => {
      const wAt = f.local("i32");
      const end = f.let(i32.add(w, i32.shl(width, 3)));
      const pass = (count: number): void => {
        const factors = Array.from({ length: count }, (_, r) => f.let(v128.load64Splat(v, 8 * r)));
        const places = rowPointers(f, x, stride, count);
        f.set(wAt, w);
        f.while(i32.ltU(wAt, end), () => {
          const products = factors.map((factor, r) => f64x2.mul(factor, v128.load(places[r])));
          f.store(wAt, f64x2.add(v128.load(wAt), sumInPairs(products)));
          for (const place of places) f.set(place, i32.add(place, 16));
          f.set(wAt, i32.add(wAt, 16));
        });
        f.set(x, i32.add(x, i32.mul(stride, count)));
        f.set(v, i32.add(v, 8 * count));
        f.set(rows, i32.sub(rows, count));
      };
      f.while(i32.geS(rows, GROUP), () => pass(GROUP));
      f.while(i32.gtS(rows, 0), () => pass(1));
    },
  );
}

/** `a + b + (c + d)` of four, or the only one. */
function sumInPairs(terms: readonly Expression<"v128">[]): Expression<"v128"> {
  if (terms.length === 1) return terms[0];
  return f64x2.add(f64x2.add(terms[0], terms[1]), f64x2.add(terms[2], terms[3]));
}

function rowPointers(
  f: FunctionBuilder,
  x: Local<"i32">,
  stride: Local<"i32">,
  count: number,
): Local<"i32">[] {
  const places = [f.let(x)];
  for (let r = 1; r < count; r++) places.push(f.let(i32.add(places[r - 1], stride)));
  return places;
}

function buildSubtractOuter(module: ModuleBuilder): void {
  module.function(
    "subtractOuter",
    { x: "i32", stride: "i32", rows: "i32", width: "i32", v: "i32", w: "i32" },
    undefined,
    (f, { x, stride, rows, width, v, w }) => {
      const wAt = f.local("i32");
      const end = f.let(i32.add(w, i32.shl(width, 3)));
      const vector = f.local("v128");
      const pass = (count: number): void => {
        const factors = Array.from({ length: count }, (_, r) => f.let(v128.load64Splat(v, 8 * r)));
        const places = rowPointers(f, x, stride, count);
        f.set(wAt, w);
        f.while(i32.ltU(wAt, end), () => {
          f.set(vector, v128.load(wAt));
          for (const [r, place] of places.entries()) {
            f.store(place, f64x2.sub(v128.load(place), f64x2.mul(factors[r], vector)));
            f.set(place, i32.add(place, 16));
          }
          f.set(wAt, i32.add(wAt, 16));
        });
        f.set(x, i32.add(x, i32.mul(stride, count)));
        f.set(v, i32.add(v, 8 * count));
        f.set(rows, i32.sub(rows, count));
      };
      f.while(i32.geS(rows, GROUP), () => pass(GROUP));
      f.while(i32.gtS(rows, 0), () => pass(1));
    },
  );
}

function buildReflectBothSides(module: ModuleBuilder): void {
  module.function(
    "reflectBothSides",
    {
      x: "i32",
      stride: "i32",
      rows: "i32",
      width: "i32",
      v: "i32",
      w: "i32",
      u: "i32",
      tau: "f64",
    },
    undefined,
    (f, { x, stride, rows, width, v, w, u, tau }) => {
      const offset = f.local("i32");
      const bytes = f.let(i32.shl(width, 3));
      const factor = f.local("v128");
      const scale = f.let(f64x2.splat(tau));
      const sums = [f.local("v128"), f.local("v128")];
      const values = [f.local("v128"), f.local("v128")];
      const at = f.local("i32");
      const wAt = f.local("i32");
      const uAt = f.local("i32");
      f.while(i32.gtS(rows, 0), () => {
        f.set(factor, v128.load64Splat(v));
        for (const sum of sums) f.set(sum, f64x2.const([0, 0]));
        f.set(wAt, w);
        f.for(offset, 0, bytes, 32, () => {
          f.set(at, i32.add(x, offset));
          f.set(uAt, i32.add(u, offset));
          for (const [i, value] of values.entries()) {
            const product = f64x2.mul(factor, v128.load(wAt, 16 * i));
            f.set(value, f64x2.sub(v128.load(at, 16 * i), product));
            f.store(at, value, 16 * i);
            f.set(sums[i], f64x2.add(sums[i], f64x2.mul(value, v128.load(uAt, 16 * i))));
          }
          f.set(wAt, i32.add(wAt, 32));
        });
        f.set(sums[0], f64x2.add(sums[0], sums[1]));
        // Both lanes become the sum of both.
        f.set(sums[0], f64x2.add(sums[0], f64x2.shuffle(sums[0], sums[0], [1, 0])));
        f.set(factor, f64x2.mul(scale, sums[0]));
        f.for(offset, 0, bytes, 16, () => {
          f.set(at, i32.add(x, offset));
          const product = f64x2.mul(factor, v128.load(i32.add(u, offset)));
          f.store(at, f64x2.sub(v128.load(at), product));
        });
        f.set(x, i32.add(x, stride));
        f.set(v, i32.add(v, 8));
        f.set(rows, i32.sub(rows, 1));
      });
    },
  );
}

/** Vectors of a row that are in registers while a chain of rotations passes: a line of the cache. */
const STRIP = 4;

function buildRotateRows(module: ModuleBuilder): void {
  module.function(
    "rotateRows",
    { x: "i32", step: "i32", width: "i32", count: "i32", cos: "i32", sin: "i32" },
    undefined,
    (f, { x, step, width, count, cos, sin }) => {
      const at = f.local("i32");
      const next = f.local("i32");
      const turn = f.local("i32");
      const bytes = f.let(i32.shl(count, 3));
      const c = f.local("v128");
      const s = f.local("v128");
      const first = Array.from({ length: STRIP }, () => f.local("v128"));
      const second = Array.from({ length: STRIP }, () => f.local("v128"));
      f.while(i32.gtS(width, 0), () => {
        f.set(at, x);
        for (const [i, a] of first.entries()) f.set(a, v128.load(at, 16 * i));
        f.for(turn, 0, bytes, 8, () => {
          f.set(c, v128.load64Splat(i32.add(cos, turn)));
          f.set(s, v128.load64Splat(i32.add(sin, turn)));
          f.set(next, i32.add(at, step));
          for (const [i, b] of second.entries()) {
            const a = first[i];
            f.set(b, v128.load(next, 16 * i));
            f.store(at, f64x2.add(f64x2.mul(c, a), f64x2.mul(s, b)), 16 * i);
            f.set(a, f64x2.sub(f64x2.mul(c, b), f64x2.mul(s, a)));
          }
          f.set(at, next);
        });
        for (const [i, a] of first.entries()) f.store(at, a, 16 * i);
        f.set(x, i32.add(x, 16 * STRIP));
        f.set(width, i32.sub(width, 2 * STRIP));
      });
    },
  );
}
