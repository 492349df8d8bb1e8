// Bundles what a user imports, minified and gzipped, and compares with the budgets of size-budgets.json.
import { build } from "esbuild";
import { gzipSync } from "node:zlib";
import { join } from "node:path";
import { readJson, root } from "./workspace.mjs";

/** One row per budget: name, measured and allowed bytes, and what it must not contain but does. */
export async function bundleSizes() {
  const rows = [];
  for (const { name, code, maxBytes, excludes = [] } of readJson(
    "packages/testing/size-budgets.json",
  )) {
    const { outputFiles, metafile } = await build({
      stdin: { contents: code, resolveDir: join(root, "docs") },
      bundle: true,
      minify: true,
      format: "esm",
      platform: "neutral",
      metafile: true,
      write: false,
      logLevel: "error",
    });
    const kept = Object.values(metafile.outputs).flatMap(({ inputs }) =>
      Object.entries(inputs).flatMap(([path, { bytesInOutput }]) =>
        bytesInOutput > 0 ? [path] : [],
      ),
    );
    rows.push({
      name,
      bytes: gzipSync(outputFiles[0].contents, { level: 9 }).length,
      maxBytes,
      unwanted: excludes.filter((part) => kept.some((path) => path.includes(part))),
    });
  }
  return rows;
}
