const WIDTH = 24;

/** The line that shows how far an epoch is, e.g. `epoch  3/12 [██████      ] loss 0.0812  accuracy 97.4 %`. */
export function progressLine(epoch: string, done: number, loss: number, accuracy: number): string {
  const filled = Math.round(done * WIDTH);
  const bar = "█".repeat(filled) + "·".repeat(WIDTH - filled);
  return `epoch ${epoch} [${bar}] loss ${loss.toFixed(4)}  accuracy ${percent(accuracy)}`;
}

/** A fraction as `97.4 %`, always six or seven characters wide. */
export function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(1).padStart(5)} %`;
}

/** Rewrites one line of a terminal; writes nothing but finished lines elsewhere. */
export class StatusLine {
  readonly #stream: NodeJS.WriteStream;

  constructor(stream: NodeJS.WriteStream) {
    this.#stream = stream;
  }

  /** Shows a line that the next call replaces. */
  update(line: string): void {
    if (this.#stream.isTTY) this.#stream.write(`\r\x1b[K${line}`);
  }

  /** Writes a line that stays. */
  finish(line: string): void {
    this.#stream.write(`${this.#stream.isTTY ? "\r\x1b[K" : ""}${line}\n`);
  }
}
