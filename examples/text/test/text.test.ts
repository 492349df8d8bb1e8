import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { NDArray, nnx, random } from "flaxen";
import { corpusOf, encode, loadText, randomBatch } from "@flaxen/example-text/corpus";
import { pageHtml } from "@flaxen/example-text/page";
import { sample } from "@flaxen/example-text/sampling";
import { testLoss, train } from "@flaxen/example-text/training";
import { Writer } from "@flaxen/example-text/writer";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const corpus = corpusOf(loadText());
const { characters } = corpus;

function small(): Writer {
  const rngs = new nnx.Rngs(0);
  return new Writer({ vocabulary: characters.length, features: 8, hidden: 16, rngs });
}

test("corpusOf(text) numbers the characters and keeps a tenth apart", (t) => {
  t.is(characters.length, 66);
  t.is(corpus.train.length + corpus.test.length, 42497);
  const text = "It is a truth universally acknowledged";
  const start = encode("Chapter 1\n\n", characters).length;
  t.deepEqual([...corpus.train.subarray(start, start + text.length)], encode(text, characters));
});

test("encode(text) refuses a character that the corpus does not have", (t) => {
  t.throws(() => encode("a§", characters), {
    instanceOf: RangeError,
    message: 'encode: text must use the corpus\' characters, got "§".',
  });
});

test("randomBatch(numbers, key) shifts the targets by one", (t) => {
  const { inputs, targets } = randomBatch(corpus.train, random.key(0), { batch: 3, length: 8 });
  t.deepEqual(
    [inputs.shape, targets.shape],
    [
      [3, 8],
      [3, 8],
    ],
  );
  t.deepEqual([...inputs.data.subarray(1, 8)], [...targets.data.subarray(0, 7)]);
});

test("Writer.forward(characters, memory) goes on where it was", (t) => {
  const model = small();
  const row = (...numbers: number[]): NDArray =>
    new NDArray(Int32Array.from(numbers), [1, numbers.length]);
  const [whole] = model.forward(row(1, 2, 3, 4)) as [NDArray, unknown];
  const [first, memory] = model.forward(row(1, 2));
  const [second] = model.forward(row(3, 4), memory) as [NDArray, unknown];
  t.deepEqual(whole.shape, [1, 4, 66]);
  t.deepEqual(whole.lo(0, 2, 0).toArray(), second.toArray());
  t.deepEqual(whole.hi(1, 2, 66).toArray(), (first as NDArray).toArray());
});

test("train(corpus, options) learns, and the same again from the same seed", (t) => {
  const { model, losses } = train(corpus, { steps: 30, seed: 0 });
  t.true(losses[0] > 4, String(losses[0]));
  t.true(losses[29] < 3.3, String(losses[29]));
  t.true(testLoss(model, corpus, 1) < 3.4);
  t.is(train(corpus, { steps: 1, seed: 0 }).losses[0], losses[0]);
});

test("sample(model, options) goes on from the prompt, the same way for the same key", (t) => {
  const options = { characters, prompt: "Mr. ", length: 12, key: random.key(3) };
  const text = sample(small(), options);
  t.true(text.startsWith("Mr. "));
  t.is(text.length, 16);
  t.is(sample(small(), options), text);
});

test("pageHtml(losses, samples) is a page with a chart and escaped samples", (t) => {
  const html = pageHtml([3, 2, 1], [{ step: 3, text: "<b> & so on" }]);
  t.is(html.match(/<polyline /g)?.length, 2);
  t.regex(html, /&lt;b&gt; &amp; so on/);
  t.notRegex(html, /https?:|src=|NaN|undefined/);
});

test("text with an unknown option prints its usage and exits with 2", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "--seed=x"], { encoding: "utf8" });
  t.is(status, 2);
  t.is(
    stderr,
    '--seed must be an integer from 0 to 4294967295, got "x".\nusage: npm run start:text -- [--steps N] [--seed N]\n',
  );
});
