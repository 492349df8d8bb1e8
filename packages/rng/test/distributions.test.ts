import test from "ava";
import fc from "fast-check";
import { bitEqual, closeTo } from "@flaxen/testing";
import { isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import * as rng from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { elements, legacy, modern, withX64 } from "./answers.ts";
import { kolmogorovDistance, kolmogorovLimit } from "./kolmogorov.ts";

const N = 16384;

/** The standard normal distribution function, Abramowitz and Stegun 26.2.17: precise to 1e-7. */
function phi(x: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(x));
  const series =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const tail = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * series;
  return x > 0 ? 1 - tail : tail;
}

const follows = test.macro<[(key: Key) => NDArray, (x: number) => number]>({
  exec(t, draw, cumulative) {
    for (const key of [modern, legacy]) {
      const distance = kolmogorovDistance(elements(draw(key)) as number[], cumulative);
      t.true(distance < kolmogorovLimit(N), `distance ${distance}`);
    }
  },
  title: (_, draw) => `${String(draw).replace(/^\(key\) => rng\./, "")} follows its distribution`,
});

test(
  follows,
  (key) => rng.exponential(key, [N]),
  (x) => 1 - Math.exp(-x),
);
test(
  follows,
  (key) => rng.gumbel(key, [N]),
  (x) => Math.exp(-Math.exp(-x)),
);
test(
  follows,
  (key) => rng.gumbel(key, [N], { mode: "high" }),
  (x) => Math.exp(-Math.exp(-x)),
);
test(
  follows,
  (key) => rng.gumbel(key, [N], { mode: "highest" }),
  (x) => Math.exp(-Math.exp(-x)),
);
test(
  follows,
  (key) => rng.laplace(key, [N]),
  (x) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2),
);
test(
  follows,
  (key) => rng.logistic(key, [N]),
  (x) => 1 / (1 + Math.exp(-x)),
);
test(
  follows,
  (key) => rng.cauchy(key, [N]),
  (x) => 0.5 + Math.atan(x) / Math.PI,
);
test(
  follows,
  (key) => rng.gamma(key, 1, [N]),
  (x) => 1 - Math.exp(-x),
);
test(
  follows,
  (key) => rng.gamma(key, 3, [N]),
  (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2),
);
test(
  follows,
  (key) => rng.gamma(key, 0.5, [N]),
  (x) => 2 * phi(Math.sqrt(2 * x)) - 1,
);
test(
  follows,
  (key) => rng.gamma(key, 3, [N], { dtype: "float64" }),
  (x) => 1 - Math.exp(-x) * (1 + x + (x * x) / 2),
);
test(
  follows,
  (key) => rng.loggamma(key, 0.5, [N]),
  (x) => 2 * phi(Math.sqrt(2 * Math.exp(x))) - 1,
);
test(
  follows,
  (key) => rng.beta(key, 2, 1, [N]),
  (x) => x * x,
);
test(
  follows,
  (key) => rng.beta(key, 0.5, 0.5, [N]),
  (x) => (2 / Math.PI) * Math.asin(Math.sqrt(x)),
);
test(
  follows,
  (key) => rng.chisquare(key, 2, [N]),
  (x) => 1 - Math.exp(-x / 2),
);
test(
  follows,
  (key) => rng.t(key, 2, [N]),
  (x) => 0.5 + x / (2 * Math.sqrt(2 + x * x)),
);
test(
  follows,
  (key) => rng.f(key, 2, 2, [N]),
  (x) => x / (1 + x),
);
test(
  follows,
  (key) => rng.pareto(key, 2.5, [N]),
  (x) => 1 - x ** -2.5,
);
test(
  follows,
  (key) => rng.weibullMin(key, 2, 1.5, [N]),
  (x) => 1 - Math.exp(-((x / 2) ** 1.5)),
);
test(
  follows,
  (key) => rng.rayleigh(key, 2, [N]),
  (x) => 1 - Math.exp((-x * x) / 8),
);
test(
  follows,
  (key) => rng.lognormal(key, 0.5, [N]),
  (x) => phi(Math.log(x) / 0.5),
);
test(
  follows,
  (key) => rng.maxwell(key, [N]),
  (x) => 2 * phi(x) - 1 - Math.sqrt(2 / Math.PI) * x * Math.exp((-x * x) / 2),
);
test(
  follows,
  (key) => rng.triangular(key, 0, 1, 3, [N]),
  (x) => (x < 1 ? (x * x) / 3 : 1 - (3 - x) ** 2 / 6),
);
test(
  follows,
  (key) => rng.wald(key, 2, [N]),
  (x) => {
    const root = Math.sqrt(1 / x);
    return phi(root * (x / 2 - 1)) + Math.exp(1) * phi(-root * (x / 2 + 1));
  },
);
test(
  follows,
  (key) => rng.generalizedNormal(key, 1, [N]),
  (x) => (x < 0 ? Math.exp(x) / 2 : 1 - Math.exp(-x) / 2),
);
test(
  follows,
  (key) => rng.generalizedNormal(key, 2, [N]),
  (x) => phi(x * Math.SQRT2),
);
test(
  follows,
  (key) => rng.ball(key, 1, 2, [N]),
  (x) => (x + 1) / 2,
);

