// The files of the workspace that people write (Node 20 has no fs.globSync).
import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { root } from "./workspace.mjs";

const SKIPPED = new Set(["node_modules", "dist", "build", "out", "api", "answers"]);

/** Paths, relative to the root, of all files below `folder` whose name ends on `ending`, sorted. */
export function listFiles(folder, ending) {
  if (!existsSync(join(root, folder))) return [];
  return readdirSync(join(root, folder), { withFileTypes: true })
    .flatMap((entry) => {
      const path = `${folder}/${entry.name}`;
      if (entry.isDirectory()) return SKIPPED.has(entry.name) ? [] : listFiles(path, ending);
      return entry.name.endsWith(ending) ? [path] : [];
    })
    .sort();
}
