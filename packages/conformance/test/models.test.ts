import { readFileSync } from "node:fs";
import * as nnx from "@flaxen/nnx";
import { decode } from "@flaxen/safetensors";
import test from "ava";
import { closeDifference, exactDifference, fileUrl, readAnswers } from "./answers.ts";
import type { Close, Exact } from "./answers.ts";
import { lossSection, lossTables, readLosses, relativeDifference } from "./loss-tables.ts";
import { TASKS, losses } from "./models.ts";
import type { ModelName, RunSettings } from "./models.ts";

interface Answers {
  readonly initial: readonly {
    readonly model: ModelName;
    readonly variables: Readonly<Record<string, Exact | Close>>;
  }[];
  readonly runs: readonly (RunSettings & { readonly losses: readonly number[] })[];
}

const answers = readAnswers<Answers>("models");
const table = readLosses(readFileSync(fileUrl("losses.csv"), "utf8"));

/** Largest relative difference of the first loss, and of the last by optimizer. */
const FIRST = 1e-6;
const LAST = { sgd: 1e-5, adam: 1e-3 };

for (const { model, variables } of answers.initial)
  test(`the ${model} begins with the weights of Flax`, (t) => {
    const made = TASKS[model].make(new nnx.Rngs(0));
    // Files have Flax's names and the words of keys.
    const { tensors } = decode(nnx.saveSafetensors(made, { includeRng: true }));
    t.deepEqual([...tensors.keys()].toSorted(), Object.keys(variables).toSorted());
    for (const [name, answer] of Object.entries(variables)) {
      const found = tensors.get(name);
      // Orthogonal matrices come from a QR factorization, and every one of these rounds in its own way.
      const difference =
        "sha256" in answer
          ? exactDifference(found, answer)
          : closeDifference(found, answer, { rtol: 0, atol: 1e-6 });
      t.is(difference, undefined, name);
    }
  });

for (const run of answers.runs)
  test(`the ${run.model} learns as in Flax for 50 steps with ${run.optimizer}`, (t) => {
    const found = losses(run, run.losses.length);
    const rows = found.map((flaxen, i) => ({ ...run, step: i + 1, flaxen, flax: run.losses[i] }));
    const differences = rows.map(relativeDifference);
    t.true(differences[0] <= FIRST, `first loss ${found[0]} instead of ${run.losses[0]}`);
    t.deepEqual(
      rows.filter((_, i) => !(differences[i] <= LAST[run.optimizer])),
      [],
    );
    // The committed table may be from another machine, whose Math.exp rounds differently.
    const committed = table.filter(
      ({ model, optimizer }) => model === run.model && optimizer === run.optimizer,
    );
    t.is(committed.length, rows.length);
    for (const [i, row] of committed.entries()) {
      t.true(relativeDifference({ ...row, flax: found[i] }) <= LAST[run.optimizer]);
      t.is(Math.fround(row.flax), run.losses[i]);
    }
  });

for (const run of answers.runs)
  test(`the ${run.model} learns under jit bit for bit as without, with ${run.optimizer}`, (t) => {
    t.deepEqual(losses(run, 8, nnx.jit), losses(run, 8));
  });

test("docs/conformance.md shows the committed losses", (t) => {
  const page = readFileSync(new URL("../../../../docs/conformance.md", import.meta.url), "utf8");
  const fold = (text: string): string => text.replace(/[\s|:-]+/g, " ").trim();
  t.is(fold(lossSection(page)), fold(lossTables(table)));
});
