// The losses are those of nnx.Optimizer with optax, flax 0.12.8, optax with jax 0.10.2, on the same models.
import { mean, multiply, square, subtract, sum, tree } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { array, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import {
  adam,
  adamw,
  chain,
  clipByGlobalNorm,
  cosineDecaySchedule,
  sgd,
  softmaxCrossEntropyWithIntegerLabels,
} from "@flaxen/optax";
import { key, normal } from "@flaxen/rng";
import { closeTo } from "@flaxen/testing";
import test from "ava";
import * as nnx from "@flaxen/nnx";
import { CNN, MLP } from "./models.ts";

const item = (x: Tensor | undefined): unknown => (x as NDArray).item();

const X = array([
  [0, 0],
  [0, 1],
  [1, 0],
  [1, 1],
]);
const Y = array([[0], [1], [1], [0]]);
const xor = (model: MLP): Tensor => mean(square(subtract(model.forward(X), Y)));

function train<M extends nnx.Module>(
  model: M,
  tx: nnx.Transformation,
  loss: (model: M) => Tensor,
  steps: number,
): number[] {
  const optimizer = new nnx.Optimizer(model, tx, { wrt: nnx.Param });
  const step = nnx.valueAndGrad(loss);
  return Array.from({ length: steps }, () => {
    const [value, grads] = step(model) as [NDArray, object];
    optimizer.update(model, grads);
    return value.item() as number;
  });
}

const curve = test.macro<[nnx.Transformation, number[]]>({
  exec(t, tx, losses) {
    closeTo(t, train(new MLP(), tx, xor, losses.length), losses, { rtol: 1e-5 });
  },
  title: (name) => `training with ${name} follows the losses of Flax`,
});
test("sgd", curve, sgd(0.1), [0.3554712, 0.30152696, 0.28812903, 0.2790072, 0.27113768]);
test(
  "momentum",
  curve,
  sgd(0.1, { momentum: 0.9 }),
  [0.3554712, 0.30152696, 0.29344726, 0.29496342, 0.25023752],
);
test(
  "nesterov",
  curve,
  sgd(0.1, { momentum: 0.9, nesterov: true }),
  [0.3554712, 0.2942888, 0.27324787, 0.24309732, 0.22373618],
);
test("adam", curve, adam(0.01), [0.3554712, 0.32474166, 0.30078325, 0.28328195, 0.27123633]);
test("adamw", curve, adamw(0.01), [0.3554712, 0.32474163, 0.3007832, 0.28328174, 0.27123606]);
test(
  "clipped adam",
  curve,
  chain(clipByGlobalNorm(0.1), adam(0.01)),
  [0.3554712, 0.32474172, 0.30059758, 0.2828932, 0.2708626],
);
test(
  "scheduled adam",
  curve,
  adam(cosineDecaySchedule(0.01, 4)),
  [0.3554712, 0.32474166, 0.30389926, 0.29396817, 0.29137135],
);

test("adam solves XOR", (t) => {
  const losses = train(new MLP(), adam(0.05), xor, 300);
  t.true(losses[299] < 1e-6, String(losses[299]));
});

// The CNN with BatchNorm and Dropout(0.25) on normal(key(1), (8, 4, 4, 1)).
const images = normal(key(1), [8, 4, 4, 1]);
const labels = array([1, 0, 1, 0, 0, 0, 0, 1], "int32");
const classify = (m: CNN): Tensor =>
  mean(softmaxCrossEntropyWithIntegerLabels(m.forward(images), labels));

test("a CNN with BatchNorm and Dropout follows the losses of Flax under adam(0.01)", (t) => {
  const losses = [
    0.87677187, 0.97938347, 0.98361653, 0.8139873, 0.4715485, 0.6263145, 0.83379483, 0.54160285,
    0.45169526, 0.610717,
  ];
  closeTo(t, train(new CNN(), adam(0.01), classify, 10), losses, { rtol: 1e-4 });
});

// Adam would turn the rounding noise of the gradient of a bias before BatchNorm, which is 0 in exact
// arithmetic, into steps of the learning rate, and these into the running mean. Descent does not.
test("a CNN with BatchNorm and Dropout follows the statistics of Flax under sgd(0.1)", (t) => {
  const model = new CNN();
  const losses = [
    0.87677187, 0.87234247, 0.7574956, 0.5808855, 0.37131712, 0.4697797, 0.5962483, 0.37139672,
    0.3264858, 0.516196,
  ];
  closeTo(t, train(model, sgd(0.1), classify, 10), losses, { rtol: 1e-5 });
  const mean = [0.0013746353, 0.0005385324, -0.004534617, 0.0010113775];
  closeTo(t, model.bn.mean.value, mean, { rtol: 1e-4, atol: 1e-7 });
  closeTo(t, model.bn.var.value, [1.011832, 0.9731643, 1.0164692, 0.9712402], { rtol: 1e-5 });
  t.is(model.drop.rngs?.count.value.item(), 10);
});

test("Optimizer keeps its state under the paths of Flax", (t) => {
  const optimizer = new nnx.Optimizer(new MLP(), adam(cosineDecaySchedule(0.01, 4)), {
    wrt: nnx.Param,
  });
  const found = nnx.toFlatState(nnx.state(optimizer));
  t.deepEqual(
    found.map(([path, variable]) => `${path.join(".")}:${variable.kind}`),
    [
      "optState.0.count:OptArray",
      ...["mu", "nu"].flatMap((moment) =>
        ["l1.bias", "l1.kernel", "l2.bias", "l2.kernel"].map(
          (p) => `optState.0.${moment}.${p}:OptVariable`,
        ),
      ),
      "optState.1.count:OptArray",
      "step:OptState",
    ],
  );
  t.deepEqual([optimizer.step.dtype, optimizer.step.shape], ["uint32", []]);
});

test("Optimizer.update(model, grads) returns the updates and counts steps", (t) => {
  const model = new MLP();
  const optimizer = new nnx.Optimizer(model, sgd(0.5), { wrt: nnx.Param });
  const before = item(model.l2.bias?.value) as number;
  const grads = nnx.grad(xor)(model);
  const updates = optimizer.update(model, grads) as { l2: { bias: NDArray } };
  closeTo(t, updates.l2.bias, multiply(grads.l2.bias.value, -0.5));
  closeTo(t, model.l2.bias?.value, [before + (updates.l2.bias.item() as number)]);
  t.is((optimizer.step.value as NDArray).item(), 1);
});

test("Optimizer changes only what wrt selects", (t) => {
  const model = new MLP();
  const wrt = nnx.PathContains("l2");
  const optimizer = new nnx.Optimizer(model, adam(0.1), { wrt });
  const { l1, l2 } = nnx.toPureDict(nnx.state(model));
  // Gradients of more than wrt selects are fine.
  optimizer.update(model, nnx.grad(xor)(model));
  t.is(model.l1.kernel.value, l1.kernel);
  t.not(model.l2.kernel.value, l2.kernel);
  optimizer.update(model, nnx.grad(xor, { argnums: nnx.DiffState(0, wrt) })(model));
  t.is(model.l1.kernel.value, l1.kernel);
});

test("Optimizer keeps the dtype of the parameters", (t) => {
  const rngs = new nnx.Rngs(0);
  const model = new nnx.Linear(2, 1, { rngs, paramDtype: "bfloat16" });
  const optimizer = new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param });
  optimizer.update(model, nnx.grad((m: nnx.Linear) => sum(m.forward(X)))(model));
  t.is(model.kernel.dtype, "bfloat16");
});

