import test from "ava";
import fc from "fast-check";
import { closeTo } from "@flaxen/testing";
import { add, grad, multiply, reduceWindow, square, sum, vjp } from "@flaxen/autodiff";
import type { ReduceWindowOptions, Tensor, WindowOperator } from "@flaxen/autodiff";
import { array, NDArray, reshape, transpose, zeros } from "@flaxen/ndarray";

const EXACT = { rtol: 0, atol: 0 };
const OPERATORS: readonly WindowOperator[] = ["add", "max", "min"];

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

/** `((i * 7 + 3) % 5) - 2`: small integers with ties, the same in Python and here. */
function sequence(shape: readonly number[]): NDArray {
  return new NDArray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => ((i * 7 + 3) % 5) - 2),
    shape,
  );
}

/** 1, 2, 3 and so on. */
function counting(shape: readonly number[]): NDArray {
  return new NDArray(
    Float32Array.from({ length: sizeOf(shape) }, (_, i) => i + 1),
    shape,
  );
}

function concrete(x: Tensor): NDArray {
  return x as NDArray;
}

interface Reduced {
  readonly out: readonly number[];
  readonly dx: readonly number[];
}

interface Case extends Readonly<Record<WindowOperator, Reduced>> {
  readonly x: readonly number[];
  readonly options: ReduceWindowOptions;
  readonly shape: readonly number[];
}

