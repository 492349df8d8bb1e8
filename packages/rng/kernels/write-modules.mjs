// Writes the kernels' bytes into src, after a build of the tests.
import { writeFileSync } from "node:fs";
import { moduleFiles } from "../build/kernels/module-files.js";

for (const { name, text } of moduleFiles()) {
  writeFileSync(new URL(`../src/${name}`, import.meta.url), text);
}
