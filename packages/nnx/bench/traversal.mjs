// How long it takes to find the state of a model of 100 layers: what each train step pays on top of
// its arithmetic. Run after a build: node packages/nnx/bench/traversal.mjs
import { full } from "@flaxen/ndarray";
import * as nnx from "@flaxen/nnx";
import { adam } from "@flaxen/optax";
import { traverse } from "../dist/traverse.js";
import { isVariable } from "../dist/variable.js";

const ROUNDS = 41;
const RUNS = 25;

class Deep extends nnx.Module {
  constructor({ rngs }) {
    super();
    this.layers = Array.from({ length: 100 }, () => new nnx.Linear(2, 2, { rngs }));
  }
}

const model = new Deep({ rngs: new nnx.Rngs(0) });
const optimizer = new nnx.Optimizer(model, adam(1e-3), { wrt: nnx.Param });
const batch = full([4, 2], 1);
const grads = nnx.state(nnx.clone(model), nnx.Param);

/** The median over many rounds, in microseconds for one run. */
function time(body) {
  for (let i = 0; i < 400; i++) body();
  const rounds = Array.from({ length: ROUNDS }, () => {
    const start = performance.now();
    for (let i = 0; i < RUNS; i++) body();
    return ((performance.now() - start) * 1000) / RUNS;
  }).sort((a, b) => a - b);
  return rounds[(ROUNDS - 1) / 2].toFixed(1);
}

const walk = (root) => traverse(root, { isLeaf: isVariable });
const cases = {
  "walk of the model": () => walk(model),
  "walk of model, optimizer and batch": () => walk([model, optimizer, batch]),
  "iterModules(model)": () => nnx.iterModules(model),
  "state(model)": () => nnx.state(model),
  "state(model, Param)": () => nnx.state(model, nnx.Param),
  "state(optimizer)": () => nnx.state(optimizer),
  "state([model, optimizer, x])": () => nnx.state([model, optimizer, batch]),
  "state([model, optimizer, { x }])": () => nnx.state([model, optimizer, { x: batch }]),
  "split(model)": () => nnx.split(model),
  "toFlatState(grads)": () => nnx.toFlatState(grads),
  "clone(model)": () => nnx.clone(model),
  "grad(constant)(model)": () => nnx.grad((m) => m.layers[0].bias.value)(scalarModel),
};
class Scalar extends Deep {
  constructor(options) {
    super(options);
    this.layers[0].bias = new nnx.Param(full([], 1));
  }
}
const scalarModel = new Scalar({ rngs: new nnx.Rngs(0) });
for (const [name, body] of Object.entries(cases)) {
  console.log(`${name.padEnd(36)} ${time(body).padStart(8)} us`);
}
