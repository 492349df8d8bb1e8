import test from "ava";
import { expectTypeOf } from "expect-type";
import {
  allocate,
  checkDType,
  isBool,
  isComplex,
  isDType,
  isFloating,
  isInexact,
  isInteger,
  isUnsigned,
  itemSize,
} from "@flaxen/dtype";
import type { Complex, DataOf, DType, ElementOf } from "@flaxen/dtype";

/**
 * name, bytes, storage, and the predicates that hold: b(ool) i(nteger) u(nsigned) f(loating)
 * c(omplex) x (inexact).
 */
const TABLE: [DType, number, string, string][] = [
  ["bool", 1, "Uint8Array", "b"],
  ["int8", 1, "Int8Array", "i"],
  ["int16", 2, "Int16Array", "i"],
  ["int32", 4, "Int32Array", "i"],
  ["int64", 8, "BigInt64Array", "i"],
  ["uint8", 1, "Uint8Array", "iu"],
  ["uint16", 2, "Uint16Array", "iu"],
  ["uint32", 4, "Uint32Array", "iu"],
  ["uint64", 8, "BigUint64Array", "iu"],
  ["float16", 2, "Uint16Array", "fx"],
  ["bfloat16", 2, "Uint16Array", "fx"],
  ["float32", 4, "Float32Array", "fx"],
  ["float64", 8, "Float64Array", "fx"],
  ["complex64", 8, "Float32Array", "cx"],
  ["complex128", 16, "Float64Array", "cx"],
];

test("itemSize(dtype) is the bytes of one element", (t) => {
  for (const [dtype, bytes] of TABLE) t.is(itemSize(dtype), bytes, dtype);
});

test("predicates(dtype) sort the dtypes into kinds", (t) => {
  for (const [dtype, , , kinds] of TABLE) {
    const holds =
      (isBool(dtype) ? "b" : "") +
      (isInteger(dtype) ? "i" : "") +
      (isUnsigned(dtype) ? "u" : "") +
      (isFloating(dtype) ? "f" : "") +
      (isComplex(dtype) ? "c" : "") +
      (isInexact(dtype) ? "x" : "");
    t.is(holds, kinds, dtype);
  }
});

test("isDType(x) holds for the 15 names only", (t) => {
  for (const [dtype] of TABLE) t.true(isDType(dtype));
  for (const x of ["", "float", "Float32", "toString", "__proto__", null, undefined, 32, {}]) {
    t.false(isDType(x), String(x));
  }
});

test("checkDType(callee, argument, x) returns x or throws in the callee's name", (t) => {
  t.is(checkDType("zeros", "dtype", "bool"), "bool");
  t.throws(() => checkDType("zeros", "dtype", "float"), {
    instanceOf: TypeError,
    message: 'zeros: dtype must be a dtype name, got "float".',
  });
  t.throws(() => checkDType("Linear", "paramDtype", undefined), {
    instanceOf: TypeError,
    message: "Linear: paramDtype must be a dtype name, got undefined.",
  });
});

test("itemSize(dtype) throws TypeError for an unknown name", (t) => {
  t.throws(() => itemSize("float" as DType), {
    instanceOf: TypeError,
    message: 'itemSize: dtype must be a dtype name, got "float".',
  });
});

test("allocate(dtype, length) gives zeros in the storage of the dtype", (t) => {
  for (const [dtype, bytes, kind] of TABLE) {
    for (const length of [0, 1, 3]) {
      const data = allocate(dtype, length);
      t.is(data[Symbol.toStringTag], kind as never, dtype);
      t.is(data.byteLength, bytes * length, dtype);
      t.true(data.every((x: number | bigint) => Number(x) === 0));
    }
  }
});

test("allocate(dtype, length) throws for a bad dtype or length", (t) => {
  t.throws(() => allocate("half" as DType, 1), {
    instanceOf: TypeError,
    message: 'allocate: dtype must be a dtype name, got "half".',
  });
  for (const length of [-1, 1.5, NaN, Infinity]) {
    t.throws(() => allocate("int8", length), {
      instanceOf: RangeError,
      message: `allocate: length must be a non-negative integer, got ${length}.`,
    });
  }
});

test("DataOf and ElementOf follow the dtype", (t) => {
  expectTypeOf<DataOf<"bfloat16">>().toEqualTypeOf<Uint16Array>();
  expectTypeOf<DataOf<"complex64">>().toEqualTypeOf<Float32Array>();
  expectTypeOf(allocate("int64", 1)).toEqualTypeOf<BigInt64Array>();
  expectTypeOf<ElementOf<"bool">>().toEqualTypeOf<boolean>();
  expectTypeOf<ElementOf<"uint64">>().toEqualTypeOf<bigint>();
  expectTypeOf<ElementOf<"complex128">>().toEqualTypeOf<Complex>();
  expectTypeOf<ElementOf<"float16" | "int32">>().toEqualTypeOf<number>();
  // @ts-expect-error only the names of dtypes are accepted
  t.throws(() => allocate("float", 1));
});
