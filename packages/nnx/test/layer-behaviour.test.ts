// What the layers do over several calls and in several modes; values from Flax are in layer-values.ts.
import { array as arrayOf, flatData, NDArray, ones, zeros } from "@flaxen/ndarray";
import {
  concatenate,
  matmul,
  multiply,
  slice,
  square,
  sum,
  transpose,
  valueAndGrad as tensorValueAndGrad,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { normal } from "@flaxen/initializers";
import { decode } from "@flaxen/safetensors";
import { bitEqual, closeTo } from "@flaxen/testing";
import test from "ava";
import { expectTypeOf } from "expect-type";
import * as nnx from "@flaxen/nnx";

const rngs = (seed = 0): nnx.Rngs => new nnx.Rngs(seed);
const ramp = (...shape: number[]): NDArray => {
  const size = shape.reduce((product, n) => product * n, 1);
  const data = Float32Array.from({ length: size }, (_, i) => (((37 * i) % 23) - 11) / 8);
  return new NDArray(data, shape);
};
const names = (node: object): string[] => [
  ...decode(nnx.saveSafetensors(node, { includeRng: true })).tensors.keys(),
];
const list = (x: Tensor | undefined): unknown => (x as NDArray).toArray();

// nnx.Embed(3, 2, rngs=nnx.Rngs(0)).embedding
test("Embed(3, 2) has the very table of Flax", (t) => {
  const { embedding } = new nnx.Embed(3, 2, { rngs: rngs() });
  bitEqual(
    t,
    embedding.value,
    Float32Array.of(0.70994526, -0.6408772, -0.52903765, -0.82828146, -0.6160546, 0.4163714),
  );
});

// nnx.GroupNorm(4, 2, rngs=nnx.Rngs(0))(jnp.arange(8.).reshape(1, 2, 4))
test("GroupNorm(4) normalises known numbers", (t) => {
  const norm = new nnx.GroupNorm(4, { numGroups: 2, rngs: rngs() });
  const x = new NDArray(Float32Array.of(0, 1, 2, 3, 4, 5, 6, 7), [1, 2, 4]);
  closeTo(
    t,
    norm.forward(x),
    [-1.212678, -0.7276068, -1.212678, -0.7276068, 0.7276068, 1.212678, 0.7276068, 1.212678],
    { rtol: 1e-5 },
  );
});

// nnx.ConvTranspose(1, 1, (3, 3), 2, use_bias=False) with the kernel 1..9 on [[1, 2], [3, 4]]
test("ConvTranspose(1, 1) gives the known integers", (t) => {
  const up = new nnx.ConvTranspose(1, 1, {
    kernelSize: [3, 3],
    strides: 2,
    useBias: false,
    rngs: rngs(),
  });
  up.kernel.value = new NDArray(Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8, 9), [3, 3, 1, 1]);
  const y = up.forward(new NDArray(Float32Array.of(1, 2, 3, 4), [1, 2, 2, 1])) as NDArray;
  t.deepEqual([...y.data], [9, 8, 25, 16, 6, 5, 16, 10, 30, 26, 64, 36, 18, 15, 36, 20]);
});

// nnx.MultiHeadAttention(2, 4, rngs=nnx.Rngs(0), decode=False)(jnp.eye(4)[None, :3])
test("MultiHeadAttention(2, 4) gives the known first row", (t) => {
  const eye = [
    [1, 0, 0, 0],
    [0, 1, 0, 0],
    [0, 0, 1, 0],
  ];
  const y = new nnx.MultiHeadAttention(2, 4, { rngs: rngs() }).forward([eye]);
  closeTo(t, slice(y, [0, 0, 0], [1, 1, 4]), [-0.06376807, 0.16342777, -0.23063105, -0.24469775], {
    rtol: 1e-5,
  });
});

