import type { DType } from "@flaxen/dtype";
import * as initializers from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import test from "ava";
import { checkEach, closeDifference, exactDifference, readAnswers, resolve } from "./answers.ts";
import type { Close, Exact, Tolerance } from "./answers.ts";

interface Case<A> {
  readonly name: string;
  /** Arguments of the factory; null for an initializer that is no factory. */
  readonly arguments: readonly unknown[] | null;
  readonly seed: number;
  readonly partitionable: boolean;
  readonly shape: readonly number[];
  readonly dtype?: DType;
  readonly answer: A;
}

interface Answers {
  readonly exact: readonly Case<Exact>[];
  readonly orthogonal: readonly Case<Close>[];
  readonly otherWidths: readonly Case<Close>[];
}

const answers = readAnswers<Answers>("initializers");

/** One step of the dtype at 1: inside its compiled samplers JAX keeps 16-bit floats in 32 bits. */
const STEP: Readonly<Partial<Record<DType, number>>> = {
  float16: 2 ** -10,
  bfloat16: 2 ** -7,
  float64: 4e-15,
};

function make({
  name,
  arguments: args,
  seed,
  partitionable,
  shape,
  dtype,
}: Case<unknown>): NDArray {
  const exported = (initializers as Record<string, unknown>)[name];
  const initializer =
    args === null
      ? (exported as Initializer)
      : (exported as (...args: readonly unknown[]) => Initializer)(...(resolve(args) as unknown[]));
  return initializer(key(seed, { partitionable }), shape, dtype);
}

function title(item: Case<unknown>): string {
  return JSON.stringify({ ...item, answer: undefined });
}

function closeWith(tolerance: (item: Case<Close>) => Tolerance) {
  return (item: Case<Close>) => closeDifference(make(item), item.answer, tolerance(item));
}

test("initializers equal flax.nnx.initializers bit for bit in both layouts", (t) => {
  checkEach(t, answers.exact, title, (item) => exactDifference(make(item), item.answer));
});

test("all 21 initializers have an answer", (t) => {
  const names = new Set([...answers.exact, ...answers.orthogonal].map(({ name }) => name));
  t.is(names.size, 21);
});

// A QR factorisation has no one rounding; entries are at most the scale.
test("orthogonal initializers equal flax.nnx.initializers within 1e-6", (t) => {
  const tolerance = { rtol: 1e-6, atol: 1e-6 };
  checkEach(
    t,
    answers.orthogonal,
    title,
    closeWith(() => tolerance),
  );
});

test("initializers of other widths equal flax.nnx.initializers to a step of the dtype", (t) => {
  checkEach(
    t,
    answers.otherWidths,
    title,
    closeWith(({ dtype }) => ({ rtol: STEP[dtype!]!, atol: 1e-15 })),
  );
});
