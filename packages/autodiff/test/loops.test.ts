import test from "ava";
import fc from "fast-check";
import { bitEqual } from "@flaxen/testing";
import { allocate } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { NDArray } from "@flaxen/ndarray";
import { scratch, setWasmEnabled } from "@flaxen/wasm";
import type { Scratch } from "@flaxen/wasm";
import type * as Autodiff from "@flaxen/autodiff";
import type { Primitive, Tensor, Trace } from "@flaxen/autodiff";

interface Loops {
  canLoop(primitive: Primitive<unknown>, inputs: readonly DType[], out: DType): boolean;
  canReduce(kind: string, shape: readonly number[], axes: readonly number[], dtype: DType): boolean;
  compileLoops(groups: readonly Group[]): readonly ((...addresses: number[]) => void)[] | undefined;
}

/** A module of the package; Node's bundle of it, which has modules of its own, knows nothing of this one. */
function module(path: string): Promise<unknown> {
  return import(new URL(`../../dist/${path}`, import.meta.url).href);
}

const ops = (await module("index.js")) as typeof Autodiff;
const { canLoop, canReduce, compileLoops } = (await module("loops/compile-loops.js")) as Loops;

const SEED = 20260801;
const DTYPES = ["float32", "float64", "int32", "uint32", "bool"] as const;
const SPECIAL = [0, -0, 1, -1, NaN, Infinity, -Infinity, 1e-40, -1e-40, 3e38, 0.5, 2.5, -1.5];

/** Values in which the special ones are common. */
function values(shape: readonly number[], dtype: DType, seed: number): NDArray {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = allocate(dtype, size) as Float64Array;
  let state = seed >>> 0;
  for (let i = 0; i < size; i++) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    const pick = state >>> 16;
    const floating = dtype === "float32" || dtype === "float64";
    if (dtype === "bool") data[i] = pick & 1;
    else if (!floating) data[i] = pick % 3 === 0 ? state : pick % 16;
    else data[i] = pick % 7 === 0 ? SPECIAL[pick % SPECIAL.length] : (state / 2 ** 32) * 12 - 6;
  }
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

/** The result in plain JavaScript. */
function plain<T>(f: () => T): T {
  setWasmEnabled(false);
  try {
    return f();
  } finally {
    setWasmEnabled(true);
  }
}

/** Runs often enough that the loop is compiled, and compares the last result. */
function sameAsPlain(t: Parameters<typeof bitEqual>[0], f: () => Tensor, size: number): void {
  const expected = plain(f);
  let actual = f();
  for (let seen = size; seen < 40000; seen += size) actual = f();
  bitEqual(t, actual, expected);
}

/** Shapes of operands and the axes that are broadcast; sizes from which kernels run. */
const LAYOUTS: readonly (readonly (readonly number[])[])[] = [
  [[4099], [4099]],
  [[4096], []],
  [[], [4098]],
  [[61, 67], [67]],
  [
    [61, 67],
    [61, 1],
  ],
  [[64, 64], [64]],
  [
    [9, 1, 131],
    [7, 1],
  ],
  [
    [5, 7, 120],
    [5, 1, 120],
  ],
  [[2049, 1], [3]],
  [[1365, 3], [3]],
];

const BINARY = [
  "add",
  "subtract",
  "multiply",
  "divide",
  "maximum",
  "minimum",
  "equal",
  "notEqual",
  "less",
  "lessEqual",
  "greater",
  "greaterEqual",
  "logicalAnd",
  "logicalOr",
  "logicalXor",
] as const;

