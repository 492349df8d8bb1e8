import { describe } from "@flaxen/dtype";
import type { DType } from "@flaxen/dtype";
import { isNDArray } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import type { LaneFormulas } from "./lanes.ts";
import type { ReductionKind } from "./loops/loop-group.ts";
import { runKernel } from "./memory-kernel.ts";
import type { KernelChoice } from "./memory-kernel.ts";
import { isTracer } from "./tensor.ts";
import type { Tensor, Trace } from "./tensor.ts";

/** The shape and dtype of an array without its values. */
export interface ShapedArray {
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
}

/** What the reverse rule of a {@link Primitive} sees of one application. */
export interface VjpContext<P> {
  /** The operands, with every tracer of the running differentiation removed. */
  readonly inputs: readonly Tensor[];
  /** The result of the application. */
  readonly output: Tensor;
  /** The parameters of the application. */
  readonly params: P;
  /** Whether a cotangent of each operand is wanted; rules may return `null` for the others. */
  readonly needs: readonly boolean[];
}

/**
 * One differentiable operation: everything that the engine knows of it, in one object.
 *
 * Operands arrive already promoted to the dtypes that the rule expects. `P` is the type of the static
 * parameters (axes, strides and the like).
 */
export interface Primitive<P> extends EvaluatedPrimitive<P> {
  /**
   * Pulls the cotangent `ct` of the result back to each operand, in terms of operations, so that the
   * rule is itself differentiable. Each cotangent has its operand's shape and dtype; `null` is zero.
   */
  vjp(ct: Tensor, context: VjpContext<P>): readonly (Tensor | null)[];
  /**
   * Primitives that take a part of their only operand: pulls the cotangents of all parts that were taken of
   * one operand back at once, which replaces one `vjp` for each part and the sum of their results.
   */
  vjpOfParts?(cts: readonly Tensor[], contexts: readonly VjpContext<P>[]): Tensor;
}

/** What is known of an operation that only concrete arrays see. */
export interface EvaluatedPrimitive<P> {
  /** Name of the public operation; callee of its error messages. */
  readonly name: string;
  /** Checks the operands and returns the shape and dtype of the result. */
  abstractEval(inputs: readonly ShapedArray[], params: P): ShapedArray;
  /**
   * Computes the result, a new row-major array of shape and dtype `out`, from concrete operands, in plain
   * JavaScript.
   */
  evaluate(inputs: readonly NDArray[], params: P, out: ShapedArray): NDArray;
  /**
   * Chooses the SIMD kernel for operands of these shapes and dtypes, which gives the bits of `evaluate`;
   * undefined where there is none.
   */
  readonly kernel?: KernelChoice<P>;
  /**
   * Whether the kernel gains more than it costs to copy concrete operands to the scratch memory and the
   * result back; by default from 64 elements on.
   */
  readonly copyPays?: (inputs: readonly ShapedArray[], params: P, out: ShapedArray) => boolean;
  /** Whether the result has the operand's elements in the same order, under whatever shape. */
  readonly alias?: boolean;
  /** Element-wise primitives, whose operands broadcast: the formulas of an element in SIMD lanes. */
  readonly lanes?: LaneFormulas<P>;
  /** Reductions over the axes `params.axes` that loops in SIMD lanes know. */
  readonly reduction?: ReductionKind;
}

/**
 * Applies a primitive: the innermost running transformation among the inputs records it, and without
 * one it is evaluated at once.
 *
 * @param primitive - What to apply.
 * @param inputs - Operands of the dtypes that the primitive expects.
 * @param params - Its static parameters.
 * @returns A concrete array if every input is concrete, else possibly a tracer.
 * @throws {@link TypeError} if an input is no tensor.
 * @throws {@link TypeError} or RangeError if the primitive refuses the inputs.
 * @throws {@link Error} if an input is a tracer whose transformation has returned.
 *
 * @example
 * ```ts
 * import { bind, multiply } from "@flaxen/autodiff";
 * import type { Primitive } from "@flaxen/autodiff";
 * import { array, NDArray } from "@flaxen/ndarray";
 *
 * const twice: Primitive<null> = {
 *   name: "twice",
 *   abstractEval: ([x]) => x,
 *   evaluate: ([x]) => new NDArray(Float32Array.from(x.data as Float32Array, (v) => 2 * v), x.shape),
 *   vjp: (ct) => [multiply(ct, 2)],
 * };
 * bind(twice, [array([1, 2])], null); // => [2, 4]
 * ```
 */
export function bind<P>(primitive: Primitive<P>, inputs: readonly Tensor[], params: P): Tensor {
  let top: Trace | null = null;
  for (let i = 0; i < inputs.length; i++) {
    const input = inputs[i];
    if (isTracer(input)) {
      if (top === null || input.trace.level > top.level) top = input.trace;
    } else if (!isNDArray(input)) {
      throw new TypeError(`${primitive.name}: inputs must be tensors, got ${describe(input)}.`);
    }
  }
  if (top !== null) return top.process(primitive, inputs, params);
  const concrete = inputs as readonly NDArray[];
  return evaluate(primitive, concrete, params);
}

/** Applies a primitive to concrete operands at once. */
export function evaluate<P>(
  primitive: EvaluatedPrimitive<P>,
  inputs: readonly NDArray[],
  params: P,
): NDArray {
  const out = primitive.abstractEval(inputs, params);
  return runKernel(primitive, inputs, params, out) ?? primitive.evaluate(inputs, params, out);
}
