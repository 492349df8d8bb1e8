import { elementWords } from "./element-uniforms.ts";
import type { Key } from "./make-key.ts";
import { sortByKeys } from "./radix-sort.ts";
import { splitKey } from "./split.ts";
import { eachRun } from "./word-runs.ts";
import { fillWords } from "./words.ts";

/** How often to sort so that equal keys hardly ever keep two elements in order. */
export function roundsFor(size: number): number {
  return Math.ceil((3 * Math.log(Math.max(1, size))) / Math.log(2 ** 32 - 1));
}

/** Returns the integers `0, ..., length - 1` in random order. */
export function shuffledOrder(key: Key, length: number): Uint32Array {
  const order = new Uint32Array(length);
  for (let i = 0; i < length; i++) order[i] = i;
  let scratch: Scratch | undefined;
  let rest = key;
  for (let round = roundsFor(length); round > 0; round--) {
    const [next, drawn] = splitKey(rest);
    if (length <= LEAST_ROOM) {
      const words = new Uint32Array(length);
      fillWords(drawn, words);
      order.set(sortByKeys(words, order.slice()));
    } else if (scratch === undefined) {
      scratch = makeScratch(length);
      sortPositions(drawn, order, scratch);
    } else {
      sortByDraws(drawn, order, scratch);
    }
    rest = next;
  }
  return order;
}

// Long arrays are sorted in parts. The elements of a part need 12 bytes each besides their places in the result: 0.7 MB
// for these.
const LEAST_ROOM = 56_000;
const MOST_PARTS = 18;
// The top bits of the keys are counted to cut the parts.
const BINS = 2048;
const BIN_BITS = 21;

/** Memory for one part after the other. */
interface Scratch {
  readonly bins: Uint32Array;
  readonly keys: Uint32Array;
  readonly values: Uint32Array;
  readonly spare: Uint32Array;
}

function makeScratch(length: number): Scratch {
  const room = Math.max(LEAST_ROOM, Math.ceil(length / MOST_PARTS));
  return {
    bins: new Uint32Array(BINS),
    // One more than needed, for what does not last.
    keys: new Uint32Array(room + 1),
    values: new Uint32Array(room + 1),
    spare: new Uint32Array(room),
  };
}

/** Cuts the bins in parts of as many elements as there is room for: returns the first bin of each and `BINS`. */
function cutParts(key: Key, length: number, scratch: Scratch): number[] {
  const { bins, spare } = scratch;
  bins.fill(0);
  eachRun(key, length, (words) => {
    for (let i = 0; i < words.length; i++) bins[words[i] >>> BIN_BITS]++;
  });
  const cuts = [0];
  let sum = 0;
  for (let bin = 0; bin < BINS; bin++) {
    sum += bins[bin];
    if (sum <= spare.length) continue;
    cuts.push(bin);
    sum = bins[bin];
  }
  return [...cuts, BINS];
}

/** Sorts the `taken` first elements in the scratch memory into `place`. */
function sortPart({ keys, values, spare }: Scratch, taken: number, place: Uint32Array): void {
  const sorted = sortByKeys(
    keys.subarray(0, taken),
    values.subarray(0, taken),
    spare.subarray(0, taken),
    place,
  );
  if (sorted !== place) place.set(sorted);
}

/**
 * Replaces an array by the positions of its elements, sorted stably by the random words that a key draws for it.
 *
 * The positions are brought into the places of their parts, and their words, which follow from them, are then drawn anew.
 */
function sortPositions(key: Key, order: Uint32Array, scratch: Scratch): void {
  const { length } = order;
  const cuts = cutParts(key, length, scratch);
  const { bins, keys, values } = scratch;
  const places = [0];
  const partOf = new Uint32Array(BINS);
  for (let part = 0; part + 1 < cuts.length; part++) {
    partOf.fill(part, cuts[part], cuts[part + 1]);
    const counts = bins.subarray(cuts[part], cuts[part + 1]);
    places.push(counts.reduce((sum, count) => sum + count, places[part]));
  }
  const next = Uint32Array.from(places);
  eachRun(key, length, (words, start) => {
    for (let i = 0; i < words.length; i++) order[next[partOf[words[i] >>> BIN_BITS]]++] = start + i;
  });
  const wordOf = elementWords(key.partitionable, length);
  const [k0, k1] = key.words;
  for (let part = 0; part + 1 < places.length; part++) {
    const place = order.subarray(places[part], places[part + 1]);
    values.set(place);
    for (let i = 0; i < place.length; i++) keys[i] = wordOf(k0, k1, place[i]);
    sortPart(scratch, place.length, place);
  }
}

/**
 * Sorts an array stably by the random words that a key draws for it.
 *
 * The elements with the largest words go first: they leave the array, the others close up, and after they are sorted
 * they take the places that became free at the end. The words of those that have not left are told from those that have
 * by their size, so that no word needs to be kept.
 */
function sortByDraws(key: Key, order: Uint32Array, scratch: Scratch): void {
  const cuts = cutParts(key, order.length, scratch);
  let end = order.length;
  for (let i = cuts.length - 2; i >= 0; i--) {
    // In quarters, so that differences fit in 32 bits.
    const least = cuts[i] << (BIN_BITS - 2);
    const above = cuts[i + 1] << (BIN_BITS - 2);
    const part: Part = { least, above, read: 0, write: 0, taken: 0 };
    eachRun(key, order.length, (words) => takePart(words, part, order, scratch));
    sortPart(scratch, part.taken, order.subarray(part.write, end));
    end = part.write;
  }
}

/** The elements that leave an array: those with words of at least `4 * least` and below `4 * above`. */
interface Part {
  readonly least: number;
  readonly above: number;
  /** Elements read from the array, which no longer has those with larger words. */
  read: number;
  /** Elements that remain. */
  write: number;
  /** Elements that have left. */
  taken: number;
}

function takePart(
  words: Uint32Array,
  part: Part,
  order: Uint32Array,
  { keys, values }: Scratch,
): void {
  const { least, above } = part;
  let { read, write, taken } = part;
  for (let i = 0; i < words.length; i++) {
    // No branch depends on a word, which no processor could foresee: every element is written to both places, and the
    // counters tell what lasts.
    const word = words[i];
    const value = order[read];
    order[write] = value;
    keys[taken] = word;
    values[taken] = value;
    const remains = ((word >>> 2) - least) >>> 31;
    const present = ((word >>> 2) - above) >>> 31;
    read += present;
    write += remains;
    taken += present - remains;
  }
  part.read = read;
  part.write = write;
  part.taken = taken;
}