// jax 0.10.2: y, pullback = jax.vjp(lambda x: lax.reduce_window(x, init, op, (1, *window, 1),
//   (1, *strides, 1), padding), x) and pullback(1, 2, 3, ...) for op = lax.add, lax.max and lax.min with
//   init = 0, -inf and inf, x = (arange(n) * 7 + 3) % 5 - 2.
const CASES: readonly Case[] = [
  {
    x: [2, 5, 2],
    options: { windowShape: [2] },
    shape: [2, 4, 2],
    add: {
      out: [1, 0, -1, 3, -3, 1, 0, -1, 1, 0, -1, 3, -3, 1, 0, -1],
      dx: [1, 2, 4, 6, 8, 10, 12, 14, 7, 8, 9, 10, 20, 22, 24, 26, 28, 30, 15, 16],
    },
    max: {
      out: [1, 2, 0, 2, -1, 1, 2, 0, 1, 2, 0, 2, -1, 1, 2, 0],
      dx: [1, 0, 3, 6, 5, 6, 0, 8, 7, 0, 9, 0, 11, 22, 13, 14, 0, 16, 15, 0],
    },
    min: {
      out: [0, -2, -1, 1, -2, 0, -2, -1, 0, -2, -1, 1, -2, 0, -2, -1],
      dx: [0, 2, 1, 0, 3, 4, 12, 6, 0, 8, 0, 10, 9, 0, 11, 12, 28, 14, 0, 16],
    },
  },
  {
    x: [1, 6, 1],
    options: { windowShape: [3], strides: [2], padding: "SAME" },
    shape: [1, 3, 1],
    add: { out: [-1, 1, 0], dx: [1, 1, 3, 2, 5, 3] },
    max: { out: [1, 2, 1], dx: [1, 0, 0, 2, 0, 3] },
    min: { out: [-2, -1, -1], dx: [0, 1, 0, 0, 5, 0] },
  },
  {
    x: [1, 6, 1],
    options: { windowShape: [4], strides: [3], padding: "SAME_LOWER" },
    shape: [1, 2, 1],
    add: { out: [-1, 2], dx: [1, 1, 3, 2, 2, 2] },
    max: { out: [1, 2], dx: [1, 0, 0, 2, 0, 0] },
    min: { out: [-2, -1], dx: [0, 1, 0, 0, 2, 0] },
  },
  {
    x: [1, 4, 2],
    options: { windowShape: [3], padding: [[2, 1]] },
    shape: [1, 5, 2],
    add: { out: [1, -2, 1, 0, 0, 1, -3, 3, -3, 1], dx: [9, 12, 15, 18, 21, 24, 16, 18] },
    max: { out: [1, -2, 1, 2, 1, 2, 0, 2, -1, 1], dx: [9, 2, 7, 18, 9, 10, 0, 0] },
    min: { out: [1, -2, 0, -2, -1, -2, -2, 0, -2, 0], dx: [1, 12, 3, 0, 5, 0, 16, 18] },
  },
  {
    x: [1, 6, 1],
    options: { windowShape: [2], strides: [2], padding: [[0, 3]] },
    shape: [1, 4, 1],
    add: { out: [-1, 2, 0, 0], dx: [1, 1, 2, 2, 3, 3] },
    max: { out: [1, 2, 1, -Infinity], dx: [1, 0, 0, 2, 0, 3] },
    min: { out: [-2, 0, -1, Infinity], dx: [0, 1, 2, 0, 3, 0] },
  },
  {
    x: [1, 4, 4, 2],
    options: { windowShape: [2, 2], strides: [2, 2] },
    shape: [1, 2, 2, 2],
    add: {
      out: [4, -3, -4, 4, -3, 0, 4, -3],
      dx: [
        1, 2, 1, 2, 3, 4, 3, 4, 1, 2, 1, 2, 3, 4, 3, 4, 5, 6, 5, 6, 7, 8, 7, 8, 5, 6, 5, 6, 7, 8, 7,
        8,
      ],
    },
    max: {
      out: [2, 2, 0, 2, 2, 1, 2, 2],
      dx: [
        0, 0, 0, 2, 0, 0, 0, 0, 1, 0, 0, 0, 3, 4, 0, 0, 0, 0, 5, 0, 0, 0, 0, 8, 0, 6, 0, 0, 7, 0, 0,
        0,
      ],
    },
    min: {
      out: [0, -2, -2, 0, -2, -1, 0, -2],
      dx: [
        0, 2, 1, 0, 0, 0, 3, 4, 0, 0, 0, 0, 0, 0, 0, 0, 5, 0, 0, 6, 0, 8, 7, 0, 0, 0, 0, 0, 0, 0, 0,
        0,
      ],
    },
  },
  {
    x: [2, 3, 4, 1],
    options: { windowShape: [2, 3], strides: [1, 2], padding: "SAME" },
    shape: [2, 3, 2, 1],
    add: {
      out: [-3, 0, 0, -3, 2, -1, 1, 1, -1, 3, -1, 2],
      dx: [1, 1, 3, 2, 4, 4, 10, 6, 8, 8, 18, 10, 7, 7, 15, 8, 16, 16, 34, 18, 20, 20, 42, 22],
    },
    max: {
      out: [1, 2, 2, 1, 2, 1, 2, 2, 2, 2, 1, 2],
      dx: [1, 0, 0, 2, 0, 0, 0, 0, 8, 0, 10, 0, 0, 7, 0, 0, 0, 0, 27, 0, 11, 0, 0, 12],
    },
    min: {
      out: [-2, -2, -2, -2, -1, -2, -2, -1, -2, -1, -2, 0],
      dx: [0, 1, 0, 0, 0, 0, 9, 0, 0, 5, 0, 6, 0, 0, 8, 0, 16, 0, 0, 10, 0, 11, 12, 0],
    },
  },
  {
    x: [1, 3, 3, 2],
    options: {
      windowShape: [3, 1],
      padding: [
        [1, 1],
        [0, 2],
      ],
      strides: [1, 2],
    },
    shape: [1, 3, 3, 2],
    add: {
      out: [-1, -2, 0, -1, 0, 0, -1, 0, -2, -1, 0, 0, -2, 2, -1, -2, 0, 0],
      dx: [8, 10, 0, 0, 12, 14, 21, 24, 0, 0, 27, 30, 20, 22, 0, 0, 24, 26],
    },
    max: {
      out: [
        1,
        0,
        1,
        1,
        -Infinity,
        -Infinity,
        1,
        2,
        1,
        1,
        -Infinity,
        -Infinity,
        0,
        2,
        1,
        0,
        -Infinity,
        -Infinity,
      ],
      dx: [8, 0, 0, 0, 0, 14, 0, 2, 0, 0, 27, 0, 13, 22, 0, 0, 0, 16],
    },
    min: {
      out: [
        -2,
        -2,
        -1,
        -2,
        Infinity,
        Infinity,
        -2,
        -2,
        -2,
        -2,
        Infinity,
        Infinity,
        -2,
        0,
        -2,
        -2,
        Infinity,
        Infinity,
      ],
      dx: [0, 10, 0, 0, 3, 0, 21, 14, 0, 0, 0, 30, 0, 0, 0, 0, 24, 0],
    },
  },
  {
    x: [1, 3, 2, 3, 1],
    options: { windowShape: [2, 2, 2], padding: "SAME", strides: [1, 1, 2] },
    shape: [1, 3, 2, 2, 1],
    add: {
      out: [-2, 1, 1, -1, -1, -1, -1, -2, 1, -1, -1, 0],
      dx: [1, 1, 2, 4, 4, 6, 6, 6, 8, 16, 16, 20, 14, 14, 16, 32, 32, 36],
    },
    max: {
      out: [2, 2, 2, 1, 2, 2, 1, 0, 2, 0, 1, 0],
      dx: [0, 0, 0, 4, 0, 4, 0, 0, 8, 0, 7, 0, 0, 14, 0, 11, 0, 30],
    },
    min: {
      out: [-2, -2, -1, -2, -2, -2, -2, -2, -2, -1, -2, 0],
      dx: [0, 1, 0, 0, 3, 0, 5, 0, 0, 0, 0, 20, 0, 0, 10, 0, 27, 12],
    },
  },
];

