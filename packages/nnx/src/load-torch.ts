import { describe, isFloating } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { asNDArray, astype } from "@flaxen/ndarray";
import type { NDArray, NDArrayLike, Shape } from "@flaxen/ndarray";
import { checkOptions } from "./arguments.ts";
import type { LoadReport } from "./checkpoint.ts";
import { OfType } from "./filters.ts";
import { checkMisfits } from "./misfits.ts";
import { isModule } from "./module.ts";
import type { Path } from "./paths.ts";
import { RngState } from "./rngs.ts";
import { Sequential } from "./sequential.ts";
import { checkNode } from "./state.ts";
import { torchRules } from "./torch-rules.ts";
import type { TorchRule } from "./torch-rules.ts";
import { childOf, findVariables, traverse } from "./traverse.ts";
import type { Node } from "./traverse.ts";
import { sameShape } from "./update.ts";
import { checkWritable, isVariable } from "./variable.ts";
import { Cache, Intermediate } from "./variable-types.ts";
import type { Variable } from "./variable.ts";

/** Settings of `loadTorchStateDict`. */
export interface LoadTorchOptions {
  /** Whether names missing from the tensors or unknown to the object are errors; true by default. */
  readonly strict?: boolean;
  /**
   * Turns a name of the state_dict into the one that the object asks for, e.g. `backbone.fc.weight` into
   * `head.weight`; null leaves a tensor out. By default names stay as they are.
   */
  readonly rename?: (name: string) => string | null;
  /**
   * Linear layers, by their path with dots, whose input is a flattened image map, and the shape
   * `[channels, ...spatial]` that the map has in PyTorch: their rows are put channels last.
   */
  readonly flattened?: Readonly<Record<string, Shape>>;
}

/**
 * Fills a model with weights of PyTorch, whose layers have other names and layouts. Everything is checked
 * first; on an error nothing is changed.
 *
 * A layer at `encoder.conv` takes `encoder.conv.weight` and so on; item `i` of a `Sequential` has the name
 * `i`. Known are Linear, Conv, ConvTranspose, Embed, PReLU, MultiHeadAttention, the normalisations and the
 * recurrent cells, inside of RNN and Bidirectional too. Other Variables take the tensor of their own path
 * and shape. Padding, epsilon and the like belong to the model: the guide on files has a table.
 *
 * @param node - the model.
 * @param tensors - the state_dict, e.g. `decode(bytes).tensors` of `@flaxen/safetensors`: names and
 *   floating arrays, which are cast to the dtypes of the model. `num_batches_tracked` is ignored.
 * @param options - see {@link LoadTorchOptions}.
 * @returns the names that were left alone.
 * @throws {@link TypeError} if `node` cannot hold state, `tensors` holds anything but arrays, or an option
 *   is unknown.
 * @throws {@link RangeError} if names are missing, unexpected or of another shape or dtype; the one message
 *   lists all of them.
 *
 * @example
 * ```ts
 * import { Linear, loadTorchStateDict, Rngs } from "@flaxen/nnx";
 * import { array } from "@flaxen/ndarray";
 *
 * const model = { fc: new Linear(3, 2, { rngs: new Rngs(0) }) };
 * const weight = array([[1, 2, 3], [4, 5, 6]]);
 * loadTorchStateDict(model, { "fc.weight": weight, "fc.bias": array([7, 8]) });
 * model.fc.kernel.value; // => [[1, 4], [2, 5], [3, 6]]
 * loadTorchStateDict(model, { "fc.weight": weight.transpose(1, 0) }); // throws RangeError: loadTorchStateDict: tensors must fit the object, got missing: fc.bias; unexpected: none; mismatched: fc.weight (float32[3, 2] for float32[2, 3]).
 * ```
 */
export function loadTorchStateDict(
  node: object,
  tensors: ReadonlyMap<string, NDArrayLike> | Readonly<Record<string, NDArrayLike>>,
  options: LoadTorchOptions = {},
): LoadReport {
  const callee = "loadTorchStateDict";
  checkNode(callee, node);
  checkOptions(callee, options, ["strict", "rename", "flattened"]);
  const { strict = true, rename = (name: string) => name, flattened = {} } = options;
  const given = collect(tensors, rename);
  const unused = new Set(given.keys());
  const missing: string[] = [];
  const mismatched: string[] = [];
  const writes: [Variable<unknown>, NDArray][] = [];
  for (const { variable, sources, build, refuse } of planRules(callee, node, flattened)) {
    const { dtype } = variable;
    const found: NDArray[] = [];
    for (const [name, shape] of sources) {
      unused.delete(name);
      const tensor = given.get(name);
      if (tensor === undefined) missing.push(name);
      else if (sameShape(tensor.shape, shape) && isFloating(tensor.dtype)) found.push(tensor);
      else mismatched.push(`${name} (${describe(tensor)} for ${describe({ dtype, shape })})`);
    }
    if (found.length < sources.length) continue;
    const reason = refuse?.(found) ?? null;
    if (reason !== null) mismatched.push(`${sources[sources.length - 1][0]} (${reason})`);
    // A copy, so that the model does not share storage with what was read.
    else writes.push([variable, astype(build(found) as NDArray, dtype)]);
  }
  const report = { missing: [...new Set(missing)], unexpected: [...unused] };
  checkMisfits(callee, "tensors", strict, { ...report, mismatched: [...new Set(mismatched)] });
  for (const [variable, value] of writes) checkWritable(variable, value);
  for (const [variable, value] of writes) variable.value = value;
  return report;
}

