// Splits a float64 into two halves of at most 26 bits: Veltkamp, as in Dekker (1971), "A floating-point technique for
// extending the available precision", section 5. https://doi.org/10.1007/BF01397083
const SPLITTER = 2 ** 27 + 1;

/** Multiplies and adds with the error of the product kept, as a fused operation does, for factors below 2^500. */
export function fma64(a: number, b: number, c: number): number {
  const product = a * b;
  const aHigh = SPLITTER * a - (SPLITTER * a - a);
  const bHigh = SPLITTER * b - (SPLITTER * b - b);
  const aLow = a - aHigh;
  const bLow = b - bHigh;
  const productError = aLow * bLow - (product - aHigh * bHigh - aLow * bHigh - aHigh * bLow);
  const sum = product + c;
  const added = sum - product;
  const sumError = product - (sum - added) + (c - added);
  return sum + (productError + sumError);
}
