// Trains an MLP on three spirals and draws where it sees which: `npm run start:spiral`, options behind `--`.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { parseNumbers, runCommand } from "@flaxen/example-kit/command";
import { writeAtomically } from "@flaxen/example-kit/files";
import { boundarySvg, regionsText } from "./drawing.ts";
import { accuracy, train } from "./training.ts";

const USAGE = "usage: npm run start:spiral -- [--steps N] [--seed N]";
const STEPS = 500;

function main(): number {
  const options = parseNumbers(process.argv.slice(2), { steps: STEPS, seed: 0 });
  const began = performance.now();
  const training = train(options, (step, loss) => {
    if (step % 100 === 0 || step === 1)
      console.log(`step ${String(step).padStart(4)}  loss ${loss.toFixed(4)}`);
  });
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  const file = fileURLToPath(new URL("../out/spiral.svg", import.meta.url));
  writeAtomically(file, boundarySvg(training));
  console.log(`\n${regionsText(training.model, 24, 48)}\n`);
  const right = 100 * accuracy(training.model, training.test);
  console.log(
    `${right.toFixed(1)} % of new points right after ${options.steps} steps, ${seconds} s.`,
  );
  console.log(`Picture: ${relative(process.cwd(), file)}`);
  return 0;
}

await runCommand(USAGE, main);
