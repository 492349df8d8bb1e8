import test from "ava";
import fc from "fast-check";
import { f32x4, f64x2, i16x8, i32, i32x4, i64x2, i8x16, v128 } from "@flaxen/wasm";
import { compiled, vectorFunction } from "./compiled.ts";
import type { Instruction } from "./compiled.ts";

const RUNS = { seed: 20242, numRuns: 60 };

type Lanes = {
  readonly [index: number]: number | bigint;
  readonly length: number;
} & ArrayBufferView;
type LaneType = new (buffer: ArrayBuffer) => Lanes;
type Law = (...lanes: never[]) => number | bigint;

/** Random vectors; bytes often repeat, so that comparisons meet equal lanes. */
const vector = (Type: LaneType): fc.Arbitrary<Lanes> =>
  fc
    .array(fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 127, 128, 255)), {
      minLength: 16,
      maxLength: 16,
    })
    .map((bytes) => new Type(Uint8Array.from(bytes).buffer));

/** Each instruction computes its law on every lane; `Out` reads the result where it has other lanes. */
const laneByLane = test.macro({
  exec(
    t,
    Type: LaneType,
    count: number,
    laws: Record<string, readonly [Instruction, Law]>,
    Out: LaneType = Type,
  ) {
    for (const [name, [instruction, law]] of Object.entries(laws)) {
      const run = vectorFunction(instruction, count);
      const inputs = fc.array(vector(Type), { minLength: count, maxLength: count });
      fc.assert(
        fc.property(inputs, (vectors) => {
          const actual = Array.from(new Out(run(...vectors)) as ArrayLike<number | bigint>);
          const expected = actual.map((_, lane) =>
            law(...(vectors.map((v) => v[lane]) as never[])),
          );
          // Stored to see what the lanes keep of the law's value.
          const stored = new Out(new ArrayBuffer(16)) as unknown as (number | bigint)[];
          expected.forEach((value, lane) => (stored[lane] = value));
          t.deepEqual(actual, Array.from(stored), name);
        }),
        RUNS,
      );
    }
  },
  title: (family = "") => `${family} instructions compute lane by lane`,
});

const truth = (holds: boolean): number => (holds ? -1 : 0);
const longTruth = (holds: boolean): bigint => (holds ? -1n : 0n);
type N = number;
type B = bigint;

const signedLaws = {
  eq: (a: N, b: N) => truth(a === b),
  ne: (a: N, b: N) => truth(a !== b),
  ltS: (a: N, b: N) => truth(a < b),
  gtS: (a: N, b: N) => truth(a > b),
  leS: (a: N, b: N) => truth(a <= b),
  geS: (a: N, b: N) => truth(a >= b),
  minS: (a: N, b: N) => Math.min(a, b),
  maxS: (a: N, b: N) => Math.max(a, b),
  add: (a: N, b: N) => a + b,
  sub: (a: N, b: N) => a - b,
};
const unsignedLaws = {
  ltU: (a: N, b: N) => truth(a < b),
  gtU: (a: N, b: N) => truth(a > b),
  leU: (a: N, b: N) => truth(a <= b),
  geU: (a: N, b: N) => truth(a >= b),
  minU: (a: N, b: N) => Math.min(a, b),
  maxU: (a: N, b: N) => Math.max(a, b),
};

/** Joins instructions and laws of the same names. */
function pair(
  family: object,
  laws: Record<string, Law>,
): Record<string, readonly [Instruction, Law]> {
  const instructions = family as Record<string, Instruction>;
  return Object.fromEntries(
    Object.entries(laws).map(([name, law]) => [name, [instructions[name], law]]),
  );
}

