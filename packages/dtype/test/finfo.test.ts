import test from "ava";
import { finfo, iinfo } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { expectTypeOf } from "expect-type";

// jax.numpy.finfo(dtype) of JAX 0.10.2: dtype, bits, nmant, then log2 of eps, epsneg, tiny,
// smallest_subnormal; max.
const FLOATS: [DType, DType, number, number, number[], number][] = [
  ["float16", "float16", 16, 10, [-10, -11, -14, -24], 65504],
  ["bfloat16", "bfloat16", 16, 7, [-7, -8, -126, -133], 3.3895313892515355e38],
  ["float32", "float32", 32, 23, [-23, -24, -126, -149], 3.4028234663852886e38],
  ["float64", "float64", 64, 52, [-52, -53, -1022, -1074], Number.MAX_VALUE],
  ["complex64", "float32", 32, 23, [-23, -24, -126, -149], 3.4028234663852886e38],
  ["complex128", "float64", 64, 52, [-52, -53, -1022, -1074], Number.MAX_VALUE],
];

test("finfo(dtype) equals jax.numpy.finfo", (t) => {
  for (const [name, dtype, bits, nmant, powers, max] of FLOATS) {
    const [eps, epsneg, tiny, smallestSubnormal] = powers.map((power) => 2 ** power);
    t.deepEqual(finfo(name), {
      dtype,
      bits,
      nmant,
      eps,
      epsneg,
      tiny,
      max,
      min: -max,
      smallestSubnormal,
    });
  }
});

test("finfo(dtype) throws TypeError for other dtypes", (t) => {
  t.throws(() => finfo("int32"), {
    instanceOf: TypeError,
    message: 'finfo: dtype must be a floating-point or complex dtype, got "int32".',
  });
});

test("iinfo(dtype) holds the limits of the storage", (t) => {
  for (const bits of [8, 16, 32] as const) {
    t.deepEqual(iinfo(`int${bits}`), {
      dtype: `int${bits}`,
      bits,
      min: -(2 ** (bits - 1)),
      max: 2 ** (bits - 1) - 1,
    });
    t.deepEqual(iinfo(`uint${bits}`), { dtype: `uint${bits}`, bits, min: 0, max: 2 ** bits - 1 });
  }
  t.deepEqual(iinfo("int64"), { dtype: "int64", bits: 64, min: -(2n ** 63n), max: 2n ** 63n - 1n });
  t.deepEqual(iinfo("uint64"), { dtype: "uint64", bits: 64, min: 0n, max: 2n ** 64n - 1n });
  expectTypeOf(iinfo("int8").max).toEqualTypeOf<number>();
  expectTypeOf(iinfo("int64").max).toEqualTypeOf<bigint>();
});

test("iinfo(dtype) throws TypeError for other dtypes", (t) => {
  t.throws(() => iinfo("bool"), {
    instanceOf: TypeError,
    message: 'iinfo: dtype must be an integer dtype, got "bool".',
  });
});
