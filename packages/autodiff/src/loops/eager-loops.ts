import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { defineKernel, scratchEpoch } from "@flaxen/wasm";
import type { Local } from "@flaxen/wasm";
import { sameShape } from "../broadcasting.ts";
import { sizeOf } from "../compute-dtype.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { EvaluatedPrimitive, ShapedArray } from "../primitive.ts";
import { arraySizes, canLoop, canReduce, groupBody } from "./compile-loops.ts";
import type { LoopFunction } from "./compile-loops.ts";
import { emitLoops, LONG } from "./emit-loops.ts";
import type { EmittedLoop } from "./emit-loops.ts";
import { planLoops } from "./plan-loops.ts";
import type { LoopPlan } from "./plan-loops.ts";

interface CompiledLoop {
  /** Gives the function, where kernels may be used. */
  readonly kernel: () => { readonly run: LoopFunction } | undefined;
  /** Bytes of an element of each array. */
  readonly sizes: readonly number[];
}

/** The loop of one primitive, for operands of any size with one layout. */
interface EagerLoop {
  /** Elements that were asked for before it was compiled. */
  seen: number;
  /** Null for dtypes that loops do not compute in. */
  compiled: CompiledLoop | null | undefined;
}

/** Compiling takes as long as plain loops take for about as many elements. */
const COMPILE_THRESHOLD = 16384;

/** A plain call takes as long as plain loops take for about as many elements. */
const CALL = 256;

/** Loops of one primitive that are kept; beyond it all are dropped. */
const MOST_LOOPS = 64;

let loopsOf: WeakMap<object, Map<number | string, EagerLoop>> = /* @__PURE__ */ new WeakMap();
/** The scratch memory for which they were compiled. */
let epoch = 0;

/** The loop of a reduction, for programs that run it again and again. */
export function reductionKernel<P>(
  primitive: EvaluatedPrimitive<P>,
  inputs: readonly ShapedArray[],
  params: P,
  out: ShapedArray,
): MemoryKernel | undefined {
  return eagerLoop(
    primitive as EvaluatedPrimitive<unknown>,
    inputs,
    params,
    out,
    COMPILE_THRESHOLD,
  );
}

/** Elements from which the loop of a primitive gains more than the copies to and from the scratch memory cost. */
export function loopPays({ lanes, reduction }: EvaluatedPrimitive<unknown>, size: number): boolean {
  if (reduction !== undefined) return size >= 2048;
  return size >= (lanes?.pays ?? ((lanes?.cost ?? 1) >= LONG ? 64 : 1024));
}

/** Chooses the loop of an element-wise primitive or a reduction on `size` elements, which is compiled once it pays. */
export function eagerLoop(
  primitive: EvaluatedPrimitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
  size: number,
): MemoryKernel | undefined {
  const { reduction } = primitive;
  const moving = reduction === undefined ? movingOperands(inputs, out.shape) : -1;
  const plan = moving < 0 ? planOf(primitive, inputs, params, out) : undefined;
  const steps = plan?.inner.steps ?? flatStepsOf(inputs.length, moving);
  const key = layoutKey(primitive, inputs, params, out, steps, plan);
  const loop = findLoop(primitive, key);
  let { compiled } = loop;
  if (compiled === undefined) {
    loop.seen += size + CALL;
    if (loop.seen < COMPILE_THRESHOLD) return undefined;
    const nest = plan ?? { order: "map", kept: [], reduced: [], inner: { length: size, steps } };
    compiled = isLoop(primitive, inputs, out.dtype)
      ? compileLoop(primitive, inputs, params, out.dtype, nest)
      : null;
    loop.compiled = compiled;
  }
  const functions = compiled?.kernel();
  if (functions === undefined || compiled === null) return undefined;
  const { run } = functions;
  const { sizes } = compiled;
  if (plan !== undefined) {
    const rest = planArguments(plan, sizes);
    return (addresses, output) => run(...addresses, output, ...rest);
  }
  return ([a, b, c, d], output) => {
    if (b === undefined) run(a, output, size);
    else if (c === undefined) run(a, b, output, size);
    else if (d === undefined) run(a, b, c, output, size);
    else run(a, b, c, d, output, size);
  };
}

