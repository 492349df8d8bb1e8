import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { asNDArray } from "@flaxen/ndarray";
import type { NDArrayLike } from "@flaxen/ndarray";
import { isKey } from "@flaxen/rng";
import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";
import { checkNode, leavesOf } from "./state.ts";
import { childOf, isNode } from "./traverse.ts";
import { checkWritable, isVariable, slotOf } from "./variable.ts";
import type { Metadata, Variable } from "./variable.ts";

/** One checked write that is still to be done. */
interface Write {
  readonly variable: Variable<unknown>;
  readonly value: unknown;
  readonly metadata: Metadata;
}

/**
 * Writes States into an existing object, Variable by Variable. Everything is checked first; on an
 * error nothing is changed.
 *
 * @param node - a Module or any other object that `state` accepts.
 * @param states - States, or nested objects of bare arrays, whose paths all exist in `node`; later
 *   ones win. A Variable hands over value and metadata, a bare array its value.
 * @throws {@link RangeError} if a path leads to no Variable, or the shape differs from the present one.
 * @throws {@link TypeError} if the dtype differs, or a leaf is no value of the kind held now.
 * @throws {@link TraceContextError} if a Variable does not belong to the running transform.
 *
 * @example
 * ```ts
 * import { zeros } from "@flaxen/ndarray";
 * import { Linear, Rngs, update } from "@flaxen/nnx";
 *
 * const linear = new Linear(1, 2, { rngs: new Rngs(0) });
 * update(linear, { kernel: zeros([1, 2]) });
 * linear.kernel.value; // => [[0, 0]]
 * update(linear, { kernel: zeros([2, 1]) }); // throws RangeError: update: kernel must have shape [1, 2], got float32[2, 1].
 * ```
 */
export function update(node: object, ...states: readonly object[]): void {
  checkNode("update", node);
  const writes: Write[] = [];
  for (const state of states) {
    checkNode("update", state, "state");
    for (const [path, leaf] of leavesOf(state)) writes.push(planWrite(node, path, leaf));
  }
  for (const { variable, value } of writes) checkWritable(variable, value);
  for (const { variable, value, metadata } of writes) {
    slotOf(variable).value = value;
    slotOf(variable).metadata = metadata;
  }
}

function planWrite(node: object, path: Path, leaf: unknown): Write {
  const target = resolve(node, path);
  if (!isVariable(target)) {
    const rule = isNode(target)
      ? "leads to a container and must not hold a leaf"
      : "is no Variable of the object";
    throw new RangeError(
      `update: states must hold only Variables of the object, got ${describe(leaf)} at ${formatPath(path)}, which ${rule}.`,
    );
  }
  const given = isVariable(leaf) ? slotOf(leaf).value : leaf;
  const value = matchValue("update", path, slotOf(target).value, given);
  return { variable: target, value, metadata: isVariable(leaf) ? leaf.metadata : target.metadata };
}

function resolve(node: object, path: Path): unknown {
  let value: unknown = node;
  for (const part of path) {
    if (!isNode(value)) return undefined;
    value = childOf(value, part);
  }
  return value;
}

/**
 * Checks that a value may replace the present one: an array of the same shape and dtype, a key for a
 * key; other values (e.g. the tuple of an Intermediate) are free.
 */
export function matchValue(callee: string, path: Path, present: unknown, given: unknown): unknown {
  if (isKey(present)) {
    if (isKey(given)) return given;
    throw new TypeError(
      `${callee}: ${formatPath(path)} must be a random key, got ${describe(given)}.`,
    );
  }
  if (!isTensor(present)) return given;
  const value = isTensor(given) ? given : isArrayLike(given) ? asNDArray(given) : null;
  if (value === null) {
    throw new TypeError(`${callee}: ${formatPath(path)} must be an array, got ${describe(given)}.`);
  }
  if (!sameShape(value.shape, present.shape)) {
    throw new RangeError(
      `${callee}: ${formatPath(path)} must have shape ${describe(present.shape)}, got ${describe(value)}.`,
    );
  }
  if (value.dtype !== present.dtype) {
    throw new TypeError(
      `${callee}: ${formatPath(path)} must have dtype ${present.dtype}, got ${describe(value)}.`,
    );
  }
  return value;
}

/** Tells whether two shapes are equal. */
export function sameShape(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((size, axis) => size === b[axis]);
}

function isArrayLike(value: unknown): value is NDArrayLike {
  return typeof value === "object" && value !== null && "data" in value && "shape" in value;
}
