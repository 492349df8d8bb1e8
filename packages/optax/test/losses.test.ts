import test from "ava";
import fc from "fast-check";
import { grad, sigmoid, square, sum } from "@flaxen/autodiff";
import type { Tensor, TensorLike } from "@flaxen/autodiff";
import { array, zeros } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import {
  cosineDistance,
  cosineSimilarity,
  hingeLoss,
  huberLoss,
  klDivergence,
  l2Loss,
  sigmoidBinaryCrossEntropy,
  sigmoidFocalLoss,
  smoothLabels,
  softmaxCrossEntropy,
  softmaxCrossEntropyWithIntegerLabels,
  squaredError,
} from "@flaxen/optax";
import { bitEqual, closeTo } from "@flaxen/testing";

// Every expected value is printed by Optax 0.2.8 with JAX 0.10.2 (CPU) for the call above it.

const LOGITS = array([
  [1e4, -1e4, 0],
  [-1e4, -1e4, -1e4],
  [1e4, 1e4, 1e4],
  [0.5, -1.25, 3],
  [88, -88, 0],
  [0, 0, 0],
]);
const LABELS = array([0, 1, 2, 1, 1, 0], "int32");
const PROBABILITIES = array(Array.from({ length: 6 }, () => [0.2, 0.3, 0.5]));
// Sums of three products around 1e4 leave errors of this size beside a result of 1.
const TOLERANCE = { rtol: 1e-6, atol: 1e-6 };

function oneHot(labels: readonly number[]): NDArray {
  return array(labels.map((label) => [0, 1, 2].map((i) => (i === label ? 1 : 0))));
}

/** The gradient of the sum of a loss by its first argument. */
function slope(loss: (x: TensorLike) => Tensor, at: NDArray): NDArray {
  return grad((x: Tensor) => sum(loss(x)))(at) as NDArray;
}

test("softmaxCrossEntropyWithIntegerLabels(logits, labels) matches Optax", (t) => {
  // optax.softmax_cross_entropy_with_integer_labels(logits, labels)
  const expected = [0, 1.0986328, 1.0986328, 4.3419857, 176, 1.0986123];
  closeTo(t, softmaxCrossEntropyWithIntegerLabels(LOGITS, LABELS), expected, TOLERANCE);
  const wrong = softmaxCrossEntropyWithIntegerLabels(LOGITS, [1, 0, 0, 0, 2, 2]);
  closeTo(t, wrong, [20000, 1.0986328, 1.0986328, 2.5919857, 88, 1.0986123], TOLERANCE);
});

test("softmaxCrossEntropy(logits, labels) matches Optax", (t) => {
  // optax.softmax_cross_entropy(logits, jax.nn.one_hot(labels, 3))
  const expected = [0, 1.0986123, 1.0986123, 4.3419857, 176, 1.0986123];
  closeTo(t, softmaxCrossEntropy(LOGITS, oneHot([0, 1, 2, 1, 1, 0])), expected, TOLERANCE);
  const soft = [11000, 1.0986123, 1.0986123, 1.8669858, 96.8, 1.0986123];
  closeTo(t, softmaxCrossEntropy(LOGITS, PROBABILITIES), soft, TOLERANCE);
});

test("softmaxCrossEntropy(logits, labels, { axis }) matches Optax", (t) => {
  const logits = array(LOGITS.lo(3, 0).toArray() as number[][]);
  // optax.softmax_cross_entropy_with_integer_labels(logits, jnp.array([0, 2, 1]), axis=0)
  for (const axis of [0, -2]) {
    const loss = softmaxCrossEntropyWithIntegerLabels(logits, [0, 2, 1], { axis });
    closeTo(t, loss, [87.5, 0.25192904, 3.094923], TOLERANCE);
  }
  // optax.softmax_cross_entropy(logits, jnp.array([[.1, .2, .3], [.4, .5, .6], [.5, .3, .1]]), axis=0)
  const labels = [
    [0.1, 0.2, 0.3],
    [0.4, 0.5, 0.6],
    [0.5, 0.3, 0.1],
  ];
  const loss = softmaxCrossEntropy(logits, labels, { axis: 0 });
  closeTo(t, loss, [52.75, 44.50193, 2.194923], TOLERANCE);
});

