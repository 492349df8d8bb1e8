/** `2 / sqrt(pi)`. */
const SLOPE = 1.1283791670955126;
/** `1 / sqrt(pi)`. */
const INVERSE_ROOT_PI = 0.5641895835477563;
/** Beyond this erfc is below the smallest double. */
const VANISHED = 27.3;

/**
 * Error function in double precision, within a few ulps.
 *
 * Below 2 the series `2/sqrt(pi) e^(-x^2) sum 2^n x^(2n+1) / (2n+1)!!`, all of whose terms have one sign;
 * above it `1 - erfc(x)`. Abramowitz and Stegun, "Handbook of Mathematical Functions" (1964), 7.1.6.
 */
export function erf64(x: number): number {
  const magnitude = Math.abs(x);
  if (magnitude >= 2) return x > 0 ? 1 - tail(x) : tail(-x) - 1;
  if (x === 0 || x !== x) return x;
  return series(x);
}

/** Complementary error function in double precision, relatively accurate in the right tail. */
export function erfc64(x: number): number {
  if (x !== x) return x;
  if (x >= 1) return tail(x);
  if (x <= -2) return 2 - tail(-x);
  return 1 - series(x);
}

function series(x: number): number {
  const twiceSquare = 2 * x * x;
  let term = x;
  let sum = x;
  for (let n = 3; Math.abs(term) > Math.abs(sum) * 1e-17; n += 2) {
    term *= twiceSquare / n;
    sum += term;
  }
  return SLOPE * Math.exp(-x * x) * sum;
}

/**
 * `erfc(x)` for `x >= 1` by Laplace's continued fraction (Abramowitz and Stegun 7.1.14), evaluated from the
 * end. Its error falls as `exp(-2 x sqrt(2 n))`, which sets the number of terms.
 */
function tail(x: number): number {
  if (x > VANISHED) return 0;
  let fraction = x;
  for (let n = Math.ceil((14 / x) ** 2) + 8; n >= 1; n--) fraction = x + (0.5 * n) / fraction;
  return (INVERSE_ROOT_PI * expMinusSquare(x)) / fraction;
}

/** `exp(-x^2)` with the rounding error of the square, which the exponential would magnify, put back. */
function expMinusSquare(x: number): number {
  const high = Math.round(x * 1048576) / 1048576;
  const low = x - high;
  return Math.exp(-high * high) * Math.exp(-low * (x + high));
}
