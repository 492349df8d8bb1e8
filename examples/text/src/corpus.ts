import { readFileSync } from "node:fs";
import { NDArray, random } from "flaxen";

/** A text as numbers, one for each different character. */
export interface Corpus {
  /** The different characters; a character's number is its index. */
  readonly characters: readonly string[];
  readonly train: Int32Array;
  /** The last tenth, kept apart. */
  readonly test: Int32Array;
}

/** Sequences and, for each of their places, the character that follows: both `[batch, length]`. */
export interface Batch {
  readonly inputs: NDArray<"int32">;
  readonly targets: NDArray<"int32">;
}

/** The text that lies in `data/`. */
export function loadText(): string {
  return readFileSync(new URL("../data/pride-and-prejudice.txt", import.meta.url), "utf8");
}

export function corpusOf(text: string): Corpus {
  const characters = [...new Set(text)].toSorted();
  const numbers = Int32Array.from(encode(text, characters));
  const end = Math.floor(0.9 * numbers.length);
  return { characters, train: numbers.subarray(0, end), test: numbers.subarray(end) };
}

/** The numbers of the characters of a text. */
export function encode(text: string, characters: readonly string[]): number[] {
  return [...text].map((character) => {
    const number = characters.indexOf(character);
    if (number < 0)
      throw new RangeError(
        `encode: text must use the corpus' characters, got ${JSON.stringify(character)}.`,
      );
    return number;
  });
}

/** Pieces of the text from random places. */
export function randomBatch(
  numbers: Int32Array,
  key: random.Key,
  { batch, length }: { readonly batch: number; readonly length: number },
): Batch {
  const starts = random.randint(key, [batch], 0, numbers.length - length);
  const inputs = new Int32Array(batch * length);
  const targets = new Int32Array(batch * length);
  for (let row = 0; row < batch; row++) {
    const start = starts.get(row) as number;
    inputs.set(numbers.subarray(start, start + length), row * length);
    targets.set(numbers.subarray(start + 1, start + length + 1), row * length);
  }
  return {
    inputs: new NDArray(inputs, [batch, length]),
    targets: new NDArray(targets, [batch, length]),
  };
}
