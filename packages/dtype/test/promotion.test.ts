import test from "ava";
import { enableX64, promoteTypes, resultType } from "@flaxen/dtype";
import type { Complex, DType } from "@flaxen/dtype";
import fc from "fast-check";

const NAMES: readonly DType[] = [
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
  "complex128",
];

/** What resultType takes. */
type Operand = DType | number | boolean | bigint | Complex;

/** Dtypes as letters, in the order of NAMES. */
const spell = (dtypes: DType[]): string =>
  dtypes.map((dtype) => "abcdefghijklmno"[NAMES.indexOf(dtype)]).join("");

// JAX 0.10.2, jax.config.update("jax_enable_x64", x64): a word for each a, a letter for each b.
//   "".join("abcdefghijklmno"[NAMES.index(str(jnp.promote_types(a, b)))] for b in NAMES)
const PAIRS = {
  x32: `
    abcdefghijklmno bbcdecddmjklmno cccdecddmjklmno ddddedddmjklmno eeeeeeeemjklmno
    fccdefghijklmno gdddegghijklmno hdddehhhijklmno immmmiiiijklmno jjjjjjjjjjllmno
    kkkkkkkkklklmno llllllllllllmno mmmmmmmmmmmmmoo nnnnnnnnnnnnono ooooooooooooooo`,
  x64: `
    abcdefghijklmno bbcdecdemjklmno cccdecdemjklmno ddddeddemjklmno eeeeeeeemjklmno
    fccdefghijklmno gdddegghijklmno heeeehhhijklmno immmmiiiijklmno jjjjjjjjjjllmno
    kkkkkkkkklklmno llllllllllllmno mmmmmmmmmmmmmoo nnnnnnnnnnnnono ooooooooooooooo`,
};

// Likewise jnp.result_type(a, s): a word for each scalar s of True, 1, 1.5, 1j, a letter for each
// a.
const SCALARS: Operand[] = [true, 1, 1.5, { re: 0, im: 1 }];
const WITH_SCALARS = {
  x32: "abcddfghhjkllnn dbcddfghhjkllnn llllllllljkllnn nnnnnnnnnnnnnnn",
  x64: "abcdefghijklmno ebcdefghijklmno mmmmmmmmmjklmno ooooooooonnnono",
};

// Likewise jnp.result_type(*group).
const GROUPS: Operand[][] = [
  [1, 2],
  [1, 1.5],
  [true, 1],
  [true, true],
  [1.5, { re: 0, im: 1 }],
  ["int8", 1, 1.5],
  ["float16", 1.5, "int32"],
  ["bfloat16", "float16", 1],
  ["uint8", "int8", 1.5, "bfloat16"],
  ["int16", "uint16", true],
  ["uint32", "int32", 1.5, "float16"],
  ["uint16", "int8", "bool"],
  ["complex64", 1.5, "bfloat16"],
];
const OF_GROUPS = { x32: "dldanljlkdjdn", x64: "emeaomjlkdjdn" };

function withX64<T>(on: boolean, f: () => T): T {
  enableX64(on);
  try {
    return f();
  } finally {
    enableX64(false);
  }
}

const pairs = (): string[] => NAMES.map((a) => spell(NAMES.map((b) => promoteTypes(a, b))));

test.serial("promoteTypes(a, b) equals jnp.promote_types with 64-bit defaults", (t) => {
  t.deepEqual(withX64(true, pairs), PAIRS.x64.trim().split(/\s+/));
});

test.serial("promoteTypes(a, b) equals jnp.promote_types with 32-bit defaults", (t) => {
  // uint64 with a signed integer meets in a weak float. JAX names that float64 here although its
  // arrays then get the default float32; promoteTypes names the default at once.
  const expected = PAIRS.x32.trim().split(/\s+/);
  for (const row of [1, 2, 3, 4]) expected[row] = expected[row].replace(/^(.{8})m/, "$1l");
  expected[8] = expected[8].replace("immmm", "illll");
  t.deepEqual(pairs(), expected);
});

const scalarWords = (): string[] =>
  SCALARS.map((scalar) => spell(NAMES.map((dtype) => resultType(dtype, scalar))));

test.serial("resultType(dtype, scalar) equals jnp.result_type with 64-bit defaults", (t) => {
  t.deepEqual(withX64(true, scalarWords), WITH_SCALARS.x64.split(" "));
});

test.serial("resultType(dtype, scalar) equals jnp.result_type for 32-bit dtypes", (t) => {
  // JAX maps 64-bit dtypes to 32 bits in this mode; here a dtype that is named is honoured.
  const narrow = (word: string): string =>
    [...word].filter((_, i) => !/64$|128$/.test(NAMES[i]) || NAMES[i] === "complex64").join("");
  t.deepEqual(scalarWords().map(narrow), WITH_SCALARS.x32.split(" ").map(narrow));
  t.is(resultType("float64", 1.5), "float64");
  t.is(resultType("int64", 1), "int64");
  t.is(resultType("complex128", 1), "complex128");
});

const groupWord = (): string => spell(GROUPS.map((group) => resultType(...group)));

test.serial("resultType(...operands) equals jnp.result_type for several operands", (t) => {
  t.is(groupWord(), OF_GROUPS.x32);
  t.is(withX64(true, groupWord), OF_GROUPS.x64);
});

test("resultType(...operands) counts a bigint as a weak integer", (t) => {
  t.is(resultType("int8", 300n), "int8");
  t.is(resultType(1n), "int32");
  t.is(resultType("bfloat16", 1n), "bfloat16");
});

test("promoteTypes(a, b) is commutative and idempotent", (t) => {
  const dtype = fc.constantFrom(...NAMES);
  fc.assert(
    fc.property(dtype, dtype, (a, b) => {
      const ab = promoteTypes(a, b);
      return ab === promoteTypes(b, a) && promoteTypes(a, a) === a && ab === resultType(a, b);
    }),
    { seed: 21 },
  );
  t.pass();
});

test("promoteTypes(a, b) throws TypeError for an unknown name", (t) => {
  t.throws(() => promoteTypes("float32", "half" as DType), {
    instanceOf: TypeError,
    message: 'promoteTypes: a and b must be dtype names, got "float32" and "half".',
  });
});

test("resultType(...operands) throws without operands or for other values", (t) => {
  t.throws(() => resultType(), {
    instanceOf: RangeError,
    message: "resultType: operands must hold at least one dtype or scalar, got none.",
  });
  for (const [operand, text] of [
    ["half", '"half"'],
    [null, "null"],
    [[1], "[1]"],
    [undefined, "undefined"],
  ]) {
    t.throws(() => resultType("int8", operand as DType), {
      instanceOf: TypeError,
      message: `resultType: operands must be dtype names or scalars, got ${text}.`,
    });
  }
});
