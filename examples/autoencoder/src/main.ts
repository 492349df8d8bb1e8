// Trains an autoencoder on handwritten digits and draws what comes back: `npm run start:autoencoder`.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { loadDigits } from "@flaxen/example-digits/data";
import { parseNumbers, runCommand } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";
import { nnx } from "flaxen";
import type { NDArray } from "flaxen";
import { CODE } from "./autoencoder.ts";
import { drawText, morph, oneOfEach, pictureSvg } from "./drawing.ts";
import { testLoss, train } from "./training.ts";

const USAGE = "usage: npm run start:autoencoder -- [--steps N] [--seed N]";
const STEPS = 1000;

function outFile(name: string): string {
  return fileURLToPath(new URL(`../out/${name}`, import.meta.url));
}

function main(): number {
  const { steps, seed } = parseNumbers(process.argv.slice(2), { steps: STEPS, seed: 0 });
  const data = loadDigits();
  console.log(`Squeezing 8×8 images into ${CODE} numbers.`);
  const report = Math.ceil(steps / 10);
  const began = performance.now();
  const { model, losses } = train(data.train, {
    steps,
    seed,
    onStep: (step, loss) => {
      if (step % report === 0 || step === 1 || step === steps)
        console.log(`step ${String(step).padStart(5)}  loss ${loss.toFixed(4)}`);
    },
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const images = oneOfEach(data.test);
  const returned = model.forward(images) as NDArray;
  const strips = [
    { name: "test images", images },
    { name: "come back", images: returned },
    { name: "from 0 to 1", images: morph(model, images, 0, 1) },
    { name: "from 3 to 8", images: morph(model, images, 3, 8) },
    { name: "from 4 to 9", images: morph(model, images, 4, 9) },
  ];
  const [picture, weights] = [outFile("autoencoder.svg"), outFile("autoencoder.safetensors")];
  writeAtomically(picture, pictureSvg(strips, losses));
  writeAtomically(weights, nnx.saveSafetensors(model));
  console.log(`\n${drawText(images, returned, 6)}\n`);
  const tested = testLoss(model, data.test).toFixed(4);
  console.log(`Loss ${tested} on unseen images after ${steps} steps, ${seconds} s.`);
  const show = (file: string): string => relative(process.cwd(), file);
  console.log(`Weights: ${show(weights)}\nPicture: ${show(picture)}`);
  return 0;
}

await runCommand(USAGE, main);
