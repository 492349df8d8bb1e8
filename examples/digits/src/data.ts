import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { NDArray } from "flaxen";

/** Images `[n, 8, 8, 1]` with values in [0, 1] and their labels `[n]`, 0 to 9. */
export interface Digits {
  readonly images: NDArray<"float32">;
  readonly labels: NDArray<"int32">;
}

const PIXELS = 8 * 8;
const TRAIN = 1437;

/** The 1,797 handwritten digits that lie in `data/`: the first 1,437 to train on, the last 360 to test with. */
export function loadDigits(): { readonly train: Digits; readonly test: Digits } {
  const file = new URL("../data/digits.csv.gz", import.meta.url);
  const rows = gunzipSync(readFileSync(file)).toString("utf8").trim().split("\n");
  const table = rows.map((row) => row.split(",").map(Number));
  return { train: digitsOf(table.slice(0, TRAIN)), test: digitsOf(table.slice(TRAIN)) };
}

function digitsOf(rows: readonly (readonly number[])[]): Digits {
  const images = new Float32Array(rows.length * PIXELS);
  rows.forEach((row, i) =>
    images.set(
      row.slice(0, PIXELS).map((pixel) => pixel / 16),
      i * PIXELS,
    ),
  );
  return {
    images: new NDArray(images, [rows.length, 8, 8, 1]),
    labels: new NDArray(
      Int32Array.from(rows, (row) => row[PIXELS]),
      [rows.length],
    ),
  };
}
