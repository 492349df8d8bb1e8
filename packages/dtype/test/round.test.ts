import { createHash } from "node:crypto";
import test from "ava";
import {
  bfloat16Bits,
  bfloat16Value,
  finfo,
  float16Bits,
  float16Value,
  iinfo,
  roundTo,
} from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import fc from "fast-check";

const SEED = { seed: 20 };

const digest = (bits: Uint16Array): string =>
  createHash("sha256").update(bits).digest("hex").slice(0, 16);

/**
 * 65,536 doubles of both signs with exponents `low` to `low + span - 1`; every second one has at
 * most `kept` bits after the leading one, so that many are halfway between two neighbours. In
 * NumPy:
 *
 *   i = np.arange(1 << 16, dtype=np.uint64); m = i * np.uint64(0x9E3779B97F4A7C15) & np.uint64(0x800FFFFFFFFFFFFF)
 *   m = np.where(i % 2 == 1, m & np.uint64(2**64 - 2**(52 - kept)), m)
 *   (m | ((np.uint64(1023 + low) + i % np.uint64(span)) << np.uint64(52))).view(np.float64)
 */
function doubles(kept: number, low: number, span: number): Float64Array {
  const bits = BigUint64Array.from({ length: 1 << 16 }, (_, i) => {
    let m = (BigInt(i) * 0x9e3779b97f4a7c15n) & 0x800fffffffffffffn;
    if (i % 2 === 1) m &= 2n ** 64n - 2n ** BigInt(52 - kept);
    return m | (BigInt(1023 + low + (i % span)) << 52n);
  });
  return new Float64Array(bits.buffer);
}

test("float16Bits(x) equals NumPy's direct rounding of doubles", (t) => {
  // NumPy 2.4.6: sha256(doubles(11, -27, 45).astype(np.float16))
  t.is(digest(Uint16Array.from(doubles(11, -27, 45), float16Bits)), "016fac6d60195512");
});

test("bfloat16Bits(x) equals rounding to float32 and then to ml_dtypes.bfloat16", (t) => {
  // NumPy 2.4.6: sha256(doubles(8, -140, 270).astype(np.float32).astype(ml_dtypes.bfloat16))
  t.is(digest(Uint16Array.from(doubles(8, -140, 270), bfloat16Bits)), "10322802acf33ea1");
});

const roundTrip = test.macro<
  [(bits: number) => number, (x: number) => number, { infinity: number; nan: number }]
>({
  exec(t, value, bits, { infinity, nan }) {
    for (let pattern = 0; pattern < 65536; pattern++) {
      const x = value(pattern);
      const isNaN = (pattern & 0x7fff) > infinity;
      if (Number.isNaN(x) !== isNaN || bits(x) !== (isNaN ? nan : pattern)) t.fail(`${pattern}`);
    }
    t.is(value(infinity), Infinity);
    t.is(value(infinity | 0x8000), -Infinity);
    t.true(Object.is(value(0x8000), -0));
  },
  title: (_, value) => `${value.name}(bits) and back is the identity on all 65,536 patterns`,
});

test(roundTrip, float16Value, float16Bits, { infinity: 0x7c00, nan: 0x7e00 });
test(roundTrip, bfloat16Value, bfloat16Bits, { infinity: 0x7f80, nan: 0x7fc0 });

test("float16Bits(x) rounds ties to even, keeps subnormals and overflows from 65520 on", (t) => {
  const cases: [number, number][] = [
    [1 + 2 ** -11, 0x3c00],
    [1 + 3 * 2 ** -11, 0x3c02],
    [1 + 2 ** -11 + 2 ** -50, 0x3c01],
    [1 + 3 * 2 ** -11 - 2 ** -50, 0x3c01],
    [2 ** -25, 0],
    [2 ** -25 + 2 ** -70, 1],
    [3 * 2 ** -25, 2],
    [2 ** -14 - 2 ** -25, 0x0400],
    [2 ** -14, 0x0400],
    [65519.999, 0x7bff],
    [65520, 0x7c00],
    [1e300, 0x7c00],
    [Number.MIN_VALUE, 0],
  ];
  for (const [x, bits] of cases) {
    t.is(float16Bits(x), bits, String(x));
    t.is(float16Bits(-x), bits | 0x8000, String(-x));
  }
});

test("bfloat16Bits(x) passes through float32, so a double near a tie is rounded twice", (t) => {
  t.is(bfloat16Bits(1 + 2 ** -8), 0x3f80);
  t.is(bfloat16Bits(1 + 2 ** -8 + 2 ** -23), 0x3f81);
  t.is(bfloat16Bits(1 + 2 ** -8 + 2 ** -40), 0x3f80);
  t.is(bfloat16Bits(3.4e38), 0x7f80);
  t.is(bfloat16Bits(2 ** -133), 1);
});

const nearest = test.macro<[DType]>({
  exec(t, dtype) {
    const { max, eps } = finfo(dtype);
    fc.assert(
      fc.property(fc.double({ noNaN: true, min: -max, max }), (x) => {
        const y = roundTo(dtype, x);
        const step = Math.max(Math.abs(x) * eps, finfo(dtype).smallestSubnormal);
        return roundTo(dtype, y) === y && Math.abs(y - x) <= step && roundTo(dtype, -x) === -y;
      }),
      SEED,
    );
    t.pass();
  },
  title: (_, dtype) => `roundTo("${dtype}", x) is idempotent, odd and within one step`,
});
test(nearest, "float16");
test(nearest, "bfloat16");
test(nearest, "float32");

test("roundTo(dtype, x) stores as the typed array does", (t) => {
  const typed: [DType, { of(x: number): ArrayLike<number> }][] = [
    ["int8", Int8Array],
    ["int16", Int16Array],
    ["int32", Int32Array],
    ["uint8", Uint8Array],
    ["uint16", Uint16Array],
    ["uint32", Uint32Array],
    ["float32", Float32Array],
    ["complex64", Float32Array],
    ["float64", Float64Array],
    ["complex128", Float64Array],
  ];
  const special = [NaN, Infinity, -Infinity, -0.5, 2 ** 31, -(2 ** 31) - 1, 2 ** 32 + 7, 1e20];
  for (const [dtype, kind] of typed) {
    for (const x of special) t.is(roundTo(dtype, x) + 0, kind.of(x)[0] + 0, `${dtype} ${x}`);
    fc.assert(
      fc.property(fc.double(), (x) => Object.is(roundTo(dtype, x) + 0, kind.of(x)[0] + 0)),
      SEED,
    );
  }
});

test("roundTo(dtype, x) wraps 64-bit integers and maps bool to 0 and 1", (t) => {
  t.is(roundTo("int64", 2 ** 63), Number(iinfo("int64").min));
  t.is(roundTo("uint64", -1), 2 ** 64);
  t.is(roundTo("int64", -1.9), -1);
  t.is(roundTo("int64", NaN), 0);
  t.is(roundTo("uint64", Infinity), 0);
  t.deepEqual(
    [0, -0, 0.1, -3, NaN, Infinity].map((x) => roundTo("bool", x)),
    [0, 0, 1, 1, 1, 1],
  );
});

test("roundTo(dtype, x) throws TypeError for an unknown dtype", (t) => {
  t.throws(() => roundTo("half" as DType, 1), {
    instanceOf: TypeError,
    message: 'roundTo: dtype must be a dtype name, got "half".',
  });
});
