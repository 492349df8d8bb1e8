import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { format } from "prettier";
import type { Outcome } from "./measure.ts";
import { peersFolder } from "./peer-modules.ts";
import { cell, figures, markdownTable, timesTable } from "./table.ts";
import type { Row } from "./table.ts";
import type { Family } from "./workload.ts";

/** Everything that a run has measured. */
export interface Results {
  /** Contestants in the order of the columns. */
  readonly names: readonly string[];
  readonly rows: readonly Row[];
  readonly starts: ReadonlyMap<string, Outcome>;
  readonly bundles: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

const docs = (name: string): string =>
  fileURLToPath(new URL(`../../../docs/${name}`, import.meta.url));

const TITLES: Readonly<Record<Family, string>> = {
  "matrix products": "Matrix products",
  convolution: "Convolution",
  "rows and updates": "Rows and updates",
  samplers: "Samplers",
  "small operations": "Small operations",
  training: "Training steps",
};

/** The tables of a run, each under its heading. */
export function sections({ names, rows, starts, bundles }: Results): string {
  const parts: string[] = [];
  for (const [family, title] of Object.entries(TITLES)) {
    const members = rows.filter(({ workload }) => workload.family === family);
    if (members.length > 0) parts.push(`### ${title}`, timesTable(members, names));
  }
  const steps = rows.filter(({ workload }) => workload.family === "training");
  if (steps.length > 0) parts.push("### First steps", firstSteps(steps, names));
  if (starts.size > 0) {
    const columns = [...starts.keys()].filter((name) => starts.get(name)?.time);
    const cells = columns.map((name) => cell(starts.get(name)!.time!, "ms", 1));
    parts.push(
      "### Start",
      markdownTable(["ms", ...columns], [["start to a first small result", ...cells]]),
    );
  }
  if (Object.keys(bundles).length > 0) {
    const columns = names.filter((name) => Object.values(bundles).some((sizes) => name in sizes));
    parts.push(
      "### Bundles",
      markdownTable(
        ["kB, minified and compressed", ...columns],
        Object.entries(bundles).map(([program, sizes]) => [
          program,
          ...columns.map((name) => (name in sizes ? figures(sizes[name]! / 1000) : "–")),
        ]),
      ),
    );
  }
  return parts.join("\n\n");
}

function firstSteps(rows: readonly Row[], names: readonly string[]): string {
  const columns = names.filter((name) => rows.some(({ outcomes }) => outcomes.get(name)?.time));
  return markdownTable(
    ["ms", ...columns],
    rows.map(({ workload, outcomes }) => [
      workload.name,
      ...columns.map((name) => {
        const first = outcomes.get(name)?.first;
        return first === undefined ? "–" : figures(first);
      }),
    ]),
  );
}

const BEGIN = "<!-- measured -->";
const END = "<!-- /measured -->";

/** Writes docs/benchmarks.json, and the tables between the markers of docs/benchmarks.md. */
export async function writeReport(results: Results): Promise<void> {
  const json = {
    machine: "2 vCPU x86-64",
    node: process.version,
    peers: (
      JSON.parse(readFileSync(`${peersFolder}package.json`, "utf8")) as { dependencies: object }
    ).dependencies,
    workloads: results.rows.map(({ workload, outcomes }) => ({
      ...workload,
      milliseconds: Object.fromEntries(outcomes),
    })),
    start: Object.fromEntries(results.starts),
    bundleBytes: results.bundles,
  };
  writeFileSync(
    docs("benchmarks.json"),
    await format(JSON.stringify(json), { parser: "json", printWidth: 100 }),
  );
  const page = readFileSync(docs("benchmarks.md"), "utf8");
  const [before, rest] = page.split(BEGIN) as [string, string];
  const after = rest.split(END)[1]!;
  const measured = `Machine: 2 vCPU x86-64, Node ${process.version.slice(1)}.\n\n${sections(results)}`;
  writeFileSync(
    docs("benchmarks.md"),
    await format(`${before}${BEGIN}\n\n${measured}\n\n${END}${after}`, {
      parser: "markdown",
      printWidth: 100,
    }),
  );
}
