import { parseArgs } from "node:util";

const EXIT_USAGE = 2;

/** A command line that cannot be obeyed; the message says why. */
export class UsageError extends Error {
  override readonly name: string = "UsageError";
}

/** The integer that `text` spells. */
export function integer(name: string, text: string, min: number, max: number): number {
  const value = /^\d+$/.test(text) ? Number(text) : NaN;
  if (!(value >= min && value <= max))
    throw new UsageError(`--${name} must be an integer from ${min} to ${max}, got "${text}".`);
  return value;
}

/** The options that the examples share. */
export type NumberOption = "steps" | "seed";

const RANGES: Readonly<Record<NumberOption, { readonly min: number; readonly max: number }>> = {
  steps: { min: 1, max: 100_000 },
  seed: { min: 0, max: 2 ** 32 - 1 },
};

/** Reads `--steps N` and `--seed N`, or only those of them that have a default. */
export function parseNumbers<Name extends NumberOption>(
  args: readonly string[],
  defaults: Readonly<Record<Name, number>>,
): Record<Name, number> {
  const names = Object.keys(defaults) as Name[];
  const texts = rawOptions(args, names);
  const entries = names.map((name) => {
    const text = texts[name];
    const { min, max } = RANGES[name];
    return [name, text === undefined ? defaults[name] : integer(name, text, min, max)];
  });
  return Object.fromEntries(entries) as Record<Name, number>;
}

function rawOptions(
  args: readonly string[],
  names: readonly string[],
): Record<string, string | undefined> {
  const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
  try {
    return parseArgs({ args: [...args], options }).values as Record<string, string | undefined>;
  } catch (error) {
    throw new UsageError((error as Error).message);
  }
}

/** Runs a command; a `UsageError` is answered with its message and the usage, and exit code 2. */
export async function runCommand(
  usage: string,
  main: () => number | Promise<number>,
): Promise<void> {
  // A reader that has seen enough, such as `head`, ends the run without a complaint.
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit();
  });
  try {
    process.exitCode = await main();
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    console.error(`${error.message}\n${usage}`);
    process.exitCode = EXIT_USAGE;
  }
}
