import { roundFloat } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";

/** A decimal number `d.ddd * 10^exponent`, whose digits end in no zero but the first. */
export interface Decimal {
  readonly digits: string;
  readonly exponent: number;
}

/** The most places that engines give. */
const MOST_PLACES = 100;

/**
 * Rounds the exact value of a number to significant digits, ties to even (engines break ties upward).
 *
 * @param x - At least 0 and finite.
 * @param count - Number of digits, from 1 to 40.
 */
export function roundedDecimal(x: number, count: number): Decimal {
  // A number halfway between two of so few digits has few digits itself.
  const exact = x.toExponential(MOST_PLACES);
  const last = count > 1 ? count : 0;
  const isTie = /^[02468]\.?50*e/.test(exact.slice(last));
  return decimalOf(
    isTie ? exact.slice(0, last + 1) + exact.slice(exact.indexOf("e")) : x.toExponential(count - 1),
  );
}

function decimalOf(text: string): Decimal {
  const [digits, exponent] = text.replace(".", "").split("e");
  return { digits: digits.replace(/(?!^)0+$/, ""), exponent: Number(exponent) };
}

/** Returns the decimal of the fewest digits that `dtype` reads back as `x`, a value of at least 0: the one closest to it. */
export function shortestDecimal(x: number, dtype: DType): Decimal {
  for (let count = 1; dtype !== "float64"; count++) {
    const { digits, exponent } = roundedDecimal(x, count);
    const whole = Number(digits.padEnd(count, "0"));
    // Powers of two are closer to the values below them than to those above, so the next decimal may do better.
    for (const integer of [whole, whole + 1]) {
      const value = Number(`${integer}e${exponent - count + 1}`);
      if (roundFloat(dtype, value) === x) return decimalOf(value.toExponential());
    }
  }
  return decimalOf(x.toExponential());
}
