// Installs the dependencies when the lockfile has changed, then compiles and bundles what has changed. Needs nothing but
// Node and npm.
import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");
const read = (name) => readFileSync(join(root, name), "utf8");

function run(command, args) {
  // On Windows npx is a script, and scripts need a shell.
  const shell = process.platform === "win32" && command === "npx";
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: "inherit", shell });
  if (error) console.error(`${command}: ${error.message}`);
  if (status !== 0) process.exit(status ?? 1);
}

const { packageManager } = JSON.parse(read("package.json"));
const inputs = [
  read("pnpm-lock.yaml"),
  read("pnpm-workspace.yaml"),
  packageManager,
  process.version,
];
const key = createHash("sha256").update(inputs.join("\0")).digest("hex");
const stamp = join(root, "node_modules/.bootstrap");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== key) {
  run("npx", ["--yes", packageManager, "install", "--frozen-lockfile"]);
  writeFileSync(stamp, key);
}
run(process.execPath, ["node_modules/typescript/bin/tsc", "-b"]);
run(process.execPath, ["packages/testing/scripts/bundle.mjs"]);
