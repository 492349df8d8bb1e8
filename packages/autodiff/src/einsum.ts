import { describe } from "@flaxen/dtype";
import { sizeOf } from "./compute-dtype.ts";
import { matmul } from "./matmul.ts";
import { promote } from "./operands.ts";
import { sum } from "./reduction.ts";
import { reshapeTo } from "./reshape.ts";
import { slice } from "./slice.ts";
import type { Tensor, TensorLike } from "./tensor.ts";
import { permute } from "./transpose.ts";

/** A tensor and the label of each of its axes. */
interface Term {
  readonly x: Tensor;
  readonly labels: readonly string[];
}

/**
 * Einstein's summation convention: axes with the same label run together, and those that the result does
 * not name are summed.
 *
 * Without `->` the result has the axes of the ellipsis and then, in alphabetical order, the labels that occur
 * once. A label that one operand has twice takes its diagonal; `...` stands for any number of axes, aligned
 * from the right. Axes of length 1 broadcast. Operands are combined from left to right, by matrix products.
 *
 * @param subscripts - The labels of each operand's axes, separated by commas, and optionally `->` and those
 *   of the result; spaces are ignored.
 * @param operands - As many as the subscripts name.
 * @returns The axes that the subscripts name; promoted dtype.
 * @throws {@link TypeError} if `subscripts` is not a string.
 * @throws {@link RangeError} if the subscripts are malformed or do not fit the operands.
 *
 * @example
 * ```ts
 * import { einsum } from "@flaxen/autodiff";
 *
 * einsum("ij,jk->ik", [[1, 2], [3, 4]], [[1], [1]]); // => [[3], [7]]
 * einsum("ii", [[1, 2], [3, 4]]); // => 5
 * einsum("...i->...", [[1, 2], [3, 4]]); // => [3, 7]
 * einsum("ij,ij", [[1, 2]], [[1, 2, 3]]); // throws RangeError: einsum: axes labelled j must have one length, got 2 and 3.
 * ```
 */
export function einsum(subscripts: string, ...operands: readonly TensorLike[]): Tensor {
  if (operands.length === 0) {
    throw new RangeError("einsum: operands must be at least one tensor, got none.");
  }
  const names = operands.map((_, i) => `operand ${i}`);
  const tensors = promote("einsum", names, operands);
  const { inputs, output } = parse(subscripts, tensors);
  const lengths = lengthsOf(tensors, inputs);
  const terms = tensors.map((x, i) => dropOnes(diagonals({ x, labels: inputs[i] }), lengths));
  const whole = terms.reduce((left, right, i) => {
    const wanted = new Set([...output, ...terms.slice(i + 1).flatMap(({ labels }) => labels)]);
    return contract(left, right, wanted);
  });
  const { x, labels } = sumOut(whole, new Set(output));
  return permute(
    x,
    output.map((label) => labels.indexOf(label)),
  );
}

/** The labels of each operand and of the result, with one label for each axis of an ellipsis. */
function parse(
  subscripts: unknown,
  operands: readonly Tensor[],
): { inputs: readonly (readonly string[])[]; output: readonly string[] } {
  if (typeof subscripts !== "string") {
    throw new TypeError(`einsum: subscripts must be a string, got ${describe(subscripts)}.`);
  }
  const refuse = (rule: string): never => {
    throw new RangeError(`einsum: subscripts must ${rule}, got ${describe(subscripts)}.`);
  };
  const [left, right, more] = subscripts.replaceAll(" ", "").split("->");
  const terms = left.split(",");
  const isTerm = (term: string): boolean => /^[A-Za-z]*(?:\.\.\.)?[A-Za-z]*$/.test(term);
  if (more !== undefined || ![...terms, right ?? ""].every(isTerm)) {
    refuse("be letters and ..., commas and at most one ->");
  }
  if (terms.length !== operands.length) refuse(`name ${operands.length} operands`);
  const inputs = terms.map((term, i) => {
    const named = term.replace("...", "").length;
    const { ndim } = operands[i];
    if (term.includes("...") ? named > ndim : named !== ndim) {
      refuse(`have a label for each of the ${ndim} axes of operand ${i}`);
    }
    return expand(term, ndim - named);
  });
  const all = inputs.flat();
  const longest = new Set(all.filter((label) => label.length > 1)).size;
  if (right === undefined) {
    const once = all.filter(
      (label) => label.length === 1 && all.indexOf(label) === all.lastIndexOf(label),
    );
    return { inputs, output: [...expand("...", longest), ...once.sort()] };
  }
  const output = expand(right, longest);
  if (new Set(output).size < output.length || !output.every((label) => all.includes(label))) {
    refuse("name each axis of the result once, and only axes of the operands");
  }
  return { inputs, output };
}

