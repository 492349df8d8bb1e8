import type { DType } from "@flaxen/dtype";
import { flatData } from "@flaxen/ndarray";
import type { NDArray, Shape } from "@flaxen/ndarray";
import { sameShape } from "../broadcasting.ts";
import type { Primitive } from "../primitive.ts";
import { keyOf } from "./application-key.ts";

/** Where the value of a {@link GraphValue} comes from. */
export type Source =
  | { readonly kind: "input"; readonly position: number }
  // The value of a scalar may be another one when the graph runs: nothing may be compiled from it.
  | { readonly kind: "constant"; readonly array: NDArray }
  | {
      readonly kind: "application";
      readonly primitive: Primitive<unknown>;
      readonly params: unknown;
      readonly operands: readonly GraphValue[];
    };

/** One value of a graph: an input, a constant, or the result of applying a primitive to other values. */
export interface GraphValue {
  /** Order of creation; operands come before results. */
  readonly id: number;
  /** Length of each axis. */
  readonly shape: Shape;
  /** Element type. */
  readonly dtype: DType;
  /** What it is. */
  readonly source: Source;
}

/** A traced function: what it computes from its inputs. */
export interface Graph {
  /** In order. */
  readonly inputs: readonly GraphValue[];
  /** In order; a value may be returned twice, and may be an input or a constant. */
  readonly outputs: readonly GraphValue[];
  /** Number of applications that were traced, before equal ones were shared and unused ones dropped. */
  readonly traced: number;
}

/** A result of applying a primitive. */
export interface Application extends GraphValue {
  readonly source: Extract<Source, { kind: "application" }>;
}

/** Whether a value is computed by the graph. */
export function isApplication(value: GraphValue): value is Application {
  return value.source.kind === "application";
}

/** The applications that outputs depend on, operands first. */
export function applicationsOf(
  outputs: readonly GraphValue[],
  operandsOf: (value: Application) => readonly GraphValue[] = ({ source }) => source.operands,
): Application[] {
  const seen = new Set<GraphValue>();
  const pending = [...outputs];
  for (let value = pending.pop(); value !== undefined; value = pending.pop()) {
    if (seen.has(value)) continue;
    seen.add(value);
    if (isApplication(value)) pending.push(...operandsOf(value));
  }
  return [...seen].filter(isApplication).sort((a, b) => a.id - b.id);
}

/** Values of scalar constants of a graph that take the place of its own. */
export type Scalars = ReadonlyMap<GraphValue, NDArray>;

/**
 * Matches graphs that compute the same but for the values of scalar constants: equal operations on equal operands.
 *
 * @returns The scalars of `b` by the constants of `a`, where they differ; undefined if the graphs do not match.
 */
export function matchGraph(a: Graph, b: Graph): Scalars | undefined {
  const scalars = new Map<GraphValue, NDArray>();
  const twins = new Map<GraphValue, GraphValue>();
  const pending: [GraphValue, GraphValue][] = [];
  const match = (x: GraphValue, y: GraphValue): boolean => {
    const twin = twins.get(x);
    if (twin !== undefined) return twin === y;
    twins.set(x, y);
    pending.push([x, y]);
    return x.dtype === y.dtype && sameShape(x.shape, y.shape);
  };
  const matchAll = (xs: readonly GraphValue[], ys: readonly GraphValue[]): boolean =>
    xs.length === ys.length && xs.every((x, i) => match(x, ys[i]));
  if (!matchAll(a.inputs, b.inputs) || !matchAll(a.outputs, b.outputs)) return undefined;
  for (let pair = pending.pop(); pair !== undefined; pair = pending.pop()) {
    const [value, { source: y }] = pair;
    const { source: x } = value;
    if (x.kind === "constant" && y.kind === "constant") {
      if (sameBytes(x.array, y.array)) continue;
      if (value.shape.length > 0) return undefined;
      scalars.set(value, y.array);
    } else if (x.kind === "application" && y.kind === "application") {
      if (x.primitive !== y.primitive || !matchAll(x.operands, y.operands)) return undefined;
      const key = keyOf(x.params);
      if (key === undefined || key !== keyOf(y.params)) return undefined;
    } else if (x.kind !== y.kind) {
      return undefined;
    }
  }
  return scalars;
}

function sameBytes(x: NDArray, y: NDArray): boolean {
  if (x === y) return true;
  const [a, b] = [bytesOf(x), bytesOf(y)];
  return a.length === b.length && a.every((byte, i) => byte === b[i]);
}

function bytesOf(x: NDArray): Uint8Array {
  const { buffer, byteOffset, byteLength } = flatData(x);
  return new Uint8Array(buffer, byteOffset, byteLength);
}
