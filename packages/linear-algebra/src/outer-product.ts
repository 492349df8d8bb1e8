import { resultType } from "@flaxen/dtype";
import { astype, flatData, NDArray } from "@flaxen/ndarray";
import { complexProduct } from "./complex-product.ts";
import { allocateProduct, computeDType } from "./product-dtype.ts";

/**
 * All products of an element of `a` and an element of `b`, flat: element `i * b.size + j`.
 *
 * @param count - Into how many equal parts both are cut, in row-major order; only elements of the same part meet.
 */
export function allProducts(a: NDArray, b: NDArray, count: number = 1): NDArray {
  const dtype = resultType(a.dtype, b.dtype);
  if (dtype === "complex64" || dtype === "complex128") {
    return complexProduct(dtype, a, b, (x, y) => allProducts(x, y, count));
  }
  const compute = computeDType(dtype);
  const x = flatData(a.dtype === compute ? a : astype(a, compute));
  const y = flatData(b.dtype === compute ? b : astype(b, compute));
  const data = allocateProduct(compute, count === 0 ? 0 : (x.length * y.length) / count);
  if (data instanceof BigInt64Array) {
    multiplyLong(x as BigInt64Array, y as BigInt64Array, data, count);
  } else if (data instanceof Int32Array) {
    multiplyIntegers(x as Int32Array, y as Int32Array, data, count);
  } else {
    multiplyFloats(x as Float32Array | Float64Array, y as Float32Array | Float64Array, data, count);
  }
  const result = new NDArray(data, [data.length], undefined, 0, compute);
  return compute === dtype ? result : astype(result, dtype);
}

function multiplyFloats(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  product: Float32Array | Float64Array,
  count: number,
): void {
  const rows = x.length / count;
  const columns = y.length / count;
  for (let i = 0, at = 0; i < x.length; i++) {
    const first = Math.floor(i / rows) * columns;
    for (let j = first; j < first + columns; j++) product[at++] = x[i] * y[j];
  }
}

function multiplyIntegers(x: Int32Array, y: Int32Array, product: Int32Array, count: number): void {
  const rows = x.length / count;
  const columns = y.length / count;
  for (let i = 0, at = 0; i < x.length; i++) {
    const first = Math.floor(i / rows) * columns;
    for (let j = first; j < first + columns; j++) product[at++] = Math.imul(x[i], y[j]);
  }
}

function multiplyLong(
  x: BigInt64Array,
  y: BigInt64Array,
  product: BigInt64Array,
  count: number,
): void {
  const rows = x.length / count;
  const columns = y.length / count;
  for (let i = 0, at = 0; i < x.length; i++) {
    const first = Math.floor(i / rows) * columns;
    for (let j = first; j < first + columns; j++) product[at++] = x[i] * y[j];
  }
}
