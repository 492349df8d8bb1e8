import { erfInv32 } from "@flaxen/dtype";
import type { FloatDType } from "./arguments.ts";
import { erfInv64 } from "./erf64.ts";
import { makeKey } from "./make-key.ts";
import { standardNormals } from "./standard-normals.ts";
import { hashCounters } from "./threefry.ts";
import type { CounterPlan } from "./threefry.ts";
import { uniformValues } from "./uniform-values.ts";

const WORDS: Uint32Array = /* @__PURE__ */ new Uint32Array(2);

/** Single numbers drawn from keys that are given by their words, without allocation in float32 and float64. */
export interface ScalarDraws {
  /** Splits the key `[k0, k1]` in `num`, whose words are left in `out` one key after the other. */
  readonly split: (k0: number, k1: number, num: number, out: Uint32Array) => void;
  /** Draws a number uniform on `[0, 1)`. */
  readonly uniform: (k0: number, k1: number) => number;
  /** Draws a standard normal number. */
  readonly normal: (k0: number, k1: number) => number;
}

/** Returns the draws of single numbers of a dtype from keys of a layout. */
export function scalarDraws(dtype: FloatDType, partitionable: boolean): ScalarDraws {
  const split = (k0: number, k1: number, num: number, out: Uint32Array): void => {
    splitWords(k0, k1, partitionable, num, out);
  };
  if (dtype === "float32") return { split, ...singleDraws(partitionable) };
  if (dtype === "float64") return { split, ...doubleDraws(partitionable) };
  return {
    split,
    uniform: (k0, k1) => uniformValues(makeKey(k0, k1, partitionable), 1, dtype, 0, 1)[0],
    normal: (k0, k1) => standardNormals(makeKey(k0, k1, partitionable), 1, dtype)[0],
  };
}

/** Writes the words of the `num` keys that a key splits into. */
export function splitWords(
  k0: number,
  k1: number,
  partitionable: boolean,
  num: number,
  out: Uint32Array,
): void {
  const plan: CounterPlan = partitionable ? [num, 0, 0, 0, 2, 0, 1] : [num, 0, 1, num, 1, 0, num];
  hashCounters(k0, k1, plan, out);
}

type Draws = Pick<ScalarDraws, "uniform" | "normal">;

function singleDraws(partitionable: boolean): Draws {
  // The legacy layout takes the first word of the hash, the other both.
  const second = partitionable ? 0 : 1;
  const plan: CounterPlan = [1, 0, 0, 0, 1, 0, second];
  const root2 = Math.fround(Math.SQRT2);
  const fraction = (k0: number, k1: number): number => {
    hashCounters(k0, k1, plan, WORDS);
    return (WORDS[0] >>> 9) * 2 ** -23;
  };
  return {
    uniform: fraction,
    normal: (k0, k1) => {
      const u = Math.fround(2 * fraction(k0, k1) + (2 ** -24 - 1));
      return Math.fround(root2 * erfInv32(u));
    },
  };
}

function doubleDraws(partitionable: boolean): Draws {
  const lowStart = partitionable ? 0 : 1;
  const plan: CounterPlan = [1, 0, 0, lowStart, 2, 0, 1];
  const fraction = (k0: number, k1: number): number => {
    hashCounters(k0, k1, plan, WORDS);
    return WORDS[0] * 2 ** -32 + (WORDS[1] >>> 12) * 2 ** -52;
  };
  return {
    uniform: fraction,
    normal: (k0, k1) => Math.SQRT2 * erfInv64(2 * fraction(k0, k1) + (2 ** -53 - 1)),
  };
}
