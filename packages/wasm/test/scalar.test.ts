import test from "ava";
import fc from "fast-check";
import { f32, f64, i32, i64 } from "@flaxen/wasm";
import type { ValueType } from "@flaxen/wasm";
import { compiled, scalarFunction } from "./compiled.ts";
import type { Instruction } from "./compiled.ts";

const RUNS = { seed: 20241, numRuns: 200 };

type Reference = readonly [instruction: Instruction, law: (...values: never[]) => unknown];

const ARBITRARIES: Record<Exclude<ValueType, "v128">, fc.Arbitrary<unknown>> = {
  i32: fc.oneof(fc.integer(), fc.constantFrom(0, 1, -1, 31, 32, 2 ** 31 - 1, -(2 ** 31))),
  i64: fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.constantFrom(0n, 1n, -1n, 63n, 64n),
  ),
  f32: fc.float(),
  f64: fc.double(),
};

/** Each instruction gives what its law says, on operands of the given types. */
const agree = test.macro({
  exec(t, types: readonly Exclude<ValueType, "v128">[], references: Record<string, Reference>) {
    for (const [name, [instruction, law]] of Object.entries(references)) {
      const run = scalarFunction(instruction, types);
      const values = fc.tuple(...types.map((type) => ARBITRARIES[type]));
      fc.assert(
        fc.property(values, (operands) => {
          const expected = law(...(operands as never[]));
          // Undefined stands for operands on which the instruction traps.
          if (expected === undefined) t.throws(() => run(...operands), undefined, name);
          else t.deepEqual(run(...operands), expected, `${name}(${operands.join()})`);
        }),
        RUNS,
      );
    }
  },
  title: (family = "") => `${family} instructions compute what JavaScript does`,
});

const rotate = (x: number, bits: number): number =>
  (bits & 31) === 0 ? x : (x << bits) | (x >>> (32 - (bits & 31)));

test("i32 binary", agree, ["i32", "i32"], {
  add: [i32.add, (a: number, b: number) => (a + b) | 0],
  sub: [i32.sub, (a: number, b: number) => (a - b) | 0],
  mul: [i32.mul, (a: number, b: number) => Math.imul(a, b)],
  divS: [
    i32.divS,
    (a: number, b: number) => (b === 0 || (a === -(2 ** 31) && b === -1) ? undefined : (a / b) | 0),
  ],
  divU: [i32.divU, (a: number, b: number) => (b === 0 ? undefined : ((a >>> 0) / (b >>> 0)) | 0)],
  remS: [i32.remS, (a: number, b: number) => (b === 0 ? undefined : (a % b) | 0)],
  remU: [i32.remU, (a: number, b: number) => (b === 0 ? undefined : ((a >>> 0) % (b >>> 0)) | 0)],
  and: [i32.and, (a: number, b: number) => a & b],
  or: [i32.or, (a: number, b: number) => a | b],
  xor: [i32.xor, (a: number, b: number) => a ^ b],
  shl: [i32.shl, (a: number, b: number) => a << b],
  shrS: [i32.shrS, (a: number, b: number) => a >> b],
  shrU: [i32.shrU, (a: number, b: number) => (a >>> b) | 0],
  rotl: [i32.rotl, rotate],
  rotr: [i32.rotr, (a: number, b: number) => rotate(a, 32 - (b & 31))],
  eq: [i32.eq, (a: number, b: number) => Number(a === b)],
  ne: [i32.ne, (a: number, b: number) => Number(a !== b)],
  ltS: [i32.ltS, (a: number, b: number) => Number(a < b)],
  ltU: [i32.ltU, (a: number, b: number) => Number(a >>> 0 < b >>> 0)],
  gtS: [i32.gtS, (a: number, b: number) => Number(a > b)],
  gtU: [i32.gtU, (a: number, b: number) => Number(a >>> 0 > b >>> 0)],
  leS: [i32.leS, (a: number, b: number) => Number(a <= b)],
  leU: [i32.leU, (a: number, b: number) => Number(a >>> 0 <= b >>> 0)],
  geS: [i32.geS, (a: number, b: number) => Number(a >= b)],
  geU: [i32.geU, (a: number, b: number) => Number(a >>> 0 >= b >>> 0)],
});

const ones = (x: number): number => (x >>> 0).toString(2).replaceAll("0", "").length;

