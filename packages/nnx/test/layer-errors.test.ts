// Every error of the layers that layer-values.test.ts compares with Flax: class and full text.
import type { Tensor } from "@flaxen/autodiff";
import { array, ones, zeros } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import test from "ava";
import * as nnx from "@flaxen/nnx";

const rngs = new nnx.Rngs(0);
const none = undefined as never;
const refused = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, Class, message) {
    t.throws(run, { instanceOf: Class, message });
  },
  title: (name, _, Class, message) => `${name ?? "bad input"} throws ${Class.name}: ${message}`,
});

type Row = readonly [() => unknown, new (message: string) => Error, string];
const image = zeros([1, 4, 4, 2]);
const linear = new nnx.Linear(2, 2, { rngs });
const heads = new nnx.MultiHeadAttention(2, 4, { rngs });
const gru = new nnx.GRUCell(3, 2, { rngs });
const rnn = new nnx.RNN(gru);
const q = zeros([2, 3, 2, 4]);
const attend = (options: nnx.AttentionOptions): Tensor => nnx.dotProductAttention(q, q, q, options);

const rows: readonly Row[] = [
  [
    () => new nnx.Embed(0, 2, { rngs }),
    RangeError,
    "Embed: numEmbeddings must be a positive integer, got 0.",
  ],
  [
    () => new nnx.Embed(2, "2" as never, { rngs }),
    TypeError,
    'Embed: features must be a positive integer, got "2".',
  ],
  [
    () => new nnx.Embed(2, 2, {} as never),
    TypeError,
    "Embed: rngs must be an Rngs, got undefined. Pass { rngs: new Rngs(0) }.",
  ],
  [
    () => new nnx.Embed(2, 2, { rngs, seed: 1 } as never),
    TypeError,
    'Embed: options must be among rngs, dtype, paramDtype, embeddingInit, embeddingMetadata, got "seed".',
  ],
  [
    () => new nnx.Embed(2, 2, { rngs, dtype: "int32" }),
    TypeError,
    'Embed: dtype must be a floating dtype, got "int32".',
  ],
  [
    () => new nnx.Embed(2, 2, { rngs, paramDtype: "bool" }),
    TypeError,
    'Embed: paramDtype must be a floating dtype, got "bool".',
  ],
  [
    () => new nnx.Embed(2, 2, { rngs }).forward(zeros([2])),
    TypeError,
    "Embed.forward: x must be integers, got float32[2].",
  ],
  [
    () => new nnx.Embed(2, 2, { rngs }).forward([0.5, 1, 2]),
    TypeError,
    "Embed.forward: x must be integers, got float32[3].",
  ],
  [
    () => new nnx.Embed(2, 2, { rngs }).forward("a" as never),
    TypeError,
    'Embed.forward: x must be an array, got "a".',
  ],
  [
    () => new nnx.Embed(2, 2, { rngs }).attend(zeros([3])),
    RangeError,
    "Embed.attend: query must have features = 2 on its last axis, got shape [3].",
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, epsilon: -1 }),
    RangeError,
    "LayerNorm: epsilon must be at least 0 and finite, got -1.",
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, epsilon: NaN }),
    RangeError,
    "LayerNorm: epsilon must be at least 0 and finite, got NaN.",
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, epsilon: "1" as never }),
    TypeError,
    'LayerNorm: epsilon must be at least 0 and finite, got "1".',
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, reductionAxes: 0.5 }),
    RangeError,
    "LayerNorm: reductionAxes must be an axis or a list of axes, got 0.5.",
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, featureAxes: "a" as never }),
    TypeError,
    'LayerNorm: featureAxes must be an axis or a list of axes, got "a".',
  ],
  [
    () => new nnx.LayerNorm(2, { rngs }).forward(zeros([2, 3])),
    RangeError,
    "LayerNorm.forward: x must have numFeatures = 2 on axis -1, got shape [2, 3].",
  ],
  [
    () => new nnx.LayerNorm(2, { rngs, featureAxes: [0, 1] }).forward(zeros([2, 3])),
    RangeError,
    "LayerNorm.forward: x must have numFeatures = 2 on axes [0, 1], got shape [2, 3].",
  ],
  [
    () => new nnx.RMSNorm(2, { rngs, epsilon: Infinity }),
    RangeError,
    "RMSNorm: epsilon must be at least 0 and finite, got Infinity.",
  ],
  [
    () => new nnx.RMSNorm(2, { rngs, useBias: true } as never),
    TypeError,
    'RMSNorm: options must be among rngs, epsilon, useScale, useFastVariance, dtype, paramDtype, scaleInit, scaleMetadata, reductionAxes, featureAxes, got "useBias".',
  ],
  [
    () => new nnx.RMSNorm(2, { rngs }).forward(zeros([3])),
    RangeError,
    "RMSNorm.forward: x must have numFeatures = 2 on axis -1, got shape [3].",
  ],
  [
    () => new nnx.GroupNorm(8, { rngs }),
    RangeError,
    "GroupNorm: numGroups must divide numFeatures = 8, got 32.",
  ],
  [
    () => new nnx.GroupNorm(8, { rngs, groupSize: 3 }),
    RangeError,
    "GroupNorm: groupSize must divide numFeatures = 8, got 3.",
  ],
  [
    () => new nnx.GroupNorm(8, { rngs, numGroups: 0 }),
    RangeError,
    "GroupNorm: numGroups must be a positive integer, got 0.",
  ],
  [
    () => new nnx.GroupNorm(8, { rngs, numGroups: 2, groupSize: 4 }),
    RangeError,
    "GroupNorm: numGroups and groupSize must not both be given, got 2 and 4.",
  ],
  [
    () => new nnx.GroupNorm(4, { rngs, numGroups: 2 }).forward(zeros([4])),
    RangeError,
    "GroupNorm.forward: x must have at least 2 axes, the batch and the features, got shape [4].",
  ],
  [
    () => new nnx.GroupNorm(4, { rngs, numGroups: 2 }).forward(zeros([2, 3])),
    RangeError,
    "GroupNorm.forward: x must have numFeatures = 4 on axis -1, got shape [2, 3].",
  ],
  [
    () =>
      new nnx.GroupNorm(4, { rngs, numGroups: 2, reductionAxes: [1] }).forward(zeros([2, 3, 4])),
    RangeError,
    "GroupNorm.forward: reductionAxes must contain the last axis, got [1] for shape [2, 3, 4].",
  ],
  [
    () => new nnx.InstanceNorm(2, { rngs, featureAxes: 0 }).forward(zeros([2, 3])),
    RangeError,
    "InstanceNorm.forward: featureAxes must not contain the first axis, which is the batch, got 0 for shape [2, 3].",
  ],
  [
    () => new nnx.InstanceNorm(2, { rngs }).forward(zeros([2, 3])),
    RangeError,
    "InstanceNorm.forward: x must have numFeatures = 2 on axis -1, got shape [2, 3].",
  ],
  [
    () => new nnx.LinearGeneral([2, 0], 3, { rngs, axis: [0, 1] }),
    RangeError,
    "LinearGeneral: inFeatures must be positive integers, got [2, 0].",
  ],
  [
    () => new nnx.LinearGeneral(2, [], { rngs }),
    RangeError,
    "LinearGeneral: outFeatures must have at least one element, got [].",
  ],
  [
    () => new nnx.LinearGeneral([2, 3], 3, { rngs }),
    RangeError,
    "LinearGeneral: axis must have as many elements as inFeatures [2, 3], got -1.",
  ],
  [
    () => new nnx.LinearGeneral(2, 3, { rngs, batchAxis: { 1: 2 } }),
    RangeError,
    "LinearGeneral: batchAxis must have the keys 0, 1, ... without gaps, got 1.",
  ],
  [
    () => new nnx.LinearGeneral(2, 3, { rngs, batchAxis: { 0: 0 } }),
    RangeError,
    "LinearGeneral: batchAxis must be positive integers, got [0].",
  ],
  [
    () => new nnx.LinearGeneral(2, 3, { rngs }).forward(zeros([3])),
    RangeError,
    "LinearGeneral.forward: x must have inFeatures = [2] on axes [0], got shape [3].",
  ],
  [
    () => new nnx.LinearGeneral([2, 3], 1, { rngs, axis: [-1, -2] }).forward(zeros([3, 2])),
    RangeError,
    "LinearGeneral.forward: x must have inFeatures = [2, 3] on axes [0, 1], got shape [3, 2].",
  ],
  [
    () => new nnx.LinearGeneral(2, 3, { rngs, batchAxis: { 0: 4 } }).forward(zeros([3, 2])),
    RangeError,
    "LinearGeneral.forward: x must have the batch sizes [4] in front of the contracted axes [1], got shape [3, 2].",
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: [3, 3], padding: "SAME_LOWER" as never }),
    RangeError,
    'ConvTranspose: padding must be "SAME", "VALID", "CIRCULAR", an integer, or 2 integers or [low, high] pairs, got "SAME_LOWER".',
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: 3, padding: {} as never }),
    TypeError,
    'ConvTranspose: padding must be "SAME", "VALID", "CIRCULAR", an integer, or 1 integers or [low, high] pairs, got Object.',
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: [] }),
    RangeError,
    "ConvTranspose: kernelSize must have at least one element, got [].",
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: [3, 3], strides: [2] }),
    RangeError,
    "ConvTranspose: strides must have one element for each spatial axis (2), got [2].",
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: 3, mask: zeros([3]) }),
    RangeError,
    "ConvTranspose: mask must have the shape of the kernel, [3, 2, 3], got float32[3].",
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: [3, 3] }).forward(zeros([4, 2])),
    RangeError,
    "ConvTranspose.forward: x must have at least 3 axes, 2 spatial and one of features, got shape [4, 2].",
  ],
  [
    () => new nnx.ConvTranspose(2, 3, { rngs, kernelSize: 3 }).forward(image),
    RangeError,
    "ConvTranspose.forward: x must have at most 3 axes when kernelSize is a number, got shape [1, 4, 4, 2]. Make the layer with kernelSize: [3, 3] for images, or [3] for sequences with several batch axes.",
  ],
  [
    () => new nnx.ConvTranspose(4, 3, { rngs, kernelSize: [3, 3] }).forward(image),
    RangeError,
    "ConvTranspose.forward: x must have inFeatures = 4 on its last axis, got shape [1, 4, 4, 2].",
  ],
  [
    () => new nnx.PReLU(NaN),
    RangeError,
    "PReLU: negativeSlopeInit must be a finite number, got NaN.",
  ],
  [
    () => new nnx.PReLU({} as never),
    TypeError,
    "PReLU: negativeSlopeInit must be a finite number, got Object.",
  ],
  [
    () => new nnx.PReLU().forward(array([1], "int32")),
    TypeError,
    'PReLU.forward: the dtype of x must be a floating dtype, got "int32".',
  ],
  [
    () => new nnx.Einsum("ab,bc", [2, 3], { rngs }),
    RangeError,
    'Einsum: einsumStr must contain "->" and exactly one comma, got "ab,bc".',
  ],
  [
    () => new nnx.Einsum("ab->ba", [2, 3], { rngs }),
    RangeError,
    'Einsum: einsumStr must contain "->" and exactly one comma, got "ab->ba".',
  ],
  [
    () => new nnx.Einsum(3 as never, [2, 3], { rngs }),
    TypeError,
    "Einsum: einsumStr must be a string, got 3.",
  ],
  [
    () => new nnx.Einsum("ab,bc->ac", [2, 3], { rngs, biasShape: [0] }),
    RangeError,
    "Einsum: biasShape must be positive integers, got [0].",
  ],
  [
    () => new nnx.Einsum("ab,bc->ac", [2, 3], { rngs }).forward(zeros([1, 2]), { einsumStr: "a" }),
    RangeError,
    'Einsum.forward: einsumStr must contain "->" and exactly one comma, got "a".',
  ],
  [
    () => nnx.makeAttentionMask(1, [1]),
    RangeError,
    "makeAttentionMask: queryInput must have at least one axis, got 1.",
  ],
  [
    () => nnx.makeAttentionMask([1], none),
    TypeError,
    "makeAttentionMask: keyInput must be an array, got undefined.",
  ],
  [
    () => nnx.makeCausalMask(1),
    RangeError,
    "makeCausalMask: x must have at least one axis, got 1.",
  ],
  [
    () => nnx.combineMasks([[1], [[1]]]),
    RangeError,
    "combineMasks: masks must have the same rank, got 1, 2.",
  ],
  [
    () => attend({ heads: 2 } as never),
    TypeError,
    'dotProductAttention: options must be among bias, mask, isCausal, dropoutRate, dropoutRng, broadcastDropout, deterministic, dtype, module, got "heads".',
  ],
  [
    () => attend({ dtype: "int32" }),
    TypeError,
    'dotProductAttention: dtype must be a floating dtype, got "int32".',
  ],
  [
    () => attend({ dropoutRate: 1 }),
    RangeError,
    "dotProductAttention: dropoutRate must be a number in [0, 1), got 1.",
  ],
  [
    () => attend({ dropoutRate: "a" as never }),
    TypeError,
    'dotProductAttention: dropoutRate must be a number in [0, 1), got "a".',
  ],
  [
    () => attend({ dropoutRate: 0.5 }),
    Error,
    "dotProductAttention: dropoutRng must be given when there is dropout, got none. Pass a key, or deterministic: true.",
  ],
  [
    () => attend({ dropoutRate: 0.5, dropoutRng: 3 as never }),
    TypeError,
    "dotProductAttention: dropoutRng must be a key, got 3.",
  ],
  [
    () => nnx.dotProductAttention(zeros([2, 4]), q, q),
    RangeError,
    "dotProductAttention: query, key and value must have one rank of at least 3, got shapes [2, 4], [2, 3, 2, 4] and [2, 3, 2, 4].",
  ],
  [
    () => nnx.dotProductAttention(zeros([1, 3, 2, 4]), q, q),
    RangeError,
    "dotProductAttention: query, key and value must have the same batch axes, got shapes [1, 3, 2, 4], [2, 3, 2, 4] and [2, 3, 2, 4].",
  ],
  [
    () => nnx.dotProductAttention(zeros([2, 3, 2, 5]), q, q),
    RangeError,
    "dotProductAttention: query and key must have the same depth on the last axis, got shapes [2, 3, 2, 5], [2, 3, 2, 4] and [2, 3, 2, 4].",
  ],
  [
    () => nnx.dotProductAttention(q, q, zeros([2, 4, 2, 4])),
    RangeError,
    "dotProductAttention: key and value must have the same length and heads, got shapes [2, 3, 2, 4], [2, 3, 2, 4] and [2, 4, 2, 4].",
  ],
  [
    () => nnx.dotProductAttention(zeros([2, 3, 3, 4]), q, q),
    RangeError,
    "dotProductAttention: the heads of key must divide the heads of query, got shapes [2, 3, 3, 4], [2, 3, 2, 4] and [2, 3, 2, 4].",
  ],
  [
    () => nnx.dotProductAttention(none, q, q),
    TypeError,
    "dotProductAttention: query must be an array, got undefined.",
  ],
  [
    () => new nnx.MultiHeadAttention(3, 4, { rngs }),
    RangeError,
    "MultiHeadAttention: qkvFeatures must be a multiple of numHeads = 3, got 4.",
  ],
  [
    () => new nnx.MultiHeadAttention(4, 4, { rngs, numKvHeads: 3 }),
    RangeError,
    "MultiHeadAttention: numKvHeads must divide numHeads = 4, got 3.",
  ],
  [
    () => new nnx.MultiHeadAttention(2, 4, { rngs, outFeatures: 0 }),
    RangeError,
    "MultiHeadAttention: outFeatures must be a positive integer, got 0.",
  ],
  [
    () => new nnx.MultiHeadAttention(2, 4, { rngs, dropoutRate: 1 }),
    RangeError,
    "MultiHeadAttention: dropoutRate must be in [0, 1), got 1.",
  ],
  [
    () => heads.forward(zeros([2, 3])),
    RangeError,
    "MultiHeadAttention.forward: inputsQ must have inFeatures = 4 on its last axis, got shape [2, 3].",
  ],
  [
    () => heads.forward(zeros([2, 4]), { inputsK: zeros([2, 3]) }),
    RangeError,
    "MultiHeadAttention.forward: inputsK must have inKvFeatures = 4 on its last axis, got shape [2, 3].",
  ],
  [
    () => heads.forward(zeros([2, 4]), { inputsV: zeros([2, 4]) }),
    TypeError,
    "MultiHeadAttention.forward: inputsV must not be given without inputsK, got float32[2, 4]. Give inputsK alone where both are the same.",
  ],
  [
    () => heads.forward(zeros([2, 4]), { causal: true } as never),
    TypeError,
    'MultiHeadAttention.forward: options must be among inputsK, inputsV, mask, isCausal, deterministic, decode, rngs, sowWeights, got "causal".',
  ],
  [
    () => new nnx.MultiHeadAttention(2, 4, { rngs, dropoutRate: 0.5 }).forward(zeros([2, 4])),
    Error,
    "MultiHeadAttention.forward: deterministic must be given, got null. Set it in the constructor, pass it to forward, or call train(), eval() or view().",
  ],
  [
    () =>
      new nnx.MultiHeadAttention(2, 4, {
        rngs,
        dropoutRate: 0.5,
        keepRngs: false,
        deterministic: false,
      }).forward(zeros([2, 4])),
    Error,
    "MultiHeadAttention.forward: rngs must be given when deterministic is false, got null. Pass { rngs } or call eval().",
  ],
  [
    () => heads.forward(zeros([1, 4]), { decode: true }),
    Error,
    "MultiHeadAttention.forward: the cache must be made before decoding, got none. Call initCache with the shape of a whole input.",
  ],
  [
    () => heads.initCache([4]),
    RangeError,
    "MultiHeadAttention.initCache: inputShape must have at least 2 axes, got [4].",
  ],
  [
    () => nnx.view(heads, { batchSize: 1 }),
    RangeError,
    "view: batchSize and maxLength must be given together, got 1 and undefined.",
  ],
  [
    () => {
      const cached = new nnx.MultiHeadAttention(2, 4, { rngs, decode: true });
      cached.initCache([1, 2, 4]);
      cached.forward(zeros([1, 2, 4]));
    },
    RangeError,
    "MultiHeadAttention.forward: key must have one position and the batch axes of the cache, shape [1, 1, 2, 2], got shape [1, 2, 2, 2].",
  ],
  [
    () => {
      const cached = new nnx.MultiHeadAttention(2, 4, { rngs, decode: true });
      cached.initCache([1, 4]);
      cached.forward(zeros([1, 4]));
      cached.forward(zeros([1, 4]));
    },
    RangeError,
    "MultiHeadAttention.forward: the cache must have room for one more position, got 1 of 1.",
  ],
  [
    () => new nnx.SimpleCell(0, 2, { rngs }),
    RangeError,
    "SimpleCell: inFeatures must be a positive integer, got 0.",
  ],
  [
    () => new nnx.SimpleCell(2, 2, { rngs, gateFn: 1 } as never),
    TypeError,
    'SimpleCell: options must be among rngs, residual, activationFn, kernelInit, kernelMetadata, recurrentKernelInit, recurrentKernelMetadata, biasInit, biasMetadata, dtype, paramDtype, got "gateFn".',
  ],
  [
    () => new nnx.GRUCell(2, 2.5, { rngs }),
    RangeError,
    "GRUCell: hiddenFeatures must be a positive integer, got 2.5.",
  ],
  [
    () => new nnx.LSTMCell(2, 2, {} as never),
    TypeError,
    "LSTMCell: rngs must be an Rngs, got undefined. Pass { rngs: new Rngs(0) }.",
  ],
  [
    () => new nnx.OptimizedLSTMCell(2, 2, { rngs, dtype: "int8" }),
    TypeError,
    'OptimizedLSTMCell: dtype must be a floating dtype, got "int8".',
  ],
  [
    () => gru.forward(zeros([2]), zeros([2])),
    RangeError,
    "GRUCell.forward at cell of RNN: x must have inFeatures = 3 on its last axis, got shape [2].",
  ],
  [
    () => gru.initializeCarry([], { rngs }),
    RangeError,
    "GRUCell.initializeCarry: inputShape must have at least one axis, got [].",
  ],
  [
    () => gru.initializeCarry([3], { rngs: key(0) as never }),
    TypeError,
    "GRUCell.initializeCarry: rngs must be an Rngs or an RngStream, got Key.",
  ],
  [
    () => new nnx.RNN(linear as never),
    TypeError,
    "RNN: cell must be a recurrent cell, got Linear.",
  ],
  [
    () => new nnx.RNN(gru, { rngs: 3 as never }),
    TypeError,
    "RNN: rngs must be an Rngs or a boolean, got 3.",
  ],
  [
    () => new nnx.RNN(gru, { unroll: 2 } as never),
    TypeError,
    'RNN: options must be among timeMajor, returnCarry, reverse, keepOrder, rngs, broadcastRngs, got "unroll".',
  ],
  [
    () => rnn.forward(zeros([3])),
    RangeError,
    "RNN.forward: x must have a time axis and 1 of features, got shape [3].",
  ],
  [
    () => rnn.forward(zeros([2, 0, 3])),
    RangeError,
    "RNN.forward: x must have at least one step, got shape [2, 0, 3].",
  ],
  [
    () => rnn.forward(zeros([2, 4, 2])),
    RangeError,
    "GRUCell.forward at cell of RNN: x must have inFeatures = 3 on its last axis, got shape [2, 2].",
  ],
  [
    () => rnn.forward(zeros([2, 4, 3]), { seqLengths: [1] }),
    RangeError,
    "RNN.forward: seqLengths must have the shape of the batch, [2], got [1].",
  ],
  [
    () => rnn.forward(zeros([2, 4, 3]), { seqLengths: [1, 5] }),
    RangeError,
    "RNN.forward: seqLengths must be between 0 and the number of steps, 4, got 5.",
  ],
  [
    () => rnn.forward(zeros([2, 4, 3]), { seqLengths: [1, 0.5] }),
    TypeError,
    "RNN.forward: seqLengths must be integers, got float32[2].",
  ],
  [
    () => rnn.forward(zeros([2, 4, 3]), { lengths: 1 } as never),
    TypeError,
    'RNN.forward: options must be among initialCarry, seqLengths, returnCarry, timeMajor, reverse, keepOrder, rngs, got "lengths".',
  ],
  [
    () => new nnx.RNN(gru, { rngs: false }).forward(zeros([2, 4, 3])),
    Error,
    "RNN.forward: rngs must be given to make the initial carry, got null. Pass { rngs } or { initialCarry }.",
  ],
  [
    () => new nnx.Bidirectional(rnn, gru as never),
    TypeError,
    "Bidirectional: backwardRnn must be an RNN, got GRUCell.",
  ],
  [
    () => new nnx.Bidirectional(rnn, rnn, { rngs: 1 as never }),
    TypeError,
    "Bidirectional: rngs must be an Rngs or a boolean, got 1.",
  ],
  [
    () => new nnx.LoRA(2, 0, 2, { rngs }),
    RangeError,
    "LoRA: loraRank must be a positive integer, got 0.",
  ],
  [
    () => new nnx.LoRA(2, 1, 2, { rngs, baseModule: {} as never }),
    TypeError,
    "LoRA: baseModule must be a Module with a forward method, got Object.",
  ],
  [
    () => new nnx.LoRA(2, 1, 2, { rngs }).forward(zeros([3])),
    RangeError,
    "LoRA.forward: x must have inFeatures = 2 on its last axis, got shape [3].",
  ],
  [
    () => new nnx.LoRALinear(2, 2, { rngs } as never),
    TypeError,
    "LoRA: loraRank must be a positive integer, got undefined.",
  ],
  [
    () => new nnx.LoRALinear(2, 2, none),
    TypeError,
    "Linear: options must be an object, got undefined.",
  ],
  [
    () => new nnx.WeightNorm({} as never, { rngs }),
    TypeError,
    "WeightNorm: layerInstance must be a Module with a forward method, got Object.",
  ],
  [
    () => new nnx.WeightNorm(linear, { rngs, featureAxes: "a" as never }),
    TypeError,
    'WeightNorm: featureAxes must be an axis or a list of axes, got "a".',
  ],
  [
    () => {
      const normed = new nnx.WeightNorm(
        new nnx.Sequential<nnx.Linear[]>(new nnx.Linear(2, 2, { rngs })),
        { rngs },
      );
      normed.layerInstance.layers.push(new nnx.Linear(2, 2, { rngs }));
      normed.forward(ones([2]));
    },
    Error,
    "WeightNorm.forward: layers.1.kernel must have been in the layer when it was wrapped, got a new parameter.",
  ],
  [
    () => new nnx.SpectralNorm(linear, { rngs, nSteps: 0 }),
    RangeError,
    "SpectralNorm: nSteps must be a positive integer, got 0.",
  ],
  [
    () =>
      new nnx.SpectralNorm(new nnx.Conv(2, 3, { kernelSize: 3, rngs }), {
        rngs,
        errorOnNonMatrix: true,
      }),
    RangeError,
    "SpectralNorm: kernel must have at most 2 axes with errorOnNonMatrix, got shape [3, 2, 3].",
  ],
  [
    () => {
      const normed = new nnx.SpectralNorm(
        new nnx.Sequential<nnx.Linear[]>(new nnx.Linear(2, 2, { rngs })),
        { rngs },
      );
      normed.layerInstance.layers.push(new nnx.Linear(2, 2, { rngs }));
      normed.forward(ones([2]));
    },
    Error,
    "SpectralNorm.forward: layers.1.kernel must have been in the layer when it was wrapped, got a new parameter.",
  ],
];
for (const [run, Class, message] of rows) test(refused, run, Class, message);

