// Compares the bits of a fixed set of computations with answers/digests.json, in whatever engine runs this.
// After a build, from the root:
//
//   npx --yes node@24 packages/conformance/digests.mjs
//   node packages/conformance/digests.mjs --write      # after a change that is meant to change bits
import { readFileSync, writeFileSync } from "node:fs";
import { argv, versions } from "node:process";
import { setWasmEnabled } from "flaxen";
import { digests } from "./build/test/digests.js";

const url = new URL("answers/digests.json", import.meta.url);
if (argv.includes("--write")) {
  writeFileSync(url, `${JSON.stringify(digests("eager"), null, 2)}\n`);
}
const table = JSON.parse(readFileSync(url, "utf8"));
console.log(`Node ${versions.node}, V8 ${versions.v8}; ${Object.keys(table).length} computations`);
for (const wasm of [true, false]) {
  setWasmEnabled(wasm);
  for (const mode of ["eager", "jit"]) {
    const start = performance.now();
    const found = digests(mode);
    const other = Object.keys({ ...table, ...found }).filter((name) => found[name] !== table[name]);
    const seconds = ((performance.now() - start) / 1000).toFixed(1);
    const verdict = other.length === 0 ? "the same bits" : `other bits: ${other.join("; ")}`;
    console.log(`${mode}, ${wasm ? "WebAssembly" : "plain JavaScript"}, ${seconds} s: ${verdict}`);
    if (other.length > 0) process.exitCode = 1;
  }
}