/** Steps of the operands and the result of flat loops, by which operands are repeated. */
const flatSteps: (readonly number[])[] = [];

function flatStepsOf(count: number, moving: number): readonly number[] {
  const index = 2 ** count - 2 + moving;
  flatSteps[index] ??= Array.from({ length: count + 1 }, (_, i) =>
    i === count ? 1 : (moving >> i) & 1,
  );
  return flatSteps[index];
}

/** Most operands of a flat loop. */
const MOST_FLAT = 4;

/** Which operands have the shape of the result, as bits, where the others have one element; else -1. */
function movingOperands(inputs: readonly ShapedArray[], shape: Shape): number {
  if (inputs.length > MOST_FLAT) return -1;
  let moving = 0;
  for (let i = 0; i < inputs.length; i++) {
    if (sameShape(inputs[i].shape, shape)) moving |= 1 << i;
    else if (sizeOf(inputs[i].shape) !== 1) return -1;
  }
  return moving;
}

function isLoop(
  primitive: EvaluatedPrimitive<unknown>,
  inputs: readonly ShapedArray[],
  out: DType,
): boolean {
  const { reduction } = primitive;
  const dtypes = inputs.map(({ dtype }) => dtype);
  return reduction === undefined
    ? canLoop(primitive, dtypes, out)
    : canReduce(reduction, inputs[0].shape, [], dtypes[0]);
}

function planOf(
  { reduction }: EvaluatedPrimitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
): LoopPlan {
  const shapes = inputs.map(({ shape }) => shape);
  if (reduction === undefined) return planLoops(out.shape, [...shapes, out.shape], null, 0, false);
  const { axes } = params as { readonly axes: readonly number[] };
  return planLoops(shapes[0], shapes, axes, 1, reduction === "sum");
}

function findLoop(primitive: object, key: number | string): EagerLoop {
  if (epoch !== scratchEpoch()) {
    loopsOf = new WeakMap();
    epoch = scratchEpoch();
  }
  let loops = loopsOf.get(primitive);
  if (loops === undefined) loopsOf.set(primitive, (loops = new Map()));
  let loop = loops.get(key);
  if (loop === undefined) {
    if (loops.size >= MOST_LOOPS) loops.clear();
    loops.set(key, (loop = { seen: 0, compiled: undefined }));
  }
  return loop;
}

/** All that the code of a loop depends on: a number, or a string for primitives whose code depends on parameters. */
function layoutKey(
  { lanes }: EvaluatedPrimitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
  steps: readonly number[],
  plan: LoopPlan | undefined,
): number | string {
  let key = dtypeCode(out.dtype);
  for (let i = 0; i < inputs.length; i++) {
    key = (key * 8 + dtypeCode(inputs[i].dtype)) * 2 + steps[i];
  }
  if (plan !== undefined) {
    const { order, kept, reduced } = plan;
    key = (key * 16 + kept.length + 1) * 16 + reduced.length;
    key = key * 3 + (order === "map" ? 0 : order === "rows" ? 1 : 2);
  }
  return lanes?.variant === undefined ? key : `${key} ${lanes.variant(params)}`;
}

function dtypeCode(dtype: DType): number {
  switch (dtype) {
    case "float32":
      return 1;
    case "float64":
      return 2;
    case "int32":
      return 3;
    case "uint32":
      return 4;
    case "bool":
      return 5;
    default:
      return 0;
  }
}

/** Compiles the loop with lengths and steps as parameters. */
function compileLoop(
  primitive: EvaluatedPrimitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: DType,
  { order, kept, reduced, inner }: LoopPlan,
): CompiledLoop {
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
  const kernel = defineKernel<{ run: LoopFunction }>((module) => {
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
  });
  return { kernel, sizes };
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
