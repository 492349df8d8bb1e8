// Builds layers from the specs of the generators and compares all that they hold and compute with Flax.
import * as ops from "@flaxen/autodiff";
import {
  astype,
  concatenate,
  mean,
  multiply,
  ravel,
  square,
  subtract,
  sum,
  tree,
} from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isFloating } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import * as initializers from "@flaxen/initializers";
import * as nnx from "@flaxen/nnx";
import { sgd } from "@flaxen/optax";
import { isKey, keyData } from "@flaxen/rng";
import { closeDifference, cotangent, exactDifference, fromSpec, resolve } from "./answers.ts";
import type { Close, Exact, Spec, Tolerance } from "./answers.ts";

export interface LayerSpec {
  readonly layer?: string;
  readonly function?: string;
  readonly pool?: string;
  readonly args: readonly unknown[];
  readonly options?: Readonly<Record<string, unknown>>;
}

export type Seeds = number | Readonly<Record<string, number>>;
export type Named<A> = Readonly<Record<string, A>>;

export interface LayerCase extends LayerSpec {
  readonly seeds: Seeds;
  readonly x: Spec;
  readonly call?: object | undefined;
  /** Absent where Flax holds its state otherwise. */
  readonly initial?: Named<Exact | Close>;
  readonly output: Close;
  readonly inputGradient?: Close;
  readonly gradients?: Named<Close>;
  readonly trained?: Named<Close>;
  readonly evaluated: Close;
}

const EXACT: Tolerance = { rtol: 0, atol: 0 };
const WIDTH: Readonly<Partial<Record<DType, Tolerance>>> = {
  float16: { rtol: 2e-3, atol: 2e-3 },
  bfloat16: { rtol: 1.6e-2, atol: 1.6e-2 },
  float32: { rtol: 2e-6, atol: 2e-6 },
};

/** A layer, whatever its class. */
type Layer = nnx.Module & { forward(x: Tensor, options?: object): Tensor };

/** Recurrent dropout: of what a cell gives out, or of what it remembers. */
class DroppingCell extends nnx.RNNCellBase<unknown> {
  readonly cell: nnx.RNNCellBase<unknown>;
  readonly of: "output" | "carry";
  readonly drop: nnx.Dropout;

  constructor(
    cell: nnx.RNNCellBase<unknown>,
    of: "output" | "carry",
    { rngs }: { readonly rngs: nnx.Rngs },
  ) {
    super();
    this.cell = cell;
    this.of = of;
    this.drop = new nnx.Dropout(0.5, { rngCollection: "recurrent", rngs });
  }

  initializeCarry(shape: readonly number[], options: nnx.InitializeCarryOptions): unknown {
    return this.cell.initializeCarry(shape, options);
  }

  forward(carry: unknown, x: Tensor): [unknown, Tensor] {
    const [next, y] = this.cell.forward(carry, x);
    const drop = (part: Tensor): Tensor => this.drop.forward(part);
    return this.of === "output" ? [next, drop(y)] : [tree.map(drop, next as Tensor[]), y];
  }
}

/** The layer or function that a spec stands for; layers among its arguments and options are made first. */
export function build(spec: LayerSpec, rngs: nnx.Rngs): Layer | ((x: Tensor) => Tensor) {
  const { layer, function: name, pool, args, options = {} } = spec;
  if (name !== undefined) {
    return (ops as unknown as Record<string, (x: Tensor) => Tensor>)[name];
  }
  const exported = { ...nnx, DroppingCell } as unknown as Record<string, unknown>;
  if (pool !== undefined) {
    const reduce = exported[pool] as (x: Tensor, ...rest: readonly unknown[]) => Tensor;
    return (x) => reduce(x, ...args, options);
  }
  const Class = exported[layer!] as new (...args: readonly unknown[]) => Layer;
  const parts = args.map((item) => (isLayerSpec(item) ? build(item, rngs) : item));
  if (layer === "Sequential") return new Class(...parts);
  const settings = Object.entries(options).map(([name, value]) => {
    if (isLayerSpec(value)) return [name, build(value, rngs)];
    if (/Init(ializer)?$/.test(name))
      return [name, initializer(value as Parameters<typeof initializer>[0])];
    return [name, resolve(value)];
  });
  // PReLU takes no keys.
  if (layer === "PReLU") return new Class(parts[0], Object.fromEntries(settings));
  return new Class(...parts, { ...Object.fromEntries(settings), rngs });
}

function isLayerSpec(value: unknown): value is LayerSpec {
  return (
    typeof value === "object" &&
    value !== null &&
    ("layer" in value || "function" in value || "pool" in value)
  );
}

