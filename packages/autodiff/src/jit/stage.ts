import type { ShapedArray } from "../primitive.ts";
import type { Tensor } from "../tensor.ts";
import type { Graph } from "./graph.ts";
import { CapturedTracer, JitTrace } from "./jit-trace.ts";

/** An input of a staged function; a weak one stands for a bare number. */
export interface StagedInput extends ShapedArray {
  /** Whether its dtype follows the other operands. */
  readonly weak?: boolean;
}

/**
 * Runs a function once on tracers and records what it computes.
 *
 * @param transform - On whose behalf, for error messages.
 * @param inputs - Shapes and dtypes of the arguments.
 * @param f - Returns the tensors that are wanted.
 * @returns The graph; undefined if `f` uses a value of an outer transformation that it was not given, so that
 *   it must be run as it is.
 */
export function stage(
  transform: string,
  inputs: readonly StagedInput[],
  f: (tracers: readonly Tensor[]) => readonly Tensor[],
): Graph | undefined {
  const trace = new JitTrace(transform);
  try {
    return trace.finish(f(inputs.map((input) => trace.input(input, input.weak === true))));
  } catch (error) {
    if (error instanceof CapturedTracer) return undefined;
    throw error;
  } finally {
    trace.close();
  }
}