for (const dtype of DTYPES) {
  for (const name of BINARY) {
    if (dtype === "bool" && name === "subtract") continue;
    test(`${name}(x, y) of ${dtype} has the bits of plain loops`, (t) => {
      for (const [a, b] of LAYOUTS) {
        const x = values(a, dtype, 1);
        const y = values(b, dtype, 2);
        sameAsPlain(t, () => ops[name](x, y), 4096);
      }
    });
  }

  test(`where(condition, x, y) of ${dtype} has the bits of plain loops`, (t) => {
    for (const [a, b] of LAYOUTS) {
      const x = values(a, dtype, 1);
      const y = values(b, dtype, 2);
      for (const shape of [a, b]) {
        const condition = values(shape, "bool", 3);
        sameAsPlain(t, () => ops.where(condition, x, y), 4096);
      }
    }
  });

  test(`astype(x, dtype) of ${dtype} has the bits of plain loops`, (t) => {
    const x = values([4099], dtype, 4);
    for (const to of DTYPES) sameAsPlain(t, () => ops.astype(x, to), 4099);
  });
}

const UNARY = [
  "abs",
  "negative",
  "sign",
  "square",
  "sqrt",
  "rsqrt",
  "reciprocal",
  "relu",
  "floor",
  "ceil",
  "round",
  "isnan",
  "isfinite",
  "logicalNot",
  "exp",
  "expm1",
  "log",
  "log1p",
  "tanh",
  "erf",
  "sigmoid",
  "softplus",
  "silu",
  "gelu",
] as const;

for (const dtype of DTYPES) {
  for (const name of UNARY) {
    if (dtype === "bool" && (name === "negative" || name === "sign")) continue;
    test(`${name}(x) of ${dtype} has the bits of plain loops`, (t) => {
      for (const n of [4096, 4097, 4098, 4099]) {
        const x = values([n], dtype, n);
        sameAsPlain(t, () => ops[name](x), n);
      }
    });
  }

  test(`power(x, n) of ${dtype} for whole n has the bits of plain loops`, (t) => {
    const x = values([4099], dtype, 5);
    for (const n of [0, 1, 2, 3, 7, 10]) sameAsPlain(t, () => ops.power(x, n), 4099);
  });
}

for (const name of [
  "exp",
  "expm1",
  "log",
  "log1p",
  "tanh",
  "erf",
  "sigmoid",
  "softplus",
] as const) {
  test(`${name}(x) has the bits of plain loops for float32 of every size`, (t) => {
    const words = Uint32Array.from({ length: 2 ** 17 }, (_, i) => i * 32749 + (i >>> 3));
    const x = new NDArray(new Float32Array(words.buffer), [words.length]);
    sameAsPlain(t, () => ops[name](x), words.length);
  });
}

test("power(x, y) of float32 has the bits of plain loops", (t) => {
  for (const [a, b] of LAYOUTS) {
    const x = values(a, "float32", 1);
    const y = ops.round(values(b, "float32", 2));
    for (const exponent of [y, ops.divide(y, 3)]) {
      sameAsPlain(t, () => ops.power(x, exponent), 4096);
      sameAsPlain(t, () => ops.power(exponent, x), 4096);
    }
  }
});

/** Shapes and the axes that are reduced. */
const REDUCED: readonly (readonly [shape: readonly number[], axis: readonly number[]])[] = [
  [[8195], [0]],
  [[131, 67], [0]],
  [[131, 67], [1]],
  [
    [131, 67],
    [0, 1],
  ],
  [
    [128, 64],
    [0, 1],
  ],
  [
    [1024, 8],
    [0, 1],
  ],
  [
    [8, 33, 32],
    [0, 2],
  ],
  [
    [8, 34, 31],
    [0, 2],
  ],
  [[8, 34, 31], [1]],
  [
    [8, 34, 31],
    [0, 1],
  ],
  [
    [8, 34, 31],
    [1, 2],
  ],
  [
    [8, 34, 31],
    [0, 1, 2],
  ],
  [
    [10, 10, 9, 11],
    [0, 2],
  ],
  [
    [10, 10, 9, 11],
    [1, 3],
  ],
  [[4097, 2], [0]],
  [
    [2731, 3],
    [0, 1],
  ],
  [[1400, 6], [1]],
  [[1, 8192, 1], [1]],
  [[1, 8192, 1], [0]],
];

