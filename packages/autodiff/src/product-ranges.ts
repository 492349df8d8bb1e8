import { itemSize } from "@flaxen/dtype";
import { openGemm } from "@flaxen/linear-algebra";
import type { Range, RangeKernel } from "./range-kernel.ts";
import type { ProductDescription } from "./threads/description.ts";

/** Ranges of rows of one matrix had better be a multiple of this. */
const ROWS = 16;
/** The same for columns: the left operand is packed for each range. */
const COLUMNS = 32;
/** From so many matrices on, ranges had better be whole ones. */
const MANY = 8;

/** Matrix products by rows or by columns, whichever are more. */
export function productRanges(product: ProductDescription): RangeKernel {
  const { transposeA, m, n, k, left } = product;
  const byRows = m >= n;
  const lines = Math.max(m, n);
  return {
    units: lines * left.length,
    step: left.length >= MANY ? lines : byRows ? ROWS : COLUMNS,
    flops: 2 * m * n * k * left.length,
    ...(byRows && { follows: [!transposeA && inOrder(product), false] }),
    describe: () => ({ kind: "matmul", product }),
    open: (addresses) => open(product, addresses),
  };
}

/** Whether the left matrices lie one after the other, each of them used once. */
function inOrder({ left, m, k, dtype }: ProductDescription): boolean {
  return left.every((offset, i) => offset === i * m * k * itemSize(dtype));
}

function open(
  { dtype, transposeA, transposeB, m, n, k, left, right }: ProductDescription,
  [a, b, c]: readonly number[],
): Range | undefined {
  const multiply = openGemm(dtype, transposeA, transposeB, m, n, k);
  if (multiply === undefined) return undefined;
  const size = m * n * itemSize(dtype);
  const lines = Math.max(m, n);
  return (first, count) => {
    for (let at = first; at < first + count;) {
      const i = Math.floor(at / lines);
      const line = at - i * lines;
      const taken = Math.min(first + count - at, lines - line);
      const [x, y, z] = [a + left[i], b + right[i], c + i * size];
      if (m >= n) multiply(x, y, z, line, taken, 0, n);
      else multiply(x, y, z, 0, m, line, taken);
      at += taken;
    }
  };
}
