import test from "ava";
import fc from "fast-check";
import { bitEqual } from "@flaxen/testing";
import { convGeneralDilated, grad, jit, square, sum, vjp } from "@flaxen/autodiff";
import type { ConvOptions, Tensor } from "@flaxen/autodiff";
import { NDArray } from "@flaxen/ndarray";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import { checkKernels } from "./check-kernels.ts";

type Floats = Float32Array | Float64Array;

function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, n) => product * n, 1);
}

interface Axis {
  readonly size: number;
  readonly taps: number;
  readonly stride: number;
  readonly low: number;
  readonly high: number;
  readonly lhs: number;
  readonly rhs: number;
}

interface Configuration {
  readonly batch: number;
  readonly groups: number;
  readonly inWidth: number;
  readonly outWidth: number;
  readonly axes: readonly Axis[];
  readonly wide: boolean;
  readonly special: number;
  readonly seed: number;
}

function axis(size: number): fc.Arbitrary<Axis> {
  return fc.record({
    size: fc.integer({ min: 0, max: size }),
    taps: fc.integer({ min: 1, max: 4 }),
    stride: fc.constantFrom(1, 1, 2, 3),
    low: fc.integer({ min: -1, max: 3 }),
    high: fc.integer({ min: 0, max: 3 }),
    lhs: fc.constantFrom(1, 1, 1, 2, 3, 4),
    rhs: fc.constantFrom(1, 1, 1, 2, 3),
  });
}

const configurations: fc.Arbitrary<Configuration> = fc
  .record({
    batch: fc.integer({ min: 0, max: 5 }),
    groups: fc.constantFrom(1, 1, 1, 2, 3, 8),
    inWidth: fc.constantFrom(1, 1, 2, 3, 4, 9, 33),
    outWidth: fc.constantFrom(1, 2, 3, 4, 5, 7, 8, 10, 12, 17),
    axes: fc.oneof(
      fc.tuple(),
      fc.tuple(axis(40)),
      fc.tuple(axis(12), axis(12)),
      fc.tuple(axis(4), axis(5), axis(6)),
    ),
    wide: fc.boolean(),
    // Number of elements of each operand that are not finite.
    special: fc.constantFrom(0, 0, 0, 1, 3),
    seed: fc.integer({ min: 1, max: 1000 }),
  })
  .map((config) => ({
    ...config,
    axes: config.axes.map((one) => (one.size === 0 ? { ...one, low: Math.abs(one.low) } : one)),
  }));

/** Numbers whose sums depend on their order. */
function noise(shape: readonly number[], seed: number, wide: boolean, special: number): NDArray {
  const length = sizeOf(shape);
  const data: Floats = wide ? new Float64Array(length) : new Float32Array(length);
  for (let i = 0; i < length; i++) data[i] = Math.sin(12.9898 * i + seed) * (1 + (i % 7) * 1e-3);
  for (let i = 0; i < special && length > 0; i++) {
    data[(seed * (7 * i + 3)) % length] = [NaN, Infinity, -Infinity][i];
  }
  return new NDArray(data, shape);
}

/** The convolution and its two gradients. */
function all(x: Tensor, kernel: Tensor, options: ConvOptions, seed: number): Tensor[] {
  const [y, pullback] = vjp((x: Tensor, k: Tensor) => convGeneralDilated(x, k, options), x, kernel);
  const [gx, gk] = pullback(noise(y.shape, seed, y.dtype === "float64", 0));
  return [y, gx, gk];
}

function plain<T>(f: () => T): T {
  setWasmEnabled(false);
  try {
    return f();
  } finally {
    setWasmEnabled(true);
  }
}

test("convGeneralDilated(x, kernel) and its gradients have kernels with the bits of the plain loops", (t) => {
  const ran = new Set<string>();
  fc.assert(
    fc.property(configurations, ({ batch, groups, inWidth, outWidth, axes, ...rest }) => {
      const { wide, special, seed } = rest;
      const xShape = [batch, ...axes.map(({ size }) => size), groups * inWidth];
      const kernelShape = [...axes.map(({ taps }) => taps), inWidth, groups * outWidth];
      const options = {
        strides: axes.map(({ stride }) => stride),
        padding: axes.map(({ low, high }): [number, number] => [low, high]),
        lhsDilation: axes.map(({ lhs }) => lhs),
        rhsDilation: axes.map(({ rhs }) => rhs),
        featureGroupCount: groups,
      };
      const before = scratch()?.available;
      const kernels = checkKernels(
        t,
        (x: Tensor, kernel: Tensor) => all(x, kernel, options, seed + 2),
        noise(xShape, seed, wide, special),
        noise(kernelShape, seed + 1, wide, special),
      );
      for (const name of kernels) ran.add(name);
      return scratch()?.available === before;
    }),
    { seed: 5, numRuns: 400 },
  );
  t.deepEqual([...ran].toSorted(), [
    "convGeneralDilated",
    "convGeneralDilated (gradient of kernel)",
    "convGeneralDilated (gradient of x)",
  ]);
});

test("jit(f) of convolutions and their gradients gives the bits of f", (t) => {
  const x = noise([3, 9, 8, 5], 1, false, 0);
  const kernel = noise([3, 3, 5, 11], 2, false, 0);
  const f = grad(
    (x: Tensor, kernel: Tensor) =>
      sum(square(convGeneralDilated(x, kernel, { padding: "SAME", strides: [1, 2] }))),
    { argnums: [0, 1] },
  );
  const [gx, gk] = jit(f)(x, kernel);
  const [wantedX, wantedK] = f(x, kernel);
  bitEqual(t, gx, wantedX);
  bitEqual(t, gk, wantedK);
});

const large = test.macro({
  exec(
    t,
    x: readonly number[],
    kernel: readonly number[],
    options: ConvOptions = { padding: "SAME" },
  ) {
    const arrays = [noise(x, 1, false, 0), noise(kernel, 2, false, 0)] as const;
    const fast = all(...arrays, options, 3);
    const slow = plain(() => all(...arrays, options, 3));
    for (const [i, array] of fast.entries()) bitEqual(t, array, slow[i]);
  },
  title: (_, x: readonly number[], kernel: readonly number[], options?: ConvOptions) =>
    `convGeneralDilated([${x}], [${kernel}], ${JSON.stringify(options ?? {})}) and its gradients have the bits of the plain loops`,
});
// Several passes of images, several panels of taps and pixels, several blocks of one image.
test(large, [13, 12, 11, 3], [3, 3, 3, 20]);
test(large, [2, 20, 20, 70], [3, 3, 70, 20]);
test(large, [3, 5, 6, 130], [5, 5, 130, 33]);
test(large, [1, 50, 45, 5], [3, 3, 5, 10]);
test(large, [2, 3000, 3], [5, 3, 9], { padding: "SAME", strides: [1] });
test(large, [2, 700, 400], [1, 400, 9]);
test(large, [3, 40, 40, 8], [3, 3, 1, 8], { padding: "SAME", featureGroupCount: 8 });
test(large, [3, 40, 40, 8], [3, 3, 1, 16], { padding: "VALID", featureGroupCount: 8 });
test(large, [2, 9, 9, 9, 8], [3, 3, 3, 8, 12], { padding: "SAME", strides: [2, 1, 2] });
test(large, [3, 20, 21, 16], [4, 4, 16, 10], {
  padding: [
    [2, 2],
    [2, 2],
  ],
  lhsDilation: [2, 2],
});
