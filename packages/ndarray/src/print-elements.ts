import { isComplex, roundFloat } from "@flaxen/dtype";
import type { Complex, DType } from "@flaxen/dtype";
import { roundedDecimal, shortestDecimal } from "./decimal.ts";
import type { Decimal } from "./decimal.ts";
import type { Scalar } from "./element.ts";

/** Digits after the decimal point that are printed at most, NumPy's default. */
const PRECISION = 8;

/** The texts of elements, padded to a common width as NumPy pads them. */
export function formatElements(dtype: DType, values: readonly Scalar[], ndim: number): string[] {
  if (isComplex(dtype)) return formatComplex(dtype, values as readonly Complex[]);
  switch (dtype) {
    case "bool":
      // Inside an array " True" is always as wide as "False".
      return values.map((x) => (x === true ? "True" : "False").padStart(ndim === 0 ? 0 : 5));
    case "bfloat16":
      return values.map((x) => formatGeneral(x as number));
    case "float16":
    case "float32":
    case "float64":
      return formatFloats(dtype, values as readonly number[], "");
    default:
      return alignRight(values.map(String));
  }
}

function alignRight(words: readonly string[]): string[] {
  const width = longest(words);
  return words.map((word) => word.padStart(width));
}

function longest(words: readonly string[]): number {
  return Math.max(...words.map((word) => word.length));
}

function formatComplex(dtype: DType, values: readonly Complex[]): string[] {
  const part = dtype === "complex64" ? "float32" : "float64";
  const words = formatFloats(
    part,
    values.map((x) => x.im),
    "+",
  );
  // The j follows the last digit, before the padding.
  return formatFloats(
    part,
    values.map((x) => x.re),
    "",
  ).map((re, i) => re + words[i].replace(/ *$/, "j$&"));
}

/** The texts of real numbers: all in positional or all in scientific notation, points aligned. */
function formatFloats(dtype: DType, values: readonly number[], plus: "" | "+"): string[] {
  const sizes = values.map((x) => (Number.isFinite(x) ? Math.abs(x) : 0));
  const scientific = needsExponent(dtype, sizes);
  const decimals = sizes.map((x) => {
    const short = shortestDecimal(x, dtype);
    const most = PRECISION + 1 + (scientific ? 0 : short.exponent);
    return short.digits.length > most ? roundedDecimal(x, most) : short;
  });
  const places = longest(decimals.map((decimal) => parts(decimal, scientific)[1]));
  const width = decimals.some(({ exponent }) => Math.abs(exponent) > 99) ? 3 : 2;
  const words = decimals.map((short, i) => {
    // NumPy fills shorter numbers up with further digits of their exact values, not with zeros.
    const refill = scientific && short.digits.length <= places;
    const decimal = refill ? roundedDecimal(sizes[i], places + 1) : short;
    const [whole, fraction] = parts(decimal, scientific);
    const padded = fraction.padEnd(places, scientific ? "0" : " ");
    const text = `${whole}.${padded}${scientific ? exponentText(decimal.exponent, width) : ""}`;
    return withSign(values[i], text, plus);
  });
  return alignRight(words);
}

/** A number with its sign, given the text of its size if that is finite. */
function withSign(x: number, size: string, plus: "" | "+" = ""): string {
  const sign = x < 0 || Object.is(x, -0) ? "-" : plus;
  return sign + (Number.isFinite(x) ? size : x !== x ? "nan" : "inf");
}

function exponentText(exponent: number, width: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(width, "0")}`;
}

/**
 * NumPy's rule for scientific notation; the bounds and the ratio are values of the dtype itself.
 * The upper bound is 10^d for the d decimal digits that the dtype surely holds, at most 8.
 */
function needsExponent(dtype: DType, sizes: readonly number[]): boolean {
  const positive = sizes.filter((x) => x > 0);
  const max = Math.max(...positive);
  const min = Math.min(...positive);
  const bound = dtype === "float16" ? 1e3 : dtype === "float32" ? 1e6 : 1e8;
  return max >= bound || min < roundFloat(dtype, 1e-4) || roundFloat(dtype, max / min) > 1000;
}

/** The digits before and behind the point, in scientific or in positional notation. */
function parts(
  { digits, exponent }: Decimal,
  scientific: boolean,
): readonly [whole: string, fraction: string] {
  const shift = scientific ? 0 : exponent;
  const all = "0".repeat(Math.max(-shift, 0)) + digits;
  const point = Math.max(shift, 0) + 1;
  return [all.slice(0, point).padEnd(point, "0"), all.slice(point)];
}

/** C's "%g", in which bfloat16 is printed: six digits, not aligned. */
function formatGeneral(x: number): string {
  if (!Number.isFinite(x)) return withSign(x, "");
  const decimal = roundedDecimal(Math.abs(x), 6);
  const { exponent } = decimal;
  const scientific = exponent < -4 || exponent > 5;
  const [whole, fraction] = parts(decimal, scientific);
  const text = fraction === "" ? whole : `${whole}.${fraction}`;
  return withSign(x, scientific ? text + exponentText(exponent, 2) : text);
}
