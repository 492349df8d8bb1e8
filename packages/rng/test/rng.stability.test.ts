import { createHash } from "node:crypto";
import test from "ava";
import type { NDArray } from "@flaxen/ndarray";
import {
  bernoulli,
  bits,
  foldIn,
  key,
  keyData,
  normal,
  permutation,
  randint,
  split,
  truncatedNormal,
  uniform,
} from "@flaxen/rng";
import type { FloatDType, Key } from "@flaxen/rng";
import { digest } from "./answers.ts";

// These streams change in a major version only.

const FLOATS: readonly FloatDType[] = ["float16", "bfloat16", "float32", "float64"];

const STREAMS: Record<string, (key: Key) => NDArray[]> = {
  bits: (k) => [
    bits(k, [101], { dtype: "uint8" }),
    bits(k, [101], { dtype: "uint16" }),
    bits(k, [10001]),
    bits(k, [101], { dtype: "uint64" }),
  ],
  uniform: (k) => FLOATS.map((dtype) => uniform(k, [1001], { dtype, minval: -1, maxval: 3 })),
  normal: (k) => FLOATS.map((dtype) => normal(k, [1001], { dtype })),
  truncatedNormal: (k) => FLOATS.map((dtype) => truncatedNormal(k, -1, 3, [1001], { dtype })),
  bernoulli: (k) => [bernoulli(k, 0.3, [1001]), bernoulli(k, 0.3, [1001], { mode: "high" })],
  randint: (k) => [
    randint(k, [1001], 0, 10),
    randint(k, [1001], -100, 101, { dtype: "int8" }),
    randint(k, [101], 0, 2n ** 40n, { dtype: "int64" }),
  ],
  permutation: (k) => [
    permutation(k, 1001),
    permutation(k, randint(k, [11, 13], 0, 100), { axis: 1, independent: true }),
  ],
  keys: (k) => [keyData(split(k, 101)), keyData(foldIn(k, 7))],
};

const stable = test.macro<[string, string]>({
  exec(t, name, expected) {
    const sum = createHash("sha256");
    for (const seed of [0, 1, -1, 123456789, 2 ** 40]) {
      for (const partitionable of [true, false]) {
        for (const drawn of STREAMS[name](key(seed, { partitionable }))) sum.update(digest(drawn));
      }
    }
    t.is(sum.digest("hex").slice(0, 16), expected);
  },
  title: (_, name) => `${name} streams are stable`,
});

test(stable, "bits", "82437b6460d83d37");
test(stable, "uniform", "ce6ea9e234480ede");
test(stable, "normal", "2b9c18feb2c89b79");
test(stable, "truncatedNormal", "aa0fb8fdd153205b");
test(stable, "bernoulli", "bc7e6134cad5140a");
test(stable, "randint", "2a2d33eb867fcf0e");
test(stable, "permutation", "aff0623f47c57d16");
test(stable, "keys", "f0f2d39a7c191115");
