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
  return `${PREFIX}${body},${fits ? " " : " ".repeat(PREFIX.length)}${dtype}`;
}

function formatBody(x: NDArray): string {
  const abridged = x.size > THRESHOLD;
  const values: Scalar[] = [];
  collect(x, 0, x.offset, abridged, values);
  const words = formatElements(x.dtype, values, x.ndim);
  // The last column is for the comma that follows the closing bracket.
  return layOut(x.shape, 0, abridged, words.values(), " ".repeat(PREFIX.length), LINE_WIDTH - 1);
}

/** The indices of an axis that are printed. */
function shownIndices(length: number, abridged: boolean): number[] {
  const all = !abridged || length <= 2 * EDGE_ITEMS;
  return all
    ? Array.from({ length }, (_, i) => i)
    : Array.from({ length: 2 * EDGE_ITEMS }, (_, i) =>
        i < EDGE_ITEMS ? i : length - 2 * EDGE_ITEMS + i,
      );
}

function collect(x: NDArray, axis: number, index: number, abridged: boolean, out: Scalar[]): void {
  if (axis === x.ndim) {
    out.push(readElement(x.dtype, x.data, index));
    return;
  }
  for (const i of shownIndices(x.shape[axis], abridged)) {
    collect(x, axis + 1, index + i * x.stride[axis], abridged, out);
  }
}

/**
 * The words as nested bracketed lists.
 *
 * @param indent - the columns before the opening bracket of this list.
 * @param width - columns of a line that this list may use, its own closing bracket included.
 */
function layOut(
  shape: readonly number[],
  axis: number,
  abridged: boolean,
  words: Iterator<string>,
  indent: string,
  width: number,
): string {
  const next = (): string => words.next().value as string;
  if (axis === shape.length) return next();
  const inner = `${indent} `;
  const count = shownIndices(shape[axis], abridged).length;
  const items: string[] = [];
  for (let i = 0; i < count; i++) {
    if (count < shape[axis] && i === EDGE_ITEMS) items.push("...");
    items.push(
      axis === shape.length - 1
        ? next()
        : layOut(shape, axis + 1, abridged, words, inner, width - 1),
    );
  }
  const rest = shape.length - 1 - axis;
  const text = rest === 0 ? fill(items, inner, width) : items.join(`,${"\n".repeat(rest)}${inner}`);
  return `[${text}]`;
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
