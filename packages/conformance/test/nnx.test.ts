import { isTensor } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import * as nnx from "@flaxen/nnx";
import type { NDArray } from "@flaxen/ndarray";
import test from "ava";
import { checkEach, fromSpec, readAnswers, resolve } from "./answers.ts";
import type { Close, Spec } from "./answers.ts";
import { build, compareNamed, layerDifference, layerTitle, near } from "./layers.ts";
import type { LayerCase, LayerSpec, Named, Seeds } from "./layers.ts";

interface Answers {
  readonly layers: readonly LayerCase[];
  readonly pools: readonly (LayerSpec & { readonly x: Spec; readonly value: Close })[];
  readonly streams: readonly {
    readonly seeds: Seeds;
    readonly draws: readonly string[];
    readonly words: readonly (readonly number[])[];
    readonly forked: readonly (readonly number[])[];
    readonly after: readonly (readonly number[])[];
  }[];
  readonly metrics: readonly {
    readonly metric: "Average" | "Accuracy" | "MultiMetric";
    readonly options?: object;
    readonly updates: readonly Readonly<Record<string, unknown>>[];
    readonly results: readonly (Close | Named<Close>)[];
  }[];
}

const answers = readAnswers<Answers>("nnx");

test("layers have the weights, outputs, gradients and training of Flax", (t) => {
  checkEach(t, answers.layers, layerTitle, layerDifference);
});

test("maxPool, minPool and avgPool equal flax.nnx", (t) => {
  const title = ({ pool, args, options, x }: Answers["pools"][number]): string =>
    JSON.stringify({ pool, args, options, x });
  checkEach(t, answers.pools, title, (item) => {
    const reduce = build(item, new nnx.Rngs(0)) as (x: Tensor) => Tensor;
    return near(reduce(fromSpec(item.x)), item.value);
  });
});

test("Rngs draws, falls back and forks as flax.nnx.Rngs", (t) => {
  for (const { seeds, draws, words, forked, after } of answers.streams) {
    const rngs = new nnx.Rngs(seeds);
    const draw = (source: nnx.Rngs): unknown =>
      draws.map((name) => [
        ...(name === "next" ? source.next() : source.stream(name).next()).words,
      ]);
    t.deepEqual(draw(rngs), words);
    t.deepEqual(draw(rngs.fork()), forked);
    t.deepEqual(draw(rngs), after);
  }
});

test("metrics compute what flax.nnx.metrics compute", (t) => {
  const make = {
    Average: () => new nnx.Average(),
    Accuracy: (options?: object) => new nnx.Accuracy(options),
    MultiMetric: () =>
      new nnx.MultiMetric({ accuracy: new nnx.Accuracy(), loss: new nnx.Average("loss") }),
  };
  const title = ({ metric, updates }: Answers["metrics"][number]): string =>
    `${metric} ${JSON.stringify(updates)}`;
  checkEach(t, answers.metrics, title, ({ metric, options, updates, results }) => {
    const made = make[metric](options);
    for (const [i, update] of updates.entries()) {
      made.update(resolve(update) as Readonly<Record<string, unknown>>);
      const result: unknown = made.compute();
      const answer = results[i];
      const problem = isTensor(result)
        ? near(result, answer as Close)
        : compareNamed(
            new Map(Object.entries(result as Record<string, NDArray>)),
            answer as Named<Close>,
            near,
          );
      if (problem !== undefined) return `after update ${i + 1}: ${problem}`;
    }
    return undefined;
  });
});