test("i32 unary", agree, ["i32"], {
  eqz: [i32.eqz, (x: number) => Number(x === 0)],
  clz: [i32.clz, (x: number) => Math.clz32(x)],
  ctz: [i32.ctz, (x: number) => (x === 0 ? 32 : 31 - Math.clz32(x & -x))],
  popcnt: [i32.popcnt, ones],
  convertF32: [f32.convertI32S, (x: number) => Math.fround(x)],
  convertF32U: [f32.convertI32U, (x: number) => Math.fround(x >>> 0)],
  convertF64: [f64.convertI32S, (x: number) => x + 0],
  convertF64U: [f64.convertI32U, (x: number) => x >>> 0],
  extendS: [i64.extendI32S, (x: number) => BigInt(x)],
  extendU: [i64.extendI32U, (x: number) => BigInt(x >>> 0)],
});

const wrap = (x: bigint): bigint => BigInt.asIntN(64, x);
const unsigned = (x: bigint): bigint => BigInt.asUintN(64, x);
const MIN = -(2n ** 63n);

test("i64 binary", agree, ["i64", "i64"], {
  add: [i64.add, (a: bigint, b: bigint) => wrap(a + b)],
  sub: [i64.sub, (a: bigint, b: bigint) => wrap(a - b)],
  mul: [i64.mul, (a: bigint, b: bigint) => wrap(a * b)],
  divS: [
    i64.divS,
    (a: bigint, b: bigint) => (b === 0n || (a === MIN && b === -1n) ? undefined : a / b),
  ],
  divU: [
    i64.divU,
    (a: bigint, b: bigint) => (b === 0n ? undefined : wrap(unsigned(a) / unsigned(b))),
  ],
  remS: [i64.remS, (a: bigint, b: bigint) => (b === 0n ? undefined : a % b)],
  remU: [
    i64.remU,
    (a: bigint, b: bigint) => (b === 0n ? undefined : wrap(unsigned(a) % unsigned(b))),
  ],
  and: [i64.and, (a: bigint, b: bigint) => a & b],
  or: [i64.or, (a: bigint, b: bigint) => a | b],
  xor: [i64.xor, (a: bigint, b: bigint) => a ^ b],
  shl: [i64.shl, (a: bigint, b: bigint) => wrap(a << (b & 63n))],
  shrS: [i64.shrS, (a: bigint, b: bigint) => a >> (b & 63n)],
  shrU: [i64.shrU, (a: bigint, b: bigint) => wrap(unsigned(a) >> (b & 63n))],
  rotl: [
    i64.rotl,
    (a: bigint, b: bigint) => wrap((a << (b & 63n)) | (unsigned(a) >> (64n - (b & 63n)))),
  ],
  rotr: [
    i64.rotr,
    (a: bigint, b: bigint) => wrap((unsigned(a) >> (b & 63n)) | (a << (64n - (b & 63n)))),
  ],
  eq: [i64.eq, (a: bigint, b: bigint) => Number(a === b)],
  ne: [i64.ne, (a: bigint, b: bigint) => Number(a !== b)],
  ltS: [i64.ltS, (a: bigint, b: bigint) => Number(a < b)],
  ltU: [i64.ltU, (a: bigint, b: bigint) => Number(unsigned(a) < unsigned(b))],
  gtS: [i64.gtS, (a: bigint, b: bigint) => Number(a > b)],
  gtU: [i64.gtU, (a: bigint, b: bigint) => Number(unsigned(a) > unsigned(b))],
  leS: [i64.leS, (a: bigint, b: bigint) => Number(a <= b)],
  leU: [i64.leU, (a: bigint, b: bigint) => Number(unsigned(a) <= unsigned(b))],
  geS: [i64.geS, (a: bigint, b: bigint) => Number(a >= b)],
  geU: [i64.geU, (a: bigint, b: bigint) => Number(unsigned(a) >= unsigned(b))],
});

const digits = (x: bigint): string => unsigned(x).toString(2).padStart(64, "0");

test("i64 unary", agree, ["i64"], {
  eqz: [i64.eqz, (x: bigint) => Number(x === 0n)],
  clz: [i64.clz, (x: bigint) => BigInt(`${digits(x)}1`.indexOf("1"))],
  ctz: [i64.ctz, (x: bigint) => BigInt(64 - `1${digits(x)}`.lastIndexOf("1")) % 65n],
  popcnt: [i64.popcnt, (x: bigint) => BigInt(digits(x).replaceAll("0", "").length)],
  wrap: [i32.wrapI64, (x: bigint) => Number(BigInt.asIntN(32, x))],
  convertF64: [f64.convertI64S, (x: bigint) => Number(x)],
  convertF64U: [f64.convertI64U, (x: bigint) => Number(unsigned(x))],
});

const round = Math.fround;
const nearest = (x: number): number => {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const shift = (x < 0 || Object.is(x, -0) ? -1 : 1) * 2 ** 52;
  const rounded = x + shift - shift;
  return rounded === 0 && shift < 0 ? -0 : rounded;
};
const copysign = (a: number, b: number): number =>
  Math.abs(a) * (b < 0 || Object.is(b, -0) ? -1 : 1);
