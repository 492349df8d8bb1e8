import { defineKernel } from "@flaxen/wasm";
import type { ModuleBuilder } from "@flaxen/wasm";
import {
  buildColumnPackedTile,
  buildColumnPlaceTile,
  columnTileRows,
  FEW_COLUMNS,
} from "./column-tiles.ts";
import { buildMove } from "./moves.ts";
import { buildForward, buildGradient, buildLanes } from "./products.ts";
import { buildPackedTile, buildPlaceTile, NARROW, WIDE } from "./tiles.ts";
import type { PackedTile, PlaceTile } from "./tiles.ts";
import { doubleVectors, singleVectors } from "./vectors.ts";
import type { FloatVectors } from "./vectors.ts";

// Tables are pairs of places in bytes, PAIR bytes each. One that is walked in tiles goes on after its end with copies of
// its last pair up to a whole tile, whose sums are computed and written more than once.

/** Products of a convolution, of strips of one shape. */
export interface ForwardKernel {
  /**
   * `out[p] (+)= sum over runs of x[p + run] * b` for all pairs of places p, `columns` wide; sums go on from out
   * unless `fresh`. `b` is the first packed row of the first strip, `strip` the bytes from strip to strip.
   */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    runs: number,
    runsEnd: number,
    x: number,
    b: number,
    strip: number,
    out: number,
    columns: number,
    fresh: number,
  ) => void;
}

/** Products of a kernel gradient, of strips of one shape. */
export interface GradientKernel {
  /**
   * `out[r] (+)= sum over inner of x[r + inner] * b` for all pairs of places r, `columns` wide, with room for one
   * packed strip of rows at `a`.
   */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    inner: number,
    innerEnd: number,
    x: number,
    a: number,
    b: number,
    out: number,
    columns: number,
    fresh: number,
  ) => void;
}

/** The function for narrow groups side by side. */
export interface LaneKernel {
  /** `out[o] = sum over inner of x[o + inner] * y[inner]`, lane by lane, `columns` wide. */
  readonly multiply: (
    outer: number,
    outerEnd: number,
    inner: number,
    innerEnd: number,
    x: number,
    y: number,
    out: number,
    columns: number,
  ) => void;
}

/** Functions that move elements. */
export interface MoveKernel {
  /**
   * Packs the rows at the second places of a table, `columns` elements wide, into strips of two vectors; up to
   * one vector of columns that are left goes into a last strip of one.
   */
  readonly pack: (table: number, end: number, from: number, to: number, columns: number) => void;
  /** Adds rows of `columns` elements to the places where they came from: second places of a table. */
  readonly addRows: (table: number, end: number, from: number, to: number, columns: number) => void;
  /** Copies rows of `bytes` bytes between the places of a table. */
  readonly copyRows: (table: number, end: number, from: number, to: number, bytes: number) => void;
  /** Copies rows of pixels between the places of a table; `spread` has the place of each feature to take. */
  readonly spreadRows: (
    table: number,
    end: number,
    from: number,
    to: number,
    pixels: number,
    pixelBytes: number,
    spread: number,
    spreadEnd: number,
  ) => void;
  /** Copies a matrix to its transpose; strides in bytes. */
  readonly transpose: (
    from: number,
    fromStride: number,
    rows: number,
    columns: number,
    to: number,
    toStride: number,
  ) => void;
}

/** The kernels of one dtype, each compiled at its first use. */
export interface ConvolutionKernels {
  readonly bytes: number;
  /** Elements of a wide strip; a narrow one has half as many. */
  readonly strip: number;
  /** For wide strips. */
  readonly forward: () => ForwardKernel | undefined;
  readonly gradient: () => GradientKernel | undefined;
  /** For the columns that wide strips leave: a function for 1, 2, and more columns. */
  readonly forwardRest: readonly (() => ForwardKernel | undefined)[];
  readonly gradientRest: readonly (() => GradientKernel | undefined)[];
  readonly lanes: () => LaneKernel | undefined;
  readonly move: () => MoveKernel | undefined;
}

/** The kernels for float32, made at the first call. */
export function singleKernels(): ConvolutionKernels {
  single ??= defineKernels(singleVectors());
  return single;
}

/** The kernels for float64, made at the first call. */
export function doubleKernels(): ConvolutionKernels {
  double ??= defineKernels(doubleVectors());
  return double;
}

let single: ConvolutionKernels | undefined;
let double: ConvolutionKernels | undefined;

function defineKernels(vectors: FloatVectors): ConvolutionKernels {
  const few = Array.from({ length: FEW_COLUMNS }, (_, i) => i + 1);
  const tall = columnTileRows(vectors);
  const forward = (rows: number, build: (module: ModuleBuilder) => PlaceTile) =>
    defineKernel<ForwardKernel>((module) => buildForward(module, vectors, rows, build(module)));
  const gradient = (rows: number, build: (module: ModuleBuilder) => PackedTile) =>
    defineKernel<GradientKernel>((module) => buildGradient(module, vectors, rows, build(module)));
  return {
    bytes: vectors.bytes,
    strip: WIDE.vectors * vectors.count,
    forward: forward(WIDE.rows, (module) => buildPlaceTile(module, vectors, WIDE)),
    gradient: gradient(WIDE.rows, (module) => buildPackedTile(module, vectors, WIDE)),
    forwardRest: [
      ...few.map((columns) =>
        forward(tall, (module) => buildColumnPlaceTile(module, vectors, columns)),
      ),
      forward(NARROW.rows, (module) => buildPlaceTile(module, vectors, NARROW)),
    ],
    gradientRest: [
      ...few.map((columns) =>
        gradient(tall, (module) => buildColumnPackedTile(module, vectors, columns)),
      ),
      gradient(NARROW.rows, (module) => buildPackedTile(module, vectors, NARROW)),
    ],
    lanes: defineKernel<LaneKernel>((module) => buildLanes(module, vectors)),
    move: defineKernel<MoveKernel>((module) => buildMove(module, vectors)),
  };
}