// nnx.RNN(nnx.GRUCell(2, 2, rngs=nnx.Rngs(0)))(jnp.ones((1, 2, 2))) and the same with LSTMCell
test("RNN gives the known outputs of a GRU and an LSTM", (t) => {
  const x = ones([1, 2, 2]);
  closeTo(
    t,
    new nnx.RNN(new nnx.GRUCell(2, 2, { rngs: rngs() })).forward(x),
    [-0.3223144, 0.4514887, -0.5497711, 0.5486307],
    { rtol: 1e-5 },
  );
  closeTo(
    t,
    new nnx.RNN(new nnx.LSTMCell(2, 2, { rngs: rngs() })).forward(x),
    [0.2039141, 0.0316646, 0.2093458, 0.0241463],
    { rtol: 1e-5, atol: 1e-6 },
  );
});

test("constructors draw as many keys as in Flax", (t) => {
  const drawn = (build: (rngs: nnx.Rngs) => unknown): number => {
    const stream = rngs();
    build(stream);
    return Number((stream.default.count.value as NDArray).item());
  };
  const lin = (r: nnx.Rngs): nnx.Linear => new nnx.Linear(2, 2, { rngs: r });
  const counts: readonly [(rngs: nnx.Rngs) => unknown, number][] = [
    [(rngs) => new nnx.Embed(2, 2, { rngs }), 1],
    [(rngs) => new nnx.LayerNorm(2, { rngs }), 2],
    [(rngs) => new nnx.RMSNorm(2, { rngs }), 1],
    [(rngs) => new nnx.GroupNorm(2, { numGroups: 1, rngs }), 2],
    [(rngs) => new nnx.InstanceNorm(2, { useBias: false, rngs }), 1],
    [(rngs) => new nnx.LinearGeneral(2, [2, 2], { rngs }), 2],
    [(rngs) => new nnx.ConvTranspose(2, 2, { kernelSize: 2, rngs }), 2],
    [(rngs) => new nnx.Einsum("ab,bc->ac", [2, 2], { rngs }), 1],
    [(rngs) => new nnx.MultiHeadAttention(2, 4, { rngs }), 8],
    [(rngs) => new nnx.MultiHeadAttention(2, 4, { normalizeQk: true, dropoutRate: 0.1, rngs }), 11],
    [(rngs) => new nnx.SimpleCell(2, 2, { rngs }), 3],
    [(rngs) => new nnx.GRUCell(2, 2, { rngs }), 3],
    [(rngs) => new nnx.LSTMCell(2, 2, { rngs }), 12],
    [(rngs) => new nnx.OptimizedLSTMCell(2, 2, { rngs }), 3],
    [(rngs) => new nnx.LoRA(2, 1, 2, { rngs }), 2],
    [(rngs) => new nnx.LoRALinear(2, 2, { loraRank: 1, rngs }), 4],
    [(rngs) => new nnx.WeightNorm(lin(rngs), { rngs }), 2],
    [(rngs) => new nnx.WeightNorm(lin(rngs), { scaleInit: normal(1), rngs }), 3],
    [(rngs) => new nnx.SpectralNorm(lin(rngs), { rngs }), 3],
  ];
  for (const [build, count] of counts) t.is(drawn(build), count, String(build));
});

