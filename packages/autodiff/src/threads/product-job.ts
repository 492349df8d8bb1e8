import { itemSize } from "@flaxen/dtype";
import { gemmInScratch } from "@flaxen/linear-algebra";
import type { Job, ProductDescription } from "./job.ts";

/** About as many parts as this, so that no thread waits long for the last one. */
const PARTS = 12;
/** Rows or columns of a part are a multiple of this. */
const LINES = 16;

/** Matrix products by panels of rows or columns, whichever are more, or by matrices where there are many. */
export function productJob({
  dtype,
  transposeA,
  transposeB,
  m,
  n,
  k,
  left,
  right,
}: ProductDescription): Job {
  const bytes = itemSize(dtype);
  const panels = Math.max(1, Math.round(PARTS / left.length));
  const byRows = m >= n;
  const lines = Math.max(m, n);
  const size = Math.max(LINES, Math.ceil(lines / panels / LINES) * LINES);
  const parts = Math.ceil(lines / size);
  return {
    parts: parts * left.length,
    run([a, b], c, part) {
      const i = Math.floor(part / parts);
      const first = (part % parts) * size;
      const count = Math.min(size, lines - first);
      const [row, rows, column, columns] = byRows ? [first, count, 0, n] : [0, m, first, count];
      const done = gemmInScratch(
        dtype,
        transposeA,
        transposeB,
        m,
        n,
        k,
        a + left[i],
        b + right[i],
        c + i * m * n * bytes,
        row,
        rows,
        column,
        columns,
      );
      if (!done) throw new Error("the workspace does not fit");
    },
  };
}