test("i8x16 signed", laneByLane, Int8Array, 2, pair(i8x16, signedLaws));
test("i8x16 unsigned", laneByLane, Uint8Array, 2, pair(i8x16, unsignedLaws));
test("i16x8 signed", laneByLane, Int16Array, 2, {
  ...pair(i16x8, signedLaws),
  mul: [i16x8.mul, (a: N, b: N) => Math.imul(a, b)],
});
test("i16x8 unsigned", laneByLane, Uint16Array, 2, pair(i16x8, unsignedLaws));
test("i32x4 signed", laneByLane, Int32Array, 2, {
  ...pair(i32x4, signedLaws),
  mul: [i32x4.mul, (a: N, b: N) => Math.imul(a, b)],
});
test("i32x4 unsigned", laneByLane, Uint32Array, 2, pair(i32x4, unsignedLaws));
test("i64x2 binary", laneByLane, BigInt64Array, 2, {
  eq: [i64x2.eq, (a: B, b: B) => longTruth(a === b)],
  ne: [i64x2.ne, (a: B, b: B) => longTruth(a !== b)],
  ltS: [i64x2.ltS, (a: B, b: B) => longTruth(a < b)],
  gtS: [i64x2.gtS, (a: B, b: B) => longTruth(a > b)],
  leS: [i64x2.leS, (a: B, b: B) => longTruth(a <= b)],
  geS: [i64x2.geS, (a: B, b: B) => longTruth(a >= b)],
  add: [i64x2.add, (a: B, b: B) => a + b],
  sub: [i64x2.sub, (a: B, b: B) => a - b],
  mul: [i64x2.mul, (a: B, b: B) => a * b],
});

const signLaws = {
  abs: (x: N) => Math.abs(x),
  neg: (x: N) => -x,
};
const shiftBy = (
  bits: N,
  family: typeof i8x16 | typeof i16x8 | typeof i32x4,
): Record<"shl" | "shrS", Instruction> => ({
  shl: (x: never) => family.shl(x, bits),
  shrS: (x: never) => family.shrS(x, bits),
});
const shiftLaws = { shl: (x: N) => x << 3, shrS: (x: N) => x >> 3 };

test("i8x16 unary", laneByLane, Int8Array, 1, {
  ...pair(i8x16, signLaws),
  // Amounts are taken modulo the lane width.
  ...pair(shiftBy(11, i8x16), shiftLaws),
});
test("i16x8 unary", laneByLane, Int16Array, 1, {
  ...pair(i16x8, signLaws),
  ...pair(shiftBy(19, i16x8), shiftLaws),
});
test("i32x4 unary", laneByLane, Int32Array, 1, {
  ...pair(i32x4, signLaws),
  ...pair(shiftBy(35, i32x4), shiftLaws),
});
test("i8x16 unsigned unary", laneByLane, Uint8Array, 1, {
  shrU: [(x: never) => i8x16.shrU(x, 3), (x: N) => x >>> 3],
  popcnt: [i8x16.popcnt, (x: N) => x.toString(2).replaceAll("0", "").length],
});
test("i16x8 unsigned unary", laneByLane, Uint16Array, 1, {
  shrU: [(x: never) => i16x8.shrU(x, 3), (x: N) => x >>> 3],
});
test("i32x4 unsigned unary", laneByLane, Uint32Array, 1, {
  shrU: [(x: never) => i32x4.shrU(x, 3), (x: N) => x >>> 3],
});
test("i64x2 unary", laneByLane, BigInt64Array, 1, {
  abs: [i64x2.abs, (x: B) => (x < 0n ? -x : x)],
  neg: [i64x2.neg, (x: B) => -x],
  shl: [(x: never) => i64x2.shl(x, 67), (x: B) => x << 3n],
  shrS: [(x: never) => i64x2.shrS(x, 3), (x: B) => x >> 3n],
  shrU: [(x: never) => i64x2.shrU(x, 3), (x: B) => BigInt.asUintN(64, x) >> 3n],
});