test("files have the names of Flax", (t) => {
  const attention = new nnx.MultiHeadAttention(2, 4, {
    normalizeQk: true,
    dropoutRate: 0.1,
    rngs: rngs(),
  });
  attention.initCache([1, 2, 4]);
  t.deepEqual(names(attention), [
    "cache_index",
    "cached_key",
    "cached_value",
    "key.bias",
    "key.kernel",
    "key_ln.scale",
    "out.bias",
    "out.kernel",
    "query.bias",
    "query.kernel",
    "query_ln.scale",
    "rngs.count",
    "rngs.key",
    "value.bias",
    "value.kernel",
  ]);
  const run = (): nnx.RNN => new nnx.RNN(new nnx.GRUCell(1, 1, { rngs: rngs() }), { rngs: false });
  t.deepEqual(names(new nnx.Bidirectional(run(), run(), { rngs: false })), [
    "backward_rnn.cell.dense_h.kernel",
    "backward_rnn.cell.dense_i.bias",
    "backward_rnn.cell.dense_i.kernel",
    "forward_rnn.cell.dense_h.kernel",
    "forward_rnn.cell.dense_i.bias",
    "forward_rnn.cell.dense_i.kernel",
  ]);
  t.true(names(new nnx.LSTMCell(1, 1, { rngs: rngs() })).includes("if_.kernel"));
  const base = new nnx.Linear(1, 1, { rngs: rngs() });
  t.deepEqual(names(new nnx.LoRA(1, 1, 1, { baseModule: base, rngs: rngs() })), [
    "base_module.bias",
    "base_module.kernel",
    "lora_a",
    "lora_b",
  ]);
  t.deepEqual(names(new nnx.LoRALinear(1, 1, { loraRank: 1, rngs: rngs() })), [
    "bias",
    "kernel",
    "lora.lora_a",
    "lora.lora_b",
  ]);
  t.deepEqual(names(new nnx.PReLU()), ["negative_slope"]);
  t.deepEqual(names(new nnx.WeightNorm(base, { rngs: rngs() })), [
    "layer_instance.bias",
    "layer_instance.kernel",
    "scales.kernel",
  ]);
  t.deepEqual(names(new nnx.SpectralNorm(base, { rngs: rngs() })), [
    "batch_stats.kernel.sigma",
    "batch_stats.kernel.u",
    "layer_instance.bias",
    "layer_instance.kernel",
  ]);
});

test("saved layers compute the same when loaded", (t) => {
  const build = (seed: number) => ({
    attention: new nnx.MultiHeadAttention(2, 4, { rngs: rngs(seed) }),
    rnn: new nnx.RNN(new nnx.LSTMCell(4, 3, { rngs: rngs(seed) })),
    lora: new nnx.LoRALinear(3, 2, { loraRank: 1, bInitializer: normal(1), rngs: rngs(seed) }),
  });
  const run = ({ attention, rnn, lora }: ReturnType<typeof build>): unknown =>
    list(lora.forward(rnn.forward(attention.forward(ramp(2, 3, 4)))));
  const [saved, loaded] = [build(0), build(1)];
  t.notDeepEqual(run(saved), run(loaded));
  nnx.loadSafetensors(loaded, nnx.saveSafetensors(saved));
  t.deepEqual(run(loaded), run(saved));
});

test("Embed.forward(x) gives NaN outside the table, but for a table of one row", (t) => {
  const embed = new nnx.Embed(2, 1, { rngs: rngs() });
  embed.embedding.value = arrayOf([[1], [2]]);
  t.deepEqual(list(embed.forward([0, -1, 2])), [[1], [2], [NaN]]);
  t.deepEqual(embed.forward(1).shape, [1]);
  t.deepEqual(embed.forward(zeros([0], "int32")).shape, [0, 1]);
  const single = new nnx.Embed(1, 1, { rngs: rngs() });
  single.embedding.value = arrayOf([[1]]);
  t.deepEqual(list(single.forward([0, 7])), [[1], [1]]);
});

test("normalisations take strided views, empty batches and other axes", (t) => {
  const norm = new nnx.LayerNorm(3, { rngs: rngs() });
  const x = ramp(3, 4);
  closeTo(t, norm.forward(x.transpose(1, 0)), list(norm.forward(transpose(x))));
  t.deepEqual(norm.forward(zeros([0, 3])).shape, [0, 3]);
  t.deepEqual(new nnx.RMSNorm(3, { rngs: rngs() }).forward(zeros([0, 3])).shape, [0, 3]);
  const group = { numGroups: 2, rngs: rngs() };
  t.deepEqual(new nnx.GroupNorm(4, group).forward(zeros([0, 2, 4])).shape, [0, 2, 4]);
  const whole = new nnx.GroupNorm(4, { ...group, reductionAxes: [0, 1, 2] });
  const joined = new nnx.GroupNorm(4, group);
  const y = ramp(2, 3, 4);
  // With the batch among the reduced axes, the batch is one long sequence.
  const expected = flatData(joined.forward(new NDArray(y.data, [1, 6, 4])) as NDArray);
  closeTo(t, whole.forward(y), expected, { rtol: 1e-5, atol: 1e-6 });
});

