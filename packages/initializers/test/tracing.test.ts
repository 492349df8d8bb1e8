import test from "ava";
import { bitEqual } from "@flaxen/testing";
import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { key, keyData, wrapKeyData } from "@flaxen/rng";
import type { SamplerTrace, TracedArray, TracedDraw } from "@flaxen/rng/tracing";
import * as initializers from "@flaxen/initializers";
import type { Initializer } from "@flaxen/initializers";

// A stand-in that knows its value: the tracer records each draw and evaluates it at once.
class StandIn implements TracedArray {
  readonly shape: Shape;
  readonly dtype: DType;
  readonly #value: NDArray;

  constructor(value: NDArray) {
    this.shape = value.shape;
    this.dtype = value.dtype;
    this.#value = value;
  }

  static of(x: unknown): NDArray {
    return (x as StandIn).#value;
  }
}

let recorded: TracedDraw[] = [];
Object.defineProperty(StandIn.prototype, Symbol.for("flaxen.SamplerTrace"), {
  value: ((draw) => {
    recorded.push(draw);
    return new StandIn(draw.evaluate(draw.inputs.map((input) => StandIn.of(input))));
  }) satisfies SamplerTrace,
});

const { varianceScaling } = initializers;

const INITIALIZERS: Record<string, Initializer> = {
  deltaOrthogonal: initializers.deltaOrthogonal(2),
  normal: initializers.normal(2),
  orthogonal: initializers.orthogonal(2, { columnAxis: 1 }),
  truncatedNormal: initializers.truncatedNormal(2),
  uniform: initializers.uniform(2),
  varianceScaling: varianceScaling(2, "fan_out", "normal"),
};
for (const name of ["glorot", "he", "kaiming", "lecun", "xavier"] as const) {
  for (const kind of ["Normal", "Uniform"] as const) {
    INITIALIZERS[`${name}${kind}`] = initializers[`${name}${kind}`]();
  }
}

for (const [name, initializer] of Object.entries(INITIALIZERS)) {
  const dtypes: readonly DType[] = /orthogonal/i.test(name)
    ? ["float32", "complex64"]
    : /^(uniform|truncatedNormal)$/.test(name)
      ? ["float32", "bfloat16"]
      : ["float32", "bfloat16", "complex64"];
  for (const dtype of dtypes) {
    test.serial(`${name} of a traced key is one draw of the same bits, ${dtype}`, (t) => {
      const shape = [3, 4, 5];
      const concrete = key(7, { partitionable: false });
      const words = new StandIn(keyData(concrete));
      const traced = wrapKeyData(words as unknown as NDArray<"uint32">, concrete);
      recorded = [];
      const weights = initializer(traced, shape, dtype);
      t.true((weights as unknown) instanceof StandIn);
      t.deepEqual(
        recorded.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
        [{ name, shape, dtype }],
      );
      bitEqual(t, StandIn.of(weights), initializer(concrete, shape, dtype));
    });
  }
}

test("every initializer that draws is traced", (t) => {
  const constants = ["constant", "zeros", "zerosInit", "ones", "onesInit"];
  const names = Object.keys(initializers).filter((name) => !constants.includes(name));
  t.deepEqual(names.sort(), Object.keys(INITIALIZERS).sort());
});