/** The sign of NaN cannot be seen from JavaScript, so results with its sign are not compared. */
const unlessNaN = (a: number, b: number): number =>
  Number.isNaN(b) ? Math.abs(a) : copysign(a, b);
const toInt = (low: number, high: number) => (x: number) =>
  x > low - 1 && x < high + 1 ? Math.trunc(x) | 0 : undefined;

test("f32 binary", agree, ["f32", "f32"], {
  add: [f32.add, (a: number, b: number) => round(a + b)],
  sub: [f32.sub, (a: number, b: number) => round(a - b)],
  mul: [f32.mul, (a: number, b: number) => round(a * b)],
  div: [f32.div, (a: number, b: number) => round(a / b)],
  min: [f32.min, (a: number, b: number) => Math.min(a, b)],
  max: [f32.max, (a: number, b: number) => Math.max(a, b)],
  eq: [f32.eq, (a: number, b: number) => Number(a === b)],
  ne: [f32.ne, (a: number, b: number) => Number(a !== b)],
  lt: [f32.lt, (a: number, b: number) => Number(a < b)],
  gt: [f32.gt, (a: number, b: number) => Number(a > b)],
  le: [f32.le, (a: number, b: number) => Number(a <= b)],
  ge: [f32.ge, (a: number, b: number) => Number(a >= b)],
});

test("f32 unary", agree, ["f32"], {
  abs: [f32.abs, Math.abs],
  neg: [f32.neg, (x: number) => -x],
  ceil: [f32.ceil, Math.ceil],
  floor: [f32.floor, Math.floor],
  trunc: [f32.trunc, Math.trunc],
  nearest: [f32.nearest, nearest],
  sqrt: [f32.sqrt, (x: number) => round(Math.sqrt(x))],
  copysign: [
    (x: never) => f32.copysign(x, f32.const(-0)),
    (x: number) => (Number.isNaN(x) ? NaN : -Math.abs(x)),
  ],
  promote: [f64.promoteF32, (x: number) => x],
  truncS: [
    i32.truncF32S,
    (x: number) => (x >= -(2 ** 31) && x < 2 ** 31 ? Math.trunc(x) | 0 : undefined),
  ],
  truncU: [i32.truncF32U, (x: number) => (x > -1 && x < 2 ** 32 ? Math.trunc(x) | 0 : undefined)],
  bits: [(x: never) => f32.reinterpretI32(i32.reinterpretF32(x)), (x: number) => x],
});

test("f64 binary", agree, ["f64", "f64"], {
  add: [f64.add, (a: number, b: number) => a + b],
  sub: [f64.sub, (a: number, b: number) => a - b],
  mul: [f64.mul, (a: number, b: number) => a * b],
  div: [f64.div, (a: number, b: number) => a / b],
  min: [f64.min, (a: number, b: number) => Math.min(a, b)],
  max: [f64.max, (a: number, b: number) => Math.max(a, b)],
  copysign: [(a: never, b: never) => f64.copysign(a, f64.add(f64.abs(b), 1)), unlessNaNSecond],
  eq: [f64.eq, (a: number, b: number) => Number(a === b)],
  ne: [f64.ne, (a: number, b: number) => Number(a !== b)],
  lt: [f64.lt, (a: number, b: number) => Number(a < b)],
  gt: [f64.gt, (a: number, b: number) => Number(a > b)],
  le: [f64.le, (a: number, b: number) => Number(a <= b)],
  ge: [f64.ge, (a: number, b: number) => Number(a >= b)],
});

function unlessNaNSecond(a: number): number {
  return unlessNaN(a, 1);
}

test("f64 unary", agree, ["f64"], {
  abs: [f64.abs, Math.abs],
  neg: [f64.neg, (x: number) => -x],
  ceil: [f64.ceil, Math.ceil],
  floor: [f64.floor, Math.floor],
  trunc: [f64.trunc, Math.trunc],
  nearest: [f64.nearest, nearest],
  sqrt: [f64.sqrt, Math.sqrt],
  demote: [f32.demoteF64, round],
  truncS: [i32.truncF64S, toInt(-(2 ** 31), 2 ** 31 - 1)],
  truncU: [i32.truncF64U, toInt(0, 2 ** 32 - 1)],
  truncLong: [
    i64.truncF64S,
    (x: number) => (x >= -(2 ** 63) && x < 2 ** 63 ? BigInt(Math.trunc(x)) : undefined),
  ],
  truncLongU: [
    i64.truncF64U,
    (x: number) => (x > -1 && x < 2 ** 64 ? wrap(BigInt(Math.trunc(x))) : undefined),
  ],
  bits: [(x: never) => f64.reinterpretI64(i64.reinterpretF64(x)), (x: number) => x],
});

