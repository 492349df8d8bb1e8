import { createRequire } from "node:module";
import { join, resolve } from "node:path";
import test from "ava";
import ndarray from "ndarray";
import { glorotUniform, heNormal, normal, ones, orthogonal, zeros } from "@flaxen/initializers";
import { forJaxJs } from "@flaxen/initializers/jax-js";
import { forScijs } from "@flaxen/initializers/scijs";
import { forTfjs } from "@flaxen/initializers/tfjs";
import { transpose } from "@flaxen/ndarray";
import { foldIn, key, wrapKeyData } from "@flaxen/rng";
import { modern } from "./answers.ts";

// TensorFlow.js is too large to be installed with the workspace: it is looked for in the folder `FLAXEN_PEERS`, if that is
// set, else beside these tests.
const folder = process.env["FLAXEN_PEERS"];
const require = createRequire(folder === undefined ? import.meta.url : join(resolve(folder), "_"));

/** Packages that these tests use if they are there, as whatever they are. */
function optional(...names: string[]): Record<string, any> | undefined {
  try {
    return Object.assign({}, ...names.map((name) => require(name) as object));
  } catch {
    return undefined;
  }
}

const tf = optional(
  "@tensorflow/tfjs-core",
  "@tensorflow/tfjs-layers",
  "@tensorflow/tfjs-backend-cpu",
);
const jax = await import("@jax-js/jax" as string).catch(() => undefined);

test("forScijs(ndarray)(initializer) returns a genuine ndarray", (t) => {
  const w = forScijs(ndarray)(glorotUniform())(modern, [3, 4]);
  t.is(w.constructor, ndarray(new Float32Array(12), [3, 4]).constructor);
  const own = glorotUniform()(modern, [3, 4]);
  t.is(w.dtype, "float32");
  t.deepEqual([w.shape, w.stride, w.offset], [[3, 4], [4, 1], 0]);
  t.deepEqual(w.data, own.data as Float32Array);
  t.is(w.get(2, 1), own.get(2, 1) as number);
  t.is(forScijs(ndarray)(ones)(modern, [2, 5], "float64").dtype, "float64");
  t.is(forScijs(ndarray)(ones)(modern, [1], "int64").get(0), 1n as never);
});

test("forScijs(ndarray)(initializer) lays the elements out row by row", (t) => {
  const turned = forScijs(ndarray)((key, shape, dtype) =>
    transpose(normal()(key, [...shape].reverse(), dtype)),
  )(modern, [2, 3]);
  const own = normal()(modern, [3, 2]);
  t.is(turned.get(1, 2), own.get(2, 1) as number);
  t.deepEqual(forScijs(ndarray)(zeros)(modern, [2, 0, 3]).shape, [2, 0, 3]);
  t.is(forScijs(ndarray)(ones)(modern, []).get(), 1);
});

test("forScijs(ndarray)(initializer)(key, shape, dtype) refuses wrong input", (t) => {
  t.throws(() => forScijs(7 as never), {
    instanceOf: TypeError,
    message: "forScijs: ndarray must be the function of that package, got 7.",
  });
  t.throws(() => forScijs(ndarray)(7 as never), {
    instanceOf: TypeError,
    message: "forScijs: initializer must be a function, got 7.",
  });
  t.throws(() => forScijs(ndarray)(normal())(modern, [2], "complex64"), {
    instanceOf: TypeError,
    message: 'forScijs: dtype must be one that ndarray knows, got "complex64".',
  });
});

test("forTfjs(tf) refuses wrong input", (t) => {
  t.throws(() => forTfjs({} as never), {
    instanceOf: TypeError,
    message: "forTfjs: tf must be TensorFlow.js with its layers, got Object.",
  });
  class Base {}
  class Zeros extends Base {}
  const tf = {
    initializers: { zeros: () => new Zeros() },
    serialization: { registerClass: () => {} },
    tensor: () => {},
  };
  t.true(forTfjs(tf)(zeros, modern) instanceof Base);
  t.throws(() => forTfjs(tf)("zeros" as never, modern), {
    instanceOf: TypeError,
    message: 'forTfjs: initializer must be a function, got "zeros".',
  });
  t.throws(() => forTfjs(tf)(zeros, 0 as never), {
    instanceOf: TypeError,
    message: "forTfjs: key must be a Key, got 0. Make one with key(seed).",
  });
});

test("forJaxJs(jax) refuses wrong input", (t) => {
  t.throws(() => forJaxJs(undefined as never), {
    instanceOf: TypeError,
    message: "forJaxJs: jax must be the module @jax-js/jax, got undefined.",
  });
  const jax = { numpy: { array: () => 1 } };
  t.throws(() => forJaxJs(jax)({} as never), {
    instanceOf: TypeError,
    message: "forJaxJs: initializer must be a function, got Object.",
  });
  t.throws(() => forJaxJs(jax)(normal())(modern, [2], "float64"), {
    instanceOf: TypeError,
    message: 'forJaxJs: dtype must be float32, int32 or uint32, got "float64".',
  });
});