const matchesJax = test.macro({
  exec(t, operator: WindowOperator, example: Case) {
    const { x, options, shape } = example;
    const [y, pullback] = vjp((x: Tensor) => reduceWindow(x, operator, options), sequence(x));
    t.deepEqual([...y.shape], shape);
    t.is(y.dtype, "float32");
    closeTo(t, concrete(y), example[operator].out, EXACT);
    const [dx] = pullback(counting(shape));
    t.deepEqual([...dx.shape], x);
    closeTo(t, concrete(dx), example[operator].dx, EXACT);
  },
  title: (_, operator: WindowOperator, { x, options }: Case) =>
    `reduceWindow([${x}], ${operator}, ${JSON.stringify(options)}) and its gradient match lax.reduce_window`,
});
for (const example of CASES) for (const operator of OPERATORS) test(matchesJax, operator, example);

test("reduceWindow(x, max | add) matches flax.nnx.max_pool and avg_pool", (t) => {
  // flax 0.12.8: nnx.max_pool(x, (2, 2), (2, 2), "SAME") on 1..25, and 4 times nnx.avg_pool.
  const x = counting([1, 5, 5, 1]);
  const options = { windowShape: [2, 2], strides: [2, 2], padding: "SAME" } as const;
  t.deepEqual(reshape(concrete(reduceWindow(x, "max", options)), [3, 3]).toArray(), [
    [7, 9, 10],
    [17, 19, 20],
    [22, 24, 25],
  ]);
  t.deepEqual(reshape(concrete(reduceWindow(x, "add", options)), [3, 3]).toArray(), [
    [16, 24, 15],
    [56, 64, 35],
    [43, 47, 25],
  ]);
});

test("reduceWindow(x, operator) crops with negative padding", (t) => {
  // jax 0.10.2: lax.reduce_window([1, 5, 2, 4, 3, 6], 0., lax.add, (2,), (2,), [(-1, 1)]) and its pullback;
  //   the gradient of the maximum fails there, here it follows the same windows.
  const x = reshape(array([1, 5, 2, 4, 3, 6]), [1, 6, 1]);
  const run = (operator: WindowOperator): [Tensor, (ct: Tensor) => [Tensor]] =>
    vjp(
      (x: Tensor) =>
        reduceWindow(x, operator, { windowShape: [2], strides: [2], padding: [[-1, 1]] }),
      x,
    ) as [Tensor, (ct: Tensor) => [Tensor]];
  const [total, pullTotal] = run("add");
  closeTo(t, concrete(total), [7, 7, 6], EXACT);
  closeTo(t, concrete(pullTotal(counting([1, 3, 1]))[0]), [0, 1, 1, 2, 2, 3], EXACT);
  const [best, pullBest] = run("max");
  closeTo(t, concrete(best), [5, 4, 6], EXACT);
  closeTo(t, concrete(pullBest(counting([1, 3, 1]))[0]), [0, 1, 0, 2, 0, 3], EXACT);
});

