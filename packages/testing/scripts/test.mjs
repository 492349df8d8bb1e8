// Compiles the documentation examples, runs all tests, prints the failures, and ends on `N passed, N failed`.
import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { buildExamples } from "./doc-examples.mjs";
import { root } from "./workspace.mjs";

if (!buildExamples()) {
  console.error("Some documentation examples do not compile.");
  console.log("0 passed, 1 failed");
  process.exit(1);
}

const count = { passed: 0, failed: 0, skipped: 0 };
const ava = spawn(
  process.execPath,
  [join(root, "node_modules/ava/entrypoints/cli.mjs"), "--tap", ...process.argv.slice(2)],
  { cwd: root, stdio: ["ignore", "pipe", "inherit"] },
);

let failing = false;
for await (const line of createInterface({ input: ava.stdout })) {
  if (/^(ok|not ok) /.test(line)) {
    const outcome = /# (SKIP|TODO)/i.test(line)
      ? "skipped"
      : line.startsWith("ok")
        ? "passed"
        : "failed";
    count[outcome]++;
    failing = outcome === "failed";
  } else if (/^(# (tests|pass|fail)|1\.\.|TAP version)/.test(line)) failing = false;
  if (failing || (line.startsWith("# ") && /exception|timed out|rejection|No tests/i.test(line)))
    console.log(line);
}
const status = ava.exitCode ?? (await new Promise((resolve) => ava.once("exit", resolve)));
const { passed, failed, skipped } = count;
// A worker that dies between its tests fails the run although every test it reported has passed.
const lost = failed === 0 && (status !== 0 || passed === 0) ? 1 : 0;
console.log(`${passed} passed, ${failed + lost} failed${skipped ? `, ${skipped} skipped` : ""}`);
process.exitCode = failed + lost > 0 ? 1 : 0;
