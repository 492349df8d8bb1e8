import * as ad from "@flaxen/autodiff";
import { array, NDArray, zeros } from "@flaxen/ndarray";
import test from "ava";

const m = zeros([2, 3]);
const v = array([1, 2]);
const i64 = new NDArray(new BigInt64Array(3), [3]);
const c64 = new NDArray(new Float32Array(2), [1], undefined, 0, "complex64");

/** Our call, the class of the error, its full message. */
const table: readonly (readonly [call: () => unknown, type: ErrorConstructor, message: string])[] =
  [
    [
      () => ad.exp(i64),
      TypeError,
      "exp: x must be bool, an integer of at most 32 bits or floating, got int64[3].",
    ],
    [
      () => ad.add(1, c64),
      TypeError,
      "add: y must be bool, an integer of at most 32 bits or floating, got complex64[1].",
    ],
    [
      () => ad.sum("text" as never),
      TypeError,
      'sum: x must be a tensor, nested arrays or a number, got "text".',
    ],
    [
      () => ad.relu(undefined as never),
      TypeError,
      "relu: x must be a tensor, nested arrays or a number, got undefined.",
    ],
    [
      () => ad.add(v, null as never),
      TypeError,
      "add: y must be a tensor, nested arrays or a number, got null.",
    ],
    [
      () => ad.add([v, v] as never, 1),
      TypeError,
      "add: x must be a tensor, nested arrays or a number, got a list of tensors. Join them with stack.",
    ],
    [
      () => ad.exp([[1, 2], [3]]),
      RangeError,
      "exp: x must have equal lengths along axis 1, got 2 and 1.",
    ],
    [
      () => ad.exp(["1"] as never),
      TypeError,
      'exp: x must be an array, a typed array or nested lists of scalars, got "1".',
    ],
    [
      () => ad.add(m, v),
      RangeError,
      "add: operands must have broadcast-compatible shapes, got [2, 3] and [2].",
    ],
    [
      () => ad.greater(m, v),
      RangeError,
      "greater: operands must have broadcast-compatible shapes, got [2, 3] and [2].",
    ],
    [
      () => ad.logicalAnd(m, v),
      RangeError,
      "logicalAnd: operands must have broadcast-compatible shapes, got [2, 3] and [2].",
    ],
    [
      () => ad.power(m, v),
      RangeError,
      "power: operands must have broadcast-compatible shapes, got [2, 3] and [2].",
    ],
    [
      () => ad.where([true, false], m, 1),
      RangeError,
      "where: operands must have broadcast-compatible shapes, got [2], [2, 3] and [].",
    ],
    [
      () => ad.subtract(true, [true]),
      TypeError,
      "subtract: x and y must not both be bool, got bool[] and bool[1].",
    ],
    [() => ad.negative([true]), TypeError, "negative: x must be numeric, got bool[1]."],
    [() => ad.sign([true]), TypeError, "sign: x must be numeric, got bool[1]."],
    [
      () => ad.power(array([2], "int32"), -1),
      RangeError,
      "power: y must not be negative for integers, got -1 for int32[1]. Cast x to a floating dtype.",
    ],
    [() => ad.sum(m, { axis: 2 }), RangeError, "sum: axis must be an integer in [-2, 2), got 2."],
    [
      () => ad.sum(m, { axis: [0, -2] }),
      RangeError,
      "sum: axis must name each axis once, got [0, -2].",
    ],
    [
      () => ad.mean(m, { axis: 0.5 }),
      RangeError,
      "mean: axis must be an integer in [-2, 2), got 0.5.",
    ],
    [() => ad.sum(m, 1 as never), TypeError, "sum: options must be an object, got 1."],
    [
      () => ad.prod(m, { axes: 0 } as never),
      TypeError,
      'prod: options must be among axis, keepdims, got "axes".',
    ],
    [
      () => ad.mean(m, { dim: 0 } as never),
      TypeError,
      'mean: options must be among axis, keepdims, got "dim".',
    ],
    [() => ad.variance(m, { ddof: NaN }), TypeError, "variance: ddof must be a number, got NaN."],
    [
      () => ad.std(m, { correction: 1 } as never),
      TypeError,
      'std: options must be among axis, keepdims, ddof, got "correction".',
    ],
    [
      () => ad.max(m, { where: true } as never),
      TypeError,
      'max: options must be among axis, keepdims, got "where".',
    ],
    [
      () => ad.any(m, { dim: 0 } as never),
      TypeError,
      'any: options must be among axis, keepdims, got "dim".',
    ],
    [
      () => ad.max(zeros([2, 0]), { axis: 1 }),
      RangeError,
      "max: x must have elements along the reduced axes, got float32[2, 0].",
    ],
    [
      () => ad.min(zeros([0])),
      RangeError,
      "min: x must have elements along the reduced axes, got float32[0].",
    ],
    [
      () => ad.argmax(zeros([0])),
      RangeError,
      "argmax: x must have elements along the axis, got float32[0].",
    ],
    [
      () => ad.argmin(zeros([2, 0]), { axis: 1 }),
      RangeError,
      "argmin: x must have elements along the axis, got float32[2, 0].",
    ],
    [
      () => ad.argmax(m, { axis: [0] as never }),
      TypeError,
      "argmax: axis must be an integer, got [0].",
    ],
    [
      () => ad.argmax(m, { dim: 0 } as never),
      TypeError,
      'argmax: options must be among axis, keepdims, got "dim".',
    ],
    [
      () => ad.reshape(m, [4, 2]),
      RangeError,
      "reshape: shape must have as many elements as x, 6, got [4, 2].",
    ],
    [
      () => ad.reshape(m, [-1, 4]),
      RangeError,
      "reshape: shape must have as many elements as x, 6, got [-1, 4].",
    ],
    [
      () => ad.reshape(m, [-1, -1]),
      RangeError,
      "reshape: shape must have as many elements as x, 6, got [-1, -1].",
    ],
    [
      () => ad.reshape(m, [-2, -3]),
      RangeError,
      "reshape: shape must have as many elements as x, 6, got [-2, -3].",
    ],
    [
      () => ad.reshape(zeros([0]), [-1, 0]),
      RangeError,
      "reshape: shape must have as many elements as x, 0, got [-1, 0].",
    ],
    [
      () => ad.reshape(m, "6" as never),
      TypeError,
      'reshape: shape must be a list of lengths, got "6".',
    ],
    [
      () => ad.transpose(m, [0]),
      RangeError,
      "transpose: axes must name each of the 2 axes once, got [0].",
    ],
    [
      () => ad.transpose(m, [0, 2]),
      RangeError,
      "transpose: axis must be an integer in [-2, 2), got 2.",
    ],
    [
      () => ad.split(m, 2, { axis: 1 }),
      RangeError,
      "split: sections must divide the axis of length 3, got 2.",
    ],
    [() => ad.split(m, 0), RangeError, "split: sections must divide the axis of length 2, got 0."],
    [
      () => ad.split(m, [2, 1], { axis: 1 }),
      RangeError,
      "split: sections must be indices in ascending order from 0 to 3, got [2, 1].",
    ],
    [
      () => ad.split(m, [3]),
      RangeError,
      "split: sections must be indices in ascending order from 0 to 2, got [3].",
    ],
    [
      () => ad.split(m, 1.5),
      TypeError,
      "split: sections must be an integer or a list of integers, got 1.5.",
    ],
    [
      () => ad.split(m, [0.5]),
      TypeError,
      "split: sections must be an integer or a list of integers, got [0.5].",
    ],
    [
      () => ad.split(m, 2, { axis: 2 }),
      RangeError,
      "split: axis must be an integer in [-2, 2), got 2.",
    ],
    [() => ad.unstack(0), RangeError, "unstack: x must have at least one axis, got int32[]."],
    [
      () => ad.moveaxis(m, [0, 1], [1]),
      RangeError,
      "moveaxis: source and destination must have equal lengths, got [0, 1] and [1].",
    ],
    [
      () => ad.swapaxes(m, 0, 2),
      RangeError,
      "swapaxes: axis must be an integer in [-2, 2), got 2.",
    ],
    [
      () => ad.expandDims(m, 3),
      RangeError,
      "expandDims: axis must be an integer in [-3, 3), got 3.",
    ],
    [
      () => ad.squeeze(m, 0),
      RangeError,
      "squeeze: axis must name axes of length 1, got 0 for shape [2, 3].",
    ],
    [
      () => ad.broadcastTo(m, [3]),
      RangeError,
      "broadcastTo: shape must be one that [2, 3] broadcasts to, got [3].",
    ],
    [
      () => ad.broadcastTo(m, [2, -1]),
      RangeError,
      "broadcastTo: shape must hold non-negative integers, got [2, -1].",
    ],
    [
      () => ad.concatenate([]),
      RangeError,
      "concatenate: tensors must hold at least one tensor, got [].",
    ],
    [
      () => ad.concatenate(m as never),
      TypeError,
      "concatenate: tensors must be a list of tensors, got float32[2, 3].",
    ],
    [
      () => ad.concatenate([m, v]),
      RangeError,
      "concatenate: tensors must agree on every axis but 0, got shapes [2, 3] and [2].",
    ],
    [
      () => ad.concatenate([m, m], 2),
      RangeError,
      "concatenate: axis must be an integer in [-2, 2), got 2.",
    ],
    [
      () => ad.concatenate([m, "x" as never]),
      TypeError,
      'concatenate: tensors[1] must be a tensor, nested arrays or a number, got "x".',
    ],
    [
      () => ad.stack([m, v]),
      RangeError,
      "stack: tensors must have equal shapes, got [2, 3] and [2].",
    ],
    [
      () => ad.slice(m, [0]),
      RangeError,
      "slice: start must have one entry for each of the 2 axes, got [0].",
    ],
    [
      () => ad.slice(m, [0, 0.5]),
      TypeError,
      "slice: start must be a list of integers, got [0, 0.5].",
    ],
    [
      () => ad.slice(m, [0, -1]),
      RangeError,
      "slice: start must lie between 0 and the shape [2, 3], got [0, -1].",
    ],
    [
      () => ad.slice(m, [1, 1], [0, 3]),
      RangeError,
      "slice: limit must lie between start and the shape [2, 3], got [0, 3] for start [1, 1].",
    ],
    [
      () => ad.slice(m, [0, 0], [2, 3], [1, 0]),
      RangeError,
      "slice: strides must be at least 1, got [1, 0].",
    ],
    [
      () => ad.pad(m, [[1, 1]]),
      RangeError,
      "pad: paddings must have one entry for each of the 2 axes, got [[1, 1]].",
    ],
    [
      () => ad.pad(v, [1] as never),
      TypeError,
      "pad: paddings must be a list of [low, high] or [low, high, interior], got [1].",
    ],
    [
      () => ad.pad(v, [[0, 0, -1]]),
      RangeError,
      "pad: paddings must not have a negative interior, got [[0, 0, -1]].",
    ],
    [
      () => ad.pad(v, [[-3, 0]]),
      RangeError,
      "pad: paddings must leave no axis negative, got [[-3, 0, 0]] for shape [2].",
    ],
    [() => ad.pad(v, [[1, 0]], v), RangeError, "pad: value must be a scalar, got float32[2]."],
    [() => ad.flip(m, 2), RangeError, "flip: axis must be an integer in [-2, 2), got 2."],
    [
      () => ad.take(v, [0.5]),
      TypeError,
      "take: indices must be of an integer dtype, got float32[1].",
    ],
    [() => ad.take(v, v), TypeError, "take: indices must be of an integer dtype, got float32[2]."],
    [
      () => ad.take(v, [true]),
      TypeError,
      "take: indices must be of an integer dtype, got bool[1].",
    ],
    [
      () => ad.take(v, [0], { axis: 1 }),
      RangeError,
      "take: axis must be an integer in [-1, 1), got 1.",
    ],
    [
      () => ad.take(v, [0], { mode: "raise" as never }),
      RangeError,
      'take: mode must be "fill", "clip" or "wrap", got "raise".',
    ],
    [() => ad.take(v, [0], 0 as never), TypeError, "take: options must be an object, got 0."],
    [
      () => ad.take(zeros([0]), [0]),
      RangeError,
      "take: x must have elements along axis 0, got float32[0].",
    ],
    [
      () => ad.takeAlongAxis(m, [0]),
      RangeError,
      "takeAlongAxis: indices must have the rank of x, 2, got int32[1].",
    ],
    [
      () => ad.takeAlongAxis(m, [[0], [0], [0]]),
      RangeError,
      "takeAlongAxis: operands must have broadcast-compatible shapes, got [2, 1] and [3, 1].",
    ],
    [
      () => ad.takeAlongAxis(zeros([1, 0]), [[0]]),
      RangeError,
      "takeAlongAxis: x must have elements along axis 1, got float32[1, 0].",
    ],
    [
      () => ad.astype(v, "float" as never),
      TypeError,
      'astype: dtype must be a dtype name, got "float".',
    ],
    [
      () => ad.matmul(m, m),
      RangeError,
      "matmul: a and b must agree on the inner axis, got shapes [2, 3] and [2, 3].",
    ],
    [
      () => ad.matmul(1, m),
      RangeError,
      "matmul: a and b must have at least one axis, got shapes [] and [2, 3].",
    ],
    [
      () => ad.matmul(zeros([2, 1, 2]), zeros([3, 2, 1])),
      RangeError,
      "matmul: operands must have broadcast-compatible shapes, got [2] and [3].",
    ],
    [
      () => ad.dot(m, m),
      RangeError,
      "dot: a and b must agree on the summed axis, got shapes [2, 3] and [2, 3].",
    ],
    [() => ad.glu(m), RangeError, "glu: x must have an even length on axis -1, got float32[2, 3]."],
    [
      () => ad.gelu(m, { approx: false } as never),
      TypeError,
      'gelu: options must be among approximate, got "approx".',
    ],
    [
      () => ad.softmax(m, { axis: 2 }),
      RangeError,
      "softmax: axis must be an integer in [-2, 2), got 2.",
    ],
    [() => ad.softmax(m, 0 as never), TypeError, "softmax: options must be an object, got 0."],
    [
      () => ad.logSoftmax(m, { keepdims: true } as never),
      TypeError,
      'logSoftmax: options must be among axis, where, got "keepdims".',
    ],
    [
      () => ad.logsumexp(m, { b: 1 } as never),
      TypeError,
      'logsumexp: options must be among axis, keepdims, where, got "b".',
    ],
    [
      () => ad.standardize(m, { eps: 1 } as never),
      TypeError,
      'standardize: options must be among axis, epsilon, got "eps".',
    ],
    [
      () => ad.oneHot(v, 1.5),
      RangeError,
      "oneHot: numClasses must be a whole number of at least 0, got 1.5.",
    ],
    [
      () => ad.oneHot(v, -1),
      RangeError,
      "oneHot: numClasses must be a whole number of at least 0, got -1.",
    ],
    [
      () => ad.oneHot(v, 2, { dtype: "f32" as never }),
      TypeError,
      'oneHot: dtype must be a dtype name, got "f32".',
    ],
    [
      () => ad.oneHot(v, 2, { axis: 2 }),
      RangeError,
      "oneHot: axis must be an integer in [-2, 2), got 2.",
    ],
    [
      () => ad.oneHot(v, 2, { depth: 2 } as never),
      TypeError,
      'oneHot: options must be among axis, dtype, got "depth".',
    ],
    [
      () => ad.grad((x) => x, { has_aux: true } as never),
      TypeError,
      'grad: options must be among argnums, hasAux, got "has_aux".',
    ],
    [
      () => ad.valueAndGrad((x) => x, 0 as never),
      TypeError,
      "valueAndGrad: options must be an object, got 0.",
    ],
  ];

for (const [call, type, message] of table) {
  const title = String(call)
    .replace(/^\(\) => /, "")
    .replaceAll("ad.", "");
  test(`${title} throws ${type.name}`, (t) => {
    const error = t.throws(call, { instanceOf: type });
    t.is(error.message, message);
  });
}

test("operations check shapes of tracers as they do of arrays", (t) => {
  t.throws(() => ad.grad((x) => ad.sum(ad.add(x, v)))(m), {
    instanceOf: RangeError,
    message: "add: operands must have broadcast-compatible shapes, got [2, 3] and [2].",
  });
});
