import test from "ava";
import fc from "fast-check";
import { grad } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import { constantSchedule, cosineDecaySchedule, linearSchedule } from "@flaxen/optax";
import type { MatchingSchedule } from "@flaxen/optax";
import { closeTo } from "@flaxen/testing";

const COUNTS = [0, 1, 2, 3, 5, 7, 9, 10, 11, 100, 1000000];

/** optax.<name>(count) for each of COUNTS, Optax 0.2.8; the same for ints and for jnp.int32. */
const ANSWERS: Readonly<Record<string, { schedule: MatchingSchedule; values: number[] }>> = {
  "cosine_decay_schedule(0.1, 10)": {
    schedule: cosineDecaySchedule(0.1, 10),
    values: [
      0.1, 0.09755283, 0.090450846, 0.07938927, 0.049999997, 0.02061073, 0.002447176, 0.0, 0.0, 0.0,
      0.0,
    ],
  },
  "cosine_decay_schedule(0.1, 10, alpha=0.1, exponent=1.5)": {
    schedule: cosineDecaySchedule(0.1, 10, { alpha: 0.1, exponent: 1.5 }),
    values: [
      0.1, 0.096716605, 0.087421484, 0.07366272, 0.041819803, 0.018421367, 0.010344541, 0.010000001,
      0.010000001, 0.010000001, 0.010000001,
    ],
  },
  "cosine_decay_schedule(2.0, 7, exponent=2.0)": {
    schedule: cosineDecaySchedule(2, 7, { exponent: 2 }),
    values: [2.0, 1.8068411, 1.3178596, 0.74727875, 0.0708799, 0.0, 0.0, 0.0, 0.0, 0.0, 0.0],
  },
  "linear_schedule(1.0, 0.1, 9)": {
    schedule: linearSchedule(1, 0.1, 9),
    values: [1.0, 0.90000004, 0.8, 0.7, 0.49999997, 0.29999998, 0.1, 0.1, 0.1, 0.1, 0.1],
  },
  "linear_schedule(0.0, 0.3, 4, 3)": {
    schedule: linearSchedule(0, 0.3, 4, { transitionBegin: 3 }),
    values: [0.0, 0.0, 0.0, 0.0, 0.15, 0.3, 0.3, 0.3, 0.3, 0.3, 0.3],
  },
};

const follows = test.macro({
  exec(t, name: string) {
    const { schedule, values } = ANSWERS[name]!;
    const tolerance = { rtol: 1e-6, atol: 1e-7 };
    closeTo(
      t,
      COUNTS.map((count) => schedule(count)),
      values,
      tolerance,
    );
    closeTo(t, schedule(array(COUNTS, "int32")), values, tolerance);
    closeTo(t, schedule(array(COUNTS, "float32")), values, tolerance);
    closeTo(t, schedule(array(3, "int32")), [values[3]!], tolerance);
    t.is(schedule(array(3, "int32")).dtype, "float32");
    t.is(schedule(array(3, "float64")).dtype, "float64");
  },
  title: (_, name) => `${name} agrees with Optax on numbers and tensors`,
});
for (const name of Object.keys(ANSWERS)) test(follows, name);

test("constantSchedule(value) is the value at every count", (t) => {
  const schedule = constantSchedule(0.25);
  t.deepEqual(
    [0, 7, Infinity].map((count) => schedule(count)),
    [0.25, 0.25, 0.25],
  );
  t.is(schedule(array(3, "int32")), 0.25);
});

test("cosineDecaySchedule(initValue, decaySteps) never rises and ends at alpha", (t) => {
  const property = fc.property(
    fc.double({ min: 1e-6, max: 1e3, noNaN: true }),
    fc.integer({ min: 1, max: 1000 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.nat(1200),
    (initValue, decaySteps, alpha, count) => {
      const schedule = cosineDecaySchedule(initValue, decaySteps, { alpha });
      t.is(schedule(0), initValue * (1 - alpha + alpha));
      t.true(schedule(count + 1) <= schedule(count));
      closeTo(t, schedule(decaySteps), [initValue * alpha], { rtol: 1e-12 });
    },
  );
  fc.assert(property, { seed: 1, numRuns: 200 });
});

test("linearSchedule(initValue, endValue, steps) has equal steps", (t) => {
  const schedule = linearSchedule(3, -1, 8, { transitionBegin: 2 });
  const values = Array.from({ length: 13 }, (_, count) => schedule(count));
  closeTo(t, values, [3, 3, 3, 2.5, 2, 1.5, 1, 0.5, 0, -0.5, -1, -1, -1], { rtol: 1e-14 });
});

test("schedules work at 2^31 steps and more", (t) => {
  const schedule = cosineDecaySchedule(1, 2 ** 32);
  closeTo(t, schedule(array(2 ** 31 - 1, "int32")), [0.5], { rtol: 1e-6 });
});

test("schedules can be differentiated by a floating-point count", (t) => {
  const slope = grad((count: ReturnType<typeof array>) => linearSchedule(1, 0, 4)(count));
  closeTo(t, slope(array(2)), [-0.25]);
});
