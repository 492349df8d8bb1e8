import test from "ava";
import { setWasmEnabled } from "flaxen";
import { readAnswers } from "./answers.ts";
import { digests } from "./digests.ts";
import type { Digests } from "./digests.ts";

const table = readAnswers<Digests>("digests");

// Made by digests.mjs --write in Node 20; docs/test/browser.test.ts asks Chromium.
for (const mode of ["eager", "jit"] as const) {
  test.serial(`${mode} computations have the committed bits`, (t) => {
    t.deepEqual(digests(mode), table);
  });

  test.serial(`${mode} computations without WebAssembly have the committed bits`, (t) => {
    setWasmEnabled(false);
    try {
      t.deepEqual(digests(mode), table);
    } finally {
      setWasmEnabled(true);
    }
  });
}
