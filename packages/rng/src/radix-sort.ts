// Below this length moving single elements beats counting digits.
const SHORT = 48;

const BITS = 11;
const BUCKETS = 2 ** BITS;
const MASK = BUCKETS - 1;

/**
 * Sorts a payload by uint32 keys, stably and ascending, and returns it.
 *
 * All arrays are overwritten; the result is in `payload` or `spare`.
 */
export function sortByKeys(
  keys: Uint32Array,
  payload: Uint32Array,
  spareKeys: Uint32Array = new Uint32Array(keys.length),
  spare: Uint32Array = new Uint32Array(keys.length),
): Uint32Array {
  if (keys.length < SHORT) {
    insertionSort(keys, payload);
    return payload;
  }
  // Least significant digit first: three digits of 11, 11 and 10 bits.
  const starts = digitStarts(keys);
  let fromKeys = keys;
  let from = payload;
  let toKeys = spareKeys;
  let to = spare;
  for (let digit = 0; digit < 3; digit++) {
    distribute(fromKeys, from, toKeys, to, starts.subarray(digit * BUCKETS), digit * BITS);
    [fromKeys, toKeys] = [toKeys, fromKeys];
    [from, to] = [to, from];
  }
  return from;
}

/** Returns, for each digit and each of its values, the number of keys with a smaller digit. */
function digitStarts(keys: Uint32Array): Uint32Array {
  const counts = new Uint32Array(3 * BUCKETS);
  for (let i = 0; i < keys.length; i++) {
    const key = keys[i];
    counts[key & MASK]++;
    counts[BUCKETS + ((key >>> BITS) & MASK)]++;
    counts[2 * BUCKETS + (key >>> (2 * BITS))]++;
  }
  for (let digit = 0; digit < 3; digit++) {
    let start = 0;
    for (let i = digit * BUCKETS; i < (digit + 1) * BUCKETS; i++) {
      const count = counts[i];
      counts[i] = start;
      start += count;
    }
  }
  return counts;
}

function distribute(
  fromKeys: Uint32Array,
  from: Uint32Array,
  toKeys: Uint32Array,
  to: Uint32Array,
  starts: Uint32Array,
  shift: number,
): void {
  for (let i = 0; i < fromKeys.length; i++) {
    const key = fromKeys[i];
    const place = starts[(key >>> shift) & MASK]++;
    toKeys[place] = key;
    to[place] = from[i];
  }
}

function insertionSort(keys: Uint32Array, payload: Uint32Array): void {
  for (let i = 1; i < keys.length; i++) {
    const key = keys[i];
    const value = payload[i];
    let j = i;
    for (; j > 0 && keys[j - 1] > key; j--) {
      keys[j] = keys[j - 1];
      payload[j] = payload[j - 1];
    }
    keys[j] = key;
    payload[j] = value;
  }
}
