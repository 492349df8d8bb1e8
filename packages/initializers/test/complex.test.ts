import test from "ava";
import { glorotUniform, heNormal, normal, orthogonal, varianceScaling } from "@flaxen/initializers";
import type { ComplexDType, Distribution } from "@flaxen/initializers";
import type { NDArray } from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { modern } from "./answers.ts";

const DISTRIBUTIONS: readonly Distribution[] = ["truncated_normal", "normal", "uniform"];

/** Real and imaginary parts in turn. */
function parts(x: NDArray): Float32Array {
  return x.data as Float32Array;
}

// Values: jax.nn.initializers.normal(0.37)(jax.random.key(7), (3,), "complex64") and so on, JAX 0.10.2.
test("complex64 weights equal JAX in every bit", (t) => {
  bitEqual(
    t,
    parts(normal(0.37)(modern, [3], "complex64")),
    new Float32Array([0.2914676, 0.11881473, 0.037054926, 0.2457127, -0.13668944, -0.07036346]),
  );
  const rows: Record<Distribution, readonly number[]> = {
    normal: [0.5570236, 0.22706676, 0.070815645, 0.4695814, -0.2612271, -0.13447157],
    truncated_normal: [-0.46435934, -0.91325116, 0.30368727, -0.58528423, -0.34498772, 0.2711354],
    uniform: [-0.4221169, -0.8301733, 0.34351853, -0.6620494, -0.43112528, 0.33883333],
  };
  for (const distribution of DISTRIBUTIONS) {
    const w = varianceScaling(1, "fan_in", distribution)(modern, [2, 3], "complex64");
    t.is(`${w.dtype}[${w.shape.join(", ")}]`, "complex64[2, 3]");
    bitEqual(t, parts(w).slice(0, 6), new Float32Array(rows[distribution]));
  }
});

test("complex weights have variance scale / fan, and a modulus within the cut", (t) => {
  for (const dtype of ["complex64", "complex128"] as const) {
    for (const distribution of DISTRIBUTIONS) {
      const w = parts(varianceScaling(2, "fan_in", distribution)(modern, [2, 20000], dtype));
      let power = 0;
      let largest = 0;
      for (let i = 0; i < w.length; i += 2) {
        const square = w[i] ** 2 + w[i + 1] ** 2;
        power += square / 40000;
        largest = Math.max(largest, square);
      }
      t.true(Math.abs(power - 1) < 0.02, `${distribution}: ${power}`);
      const limit = {
        truncated_normal: (2 / 0.95311164380491208) ** 2,
        normal: Infinity,
        uniform: 2,
      };
      t.true(largest <= limit[distribution] * (1 + 1e-6), `${distribution}: ${largest}`);
    }
  }
});

test("glorotUniform({ dtype })(key, shape) gives complex weights that another dtype overrides", (t) => {
  t.is(glorotUniform({ dtype: "complex128" })(modern, [2, 2]).dtype, "complex128");
  t.is(heNormal({ dtype: "complex64" })(modern, [2, 2], "float16").dtype, "float16");
});

const unitary = test.macro<[readonly number[], ComplexDType, number]>({
  exec(t, shape, dtype, tolerance) {
    const [m, n] = shape;
    const q = parts(orthogonal()(modern, shape, dtype));
    const [count, along] = m >= n ? [n, m] : [m, n];
    const at = (i: number, k: number): number => 2 * (m >= n ? k * n + i : i * n + k);
    for (let i = 0; i < count; i++) {
      for (let j = 0; j < count; j++) {
        let re = 0;
        let im = 0;
        for (let k = 0; k < along; k++) {
          const [a, b] = [at(i, k), at(j, k)];
          re += q[a] * q[b] + q[a + 1] * q[b + 1];
          im += q[a] * q[b + 1] - q[a + 1] * q[b];
        }
        closeTo(t, [re, im], [i === j ? 1 : 0, 0], { rtol: 0, atol: tolerance });
      }
    }
  },
  title: (_, shape, dtype) => `orthogonal()(key, ${JSON.stringify(shape)}, "${dtype}") is unitary`,
});
test(unitary, [5, 5], "complex64", 1e-6);
test(unitary, [40, 7], "complex64", 1e-6);
test(unitary, [3, 8], "complex128", 1e-14);

// Values: jax.nn.initializers.orthogonal(1.5)(jax.random.key(7), (2, 3), "complex64"), JAX 0.10.2.
test('orthogonal(scale)(key, shape, "complex64") is within 1e-6 of JAX', (t) => {
  closeTo(
    t,
    parts(orthogonal(1.5)(modern, [2, 3], "complex64")),
    [
      0.5812445, 0.23694031, -0.27258602, -0.1403188, 1.2587006, -0.421538, 0.3814045, 1.1135883,
      -0.61502844, -0.23704617, -0.61841005, -0.21810526,
    ],
    { rtol: 0, atol: 1e-6 },
  );
});
