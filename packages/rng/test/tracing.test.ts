import test from "ava";
import { bitEqual } from "@flaxen/testing";
import type { DType } from "@flaxen/dtype";
import { array, contiguous, isNDArray } from "@flaxen/ndarray";
import type { ArrayInput, NDArray, Shape } from "@flaxen/ndarray";
import * as rng from "@flaxen/rng";
import { handOver, isTracedKey } from "@flaxen/rng/tracing";
import type { SamplerTrace, TracedArray, TracedDraw } from "@flaxen/rng/tracing";

// A stand-in that knows its value: the tracer records each draw and evaluates it at once.
class StandIn implements TracedArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #value: NDArray;

  constructor(value: NDArray) {
    this.shape = value.shape;
    this.dtype = value.dtype;
    this.#value = contiguous(value);
  }

  get data(): never {
    throw new Error("read a stand-in");
  }

  static of(x: unknown): NDArray {
    if (isNDArray(x)) return x;
    return (x as StandIn).#value;
  }
}

let recorded: TracedDraw[] = [];
Object.defineProperty(StandIn.prototype, Symbol.for("flaxen.HandOver"), { value: handOver });
Object.defineProperty(StandIn.prototype, Symbol.for("flaxen.SamplerTrace"), {
  value: ((draw) => {
    recorded.push(draw);
    const result = draw.evaluate(draw.inputs.map((input) => StandIn.of(input)));
    if (result.dtype !== draw.dtype || String(result.shape) !== String(draw.shape)) {
      throw new Error(`${draw.name}: ${draw.dtype}[${draw.shape}] became ${String(result)}`);
    }
    return new StandIn(result);
  }) satisfies SamplerTrace,
});

const tracedKeyOf = (key: rng.Key): rng.Key =>
  rng.wrapKeyData(new StandIn(rng.keyData(key)) as unknown as NDArray<"uint32">, {
    partitionable: key.partitionable,
  });

type Operand = number | readonly unknown[] | NDArray;
type Draw = (key: rng.Key, ...operands: never[]) => unknown;

