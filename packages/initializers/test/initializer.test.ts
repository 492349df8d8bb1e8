import test from "ava";
import fc from "fast-check";
import { key } from "@flaxen/rng";
import * as initializers from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { elements, modern, withX64 } from "./answers.ts";

const { constant, deltaOrthogonal, orthogonal, varianceScaling } = initializers;

const INITIALIZERS: Record<string, (dtype?: "float32" | "float64") => Initializer> = {
  "constant(2)": (dtype) => constant(2, dtype),
  "deltaOrthogonal()": (dtype) => deltaOrthogonal(1, dtype ? { dtype } : {}),
  "orthogonal()": (dtype) => orthogonal(1, dtype ? { dtype } : {}),
  'varianceScaling(1, "fan_in", "normal")': (dtype) =>
    varianceScaling(1, "fan_in", "normal", dtype ? { dtype } : {}),
  "normal()": (dtype) => initializers.normal(0.01, dtype),
  "uniform()": (dtype) => initializers.uniform(0.01, dtype),
  "truncatedNormal()": (dtype) => initializers.truncatedNormal(0.01, dtype ? { dtype } : {}),
};
for (const name of ["glorot", "he", "kaiming", "lecun", "xavier"] as const) {
  for (const kind of ["Normal", "Uniform"] as const) {
    INITIALIZERS[`${name}${kind}()`] = (dtype) =>
      initializers[`${name}${kind}`](dtype ? { dtype } : {});
  }
}

const contract = test.macro<[string]>({
  exec(t, name) {
    const build = INITIALIZERS[name];
    const shape = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 3, maxLength: 5 });
    fc.assert(
      fc.property(fc.integer(), shape, (seed, sizes) => {
        // Kernels for deltaOrthogonal may not have more input than output features.
        const shape = [...sizes.slice(0, -2), ...sizes.slice(-2).sort()];
        const w = build()(key(seed), shape);
        t.deepEqual(w.shape, shape);
        t.is(w.dtype, "float32");
        t.true(elements(w).every(Number.isFinite));
        t.deepEqual(build()(key(seed), shape).data, w.data);
        t.not(build()(key(seed), shape).data, w.data);
      }),
      { seed: 1, numRuns: 20 },
    );
    t.is(build("float64")(modern, [1, 2, 3]).dtype, "float64");
    t.is(build("float64")(modern, [1, 2, 3], "float32").dtype, "float32");
    t.is(withX64(() => build()(modern, [1, 2, 3])).dtype, "float64");
  },
  title: (_, name) => `${name}(key, shape, dtype) is a finite function of its arguments`,
});

for (const name of Object.keys(INITIALIZERS)) test(contract, name);

test("xavier and kaiming builders draw what glorot and he builders do", (t) => {
  for (const kind of ["Normal", "Uniform"] as const) {
    const draw = (build: () => Initializer): unknown => build()(modern, [4, 5]).data;
    t.deepEqual(draw(initializers[`xavier${kind}`]), draw(initializers[`glorot${kind}`]));
    t.deepEqual(draw(initializers[`kaiming${kind}`]), draw(initializers[`he${kind}`]));
  }
});
