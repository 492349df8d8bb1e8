import { readFileSync } from "node:fs";
import { CNN } from "@flaxen/example-digits/cnn";
import { loadDigits } from "@flaxen/example-digits/data";
import * as nnx from "@flaxen/nnx";
import type { NDArray } from "@flaxen/ndarray";
import { decode } from "@flaxen/safetensors";
import test from "ava";
import { closeDifference, fileUrl, readAnswers } from "./answers.ts";
import type { Close } from "./answers.ts";

interface Answer {
  /** Of the first 16 test images, computed in Flax. */
  readonly logits: Close;
  /** On all 360 test images, computed in Flax. */
  readonly accuracy: number;
}

const answers = readAnswers<Record<"fromFlax" | "fromFlaxen", Answer>>("interop");
const { images, labels } = loadDigits().test;

function load(name: string): { readonly model: CNN; readonly bytes: Uint8Array } {
  const bytes = readFileSync(fileUrl(name));
  const model = new CNN({ rngs: new nnx.Rngs(99) });
  nnx.loadSafetensors(model, bytes);
  model.eval();
  return { model, bytes };
}

const agrees = test.macro((t, name: string, { logits, accuracy }: Answer) => {
  const { model } = load(name);
  const found = model.forward(images) as NDArray;
  t.is(closeDifference(found.hi(16, 10), logits, { rtol: 1e-5, atol: 1e-5 }), undefined);
  const right = labels.data.filter((label, i) => {
    const row = Array.from({ length: 10 }, (_, digit) => found.get(i, digit) as number);
    return row.indexOf(Math.max(...row)) === label;
  });
  t.is(Number((right.length / labels.size).toFixed(6)), accuracy);
});

test(
  "a file that Flax wrote gives the logits of Flax",
  agrees,
  "digits-from-flax.safetensors",
  answers.fromFlax,
);

test(
  "a file that flaxen wrote gives the same logits here and in Flax",
  agrees,
  "digits-from-flaxen.safetensors",
  answers.fromFlaxen,
);

test("saveSafetensors(model) writes again the file that Flax has read", (t) => {
  const { model, bytes } = load("digits-from-flaxen.safetensors");
  const { epoch } = decode(bytes).metadata;
  t.deepEqual(Buffer.from(nnx.saveSafetensors(model, { metadata: { epoch } })), Buffer.from(bytes));
});
