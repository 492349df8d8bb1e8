// Weights of PyTorch, read by loadTorchStateDict: the same outputs, channels last in place of first.
import { relu, reshape, sigmoid } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { concatenate, moveaxis } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import * as nnx from "@flaxen/nnx";
import { decode, encode } from "@flaxen/safetensors";
import test from "ava";
import { closeDifference, fromSpec, readAnswers } from "./answers.ts";
import type { Close } from "./answers.ts";

interface Answer {
  readonly stateDict: Readonly<Record<string, Close>>;
  readonly x: Close;
  readonly y: Close;
}

const answers = readAnswers<Readonly<Record<string, Answer>>>("torch");
const rngs = new nnx.Rngs(99);

/** The state_dict as `decode` of a safetensors file gives it. */
function stateDict(name: string): Map<string, NDArray> {
  const entries = Object.entries(answers[name].stateDict).map(([key, spec]): [string, NDArray] => [
    key,
    fromSpec(spec),
  ]);
  return decode(encode(entries)).tensors;
}

const channelsLast = (x: NDArray): NDArray => moveaxis(x, 1, -1);
const channelsFirst = (y: Tensor): NDArray => moveaxis(y as NDArray, -1, 1);
const same = (x: Tensor): NDArray => x as NDArray;

interface Case {
  readonly model: nnx.Module & { forward(x: NDArray): Tensor };
  readonly options?: nnx.LoadTorchOptions;
  readonly before?: (x: NDArray) => NDArray;
  readonly after?: (y: Tensor) => NDArray;
}

const agrees = test.macro((t, name: string, make: () => Case) => {
  const { model, options = {}, before = same, after = same } = make();
  const report = nnx.loadTorchStateDict(model, stateDict(name), options);
  t.deepEqual(report, { missing: [], unexpected: [] });
  model.eval();
  const { x, y } = answers[name];
  const found = after(model.forward(before(fromSpec(x))));
  t.is(closeDifference(found, y, { rtol: 1e-5, atol: 2e-6 }), undefined);
});

class Net extends nnx.Module {
  conv = new nnx.Conv(2, 4, {
    kernelSize: [3, 2],
    strides: [2, 2],
    padding: [
      [1, 1],
      [1, 1],
    ],
    rngs,
  });
  bn = new nnx.BatchNorm(4, { momentum: 0.9, rngs });
  grouped = new nnx.Conv(4, 6, {
    kernelSize: [3, 3],
    padding: [
      [1, 1],
      [1, 1],
    ],
    featureGroupCount: 2,
    useBias: false,
    rngs,
  });
  act = new nnx.PReLU();
  fc = new nnx.Linear(6 * 3 * 4, 5, { rngs });
  forward(x: NDArray): Tensor {
    const h = this.act.forward(this.grouped.forward(this.bn.forward(this.conv.forward(x))));
    return this.fc.forward(reshape(h, [h.shape[0], -1]));
  }
}

test("Conv2d, BatchNorm2d, groups, PReLU and a Linear behind flatten", agrees, "net", () => ({
  model: new Net(),
  options: { flattened: { fc: [6, 3, 4] } },
  before: channelsLast,
}));

const transposed = (transposeKernel: boolean) => (): Case => ({
  // PyTorch's padding p is dilation * (kernelSize - 1) - p here.
  model: new nnx.Sequential(
    new nnx.ConvTranspose(3, 4, {
      kernelSize: [3, 2],
      strides: [2, 2],
      padding: [
        [1, 1],
        [0, 0],
      ],
      transposeKernel,
      rngs,
    }),
    sigmoid,
  ) as unknown as Case["model"],
  before: channelsLast,
  after: channelsFirst,
});
test("ConvTranspose2d with transposeKernel", agrees, "transposed", transposed(true));
test("ConvTranspose2d without transposeKernel", agrees, "transposed", transposed(false));

