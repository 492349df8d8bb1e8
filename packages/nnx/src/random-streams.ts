import { describe } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { isKey, split } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { checkSize } from "./arguments.ts";
import { rest, toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { iterGraph } from "./iter-graph.ts";
import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";
import type { Callee } from "./places.ts";
import { recursiveMap } from "./recursive-map.ts";
import { Rngs, isStream } from "./rngs.ts";
import type { RngStream, Seed } from "./rngs.ts";
import { checkNode } from "./state.ts";
import { checkWritable } from "./variable.ts";

/** Settings of `reseed`. */
export interface ReseedOptions {
  /**
   * What to do with the streams of a stack, which have a list of keys: `"scalarsOnly"`, the default,
   * refuses them, `"matchShape"` splits the new key into as many.
   */
  readonly policy?: "scalarsOnly" | "matchShape";
}

/**
 * Starts random streams inside an object anew: each stream whose tag is named gets the next key of a
 * stream with the given seed, and the count 0.
 *
 * A stream that was forked from `new Rngs({ dropout: 42 })` when its layer was made is put back to its
 * beginning by `reseed(model, { dropout: 42 })`.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param seeds - tags and seeds; other streams stay as they are.
 * @param options - see {@link ReseedOptions}.
 * @throws {@link TypeError} if `node` cannot hold state, or a seed is neither an integer, a key nor a
 *   stream.
 * @throws {@link RangeError} if a stream has a list of keys and the policy does not allow that. Then
 *   nothing is changed.
 * @throws {@link TraceContextError} if a stream does not belong to the running transform.
 *
 * @example
 * ```ts
 * import { Dropout, reseed, Rngs } from "@flaxen/nnx";
 *
 * const dropout = new Dropout(0.5, { rngs: new Rngs({ dropout: 42 }) });
 * const first = String(dropout.forward([1, 1, 1, 1]));
 * String(dropout.forward([1, 1, 1, 1])) === first; // => false
 * reseed(dropout, { dropout: 42 });
 * String(dropout.forward([1, 1, 1, 1])) === first; // => true
 * ```
 */
export function reseed(
  node: object,
  seeds: Readonly<Record<string, Seed>>,
  { policy = "scalarsOnly" }: ReseedOptions = {},
): void {
  checkNode("reseed", node);
  if (policy !== "scalarsOnly" && policy !== "matchShape") {
    throw new RangeError(
      `reseed: policy must be "scalarsOnly" or "matchShape", got ${describe(policy)}.`,
    );
  }
  const rngs = new Rngs(seeds);
  const writes = streamsOf(node).flatMap(([path, stream]) => {
    const { tag } = stream.key.metadata;
    if (typeof tag !== "string" || !rngs.has(tag)) return [];
    const key = rngs.stream(tag).next();
    const present: unknown = stream.key.value;
    if (isKey(present)) return [{ stream, key, count: full([], 0, "uint32") }];
    const { length } = present as readonly Key[];
    if (policy === "scalarsOnly") {
      throw new RangeError(
        `reseed: the streams must have one key each, got ${length} keys at ${formatPath(path)}. Pass { policy: "matchShape" } to split the new one.`,
      );
    }
    const keys = split(key, length) as unknown as Key;
    return [{ stream, key: keys, count: full([length], 0, "uint32") }];
  });
  for (const { stream, key, count } of writes) {
    checkWritable(stream.key, key);
    checkWritable(stream.count, count);
  }
  for (const { stream, key, count } of writes) {
    stream.key.value = key;
    stream.count.value = count;
  }
}

/** Settings of `forkRngs` and `splitRngs`. */
export interface StreamOptions {
  /** Which streams, by their key and count; a string is a tag, and `rest`, all of them, is the default. */
  readonly only?: Filter;
}

/**
 * Returns a second look at a model that shares all Variables but those of random streams: each stream
 * draws one key, and the copy starts an independent stream with it.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param options - `only` (default `rest`): which streams; the copy shares the others.
 * @returns an object of the same class; the counts of the original have gone up by 1.
 * @throws {@link TypeError} if `node` cannot hold state, or `only` is no filter.
 *
 * @example
 * ```ts
 * import { forkRngs, Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * forkRngs({ rngs }).rngs.next().words; // => [4165894930, 804218099]
 * rngs.default.count.value; // => 1
 * ```
 */
export function forkRngs<T extends object>(node: T, { only = rest }: StreamOptions = {}): T {
  checkNode("forkRngs", node);
  return splitStreams("forkRngs", node, only, (stream) => [stream.fork()], 1)[0];
}

/**
 * Returns several looks at a model that share all Variables but those of random streams: each stream
 * draws one key and splits it among the copies. So every copy has dropout masks of its own.
 *
 * @param node - a Module, or any other object that `state` accepts.
 * @param num - how many, an integer of at least 1.
 * @param options - `only` (default `rest`): which streams; the copies share the others.
 * @returns `num` objects of the same class; the counts of the original have gone up by 1.
 * @throws {@link TypeError} if `node` cannot hold state, `num` is not a number or `only` is no filter.
 * @throws {@link RangeError} if `num` is not a positive integer.
 *
 * @example
 * ```ts
 * import { Dropout, Rngs, splitRngs } from "@flaxen/nnx";
 *
 * const dropout = new Dropout(0.5, { rngs: new Rngs(0) });
 * const masks = splitRngs(dropout, 2).map((d) => String(d.forward([1, 1, 1, 1, 1, 1])));
 * masks[0] === masks[1]; // => false
 * ```
 */
export function splitRngs<T extends object>(
  node: T,
  num: number,
  { only = rest }: StreamOptions = {},
): T[] {
  checkNode("splitRngs", node);
  checkSize("splitRngs", "num", num);
  return splitStreams("splitRngs", node, only, (stream) => stream.split(num), num);
}

/** The streams inside an object with their paths, each once. */
function streamsOf(node: object): (readonly [Path, RngStream])[] {
  return iterGraph(node).flatMap(([path, value]) =>
    isStream(value) ? [[path, value] as const] : [],
  );
}

/** The streams inside an object whose key and count a filter selects. */
export function selectStreams(callee: Callee, node: object, only: Filter): RngStream[] {
  const selects = toPredicate(callee, only);
  return streamsOf(node).flatMap(([path, stream]) => {
    const chosen =
      selects([...path, "key"], stream.key) && selects([...path, "count"], stream.count);
    return chosen ? [stream] : [];
  });
}

function splitStreams<T extends object>(
  callee: string,
  node: T,
  only: Filter,
  make: (stream: RngStream) => readonly RngStream[],
  num: number,
): T[] {
  const own = new Map<unknown, readonly RngStream[]>();
  for (const stream of selectStreams(callee, node, only)) own.set(stream.key, make(stream));
  return Array.from({ length: num }, (_, i) =>
    recursiveMap((_path, value) => {
      const streams = isStream(value) ? own.get(value.key) : undefined;
      return streams === undefined ? value : streams[i];
    }, node),
  );
}
