import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import test from "ava";
import { lineChart, smoothed, svgFile } from "@flaxen/example-kit/chart";
import { parseNumbers, UsageError } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";

const DEFAULTS = { steps: 300, seed: 0 };

test("parseNumbers(args, defaults) reads the options that have a default", (t) => {
  t.deepEqual(parseNumbers([], DEFAULTS), DEFAULTS);
  t.deepEqual(parseNumbers(["--steps", "5", "--seed=7"], DEFAULTS), { steps: 5, seed: 7 });
  t.throws(() => parseNumbers(["--seed=7"], { steps: 1 }), { instanceOf: UsageError });
});

for (const [args, message] of [
  [["--steps", "0"], '--steps must be an integer from 1 to 100000, got "0".'],
  [["--seed", "-1"], "Option '--seed' argument is ambiguous."],
  [["--frobnicate"], "Unknown option '--frobnicate'"],
] as const)
  test(`parseNumbers(${args.join(" ")}) throws UsageError`, (t) => {
    const error = t.throws(() => parseNumbers(args, DEFAULTS), { instanceOf: UsageError });
    t.true(error.message.startsWith(message), error.message);
  });

test("writeAtomically(file, content) replaces a file and leaves no temporary one", (t) => {
  const folder = mkdtempSync(join(tmpdir(), "kit-"));
  t.teardown(() => rmSync(folder, { recursive: true, force: true }));
  const file = join(folder, "deep/er/a.txt");
  writeAtomically(file, "one");
  writeAtomically(file, "two");
  t.is(readFileSync(file, "utf8"), "two");
  t.deepEqual(readdirSync(join(folder, "deep/er")), ["a.txt"]);
  t.throws(() => writeAtomically(join(file, "below"), "x"));
  t.true(existsSync(file));
});

test("lineChart(series, options) draws every point inside of its box", (t) => {
  const points = [
    [0, 2],
    [1, 1],
    [4, 0],
  ] as const;
  const chart = lineChart([{ points, color: "red" }], { xLabel: "step", yMin: 0, yMax: 2 });
  t.regex(chart, /^<svg viewBox="0 0 640 260"/);
  t.regex(chart, /points="56\.0,16\.0 198\.0,120\.0 624\.0,224\.0"/);
  t.regex(svgFile(chart), /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox/);
});

test("smoothed(values, window) is the mean so far at the start", (t) => {
  t.deepEqual(smoothed([2, 4, 6, 8], 2), [2, 3, 5, 7]);
});
