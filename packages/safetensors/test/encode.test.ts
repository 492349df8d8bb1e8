import test from "ava";
import fc from "fast-check";
import ndarray from "ndarray";
import { allocate } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { array, NDArray, ones, transpose, zeros } from "@flaxen/ndarray";
import { decode, encode } from "@flaxen/safetensors";
import { file, headerOf } from "./files.ts";
import { everyDType, float32Only, nothing } from "./fixtures.ts";

const DTYPES: readonly DType[] = [
  "bool",
  "int8",
  "int16",
  "int32",
  "int64",
  "uint8",
  "uint16",
  "uint32",
  "uint64",
  "float16",
  "bfloat16",
  "float32",
  "float64",
  "complex64",
];

test("encode(tensors) writes the very bytes of Python safetensors", (t) => {
  const float32 = decode(float32Only());
  t.deepEqual(encode(float32.tensors, { metadata: float32.metadata }), float32Only());
  t.deepEqual(encode({}), nothing());
});

// The file of this test, written once to disk, read back by Python: safetensors.deserialize gave all 16
// names with the same dtypes, shapes and bytes as for the fixture, and safe_open the same metadata.
test("encode(tensors) writes the tensors that Python safetensors wrote", (t) => {
  const expected = decode(everyDType());
  const actual = decode(encode(expected.tensors, { metadata: expected.metadata }));
  t.deepEqual(Object.fromEntries(actual.tensors), Object.fromEntries(expected.tensors));
  t.deepEqual(actual.metadata, expected.metadata);
  t.deepEqual([...actual.tensors.keys()], [...expected.tensors.keys()].sort());
});

test("encode(tensors) sorts names by code point and pads the header", (t) => {
  const names = ["b", "\u{1f600}", "\uff5e", "a.10", "a.9", "a", "", "B", "10", "9"];
  const bytes = encode(names.map((name) => [name, array(1, "uint8")] as const));
  t.is(bytes.length % 8, names.length % 8);
  const sorted = ["", "10", "9", "B", "a", "a.10", "a.9", "b", "\uff5e", "\u{1f600}"];
  t.deepEqual([...decode(bytes).tensors.keys()], sorted);
  const shuffled = encode([...names].reverse().map((name) => [name, array(1, "uint8")] as const));
  t.deepEqual(shuffled, bytes);
});

test("encode(tensors, { metadata }) sorts the metadata", (t) => {
  const bytes = encode({}, { metadata: { b: "2", a: "1", "10": "x" } });
  t.is(headerOf(bytes), '{"__metadata__":{"10":"x","a":"1","b":"2"}}     ');
  t.deepEqual(encode({}, { metadata: {} }), nothing());
});

test("encode(tensors) starts each tensor at a multiple of its element size", (t) => {
  const tensors = DTYPES.map((dtype) => [dtype, ones([3], dtype)] as const);
  const bytes = encode(tensors);
  const header = JSON.parse(headerOf(bytes)) as Record<string, { data_offsets: [number, number] }>;
  for (const [name, { data_offsets }] of Object.entries(header)) {
    const size = (data_offsets[1] - data_offsets[0]) / 3;
    t.is((8 + headerOf(bytes).length + data_offsets[0]) % size, 0, name);
  }
});

test("encode(tensors) writes numbers low byte first", (t) => {
  const tail = (dtype: DType, value: number | bigint): number[] => {
    const bytes = encode({ a: array(value, dtype) });
    return [...bytes.subarray(8 + headerOf(bytes).length)];
  };
  t.deepEqual(tail("int16", -2), [254, 255]);
  t.deepEqual(tail("uint32", 0x01020304), [4, 3, 2, 1]);
  t.deepEqual(tail("uint64", 0x0102030405060708n), [8, 7, 6, 5, 4, 3, 2, 1]);
  t.deepEqual(tail("float32", 1), [0, 0, 128, 63]);
  t.deepEqual(tail("float64", 1), [0, 0, 0, 0, 0, 0, 240, 63]);
  t.deepEqual(tail("bfloat16", 1), [128, 63]);
  t.deepEqual(tail("float16", 1), [0, 60]);
});

test("encode(tensors) writes strided views row-major", (t) => {
  const x = array([
    [1, 2, 3],
    [4, 5, 6],
  ]);
  const views = {
    transposed: transpose(x),
    part: x.lo(0, 1),
    reversed: x.step(-1, 2),
    repeated: new NDArray(new Float32Array([7]), [2, 2], [0, 0]),
  };
  const { tensors } = decode(encode(views));
  for (const [name, view] of Object.entries(views)) {
    t.deepEqual(tensors.get(name)!.toArray(), view.toArray(), name);
  }
});

test("encode(tensors) takes arrays of the ndarray package", (t) => {
  const foreign = ndarray(new Float32Array([1, 2, 3, 4, 5, 6]), [2, 3]).transpose(1, 0);
  const x = decode(encode({ foreign })).tensors.get("foreign")!;
  t.is(x.dtype, "float32");
  t.deepEqual(x.toArray(), [
    [1, 4],
    [2, 5],
    [3, 6],
  ]);
});

test("encode(tensors) leaves the tensors as they are", (t) => {
  const x = array([1, 2]);
  const bytes = encode({ x });
  bytes.fill(9);
  t.deepEqual(x.toArray(), [1, 2]);
});