const nearest = (x: N): N => {
  if (!Number.isFinite(x) || Math.abs(x) >= 2 ** 52) return x;
  const shift = (x < 0 || Object.is(x, -0) ? -1 : 1) * 2 ** 52;
  return x + shift - shift === 0 && shift < 0 ? -0 : x + shift - shift;
};
const floatLaws = {
  add: (a: N, b: N) => a + b,
  sub: (a: N, b: N) => a - b,
  mul: (a: N, b: N) => a * b,
  div: (a: N, b: N) => a / b,
  min: (a: N, b: N) => Math.min(a, b),
  max: (a: N, b: N) => Math.max(a, b),
  pmin: (a: N, b: N) => (b < a ? b : a),
  pmax: (a: N, b: N) => (a < b ? b : a),
};
const floatUnaryLaws = {
  abs: (x: N) => Math.abs(x),
  neg: (x: N) => -x,
  sqrt: (x: N) => Math.sqrt(x),
  ceil: (x: N) => Math.ceil(x),
  floor: (x: N) => Math.floor(x),
  trunc: (x: N) => Math.trunc(x),
  nearest,
};
const floatComparisons = {
  eq: (a: N, b: N) => truth(a === b),
  ne: (a: N, b: N) => truth(a !== b),
  lt: (a: N, b: N) => truth(a < b),
  gt: (a: N, b: N) => truth(a > b),
  le: (a: N, b: N) => truth(a <= b),
  ge: (a: N, b: N) => truth(a >= b),
};
const longComparisons = Object.fromEntries(
  Object.entries(floatComparisons).map(([name, law]) => [name, (a: N, b: N) => BigInt(law(a, b))]),
);

test("f32x4 binary", laneByLane, Float32Array, 2, pair(f32x4, floatLaws));
test("f32x4 unary", laneByLane, Float32Array, 1, pair(f32x4, floatUnaryLaws));
test("f32x4 comparison", laneByLane, Float32Array, 2, pair(f32x4, floatComparisons), Int32Array);
test("f64x2 binary", laneByLane, Float64Array, 2, pair(f64x2, floatLaws));
test("f64x2 unary", laneByLane, Float64Array, 1, pair(f64x2, floatUnaryLaws));
test("f64x2 comparison", laneByLane, Float64Array, 2, pair(f64x2, longComparisons), BigInt64Array);

test("v128 logic", laneByLane, Int32Array, 2, {
  and: [v128.and, (a: N, b: N) => a & b],
  andnot: [v128.andnot, (a: N, b: N) => a & ~b],
  or: [v128.or, (a: N, b: N) => a | b],
  xor: [v128.xor, (a: N, b: N) => a ^ b],
});
test("v128 selection", laneByLane, Int32Array, 3, {
  bitselect: [v128.bitselect, (a: N, b: N, mask: N) => (a & mask) | (b & ~mask)],
});
test("v128 unary", laneByLane, Int32Array, 1, { not: [v128.not, (x: N) => ~x] });

