import test from "ava";
import { checkEach, readAnswers } from "./answers.ts";
import { layerDifference, layerTitle } from "./layers.ts";
import type { LayerCase } from "./layers.ts";

const answers = readAnswers<Readonly<Record<string, readonly LayerCase[]>>>("layers");

for (const [group, cases] of Object.entries(answers))
  test(`${group} layers have the weights, outputs, gradients and training of Flax`, (t) => {
    checkEach(t, cases, layerTitle, layerDifference);
  });