/** Every function: how it is called with a key and operands, and the operands. */
const CALLS: Record<string, readonly [draw: Draw, ...operands: Operand[]]> = {
  ball: [(k) => rng.ball(k, 3, 1.5, [4])],
  bernoulli: [(k) => rng.bernoulli(k, 0.3, [50], { mode: "high" })],
  "bernoulli p": [(k, p: ArrayInput) => rng.bernoulli(k, p, [50]), 0.3],
  beta: [(k, a: ArrayInput, b: ArrayInput) => rng.beta(k, a, b, [3, 2]), [[1], [2], [3]], 2.5],
  binomial: [(k, n: ArrayInput, p: ArrayInput) => rng.binomial(k, n, p), [5, 50], 0.25],
  bits: [(k) => rng.bits(k, [101])],
  "bits uint8": [(k) => rng.bits(k, [101], { dtype: "uint8" })],
  "bits uint64": [(k) => rng.bits(k, [101], { dtype: "uint64" })],
  categorical: [
    (k, logits: ArrayInput) => rng.categorical(k, logits, { shape: [9, 2] }),
    [
      [0, 1, 2],
      [3, 2, 1],
    ],
  ],
  "categorical without replacement": [
    (k, x: ArrayInput) => rng.categorical(k, x, { shape: [2], replace: false, axis: 0 }),
    array([0, 1, 2, 3], "float64"),
  ],
  cauchy: [(k) => rng.cauchy(k, [5])],
  chisquare: [(k, df: ArrayInput) => rng.chisquare(k, df, [2, 2]), [3, 4]],
  choice: [(k) => rng.choice(k, 10, [4])],
  "choice without replacement": [(k) => rng.choice(k, 10, [4], { replace: false })],
  "choice from an array": [
    (k, a: ArrayInput) => rng.choice(k, a, [2, 3], { axis: -1 }),
    [
      [1, 2, 3, 4],
      [5, 6, 7, 8],
    ],
  ],
  "choice with p": [
    (k, a: ArrayInput, p: ArrayInput) => rng.choice(k, a, [7], { p }),
    [5, 6, 7],
    [0.1, 0.2, 0.7],
  ],
  "choice with p without replacement": [
    (k, p: ArrayInput) => rng.choice(k, 3, [2], { p, replace: false }),
    [0.1, 0.2, 0.7],
  ],
  "choice of nothing": [(k, a: ArrayInput) => rng.choice(k, a, [0]), [[1, 2]]],
  clone: [(k) => rng.clone(k)],
  dirichlet: [(k, alpha: ArrayInput) => rng.dirichlet(k, alpha, [3]), [0.5, 1, 2]],
  doubleSidedMaxwell: [
    (k, loc: ArrayInput, scale: ArrayInput) => rng.doubleSidedMaxwell(k, loc, scale, [3]),
    [1, 2],
    [2],
  ],
  exponential: [(k) => rng.exponential(k, [5], { dtype: "bfloat16" })],
  f: [(k, a: ArrayInput, b: ArrayInput) => rng.f(k, a, b), [3, 4], 7],
  foldIn: [(k) => rng.foldIn(k, 7)],
  "foldIn data": [(k, data: NDArray) => rng.foldIn(k, data), array(-2, "int32")],
  gamma: [(k, a: ArrayInput) => rng.gamma(k, a, undefined, { dtype: "float64" }), [0.5, 3]],
  generalizedNormal: [(k, p: ArrayInput) => rng.generalizedNormal(k, p, [2]), 1.5],
  geometric: [(k, p: ArrayInput) => rng.geometric(k, p, [2, 2]), [0.2, 0.3]],
  gumbel: [(k) => rng.gumbel(k, [5], { mode: "high" })],
  keyData: [(k) => rng.keyData(k)],
  "keyData of keys": [(k) => rng.keyData([k, rng.key(1), rng.foldIn(k, 3)])],
  keyImpl: [(k) => array(rng.keyImpl(k).length)],
  laplace: [(k) => rng.laplace(k, [5])],
  loggamma: [(k, a: ArrayInput) => rng.loggamma(k, a), [0.5, 3]],
  logistic: [(k) => rng.logistic(k, [5])],
  lognormal: [(k, sigma: ArrayInput) => rng.lognormal(k, sigma, [3]), 0.5],
  maxwell: [(k) => rng.maxwell(k, [5])],
  multinomial: [
    (k, n: ArrayInput, p: ArrayInput) => rng.multinomial(k, n, p),
    10,
    [0.25, 0.25, 0.5],
  ],
  multivariateNormal: [
    (k, mean: ArrayInput, cov: ArrayInput) => rng.multivariateNormal(k, mean, cov, [4]),
    [1, 2],
    [
      [2, 0.5],
      [0.5, 1],
    ],
  ],
  normal: [(k) => rng.normal(k, [5, 30])],
  orthogonal: [(k) => rng.orthogonal(k, 2, [2], { m: 4 })],
  "orthogonal of nothing": [(k) => rng.orthogonal(k, 0)],
  pareto: [(k, b: ArrayInput) => rng.pareto(k, b), [0.5, 3]],
  "permutation of a range": [(k) => rng.permutation(k, 10)],
  permutation: [
    (k, x: ArrayInput) => rng.permutation(k, x, { axis: -1, independent: true }),
    [
      [1, 2, 3],
      [4, 5, 6],
    ],
  ],
  poisson: [(k, lam: ArrayInput) => rng.poisson(k, lam, [2, 2]), [3, 30]],
  rademacher: [(k) => rng.rademacher(k, [9])],
  "rademacher float16": [(k) => rng.rademacher(k, [9], { dtype: "float16" })],
  "randint of arrays": [
    (k, low: ArrayInput, high: ArrayInput) => rng.randint(k, [2, 3], low, high),
    array([[1], [2]], "int32"),
    array([5, 7, 9], "int32"),
  ],
  "normal complex64": [(k) => rng.normal(k, [5], { dtype: "complex64" })],
  "orthogonal complex64": [(k) => rng.orthogonal(k, 3, [], { dtype: "complex64" })],
  "truncatedNormal of arrays": [
    (k, low: ArrayInput, high: ArrayInput) => rng.truncatedNormal(k, low, high, [2, 3]),
    [[1], [2]],
    [5, 7, 9],
  ],
  randint: [(k) => rng.randint(k, [9], -5, 7, { dtype: "int8" })],
  rayleigh: [(k, scale: ArrayInput) => rng.rayleigh(k, scale), [1, 2]],
  split: [(k) => rng.keyData(rng.split(k, 3))],
  t: [(k, df: ArrayInput) => rng.t(k, df), [2, 3]],
  triangular: [
    (k, a: ArrayInput, b: ArrayInput, c: ArrayInput) => rng.triangular(k, a, b, c),
    [0, 1],
    1.5,
    2,
  ],
  truncatedNormal: [(k) => rng.truncatedNormal(k, -1, 2, [50])],
  uniform: [(k) => rng.uniform(k, [50], { minval: -1, dtype: "float16" })],
  bitsSlice: [(k) => rng.bitsSlice(k, 9, 2, 7)],
  "uniform of arrays": [
    (k, minval: NDArray, maxval: NDArray) => rng.uniform(k, [3, 2], { minval, maxval }),
    [1, 2],
    [5],
  ],
  wald: [(k, mean: ArrayInput) => rng.wald(k, mean), [1, 2]],
  weibullMin: [
    (k, scale: ArrayInput, c: ArrayInput) => rng.weibullMin(k, scale, c, [3]),
    1,
    [[1], [2]],
  ],
  wrapKeyData: [(k) => rng.wrapKeyData(rng.keyData(k), k)],
};