const saturate = (low: N, high: N) => (x: N) => Math.trunc(Math.min(Math.max(x || 0, low), high));
test(
  "i32x4 truncating",
  laneByLane,
  Float32Array,
  1,
  { truncSatF32x4S: [i32x4.truncSatF32x4S, saturate(-(2 ** 31), 2 ** 31 - 1)] },
  Int32Array,
);
test(
  "i32x4 truncating to unsigned",
  laneByLane,
  Float32Array,
  1,
  { truncSatF32x4U: [i32x4.truncSatF32x4U, saturate(0, 2 ** 32 - 1)] },
  Uint32Array,
);
test(
  "f32x4 converting",
  laneByLane,
  Int32Array,
  1,
  { convertI32x4S: [f32x4.convertI32x4S, (x: N) => x] },
  Float32Array,
);
test(
  "f32x4 converting unsigned",
  laneByLane,
  Uint32Array,
  1,
  { convertI32x4U: [f32x4.convertI32x4U, (x: N) => x] },
  Float32Array,
);
test(
  "f64x2 promoting",
  laneByLane,
  Float32Array,
  1,
  { promoteLowF32x4: [f64x2.promoteLowF32x4, (x: N) => x] },
  Float64Array,
);
test(
  "f64x2 converting",
  laneByLane,
  Int32Array,
  1,
  { convertLowI32x4S: [f64x2.convertLowI32x4S, (x: N) => x] },
  Float64Array,
);
test(
  "f64x2 converting unsigned",
  laneByLane,
  Uint32Array,
  1,
  { convertLowI32x4U: [f64x2.convertLowI32x4U, (x: N) => x] },
  Float64Array,
);
test(
  "f32x4 demoting",
  laneByLane,
  Float64Array,
  1,
  { demoteF64x2Zero: [f32x4.demoteF64x2Zero, (x: N | undefined) => x ?? 0] },
  Float32Array,
);
test(
  "i32x4 truncating float64",
  laneByLane,
  Float64Array,
  1,
  {
    truncSatF64x2SZero: [
      i32x4.truncSatF64x2SZero,
      (x: N | undefined) => saturate(-(2 ** 31), 2 ** 31 - 1)(x ?? 0),
    ],
  },
  Int32Array,
);
test(
  "i32x4 truncating float64 to unsigned",
  laneByLane,
  Float64Array,
  1,
  {
    truncSatF64x2UZero: [
      i32x4.truncSatF64x2UZero,
      (x: N | undefined) => saturate(0, 2 ** 32 - 1)(x ?? 0),
    ],
  },
  Uint32Array,
);
test(
  "i64x2 extending",
  laneByLane,
  Int32Array,
  1,
  { extendLowI32x4S: [i64x2.extendLowI32x4S, (x: N) => BigInt(x)] },
  BigInt64Array,
);
test(
  "i64x2 extending unsigned",
  laneByLane,
  Uint32Array,
  1,
  { extendLowI32x4U: [i64x2.extendLowI32x4U, (x: N) => BigInt(x)] },
  BigInt64Array,
);
test(
  "i64x2 multiplying",
  laneByLane,
  Int32Array,
  2,
  { extmulLowI32x4S: [i64x2.extmulLowI32x4S, (a: N, b: N) => BigInt(a) * BigInt(b)] },
  BigInt64Array,
);
test(
  "i64x2 multiplying unsigned",
  laneByLane,
  Uint32Array,
  2,
  { extmulLowI32x4U: [i64x2.extmulLowI32x4U, (a: N, b: N) => BigInt(a) * BigInt(b)] },
  BigInt64Array,
);
test(
  "i32x4 extending",
  laneByLane,
  Int16Array,
  1,
  { extendLowI16x8S: [i32x4.extendLowI16x8S, (x: N) => x] },
  Int32Array,
);
test(
  "i32x4 extending unsigned",
  laneByLane,
  Uint16Array,
  1,
  { extendLowI16x8U: [i32x4.extendLowI16x8U, (x: N) => x] },
  Int32Array,
);
test(
  "i16x8 extending",
  laneByLane,
  Int8Array,
  1,
  { extendLowI8x16S: [i16x8.extendLowI8x16S, (x: N) => x] },
  Int16Array,
);
test(
  "i16x8 extending unsigned",
  laneByLane,
  Uint8Array,
  1,
  { extendLowI8x16U: [i16x8.extendLowI8x16U, (x: N) => x] },
  Int16Array,
);

const bytes = (...values: number[]): Uint8Array => Uint8Array.from(values);
const counting = bytes(...Array.from({ length: 16 }, (_, i) => i));

