import { itemSize } from "@flaxen/dtype";
import { gemmInScratch } from "@flaxen/linear-algebra";
import type { Job, ProductDescription } from "./job.ts";

/** About as many parts as this, so that no thread waits long for the last one. */
const PARTS = 12;
/** Rows of a part are a multiple of this. */
const ROWS = 16;

/** Matrix products by panels of rows, or by matrices where there are many. */
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
  const rows = Math.max(ROWS, Math.ceil(m / panels / ROWS) * ROWS);
  const parts = Math.ceil(m / rows);
  return {
    parts: parts * left.length,
    run([a, b], c, part) {
      const i = Math.floor(part / parts);
      const first = (part % parts) * rows;
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
        first,
        Math.min(rows, m - first),
      );
      if (!done) throw new Error("the workspace does not fit");
    },
  };
}
