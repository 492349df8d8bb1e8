import { tree } from "@flaxen/autodiff";
import type { Jitted, JitOptions, Tensor } from "@flaxen/autodiff";
import { checkJit, Entries, inputOf, stage, standIn } from "@flaxen/autodiff/program";
import type { Entry, LeafType, ProgramValue, StagedInput } from "@flaxen/autodiff/program";
import { JitCall } from "./jit-call.ts";
import { originOf, readArray, rebuild, ResultTemplate } from "./jit-result.ts";
import type { Origin } from "./jit-result.ts";
import { LiftedCall } from "./lifted-call.ts";
import { runInScope, warnAboutConstants } from "./scope.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import { traverse } from "./traverse.ts";
import { unboundThis } from "./unbound.ts";
import { checkWritable, isVariable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * Compiles a function of Modules, optimizers, arrays and anything else that holds Variables, such as a whole train
 * step.
 *
 * The first call traces the function to a graph, which is simplified, fused and laid out in one stretch of memory;
 * later calls with objects of the same structure, shapes, dtypes and static fields run that program. Results and new
 * values of Variables have the same bits as without `jit`. Values that the function writes to its arguments stay in
 * the program's memory until somebody looks at them. If it throws, the arguments are as before.
 *
 * Tensors, numbers, random keys and the values of Variables are data; booleans, strings, functions and static
 * fields are part of the program. Whatever the function does besides computing happens only while it is traced;
 * a function that adds Variables or changes fields of its arguments is run as it is. So is one that is called
 * inside of another transform, of which it becomes a part.
 *
 * @param f - any function of Modules and arrays.
 * @param options - `cacheSize`: programs that are kept for different arguments (default 16).
 * @returns a function of the same arguments, with `explain()` and `clear()`.
 * @throws {@link TypeError} if `f` is no function; when called, if an argument can be neither data nor static.
 * @throws {@link RangeError} if `cacheSize` is not a positive integer.
 * @throws {@link Error} (when called) if `f` reads the value of a tensor that depends on its arguments.
 * @throws {@link TraceContextError} (when called) if `f` writes a captured Variable.
 *
 * @example
 * ```ts
 * import { mean, square, subtract } from "@flaxen/autodiff";
 * import type { Tensor } from "@flaxen/autodiff";
 * import { array } from "@flaxen/ndarray";
 * import { jit, Linear, Param, Rngs, state, update, valueAndGrad } from "@flaxen/nnx";
 * import { multiply, tree } from "@flaxen/autodiff";
 *
 * const model = new Linear(1, 1, { rngs: new Rngs(0), useBias: false });
 * const step = jit((model: Linear, x: Tensor, y: Tensor) => {
 *   const [loss, gradient] = valueAndGrad((m: Linear) =>
 *     mean(square(subtract(m.forward(x), y))),
 *   )(model);
 *   model.kernel.value = subtract(model.kernel.value, multiply(0.5, gradient.kernel.value));
 *   return loss;
 * });
 * for (let i = 0; i < 3; i++) step(model, array([[1]]), array([[2]]));
 * model.kernel.value; // => [[2]]
 * step.explain().length; // => 1
 * ```
 */
export function jit<A extends readonly any[], R>(
  f: (...args: A) => R,
  options: JitOptions = {},
): ((...args: A) => R) & Jitted {
  const entries = new Entries<JitCall, CompiledStep>(checkJit(f, options));
  const self = unboundThis("jit", f);
  const traced = (...args: readonly unknown[]): unknown => Reflect.apply(f, self, args);
  const run = (...args: A): R => {
    const call = JitCall.of(args);
    if (call === undefined) return traced(...args) as R;
    const known = entries.find(call);
    if (known !== undefined) return finish(known, call.variables, call.inputs()) as R;
    const inputs = call.inputs();
    const entry = entries.compile(call, () => compile(traced, args, call, entries));
    return (
      entry === undefined ? runPlain(traced, args) : finish(entry, call.variables, inputs)
    ) as R;
  };
  return Object.assign(run, entries.report());
}

interface CompiledStep extends Entry<JitCall> {
  /** What is written, by the position of the Variable. */
  readonly written: readonly (readonly [position: number, origin: Origin])[];
  readonly template: ResultTemplate;
}

/** Runs a program, and writes to the Variables what it has computed for them. */
function finish(
  { program, written, template }: CompiledStep,
  variables: readonly Variable<unknown>[],
  inputs: readonly ProgramValue[],
): unknown {
  const changed = written.map(([position]) => variables[position]);
  // First, since the program writes over values that are resident.
  for (const variable of changed) checkWritable(variable, null);
  const outputs = program.call(inputs);
  let at = 0;
  const values = written.map(([, origin]) => rebuild(origin, () => outputs[at++]));
  const result = template.build(() => readArray(outputs[at++]));
  changed.forEach((variable, i) => (slotOf(variable).held = values[i]));
  return result;
}

/** Runs the function as it is; if it throws, everything is put back. */
function runPlain(f: (...args: readonly unknown[]) => unknown, args: readonly unknown[]): unknown {
  const snapshot = takeSnapshot(traverse(args, { isLeaf: isVariable }));
  try {
    return f(...args);
  } catch (error) {
    restoreSnapshot(snapshot);
    throw error;
  }
}

/** Traces a function; undefined if it has to be run as it is. */
function compile(
  f: (...args: readonly unknown[]) => unknown,
  args: readonly unknown[],
  call: JitCall,
  entries: Entries<JitCall, CompiledStep>,
): CompiledStep | undefined {
  const { variables, types, leaves, structure } = call;
  const inputs: StagedInput[] = [];
  const positions = variables.map((_, i) => addInput(inputs, call.held[i]));
  const leafPositions = types.map((type) => addInput(inputs, type));
  const lifted = new LiftedCall(args);
  const written: (readonly [number, Origin])[] = [];
  let template: ResultTemplate | undefined;
  let captured = 0;
  try {
    const graph = runInScope("jit", (scope) => {
      lifted.lend(scope);
      const staged = stage("jit", inputs, (tracers) => {
        const started = variables.map((variable, i) => {
          const { kind } = call.held[i];
          if (kind === "static") return slotOf(variable).held;
          const value = standIn(call.held[i], tracers[positions[i]]);
          slotOf(variable).held = value;
          return value;
        });
        const values = leaves.map((leaf, i) =>
          leafPositions[i] < 0 ? leaf : standIn(types[i], tracers[leafPositions[i]]),
        );
        const result = f(...(tree.unflatten(structure, values) as unknown[]));
        const found: Tensor[] = [];
        if (!call.isUnchanged()) return found;
        const known = call.members();
        variables.forEach((variable, i) => {
          const { held } = slotOf(variable);
          if (held !== started[i]) written.push([i, originOf(held, found, known)]);
        });
        template = new ResultTemplate(result, found, known);
        return found;
      });
      captured = scope.capturedParamReads;
      return staged;
    });
    if (variables.length === 0 && captured > 0) warnAboutConstants("jit", "see its new values");
    if (graph === undefined || template === undefined) return undefined;
    // The first outputs are the new values of Variables; an array takes the place of the old one.
    const carried = written.flatMap(([position, origin]) => {
      if (origin.kind === "tensor") return [positions[position] < 0 ? null : positions[position]];
      return origin.kind === "fixed" ? [] : [null];
    });
    const program = entries.programFor(graph, carried);
    call.keep();
    return { signature: call, program, written, template };
  } finally {
    lifted.restore();
  }
}

/** Adds an input for a leaf and returns its position; -1 for a static one. */
function addInput(inputs: StagedInput[], type: LeafType): number {
  const input = inputOf(type);
  return input === null ? -1 : inputs.push(input) - 1;
}
