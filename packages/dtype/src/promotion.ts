import { defaultComplex, defaultFloat, defaultInt, x64Enabled } from "./default-width.ts";
import { describe } from "./describe.ts";
import { isDType } from "./dtype.ts";
import type { Complex, DType } from "./dtype.ts";

/** A node of the promotion lattice: a dtype, or the kind of a weakly typed scalar. */
type Node = DType | "int*" | "float*" | "complex*";

/** The direct successors of every node while the default widths are 64 bits. */
const SUCCESSORS: Readonly<Record<Node, readonly Node[]>> = {
  bool: ["int*"],
  "int*": ["uint8", "int8"],
  uint8: ["int16", "uint16"],
  uint16: ["int32", "uint32"],
  uint32: ["int64", "uint64"],
  uint64: ["float*"],
  int8: ["int16"],
  int16: ["int32"],
  int32: ["int64"],
  int64: ["float*"],
  "float*": ["bfloat16", "float16", "complex*"],
  bfloat16: ["float32"],
  float16: ["float32"],
  float32: ["float64", "complex64"],
  float64: ["complex128"],
  "complex*": ["complex64"],
  complex64: ["complex128"],
  complex128: [],
};

/** The same with 32-bit defaults: uint32 then joins int32 without leaving 32 bits. */
const UINT32_SUCCESSORS_NARROW: readonly Node[] = ["int32", "uint64"];

/** For every node the nodes that can be reached from it, itself included. */
type Reachable = ReadonlyMap<Node, ReadonlySet<Node>>;

let reachableNarrow: Reachable | undefined;
let reachableWide: Reachable | undefined;

function reachable(): Reachable {
  if (x64Enabled()) return (reachableWide ??= closure(SUCCESSORS));
  return (reachableNarrow ??= closure({ ...SUCCESSORS, uint32: UINT32_SUCCESSORS_NARROW }));
}

function closure(successors: Readonly<Record<Node, readonly Node[]>>): Reachable {
  const result = new Map<Node, Set<Node>>();
  const visit = (node: Node): Set<Node> => {
    let set = result.get(node);
    if (set === undefined) {
      set = new Set([node]);
      for (const next of successors[node]) for (const n of visit(next)) set.add(n);
      result.set(node, set);
    }
    return set;
  };
  for (const node of Object.keys(successors)) visit(node as Node);
  return result;
}

/** The least node that can be reached from both. */
function join(a: Node, b: Node): Node {
  if (a === b) return a;
  const graph = reachable();
  const fromA = graph.get(a)!;
  const fromB = graph.get(b)!;
  if (fromA.has(b)) return b;
  if (fromB.has(a)) return a;
  const common = [...fromA].filter((node) => fromB.has(node));
  return common.find((node) => common.every((other) => graph.get(node)!.has(other)))!;
}

/** The dtype of a result whose node is `node`: weak kinds take the default width. */
function settle(node: Node): DType {
  switch (node) {
    case "int*":
      return defaultInt();
    case "float*":
      return defaultFloat();
    case "complex*":
      return defaultComplex();
    default:
      return node;
  }
}

/**
 * Returns the dtype in which operands of two dtypes meet, by JAX's promotion lattice.
 *
 * @param a - a dtype.
 * @param b - a dtype.
 * @returns the smallest dtype of the lattice above both; int64 with uint64 gives the default float.
 * @throws {@link TypeError} if `a` or `b` is not the name of a dtype.
 * @see JAX, "Type promotion semantics". https://docs.jax.dev/en/latest/type_promotion.html
 *
 * @example
 * ```ts
 * import { promoteTypes } from "@flaxen/dtype";
 *
 * promoteTypes("int8", "uint8"); // => "int16"
 * promoteTypes("bfloat16", "float16"); // => "float32"
 * promoteTypes("int64", "float16"); // => "float16"
 * ```
 */
export function promoteTypes(a: DType, b: DType): DType {
  if (!isDType(a) || !isDType(b)) {
    throw new TypeError(
      `promoteTypes: a and b must be dtype names, got ${describe(a)} and ${describe(b)}.`,
    );
  }
  return settle(join(a, b));
}

/**
 * Returns the dtype of an operation on several operands, by JAX's promotion lattice.
 *
 * JavaScript scalars are weak: they never widen a dtype of their own kind. An integral number or a
 * bigint is a weak integer, any other number a weak float, `{ re, im }` a weak complex; a boolean
 * counts as dtype bool.
 *
 * @param operands - one or more dtypes and scalars.
 * @returns the joint dtype; if every operand is weak, the default dtype of their kind.
 * @throws {@link RangeError} if there is no operand.
 * @throws {@link TypeError} if an operand is neither a dtype name nor a scalar.
 *
 * @example
 * ```ts
 * import { resultType } from "@flaxen/dtype";
 *
 * resultType("float16", 2.5); // => "float16"
 * resultType("int8", 2.5); // => "float32"
 * resultType("int8", 2); // => "int8"
 * resultType(1, 2); // => "int32"
 * ```
 */
export function resultType(...operands: (DType | number | boolean | bigint | Complex)[]): DType {
  if (operands.length === 0) {
    throw new RangeError("resultType: operands must hold at least one dtype or scalar, got none.");
  }
  let node = nodeOf(operands[0]);
  for (let i = 1; i < operands.length; i++) node = join(node, nodeOf(operands[i]));
  return settle(node);
}

function nodeOf(operand: DType | number | boolean | bigint | Complex): Node {
  switch (typeof operand) {
    case "boolean":
      return "bool";
    case "bigint":
      return "int*";
    case "number":
      return Number.isInteger(operand) ? "int*" : "float*";
    case "object":
      if (operand !== null && "re" in operand && "im" in operand) return "complex*";
      break;
    case "string":
      if (isDType(operand)) return operand;
  }
  throw new TypeError(
    `resultType: operands must be dtype names or scalars, got ${describe(operand)}.`,
  );
}