/** Asserts that mean and variance are within 5 standard errors of what they are to be. */
const hasMoments = test.macro<[(key: Key) => NDArray, number, number]>({
  exec(t, draw, mean, variance) {
    for (const key of [modern, legacy]) {
      const drawn = (elements(draw(key)) as (number | bigint)[]).map(Number);
      const average = drawn.reduce((sum, x) => sum + x, 0) / drawn.length;
      const spread = drawn.reduce((sum, x) => sum + (x - mean) ** 2, 0) / drawn.length;
      t.true(Math.abs(average - mean) <= 5 * Math.sqrt(variance / drawn.length), `${average}`);
      t.true(Math.abs(spread / variance - 1) < 0.15, `${spread}`);
    }
  },
  title: (_, draw) => `${String(draw).replace(/^\(key\) => rng\./, "")} has mean and variance`,
});

test(hasMoments, (key) => rng.rademacher(key, [N]), 0, 1);
test(hasMoments, (key) => rng.poisson(key, 3.5, [N]), 3.5, 3.5);
test(hasMoments, (key) => rng.poisson(key, 50, [N]), 50, 50);
test(hasMoments, (key) => rng.binomial(key, 20, 0.3, [N]), 6, 4.2);
test(hasMoments, (key) => rng.binomial(key, 100, 0.7, [N]), 70, 21);
test(hasMoments, (key) => rng.geometric(key, 0.25, [N]), 4, 12);
test(hasMoments, (key) => rng.choice(key, 7, [N]), 3, 4);
test(hasMoments, (key) => rng.doubleSidedMaxwell(key, 1, 2, [N]), 1, 12);
test(hasMoments, (key) => rng.multivariateNormal(key, [3], [[4]], [N]), 3, 4);

test("categorical(key, logits) and choice(key, n, { p }) draw with the given frequencies", (t) => {
  const p = [0.1, 0.2, 0.3, 0.4];
  for (const key of [modern, legacy]) {
    for (const drawn of [
      rng.categorical(key, p.map(Math.log), { shape: [N] }),
      rng.choice(key, 4, [N], { p }),
      rng.choice(key, [0, 1, 2, 3], [N], { p: [1, 2, 3, 4] }),
    ]) {
      const counts = [0, 0, 0, 0];
      for (const x of elements(drawn) as number[]) counts[x]++;
      const square = counts.reduce((sum, c, i) => sum + (c - N * p[i]) ** 2 / (N * p[i]), 0);
      t.true(square < 16.3); // chi-square of 3 degrees, 1 in 1000
    }
  }
});

test("choice(key, n, { replace: false }) draws each element once", (t) => {
  const p = Array.from({ length: 30 }, (_, i) => i + 1);
  for (const options of [{ replace: false }, { replace: false, p }] as const) {
    const drawn = elements(rng.choice(modern, 30, [5, 6], options)) as number[];
    t.deepEqual(
      drawn.toSorted((a, b) => a - b),
      p.map((x) => x - 1),
    );
  }
});

