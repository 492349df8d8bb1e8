import type { DType } from "@flaxen/dtype";
import { defineKernel, scratchEpoch } from "@flaxen/wasm";
import type { Local } from "@flaxen/wasm";
import { sameShape } from "../broadcasting.ts";
import { sizeOf } from "../compute-dtype.ts";
import type { MemoryKernel } from "../memory-kernel.ts";
import type { Primitive, ShapedArray } from "../primitive.ts";
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

/** Loops of one primitive that are kept; beyond it all are dropped. */
const MOST_LOOPS = 64;

let loopsOf: WeakMap<object, Map<number | string, EagerLoop>> = /* @__PURE__ */ new WeakMap();
/** The scratch memory for which they were compiled. */
let epoch = 0;

/** The loop of a reduction, for programs that run it again and again. */
export function reductionKernel<P>(
  primitive: Primitive<P>,
  inputs: readonly ShapedArray[],
  params: P,
  out: ShapedArray,
): MemoryKernel | undefined {
  return eagerLoop(primitive as Primitive<unknown>, inputs, params, out, COMPILE_THRESHOLD);
}

/** Elements from which the loop of a primitive gains more than the copies to and from the scratch memory cost. */
export function loopPays({ lanes, reduction }: Primitive<unknown>, size: number): boolean {
  if (reduction !== undefined) return size >= 8192;
  return size >= (lanes !== undefined && (lanes.cost ?? 1) >= LONG ? 64 : 1024);
}

/** Chooses the loop of an element-wise primitive or a reduction on `size` elements, which is compiled once it pays. */
export function eagerLoop(
  primitive: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
  size: number,
): MemoryKernel | undefined {
  const plan = flatPlan(primitive, inputs, out, size) ?? planOf(primitive, inputs, params, out);
  const key = layoutKey(primitive, inputs, params, out, plan);
  const loop = findLoop(primitive, key);
  let { compiled } = loop;
  if (compiled === undefined) {
    loop.seen += size;
    if (loop.seen < COMPILE_THRESHOLD) return undefined;
    compiled = isLoop(primitive, inputs, out.dtype)
      ? compileLoop(primitive, inputs, params, out.dtype, plan)
      : null;
    loop.compiled = compiled;
  }
  const functions = compiled?.kernel();
  if (functions === undefined || compiled === null) return undefined;
  const { run } = functions;
  if (plan.order === "map" && plan.kept.length === 0) {
    const { length } = plan.inner;
    return ([a, b, c], output) => {
      if (b === undefined) run(a, output, length);
      else if (c === undefined) run(a, b, output, length);
      else run(a, b, c, output, length);
    };
  }
  return (addresses, output) => run(...addresses, output, ...planArguments(plan, compiled.sizes));
}

/** Steps of the operands and the result of a flat loop, by which operands are repeated. */
const FLAT_STEPS: readonly (readonly number[])[] = [
  [0, 1],
  [1, 1],
  [0, 0, 1],
  [1, 0, 1],
  [0, 1, 1],
  [1, 1, 1],
  [0, 0, 0, 1],
  [1, 0, 0, 1],
  [0, 1, 0, 1],
  [1, 1, 0, 1],
  [0, 0, 1, 1],
  [1, 0, 1, 1],
  [0, 1, 1, 1],
  [1, 1, 1, 1],
];

/** The plan of operands that have the shape of the result or one element, which is the usual case. */
function flatPlan(
  { reduction }: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  { shape }: ShapedArray,
  size: number,
): LoopPlan | undefined {
  if (reduction !== undefined || inputs.length > 3) return undefined;
  let moving = 0;
  for (let i = 0; i < inputs.length; i++) {
    if (sameShape(inputs[i].shape, shape)) moving |= 1 << i;
    else if (sizeOf(inputs[i].shape) !== 1) return undefined;
  }
  const steps = FLAT_STEPS[2 ** inputs.length - 2 + moving];
  return { order: "map", kept: NO_LOOPS, reduced: NO_LOOPS, inner: { length: size, steps } };
}

const NO_LOOPS: readonly never[] = [];

function isLoop(
  primitive: Primitive<unknown>,
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
  { lanes }: Primitive<unknown>,
  inputs: readonly ShapedArray[],
  params: unknown,
  out: ShapedArray,
  { order, kept, reduced, inner: { steps } }: LoopPlan,
): number | string {
  let key = dtypeCode(out.dtype);
  for (let i = 0; i < inputs.length; i++) {
    key = (key * 8 + dtypeCode(inputs[i].dtype)) * 2 + steps[i];
  }
  key = (key * 16 + kept.length) * 16 + reduced.length;
  key = key * 3 + (order === "map" ? 0 : order === "rows" ? 1 : 2);
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
  primitive: Primitive<unknown>,
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
