import { resultType } from "@flaxen/dtype";
import { astype, flatData, NDArray } from "@flaxen/ndarray";
import { allocateProduct, computeDType } from "./product-dtype.ts";

/** All products of an element of `a` and an element of `b`, flat: element `i * b.size + j`. */
export function allProducts(callee: string, a: NDArray, b: NDArray): NDArray {
  const dtype = resultType(a.dtype, b.dtype);
  const compute = computeDType(callee, "a and b", dtype);
  const x = flatData(a.dtype === compute ? a : astype(a, compute));
  const y = flatData(b.dtype === compute ? b : astype(b, compute));
  const data = allocateProduct(compute, x.length * y.length);
  if (data instanceof BigInt64Array) {
    multiplyLong(x as BigInt64Array, y as BigInt64Array, data);
  } else if (data instanceof Int32Array) {
    multiplyIntegers(x as Int32Array, y as Int32Array, data);
  } else {
    multiplyFloats(x as Float32Array | Float64Array, y as Float32Array | Float64Array, data);
  }
  const result = new NDArray(data, [data.length], undefined, 0, compute);
  return compute === dtype ? result : astype(result, dtype);
}

function multiplyFloats(
  x: Float32Array | Float64Array,
  y: Float32Array | Float64Array,
  product: Float32Array | Float64Array,
): void {
  for (let i = 0, at = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) product[at++] = x[i] * y[j];
  }
}

function multiplyIntegers(x: Int32Array, y: Int32Array, product: Int32Array): void {
  for (let i = 0, at = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) product[at++] = Math.imul(x[i], y[j]);
  }
}

function multiplyLong(x: BigInt64Array, y: BigInt64Array, product: BigInt64Array): void {
  for (let i = 0, at = 0; i < x.length; i++) {
    for (let j = 0; j < y.length; j++) product[at++] = x[i] * y[j];
  }
}
