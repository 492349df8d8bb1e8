import { describe } from "@flaxen/dtype";
import type { NDArray } from "@flaxen/ndarray";
import type { FunctionBuilder } from "@flaxen/wasm";
import { binaryRule } from "./binary-kernels.ts";
import type { LaneDType, LaneFormula, Lanes } from "./lanes.ts";
import { scalarOperand, sharedDType } from "./operands.ts";
import { evaluate } from "./primitive.ts";
import type { EvaluatedPrimitive, Primitive } from "./primitive.ts";
import { isTracer, nextLevel, Tracer } from "./tensor.ts";
import type { Tensor, Trace } from "./tensor.ts";

/** A tracer of {@link LaneTrace}: elements in registers. */
class LaneTracer extends Tracer {
  readonly lanes: Lanes;

  constructor(trace: LaneTrace, operation: string, lanes: Lanes) {
    super(trace, operation, [], lanes.dtype);
    this.lanes = lanes;
  }
}

/** Writes the code of operations as they are applied. */
class LaneTrace implements Trace {
  readonly level: number = nextLevel();
  readonly transform: string = "fused";
  private readonly f: FunctionBuilder;

  constructor(f: FunctionBuilder) {
    this.f = f;
  }

  process<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
    const operands = inputs.map(lanesOf);
    const { dtype } = primitive.abstractEval(inputs, params);
    const formula = primitive.lanes?.[operands[operands.length - 1].dtype];
    if (formula === undefined) {
      throw new TypeError(`fused: f must apply element-wise operations, got ${primitive.name}.`);
    }
    const lanes = formula(this.f, operands, params, dtype as LaneDType);
    return new LaneTracer(this, primitive.name, lanes);
  }
}

function lanesOf(x: Tensor): Lanes {
  if (x instanceof LaneTracer) return x.lanes;
  throw new TypeError(`fused: f must compute from its operands alone, got ${describe(x)}.`);
}

function laneFormula(f: (...operands: Tensor[]) => Tensor): LaneFormula<null> {
  return (builder, operands) => {
    const trace = new LaneTrace(builder);
    return lanesOf(f(...operands.map((lanes) => new LaneTracer(trace, "argument", lanes))));
  };
}

/**
 * Makes a chain of element-wise operations on floats run as one loop wherever they would run one by one, on
 * arrays without a transformation. The bits are the same, and transformations see the operations.
 *
 * @param name - For error messages.
 * @param f - Computes an element of the result from those of all operands, which broadcast, and from nothing else.
 * @param cost - About how many operations `f` applies.
 * @returns A function as `f` that takes numbers too.
 */
export function fused(
  name: string,
  f: (...operands: Tensor[]) => Tensor,
  cost: number,
): (...operands: readonly (Tensor | number)[]) => Tensor {
  const formula = laneFormula(f);
  const primitive: EvaluatedPrimitive<null> = {
    name,
    abstractEval: (inputs) => binaryRule(name, inputs),
    evaluate: (inputs) => f(...inputs) as NDArray,
    lanes: { float32: formula, float64: formula, cost, pays: 1 },
  };
  return (...operands) => {
    const dtype = operands.some(isTracer) ? null : sharedDType(operands);
    // Operations take bare numbers too.
    if (dtype !== "float32" && dtype !== "float64") return f(...(operands as Tensor[]));
    const arrays = operands.map((x) =>
      typeof x === "number" ? scalarOperand(x, dtype) : (x as NDArray),
    );
    return evaluate(primitive, arrays, null);
  };
}