test("Optimizer takes any object with init and update, and gradients as bare arrays", (t) => {
  const model = { w: new nnx.Param(array([1, 2])) };
  const counting: nnx.Transformation = {
    init: () => ({ calls: 0, note: "static", inner: [array(0)] }),
    update(grads, state) {
      const { calls, inner } = state as { calls: Tensor; inner: Tensor[] };
      return [
        tree.map((g: Tensor) => multiply(g, -1), grads),
        { calls: sum([calls as never, 1].length), note: "x", inner },
      ];
    },
  };
  const optimizer = new nnx.Optimizer(model, counting, { wrt: nnx.Param });
  optimizer.update(model, { w: array([1, 1]) });
  t.deepEqual((model.w.value as NDArray).toArray(), [0, 1]);
  t.is(
    (
      nnx.toPureDict(nnx.state(optimizer)) as unknown as { optState: { calls: NDArray } }
    ).optState.calls.item(),
    2,
  );
});

test("Optimizer survives split, merge and clone", (t) => {
  const model = new MLP();
  const optimizer = new nnx.Optimizer(model, adam(0.01), { wrt: nnx.Param });
  const merged = nnx.merge(...nnx.split(optimizer));
  t.true(merged instanceof nnx.Optimizer);
  merged.update(model, nnx.grad(xor)(model));
  t.is((optimizer.step.value as NDArray).item(), 1);
  const copy = nnx.clone(optimizer);
  copy.update(model, nnx.grad(xor)(model));
  t.is((optimizer.step.value as NDArray).item(), 1);
});