test("softmaxCrossEntropyWithIntegerLabels(logits, labels, { axis: 1 }) matches Optax", (t) => {
  // x = (np.arange(24) % 7 - 3).reshape(2, 3, 4) / 2; y = (np.arange(8) % 3).reshape(2, 4)
  const x = Array.from({ length: 2 }, (_, i) =>
    Array.from({ length: 3 }, (_, j) =>
      Array.from({ length: 4 }, (_, k) => (((i * 12 + j * 4 + k) % 7) - 3) / 2),
    ),
  );
  const y = [
    [0, 1, 2, 0],
    [1, 2, 0, 1],
  ];
  closeTo(
    t,
    softmaxCrossEntropyWithIntegerLabels(x, y, { axis: 1 }),
    [
      [2.3063557, 0.3063557, 1.8063557, 1.0549569],
      [2.554957, 3.2413113, 2.3063557, 0.3063557],
    ],
    TOLERANCE,
  );
});

test("the gradients of the softmax losses match Optax at extreme logits", (t) => {
  // jax.grad(lambda x: optax.softmax_cross_entropy_with_integer_labels(x, labels).sum())(logits)
  closeTo(
    t,
    slope((x) => softmaxCrossEntropyWithIntegerLabels(x, LABELS), LOGITS),
    [
      [0, 0, 0],
      [0.33333334, -0.6666666, 0.33333334],
      [0.33333334, 0.33333334, -0.6666666],
      [0.07487121, -0.9869893, 0.91211814],
      [1, -1, 0],
      [-0.6666666, 0.33333334, 0.33333334],
    ],
    TOLERANCE,
  );
  // jax.grad(lambda x: optax.softmax_cross_entropy(x, probabilities).sum())(logits)
  closeTo(
    t,
    slope((x) => softmaxCrossEntropy(x, PROBABILITIES), LOGITS),
    [
      [0.8, -0.3, -0.5],
      [0.13333334, 0.03333333, -0.16666666],
      [0.13333334, 0.03333333, -0.16666666],
      [-0.12512879, -0.28698933, 0.41211814],
      [0.8, -0.3, -0.5],
      [0.13333334, 0.03333333, -0.16666666],
    ],
    TOLERANCE,
  );
});

test("sigmoidBinaryCrossEntropy(logits, labels) and its gradient match Optax", (t) => {
  const x = array([0, 2, -2, 1e4, -1e4, 1e4, -1e4, 88.5, -88.5, 20]);
  const y = [0, 1, 0.25, 0, 1, 1, 0, 0.5, 0.5, 1];
  // optax.sigmoid_binary_cross_entropy(x, y), then its gradient
  const expected = [0.6931472, 0.126928, 0.62692803, 1e4, 1e4, 0, 0, 44.25, 44.25, 2.0611537e-9];
  const tolerance = { rtol: 1e-6, atol: 1e-15 };
  closeTo(t, sigmoidBinaryCrossEntropy(x, y), expected, tolerance);
  const slopes = [0.5, -0.11920291, -0.13079707, 1, -1, 0, 0, 0.5, -0.5, -2.0611537e-9];
  closeTo(
    t,
    slope((z) => sigmoidBinaryCrossEntropy(z, y), x),
    slopes,
    { rtol: 1e-6, atol: 1e-7 },
  );
});

test("squaredError(predictions, targets) and l2Loss(predictions, targets) match Optax", (t) => {
  const a = array([1e4, -0.5, 3e-5, 1e19]);
  const b = [-1e4, 0.25, 0, -1e19];
  const tolerance = { rtol: 1e-6, atol: 0 };
  // optax.squared_error(a, b), optax.squared_error(a), optax.l2_loss(a, b), optax.l2_loss(a)
  closeTo(t, squaredError(a, b), [4e8, 0.5625, 8.9999996e-10, Infinity], tolerance);
  closeTo(t, squaredError(a), [1e8, 0.25, 8.9999996e-10, 1e38], tolerance);
  closeTo(t, l2Loss(a, b), [2e8, 0.28125, 4.4999998e-10, Infinity], tolerance);
  closeTo(t, l2Loss(a), [5e7, 0.125, 4.4999998e-10, 5e37], tolerance);
});

test("the losses treat infinite logits as Optax does", (t) => {
  // The same functions on logits that hold np.inf:
  const logits = array([
    [0, -Infinity],
    [0, -Infinity],
    [Infinity, 0],
    [-Infinity, -Infinity],
  ]);
  const loss = softmaxCrossEntropyWithIntegerLabels(logits, [0, 1, 0, 0]);
  closeTo(t, loss, [0, Infinity, NaN, NaN]);
  const binary = sigmoidBinaryCrossEntropy(
    array([Infinity, -Infinity, Infinity, -Infinity]),
    [1, 0, 0, 1],
  );
  closeTo(t, binary, [NaN, NaN, Infinity, Infinity]);
});

