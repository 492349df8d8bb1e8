import { defineKernel, f32x4, f64x2, i16x8, i32, i64, i8x16, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";

/** Bytes of one element. */
export type ItemSize = 1 | 2 | 4 | 8 | 16;

/** From this length on `memory.copy`, a call into the engine, beats a loop of vectors. */
const LONG_RUN = 1024;

/**
 * The loops below run over two outer axes, `n2` and `n1` long (at least 1), whose steps on both sides are
 * in bytes; what they move does not overlap where it goes.
 */
type OuterAxes = [
  to: number,
  from: number,
  n2: number,
  to2: number,
  from2: number,
  n1: number,
  to1: number,
  from1: number,
];

/** Moves for every size of element. */
export interface RunFunctions {
  /** Copies runs of `bytes` bytes, at least 1. */
  readonly runs: (...moved: [...OuterAxes, bytes: number]) => void;
}

/** Moves for one size of element. */
export interface ElementFunctions {
  /** Writes `count` copies, at least 1, of the element at `from`. */
  readonly fill: (...moved: [...OuterAxes, count: number]) => void;
  /** Copies `count` elements, at least 1, reading downwards from `from`. */
  readonly reverse: (...moved: [...OuterAxes, count: number]) => void;
  /** Copies `count` elements, at least 1, a step apart. */
  readonly strided: (
    ...moved: [...OuterAxes, count: number, toStep: number, fromStep: number]
  ) => void;
  /**
   * Writes rows `toRow` bytes apart of which neighbours in a row are read `fromColumn` bytes apart, and
   * neighbours in a column side by side. The first of the outer axes is `n2`; `n1` is the number of rows,
   * `to1` is `toRow` and `from1` the size of an element.
   */
  readonly transpose: (...moved: [...OuterAxes, columns: number, fromColumn: number]) => void;
}

const OUTER = {
  to: "i32",
  from: "i32",
  n2: "i32",
  to2: "i32",
  from2: "i32",
  n1: "i32",
  to1: "i32",
  from1: "i32",
} as const;

type OuterLocals = { readonly [Name in keyof typeof OUTER]: Local<"i32"> };

/** Advances a pointer. */
function bump(f: FunctionBuilder, pointer: Local<"i32">, bytes: Operand<"i32">): void {
  f.set(pointer, i32.add(pointer, bytes));
}

/** Runs `body` `count` times, at least once. */
function repeat(f: FunctionBuilder, count: Operand<"i32">, body: () => void): void {
  const left = f.local("i32");
  f.set(left, count);
  f.loop((again) => {
    body();
    f.branchIf(again, f.tee(left, i32.sub(left, 1)));
  });
}

/** Runs `body` at each place of the outer axes. */
function overOuterAxes(
  f: FunctionBuilder,
  { to, from, n2, to2, from2, n1, to1, from1 }: OuterLocals,
  body: (to: Local<"i32">, from: Local<"i32">) => void,
): void {
  const p = f.local("i32");
  const q = f.local("i32");
  repeat(f, n2, () => {
    f.set(p, to);
    f.set(q, from);
    repeat(f, n1, () => {
      body(p, q);
      bump(f, p, to1);
      bump(f, q, from1);
    });
    bump(f, to, to2);
    bump(f, from, from2);
  });
}

function buildRuns(module: ModuleBuilder): void {
  module.function("runs", { ...OUTER, bytes: "i32" }, undefined, (f, { bytes, ...outer }) => {
    /** Two pieces of the width of `load`, which overlap unless they make up the run. */
    const ends = (width: number, load: (pointer: Operand<"i32">) => Expression): void => {
      const second = f.let(i32.sub(bytes, width));
      overOuterAxes(f, outer, (to, from) => {
        f.store(to, load(from));
        f.store(i32.add(to, second), load(i32.add(from, second)));
      });
      f.return();
    };
    f.if(i32.geU(bytes, LONG_RUN), () => {
      overOuterAxes(f, outer, (to, from) => f.copy(to, from, bytes));
      f.return();
    });
    f.if(i32.gtU(bytes, 32), () => {
      const p = f.local("i32");
      const q = f.local("i32");
      const last = f.local("i32");
      overOuterAxes(f, outer, (to, from) => {
        f.set(p, to);
        f.set(q, from);
        f.set(last, i32.add(from, i32.sub(bytes, 16)));
        f.while(i32.leU(i32.add(q, 48), last), () => {
          for (let i = 0; i < 64; i += 16) f.store(p, v128.load(q, i), i);
          bump(f, p, 64);
          bump(f, q, 64);
        });
        f.while(i32.ltU(q, last), () => {
          f.store(p, v128.load(q));
          bump(f, p, 16);
          bump(f, q, 16);
        });
        f.store(i32.sub(i32.add(to, bytes), 16), v128.load(last));
      });
      f.return();
    });
    f.if(i32.geU(bytes, 16), () => ends(16, v128.load));
    f.if(i32.geU(bytes, 8), () => ends(8, i64.load));
    f.if(i32.geU(bytes, 4), () => ends(4, i32.load));
    overOuterAxes(f, outer, (to, from) => {
      f.store8(to, i32.load8U(from));
      f.if(i32.geU(bytes, 2), () => {
        f.store16(i32.sub(i32.add(to, bytes), 2), i32.load16U(i32.sub(i32.add(from, bytes), 2)));
      });
    });
  });
}

/** How one element is moved. */
interface Element {
  readonly size: ItemSize;
  readonly move: (
    f: FunctionBuilder,
    to: Operand<"i32">,
    from: Operand<"i32">,
    toOffset?: number,
    fromOffset?: number,
  ) => void;
  readonly splat: (pointer: Operand<"i32">) => Expression<"v128">;
  readonly reversed: (x: Expression<"v128">) => Expression<"v128">;
}

function moving(load: (pointer: Operand<"i32">, offset?: number) => Expression): Element["move"] {
  return (f, to, from, toOffset = 0, fromOffset = 0) =>
    f.store(to, load(from, fromOffset), toOffset);
}

function reversal(
  shuffle: (a: Operand<"v128">, b: Operand<"v128">, lanes: readonly number[]) => Expression<"v128">,
  count: number,
): Element["reversed"] {
  const lanes = Array.from({ length: count }, (_, i) => count - 1 - i);
  return (x) => shuffle(x, x, lanes);
}

function element(size: ItemSize): Element {
  switch (size) {
    case 1:
      return {
        size,
        move: (f, to, from, toOffset = 0, fromOffset = 0) =>
          f.store8(to, i32.load8U(from, fromOffset), toOffset),
        splat: v128.load8Splat,
        reversed: reversal(i8x16.shuffle, 16),
      };
    case 2:
      return {
        size,
        move: (f, to, from, toOffset = 0, fromOffset = 0) =>
          f.store16(to, i32.load16U(from, fromOffset), toOffset),
        splat: v128.load16Splat,
        reversed: reversal(i16x8.shuffle, 8),
      };
    case 4:
      return {
        size,
        move: moving(i32.load),
        splat: v128.load32Splat,
        reversed: reversal(f32x4.shuffle, 4),
      };
    case 8:
      return {
        size,
        move: moving(i64.load),
        splat: v128.load64Splat,
        reversed: reversal(f64x2.shuffle, 2),
      };
    case 16:
      return { size, move: moving(v128.load), splat: v128.load, reversed: (x) => x };
  }
}

function buildFill(module: ModuleBuilder, { size, move, splat }: Element): void {
  module.function("fill", { ...OUTER, count: "i32" }, undefined, (f, { count, ...outer }) => {
    const bytes = f.let(i32.mul(count, size));
    f.if(
      i32.geU(bytes, 16),
      () => {
        const value = f.local("v128");
        const p = f.local("i32");
        const last = f.local("i32");
        overOuterAxes(f, outer, (to, from) => {
          f.set(value, splat(from));
          f.set(p, to);
          f.set(last, i32.sub(i32.add(to, bytes), 16));
          f.while(i32.leU(i32.add(p, 48), last), () => {
            for (let i = 0; i < 64; i += 16) f.store(p, value, i);
            bump(f, p, 64);
          });
          f.while(i32.ltU(p, last), () => {
            f.store(p, value);
            bump(f, p, 16);
          });
          f.store(last, value);
        });
      },
      () => {
        const p = f.local("i32");
        overOuterAxes(f, outer, (to, from) => {
          f.set(p, to);
          repeat(f, count, () => {
            move(f, p, from);
            bump(f, p, size);
          });
        });
      },
    );
  });
}

function buildReverse(module: ModuleBuilder, { size, move, reversed }: Element): void {
  module.function("reverse", { ...OUTER, count: "i32" }, undefined, (f, { count, ...outer }) => {
    const p = f.local("i32");
    const q = f.local("i32");
    const left = f.local("i32");
    const lanes = 16 / size;
    overOuterAxes(f, outer, (to, from) => {
      f.set(p, to);
      f.set(q, from);
      f.set(left, count);
      f.while(i32.geU(left, lanes), () => {
        f.store(p, reversed(v128.load(i32.sub(q, 16 - size))));
        bump(f, p, 16);
        bump(f, q, -16);
        bump(f, left, -lanes);
      });
      f.while(left, () => {
        move(f, p, q);
        bump(f, p, size);
        bump(f, q, -size);
        bump(f, left, -1);
      });
    });
  });
}

function buildStrided(module: ModuleBuilder, { move }: Element): void {
  module.function(
    "strided",
    { ...OUTER, count: "i32", toStep: "i32", fromStep: "i32" },
    undefined,
    (f, { count, toStep, fromStep, ...outer }) => {
      const p = f.local("i32");
      const q = f.local("i32");
      const left = f.local("i32");
      overOuterAxes(f, outer, (to, from) => {
        f.set(p, to);
        f.set(q, from);
        f.set(left, count);
        f.block((end) => {
          f.loop((again) => {
            for (let i = 0; i < 4; i++) {
              move(f, p, q);
              bump(f, p, toStep);
              bump(f, q, fromStep);
              f.set(left, i32.sub(left, 1));
              if (i < 3) f.branchIf(end, i32.eqz(left));
            }
            f.branchIf(again, left);
          });
        });
      });
    },
  );
}

/** Transposes a square of vectors: lane i of the j-th operand becomes lane j of the i-th result. */
function transposeSquare(
  f: FunctionBuilder,
  size: 4 | 8,
  rows: Expression<"v128">[],
): Expression<"v128">[] {
  if (size === 8) {
    const [a, b] = rows.map((row) => f.let(row));
    return [f64x2.shuffle(a, b, [0, 2]), f64x2.shuffle(a, b, [1, 3])];
  }
  const [a, b, c, d] = rows.map((row) => f.let(row));
  const low = f.let(f32x4.shuffle(a, b, [0, 4, 1, 5]));
  const high = f.let(f32x4.shuffle(a, b, [2, 6, 3, 7]));
  const low2 = f.let(f32x4.shuffle(c, d, [0, 4, 1, 5]));
  const high2 = f.let(f32x4.shuffle(c, d, [2, 6, 3, 7]));
  return [
    f64x2.shuffle(low, low2, [0, 2]),
    f64x2.shuffle(low, low2, [1, 3]),
    f64x2.shuffle(high, high2, [0, 2]),
    f64x2.shuffle(high, high2, [1, 3]),
  ];
}

/** Rows that are written side by side: what is read for them fills a cache line. */
const STRIP_BYTES = 64;

function buildTranspose(module: ModuleBuilder, { size, move }: Element): void {
  const parameters = { ...OUTER, columns: "i32", fromColumn: "i32" } as const;
  module.function(
    "transpose",
    parameters,
    undefined,
    (f, { to, from, n2, to2, from2, n1, to1, columns, fromColumn }) => {
      const lanes = 16 / size;
      const row = f.local("i32");
      const column = f.local("i32");
      const p = f.local("i32");
      const q = f.local("i32");
      const at = f.local("i32");
      const source = f.local("i32");
      /** Writes `count` rows from `to + row * to1` on. */
      const strip = (count: number, vectors: boolean): void => {
        f.set(p, i32.add(to, i32.mul(row, to1)));
        f.set(q, i32.add(from, i32.mul(row, size)));
        f.set(column, 0);
        if (vectors && (size === 4 || size === 8)) {
          const twice = f.let(i32.shl(fromColumn, 1));
          f.while(i32.leS(i32.add(column, lanes), columns), () => {
            f.set(at, p);
            for (let first = 0; first < count; first += lanes) {
              const offset = first * size;
              const rows = [v128.load(q, offset), v128.load(i32.add(q, fromColumn), offset)];
              if (size === 4) {
                const third = f.let(i32.add(q, twice));
                rows.push(v128.load(third, offset), v128.load(i32.add(third, fromColumn), offset));
              }
              for (const written of transposeSquare(f, size, rows)) {
                f.store(at, written);
                bump(f, at, to1);
              }
            }
            bump(f, p, 16);
            bump(f, q, i32.mul(fromColumn, lanes));
            bump(f, column, lanes);
          });
        }
        f.while(i32.ltS(column, columns), () => {
          f.set(at, p);
          f.set(source, q);
          repeat(f, count, () => {
            move(f, at, source);
            bump(f, at, to1);
            bump(f, source, size);
          });
          bump(f, p, size);
          bump(f, q, fromColumn);
          bump(f, column, 1);
        });
        bump(f, row, count);
      };
      repeat(f, n2, () => {
        f.set(row, 0);
        const wide = STRIP_BYTES / size;
        f.while(i32.leS(i32.add(row, wide), n1), () => strip(wide, true));
        if (lanes > 1) f.while(i32.leS(i32.add(row, lanes), n1), () => strip(lanes, true));
        f.while(i32.ltS(row, n1), () => strip(1, false));
        bump(f, to, to2);
        bump(f, from, from2);
      });
    },
  );
}

function defineElement(size: ItemSize): () => ElementFunctions | undefined {
  return defineKernel<ElementFunctions>((module) => {
    const how = element(size);
    buildFill(module, how);
    buildReverse(module, how);
    buildStrided(module, how);
    buildTranspose(module, how);
  });
}

/** Copies of runs, or undefined when WebAssembly cannot be used. */
export const runFunctions: () => RunFunctions | undefined =
  /* @__PURE__ */ defineKernel<RunFunctions>(buildRuns);

const ELEMENT_FUNCTIONS = {
  1: /* @__PURE__ */ defineElement(1),
  2: /* @__PURE__ */ defineElement(2),
  4: /* @__PURE__ */ defineElement(4),
  8: /* @__PURE__ */ defineElement(8),
  16: /* @__PURE__ */ defineElement(16),
};

/** Moves of single elements, or undefined when WebAssembly cannot be used. */
export function elementFunctions(size: ItemSize): ElementFunctions | undefined {
  return ELEMENT_FUNCTIONS[size]();
}
