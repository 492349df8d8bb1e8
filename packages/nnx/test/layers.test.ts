// Outputs, gradients and running statistics of every layer and option, beside Flax's own.
// The expected values and the calls that make them: flax-values.py (jax 0.10.2, flax 0.12.8).
import { astype, greater, multiply, relu, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { normal } from "@flaxen/initializers";
import { NDArray, array } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import { bitEqual, closeTo } from "@flaxen/testing";
import test from "ava";
import type { ExecutionContext } from "ava";
import * as nnx from "@flaxen/nnx";
import { layerCases, poolCases } from "./flax-values.ts";

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

interface Expected {
  readonly dtype: string;
  readonly y: Values;
  readonly params: Readonly<Record<string, Values>>;
  readonly x?: Values;
  readonly stats?: Readonly<Record<string, Values>>;
}

interface Layer {
  forward(x: Tensor): Tensor;
}

function pattern(shape: readonly number[], element: (i: number) => number): NDArray {
  const size = shape.reduce((product, n) => product * n, 1);
  return new NDArray(
    Float32Array.from({ length: size }, (_, i) => element(i)),
    [...shape],
  );
}

const ramp = (...shape: number[]): NDArray => pattern(shape, (i) => (((37 * i) % 23) - 11) / 8);
const weights = (shape: readonly number[]): NDArray =>
  pattern(shape, (i) => (((5 * i) % 7) - 3) / 4);

function compare(
  t: ExecutionContext,
  model: nnx.Module & Layer,
  x: NDArray,
  expected: Expected,
  call: (model: Layer, x: Tensor) => Tensor = (model, x) => model.forward(x),
): void {
  const half = [expected.dtype, x.dtype].some((dtype) => dtype !== "float32" && dtype !== "int32");
  const coarse = Object.values(model).some((v) => v === "bfloat16" || v === "float16");
  // Half precision rounds intermediate results; everything else differs in the order of sums only.
  const tolerance = half || coarse ? { rtol: 2e-2, atol: 2e-2 } : { rtol: 2e-5, atol: 5e-6 };
  const equal = (actual: Tensor, { shape, values }: Values): void => {
    t.deepEqual(actual.shape, shape);
    closeTo(t, astype(actual, "float32"), values, tolerance);
  };
  const scalar = (y: Tensor): Tensor => sum(multiply(astype(y, "float32"), weights(y.shape)));
  const before = nnx.clone(model);
  if (expected.x === undefined) {
    const [[, y], gradient] = nnx.valueAndGrad(
      (model: nnx.Module & Layer) => {
        const y = call(model, x);
        return [scalar(y), y] as const;
      },
      { hasAux: true },
    )(before);
    t.is(y.dtype, expected.dtype as DType);
    equal(y, expected.y);
    compareStates(gradient, expected.params);
    return;
  }
  const [[, y], [gradient, xGradient]] = nnx.valueAndGrad(
    (model: nnx.Module & Layer, x: Tensor) => {
      const y = call(model, x);
      return [scalar(y), y] as const;
    },
    { argnums: [0, 1], hasAux: true },
  )(before, x);
  t.is(y.dtype, expected.dtype as DType);
  equal(y, expected.y);
  equal(xGradient, expected.x);
  compareStates(gradient, expected.params);
  compareStates(nnx.state(before, nnx.BatchStat), expected.stats ?? {});

  function compareStates(state: object, values: Readonly<Record<string, Values>>): void {
    const found = nnx.toPureDict(state) as Readonly<Record<string, Tensor>>;
    t.deepEqual(Object.keys(found), Object.keys(values));
    for (const [name, value] of Object.entries(values)) equal(found[name], value);
  }
}

const rngs = (): nnx.Rngs => new nnx.Rngs(0);
const linear = (options: Partial<nnx.LinearOptions> = {}): nnx.Linear =>
  new nnx.Linear(3, 4, { biasInit: normal(1), rngs: rngs(), ...options });
const conv = (
  kernelSize: number | readonly number[],
  options: Partial<nnx.ConvOptions> = {},
  [inFeatures, outFeatures] = [2, 3],
): nnx.Conv =>
  new nnx.Conv(inFeatures, outFeatures, {
    kernelSize,
    biasInit: normal(1),
    rngs: rngs(),
    ...options,
  });
const norm = (options: Partial<nnx.BatchNormOptions> = {}, numFeatures = 3): nnx.BatchNorm =>
  new nnx.BatchNorm(numFeatures, {
    biasInit: normal(1),
    scaleInit: normal(1),
    rngs: rngs(),
    ...options,
  });
const drop = (rate: number, options: nnx.DropoutOptions = {}): nnx.Dropout =>
  new nnx.Dropout(rate, { rngs: rngs(), ...options });

const image = ramp(2, 5, 5, 2);
const rowMask = array([[true], [true], [false], [true]]);
const twice = (model: Layer, x: Tensor): Tensor => {
  model.forward(multiply(x, 2));
  return model.forward(x);
};

type Case = readonly [nnx.Module & Layer, NDArray, ((model: never, x: Tensor) => Tensor)?];

const layers: Readonly<Record<keyof typeof layerCases, () => Case>> = {
  Linear: () => [linear(), ramp(2, 3)],
  "Linear useBias false": () => [linear({ useBias: false }), ramp(2, 3)],
  "Linear one row": () => [linear(), ramp(2, 3).pick(0) as NDArray],
  "Linear two batch axes": () => [linear(), ramp(2, 2, 3)],
  "Linear int32 input": () => [
    linear(),
    array(
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
      "int32",
    ),
  ],
  "Linear dtype float16": () => [linear({ dtype: "float16" }), ramp(2, 3)],
  "Linear paramDtype bfloat16": () => [linear({ paramDtype: "bfloat16" }), ramp(2, 3)],
  "Linear float16 input": () => [linear(), astype(ramp(2, 3), "float16") as NDArray],
  "Conv SAME": () => [conv([3, 3]), image],
  "Conv useBias false": () => [conv([3, 3], { useBias: false }), image],
  "Conv VALID strides 2": () => [conv([3, 3], { strides: 2, padding: "VALID" }), image],
  "Conv SAME even kernel strides": () => [conv([2, 4], { strides: [2, 3] }), image],
  "Conv SAME_LOWER": () => [conv([2, 4], { strides: [2, 3], padding: "SAME_LOWER" }), image],
  "Conv CIRCULAR": () => [conv([3, 2], { padding: "CIRCULAR", kernelDilation: 2 }), image],
  "Conv REFLECT": () => [conv([3, 4], { padding: "REFLECT", strides: 2 }), image],
  "Conv CAUSAL": () => [conv([3], { padding: "CAUSAL", kernelDilation: 2 }), ramp(2, 6, 2)],
  "Conv integer padding, inputDilation": () => [
    conv([3, 3], { padding: 1, inputDilation: 2 }),
    image,
  ],
  "Conv mixed padding": () => [conv([3, 3], { padding: [[1, 2], 0] }), image],
  "Conv featureGroupCount": () => [conv([3, 3], { featureGroupCount: 2 }, [2, 4]), image],
  "Conv mask": () => {
    const mask = astype(greater(weights([2, 2, 2, 3]), 0), "float32");
    return [conv([2, 2], { mask }), image];
  },
  "Conv no batch axis": () => [conv([3, 3]), image.pick(0) as NDArray],
  "Conv two batch axes": () => [conv([2]), ramp(2, 2, 4, 2)],
  "Conv number kernelSize": () => [conv(3), ramp(2, 4, 2)],
  "Conv three spatial axes": () => [conv([2, 2, 2], {}, [1, 2]), ramp(1, 3, 3, 3, 1)],
  "Conv dtype bfloat16": () => [conv([3, 3], { dtype: "bfloat16" }), image],
  BatchNorm: () => [norm(), ramp(4, 3)],
  "BatchNorm useRunningAverage": () => [norm({ useRunningAverage: true }), ramp(4, 3)],
  "BatchNorm axis 1": () => [norm({ axis: 1 }), ramp(2, 3, 4)],
  "BatchNorm image": () => [norm({ momentum: 0.9, epsilon: 1e-3 }, 2), image],
  "BatchNorm plain": () => [norm({ useBias: false, useScale: false }), ramp(4, 3)],
  "BatchNorm useFastVariance false": () => [norm({ useFastVariance: false }), ramp(4, 3)],
  "BatchNorm mask": () => [
    norm(),
    ramp(4, 3),
    (model: nnx.BatchNorm, x) => model.forward(x, { mask: rowMask }),
  ],
  "BatchNorm slow mask": () => [
    norm({ useFastVariance: false }),
    ramp(4, 3),
    (model: nnx.BatchNorm, x) => model.forward(x, { mask: rowMask }),
  ],
  "BatchNorm dtype float16": () => [norm({ dtype: "float16" }), ramp(4, 3)],
  "BatchNorm two steps": () => [norm(), ramp(4, 3), twice],
  Dropout: () => [drop(0.25), ramp(3, 5)],
  "Dropout second call": () => [drop(0.25), ramp(3, 5), twice],
  "Dropout broadcastDims": () => [drop(0.5, { broadcastDims: [0, -1] }), ramp(2, 4, 3)],
  "Dropout rate 1": () => [drop(1), ramp(3, 5)],
  "Dropout given key": () => [
    drop(0.25),
    ramp(8),
    (model: nnx.Dropout, x) => model.forward(x, { rngs: key(7) }),
  ],
  "Dropout given Rngs": () => [
    drop(0.25),
    ramp(8),
    (model: nnx.Dropout, x) => model.forward(x, { rngs: new nnx.Rngs({ params: 1, dropout: 2 }) }),
  ],
  "Dropout float16": () => [drop(0.25), astype(ramp(8), "float16") as NDArray],
};

const layerCase = test.macro<[keyof typeof layerCases]>({
  exec(t, name) {
    const [model, x, call] = layers[name]();
    compare(
      t,
      model,
      x,
      layerCases[name],
      call as ((model: Layer, x: Tensor) => Tensor) | undefined,
    );
  },
  title: (_, name) => `${name} equals Flax in outputs, gradients and statistics`,
});
for (const name of Object.keys(layerCases)) test(layerCase, name as keyof typeof layerCases);

class Pool extends nnx.Module {
  readonly forward: (x: Tensor) => Tensor;
  constructor(forward: (x: Tensor) => Tensor) {
    super();
    this.forward = forward;
  }
}

const poolFunctions = { maxPool: nnx.maxPool, minPool: nnx.minPool, avgPool: nnx.avgPool };
const poolSettings: Readonly<Record<string, readonly [NDArray, number[], nnx.AvgPoolOptions]>> = {
  overlapping: [image, [2, 2], {}],
  "strides SAME": [image, [2, 2], { strides: [2, 2], padding: "SAME" }],
  pairs: [
    image,
    [3, 2],
    {
      strides: [2, 1],
      padding: [
        [1, 1],
        [0, 1],
      ],
    },
  ],
  "no batch axis": [image.pick(0) as NDArray, [2, 2], { strides: [2, 2] }],
  "two batch axes": [ramp(2, 2, 6, 1), [3], { strides: [3] }],
  "one axis": [ramp(2, 6, 2), [3], { strides: [2], padding: "SAME" }],
  "countIncludePad false": [
    image,
    [2, 2],
    { strides: [2, 2], padding: "SAME", countIncludePad: false },
  ],
};

const poolCase = test.macro<[keyof typeof poolCases]>({
  exec(t, name) {
    const [, callee, setting] = /^(\w+) (.*)$/.exec(name) as RegExpExecArray;
    const [x, window, options] = poolSettings[setting];
    const pool = poolFunctions[callee as keyof typeof poolFunctions];
    compare(t, new Pool((x) => pool(x, window, options)), x, poolCases[name]);
  },
  title: (_, name) => `${name} equals Flax in outputs and gradients`,
});
for (const name of Object.keys(poolCases)) test(poolCase, name as keyof typeof poolCases);

// nnx.Linear(3, 4, rngs=nnx.Rngs(0)).kernel, nnx.Conv(2, 3, (2, 2), rngs=nnx.Rngs(0)).kernel and a
// model of two layers drawn from one nnx.Rngs(0)
test("Linear(3, 4) has the very kernel of Flax", (t) => {
  const { kernel, bias } = new nnx.Linear(3, 4, { rngs: rngs() });
  bitEqual(
    t,
    kernel.value,
    Float32Array.of(
      0.6178674,
      -0.55987215,
      -0.46445078,
      -0.71505547,
      -0.538841,
      0.36689344,
      0.44968855,
      -0.63056815,
      0.9743239,
      -1.0750145,
      -0.78124726,
      0.083681725,
    ),
  );
  bitEqual(t, bias?.value, [0, 0, 0, 0]);
});

test("Conv(2, 3) has the very kernel of Flax", (t) => {
  const { kernel } = new nnx.Conv(2, 3, { kernelSize: [2, 2], rngs: rngs() });
  t.deepEqual(kernel.shape, [2, 2, 2, 3]);
  bitEqual(
    t,
    (kernel.value as NDArray).data.slice(0, 6),
    Float32Array.of(0.37836495, -0.34285027, -0.28441685, -0.43788025, -0.32997137, 0.22467543),
  );
});

test("layers of one Rngs draw kernel and bias in the order of construction", (t) => {
  const shared = rngs();
  const l1 = new nnx.Linear(2, 3, { rngs: shared });
  const l2 = new nnx.Linear(3, 1, { rngs: shared });
  bitEqual(
    t,
    l1.kernel.value,
    Float32Array.of(0.7567299, -0.68570054, -0.5688337, -0.8757605, -0.65994275, 0.44935086),
  );
  bitEqual(t, l2.kernel.value, Float32Array.of(0.7849591, 0.81752163, -0.25595918));
  t.is((shared.default.count.value as NDArray).item(), 4);
});

test("Linear.forward(x) equals Flax on a known row", (t) => {
  const y = new nnx.Linear(3, 4, { rngs: rngs() }).forward([1, 2, 3]);
  closeTo(t, y, [2.4631572, -3.0511286, -1.9088154, -1.7251465]);
});

// nnx.Conv(1, 1, (3, 3), use_bias=False, padding=...) with the kernel 1..9 on x = 1..25
const known = test.macro<[Omit<nnx.ConvOptions, "rngs" | "kernelSize">, number[][]]>({
  exec(t, options, expected) {
    const conv = new nnx.Conv(1, 1, {
      kernelSize: [3, 3],
      useBias: false,
      rngs: rngs(),
      ...options,
    });
    conv.kernel.value = pattern([3, 3, 1, 1], (i) => i + 1);
    const y = conv.forward(pattern([1, 5, 5, 1], (i) => i + 1)) as NDArray;
    t.deepEqual([...y.data], expected.flat());
  },
  title: (_, options) => `Conv ${JSON.stringify(options)} gives the known integers`,
});
test(known, { padding: "VALID" }, [
  [411, 456, 501],
  [636, 681, 726],
  [861, 906, 951],
]);
test(known, { strides: 2 }, [
  [128, 241, 184],
  [441, 681, 453],
  [320, 457, 280],
]);
test(known, { padding: "CIRCULAR", strides: 2 }, [
  [351, 381, 381],
  [651, 681, 681],
  [501, 531, 531],
]);
test(known, { padding: "REFLECT", strides: 2 }, [
  [225, 291, 345],
  [615, 681, 735],
  [825, 891, 945],
]);
test(known, { kernelDilation: 2, strides: 2 }, [
  [228, 365, 248],
  [519, 777, 501],
  [304, 431, 260],
]);

test("Conv with an even kernel puts the odd padding at the end", (t) => {
  for (const [padding, expected] of [
    ["SAME", [44, 54, 64, 28, 84, 94, 104, 44, 124, 134, 144, 60, 41, 44, 47, 16]],
    ["CIRCULAR", [44, 54, 64, 50, 84, 94, 104, 90, 124, 134, 144, 130, 52, 62, 72, 58]],
  ] as const) {
    const conv = new nnx.Conv(1, 1, { kernelSize: [2, 2], useBias: false, padding, rngs: rngs() });
    conv.kernel.value = pattern([2, 2, 1, 1], (i) => i + 1);
    const y = conv.forward(pattern([4, 4, 1], (i) => i + 1)) as NDArray;
    t.deepEqual([...y.data], [...expected]);
  }
});

test("Conv CAUSAL looks back only", (t) => {
  const conv = new nnx.Conv(1, 1, {
    kernelSize: 3,
    useBias: false,
    padding: "CAUSAL",
    rngs: rngs(),
  });
  conv.kernel.value = pattern([3, 1, 1], (i) => i + 1);
  t.deepEqual([...(conv.forward(pattern([4, 1], (i) => i + 1)) as NDArray).data], [3, 8, 14, 20]);
});

// nnx.Conv(1, 1, (9,), use_bias=False, padding=...) with a kernel of ones
test("Conv CIRCULAR and REFLECT continue the input as often as needed", (t) => {
  for (const [padding, expected] of [
    ["CIRCULAR", [13, 14]],
    ["REFLECT", [13, 14]],
  ] as const) {
    const conv = new nnx.Conv(1, 1, { kernelSize: [9], useBias: false, padding, rngs: rngs() });
    conv.kernel.value = pattern([9, 1, 1], () => 1);
    const y = conv.forward(array([[1], [2]])) as NDArray;
    t.deepEqual([...y.data], [...expected], padding);
  }
});

test("maxPool and avgPool give the known numbers", (t) => {
  const x = pattern([1, 5, 5, 1], (i) => i + 1);
  const options = { strides: [2, 2], padding: "SAME" } as const;
  bitEqual(t, nnx.maxPool(x, [2, 2], options), [7, 9, 10, 17, 19, 20, 22, 24, 25]);
  bitEqual(t, nnx.avgPool(x, [2, 2], options), [4, 6, 3.75, 14, 16, 8.75, 10.75, 11.75, 6.25]);
  bitEqual(
    t,
    nnx.avgPool(x, [2, 2], { ...options, countIncludePad: false }),
    [4, 6, 7.5, 14, 16, 17.5, 21.5, 23.5, 25],
  );
});

test("BatchNorm normalises and remembers as Flax does", (t) => {
  const norm = new nnx.BatchNorm(2, { rngs: rngs() });
  closeTo(
    t,
    norm.forward([
      [1, 2],
      [3, 6],
      [5, 1],
    ]),
    [
      [-1.2247425, -0.4629095],
      [0, 1.3887286],
      [1.2247425, -0.925819],
    ],
  );
  closeTo(t, norm.mean.value, [0.03, 0.03]);
  closeTo(t, norm.var.value, [1.0166667, 1.0366666]);
  norm.eval();
  const mean = norm.mean.value;
  norm.forward([[1, 2]]);
  t.is(norm.mean.value, mean);
});

test("Dropout draws the masks of Flax", (t) => {
  const dropout = new nnx.Dropout(0.5, { rngs: rngs() });
  const ones = array([1, 1, 1, 1, 1, 1, 1, 1]);
  bitEqual(t, dropout.forward(ones), [2, 0, 2, 0, 2, 2, 2, 0]);
  bitEqual(t, dropout.forward(ones), [2, 2, 2, 0, 2, 0, 0, 2]);
});

test("Dropout forks its stream once and draws nothing when it passes the input on", (t) => {
  const shared = new nnx.Rngs({ dropout: 42 });
  const dropout = new nnx.Dropout(0.5, { rngs: shared });
  t.is(shared.dropout.count.value.item(), 1);
  const x = array([1, 2]);
  t.is(dropout.forward(x, { deterministic: true }), x);
  t.is(new nnx.Dropout(0).forward(x), x);
  t.is(dropout.rngs?.count.value.item(), 0);
  // reseeding with 42 restores it: the fork starts from foldIn(key(42), 0)
  t.deepEqual(dropout.rngs?.key.value, new nnx.Rngs(42).next());
});

test("Dropout rngs of a call take precedence and are not forked", (t) => {
  const dropout = new nnx.Dropout(0.5, { rngs: rngs() });
  const own = new nnx.Rngs({ dropout: 5 });
  dropout.forward([1, 2, 3], { rngs: own });
  dropout.forward([1, 2, 3], { rngs: own.dropout });
  t.is(own.dropout.count.value.item(), 2);
  t.is(dropout.rngs?.count.value.item(), 0);
});

test("Sequential spreads arrays and is the identity when empty", (t) => {
  const x = array([[1, -2]]);
  t.is(new nnx.Sequential().forward(x), x);
  const split = (x: Tensor): readonly Tensor[] => [x, multiply(x, 2)];
  const join = (a: Tensor, b?: Tensor): Tensor => multiply(a, b ?? 1);
  bitEqual(t, new nnx.Sequential(split, join, relu).forward(x), [2, 8]);
  t.deepEqual(new nnx.Sequential(split).forward(x) as unknown, [x, multiply(x, 2)]);
  t.deepEqual(new nnx.Sequential().forward(x, x) as unknown, [x, x]);
});

test("layers take empty batches", (t) => {
  const empty = (...shape: number[]): NDArray => pattern(shape, () => 0);
  t.deepEqual(linear().forward(empty(0, 3)).shape, [0, 4]);
  t.deepEqual(conv([3, 3]).forward(empty(0, 5, 5, 2)).shape, [0, 5, 5, 3]);
  t.deepEqual(conv([3, 3]).forward(empty(2, 0, 5, 5, 2)).shape, [2, 0, 5, 5, 3]);
  t.deepEqual(nnx.maxPool(empty(0, 4, 4, 2), [2, 2]).shape, [0, 3, 3, 2]);
  t.deepEqual(norm({ useRunningAverage: true }).forward(empty(0, 3)).shape, [0, 3]);
  t.deepEqual(drop(0.5).forward(empty(0, 3)).shape, [0, 3]);
});

test("layers take strided views", (t) => {
  const wide = ramp(3, 4).transpose(1, 0) as NDArray;
  const copy = array(wide.toArray() as number[][]);
  bitEqual(t, linear().forward(wide), linear().forward(copy));
  bitEqual(t, norm().forward(wide), norm().forward(copy));
});

test("layers hold no initializers", (t) => {
  for (const layer of [linear(), conv([3]), norm(), drop(0.5)]) {
    for (const [name, value] of Object.entries(layer)) t.not(typeof value, "function", name);
  }
});

test("promoteDtype(values) follows input and parameters", (t) => {
  const f16 = astype(array([1]), "float16");
  const dtypes = (...args: Parameters<typeof nnx.promoteDtype>): unknown[] =>
    nnx.promoteDtype(...args).map((value) => value?.dtype ?? null);
  t.deepEqual(dtypes([f16, array([1]), null]), ["float32", "float32", null]);
  t.deepEqual(dtypes([array([1], "int32")]), ["float32"]);
  t.deepEqual(dtypes([array([1], "int32")], { inexact: false }), ["int32"]);
  t.deepEqual(dtypes([f16, array([1])], { dtype: "bfloat16" }), ["bfloat16", "bfloat16"]);
  t.deepEqual(dtypes([null]), [null]);
});
