import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { defineKernel, i32 } from "@flaxen/wasm";
import type { FunctionBuilder, Local, ModuleBuilder } from "@flaxen/wasm";
import { isLaneDType } from "../lanes.ts";
import type { LaneDType, LaneFormula } from "../lanes.ts";
import type { EvaluatedPrimitive } from "../primitive.ts";
import { bindFormula, emitLoops } from "./emit-loops.ts";
import type { BodyNode, EmittedLoop, EmittedNest, LoopBody } from "./emit-loops.ts";
import { laneSize } from "./lane-memory.ts";
import type { LoopGroup, LoopNode, ReductionKind } from "./loop-group.ts";
import { planLoops } from "./plan-loops.ts";
import type { Loop, LoopPlan } from "./plan-loops.ts";
import { reducerOf } from "./reducers.ts";

/** A function over addresses in the scratch memory. */
export type LoopFunction = (...addresses: number[]) => void;

/** Whether an application of the primitive can be a node of a {@link LoopGroup}. */
export function canLoop(
  primitive: EvaluatedPrimitive<unknown>,
  inputs: readonly DType[],
  out: DType,
): boolean {
  return (
    isLaneDType(out) &&
    inputs.every(isLaneDType) &&
    formulaOf(primitive, inputs[inputs.length - 1] as LaneDType) !== undefined
  );
}

/** What a primitive computes as a reduction over `params.axes`, if loops know it. */
export function reductionKind(primitive: EvaluatedPrimitive<unknown>): ReductionKind | undefined {
  return primitive.reduction;
}

/** Whether a reduction can end a {@link LoopGroup} of that shape. */
export function canReduce(
  kind: ReductionKind,
  _shape: Shape,
  _axes: readonly number[],
  dtype: DType,
): boolean {
  return isLaneDType(dtype) && reducerOf(kind, dtype) !== undefined;
}

function formulaOf(
  { lanes }: EvaluatedPrimitive<unknown>,
  dtype: LaneDType,
): LaneFormula<unknown> | undefined {
  return lanes?.[dtype];
}

/**
 * Compiles groups of loops into one WebAssembly module over the scratch memory.
 *
 * @param groups - Nodes that {@link canLoop} and reductions that {@link canReduce} allow.
 * @returns A function for each group, which takes the addresses of the inputs, the outputs and the results of
 *   reductions, or undefined where there is no WebAssembly. Arrays lie at multiples of 64 bytes; up to the next
 *   multiple of 64 after its end an array may be read and written.
 */
export function compileLoops(groups: readonly LoopGroup[]): readonly LoopFunction[] | undefined {
  const functions = defineKernel<Record<string, LoopFunction>>((module) => {
    for (const [index, group] of groups.entries()) buildLoop(module, `g${index}`, group);
  })();
  return functions && groups.map((_, index) => functions[`g${index}`]);
}

/** Adds the function of one group to a module. */
export function buildLoop(module: ModuleBuilder, name: string, group: LoopGroup): void {
  const { inputs, outputs, reductions, ranged } = group;
  const count = inputs.length + outputs.length + reductions.length;
  const parameters = Object.fromEntries(
    Array.from({ length: ranged ? count + 2 : count }, (_, i) => [`p${i}`, "i32" as const]),
  );
  module.function(name, parameters, undefined, (f, locals) => {
    const addresses: Local<"i32">[] = Object.values(locals);
    const [first, turns] = addresses.splice(count);
    for (const { part, arrays } of passesOf(group)) {
      const body = groupBody(part);
      const pointers = arrays.map((i) => addresses[i]);
      const nest = groupNest(part, body);
      if (ranged) emitLoops(f, body, ...rangeOf(f, body, nest, pointers, first, turns));
      else emitLoops(f, body, nest, pointers);
    }
  });
}

/** The loops of a range of the turns of the outermost one, and where its arrays begin. */
function rangeOf(
  f: FunctionBuilder,
  body: LoopBody,
  nest: EmittedNest,
  pointers: readonly Local<"i32">[],
  first: Local<"i32">,
  turns: Local<"i32">,
): [EmittedNest, Local<"i32">[]] {
  const [outer, ...rest] = nest.kept;
  const steps = outer?.steps ?? arraySizes(body).map((size, i) => (nest.moves[i] ? size : 0));
  const starts = pointers.map((pointer, i) =>
    steps[i] === 0 ? pointer : f.let(i32.add(pointer, i32.mul(first, steps[i]))),
  );
  const range =
    outer === undefined
      ? { ...nest, length: turns }
      : { ...nest, kept: [{ ...outer, length: turns }, ...rest] };
  return [range, starts];
}

/** How the arrays of a loop move in a turn of its outermost loop. */
export interface LoopCut {
  /** Turns. */
  readonly turns: number;
  /** Turns between which no two ranges share a cache line, about. */
  readonly step: number;
  /** Whether a turn has a slice of the shape along its leading axes. */
  readonly leading: boolean;
  /** Whether each input moves; the others are read whole in every turn. */
  readonly moves: readonly boolean[];
}

/** Where the loop of a group can be cut into ranges; undefined if it is reduced as a whole, or in several passes. */
export function loopCut(group: LoopGroup): LoopCut | undefined {
  if (passesOf(group).length > 1) return undefined;
  const { shape, inputs, reductions } = group;
  const { order, kept, inner } = planOf(group);
  if (kept.length === 0 && order === "rows") return undefined;
  const { length, steps } = kept[0] ?? inner;
  const first = shape.findIndex((n) => n !== 1);
  return {
    turns: length,
    step: kept.length > 0 ? 1 : order === "map" ? 64 : 16,
    leading: reductions.every(({ axes }) => !axes.includes(first)),
    moves: inputs.map((_, i) => steps[i] !== 0),
  };
}

