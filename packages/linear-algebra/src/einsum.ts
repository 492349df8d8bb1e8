import { describe, resultType } from "@flaxen/dtype";
import {
  asNDArray,
  astype,
  copy,
  NDArray,
  ones,
  reshape,
  sizeOf,
  transpose,
} from "@flaxen/ndarray";
import type { ArrayInput } from "@flaxen/ndarray";
import { parseSubscripts } from "./einsum-subscripts.ts";
import type { Labels } from "./einsum-subscripts.ts";
import { multiply } from "./matmul.ts";
import { allProducts } from "./outer-product.ts";

/**
 * Evaluates Einstein's summation convention: axes with the same label run together, and those that the
 * result does not name are summed.
 *
 * Without `->` the result has the ellipsis axes and then, in alphabetical order with capitals first, the
 * labels that occur once. A label that one operand has twice takes its diagonal. `...` stands for any number
 * of axes; they are aligned from the right, and summed if the result has no `...`. Axes of length 1 broadcast.
 * Operands are combined in pairs, those with the smallest results first, by the products and sums of `matmul`.
 *
 * @param subscripts - The labels of each operand's axes, separated by commas, and optionally `->` and those of
 *   the result; spaces are ignored.
 * @param operands - As many as the subscripts name; any shapes, any strides.
 * @returns The axes that the subscripts name, in the promoted dtype.
 * @throws {@link RangeError} if the subscripts are malformed or do not fit the operands, a label has two lengths other
 *   than 1, or two lengths within one operand.
 * @throws {@link TypeError} if `subscripts` is not a string.
 *
 * @example
 * ```ts
 * import { einsum } from "@flaxen/linear-algebra";
 *
 * const a = [[1, 2], [3, 4]];
 * einsum("ij,jk->ik", a, [[1], [1]]); // => [[3], [7]]
 * einsum("ii", a); // => 5
 * einsum("ij->ji", a); // => [[1, 3], [2, 4]]
 * einsum("i,ij,j", [1, 1], a, [1, 10]); // => 64
 * ```
 */
export function einsum(subscripts: string, ...operands: ArrayInput[]): NDArray {
  const arrays = operands.map((operand) => asNDArray(operand));
  const { terms, output } = parseSubscripts(subscripts, arrays);
  const dtype = resultType(...arrays.map((x) => x.dtype));
  const lengths = labelLengths(terms, arrays);
  let parts = arrays.map((x, i) =>
    dropBroadcast(
      takeDiagonals({ array: x.dtype === dtype ? x : astype(x, dtype), labels: terms[i] }),
      lengths,
    ),
  );
  while (parts.length > 1) {
    const [i, j] = cheapestPair(parts, output, lengths);
    const others = parts.filter((_, at) => at !== i && at !== j);
    const wanted = new Set([...output, ...others.flatMap(({ labels }) => labels)]);
    const combined = combine(parts[i], parts[j], (label) => wanted.has(label));
    parts = [combined, ...others];
  }
  const [{ array, labels }] = [sumMissing(parts[0], (label) => output.includes(label))];
  return copy(
    transpose(
      array,
      output.map((label) => labels.indexOf(label)),
    ),
  );
}

/** An array with a different label for each axis. */
interface Labelled {
  readonly array: NDArray;
  readonly labels: Labels;
}

/** The length of each label: the one that is not 1, if any. */
function labelLengths(terms: readonly Labels[], arrays: readonly NDArray[]): Map<string, number> {
  const lengths = new Map<string, number>();
  terms.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const length = arrays[i].shape[axis];
      const known = lengths.get(label) ?? 1;
      if (known !== 1 && length !== 1 && length !== known) {
        throw new RangeError(
          `einsum: axes with the label "${label}" must have one length, got ${known} and ${length}.`,
        );
      }
      if (known === 1) lengths.set(label, length);
    }),
  );
  return lengths;
}

/** A view of the diagonals along axes with the same label. */
function takeDiagonals({ array, labels }: Labelled): Labelled {
  const kept = [...new Set(labels)];
  if (kept.length === labels.length) return { array, labels };
  const shape = kept.map((label) => array.shape[labels.indexOf(label)]);
  const stride = kept.map(() => 0);
  labels.forEach((label, axis) => {
    const at = kept.indexOf(label);
    if (array.shape[axis] !== shape[at]) {
      throw new RangeError(
        `einsum: axes with the label "${label}" must have one length in an operand, got shape ${describe(array.shape)}.`,
      );
    }
    stride[at] += array.stride[axis];
  });
  return { array: new NDArray(array.data, shape, stride, array.offset, array.dtype), labels: kept };
}