test("extendHigh and extmulHigh take the upper half", (t) => {
  const words = Int32Array.of(1, 2, -3, 4);
  t.deepEqual([...new BigInt64Array(vectorFunction(i64x2.extendHighI32x4S, 1)(words))], [-3n, 4n]);
  t.deepEqual(
    [...new BigInt64Array(vectorFunction(i64x2.extendHighI32x4U, 1)(words))],
    [2n ** 32n - 3n, 4n],
  );
  t.deepEqual(
    [...new BigInt64Array(vectorFunction(i64x2.extmulHighI32x4S, 2)(words, words))],
    [9n, 16n],
  );
  t.deepEqual(
    [
      ...new BigInt64Array(
        vectorFunction(i64x2.extmulHighI32x4U, 2)(words, Int32Array.of(0, 0, 2, 3)),
      ),
    ],
    [2n ** 33n - 6n, 12n],
  );
  const halves = Int16Array.of(0, 0, 0, 0, -1, 2, 3, 4);
  t.deepEqual(
    [...new Int32Array(vectorFunction(i32x4.extendHighI16x8S, 1)(halves))],
    [-1, 2, 3, 4],
  );
  t.deepEqual(
    [...new Int32Array(vectorFunction(i32x4.extendHighI16x8U, 1)(halves))],
    [65535, 2, 3, 4],
  );
  const high = bytes(0, 0, 0, 0, 0, 0, 0, 0, 255, 1, 2, 3, 4, 5, 6, 7);
  t.deepEqual(
    [...new Int16Array(vectorFunction(i16x8.extendHighI8x16S, 1)(high))],
    [-1, 1, 2, 3, 4, 5, 6, 7],
  );
  t.deepEqual(
    [...new Int16Array(vectorFunction(i16x8.extendHighI8x16U, 1)(high))],
    [255, 1, 2, 3, 4, 5, 6, 7],
  );
});

test("narrow saturates", (t) => {
  const words = Int32Array.of(1, -1, 70000, -70000);
  t.deepEqual(
    [...new Int16Array(vectorFunction(i16x8.narrowI32x4S, 2)(words, words))].slice(2, 6),
    [32767, -32768, 1, -1],
  );
  t.deepEqual(
    [...new Uint16Array(vectorFunction(i16x8.narrowI32x4U, 2)(words, words))].slice(0, 4),
    [1, 0, 65535, 0],
  );
  const halves = Int16Array.of(1, -1, 300, -300, 0, 0, 0, 0);
  t.deepEqual(
    [...new Int8Array(vectorFunction(i8x16.narrowI16x8S, 2)(halves, halves))].slice(0, 4),
    [1, -1, 127, -128],
  );
  t.deepEqual(
    [...new Uint8Array(vectorFunction(i8x16.narrowI16x8U, 2)(halves, halves))].slice(0, 4),
    [1, 0, 255, 0],
  );
});

test("shuffle picks lanes of both operands, swizzle picks bytes by value", (t) => {
  const a = Float32Array.of(0, 1, 2, 3);
  const b = Float32Array.of(4, 5, 6, 7);
  const mix = vectorFunction((x: never, y: never) => f32x4.shuffle(x, y, [0, 4, 3, 7]), 2);
  t.deepEqual([...new Float32Array(mix(a, b))], [0, 4, 3, 7]);
  const longs = vectorFunction((x: never, y: never) => i64x2.shuffle(x, y, [1, 2]), 2);
  t.deepEqual(
    [...new BigInt64Array(longs(BigInt64Array.of(0n, 1n), BigInt64Array.of(2n, 3n)))],
    [1n, 2n],
  );
  const swizzle = vectorFunction(i8x16.swizzle, 2);
  const index = bytes(15, 0, 255, 3, ...Array<number>(12).fill(1));
  t.deepEqual([...new Uint8Array(swizzle(counting, index))].slice(0, 5), [15, 0, 0, 3, 1]);
});

