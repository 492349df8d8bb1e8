import { isTracer, tree } from "@flaxen/autodiff";
import type { Structure, Tensor } from "@flaxen/autodiff";
import { isResident } from "@flaxen/autodiff/program";
import type { ProgramValue } from "@flaxen/autodiff/program";
import type { NDArray } from "@flaxen/ndarray";
import { keyData, wrapKeyData } from "@flaxen/rng";
import { isTracedKey } from "@flaxen/rng/tracing";
import { graphdef, merge } from "./graph.ts";
import type { GraphDef } from "./graph.ts";
import type { Path } from "./paths.ts";
import { isPytree } from "./pytree.ts";
import { nest } from "./state.ts";
import { findVariables } from "./traverse.ts";
import { isVariable, makeVariable, slotOf } from "./variable.ts";
import type { Metadata } from "./variable.ts";

/** Where a part of what a traced function leaves behind comes from. */
export type Origin =
  | { readonly kind: "tensor" }
  | { readonly kind: "key"; readonly partitionable: boolean }
  | { readonly kind: "fixed"; readonly value: unknown }
  | {
      readonly kind: "variable";
      readonly prototype: object;
      readonly metadata: Metadata;
      readonly value: Origin;
    }
  | {
      readonly kind: "pytree";
      readonly definition: GraphDef;
      readonly leaves: readonly (readonly [Path, Origin])[];
    };

/** Takes a value apart: notes the tracers in it, and how to put it together again around arrays. */
export function originOf(value: unknown, tracers: Tensor[], known: ReadonlySet<unknown>): Origin {
  if (isTracer(value)) {
    tracers.push(value);
    return { kind: "tensor" };
  }
  if (isTracedKey(value)) {
    tracers.push(keyData(value) as Tensor);
    return { kind: "key", partitionable: value.partitionable };
  }
  if (known.has(value)) return { kind: "fixed", value };
  if (isVariable(value)) {
    return {
      kind: "variable",
      prototype: Object.getPrototypeOf(value) as object,
      metadata: value.metadata,
      value: originOf(slotOf(value).held, tracers, known),
    };
  }
  if (isPytree(value)) {
    const leaves = findVariables(value).map(
      ([path, variable]) => [path, originOf(variable, tracers, known)] as const,
    );
    return { kind: "pytree", definition: graphdef(value), leaves };
  }
  return { kind: "fixed", value };
}

/** Puts a value together; `next` gives the arrays in the order of the tracers. */
export function rebuild(origin: Origin, next: () => ProgramValue): unknown {
  switch (origin.kind) {
    case "tensor":
      return next();
    case "key": {
      const { partitionable } = origin;
      return wrapKeyData(readArray(next()) as NDArray<"uint32">, { partitionable });
    }
    case "fixed":
      return origin.value;
    case "variable":
      return makeVariable(origin.prototype, rebuild(origin.value, next), origin.metadata);
    case "pytree": {
      const leaves = origin.leaves.map(
        ([path, leaf]) => [path, rebuild(leaf, next)] as const,
      ) as Parameters<typeof nest>[1];
      return merge(origin.definition, nest("jit", leaves));
    }
  }
}

/** The array behind what a program gives. */
export function readArray(value: ProgramValue): NDArray {
  return isResident(value) ? value.read() : value;
}

/** What a traced function returns: a tree with places for what its program computes. */
export class ResultTemplate {
  private readonly structure: Structure;
  private readonly origins: readonly Origin[];

  /** Takes a result apart. */
  constructor(result: unknown, tracers: Tensor[], known: ReadonlySet<unknown>) {
    const [leaves, structure] = tree.flatten(result);
    this.structure = structure;
    this.origins = leaves.map((leaf) => originOf(leaf, tracers, known));
  }

  /** The result around arrays. */
  build(next: () => ProgramValue): unknown {
    return tree.unflatten(
      this.structure,
      this.origins.map((origin) => rebuild(origin, next)),
    );
  }
}
