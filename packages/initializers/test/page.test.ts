import test from "ava";
import { qr } from "@flaxen/linear-algebra";
import { flatData, reshape, transpose } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";
import { closeTo } from "@flaxen/testing";
import * as initializers from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";
import { normal2022, truncatedNormal2022 } from "./compiled-2022.ts";

// Every example printed on the Flax documentation page "nnx.initializers", drawn with
// jax.random.key(42) in the legacy counter layout and shape (2, 3), float32.
const k = key(42, { partitionable: false });

const NAMES = [
  "constant",
  "deltaOrthogonal",
  "glorotNormal",
  "glorotUniform",
  "heNormal",
  "heUniform",
  "kaimingNormal",
  "kaimingUniform",
  "lecunNormal",
  "lecunUniform",
  "normal",
  "truncatedNormal",
  "ones",
  "onesInit",
  "orthogonal",
  "uniform",
  "varianceScaling",
  "xavierNormal",
  "xavierUniform",
  "zeros",
  "zerosInit",
];

test("@flaxen/initializers exports the 21 names of the page", (t) => {
  t.deepEqual(Object.keys(initializers).sort(), NAMES.slice().sort());
});

function asPrinted(values: readonly number[]): Float32Array {
  return Float32Array.from(values);
}

const exact = test.macro<[Initializer, number[], number[]]>({
  exec(t, initializer, shape, printed) {
    const w = initializer(k, shape, "float32");
    t.is(w.dtype, "float32");
    t.deepEqual(w.shape, shape);
    t.deepEqual(w.data, asPrinted(printed));
  },
  title: (name) => `${name}(key(42), shape) equals the page`,
});

const {
  constant,
  deltaOrthogonal,
  glorotNormal,
  glorotUniform,
  heNormal,
  heUniform,
  kaimingNormal,
} = initializers;
const { kaimingUniform, lecunNormal, lecunUniform, normal, ones, onesInit, orthogonal } =
  initializers;
const { truncatedNormal, uniform, xavierNormal, xavierUniform, zeros, zerosInit } = initializers;

test("constant(-7)", exact, constant(-7), [2, 3], [-7, -7, -7, -7, -7, -7]);
test("ones", exact, ones, [3, 2], [1, 1, 1, 1, 1, 1]);
test("onesInit()", exact, onesInit(), [3, 2], [1, 1, 1, 1, 1, 1]);
test("zeros", exact, zeros, [2, 3], [0, 0, 0, 0, 0, 0]);
test("zerosInit()", exact, zerosInit(), [2, 3], [0, 0, 0, 0, 0, 0]);
test(
  "uniform(10)",
  exact,
  uniform(10),
  [2, 3],
  [7.298188, 8.691938, 8.7230015, 2.0818567, 1.8662417, 5.5022564],
);
// The one normal row printed after 2022 (September 2023).
test(
  "truncatedNormal(5)",
  exact,
  truncatedNormal(5),
  [2, 3],
  [2.9047365, 5.2338114, 5.29852, -3.836303, -4.192359, 0.6022964],
);

const GLOROT_UNIFORM = [0.50350785, 0.8088631, 0.81566876, -0.6393332, -0.6865721, 0.11003882];
const HE_UNIFORM = [0.79611576, 1.2789248, 1.2896855, -1.0108745, -1.0855657, 0.17398663];
const LECUN_UNIFORM = [0.56293887, 0.90433645, 0.9119454, -0.71479625, -0.7676109, 0.12302713];
test("glorotUniform()", exact, glorotUniform(), [2, 3], GLOROT_UNIFORM);
test("xavierUniform()", exact, xavierUniform(), [2, 3], GLOROT_UNIFORM);
test("heUniform()", exact, heUniform(), [2, 3], HE_UNIFORM);
test("kaimingUniform()", exact, kaimingUniform(), [2, 3], HE_UNIFORM);
test("lecunUniform()", exact, lecunUniform(), [2, 3], LECUN_UNIFORM);

/** Whether JAX prints a float32 so: its shortest digits, or the number rounded to 8 decimals. */
function prints(x: number, printed: number): boolean {
  return x === Math.fround(printed) || x.toFixed(8) === printed.toFixed(8);
}