test("Optimizer.update(model, grads) changes nothing on error", (t) => {
  const model = new MLP();
  const optimizer = new nnx.Optimizer(model, adam(0.01), { wrt: nnx.Param });
  const before = nnx.toPureDict(nnx.state({ model, optimizer }));
  const grads = nnx.grad(xor)(model);
  t.throws(() => optimizer.update(model, nnx.state(grads, nnx.PathContains("l1"))));
  grads.l2.kernel.value = zeros([1, 8]);
  t.throws(() => optimizer.update(model, grads));
  t.deepEqual(nnx.toPureDict(nnx.state({ model, optimizer })), before);
});

test("Optimizer.update works inside a transform on what was passed to it", (t) => {
  const model = new MLP();
  const optimizer = new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param });
  const outer = nnx.grad((m: MLP, o: nnx.Optimizer<MLP>) => {
    const [loss, grads] = nnx.valueAndGrad(xor)(m);
    o.update(m, grads);
    return loss;
  });
  outer(model, optimizer);
  t.is((optimizer.step.value as NDArray).item(), 1);
  const alone = new MLP();
  train(alone, sgd(0.1), xor, 1);
  closeTo(t, model.l1.kernel.value, alone.l1.kernel.value);
});

test("Optimizer.update names the parameters that were frozen or released since it was made", (t) => {
  const loss = (m: MLP): Tensor => mean(square(m.forward(X)));
  const model = new MLP();
  const optimizer = new nnx.Optimizer(model, adam(0.1), { wrt: nnx.Param });
  nnx.freeze(model, nnx.PathContains("l1"));
  t.throws(() => optimizer.update(model, nnx.grad(loss)(model)), {
    instanceOf: Error,
    message:
      "Optimizer.update: the model must have the trained parameters that it had when the optimizer was made, got frozen since: l1.bias, l1.kernel; new: none. Make the optimizer after freeze and unfreeze, or undo them.",
  });
  const head = new nnx.Optimizer(model, adam(0.1), { wrt: nnx.Param });
  head.update(model, nnx.grad(loss)(model));
  nnx.unfreeze(model);
  t.throws(() => head.update(model, nnx.grad(loss)(model)), {
    instanceOf: Error,
    message:
      "Optimizer.update: the model must have the trained parameters that it had when the optimizer was made, got frozen since: none; new: l1.bias, l1.kernel. Make the optimizer after freeze and unfreeze, or undo them.",
  });
  optimizer.update(model, nnx.grad(loss)(model));
  t.is(item(optimizer.step.value), 1);
  // Without state of parameters there is nothing to be confused.
  const plain = new nnx.Optimizer(model, sgd(0.1), { wrt: nnx.Param });
  nnx.freeze(model, nnx.PathContains("bias"));
  plain.update(model, nnx.grad(loss)(model));
  t.is(item(plain.step.value), 1);
});
