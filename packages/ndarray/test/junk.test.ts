import test from "ava";
import fc from "fast-check";
import * as ndarray from "@flaxen/ndarray";

// Whatever they get, functions return something valid or throw an error of the house.

const small = fc.integer({ min: -3, max: 4 });
const lists = fc.oneof(
  fc.array(fc.oneof(small, fc.double()), { maxLength: 4 }),
  fc.array(fc.array(small, { minLength: 2, maxLength: 2 }), { maxLength: 3 }),
  fc.array(fc.oneof(small, fc.boolean(), fc.bigInt()), { maxLength: 3 }),
);

/** Values that are nearly right, and others. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(undefined),
  lists,
  lists.map((list) => {
    try {
      return ndarray.array(list as never);
    } catch {
      return list;
    }
  }),
  small,
  fc.constantFrom(...["float32", "float16", "int8", "bool", "int64", "complex64", "f4"]),
  fc.constantFrom({ re: 1, im: 2 }, { re: "1" }, { shape: [2], dtype: "int8" }),
  fc.record(
    {
      data: fc.oneof(fc.uint8Array({ maxLength: 6 }), fc.float64Array({ maxLength: 6 }), lists),
      shape: fc.array(small, { maxLength: 2 }),
      stride: fc.array(small, { maxLength: 2 }),
      offset: small,
      dtype: fc.constantFrom("uint8", "float32", "array", undefined),
    },
    { requiredKeys: ["data", "shape", "stride", "offset"] },
  ),
  fc.record({ endpoint: fc.boolean(), dtype: fc.constantFrom("int8", "x") }, { requiredKeys: [] }),
  fc.anything({ maxDepth: 2, withBigInt: true, withTypedArray: true, withNullPrototype: true }),
);

const MESSAGE = /^[\w.]+: .+ must .+\.$/s;

/** Large sizes are legal, and as slow as large. */
function isLarge(args: readonly unknown[]): boolean {
  return args.flat(2).some((x) => typeof x === "number" && Math.abs(x) > 1000);
}

const NAMES = [
  "arange", "argsort", "array", "arrayEqual", "asNDArray", "astype", "broadcastShapes",
  "broadcastTo", "checkShape", "concatenate", "contiguous", "copy", "expandDims", "eye", "flip",
  "full", "fullLike", "isNDArray", "linspace", "moveaxis", "ones", "onesLike", "reshape", "sort",
  "squeeze", "stack", "take", "transpose", "where", "zeros", "zerosLike",
] as const; // prettier-ignore

function callable(name: (typeof NAMES)[number] | "NDArray"): (...args: unknown[]) => unknown {
  const { NDArray, checkShape } = ndarray;
  switch (name) {
    case "NDArray":
      // Storage is always given.
      return (...args) => new NDArray(new Float32Array(4), ...(args as [never]));
    case "checkShape":
      return (shape) => checkShape("callee", shape);
    default:
      return ndarray[name] as (...args: unknown[]) => unknown;
  }
}

const survives = test.macro<[(typeof NAMES)[number] | "NDArray"]>({
  exec(t, name) {
    const f = callable(name);
    let returned = 0;
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 4 }), (args) => {
        fc.pre(!isLarge(args));
        try {
          const result = f(...args);
          returned++;
          if (!ndarray.isNDArray(result)) return;
          // Every element can be read.
          if (result.size < 5000) result.toArray();
        } catch (error) {
          const { constructor, message } = error as Error;
          const ours =
            (constructor === TypeError || constructor === RangeError) && MESSAGE.test(message);
          if (!ours) throw error;
        }
      }),
      { seed: 10, numRuns: 1500, maxSkipsPerRun: 100 },
    );
    t.true(returned > 0);
  },
  title: (_, name) => `${name}(...junk) returns something valid or throws an error of its own`,
});

for (const name of [...NAMES, "NDArray"] as const) test(survives, name);
