/**
 * A binary floating-point format: its stored mantissa bits and the exponent of its smallest normal
 * number.
 */
export interface BinaryFormat {
  readonly nmant: number;
  readonly minExponent: number;
}

/** A positive decimal number `0.d1d2d3... * 10^point`, without trailing zeros. */
export interface Decimal {
  readonly digits: string;
  readonly point: number;
}

/**
 * How many digits to produce: at most `places`, after the decimal point or in all; all of them if
 * `exactly`.
 */
export interface Cut {
  readonly places: number;
  readonly after: "point" | "start";
  readonly exactly?: boolean;
}

const SCRATCH: ArrayBuffer = /* @__PURE__ */ new ArrayBuffer(8);
const F64: Float64Array = /* @__PURE__ */ new Float64Array(SCRATCH);
const U64: BigUint64Array = /* @__PURE__ */ new BigUint64Array(SCRATCH);

/**
 * Returns the shortest decimal that a format reads back as `x`, cut at a number of digits; with
 * `format` undefined the digits of the exact value up to the cut.
 *
 * This is Steele and White's and Dragon4's free-format algorithm in exact integers. Of the shortest
 * decimals the one closer to `x` is taken; a cut rounds the exact value to nearest, ties to even.
 * Engines' `toPrecision` breaks ties upward and knows float64 only.
 *
 * @see Steele and White (1990), "How to print floating-point numbers accurately", PLDI, algorithm
 *   FPP².
 *
 * @param x - positive and finite, a value of `format`.
 */
export function decimalDigits(x: number, format: BinaryFormat | undefined, cut: Cut): Decimal {
  // x = value / scale; the neighbours' midpoints are `above` higher and `below` lower.
  F64[0] = x;
  const biased = Number(U64[0] >> 52n);
  const exponent = Math.max(biased, 1) - 1023;
  let value = (U64[0] & 0xfffffffffffffn) | (biased === 0 ? 0n : 1n << 52n);
  const isPower = value === 1n << 52n;
  const { nmant, minExponent } = format ?? { nmant: 52, minExponent: -1022 };
  const ulp = Math.max(exponent, minExponent) - nmant;
  const isEven = ((value >> BigInt(ulp - exponent + 52)) & 1n) === 0n;
  // Everything in quarters of the last place of a double, or of the format's if that is finer.
  const unit = Math.min(exponent - 52, ulp) - 2;
  value <<= BigInt(exponent - 52 - unit);
  let above = 1n << BigInt(ulp - 1 - unit);
  let below = isPower && exponent > minExponent ? above >> 1n : above;
  if (format === undefined) above = below = 0n;
  let scale = 1n;
  if (unit < 0) scale <<= BigInt(-unit);
  else {
    value <<= BigInt(unit);
    above <<= BigInt(unit);
    below <<= BigInt(unit);
  }

  // Scale to 1 <= value / scale < 10 by the estimated power of ten, which may be off by one.
  let point = Math.floor(Math.log10(x)) + 1;
  const shift = 10n ** BigInt(Math.abs(point - 1));
  if (point > 0) scale *= shift;
  else {
    value *= shift;
    above *= shift;
    below *= shift;
  }
  if (value < scale) {
    point--;
    value *= 10n;
    above *= 10n;
    below *= 10n;
  } else if (value >= 10n * scale) {
    point++;
    scale *= 10n;
  }

  const most = cut.after === "point" ? point + cut.places : cut.places;
  const digits: number[] = [];
  for (;;) {
    let digit = Number(value / scale);
    value %= scale;
    const low = value < below || (isEven && value === below);
    const high = value + above > scale || (isEven && value + above === scale);
    if (digits.length + 1 >= most || (cut.exactly !== true && (low || high))) {
      const twice = 2n * value;
      const up = low === high ? twice > scale || (twice === scale && (digit & 1) === 1) : high;
      if (up) digit++;
      digits.push(digit);
      break;
    }
    digits.push(digit);
    value *= 10n;
    above *= 10n;
    below *= 10n;
  }
  return normalized(digits, point);
}

/** Carries a last digit of ten and drops trailing zeros. */
function normalized(digits: number[], point: number): Decimal {
  while (digits.at(-1) === 10) {
    digits.pop();
    if (digits.length === 0) {
      digits.push(1);
      point++;
    } else digits[digits.length - 1]++;
  }
  while (digits.length > 1 && digits.at(-1) === 0) digits.pop();
  return { digits: digits.join(""), point };
}