/** One label for each axis; those of an ellipsis are counted from the right. */
function expand(term: string, rank: number): string[] {
  const [front, back] = term.split("...");
  if (back === undefined) return [...front];
  const dots = Array.from({ length: rank }, (_, i) => `...${rank - i}`);
  return [...front, ...dots, ...back];
}

/** The length of each label; 1 gives way to any other. */
function lengthsOf(
  operands: readonly Tensor[],
  inputs: readonly (readonly string[])[],
): ReadonlyMap<string, number> {
  const lengths = new Map<string, number>();
  inputs.forEach((labels, i) =>
    labels.forEach((label, axis) => {
      const n = operands[i].shape[axis];
      const known = lengths.get(label) ?? 1;
      const own = operands[i].shape[labels.indexOf(label)];
      if (n !== own || (known !== 1 && n !== 1 && n !== known)) {
        const name = label.length > 1 ? "..." : label;
        throw new RangeError(
          `einsum: axes labelled ${name} must have one length, got ${n === own ? known : own} and ${n}.`,
        );
      }
      if (known === 1) lengths.set(label, n);
    }),
  );
  return lengths;
}

/** Leaves one axis for each label that occurs twice or more. */
function diagonals(term: Term): Term {
  const { x, labels } = term;
  const label = labels.find((name, axis) => labels.indexOf(name) !== axis);
  if (label === undefined) return term;
  const first = labels.indexOf(label);
  const second = labels.indexOf(label, first + 1);
  const others = labels.map((_, axis) => axis).filter((axis) => axis !== first && axis !== second);
  const outer = others.map((axis) => x.shape[axis]);
  const n = x.shape[first];
  const flat = reshapeTo(permute(x, [...others, first, second]), [...outer, n * n]);
  const start = [...outer.map(() => 0), 0];
  const steps = [...outer.map(() => 1), n + 1];
  const diagonal = slice(flat, start, flat.shape, steps);
  return diagonals({ x: diagonal, labels: [...others.map((axis) => labels[axis]), label] });
}

/** Takes away the axes of length 1 that broadcast against longer ones. */
function dropOnes({ x, labels }: Term, lengths: ReadonlyMap<string, number>): Term {
  const kept = labels
    .map((_, axis) => axis)
    .filter((axis) => x.shape[axis] === lengths.get(labels[axis]));
  return {
    x: reshapeTo(
      x,
      kept.map((axis) => x.shape[axis]),
    ),
    labels: kept.map((axis) => labels[axis]),
  };
}

/** Sums the axes that are not wanted. */
function sumOut({ x, labels }: Term, wanted: ReadonlySet<string>): Term {
  const axis = labels.map((_, i) => i).filter((i) => !wanted.has(labels[i]));
  if (axis.length === 0) return { x, labels };
  return { x: sum(x, { axis }), labels: labels.filter((label) => wanted.has(label)) };
}

/** The product of two terms as one stack of matrix products. */
function contract(a: Term, b: Term, wanted: ReadonlySet<string>): Term {
  const left = sumOut(a, new Set([...wanted, ...b.labels]));
  const right = sumOut(b, new Set([...wanted, ...a.labels]));
  const shared = left.labels.filter((label) => right.labels.includes(label));
  const stack = shared.filter((label) => wanted.has(label));
  const summed = shared.filter((label) => !wanted.has(label));
  const rows = left.labels.filter((label) => !shared.includes(label));
  const columns = right.labels.filter((label) => !shared.includes(label));
  const [x, y] = [matrices(left, stack, rows, summed), matrices(right, stack, summed, columns)];
  const shape = [stack, rows, columns].flatMap((labels, i) =>
    labels.map((label) => lengthIn(i === 2 ? right : left, label)),
  );
  return { x: reshapeTo(matmul(x, y), shape), labels: [...stack, ...rows, ...columns] };
}

/** A term as a stack of matrices whose axes are groups of labels. */
function matrices(term: Term, ...groups: readonly (readonly string[])[]): Tensor {
  const order = groups.flat().map((label) => term.labels.indexOf(label));
  const shape = groups.map((labels) => sizeOf(labels.map((label) => lengthIn(term, label))));
  return reshapeTo(permute(term.x, order), shape);
}

function lengthIn({ x, labels }: Term, label: string): number {
  return x.shape[labels.indexOf(label)];
}