/** An initializer by its name, or by its name and arguments. */
function initializer(spec: string | readonly [name: string, ...args: unknown[]]): unknown {
  const [name, ...args] = typeof spec === "string" ? [spec] : spec;
  const factories = initializers as unknown as Record<string, (...args: unknown[]) => unknown>;
  return factories[name](...args);
}

/** The output for the call that a case describes; of a recurrent layer with its carry. */
function callLayer(model: Layer, { layer, args, call = {} }: LayerCase, x: Tensor): Tensor {
  const { method, ...options } = resolve(call) as { method?: "attend"; mask?: Tensor };
  if (method !== undefined) {
    return (model as unknown as Record<string, (x: Tensor) => Tensor>)[method](x);
  }
  if (layer!.endsWith("Cell")) {
    const shape = [...x.shape.slice(0, -1), args[1] as number];
    const [c, h] = [5, 6].map((ramp) =>
      astype(fromSpec({ ramp, shape, dtype: "float32" }), x.dtype),
    );
    const step = model.forward as unknown as (carry: unknown, x: Tensor) => [object, Tensor];
    const [carry, y] = step.call(model, layer!.includes("LSTM") ? [c, h] : c, x);
    return concatenate([...tree.leaves(carry), y] as Tensor[], -1);
  }
  const y: unknown = model.forward(x, options);
  if (!Array.isArray(y)) return y as Tensor;
  return concatenate(
    tree.leaves(y).map((leaf) => ravel(leaf as Tensor)),
    0,
  );
}

/** The arrays of all Variables by their dotted names; of a key its words. */
function variables(node: object): Map<string, unknown> {
  const flat = nnx.toFlatState(nnx.state(node));
  return new Map(
    flat.map(([path, leaf]) => {
      const value: unknown = (leaf as nnx.Variable).value;
      return [path.map(flaxName).join("."), isKey(value) ? keyData(value) : value];
    }),
  );
}

function flaxName(part: string | number): string {
  if (part === "if") return "if_";
  return String(part).replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
}

export function compareNamed<A>(
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

/** Compares to the precision of the answer's dtype, or of the dtype that it was computed in. */
export function near(
  actual: unknown,
  answer: Close,
  computed: DType = answer.dtype,
): string | undefined {
  return closeDifference(actual, answer, WIDTH[computed] ?? WIDTH[answer.dtype] ?? EXACT);
}

/** What is asked of a layer, for messages. */
export function layerTitle({ layer, args, options, seeds, x, call }: LayerCase): string {
  return JSON.stringify({ layer, args, options, seeds, x, call });
}

/** Output, gradients, two steps of sgd and the output in evaluation, in the order of the generators. */
export function layerDifference(item: LayerCase): string | undefined {
  const model = build(item, new nnx.Rngs(item.seeds)) as Layer;
  const x = fromSpec(item.x);
  const forward = (model: Layer, x: Tensor): Tensor => callLayer(model, item, x);
  const computed = item.options?.["dtype"] as DType | undefined;
  const problems: (string | undefined)[] = [];
  const note = (part: string, problem: string | undefined): void => {
    if (problem !== undefined) problems.push(`${part}: ${problem}`);
  };
  if (item.initial !== undefined) {
    note("initial", compareNamed(variables(model), item.initial, initialDifference));
  }
  model.train();
  note("output", near(forward(model, x), item.output, computed));
  if (item.gradients !== undefined) {
    const weighted = (model: Layer, x: Tensor): Tensor => {
      const y = forward(model, x);
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
      mean(square(subtract(astype(forward(model, x), "float32"), 0.25)));
    for (let step = 0; step < 2; step++) {
      const grads = nnx.grad(loss)(model);
      optimizer?.update(model, grads);
    }
    note("trained", compareNamed(variables(model), item.trained!, near));
  }
  model.eval();
  // BatchNorm takes its running statistics then, and no mask.
  const call = item.layer === "BatchNorm" ? {} : item.call;
  note("evaluated", near(callLayer(model, { ...item, call }, x), item.evaluated, computed));
  return problems.length === 0 ? undefined : problems.join("; ");
}

/** Bit for bit, but for orthogonal matrices, whose QR factorization every library rounds in its own way. */
function initialDifference(actual: unknown, answer: Exact | Close): string | undefined {
  if ("sha256" in answer) return exactDifference(actual, answer);
  return closeDifference(actual, answer, { rtol: 0, atol: 1e-6 });
}