interface Special {
  readonly x: readonly number[];
  readonly window: number;
  readonly padding: readonly [number, number];
  readonly max: Reduced;
  readonly min: Reduced;
}

// jax 0.10.2: y, pullback = jax.vjp(lambda x: lax.reduce_window(x, -inf, lax.max, (window,), (1,), [padding]), x),
//   pullback(1, 2, 3, ...), and the same for inf, lax.min.
const SPECIAL: readonly Special[] = [
  {
    x: [NaN],
    window: 2,
    padding: [0, 1],
    max: { out: [NaN], dx: [0] },
    min: { out: [NaN], dx: [0] },
  },
  {
    x: [NaN, 1, 1, NaN, 2, 2, 3],
    window: 3,
    padding: [0, 0],
    max: { out: [NaN, NaN, NaN, NaN, 3], dx: [0, 1, 0, 2, 7, 0, 5] },
    min: { out: [NaN, NaN, NaN, NaN, 2], dx: [0, 1, 0, 2, 12, 0, 0] },
  },
  {
    x: [1, NaN, NaN],
    window: 3,
    padding: [1, 1],
    max: { out: [NaN, NaN, NaN], dx: [0, 1, 2] },
    min: { out: [NaN, NaN, NaN], dx: [0, 1, 2] },
  },
  {
    x: [0, -0, 0],
    window: 3,
    padding: [0, 0],
    max: { out: [0], dx: [1, 0, 0] },
    min: { out: [-0], dx: [1, 0, 0] },
  },
  {
    x: [-Infinity, -Infinity],
    window: 2,
    padding: [1, 1],
    max: { out: [-Infinity, -Infinity, -Infinity], dx: [2, 3] },
    min: { out: [-Infinity, -Infinity, -Infinity], dx: [3, 3] },
  },
  {
    x: [Infinity, Infinity],
    window: 2,
    padding: [1, 1],
    max: { out: [Infinity, Infinity, Infinity], dx: [3, 3] },
    min: { out: [Infinity, Infinity, Infinity], dx: [2, 3] },
  },
  {
    x: [NaN, -Infinity, Infinity],
    window: 3,
    padding: [1, 2],
    max: { out: [NaN, NaN, Infinity, Infinity], dx: [0, 1, 9] },
    min: { out: [NaN, NaN, -Infinity, Infinity], dx: [0, 6, 4] },
  },
];

for (const operator of ["max", "min"] as const) {
  for (const special of SPECIAL) {
    const { x, window, padding } = special;
    test(`reduceWindow([${x.map((v) => (Object.is(v, -0) ? "-0" : v))}], ${operator}) picks as XLA does`, (t) => {
      const [y, pullback] = vjp(
        (x: Tensor) => reduceWindow(x, operator, { windowShape: [window], padding: [padding] }),
        new NDArray(Float32Array.from(x), [1, x.length, 1]),
      );
      t.deepEqual([...(concrete(y).data as Float32Array)], [...special[operator].out]);
      const [dx] = pullback(counting(y.shape));
      closeTo(t, concrete(dx), special[operator].dx, EXACT);
    });
  }
}

test("reduceWindow(x, add) rounds 16-bit sums once", (t) => {
  // jax 0.10.2: x = (1 + jnp.arange(14) % 7 / e).reshape(1, 7, 2).astype(dt), lax.reduce_window(
  //   x.astype("float32"), 0, lax.add, (1, 4, 1), (1, 1, 1), "VALID").astype(dt). Without the casts
  //   JAX rounds each partial sum, which differs in one element of each.
  const run = (dtype: "float16" | "bfloat16", e: number): Tensor => {
    const x = Array.from({ length: 14 }, (_, i) => 1 + (i % 7) / e);
    return reduceWindow(reshape(array(x, dtype), [1, 7, 2]), "add", { windowShape: [4] });
  };
  const half = run("float16", 1024);
  t.is(half.dtype, "float16");
  closeTo(
    t,
    concrete(half),
    [4.01171875, 4.0078125, 4.01171875, 4.0078125, 4.015625, 4.01171875, 4.015625, 4.01171875],
    EXACT,
  );
  const brain = run("bfloat16", 128);
  t.is(brain.dtype, "bfloat16");
  closeTo(
    t,
    concrete(brain),
    [4.09375, 4.0625, 4.09375, 4.0625, 4.125, 4.09375, 4.125, 4.09375],
    EXACT,
  );
});

