// Trains an LSTM on six chapters of a novel: `npm run start:text`, options behind `--`.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNumbers, runCommand } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";
import { nnx, random } from "flaxen";
import { corpusOf, loadText } from "./corpus.ts";
import { pageHtml } from "./page.ts";
import type { Sample } from "./page.ts";
import { sample } from "./sampling.ts";
import { testLoss, train } from "./training.ts";

const USAGE = "usage: npm run start:text -- [--steps N] [--seed N]";
const STEPS = 800;
const PROMPT = "It is a truth ";
const SAMPLES = 3;

function outFile(name: string): string {
  return fileURLToPath(new URL(`../out/${name}`, import.meta.url));
}

function main(): number {
  const { steps, seed } = parseNumbers(process.argv.slice(2), { steps: STEPS, seed: 0 });
  const corpus = corpusOf(loadText());
  const { characters } = corpus;
  console.log(
    `${corpus.train.length} characters to learn from, ${characters.length} different ones.`,
  );
  const samples: Sample[] = [];
  const [every, report] = [SAMPLES, 10].map((parts) => Math.ceil(steps / parts));
  const began = performance.now();
  const { model, losses } = train(corpus, {
    steps,
    seed,
    onStep: (step, loss, model) => {
      if (step % report === 0 || step === 1 || step === steps)
        console.log(`step ${String(step).padStart(5)}  loss ${loss.toFixed(3)}`);
      if (step % every !== 0 && step !== steps) return;
      const key = random.key(seed);
      const text = sample(model, { characters, prompt: PROMPT, length: 240, key });
      samples.push({ step, text });
      console.log(`\n${text.replace(/^/gm, "    ")}\n`);
    },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const [page, weights] = [outFile("text.html"), outFile("text.safetensors")];
  writeAtomically(page, pageHtml(losses, samples));
  writeAtomically(weights, nnx.saveSafetensors(model));
  const tested = testLoss(model, corpus, 8).toFixed(3);
  console.log(`Loss ${tested} nats a character on unseen text after ${steps} steps, ${seconds} s.`);
  const show = (file: string): string => relative(process.cwd(), file);
  console.log(`Weights: ${show(weights)}\nPage:    ${show(page)}`);
  return 0;
}

await runCommand(USAGE, main);