const REDUCTIONS = ["sum", "mean", "max", "min", "any", "all", "variance"] as const;

for (const dtype of DTYPES) {
  for (const name of REDUCTIONS) {
    test(`${name}(x) of ${dtype} has the bits of plain loops`, (t) => {
      for (const [shape, axis] of REDUCED) {
        for (const x of [
          values(shape, dtype, 6),
          plain(() => ops.where(ops.isfinite(values(shape, dtype, 7)), values(shape, dtype, 7), 0)),
        ]) {
          const reduce = (y: Tensor): Tensor => ops[name](y, { axis });
          sameAsPlain(t, () => reduce(x), 8192);
          bitEqual(
            t,
            ops.jit(reduce)(x),
            plain(() => reduce(x)),
          );
        }
      }
    });
  }
}

test("max and min of zeros of both signs take 0 and -0", (t) => {
  for (const [shape, axis] of REDUCED) {
    const zeros = values(shape, "float32", 8);
    for (let i = 0; i < zeros.size; i++) (zeros.data as Float32Array)[i] = i % 11 === 3 ? 0 : -0;
    sameAsPlain(t, () => ops.max(zeros, { axis }), 8192);
    sameAsPlain(t, () => ops.min(zeros, { axis }), 8192);
  }
});

test("reductions of no elements are the identity", (t) => {
  bitEqual(t, ops.sum(values([100, 0], "float32", 1), { axis: 1 }), new Array(100).fill(0));
  bitEqual(t, ops.sum(values([0, 100], "float32", 1), { axis: 0 }), new Array(100).fill(0));
});

/** One application of a random expression: what is applied, and which of the values before it. */
interface Step {
  readonly operation: number;
  readonly operands: readonly [number, number, number];
}

type Make = (x: Tensor, y: Tensor, z: Tensor) => Tensor;

const NODES: readonly Make[] = [
  (x, y) => ops.add(x, y),
  (x, y) => ops.multiply(x, y),
  (x, y) => ops.subtract(ops.astype(x, "float32"), ops.astype(y, "float32")),
  (x, y) => ops.maximum(x, y),
  (x, y) => ops.minimum(x, y),
  (x, y, z) => ops.where(ops.less(x, y), y, z),
  (x) => ops.abs(x),
  (x) => ops.relu(x),
  (x) => ops.astype(x, "float64"),
  (x) => ops.astype(x, "int32"),
  (x, y) => ops.greaterEqual(x, y),
  (x) => ops.sqrt(ops.abs(x)),
  (x, y) => ops.divide(x, y),
  (x) => ops.square(x),
  (x) => ops.tanh(x),
  (x) => ops.exp(x),
];

test("a random expression under jit has the bits of plain evaluation", (t) => {
  const step = fc.record<Step>({
    operation: fc.nat(NODES.length - 1),
    operands: fc.tuple(fc.nat(), fc.nat(), fc.nat()),
  });
  const layout = fc.constantFrom<readonly (readonly number[])[]>(
    [[13], [13], []],
    [[6, 9], [9], [6, 1]],
    [[3, 1, 5], [4, 1], [5]],
    [[1, 1], [1], []],
    [[2, 40], [40], [2, 40]],
    [[5, 3, 16], [16], [5, 1, 1]],
  );
  fc.assert(
    fc.property(
      layout,
      fc.array(step, { minLength: 1, maxLength: 10 }),
      fc.constantFrom(...DTYPES),
      fc.nat(),
      (shapes, steps, dtype, seed) => {
        const inputs = shapes.map((shape, i) =>
          values(shape, i === 1 ? "float32" : dtype, seed + i),
        );
        const f = (...given: Tensor[]): Tensor[] => {
          const all = [...given];
          for (const { operation, operands } of steps) {
            const [x, y, z] = operands.map((i) => all[i % all.length]);
            all.push(NODES[operation](x, y, z));
          }
          const last = all[all.length - 1];
          const results = all.slice(given.length);
          const axis = seed % Math.max(1, last.shape.length);
          const numeric = ops.astype(last, "float32");
          if (last.shape.length > 0) {
            results.push(ops.sum(numeric, { axis }), ops.max(numeric, { axis }));
          }
          results.push(ops.sum(numeric), ops.min(numeric));
          return results;
        };
        const expected = plain(() => f(...inputs));
        const compiled = ops.jit(f as never) as unknown as typeof f;
        for (const actual of [compiled(...inputs), compiled(...inputs)]) {
          for (const [i, x] of actual.entries()) bitEqual(t, x, expected[i]);
        }
      },
    ),
    { seed: SEED, numRuns: 400 },
  );
});

