import { nnx } from "flaxen";
import type { Tensor } from "flaxen";

/** Sizes of a `Writer`. */
export interface WriterOptions {
  /** Number of different characters. */
  readonly vocabulary: number;
  /** Numbers that stand for a character. */
  readonly features: number;
  /** Numbers that the model remembers the text by. */
  readonly hidden: number;
  readonly rngs: nnx.Rngs;
}

/** What the model remembers: cell and state of its LSTM. */
export type Memory = readonly [cell: Tensor, state: Tensor];

/** An LSTM that expects the next character. */
export class Writer extends nnx.Module {
  embed: nnx.Embed;
  rnn: nnx.RNN<Memory, true>;
  head: nnx.Linear;

  constructor({ vocabulary, features, hidden, rngs }: WriterOptions) {
    super();
    this.embed = new nnx.Embed(vocabulary, features, { rngs });
    this.rnn = new nnx.RNN(new nnx.OptimizedLSTMCell(features, hidden, { rngs }), {
      returnCarry: true,
      rngs,
    });
    this.head = new nnx.Linear(hidden, vocabulary, { rngs });
  }

  /**
   * Logits `[batch, length, vocabulary]` of the character after each of `[batch, length]`, and what is
   * remembered then. Without `memory` the text begins here.
   */
  forward(characters: Tensor, memory?: Memory): [logits: Tensor, memory: Memory] {
    const embedded = this.embed.forward(characters);
    const [next, outputs] = this.rnn.forward(embedded, { initialCarry: memory });
    return [this.head.forward(outputs), next];
  }
}
