import { i32, v128 } from "@flaxen/wasm";
import type { FunctionBuilder, Local, ModuleBuilder, Operand } from "@flaxen/wasm";
import { eachStrip, PAIR } from "./tiles.ts";
import { transpose, vectorLocals } from "./vectors.ts";
import type { FloatVectors } from "./vectors.ts";

/** Adds the functions of `MoveKernel`. */
export function buildMove(module: ModuleBuilder, vectors: FloatVectors): void {
  buildPack(module, vectors);
  buildAddRows(module, vectors);
  module.function(
    "copyRows",
    { table: "i32", end: "i32", from: "i32", to: "i32", bytes: "i32" },
    undefined,
    (f, { table, end, from, to, bytes }) => {
      f.while(i32.ltU(table, end), () => {
        f.copy(i32.add(to, i32.load(table, 4)), i32.add(from, i32.load(table)), bytes);
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
  const move = (f: FunctionBuilder, to: Local<"i32">, from: Parameters<typeof v128.load>[0]) =>
    vectors.storeLane(f, to, vectors.loadFirst(from), 0, 0);
  module.function(
    "spreadRows",
    {
      table: "i32",
      end: "i32",
      from: "i32",
      to: "i32",
      pixels: "i32",
      pixelBytes: "i32",
      spread: "i32",
      spreadEnd: "i32",
    },
    undefined,
    (f, { table, end, from, to, pixels, pixelBytes, spread, spreadEnd }) => {
      const [pixel, a, b, at] = Array.from({ length: 4 }, () => f.local("i32"));
      f.while(i32.ltU(table, end), () => {
        f.set(a, i32.add(from, i32.load(table)));
        f.set(b, i32.add(to, i32.load(table, 4)));
        f.for(pixel, 0, pixels, 1, () => {
          f.for(at, spread, spreadEnd, 4, () => {
            move(f, b, i32.add(a, i32.load(at)));
            f.set(b, i32.add(b, vectors.bytes));
          });
          f.set(a, i32.add(a, pixelBytes));
        });
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
  buildTranspose(module, vectors);
}

function buildPack(module: ModuleBuilder, vectors: FloatVectors): void {
  module.function(
    "pack",
    { table: "i32", end: "i32", from: "i32", to: "i32", columns: "i32" },
    undefined,
    (f, { table, end, from, to, columns }) => {
      const at = f.local("i32");
      const row = f.local("i32");
      eachStrip(f, vectors, columns, from, (shape) => {
        f.for(at, table, end, PAIR, () => {
          f.set(row, i32.add(from, i32.load(at, 4)));
          for (let v = 0; v < shape.vectors; v++) f.store(to, v128.load(row, 16 * v), 16 * v);
          f.set(to, i32.add(to, 16 * shape.vectors));
        });
      });
    },
  );
}

function buildAddRows(module: ModuleBuilder, vectors: FloatVectors): void {
  module.function(
    "addRows",
    { table: "i32", end: "i32", from: "i32", to: "i32", columns: "i32" },
    undefined,
    (f, { table, end, from, to, columns }) => {
      const left = f.local("i32");
      const place = f.local("i32");
      const [a, b] = [f.local("i32"), f.local("i32")];
      const [sum] = vectorLocals(f, 1);
      f.while(i32.ltU(table, end), () => {
        f.set(place, i32.load(table, 4));
        f.set(a, i32.add(from, place));
        f.set(b, i32.add(to, place));
        f.set(left, columns);
        f.while(i32.geS(left, vectors.count), () => {
          f.store(b, vectors.add(v128.load(b), v128.load(a)));
          f.set(a, i32.add(a, 16));
          f.set(b, i32.add(b, 16));
          f.set(left, i32.sub(left, vectors.count));
        });
        f.while(i32.gtS(left, 0), () => {
          f.set(sum, vectors.add(vectors.loadFirst(b), vectors.loadFirst(a)));
          vectors.storeLane(f, b, sum, 0, 0);
          f.set(a, i32.add(a, vectors.bytes));
          f.set(b, i32.add(b, vectors.bytes));
          f.set(left, i32.sub(left, 1));
        });
        f.set(table, i32.add(table, PAIR));
      });
    },
  );
}

function buildTranspose(module: ModuleBuilder, vectors: FloatVectors): void {
  const { count, bytes } = vectors;
  const parameters = {
    from: "i32",
    fromStride: "i32",
    rows: "i32",
    columns: "i32",
    to: "i32",
    toStride: "i32",
  } as const;
  const single = module.function(
    "transposeSingle",
    parameters,
    undefined,
    (f, { from, fromStride, rows, columns, to, toStride }) => {
      const [row, column, a, b] = Array.from({ length: 4 }, () => f.local("i32"));
      f.for(column, 0, columns, 1, () => {
        f.set(a, i32.add(from, i32.mul(column, bytes)));
        f.set(b, to);
        f.for(row, 0, rows, 1, () => {
          vectors.storeLane(f, b, vectors.loadFirst(a), 0, 0);
          f.set(a, i32.add(a, fromStride));
          f.set(b, i32.add(b, bytes));
        });
        f.set(to, i32.add(to, toStride));
      });
    },
    { exported: false },
  );
  module.function(
    "transpose",
    parameters,
    undefined,
    (f, { from, fromStride, rows, columns, to, toStride }) => {
      const wholeRows = f.let(i32.and(rows, -count));
      const wholeColumns = f.let(i32.and(columns, -count));
      const [row, column, a, b] = Array.from({ length: 4 }, () => f.local("i32"));
      const block = vectorLocals(f, count);
      const last = f.local("i32");
      f.for(column, 0, wholeColumns, count, () => {
        f.set(last, i32.add(from, i32.mul(column, bytes)));
        f.for(row, 0, wholeRows, count, () => {
          f.set(a, last);
          for (const vector of block) {
            f.set(vector, v128.load(a));
            f.set(a, i32.add(a, fromStride));
          }
          f.set(last, a);
          f.set(b, i32.add(i32.add(to, i32.mul(column, toStride)), i32.mul(row, bytes)));
          for (const vector of transpose(vectors, block)) {
            f.store(b, vector);
            f.set(b, i32.add(b, toStride));
          }
        });
      });
      const rest = (firstRow: Operand<"i32">, firstColumn: Operand<"i32">): void => {
        const source = i32.add(i32.mul(firstRow, fromStride), i32.mul(firstColumn, bytes));
        const target = i32.add(i32.mul(firstColumn, toStride), i32.mul(firstRow, bytes));
        const [height, width] = [i32.sub(rows, firstRow), i32.sub(columns, firstColumn)];
        const [x, y] = [i32.add(from, source), i32.add(to, target)];
        f.call(single, x, fromStride, height, width, y, toStride);
      };
      rest(0, wholeColumns);
      f.set(columns, wholeColumns);
      rest(wholeRows, 0);
    },
  );
}
