import test from "ava";
import { moveaxis, reshape } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { deltaOrthogonal, orthogonal } from "@flaxen/initializers";
import { closeTo } from "@flaxen/testing";
import { elements, legacy, modern } from "./answers.ts";

const tolerance = { rtol: 0, atol: 1e-6 };

// Values: jax.nn.initializers.orthogonal(scale, column_axis)(jax.random.key(7), shape, "float32"), JAX 0.10.2.

test("orthogonal()(key, shape) is within 1e-6 of JAX", (t) => {
  closeTo(
    t,
    orthogonal(1.3)(modern, [2, 3]),
    [
      0.6366556286811829, -0.728371262550354, 0.868415117263794, 1.130690574645996,
      0.4773826003074646, -0.42853766679763794,
    ],
    tolerance,
  );
  closeTo(
    t,
    orthogonal()(modern, [3, 2]),
    [
      0.48973512649536133, 0.8697620034217834, -0.5602856278419495, 0.36721739172935486,
      0.6680116653442383, -0.3296443819999695,
    ],
    tolerance,
  );
  closeTo(
    t,
    orthogonal(1.3)(legacy, [2, 3]),
    [
      -1.2404147386550903, -0.11558828502893448, 0.3714978098869324, -0.3144304156303406,
      -0.4332389533519745, -1.184667706489563,
    ],
    tolerance,
  );
  closeTo(
    t,
    orthogonal()(legacy, [3, 2]),
    [
      -0.9541652202606201, -0.24186956882476807, -0.08891406655311584, -0.33326074481010437,
      0.2857675552368164, -0.9112828969955444,
    ],
    tolerance,
  );
});

test("orthogonal()(key, [64, 48]) is within 1e-6 of JAX", (t) => {
  const sampled = (w: NDArray): number[] => elements(w).filter((_, i) => i % 301 === 0);
  closeTo(
    t,
    sampled(orthogonal()(modern, [64, 48])),
    [
      0.05981647968292236, -0.12398497760295868, -0.15223321318626404, -0.2815505266189575,
      -0.04048048332333565, -0.01793958619236946, 0.052092425525188446, -0.216974139213562,
      0.04201085865497589, -0.06876516342163086, 0.03840707242488861,
    ],
    tolerance,
  );
  closeTo(
    t,
    sampled(orthogonal()(legacy, [64, 48])),
    [
      0.16503965854644775, -0.06474315375089645, 0.010966138914227486, -0.06365945935249329,
      0.1750267595052719, 0.03698539361357689, -0.1000966727733612, 0.15091149508953094,
      -0.2174663096666336, -0.09841161221265793, -0.1146475076675415,
    ],
    tolerance,
  );
});

test("orthogonal(scale, { columnAxis })(key, shape) is within 1e-6 of JAX", (t) => {
  closeTo(
    t,
    orthogonal(1, { columnAxis: 0 })(modern, [2, 2, 2]),
    [
      [
        [0.4849811792373657, -0.5548468828201294],
        [0.6615272164344788, -0.13899633288383484],
      ],
      [
        [0.8673014640808105, 0.3694075644016266],
        [-0.3323051929473877, -0.02999172732234001],
      ],
    ],
    tolerance,
  );
  closeTo(
    t,
    orthogonal(1, { columnAxis: -2 })(modern, [3, 2, 2]),
    [
      [
        [0.25396525859832764, -0.29055121541023254],
        [0.7515274882316589, 0.15745511651039124],
      ],
      [
        [0.3464154303073883, -0.072786845266819],
        [-0.10694968700408936, -0.05209607258439064],
      ],
      [
        [-0.8315987586975098, -0.18499596416950226],
        [-0.005523439962416887, 0.6294694542884827],
      ],
    ],
    tolerance,
  );
});

test("deltaOrthogonal(scale, { columnAxis })(key, shape) is within 1e-6 of JAX", (t) => {
  closeTo(
    t,
    deltaOrthogonal()(modern, [2, 2, 3]),
    [
      [
        [0.48973512649536133, -0.5602856278419495, 0.6680116653442383],
        [0.8697620034217834, 0.36721739172935486, -0.3296443819999695],
      ],
      [
        [0, 0, 0],
        [0, 0, 0],
      ],
    ],
    tolerance,
  );
  const zeros = [
    [0, 0],
    [0, 0],
  ];
  closeTo(
    t,
    deltaOrthogonal(2, { columnAxis: 0 })(modern, [3, 2, 2, 2]),
    [
      [zeros, zeros],
      [
        [
          [1.316225290298462, -1.5058389902114868],
          [1.5058389902114868, 1.316225290298462],
        ],
        zeros,
      ],
      [zeros, zeros],
    ],
    tolerance,
  );
});

/** The largest distance of `a aᵀ` or `aᵀ a`, whichever is smaller, from the identity; `a` is row-major. */
function distanceFromOrthogonal(a: readonly number[], rows: number, columns: number): number {
  const short = Math.min(rows, columns);
  const long = Math.max(rows, columns);
  const at = (i: number, j: number): number =>
    a[rows <= columns ? i * columns + j : j * columns + i];
  let distance = 0;
  for (let i = 0; i < short; i++) {
    for (let k = 0; k <= i; k++) {
      let dot = 0;
      for (let j = 0; j < long; j++) dot += at(i, j) * at(k, j);
      distance = Math.max(distance, Math.abs(dot - (i === k ? 1 : 0)));
    }
  }
  return distance;
}