test("dirichlet(key, alpha) and multinomial(key, n, p) keep their sums", (t) => {
  const shares = rng.dirichlet(modern, [0.3, 1, 20], [1000]);
  const counts = rng.multinomial(legacy, 50, [0.2, 0.3, 0.5], [1000, 3]);
  for (let i = 0; i < 1000; i++) {
    closeTo(
      t,
      (elements(shares.pick(i)) as number[]).reduce((a, b) => a + b),
      1,
      { rtol: 1e-6, atol: 0 },
    );
    t.is(
      (elements(counts.pick(i)) as number[]).reduce((a, b) => a + b),
      50,
    );
  }
});

test("ball(key, d, p) stays in the ball", (t) => {
  const points = elements(rng.ball(modern, 3, 1.5, [1000])) as number[];
  for (let i = 0; i < 1000; i++) {
    const [x, y, z] = points.slice(3 * i).map(Math.abs);
    t.true(x ** 1.5 + y ** 1.5 + z ** 1.5 <= 1 + 1e-6);
  }
});

test("orthogonal(key, n) is orthonormal", (t) => {
  for (const options of [{}, { m: 3 }, { m: 8 }, { dtype: "float64" }] as const) {
    const q = rng.orthogonal(modern, 5, [2], options);
    const [, n, m] = q.shape;
    const at = (b: number, i: number, j: number): number => q.get(b, i, j) as number;
    const k = Math.min(n, m);
    for (let b = 0; b < 2; b++) {
      for (let i = 0; i < k; i++) {
        for (let j = 0; j < k; j++) {
          let dot = 0;
          for (let l = 0; l < Math.max(n, m); l++) {
            dot += n >= m ? at(b, l, i) * at(b, l, j) : at(b, i, l) * at(b, j, l);
          }
          closeTo(t, dot, i === j ? 1 : 0, { rtol: 0, atol: 1e-6 });
        }
      }
    }
  }
  t.deepEqual(rng.orthogonal(modern, 0, [3]).shape, [3, 0, 0]);
});

test("multivariateNormal(key, mean, cov) has its covariance with every method", (t) => {
  const cov = [
    [2, 0.5],
    [0.5, 1],
  ];
  for (const method of ["cholesky", "eigh", "svd"] as const) {
    const drawn = elements(
      rng.multivariateNormal(modern, [1, 2], cov, [N], { method }),
    ) as number[];
    let xy = 0;
    for (let i = 0; i < N; i++) xy += (drawn[2 * i] - 1) * (drawn[2 * i + 1] - 2);
    closeTo(t, xy / N, 0.5, { rtol: 0, atol: 0.06 });
  }
});

// The first elements in JAX 0.10.2 on a CPU of what sums in another order here, or takes powers.
function near(draw: () => NDArray, first: readonly number[]): void {
  test(`${String(draw).replace(/^\(\) => rng\./, "")} is within 1e-6 of JAX`, (t) => {
    closeTo(t, elements(draw()).slice(0, first.length), first, { rtol: 1e-6, atol: 1e-6 });
  });
}