const HALF = [
  [true, false, true],
  [false, true, true],
];

/** Central differences of the sum of a loss, in float64. */
function differences(loss: (x: TensorLike) => Tensor, at: NDArray): number[] {
  const h = 1e-6;
  const values = Array.from(at.data as Float64Array);
  const total = (i: number, step: number): number => {
    const moved = Float64Array.from(values);
    moved[i]! += step;
    return (sum(loss({ ...describe(at), data: moved })) as NDArray<"float64">).item();
  };
  return values.map((_, i) => (total(i, h) - total(i, -h)) / (2 * h));
}

function describe({ shape, stride, offset, dtype }: NDArray): Omit<NDArray, "data"> {
  return { shape, stride, offset, dtype } as NDArray;
}

test("the gradients of the losses agree with central differences", (t) => {
  const x = array(
    [
      [0.3, -1.2, 2],
      [1.5, 0.1, -0.4],
    ],
    "float64",
  );
  const soft = array(
    [
      [0.2, 0.3, 0.5],
      [1, 0, 0],
    ],
    "float64",
  );
  const losses: Record<string, (z: TensorLike) => Tensor> = {
    integer: (z) => softmaxCrossEntropyWithIntegerLabels(z, [2, 0]),
    integerAxis0: (z) => softmaxCrossEntropyWithIntegerLabels(z, [1, 0, 1], { axis: 0 }),
    soft: (z) => softmaxCrossEntropy(z, soft),
    softAxis0: (z) => softmaxCrossEntropy(z, soft, { axis: 0 }),
    softLabels: (z) => softmaxCrossEntropy(soft, z),
    binary: (z) => sigmoidBinaryCrossEntropy(z, soft),
    binaryLabels: (z) => sigmoidBinaryCrossEntropy(soft, z),
    squared: (z) => squaredError(z, soft),
    squaredTargets: (z) => squaredError(soft, z),
    half: (z) => l2Loss(z, soft),
    halfAlone: (z) => l2Loss(z),
    integerAxes: (z) => softmaxCrossEntropyWithIntegerLabels(z, 4, { axis: [1, 0] }),
    integerWhere: (z) => softmaxCrossEntropyWithIntegerLabels(z, [2, 0], { where: HALF }),
    softAxes: (z) => softmaxCrossEntropy(z, soft, { axis: [0, 1] }),
    softWhere: (z) => softmaxCrossEntropy(z, soft, { where: HALF }),
    softWhereLabels: (z) => softmaxCrossEntropy(soft, z, { where: HALF }),
    softWhereRows: (z) => softmaxCrossEntropy(z, soft, { where: [true, false] }),
    huber: (z) => huberLoss(z, soft),
    huberTargets: (z) => huberLoss(soft, z, { delta: 0.45 }),
    huberAlone: (z) => huberLoss(z, undefined, { delta: 1.4 }),
    hinge: (z) =>
      hingeLoss(z, [
        [1, -1, 1],
        [-1, 1, -1],
      ]),
    hingeTargets: (z) => hingeLoss(soft, z),
    cosine: (z) => cosineSimilarity(z, soft),
    cosineTargets: (z) => cosineDistance(soft, z, { epsilon: 3 }),
    cosineWhere: (z) => cosineDistance(z, soft, { axis: 0, where: HALF, epsilon: 1e-3 }),
    kl: (z) => klDivergence(z, soft),
    klAxes: (z) => klDivergence(z, soft, { axis: [0, 1] }),
    klTargets: (z) => klDivergence(soft, square(z), { where: HALF }),
    focal: (z) => sigmoidFocalLoss(z, soft),
    focalLabels: (z) => sigmoidFocalLoss(soft, sigmoid(z), { alpha: 0.25, gamma: 1.5 }),
  };
  for (const loss of Object.values(losses)) {
    closeTo(t, slope(loss, x), differences(loss, x), { rtol: 1e-7, atol: 1e-8 });
  }
});

