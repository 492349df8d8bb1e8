import { finfo, isComplex, roundTo } from "@flaxen/dtype";
import type { Complex, DType } from "@flaxen/dtype";
import { decimalDigits } from "./decimal-digits.ts";
import type { BinaryFormat, Cut, Decimal } from "./decimal-digits.ts";
import type { Scalar } from "./element.ts";

/** Digits after the decimal point that are printed at most, NumPy's default. */
const PRECISION = 8;

const ALIGNED: Cut = { places: PRECISION, after: "point" };
const SHORT: Cut = { places: PRECISION + 1, after: "start" };

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
    default: {
      const words = values.map(String);
      const width = Math.max(...words.map((word) => word.length));
      return words.map((word) => word.padStart(width));
    }
  }
}

function formatComplex(dtype: DType, values: readonly Complex[]): string[] {
  const part = dtype === "complex64" ? "float32" : "float64";
  const reals = formatFloats(
    part,
    values.map((x) => x.re),
    "",
  );
  const imaginaries = formatFloats(
    part,
    values.map((x) => x.im),
    "+",
  );
  return reals.map((re, i) => {
    const im = imaginaries[i].trimEnd();
    return re + `${im}j`.padEnd(imaginaries[i].length + 1);
  });
}

/** A finite number cut at its decimal point and its exponent. */
interface Parts {
  readonly whole: string;
  readonly fraction: string;
  readonly exponent: number;
}

/** The texts of real numbers: all in positional or all in scientific notation, points aligned. */
function formatFloats(dtype: DType, values: readonly number[], plus: "" | "+"): string[] {
  const scientific = needsExponent(dtype, values.filter(Number.isFinite));
  let parts = splitAll(dtype, values, scientific ? SHORT : ALIGNED, plus);
  const fraction = longest(parts, (part) => part.fraction.length);
  if (scientific) {
    // NumPy fills shorter numbers up with further digits of their exact values, not with zeros.
    parts = splitAll(dtype, values, { places: fraction + 1, after: "start", exactly: true }, plus);
  }
  const digits = longest(parts, (part) => Math.max(2, String(Math.abs(part.exponent)).length));
  const right = 1 + fraction + (scientific ? digits + 2 : 0);
  const others = values.filter((x) => !Number.isFinite(x)).map((x) => formatNonFinite(x, plus));
  const left = Math.max(
    longest(parts, (part) => part.whole.length),
    ...others.map((word) => word.length - right),
  );
  return values.map((x, i) => {
    const part = parts[i];
    if (part === undefined) return formatNonFinite(x, plus).padStart(left + right);
    const head = `${part.whole.padStart(left)}.`;
    return scientific
      ? head + part.fraction.padEnd(fraction, "0") + formatExponent(part.exponent, digits)
      : head + part.fraction.padEnd(fraction);
  });
}

/** The largest of a length over all finite numbers, 0 if there is none. */
function longest(parts: readonly (Parts | undefined)[], length: (part: Parts) => number): number {
  return parts.reduce(
    (most, part) => (part === undefined ? most : Math.max(most, length(part))),
    0,
  );
}

function formatNonFinite(x: number, plus: "" | "+"): string {
  if (x !== x) return `${plus}nan`;
  return x > 0 ? `${plus}inf` : "-inf";
}

function formatExponent(exponent: number, digits: number): string {
  return `e${exponent < 0 ? "-" : "+"}${String(Math.abs(exponent)).padStart(digits, "0")}`;
}

/**
 * NumPy's rule for scientific notation; the bounds and the ratio are values of the dtype itself.
 * The upper bound is 10^d for the d decimal digits that the dtype surely holds, at most 8.
 */
function needsExponent(dtype: DType, finite: readonly number[]): boolean {
  const sizes = finite.map(Math.abs).filter((x) => x !== 0);
  if (sizes.length === 0) return false;
  const max = Math.max(...sizes);
  const min = Math.min(...sizes);
  const bound = 10 ** Math.min(PRECISION, Math.floor(finfo(dtype).nmant * Math.log10(2)));
  return max >= bound || min < roundTo(dtype, 1e-4) || roundTo(dtype, max / min) > 1000;
}

/** The parts of every finite number. */
function splitAll(
  dtype: DType,
  values: readonly number[],
  cut: Cut,
  plus: "" | "+",
): (Parts | undefined)[] {
  const { nmant, tiny } = finfo(dtype);
  const format = { nmant, minExponent: Math.log2(tiny) };
  return values.map((x) => (Number.isFinite(x) ? split(x, format, cut, plus) : undefined));
}

function split(x: number, format: BinaryFormat, cut: Cut, plus: "" | "+"): Parts {
  const sign = x < 0 || Object.is(x, -0) ? "-" : plus;
  if (x === 0) return { whole: `${sign}0`, fraction: "", exponent: 0 };
  const { digits, point } = decimalDigits(Math.abs(x), format, cut);
  if (cut.after === "start") {
    return { whole: sign + digits[0], fraction: digits.slice(1), exponent: point - 1 };
  }
  const { whole, fraction } = positional({ digits, point });
  return { whole: sign + whole, fraction, exponent: 0 };
}

function positional({ digits, point }: Decimal): { whole: string; fraction: string } {
  if (point <= 0) return { whole: "0", fraction: "0".repeat(-point) + digits };
  return { whole: digits.slice(0, point).padEnd(point, "0"), fraction: digits.slice(point) };
}

/** C's "%g", in which bfloat16 is printed: six digits, not aligned. */
function formatGeneral(x: number): string {
  if (!Number.isFinite(x)) return formatNonFinite(x, "");
  const sign = x < 0 || Object.is(x, -0) ? "-" : "";
  if (x === 0) return `${sign}0`;
  const { digits, point } = decimalDigits(Math.abs(x), undefined, { places: 6, after: "start" });
  if (point > 6 || point < -3) {
    const fraction = digits.length > 1 ? `.${digits.slice(1)}` : "";
    return sign + digits[0] + fraction + formatExponent(point - 1, 2);
  }
  const { whole, fraction } = positional({ digits, point });
  return sign + whole + (fraction === "" ? "" : `.${fraction}`);
}
