import type { Outcome } from "./measure.ts";
import type { Summary } from "./statistics.ts";
import type { Unit, Workload } from "./workload.ts";

/** Three figures of a positive number. */
export function figures(x: number): string {
  if (x >= 100) return Math.round(x).toLocaleString("en");
  return x.toPrecision(3);
}

/** A time of `count` parts in milliseconds, as a rate or time in the given unit. */
export function inUnit(ms: number, unit: Unit, count: number): number {
  switch (unit) {
    case "GF/s":
      return count / ms / 1e6;
    case "M/s":
      return count / ms / 1e3;
    case "ms":
      return ms / count;
    case "µs":
      return (ms / count) * 1e3;
  }
}

/** `median (min–max)`, smallest first also where the unit is a rate. */
export function cell(summary: Summary, unit: Unit, count: number): string {
  const [median, ...ends] = [summary.median, summary.min, summary.max].map((ms) =>
    inUnit(ms, unit, count),
  ) as [number, number, number];
  if (summary.samples === 1) return figures(median);
  return `${figures(median)} (${ends
    .toSorted((a, b) => a - b)
    .map(figures)
    .join("–")})`;
}

/** A Markdown table, its columns after the first aligned to the right. */
export function markdownTable(
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string {
  const line = (cells: readonly string[]): string => `| ${cells.join(" | ")} |`;
  const rule = header.map((_, i) => (i === 0 ? "---" : "---:"));
  return [header, rule, ...rows].map(line).join("\n");
}

/** One workload with what each contestant did. */
export interface Row {
  readonly workload: Workload;
  readonly outcomes: ReadonlyMap<string, Outcome>;
}

/** A table of workloads by contestants; contestants without a single time have no column. */
export function timesTable(rows: readonly Row[], names: readonly string[]): string {
  const columns = names.filter((name) => rows.some(({ outcomes }) => outcomes.get(name)?.time));
  const shared = new Set(rows.map(({ workload }) => workload.unit)).size === 1;
  return markdownTable(
    [shared ? rows[0]!.workload.unit : "", ...columns],
    rows.map(({ workload, outcomes }) => [
      shared ? workload.name : `${workload.name} (${workload.unit})`,
      ...columns.map((name) => {
        const time = outcomes.get(name)?.time;
        return time ? cell(time, workload.unit, workload.count) : "–";
      }),
    ]),
  );
}