test("softmaxCrossEntropyWithIntegerLabels(logits, labels) equals the loss of one-hot labels", (t) => {
  const row = fc.array(fc.double({ min: -50, max: 50, noNaN: true }), {
    minLength: 3,
    maxLength: 3,
  });
  const example = fc.tuple(row, fc.nat(2));
  const property = fc.property(fc.array(example, { minLength: 1, maxLength: 5 }), (examples) => {
    const logits = array(
      examples.map(([x]) => x),
      "float64",
    );
    const labels = examples.map(([, y]) => y);
    const byNumber = softmaxCrossEntropyWithIntegerLabels(logits, labels);
    closeTo(t, softmaxCrossEntropy(logits, oneHot(labels)), byNumber as NDArray, { rtol: 1e-12 });
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
});

test("the losses take empty batches, one class, and strided views", (t) => {
  t.deepEqual(
    (softmaxCrossEntropyWithIntegerLabels(zeros([0, 3]), zeros([0], "int32")) as NDArray).shape,
    [0],
  );
  t.deepEqual((softmaxCrossEntropy(zeros([0, 3]), zeros([0, 3])) as NDArray).shape, [0]);
  t.deepEqual(
    (softmaxCrossEntropyWithIntegerLabels(zeros([2, 1]), [0, 0]) as NDArray).toArray(),
    [0, 0],
  );
  t.is((softmaxCrossEntropyWithIntegerLabels([1, 1], 0) as NDArray).shape.length, 0);
  t.deepEqual((sigmoidBinaryCrossEntropy([], []) as NDArray).shape, [0]);
  t.deepEqual((squaredError(zeros([2, 0])) as NDArray).shape, [2, 0]);
  t.deepEqual((huberLoss([], []) as NDArray).shape, [0]);
  t.deepEqual((hingeLoss(zeros([0, 2]), zeros([0, 2])) as NDArray).shape, [0, 2]);
  t.deepEqual((cosineSimilarity(zeros([0, 3]), zeros([0, 3])) as NDArray).shape, [0]);
  t.deepEqual((klDivergence(zeros([2, 0]), zeros([2, 0])) as NDArray).toArray(), [0, 0]);
  t.deepEqual((sigmoidFocalLoss([], []) as NDArray).shape, [0]);
  closeTo(t, huberLoss(3, 1), [1.5]);
  closeTo(t, squaredError(3, 1), [4]);
  const view = array([
    [1, 2],
    [3, 4],
    [5, 7],
  ]).transpose(1, 0);
  const copy = array(view.toArray() as number[][]);
  const labels = array([9, 0, 9, 2], "int32").lo(1).step(2);
  closeTo(
    t,
    softmaxCrossEntropyWithIntegerLabels(view, labels),
    softmaxCrossEntropyWithIntegerLabels(copy, [0, 2]) as NDArray,
  );
});

test("the losses keep 16-bit and 64-bit dtypes", (t) => {
  for (const dtype of ["float16", "bfloat16", "float64"] as const) {
    const x = array([[1, 2]], dtype);
    t.is(softmaxCrossEntropyWithIntegerLabels(x, [1]).dtype, dtype);
    t.is(softmaxCrossEntropy(x, array([[0, 1]], "int32")).dtype, dtype);
    t.is(sigmoidBinaryCrossEntropy(x, array([[false, true]])).dtype, dtype);
    t.is(squaredError(x).dtype, dtype);
    t.is(l2Loss(x).dtype, dtype);
    t.is(huberLoss(x, array([[0, 1]], "int32")).dtype, dtype);
    t.is(hingeLoss(x, array([[-1, 1]], "int32")).dtype, dtype);
    t.is(cosineSimilarity(x, x).dtype, dtype);
    t.is(klDivergence(x, x).dtype, dtype);
    t.is(sigmoidFocalLoss(x, array([[false, true]]), { alpha: 0.5 }).dtype, dtype);
    t.is(softmaxCrossEntropy(x, x, { where: [true] }).dtype, dtype);
    t.is(softmaxCrossEntropyWithIntegerLabels(x, [1], { where: [true] }).dtype, dtype);
  }
});

test("softmaxCrossEntropyWithIntegerLabels(logits, labels) takes labels of every integer dtype", (t) => {
  for (const dtype of ["int8", "int16", "int64", "uint8", "uint32", "uint64"] as const) {
    const loss = softmaxCrossEntropyWithIntegerLabels([[0, 0]], array([1], dtype));
    closeTo(t, loss, [Math.LN2], TOLERANCE);
  }
});

test("the softmax losses take several axes of classes in the order given", (t) => {
  const x = array([
    [0, 1, 2],
    [3, 4, 5],
  ]);
  const flat = array([[0, 1, 2, 3, 4, 5]]);
  const turned = array([[0, 3, 1, 4, 2, 5]]);
  for (let label = 0; label < 6; label++) {
    const byRows = softmaxCrossEntropyWithIntegerLabels(x, label, { axis: [0, 1] });
    closeTo(t, byRows, softmaxCrossEntropyWithIntegerLabels(flat, [label]) as NDArray);
    const byColumns = softmaxCrossEntropyWithIntegerLabels(x, label, { axis: [1, 0] });
    closeTo(t, byColumns, softmaxCrossEntropyWithIntegerLabels(turned, [label]) as NDArray);
  }
});

test("the softmax losses leave out what where leaves out", (t) => {
  const x = array([
    [1, 1e4, 2],
    [Infinity, NaN, 0],
  ]);
  const mask = [
    [true, false, true],
    [false, false, false],
  ];
  // log(1 + e) as in a softmax of [1, 2]; nothing counts in the second row.
  const expected = [Math.log(1 + Math.E), 0];
  const labels = array([
    [1, 7, 0],
    [1, 1, 1],
  ]);
  closeTo(t, softmaxCrossEntropy(x, labels, { where: mask }), expected, TOLERANCE);
  closeTo(t, softmaxCrossEntropyWithIntegerLabels(x, [0, 0], { where: mask }), expected, TOLERANCE);
  const slopes = slope(
    (z) => softmaxCrossEntropy(z, labels, { where: mask }),
    array([
      [1, 1e4, 2],
      [3, 4, 0],
    ]),
  );
  const p = 1 / (1 + Math.E);
  closeTo(
    t,
    slopes,
    [
      [p - 1, 0, 1 - p],
      [0, 0, 0],
    ],
    TOLERANCE,
  );
});

test("klDivergence(logPredictions, targets) adds 0 for a target of 0, whatever the prediction", (t) => {
  const x = array([-Infinity, 0]);
  const y = array([0, 1]);
  t.is((klDivergence(x, y) as NDArray).item(), 0);
  closeTo(
    t,
    slope((z) => klDivergence(z, y), x),
    [0, -1],
  );
  closeTo(
    t,
    slope((z) => klDivergence(x, z), y),
    [0, 1],
  );
});

test("cosineSimilarity(predictions, targets) is the cosine, and NaN for a zero vector", (t) => {
  const angle = fc.double({ min: 0, max: 6.28, noNaN: true });
  const length = fc.double({ min: 1e-3, max: 1e3, noNaN: true });
  const property = fc.property(angle, angle, length, length, (a, b, m, n) => {
    const at = (phi: number, r: number): NDArray =>
      array([r * Math.cos(phi), r * Math.sin(phi)], "float64");
    const expected = Math.cos(a - b);
    closeTo(t, cosineSimilarity(at(a, m), at(b, n)), [expected], { rtol: 0, atol: 1e-12 });
    closeTo(t, cosineDistance(at(a, m), at(b, n)), [1 - expected], { rtol: 0, atol: 1e-12 });
  });
  fc.assert(property, { seed: 1, numRuns: 100 });
  t.deepEqual((cosineSimilarity([0, 0], [1, 2]) as NDArray).item(), NaN);
  t.deepEqual((cosineSimilarity([0, 0], [1, 2], { epsilon: 1e-8 }) as NDArray).item(), 0);
});

test("sigmoidFocalLoss(logits, labels, { gamma: 0 }) is sigmoidBinaryCrossEntropy", (t) => {
  const x = array([-1e4, -3, 0, 2, 100]);
  const y = [1, 0, 0.5, 1, 0];
  const expected = sigmoidBinaryCrossEntropy(x, y) as NDArray;
  bitEqual(t, sigmoidFocalLoss(x, y, { gamma: 0 }), expected);
  const slopes = slope((z) => sigmoidFocalLoss(z, y), x);
  t.true(Array.from(slopes.data as Float32Array).every(Number.isFinite));
});

test("huberLoss(predictions, targets, { delta }) meets l2Loss and a line", (t) => {
  const x = array([0.5, -1, 3, -1e20]);
  closeTo(t, huberLoss(x, [0, 0, 0, 0], { delta: 2 }), [0.125, 0.5, 4, 2e20], { rtol: 1e-6 });
  closeTo(
    t,
    slope((z) => huberLoss(z, undefined, { delta: 2 }), x),
    [0.5, -1, 2, -2],
  );
});

test("smoothLabels(labels, alpha) matches Optax", (t) => {
  // optax.smooth_labels(jnp.eye(3)[jnp.array([0, 2])], 0.1)
  const labels = oneHot([0, 2]);
  closeTo(
    t,
    smoothLabels(labels, 0.1),
    [
      [0.93333334, 0.033333335, 0.033333335],
      [0.033333335, 0.033333335, 0.93333334],
    ],
    { rtol: 1e-7 },
  );
  bitEqual(t, smoothLabels(labels, 0), labels);
});
