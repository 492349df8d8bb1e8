import { byteLength } from "../memory-kernel.ts";
import { storageOf } from "./cluster.ts";
import type { GraphValue } from "./graph.ts";
import type { Step } from "./steps.ts";

/** Results of fewer bytes are still in a cache near by when the next step reads them. */
const CACHED_BYTES = 2 * 1024 * 1024;
/** Bytes that a block writes, at most if that is possible. */
const BLOCK_BYTES = 256 * 1024;

/** Steps that run together: one, or several that go block by block along the leading axes of all their results. */
export interface Chain {
  /** In order. */
  readonly steps: readonly Step[];
  /** Slices of all results along their leading axes; 0 if there is one step only. */
  readonly units: number;
  /** Slices of a block. */
  readonly block: number;
}

/** Joins steps where one follows the other: it reads what the other one has written, slice by slice. */
export function chainSteps(steps: readonly Step[]): Chain[] {
  const chains: Chain[] = [];
  let run: Step[] = [];
  const end = (): void => {
    chains.push(...chainsOf(run));
    run = [];
  };
  for (const step of steps) {
    if (run.length > 0 && !follows(run, step)) end();
    run.push(step);
  }
  end();
  return chains;
}

/** Whether each slice of a step needs only the same slices of the steps before, and needs any. */
function follows(run: readonly Step[], step: Step): boolean {
  const { slices, inputs } = step;
  if (slices === undefined || unitsOf([...run, step]) === 0) return false;
  const written = new Set<GraphValue>(run.flatMap(({ outputs }) => outputs));
  const read = inputs.flatMap((input, i) => (written.has(storageOf(input)) ? [i] : []));
  return read.length > 0 && read.every((i) => slices.follows[i]);
}

/** The slices that all steps can be cut into; 0 if there are none. */
function unitsOf(steps: readonly Step[]): number {
  const counts = steps.map(({ slices }) => slices?.units ?? 0);
  const units = Math.min(...counts);
  return units > 1 && counts.every((count) => count % units === 0) ? units : 0;
}

function chainsOf(run: readonly Step[]): Chain[] {
  const alone = run.map((step) => ({ steps: [step], units: 0, block: 0 }));
  if (run.length < 2) return alone;
  const units = unitsOf(run);
  const written = run.map(({ outputs }) =>
    outputs.reduce((sum, output) => sum + byteLength(output), 0),
  );
  const all = written.reduce((sum, bytes) => sum + bytes, 0);
  if (all - (written.at(-1) as number) < CACHED_BYTES) return alone;
  const step = run
    .map(({ slices }) => Math.ceil(((slices?.step ?? 1) * units) / (slices?.units ?? 1)))
    .reduce(leastCommonMultiple, 1);
  const block = step * Math.max(1, Math.floor((BLOCK_BYTES * units) / all / step));
  return 2 * block > units ? alone : [{ steps: run, units, block }];
}

function leastCommonMultiple(a: number, b: number): number {
  let [x, y] = [a, b];
  while (y > 0) [x, y] = [y, x % y];
  return (a / x) * b;
}