test("makeAttentionMask and makeCausalMask add axes and take dtypes", (t) => {
  const mask = nnx.makeCausalMask(zeros([2, 2]), { extraBatchDims: 1, dtype: "bool" });
  t.deepEqual(mask.shape, [1, 2, 1, 2, 2]);
  t.is(mask.dtype, "bool");
  const combined = nnx.combineMasks([nnx.makeCausalMask([0, 0]), null, [[[1, 0]]]], {
    dtype: "int32",
  });
  t.deepEqual(list(combined as Tensor), [
    [
      [1, 0],
      [1, 0],
    ],
  ]);
});

test("MultiHeadAttention decodes what it computes with a causal mask", (t) => {
  const attention = new nnx.MultiHeadAttention(4, 8, { numKvHeads: 2, rngs: rngs() });
  const x = ramp(2, 3, 8);
  const whole = attention.forward(x, { isCausal: true });
  const decoder = nnx.view(attention, { decode: true, batchSize: 2, maxLength: 3 });
  t.is(attention.cachedKey, null);
  const steps = [0, 1, 2].map((i) => decoder.forward(slice(x, [0, i, 0], [2, i + 1, 8])));
  closeTo(t, concatenate(steps, 1), list(whole), { rtol: 1e-5, atol: 1e-6 });
  t.is(list(decoder.cacheIndex?.value), 3);
});

test("MultiHeadAttention follows train(), eval() and view()", (t) => {
  const attention = new nnx.MultiHeadAttention(2, 4, { dropoutRate: 0.5, rngs: rngs() });
  const x = ramp(1, 3, 4);
  attention.train();
  t.notDeepEqual(list(attention.forward(x)), list(attention.forward(x)));
  const evaluation = nnx.view(attention, { deterministic: true });
  t.deepEqual(list(evaluation.forward(x)), list(evaluation.forward(x)));
  t.is(evaluation.query.kernel, attention.query.kernel);
  attention.eval();
  t.deepEqual(list(attention.forward(x)), list(evaluation.forward(x)));
});

test("MultiHeadAttention hands what it has to attentionFn", (t) => {
  const seen: nnx.AttentionOptions[] = [];
  const attention = new nnx.MultiHeadAttention(2, 4, {
    attentionFn: (query, _key, value, options) => {
      seen.push(options);
      t.deepEqual(query.shape, [3, 2, 2]);
      return value;
    },
    rngs: rngs(),
  });
  t.deepEqual(attention.forward(ramp(3, 4), { isCausal: true }).shape, [3, 4]);
  t.true(seen[0].isCausal);
});

test("initializeCarry(inputShape) draws one key of carry for each array", (t) => {
  const streams = new nnx.Rngs({ params: 0, carry: 1 });
  const lstm = new nnx.LSTMCell(3, 2, { rngs: streams });
  // lstm.initialize_carry((1, 3), nnx.Rngs(carry=1), nnx.initializers.normal(1.0))
  const [c, h] = lstm.initializeCarry([1, 3], { rngs: streams, carryInit: normal(1) });
  const expected = new nnx.Rngs({ carry: 1 }).carry;
  bitEqual(t, c, (normal(1)(expected.next(), [1, 2]) as NDArray).data);
  bitEqual(t, h, (normal(1)(expected.next(), [1, 2]) as NDArray).data);
  t.is((streams.carry.count.value as NDArray).item(), 2);
  const zero = new nnx.SimpleCell(3, 2, { rngs: rngs() }).initializeCarry([3], {
    rngs: streams.carry,
  });
  t.deepEqual(list(zero), [0, 0]);
});

