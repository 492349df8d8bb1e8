import test from "ava";
import fc from "fast-check";
import { grad } from "@flaxen/autodiff";
import { array } from "@flaxen/ndarray";
import {
  constantSchedule,
  cosineDecaySchedule,
  exponentialDecay,
  joinSchedules,
  linearSchedule,
  piecewiseConstantSchedule,
  polynomialSchedule,
  warmupConstantSchedule,
  warmupCosineDecaySchedule,
} from "@flaxen/optax";
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

/** Every schedule that follows from its first value, and what that is. */
const STARTS: Readonly<Record<string, readonly [MatchingSchedule, number]>> = {
  exponentialDecay: [exponentialDecay(0.5, 10, 0.9), 0.5],
  "exponentialDecay, staircase": [exponentialDecay(0.5, 3, 0.5, { staircase: true }), 0.5],
  "exponentialDecay, endValue": [exponentialDecay(0.5, 3, 2, { endValue: 3 }), 0.5],
  polynomialSchedule: [polynomialSchedule(0.5, 2, 7, { power: 3, transitionBegin: 2 }), 0.5],
  warmupCosineDecaySchedule: [
    warmupCosineDecaySchedule(0.5, 2, { warmupSteps: 3, decaySteps: 9, endValue: 1 }),
    0.5,
  ],
  "warmupCosineDecaySchedule, no warm-up": [
    warmupCosineDecaySchedule(0.5, 2, { warmupSteps: 0, decaySteps: 9 }),
    2,
  ],
  warmupConstantSchedule: [warmupConstantSchedule(0.5, 2, 3), 0.5],
  "warmupConstantSchedule, no warm-up": [warmupConstantSchedule(0.5, 2, 0), 2],
  piecewiseConstantSchedule: [piecewiseConstantSchedule(0.5, { 3: 2, 5: 0.25 }), 0.5],
  "piecewiseConstantSchedule, none": [piecewiseConstantSchedule(0.5), 0.5],
  joinSchedules: [joinSchedules([constantSchedule(0.5), linearSchedule(1, 0, 4)], [3]), 0.5],
  "joinSchedules, one": [joinSchedules([constantSchedule(0.5)], []), 0.5],
};

const agrees = test.macro({
  exec(t, name: string) {
    const [schedule, first] = STARTS[name]!;
    t.is(schedule(0), first);
    const values = COUNTS.map((count) => schedule(count));
    const tolerance = { rtol: 1e-6, atol: 1e-7 };
    closeTo(t, schedule(array(COUNTS, "int32")), values, tolerance);
    closeTo(t, schedule(array(COUNTS, "float64")), values, { rtol: 1e-12, atol: 1e-300 });
    closeTo(
      t,
      schedule(array([COUNTS.slice(0, 2), COUNTS.slice(2, 4)])),
      values.slice(0, 4),
      tolerance,
    );
    for (const [dtype, expected] of [
      ["int32", "float32"],
      ["float32", "float32"],
      ["float64", "float64"],
    ] as const) {
      t.is(schedule(array(3, dtype)).dtype, expected);
      t.deepEqual(schedule(array(3, dtype)).shape, []);
    }
  },
  title: (_, name) => `${name} answers tensors as it answers numbers`,
});
for (const name of Object.keys(STARTS)) test(agrees, name);

test("exponentialDecay(initValue, transitionSteps, decayRate) follows its formula", (t) => {
  const property = fc.property(
    fc.double({ min: 1e-3, max: 10, noNaN: true }),
    fc.integer({ min: 1, max: 100 }),
    fc.double({ min: 0.1, max: 2, noNaN: true }),
    fc.nat(200),
    (initValue, steps, rate, count) => {
      const value = exponentialDecay(initValue, steps, rate)(count);
      closeTo(t, value, [initValue * Math.exp((Math.log(rate) * count) / steps)], { rtol: 1e-11 });
      const stairs = exponentialDecay(initValue, steps, rate, { staircase: true });
      t.is(stairs(count), stairs(count - (count % steps)));
      const late = exponentialDecay(initValue, steps, rate, { transitionBegin: 7 });
      t.is(late(count + 7), value);
      t.is(late(Math.min(count, 7)), initValue);
    },
  );
  fc.assert(property, { seed: 1, numRuns: 100 });
});

test("polynomialSchedule(initValue, endValue, steps) with power 1 is linearSchedule", (t) => {
  const [a, b] = [polynomialSchedule(3, -1, 8), linearSchedule(3, -1, 8)];
  for (let count = 0; count < 12; count++) t.is(a(count), b(count));
});

test("joinSchedules(schedules, boundaries) starts each schedule at 0", (t) => {
  const seen: unknown[] = [];
  const spy = (count: unknown): number => (seen.push(count), 1);
  const schedule = joinSchedules([spy, spy, spy], [2, 5]);
  for (const count of [0, 1, 2, 4, 5, 6]) schedule(count);
  t.deepEqual(seen, [0, 1, 0, 2, 0, 1]);
  seen.length = 0;
  schedule(array(3, "int32"));
  t.deepEqual(
    seen.map((count) => Number(count)),
    [3, 1, 0],
  );
});

test("joinSchedules(schedules, boundaries) takes schedules that answer with tensors", (t) => {
  const schedule = joinSchedules([() => array(0.5), () => 2], [3]);
  t.deepEqual(
    [0, 2, 3].map((count) => schedule(count)),
    [0.5, 0.5, 2],
  );
  closeTo(t, schedule(array([0, 3], "int32")), [0.5, 2]);
});

test("warmupCosineDecaySchedule(initValue, peakValue, options) meets start, peak and end", (t) => {
  const schedule = warmupCosineDecaySchedule(0.25, 2, {
    warmupSteps: 10,
    decaySteps: 50,
    endValue: 0.5,
  });
  closeTo(
    t,
    [0, 5, 10, 30, 50, 1e9].map((count) => schedule(count)),
    [0.25, 1.125, 2, 1.25, 0.5, 0.5],
    { rtol: 1e-14 },
  );
});
