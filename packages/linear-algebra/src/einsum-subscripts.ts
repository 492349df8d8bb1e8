import { describe } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";

/**
 * Names of axes: letters as written, and `"...-1"`, `"...-2"` and so on for those that an ellipsis stands for,
 * counted from the right so that they broadcast.
 */
export type Labels = readonly string[];

/** The labels of the axes of each operand and of the result. */
export interface Subscripts {
  readonly terms: readonly Labels[];
  readonly output: Labels;
}

const ELLIPSIS = "...";

/** Reads the subscripts of einsum for the given operands. */
export function parseSubscripts(subscripts: unknown, operands: readonly NDArray[]): Subscripts {
  if (typeof subscripts !== "string") {
    throw new TypeError(`einsum: subscripts must be a string, got ${describe(subscripts)}.`);
  }
  const [inputs, explicit, ...more] = subscripts.replace(/\s/g, "").split("->");
  const texts = inputs.split(",");
  if (more.length > 0 || !texts.every(isTerm) || !isTerm(explicit ?? "")) {
    throw new RangeError(
      `einsum: subscripts must be letters with at most one "..." a term, commas and at most one "->", got ${describe(subscripts)}.`,
    );
  }
  if (texts.length !== operands.length) {
    throw new RangeError(
      `einsum: operands must be one for each of the ${texts.length} terms of ${describe(subscripts)}, got ${operands.length}.`,
    );
  }
  const terms = texts.map((text, i) => labelsOf(text, operands[i], i));
  const broadcast = ellipsisLabels(
    Math.max(0, ...terms.map((term) => term.filter(isEllipsis).length)),
  );
  const output =
    explicit === undefined
      ? [...broadcast, ...onceOnly(terms)]
      : splitTerm(explicit).flatMap((part) => (part === ELLIPSIS ? broadcast : [part]));
  const known = new Set(terms.flat());
  if (new Set(output).size !== output.length || !output.every((label) => known.has(label))) {
    throw new RangeError(
      `einsum: output labels must be different labels of the operands, got ${describe(explicit)}.`,
    );
  }
  return { terms, output };
}

function isTerm(text: string): boolean {
  return /^[a-zA-Z]*(\.\.\.[a-zA-Z]*)?$/.test(text);
}

function splitTerm(text: string): string[] {
  return text.match(/\.\.\.|[a-zA-Z]/g) ?? [];
}

function isEllipsis(label: string): boolean {
  return label.startsWith(ELLIPSIS);
}

function ellipsisLabels(count: number): string[] {
  return Array.from({ length: count }, (_, i) => `${ELLIPSIS}${i - count}`);
}

/** The label of each axis of an operand. */
function labelsOf(text: string, { shape }: NDArray, position: number): string[] {
  const parts = splitTerm(text);
  const open = parts.includes(ELLIPSIS);
  const named = parts.length - Number(open);
  if (open ? shape.length < named : shape.length !== named) {
    throw new RangeError(
      `einsum: operand ${position} must have ${open ? "at least " : ""}${named} axes for "${text}", got shape ${describe(shape)}.`,
    );
  }
  const rest = ellipsisLabels(shape.length - named);
  return parts.flatMap((part) => (part === ELLIPSIS ? rest : [part]));
}

/** The letters that occur exactly once, in the order of their codes: upper case first. */
function onceOnly(terms: readonly Labels[]): string[] {
  const letters = terms.flat().filter((label) => !isEllipsis(label));
  return letters
    .filter((label) => letters.indexOf(label) === letters.lastIndexOf(label))
    .sort((a, b) => (a < b ? -1 : 1));
}
