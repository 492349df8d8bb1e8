import { describe } from "@flaxen/dtype";
import { full, isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import { foldIn, isKey, key, split, wrapKeyData } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { add } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { checkSize } from "./arguments.ts";
import { Draws } from "./draws.ts";
import { rest, toPredicate } from "./filters.ts";
import type { Filter } from "./filters.ts";
import { defineField } from "./state.ts";
import { isPytree } from "./pytree.ts";
import { Variable, isVariable } from "./variable.ts";

/**
 * State of random streams; the class of both their Variables, for use as a filter.
 *
 * @example
 * ```ts
 * import { Not, RngState, Rngs, state } from "@flaxen/nnx";
 *
 * Object.keys(state(new Rngs(0), Not(RngState))); // => []
 * ```
 */
export class RngState<T = Tensor> extends Variable<T> {
  /** `"RngState"`, or the name of a derived class. */
  override get kind(): "RngState" | "RngKey" | "RngCount" {
    return "RngState";
  }
}

/**
 * The base key of a stream; `metadata.tag` is the stream's name.
 *
 * @example
 * ```ts
 * import { Rngs } from "@flaxen/nnx";
 *
 * new Rngs(7).default.key.value.words; // => [0, 7]
 * ```
 */
export class RngKey extends RngState<Key> {
  /** `"RngKey"`. */
  override get kind(): "RngKey" {
    return "RngKey";
  }
}

/**
 * The number of keys drawn from a stream, a uint32 scalar; `metadata.tag` is the stream's name.
 *
 * @example
 * ```ts
 * import { Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs(0);
 * rngs.next();
 * rngs.default.count.value; // => 1
 * ```
 */
export class RngCount extends RngState<NDArray> {
  /** `"RngCount"`. */
  override get kind(): "RngCount" {
    return "RngCount";
  }
}

/**
 * Where a stream starts: an integer, a key, the two uint32 words of a key as an array, or another
 * stream, whose key is copied and whose count is not.
 */
export type Seed = number | bigint | Key | NDArray<"uint32"> | RngStream;

/** Settings of `Rngs.split` and `Rngs.broadcast`. */
export interface RngsOptions {
  /** Which streams; a string is a stream's name, and `rest`, all of them, is the default. */
  readonly only?: Filter;
}

/**
 * A stream of random keys: key number `n`, counted from 0, is `foldIn(key, n)`.
 *
 * The name of the stream does not enter the keys.
 *
 * @example
 * ```ts
 * import { foldIn, key } from "@flaxen/rng";
 * import { RngStream } from "@flaxen/nnx";
 *
 * const stream = new RngStream(0, { tag: "noise" });
 * stream.next().words; // => [1797259609, 2579123966]
 * stream.next().words; // => [928981903, 3453687069]
 * foldIn(key(0), 1).words; // => [928981903, 3453687069]
 * stream.normal([2]).shape; // => [2]
 * stream.count.value; // => 3
 * ```
 */
export class RngStream extends Draws {
  /** The base key, which does not change. */
  readonly key: RngKey;
  /** How many keys were drawn. */
  readonly count: RngCount;
  /** The name of the stream. */
  readonly tag: string;

  /**
   * Starts a stream.
   *
   * @param seed - see {@link Seed}.
   * @param options - `tag`: the name of the stream.
   * @throws {@link TypeError} if `seed` is neither an integer, a key nor a stream.
   */
  constructor(seed: Seed, { tag }: { readonly tag: string }) {
    super();
    this.tag = tag;
    this.key = new RngKey(toKey("RngStream", seed), { tag });
    this.count = new RngCount(full([], 0, "uint32"), { tag });
  }

  /**
   * Draws the next key and counts it.
   *
   * @returns `foldIn(key, count)`.
   * @throws {@link Error} if the stream is that of a stack and has a list of keys.
   * @throws {@link TraceContextError} if a transform runs that did not get the stream as an argument.
   */
  override next(): Key {
    const keys: unknown = this.key.value;
    if (Array.isArray(keys)) {
      throw new Error(
        `RngStream.next: the stream must have one key, got a list of ${keys.length}. Apply a stack of layers with runStack.`,
      );
    }
    const count = this.count.value;
    this.count.value = add(count, 1) as NDArray;
    return foldIn(this.key.value, count);
  }

  /**
   * Draws one key and starts an independent stream with it.
   *
   * @returns a stream of the same tag with count 0.
   */
  fork(): RngStream {
    return new RngStream(this.next(), { tag: this.tag });
  }

  /**
   * Draws one key and splits it: as many independent streams as are asked for.
   *
   * @param num - how many, an integer of at least 1.
   * @returns streams of the same tag with count 0 and the keys `split(next(), num)`.
   * @throws {@link TypeError} if `num` is not a number.
   * @throws {@link RangeError} if `num` is not a positive integer.
   */
  split(num: number): RngStream[] {
    checkSize("RngStream.split", "num", num);
    return split(this.next(), num).map((key) => new RngStream(key, { tag: this.tag }));
  }

  /**
   * Draws one key and starts as many streams with it as are asked for: all draw the same.
   *
   * @param num - how many, an integer of at least 1.
   * @returns streams of the same tag with count 0.
   * @throws {@link TypeError} if `num` is not a number.
   * @throws {@link RangeError} if `num` is not a positive integer.
   */
  broadcast(num: number): RngStream[] {
    checkSize("RngStream.broadcast", "num", num);
    const key = this.next();
    return Array.from({ length: num }, () => new RngStream(key, { tag: this.tag }));
  }
}

/**
 * Named random streams. A stream that was not named falls back to `default`.
 *
 * The streams are fields of the object, so the state of `new Rngs({ params: 0 })` has the paths
 * `params.key` and `params.count`. Layers draw from `params` for parameters and from `dropout` for
 * masks.
 *
 * @example
 * ```ts
 * import { Rngs } from "@flaxen/nnx";
 *
 * const rngs = new Rngs({ default: 0, dropout: 1 });
 * rngs.next().words; // => [1797259609, 2579123966]
 * rngs.params.next().words; // => [928981903, 3453687069]
 * rngs.dropout.count.value; // => 0
 * rngs.stream("noise") === rngs.default; // => true
 * new Rngs({ params: 0 }).dropout; // throws RangeError: Rngs: stream must be one of params, got "dropout". Name it when you make the Rngs, or give a default seed.
 * ```
 */
export class Rngs extends Draws {
  /**
   * Starts the streams.
   *
   * @param seeds - the seed of `default`, or an object of names and seeds.
   * @throws {@link TypeError} if a seed is neither an integer, a key nor a stream.
   * @throws {@link RangeError} if a name is empty or belongs to a member of this class.
   */
  constructor(seeds: Seed | Readonly<Record<string, Seed>> = {}) {
    super();
    const named = isSeed(seeds) ? { default: seeds } : seeds;
    for (const [name, seed] of Object.entries(named)) {
      if (name === "" || RESERVED.has(name)) {
        throw new RangeError(
          `Rngs: names of streams must not be empty or a member of Rngs, got ${describe(name)}.`,
        );
      }
      defineField(this, name, new RngStream(toKey("Rngs", seed), { tag: name }));
    }
  }

  /** The stream that stands in for all that were not named. */
  get default(): RngStream {
    return this.stream("default");
  }

  /** The stream for parameters. */
  get params(): RngStream {
    return this.stream("params");
  }

  /** The stream for dropout masks. */
  get dropout(): RngStream {
    return this.stream("dropout");
  }

  /** The stream for initial carries of recurrent layers. */
  get carry(): RngStream {
    return this.stream("carry");
  }

  /**
   * Finds a stream.
   *
   * @param name - any name.
   * @returns the stream of that name, else `default`.
   * @throws {@link RangeError} if there is neither.
   */
  stream(name: string): RngStream {
    const found = ownStream(this, name) ?? ownStream(this, "default");
    if (found !== undefined) return found;
    const names = this.names();
    const rule = names.length === 0 ? "given to the Rngs" : `one of ${names.join(", ")}`;
    throw new RangeError(
      `Rngs: stream must be ${rule}, got ${describe(name)}. Name it when you make the Rngs, or give a default seed.`,
    );
  }

  /** The names of the streams in the order of their creation. */
  names(): string[] {
    return Object.keys(this);
  }

  /** Tells whether a stream was named; one that falls back to `default` was not. */
  has(name: string): boolean {
    return Object.hasOwn(this, name);
  }

  /**
   * Draws the next key of `default`.
   *
   * @throws {@link RangeError} if there is no such stream.
   */
  override next(): Key {
    return this.default.next();
  }

  /**
   * Draws one key of each stream and starts independent streams with them.
   *
   * @returns streams of the same names with count 0.
   */
  fork(): Rngs {
    return new Rngs(
      Object.fromEntries(this.names().map((name) => [name, this.stream(name).fork()])),
    );
  }

  /**
   * Draws one key of each selected stream and splits it, e.g. to give every layer of a stack, or every
   * member of a batch, streams of its own.
   *
   * @param num - how many, an integer of at least 1.
   * @param options - `only` (default `rest`): which streams; the others are shared by all results.
   * @returns `num` Rngs of the same names; number `i` has the keys `split(next(), num)[i]` and counts 0.
   * @throws {@link TypeError} if `num` is not a number, or `only` is no filter.
   * @throws {@link RangeError} if `num` is not a positive integer.
   */
  split(num: number, { only = rest }: RngsOptions = {}): Rngs[] {
    checkSize("Rngs.split", "num", num);
    return makeLanes("Rngs.split", this, num, only, (stream) => stream.split(num));
  }

  /**
   * Draws one key of each selected stream and hands it to all results: they draw the same.
   *
   * @param num - how many, an integer of at least 1.
   * @param options - `only` (default `rest`): which streams; the others are shared by all results.
   * @returns `num` Rngs of the same names with counts 0.
   * @throws {@link TypeError} if `num` is not a number, or `only` is no filter.
   * @throws {@link RangeError} if `num` is not a positive integer.
   */
  broadcast(num: number, { only = rest }: RngsOptions = {}): Rngs[] {
    checkSize("Rngs.broadcast", "num", num);
    return makeLanes("Rngs.broadcast", this, num, only, (stream) => stream.broadcast(num));
  }
}

function makeLanes(
  callee: string,
  rngs: Rngs,
  num: number,
  only: Filter,
  make: (stream: RngStream) => readonly RngStream[],
): Rngs[] {
  const selects = toPredicate(callee, only);
  const lanes = Array.from({ length: num }, () => new Rngs());
  for (const name of rngs.names()) {
    const stream = rngs.stream(name);
    const own = selects([name], stream) ? make(stream) : null;
    lanes.forEach((lane, i) => defineField(lane, name, own === null ? stream : own[i]));
  }
  return lanes;
}

// Members of the class; a stream of such a name would hide one.
const RESERVED: ReadonlySet<string> = /* @__PURE__ */ new Set([
  "constructor",
  "stream",
  "names",
  "has",
  "next",
  "fork",
  "split",
  "broadcast",
  "draw",
  "bits",
  "uniform",
  "normal",
  "truncatedNormal",
  "bernoulli",
  "randint",
  "permutation",
  "__proto__",
]);

function ownStream(rngs: Rngs, name: string): RngStream | undefined {
  return Object.getOwnPropertyDescriptor(rngs, name)?.value as RngStream | undefined;
}

function isSeed(seeds: unknown): seeds is Seed {
  return (
    typeof seeds !== "object" ||
    seeds === null ||
    isKey(seeds) ||
    isNDArray(seeds) ||
    isStream(seeds)
  );
}

function toKey(callee: string, seed: Seed): Key {
  if (isKey(seed)) return seed;
  if (isStream(seed)) return seed.key.value;
  if (isNDArray(seed)) return wrapKeyData(seed as NDArray<"uint32">);
  if (typeof seed === "bigint" || Number.isSafeInteger(seed)) return key(seed);
  const message = `${callee}: seed must be an integer, a key or a stream, got ${describe(seed)}.`;
  throw typeof seed === "number" ? new RangeError(message) : new TypeError(message);
}

/** Tells whether a value is a stream of any copy of this package. */
export function isStream(seed: unknown): seed is RngStream {
  return isPytree(seed) && "key" in seed && isVariable(seed.key);
}
