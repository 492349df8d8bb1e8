import type { DType } from "@flaxen/dtype";
import type { Shape } from "@flaxen/ndarray";
import { defineKernel } from "@flaxen/wasm";
import type { Local } from "@flaxen/wasm";
import { isLaneDType } from "../lanes.ts";
import type { LaneDType, LaneFormula } from "../lanes.ts";
import type { EvaluatedPrimitive } from "../primitive.ts";
import { bindFormula, emitLoops } from "./emit-loops.ts";
import type { BodyNode, EmittedLoop, EmittedNest, LoopBody } from "./emit-loops.ts";
import { laneSize } from "./lane-memory.ts";
import type { LoopGroup, LoopNode, ReductionKind } from "./loop-group.ts";
import { planLoops } from "./plan-loops.ts";
import type { Loop } from "./plan-loops.ts";
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
    for (const [index, group] of groups.entries()) {
      const { inputs, outputs, reductions } = group;
      const count = inputs.length + outputs.length + reductions.length;
      const parameters = Object.fromEntries(
        Array.from({ length: count }, (_, i) => [`p${i}`, "i32" as const]),
      );
      module.function(`g${index}`, parameters, undefined, (f, locals) => {
        const addresses: Local<"i32">[] = Object.values(locals);
        for (const { part, arrays } of passesOf(group)) {
          const body = groupBody(part);
          const pointers = arrays.map((i) => addresses[i]);
          emitLoops(f, body, groupNest(part, body), pointers);
        }
      });
    }
  })();
  return functions && groups.map((_, index) => functions[`g${index}`]);
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
  const { shape, inputs, outputs, reductions } = group;
  const axes = reductions.length === 0 ? null : reductions[0].axes;
  const arrays = [...inputs.map((input) => input.shape), ...outputs.map(() => shape)];
  const inOrder = reductions.some(({ kind }) => kind === "sum");
  const plan = planLoops(shape, arrays, axes, reductions.length, inOrder);
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

/** Bytes of an element of each array of a body. */
export function arraySizes({ inputs, nodes, outputs, reductions }: LoopBody): number[] {
  const dtypes = [...inputs, ...nodes.map(({ dtype }) => dtype)];
  return [
    ...inputs,
    ...outputs.map((position) => dtypes[position]),
    ...reductions.map(({ reducer }) => reducer.dtype),
  ].map(laneSize);
}
