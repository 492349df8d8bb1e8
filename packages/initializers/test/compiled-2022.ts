import { erf32, log1p32 } from "@flaxen/dtype";
import { uniform } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";

// Most values printed on the documentation page of the initializers come from JAX 0.3 of March 2022, whose compiler was
// allowed to reorder arithmetic. Two results of that reproduce them: the uniform numbers behind `normal` lie on
// 2 u - 1 without the shift by 2^-24, and sqrt(2) * (p * u) is computed as p * (sqrt(2) * u).

const fround = Math.fround;
const ROOT2 = fround(Math.SQRT2);

const CENTRE = [
  2.81022636e-8, 3.43273939e-7, -3.5233877e-6, -4.39150654e-6, 0.00021858087, -0.00125372503,
  -0.00417768164, 0.246640727, 1.50140941,
].map(fround);
const TAIL = [
  -0.000200214257, 0.000100950558, 0.00134934322, -0.00367342844, 0.00573950773, -0.0076224613,
  0.00943887047, 1.00167406, 2.83297682,
].map(fround);

/** sqrt(2) * erfInv(u) in the order of 2022. */
function toNormal(u: number): number {
  const w = -log1p32(fround(-u * u));
  const [x, table] = w < 5 ? [fround(w - 2.5), CENTRE] : [fround(fround(Math.sqrt(w)) - 3), TAIL];
  const p = table.reduce((sum, coefficient) => fround(sum * x + coefficient));
  return fround(p * fround(ROOT2 * u));
}

/** Draws what `jax.random.normal` drew in 2022. */
export function normal2022(key: Key, shape: readonly number[]): Float32Array {
  return (uniform(key, shape).data as Float32Array).map((unit) => toNormal(2 * unit - 1));
}

/** Draws what `jax.random.truncated_normal(key, -2, 2, shape)` drew in 2022. */
export function truncatedNormal2022(key: Key, shape: readonly number[]): Float32Array {
  const limit = erf32(fround(2 / ROOT2));
  const drawn = uniform(key, shape, { minval: -limit, maxval: limit });
  return (drawn.data as Float32Array).map(toNormal);
}
