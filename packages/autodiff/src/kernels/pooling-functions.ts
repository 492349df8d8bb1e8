import { defineKernel, f32, f32x4, f64, f64x2, i32, i32x4, i64x2, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";

/** Bytes of one float. */
type FloatSize = 4 | 8;

/**
 * Where the windows of one pooling lie. A table holds for each window and tap the byte offset of the input
 * element, -1 in the padding; an axis before the last one and all before it count as one, "outer".
 */
type Places = [
  images: number,
  imageBytes: number,
  outerTable: number,
  outerOut: number,
  outerTaps: number,
  lastTable: number,
  lastOut: number,
  lastTaps: number,
  features: number,
];

/** Pooling of channels-last images; all but counts are addresses or bytes. */
export interface PoolingFunctions {
  /** Writes the sum of each window. */
  readonly sum: (x: number, out: number, ...places: Places) => void;
  /** Writes the maximum of each window. */
  readonly max: (x: number, out: number, ...places: Places) => void;
  /** Writes the minimum of each window. */
  readonly min: (x: number, out: number, ...places: Places) => void;
  /** Adds each element of `gradient` to all elements of its window in `out`. */
  readonly spread: (gradient: number, out: number, ...places: Places) => void;
  /** Adds each element of `gradient` to the largest element of its window in `out`. */
  readonly scatterMax: (x: number, out: number, gradient: number, ...places: Places) => void;
  /** Adds each element of `gradient` to the smallest element of its window in `out`. */
  readonly scatterMin: (x: number, out: number, gradient: number, ...places: Places) => void;
  /** Writes the element of `from` at the place of the largest element of each window of `x`. */
  readonly gatherMax: (x: number, out: number, from: number, ...places: Places) => void;
  /** Writes the element of `from` at the place of the smallest element of each window of `x`. */
  readonly gatherMin: (x: number, out: number, from: number, ...places: Places) => void;
}

const PLACES = {
  images: "i32",
  imageBytes: "i32",
  outerTable: "i32",
  outerOut: "i32",
  outerTaps: "i32",
  lastTable: "i32",
  lastOut: "i32",
  lastTaps: "i32",
  features: "i32",
} as const;

type PlacesLocals = { readonly [Name in keyof typeof PLACES]: Local<"i32"> };

type Vector = Expression<"v128">;
type Condition = Expression<"i32">;

/** How to compute with floats side by side, or with one. */
interface Lanes {
  /** Bytes of all lanes. */
  readonly bytes: number;
  readonly load: (pointer: Operand<"i32">, offset: number) => Expression;
  readonly constant: (x: number) => Expression;
  readonly add: (a: Expression, b: Expression) => Expression;
  readonly best: (operator: "max" | "min", a: Expression, b: Expression) => Expression;
  /** In each lane whether `a` is not as good as `b`, or one is NaN. */
  readonly beaten: (operator: "max" | "min", a: Expression, b: Expression) => Expression;
  /** The number of a tap in each lane. */
  readonly number: (tap: Operand<"i32">) => Expression;
  readonly equal: (a: Expression, b: Expression) => Expression;
  /** Assigns in the lanes where the mask holds. */
  readonly assign: (
    f: FunctionBuilder,
    mask: Expression,
    pairs: readonly (readonly [Local, Expression])[],
  ) => void;
  /** Adds to memory in the lanes where the mask holds; what lies there is not -0. */
  readonly addWhere: (
    f: FunctionBuilder,
    mask: Expression,
    pointer: Operand<"i32">,
    offset: number,
    x: Expression,
  ) => void;
}

function vectorLanes(size: FloatSize): Lanes {
  const floats = size === 4 ? f32x4 : f64x2;
  const add = (a: Expression, b: Expression): Vector => floats.add(a as Vector, b as Vector);
  return {
    bytes: 16,
    load: v128.load,
    constant: (x) => floats.splat(x),
    add,
    best: (operator, a, b) => floats[operator](a as Vector, b as Vector),
    beaten: (operator, a, b) =>
      v128.not(floats[operator === "max" ? "ge" : "le"](a as Vector, b as Vector)),
    number: (tap) => (size === 4 ? i32x4.splat(tap) : i64x2.extendLowI32x4S(i32x4.splat(tap))),
    equal: (a, b) => (size === 4 ? i32x4 : i64x2).eq(a as Vector, b as Vector),
    assign: (f, mask, pairs) => {
      const chosen = f.let(mask as Vector);
      for (const [variable, value] of pairs) {
        f.set(variable, v128.bitselect(value as Vector, variable as Local<"v128">, chosen));
      }
    },
    addWhere: (f, mask, pointer, offset, x) => {
      const added = v128.and(x as Vector, mask as Vector);
      f.store(pointer, add(v128.load(pointer, offset), added), offset);
    },
  };
}

function scalarLanes(size: FloatSize): Lanes {
  const shared = {
    bytes: size,
    number: (tap: Operand<"i32">): Expression => i32.add(tap, 0),
    equal: (a: Expression, b: Expression): Expression => i32.eq(a as Condition, b as Condition),
    assign: (
      f: FunctionBuilder,
      mask: Expression,
      pairs: readonly (readonly [Local, Expression])[],
    ): void => {
      f.if(mask as Condition, () => {
        for (const [variable, value] of pairs) f.set(variable as Local<"i32">, value as Condition);
      });
    },
  };
  const arithmetic =
    size === 4
      ? floatArithmetic<"f32">(f32.add, f32.max, f32.min, f32.ge, f32.le)
      : floatArithmetic<"f64">(f64.add, f64.max, f64.min, f64.ge, f64.le);
  const load = size === 4 ? f32.load : f64.load;
  return {
    ...shared,
    ...arithmetic,
    load,
    constant: (x) => (size === 4 ? f32.const(x) : f64.const(x)),
    addWhere: (f, mask, pointer, offset, x) => {
      f.if(mask as Condition, () => {
        f.store(pointer, arithmetic.add(load(pointer, offset), x), offset);
      });
    },
  };
}

type Binary<T extends "f32" | "f64", R extends "f32" | "f64" | "i32"> = (
  a: Operand<T>,
  b: Operand<T>,
) => Expression<R>;

function floatArithmetic<T extends "f32" | "f64">(
  add: Binary<T, T>,
  max: Binary<T, T>,
  min: Binary<T, T>,
  atLeast: Binary<T, "i32">,
  atMost: Binary<T, "i32">,
): Pick<Lanes, "add" | "best" | "beaten"> {
  type Value = Operand<T>;
  return {
    add: (a, b) => add(a as Value, b as Value),
    best: (operator, a, b) => (operator === "max" ? max : min)(a as Value, b as Value),
    beaten: (operator, a, b) =>
      i32.eqz((operator === "max" ? atLeast : atMost)(a as Value, b as Value)),
  };
}

/** A window: its element of the result, and a loop over its taps. */
interface Window {
  /** Address of the window in the arrays shaped like the result, relative to their starts. */
  readonly at: Local<"i32">;
  /**
   * Runs `inside` for each tap that is not in the padding, with the offset of its element in the arrays
   * shaped like the input, and `outside`, if given, for the others.
   */
  readonly taps: (inside: (offset: Local<"i32">) => void, outside?: () => void) => void;
}

/**
 * Runs `body` over all windows, each cut into blocks of features; `body` handles as many features as fit
 * into `count` of the lanes.
 */
function overWindows(
  f: FunctionBuilder,
  size: FloatSize,
  places: PlacesLocals,
  body: (window: Window, lanes: Lanes, count: number) => void,
): void {
  const { images, imageBytes, outerTable, outerOut, outerTaps, lastTable, lastOut } = places;
  const { lastTaps, features } = places;
  const image = f.local("i32");
  const imageAt = f.local("i32");
  const row = f.local("i32");
  const rowTaps = f.local("i32");
  const pixel = f.local("i32");
  const pixelTaps = f.local("i32");
  const at = f.local("i32");
  const feature = f.local("i32");
  const outerEnd = f.local("i32");
  const outerTap = f.local("i32");
  const lastEnd = f.local("i32");
  const lastTap = f.local("i32");
  const high = f.local("i32");
  const low = f.local("i32");
  const outerBytes = f.let(i32.shl(outerTaps, 2));
  const lastBytes = f.let(i32.shl(lastTaps, 2));
  const featureBytes = f.let(i32.mul(features, size));
  const taps: Window["taps"] = (inside, outside) => {
    f.set(outerTap, rowTaps);
    f.while(i32.ltU(outerTap, outerEnd), () => {
      f.set(high, i32.load(outerTap));
      f.set(lastTap, pixelTaps);
      f.if(
        i32.geS(high, 0),
        () => {
          f.set(high, i32.add(high, i32.add(imageAt, feature)));
          f.while(i32.ltU(lastTap, lastEnd), () => {
            f.set(low, i32.load(lastTap));
            f.if(
              i32.geS(low, 0),
              () => {
                f.set(low, i32.add(low, high));
                inside(low);
              },
              outside,
            );
            f.set(lastTap, i32.add(lastTap, 4));
          });
        },
        outside &&
          (() => {
            f.while(i32.ltU(lastTap, lastEnd), () => {
              outside();
              f.set(lastTap, i32.add(lastTap, 4));
            });
          }),
      );
      f.set(outerTap, i32.add(outerTap, 4));
    });
  };
  const window = { at, taps };
  const vector = vectorLanes(size);
  f.for(image, 0, images, 1, () => {
    f.set(rowTaps, outerTable);
    f.for(row, 0, outerOut, 1, () => {
      f.set(outerEnd, i32.add(rowTaps, outerBytes));
      f.set(pixelTaps, lastTable);
      f.for(pixel, 0, lastOut, 1, () => {
        f.set(lastEnd, i32.add(pixelTaps, lastBytes));
        f.set(feature, 0);
        const blocks = (lanes: Lanes, count: number): void => {
          const bytes = lanes.bytes * count;
          f.while(i32.leS(i32.add(feature, bytes), featureBytes), () => {
            body(window, lanes, count);
            f.set(at, i32.add(at, bytes));
            f.set(feature, i32.add(feature, bytes));
          });
        };
        blocks(vector, 4);
        blocks(vector, 1);
        blocks(scalarLanes(size), 1);
        f.set(pixelTaps, lastEnd);
      });
      f.set(rowTaps, outerEnd);
    });
    f.set(imageAt, i32.add(imageAt, imageBytes));
  });
}

/** One variable for each group of lanes, set to `value`. */
function variables(f: FunctionBuilder, count: number, value: (i: number) => Expression): Local[] {
  return Array.from({ length: count }, (_, i) => f.let(value(i)));
}

function buildReduce(module: ModuleBuilder, size: FloatSize, name: "sum" | "max" | "min"): void {
  const start = { sum: 0, max: -Infinity, min: Infinity }[name];
  module.function(
    name,
    { x: "i32", out: "i32", ...PLACES },
    undefined,
    (f, { x, out, ...places }) => {
      const source = f.local("i32");
      const target = f.local("i32");
      overWindows(f, size, places, ({ at, taps }, lanes, count) => {
        const totals = variables(f, count, () => lanes.constant(start));
        taps((offset) => {
          f.set(source, i32.add(x, offset));
          totals.forEach((total, i) => {
            const value = lanes.load(source, i * lanes.bytes);
            const next = name === "sum" ? lanes.add(total, value) : lanes.best(name, total, value);
            f.set(total, next as Vector);
          });
        });
        f.set(target, i32.add(out, at));
        totals.forEach((total, i) => f.store(target, total, i * lanes.bytes));
      });
    },
  );
}

/** Sets an array shaped like the input to zeros. */
function clear(f: FunctionBuilder, out: Local<"i32">, places: PlacesLocals): void {
  f.fill(out, 0, i32.mul(places.images, places.imageBytes));
}

function buildSpread(module: ModuleBuilder, size: FloatSize): void {
  module.function(
    "spread",
    { gradient: "i32", out: "i32", ...PLACES },
    undefined,
    (f, { gradient, out, ...places }) => {
      const source = f.local("i32");
      const target = f.local("i32");
      clear(f, out, places);
      overWindows(f, size, places, ({ at, taps }, lanes, count) => {
        f.set(source, i32.add(gradient, at));
        const parts = variables(f, count, (i) => lanes.load(source, i * lanes.bytes));
        taps((offset) => {
          f.set(target, i32.add(out, offset));
          parts.forEach((part, i) => {
            const place = i * lanes.bytes;
            f.store(target, lanes.add(lanes.load(target, place), part), place);
          });
        });
      });
    },
  );
}

function buildPicked(
  module: ModuleBuilder,
  size: FloatSize,
  direction: "scatter" | "gather",
  operator: "max" | "min",
): void {
  const pad = operator === "max" ? -Infinity : Infinity;
  module.function(
    `${direction}${operator === "max" ? "Max" : "Min"}`,
    { x: "i32", out: "i32", other: "i32", ...PLACES },
    undefined,
    (f, { x, out, other, ...places }) => {
      const pointer = f.local("i32");
      const tap = f.local("i32");
      if (direction === "scatter") clear(f, out, places);
      overWindows(f, size, places, ({ at, taps }, lanes, count) => {
        // NaN is beaten by whatever comes first.
        const best = variables(f, count, () => lanes.constant(NaN));
        const picked = variables(f, count, () => lanes.number(i32.const(0)));
        const number = f.let(lanes.number(i32.const(0)));
        f.set(tap, 0);
        const next = (value: (i: number) => Expression): void => {
          f.set(number, lanes.number(tap) as Vector);
          best.forEach((present, i) => {
            const candidate = f.let(value(i));
            lanes.assign(f, lanes.beaten(operator, present, candidate), [
              [present, candidate],
              [picked[i], number],
            ]);
          });
          f.set(tap, i32.add(tap, 1));
        };
        taps(
          (offset) => {
            f.set(pointer, i32.add(x, offset));
            next((i) => lanes.load(pointer, i * lanes.bytes));
          },
          () => next(() => lanes.constant(pad)),
        );
        f.set(tap, 0);
        const step = (): void => f.set(tap, i32.add(tap, 1));
        if (direction === "scatter") {
          f.set(pointer, i32.add(other, at));
          const parts = variables(f, count, (i) => lanes.load(pointer, i * lanes.bytes));
          taps((offset) => {
            f.set(pointer, i32.add(out, offset));
            f.set(number, lanes.number(tap) as Vector);
            parts.forEach((part, i) => {
              const mask = lanes.equal(picked[i], number);
              lanes.addWhere(f, mask, pointer, i * lanes.bytes, part);
            });
            step();
          }, step);
          return;
        }
        const results = variables(f, count, () => lanes.constant(0));
        taps((offset) => {
          f.set(pointer, i32.add(other, offset));
          f.set(number, lanes.number(tap) as Vector);
          results.forEach((result, i) => {
            lanes.assign(f, lanes.equal(picked[i], number), [
              [result, lanes.load(pointer, i * lanes.bytes)],
            ]);
          });
          step();
        }, step);
        f.set(pointer, i32.add(out, at));
        results.forEach((result, i) => f.store(pointer, result, i * lanes.bytes));
      });
    },
  );
}

function definePooling(size: FloatSize): () => PoolingFunctions | undefined {
  return defineKernel<PoolingFunctions>((module) => {
    buildReduce(module, size, "sum");
    buildReduce(module, size, "max");
    buildReduce(module, size, "min");
    buildSpread(module, size);
    for (const operator of ["max", "min"] as const) {
      buildPicked(module, size, "scatter", operator);
      buildPicked(module, size, "gather", operator);
    }
  });
}

/** Pooling of float32 images, or undefined when WebAssembly cannot be used. */
export const pooling32: () => PoolingFunctions | undefined = /* @__PURE__ */ definePooling(4);

/** Pooling of float64 images, or undefined when WebAssembly cannot be used. */
export const pooling64: () => PoolingFunctions | undefined = /* @__PURE__ */ definePooling(8);
