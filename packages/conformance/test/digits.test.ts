import { CNN } from "@flaxen/example-digits/cnn";
import { loadDigits } from "@flaxen/example-digits/data";
import type { Digits } from "@flaxen/example-digits/data";
import { batches, trainStep } from "@flaxen/example-digits/training";
import { warp } from "@flaxen/example-digits/warp";
import { astype, mean, subtract } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { NDArray, flatData, ones, zeros } from "@flaxen/ndarray";
import * as nnx from "@flaxen/nnx";
import * as optax from "@flaxen/optax";
import { foldIn, isKey, keyData, permutation } from "@flaxen/rng";
import test from "ava";
import { closeDifference, exactDifference, readAnswers } from "./answers.ts";
import type { Close, Exact } from "./answers.ts";

interface Run {
  readonly name: string;
  readonly rate: number;
  readonly optimizer: "adam" | "sgd" | "example";
  readonly losses: readonly number[];
  /** By the number of steps taken. */
  readonly statistics: Readonly<
    Record<string, { readonly mean: Close; readonly centredMean: Close; readonly var: Close }>
  >;
  readonly logits: Close;
  readonly trained?: Readonly<Record<string, Close>>;
}

interface Answers {
  readonly initial: readonly {
    readonly seed: number;
    readonly variables: Readonly<Record<string, Exact>>;
  }[];
  readonly streams: readonly {
    readonly seed: number;
    readonly dataKey: readonly number[];
    readonly nextKey: readonly number[];
    readonly orders: readonly Exact[];
  }[];
  readonly masks: readonly {
    readonly seed: number;
    readonly masks: readonly (Exact & { readonly kept: number })[];
    readonly values: Exact;
  }[];
  readonly runs: readonly Run[];
}

const answers = readAnswers<Answers>("digits");
const { train, test: unseen } = loadDigits();
const STEPS = 20;

function variables(node: object): [name: string, value: NDArray][] {
  return nnx.toFlatState(nnx.state(node)).map(([path, leaf]) => {
    const value: unknown = (leaf as nnx.Variable).value;
    return [path.join("."), (isKey(value) ? keyData(value) : value) as NDArray];
  });
}

test("the digits CNN begins with the weights of Flax, bit for bit", (t) => {
  for (const { seed, variables: wanted } of answers.initial) {
    const found = variables(new CNN({ rngs: new nnx.Rngs(seed) }));
    t.deepEqual(found.map(([name]) => name).toSorted(), Object.keys(wanted).toSorted());
    for (const [name, value] of found) t.is(exactDifference(value, wanted[name]), undefined, name);
  }
});

test("the digits CNN leaves the keys and shuffles of Flax", (t) => {
  for (const { seed, dataKey, nextKey, orders } of answers.streams) {
    const rngs = new nnx.Rngs(seed);
    new CNN({ rngs });
    const key = rngs.stream("data").next();
    t.deepEqual([...key.words], dataKey);
    t.deepEqual([...rngs.next().words], nextKey);
    orders.forEach((answer, epoch) => {
      const order = permutation(foldIn(key, epoch), train.labels.size);
      t.is(exactDifference(order, answer), undefined, `epoch ${epoch}`);
    });
  }
});

test("the digits CNN drops the features that Flax drops", (t) => {
  for (const { seed, masks, values } of answers.masks) {
    const model = new CNN({ rngs: new nnx.Rngs(seed) });
    model.train();
    const input = ones([64, 512]);
    masks.forEach((answer, call) => {
      const output = model.dropout.forward(input) as NDArray;
      if (call === 0) t.is(exactDifference(output, values), undefined);
      const kept = Uint8Array.from(flatData(output) as Float32Array, (x) => (x === 0 ? 0 : 1));
      t.is(
        kept.reduce((sum, bit) => sum + bit, 0),
        answer.kept,
      );
      const mask = new NDArray(kept, output.shape, undefined, 0, "bool");
      t.is(exactDifference(mask, answer), undefined, `call ${call}`);
    });
  }
});

const OPTIMIZERS = {
  adam: () => optax.adam(2e-3),
  sgd: () => optax.sgd(0.05, { momentum: 0.9 }),
  example: () => optax.adam(optax.cosineDecaySchedule(1e-2, 40 * 22)),
};

function integerStep(
  model: CNN,
  optimizer: nnx.Optimizer<CNN>,
  { images, labels }: Digits,
): number {
  const [loss, grads] = nnx.valueAndGrad((model: CNN) =>
    mean(optax.softmaxCrossEntropyWithIntegerLabels(model.forward(images), labels)),
  )(model);
  optimizer.update(model, grads);
  return (loss as NDArray<"float32">).item();
}

/** What the running mean owes to the bias before it, see `run` in generate/digits.py. */
function follow(trail: Float64Array, bias: Tensor): Float64Array {
  const values = flatData(bias as NDArray<"float32">);
  return trail.map((x, i) => 0.9 * x + 0.1 * values[i]);
}

const trains = test.macro({
  title: (_, run: Run) => `the digits CNN learns as in Flax: ${run.name}`,
  exec(t, { rate, optimizer: kind, losses, statistics, logits, trained }: Run) {
    const rngs = new nnx.Rngs(0);
    const model = new CNN({ rngs, dropoutRate: rate });
    const [dataKey, warpKey] = [rngs.next(), rngs.next()];
    const optimizer = new nnx.Optimizer(model, OPTIMIZERS[kind](), { wrt: nnx.Param });
    const step = kind === "example" ? trainStep : integerStep;
    const images = kind === "example" ? warp(train.images, foldIn(warpKey, 0)) : train.images;
    const data = { images, labels: train.labels };
    let trail: Float64Array = new Float64Array(16);
    model.train();
    let centred = model.bn.mean.value;
    let count = 0;
    for (const digits of batches(data, foldIn(dataKey, 0), 64)) {
      trail = follow(trail, model.conv1.bias!.value);
      const loss = step(model, optimizer, digits);
      const expected = losses[count];
      const error = Math.abs(loss / expected - 1);
      t.true(error <= (count === 0 ? 1e-6 : 1e-5), `loss ${loss} instead of ${expected}`);
      count++;
      const answer = statistics[String(count)];
      if (answer !== undefined) {
        const tolerance = { rtol: 1e-5, atol: 1e-6 };
        centred = astype(subtract(model.bn.mean.value, trail), "float32");
        const problems = [
          closeDifference(centred, answer.centredMean, tolerance),
          closeDifference(model.bn.var.value, answer.var, tolerance),
        ];
        // With adam the bias before BatchNorm walks by rounding errors, and with it the running mean.
        if (kind === "sgd" || count === 1) {
          problems.push(closeDifference(model.bn.mean.value, answer.mean, tolerance));
        }
        t.deepEqual(
          problems,
          problems.map(() => undefined),
        );
      }
      if (count === STEPS) break;
    }
    t.is(count, STEPS);
    const found = new Map(variables(model));
    for (const [name, answer] of Object.entries(trained ?? {})) {
      t.is(closeDifference(found.get(name), answer, { rtol: 1e-4, atol: 1e-5 }), undefined, name);
    }
    // In evaluation the walk of the bias would show: the running mean lags behind it.
    model.conv1.bias!.value = zeros([16]);
    model.bn.mean.value = centred;
    model.eval();
    const first = unseen.images.hi(16, 8, 8, 1);
    t.is(closeDifference(model.forward(first), logits, { rtol: 1e-4, atol: 1e-4 }), undefined);
  },
});

for (const run of answers.runs) test(trains, run);