test("reduceWindow(x, operator) accepts strided views", (t) => {
  const x = sequence([2, 3, 4, 2]);
  const view = transpose(x, [0, 2, 1, 3]).step(1, -2);
  for (const operator of OPERATORS) {
    t.deepEqual(
      concrete(reduceWindow(view, operator, { windowShape: [2, 3] })).toArray(),
      concrete(reduceWindow(array(view.toArray()), operator, { windowShape: [2, 3] })).toArray(),
    );
  }
});

test("reduceWindow(x, operator) of nothing is empty or the padding value", (t) => {
  // jax 0.10.2 gives these shapes.
  const shapes: [number[], ReduceWindowOptions, number[]][] = [
    [[0, 5, 2], { windowShape: [2] }, [0, 4, 2]],
    [[1, 5, 0], { windowShape: [2] }, [1, 4, 0]],
    [[1, 5, 2], { windowShape: [7], strides: [2] }, [1, 0, 2]],
    [[1, 5, 2], { windowShape: [2], padding: [[-4, -4]] }, [1, 0, 2]],
    [[1, 0, 2], { windowShape: [2], padding: "SAME" }, [1, 0, 2]],
    [[1, 0, 2], { windowShape: [2], padding: [[1, 1]] }, [1, 1, 2]],
    [[3, 2], { windowShape: [] }, [3, 2]],
  ];
  for (const [shape, options, expected] of shapes) {
    for (const operator of OPERATORS) {
      const [y, pullback] = vjp((x: Tensor) => reduceWindow(x, operator, options), sequence(shape));
      t.deepEqual([...y.shape], expected);
      t.deepEqual([...pullback(counting(expected))[0].shape], shape);
    }
  }
  const padded = { windowShape: [2], padding: [[1, 1]] } as const;
  t.deepEqual(concrete(reduceWindow(zeros([1, 0, 1]), "add", padded)).toArray(), [[[0]]]);
  t.deepEqual(concrete(reduceWindow(zeros([1, 0, 1]), "max", padded)).toArray(), [[[-Infinity]]]);
  t.deepEqual(concrete(reduceWindow(zeros([1, 0, 1]), "min", padded)).toArray(), [[[Infinity]]]);
});

const configurations = fc.record({
  batch: fc.integer({ min: 0, max: 2 }),
  features: fc.integer({ min: 1, max: 3 }),
  axes: fc.array(
    fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      window: fc.integer({ min: 1, max: 4 }),
      stride: fc.integer({ min: 1, max: 3 }),
      low: fc.integer({ min: -1, max: 2 }),
      high: fc.integer({ min: 0, max: 3 }),
    }),
    { maxLength: 3 },
  ),
  wide: fc.boolean(),
});

/** All index vectors below `shape`, in row-major order. */
function indices(shape: readonly number[]): number[][] {
  return shape.reduce<number[][]>(
    (all, n) => all.flatMap((index) => Array.from({ length: n }, (_, i) => [...index, i])),
    [[]],
  );
}

