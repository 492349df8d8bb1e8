/**
 * Initial weights for TensorFlow.js: {@link forTfjs} makes initializers that the layers of `tf.layers` accept.
 *
 * @packageDocumentation
 */
import { describe } from "@flaxen/dtype";
import { flatData } from "@flaxen/ndarray";
import { foldIn, isKey } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import type { Initializer } from "./initializer.ts";

/** The typed arrays of the dtypes that TensorFlow.js shares. */
export type TfjsData = Float32Array | Int32Array | Uint8Array;

/** What is needed of `import * as tf from "@tensorflow/tfjs"`. */
export interface Tfjs {
  /** The initializers of `tf.layers`. */
  readonly initializers: {
    /** Builds the initializer of zeros. */
    zeros(): object;
  };
  /** The registry of classes that models are restored with. */
  readonly serialization: {
    // Parameters of methods are compared both ways, so that any class of Serializable objects fits.
    /** Adds a class. */
    registerClass(registered: never): unknown;
  };
  /** Builds a tensor. */
  tensor(data: TfjsData, shape: number[], dtype: "float32" | "int32" | "bool"): unknown;
}

/** Makes an initializer of `tf.layers` of one of this package and a random key. */
export type TfjsAdapter<Tf extends Tfjs> = (
  initializer: Initializer,
  key: Key,
) => ReturnType<Tf["initializers"]["zeros"]>;

/** Where the weights of an object come from. */
interface Source {
  readonly initializer: Initializer;
  readonly key: Key;
  /** Number of weights drawn. */
  drawn: number;
  /** Number of copies made by way of the configuration. */
  copies: number;
}

// Copies draw from foldIn(key, FIRST_COPY), foldIn(key, FIRST_COPY + 1), ...: far from further weights of the original.
const FIRST_COPY = 2 ** 31;

/** How the base class of all initializers of `tf.layers` is called. */
type Base = abstract new () => object;

/**
 * Builds the function that makes initializers of `tf.layers`.
 *
 * A layer accepts only instances of a class that TensorFlow.js does not export; it is found behind
 * `tf.initializers.zeros()`. The first weights of an object are those of its key, any further ones those of
 * `foldIn(key, 1)`, `foldIn(key, 2)` and so on: one object for several weights never makes them equal. Copies that
 * TensorFlow.js makes of it, for instance for a bidirectional layer, draw from keys of their own.
 *
 * A saved model does not hold the initializer itself: restored in another session it has zeros until its weights are
 * read.
 *
 * @param tf - What `import * as tf from "@tensorflow/tfjs"` gives; of the single packages
 *   `{ ...tfjsCore, ...tfjsLayers }`.
 * @returns A function from an {@link Initializer} and a random key to an object for `kernelInitializer` and the like.
 * @throws {@link TypeError} if `tf` is not TensorFlow.js, the initializer not a function or the key not a key; when a layer asks
 *   for weights, if their dtype is not float32, int32 or bool.
 *
 * @example
 * ```js
 * import * as tf from "@tensorflow/tfjs";
 * import { heNormal } from "@flaxen/initializers";
 * import { forTfjs } from "@flaxen/initializers/tfjs";
 * import { key } from "@flaxen/rng";
 *
 * const toTfjs = forTfjs(tf);
 * const kernelInitializer = toTfjs(heNormal(), key(0));
 * tf.layers.dense({ units: 10, inputShape: [784], kernelInitializer });
 * ```
 */
export function forTfjs<Tf extends Tfjs>(tf: Tf): TfjsAdapter<Tf> {
  const base = baseOf(tf);
  const sources = new Map<string, Source>();

  /** An initializer of `tf.layers` that draws from a source. */
  class FlaxenInitializer extends base {
    static readonly className = "FlaxenInitializer";
    readonly name: string;
    readonly source: Source | undefined;

    constructor(name: string, source: Source | undefined) {
      super();
      this.name = name;
      this.source = source;
    }

    apply(shape: number[], dtype?: string): unknown {
      return draw(tf, this.source, shape, dtype);
    }

    getConfig(): { name: string } {
      return { name: this.name };
    }

    static fromConfig(_: unknown, { name }: { name: string }): FlaxenInitializer {
      const source = sources.get(name);
      return new FlaxenInitializer(name, source && copyOf(source));
    }
  }

  tf.serialization.registerClass(FlaxenInitializer as never);
  return (initializer, key) => {
    if (typeof initializer !== "function") {
      throw new TypeError(`forTfjs: initializer must be a function, got ${describe(initializer)}.`);
    }
    if (!isKey(key)) {
      throw new TypeError(
        `forTfjs: key must be a Key, got ${describe(key)}. Make one with key(seed).`,
      );
    }
    const name = [...key.words, sources.size].join("-");
    const source: Source = { initializer, key, drawn: 0, copies: 0 };
    sources.set(name, source);
    return new FlaxenInitializer(name, source) as ReturnType<Tf["initializers"]["zeros"]>;
  };
}

function copyOf(source: Source): Source {
  const key = foldIn(source.key, FIRST_COPY + source.copies++);
  return { initializer: source.initializer, key, drawn: 0, copies: 0 };
}

/** The class that all initializers of `tf.layers` extend. */
function baseOf(tf: Tfjs): Base {
  const { initializers, serialization, tensor } = (tf ?? {}) as Partial<Tfjs>;
  const complete =
    typeof initializers?.zeros === "function" &&
    typeof serialization?.registerClass === "function" &&
    typeof tensor === "function";
  if (!complete) {
    throw new TypeError(`forTfjs: tf must be TensorFlow.js with its layers, got ${describe(tf)}.`);
  }
  return Object.getPrototypeOf(initializers.zeros().constructor) as Base;
}

function draw(
  tf: Tfjs,
  source: Source | undefined,
  shape: number[],
  dtype: string = "float32",
): unknown {
  if (dtype !== "float32" && dtype !== "int32" && dtype !== "bool") {
    throw new TypeError(`forTfjs: dtype must be float32, int32 or bool, got ${describe(dtype)}.`);
  }
  if (source === undefined) {
    const size = shape.reduce((product, length) => product * length, 1);
    return tf.tensor(new Float32Array(size), shape, dtype);
  }
  const { initializer, key, drawn } = source;
  source.drawn++;
  const weights = initializer(drawn === 0 ? key : foldIn(key, drawn), shape, dtype);
  return tf.tensor(flatData(weights) as TfjsData, shape, dtype);
}
