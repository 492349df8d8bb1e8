import { readElement } from "./element.ts";
import type { Scalar } from "./element.ts";
import type { NDArray } from "./ndarray.ts";
import { formatElements } from "./print-elements.ts";

/**
 * NumPy's defaults: columns of a line, size above which arrays are abridged, items kept at each
 * end.
 */
const LINE_WIDTH = 75;
const THRESHOLD = 1000;
const EDGE_ITEMS = 3;

const PREFIX = "Array(";

/** Stands for an element until all are known and have their texts. */
const PLACE = "#";

/** The text that JAX prints for `x`, in the layout of NumPy. */
export function formatArray(x: NDArray): string {
  const dtype = `dtype=${x.dtype})`;
  if (x.size === 0) {
    return `${PREFIX}[], shape=(${x.shape.join(", ")}${x.ndim === 1 ? "," : ""}), ${dtype}`;
  }
  const body = formatBody(x);
  // JAX measures the last line without its prefix, and where the dtype does not fit it puts spaces,
  // not a new line.
  const lastLine = body.length - (body.lastIndexOf("\n") + 1);
  const fits = lastLine + dtype.length + 3 <= LINE_WIDTH;
  return `${PREFIX}${body},${" ".repeat(fits ? 1 : PREFIX.length)}${dtype}`;
}

/** The elements as nested bracketed lists. */
function formatBody({ data, dtype, ndim, offset, shape, size, stride }: NDArray): string {
  const values: Scalar[] = [];
  const nest = (axis: number, index: number): string => {
    if (axis === ndim) {
      values.push(readElement(dtype, data, index));
      return PLACE;
    }
    const items: string[] = [];
    for (let i = 0; i < shape[axis]; i++) {
      if (size > THRESHOLD && shape[axis] > 2 * EDGE_ITEMS && i === EDGE_ITEMS) {
        items.push("...");
        i = shape[axis] - EDGE_ITEMS;
      }
      items.push(nest(axis + 1, index + i * stride[axis]));
    }
    const rest = ndim - 1 - axis;
    return `[${items.join(rest > 0 ? `,${"\n".repeat(rest)}${" ".repeat(PREFIX.length + axis + 1)}` : ", ")}]`;
  };
  const text = nest(0, offset);
  const words = formatElements(dtype, values, ndim);
  let next = 0;
  // A line is broken before the word that would pass its end; longer words have a line to themselves.
  const margin = PREFIX.length + ndim;
  const line = new RegExp(`(.{1,${Math.max(LINE_WIDTH - 1 - ndim - margin, 1)}}|[^,]+)(, |$)`, "g");
  return text
    .replaceAll(PLACE, () => words[next++])
    .replace(/[^[\]\n]+/g, (row) =>
      row.replace(line, (_, part: string, more: string) =>
        more === "" ? part : `${part},\n${" ".repeat(margin)}`,
      ),
    );
}
