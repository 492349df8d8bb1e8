import * as linalg from "@flaxen/linear-algebra";
import { isNDArray, NDArray } from "@flaxen/ndarray";
import test from "ava";
import { checkEach, closeDifference, fromSpec, readAnswers, resolve } from "./answers.ts";
import type { Close } from "./answers.ts";

interface Case {
  readonly name: string;
  readonly arguments: readonly unknown[];
  /** In units of the largest element of the answer. */
  readonly rtol: number;
  readonly answer: readonly Close[];
}

interface Answers {
  readonly products: readonly Case[];
  readonly factorizations: readonly Case[];
  readonly solvers: readonly Case[];
  readonly norms: readonly Case[];
  readonly odd: readonly Case[];
  readonly verdicts: readonly (Case | (Omit<Case, "answer"> & { readonly answer: "error" }))[];
}

const answers = readAnswers<Answers>("linear-algebra");

/** Infinities are written as strings. */
function argument(value: unknown): unknown {
  if (value === "inf") return Infinity;
  if (value === "-inf") return -Infinity;
  if (typeof value !== "object" || value === null || isNDArray(value) || Array.isArray(value)) {
    return value;
  }
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, argument(item)]));
}

function call({ name, arguments: args }: Omit<Case, "answer">): readonly unknown[] {
  const f = (linalg as Record<string, unknown>)[name] as (...args: unknown[]) => unknown;
  const result = f(...(resolve(args) as unknown[]).map(argument));
  if (name === "lstsq") return [(result as unknown[])[0]];
  return Array.isArray(result) ? (result as unknown[]) : [result];
}

function check(item: Case): string | undefined {
  const found = call(item);
  if (item.name === "eigh") return difference(found[0], item.answer[0], item.rtol);
  // The logarithm of a determinant near 1 is as uncertain as the determinant.
  const least = item.name === "slogdet" ? 1 : 0;
  if (found.length !== item.answer.length) return `gives ${found.length} results`;
  for (const [i, wanted] of item.answer.entries()) {
    // Singular vectors are determined up to their signs.
    const signless = item.name === "svd" && item.answer.length > 1 && i !== 1;
    const message = signless
      ? difference(magnitudes(found[i] as NDArray), magnitudes(fromSpec(wanted)), item.rtol)
      : difference(found[i], wanted, item.rtol, least);
    if (message !== undefined) return `result ${i} ${message}`;
  }
  return undefined;
}

function difference(
  actual: unknown,
  answer: Close | NDArray,
  rtol: number,
  least = 0,
): string | undefined {
  const close = isNDArray(answer) ? spec(answer) : answer;
  const wanted = fromSpec(close).data as Float64Array;
  let largest = least;
  for (const value of wanted)
    if (Number.isFinite(value)) largest = Math.max(largest, Math.abs(value));
  return closeDifference(actual, close, { rtol: 0, atol: rtol * largest });
}

function magnitudes(x: NDArray): NDArray {
  return new NDArray((x.data as Float64Array).map(Math.abs), x.shape, undefined, 0, x.dtype);
}

function spec(x: NDArray): Close {
  const { buffer, byteOffset, byteLength } = x.data;
  const base64 = Buffer.from(buffer, byteOffset, byteLength).toString("base64");
  return { dtype: x.dtype, shape: x.shape, base64 };
}

function title(item: Omit<Case, "answer">): string {
  const args = item.arguments.map((arg) =>
    typeof arg === "object" && arg !== null && "shape" in arg ? { ...arg, base64: undefined } : arg,
  );
  return `${item.name} ${JSON.stringify(args)}`;
}

test("products equal NumPy's to rounding", (t) => {
  checkEach(t, answers.products, title, check);
});

test("factorizations equal those of NumPy and SciPy, signs and pivots of QR and LU included", (t) => {
  checkEach(t, answers.factorizations, title, check);
});

test("solvers, inverses, determinants and exponentials equal those of NumPy and SciPy", (t) => {
  checkEach(t, answers.solvers, title, check);
});

test("norms and condition numbers equal NumPy's for every order", (t) => {
  checkEach(t, answers.norms, title, check);
});

test("empty axes, scalars and odd forms of axes and subscripts give what NumPy gives", (t) => {
  checkEach(t, answers.odd, title, check);
});

test("singular and indefinite matrices, infinities and NaN have NumPy's verdict", (t) => {
  checkEach(t, answers.verdicts, title, ({ answer, ...item }) => {
    if (answer !== "error") return check({ ...item, answer });
    try {
      call(item);
    } catch (error) {
      const told = error instanceof RangeError && error.message.startsWith(`${item.name}: `);
      return told ? undefined : `throws ${String(error)}`;
    }
    return "throws nothing";
  });
});
