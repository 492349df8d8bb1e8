import test from "ava";
import fc from "fast-check";
import { array, zeros } from "@flaxen/ndarray";
import { decode, encode } from "@flaxen/safetensors";
import type { Decoded } from "@flaxen/safetensors";
import { file, headerOf, int8Entry } from "./files.ts";
import { everyDType, float32Only, nothing } from "./fixtures.ts";

/** Name, dtype and shape of each tensor, for comparison. */
function summary({ tensors }: Decoded): Record<string, string> {
  const describe = ([name, x]: [string, { dtype: string; shape: readonly number[] }]) => [
    name,
    `${x.dtype}[${x.shape.join(", ")}]`,
  ];
  return Object.fromEntries([...tensors].map(describe));
}

test("decode(bytes) reads every dtype as Python safetensors wrote it", (t) => {
  const { tensors, metadata } = decode(everyDType());
  t.deepEqual(metadata, { format: "np" });
  const data = Object.fromEntries([...tensors].map(([name, x]) => [name, x.data]));
  t.deepEqual(data, {
    u64: new BigUint64Array([2n ** 64n - 1n, 1n]),
    i64: new BigInt64Array([-(2n ** 63n), 2n ** 63n - 1n]),
    f64: new Float64Array([Math.PI, -Infinity]),
    c64: new Float32Array([1, 2, -0, -0.5]),
    empty: new Float32Array(0),
    f32: new Float32Array([1.5, -0, NaN, 1e-45]),
    u32: new Uint32Array([2 ** 32 - 1, 1]),
    i32: new Int32Array([-(2 ** 31), 2 ** 31 - 1]),
    scalar: new Int32Array([7]),
    // The bit patterns: T["bf16"].view(np.uint16), T["f16"].view(np.uint16).
    bf16: new Uint16Array([16320, 65378, 1]),
    f16: new Uint16Array([15872, 64511, 1, 31744]),
    u16: new Uint16Array([513, 65535]),
    i16: new Int16Array([-32768, 258]),
    i8: new Int8Array([-128, 0, 127]),
    u8: new Uint8Array([0, 255]),
    bool: new Uint8Array([1, 0, 1, 0, 0, 1]),
  });
  t.deepEqual(summary({ tensors, metadata }), {
    u64: "uint64[2]",
    i64: "int64[2]",
    f64: "float64[2]",
    c64: "complex64[2]",
    empty: "float32[0, 3]",
    f32: "float32[2, 2]",
    u32: "uint32[2]",
    i32: "int32[2]",
    scalar: "int32[]",
    bf16: "bfloat16[3]",
    f16: "float16[4]",
    u16: "uint16[2]",
    i16: "int16[2]",
    i8: "int8[3]",
    u8: "uint8[2]",
    bool: "bool[2, 3]",
  });
});

test("decode(bytes) reads names and metadata outside ASCII", (t) => {
  const { tensors, metadata } = decode(float32Only());
  t.deepEqual(metadata, { note: "é / \u2028" });
  t.deepEqual(
    [...tensors.keys()],
    ["10", "9", "b.bias", "b.kernel", '\uff5e"\\\n\u0001', "\u{1f600}"],
  );
  t.deepEqual(tensors.get("b.kernel")!.toArray(), [
    [0, 0.25, 0.5],
    [0.75, 1, 1.25],
  ]);
  t.is(tensors.get("10")!.item(), 3);
});

test("decode(bytes) reads a file without tensors", (t) => {
  t.deepEqual(decode(nothing()), { tensors: new Map(), metadata: {} });
  t.deepEqual(decode(file("{}")), { tensors: new Map(), metadata: {} });
  t.deepEqual(decode(file('{"__metadata__":{}}')).metadata, {});
});

test("decode(bytes) takes bytes at any address and an ArrayBuffer", (t) => {
  const bytes = everyDType();
  const expected = decode(bytes);
  for (let shift = 1; shift < 8; shift++) {
    const shifted = new Uint8Array(bytes.length + shift + 3).subarray(shift, shift + bytes.length);
    shifted.set(bytes);
    t.deepEqual(decode(shifted), expected);
  }
  t.deepEqual(decode(bytes.slice().buffer), expected);
  const shared = new Uint8Array(new SharedArrayBuffer(bytes.length));
  shared.set(bytes);
  t.deepEqual(decode(shared), expected);
});