near(
  () => rng.maxwell(modern, [262144]),
  [2.0702865, 0.7144703, 1.4999796, 1.705673, 2.3454835, 0.7757431],
);
near(
  () => rng.maxwell(legacy, [262144]),
  [2.416897, 0.3943421, 1.4780911, 0.6456114, 2.2910452, 2.0535898],
);
near(
  () => rng.doubleSidedMaxwell(modern, 1, 2, [65536]),
  [-1.4771912, -4.1701055, 3.7603445, 5.87241, 3.5702794, -1.1843591],
);
near(
  () => rng.doubleSidedMaxwell(legacy, 1, 2, [65536]),
  [5.6473217, -4.5422325, 4.238411, 5.5245633, 4.9535875, 5.087061],
);
near(
  () => rng.generalizedNormal(modern, 1.5, [65536]),
  [-0.11314882, -0.78606486, 0.058673814, 0.3168769, 0.22589615, -1.4831246],
);
near(
  () => rng.generalizedNormal(legacy, 1.5, [65536]),
  [0.1662906, -0.59890205, 1.3042289, 0.535393, 0.4189427, 0.23368423],
);
near(
  () => rng.weibullMin(modern, 2.5, 1.5, [1048576]),
  [2.6980188, 5.9521456, 1.2668949, 1.7524899, 2.9970906, 2.4946103],
);
near(
  () => rng.weibullMin(legacy, 2.5, 1.5, [1048576]),
  [1.5519279, 3.1463337, 2.0459101, 0.83961093, 3.8000937, 8.285801],
);
near(
  () => rng.ball(modern, 3, 2, [65536]),
  [-0.36388415, 0.3945854, 0.119758196, -0.48726168, 0.1332288, -0.14461814],
);
near(
  () => rng.ball(legacy, 3, 2, [65536]),
  [-0.64697886, 0.4223504, -0.5232576, 0.5680801, -0.12398628, -0.38751945],
);
near(
  () => rng.dirichlet(modern, [0.5, 0.6, 0.7], [65536]),
  [0.00059919996, 0.9559774, 0.043423392, 0.72980154, 0.050493367, 0.21970512],
);
near(
  () => rng.dirichlet(legacy, [0.5, 0.6, 0.7], [65536]),
  [0.3834215, 0.35625097, 0.26032746, 0.4716927, 0.5160548, 0.012252464],
);
near(
  () =>
    rng.multivariateNormal(
      modern,
      [1, 2],
      [
        [2, 0.5],
        [0.5, 1],
      ],
      [10000],
    ),
  [1.6381428, 3.986822, 0.26992714, 1.6856441, 1.8704438, 2.5303354],
);
near(
  () =>
    rng.multivariateNormal(
      legacy,
      [1, 2],
      [
        [2, 0.5],
        [0.5, 1],
      ],
      [10000],
    ),
  [-0.8170041, 1.2323188, 2.693901, 2.8396354, 2.2755268, 2.061539],
);
near(
  () => rng.orthogonal(modern, 5),
  [0.27360535, 0.8679771, -0.16280936, 0.16635613, -0.34289134, 0.20271203],
);
near(
  () => rng.orthogonal(legacy, 5),
  [0.1679095, 0.08690364, -0.5306857, -0.68696296, 0.4590298, -0.077254884],
);
near(
  () => rng.orthogonal(modern, 3, [2], { m: 5 }),
  [0.2961744, -0.0925081, -0.084884025, -0.8811068, 0.34665352, 0.69587994],
);
near(
  () => rng.orthogonal(legacy, 3, [2], { m: 5 }),
  [-0.21528542, -0.33086857, -0.681556, -0.59398717, -0.16382612, -0.58211166],
);

test("samplers of logarithms equal JAX in float64", (t) => {
  // jax.random.exponential(jax.random.key(5), (5,), "float64") and so on with jax_enable_x64, JAX 0.10.2.
  const five = rng.key(5);
  bitEqual(
    t,
    rng.exponential(five, [5], { dtype: "float64" }),
    Float64Array.of(
      1.0060530266293406,
      0.04831236376391374,
      1.8133529132211392,
      1.1533276872768692,
      0.2345987303633269,
    ),
  );
  bitEqual(
    t,
    rng.gumbel(five, [5], { dtype: "float64" }),
    Float64Array.of(
      0.7870860216630391,
      -1.1164936934226324,
      1.7256444640935666,
      0.9697162858692016,
      -0.4478129654452264,
    ),
  );
  bitEqual(
    t,
    rng.logistic(five, [5], { dtype: "float64" }),
    Float64Array.of(
      0.5508838087129262,
      -3.0058143390206933,
      1.6352946505898367,
      0.7741370827004718,
      -1.3302872501644871,
    ),
  );
});

