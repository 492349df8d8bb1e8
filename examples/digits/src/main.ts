// Trains a small CNN on handwritten digits and shows how it goes: `npm start`, options behind `--`.
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { runCommand } from "@flaxen/example-kit/command";
import { loadDigits } from "./data.ts";
import { drawDigits } from "./drawing.ts";
import type { Options } from "./options.ts";
import { parseOptions, USAGE } from "./options.ts";
import { percent, progressLine, StatusLine } from "./progress.ts";
import { run } from "./run.ts";

const EXIT_INTERRUPTED = 130; // 128 + SIGINT, as shells expect

const data = loadDigits();

function outFile(name: string): string {
  return fileURLToPath(new URL(`../out/${name}`, import.meta.url));
}

async function main(options: Options): Promise<number> {
  const stop = new AbortController();
  process.once("SIGINT", () => stop.abort());
  const status = new StatusLine(process.stdout);
  const label = (epoch: number): string => `${epoch + 1}/${options.epochs}`.padStart(7);
  const weightsFile = outFile("digits.safetensors");
  const reportFile = outFile("report.html");

  console.log(
    `Training on ${data.train.labels.size} handwritten digits, testing with ${data.test.labels.size}.`,
  );
  const began = performance.now();
  const { epochs, stopped, predictions, testAccuracy } = await run(options, {
    data,
    weightsFile,
    reportFile,
    signal: stop.signal,
    onStep: (epoch, done, loss, accuracy) =>
      status.update(progressLine(label(epoch), done, loss, accuracy)),
    onEpoch: (epoch, loss, accuracy, tested) =>
      status.finish(`${progressLine(label(epoch), 1, loss, accuracy)}  test ${percent(tested)}`),
  });
  if (stopped) {
    status.finish(
      epochs > 0
        ? `Stopped. ${show(weightsFile)} holds the weights after ${epochs} epochs; go on with --resume.`
        : "Stopped before the first epoch was complete; nothing was written.",
    );
    return EXIT_INTERRUPTED;
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  console.log(`\n${drawDigits(data.test, predictions, 10)}`);
  console.log(
    `Test accuracy ${percent(testAccuracy).trim()} after ${epochs} epochs, ${seconds} s.`,
  );
  console.log(`Weights: ${show(weightsFile)}\nReport:  ${show(reportFile)}`);
  return 0;
}

function show(file: string): string {
  return relative(process.cwd(), file);
}

await runCommand(USAGE, () => main(parseOptions(process.argv.slice(2), data.train.labels.size)));
