// Goes on with a training that Flax has begun: `npm run start:interop`, options behind `--`.
import { readFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNumbers, runCommand } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";
import { nnx } from "flaxen";
import type { NDArray } from "flaxen";
import { colorsText, picturesSvg, yinAndYang } from "./picture.ts";
import { load, optimizerFile, trainStep } from "./training.ts";

const USAGE = "usage: npm run start:interop -- [--steps N]";
const STEPS = 300;

function file(path: string): string {
  return fileURLToPath(new URL(`../${path}`, import.meta.url));
}

function main(): number {
  const { steps } = parseNumbers(process.argv.slice(2), { steps: STEPS });
  const expected = JSON.parse(readFileSync(file("data/expected.json"), "utf8"));
  const picture = yinAndYang();
  const training = load(file("data/from-flax.safetensors"));
  const { model, optimizer } = training;
  console.log(`Flax has trained ${Number(optimizer.step.value)} steps; here flaxen goes on.`);
  const begun = model.forward(picture.points) as NDArray;
  const losses = Array.from({ length: steps }, (_, step) => {
    const loss = trainStep(training, picture);
    const flax: number | undefined = expected.fromFlax.losses[step];
    if (flax !== undefined)
      console.log(
        `step ${String(step + 1).padStart(4)}  loss ${loss.toFixed(9)}  in Flax ${flax.toFixed(9)}`,
      );
    else if ((step + 1) % 50 === 0)
      console.log(`step ${String(step + 1).padStart(4)}  loss ${loss.toFixed(9)}`);
    return loss;
  });
  const finished = model.forward(picture.points) as NDArray;
  const [weights, drawing] = [file("out/painter.safetensors"), file("out/painter.svg")];
  writeAtomically(weights, nnx.saveSafetensors(model));
  writeAtomically(optimizerFile(weights), nnx.saveSafetensors(optimizer));
  const pictures = [
    { name: "to be learned", colors: picture.colors },
    { name: "as Flax left it", colors: begun },
    { name: "as flaxen went on", colors: finished },
  ];
  writeAtomically(drawing, picturesSvg(pictures, losses));
  console.log(`\n${colorsText(finished)}\n`);
  const show = (path: string): string => relative(process.cwd(), path);
  console.log(
    `Weights: ${show(weights)}, for Flax: python examples/interop/python/painter.py check`,
  );
  console.log(`Picture: ${show(drawing)}`);
  return 0;
}

await runCommand(USAGE, main);
