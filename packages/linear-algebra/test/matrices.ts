import { NDArray, reshape } from "@flaxen/ndarray";

/** A generator of uniform numbers in (-1, 1), one stream a seed. */
export function randomArray(
  shape: readonly number[],
  seed: number,
  dtype: "float32" | "float64" = "float64",
): NDArray<"float32" | "float64"> {
  const size = shape.reduce((a, b) => a * b, 1);
  const data = dtype === "float32" ? new Float32Array(size) : new Float64Array(size);
  let state = (seed * 2654435761) | 1;
  for (let i = 0; i < size; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    state ^= state >>> 13;
    data[i] = (state | 0) / 2 ** 31;
  }
  return new NDArray<"float32" | "float64">(data, shape);
}

/** The matrix with elements 1 / (i + j + 1), whose condition grows like e^(3.5 n). */
export function hilbert(n: number): NDArray {
  const data = Float64Array.from(
    { length: n * n },
    (_, i) => 1 / ((i % n) + Math.floor(i / n) + 1),
  );
  return reshape(new NDArray(data, [n * n]), [n, n]);
}

/** The value of largest magnitude, NaN if there is one. */
export function largest(x: NDArray): number {
  return Array.from(x.data as Float64Array).reduce((max, v) => Math.max(max, Math.abs(v)), 0);
}

/** Elementwise difference of contiguous arrays of one shape. */
export function difference(x: NDArray, y: NDArray): NDArray {
  const [a, b] = [x.data as Float64Array, y.data as Float64Array];
  return new NDArray(
    Float64Array.from(a, (v, i) => v - b[i]),
    x.shape,
  );
}