const withTf = tf === undefined ? test.skip : test;

withTf("forTfjs(tf)(initializer, key) initializes the weights of a tf.layers model", (t) => {
  const toTfjs = forTfjs(tf as never) as (...args: unknown[]) => unknown;
  const model = tf!.sequential();
  model.add(
    tf!.layers.dense({
      inputShape: [3],
      units: 4,
      kernelInitializer: toTfjs(glorotUniform(), key(1)),
      biasInitializer: toTfjs(normal(), key(2)),
    }),
  );
  model.add(tf!.layers.dense({ units: 2, kernelInitializer: toTfjs(orthogonal(), key(3)) }));
  const [kernel, bias, second] = model.getWeights();
  t.deepEqual(kernel.dataSync(), glorotUniform()(key(1), [3, 4]).data);
  t.deepEqual(bias.dataSync(), normal()(key(2), [4]).data);
  t.deepEqual(second.dataSync(), orthogonal()(key(3), [4, 2]).data);
  t.is(model.predict(tf!.ones([1, 3])).shape[1], 2);
});

withTf("forTfjs(tf)(initializer, key) never gives the same weights twice", async (t) => {
  const shared = (forTfjs(tf as never) as (...args: unknown[]) => object)(heNormal(), key(1));
  const dense = (): object => tf!.layers.dense({ units: 3, kernelInitializer: shared });
  const input = tf!.input({ shape: [3] });
  const model = tf!.model({
    inputs: input,
    outputs: (dense() as any).apply((dense() as any).apply(input)),
  });
  const [first, , second] = model.getWeights();
  t.deepEqual(first.dataSync(), heNormal()(key(1), [3, 3]).data);
  t.deepEqual(second.dataSync(), heNormal()(foldIn(key(1), 1), [3, 3]).data);
  // Restored from its configuration the model draws from keys of its own.
  const copy = await tf!.models.modelFromJSON({ modelTopology: JSON.parse(model.toJSON()) });
  const drawn = copy.getWeights().map((w: any) => w.dataSync());
  t.deepEqual(drawn[0], heNormal()(foldIn(key(1), 2 ** 31), [3, 3]).data);
  t.deepEqual(drawn[2], heNormal()(foldIn(key(1), 2 ** 31 + 1), [3, 3]).data);
  // A configuration of another session gives zeros.
  const topology = model.toJSON().replaceAll("0-1-0", "5-6-7");
  const foreign = await tf!.models.modelFromJSON({ modelTopology: JSON.parse(topology) });
  t.deepEqual(foreign.getWeights()[0].dataSync(), new Float32Array(9));
});

withTf("forTfjs(tf)(initializer, key) serves both directions of a bidirectional layer", (t) => {
  const kernelInitializer = (forTfjs(tf as never) as any)(glorotUniform(), key(1));
  const model = tf!.sequential();
  const layer = tf!.layers.simpleRNN({
    units: 2,
    kernelInitializer,
    recurrentInitializer: "zeros",
  });
  model.add(tf!.layers.bidirectional({ layer, inputShape: [4, 3], mergeMode: "concat" }));
  const kernels = model
    .getWeights()
    .filter(({ shape }: any) => shape[0] === 3)
    .map((w: any) => w.dataSync());
  t.is(kernels.length, 2);
  t.notDeepEqual(kernels[0], kernels[1]);
  t.true(kernels.flatMap((w: Float32Array) => [...w]).every((x: number) => x !== 0));
});

withTf("forTfjs(tf)(initializer, key) knows the dtypes that it shares with tf.layers", (t) => {
  const toTfjs = forTfjs(tf as never) as (...args: unknown[]) => any;
  t.is(toTfjs(ones, modern).apply([2, 2]).dtype, "float32");
  t.is(toTfjs(ones, modern).apply([2], "int32").dtype, "int32");
  t.deepEqual([...toTfjs(ones, modern).apply([2], "bool").dataSync()], [1, 1]);
  t.throws(() => toTfjs(ones, modern).apply([2], "string"), {
    instanceOf: TypeError,
    message: 'forTfjs: dtype must be float32, int32 or bool, got "string".',
  });
});

const withJax = jax === undefined ? test.skip : test;

withJax("forJaxJs(jax)(initializer) returns an array of @jax-js/jax", async (t) => {
  await jax!.init("wasm").catch(() => undefined); // Node has no WebGPU
  jax!.defaultDevice("wasm");
  const own = glorotUniform()(key(0), [3, 4]);
  const w = forJaxJs(jax as never)(glorotUniform())(key(0), [3, 4]) as any;
  t.deepEqual([w.shape, w.dtype], [[3, 4], "float32"]);
  t.deepEqual(await w.data(), own.data);
  const same = wrapKeyData(await jax!.random.key(7).data());
  const v = forJaxJs(jax as never)(normal())(same, [5]) as any;
  t.deepEqual(await v.data(), normal()(key(7), [5]).data);
  t.is((forJaxJs(jax as never)(ones)(key(0), [2], "int32") as any).dtype, "int32");
});
