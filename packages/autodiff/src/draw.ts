import type { DType } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { TracedDraw } from "@flaxen/rng/tracing";
import type { Primitive } from "./primitive.ts";

/** What a draw depends on besides its inputs. */
interface DrawParams {
  readonly shape: Shape;
  readonly dtype: DType;
  /** Equal for equal draws. */
  readonly settings: unknown;
  readonly evaluate: (values: readonly NDArray[]) => NDArray;
}

// One for each sampler, so that equal draws are equal applications.
const primitives: Map<string, Primitive<DrawParams>> = /* @__PURE__ */ new Map();

/** A draw of `@flaxen/rng` whose key or operands are tracers; no gradient flows through it. */
export function drawPrimitive({ name, shape, dtype, settings, evaluate }: TracedDraw): {
  readonly primitive: Primitive<DrawParams>;
  readonly params: DrawParams;
} {
  let primitive = primitives.get(name);
  if (primitive === undefined) primitives.set(name, (primitive = makePrimitive(name)));
  const params = { shape, dtype, settings, evaluate };
  // The function is a new one each time: what is enumerable is compared.
  Object.defineProperty(params, "evaluate", { enumerable: settings === undefined });
  return { primitive, params };
}

function makePrimitive(name: string): Primitive<DrawParams> {
  return {
    name,
    abstractEval: (_, { shape, dtype }) => ({ shape, dtype }),
    evaluate: (inputs, { evaluate }) => evaluate(inputs),
    vjp: (_, { inputs }) => inputs.map(() => null),
  };
}