test("decode(encode(tensors)) returns the same bits, names, dtypes and shapes", (t) => {
  const tensor = fc
    .record({
      dtype: fc.constantFrom(...DTYPES),
      shape: fc.array(fc.nat(3), { maxLength: 4 }),
      bytes: fc.uint8Array({ minLength: 1, maxLength: 16 }),
    })
    .map(({ dtype, shape, bytes }) => {
      const size = shape.reduce((product, length) => product * length, 1);
      const data = allocate(dtype, size);
      const raw = new Uint8Array(data.buffer).map((_, i) => bytes[i % bytes.length]!);
      new Uint8Array(data.buffer).set(dtype === "bool" ? raw.map((byte) => byte & 1) : raw);
      return new NDArray(data, shape, undefined, 0, dtype);
    });
  const name = fc.string({ unit: "grapheme" }).filter((text) => !/\p{Surrogate}/u.test(text));
  const dictionary = fc.dictionary(name, tensor, { maxKeys: 5 });
  const metadata = fc.dictionary(name, name, { maxKeys: 3 });
  const property = fc.property(dictionary, metadata, (tensors, strings) => {
    const decoded = decode(encode(tensors, { metadata: strings }));
    t.deepEqual({ ...decoded.metadata }, { ...strings });
    t.is(decoded.tensors.size, Object.keys(tensors).length);
    for (const [key, x] of Object.entries(tensors)) {
      const y = decoded.tensors.get(key)!;
      t.is(y.dtype, x.dtype);
      t.deepEqual(y.shape, x.shape);
      t.deepEqual(new Uint8Array(y.data.buffer), new Uint8Array(x.data.buffer));
    }
  });
  fc.assert(property, { seed: 3, numRuns: 200 });
});

const refuses = test.macro({
  exec(t, run: () => unknown, name: "RangeError" | "TypeError", message: string) {
    const error = t.throws(run, { message });
    t.is(error?.name, name);
  },
  title: (label) => `encode(tensors) refuses ${label}`,
});
// Lets a test pass what the types forbid.
const untyped = encode as (tensors: unknown, options?: unknown) => Uint8Array;

test(
  "null",
  refuses,
  () => untyped(null),
  "TypeError",
  "encode: tensors must be an object or an iterable of [name, array], got null.",
);
test(
  "a string",
  refuses,
  () => untyped("w"),
  "TypeError",
  'encode: tensors must be an object or an iterable of [name, array], got "w".',
);
test(
  "items that are no pairs",
  refuses,
  () => untyped([zeros([2])]),
  "TypeError",
  "encode: tensors must be an object or an iterable of [name, array], got the item float32[2].",
);
test(
  "names that are no strings",
  refuses,
  () => untyped(new Map([[1, zeros([2])]])),
  "TypeError",
  "encode: tensors must be an object or an iterable of [name, array], got the item [1, float32[2]].",
);
test(
  "a nested object",
  refuses,
  () => untyped({ layer: { kernel: zeros([2]) } }),
  "TypeError",
  'encode: "layer" must be an array with data and shape, got Object.',
);
test(
  "a number",
  refuses,
  () => untyped({ a: 1 }),
  "TypeError",
  'encode: "a" must be an array with data and shape, got 1.',
);
test(
  "complex128",
  refuses,
  () => encode({ z: zeros([1], "complex128") }),
  "TypeError",
  'encode: dtype of "z" must be one that the format has, got complex128. Convert it to complex64, or store its two parts.',
);
test(
  "a repeated name",
  refuses,
  () =>
    encode([
      ["a", zeros([1])],
      ["a", zeros([1])],
    ]),
  "RangeError",
  'encode: names must be unique, got "a" twice.',
);
test(
  "the reserved name",
  refuses,
  () => encode({ __metadata__: zeros([1]) }),
  "RangeError",
  'encode: names must differ from the reserved one, got "__metadata__".',
);
test(
  "an unpaired surrogate in a name",
  refuses,
  () => encode({ "a\ud800": zeros([1]) }),
  "RangeError",
  'encode: names must not hold unpaired surrogates, got "a\\ud800".',
);
test(
  "an unpaired surrogate in metadata",
  refuses,
  () => encode({}, { metadata: { a: "\udc00" } }),
  "RangeError",
  'encode: metadata must not hold unpaired surrogates, got "\\udc00".',
);
test(
  "an unpaired surrogate in a metadata name",
  refuses,
  () => encode({}, { metadata: { "\udc00": "a" } }),
  "RangeError",
  'encode: metadata must not hold unpaired surrogates, got "\\udc00".',
);
test(
  "metadata that is no object",
  refuses,
  () => untyped({}, { metadata: "a" }),
  "TypeError",
  'encode: metadata must be an object of strings, got "a".',
);
test(
  "a metadata array",
  refuses,
  () => untyped({}, { metadata: ["a"] }),
  "TypeError",
  'encode: metadata must be an object of strings, got ["a"].',
);
test(
  "metadata of numbers",
  refuses,
  () => untyped({}, { metadata: { epoch: 3 } }),
  "TypeError",
  'encode: metadata must be an object of strings, got 3 for "epoch".',
);

test("encode(tensors) throws RangeError when the header exceeds the cap", (t) => {
  const metadata = { long: "x".repeat(100_000_000) };
  t.throws(() => encode({}, { metadata }), {
    instanceOf: RangeError,
    message: "encode: names and metadata must fit a header of 100000000 bytes, got 100000032.",
  });
});

test("file(header) of the tests agrees with encode(tensors)", (t) => {
  const bytes = encode({ a: array([1, 2], "uint8") });
  t.deepEqual(file(headerOf(bytes), [1, 2]), bytes);
});