/** A group that one nest of loops can run, and which of the whole group's arrays it takes. */
interface Pass {
  readonly part: LoopGroup;
  readonly arrays: readonly number[];
}

/** One pass for each set of reduced axes; outputs, which may replace inputs, are written by the last one. */
function passesOf(group: LoopGroup): Pass[] {
  const { inputs, outputs, reductions } = group;
  const byAxes = new Map<string, number[]>();
  for (const [i, { axes }] of reductions.entries()) {
    const key = axes.join();
    byAxes.set(key, [...(byAxes.get(key) ?? []), i]);
  }
  const sets = [...byAxes.values()];
  if (sets.length === 0) sets.push([]);
  const first = inputs.length + outputs.length;
  return sets.map((members, pass) => {
    const last = pass === sets.length - 1;
    const kept = last ? outputs : [];
    const part = { ...group, outputs: kept, reductions: members.map((i) => reductions[i]) };
    const arrays = [
      ...inputs.keys(),
      ...kept.map((_, i) => inputs.length + i),
      ...members.map((i) => first + i),
    ];
    return sets.length === 1 ? { part, arrays } : withoutUnused(part, arrays);
  });
}

/** Leaves out the inputs and nodes that no result needs. */
function withoutUnused(group: LoopGroup, arrays: readonly number[]): Pass {
  const { inputs, nodes, outputs, reductions } = group;
  const needed = new Set([...outputs, ...reductions.map(({ operand }) => operand)]);
  for (let i = nodes.length - 1; i >= 0; i--) {
    if (needed.has(inputs.length + i)) for (const operand of nodes[i].operands) needed.add(operand);
  }
  const places = new Map<number, number>();
  for (let i = 0; i < inputs.length + nodes.length; i++) {
    if (needed.has(i)) places.set(i, places.size);
  }
  const place = (i: number): number => places.get(i) as number;
  const keptInputs = [...inputs.keys()].filter((i) => needed.has(i));
  return {
    part: {
      shape: group.shape,
      inputs: keptInputs.map((i) => inputs[i]),
      nodes: nodes
        .filter((_, i) => needed.has(inputs.length + i))
        .map((node) => ({ ...node, operands: node.operands.map(place) })),
      outputs: outputs.map(place),
      reductions: reductions.map((reduction) => ({
        ...reduction,
        operand: place(reduction.operand),
      })),
    },
    arrays: [...keptInputs.map((i) => arrays[i]), ...arrays.slice(inputs.length)],
  };
}

/** The dtype of a value, which the caller has checked by {@link canLoop}. */
function laneDType(dtype: DType): LaneDType {
  if (!isLaneDType(dtype))
    throw new TypeError(`compileLoops: dtype must be one of loops, got ${dtype}.`);
  return dtype;
}

/** What a group does with each unit of elements. */
export function groupBody(
  group: Pick<LoopGroup, "inputs" | "nodes" | "outputs" | "reductions">,
): LoopBody {
  const inputs = group.inputs.map(({ dtype }) => laneDType(dtype));
  const dtypes = [...inputs];
  const nodes = group.nodes.map((node): BodyNode => {
    const bound = bodyNode(node, dtypes);
    dtypes.push(bound.dtype);
    return bound;
  });
  const reductions = group.reductions.map(({ kind, operand }) => {
    const reducer = reducerOf(kind, dtypes[operand]);
    if (reducer === undefined) {
      throw new TypeError(
        `compileLoops: ${kind} must be of a dtype it takes, got ${dtypes[operand]}.`,
      );
    }
    return { reducer, operand };
  });
  return { inputs, nodes, outputs: group.outputs, reductions };
}

function bodyNode(node: LoopNode, dtypes: readonly LaneDType[]): BodyNode {
  const dtype = laneDType(node.dtype);
  const { primitive, operands, params } = node;
  const formula = formulaOf(primitive, dtypes[operands[operands.length - 1]]);
  if (formula === undefined) {
    throw new TypeError(`compileLoops: ${primitive.name} must have lanes for its operands.`);
  }
  const cost = (primitive.lanes?.cost ?? 1) * (dtype === "float64" ? 2 : 1);
  return { formula: bindFormula(formula, params, dtype), operands, dtype, cost };
}

/** The loops of a group, all of whose lengths are known. */
function groupNest(group: LoopGroup, body: LoopBody): EmittedNest {
  const plan = planOf(group);
  const sizes = arraySizes(body);
  const bytes = ({ length, steps }: Loop): EmittedLoop => ({
    length,
    steps: steps.map((step, i) => step * sizes[i]),
  });
  return {
    order: plan.order,
    kept: plan.kept.map(bytes),
    reduced: plan.reduced.map(bytes),
    length: plan.inner.length,
    moves: plan.inner.steps.map((step) => step !== 0),
  };
}

/** The loops of a group with one set of reduced axes. */
function planOf({ shape, inputs, outputs, reductions }: LoopGroup): LoopPlan {
  const axes = reductions.length === 0 ? null : reductions[0].axes;
  const arrays = [...inputs.map((input) => input.shape), ...outputs.map(() => shape)];
  const inOrder = reductions.some(({ kind }) => kind === "sum");
  return planLoops(shape, arrays, axes, reductions.length, inOrder);
}

/** Bytes of an element of each array of a body. */
export function arraySizes({ inputs, nodes, outputs, reductions }: LoopBody): number[] {
  const dtypes = [...inputs, ...nodes.map(({ dtype }) => dtype)];
  return [
    ...inputs,
    ...outputs.map((position) => dtypes[position]),
    ...reductions.map(({ reducer }) => reducer.dtype),
  ].map(laneSize);
}
