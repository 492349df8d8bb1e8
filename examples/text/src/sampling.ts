import { NDArray, divide, random, slice } from "flaxen";
import type { Tensor } from "flaxen";
import { encode } from "./corpus.ts";
import type { Writer } from "./writer.ts";

/** What a sample needs. */
export interface SampleOptions {
  readonly characters: readonly string[];
  /** What the text begins with, at least one character. */
  readonly prompt: string;
  /** Number of characters to write. */
  readonly length: number;
  readonly key: random.Key;
  /** Below 1 the likely characters become likelier. Default 0.6. */
  readonly temperature?: number;
}

/** The prompt and `length` more characters, each drawn from what the model expects next. */
export function sample(
  model: Writer,
  { characters, prompt, length, key, temperature = 0.6 }: SampleOptions,
): string {
  const numbers = encode(prompt, characters);
  let [logits, memory] = model.forward(row(numbers));
  for (let i = 0; i < length; i++) {
    const [, read, vocabulary] = logits.shape;
    const last = slice(logits, [0, read - 1, 0], [1, read, vocabulary]);
    const drawn = random.categorical(random.foldIn(key, i), divide(last, temperature) as NDArray);
    const number = drawn.item() as number;
    numbers.push(number);
    [logits, memory] = model.forward(row([number]), memory);
  }
  return numbers.map((number) => characters[number]).join("");
}

function row(numbers: readonly number[]): Tensor {
  return new NDArray(Int32Array.from(numbers), [1, numbers.length]);
}
