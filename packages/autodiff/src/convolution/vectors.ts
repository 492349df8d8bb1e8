import { f32x4, f64x2, i32, v128 } from "@flaxen/wasm";
import type { Expression, FunctionBuilder, Local, Operand } from "@flaxen/wasm";

/** What differs between float32 and float64 in the kernels. */
export interface FloatVectors {
  /** Lanes of a vector, and bytes of each. */
  readonly count: number;
  readonly bytes: number;
  readonly add: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly mul: (a: Operand<"v128">, b: Operand<"v128">) => Expression<"v128">;
  readonly loadSplat: (pointer: Operand<"i32">, offset?: number) => Expression<"v128">;
  /** A vector with one lane read and zeros. */
  readonly loadFirst: (pointer: Operand<"i32">, offset?: number) => Expression<"v128">;
  readonly loadLane: (
    pointer: Operand<"i32">,
    x: Operand<"v128">,
    lane: number,
  ) => Expression<"v128">;
  readonly storeLane: (
    f: FunctionBuilder,
    pointer: Operand<"i32">,
    x: Operand<"v128">,
    lane: number,
    offset: number,
  ) => void;
}

/** Four lanes of 4 bytes. */
export function singleVectors(): FloatVectors {
  return {
    count: 4,
    bytes: 4,
    add: f32x4.add,
    mul: f32x4.mul,
    loadSplat: v128.load32Splat,
    loadFirst: v128.load32Zero,
    loadLane: v128.load32Lane,
    storeLane: (f, pointer, x, lane, offset) => f.store32Lane(pointer, x, lane, offset),
  };
}

/** Two lanes of 8 bytes. */
export function doubleVectors(): FloatVectors {
  return {
    count: 2,
    bytes: 8,
    add: f64x2.add,
    mul: f64x2.mul,
    loadSplat: v128.load64Splat,
    loadFirst: v128.load64Zero,
    loadLane: v128.load64Lane,
    storeLane: (f, pointer, x, lane, offset) => f.store64Lane(pointer, x, lane, offset),
  };
}

/** Local vectors, one for each of `count`. */
export function vectorLocals(f: FunctionBuilder, count: number): Local<"v128">[] {
  return Array.from({ length: count }, () => f.local("v128"));
}

/**
 * Repeats `step` `count` times (at least once); it is told its turn within a round of `turns`, and `advance`
 * runs after each whole round.
 *
 * Each step ends with an exit test of its own: without it V8 moves all loads of the unrolled body to its top
 * and spills.
 */
export function unrolled(
  f: FunctionBuilder,
  count: Local<"i32">,
  turns: number,
  step: (turn: number) => void,
  advance: () => void,
): void {
  f.block((done) => {
    f.loop((again) => {
      for (let turn = 0; turn < turns; turn++) {
        step(turn);
        if (turn < turns - 1) f.branchIf(done, i32.leS(count, turn + 1));
      }
      advance();
      f.set(count, i32.sub(count, turns));
      f.branchIf(again, i32.gtS(count, 0));
    });
  });
}

/** Reads vectors one after the other. */
export function loadRow(
  f: FunctionBuilder,
  from: Operand<"i32">,
  row: readonly Local<"v128">[],
): void {
  for (const [v, vector] of row.entries()) f.set(vector, v128.load(from, 16 * v));
}

/** Writes rows of vectors, of each only the first `columns` elements. */
export function storeRows(
  f: FunctionBuilder,
  vectors: FloatVectors,
  rows: readonly (readonly Local<"v128">[])[],
  to: readonly Local<"i32">[],
  columns: Local<"i32">,
): void {
  const whole = rows[0].length * vectors.count;
  f.if(
    i32.geS(columns, whole),
    () => {
      for (const [r, row] of rows.entries()) {
        for (const [v, vector] of row.entries()) f.store(to[r], vector, 16 * v);
      }
    },
    () => {
      f.block((done) => {
        for (let column = 0; column < whole - 1; column++) {
          f.branchIf(done, i32.leS(columns, column));
          for (const [r, row] of rows.entries()) {
            const vector = row[Math.floor(column / vectors.count)];
            const lane = column % vectors.count;
            vectors.storeLane(f, to[r], vector, lane, column * vectors.bytes);
          }
        }
      });
    },
  );
}

/** Transposes a square block of vectors: lane j of vector i becomes lane i of vector j. */
export function transpose(
  vectors: FloatVectors,
  block: readonly Local<"v128">[],
): Expression<"v128">[] {
  if (vectors.count === 2) {
    const [x, y] = block;
    return [f64x2.shuffle(x, y, [0, 2]), f64x2.shuffle(x, y, [1, 3])];
  }
  const [x, y, z, w] = block;
  const low = (a: Local<"v128">, b: Local<"v128">): Expression<"v128"> =>
    f32x4.shuffle(a, b, [0, 4, 1, 5]);
  const high = (a: Local<"v128">, b: Local<"v128">): Expression<"v128"> =>
    f32x4.shuffle(a, b, [2, 6, 3, 7]);
  return [
    f32x4.shuffle(low(x, y), low(z, w), [0, 1, 4, 5]),
    f32x4.shuffle(low(x, y), low(z, w), [2, 3, 6, 7]),
    f32x4.shuffle(high(x, y), high(z, w), [0, 1, 4, 5]),
    f32x4.shuffle(high(x, y), high(z, w), [2, 3, 6, 7]),
  ];
}