const run = (options: nnx.RNNOptions<false> = {}): nnx.RNN =>
  new nnx.RNN(new nnx.GRUCell(3, 2, { rngs }), options);

class Outer extends nnx.Module {
  readonly rnn: nnx.RNN = run();
  readonly idle: nnx.RNN = run({ rngs: false });
  readonly both: nnx.Bidirectional = new nnx.Bidirectional(run(), run());
  readonly weight: nnx.WeightNorm<nnx.Sequential> = new nnx.WeightNorm(new nnx.Sequential(), {
    rngs,
  });
  readonly spectral: nnx.SpectralNorm<nnx.Sequential> = new nnx.SpectralNorm(new nnx.Sequential(), {
    rngs,
  });
  readonly layerNorm: nnx.LayerNorm = new nnx.LayerNorm(3, { reductionAxes: 2, rngs });
  readonly rmsNorm: nnx.RMSNorm = new nnx.RMSNorm(3, { reductionAxes: -3, rngs });
  readonly instanceNorm: nnx.InstanceNorm = new nnx.InstanceNorm(3, { featureAxes: 0, rngs });
  readonly groupNorm: nnx.GroupNorm = new nnx.GroupNorm(2, { numGroups: 1, rngs });
  readonly batchNorm: nnx.BatchNorm = new nnx.BatchNorm(2, { axis: 2, rngs });
  readonly dropout: nnx.Dropout = new nnx.Dropout(0.5, { broadcastDims: [4], rngs });
  readonly general: nnx.LinearGeneral = new nnx.LinearGeneral(2, 2, { axis: 3, rngs });
  readonly einsum: nnx.Einsum = new nnx.Einsum("i,io->o", [2, 2], { rngs });
  readonly prelu: nnx.PReLU = new nnx.PReLU();
  readonly circular: nnx.Conv = new nnx.Conv(2, 2, {
    kernelSize: [3, 3],
    padding: "CIRCULAR",
    rngs,
  });
}
const outer = new Outer();
nnx.state(outer);
const added = (layer: { layerInstance: nnx.Sequential }): void => {
  (layer.layerInstance as { layers: unknown }).layers = [linear];
};

