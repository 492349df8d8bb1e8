// Runs the benchmarks of all packages (packages/*/bench/*.mjs), or those named on the command line.
// Comparisons with other libraries (peers.mjs), which install these, run only when named.
import { existsSync } from "node:fs";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { listFiles } from "./files.mjs";
import { folders, root } from "./workspace.mjs";

const wanted = process.argv.slice(2);
for (const folder of folders) {
  if (!existsSync(join(root, folder, "bench"))) continue;
  for (const file of listFiles(`${folder}/bench`, ".mjs")) {
    const named = wanted.some((part) => file.includes(part));
    if (wanted.length > 0 ? !named : file.endsWith("/peers.mjs")) continue;
    console.log(`\n${file}`);
    const { status } = spawnSync(process.execPath, [join(root, file)], {
      cwd: root,
      stdio: "inherit",
    });
    if (status !== 0) process.exitCode = 1;
  }
}
