import { astype, flatData, NDArray } from "@flaxen/ndarray";

/** The complex dtypes. */
export type ComplexDType = "complex64" | "complex128";

/** The real and the imaginary parts of a complex array, each contiguous. */
export function planes(x: NDArray): [re: NDArray, im: NDArray] {
  const pairs = flatData(x) as Float32Array | Float64Array;
  const Kind = pairs instanceof Float32Array ? Float32Array : Float64Array;
  const re = new Kind(pairs.length / 2);
  const im = new Kind(re.length);
  for (let i = 0; i < re.length; i++) {
    re[i] = pairs[2 * i];
    im[i] = pairs[2 * i + 1];
  }
  return [new NDArray(re, x.shape), new NDArray(im, x.shape)];
}

/** The complex array with the given real and imaginary parts, both contiguous. */
export function joinPlanes(dtype: ComplexDType, re: NDArray, im: NDArray): NDArray {
  const [x, y] = [re.data, im.data] as [Float32Array, Float32Array];
  const pairs =
    dtype === "complex64" ? new Float32Array(2 * x.length) : new Float64Array(2 * x.length);
  for (let i = 0; i < x.length; i++) {
    pairs[2 * i] = x[i];
    pairs[2 * i + 1] = y[i];
  }
  return new NDArray(pairs, re.shape, undefined, 0, dtype);
}

/** A bilinear product of complex arrays by four of real ones, `(ac - bd) + (ad + bc) i`. */
export function complexProduct(
  dtype: ComplexDType,
  a: NDArray,
  b: NDArray,
  product: (x: NDArray, y: NDArray) => NDArray,
): NDArray {
  const [aRe, aIm] = planes(a.dtype === dtype ? a : astype(a, dtype));
  const [bRe, bIm] = planes(b.dtype === dtype ? b : astype(b, dtype));
  const re = product(aRe, bRe);
  const im = product(aRe, bIm);
  const [x, y] = [re.data, im.data] as [Float32Array, Float32Array];
  const minus = product(aIm, bIm).data as Float32Array;
  const plus = product(aIm, bRe).data as Float32Array;
  for (let i = 0; i < x.length; i++) {
    x[i] -= minus[i];
    y[i] += plus[i];
  }
  return joinPlanes(dtype, re, im);
}

/** The complex conjugate; other arrays are returned as they are. */
export function conjugate(x: NDArray): NDArray {
  if (x.dtype !== "complex64" && x.dtype !== "complex128") return x;
  const pairs = (flatData(x) as Float32Array | Float64Array).slice();
  for (let i = 1; i < pairs.length; i += 2) pairs[i] = -pairs[i];
  return new NDArray(pairs, x.shape, undefined, 0, x.dtype);
}
