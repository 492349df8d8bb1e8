// Trains a small MLP for very many steps and watches the memory. After a build, from the root:
//
//   node packages/bench/soak/train.mjs --mode jit
//   node packages/bench/soak/train.mjs --mode eager --steps 20000
//   node packages/bench/soak/train.mjs --mode jit --failing
//
// With --failing every 100th step is followed by one that throws, at four different places; in the end the model and
// the optimizer must have the bits of a run without them. The exit status is 1 if memory grew, or the bits differ.
import { memoryUsage } from "node:process";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { parseArgs } from "node:util";
import { scratch } from "../../wasm/dist/index.js";
import { nnx, optax, random, mean, relu } from "flaxen";

const { values: options } = parseArgs({
  options: {
    mode: { type: "string", default: "jit" },
    steps: { type: "string", default: "100000" },
    samples: { type: "string", default: "20" },
    failing: { type: "boolean", default: false },
  },
});
const { mode, failing } = options;
const [steps, samples] = [Number(options.steps), Number(options.samples)];
if (!["eager", "jit"].includes(mode) || !(steps >= 1000) || !(samples >= 10)) {
  throw new RangeError("train.mjs: --mode must be eager or jit, --steps ≥ 1000, --samples ≥ 10.");
}
/** What the process may grow by between the first quarter and the end: V8 trims its spaces when it likes. */
const ALLOWED = { resident: 16 * 2 ** 20, heap: 1 * 2 ** 20, buffers: 1 * 2 ** 20, scratch: 0 };

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc");

class MLP extends nnx.Module {
  constructor(rngs) {
    super();
    this.linear1 = new nnx.Linear(2, 32, { rngs });
    this.linear2 = new nnx.Linear(32, 32, { rngs });
    this.linear3 = new nnx.Linear(32, 2, { rngs });
  }
  forward(x) {
    return this.linear3.forward(relu(this.linear2.forward(relu(this.linear1.forward(x)))));
  }
}

const [xKey, yKey] = random.split(random.key(0));
const x = random.normal(xKey, [64, 2]);
const y = random.randint(yKey, [64], 0, 2);
const wide = random.normal(xKey, [64, 3]);
const many = random.randint(yKey, [65], 0, 2);

function train(model, optimizer, x, y, fault) {
  const [loss, grads] = nnx.valueAndGrad((model) =>
    mean(optax.softmaxCrossEntropyWithIntegerLabels(model.forward(x), y)),
  )(model);
  if (fault === "before the update") throw new Error(fault);
  if (fault === "in the update") grads.linear1.kernel.value = wide;
  optimizer.update(model, grads);
  return loss;
}

/** Steps that must throw: bad inputs of a layer, of the loss, of the optimizer, and an error of the user's. */
const faults = [
  (step, ...pair) => step(...pair, wide, y, ""),
  (step, ...pair) => step(...pair, x, many, ""),
  (step, ...pair) => step(...pair, x, y, "in the update"),
  (step, ...pair) => step(...pair, x, y, "before the update"),
];

const start = () => {
  const model = new MLP(new nnx.Rngs(0));
  return [model, new nnx.Optimizer(model, optax.adam(1e-3), { wrt: nnx.Param })];
};
const step = mode === "jit" ? nnx.jit(train) : train;
const pair = start();
let thrown = 0;

function sample(done) {
  collect();
  collect();
  const { rss, heapUsed, arrayBuffers } = memoryUsage();
  const memory = scratch();
  return {
    steps: done,
    resident: rss,
    heap: heapUsed,
    buffers: arrayBuffers,
    scratch: memory === undefined ? 0 : memory.capacity - memory.available,
  };
}

const mib = (bytes) => (bytes / 2 ** 20).toFixed(2).padStart(9);
const print = (s) =>
  console.log(
    `${String(s.steps).padStart(9)}${mib(s.resident)}${mib(s.heap)}${mib(s.buffers)}${mib(s.scratch)}`,
  );
console.log(
  `${mode}, ${steps} steps${failing ? ", every 100th followed by one that throws" : ""}; memory in MiB`,
);
console.log("    steps resident     heap  buffers  scratch");
const series = [];
const began = performance.now();
let loss;
for (let i = 0; i < steps; i++) {
  loss = step(...pair, x, y, "");
  if (failing && i % 100 === 99) {
    try {
      faults[thrown % faults.length](step, ...pair);
      throw new TypeError("train.mjs: a step that must throw did not.");
    } catch (error) {
      if (error instanceof TypeError && error.message.startsWith("train.mjs")) throw error;
      thrown++;
    }
  }
  if ((i + 1) % Math.ceil(steps / samples) === 0 || i === steps - 1) {
    series.push(sample(i + 1));
    print(series.at(-1));
  }
}
const seconds = (performance.now() - began) / 1000;

const from = series[Math.floor(series.length / 4)];
const to = series.at(-1);
const grown = Object.keys(ALLOWED).filter((name) => to[name] - from[name] > ALLOWED[name]);
const problems = grown.map((name) => `${name} grew by${mib(to[name] - from[name])} MiB`);
if (!Number.isFinite(Number(loss))) problems.push(`the loss is ${loss}`);
if (failing) {
  const twin = start();
  const again = mode === "jit" ? nnx.jit(train) : train;
  for (let i = 0; i < steps; i++) again(...twin, x, y, "");
  const bits = (pair) =>
    pair
      .flatMap((part) => nnx.toFlatState(nnx.state(part)))
      .map(([path, { value }]) => `${path.join(".")} ${value.data}`)
      .join("\n");
  if (bits(twin) !== bits(pair)) problems.push("the bits differ from a run without errors");
}
const figures = `${((seconds / steps) * 1e6).toFixed(0)} µs a step, loss ${Number(loss).toFixed(6)}`;
const errors = failing ? `, ${thrown} steps threw` : "";
console.log(
  problems.length === 0
    ? `flat: ${figures}${errors}`
    : `NOT flat: ${problems.join("; ")}; ${figures}${errors}`,
);
process.exitCode = problems.length === 0 ? 0 : 1;