const placed: readonly Row[] = [
  [
    () => outer.rnn.forward([1, 2, 3]),
    RangeError,
    "RNN.forward at rnn of Outer: x must have a time axis and 1 of features, got shape [3].",
  ],
  [
    () => outer.rnn.forward(zeros([2, 0, 3])),
    RangeError,
    "RNN.forward at rnn of Outer: x must have at least one step, got shape [2, 0, 3].",
  ],
  [
    () => outer.rnn.forward(ones([2, 4, 3]), { seqLengths: [1] }),
    RangeError,
    "RNN.forward at rnn of Outer: seqLengths must have the shape of the batch, [2], got [1].",
  ],
  [
    () => outer.rnn.forward(ones([2, 4, 3]), { seqLengths: [1, 5] }),
    RangeError,
    "RNN.forward at rnn of Outer: seqLengths must be between 0 and the number of steps, 4, got 5.",
  ],
  [
    () => outer.rnn.forward(ones([2, 4, 3]), { seqlengths: [1, 2] } as never),
    TypeError,
    'RNN.forward at rnn of Outer: options must be among initialCarry, seqLengths, returnCarry, timeMajor, reverse, keepOrder, rngs, got "seqlengths".',
  ],
  [
    () => outer.idle.forward(ones([2, 4, 3])),
    Error,
    "RNN.forward at idle of Outer: rngs must be given to make the initial carry, got null. Pass { rngs } or { initialCarry }.",
  ],
  [
    () => outer.both.forward(ones([2, 4, 3]), { reverse: true } as never),
    TypeError,
    'Bidirectional.forward at both of Outer: options must be among initialCarry, seqLengths, returnCarry, timeMajor, rngs, got "reverse".',
  ],
  [
    () => outer.both.forward(ones([2, 4, 3]), { rngs: 3 as never }),
    TypeError,
    "Bidirectional.forward at both of Outer: rngs must be an Rngs or an RngStream, got 3.",
  ],
  [
    () => {
      added(outer.weight);
      outer.weight.forward(ones([1, 2]));
    },
    Error,
    "WeightNorm.forward at weight of Outer: layers.0.kernel must have been in the layer when it was wrapped, got a new parameter.",
  ],
  [
    () => {
      added(outer.spectral);
      outer.spectral.forward(ones([1, 2]));
    },
    Error,
    "SpectralNorm.forward at spectral of Outer: layers.0.kernel must have been in the layer when it was wrapped, got a new parameter.",
  ],
  [
    () => outer.layerNorm.forward(ones([1, 3])),
    RangeError,
    "LayerNorm.forward at layerNorm of Outer: axis must be an integer in [-2, 2), got 2.",
  ],
  [
    () => outer.rmsNorm.forward(ones([1, 3])),
    RangeError,
    "RMSNorm.forward at rmsNorm of Outer: axis must be an integer in [-2, 2), got -3.",
  ],
  [
    () => outer.instanceNorm.forward(ones([3, 3])),
    RangeError,
    "InstanceNorm.forward at instanceNorm of Outer: featureAxes must not contain the first axis, which is the batch, got 0 for shape [3, 3].",
  ],
  [
    () => outer.groupNorm.forward([1, 2]),
    RangeError,
    "GroupNorm.forward at groupNorm of Outer: x must have at least 2 axes, the batch and the features, got shape [2].",
  ],
  [
    () => outer.batchNorm.forward(ones([1, 2])),
    RangeError,
    "BatchNorm.forward at batchNorm of Outer: axis must be an integer in [-2, 2), got 2.",
  ],
  [
    () => outer.batchNorm.forward(zeros([0, 3, 2])),
    RangeError,
    "BatchNorm.forward at batchNorm of Outer: x must have at least one element for each feature in training, got shape [0, 3, 2].",
  ],
  [
    () => outer.dropout.forward([1, 2]),
    RangeError,
    "Dropout.forward at dropout of Outer: axis must be an integer in [-1, 1), got 4.",
  ],
  [
    () => outer.general.forward([1, 2]),
    RangeError,
    "LinearGeneral.forward at general of Outer: axis must be an integer in [-1, 1), got 3.",
  ],
  [
    () => outer.einsum.forward([1, 2], { einsumStr: "i->o" }),
    RangeError,
    'Einsum.forward at einsum of Outer: einsumStr must contain "->" and exactly one comma, got "i->o".',
  ],
  [
    () => outer.prelu.forward(array([1], "int32")),
    TypeError,
    'PReLU.forward at prelu of Outer: the dtype of x must be a floating dtype, got "int32".',
  ],
  [
    () => outer.circular.forward(zeros([1, 0, 4, 2])),
    RangeError,
    'Conv.forward at circular of Outer: x must not be empty on a spatial axis with padding "CIRCULAR", got shape [1, 0, 4, 2].',
  ],
];
for (const [run, Class, message] of placed) test(refused, run, Class, message);
