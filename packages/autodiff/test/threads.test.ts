import test from "ava";
import { bitEqual } from "@flaxen/testing";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import * as ops from "@flaxen/autodiff";
import { convGeneralDilated, grad, jit, matmul, setThreads, sum, threads } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { CHAIN_CASES, drawn } from "./chain-cases.ts";
import type { ChainCase } from "./chain-cases.ts";

// The threads are shared by the whole process, so the tests take turns.
const serial = test.serial;

const DTYPES = ["float32", "float64"] as const;

type Case = Pick<ChainCase, "name" | "f" | "shapes">;

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
  {
    name: "gradients of a convolution of one feature and large images",
    f: (x, k) => convolution(x, k, { padding: "SAME" }),
    shapes: [
      [7, 45, 47, 1],
      [3, 3, 1, 35],
    ],
  },
  {
    name: "gradients of a dilated convolution",
    f: (x, k) => convolution(x, k, { padding: [[2, 1]], lhsDilation: [2] }),
    shapes: [
      [21, 200, 9],
      [5, 9, 31],
    ],
  },
  {
    name: "gradients of a convolution with a large kernel",
    f: (x, k) => convolution(x, k, { padding: "VALID" }),
    shapes: [
      [41, 7, 7, 130],
      [5, 5, 130, 97],
    ],
  },
];

/** What loops do, on enough elements to be spread. */
const LOOP_CASES: readonly Case[] = [
  {
    name: "element-wise operations of an odd number of elements",
    f: (x, y) => [ops.add(ops.tanh(x), y), ops.greater(x, y), ops.multiply(y, 3)],
    shapes: [[700_001], [700_001]],
  },
  {
    name: "element-wise operations with broadcast operands",
    f: (x, row, column) => ops.relu(ops.add(ops.multiply(x, row), column)),
    shapes: [[1031, 613], [613], [1031, 1]],
  },
  {
    name: "element-wise operations whose operands are broadcast in the middle",
    f: (x, y) => ops.where(ops.greater(x, y), ops.exp(x), y),
    shapes: [
      [17, 203, 211],
      [17, 1, 211],
    ],
  },
  {
    name: "sums of rows, and what they are of",
    f: (x) => {
      const y = ops.square(x);
      return [y, sum(y, { axis: 1 }), ops.max(y, { axis: 1 })];
    },
    shapes: [[1031, 613]],
  },
  {
    name: "sums of columns, and what they are of",
    f: (x) => {
      const y = ops.square(x);
      return [y, sum(y, { axis: 0 }), ops.max(y, { axis: 0 })];
    },
    shapes: [[10_007, 61]],
  },
  {
    name: "sums of rows and of columns",
    f: (x) => {
      const y = ops.square(x);
      return [sum(y, { axis: 0 }), sum(y, { axis: 1 }), sum(y)];
    },
    shapes: [[1031, 613]],
  },
  {
    name: "sums over outer and inner axes",
    f: (x) => [sum(ops.exp(x), { axis: [0, 2] }), ops.min(ops.exp(x), { axis: [0, 2] })],
    shapes: [[31, 65, 311]],
  },
];

serial("results have the same bits for every number of threads", async (t) => {
  t.timeout(300_000);
  const eager = CASES.flatMap(({ f, shapes }) =>
    DTYPES.map((dtype) => ({ run: f, inputs: shapes.map((shape, i) => drawn(shape, i, dtype)) })),
  );
  const compiled = [...CASES, ...LOOP_CASES, ...CHAIN_CASES].flatMap(({ f, shapes }, i) => {
    const inputs = shapes.map((shape, k) => drawn(shape, k, DTYPES[i % 2]));
    const run = jit(f);
    // The first time other threads may come too late, as they have to compile.
    return [1, 2].map(() => ({ run, inputs }));
  });
  const calls = [...eager, ...compiled];
  const expected = calls.map(({ run, inputs }) => [run(...inputs)].flat());
  for (const n of [2, 3, 1]) {
    await setThreads(n);
    t.is(threads(), n);
    for (const [i, { run, inputs }] of calls.entries()) {
      [run(...inputs)].flat().forEach((y, k) => bitEqual(t, y, expected[i][k]));
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
