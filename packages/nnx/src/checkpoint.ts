import { describe } from "@flaxen/dtype";
import { isTensor, isTracer } from "@flaxen/autodiff";
import { isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { isKey, keyData, wrapKeyData } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { decode, encode } from "@flaxen/safetensors";
import { OfType, toPredicate } from "./filters.ts";
import type { Filter, Predicate } from "./filters.ts";
import { checkMisfits } from "./misfits.ts";
import type { Path } from "./paths.ts";
import { isPytree } from "./pytree.ts";
import { RngState } from "./rngs.ts";
import { checkNode } from "./state.ts";
import { childOf, findVariables } from "./traverse.ts";
import { sameShape } from "./update.ts";
import { checkWritable } from "./variable.ts";
import type { Variable } from "./variable.ts";
import { Intermediate } from "./variable-types.ts";

/** Settings of `saveSafetensors`. */
export interface SaveOptions {
  /** Restricts what is saved; by default everything but RngState and Intermediate. */
  readonly filter?: Filter;
  /** Whether random streams are saved too; false by default. */
  readonly includeRng?: boolean;
  /** Further metadata of the file, which `decode` of `@flaxen/safetensors` gives back. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** Settings of `loadSafetensors`. */
export interface LoadOptions {
  /** Whether names missing from the file or unknown to the object are errors; true by default. */
  readonly strict?: boolean;
  /** Restricts what is expected in the file and loaded; by default what `saveSafetensors` saves. */
  readonly filter?: Filter;
}

/** What `loadSafetensors` left alone. */
export interface LoadReport {
  /** Names that the object has and the file does not. */
  readonly missing: readonly string[];
  /** Names that the file has and the object does not. */
  readonly unexpected: readonly string[];
}

/**
 * Writes the state of a model, an optimizer or any other object as a safetensors file.
 *
 * A tensor is named by its path with dots, as Flax names it: `linear1.kernel`, `layers.0.bias`,
 * `opt_state.0.mu.linear1.kernel`. Keys are stored as two uint32 words, counts as uint32. The
 * metadata holds `format: "flax-nnx"` and under `types` the class of each name as JSON.
 *
 * @param node - a Module, an optimizer or any other object that `state` accepts.
 * @param options - `filter`, `includeRng` (default false) and further `metadata` of the file.
 * @returns the bytes of the file; the same state gives the same bytes.
 * @throws {@link TypeError} if `node` cannot hold state, or a Variable holds no array or key.
 * @throws {@link RangeError} if a field name contains a dot, or two names are equal.
 *
 * @example
 * ```ts
 * import { Linear, loadSafetensors, Rngs, saveSafetensors } from "@flaxen/nnx";
 *
 * const trained = new Linear(2, 3, { rngs: new Rngs(0) });
 * const bytes = saveSafetensors(trained);
 * const fresh = new Linear(2, 3, { rngs: new Rngs(1) });
 * loadSafetensors(fresh, bytes);
 * String(fresh.kernel.value) === String(trained.kernel.value); // => true
 * ```
 */
export function saveSafetensors(
  node: object,
  { filter, includeRng = false, metadata = {} }: SaveOptions = {},
): Uint8Array {
  checkNode("saveSafetensors", node);
  const selects = contentFilter("saveSafetensors", filter, includeRng);
  const tensors = new Map<string, NDArray>();
  const types: Record<string, string> = {};
  for (const [name, variable] of namedVariables("saveSafetensors", node, selects)) {
    tensors.set(name, storedValue(name, variable.value));
    types[name] = variable.kind;
  }
  const format = { format: "flax-nnx", types: JSON.stringify(types) };
  return encode(tensors, { metadata: { ...metadata, ...format } });
}

/**
 * Reads a safetensors file into an existing object. Everything is checked first; on an error nothing
 * is changed.
 *
 * Random streams are loaded if the file has them. A key keeps the counter layout that it has.
 *
 * @param node - an object of the structure of the saved one.
 * @param bytes - the whole file, written by `saveSafetensors` or from Flax.
 * @param options - `strict` (default true): false leaves alone what is missing in the file or
 *   unknown to the object; `filter` restricts what is loaded.
 * @returns the names that were left alone.
 * @throws {@link RangeError} if the file is truncated or corrupt, or names are missing, unexpected or
 *   of another shape or dtype; the one message lists all of them.
 * @throws {@link TypeError} if `node` cannot hold state, or `bytes` is no byte array.
 *
 * @example
 * ```ts
 * import { Linear, loadSafetensors, Rngs, saveSafetensors } from "@flaxen/nnx";
 *
 * const bytes = saveSafetensors(new Linear(2, 3, { rngs: new Rngs(0), useBias: false }));
 * const linear = new Linear(2, 3, { rngs: new Rngs(1) });
 * loadSafetensors(linear, bytes); // throws RangeError: loadSafetensors: bytes must fit the object, got missing: bias; unexpected: none; mismatched: none.
 * loadSafetensors(linear, bytes, { strict: false }).missing; // => ["bias"]
 * ```
 */
export function loadSafetensors(
  node: object,
  bytes: Uint8Array | ArrayBuffer,
  { strict = true, filter }: LoadOptions = {},
): LoadReport {
  const callee = "loadSafetensors";
  checkNode(callee, node);
  const isRng = OfType(RngState);
  const selects = contentFilter(callee, filter, true);
  const { tensors } = decode(bytes);
  const missing: string[] = [];
  const mismatched: string[] = [];
  const writes: [Variable<unknown>, unknown][] = [];
  for (const [name, variable, path] of namedVariables(callee, node, selects)) {
    const tensor = tensors.get(name);
    tensors.delete(name);
    const { value } = variable;
    if (tensor === undefined) {
      if (!isRng(path, variable)) missing.push(name);
    } else if (fits(tensor, value)) {
      writes.push([variable, isKey(value) ? restoreKey(tensor, value) : tensor]);
    } else {
      mismatched.push(`${name} (${describe(tensor)} for ${expected(value)})`);
    }
  }
  const unexpected = [...tensors.keys()];
  checkMisfits(callee, "bytes", strict, { missing, unexpected, mismatched });
  for (const [variable, value] of writes) checkWritable(variable, value);
  for (const [variable, value] of writes) variable.value = value;
  return { missing, unexpected };
}

/** What belongs into a file. */
function contentFilter(callee: string, filter: Filter | undefined, includeRng: boolean): Predicate {
  const isRng = OfType(RngState);
  const isIntermediate = OfType(Intermediate);
  const selects = filter === undefined ? null : toPredicate(callee, filter);
  return (path, variable) => {
    if (isRng(path, variable)) return includeRng && (selects === null || selects(path, variable));
    return selects === null ? !isIntermediate(path, variable) : selects(path, variable);
  };
}

/** The selected Variables with the names that they have in files. */
function namedVariables(
  callee: string,
  node: object,
  selects: Predicate,
): [string, Variable<unknown>, Path][] {
  const named: [string, Variable<unknown>, Path][] = [];
  const taken = new Set<string>();
  for (const [path, variable] of findVariables(node)) {
    if (!selects(path, variable)) continue;
    const name = fileName(callee, node, path);
    if (taken.has(name)) {
      throw new RangeError(`${callee}: names of Variables must be distinct, got ${name} twice.`);
    }
    taken.add(name);
    named.push([name, variable, path]);
  }
  return named;
}

function fileName(callee: string, node: object, path: Path): string {
  if (path.length === 0) return "value";
  let owner: unknown = node;
  const parts = path.map((part) => {
    if (String(part).includes(".")) {
      throw new RangeError(`${callee}: field names must not contain a dot, got ${describe(part)}.`);
    }
    const names = isPytree(owner) ? owner.fileNames : {};
    const name = Object.hasOwn(names, part) ? names[part] : part;
    owner = childOf(owner as object, part);
    return name;
  });
  return parts.join(".");
}

function storedValue(name: string, value: unknown): NDArray {
  if (isKey(value)) return keyData(value);
  if (isTracer(value) || !isNDArray(value)) {
    throw new TypeError(
      `saveSafetensors: ${name} must hold a concrete array or a key, got ${describe(value)}.`,
    );
  }
  return value;
}

function restoreKey(words: NDArray, { partitionable }: Key): Key {
  return wrapKeyData(words as NDArray<"uint32">, { partitionable });
}

function fits(tensor: NDArray, value: unknown): boolean {
  if (isKey(value)) return tensor.dtype === "uint32" && sameShape(tensor.shape, [2]);
  return isTensor(value) && tensor.dtype === value.dtype && sameShape(tensor.shape, value.shape);
}

function expected(value: unknown): string {
  return isKey(value) ? "uint32[2]" : describe(value);
}
