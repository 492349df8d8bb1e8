import * as ad from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import test from "ava";
import { checkGradient, checkSecondGradient } from "./check-gradient.ts";
import type { Operation } from "./check-gradient.ts";

const v = [0.3, -1.2, 2.1];
const positive = [0.4, 1.3, 2.6];
const m = [
  [0.3, -1.2, 2.1],
  [1.4, 0.6, -0.7],
];
const column = [[0.8], [-1.1]];
const cube = [m, [[-0.4, 1.9, 0.2], v]];

/** The first part and the last. */
function pairOf(parts: readonly Tensor[]): [Tensor, Tensor] {
  return [parts[0], parts[parts.length - 1]];
}

/** Name, operation, inputs; `once` for functions whose second derivative is 0 or not defined. */
const table: readonly [name: string, f: Operation, inputs: readonly unknown[], once?: "once"][] = [
  ["negative", ad.negative, [v]],
  ["abs", ad.abs, [v], "once"],
  ["sign", ad.sign, [v], "once"],
  ["exp", ad.exp, [v]],
  ["expm1", ad.expm1, [v]],
  ["log", ad.log, [positive]],
  ["log1p", ad.log1p, [positive]],
  ["sqrt", ad.sqrt, [positive]],
  ["rsqrt", ad.rsqrt, [positive]],
  ["square", ad.square, [v]],
  ["reciprocal", ad.reciprocal, [v]],
  ["sin", ad.sin, [v]],
  ["cos", ad.cos, [v]],
  ["tanh", ad.tanh, [v]],
  ["erf", ad.erf, [v]],
  ["erfc", ad.erfc, [v]],
  ["floor", ad.floor, [v], "once"],
  ["ceil", ad.ceil, [v], "once"],
  ["round", ad.round, [v], "once"],
  ["add of equal shapes", ad.add, [v, positive]],
  ["add of broadcast shapes", ad.add, [m, v]],
  ["add of two broadcast operands", ad.add, [column, v]],
  ["subtract", ad.subtract, [m, column]],
  ["multiply", ad.multiply, [m, v]],
  ["multiply by a scalar tensor", ad.multiply, [m, 0.7]],
  ["divide", ad.divide, [m, [0.5, -1.5, 2]]],
  ["divide of a column by a row", ad.divide, [column, v]],
  ["power", ad.power, [positive, v]],
  ["power of a whole number", (x) => ad.power(x, 5), [v]],
  ["power of a negative whole number", (x) => ad.power(x, -2), [v]],
  ["power of one half", (x) => ad.power(x, 0.5), [positive]],
  ["maximum", ad.maximum, [m, [0.1, 0.2, -0.9]], "once"],
  ["minimum", ad.minimum, [m, [0.1, 0.2, -0.9]], "once"],
  [
    "remainder",
    ad.remainder,
    [
      [5.3, -4.1, 7.7],
      [2.2, 1.9, -3.1],
    ],
    "once",
  ],
  ["where", (x, y) => ad.where([[true], [false]], x, y), [m, v]],
  ["clip", (x) => ad.clip(x, -1, 1), [m], "once"],
  ["clip to tensors", (x, a, b) => ad.clip(x, a, b), [m, -0.9, 1.1], "once"],
  ["sum", (x) => ad.sum(x), [m]],
  ["sum along the first axis", (x) => ad.sum(x, { axis: 0 }), [m]],
  ["sum along two apart axes", (x) => ad.sum(x, { axis: [0, 2] }), [cube]],
  ["sum with keepdims", (x) => ad.sum(x, { axis: -1, keepdims: true }), [cube]],
  ["mean", (x) => ad.mean(x, { axis: 1 }), [cube]],
  ["variance", (x) => ad.variance(x, { axis: 1 }), [m]],
  ["variance with ddof", (x) => ad.variance(x, { ddof: 1 }), [m]],
  ["std", (x) => ad.std(x, { axis: 0 }), [m]],
  ["max", (x) => ad.max(x, { axis: 1 }), [m], "once"],
  ["min", (x) => ad.min(x, { axis: 0, keepdims: true }), [m], "once"],
  ["prod", (x) => ad.prod(x, { axis: 1 }), [m]],
  ["prod over all axes", (x) => ad.prod(x), [m]],
  ["prod with a zero", (x) => ad.prod(x), [[0.5, 0, -2, 3]]],
  ["prod with two zeros", (x) => ad.prod(x), [[0.5, 0, -2, 0, 1.5]]],
  ["logsumexp", (x) => ad.logsumexp(x), [m]],
  ["logsumexp along an axis", (x) => ad.logsumexp(x, { axis: 0, keepdims: true }), [m]],
  ["logsumexp with where", (x) => ad.logsumexp(x, { where: [true, false, true] }), [v]],
  ["reshape", (x) => ad.reshape(x, [3, 2]), [m]],
  ["ravel", ad.ravel, [m]],
  ["transpose", (x) => ad.transpose(x), [cube]],
  ["moveaxis", (x) => ad.moveaxis(x, 0, -1), [cube]],
  ["swapaxes", (x) => ad.swapaxes(x, 0, 2), [cube]],
  ["split", (x) => ad.concatenate(ad.split(x, 3, { axis: 1 }).reverse(), 1), [m]],
  ["split at indices", (x) => ad.multiply(...pairOf(ad.split(x, [1, 2], { axis: 1 }))), [m]],
  ["unstack", (x) => ad.multiply(...pairOf(ad.unstack(x, { axis: -1 }))), [m]],
  ["unstack of every other slice", (x) => ad.unstack(x, { axis: 1 })[1], [m]],
  ["overlapping slices", (x) => ad.multiply(ad.slice(x, [0, 0], [2, 2]), ad.slice(x, [0, 1])), [m]],
  ["transpose of given axes", (x) => ad.transpose(x, [1, 2, 0]), [cube]],
  ["expandDims", (x) => ad.expandDims(x, 1), [m]],
  ["squeeze", (x) => ad.squeeze(x), [column]],
  ["broadcastTo", (x) => ad.broadcastTo(x, [2, 2, 3]), [[v, v]]],
  ["broadcastTo of a column", (x) => ad.broadcastTo(x, [2, 2, 3]), [column]],
  ["concatenate", (x, y) => ad.concatenate([x, y], 1), [m, column]],
  ["stack", (x, y) => ad.stack([x, y], 1), [v, positive]],
  ["slice", (x) => ad.slice(x, [0, 1], [2, 3]), [m]],
  ["slice with strides", (x) => ad.slice(x, [1], [6], [2]), [[...v, ...positive, 4]]],
  [
    "pad",
    (x, value) =>
      ad.pad(
        x,
        [
          [1, 0],
          [0, 2],
        ],
        value,
      ),
    [m, 0.7],
  ],
  ["pad with interior", (x, value) => ad.pad(x, [[2, 1, 2]], value), [v, 0.7]],
  ["pad with negative ends", (x, value) => ad.pad(x, [[-1, -1, 1]], value), [[...v, 4], 0.7]],
  ["flip", (x) => ad.flip(x, 1), [m]],
  ["cumsum of all elements", (x) => ad.cumsum(x), [m]],
  ["cumsum along an axis", (x) => ad.cumsum(x, 1), [cube]],
  [
    "take of the flattened tensor",
    (x) =>
      ad.take(x, [
        [0, 5],
        [1, 0],
      ]),
    [m],
  ],
  ["take along an axis", (x) => ad.take(x, [1, 1, 0, -1], { axis: 1 }), [m]],
  ["take of indices outside, clipped", (x) => ad.take(x, [7, -7], { mode: "clip" }), [v]],
  ["take of indices outside, wrapped", (x) => ad.take(x, [7, -7], { mode: "wrap" }), [v]],
  [
    "takeAlongAxis",
    (x) =>
      ad.takeAlongAxis(
        x,
        [
          [0, 2],
          [1, 1],
        ],
        1,
      ),
    [m],
  ],
  ["takeAlongAxis of broadcast indices", (x) => ad.takeAlongAxis(x, [[1]], 1), [m]],
  ["astype", (x) => ad.astype(x, "float64"), [m]],
  ["identity", ad.identity, [v]],
  ["matmul", ad.matmul, [m, [v, positive, v]]],
  ["matmul of a transposed operand", (a, b) => ad.matmul(ad.transpose(a), b), [m, m]],
  ["matmul of vectors", ad.matmul, [v, positive]],
  ["matmul of a vector and a matrix", ad.matmul, [v, [v, positive, v]]],
  ["matmul of a matrix and a vector", ad.matmul, [m, v]],
  ["matmul of a stack and a matrix", ad.matmul, [cube, [v, positive, v]]],
  ["matmul of a matrix and a stack", ad.matmul, [[[0.4, 1.1], v.slice(1)], cube]],
  ["matmul of broadcast stacks", ad.matmul, [[[[0.4, 1.1]], [[2.2, -0.3]]], [cube[0]]]],
  ["matmul of a vector and a stack", ad.matmul, [[0.4, 1.1], cube]],
  ["einsum", (a, b) => ad.einsum("ij,jk->ki", a, b), [m, [v, positive, v]]],
  [
    "dot of tensors",
    ad.dot,
    [m, [[v, v, v].map((row) => row.slice(0, 2)), [[1, 2], column.flat(), [0.1, 0.4]]]],
  ],
  ["dot with a scalar", ad.dot, [0.3, v]],
  ["relu", ad.relu, [v], "once"],
  ["relu6", ad.relu6, [[-1, 2, 7]], "once"],
  ["leakyRelu", (x) => ad.leakyRelu(x, 0.1), [v], "once"],
  ["elu", (x) => ad.elu(x, 1.3), [v]],
  ["celu", (x) => ad.celu(x, 1.3), [v]],
  ["selu", ad.selu, [v]],
  ["sigmoid", ad.sigmoid, [v]],
  ["logSigmoid", ad.logSigmoid, [v]],
  ["softplus", ad.softplus, [v]],
  ["silu", ad.silu, [v]],
  ["swish", ad.swish, [v]],
  ["gelu", (x) => ad.gelu(x), [v]],
  ["gelu in the exact form", (x) => ad.gelu(x, { approximate: false }), [v]],
  ["hardTanh", ad.hardTanh, [v], "once"],
  ["hardSigmoid", ad.hardSigmoid, [[-4, 0.4, 4]], "once"],
  ["hardSilu", ad.hardSilu, [[-4, 0.4, 4]]],
  ["hardSwish", ad.hardSwish, [[-4, 0.4, 4]]],
  ["softSign", ad.softSign, [v]],
  ["glu", (x) => ad.glu(x, 0), [m]],
  ["softmax", (x) => ad.softmax(x), [m]],
  ["softmax along the first axis", (x) => ad.softmax(x, { axis: 0 }), [m]],
  ["softmax along two apart axes", (x) => ad.softmax(x, { axis: [0, 2] }), [cube]],
  ["softmax with where", (x) => ad.softmax(x, { where: [true, false, true] }), [m]],
  ["logSoftmax", (x) => ad.logSoftmax(x), [m]],
  ["logSoftmax along two apart axes", (x) => ad.logSoftmax(x, { axis: [0, 2] }), [cube]],
  ["standardize", (x) => ad.standardize(x), [m]],
];

