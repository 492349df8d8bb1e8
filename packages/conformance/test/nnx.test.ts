import * as ops from "@flaxen/autodiff";
import { astype, isTensor, mean, multiply, square, subtract, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import * as initializers from "@flaxen/initializers";
import * as nnx from "@flaxen/nnx";
import type { NDArray } from "@flaxen/ndarray";
import { sgd } from "@flaxen/optax";
import { isKey, keyData } from "@flaxen/rng";
import test from "ava";
import {
  checkEach,
  closeDifference,
  cotangent,
  exactDifference,
  fromSpec,
  readAnswers,
  resolve,
} from "./answers.ts";
import type { Close, Exact, Spec, Tolerance } from "./answers.ts";

interface LayerSpec {
  readonly layer?: string;
  readonly function?: string;
  readonly pool?: string;
  readonly args: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
}

type Seeds = number | Readonly<Record<string, number>>;
type Named<A> = Readonly<Record<string, A>>;

interface LayerCase extends LayerSpec {
  readonly seeds: Seeds;
  readonly x: Spec;
  readonly call?: object;
  readonly initial: Named<Exact>;
  readonly output: Close;
  readonly inputGradient?: Close;
  readonly gradients?: Named<Close>;
  readonly trained?: Named<Close>;
  readonly evaluated: Close;
}

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

const EXACT: Tolerance = { rtol: 0, atol: 0 };
const WIDTH: Readonly<Partial<Record<DType, Tolerance>>> = {
  float16: { rtol: 2e-3, atol: 2e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 1.6e-2 },
  float32: { rtol: 2e-6, atol: 2e-6 },
};

/** A layer, whatever its class. */
type Layer = nnx.Module & { forward(x: Tensor, options?: object): Tensor };

function build(spec: LayerSpec, rngs: nnx.Rngs): Layer | ((x: Tensor) => Tensor) {
  const { layer, function: name, pool, args, options = {} } = spec;
  if (name !== undefined) {
    return (ops as unknown as Record<string, (x: Tensor) => Tensor>)[name];
  }
  const exported = nnx as unknown as Record<string, unknown>;
  if (pool !== undefined) {
    const reduce = exported[pool] as (x: Tensor, ...rest: readonly unknown[]) => Tensor;
    return (x) => reduce(x, ...args, options);
  }
  const Class = exported[layer!] as new (...args: readonly unknown[]) => Layer;
  if (layer === "Sequential") {
    return new Class(...args.map((item) => build(item as LayerSpec, rngs)));
  }
  const settings = Object.entries(options).map(([name, value]) => {
    if (!name.endsWith("Init")) return [name, resolve(value)];
    return [name, (initializers as unknown as Record<string, () => unknown>)[value as string]()];
  });
  return new Class(...args, { ...Object.fromEntries(settings), rngs });
}

/** The arrays of all Variables by their dotted names; of a key its words. */
function variables(node: object): Map<string, unknown> {
  const flat = nnx.toFlatState(nnx.state(node));
  return new Map(
    flat.map(([path, leaf]) => {
      const value: unknown = (leaf as nnx.Variable).value;
      return [path.join("."), isKey(value) ? keyData(value) : value];
    }),
  );
}

function compareNamed<A>(
  found: ReadonlyMap<string, unknown>,
  wanted: Named<A>,
  compare: (actual: unknown, answer: A) => string | undefined,
): string | undefined {
  const names = Object.keys(wanted);
  const [a, b] = [[...found.keys()], names].map((list) => list.toSorted().join(", "));
  if (a !== b) return `names ${a} instead of ${b}`;
  for (const name of names) {
    const problem = compare(found.get(name), wanted[name]);
    if (problem !== undefined) return `${name} ${problem}`;
  }
  return undefined;
}

function near(actual: unknown, answer: Close): string | undefined {
  return closeDifference(actual, answer, WIDTH[answer.dtype] ?? EXACT);
}

/** Output, gradients, two steps of sgd and the output in evaluation, in the order of generate/nnx_layers.py. */
function layerDifference(item: LayerCase): string | undefined {
  const model = build(item, new nnx.Rngs(item.seeds)) as Layer;
  const x = fromSpec(item.x);
  const options = resolve(item.call ?? {}) as { mask?: Tensor };
  const problems: (string | undefined)[] = [];
  const note = (part: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`${part}: ${problem}`);
  };
  note("initial", compareNamed(variables(model), item.initial, exactDifference));
  model.train();
  note("output", near(model.forward(x, options), item.output));
  if (item.gradients !== undefined) {
    const weighted = (model: Layer, x: Tensor): Tensor => {
      const y = model.forward(x, options);
      return sum(multiply(astype(y, "float32"), cotangent(y.shape, "float32")));
    };
    const differentiable = isFloating(x.dtype);
    const found = nnx.grad(weighted, { argnums: differentiable ? [0, 1] : [0] })(
      model,
      x,
    ) as unknown as [object, Tensor];
    note("gradients", compareNamed(variables(found[0]), item.gradients, near));
    if (differentiable) note("input gradient", near(found[1], item.inputGradient!));
    const trainable = Object.keys(item.gradients).length > 0;
    const optimizer = trainable
      ? new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param })
      : undefined;
    const loss = (model: Layer): Tensor =>
      mean(square(subtract(astype(model.forward(x, options), "float32"), 0.25)));
    for (let step = 0; step < 2; step++) {
      const grads = nnx.grad(loss)(model);
      optimizer?.update(model, grads);
    }
    note("trained", compareNamed(variables(model), item.trained!, near));
  }
  model.eval();
  note("evaluated", near(model.forward(x, { ...options, mask: undefined }), item.evaluated));
  return problems.length === 0 ? undefined : problems.join("; ");
}

test("layers have the weights, outputs, gradients and training of Flax", (t) => {
  const title = ({ layer, args, options, seeds, x }: LayerCase): string =>
    JSON.stringify({ layer, args, options, seeds, x });
  checkEach(t, answers.layers, title, layerDifference);
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
