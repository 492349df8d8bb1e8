import test from "ava";
import { bitEqual } from "@flaxen/testing";
import type { NDArray } from "@flaxen/ndarray";
import { key, normal } from "@flaxen/rng";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import * as ops from "@flaxen/autodiff";
import { convGeneralDilated, grad, jit, matmul, setThreads, sum, threads } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

// The threads are shared by the whole process, so the tests take turns.
const serial = test.serial;

function drawn(shape: readonly number[], seed: number, dtype: "float32" | "float64"): NDArray {
  return normal(key(seed), shape, { dtype }) as NDArray;
}

interface Case {
  readonly name: string;
  readonly f: (...inputs: Tensor[]) => Tensor | Tensor[];
  readonly shapes: readonly (readonly number[])[];
}

const convolution = (
  x: Tensor,
  kernel: Tensor,
  options: Parameters<typeof convGeneralDilated>[2],
): Tensor[] =>
  grad(([a, b]: [Tensor, Tensor]) => {
    const y = convGeneralDilated(a, b, options);
    return sum(ops.multiply(y, ops.sin(y)));
  })([x, kernel]) as Tensor[];

const CASES: readonly Case[] = [
  {
    name: "matmul",
    f: matmul,
    shapes: [
      [301, 203],
      [203, 259],
    ],
  },
  {
    name: "matmul of transposed matrices",
    f: (a, b) => matmul(ops.transpose(a), ops.transpose(b)),
    shapes: [
      [203, 301],
      [259, 203],
    ],
  },
  {
    name: "matmul of few rows",
    f: matmul,
    shapes: [
      [37, 301],
      [301, 1003],
    ],
  },
  {
    name: "matmul of few rows with a transposed matrix",
    f: (a, b) => matmul(a, ops.transpose(b)),
    shapes: [
      [37, 301],
      [1003, 301],
    ],
  },
  {
    name: "matmul of a stack",
    f: matmul,
    shapes: [
      [7, 129, 100],
      [7, 100, 65],
    ],
  },
  { name: "matmul with a vector", f: matmul, shapes: [[2100, 1100], [1100]] },
  {
    name: "gradients of a convolution",
    f: (x, k) => convolution(x, k, { padding: "SAME" }),
    shapes: [
      [19, 14, 15, 16],
      [3, 3, 16, 40],
    ],
  },
  {
    name: "gradients of a strided, grouped convolution",
    f: (x, k) =>
      convolution(x, k, {
        strides: [2, 1],
        padding: [
          [1, 2],
          [0, 1],
        ],
        featureGroupCount: 2,
      }),
    shapes: [
      [33, 15, 16, 16],
      [3, 2, 8, 24],
    ],
  },
  {
    name: "gradients of maxima of windows",
    f: (x) =>
      grad((y: Tensor) => {
        const z = ops.reduceWindow(y, "max", { windowShape: [3, 2], strides: [2, 2] });
        return sum(ops.multiply(z, z));
      })(x),
    shapes: [[33, 31, 32, 24]],
  },
  {
    name: "gradients of sums of windows",
    f: (x) =>
      grad((y: Tensor) => {
        const z = ops.reduceWindow(y, "add", { windowShape: [3, 3], padding: "SAME" });
        return sum(ops.multiply(z, z));
      })(x),
    shapes: [[18, 31, 32, 24]],
  },
  {
    name: "gradients of a 1-d convolution",
    f: (x, k) => convolution(x, k, { padding: "VALID", rhsDilation: [2] }),
    shapes: [
      [9, 400, 24],
      [5, 24, 48],
    ],
  },
];

serial("results have the same bits for every number of threads", async (t) => {
  t.timeout(120_000);
  const prepared = CASES.flatMap(({ f, shapes }) =>
    (["float32", "float64"] as const).map((dtype) => {
      const inputs = shapes.map((shape, i) => drawn(shape, i, dtype));
      return { inputs, eager: f, compiled: jit(f) };
    }),
  );
  const expected = prepared.map(({ inputs, compiled }) => [compiled(...inputs)].flat());
  for (const n of [2, 3, 1]) {
    await setThreads(n);
    t.is(threads(), n);
    for (const [i, { inputs, eager, compiled }] of prepared.entries()) {
      for (const f of [eager, compiled]) {
        [f(...inputs)].flat().forEach((y, k) => bitEqual(t, y, expected[i][k]));
      }
    }
  }
});

serial("threads and plain JavaScript agree", async (t) => {
  const [a, b] = [drawn([150, 130], 1, "float32"), drawn([130, 170], 2, "float32")];
  await setThreads(2);
  const product = matmul(a, b);
  setWasmEnabled(false);
  try {
    bitEqual(t, matmul(a, b), product);
  } finally {
    setWasmEnabled(true);
    await setThreads(1);
  }
});

serial("the scratch memory is shared while there are threads, and free afterwards", async (t) => {
  await setThreads(2);
  t.true(scratch()?.memory.buffer instanceof SharedArrayBuffer);
  const before = scratch()?.available;
  matmul(drawn([200, 200], 1, "float32"), drawn([200, 200], 2, "float32"));
  t.is(scratch()?.available, before);
  await setThreads(1);
  t.true(scratch()?.memory.buffer instanceof ArrayBuffer);
});

serial("changes of the number of threads wait for each other", async (t) => {
  const changes = [setThreads(3), setThreads(2), setThreads(1), setThreads(2)];
  await Promise.all(changes);
  t.is(threads(), 2);
  await setThreads(1);
  t.is(threads(), 1);
});

serial("setThreads(n) refuses what is no number of threads", async (t) => {
  for (const [n, got] of [
    [0, "0"],
    [17, "17"],
    [1.5, "1.5"],
    ["2", '"2"'],
  ] as const) {
    await t.throwsAsync(setThreads(n as never), {
      instanceOf: RangeError,
      message: `setThreads: n must be an integer in [1, 16], got ${got}.`,
    });
  }
  t.is(threads(), 1);
});
