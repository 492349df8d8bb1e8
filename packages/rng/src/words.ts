import type { Key } from "./key.ts";
import { hashCounters, hashPair } from "./threefry.ts";

// The two layouts of counters. Partitionable: element i hashes the 64-bit counter i. Legacy: the counters 0..m-1
// are cut in halves, pair i is (i, i + half), all first words of the hashes come before all second words.

/** Fills `out` with the random uint32 words of an array of that many elements. */
export function fillWords({ words: [k0, k1], partitionable }: Key, out: Uint32Array): void {
  const count = out.length;
  if (partitionable) {
    hashCounters(
      k0,
      k1,
      { count, highStart: 0, highStep: 0, lowStart: 0, stride: 1, first: 0, second: 0 },
      out,
    );
    return;
  }
  const half = Math.ceil(count / 2);
  const pairs = count - half;
  hashCounters(
    k0,
    k1,
    { count: pairs, highStart: 0, highStep: 1, lowStart: half, stride: 1, first: 0, second: half },
    out,
  );
  // An odd number of counters is padded with a zero; the word that comes of it is dropped.
  if (pairs < half) out[pairs] = hashPair(k0, k1, pairs, 0)[0];
}

/** Fills `out` with the random uint64 words of an array of half as many elements, low word first. */
export function fillWideWords({ words: [k0, k1], partitionable }: Key, out: Uint32Array): void {
  const count = out.length / 2;
  const highStep = partitionable ? 0 : 1;
  const lowStart = partitionable ? 0 : count;
  hashCounters(
    k0,
    k1,
    { count, highStart: 0, highStep, lowStart, stride: 2, first: 1, second: 0 },
    out,
  );
}

/** Fills `out` with the random uint8 or uint16 words of an array of that many elements. */
export function fillNarrowWords(key: Key, out: Uint8Array | Uint16Array): void {
  if (key.partitionable) {
    const words = new Uint32Array(out.length);
    fillWords(key, words);
    out.set(words); // keeps the low bits
    return;
  }
  // Every uint32 word gives 2 or 4 elements, low bits first.
  const width = 8 * out.BYTES_PER_ELEMENT;
  const perWord = 32 / width;
  const words = new Uint32Array(Math.ceil(out.length / perWord));
  fillWords(key, words);
  for (let i = 0; i < out.length; i++) {
    out[i] = words[Math.floor(i / perWord)] >>> (width * (i % perWord));
  }
}