test("splat, extractLane, replaceLane and const address single lanes", (t) => {
  const lanes = vectorFunction(
    (x: never) => f32x4.replaceLane(f32x4.splat(f32x4.extractLane(x, 2)), 1, -1),
    1,
  );
  t.deepEqual([...new Float32Array(lanes(Float32Array.of(1, 2, 3, 4)))], [3, -1, 3, 3]);
  const doubles = vectorFunction(
    (x: never) => f64x2.replaceLane(f64x2.splat(f64x2.extractLane(x, 1)), 0, 7),
    1,
  );
  t.deepEqual([...new Float64Array(doubles(Float64Array.of(1, 2)))], [7, 2]);
  const longs = vectorFunction(
    (x: never) => i64x2.replaceLane(i64x2.splat(i64x2.extractLane(x, 1)), 0, 7n),
    1,
  );
  t.deepEqual([...new BigInt64Array(longs(BigInt64Array.of(1n, -2n)))], [7n, -2n]);
  const words = vectorFunction(
    (x: never) => i32x4.replaceLane(i32x4.splat(i32x4.extractLane(x, 3)), 0, 7),
    1,
  );
  t.deepEqual([...new Int32Array(words(Int32Array.of(1, 2, 3, -4)))], [7, -4, -4, -4]);
  const halves = vectorFunction(
    (x: never) => i16x8.replaceLane(i16x8.splat(i16x8.extractLane(x, 7)), 0, 7),
    1,
  );
  t.deepEqual(
    [...new Uint16Array(halves(Uint16Array.of(0, 0, 0, 0, 0, 0, 0, 65535)))].slice(0, 2),
    [7, 65535],
  );
  const octets = vectorFunction(
    (x: never) => i8x16.replaceLane(i8x16.splat(i8x16.extractLane(x, 15)), 0, 7),
    1,
  );
  t.deepEqual([...new Uint8Array(octets(counting))].slice(0, 2), [7, 15]);
  const constants = [
    [i8x16.const([...counting]), counting],
    [i16x8.const([-1, 2, 3, 4, 5, 6, 7, 8]), Int16Array.of(-1, 2, 3, 4, 5, 6, 7, 8)],
    [i32x4.const([-1, 2, 3, 2 ** 32 - 1]), Int32Array.of(-1, 2, 3, -1)],
    [i64x2.const([-1n, 2n]), BigInt64Array.of(-1n, 2n)],
    [f32x4.const([0.1, -0, NaN, Infinity]), Float32Array.of(0.1, -0, NaN, Infinity)],
    [f64x2.const([0.1, -0]), Float64Array.of(0.1, -0)],
  ] as const;
  for (const [value, expected] of constants) {
    t.deepEqual(
      [...new Uint8Array(vectorFunction(() => value, 0)())],
      [...new Uint8Array(expected.buffer as ArrayBuffer)],
    );
  }
});

test("anyTrue, allTrue and bitmask reduce lanes", (t) => {
  const reduce = (instruction: Instruction, x: ArrayBufferView): number =>
    new Int32Array(vectorFunction(instruction, 1)(x))[0];
  const zeros = new Uint8Array(16);
  t.is(reduce(v128.anyTrue, zeros), 0);
  t.is(reduce(v128.anyTrue, counting), 1);
  for (const { allTrue } of [i8x16, i16x8, i32x4, i64x2]) {
    t.is(reduce(allTrue, zeros), 0);
    t.is(reduce(allTrue, new Uint8Array(16).fill(1)), 1);
  }
  t.is(reduce(i8x16.allTrue, counting), 0);
  t.is(reduce(i8x16.bitmask, bytes(...Array<number>(15).fill(0), 128)), 0x8000);
  t.is(reduce(i16x8.bitmask, Int16Array.of(-1, 0, 0, 0, 0, 0, 0, -1)), 0x81);
  t.is(reduce(i32x4.bitmask, Int32Array.of(0, -1, 0, -1)), 0b1010);
  t.is(reduce(i64x2.bitmask, BigInt64Array.of(0n, -1n)), 0b10);
});

