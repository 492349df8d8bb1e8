// What the scripts know of the workspace: its root, its packages, and how to run a tool of it.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

export const root = join(dirname(fileURLToPath(import.meta.url)), "../../..");

export const readJson = (path) => JSON.parse(readFileSync(join(root, path), "utf8"));

/** Folders of the packages in layer order, bottom first, as the root tsconfig.json lists them. */
export const layers = readJson("tsconfig.json")
  .references.map(({ path }) => path)
  .filter((path) => /^packages\/[^/]+$/.test(path) && !readJson(`${path}/package.json`).private);

/** Every folder that holds a package.json below packages/, examples/ and docs/. */
export const folders = [
  ...["packages", "examples"].flatMap((group) =>
    readdirSync(join(root, group)).map((name) => `${group}/${name}`),
  ),
  "docs",
].filter((folder) => existsSync(join(root, folder, "package.json")));

/** Runs a tool of the workspace by its script file and returns its exit status and output. */
export function runTool(name, args, { cwd = root, inherit = false } = {}) {
  const packageJson = readJson(`node_modules/${name}/package.json`);
  const bin =
    typeof packageJson.bin === "string" ? packageJson.bin : Object.values(packageJson.bin)[0];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(root, "node_modules", name, bin), ...args],
    { cwd, encoding: "utf8", maxBuffer: 2 ** 28, stdio: inherit ? "inherit" : "pipe" },
  );
  return { status: status ?? 1, output: `${stdout ?? ""}${stderr ?? ""}` };
}
