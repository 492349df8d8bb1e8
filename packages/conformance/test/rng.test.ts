import { enableX64 } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import * as random from "@flaxen/rng";
import type { IntegerDType, Key } from "@flaxen/rng";
import test from "ava";
import { checkEach, closeDifference, exactDifference, fromSpec, readAnswers } from "./answers.ts";
import type { Close, Exact } from "./answers.ts";

interface Draw {
  readonly call: string;
  readonly seed: number;
  readonly partitionable: boolean;
  readonly shape: readonly number[];
  readonly dtype?: string;
  readonly minval?: number;
  readonly maxval?: number;
  readonly lower?: number;
  readonly upper?: number;
  readonly p?: number;
  readonly mode?: "low" | "high";
}

interface Answers {
  readonly seeds: readonly {
    readonly seed: string;
    readonly words: readonly number[];
    readonly words64: readonly number[];
  }[];
  readonly keys: readonly {
    readonly call: "split" | "foldIn";
    readonly seed: number;
    readonly partitionable: boolean;
    readonly num?: number;
    readonly data?: number;
    readonly answer: Exact;
  }[];
  readonly samplers: readonly (Draw & { readonly answer: Exact })[];
  readonly doubles: readonly (Draw & { readonly answer?: Exact; readonly close?: Close })[];
  readonly permutations: readonly {
    readonly seed: number;
    readonly partitionable: boolean;
    readonly n?: number;
    readonly shape?: readonly number[];
    readonly axis?: number;
    readonly independent?: boolean;
    readonly answer: Exact;
  }[];
}

const answers = readAnswers<Answers>("rng");

function title(item: object): string {
  return JSON.stringify({ ...item, answer: undefined, close: undefined });
}

function draw(item: Draw): NDArray {
  const { call, seed, partitionable, shape, p, mode } = item;
  const key = random.key(seed, { partitionable });
  const dtype = item.dtype === undefined ? {} : { dtype: item.dtype as "float32" };
  switch (call) {
    case "bits":
      return random.bits(key, shape, dtype as { dtype?: "uint32" });
    case "uniform": {
      const { minval = 0, maxval = 1 } = item;
      return random.uniform(key, shape, { minval, maxval, ...dtype });
    }
    case "normal":
      return random.normal(key, shape, dtype);
    case "truncatedNormal":
      return random.truncatedNormal(key, item.lower!, item.upper!, shape, dtype);
    case "bernoulli":
      return random.bernoulli(key, p!, shape, mode === undefined ? {} : { mode });
    case "randint":
      return random.randint(
        key,
        shape,
        item.minval!,
        item.maxval!,
        dtype as { dtype?: IntegerDType },
      );
    default:
      throw new Error(`draw: unknown call ${call}.`);
  }
}

test("key(seed) has the words of jax.random.key, in both widths", (t) => {
  checkEach(t, answers.seeds, title, ({ seed, words, words64 }) => {
    const seeds = [BigInt(seed), ...(Number.isSafeInteger(Number(seed)) ? [Number(seed)] : [])];
    for (const value of seeds) {
      t.deepEqual(random.key(value).words, words as [number, number]);
      try {
        enableX64(true);
        t.deepEqual(random.key(value).words, words64 as [number, number]);
      } finally {
        enableX64(false);
      }
    }
    return undefined;
  });
});

test("split(key) and foldIn(key, data) equal jax.random in both layouts", (t) => {
  checkEach(t, answers.keys, title, ({ call, seed, partitionable, num, data, answer }) => {
    const key: Key = random.key(seed, { partitionable });
    const made = call === "split" ? random.split(key, num) : random.foldIn(key, data!);
    return exactDifference(random.keyData(made), answer);
  });
});

test("samplers equal jax.random bit for bit in both layouts", (t) => {
  checkEach(t, answers.samplers, title, (item) => exactDifference(draw(item), item.answer));
});

test("samplers of 64 bits equal jax.random, normal kinds within 4e-15", (t) => {
  const tolerance = { rtol: 4e-15, atol: 4e-16 };
  checkEach(t, answers.doubles, title, (item) =>
    item.answer === undefined
      ? closeDifference(draw(item), item.close!, tolerance)
      : exactDifference(draw(item), item.answer),
  );
});

test("permutation(key, nOrArray) equals jax.random.permutation in both layouts", (t) => {
  checkEach(t, answers.permutations, title, (item) => {
    const { seed, partitionable, n, shape, axis = 0, independent = false, answer } = item;
    const key = random.key(seed, { partitionable });
    const source = n ?? fromSpec({ ramp: seed, shape: shape!, dtype: "float32" });
    return exactDifference(random.permutation(key, source, { axis, independent }), answer);
  });
});