test("reduceWindow(x, operator) and its gradient equal the definition", (t) => {
  fc.assert(
    fc.property(
      configurations,
      fc.infiniteStream(fc.integer({ min: -9, max: 9 })),
      (config, values) => {
        const { batch, features, axes } = config;
        const draw = (shape: readonly number[]): Floats => {
          const length = sizeOf(shape);
          const zeros = config.wide ? new Float64Array(length) : new Float32Array(length);
          return zeros.map(() => values.next().value as number) as Floats;
        };
        const sizes = axes.map((axis) => axis.size);
        const counts = axes.map(({ size, window, stride, low, high }) =>
          Math.max(Math.floor((size + low + high - window) / stride) + 1, 0),
        );
        const shape = [batch, ...sizes, features];
        const outShape = [batch, ...counts, features];
        const x = draw(shape);
        const ct = draw(outShape);
        const taps = indices(axes.map((axis) => axis.window));
        return OPERATORS.every((operator) => {
          const out: number[] = [];
          const dx = new Float64Array(x.length);
          for (let n = 0; n < batch; n++) {
            for (const position of indices(counts)) {
              for (let c = 0; c < features; c++) {
                // Element numbers in window order, -1 in the padding.
                const elements = taps.map((tap) => {
                  let at = n;
                  for (const [d, { size, stride, low }] of axes.entries()) {
                    const place = position[d] * stride + tap[d] - low;
                    if (place < 0 || place >= size) return -1;
                    at = at * size + place;
                  }
                  return at * features + c;
                });
                const g = ct[out.length];
                if (operator === "add") {
                  out.push(elements.reduce((total, at) => total + (at < 0 ? 0 : x[at]), 0));
                  for (const at of elements) if (at >= 0) dx[at] += g;
                } else {
                  const sign = operator === "max" ? 1 : -1;
                  const ranks = elements.map((at) => (at < 0 ? -Infinity : sign * x[at]));
                  const best = Math.max(...ranks);
                  out.push(sign * best);
                  const first = elements[ranks.indexOf(best)];
                  if (first >= 0) dx[first] += g;
                }
              }
            }
          }
          const [y, pullback] = vjp(
            (x: Tensor) =>
              reduceWindow(x, operator, {
                windowShape: axes.map((axis) => axis.window),
                strides: axes.map((axis) => axis.stride),
                padding: axes.map((axis) => [axis.low, axis.high]),
              }),
            new NDArray(x, shape),
          );
          const [gx] = pullback(new NDArray(ct, outShape));
          return (
            y.shape.join() === outShape.join() &&
            out.every((v, i) => v === (concrete(y).data as Floats)[i]) &&
            dx.every((v, i) => v === (concrete(gx).data as Floats)[i])
          );
        });
      },
    ),
    { seed: 21, numRuns: 300 },
  );
  t.pass();
});

type Floats = Float32Array | Float64Array;

/** Float64 numbers without structure, no two of them near each other. */
function noise(shape: readonly number[], seed: number): NDArray {
  const data = Float64Array.from({ length: sizeOf(shape) }, (_, i) => Math.sin(12.9898 * i + seed));
  return new NDArray(data, shape);
}

/** `(f(x + h e) - f(x - h e)) / 2h` for each element. */
function centralDifferences(f: (x: NDArray) => Tensor, x: NDArray): Float64Array {
  const h = 1e-5;
  return Float64Array.from({ length: x.size }, (_, i) => {
    const at = (step: number): number => {
      const moved = Float64Array.from(x.data as Float64Array);
      moved[i] += step;
      return Number(concrete(f(new NDArray(moved, x.shape))).item());
    };
    return (at(h) - at(-h)) / (2 * h);
  });
}

for (const operator of OPERATORS) {
  const options = { windowShape: [2, 3], strides: [1, 2], padding: "SAME" } as const;
  const energy = (x: Tensor): Tensor => {
    const y = reduceWindow(multiply(x, x), operator, options);
    return sum(multiply(square(y), add(y, 2)));
  };
  const x = noise([2, 4, 5, 2], 1);

  test(`grad(reduceWindow(x, ${operator})) matches central differences`, (t) => {
    closeTo(t, grad(energy)(x), centralDifferences(energy, x), { rtol: 1e-7, atol: 1e-7 });
  });

  test(`grad(grad(reduceWindow(x, ${operator}))) matches central differences`, (t) => {
    const weights = noise(x.shape, 2);
    const slope = (x: Tensor): Tensor => sum(multiply(square(grad(energy)(x)), weights));
    const second = grad(slope)(x);
    closeTo(t, second, centralDifferences(slope, x), { rtol: 1e-6, atol: 1e-5 });
    const bend = (x: Tensor): Tensor => sum(multiply(grad(slope)(x), weights));
    closeTo(t, grad(bend)(x), centralDifferences(bend, x), { rtol: 1e-5, atol: 1e-4 });
  });
}

