import test from "ava";
import fc from "fast-check";
import { encodeSigned, encodeUnsigned } from "@flaxen/wasm";

const SEED = { seed: 20240 };

function decode(bytes: readonly number[], signed: boolean): bigint {
  let value = 0n;
  bytes.forEach((byte, i) => (value |= BigInt(byte & 0x7f) << BigInt(7 * i)));
  return signed ? BigInt.asIntN(7 * bytes.length, value) : value;
}

test("encodeUnsigned(value) has the shortest form at every edge of seven bits", (t) => {
  t.deepEqual(encodeUnsigned(0), [0]);
  t.deepEqual(encodeUnsigned(127), [0x7f]);
  t.deepEqual(encodeUnsigned(128), [0x80, 0x01]);
  t.deepEqual(encodeUnsigned(16383), [0xff, 0x7f]);
  t.deepEqual(encodeUnsigned(16384), [0x80, 0x80, 0x01]);
  t.deepEqual(encodeUnsigned(2 ** 31), [0x80, 0x80, 0x80, 0x80, 0x08]);
  t.deepEqual(encodeUnsigned(2 ** 32 - 1), [0xff, 0xff, 0xff, 0xff, 0x0f]);
});

test("encodeSigned(value) has the shortest form at every edge of the sign bit", (t) => {
  t.deepEqual(encodeSigned(0), [0]);
  t.deepEqual(encodeSigned(63), [0x3f]);
  t.deepEqual(encodeSigned(64), [0xc0, 0x00]);
  t.deepEqual(encodeSigned(-1), [0x7f]);
  t.deepEqual(encodeSigned(-64), [0x40]);
  t.deepEqual(encodeSigned(-65), [0xbf, 0x7f]);
  t.deepEqual(encodeSigned(2 ** 31 - 1), [0xff, 0xff, 0xff, 0xff, 0x07]);
  t.deepEqual(encodeSigned(-(2 ** 31)), [0x80, 0x80, 0x80, 0x80, 0x78]);
  t.deepEqual(encodeSigned(2n ** 63n - 1n), [...Array<number>(9).fill(0xff), 0x00]);
  t.deepEqual(encodeSigned(-(2n ** 63n)), [...Array<number>(9).fill(0x80), 0x7f]);
});

test("encodeUnsigned(value) decodes to value", (t) => {
  fc.assert(
    fc.property(fc.nat(0xffffffff), (x) => decode(encodeUnsigned(x), false) === BigInt(x)),
    SEED,
  );
  t.pass();
});

test("encodeSigned(value) decodes to value", (t) => {
  const long = fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n });
  fc.assert(
    fc.property(long, (x) => decode(encodeSigned(x), true) === x),
    SEED,
  );
  t.pass();
});

test("encodeUnsigned(value) throws RangeError unless value is an integer in [0, 2^32)", (t) => {
  for (const value of [-1, 0.5, NaN, Infinity, 2 ** 32]) {
    t.throws(() => encodeUnsigned(value), {
      instanceOf: RangeError,
      message: `encodeUnsigned: value must be an integer in [0, 2^32), got ${value}.`,
    });
  }
});

test("encodeSigned(value) throws RangeError unless value is a 64-bit integer", (t) => {
  for (const value of [0.5, NaN, -Infinity, 2 ** 53]) {
    t.throws(() => encodeSigned(value), {
      instanceOf: RangeError,
      message: `encodeSigned: value must be a safe integer, got ${value}.`,
    });
  }
  for (const value of [2n ** 63n, -(2n ** 63n) - 1n]) {
    t.throws(() => encodeSigned(value), {
      instanceOf: RangeError,
      message: `encodeSigned: value must be in [-2^63, 2^63), got ${value}.`,
    });
  }
});
