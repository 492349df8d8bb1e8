import type { DType } from "@flaxen/dtype";
import { defineKernel } from "@flaxen/wasm";
import type { Local } from "@flaxen/wasm";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { Primitive, ShapedArray } from "../primitive.ts";
import { arraySizes, canLoop, canReduce, groupBody } from "./compile-loops.ts";
import type { LoopFunction } from "./compile-loops.ts";
import { emitLoops } from "./emit-loops.ts";
import type { EmittedLoop } from "./emit-loops.ts";
import { planLoops } from "./plan-loops.ts";
import type { LoopPlan } from "./plan-loops.ts";

interface CompiledLoop {
  readonly run: LoopFunction;
  /** Bytes of an element of each array. */
  readonly sizes: readonly number[];
}

/** The loop of one primitive, for operands of any size with one layout. */
interface EagerLoop {
  /** Elements that were asked for before it was compiled. */
  seen: number;
  /** The function; null where compiling failed. */
  compiled: CompiledLoop | null | undefined;
}

/** Compiling takes as long as plain loops take for about as many elements. */
const COMPILE_THRESHOLD = 16384;

/** Loops of one primitive that are kept; beyond it all are dropped. */
const MOST_LOOPS = 64;

const loopsOf: WeakMap<object, Map<string, EagerLoop>> = /* @__PURE__ */ new WeakMap();

/** The loop of a reduction, for programs that run it again and again. */
export function reductionKernel<P>(
  primitive: Primitive<P>,
  inputs: readonly ShapedArray[],
  params: P,
  out: ShapedArray,
): MemoryKernel | undefined {
  return eagerLoop(primitive as Primitive<unknown>, inputs, params, out, COMPILE_THRESHOLD);
}

/** Chooses the loop of an element-wise primitive or a reduction on `size` elements, which is compiled once it pays. */
export function eagerLoop(
  primitive: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
  size: number,
): MemoryKernel | undefined {
  const dtypes = inputs.map(({ dtype }) => dtype);
  if (!isLoop(primitive, inputs, dtypes, out)) return undefined;
  const plan = planOf(primitive, inputs, params, out);
  const loop = findLoop(primitive, layoutKey(primitive, dtypes, params, out.dtype, plan));
  let { compiled } = loop;
  if (compiled === undefined) {
    loop.seen += size;
    if (loop.seen < COMPILE_THRESHOLD) return undefined;
    compiled = compile(primitive, inputs, params, out.dtype, plan);
    loop.compiled = compiled;
  }
  if (compiled === null) return undefined;
  const { run, sizes } = compiled;
  return (addresses, output) => run(...addresses, output, ...planArguments(plan, sizes));
}

function isLoop(
  primitive: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  dtypes: readonly DType[],
  out: ShapedArray,
): boolean {
  const { reduction } = primitive;
  return reduction === undefined
    ? canLoop(primitive, dtypes, out.dtype)
    : canReduce(reduction, inputs[0].shape, [], dtypes[0]);
}

function planOf(
  { reduction }: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
): LoopPlan {
  const shapes = inputs.map(({ shape }) => shape);
  if (reduction === undefined) return planLoops(out.shape, [...shapes, out.shape], null, 0, false);
  const { axes } = params as { readonly axes: readonly number[] };
  return planLoops(shapes[0], shapes, axes, 1, reduction === "sum");
}

function findLoop(primitive: object, key: string): EagerLoop {
  let loops = loopsOf.get(primitive);
  if (loops === undefined) loopsOf.set(primitive, (loops = new Map()));
  let loop = loops.get(key);
  if (loop === undefined) {
    if (loops.size >= MOST_LOOPS) loops.clear();
    loops.set(key, (loop = { seen: 0, compiled: undefined }));
  }
  return loop;
}

/** All that the code of a loop depends on. */
function layoutKey(
  { lanes }: Primitive<unknown>,
  dtypes: readonly DType[],
  params: unknown,
  out: DType,
  { order, kept, reduced, inner }: LoopPlan,
): string {
  const variant = lanes?.variant?.(params) ?? "";
  return `${dtypes.join()} ${out} ${variant} ${order} ${kept.length} ${reduced.length} ${inner.steps.join("")}`;
}

/** Compiles the loop with lengths and steps as parameters. */
function compile(
  primitive: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: DType,
  { order, kept, reduced, inner }: LoopPlan,
): CompiledLoop | null {
  const { reduction } = primitive;
  const operands = inputs.map((_, i) => i);
  const body = groupBody({
    inputs,
    nodes: reduction === undefined ? [{ primitive, params, operands, dtype: out }] : [],
    outputs: reduction === undefined ? [inputs.length] : [],
    reductions: reduction === undefined ? [] : [{ kind: reduction, operand: 0, axes: [] }],
  });
  const sizes = arraySizes(body);
  const count = (kept.length + reduced.length) * (1 + sizes.length) + sizes.length + 1;
  const parameters = Object.fromEntries(
    Array.from({ length: count }, (_, i) => [`p${i}`, "i32" as const]),
  );
  const functions = defineKernel<{ run: LoopFunction }>((module) => {
    module.function("run", parameters, undefined, (f, locals) => {
      const left: Local<"i32">[] = Object.values(locals);
      const take = (n: number): Local<"i32">[] => left.splice(0, n);
      const pointers = take(sizes.length);
      const parameterLoop = (): EmittedLoop => ({ length: take(1)[0], steps: take(sizes.length) });
      const nest = {
        order,
        kept: kept.map(parameterLoop),
        reduced: reduced.map(parameterLoop),
        length: take(1)[0],
        moves: inner.steps.map((step) => step !== 0),
      };
      emitLoops(f, body, nest, pointers);
    });
  })();
  return functions === undefined ? null : { run: functions.run, sizes };
}

/** The arguments of a compiled loop after the addresses. */
function planArguments({ kept, reduced, inner }: LoopPlan, sizes: readonly number[]): number[] {
  const values: number[] = [];
  for (const loops of [kept, reduced]) {
    for (const { length, steps } of loops) {
      values.push(length);
      for (let i = 0; i < sizes.length; i++) values.push(steps[i] * sizes[i]);
    }
  }
  values.push(inner.length);
  return values;
}
