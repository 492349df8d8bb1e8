import { enableX64 } from "@flaxen/dtype";
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
  readonly complex: readonly Case<Exact>[];
  readonly half: readonly Case<Exact>[];
  readonly doubleExact: readonly Case<Exact>[];
  readonly double: readonly Case<Close>[];
}

const answers = readAnswers<Answers>("initializers");

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

test("complex64 initializers equal flax.nnx.initializers bit for bit in both layouts", (t) => {
  checkEach(t, answers.complex, title, (item) => exactDifference(make(item), item.answer));
});

test("16-bit initializers equal flax.nnx.initializers bit for bit in both layouts", (t) => {
  checkEach(t, answers.half, title, (item) => exactDifference(make(item), item.answer));
});

test.serial(
  "64-bit initializers equal flax.nnx.initializers bit for bit where no logarithm or sine is taken",
  (t) => {
    enableX64(true);
    try {
      checkEach(t, answers.doubleExact, title, (item) => exactDifference(make(item), item.answer));
    } finally {
      enableX64(false);
    }
  },
);

// Logarithm, sine and cosine of the engine are not those of the C library; XLA's own log1p is up to 129 steps off.
test("64-bit initializers equal flax.nnx.initializers to 4e-14", (t) => {
  const tolerance = { rtol: 4e-14, atol: 1e-15 };
  checkEach(
    t,
    answers.double,
    title,
    closeWith(() => tolerance),
  );
});
