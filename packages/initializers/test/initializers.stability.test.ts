import { createHash } from "node:crypto";
import test from "ava";
import { key } from "@flaxen/rng";
import * as initializers from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";

// These weights change in a major version only. (Those of the orthogonal kinds are stable to rounding: see orthogonal.test.ts.)

const { glorotNormal, glorotUniform, heNormal, heUniform } = initializers;
const { lecunNormal, lecunUniform, normal, truncatedNormal, uniform } = initializers;

const stable = test.macro<[Initializer, string]>({
  exec(t, initializer, expected) {
    const sum = createHash("sha256");
    for (const seed of [0, 1, -1]) {
      for (const partitionable of [true, false]) {
        for (const shape of [
          [3, 3, 3],
          [2, 7, 11],
        ]) {
          const { data } = initializer(key(seed, { partitionable }), shape, "float32");
          sum.update(new Uint8Array(data.buffer as ArrayBuffer));
        }
      }
    }
    t.is(sum.digest("hex").slice(0, 16), expected);
  },
  title: (name) => `${name} weights are stable`,
});

test("glorotNormal()", stable, glorotNormal(), "35d8d52e8d8a00de");
test("glorotUniform()", stable, glorotUniform(), "d4f08caf7a6b7fe3");
test("heNormal()", stable, heNormal(), "a62ecb8d4a9110a0");
test("heUniform()", stable, heUniform(), "f1c3e0cead076659");
test("lecunNormal()", stable, lecunNormal(), "fbf4e2623331b089");
test("lecunUniform()", stable, lecunUniform(), "00dc839bca9ffb89");
test("normal()", stable, normal(), "93c8d5de3f6e8e4c");
test("truncatedNormal()", stable, truncatedNormal(), "820b201e8646d97f");
test("uniform()", stable, uniform(), "46cbb25952e5f205");
