import { createHash } from "node:crypto";
import test from "ava";
import {
  erf32,
  erfInv32,
  exp32,
  expm132,
  fma32,
  log1p32,
  log32,
  pow32,
  tanh32,
} from "@flaxen/dtype";

// Answers of JAX 0.10.2 on a CPU. `digest` covers 2 ** 20 inputs spread over all 2 ** 32 bit patterns (both signs,
// subnormal numbers, infinities and NaN among them):
//   x = ((np.arange(1 << 20, dtype=np.uint64) * 4096 + 1365) % 2**32).astype(np.uint32).view(np.float32)
//   y = np.asarray(lax.exp(jnp.asarray(x))); y.view(np.uint32)[np.isnan(y)] = 0x7FC00000
//   hashlib.sha256(y.tobytes()).hexdigest()[:16]
// `values` are the results for POINTS: lax.exp(jnp.tile(jnp.array(POINTS, jnp.float32), 8))[:7]. (In arrays that do not
// fill whole vectors JAX computes the last elements by other instructions, and exp may differ by 1 ulp there.)
const POINTS = [-2, -0.75, -0.1, 1e-5, 0.3, 0.9999, 3].map(Math.fround);

function sweep(f: (x: number) => number): string {
  const inputs = new Float32Array(
    Uint32Array.from({ length: 1 << 20 }, (_, i) => i * 4096 + 1365).buffer,
  );
  const outputs = inputs.map(f);
  const words = new Uint32Array(outputs.buffer);
  for (let i = 0; i < words.length; i++) if (Number.isNaN(outputs[i])) words[i] = 0x7fc00000;
  return createHash("sha256").update(words).digest("hex").slice(0, 16);
}

const equalsJax = test.macro<[(x: number) => number, { digest: string; values: number[] }]>({
  exec(t, f, { digest, values }) {
    t.deepEqual(POINTS.map(f), values);
    t.is(sweep(f), digest);
  },
  title: (name, f) => `${f.name}(x) ${name}`,
});

const law = "equals JAX on a CPU in every bit";

test(law, equalsJax, exp32, {
  digest: "ec298131a1115882", // lax.exp
  values: [
    0.1353352814912796, 0.4723665416240692, 0.904837429523468, 1.0000100135803223,
    1.3498587608337402, 2.7180099487304688, 20.08553695678711,
  ],
});
test(law, equalsJax, expm132, {
  digest: "cc476c8ddee4e332", // lax.expm1
  values: [
    -0.8646647334098816, -0.5276334285736084, -0.09516256302595139, 1.0000049769587349e-5,
    0.3498587906360626, 1.7180099487304688, 19.08553695678711,
  ],
});
test(law, equalsJax, log32, {
  digest: "5312e1af8f0ab66a", // lax.log
  values: [
    NaN,
    NaN,
    NaN,
    -11.512925148010254,
    -1.2039728164672852,
    -0.00010002159251598641,
    1.0986123085021973,
  ],
});
test(law, equalsJax, log1p32, {
  digest: "4166798c026aa40d", // lax.log1p
  values: [
    NaN,
    -1.3862943649291992,
    -0.10536051541566849,
    9.999949725170154e-6,
    0.2623642683029175,
    0.6930971741676331,
    1.3862943649291992,
  ],
});
test(law, equalsJax, tanh32, {
  digest: "b6b930ad4498f370", // lax.tanh
  values: [
    -0.9640275835990906, -0.6351490020751953, -0.099667988717556, 9.999999747378752e-6,
    0.2913126051425934, 0.7615521550178528, 0.9950547218322754,
  ],
});
test(law, equalsJax, erf32, {
  digest: "82f143052e40d5cb", // lax.erf
  values: [
    -0.9953222274780273, -0.7111555933952332, -0.11246291548013687, 1.1283790627203416e-5,
    0.328626811504364, 0.8426592350006104, 0.9999779462814331,
  ],
});
test(law, equalsJax, erfInv32, {
  digest: "2b9ccaaf46106abb", // lax.erf_inv
  values: [
    NaN,
    -0.8134198188781738,
    -0.08885598927736282,
    8.862268259690609e-6,
    0.27246275544166565,
    2.7510268688201904,
    NaN,
  ],
});

test("erf32(x) equals JAX where float64 rounds a sum to the middle of two float32 values", (t) => {
  const x = 0.0003461441083345562;
  t.is(erf32(x), 0.00039058172842487693); // lax.erf, tiled as above
  t.is(erf32(-x), -erf32(x));
});

test("exp32, log32, log1p32, tanh32, erf32, erfInv32 have the limits of the true functions", (t) => {
  t.deepEqual([-Infinity, -0, 0, Infinity, NaN].map(exp32), [0, 1, 1, Infinity, NaN]);
  t.deepEqual([-Infinity, -0, 0, Infinity, NaN].map(expm132), [-1, -0, 0, Infinity, NaN]);
  t.deepEqual([-1, -0, 0, 1, Infinity, NaN].map(log32), [
    NaN,
    -Infinity,
    -Infinity,
    0,
    Infinity,
    NaN,
  ]);
  t.deepEqual([-2, -1, -0, 0, Infinity, NaN].map(log1p32), [NaN, -Infinity, -0, 0, Infinity, NaN]);
  t.deepEqual([-Infinity, -0, 0, Infinity, NaN].map(tanh32), [-1, -0, 0, 1, NaN]);
  t.deepEqual([-Infinity, -0, 0, Infinity, NaN].map(erf32), [-1, -0, 0, 1, NaN]);
  t.deepEqual([-2, -1, -0, 0, 1, 2, NaN].map(erfInv32), [
    NaN,
    -Infinity,
    -0,
    0,
    Infinity,
    NaN,
    NaN,
  ]);
});

test("pow32(x, y) equals JAX at ordinary and special points", (t) => {
  // np.asarray(jax.jit(lax.pow)(np.float32(x), np.float32(y))), jax 0.10.2 on a CPU
  const points = [
    [0.5, 0.5, 0.7071067690849304],
    [2, -1, 0.5],
    [3, 2.5, 15.588457107543945],
    [0.1, 10, 1.00000015212931e-10],
    [10, -3, 0.0010000000474974513],
    [1.5, 0.3333, 1.1446987390518188],
    [0.75, 20, 0.003171212039887905],
    [7, -0.25, 0.6147881746292114],
    [0, 0, 1],
    [0, -1, Infinity],
    [-0, -1, -Infinity],
    [-8, 3, -512],
    [-8, 2, 64],
    [-8, 1 / 3, NaN],
    [1, NaN, 1],
    [-1, Infinity, 1],
    [Infinity, -1, 0],
    [-Infinity, 3, -Infinity],
    [Infinity, 0, 1],
    [2, Infinity, Infinity],
    [2, -Infinity, 0],
    [1e-30, 2, 0],
    [1e30, 2, Infinity],
    [NaN, 0, 1],
  ];
  for (const [x, y, power] of points)
    t.is(pow32(Math.fround(x), Math.fround(y)), power, `${x} ** ${y}`);
});

test("fma32(a, b, c) rounds once", (t) => {
  const a = 1 + 2 ** -12;
  t.is(fma32(a, a, -1), 2 ** -11 + 2 ** -24);
  t.is(fma32(2, 3, 4), 10);
  t.is(fma32(3e38, 10, Math.fround(-3.4e38)), Infinity);
});