test("RNN.forward(x) is typed by returnCarry", (t) => {
  const lstm = (): nnx.LSTMCell => new nnx.LSTMCell(1, 1, { rngs: rngs() });
  const plain = new nnx.RNN(lstm());
  const carrying = new nnx.RNN(lstm(), { returnCarry: true });
  const x = ones([2, 1]);
  expectTypeOf(plain.forward(x)).toEqualTypeOf<Tensor>();
  expectTypeOf(carrying.forward(x, { returnCarry: false })).toEqualTypeOf<Tensor>();
  const [[c, h], y] = carrying.forward(x);
  const [[, again]] = plain.forward(x, { returnCarry: true });
  expectTypeOf(c).toEqualTypeOf<Tensor>();
  expectTypeOf(again).toEqualTypeOf<Tensor>();
  // @ts-expect-error: without a carry there is nothing to take apart
  t.throws(() => plain.forward(x)[0].shape);
  t.deepEqual(list(slice(y, [1, 0], [2, 1])), [list(h)]);
  t.is(plain.forward(x).ndim, 2);
});

test("state(model, LoRAParam) has the adapters only, and Param has them, too", (t) => {
  const linear = new nnx.LoRALinear(2, 3, { loraRank: 1, rngs: rngs() });
  const paths = (filter: nnx.Filter): string[] =>
    nnx.toFlatState(nnx.state(linear, filter)).map(([path]) => path.join("."));
  t.deepEqual(paths(nnx.LoRAParam), ["lora.loraA", "lora.loraB"]);
  t.deepEqual(paths(nnx.Param), ["bias", "kernel", "lora.loraA", "lora.loraB"]);
  t.is(linear.lora.loraA.kind, "LoRAParam");
  const own = new nnx.LoRA(2, 1, 2, { loraParamType: nnx.Param, rngs: rngs() });
  t.is(own.loraA.kind, "Param");
});

test("WeightNorm leaves the kernel alone, also when the layer throws", (t) => {
  const normed = new nnx.WeightNorm(new nnx.Linear(2, 2, { rngs: rngs() }), { rngs: rngs() });
  const { kernel } = normed.layerInstance;
  const before = kernel.value;
  const y = normed.forward(ramp(1, 2));
  t.deepEqual(list(normed.forward(ramp(1, 2))), list(y));
  t.throws(() => normed.forward(ramp(1, 3)));
  t.is(kernel.value, before);
  const grads = nnx.grad((m: typeof normed) => sum(square(m.forward(ramp(1, 2)))))(normed);
  t.deepEqual(
    nnx.toFlatState(grads as never).map(([path]) => path.join(".")),
    ["layerInstance.bias", "layerInstance.kernel", "scales.kernel"],
  );
  t.is(kernel.value, before);
});

test("SpectralNorm converges to the largest singular value and follows eval()", (t) => {
  const linear = new nnx.Linear(2, 2, { useBias: false, rngs: rngs() });
  const normed = new nnx.SpectralNorm(linear, { rngs: rngs() });
  linear.kernel.value = arrayOf([
    [3, 0],
    [0, 1],
  ]);
  for (let i = 0; i < 20; i++) normed.forward([1, 1]);
  closeTo(t, normed.forward([1, 1]), [1, 1 / 3], { rtol: 1e-5 });
  const stats = nnx.toPureDict(nnx.state(normed, nnx.BatchStat));
  normed.eval();
  normed.forward([1, 1]);
  t.deepEqual(nnx.toPureDict(nnx.state(normed, nnx.BatchStat)), stats);
  t.true(nnx.view(normed, { useRunningAverage: false }).useRunningAverage === false);
});

test("Sequential spreads what a layer returns in an array", (t) => {
  const lstm = new nnx.RNN(new nnx.LSTMCell(2, 3, { rngs: rngs() }), { returnCarry: true });
  const chain = new nnx.Sequential(lstm, ((_carry: unknown, y: Tensor) => y) as never);
  t.deepEqual(chain.forward(ones([4, 2])).shape, [4, 3]);
});

