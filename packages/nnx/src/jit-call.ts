import { isTracer, tree } from "@flaxen/autodiff";
import type { Structure } from "@flaxen/autodiff";
import { isResident, printType, sameType, takeLeaf } from "@flaxen/autodiff/program";
import type { Leaf, LeafType, ProgramValue } from "@flaxen/autodiff/program";
import { defaultFloat } from "@flaxen/dtype";
import { isNDArray } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import { isTracedKey } from "@flaxen/rng/tracing";
import { describeDifference, graphdef } from "./graph.ts";
import type { GraphDef } from "./graph.ts";
import { isPytree } from "./pytree.ts";
import { traverse } from "./traverse.ts";
import type { Traversal } from "./traverse.ts";
import { sameShape } from "./update.ts";
import { isVariable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

const OBJECT: LeafType = { kind: "static", value: "object" };

/** Objects that hold Variables, as the last calls found them; the same objects need no second look. */
interface Seen {
  readonly traversals: readonly Traversal[];
  readonly metadata: readonly object[];
}

/** The arguments of one call of a compiled function, and what a program for it depends on. */
export class JitCall {
  /** The arguments without their leaves. */
  readonly structure: Structure;
  /** Leaves: objects with Variables, and data; empty once it is a signature. */
  leaves: readonly unknown[];
  /** The type of each leaf. */
  readonly types: readonly LeafType[];
  /** Data among the leaves, as arrays. */
  data: readonly ProgramValue[];
  /** The leaves that hold Variables. */
  readonly roots: readonly object[];
  /** All Variables, each once. */
  readonly variables: readonly Variable<unknown>[];
  private readonly width = defaultFloat();
  private readonly seen: Seen[];
  private definition: GraphDef | null = null;
  private variableTypes: readonly LeafType[] | null = null;
  private printed: string | null = null;

  /**
   * Takes arguments apart.
   *
   * @returns undefined if there is a tracer in them.
   */
  static of(args: readonly unknown[]): JitCall | undefined {
    const [leaves, structure] = tree.flatten(args);
    const types: LeafType[] = [];
    const data: ProgramValue[] = [];
    const roots: object[] = [];
    for (const leaf of leaves) {
      if (isPytree(leaf) || isVariable(leaf) || leaf instanceof Map) {
        roots.push(leaf);
        types.push(OBJECT);
        continue;
      }
      const taken = takeLeaf("jit", "arguments", leaf);
      if (taken === undefined) return undefined;
      types.push(taken.type);
      if (taken.array !== null) data.push(taken.array);
    }
    const call = new JitCall(structure, leaves, types, data, roots);
    return call.variables.some((variable) => isTraced(slotOf(variable).held)) ? undefined : call;
  }

  private constructor(
    structure: Structure,
    leaves: readonly unknown[],
    types: readonly LeafType[],
    data: readonly ProgramValue[],
    roots: readonly object[],
  ) {
    this.structure = structure;
    this.leaves = leaves;
    this.types = types;
    this.data = data;
    this.roots = roots;
    const options = { isLeaf: isVariable };
    const found = traverse(roots, options).leaves as readonly (readonly [
      unknown,
      Variable<unknown>,
    ])[];
    this.variables = found.map(([, variable]) => variable);
    this.seen = [
      {
        traversals: roots.map((root) => traverse(root, options)),
        metadata: this.variables.map((variable) => variable.metadata),
      },
    ];
  }

  /** The type of the value of each Variable. */
  get held(): readonly LeafType[] {
    this.variableTypes ??= this.variables.map((variable) => heldLeaf(variable).type);
    return this.variableTypes;
  }

  /** What a program for this call takes: Variables, then data. */
  inputs(): ProgramValue[] {
    const inputs: ProgramValue[] = [];
    for (const variable of this.variables) {
      const { held } = slotOf(variable);
      if (isNDArray(held) || isResident(held)) inputs.push(held);
      else {
        const { array } = heldLeaf(variable);
        if (array !== null) inputs.push(array);
      }
    }
    for (const array of this.data) inputs.push(array);
    return inputs;
  }

  /** Whether the objects have the fields and Variables that they had when the call began. */
  isUnchanged(): boolean {
    const [{ traversals, metadata }] = this.seen;
    const options = { isLeaf: isVariable };
    return (
      // A bare Variable, such as a leaf of a State, has no fields.
      this.roots.every(
        (root, i) => isVariable(root) || traverse(root, options) === traversals[i],
      ) && this.variables.every((variable, i) => variable.metadata === metadata[i])
    );
  }

  /** All objects that hold Variables, and the Variables. */
  members(): Set<unknown> {
    const { entered } = traverse(this.roots, { isLeaf: isVariable });
    return new Set<unknown>([...this.variables, ...entered.map(([, node]) => node)]);
  }

  /** Notes what a program depends on before it can change, and lets go of the data. */
  keep(): void {
    void this.graph;
    void this.held;
    this.printed = this.toString();
    this.leaves = [];
    this.data = [];
  }

  /** Whether the program of this call serves another one. */
  equals(other: JitCall): boolean {
    return this.equalData(other) && this.equalObjects(other) && this.equalValues(other);
  }

  /** The first difference, in words; null if there is none. */
  difference(other: JitCall): string | null {
    if (this.width !== other.width) return "the default float width";
    if (!this.equalObjects(other)) return describeDifference(this.graph, other.graph);
    for (let i = 0; i < this.held.length; i++) {
      if (!sameType(this.held[i], other.held[i])) {
        return `a Variable holds ${printType(other.held[i])} in place of ${printType(this.held[i])}`;
      }
    }
    for (let i = 0; i < this.types.length; i++) {
      if (!sameType(this.types[i], other.types[i])) {
        return `argument leaf ${i} is ${printType(other.types[i])} in place of ${printType(this.types[i])}`;
      }
    }
    return this.equalData(other) ? null : "another structure of the arguments";
  }

  /** The arguments in short, e.g. `(MLP, Optimizer, float32[64, 2])`. */
  toString(): string {
    if (this.printed !== null) return this.printed;
    const parts = this.leaves.map((leaf, i) =>
      this.types[i] === OBJECT ? (leaf as object).constructor.name : printType(this.types[i]),
    );
    return `(${parts.join(", ")})`;
  }

  private equalData(other: JitCall): boolean {
    if (this.width !== other.width || this.types.length !== other.types.length) return false;
    for (let i = 0; i < this.types.length; i++) {
      if (!sameType(this.types[i], other.types[i])) return false;
    }
    return tree.sameStructure(this.structure, other.structure);
  }

  private equalObjects(other: JitCall): boolean {
    const [found] = other.seen;
    if (this.roots.length !== other.roots.length) return false;
    if (this.variables.length !== other.variables.length) return false;
    if (this.seen.some((seen) => sameObjects(seen, found))) return true;
    if (!this.graph.equals(other.graph)) return false;
    this.seen.unshift(found);
    this.seen.length = Math.min(this.seen.length, 4);
    return true;
  }

  private equalValues(other: JitCall): boolean {
    const { held } = this;
    for (let i = 0; i < held.length; i++) {
      const value = slotOf(other.variables[i]).held;
      const type = held[i];
      if (type.kind === "array" && (isNDArray(value) || isResident(value))) {
        if (value.dtype !== type.dtype || !sameShape(value.shape, type.shape)) return false;
      } else if (!sameType(type, heldLeaf(other.variables[i]).type)) {
        return false;
      }
    }
    return true;
  }

  private get graph(): GraphDef {
    this.definition ??= graphdef(this.roots as object);
    return this.definition;
  }
}

function sameObjects(a: Seen, b: Seen): boolean {
  return sameElements(a.traversals, b.traversals) && sameElements(a.metadata, b.metadata);
}

function sameElements(a: readonly unknown[], b: readonly unknown[]): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}

function isTraced(value: unknown): boolean {
  return isTracer(value) || isTracedKey(value);
}

/** The value of a Variable as a leaf; what is no data is part of the program. */
function heldLeaf(variable: Variable<unknown>): Leaf {
  const { held } = slotOf(variable);
  if (isResident(held)) {
    return { type: { kind: "array", shape: held.shape, dtype: held.dtype }, array: held.read() };
  }
  if (isNDArray(held) || isKey(held) || typeof held === "number") {
    return takeLeaf("jit", "arguments", held) as Leaf;
  }
  return { type: { kind: "static", value: held }, array: null };
}
