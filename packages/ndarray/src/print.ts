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

/** The text that JAX prints for `x`, in the layout of NumPy. */
export function formatArray(x: NDArray): string {
  const dtype = `dtype=${x.dtype})`;
  if (x.size === 0) {
    const shape = x.shape.length === 1 ? `${x.shape[0]},` : x.shape.join(", ");
    return `${PREFIX}[], shape=(${shape}), ${dtype}`;
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
  // The indices of each axis that are printed.
  const shown = shape.map((length) =>
    size > THRESHOLD && length > 2 * EDGE_ITEMS
      ? [0, 1, 2, length - 3, length - 2, length - 1]
      : Array.from({ length }, (_, i) => i),
  );
  const values: Scalar[] = [];
  const collect = (axis: number, index: number): void => {
    if (axis === ndim) values.push(readElement(dtype, data, index));
    else for (const i of shown[axis]) collect(axis + 1, index + i * stride[axis]);
  };
  collect(0, offset);
  const words = formatElements(dtype, values, ndim).reverse();
  const layOut = (axis: number): string => {
    if (axis === ndim) return words.pop() as string;
    const items = shown[axis].map(() => layOut(axis + 1));
    if (items.length < shape[axis]) items.splice(EDGE_ITEMS, 0, "...");
    const indent = " ".repeat(PREFIX.length + axis + 1);
    const rest = ndim - 1 - axis;
    return `[${rest === 0 ? fill(items, indent, LINE_WIDTH - ndim) : items.join(`,${"\n".repeat(rest)}${indent}`)}]`;
  };
  return layOut(0);
}

/**
 * Words separated by commas, broken into lines whose text ends before the last of `width` columns.
 */
function fill(words: readonly string[], indent: string, width: number): string {
  let text = "";
  let line = indent;
  words.forEach((word, i) => {
    if (line.length + word.length > width - 1) {
      text += `${line.trimEnd()}\n`;
      line = indent;
    }
    line += i < words.length - 1 ? `${word}, ` : word;
  });
  return (text + line).slice(indent.length);
}
