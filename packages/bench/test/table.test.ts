import test from "ava";
import { cell, figures, inUnit, markdownTable, timesTable } from "@flaxen/bench/table.js";
import { summarize } from "@flaxen/bench/statistics.js";
import { workloads } from "@flaxen/bench/workloads.js";

test("figures(x) shows three", (t) => {
  t.deepEqual([0.0123456, 1, 12.34, 99.96, 1234.5].map(figures), [
    "0.0123",
    "1.00",
    "12.3",
    "100",
    "1,235",
  ]);
});

test("inUnit(ms, unit, count) gives rates and times", (t) => {
  t.is(inUnit(2, "GF/s", 4e9), 2000);
  t.is(inUnit(2, "M/s", 1e6), 500);
  t.is(inUnit(3, "ms", 1), 3);
  t.is(inUnit(1, "µs", 100), 10);
});

test("cell(summary, unit, count) shows median and range in ascending order", (t) => {
  t.is(cell(summarize([2, 1, 4]), "ms", 1), "2.00 (1.00–4.00)");
  t.is(cell(summarize([2, 1, 4]), "M/s", 8000), "4.00 (2.00–8.00)");
  t.is(cell(summarize([5]), "ms", 1), "5.00");
});

test("markdownTable(header, rows) aligns figures to the right", (t) => {
  t.is(markdownTable(["x", "a"], [["y", "1"]]), "| x | a |\n| --- | ---: |\n| y | 1 |");
});

test("timesTable(rows, names) leaves out who has no time", (t) => {
  const workload = workloads.find(({ kind }) => kind === "mlp")!;
  const outcomes = new Map([
    ["a", { time: summarize([2]) }],
    ["b", { problem: "no kernel" }],
  ]);
  const lines = timesTable([{ workload, outcomes }], ["a", "b", "c"]).split("\n");
  t.deepEqual(lines, ["| ms | a |", "| --- | ---: |", `| ${workload.name} | 2.00 |`]);
});

test("workloads have names of their own", (t) => {
  t.is(new Set(workloads.map(({ name }) => name)).size, workloads.length);
});