test("samplers draw in float64 and int64 under x64", (t) => {
  withX64(() => {
    t.is(rng.exponential(modern).dtype, "float64");
    t.is(rng.gamma(modern, 2).dtype, "float64");
    t.is(rng.poisson(modern, 2).dtype, "int64");
    t.is(rng.categorical(modern, [0, 1]).dtype, "int64");
    t.is(rng.choice(modern, 3).dtype, "int64");
    t.is(rng.rademacher(modern).dtype, "int64");
  });
});

test("setKeyReuseCheck(true) refuses keys that are used twice", (t) => {
  rng.setKeyReuseCheck(true);
  try {
    const key = rng.key(1);
    t.notThrows(() => rng.foldIn(key, 1));
    t.notThrows(() => rng.split(key));
    const message =
      "normal: key must not be used twice. Draw from a new key made by split, or from clone(key).";
    t.throws(() => rng.normal(key), { instanceOf: Error, message });
    t.notThrows(() => rng.normal(rng.clone(key)));
    t.throws(() => rng.split(key), { message: message.replace("normal", "split") });
    for (const draw of Object.values(SAMPLERS)) t.notThrows(() => draw(rng.key(2)));
  } finally {
    rng.setKeyReuseCheck(false);
  }
  const key = rng.key(1);
  t.notThrows(() => [rng.normal(key), rng.normal(key)]);
});

const SAMPLERS: Record<string, (key: Key) => NDArray> = {
  ball: (key) => rng.ball(key, 2),
  bernoulli: (key) => rng.bernoulli(key),
  beta: (key) => rng.beta(key, 1, 2),
  binomial: (key) => rng.binomial(key, 3, 0.5),
  bits: (key) => rng.bits(key),
  categorical: (key) => rng.categorical(key, [0, 1]),
  cauchy: (key) => rng.cauchy(key),
  chisquare: (key) => rng.chisquare(key, 1),
  choice: (key) => rng.choice(key, 3),
  dirichlet: (key) => rng.dirichlet(key, [1, 2]),
  doubleSidedMaxwell: (key) => rng.doubleSidedMaxwell(key, 0, 1),
  exponential: (key) => rng.exponential(key),
  f: (key) => rng.f(key, 1, 2),
  gamma: (key) => rng.gamma(key, 1),
  generalizedNormal: (key) => rng.generalizedNormal(key, 2),
  geometric: (key) => rng.geometric(key, 0.5),
  gumbel: (key) => rng.gumbel(key),
  laplace: (key) => rng.laplace(key),
  loggamma: (key) => rng.loggamma(key, 1),
  logistic: (key) => rng.logistic(key),
  lognormal: (key) => rng.lognormal(key),
  maxwell: (key) => rng.maxwell(key),
  multinomial: (key) => rng.multinomial(key, 3, [1, 2]),
  multivariateNormal: (key) => rng.multivariateNormal(key, [0], [[1]]),
  normal: (key) => rng.normal(key),
  orthogonal: (key) => rng.orthogonal(key, 2),
  pareto: (key) => rng.pareto(key, 1),
  permutation: (key) => rng.permutation(key, 3),
  poisson: (key) => rng.poisson(key, 1),
  rademacher: (key) => rng.rademacher(key),
  randint: (key) => rng.randint(key, [], 0, 5),
  rayleigh: (key) => rng.rayleigh(key, 1),
  t: (key) => rng.t(key, 1),
  triangular: (key) => rng.triangular(key, 0, 1, 2),
  truncatedNormal: (key) => rng.truncatedNormal(key, -1, 1),
  bitsSlice: (key) => rng.bitsSlice(key, 5, 1, 3),
  uniform: (key) => rng.uniform(key),
  wald: (key) => rng.wald(key, 1),
  weibullMin: (key) => rng.weibullMin(key, 1, 1),
};

test("keyImpl(key) and keyDtype(impl) name Threefry", (t) => {
  t.is(rng.keyImpl(rng.split(modern)), "threefry2x32");
  t.is(rng.keyDtype("threefry2x32"), "key<fry>");
});

type Call = (...args: never[]) => unknown;

