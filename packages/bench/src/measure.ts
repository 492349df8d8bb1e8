import { Child } from "./child.ts";
import type { Contestant } from "./contestant.ts";
import type { Prepared, Sampled } from "./questions.ts";
import { SLOW_MS } from "./sampling.ts";
import { disagreement, summarize } from "./statistics.ts";
import type { Digest, Summary } from "./statistics.ts";
import type { Workload } from "./workload.ts";

/** How long and how often is measured. */
export interface Effort {
  readonly samples: number;
  /** Milliseconds that a sample fills with calls, at least. */
  readonly minimum: number;
  /** Milliseconds after which a call is given up. */
  readonly limit: number;
  readonly python: string;
}

/** What one contestant did with one workload. */
export interface Outcome {
  /** Milliseconds of a call; absent where there is no such function, or it failed. */
  readonly time?: Summary;
  /** Milliseconds of the first call of all: with just-in-time compilers, the time to compile. */
  readonly first?: number;
  /** Why there is no time. */
  readonly problem?: string;
}

/** A contestant that is being measured. */
interface Runner {
  readonly contestant: Contestant;
  readonly child: Child;
  readonly first: number;
  readonly slow: boolean;
  readonly samples: number[];
  problem: string | undefined;
}

/** Samples of contestants that are this slow are few. */
const VERY_SLOW_MS = 10 * SLOW_MS;

/**
 * Measures one workload: everyone prepares, is compared with the first contestant, and warms up; then samples are
 * taken in turns, one of each contestant at a time.
 *
 * @param children - the contestants' processes, by name; those that are missing or ended are started.
 */
export async function measure(
  workload: Workload,
  contestants: readonly Contestant[],
  children: Map<string, Child>,
  effort: Effort,
): Promise<ReadonlyMap<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const runners: Runner[] = [];
  let expected: Digest | undefined;
  for (const contestant of contestants) {
    if (contestant.kinds && !contestant.kinds.test(workload.kind)) continue;
    let child = children.get(contestant.name);
    if (child === undefined || child.ended) {
      child = new Child(contestant, effort.python);
      children.set(contestant.name, child);
    }
    const prepared = await child.ask<Prepared>(
      { ask: "prepare", workload, budget: 2 * SLOW_MS },
      effort.limit,
    );
    const { first = 0, latest = 0, digest, missing, error } = prepared;
    expected ??= digest;
    const problem =
      error ??
      (digest && expected ? disagreement(digest, expected, workload.comparison) : undefined);
    if (missing || problem !== undefined) {
      if (problem !== undefined) outcomes.set(contestant.name, { problem });
      continue;
    }
    const slow = Math.max(first, latest) > SLOW_MS;
    runners.push({ contestant, child, first, slow, samples: [], problem: undefined });
    if (latest > VERY_SLOW_MS) runners.at(-1)!.samples.push(latest);
    else if (!slow) await child.ask({ ask: "warm up" }, effort.limit);
  }
  for (let round = 0; round < effort.samples; round++)
    for (const runner of runners) await takeSample(runner, round, effort);
  for (const { contestant, first, samples, problem } of runners) {
    outcomes.set(contestant.name, {
      first,
      ...(samples.length > 0 && { time: summarize(samples) }),
      ...(problem !== undefined && { problem }),
    });
  }
  return outcomes;
}

async function takeSample(runner: Runner, round: number, effort: Effort): Promise<void> {
  const { child, slow, samples } = runner;
  if (runner.problem !== undefined || (samples[0] ?? 0) > VERY_SLOW_MS || (slow && round > 2))
    return;
  const { ms, error } = await child.ask<Sampled>(
    { ask: "sample", minimum: slow ? 1 : effort.minimum },
    effort.limit,
  );
  if (ms === undefined) runner.problem = error ?? "no answer";
  else samples.push(ms);
}