test("loads widen what narrow stores wrote", (t) => {
  const { call, memory } = compiled<{
    write(at: number, x: number): void;
    i8(at: number): number;
    u8(at: number): number;
    i16(at: number): number;
    u16(at: number): number;
    long(at: number): bigint;
    longs(at: number): bigint;
  }>((module) => {
    module.function("write", { at: "i32", x: "i32" }, undefined, (f, { at, x }) => {
      f.store8(at, x);
      f.store16(at, x, 2);
      f.store(at, x, 4);
      f.store(at, i64.extendI32S(x), 8);
      f.store(at, f32.convertI32S(x), 16);
      f.store(at, f64.convertI32S(x), 24);
    });
    const at = { at: "i32" } as const;
    module.function("i8", at, "i32", (f, { at }) => f.return(i32.load8S(at)));
    module.function("u8", at, "i32", (f, { at }) => f.return(i32.load8U(at)));
    module.function("i16", at, "i32", (f, { at }) => f.return(i32.load16S(at, 2)));
    module.function("u16", at, "i32", (f, { at }) => f.return(i32.load16U(at, 2)));
    module.function("long", at, "i64", (f, { at }) =>
      f.return(
        [i64.load8S(at), i64.load8U(at), i64.load16S(at, 2), i64.load16U(at, 2)].reduce((a, b) =>
          i64.add(a, b),
        ),
      ),
    );
    module.function("longs", at, "i64", (f, { at }) =>
      f.return(i64.add(i64.add(i64.load32S(at, 4), i64.load32U(at, 4)), i64.load(at, 8))),
    );
  });
  call.write(32, -2);
  t.deepEqual([...new Uint8Array(memory, 32, 8)], [0xfe, 0, 0xfe, 0xff, 0xfe, 0xff, 0xff, 0xff]);
  t.is(new Float32Array(memory, 48, 1)[0], -2);
  t.is(new Float64Array(memory, 56, 1)[0], -2);
  t.deepEqual([call.i8(32), call.u8(32), call.i16(32), call.u16(32)], [-2, 254, -2, 65534]);
  t.is(call.long(32), -2n + 254n - 2n + 65534n);
  t.is(call.longs(32), -2n + 0xfffffffen - 2n);
});

test("constants keep their bits", (t) => {
  const constant = <T>(instruction: Instruction): T => scalarFunction<never, T>(instruction, [])();
  for (const value of [0, -0, 1.5, 2 ** -149, 3e38, Infinity, NaN]) {
    t.is(
      constant(() => f32.const(value)),
      round(value),
    );
  }
  for (const value of [0, -0, 0.1, 5e-324, NaN]) {
    t.is(
      constant(() => f64.const(value)),
      value,
    );
  }
  for (const value of [0, -1, 2 ** 31, -(2 ** 31), 2 ** 32 - 1]) {
    t.is(
      constant(() => i32.const(value)),
      value | 0,
    );
  }
  for (const value of [0n, -1n, 2n ** 63n, 2n ** 64n - 1n]) {
    t.is(
      constant(() => i64.const(value)),
      wrap(value),
    );
  }
});

test("constants throw RangeError or TypeError on values their type cannot hold", (t) => {
  for (const value of [0.5, NaN, 2 ** 32, -(2 ** 31) - 1]) {
    t.throws(() => i32.const(value), {
      instanceOf: RangeError,
      message: `i32.const: value must be an integer in [-2^31, 2^32), got ${value}.`,
    });
  }
  for (const value of [2n ** 64n, -(2n ** 63n) - 1n, 1 as never]) {
    t.throws(() => i64.const(value), {
      instanceOf: RangeError,
      message: `i64.const: value must be a bigint in [-2^63, 2^64), got ${value}.`,
    });
  }
  t.throws(() => f32.const(1n as never), {
    instanceOf: TypeError,
    message: "f32.const: value must be a number, got 1.",
  });
});

test("instructions throw TypeError on operands of another type", (t) => {
  t.throws(() => i32.add(f32.const(1) as never, 2), {
    instanceOf: TypeError,
    message: "i32.add: a must be an expression of type i32, got f32.",
  });
  t.throws(() => f64.sqrt(undefined as never), {
    instanceOf: TypeError,
    message: "f64.sqrt: x must be an expression of type f64, got undefined.",
  });
  t.throws(() => f32.load(i64.const(0n) as never), {
    instanceOf: TypeError,
    message: "f32.load: pointer must be an expression of type i32, got i64.",
  });
  t.throws(() => f32.load(0, -4), {
    instanceOf: RangeError,
    message: "f32.load: offset must be an integer in [0, 2^32), got -4.",
  });
});