test("v128 loads splat, extend, zero and fill lanes; store32Lane and store64Lane write one", (t) => {
  const at = i32.const(64);
  const loads: [Instruction, number[]][] = [
    [() => v128.load(at, 1), [...counting.subarray(1), 16]],
    [() => v128.load8Splat(at, 3), Array<number>(16).fill(3)],
    [() => v128.load16Splat(at, 2), Array.from({ length: 16 }, (_, i) => 2 + (i % 2))],
    [() => v128.load32Splat(at, 4), Array.from({ length: 16 }, (_, i) => 4 + (i % 4))],
    [() => v128.load64Splat(at, 8), Array.from({ length: 16 }, (_, i) => 8 + (i % 8))],
    [() => v128.load32Zero(at, 4), [4, 5, 6, 7, ...Array<number>(12).fill(0)]],
    [() => v128.load64Zero(at, 8), [8, 9, 10, 11, 12, 13, 14, 15, ...Array<number>(8).fill(0)]],
    [() => v128.load8x8U(at), Array.from({ length: 16 }, (_, i) => (i % 2 ? 0 : i / 2))],
    [() => v128.load16x4U(at), [0, 1, 0, 0, 2, 3, 0, 0, 4, 5, 0, 0, 6, 7, 0, 0]],
    [() => v128.load32x2U(at), [0, 1, 2, 3, 0, 0, 0, 0, 4, 5, 6, 7, 0, 0, 0, 0]],
    [() => v128.load8x8S(at, 17), Array<number>(16).fill(255)],
    [() => v128.load16x4S(at, 17), Array<number>(16).fill(255)],
    [() => v128.load32x2S(at, 17), Array<number>(16).fill(255)],
    [
      () => v128.load32Lane(at, i32x4.splat(0), 1, 4),
      [0, 0, 0, 0, 4, 5, 6, 7, 0, 0, 0, 0, 0, 0, 0, 0],
    ],
    [
      () => v128.load64Lane(at, i32x4.splat(0), 1),
      [0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4, 5, 6, 7],
    ],
  ];
  for (const [instruction, expected] of loads) {
    const { call, memory } = compiled<{ run(): void }>((module) => {
      module.function("run", {}, undefined, (f) => {
        const loaded = f.let(instruction());
        f.store(0, loaded);
        f.store32Lane(128, loaded as never, 1, 4);
        f.store64Lane(136, loaded as never, 1);
      });
    });
    const view = new Uint8Array(memory);
    view.set(counting, 64);
    view.fill(255, 81, 97);
    view[80] = 16;
    call.run();
    t.deepEqual([...view.subarray(0, 16)], expected);
    t.deepEqual([...view.subarray(132, 136)], expected.slice(4, 8));
    t.deepEqual([...view.subarray(136, 144)], expected.slice(8, 16));
  }
});

test("lane instructions throw RangeError on lanes that do not exist", (t) => {
  const x = i32x4.splat(0);
  t.throws(() => i32x4.extractLane(x, 4), {
    instanceOf: RangeError,
    message: "i32x4.extractLane: lane must be an integer in [0, 4), got 4.",
  });
  t.throws(() => f64x2.replaceLane(x, -1, 0), {
    instanceOf: RangeError,
    message: "f64x2.replaceLane: lane must be an integer in [0, 2), got -1.",
  });
  t.throws(() => f32x4.shuffle(x, x, [0, 1, 2, 8]), {
    instanceOf: RangeError,
    message: "f32x4.shuffle: lane must be an integer in [0, 8), got 8.",
  });
  t.throws(() => f32x4.shuffle(x, x, [0, 1, 2]), {
    instanceOf: RangeError,
    message: "f32x4.shuffle: lanes must have length 4, got 3.",
  });
  t.throws(() => f64x2.const([1]), {
    instanceOf: RangeError,
    message: "f64x2.const: lanes must have length 2, got 1.",
  });
  t.throws(() => v128.load32Lane(0, x, 4), {
    instanceOf: RangeError,
    message: "v128.load32Lane: lane must be an integer in [0, 4), got 4.",
  });
  t.throws(() => f32x4.splat(x as never), {
    instanceOf: TypeError,
    message: "f32x4.splat: x must be an expression of type f32, got v128.",
  });
  t.throws(() => f32x4.add(1 as never, x), {
    instanceOf: TypeError,
    message: "f32x4.add: a must be an expression of type v128, got 1.",
  });
});