// Gradients in float64 against central differences.
const gradient = test.macro<[() => { forward(x: Tensor): Tensor }, NDArray]>({
  exec(t, build, x) {
    const model = build();
    const data = Float64Array.from(x.data as Float32Array);
    const wide = new NDArray(data, x.shape);
    const loss = (v: Tensor): Tensor => sum(multiply(square(model.forward(v)), 0.5));
    const [, slope] = tensorValueAndGrad(loss)(wide);
    const step = 1e-5;
    const expected = Array.from(data, (_, i) => {
      const at = (shift: number): number => {
        const moved = Float64Array.from(data);
        moved[i] += shift;
        return Number((loss(new NDArray(moved, x.shape)) as NDArray).item());
      };
      return (at(step) - at(-step)) / (2 * step);
    });
    closeTo(t, slope, expected, { rtol: 1e-6, atol: 1e-7 });
  },
  title: (name) => `${name} has the gradient of its central differences`,
});
const f64 = { dtype: "float64", paramDtype: "float64" } as const;
const x234 = ramp(2, 3, 4);
test("LayerNorm", gradient, () => new nnx.LayerNorm(4, { ...f64, rngs: rngs() }), x234);
test("RMSNorm", gradient, () => new nnx.RMSNorm(4, { ...f64, rngs: rngs() }), x234);
const two = { numGroups: 2, ...f64 };
test("GroupNorm", gradient, () => new nnx.GroupNorm(4, { ...two, rngs: rngs() }), x234);
test("InstanceNorm", gradient, () => new nnx.InstanceNorm(4, { ...f64, rngs: rngs() }), x234);
test(
  "MultiHeadAttention",
  gradient,
  () => new nnx.MultiHeadAttention(2, 4, { normalizeQk: true, ...f64, rngs: rngs() }),
  x234,
);
const circular = { kernelSize: [3], strides: 2, padding: "CIRCULAR", ...f64 } as const;
test(
  "ConvTranspose",
  gradient,
  () => new nnx.ConvTranspose(4, 2, { ...circular, rngs: rngs() }),
  x234,
);
test(
  "RNN",
  gradient,
  () => new nnx.RNN(new nnx.LSTMCell(4, 2, { ...f64, rngs: rngs() }), { reverse: true }),
  x234,
);

// --- metadata of parameters ----------------------------------------------------------------------------

// As kernel_metadata and its kin do in flax 0.12.8.
const metadataCases: readonly (readonly [string, object, Readonly<Record<string, object>>])[] =
  (() => {
    const [k, b, s] = [{ kind: "k" }, { kind: "b" }, { kind: "s" }];
    const affine = { rngs: rngs(), kernelMetadata: k, biasMetadata: b };
    const norm = { rngs: rngs(), scaleMetadata: s, biasMetadata: b };
    const cell = { ...affine, recurrentKernelMetadata: s };
    const both = { kernel: k, bias: b };
    const scaled = { scale: s, bias: b };
    return [
      ["Linear", new nnx.Linear(2, 3, affine), both],
      ["LinearGeneral", new nnx.LinearGeneral(2, [3, 2], affine), both],
      ["Einsum", new nnx.Einsum("...i,io->...o", [2, 3], { ...affine, biasShape: [3] }), both],
      ["Conv", new nnx.Conv(2, 3, { ...affine, kernelSize: 3 }), both],
      ["ConvTranspose", new nnx.ConvTranspose(2, 3, { ...affine, kernelSize: 3 }), both],
      ["Embed", new nnx.Embed(2, 3, { rngs: rngs(), embeddingMetadata: k }), { embedding: k }],
      ["BatchNorm", new nnx.BatchNorm(2, norm), scaled],
      ["LayerNorm", new nnx.LayerNorm(2, norm), scaled],
      ["GroupNorm", new nnx.GroupNorm(2, { ...norm, numGroups: 1 }), scaled],
      ["InstanceNorm", new nnx.InstanceNorm(2, norm), scaled],
      ["RMSNorm", new nnx.RMSNorm(2, { rngs: rngs(), scaleMetadata: s }), { scale: s }],
      ["PReLU", new nnx.PReLU(0.1, { negativeSlopeMetadata: s }), { negativeSlope: s }],
      [
        "LoRA",
        new nnx.LoRA(2, 1, 2, { rngs: rngs(), aMetadata: k, bMetadata: b }),
        { loraA: k, loraB: b },
      ],
      [
        "LoRALinear",
        new nnx.LoRALinear(2, 2, { ...affine, loraRank: 1, aMetadata: s, bMetadata: k }),
        { ...both, "lora.loraA": s, "lora.loraB": k },
      ],
      [
        "SimpleCell",
        new nnx.SimpleCell(2, 2, cell),
        { "denseI.kernel": k, "denseI.bias": b, "denseH.kernel": s },
      ],
      [
        "GRUCell",
        new nnx.GRUCell(2, 2, cell),
        { "denseI.kernel": k, "denseI.bias": b, "denseH.kernel": s },
      ],
      [
        "OptimizedLSTMCell",
        new nnx.OptimizedLSTMCell(2, 2, cell),
        { "denseI.kernel": k, "denseH.bias": b, "denseH.kernel": s },
      ],
      [
        "LSTMCell",
        new nnx.LSTMCell(2, 2, cell),
        Object.fromEntries(
          [..."ifgo"].flatMap((gate) => [
            [`i${gate}.kernel`, k],
            [`h${gate}.kernel`, s],
            [`h${gate}.bias`, b],
          ]),
        ) as Readonly<Record<string, object>>,
      ],
      [
        "MultiHeadAttention",
        new nnx.MultiHeadAttention(1, 2, {
          ...affine,
          normalizeQk: true,
          outKernelMetadata: s,
          outBiasMetadata: s,
          queryLnScaleMetadata: b,
          keyLnScaleMetadata: k,
        }),
        {
          "query.kernel": k,
          "query.bias": b,
          "key.kernel": k,
          "key.bias": b,
          "value.kernel": k,
          "value.bias": b,
          "out.kernel": s,
          "out.bias": s,
          "queryLn.scale": b,
          "keyLn.scale": k,
        },
      ],
    ];
  })();