const valueOf = (x: unknown): NDArray => StandIn.of(rng.isKey(x) ? rng.keyData(x) : x);

for (const [name, [draw, ...operands]] of Object.entries(CALLS)) {
  for (const partitionable of [true, false]) {
    test.serial(`${name} of stand-ins gives the same bits, partitionable ${partitionable}`, (t) => {
      const key = rng.key(42, { partitionable });
      const arrays = operands.map((x) => (isNDArray(x) ? x : array(x as ArrayInput)));
      const expected = valueOf(draw(key, ...(arrays as never[])));
      const traced = arrays.map((x) => new StandIn(x));
      const ways = [
        draw(tracedKeyOf(key), ...(arrays as never[])),
        draw(tracedKeyOf(key), ...(traced as never[])),
        ...(operands.length > 0 ? [draw(key, ...(traced as never[]))] : []),
      ];
      for (const way of ways) {
        if (rng.isKey(way)) t.is(way.partitionable, partitionable);
        if (name !== "keyImpl" && !name.includes("nothing"))
          t.true(isTracedKey(way) || way instanceof StandIn);
        bitEqual(t, valueOf(way), expected);
      }
    });
  }
}

test("every function that takes a key is traced", (t) => {
  const other = ["isKey", "key", "keyDtype", "setKeyReuseCheck"];
  const names = Object.keys(rng).filter((name) => !other.includes(name));
  const tested = new Set(Object.keys(CALLS).map((name) => name.split(" ")[0]));
  t.deepEqual(
    names.filter((name) => !tested.has(name)),
    [],
  );
});

test.serial("a draw is recorded with its name, inputs, shape and dtype", (t) => {
  recorded = [];
  const k = tracedKeyOf(rng.key(1));
  const a = new StandIn(array([[1], [2]]));
  rng.gamma(k, a as unknown as NDArray, [2, 3], { dtype: "float64" });
  t.is(recorded.length, 1);
  const [{ name, inputs, shape, dtype }] = recorded;
  t.deepEqual({ name, shape, dtype }, { name: "gamma", shape: [2, 3], dtype: "float64" });
  t.deepEqual(inputs, [rng.keyData(k), a] as never);
  t.is(recorded[0].inputs[0], rng.keyData(k) as never);
});

test("arguments of traced calls are checked", (t) => {
  const k = tracedKeyOf(rng.key(1));
  t.throws(() => rng.normal(k, [-1]), {
    instanceOf: RangeError,
    message: "normal: shape must hold non-negative integers, got [-1].",
  });
  const x = new StandIn(array([1, 2, 3])) as unknown as NDArray;
  t.throws(() => rng.gamma(k, x, [2]), {
    instanceOf: RangeError,
    message: "gamma: a must broadcast to shape [2], got shape [3].",
  });
  t.throws(() => rng.foldIn(k, x), {
    instanceOf: TypeError,
    message: "foldIn: data must be an integer, got float32[3].",
  });
  t.throws(() => rng.foldIn(k, new StandIn(array([1], "int32")) as unknown as NDArray), {
    instanceOf: RangeError,
    message: "foldIn: data must have shape [], got int32[1].",
  });
  t.throws(() => rng.wrapKeyData(x as never), {
    instanceOf: TypeError,
    message: "wrapKeyData: data must be an array of uint32, got float32[3].",
  });
});

test("the words of a traced key cannot be read", (t) => {
  const k = tracedKeyOf(rng.key(1));
  t.true(rng.isKey(k));
  t.true(isTracedKey(k));
  t.false(isTracedKey(rng.key(1)));
  t.throws(() => k.words, {
    instanceOf: Error,
    message:
      "Key.words: the key must be concrete, got a traced key. Return keyData(key) from the traced function and read it there.",
  });
});

test.serial("a traced key is used up like any other", (t) => {
  rng.setKeyReuseCheck(true);
  const k = tracedKeyOf(rng.key(1));
  rng.normal(rng.clone(k));
  rng.normal(k);
  t.throws(() => rng.normal(k), {
    instanceOf: Error,
    message:
      "normal: key must not be used twice. Draw from a new key made by split, or from clone(key).",
  });
  rng.setKeyReuseCheck(false);
});

test("handOver(inputs with values) is undefined", (t) => {
  const inputs = [rng.key(0), array([1])] as const;
  const evaluate = (key: rng.Key, a: NDArray): NDArray => rng.gamma(key, a);
  t.is(handOver("draw", inputs, [2], "float32", evaluate), undefined);
});
