// Bundles each package for Node, which loads one large file far quicker than fifty small ones: from dist to dist/node,
// where the condition "node" of the exports points. Bundlers for pages take the small files, of which they drop more.
import { readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { rollup } from "rollup";
import { layers, readJson, root } from "./workspace.mjs";

/** Scripts of threads, which nothing imports. */
const SCRIPTS = { "packages/autodiff": ["./dist/threads/thread.js"] };
/** Cycles do no harm where nothing is called while modules load; compiled helpers ask for a `this` that modules lack. */
const HARMLESS = ["CIRCULAR_DEPENDENCY", "THIS_IS_UNDEFINED"];

/** When the latest of the files below a folder was written; 0 if there is none. */
function latest(folder, skip) {
  try {
    return readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.name !== skip)
      .map((entry) => {
        const path = join(folder, entry.name);
        return entry.isDirectory() ? latest(path) : statSync(path).mtimeMs;
      })
      .reduce((a, b) => Math.max(a, b), 0);
  } catch {
    return 0;
  }
}

async function bundle(folder) {
  const path = (file) => join(root, folder, file);
  if (latest(path("dist/node")) > latest(path("dist"), "node")) return;
  rmSync(path("dist/node"), { recursive: true, force: true });
  const { exports } = readJson(`${folder}/package.json`);
  const exported = Object.values(exports).flatMap((paths) => (paths.node ? [paths.default] : []));
  const result = await rollup({
    input: [...exported, ...(SCRIPTS[folder] ?? [])].map(path),
    external: /^(@flaxen\/|node:)/,
    onLog(level, log, handle) {
      if (!HARMLESS.includes(log.code)) handle(level, log);
    },
  });
  await result.write({
    dir: path("dist/node"),
    format: "es",
    sourcemap: true,
    sourcemapExcludeSources: true,
    chunkFileNames: "[name].js",
    hoistTransitiveImports: false,
  });
  await result.close();
}

await Promise.all(layers.map(bundle));
