import type { NDArray, Shape } from "@flaxen/ndarray";
import type { DType } from "@flaxen/dtype";
import type { Primitive } from "../primitive.ts";

/** Where the value of a {@link GraphValue} comes from. */
export type Source =
  | { readonly kind: "input"; readonly position: number }
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
