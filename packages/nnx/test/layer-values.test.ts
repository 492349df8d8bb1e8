// Initial weights, outputs, gradients and state of every layer and option, beside Flax's own. The
// expected values and the calls that make them: layer-values.py (jax 0.10.2, flax 0.12.8).
import {
  add,
  astype,
  concatenate,
  flip,
  greater,
  hardSigmoid,
  multiply,
  ravel,
  relu,
  slice,
  softSign,
  stack,
  sum,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { normal, ones as onesInit } from "@flaxen/initializers";
import { array, NDArray, ones } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import { decode } from "@flaxen/safetensors";
import { bitEqual, closeTo } from "@flaxen/testing";
import test from "ava";
import type { ExecutionContext } from "ava";
import * as nnx from "@flaxen/nnx";
import { layerValues } from "./layer-values.ts";

interface Values {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

type Named = Readonly<Record<string, Values>>;

interface Expected {
  readonly dtype: string;
  readonly y: Values;
  readonly x?: Values;
  readonly wrapped?: boolean;
  readonly init: Named;
  readonly gradients: Named;
  readonly after: Named;
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
const weights = (...shape: number[]): NDArray => pattern(shape, (i) => (((5 * i) % 7) - 3) / 4);

/** The Variables that a filter selects, by their names in files. */
function byName(node: object, filter: nnx.Filter): Map<string, Tensor> {
  const bytes = nnx.saveSafetensors(node, { filter, includeRng: true });
  const { tensors } = decode(bytes);
  return new Map([...tensors].map(([name, x]) => [name, astype(x, "float32")]));
}

/** Compares one case; float16 rounds at every step, and an orthogonal matrix at every factorization. */
function compare(
  t: ExecutionContext,
  model: nnx.Module & Layer,
  x: NDArray,
  expected: Expected,
  call: (model: never, x: Tensor) => Tensor = (model: Layer, x) => model.forward(x),
): void {
  const half = /float16/.test(
    expected.dtype + x.dtype + nnx.toFlatState(nnx.state(model, nnx.Param)).map(([, v]) => v.dtype),
  );
  const coarse = half || ("dtype" in model && model.dtype === "float16");
  const tolerance = coarse ? { rtol: 3e-2, atol: 3e-2 } : { rtol: 3e-5, atol: 1e-5 };
  const equal = (actual: Tensor, { shape, values }: Values): void => {
    t.deepEqual(actual.shape, shape);
    closeTo(t, astype(actual, "float32"), values, tolerance);
  };
  const equalStates = (found: Map<string, Tensor>, values: Named, same: typeof equal): void => {
    if (expected.wrapped === true) {
      for (const name of Object.keys(values).filter((name) => name.startsWith("layer_instance"))) {
        same(found.get(name) as Tensor, values[name]);
      }
      return;
    }
    t.deepEqual([...found.keys()].sort(), Object.keys(values).sort());
    for (const [name, value] of Object.entries(values)) same(found.get(name) as Tensor, value);
  };

  equalStates(byName(model, nnx.Param), expected.init, (actual, { shape, values }) => {
    t.deepEqual(actual.shape, shape);
    // bitEqual tells -0 from 0, which the text of a float32 does, too.
    const recurrent = model instanceof nnx.RNNCellBase || "cell" in model || "forwardRnn" in model;
    if (recurrent) closeTo(t, actual, values, { rtol: 1e-5, atol: half ? 1e-2 : 1e-6 });
    else bitEqual(t, actual, Float32Array.from(values));
  });

  const scalar = (model: nnx.Module & Layer, x: Tensor): readonly [Tensor, Tensor] => {
    const y = call(model as never, x);
    return [sum(multiply(astype(y, "float32"), weights(...y.shape))), y];
  };
  const trained = nnx.clone(model);
  let y: Tensor;
  let gradients: object;
  if (expected.x === undefined) {
    [[, y], gradients] = nnx.valueAndGrad((m: nnx.Module & Layer) => scalar(m, x), {
      hasAux: true,
    })(trained);
  } else {
    let slope: Tensor;
    [[, y], [gradients, slope]] = nnx.valueAndGrad(scalar, { argnums: [0, 1], hasAux: true })(
      trained,
      x,
    );
    equal(slope, expected.x);
  }
  t.is(y.dtype as string, expected.dtype);
  equal(y, expected.y);
  const copy = nnx.clone(trained);
  nnx.update(copy, gradients as never);
  equalStates(byName(copy, nnx.Param), expected.gradients, equal);
  const after = byName(trained, nnx.Not([nnx.Param, nnx.RngKey]));
  equalStates(after, expected.after, equal);
}

const rngs = (): nnx.Rngs => new nnx.Rngs(0);
const both = <O extends object>(options: O = {} as O) => ({
  biasInit: normal(1),
  rngs: rngs(),
  ...options,
});
const norm = <O extends object>(options: O = {} as O) => both({ scaleInit: normal(1), ...options });
const at = (x: NDArray, i: number): NDArray => x.pick(i) as NDArray;
const half = (x: Tensor): NDArray => astype(x, "float16") as NDArray;

class Call extends nnx.Module {
  readonly forward: (x: Tensor) => Tensor;
  constructor(forward: (x: Tensor) => Tensor) {
    super();
    this.forward = forward;
  }
}

const twice = (model: Layer, x: Tensor): Tensor => {
  model.forward(multiply(x, 2));
  return model.forward(x);
};

type Case = readonly [nnx.Module & Layer, NDArray, ((model: never, x: Tensor) => Tensor)?];
type Masked = nnx.LayerNorm | nnx.RMSNorm | nnx.GroupNorm | nnx.InstanceNorm;

const ids = array(
  [
    [1, 2, 1],
    [-1, 0, 4],
  ],
  "int32",
);
const rows = array([
  [true, true, false],
  [true, true, false],
  [true, true, false],
  [true, false, true],
]);
const withMask =
  (mask: Tensor) =>
  (model: Masked, x: Tensor): Tensor =>
    model.forward(x, { mask });
const x43 = ramp(4, 3);
const image = ramp(2, 3, 3, 4);
const wide = greater(weights(2, 3, 4), -0.5);
const rms = (options: Partial<nnx.RMSNormOptions> = {}): nnx.RMSNorm =>
  new nnx.RMSNorm(3, { scaleInit: normal(1), rngs: rngs(), ...options });
const group = (options: Partial<nnx.GroupNormOptions>): nnx.GroupNorm =>
  new nnx.GroupNorm(4, norm(options));
const general = (
  inFeatures: number | number[],
  outFeatures: number | number[],
  options: Partial<nnx.LinearGeneralOptions> = {},
): nnx.LinearGeneral => new nnx.LinearGeneral(inFeatures, outFeatures, both(options));
const small = ramp(2, 3, 4, 2);
const up = (
  kernelSize: number | number[],
  options: Partial<nnx.ConvTransposeOptions> = {},
): nnx.ConvTranspose => new nnx.ConvTranspose(2, 3, both({ ...options, kernelSize }));
const einsum = (
  equation: string,
  kernelShape: number[],
  options: Partial<nnx.EinsumOptions>,
): nnx.Einsum => new nnx.Einsum(equation, kernelShape, both(options));
const x423 = ramp(2, 4, 2, 3);
const attend = (options: nnx.AttentionOptions = {}): Call =>
  new Call((x) => nnx.dotProductAttention(x, flip(x, 1), add(multiply(x, 0.5), 1), options));
const visible = greater(weights(2, 1, 4, 4), -0.25);
const grouped = (options: nnx.AttentionOptions): Call =>
  new Call((x) =>
    nnx.dotProductAttention(
      x,
      slice(flip(x, 1), [0, 0, 0, 0], [2, 3, 2, 2]),
      multiply(slice(x, [0, 0, 2, 0], [2, 3, 4, 2]), 0.5),
      options,
    ),
  );
const x34 = ramp(2, 3, 4);
const other = weights(2, 5, 4);
const heads = (
  numHeads: number,
  options: Partial<nnx.MultiHeadAttentionOptions> = {},
): nnx.MultiHeadAttention => new nnx.MultiHeadAttention(numHeads, 4, both(options));
const using =
  (options: nnx.MultiHeadAttentionCall) =>
  (model: nnx.MultiHeadAttention, x: Tensor): Tensor =>
    model.forward(x, options);
const decodeTwo = (model: nnx.MultiHeadAttention, x: Tensor): Tensor => {
  model.initCache([2, 3, 4]);
  const steps = [0, 1].map((i) => slice(x, [0, i, 0], [2, i + 1, 4]));
  return concatenate(
    steps.map((step) => model.forward(step, { decode: true })),
    1,
  );
};
const step = (model: nnx.RNNCellBase<Tensor>, x: Tensor): Tensor =>
  model.forward(weights(2, 4), x)[1];
const memory = (model: nnx.LSTMCell | nnx.OptimizedLSTMCell, x: Tensor): Tensor => {
  const [[c], y] = model.forward([weights(2, 4), ramp(2, 4)], x);
  return concatenate([c, y], -1);
};
/** A cell is no layer of one argument; every case brings its own call. */
const cell = (model: nnx.Module): nnx.Module & Layer => model as nnx.Module & Layer;
const functions = { gateFn: hardSigmoid, activationFn: softSign };
const x23 = ramp(2, 3);
const sequence = ramp(2, 4, 3);
const gru = (): nnx.GRUCell => new nnx.GRUCell(3, 2, both());
const lstm = (): nnx.OptimizedLSTMCell => new nnx.OptimizedLSTMCell(3, 2, both());
const seqLengths = [4, 2];
const flat = (carry: readonly unknown[], y: Tensor): Tensor =>
  concatenate([...(carry.flat(2) as Tensor[]), y].map((part) => ravel(part)));
const withLengths = (model: nnx.RNN, x: Tensor): Tensor => model.forward(x, { seqLengths });
type Pair = nnx.Bidirectional<Tensor, [Tensor, Tensor]>;
const pair = () => [new nnx.RNN(gru()), new nnx.RNN(lstm())] as const;
const adapter = { bInitializer: normal(1) };
const lin = (): nnx.Linear => new nnx.Linear(3, 4, both());
const conv = (): nnx.Conv => new nnx.Conv(2, 3, both({ kernelSize: [2, 2] }));
const picture = ramp(2, 3, 3, 2);

const cases: Readonly<Record<keyof typeof layerValues, () => Case>> = {
  Embed: () => [new nnx.Embed(5, 3, { rngs: rngs() }), ids],
  "Embed dtype": () => [new nnx.Embed(5, 3, { dtype: "float16", rngs: rngs() }), ids],
  "Embed paramDtype": () => [new nnx.Embed(5, 3, { paramDtype: "bfloat16", rngs: rngs() }), ids],
  "Embed one row": () => [new nnx.Embed(1, 3, { rngs: rngs() }), ids],
  "Embed embeddingInit": () => [
    new nnx.Embed(5, 3, { embeddingInit: normal(1), rngs: rngs() }),
    ids,
  ],
  "Embed attend": () => [
    new nnx.Embed(5, 3, { rngs: rngs() }),
    x23,
    (model: nnx.Embed, x) => model.attend(x),
  ],
  LayerNorm: () => [new nnx.LayerNorm(3, norm()), x43],
  "LayerNorm plain": () => [new nnx.LayerNorm(3, norm({ useBias: false, useScale: false })), x43],
  "LayerNorm slow": () => [
    new nnx.LayerNorm(3, norm({ useFastVariance: false, epsilon: 0.1 })),
    x43,
  ],
  "LayerNorm mask": () => [new nnx.LayerNorm(3, norm()), x43, withMask(rows)],
  "LayerNorm reductionAxes": () => [new nnx.LayerNorm(4, norm({ reductionAxes: [1, 2] })), x34],
  "LayerNorm featureAxes": () => [
    new nnx.LayerNorm(12, norm({ reductionAxes: [1, 2], featureAxes: [1, 2] })),
    x34,
  ],
  "LayerNorm dtype": () => [new nnx.LayerNorm(3, norm({ dtype: "float16" })), x43],
  "LayerNorm paramDtype": () => [new nnx.LayerNorm(3, norm({ paramDtype: "bfloat16" })), x43],
  "LayerNorm int32 input": () => [new nnx.LayerNorm(3, norm()), array([[1, 5, 2]], "int32")],
  RMSNorm: () => [rms(), x43],
  "RMSNorm plain": () => [rms({ useScale: false, epsilon: 0.1 }), x43],
  "RMSNorm mask": () => [rms(), x43, withMask(rows)],
  "RMSNorm dtype": () => [rms({ dtype: "float16" }), x43],
  "RMSNorm axes": () => [rms({ reductionAxes: [1, 2], featureAxes: 1 }), x34],
  GroupNorm: () => [group({ numGroups: 2 }), image],
  "GroupNorm groupSize": () => [group({ groupSize: 1 }), x34],
  "GroupNorm two axes": () => [group({ numGroups: 2 }), ramp(3, 4)],
  "GroupNorm slow": () => [group({ numGroups: 2, useFastVariance: false, epsilon: 0.1 }), image],
  "GroupNorm plain": () => [group({ numGroups: 2, useBias: false, useScale: false }), image],
  "GroupNorm mask": () => [group({ numGroups: 2 }), x34, withMask(wide)],
  "GroupNorm dtype": () => [group({ numGroups: 2, dtype: "float16" }), image],
  InstanceNorm: () => [new nnx.InstanceNorm(4, norm()), image],
  "InstanceNorm featureAxes": () => [
    new nnx.InstanceNorm(6, norm({ featureAxes: [1, -1] })),
    ramp(2, 3, 4, 2),
  ],
  "InstanceNorm slow": () => [
    new nnx.InstanceNorm(4, norm({ useFastVariance: false, epsilon: 0.1 })),
    image,
  ],
  "InstanceNorm plain": () => [
    new nnx.InstanceNorm(4, norm({ useBias: false, useScale: false })),
    image,
  ],
  "InstanceNorm mask": () => [new nnx.InstanceNorm(4, norm()), x34, withMask(wide)],
  "InstanceNorm dtype": () => [new nnx.InstanceNorm(4, norm({ dtype: "float16" })), image],
  LinearGeneral: () => [general(3, [2, 2]), x43],
  "LinearGeneral one row": () => [general(3, 2), ramp(3)],
  "LinearGeneral two axes": () => [general([2, 3], 4, { axis: [-2, -1] }), ramp(2, 2, 3)],
  "LinearGeneral outer axes": () => [general([2, 4], [5], { axis: [0, 2] }), x34],
  "LinearGeneral batchAxis": () => [general(3, 4, { batchAxis: { 0: 2 } }), ramp(2, 2, 3)],
  "LinearGeneral two batch axes": () => [
    general(3, [2, 2], { batchAxis: { 0: 2, 1: 2 } }),
    ramp(2, 2, 2, 3),
  ],
  "LinearGeneral useBias false": () => [general(3, 4, { useBias: false }), x43],
  "LinearGeneral dtype": () => [general(3, 4, { dtype: "float16" }), x43],
  ConvTranspose: () => [up([3, 3]), small],
  "ConvTranspose SAME strides": () => [up([3, 2], { strides: [2, 3] }), small],
  "ConvTranspose VALID strides": () => [up([2, 3], { strides: [3, 2], padding: "VALID" }), small],
  "ConvTranspose CIRCULAR": () => [up([3, 4], { strides: [2, 1], padding: "CIRCULAR" }), small],
  "ConvTranspose CIRCULAR transposeKernel": () => [
    up([3, 4], { strides: [2, 1], padding: "CIRCULAR", transposeKernel: true }),
    small,
  ],
  "ConvTranspose CIRCULAR wide": () => [up([9], { padding: "CIRCULAR" }), ramp(2, 3, 2)],
  "ConvTranspose transposeKernel": () => [up([3, 2], { strides: 2, transposeKernel: true }), small],
  "ConvTranspose integer padding": () => [up([3, 3], { strides: 2, padding: 1 }), small],
  "ConvTranspose pairs": () => [up([3, 3], { strides: 2, padding: [[1, 2], 0] }), small],
  "ConvTranspose kernelDilation": () => [up([3, 2], { strides: 2, kernelDilation: [1, 3] }), small],
  "ConvTranspose mask": () => [
    up([2, 2], { mask: astype(greater(weights(2, 2, 2, 3), 0), "float32") }),
    small,
  ],
  "ConvTranspose useBias false": () => [up([2, 2], { useBias: false }), small],
  "ConvTranspose no batch axis": () => [up([3, 3], { strides: 2 }), at(small, 0)],
  "ConvTranspose two batch axes": () => [up([3], { strides: 2 }), small],
  "ConvTranspose number kernelSize": () => [up(3, { strides: 2 }), ramp(2, 4, 2)],
  "ConvTranspose dtype": () => [up([3, 3], { strides: 2, dtype: "float16" }), small],
  PReLU: () => [new nnx.PReLU(), x43],
  "PReLU dtype": () => [new nnx.PReLU(0.25, { dtype: "float16" }), x43],
  "PReLU float16 input": () => [new nnx.PReLU(0.25), half(x43)],
  Einsum: () => [einsum("bi,io->bo", [3, 4], { biasShape: [4] }), x43],
  "Einsum ellipsis": () => [einsum("...d,dhk->...hk", [3, 2, 2], { biasShape: [2, 2] }), x43],
  "Einsum batch": () => [
    einsum("nta, hab -> nthb", [2, 3, 4], { biasShape: [2, 4] }),
    ramp(2, 2, 3),
  ],
  "Einsum no bias": () => [einsum("bi,io->ob", [3, 4], {}), x43],
  "Einsum einsumStr": () => [
    einsum("bi,io->bo", [3, 4], { biasShape: [4] }),
    x43,
    (model: nnx.Einsum, x) => model.forward(x, { einsumStr: "bi,io->ob" }),
  ],
  "Einsum dtype": () => [einsum("bi,io->bo", [3, 4], { biasShape: [4], dtype: "float16" }), x43],
  dotProductAttention: () => [attend(), x423],
  "dotProductAttention bias": () => [attend({ bias: weights(2, 2, 4, 4) }), x423],
  "dotProductAttention mask": () => {
    const mask = astype(visible, "float32") as NDArray;
    for (let k = 0; k < 4; k++) mask.set(0, 0, 1, k, 0);
    return [attend({ mask }), x423];
  },
  "dotProductAttention isCausal": () => [attend({ isCausal: true }), x423],
  "dotProductAttention isCausal mask": () => [attend({ isCausal: true, mask: visible }), x423],
  "dotProductAttention dropout": () => [attend({ dropoutRate: 0.5, dropoutRng: key(3) }), x423],
  "dotProductAttention broadcastDropout false": () => [
    attend({ dropoutRate: 0.25, dropoutRng: key(3), broadcastDropout: false }),
    x423,
  ],
  "dotProductAttention deterministic": () => [
    attend({ dropoutRate: 0.25, deterministic: true }),
    x423,
  ],
  "dotProductAttention dtype": () => [attend({ dtype: "float16" }), x423],
  "dotProductAttention no batch": () => [attend(), at(x423, 0)],
  "dotProductAttention two batch axes": () => [
    attend(),
    stack([x423, multiply(x423, 0.5)]) as NDArray,
  ],
  "dotProductAttention grouped": () => [
    grouped({ isCausal: true, bias: weights(1, 4, 3, 3) }),
    ramp(2, 3, 4, 2),
  ],
  "dotProductAttention grouped dropout": () => [
    grouped({ dropoutRate: 0.5, dropoutRng: key(1), broadcastDropout: false }),
    ramp(2, 3, 4, 2),
  ],
  MultiHeadAttention: () => [heads(2), x34],
  "MultiHeadAttention inputsK": () => [heads(2), x34, using({ inputsK: other })],
  "MultiHeadAttention inputsV": () => [
    heads(2),
    x34,
    using({ inputsK: other, inputsV: multiply(other, 2) }),
  ],
  "MultiHeadAttention sizes": () => [
    heads(2, { qkvFeatures: 6, outFeatures: 5, inKvFeatures: 4 }),
    x34,
  ],
  "MultiHeadAttention inKvFeatures": () => [
    heads(2, { inKvFeatures: 3 }),
    x34,
    using({ inputsK: weights(2, 5, 3) }),
  ],
  "MultiHeadAttention numKvHeads": () => [heads(4, { qkvFeatures: 8, numKvHeads: 2 }), x34],
  "MultiHeadAttention mask": () => [
    heads(2),
    x34,
    using({ mask: nnx.makeCausalMask(ones([2, 3])) }),
  ],
  "MultiHeadAttention isCausal": () => [heads(2), x34, using({ isCausal: true })],
  "MultiHeadAttention normalizeQk": () => [heads(2, { normalizeQk: true }), x34],
  "MultiHeadAttention useBias false": () => [heads(2, { useBias: false }), x34],
  "MultiHeadAttention inits": () => [
    heads(2, { outKernelInit: normal(1), outBiasInit: onesInit }),
    x34,
  ],
  "MultiHeadAttention dtype": () => [heads(2, { dtype: "float16" }), x34],
  "MultiHeadAttention dropout": () => [
    heads(2, { dropoutRate: 0.5, deterministic: false }),
    x34,
    twice,
  ],
  "MultiHeadAttention broadcastDropout false": () => [
    heads(2, { dropoutRate: 0.5, deterministic: false, broadcastDropout: false }),
    x34,
  ],
  "MultiHeadAttention given rngs": () => [
    heads(2, { dropoutRate: 0.5, keepRngs: false }),
    x34,
    (model: nnx.MultiHeadAttention, x) =>
      model.forward(x, { deterministic: false, rngs: new nnx.Rngs({ dropout: 5 }) }),
  ],
  "MultiHeadAttention deterministic": () => [
    heads(2, { dropoutRate: 0.5, deterministic: true }),
    x34,
  ],
  "MultiHeadAttention decode": () => [heads(2), x34, decodeTwo],
  "MultiHeadAttention decode grouped": () => [
    heads(2, { numKvHeads: 1, normalizeQk: true }),
    x34,
    decodeTwo,
  ],
  SimpleCell: () => [cell(new nnx.SimpleCell(3, 4, both())), x23, step],
  "SimpleCell residual": () => [
    cell(new nnx.SimpleCell(3, 4, both({ residual: true, activationFn: relu }))),
    x23,
    step,
  ],
  "SimpleCell dtype": () => [
    cell(new nnx.SimpleCell(3, 4, both({ dtype: "float16" as const }))),
    x23,
    step,
  ],
  GRUCell: () => [cell(new nnx.GRUCell(3, 4, both())), x23, step],
  "GRUCell functions": () => [cell(new nnx.GRUCell(3, 4, both(functions))), x23, step],
  "GRUCell dtype": () => [
    cell(new nnx.GRUCell(3, 4, both({ dtype: "float16" as const }))),
    x23,
    step,
  ],
  LSTMCell: () => [cell(new nnx.LSTMCell(3, 4, both())), x23, memory],
  "LSTMCell functions": () => [cell(new nnx.LSTMCell(3, 4, both(functions))), x23, memory],
  "LSTMCell paramDtype": () => [
    cell(new nnx.LSTMCell(3, 4, both({ paramDtype: "bfloat16" as const }))),
    x23,
    memory,
  ],
  OptimizedLSTMCell: () => [cell(new nnx.OptimizedLSTMCell(3, 4, both())), x23, memory],
  "OptimizedLSTMCell inits": () => [
    cell(
      new nnx.OptimizedLSTMCell(
        3,
        4,
        both({ kernelInit: normal(1), recurrentKernelInit: normal(1) }),
      ),
    ),
    x23,
    memory,
  ],
  "RNN SimpleCell": () => [new nnx.RNN(new nnx.SimpleCell(3, 2, both())), sequence],
  "RNN GRUCell": () => [new nnx.RNN(gru()), sequence],
  "RNN LSTMCell": () => [new nnx.RNN(new nnx.LSTMCell(3, 2, both())), sequence],
  "RNN two calls": () => [new nnx.RNN(lstm()), sequence, twice],
  "RNN timeMajor": () => [new nnx.RNN(lstm(), { timeMajor: true }), sequence],
  "RNN reverse": () => [new nnx.RNN(gru(), { reverse: true }), sequence],
  "RNN keepOrder": () => [new nnx.RNN(gru(), { reverse: true, keepOrder: true }), sequence],
  "RNN reverse seqLengths": () => [new nnx.RNN(gru(), { reverse: true }), sequence, withLengths],
  "RNN keepOrder seqLengths": () => [
    new nnx.RNN(gru(), { reverse: true, keepOrder: true }),
    sequence,
    withLengths,
  ],
  "RNN timeMajor keepOrder seqLengths": () => [
    new nnx.RNN(gru(), { timeMajor: true, reverse: true, keepOrder: true }),
    ramp(4, 2, 3),
    withLengths,
  ],
  "RNN returnCarry": () => [
    cell(new nnx.RNN(lstm(), { returnCarry: true })),
    sequence,
    (model: nnx.RNN<[Tensor, Tensor], true>, x) => flat(...model.forward(x)),
  ],
  "RNN returnCarry seqLengths": () => [
    cell(new nnx.RNN(lstm(), { returnCarry: true })),
    sequence,
    (model: nnx.RNN<[Tensor, Tensor], true>, x) => flat(...model.forward(x, { seqLengths })),
  ],
  "RNN initialCarry": () => [
    new nnx.RNN(gru()),
    sequence,
    (model: nnx.RNN, x) => model.forward(x, { initialCarry: weights(2, 2) }),
  ],
  "RNN rngs": () => [new nnx.RNN(gru(), { rngs: new nnx.Rngs(7) }), sequence],
  "RNN one sequence": () => [new nnx.RNN(gru()), at(sequence, 0)],
  "RNN two batch axes": () => [new nnx.RNN(gru()), ramp(2, 2, 3, 3)],
  Bidirectional: () => [new nnx.Bidirectional(...pair()), sequence],
  "Bidirectional seqLengths": () => [
    new nnx.Bidirectional(...pair()),
    sequence,
    (model: Pair, x) => model.forward(x, { seqLengths }),
  ],
  "Bidirectional returnCarry": () => [
    cell(new nnx.Bidirectional(...pair(), { returnCarry: true })),
    sequence,
    (model: nnx.Bidirectional<Tensor, [Tensor, Tensor], true>, x) => flat(...model.forward(x)),
  ],
  "Bidirectional mergeFn": () => [
    new nnx.Bidirectional(...pair(), { mergeFn: add, timeMajor: true, rngs: new nnx.Rngs(7) }),
    sequence,
  ],
  "Bidirectional initialCarry": () => [
    new nnx.Bidirectional(...pair()),
    sequence,
    (model: Pair, x) =>
      model.forward(x, { initialCarry: [weights(2, 2), [weights(2, 2), ramp(2, 2)]] }),
  ],
  LoRA: () => [new nnx.LoRA(3, 2, 4, { ...adapter, rngs: rngs() }), x43],
  "LoRA baseModule": () => {
    const baseModule = new nnx.Linear(3, 4, { rngs: new nnx.Rngs(1) });
    return [new nnx.LoRA(3, 2, 4, { baseModule, ...adapter, rngs: rngs() }), x43];
  },
  "LoRA defaults": () => [new nnx.LoRA(3, 2, 4, { dtype: "float16", rngs: rngs() }), x43],
  LoRALinear: () => [new nnx.LoRALinear(3, 4, both({ ...adapter, loraRank: 2 })), x43],
  "LoRALinear options": () => {
    const lora = { loraRank: 2, loraDtype: "float16", loraParamDtype: "bfloat16" } as const;
    return [new nnx.LoRALinear(3, 4, { useBias: false, ...lora, rngs: rngs() }), x43];
  },
  WeightNorm: () => [new nnx.WeightNorm(lin(), { rngs: rngs() }), x43],
  "WeightNorm Conv": () => [new nnx.WeightNorm(conv(), { rngs: rngs() }), picture],
  "WeightNorm featureAxes": () => [
    new nnx.WeightNorm(conv(), { featureAxes: [-2, -1], epsilon: 0.1, rngs: rngs() }),
    picture,
  ],
  "WeightNorm no featureAxes": () => [
    new nnx.WeightNorm(lin(), { featureAxes: null, useScale: false, rngs: rngs() }),
    x43,
  ],
  "WeightNorm variableFilter": () => [
    new nnx.WeightNorm(lin(), { variableFilter: nnx.PathContains("bias"), rngs: rngs() }),
    x43,
  ],
  SpectralNorm: () => [new nnx.SpectralNorm(lin(), { rngs: rngs() }), x43],
  "SpectralNorm Conv": () => [
    new nnx.SpectralNorm(conv(), { nSteps: 3, epsilon: 1e-6, rngs: rngs() }),
    picture,
  ],
  "SpectralNorm updateStats false": () => [
    new nnx.SpectralNorm(lin(), { updateStats: false, rngs: rngs() }),
    x43,
  ],
};

const layerCase = test.macro<[keyof typeof layerValues]>({
  exec(t, name) {
    const [model, x, call] = cases[name]();
    compare(t, model, x, layerValues[name] as Expected, call);
  },
  title: (_, name) => `${name} equals Flax in weights, outputs, gradients and state`,
});
for (const name of Object.keys(layerValues)) test(layerCase, name as keyof typeof layerValues);