for (const [name, f, inputs, once] of table) {
  test(`grad of ${name} agrees with central differences`, (t) => {
    checkGradient(t, f, inputs);
  });
  if (once === undefined) {
    test(`grad of grad of ${name} agrees with central differences`, (t) => {
      checkSecondGradient(t, f, inputs);
    });
  }
}

test("every differentiable operation is in the table of gradients", (t) => {
  const notDifferentiable = new Set(
    `Tracer bind grad valueAndGrad vjp jvp jit setThreads threads tree toTensor isTensor isTracer stopGradient
    all any argmax argmin isfinite isnan oneHot equal notEqual less lessEqual greater greaterEqual
    logicalAnd logicalNot logicalOr logicalXor convGeneralDilated reduceWindow padtypeToPads`.split(
      /\s+/,
    ),
  );
  const covered = new Set(table.map(([name]) => name.split(" ")[0]));
  const missing = Object.keys(ad).filter(
    (name) => !covered.has(name) && !notDifferentiable.has(name),
  );
  t.deepEqual(missing, []);
});

test("grad(grad(f)) mixes arguments: d2(x y^2)/dxdy = 2 y", (t) => {
  const f = (x: Tensor, y: Tensor): Tensor => ad.multiply(x, ad.square(y));
  const mixed = ad.grad((y: Tensor) => ad.grad(f)(3, y));
  t.is(mixed(5).toArray(), 10);
});

test("grad nests five deep: the fifth derivative of x^5 is 120", (t) => {
  let f = (x: Tensor): Tensor => ad.power(x, 5);
  for (let i = 0; i < 5; i++) {
    const previous = f;
    f = (x) => ad.grad(previous)(x);
  }
  t.is(f(ad.toTensor(1.7, "float64")).toArray(), 120);
});