for (const [name, layer, expected] of metadataCases) {
  test(`${name} gives its parameters the metadata of its options`, (t) => {
    const found = nnx
      .toFlatState(nnx.state(layer, nnx.Param))
      .map(([path, leaf]) => [path.join("."), (leaf as nnx.Param).metadata]);
    t.deepEqual(Object.fromEntries(found), expected);
  });
}

test("RMSNorm(n, { useFastVariance }) computes the same either way", (t) => {
  const x = ramp(2, 5);
  const [fast, slow] = [true, false].map((useFastVariance) =>
    new nnx.RMSNorm(5, { useFastVariance, rngs: rngs() }).forward(x),
  );
  bitEqual(t, fast, slow);
});

test("cells make zeros to begin with, without streams", (t) => {
  const options = { rngs: rngs() };
  t.deepEqual(list(new nnx.GRUCell(2, 3, options).initializeCarry([1, 2])), [[0, 0, 0]]);
  t.deepEqual(list(new nnx.SimpleCell(2, 3, options).initializeCarry([2])), [0, 0, 0]);
  const lstms = [new nnx.LSTMCell(2, 1, options), new nnx.OptimizedLSTMCell(2, 1, options)];
  for (const cell of lstms) t.deepEqual(cell.initializeCarry([2]).map(list), [[0], [0]]);
});

// --- the general pool ------------------------------------------------------------------------------------

