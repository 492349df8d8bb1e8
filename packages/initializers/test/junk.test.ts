import test from "ava";
import fc from "fast-check";
import * as initializers from "@flaxen/initializers";
import { isNDArray, sizeOf } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { key } from "@flaxen/rng";

// Whatever they get, functions return a valid array or an initializer, or throw an error of the house.

type AnyFunction = (...args: unknown[]) => unknown;

const small = fc.integer({ min: -3, max: 4 });
const dtypes = fc.constantFrom(
  "float32",
  "float16",
  "bfloat16",
  "float64",
  "complex64",
  "int8",
  "f4",
);

/** Values that are nearly right, and others. */
const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.constant(undefined),
  fc.constantFrom(key(0), key(1, { partitionable: false })),
  fc.array(small, { maxLength: 4 }),
  small,
  fc.double(),
  dtypes,
  fc.constantFrom("fan_in", "fan_geo_avg", "normal", "truncated_normal", "uniform"),
  fc.record(
    {
      inAxis: fc.oneof(small, fc.array(small, { maxLength: 2 })),
      outAxis: small,
      batchAxis: fc.array(small, { maxLength: 2 }),
      columnAxis: small,
      lower: fc.double(),
      upper: fc.double(),
      dtype: dtypes,
    },
    { requiredKeys: [] },
  ),
  fc.constantFrom(initializers.zeros, initializers.glorotUniform),
  fc.anything({ maxDepth: 2, withBigInt: true, withTypedArray: true, withNullPrototype: true }),
);

const MESSAGE = /^\w+: .+ must .+\.$/s;

function isOurs(error: unknown): boolean {
  return (
    error instanceof Error &&
    (error.constructor === TypeError || error.constructor === RangeError) &&
    MESSAGE.test(error.message)
  );
}

/** Says what is wrong with an array; undefined if nothing is. */
function flaw(x: NDArray): string | undefined {
  const size = sizeOf(x.shape);
  const width = x.dtype.startsWith("complex") ? 2 : 1;
  if (x.data.length !== width * size) return `${x.data.length} entries for ${size} elements`;
  const halves = x.dtype === "float16" || x.dtype === "bfloat16";
  const nan = ([x.toArray()] as unknown[]).flat(Infinity).some((value) => Number.isNaN(value));
  return nan && !halves ? "NaN" : undefined;
}

const survives = test.macro<[string]>({
  exec(t, name) {
    const f = initializers[name as keyof typeof initializers] as AnyFunction;
    const call = fc.tuple(fc.array(junk, { maxLength: 4 }), fc.array(junk, { maxLength: 3 }));
    let arrays = 0;
    const run = (args: unknown[], later: unknown[]): void => {
      try {
        let result = f(...args);
        // Half of the calls of initializers get a true key and a shape.
        if (typeof result === "function") {
          const [first, second, ...rest] = later;
          const shape = Array.isArray(second) ? second : [2, 3, 3];
          result = (result as AnyFunction)(...(rest.length > 0 ? later : [key(3), shape, first]));
        }
        if (!isNDArray(result)) throw new Error(`returned ${String(result)}`);
        const problem = flaw(result);
        if (problem !== undefined) throw new Error(problem);
        arrays++;
      } catch (error) {
        if (!isOurs(error)) throw error;
      }
    };
    fc.assert(
      fc.property(call, ([args, later]) => run(args, later)),
      { seed: 8, numRuns: 1500 },
    );
    fc.assert(
      fc.property(fc.array(junk, { maxLength: 3 }), (later) => run([], later)),
      { seed: 9, numRuns: 500 },
    );
    if (!["constant", "varianceScaling", "zeros", "ones"].includes(name)) t.true(arrays > 20);
    else t.pass();
  },
  title: (_, name) => `${name}(...junk) returns an array or throws an error of its own`,
});

for (const name of Object.keys(initializers)) test(survives, name);
