import { describe } from "@flaxen/dtype";
import type { NDArray, Shape } from "@flaxen/ndarray";
import {
  bernoulli,
  bits,
  normal,
  permutation,
  randint,
  truncatedNormal,
  uniform,
} from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { Pytree } from "./pytree.ts";

/** What a sampler takes after the key. */
type Arguments<F> = F extends (key: Key, ...args: infer A) => unknown ? A : never;

type FloatDType = ReturnType<typeof normal>["dtype"];

/** Something that gives one key after the other, with samplers that draw the next one. */
export abstract class Draws extends Pytree {
  /** Draws the next key. */
  abstract next(): Key;

  /**
   * Draws with any sampler of `@flaxen/rng` or any initializer: `sampler(next(), ...args)`.
   *
   * @param sampler - takes a key first.
   * @param args - what it takes besides.
   * @returns what it returns.
   * @throws {@link TypeError} if `sampler` is no function, and whatever it throws.
   */
  draw<A extends readonly unknown[], R>(sampler: (key: Key, ...args: A) => R, ...args: A): R {
    if (typeof sampler !== "function") {
      throw new TypeError(`draw: sampler must be a function, got ${describe(sampler)}.`);
    }
    return sampler(this.next(), ...args);
  }

  /** Draws random bits with the next key, as `bits` of `@flaxen/rng` does. */
  bits(...args: Arguments<typeof bits>): ReturnType<typeof bits> {
    return bits(this.next(), ...args);
  }

  /** Draws from a uniform distribution with the next key, as `uniform` of `@flaxen/rng` does. */
  uniform(shape?: Shape, options?: Parameters<typeof uniform>[2]): NDArray<FloatDType> {
    return uniform(this.next(), shape, options);
  }

  /** Draws from the standard normal distribution with the next key, as `normal` of `@flaxen/rng` does. */
  normal(shape?: Shape, options?: Parameters<typeof normal>[2]): NDArray<FloatDType> {
    return normal(this.next(), shape, options);
  }

  /** Draws from a truncated normal distribution with the next key, as `truncatedNormal` of `@flaxen/rng` does. */
  truncatedNormal(...args: Arguments<typeof truncatedNormal>): ReturnType<typeof truncatedNormal> {
    return truncatedNormal(this.next(), ...args);
  }

  /** Draws booleans with the next key, as `bernoulli` of `@flaxen/rng` does. */
  bernoulli(...args: Arguments<typeof bernoulli>): ReturnType<typeof bernoulli> {
    return bernoulli(this.next(), ...args);
  }

  /** Draws integers with the next key, as `randint` of `@flaxen/rng` does. */
  randint(...args: Arguments<typeof randint>): ReturnType<typeof randint> {
    return randint(this.next(), ...args);
  }

  /** Shuffles with the next key, as `permutation` of `@flaxen/rng` does. */
  permutation(...args: Arguments<typeof permutation>): ReturnType<typeof permutation> {
    return permutation(this.next(), ...args);
  }
}