function callsOfAnyArguments(seed: number): void {
  const functions = Object.entries(rng).filter(
    ([name, x]) => typeof x === "function" && name !== "setKeyReuseCheck",
  ) as [string, Call][];
  const small = fc.integer({ min: -2, max: 4 });
  const number = fc.oneof(
    small,
    fc.double({ min: -3, max: 40 }),
    fc.constantFrom(0, NaN, Infinity, -Infinity, -0, 1e30, 1e-30),
  );
  const junk = fc.oneof(
    number,
    fc.array(small, { maxLength: 3 }),
    fc.array(number, { maxLength: 3 }),
    fc.array(fc.array(number, { minLength: 2, maxLength: 2 }), { maxLength: 3 }),
    fc.constantFrom(
      undefined,
      null,
      true,
      "float32",
      3n,
      {},
      { dtype: "float16" },
      { dtype: "bfloat16" },
      { dtype: "float32" },
      { dtype: "float64" },
      { dtype: "int8" },
      { dtype: "int64" },
      { replace: false },
    ),
    fc.record({ axis: small }),
    fc.record({ shape: fc.array(small, { maxLength: 2 }) }),
  );
  const key = fc.oneof(
    { weight: 8, arbitrary: fc.constantFrom(modern, legacy) },
    { weight: 1, arbitrary: junk },
  );
  const args = fc.tuple(key, junk, junk, junk, junk);
  fc.assert(
    fc.property(
      fc.constantFrom(...functions),
      args,
      fc.integer({ min: 1, max: 5 }),
      ([name, call], all, count) => {
        let result: unknown;
        try {
          result = call(...(all.slice(0, count) as never[]));
        } catch (error) {
          if (!(error instanceof TypeError || error instanceof RangeError)) throw error;
          if (!/^\w+: .* must .*\.|^\w+: /s.test(error.message)) throw error;
          return;
        }
        if (!isNDArray(result)) return;
        const data = (result as NDArray).dtype.startsWith("uint")
          ? []
          : elements(result as NDArray);
        if (name !== "permutation" && name !== "choice" && data.some((x) => Number.isNaN(x))) {
          throw new Error(`${name} gave NaN`);
        }
      },
    ),
    { seed, numRuns: 20000 },
  );
}

test("every function of the package gives a valid result or one of its errors for any arguments", (t) => {
  t.notThrows(() => callsOfAnyArguments(3));
});

test("every function of the package gives a valid result or one of its errors for any arguments under x64", (t) => {
  t.notThrows(() => withX64(() => callsOfAnyArguments(4)));
});

// jax.random.binomial(jax.random.key(7), 50.0, 1.0, (3,)) under x64
test("binomial(key, n, 1) is n under x64", (t) => {
  t.deepEqual(elements(withX64(() => rng.binomial(modern, 50, 1, [3]))), [50, 50, 50]);
});

test("orthogonal(key, n, shape, { dtype: complex64 }) is within 1e-6 of JAX", (t) => {
  // jax.random.orthogonal(jax.random.key(7), 2, m=3, dtype="complex64")
  closeTo(
    t,
    rng.orthogonal(rng.key(7), 2, [], { m: 3, dtype: "complex64" }).data,
    [
      0.38749635219573975, 0.1579602062702179, -0.18172401189804077, -0.09354586154222488,
      0.8391337394714355, -0.28102532029151917, 0.25426965951919556, 0.7423921823501587,
      -0.4100189507007599, -0.15803077816963196, -0.4122733771800995, -0.14540350437164307,
    ],
    { rtol: 0, atol: 1e-6 },
  );
  // jax.random.orthogonal(jax.random.key(7), 2, (2,), dtype="complex64")[1]
  closeTo(
    t,
    rng.orthogonal(rng.key(7), 2, [2], { dtype: "complex64" }).data.subarray(8),
    [
      0.8985427618026733, -0.30092135071754456, -0.30938267707824707, -0.07968474179506302,
      -0.06574336439371109, 0.3126421272754669, -0.6681076884269714, 0.6719858050346375,
    ],
    { rtol: 0, atol: 1e-6 },
  );
});