function collect(
  tensors: ReadonlyMap<string, NDArrayLike> | Readonly<Record<string, NDArrayLike>>,
  rename: (name: string) => string | null,
): Map<string, NDArray> {
  if (typeof tensors !== "object" || tensors === null) {
    throw new TypeError(
      `loadTorchStateDict: tensors must be a Map or an object of arrays, got ${describe(tensors)}.`,
    );
  }
  const named = new Map<string, NDArray>();
  const entries: Iterable<[string, NDArrayLike]> =
    tensors instanceof Map
      ? (tensors as ReadonlyMap<string, NDArrayLike>)
      : Object.entries(tensors);
  for (const [name, tensor] of entries) {
    if (name === "num_batches_tracked" || name.endsWith(".num_batches_tracked")) continue;
    if (typeof tensor !== "object" || tensor === null || !("data" in tensor && "shape" in tensor)) {
      throw new TypeError(
        `loadTorchStateDict: tensors must hold arrays, got ${describe(tensor)} under ${describe(name)}.`,
      );
    }
    const wanted = rename(name);
    if (wanted === null) continue;
    if (named.has(wanted)) {
      throw new RangeError(
        `loadTorchStateDict: names must be distinct, got ${describe(wanted)} twice.`,
      );
    }
    named.set(wanted, asNDArray(tensor));
  }
  return named;
}

/** One rule for each Variable that is wanted. */
function planRules(
  callee: string,
  node: object,
  flattened: Readonly<Record<string, Shape>>,
): readonly TorchRule[] {
  const rules = new Map<unknown, TorchRule>();
  const layers = new Set<string>();
  for (const [path, layer] of traverse(node, { isLeaf: isVariable }).entered) {
    if (!isModule(layer)) continue;
    const dotted = path.join(".");
    layers.add(dotted);
    const shape = Object.hasOwn(flattened, dotted) ? flattened[dotted] : undefined;
    if (shape !== undefined) checkFlattened(callee, dotted, shape, layer);
    const [prefix, suffix] = torchPlace(node, path);
    const name = (own: string): string => [...prefix, own].join(".") + suffix;
    const found = torchRules(layer as unknown as Readonly<Record<string, unknown>>, name, shape);
    for (const rule of found ?? []) {
      if (!rules.has(rule.variable)) rules.set(rule.variable, rule);
    }
  }
  const stray = Object.keys(flattened).filter((path) => !layers.has(path));
  if (stray.length > 0) {
    throw new RangeError(
      `${callee}: flattened must name layers of the object, got ${stray.join(", ")}.`,
    );
  }
  const skipped = [OfType(RngState), OfType(Intermediate), OfType(Cache)];
  return findVariables(node).flatMap(([path, variable]) => {
    const rule = rules.get(variable);
    if (rule !== undefined) return [rule];
    if (skipped.some((selects) => selects(path, variable)) || !isTensor(variable.value)) return [];
    const [prefix, suffix] = torchPlace(node, path);
    const source = [prefix.join(".") + suffix, variable.shape] as const;
    return [{ variable, sources: [source], build: ([tensor]) => tensor } satisfies TorchRule];
  });
}

function checkFlattened(callee: string, path: string, shape: Shape, layer: object): void {
  const size = shape.reduce((product, n) => product * n, 1);
  if ("inFeatures" in layer && layer.inFeatures === size) return;
  throw new RangeError(
    `${callee}: flattened must have as many elements as the input of the layer, got ${describe(shape)} for ${path}${"inFeatures" in layer ? ` with inFeatures = ${describe(layer.inFeatures)}` : ""}.`,
  );
}

/** Where PyTorch keeps what is at a path: the parts in front of the own name, and what follows it. */
function torchPlace(node: object, path: Path): [prefix: (string | number)[], suffix: string] {
  const prefix: (string | number)[] = [];
  let suffix = "";
  let owner: unknown = node;
  for (const part of path) {
    const holder = owner as Node;
    if (part === "cell" && "timeMajor" in holder) suffix ||= "_l0";
    else if (part === "forwardRnn" && "backwardRnn" in holder) suffix = "_l0";
    else if (part === "backwardRnn" && "forwardRnn" in holder) suffix = "_l0_reverse";
    else if (!(part === "layers" && holder instanceof Sequential)) prefix.push(part);
    owner = childOf(holder, part);
  }
  return [prefix, suffix];
}
