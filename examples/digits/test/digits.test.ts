import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import test from "ava";
import { nnx, random, safetensors } from "flaxen";
import { trainingFile } from "@flaxen/example-digits/checkpoint";
import { CNN } from "@flaxen/example-digits/cnn";
import { loadDigits } from "@flaxen/example-digits/data";
import type { Digits } from "@flaxen/example-digits/data";
import { drawDigits } from "@flaxen/example-digits/drawing";
import { confusionMatrix } from "@flaxen/example-digits/history";
import { parseOptions } from "@flaxen/example-digits/options";
import { progressLine } from "@flaxen/example-digits/progress";
import { reportHtml } from "@flaxen/example-digits/report";
import { run } from "@flaxen/example-digits/run";
import type { RunEnvironment, RunResult } from "@flaxen/example-digits/run";
import { warp } from "@flaxen/example-digits/warp";
import { UsageError } from "@flaxen/example-kit/command";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const digits = loadDigits();

function firstDigits({ images, labels }: Digits, count: number): Digits {
  return { images: images.hi(count), labels: labels.hi(count) } as Digits;
}

const few = { train: firstDigits(digits.train, 96), test: firstDigits(digits.test, 20) };

function environment(folder: string, changes: Partial<RunEnvironment> = {}): RunEnvironment {
  return {
    data: few,
    weightsFile: join(folder, "digits.safetensors"),
    reportFile: join(folder, "report.html"),
    signal: new AbortController().signal,
    onStep: () => undefined,
    onEpoch: () => undefined,
    ...changes,
  };
}

const OPTIONS = { epochs: 2, seed: 3, batch: 32, resume: undefined };

function inFolder<T>(body: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), "digits-"));
  const clean = (): void => rmSync(folder, { recursive: true, force: true });
  const result = body(folder);
  if (result instanceof Promise) return result.finally(clean) as T;
  clean();
  return result;
}

test("loadDigits() gives 1,437 images to train on and 360 to test with", (t) => {
  t.deepEqual(digits.train.images.shape, [1437, 8, 8, 1]);
  t.deepEqual(digits.test.images.shape, [360, 8, 8, 1]);
  t.is(Math.max(...digits.train.images.data), 1);
  t.is(Math.min(...digits.train.images.data), 0);
  t.deepEqual([...digits.train.labels.data.subarray(0, 10)], [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
});

test("parseOptions(args) reads every option", (t) => {
  const args = ["--epochs", "3", "--seed=7", "--batch", "16", "--resume", "a.safetensors"];
  t.deepEqual(parseOptions(args, 1437), { epochs: 3, seed: 7, batch: 16, resume: "a.safetensors" });
  t.is(parseOptions([], 1437).batch, 64);
});

for (const [args, message] of [
  [["--epochs", "0"], '--epochs must be an integer from 1 to 10000, got "0".'],
  [["--seed", "1.5"], '--seed must be an integer from 0 to 4294967295, got "1.5".'],
  [["--batch", "1438"], '--batch must be an integer from 1 to 1437, got "1438".'],
] as const)
  test(`parseOptions(${args.join(" ")}) throws UsageError`, (t) => {
    t.throws(() => parseOptions(args, 1437), { instanceOf: UsageError, message });
  });

test("digits with an unknown option prints its usage and exits with 2", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "--frobnicate"], {
    encoding: "utf8",
  });
  t.is(status, 2);
  t.regex(stderr, /^Unknown option '--frobnicate'[^\n]*\nusage: npm start -- \[--epochs N\]/);
});

test("digits with a missing checkpoint says so and exits with 2", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "--resume", "none.safetensors"], {
    encoding: "utf8",
  });
  t.is(status, 2);
  t.regex(stderr, /^--resume none\.safetensors: ENOENT[^\n]*\nusage:/);
});