test("pool(x, init, operator, window) starts from init and leaves padding out", (t) => {
  // nnx.pool(jnp.arange(6.).reshape(1, 6, 1), init, lax.add | lax.max | lax.min, ...), flax 0.12.8.
  const x = arrayOf([[[0], [1], [2], [3], [4], [5]]]);
  const flat = (y: Tensor): unknown[] => [...(flatData(y as NDArray) as Float32Array)];
  const two = { strides: [2] };
  t.deepEqual(flat(nnx.pool(x, 1, "add", [2], { ...two, padding: "SAME" })), [2, 6, 10]);
  t.deepEqual(flat(nnx.pool(x, 1, "add", [3], { ...two, padding: [[1, 2]] })), [2, 7, 13, 6]);
  t.deepEqual(flat(nnx.pool(x, 1, "add", [4], { strides: [3], padding: "SAME" })), [7, 13]);
  t.deepEqual(flat(nnx.pool(x, 0, "add", [2], two)), [1, 5, 9]);
  t.deepEqual(flat(nnx.pool(x, 3, "max", [2], two)), [3, 3, 5]);
  t.deepEqual(flat(nnx.pool(x, 3, "max", [2], { padding: [[1, 1]] })), [3, 3, 3, 3, 4, 5, 5]);
  t.deepEqual(flat(nnx.pool(x, 2, "min", [2], { ...two, padding: "SAME" })), [0, 2, 2]);
  t.throws(() => nnx.pool(x, 0, "mean" as never, [2]), {
    instanceOf: RangeError,
    message: 'pool: operator must be "add", "max" or "min", got "mean".',
  });
  t.throws(() => nnx.pool(x, "0" as never, "add", [2]), {
    instanceOf: TypeError,
    message: 'pool: init must be a number, got "0".',
  });
});

test("Einsum(..., { einsumOp }) computes with it", (t) => {
  const calls: string[] = [];
  const layer = new nnx.Einsum("...i,io->...o", [2, 3], {
    rngs: rngs(),
    einsumOp: (labels, x, kernel) => {
      calls.push(labels);
      return multiply(matmul(x, kernel), 2);
    },
  });
  const x = ramp(4, 2);
  const plain = new nnx.Einsum("...i,io->...o", [2, 3], { rngs: rngs() });
  bitEqual(t, layer.forward(x), multiply(plain.forward(x), 2));
  t.deepEqual(calls, ["...i,io->...o"]);
});

test("withAttributes(node, attributes) is a copy that shares Variables", (t) => {
  const model = new nnx.Sequential(
    new nnx.Linear(2, 2, { rngs: rngs() }),
    new nnx.Sequential(new nnx.Dropout(0.5), new nnx.Dropout(0.25)),
  );
  const other = nnx.withAttributes(
    model,
    { rate: 0.1 },
    { only: (_, value) => value instanceof nnx.Dropout && value.rate === 0.5 },
  );
  t.deepEqual(
    other.layers[1].layers.map(({ rate }) => rate),
    [0.1, 0.25],
  );
  t.deepEqual(
    model.layers[1].layers.map(({ rate }) => rate),
    [0.5, 0.25],
  );
  t.is(other.layers[0].kernel, model.layers[0].kernel);
  t.deepEqual(nnx.withAttributes(model, { none: 1 }, { raiseIfNotFound: false }), model);
  t.throws(() => nnx.withAttributes(model, { none: 1 }), {
    instanceOf: RangeError,
    message: "withAttributes: attributes must exist in at least one selected Module, got none.",
  });
  t.throws(() => nnx.withAttributes(3 as never, {}), {
    instanceOf: TypeError,
    message: "withAttributes: node must be a Module or another object that holds Variables, got 3.",
  });
});

test("iterChildren(node) stops at the nearest Modules", (t) => {
  class Tree extends nnx.Module {
    branches: nnx.Module[] = [new nnx.Sequential(new nnx.Dropout(0.5)), new nnx.Dropout(0.1)];
    root: nnx.PReLU = new nnx.PReLU();
    named: Map<string, nnx.Module> = new Map([["x", new nnx.PReLU()]]);
    own: nnx.Param = new nnx.Param(zeros([1]));
  }
  const paths = (node: object): string[] => nnx.iterChildren(node).map(([path]) => path.join("."));
  t.deepEqual(paths(new Tree()), ["branches.0", "branches.1", "named.x", "root"]);
  t.deepEqual(paths({ a: new Tree() }), ["a"]);
  t.deepEqual(paths(new nnx.PReLU()), []);
  t.throws(() => nnx.iterChildren(3 as never), {
    instanceOf: TypeError,
    message: "iterChildren: node must be a Module or another object that holds Variables, got 3.",
  });
});
