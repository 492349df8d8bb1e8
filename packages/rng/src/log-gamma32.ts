import { log1p32, log32 } from "@flaxen/dtype";

const fround = Math.fround;

// Lanczos (1964), "A precision approximation of the gamma function", SIAM Journal on Numerical Analysis 1, with g = 7 and
// the coefficients of Godfrey (2001). https://doi.org/10.1137/0701008
const BASE = 0.99999999999980993227684700473478;
const COEFFICIENTS: readonly number[] = [
  676.520368121885098567009190444019, -1259.13921672240287047156078755283,
  771.3234287776530788486528258894, -176.61502916214059906584551354, 12.507343278686904814458936853,
  -0.13857109526572011689554707, 9.984369578019570859563e-6, 1.50563273514931155834e-7,
];

/** The logarithm of the gamma function of a float32 of at least 1/2, in the form that XLA compiles on a CPU. */
export function logGamma32(x: number): number {
  const z = fround(x - 1);
  let sum = fround(BASE);
  for (let i = 0; i < COEFFICIENTS.length; i++) {
    sum = fround(sum + fround(fround(COEFFICIENTS[i]) / fround(z + (i + 1))));
  }
  const t = fround(7.5 + z);
  const logT = fround(log1p32(fround(z * fround(1 / 7.5))) + fround(Math.log(7.5)));
  const factor = fround(fround(z + 0.5) - fround(t / logT));
  const head = fround(factor * logT + fround(0.9189385332046727));
  return fround(head + log32(sum));
}