test("Conv1d and GroupNorm in a Sequential", agrees, "sequential", () => ({
  model: new nnx.Sequential(
    new nnx.Conv(2, 4, { kernelSize: 3, padding: "VALID", rngs }),
    new nnx.GroupNorm(4, { numGroups: 2, epsilon: 1e-5, rngs }),
    relu,
    new nnx.Conv(4, 4, { kernelSize: 2, padding: "VALID", useBias: false, rngs }),
  ) as unknown as Case["model"],
  before: channelsLast,
  after: channelsFirst,
}));

class Attention extends nnx.Module {
  mha: nnx.MultiHeadAttention;
  norm = new nnx.LayerNorm(6, { epsilon: 1e-5, rngs });
  constructor(inKvFeatures: number) {
    super();
    this.mha = new nnx.MultiHeadAttention(2, 6, { inKvFeatures, rngs });
  }
  forward(x: NDArray): Tensor {
    const keys = this.mha.inKvFeatures === 6 ? x : concatenate([x, x], -1);
    return this.norm.forward(this.mha.forward(x, { inputsK: keys }));
  }
}
test("MultiheadAttention and LayerNorm", agrees, "attention", () => ({ model: new Attention(6) }));
test("MultiheadAttention with kdim and vdim", agrees, "attentionOfOther", () => ({
  model: new Attention(12),
}));

class Sequence extends nnx.Module {
  embed = new nnx.Embed(7, 3, { rngs });
  rnn: { forward(x: Tensor): Tensor };
  constructor(rnn: { forward(x: Tensor): Tensor }) {
    super();
    this.rnn = rnn;
  }
  forward(x: NDArray): Tensor {
    return this.rnn.forward(this.embed.forward(x));
  }
}
const rnnOf = (cell: nnx.RNNCellBase<never>): { forward(x: Tensor): Tensor } =>
  new nnx.RNN(cell) as unknown as { forward(x: Tensor): Tensor };
const cells = {
  lstm: () => new nnx.OptimizedLSTMCell(3, 4, { rngs }),
  gru: () => new nnx.GRUCell(3, 4, { rngs }),
  rnn: () => new nnx.SimpleCell(3, 4, { rngs }),
} as unknown as Readonly<Record<string, () => nnx.RNNCellBase<never>>>;
for (const name of ["lstm", "gru", "rnn"]) {
  test(`Embedding and ${name.toUpperCase()}`, agrees, name, () => ({
    model: new Sequence(rnnOf(cells[name]())),
  }));
}
test("LSTM with a layer for each gate", agrees, "lstm", () => ({
  model: new Sequence(rnnOf(new nnx.LSTMCell(3, 4, { rngs }) as unknown as nnx.RNNCellBase<never>)),
}));
test("bidirectional LSTM", agrees, "bidirectional", () => ({
  model: new Sequence(
    new nnx.Bidirectional(
      rnnOf(cells.lstm()) as nnx.RNN<never>,
      rnnOf(cells.lstm()) as nnx.RNN<never>,
    ) as unknown as { forward(x: Tensor): Tensor },
  ),
}));

class Step extends nnx.Module {
  cell = new nnx.OptimizedLSTMCell(3, 4, { rngs });
  forward(x: NDArray): Tensor {
    const carry = this.cell.initializeCarry(x.shape, { rngs });
    return this.cell.forward(carry, x)[1];
  }
}
test("LSTMCell", agrees, "cell", () => ({ model: new Step() }));

test("GRU with a bias that Flax has not is refused, and nothing is changed", (t) => {
  const model = new Sequence(rnnOf(cells.gru()));
  const before = nnx.saveSafetensors(model);
  t.throws(() => nnx.loadTorchStateDict(model, stateDict("gruWithBias")), {
    instanceOf: RangeError,
    message:
      "loadTorchStateDict: tensors must fit the object, got missing: none; unexpected: none; mismatched: rnn.bias_hh_l0 (the last third must be 0, as GRUCell has no bias there).",
  });
  t.deepEqual(nnx.saveSafetensors(model), before);
});
