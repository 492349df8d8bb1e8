import { defineKernel, f32, f32x4, f64, f64x2, i32, i64, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";

/** Bytes of an index and whether it is signed. */
export type IndexKind = "int8" | "int16" | "int32" | "uint8" | "uint16" | "uint32";

/** Resolves indices to positions on an axis. */
export interface IndexFunctions {
  /**
   * Writes for each of `count` indices its position in [0, length), -1 for "outside". With `wrap` the position is
   * the index modulo the length, with `clip` the nearest one, else negative indices count from the end.
   */
  readonly resolve: (
    indices: number,
    positions: number,
    count: number,
    length: number,
    wrap: number,
    clip: number,
  ) => void;
}

/**
 * Moves along an axis. The array is `outer` slabs of `length` rows of `bytes` bytes; what is moved there or
 * from there is `outer` slabs of `count` rows. Positions are int32, -1 for "outside".
 */
type Rows = [outer: number, positions: number, count: number, length: number, bytes: number];

/** Moves of whole rows. */
export interface GatherFunctions {
  /** Writes the row at each position; those from outside repeat the 16 bytes at `pattern`. */
  readonly gather: (from: number, to: number, pattern: number, ...rows: Rows) => void;
}

/** Moves of single elements, each with an index of its own, whose axis has `inner` neighbours. */
type Elements = [outer: number, positions: number, count: number, length: number, inner: number];

/** Moves for one size of element. */
export interface GatherElementFunctions {
  /** Writes the element at each position, or the one at `pattern`. */
  readonly gatherEach: (from: number, to: number, pattern: number, ...elements: Elements) => void;
}

/** Sums for one kind of number; what is added to is not cleared. */
export interface ScatterFunctions {
  /** Adds each row to the row at its position. */
  readonly scatter: (from: number, to: number, ...rows: Rows) => void;
  /** Adds each element to the one at its position. */
  readonly scatterEach: (from: number, to: number, ...elements: Elements) => void;
}

const ROWS = {
  outer: "i32",
  positions: "i32",
  count: "i32",
  length: "i32",
  bytes: "i32",
} as const;

const ELEMENTS = {
  outer: "i32",
  positions: "i32",
  count: "i32",
  length: "i32",
  inner: "i32",
} as const;

/** Bytes of each kind of index. */
export const INDEX_BYTES: Readonly<Record<IndexKind, number>> = {
  int8: 1,
  int16: 2,
  int32: 4,
  uint8: 1,
  uint16: 2,
  uint32: 4,
};

/** Whether a dtype is one that indices may have. */
export function isIndexKind(dtype: string): dtype is IndexKind {
  return Object.hasOwn(INDEX_BYTES, dtype);
}

/** Reads an index as an int32, or a uint32. */
export function loadIndex(kind: IndexKind, pointer: Operand<"i32">): Expression<"i32"> {
  switch (kind) {
    case "int8":
      return i32.load8S(pointer);
    case "uint8":
      return i32.load8U(pointer);
    case "int16":
      return i32.load16S(pointer);
    case "uint16":
      return i32.load16U(pointer);
    default:
      return i32.load(pointer);
  }
}

function defineIndices(kind: IndexKind): () => IndexFunctions | undefined {
  return defineKernel<IndexFunctions>((module) => buildResolve(module, kind));
}

function buildResolve(module: ModuleBuilder, kind: IndexKind): void {
  module.function(
    "resolve",
    {
      indices: "i32",
      positions: "i32",
      count: "i32",
      length: "i32",
      wrap: "i32",
      clip: "i32",
    },
    undefined,
    (f, { indices, positions, count, length, wrap, clip }) => {
      const end = f.let(i32.add(positions, i32.shl(count, 2)));
      const index = f.local("i32");
      const each = (resolve: () => void): void => {
        f.while(i32.ltU(positions, end), () => {
          f.set(index, loadIndex(kind, indices));
          resolve();
          f.store(positions, index);
          f.set(indices, i32.add(indices, INDEX_BYTES[kind]));
          f.set(positions, i32.add(positions, 4));
        });
        f.return();
      };
      /** Outside [0, length), which as unsigned numbers negative ones are too. */
      const drop = (): void =>
        f.if(i32.geU(index, length), () => {
          f.set(index, -1);
        });
      // No index lies on an axis without elements.
      f.if(i32.eqz(length), () => each(() => f.set(index, -1)));
      if (kind === "uint32") {
        f.if(wrap, () => each(() => f.set(index, i32.remU(index, length))));
        f.if(clip, () =>
          each(() => f.if(i32.geU(index, length), () => f.set(index, i32.sub(length, 1)))),
        );
        each(drop);
        return;
      }
      const fromEnd = (): void =>
        f.if(i32.ltS(index, 0), () => f.set(index, i32.add(index, length)));
      f.if(wrap, () =>
        each(() => {
          f.set(index, i32.remS(index, length));
          fromEnd();
        }),
      );
      f.if(clip, () =>
        each(() => {
          f.if(i32.ltS(index, 0), () => f.set(index, 0));
          f.if(i32.geS(index, length), () => f.set(index, i32.sub(length, 1)));
        }),
      );
      each(() => {
        fromEnd();
        drop();
      });
    },
  );
}

const INDEX_FUNCTIONS = {
  int8: /* @__PURE__ */ defineIndices("int8"),
  int16: /* @__PURE__ */ defineIndices("int16"),
  int32: /* @__PURE__ */ defineIndices("int32"),
  uint8: /* @__PURE__ */ defineIndices("uint8"),
  uint16: /* @__PURE__ */ defineIndices("uint16"),
  uint32: /* @__PURE__ */ defineIndices("uint32"),
};

/** Resolves indices of a dtype, or undefined when WebAssembly cannot be used. */
export function indexFunctions(kind: IndexKind): IndexFunctions | undefined {
  return INDEX_FUNCTIONS[kind]();
}

function bump(f: FunctionBuilder, pointer: Local<"i32">, bytes: Operand<"i32">): void {
  f.set(pointer, i32.add(pointer, bytes));
}

type RowsLocals = { readonly [Name in keyof typeof ROWS]: Local<"i32"> };

/** Runs `body` for each row of each slab, with its position and the start of the array's slab. */
function overRows(
  f: FunctionBuilder,
  array: Local<"i32">,
  { outer, positions, count, length, bytes }: RowsLocals,
  body: (position: Local<"i32">) => void,
): void {
  const slab = f.let(i32.mul(length, bytes));
  const end = f.let(i32.add(positions, i32.shl(count, 2)));
  const at = f.local("i32");
  const position = f.local("i32");
  const turn = f.local("i32");
  f.for(turn, 0, outer, 1, () => {
    f.set(at, positions);
    f.while(i32.ltU(at, end), () => {
      f.set(position, i32.load(at));
      body(position);
      bump(f, at, 4);
    });
    bump(f, array, slab);
  });
}

/** From this length on `memory.copy`, a call into the engine, beats a loop of vectors. */
const LONG_RUN = 1024;

function buildGather(module: ModuleBuilder): void {
  module.function(
    "gather",
    { from: "i32", to: "i32", pattern: "i32", ...ROWS },
    undefined,
    (f, { from, to, pattern, ...rows }) => {
      const { bytes } = rows;
      const source = f.local("i32");
      const step = f.local("i32");
      const p = f.local("i32");
      const last = f.local("i32");
      overRows(f, from, rows, (position) => {
        f.set(source, i32.add(from, i32.mul(position, bytes)));
        f.set(step, 16);
        f.if(i32.ltS(position, 0), () => {
          f.set(source, pattern);
          f.set(step, 0);
        });
        f.set(p, to);
        f.set(last, i32.sub(i32.add(to, bytes), 16));
        f.if(
          i32.and(i32.geU(bytes, LONG_RUN), i32.geS(position, 0)),
          () => f.copy(to, source, bytes),
          () => {
            f.if(
              i32.geU(bytes, 16),
              () => {
                // The last vector may overlap the one before it: it repeats what lies there.
                f.while(i32.ltU(p, last), () => {
                  f.store(p, v128.load(source));
                  bump(f, p, 16);
                  bump(f, source, step);
                });
                f.if(step, () => {
                  bump(f, source, i32.sub(last, p));
                });
                f.store(last, v128.load(source));
              },
              () => {
                f.set(last, i32.add(to, bytes));
                for (const [size, load] of [
                  [8, i64.load],
                  [4, i32.load],
                ] as const) {
                  f.if(i32.leU(i32.add(p, size), last), () => {
                    f.store(p, load(source));
                    bump(f, p, size);
                    bump(f, source, size);
                  });
                }
                f.if(i32.leU(i32.add(p, 2), last), () => {
                  f.store16(p, i32.load16U(source));
                  bump(f, p, 2);
                  bump(f, source, 2);
                });
                f.if(i32.ltU(p, last), () => f.store8(p, i32.load8U(source)));
              },
            );
          },
        );
        bump(f, to, bytes);
      });
    },
  );
}

/** Moves of rows, or undefined when WebAssembly cannot be used. */
export const gatherFunctions: () => GatherFunctions | undefined =
  /* @__PURE__ */ defineKernel<GatherFunctions>(buildGather);

type ElementsLocals = { readonly [Name in keyof typeof ELEMENTS]: Local<"i32"> };

/**
 * Runs `body` for each element that has an index, with its position and the address of the position 0 in
 * the same line of the array.
 */
function overElements(
  f: FunctionBuilder,
  size: number,
  array: Local<"i32">,
  { outer, positions, count, length, inner }: ElementsLocals,
  body: (position: Local<"i32">, line: Local<"i32">, step: Local<"i32">) => void,
): void {
  const innerBytes = f.let(i32.mul(inner, size));
  const slab = f.let(i32.mul(length, innerBytes));
  const turn = f.local("i32");
  const row = f.local("i32");
  const line = f.local("i32");
  const end = f.local("i32");
  const position = f.local("i32");
  f.for(turn, 0, outer, 1, () => {
    f.set(end, i32.add(array, innerBytes));
    f.for(row, 0, count, 1, () => {
      f.set(line, array);
      f.while(i32.ltU(line, end), () => {
        f.set(position, i32.load(positions));
        body(position, line, innerBytes);
        bump(f, positions, 4);
        bump(f, line, size);
      });
    });
    bump(f, array, slab);
  });
}

function defineGatherEach(size: 1 | 2 | 4 | 8): () => GatherElementFunctions | undefined {
  return defineKernel<GatherElementFunctions>((module) => {
    module.function(
      "gatherEach",
      { from: "i32", to: "i32", pattern: "i32", ...ELEMENTS },
      undefined,
      (f, { from, to, pattern, ...elements }) => {
        const source = f.local("i32");
        overElements(f, size, from, elements, (position, line, step) => {
          f.set(source, i32.add(line, i32.mul(position, step)));
          f.if(i32.ltS(position, 0), () => f.set(source, pattern));
          if (size === 1) f.store8(to, i32.load8U(source));
          else if (size === 2) f.store16(to, i32.load16U(source));
          else f.store(to, size === 4 ? i32.load(source) : i64.load(source));
          bump(f, to, size);
        });
      },
    );
  });
}

const GATHER_EACH = {
  1: /* @__PURE__ */ defineGatherEach(1),
  2: /* @__PURE__ */ defineGatherEach(2),
  4: /* @__PURE__ */ defineGatherEach(4),
  8: /* @__PURE__ */ defineGatherEach(8),
};

/** Moves of single elements, or undefined when WebAssembly cannot be used. */
export function gatherElementFunctions(size: 1 | 2 | 4 | 8): GatherElementFunctions | undefined {
  return GATHER_EACH[size]();
}

function defineScatter(size: 4 | 8): () => ScatterFunctions | undefined {
  const vector = size === 4 ? f32x4 : f64x2;
  return defineKernel<ScatterFunctions>((module) => {
    const addOne = (f: FunctionBuilder, to: Operand<"i32">, from: Operand<"i32">): void => {
      if (size === 4) f.store(to, f32.add(f32.load(to), f32.load(from)));
      else f.store(to, f64.add(f64.load(to), f64.load(from)));
    };
    module.function(
      "scatter",
      { from: "i32", to: "i32", ...ROWS },
      undefined,
      (f, { from, to, ...rows }) => {
        const p = f.local("i32");
        const q = f.local("i32");
        const end = f.local("i32");
        overRows(f, to, rows, (position) => {
          f.set(q, from);
          bump(f, from, rows.bytes);
          f.if(i32.geS(position, 0), () => {
            f.set(p, i32.add(to, i32.mul(position, rows.bytes)));
            f.set(end, i32.add(p, rows.bytes));
            f.while(i32.leU(i32.add(p, 16), end), () => {
              f.store(p, vector.add(v128.load(p), v128.load(q)));
              bump(f, p, 16);
              bump(f, q, 16);
            });
            f.while(i32.ltU(p, end), () => {
              addOne(f, p, q);
              bump(f, p, size);
              bump(f, q, size);
            });
          });
        });
      },
    );
    module.function(
      "scatterEach",
      { from: "i32", to: "i32", ...ELEMENTS },
      undefined,
      (f, { from, to, ...elements }) => {
        const target = f.local("i32");
        overElements(f, size, to, elements, (position, line, step) => {
          f.if(i32.geS(position, 0), () => {
            f.set(target, i32.add(line, i32.mul(position, step)));
            addOne(f, target, from);
          });
          bump(f, from, size);
        });
      },
    );
  });
}

/** Sums of float32, or undefined when WebAssembly cannot be used. */
export const scatter32: () => ScatterFunctions | undefined = /* @__PURE__ */ defineScatter(4);

/** Sums of float64, or undefined when WebAssembly cannot be used. */
export const scatter64: () => ScatterFunctions | undefined = /* @__PURE__ */ defineScatter(8);
