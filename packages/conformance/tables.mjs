// Trains the five models of test/models.ts and writes their losses beside Flax's: answers/losses.csv and the
// tables of docs/conformance.md. Run it after a build: node packages/conformance/tables.mjs
import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { lossTables, readLosses, withLossSection, writeLosses } from "./build/test/loss-tables.js";
import { losses } from "./build/test/models.js";

const url = (path) => new URL(path, import.meta.url);
const { runs } = JSON.parse(readFileSync(url("answers/models.json"), "utf8"));
const rows = runs.flatMap((run) =>
  losses(run, run.losses.length).map((flaxen, i) => ({
    model: run.model,
    optimizer: run.optimizer,
    step: i + 1,
    flaxen,
    flax: run.losses[i],
  })),
);
const csv = writeLosses(rows);
writeFileSync(url("answers/losses.csv"), csv);
const page = url("../../docs/conformance.md");
const text = withLossSection(readFileSync(page, "utf8"), lossTables(readLosses(csv)));
writeFileSync(page, await format(text, { parser: "markdown", printWidth: 100 }));