/** What the tests need of the groups of loops that jit compiles, which are no public name. */
interface Group {
  readonly shape: readonly number[];
  readonly inputs: readonly { readonly shape: readonly number[]; readonly dtype: DType }[];
  readonly nodes: readonly GroupNode[];
  readonly outputs: readonly number[];
  readonly reductions: readonly {
    readonly kind: string;
    readonly operand: number;
    readonly axes: readonly number[];
  }[];
}

interface GroupNode {
  readonly primitive: Primitive<unknown>;
  readonly params: unknown;
  readonly operands: readonly number[];
  readonly dtype: DType;
}

/** Records what an operation applies to operands of these dtypes. */
function recorded(operation: (...x: Tensor[]) => Tensor, dtypes: readonly DType[]): GroupNode[] {
  const nodes: GroupNode[] = [];
  const values: Tensor[] = [];
  const trace: Trace = {
    level: 1000,
    transform: "test",
    process(primitive, inputs, params) {
      const out = primitive.abstractEval(inputs, params);
      const operands = inputs.map((x) => values.indexOf(x));
      nodes.push({
        primitive: primitive as Primitive<unknown>,
        params,
        operands,
        dtype: out.dtype,
      });
      const result = new ops.Tracer(trace, primitive.name, out.shape, out.dtype);
      values.push(result);
      return result;
    },
  };
  for (const dtype of dtypes) values.push(new ops.Tracer(trace, "input", [2], dtype));
  operation(...values);
  return nodes;
}

const GROUP_OPERATIONS: readonly ((x: Tensor, y: Tensor, z: Tensor) => Tensor)[] = [
  (x, y) => ops.add(x, y),
  (x, y) => ops.multiply(x, y),
  (x, y) => ops.maximum(x, y),
  (x, y) => ops.less(x, y),
  (x, y, z) => ops.where(x, y, z),
  (x) => ops.astype(x, "float32"),
  (x) => ops.astype(x, "float64"),
  (x) => ops.astype(x, "int32"),
  (x) => ops.astype(x, "bool"),
  (x) => ops.square(x),
  (x) => ops.sqrt(x),
  (x) => ops.tanh(x),
  (x) => ops.relu(x),
];

/** Puts an array into memory. */
function put(memory: Scratch, x: NDArray): number {
  const address = memory.allocate(x.data.byteLength);
  memory.u8.set(new Uint8Array(x.data.buffer, x.data.byteOffset, x.data.byteLength), address);
  return address;
}

/** Reads an array from memory. */
function get(memory: Scratch, address: number, shape: readonly number[], dtype: DType): NDArray {
  const data = allocate(
    dtype,
    shape.reduce((a, b) => a * b, 1),
  );
  new Uint8Array(data.buffer).set(memory.u8.subarray(address, address + data.byteLength));
  return new NDArray<DType>(data, shape, undefined, 0, dtype);
}

