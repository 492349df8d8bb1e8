import type { TracedDraw } from "@flaxen/rng/tracing";
import type { PlainPrimitive } from "./unary-kernels.ts";

/** A draw of `@flaxen/rng` whose key or operands are tracers; no gradient flows through it. */
export function drawPrimitive({
  name,
  inputs,
  shape,
  dtype,
  evaluate,
}: TracedDraw): PlainPrimitive {
  return {
    name,
    abstractEval: () => ({ shape, dtype }),
    evaluate,
    vjp: () => inputs.map(() => null),
  };
}
