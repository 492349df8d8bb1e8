import { describe } from "@flaxen/dtype";
import { isTensor, reshape, slice, stack as stackTensors } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isKey } from "@flaxen/rng";
import { checkRngs, checkSize } from "./arguments.ts";
import { graphdef, merge } from "./graph.ts";
import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";
import type { Rngs } from "./rngs.ts";
import { checkNode, nest } from "./state.ts";
import { findVariables } from "./traverse.ts";
import { sameShape } from "./update.ts";
import { checkWritable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Settings of `stack`. */
export interface StackOptions {
  /** Each stream draws one key, which is split among the blocks. */
  readonly rngs: Rngs;
}

/**
 * Makes several blocks of the same structure and puts them into one, whose arrays have the blocks along
 * a new first axis: Flax's `nnx.vmap` of a constructor over `rngs.split(num)`, with the same bits.
 *
 * Random streams of the stack have a list of keys. Apply it with `runStack`.
 *
 * @param num - how many blocks, an integer of at least 1.
 * @param make - makes one block with streams of its own.
 * @param options - `rngs` is required.
 * @returns an object of the class of the blocks.
 * @throws {@link TypeError} if `num` is not a number, `make` no function or `rngs` missing.
 * @throws {@link RangeError} if `num` is not a positive integer.
 * @throws {@link Error} if the blocks differ in structure, static fields or shapes, or share Variables.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Linear, Rngs, runStack, stack } from "@flaxen/nnx";
 *
 * const layers = stack(5, (rngs) => new Linear(3, 3, { rngs }), { rngs: new Rngs(0) });
 * layers.kernel.shape; // => [5, 3, 3]
 * runStack(layers, ones([2, 3]), (layer, x) => layer.forward(x)).shape; // => [2, 3]
 * ```
 */
export function stack<T extends object>(
  num: number,
  make: (rngs: Rngs) => T,
  { rngs }: StackOptions = {} as StackOptions,
): T {
  checkSize("stack", "num", num);
  if (typeof make !== "function") {
    throw new TypeError(`stack: make must be a function, got ${describe(make)}.`);
  }
  checkRngs("stack", rngs);
  const blocks = rngs.split(num).map((lane) => make(lane));
  for (const block of blocks) checkNode("stack", block, "make(rngs)");
  const [definition, ...others] = blocks.map((block) => graphdef(block));
  const different = others.findIndex((other) => !definition.resembles(other)) + 1;
  if (different > 0) {
    throw new Error(
      `stack: make must return blocks of one structure with the same static fields, got another one at index ${different}.`,
    );
  }
  const found = blocks.map(findVariables);
  checkDistinct(found);
  const stacked = found[0].map(([path, variable], i): [Path, unknown] => {
    const values = found.map((variables) => variables[i][1].value);
    return [path, variable.copy(stackValues(path, values))];
  });
  return merge(definition, nest("stack", stacked));
}

/**
 * Takes a stack apart into its blocks.
 *
 * @param stacked - what `stack` has made, or any object whose Variables all have a first axis of the same
 *   size.
 * @returns one object for each index along the first axis, with Variables of its own.
 * @throws {@link TypeError} if `stacked` cannot hold state.
 * @throws {@link RangeError} if it has no Variables, or they have no common first axis.
 *
 * @example
 * ```ts
 * import { Linear, Rngs, stack, unstack } from "@flaxen/nnx";
 *
 * const layers = stack(2, (rngs) => new Linear(3, 4, { rngs }), { rngs: new Rngs(0) });
 * unstack(layers).map((layer) => layer.kernel.shape); // => [[3, 4], [3, 4]]
 * ```
 */
export function unstack<T extends object>(stacked: T): T[] {
  return takeApart("unstack", stacked);
}

/**
 * Applies the blocks of a stack one after the other, as a loop over a list of layers would. What they
 * write, such as running statistics and random streams, goes back into the stack.
 *
 * @param stacked - what `stack` has made.
 * @param x - goes into the first block.
 * @param body - applies one block: gets it, what the block before has returned, and the index.
 * @returns what the last block returns.
 * @throws {@link TypeError} if `stacked` cannot hold state, or `body` is no function.
 * @throws {@link RangeError} if it has no Variables, or they have no common first axis.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { BatchNorm, Rngs, runStack, stack } from "@flaxen/nnx";
 *
 * const norms = stack(2, (rngs) => new BatchNorm(1, { rngs, momentum: 0 }), { rngs: new Rngs(0) });
 * runStack(norms, ones([3, 1]), (norm, x) => norm.forward(x)); // => [[0], [0], [0]]
 * norms.mean.value; // => [[1], [0]]
 * ```
 */
export function runStack<T extends object>(
  stacked: T,
  x: Tensor,
  body: (block: T, x: Tensor, index: number) => Tensor,
): Tensor;
export function runStack<T extends object, X>(
  stacked: T,
  x: X,
  body: (block: T, x: X, index: number) => X,
): X;
export function runStack<T extends object, X>(
  stacked: T,
  x: X,
  body: (block: T, x: X, index: number) => X,
): X {
  if (typeof body !== "function") {
    throw new TypeError(`runStack: body must be a function, got ${describe(body)}.`);
  }
  const blocks = takeApart("runStack", stacked);
  const lanes = blocks.map((block) => findVariables(block).map(([, variable]) => variable));
  const before = lanes.map((lane) => lane.map((variable) => slotOf(variable).value));
  const result = blocks.reduce((h, block, index) => body(block, h, index), x);
  const writes = findVariables(stacked).flatMap(([path, variable], i) => {
    const values = lanes.map((lane) => slotOf(lane[i]).value);
    if (values.every((value, lane) => value === before[lane][i])) return [];
    return [[variable, stackValues(path, values)] as const];
  });
  for (const [variable, value] of writes) checkWritable(variable, value);
  for (const [variable, value] of writes) variable.value = value;
  return result;
}

function takeApart<T extends object>(callee: string, stacked: T): T[] {
  checkNode(callee, stacked, "stacked");
  const variables = findVariables(stacked);
  const sizes = variables.map(([path, variable]) => firstAxis(callee, path, variable.value));
  if (sizes.length === 0) {
    throw new RangeError(`${callee}: stacked must hold at least one Variable, got none.`);
  }
  const odd = sizes.findIndex((size) => size !== sizes[0]);
  if (odd >= 0) {
    throw new RangeError(
      `${callee}: stacked must have one size on all first axes, got ${sizes[0]} at ${formatPath(variables[0][0])} and ${sizes[odd]} at ${formatPath(variables[odd][0])}.`,
    );
  }
  const definition = graphdef(stacked);
  return Array.from({ length: sizes[0] }, (_, index) =>
    merge(
      definition,
      nest(
        callee,
        variables.map(([path, variable]) => [path, variable.copy(valueAt(variable.value, index))]),
      ),
    ),
  );
}

function firstAxis(callee: string, path: Path, value: unknown): number {
  if (isTensor(value) && value.ndim > 0) return value.shape[0];
  if (Array.isArray(value) && value.every(isKey)) return value.length;
  throw new RangeError(
    `${callee}: stacked must hold arrays with a first axis, got ${describe(value)} at ${formatPath(path)}.`,
  );
}

function valueAt(value: unknown, index: number): unknown {
  if (!isTensor(value)) return (value as readonly unknown[])[index];
  const { shape } = value;
  const start = shape.map((_, axis) => (axis === 0 ? index : 0));
  return reshape(slice(value, start, shape.with(0, index + 1)), shape.slice(1));
}

function stackValues(path: Path, values: readonly unknown[]): unknown {
  if (values.every(isKey)) return values;
  const [first] = values;
  if (isTensor(first) && values.every((value) => isLike(value, first))) {
    return stackTensors(values as readonly Tensor[], 0);
  }
  throw new Error(
    `stack: make must return blocks whose Variables have one shape and dtype, got ${values.map(describe).join(" and ")} at ${formatPath(path)}.`,
  );
}

function isLike(value: unknown, model: Tensor): boolean {
  return isTensor(value) && sameShape(value.shape, model.shape) && value.dtype === model.dtype;
}

function checkDistinct(found: readonly (readonly (readonly [Path, Variable<unknown>])[])[]): void {
  const seen = new Set<unknown>();
  for (const variables of found) {
    for (const [path, variable] of variables) {
      if (seen.has(variable)) {
        throw new Error(
          `stack: make must return blocks with Variables of their own, got the same one twice at ${formatPath(path)}.`,
        );
      }
      seen.add(variable);
    }
  }
}
