import type { Key } from "./make-key.ts";
import { sortByKeys } from "./radix-sort.ts";
import { splitKey } from "./split.ts";
import { fillWords } from "./words.ts";

/** How often to sort so that equal keys hardly ever keep two elements in order. */
export function roundsFor(size: number): number {
  return Math.ceil((3 * Math.log(Math.max(1, size))) / Math.log(2 ** 32 - 1));
}

/** Returns the integers `0, ..., length - 1` in random order. */
export function shuffledOrder(key: Key, length: number): Uint32Array {
  let order: Uint32Array = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  let rest = key;
  for (let round = roundsFor(length); round > 0; round--) {
    const [next, drawn] = splitKey(rest);
    const words = new Uint32Array(length);
    fillWords(drawn, words);
    order = sortByKeys(words, order);
    rest = next;
  }
  return order;
}