/** Values within 1e-6 of the page; and exactly those of the page when normal numbers are computed as in 2022. */
const asOf2022 = test.macro<[Initializer, Float32Array, number, number[]]>({
  exec(t, initializer, numbers, factor, printed) {
    closeTo(t, initializer(k, [2, 3], "float32"), asPrinted(printed), { rtol: 1e-6, atol: 0 });
    numbers.forEach((z, i) => t.true(prints(Math.fround(z * Math.fround(factor)), printed[i])));
  },
  title: (name) => `${name}(key(42), shape) is within 1e-6 of the page and equals it as of 2022`,
});

/** The standard deviation before the cut that leaves `variance` after it, rounded at each step. */
function beforeCut(variance: number): number {
  return Math.fround(Math.sqrt(Math.fround(variance))) / Math.fround(0.87962566103423978);
}

const NORMAL_NUMBERS = normal2022(k, [2, 3]);
const TRUNCATED_NUMBERS = truncatedNormal2022(k, [2, 3]);
const GLOROT_NORMAL = [0.41770416, 0.75262755, 0.7619329, -0.5516644, -0.6028657, 0.08661086];
const HE_NORMAL = [0.6604483, 1.1900088, 1.2047218, -0.87225807, -0.95321447, 0.1369438];
const LECUN_NORMAL = [0.46700746, 0.8414632, 0.8518669, -0.61677957, -0.67402434, 0.09683388];
test(
  "normal(5)",
  asOf2022,
  normal(5),
  NORMAL_NUMBERS,
  5,
  [3.0613258, 5.6129413, 5.6866574, -4.063663, -4.4520254, 0.63115686],
);
test(
  "glorotNormal()",
  asOf2022,
  glorotNormal(),
  TRUNCATED_NUMBERS,
  beforeCut(2 / 5),
  GLOROT_NORMAL,
);
test(
  "xavierNormal()",
  asOf2022,
  xavierNormal(),
  TRUNCATED_NUMBERS,
  beforeCut(2 / 5),
  GLOROT_NORMAL,
);
test("heNormal()", asOf2022, heNormal(), TRUNCATED_NUMBERS, beforeCut(2 / 2), HE_NORMAL);
test("kaimingNormal()", asOf2022, kaimingNormal(), TRUNCATED_NUMBERS, beforeCut(2 / 2), HE_NORMAL);
test("lecunNormal()", asOf2022, lecunNormal(), TRUNCATED_NUMBERS, beforeCut(1 / 2), LECUN_NORMAL);

const ORTHOGONAL = [
  3.9026976e-1, 7.2495741e-1, -5.6756169e-1, 8.8047469e-1, -4.7409311e-1, -1.3157725e-4,
];
const DELTA_CENTRE = [
  0.27858758, -0.7949833, -0.53887904, 0.9120717, 0.04322892, 0.40774566, -0.30085585, -0.6050892,
  0.73712474,
];

/** Q with the signs that make the diagonal of R positive, of normal numbers as of 2022. */
function orthonormal2022(rows: number, columns: number): NDArray {
  const [q, r] = qr({
    data: normal2022(k, [rows, columns]),
    shape: [rows, columns],
    stride: [columns, 1],
    offset: 0,
  });
  const signed = (flatData(q) as Float32Array).map(
    (x, i) => x * Math.sign(Number(r.get(i % columns, i % columns))),
  );
  return reshape(signed, [rows, columns]);
}

test("orthogonal()(key(42), [2, 3]) is within 3e-7 of the page, also as of 2022", (t) => {
  const tolerance = { rtol: 0, atol: 3e-7 };
  closeTo(t, orthogonal()(k, [2, 3], "float32"), asPrinted(ORTHOGONAL), tolerance);
  closeTo(t, transpose(orthonormal2022(3, 2)), asPrinted(ORTHOGONAL), { rtol: 0, atol: 1e-7 });
});

test("deltaOrthogonal()(key(42), [3, 3, 3]) is within 3e-7 of the page, also as of 2022", (t) => {
  const w = deltaOrthogonal()(k, [3, 3, 3], "float32");
  const zeros = Array.from({ length: 9 }, () => 0);
  closeTo(t, w, asPrinted([...zeros, ...DELTA_CENTRE, ...zeros]), { rtol: 0, atol: 3e-7 });
  closeTo(t, orthonormal2022(3, 3), asPrinted(DELTA_CENTRE), { rtol: 0, atol: 2e-7 });
});