test("reduceWindow(x, max) has the second derivative of jax.jacrev(jax.grad)", (t) => {
  // jax 0.10.2: g = jax.grad(lambda x: jnp.sum(lax.reduce_window(x * x * x, -jnp.inf, lax.max, (2,), (1,), "VALID")));
  //   jax.jacrev(g)([1., 3., 2., 5.]) is diagonal: 0, 36, 0, 30.
  const g = grad((x: Tensor) =>
    sum(reduceWindow(multiply(x, multiply(x, x)), "max", { windowShape: [2] })),
  );
  const x = reshape(array([1, 3, 2, 5]), [1, 4, 1]);
  closeTo(t, grad((x: Tensor) => sum(g(x)))(x), [0, 36, 0, 30], EXACT);
});

const refused = test.macro({
  exec(
    t,
    x: readonly number[],
    operator: string,
    options: object,
    instanceOf: typeof TypeError | typeof RangeError,
    rest: string,
  ) {
    const run = (): unknown =>
      reduceWindow(zeros(x), operator as WindowOperator, options as ReduceWindowOptions);
    t.throws(run, { instanceOf, message: `reduceWindow: ${rest}` });
  },
  title: (_, x: readonly number[], operator: string, options: object) =>
    `reduceWindow([${x}], ${operator}, ${JSON.stringify(options)}) is refused`,
});
const X = [1, 5, 5, 2];
const PADDING_RULE =
  'padding must be "SAME", "VALID", "SAME_LOWER" or a list of [low, high] pairs of integers';
test(
  refused,
  [5],
  "max",
  { windowShape: [] },
  RangeError,
  "x must have shape [n, ...spatial, features], got shape [5].",
);
test(
  refused,
  X,
  "mul",
  { windowShape: [2, 2] },
  RangeError,
  'operator must be "add", "max" or "min", got "mul".',
);
test(refused, X, "max", {}, TypeError, "windowShape must be an array of integers, got undefined.");
test(
  refused,
  X,
  "max",
  { windowShape: [2] },
  RangeError,
  "windowShape must have one element for each spatial axis (2), got [2].",
);
test(
  refused,
  X,
  "max",
  { windowShape: [0, 2] },
  RangeError,
  "windowShape must hold positive integers, got [0, 2].",
);
test(
  refused,
  X,
  "max",
  { windowShape: [2, 2], strides: [1, 0] },
  RangeError,
  "strides must hold positive integers, got [1, 0].",
);
test(
  refused,
  X,
  "max",
  { windowShape: [2, 2], strides: [1, 2.5] },
  RangeError,
  "strides must hold positive integers, got [1, 2.5].",
);
test(
  refused,
  X,
  "max",
  { windowShape: [2, 2], strides: [2] },
  RangeError,
  "strides must have one element for each spatial axis (2), got [2].",
);
test(
  refused,
  X,
  "max",
  { windowShape: [2, 2], padding: "CIRCULAR" },
  RangeError,
  `${PADDING_RULE}, got "CIRCULAR".`,
);
test(refused, X, "max", { windowShape: [2, 2], padding: 0 }, TypeError, `${PADDING_RULE}, got 0.`);
test(
  refused,
  X,
  "max",
  { windowShape: [2, 2], padding: [[1, 1]] },
  RangeError,
  "padding must have one [low, high] pair for each spatial axis (2), got [[1, 1]].",
);
test(
  refused,
  X,
  "max",
  {
    windowShape: [2, 2],
    padding: [
      [1, 1],
      [1, NaN],
    ],
  },
  RangeError,
  `${PADDING_RULE}, got [[1, 1], [1, NaN]].`,
);

test("reduceWindow(x, operator) refuses dtypes that are not floating", (t) => {
  t.throws(() => reduceWindow(zeros([1, 4, 1], "int32"), "max", { windowShape: [2] }), {
    instanceOf: TypeError,
    message:
      "reduceWindow: x must be of dtype float16, bfloat16, float32 or float64, got int32[1, 4, 1].",
  });
  t.throws(() => reduceWindow(null as never, "max", { windowShape: [2] }), {
    instanceOf: TypeError,
    message: "reduceWindow: x must be a tensor, nested arrays or a number, got null.",
  });
});
