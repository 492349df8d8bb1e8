// Times of flaxen, alone or beside other libraries. See README.md for the options.
import { parseArgs } from "node:util";
import { bundleSizes } from "./bundles.ts";
import type { Child } from "./child.ts";
import { own, peers, pythonPeers } from "./contestant.ts";
import { goalsTable } from "./goals.ts";
import { installPeers, pythonHas } from "./install.ts";
import { measure } from "./measure.ts";
import type { Outcome } from "./measure.ts";
import { sections, writeReport } from "./report.ts";
import type { Results } from "./report.ts";
import { measureStarts } from "./start-up.ts";
import type { Row } from "./table.ts";
import { timesTable } from "./table.ts";
import { workloads } from "./workloads.ts";

const { values: options } = parseArgs({
  options: {
    peers: { type: "boolean", default: false },
    only: { type: "string", default: "" },
    contestants: { type: "string", default: "" },
    samples: { type: "string" },
    limit: { type: "string" },
    quick: { type: "boolean", default: false },
    python: { type: "string", default: process.env["FLAXEN_PYTHON"] ?? "python3" },
    write: { type: "boolean", default: false },
  },
});
const only = new RegExp(options.only, "i");
const wanted = new RegExp(options.contestants, "i");
const effort = {
  samples: positive("samples", options.samples ?? (options.quick ? "3" : "9")),
  minimum: options.quick ? 5 : 20,
  limit: 1000 * positive("limit", options.limit ?? (options.quick ? "30" : "200")),
  python: options.python,
};

function positive(name: string, text: string): number {
  const number = Number(text);
  if (Number.isSafeInteger(number) && number > 0) return number;
  throw new RangeError(`--${name} must be a positive integer, got ${text}.`);
}

if (options.write && (options.only || options.contestants || !options.peers))
  throw new Error("--write needs a run of everything: --peers without --only and --contestants.");

if (options.peers) installPeers();
const pythons = pythonPeers.filter(({ name }) => {
  if (!options.peers) return false;
  const there = pythonHas(effort.python, name === "JAX" ? "jax, flax, optax" : "torch, numpy");
  if (!there) console.error(`${name} is left out: ${effort.python} does not have it.`);
  return there;
});
// Ours comes first: the others are compared with it.
const contestants = [...own, ...(options.peers ? [...peers, ...pythons] : [])].filter(
  ({ name }) => name === "flaxen" || wanted.test(name),
);
const names = contestants.map(({ name }) => name);

const rows: Row[] = [];
const children = new Map<string, Child>();
const release = (): void => {
  for (const child of children.values()) child.stop();
  children.clear();
};
let family: string | undefined;
for (const workload of workloads.filter(({ name, family }) => only.test(`${family} ${name}`))) {
  // First steps are timed too, so that every training workload has new processes.
  if (workload.family !== family || family === "training") release();
  family = workload.family;
  const row = { workload, outcomes: await measure(workload, contestants, children, effort) };
  rows.push(row);
  console.log(`${timesTable([row], names)}\n`);
  for (const [name, { problem }] of row.outcomes)
    if (problem !== undefined) console.log(`${name}: ${problem}\n`);
}
release();

const results: Results = {
  names,
  rows,
  starts: only.test("start-up")
    ? await measureStarts(new Set(names), effort.samples, effort.python)
    : new Map<string, Outcome>(),
  bundles: only.test("bundles") ? await bundleSizes(new Set(names)) : {},
};
console.log(sections(results));
console.log(`\n${goalsTable(rows)}`);
if (options.write) await writeReport(results);
