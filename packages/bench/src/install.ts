import { spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { peersFolder } from "./peer-modules.ts";

/** Installs the peers as their lockfile says, unless that has been done. */
export function installPeers(): void {
  const lock = readFileSync(`${peersFolder}package-lock.json`);
  const key = createHash("sha256").update(lock).digest("hex");
  const stamp = `${peersFolder}node_modules/.installed`;
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === key) return;
  // Install scripts are not needed, and one of onnxruntime's kin fetches from elsewhere.
  const { status } = spawnSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], {
    cwd: peersFolder,
    stdio: "inherit",
    shell: process.platform === "win32",
  });
  if (status !== 0) throw new Error("The peers could not be installed.");
  writeFileSync(stamp, key);
}

/** Whether this Python is there and has the module. */
export function pythonHas(python: string, module: string): boolean {
  return spawnSync(python, ["-c", `import ${module}`], { stdio: "ignore" }).status === 0;
}