test("decode(bytes) copies each tensor to storage of its own", (t) => {
  const bytes = encode({ a: array([1, 2]), b: array([3]) });
  const { tensors } = decode(bytes);
  bytes.fill(255);
  t.deepEqual(tensors.get("a")!.toArray(), [1, 2]);
  for (const { data } of tensors.values()) {
    t.is(data.byteOffset, 0);
    t.is(data.buffer.byteLength, data.byteLength);
  }
});

test("decode(bytes) takes tensors, fields and blanks in any order", (t) => {
  const header =
    '{ "b" :\n\t{"data_offsets":[ 0 , 1],"shape":[],"dtype":"I8"},\r\n' +
    `"a":${int8Entry("[2,1]", "[1,3]")}, "__metadata__": { "x": "\\u00e9\\ud83d\\ude00" } }  `;
  const { tensors, metadata } = decode(file(header, [5, 6, 255]));
  t.deepEqual([...tensors.keys()], ["b", "a"]);
  t.is(tensors.get("b")!.item(), 5);
  t.deepEqual(tensors.get("a")!.toArray(), [[6], [-1]]);
  t.deepEqual(metadata, { x: "é\u{1f600}" });
});

test("decode(bytes) keeps names that mean something to JavaScript objects", (t) => {
  const names = ["__proto__", "constructor", "toString", "0", ""];
  const tensors = names.map((name, i) => [name, array(i)] as const);
  const metadata = JSON.parse('{"__proto__":"a","constructor":"b"}') as Record<string, string>;
  const decoded = decode(encode(tensors, { metadata }));
  t.deepEqual(
    names.map((name) => decoded.tensors.get(name)!.item()),
    [0, 1, 2, 3, 4],
  );
  t.deepEqual(Object.entries(decoded.metadata), [
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test("decode(bytes) takes empty tensors of long axes", (t) => {
  const shape = [0, 4294967296, 1048576];
  const header = `{"a":${int8Entry(`[${shape.join()}]`, "[0,0]")}}`;
  t.deepEqual(decode(file(header)).tensors.get("a")!.shape, shape);
});

const refuses = test.macro({
  exec(t, bytes: unknown, name: "RangeError" | "TypeError", message: string) {
    const error = t.throws(() => decode(bytes as Uint8Array), { message });
    t.is(error?.name, name);
  },
  title: (label) => `decode(bytes) refuses ${label}`,
});

test(
  "an array of numbers",
  refuses,
  [1, 2],
  "TypeError",
  "decode: bytes must be a Uint8Array or an ArrayBuffer, got [1, 2].",
);
test(
  "another typed array",
  refuses,
  new Int8Array(2),
  "TypeError",
  "decode: bytes must be a Uint8Array or an ArrayBuffer, got Int8Array(2).",
);
test(
  "no file",
  refuses,
  undefined,
  "TypeError",
  "decode: bytes must be a Uint8Array or an ArrayBuffer, got undefined.",
);
test(
  "an empty file",
  refuses,
  new Uint8Array(0),
  "RangeError",
  "decode: bytes must hold at least the 8 bytes of the header length, got 0.",
);
test(
  "a cut length",
  refuses,
  new Uint8Array(7),
  "RangeError",
  "decode: bytes must hold at least the 8 bytes of the header length, got 7.",
);
test(
  "a header over the cap",
  refuses,
  file("{}", [], 100_000_001n),
  "RangeError",
  "decode: header length must be at most 100000000, got 100000001.",
);
test(
  "a header of 2^63 bytes",
  refuses,
  file("{}", [], 2n ** 63n),
  "RangeError",
  "decode: header length must be at most 100000000, got 9223372036854775808.",
);
test(
  "a header longer than the file",
  refuses,
  file("{}", [], 3n),
  "RangeError",
  "decode: header length must be at most the 2 bytes that follow it, got 3.",
);
test(
  "a header that is not UTF-8",
  refuses,
  file(Uint8Array.of(0x7b, 0x22, 0xff, 0x22)),
  "RangeError",
  "decode: header must be UTF-8, got other bytes.",
);
test(
  "an empty header",
  refuses,
  file(""),
  "RangeError",
  'decode: header must have "{" at character 0, got its end.',
);
test(
  "a header that starts with a blank",
  refuses,
  file(" {}"),
  "RangeError",
  'decode: header must have "{" at character 0, got " ".',
);
test(
  "a byte order mark",
  refuses,
  file("\ufeff{}"),
  "RangeError",
  'decode: header must have "{" at character 0, got "\ufeff".',
);
test(
  "an array as header",
  refuses,
  file("[]"),
  "RangeError",
  'decode: header must have "{" at character 0, got "[".',
);
test(
  "zero bytes as padding",
  refuses,
  file("{}\0"),
  "RangeError",
  'decode: header must have only padding at character 2, got "\\u0000".',
);
test(
  "an unclosed header",
  refuses,
  file('{"a":' + int8Entry("[1]", "[0,1]"), [1]),
  "RangeError",
  'decode: header must have "}" at character 52, got its end.',
);
test(
  "a trailing comma",
  refuses,
  file("{" + '"a":' + int8Entry("[0]", "[0,0]") + ",}"),
  "RangeError",
  'decode: header must have a string at character 53, got "}".',
);
test(
  "a missing colon",
  refuses,
  file('{"a"1}'),
  "RangeError",
  'decode: header must have ":" at character 4, got "1".',
);
test(
  "an unclosed string",
  refuses,
  file('{"abc'),
  "RangeError",
  'decode: header must have a string of valid characters and escapes at character 1, got "\\"".',
);
test(
  "a bad escape",
  refuses,
  file('{"\\x":1}'),
  "RangeError",
  'decode: header must have a string of valid characters and escapes at character 1, got "\\"".',
);
test(
  "a raw control character",
  refuses,
  file('{"\n":1}'),
  "RangeError",
  'decode: header must have a string of valid characters and escapes at character 1, got "\\"".',
);
test(
  "an unpaired surrogate",
  refuses,
  file('{"\\ud800":1}'),
  "RangeError",
  'decode: header must have a string of valid characters and escapes at character 1, got "\\"".',
);
test(
  "an entry that is no object",
  refuses,
  file('{"a":null}'),
  "RangeError",
  'decode: header must have "{" at character 5, got "n".',
);
test(
  "deep nesting",
  refuses,
  file('{"a":' + "[".repeat(1e6)),
  "RangeError",
  'decode: header must have "{" at character 5, got "[".',
);
test(
  "a repeated name",
  refuses,
  file(`{"a":${int8Entry("[0]", "[0,0]")},"\\u0061":${int8Entry("[0]", "[0,0]")}}`),
  "RangeError",
  'decode: header must not repeat a name, got "a" twice.',
);
test(
  "a repeated field",
  refuses,
  file('{"a":{"shape":[],"shape":[]}}'),
  "RangeError",
  'decode: "a" must not repeat a name, got "shape" twice.',
);
test(
  "repeated metadata",
  refuses,
  file('{"__metadata__":{"x":"1","x":"2"}}'),
  "RangeError",
  'decode: __metadata__ must not repeat a name, got "x" twice.',
);
test(
  "metadata given twice",
  refuses,
  file('{"__metadata__":{},"__metadata__":{}}'),
  "RangeError",
  'decode: header must not repeat a name, got "__metadata__" twice.',
);
test(
  "metadata that is no string",
  refuses,
  file('{"__metadata__":{"epoch":3}}'),
  "RangeError",
  'decode: header must have a string at character 25, got "3".',
);
test(
  "an unknown field",
  refuses,
  file('{"a":{"strides":[1]}}'),
  "RangeError",
  'decode: "a" must have only the fields dtype, shape and data_offsets, got "strides".',
);
test(
  "an entry without dtype",
  refuses,
  file('{"a":{"shape":[],"data_offsets":[0,1]}}', [1]),
  "RangeError",
  'decode: "a" must have the fields dtype, shape and data_offsets, got no dtype.',
);
test(
  "an entry without shape",
  refuses,
  file('{"a":{"dtype":"I8","data_offsets":[0,1]}}', [1]),
  "RangeError",
  'decode: "a" must have the fields dtype, shape and data_offsets, got no shape.',
);
test(
  "an entry without data_offsets",
  refuses,
  file('{"a":{"dtype":"I8","shape":[]}}', [1]),
  "RangeError",
  'decode: "a" must have the fields dtype, shape and data_offsets, got no data_offsets.',
);
test(
  "an unsupported dtype",
  refuses,
  file('{"a":{"dtype":"F8_E4M3","shape":[1],"data_offsets":[0,1]}}', [1]),
  "TypeError",
  'decode: dtype of "a" must be one of BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64, C64, got "F8_E4M3".',
);
test(
  "a dtype that names an object member",
  refuses,
  file('{"a":{"dtype":"constructor","shape":[1],"data_offsets":[0,1]}}', [1]),
  "TypeError",
  'decode: dtype of "a" must be one of BOOL, I8, I16, I32, I64, U8, U16, U32, U64, F16, BF16, F32, F64, C64, got "constructor".',
);
test(
  "a negative axis",
  refuses,
  file(`{"a":${int8Entry("[-1]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: shape of "a" must hold integers from 0 to 2^53 - 1, got -1.',
);
test(
  "a fractional axis",
  refuses,
  file(`{"a":${int8Entry("[1.0]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: shape of "a" must hold integers from 0 to 2^53 - 1, got 1.0.',
);
test(
  "an axis with an exponent",
  refuses,
  file(`{"a":${int8Entry("[1e0]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: shape of "a" must hold integers from 0 to 2^53 - 1, got 1e0.',
);
test(
  "an axis with a leading zero",
  refuses,
  file(`{"a":${int8Entry("[01]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: shape of "a" must hold integers from 0 to 2^53 - 1, got 01.',
);
test(
  "an axis past 2^53",
  refuses,
  file(`{"a":${int8Entry("[9007199254740992]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: shape of "a" must hold integers from 0 to 2^53 - 1, got 9007199254740992.',
);
test(
  "an axis that is a string",
  refuses,
  file(`{"a":${int8Entry('["1"]', "[0,1]")}}`, [1]),
  "RangeError",
  'decode: header must have an integer at character 28, got "\\"".',
);
test(
  "a shape that overflows",
  refuses,
  file(`{"a":${int8Entry("[4294967296,4294967296]", "[0,0]")}}`),
  "RangeError",
  'decode: shape of "a" must describe fewer than 2^53 bytes, got [4294967296, 4294967296].',
);
test(
  "an empty shape that overflows",
  refuses,
  file(`{"a":${int8Entry("[0,4294967296,4294967296]", "[0,0]")}}`),
  "RangeError",
  'decode: shape of "a" must describe fewer than 2^53 bytes, got [0, 4294967296, 4294967296].',
);
test(
  "one offset",
  refuses,
  file(`{"a":${int8Entry("[1]", "[0]")}}`, [1]),
  "RangeError",
  'decode: data_offsets of "a" must be the two integers [begin, end], got [0].',
);
test(
  "a negative offset",
  refuses,
  file(`{"a":${int8Entry("[1]", "[-1,0]")}}`, [1]),
  "RangeError",
  'decode: data_offsets of "a" must hold integers from 0 to 2^53 - 1, got -1.',
);
test(
  "decreasing offsets",
  refuses,
  file(`{"a":${int8Entry("[1]", "[1,0]")}}`, [1]),
  "RangeError",
  'decode: data_offsets of "a" must not decrease, got [1, 0].',
);
test(
  "offsets past the end",
  refuses,
  file(`{"a":${int8Entry("[2]", "[0,2]")}}`, [1]),
  "RangeError",
  'decode: data_offsets of "a" must end within the 1 bytes of data, got [0, 2].',
);
test(
  "a count of bytes unlike the shape",
  refuses,
  file('{"a":{"dtype":"F32","shape":[2,1],"data_offsets":[0,4]}}', [0, 0, 0, 0]),
  "RangeError",
  'decode: data_offsets of "a" must span 8 bytes for float32[2, 1], got [0, 4].',
);
test(
  "overlapping tensors",
  refuses,
  file(`{"a":${int8Entry("[2]", "[0,2]")},"b":${int8Entry("[2]", "[1,3]")}}`, [1, 2, 3]),
  "RangeError",
  'decode: data_offsets of "b" must begin at 2, where the tensor before it ends, got [1, 3].',
);
test(
  "tensors that share their bytes",
  refuses,
  file(`{"a":${int8Entry("[1]", "[0,1]")},"b":${int8Entry("[1]", "[0,1]")}}`, [1]),
  "RangeError",
  'decode: data_offsets of "b" must begin at 1, where the tensor before it ends, got [0, 1].',
);
test(
  "a hole",
  refuses,
  file(`{"a":${int8Entry("[1]", "[0,1]")},"b":${int8Entry("[1]", "[2,3]")}}`, [1, 2, 3]),
  "RangeError",
  'decode: data_offsets of "b" must begin at 1, where the tensor before it ends, got [2, 3].',
);
test(
  "a hole before the first tensor",
  refuses,
  file(`{"a":${int8Entry("[1]", "[1,2]")}}`, [1, 2]),
  "RangeError",
  'decode: data_offsets of "a" must begin at 0, where the tensor before it ends, got [1, 2].',
);
test(
  "trailing bytes",
  refuses,
  file(`{"a":${int8Entry("[1]", "[0,1]")}}`, [1, 2, 3]),
  "RangeError",
  "decode: bytes must end with the last tensor, got 2 more.",
);
test(
  "trailing bytes without tensors",
  refuses,
  file("{}", [1]),
  "RangeError",
  "decode: bytes must end with the last tensor, got 1 more.",
);
test(
  "booleans other than 0 and 1",
  refuses,
  file('{"a":{"dtype":"BOOL","shape":[3],"data_offsets":[0,3]}}', [1, 0, 2]),
  "RangeError",
  'decode: "a" must hold only the bytes 0 and 1 as BOOL, got 2.',
);

/** Runs decode and returns its error, which must be one of ours, or null. */
function outcome(bytes: Uint8Array): string | null {
  try {
    decode(bytes);
    return null;
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    if (!error.message.startsWith("decode: ")) throw error;
    return error.message;
  }
}

test("decode(bytes) refuses a file cut at any byte", (t) => {
  for (const bytes of [everyDType(), float32Only(), nothing()]) {
    for (let length = 0; length < bytes.length; length++) {
      if (outcome(bytes.subarray(0, length)) === null) t.fail(`took ${length} bytes`);
    }
  }
  t.is(outcome(everyDType()), null);
});

test("decode(bytes) refuses one byte too many", (t) => {
  for (const bytes of [everyDType(), float32Only(), nothing()]) {
    t.is(
      outcome(Uint8Array.of(...bytes, 0)),
      "decode: bytes must end with the last tensor, got 1 more.",
    );
  }
});

test("decode(bytes) either reads a damaged file or throws an error of its own", (t) => {
  const original = everyDType();
  const edit = fc.record({
    at: fc.oneof(fc.nat(original.length - 1), fc.nat(16)),
    remove: fc.nat(6),
    insert: fc.uint8Array({ maxLength: 6 }),
  });
  const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 4 }), (edits) => {
    let bytes = [...original];
    for (const { at, remove, insert } of edits) {
      bytes = [...bytes.slice(0, at), ...insert, ...bytes.slice(at + remove)];
    }
    outcome(Uint8Array.from(bytes));
  });
  t.notThrows(() => fc.assert(property, { seed: 1, numRuns: 2000 }));
});

test("decode(bytes) survives damage to the JSON of the header", (t) => {
  const original = headerOf(everyDType());
  const data = [...everyDType().subarray(8 + original.length)];
  const token = fc.constantFrom(
    "{",
    "}",
    "[",
    "]",
    ",",
    ":",
    '"',
    "\\",
    "-",
    "1",
    "9",
    "e",
    ".",
    " ",
    "null",
    "\u{1f600}",
    '"a"',
    "1e999",
  );
  const edit = fc.record({ at: fc.nat(original.length - 1), remove: fc.nat(3), insert: token });
  const property = fc.property(fc.array(edit, { minLength: 1, maxLength: 3 }), (edits) => {
    let text = original;
    for (const { at, remove, insert } of edits) {
      text = text.slice(0, at) + insert + text.slice(at + remove);
    }
    outcome(file(text, data));
  });
  t.notThrows(() => fc.assert(property, { seed: 2, numRuns: 2000 }));
});

test("decode(bytes) takes a header of many tensors", (t) => {
  const tensors = Array.from({ length: 20_000 }, (_, i) => [`layer${i}`, zeros([2])] as const);
  t.is(decode(encode(tensors)).tensors.size, 20_000);
});
