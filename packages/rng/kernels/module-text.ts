// The text of a module; `defineModule` of src/kernel.ts documents the form and reads it.

/** A run of bytes that is written once: `turns` blocks, byte i of each being `steps[i]` more than in the block before. */
interface Run {
  readonly length: number;
  readonly turns: number;
  readonly steps: readonly number[];
}

const LONGEST_BLOCK = 60;
const MOST_TURNS = 9;

/** Steps of bytes have a letter from "g" (0) to "w" (16). */
const FIRST_LETTER = 16;

/** Writes a module in as few characters as its runs allow. */
export function moduleText(bytes: Uint8Array): string {
  // The fewest characters from each byte to the end, and the run that begins there, if any.
  const fewest = new Array<number>(bytes.length + 1).fill(0);
  const runs = new Array<Run | undefined>(bytes.length);
  for (let at = bytes.length - 1; at >= 0; at--) {
    fewest[at] = 2 + fewest[at + 1];
    for (const run of runsFrom(bytes, at)) {
      const stepped = run.steps.filter((step) => step !== 0).length;
      const cost = 3 + 2 * run.length + stepped + fewest[at + run.length * run.turns];
      if (cost >= fewest[at]) continue;
      fewest[at] = cost;
      runs[at] = run;
    }
  }
  const parts: string[] = [];
  let plain = "";
  const endPlain = (): void => {
    if (plain !== "") parts.push(`1${plain}`);
    plain = "";
  };
  for (let at = 0; at < bytes.length;) {
    const run = runs[at];
    if (run) {
      endPlain();
      const block = run.steps.map((step, i) => hex(bytes[at + i]) + letter(step)).join("");
      parts.push(`${run.turns}${block}`);
      at += run.length * run.turns;
    } else {
      plain += hex(bytes[at++]);
    }
  }
  endPlain();
  return parts.join("|");
}

function runsFrom(bytes: Uint8Array, at: number): Run[] {
  const runs: Run[] = [];
  for (let length = 3; length <= LONGEST_BLOCK && at + 2 * length <= bytes.length; length++) {
    const steps = Array.from({ length }, (_, i) => bytes[at + length + i] - bytes[at + i]);
    if (!steps.every((step) => step >= 0 && step <= 16)) continue;
    const continues = (turn: number): boolean =>
      at + (turn + 1) * length <= bytes.length &&
      steps.every((step, i) => bytes[at + turn * length + i] === bytes[at + i] + turn * step);
    for (let turns = 2; turns <= MOST_TURNS && continues(turns - 1); turns++) {
      if (turns > 2) runs.push({ length, turns, steps });
    }
  }
  return runs;
}

function hex(byte: number): string {
  return byte.toString(16).padStart(2, "0");
}

function letter(step: number): string {
  return step === 0 ? "" : (FIRST_LETTER + step).toString(36);
}