test("orthogonal()(key, shape) has orthonormal rows or columns", (t) => {
  for (const [rows, columns] of [
    [1, 1],
    [1, 5],
    [5, 1],
    [7, 7],
    [100, 30],
    [30, 100],
  ]) {
    const w = orthogonal()(modern, [rows, columns]);
    t.true(distanceFromOrthogonal(elements(w), rows, columns) < 1e-6);
    const wide = orthogonal()(modern, [rows, columns], "float64");
    t.is(wide.dtype, "float64");
    t.true(distanceFromOrthogonal(elements(wide), rows, columns) < 1e-14);
  }
});

test("orthogonal(1, { columnAxis })(key, shape) has orthonormal slices along columnAxis", (t) => {
  for (const columnAxis of [0, 1, 2, -1, -2, -3]) {
    const w = orthogonal(1, { columnAxis })(modern, [4, 5, 6]);
    const columns = [4, 5, 6].at(columnAxis)!;
    const matrix = reshape(moveaxis(w, columnAxis, -1), [120 / columns, columns]);
    t.true(distanceFromOrthogonal(elements(matrix), 120 / columns, columns) < 1e-6);
  }
});

test("orthogonal()(key, shape) favours no sign", (t) => {
  let positive = 0;
  const w = elements(orthogonal()(modern, [200, 200]));
  for (const x of w) if (x > 0) positive++;
  // Four standard errors of 40000 fair coins.
  t.true(Math.abs(positive - 20000) < 400);
});

test("orthogonal()(key, shape) is empty where an axis is", (t) => {
  for (const shape of [
    [0, 2],
    [2, 0],
    [3, 0, 2],
  ]) {
    t.deepEqual(orthogonal()(modern, shape).shape, shape);
  }
  t.deepEqual(elements(deltaOrthogonal()(modern, [2, 0, 3])), []);
});

test("orthogonal(scale, options)(key, shape) refuses wrong input", (t) => {
  const fails = (run: () => unknown, instanceOf: ErrorConstructor, message: string): void => {
    t.throws(run, { instanceOf, message: `orthogonal: ${message}` });
  };
  fails(
    () => orthogonal(modern as never),
    TypeError,
    "scale must be a number, got Key. Build the initializer first: orthogonal(...)(key, shape).",
  );
  fails(() => orthogonal(NaN), RangeError, "scale must be finite, got NaN.");
  fails(() => orthogonal(1, -1 as never), TypeError, "options must be an object, got -1.");
  fails(
    () => orthogonal(1, { columnAxis: "0" as never }),
    TypeError,
    'columnAxis must be an integer, got "0".',
  );
  fails(
    () => orthogonal(1, { columnAxis: 0.5 }),
    RangeError,
    "columnAxis must be an integer, got 0.5.",
  );
  fails(
    () => orthogonal(1, { dtype: "float16" as never }),
    TypeError,
    'dtype must be float32, float64, complex64 or complex128, got "float16".',
  );
  fails(
    () => orthogonal()(modern, [2, 2], "bfloat16"),
    TypeError,
    'dtype must be float32, float64, complex64 or complex128, got "bfloat16".',
  );
  fails(
    () => orthogonal()(1 as never, [2, 2]),
    TypeError,
    "key must be a Key, got 1. Make one with key(seed).",
  );
  fails(() => orthogonal()(modern, [2]), RangeError, "shape must have at least 2 axes, got [2].");
  fails(
    () => orthogonal(1, { columnAxis: 2 })(modern, [2, 2]),
    RangeError,
    "columnAxis must name an axis of shape [2, 2], got 2.",
  );
});

test("deltaOrthogonal(scale, options)(key, shape) refuses wrong input", (t) => {
  const fails = (run: () => unknown, instanceOf: ErrorConstructor, message: string): void => {
    t.throws(run, { instanceOf, message: `deltaOrthogonal: ${message}` });
  };
  fails(
    () => deltaOrthogonal(modern as never),
    TypeError,
    "scale must be a number, got Key. Build the initializer first: deltaOrthogonal(...)(key, shape).",
  );
  fails(() => deltaOrthogonal(1, [] as never), TypeError, "options must be an object, got [].");
  fails(
    () => deltaOrthogonal(1, { columnAxis: NaN }),
    RangeError,
    "columnAxis must be an integer, got NaN.",
  );
  fails(
    () => deltaOrthogonal(1, { columnAxis: -3 })(modern, [3, 3, 3]),
    RangeError,
    "columnAxis must name an axis of shape [3, 3], got -3.",
  );
  fails(
    () => deltaOrthogonal()(modern, [3, 3], "float32"),
    RangeError,
    "shape must have 3, 4 or 5 axes, got [3, 3].",
  );
  fails(
    () => deltaOrthogonal()(modern, [1, 1, 1, 1, 2, 2]),
    RangeError,
    "shape must have 3, 4 or 5 axes, got [1, 1, 1, 1, 2, 2].",
  );
  fails(
    () => deltaOrthogonal()(modern, [3, 4, 3]),
    RangeError,
    "shape must not have more input than output features, got [3, 4, 3].",
  );
  fails(
    () => deltaOrthogonal()(modern, [0, 3, 3]),
    RangeError,
    "shape must not have a spatial axis of length 0, got [0, 3, 3].",
  );
  fails(
    () => deltaOrthogonal()(modern, [3, 3, 3], "int32"),
    TypeError,
    'dtype must be float32, float64, complex64 or complex128, got "int32".',
  );
});