/** A view without the axes of length 1 that broadcast: the others bring their labels. */
function dropBroadcast(
  { array, labels }: Labelled,
  lengths: ReadonlyMap<string, number>,
): Labelled {
  const axes = labels
    .map((_, axis) => axis)
    .filter((axis) => array.shape[axis] === lengths.get(labels[axis]));
  return {
    array: new NDArray(
      array.data,
      axes.map((axis) => array.shape[axis]),
      axes.map((axis) => array.stride[axis]),
      array.offset,
      array.dtype,
    ),
    labels: axes.map((axis) => labels[axis]),
  };
}

/** The pair whose combination is smallest compared with what it replaces; the first such pair. */
function cheapestPair(
  parts: readonly Labelled[],
  output: Labels,
  lengths: ReadonlyMap<string, number>,
): [number, number] {
  let best: [number, number] = [0, 1];
  if (parts.length === 2) return best;
  const size = (labels: Iterable<string>): number =>
    sizeOf(Array.from(labels, (label) => lengths.get(label) ?? 1));
  let least = Infinity;
  for (let i = 0; i < parts.length; i++) {
    for (let j = i + 1; j < parts.length; j++) {
      const wanted = new Set(output);
      parts.forEach(({ labels }, at) => {
        if (at !== i && at !== j) for (const label of labels) wanted.add(label);
      });
      const both = new Set([...parts[i].labels, ...parts[j].labels]);
      const kept = [...both].filter((label) => wanted.has(label));
      const cost = size(kept) - size(parts[i].labels) - size(parts[j].labels);
      if (cost < least) {
        least = cost;
        best = [i, j];
      }
    }
  }
  return best;
}

/** Sums over the labels that nobody wants, by a product with ones. */
function sumMissing({ array, labels }: Labelled, wanted: (label: string) => boolean): Labelled {
  const kept = labels.filter(wanted);
  if (kept.length === labels.length) return { array, labels };
  const summed = labels.filter((label) => !wanted(label));
  const [rows, depth] = [kept, summed].map((group) => group.map((label) => labels.indexOf(label)));
  const shape = rows.map((axis) => array.shape[axis]);
  const k = sizeOf(depth.map((axis) => array.shape[axis]));
  const lines = reshape(transpose(array, [...rows, ...depth]), [sizeOf(shape), k]);
  return {
    array: reshape(multiply("einsum", lines, ones([k], array.dtype)), shape),
    labels: kept,
  };
}

/** Multiplies two operands and sums over the labels that are not wanted any more. */
function combine(a: Labelled, b: Labelled, wanted: (label: string) => boolean): Labelled {
  const left = sumMissing(a, (label) => wanted(label) || b.labels.includes(label));
  const right = sumMissing(b, (label) => wanted(label) || a.labels.includes(label));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const batch = shared.filter(wanted);
  const summed = shared.filter((label) => !wanted(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const lengths = new Map([
    ...left.labels.map((label, axis) => [label, left.array.shape[axis]] as const),
    ...right.labels.map((label, axis) => [label, right.array.shape[axis]] as const),
  ]);
  // Without sums, whole matrix products for single numbers would only cost time.
  const product =
    summed.length === 0
      ? allProducts(
          arranged(left, [...batch, ...rows]),
          arranged(right, [...batch, ...columns]),
          sizeOf(batch.map((label) => lengths.get(label) ?? 1)),
        )
      : multiply(
          "einsum",
          asMatrices(left, batch, rows, summed),
          asMatrices(right, batch, summed, columns),
        );
  const labels = [...batch, ...rows, ...columns];
  return {
    array: reshape(
      product,
      labels.map((label) => lengths.get(label) ?? 1),
    ),
    labels,
  };
}

/** The operand with its axes in the order of the labels. */
function arranged({ array, labels }: Labelled, order: Labels): NDArray {
  return transpose(
    array,
    order.map((label) => labels.indexOf(label)),
  );
}

/** The operand as matrices whose rows and columns run over groups of labels; copied only if a group needs it. */
function asMatrices(
  { array, labels }: Labelled,
  batch: Labels,
  rows: Labels,
  columns: Labels,
): NDArray {
  const groups = [batch, rows, columns].map((group) => group.map((label) => labels.indexOf(label)));
  const view = transpose(array, groups.flat());
  if (rows.length === 1 && columns.length === 1) return view;
  const [outer, m, n] = groups.map((axes) => axes.map((axis) => array.shape[axis]));
  return reshape(view, [...outer, sizeOf(m), sizeOf(n)]);
}
