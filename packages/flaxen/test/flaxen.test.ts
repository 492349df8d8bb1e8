import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import * as autodiff from "@flaxen/autodiff";
import * as initializers from "@flaxen/initializers";
import * as linearAlgebra from "@flaxen/linear-algebra";
import * as ndarray from "@flaxen/ndarray";
import * as nnx from "@flaxen/nnx";
import * as optax from "@flaxen/optax";
import * as rng from "@flaxen/rng";
import * as safetensors from "@flaxen/safetensors";
import { bitEqual, closeTo } from "@flaxen/testing";
import * as flaxen from "flaxen";
import type { Tensor } from "flaxen";

const exported: Readonly<Record<string, unknown>> = flaxen;

const namespaceTest = test.macro<[object]>((t, ofPackage) => {
  const name = t.title.replace(/ .*/, "");
  t.is(exported[name], ofPackage);
});

test("nnx is @flaxen/nnx itself", namespaceTest, nnx);
test("optax is @flaxen/optax itself", namespaceTest, optax);
test("random is @flaxen/rng itself", namespaceTest, rng);
test("initializers is @flaxen/initializers itself", namespaceTest, initializers);
test("linalg is @flaxen/linear-algebra itself", namespaceTest, linearAlgebra);
test("safetensors is @flaxen/safetensors itself", namespaceTest, safetensors);

test("flaxen exports every operation of @flaxen/autodiff", (t) => {
  // What only writers of new operations need.
  const engine = ["Tracer", "bind"];
  const wanted = Object.entries(autodiff).filter(([name]) => !engine.includes(name));
  for (const [name, value] of wanted) t.is(exported[name], value, name);
});

test("flaxen exports what makes and tells arrays of @flaxen/ndarray", (t) => {
  // What only writers of kernels need. Names of operations stand for the differentiable ones.
  const kernels =
    /^(broadcastShapes|checkShape|contiguous|copy|flatData|isContiguous|normalizeAx[ei]s|rowMajorStrides|sizeOf)$/;
  for (const [name, value] of Object.entries(ndarray)) {
    if (kernels.test(name)) t.false(name in exported, name);
    else if (name in autodiff) t.not(exported[name], value, name);
    else t.is(exported[name], value, name);
  }
});

test("flaxen exports getters and setters of both settings", (t) => {
  t.false(flaxen.x64Enabled());
  t.true(flaxen.wasmEnabled());
  flaxen.enableX64(true);
  flaxen.setWasmEnabled(false);
  t.true(flaxen.x64Enabled());
  t.false(flaxen.wasmEnabled());
  flaxen.enableX64(false);
  flaxen.setWasmEnabled(true);
});

// Runs where strings cannot be compiled, with a WebAssembly that reports its use.
const IMPORT = `
  const used = [];
  globalThis.WebAssembly = new Proxy(WebAssembly, {
    get(target, name) {
      used.push(String(name));
      return target[name];
    },
  });
  const before = Reflect.ownKeys(globalThis).length;
  const flaxen = await import(process.argv[1]);
  console.log(JSON.stringify({
    used: [...used],
    globals: Reflect.ownKeys(globalThis).length - before,
    x64: flaxen.x64Enabled(),
    wasm: flaxen.wasmEnabled(),
    product: flaxen.matmul(flaxen.eye(64), flaxen.ones([64])).get(63),
    usedLater: used.includes("Memory"),
  }));
`;

test("importing flaxen does no work and compiles no strings", (t) => {
  const index = fileURLToPath(new URL("../../dist/index.js", import.meta.url));
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ["--disallow-code-generation-from-strings", "--input-type=module", "-e", IMPORT, index],
    { encoding: "utf8" },
  );
  t.is(stderr, "");
  t.deepEqual(JSON.parse(stdout), {
    used: [],
    globals: 0,
    x64: false,
    wasm: true,
    product: 1,
    usedLater: true,
  });
});

// The model of the repository's README.
class MLP extends flaxen.nnx.Module {
  linear1: nnx.Linear;
  dropout: nnx.Dropout;
  linear2: nnx.Linear;
  constructor(din: number, dmid: number, dout: number, { rngs }: { rngs: nnx.Rngs }) {
    super();
    this.linear1 = new flaxen.nnx.Linear(din, dmid, { rngs });
    this.dropout = new flaxen.nnx.Dropout(0.1, { rngs });
    this.linear2 = new flaxen.nnx.Linear(dmid, dout, { rngs });
  }
  forward(x: Tensor): Tensor {
    return this.linear2.forward(this.dropout.forward(flaxen.relu(this.linear1.forward(x))));
  }
}

test("MLP(2, 16, 2) learns XOR from the weights of Flax along its loss curve", (t) => {
  const model = new MLP(2, 16, 2, { rngs: new flaxen.nnx.Rngs(0) });
  // flax 0.12.8, jax 0.10.2, optax 0.2.8, CPU: the same class, `nnx.Rngs(0)`.
  const row1 = [
    0.7567299008369446, -0.685700535774231, -0.5688337087631226, -0.8757604956626892,
    -0.6599427461624146, 0.44935086369514465, 0.5507537722587585, -0.7722851037979126,
    1.1932982206344604, -1.31661856174469, -0.9568285346031189, 0.10248876363039017,
    -0.8629158735275269, 0.18345367908477783, 1.2403697967529297, 0.38596951961517334,
  ].map(Math.fround);
  const row2 = [-0.16768822073936462, 0.16844922304153442].map(Math.fround);
  bitEqual(t, flaxen.take(model.linear1.kernel.value, 0, { axis: 0 }), row1);
  bitEqual(t, flaxen.take(model.linear2.kernel.value, 0, { axis: 0 }), row2);

  const x = flaxen.array([
    [0, 0],
    [0, 1],
    [1, 0],
    [1, 1],
  ]);
  const labels = flaxen.array([0, 1, 1, 0], "int32");
  const tx = flaxen.optax.adam(1e-2);
  const optimizer = new flaxen.nnx.Optimizer(model, tx, { wrt: flaxen.nnx.Param });
  const lossAndGrads = flaxen.nnx.valueAndGrad((m: MLP) =>
    flaxen.mean(flaxen.optax.softmaxCrossEntropyWithIntegerLabels(m.forward(x), labels)),
  );
  const losses: number[] = [];
  for (let step = 0; step < 200; step++) {
    const [loss, grads] = lossAndGrads(model);
    optimizer.update(model, grads);
    losses.push(Number(loss));
  }
  // nnx.value_and_grad, optax.adam(1e-2), optax.softmax_cross_entropy_with_integer_labels(...).mean()
  const first = [
    0.9539282321929932, 0.7514700889587402, 0.7284024357795715, 0.713524580001831,
    0.7230375409126282,
  ];
  closeTo(t, losses.slice(0, 5), first, { rtol: 1e-6 });
  const later = [0.35242265462875366, 0.34553417563438416, 0.03246361017227173];
  closeTo(t, [losses[49], losses[99], losses[199]], later, { rtol: 1e-4 });

  model.eval();
  t.deepEqual(flaxen.argmax(model.forward(x), { axis: -1 }).toArray(), [0, 1, 1, 0]);
});