test("digits stops on SIGINT with 130", async (t) => {
  const child = spawn(process.execPath, [MAIN, "--batch", "2"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  child.stdout.on("data", (chunk) => {
    if (output === "") child.kill("SIGINT");
    output += String(chunk);
  });
  t.is(await new Promise((resolve) => child.once("exit", resolve)), 130);
  t.regex(output, /Stopped before the first epoch was complete; nothing was written\.\n$/);
});

test("warp(images, key) moves the images a little and keeps their values in [0, 1]", (t) => {
  const warped = warp(digits.train.images, random.key(0));
  const { images } = digits.train;
  const distance = images.data.reduce((sum, v, i) => sum + Math.abs(v - warped.data[i]), 0);
  t.true(
    distance / images.size > 0.05 && distance / images.size < 0.25,
    String(distance / images.size),
  );
  t.true(warped.data.every((v) => v >= 0 && v <= 1));
  t.deepEqual(warp(images, random.key(0)).data, warped.data);
});

test("run(options) learns, and writes weights, training state and report", async (t) => {
  await inFolder(async (folder) => {
    const losses: number[] = [];
    const onEpoch = (_: number, loss: number): void => void losses.push(loss);
    const result = await run({ ...OPTIONS, epochs: 6 }, environment(folder, { onEpoch }));
    t.false(result.stopped);
    t.is(result.epochs, 6);
    t.true(losses[5] < losses[0] - 0.5, `losses ${losses.join(", ")}`);
    t.deepEqual(readdirSync(folder).sort(), [
      "digits.safetensors",
      "digits.training.safetensors",
      "report.html",
    ]);
    const { tensors } = safetensors.decode(readFileSync(join(folder, "digits.safetensors")));
    t.deepEqual(
      [...tensors.keys()],
      [
        "bn.bias",
        "bn.mean",
        "bn.scale",
        "bn.var",
        "conv1.bias",
        "conv1.kernel",
        "conv2.bias",
        "conv2.kernel",
        "linear.bias",
        "linear.kernel",
      ],
    );
  });
});

test("run(options) resumed equals a run that never stopped, bit for bit", async (t) => {
  await inFolder(async (folder) => {
    const whole = environment(join(folder, "whole"));
    const parts = environment(join(folder, "parts"));
    await run(OPTIONS, whole);
    const abort = new AbortController();
    const stopInSecondEpoch = (epoch: number): void => (epoch === 1 ? abort.abort() : undefined);
    await run(OPTIONS, { ...parts, signal: abort.signal, onStep: stopInSecondEpoch });
    await run({ ...OPTIONS, seed: 99, resume: parts.weightsFile }, parts);
    t.deepEqual(readFileSync(parts.weightsFile), readFileSync(whole.weightsFile));
    const [a, b] = [parts, whole].map((e) => readFileSync(trainingFile(e.weightsFile)));
    t.deepEqual(a, b);
  });
});

test("run(options) that is aborted keeps the last complete checkpoint", async (t) => {
  await inFolder(async (folder) => {
    const abort = new AbortController();
    const stopInSecondEpoch = (epoch: number): void => (epoch === 1 ? abort.abort() : undefined);
    const stopped = environment(join(folder, "stopped"), {
      signal: abort.signal,
      onStep: stopInSecondEpoch,
    });
    const result: RunResult = await run(OPTIONS, stopped);
    t.deepEqual([result.stopped, result.epochs], [true, 1]);
    t.false(existsSync(stopped.reportFile));
    t.is(safetensors.decode(readFileSync(stopped.weightsFile)).metadata["epoch"], "1");
  });
});

test("run(options) resumed from weights alone starts at epoch 0", async (t) => {
  await inFolder(async (folder) => {
    const env = environment(folder);
    const model = new CNN({ rngs: new nnx.Rngs(5) });
    writeFileSync(env.weightsFile, nnx.saveSafetensors(model));
    const result = await run({ ...OPTIONS, epochs: 1, resume: env.weightsFile }, env);
    t.is(result.epochs, 1);
  });
});

test("run(options) with a damaged checkpoint throws UsageError and names the file", async (t) => {
  await inFolder(async (folder) => {
    const env = environment(folder);
    await run({ ...OPTIONS, epochs: 1 }, env);
    writeFileSync(env.weightsFile, readFileSync(env.weightsFile).subarray(0, 100));
    const error = await t.throwsAsync(run({ ...OPTIONS, resume: env.weightsFile }, env));
    t.true(error instanceof UsageError);
    t.true(error?.message.startsWith(`--resume ${env.weightsFile}: decode: `), error?.message);
  });
});

test("progressLine(epoch, done, loss, accuracy) draws a bar", (t) => {
  t.is(
    progressLine("3/12", 0.5, 0.08123, 0.974),
    "epoch 3/12 [████████████············] loss 0.0812  accuracy  97.4 %",
  );
});

test("drawDigits(digits, predictions, n) shows images, predictions and truths", (t) => {
  const lines = drawDigits(digits.test, [...digits.test.labels.data.subarray(0, 5), 0], 6).split(
    "\n",
  );
  t.is(lines.length, 20);
  t.regex(lines[8], /^said 2, is 2 {7}said 3, is 3/);
  t.regex(lines[3], /[░▒▓█]/);
});

test("confusionMatrix(truths, predictions) counts", (t) => {
  const matrix = confusionMatrix([0, 1, 1, 9], [0, 1, 2, 9]);
  t.deepEqual([matrix[0][0], matrix[1][1], matrix[1][2], matrix[9][9]], [1, 1, 1, 1]);
  t.is(
    matrix.flat().reduce((a, b) => a + b),
    4,
  );
});

test("reportHtml(options) is a page with three pictures and no request", (t) => {
  const html = reportHtml({
    history: { losses: [2, 1, 0.5], trainAccuracy: [0.9], testAccuracy: [0.95] },
    confusion: confusionMatrix([0, 1], [0, 2]),
    stepsPerEpoch: 3,
  });
  t.is(html.match(/<svg /g)?.length, 3);
  t.notRegex(html, /https?:|src=|NaN|undefined/);
});