test("a random group of loops, results in place of operands, has the bits of its nodes in plain loops", (t) => {
  const memory = scratch();
  if (memory === undefined) throw new Error("the test needs WebAssembly");
  const dimension = fc.constantFrom(0, 1, 1, 2, 3, 4, 5, 7, 8, 9, 16, 19, 33);
  let groups = 0;
  fc.assert(
    fc.property(
      fc.array(dimension, { maxLength: 4 }),
      fc.array(fc.tuple(fc.nat(15), fc.nat(4), fc.constantFrom(...DTYPES)), {
        minLength: 1,
        maxLength: 4,
      }),
      fc.array(fc.tuple(fc.nat(), fc.nat(), fc.nat(), fc.nat()), { maxLength: 8 }),
      fc.array(fc.tuple(fc.constantFrom("sum", "max", "min", "any", "all"), fc.nat(15), fc.nat()), {
        maxLength: 3,
      }),
      fc.nat(),
      (shape, operands, choices, reduced, seed) => {
        const inputs = operands.map(([ones, dropped, dtype], i) => {
          const repeated = shape.map((n, axis) => ((ones >> axis) & 1 ? 1 : n));
          const own = i === 0 ? shape : repeated.slice(Math.min(dropped, shape.length));
          return values(own, dtype, seed + i);
        });
        const nodes: GroupNode[] = [];
        const results: NDArray[] = [...inputs];
        for (const [operation, ...picks] of choices) {
          const positions = picks.map((i) => i % results.length);
          const dtypes = positions.map((i) => results[i].dtype);
          const apply = GROUP_OPERATIONS[operation % GROUP_OPERATIONS.length];
          const [node, ...more] = recorded(apply as (...x: Tensor[]) => Tensor, dtypes);
          // Only operations that apply one primitive to operands as they are.
          if (node === undefined || more.length > 0 || node.operands.includes(-1)) continue;
          const places = node.operands.map((i) => positions[i]);
          const given = places.map((i) => results[i]);
          const own = given.map(({ dtype }) => dtype);
          if (!canLoop(node.primitive, own, node.dtype)) continue;
          nodes.push({ ...node, operands: places });
          results.push(plain(() => ops.bind(node.primitive, given, node.params)) as NDArray);
        }
        const full = results.map((x) => ops.broadcastTo(x, shape) as NDArray);
        const reductions = reduced.flatMap(([kind, mask, pick]) => {
          const operand = pick % results.length;
          const axes = [...shape.keys()].filter((axis) => (mask >> axis) & 1);
          const empty = axes.some((axis) => shape[axis] === 0);
          const { dtype } = results[operand];
          const known = canReduce(kind, shape, axes, dtype) && !(empty && kind.startsWith("m"));
          return known ? [{ kind, operand, axes }] : [];
        });
        const outputs = [results.length - 1];
        const [run] = compileLoops([{ shape, inputs, nodes, outputs, reductions }]) ?? [];
        const bottom = memory.allocate(0);
        const addresses = inputs.map((x) => put(memory, x));
        const output = full[outputs[0]];
        const place = inputs.findIndex(
          ({ shape: own, data }) =>
            own.join() === shape.join() && data.BYTES_PER_ELEMENT === output.data.BYTES_PER_ELEMENT,
        );
        const target =
          place >= 0 && seed % 3 > 0 ? addresses[place] : memory.allocate(output.data.byteLength);
        const ends = reductions.map(() => memory.allocate(8 * Math.max(1, output.size)));
        run(...addresses, target, ...ends);
        groups++;
        bitEqual(t, get(memory, target, shape, output.dtype), output);
        for (const [i, { kind, operand, axes }] of reductions.entries()) {
          const expected = plain(() =>
            ops[kind as "sum"](full[operand], { axis: axes }),
          ) as NDArray;
          bitEqual(t, get(memory, ends[i], expected.shape, expected.dtype), expected);
        }
        memory.release(bottom);
      },
    ),
    { seed: SEED, numRuns: 600 },
  );
  t.true(groups === 600);
});
