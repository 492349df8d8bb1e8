// Everything that can be checked without running the tests: layers, format, lint, unused code, packaging, sizes, docs.
import { layerErrors } from "./layers.mjs";
import { bundleSizes } from "./sizes.mjs";
import { layers, root, runTool } from "./workspace.mjs";
import { join } from "node:path";

// Rules that only cost readability here: published coefficients have more digits than a double holds,
// and `x * 0` keeps the sign of x.
const LINT_EXCEPTIONS = ["no-loss-of-precision", "erasing-op", "no-new-array", "no-useless-spread"];

const checks = {
  layers: () => layerErrors(),
  format: () => tool("prettier", ["--check", "."]),
  lint: () =>
    tool("oxlint", ["--deny-warnings", ...LINT_EXCEPTIONS.flatMap((rule) => ["-A", rule])]),
  unused: () => tool("knip", ["--no-progress"]),
  publint: () => perPackage("publint", ["--strict", "--pack", "npm"]),
  types: () =>
    perPackage("@arethetypeswrong/cli", ["--pack", ".", "--profile", "esm-only", "--no-emoji"]),
  sizes: async () => {
    const rows = await bundleSizes();
    for (const { name, bytes, maxBytes } of rows)
      console.log(
        `    ${String(bytes).padStart(7)} of ${String(maxBytes).padStart(7)} bytes  ${name}`,
      );
    return rows.flatMap(({ name, bytes, maxBytes, unwanted }) => [
      ...(bytes > maxBytes ? [`${name}: ${bytes} bytes, the budget is ${maxBytes}.`] : []),
      ...unwanted.map((part) => `${name} pulls in ${part}.`),
    ]);
  },
  docs: () => tool("typedoc", ["--emit", "none"]),
};

function tool(name, args, options) {
  const { status, output } = runTool(name, args, options);
  return status === 0 ? [] : [output.trim() || `${name} failed with status ${status}.`];
}

function perPackage(name, args) {
  return layers.flatMap((folder) =>
    tool(name, args, { cwd: join(root, folder) }).map((text) => `${folder}\n${text}`),
  );
}

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !(name in checks));
if (unknown.length > 0) {
  console.error(
    `check: names must be among ${Object.keys(checks).join(", ")}, got ${unknown.join(", ")}.`,
  );
  process.exit(2);
}
let failed = 0;
for (const [name, run] of Object.entries(checks)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const errors = await run();
  console.log(`${errors.length === 0 ? "ok  " : "FAIL"} ${name}`);
  for (const error of errors) console.log(error.replace(/^/gm, "    "));
  if (errors.length > 0) failed++;
}
process.exitCode = failed > 0 ? 1 : 0;
