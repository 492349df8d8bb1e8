import { parseArgs } from "node:util";
import { integer, UsageError } from "@flaxen/example-kit/command";

/** What the command line asks for. */
export interface Options {
  readonly epochs: number;
  readonly seed: number;
  readonly batch: number;
  readonly resume: string | undefined;
}

export const USAGE: string =
  "usage: npm start -- [--epochs N] [--seed N] [--batch N] [--resume FILE.safetensors]";

/** Reads the command line; `maxBatch` is the number of training images. */
export function parseOptions(args: readonly string[], maxBatch: number): Options {
  const { epochs, seed, batch, resume } = rawOptions(args);
  return {
    epochs: integer("epochs", epochs, 1, 10_000),
    seed: integer("seed", seed, 0, 2 ** 32 - 1),
    batch: integer("batch", batch, 1, maxBatch),
    resume,
  };
}

interface RawOptions {
  readonly epochs: string;
  readonly seed: string;
  readonly batch: string;
  readonly resume?: string | undefined;
}

function rawOptions(args: readonly string[]): RawOptions {
  try {
    return parseArgs({
      args: [...args],
      options: {
        epochs: { type: "string", default: "40" },
        seed: { type: "string", default: "0" },
        batch: { type: "string", default: "64" },
        resume: { type: "string" },
      },
    }).values;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}
