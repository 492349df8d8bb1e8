import type { NDArray } from "@flaxen/ndarray";
import { keyData, wrapKeyData } from "@flaxen/rng";
import { isTracedKey } from "@flaxen/rng/tracing";
import { isTracer } from "../tensor.ts";
import type { Tensor } from "../tensor.ts";
import { flatten, unflatten } from "../tree.ts";
import type { Structure } from "../tree-structure.ts";

/** Where a leaf of a result comes from. */
type Origin =
  | { readonly kind: "tensor" }
  | { readonly kind: "key"; readonly partitionable: boolean }
  | { readonly kind: "fixed"; readonly value: unknown };

/** The result of a traced function: a tree with places for what its program computes. */
export class ResultTemplate {
  private readonly structure: Structure;
  private readonly origins: readonly Origin[];

  private constructor(structure: Structure, origins: readonly Origin[]) {
    this.structure = structure;
    this.origins = origins;
  }

  /** Takes a result apart into the tracers in it and the rest. */
  static of(result: unknown): { readonly template: ResultTemplate; readonly tracers: Tensor[] } {
    const [leaves, structure] = flatten(result);
    const tracers: Tensor[] = [];
    const origins = leaves.map((leaf): Origin => {
      if (isTracer(leaf)) {
        tracers.push(leaf);
        return { kind: "tensor" };
      }
      if (isTracedKey(leaf)) {
        tracers.push(keyData(leaf) as Tensor);
        return { kind: "key", partitionable: leaf.partitionable };
      }
      return { kind: "fixed", value: leaf };
    });
    return { template: new ResultTemplate(structure, origins), tracers };
  }

  /** The result with arrays in place of the tracers. */
  build(arrays: readonly NDArray[]): unknown {
    let next = 0;
    const leaves = this.origins.map((origin) => {
      switch (origin.kind) {
        case "tensor":
          return arrays[next++];
        case "key": {
          const { partitionable } = origin;
          return wrapKeyData(arrays[next++] as NDArray<"uint32">, { partitionable });
        }
        case "fixed":
          return origin.value;
      }
    });
    return unflatten(this.structure, leaves);
  }
}
