import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { nnx, safetensors } from "flaxen";
import type { NDArray } from "flaxen";
import { Autoencoder, CODE } from "@flaxen/example-autoencoder/autoencoder";
import { drawText, morph, oneOfEach, pictureSvg } from "@flaxen/example-autoencoder/drawing";
import { testLoss, train } from "@flaxen/example-autoencoder/training";
import { loadDigits } from "@flaxen/example-digits/data";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));
const data = loadDigits();

test("Autoencoder squeezes images into CODE numbers and back", (t) => {
  const model = new Autoencoder({ rngs: new nnx.Rngs(0) });
  const images = oneOfEach(data.test);
  t.deepEqual(model.encode(images).shape, [10, CODE]);
  t.deepEqual(model.forward(images).shape, [10, 8, 8, 1]);
  const { tensors } = safetensors.decode(nnx.saveSafetensors(model));
  t.deepEqual(tensors.get("up1.kernel")?.shape, [3, 3, 24, 12]);
});

test("train(data, options) learns, and the same again from the same seed", (t) => {
  const { model, losses } = train(data.train, { steps: 60, seed: 0 });
  t.true(losses[0] > 0.15, String(losses[0]));
  t.true(testLoss(model, data.test) < 0.08, String(testLoss(model, data.test)));
  t.is(train(data.train, { steps: 1, seed: 0 }).losses[0], losses[0]);
});

test("morph(model, images, from, to) begins and ends with what comes back of the two", (t) => {
  const model = new Autoencoder({ rngs: new nnx.Rngs(0) });
  const images = oneOfEach(data.test);
  const whole = model.forward(images) as NDArray;
  const steps = morph(model, images, 3, 8);
  t.deepEqual(steps.shape, [10, 8, 8, 1]);
  for (const [step, digit] of [
    [0, 3],
    [9, 8],
  ]) {
    const difference = (steps.get(step, 4, 4, 0) as number) - (whole.get(digit, 4, 4, 0) as number);
    t.true(Math.abs(difference) < 1e-6);
  }
});

test("drawText(images, returned, n) shows n images above n", (t) => {
  const images = oneOfEach(data.test);
  const lines = drawText(images, images, 2).split("\n");
  t.is(lines.length, 17);
  t.is(lines[0], lines[9]);
  t.regex(lines[3], /[░▒▓█]/);
});

test("pictureSvg(strips, losses) draws every pixel and the loss, and asks for nothing", (t) => {
  const svg = pictureSvg([{ name: "digits", images: oneOfEach(data.test) }], [3, 2, 1]);
  t.regex(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" /);
  t.is(svg.match(/<rect /g)?.length, 640);
  t.is(svg.match(/<polyline /g)?.length, 1);
  t.notRegex(svg, /NaN|undefined|href/);
});

test("autoencoder with an unknown option prints its usage and exits with 2", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "--steps=0"], { encoding: "utf8" });
  t.is(status, 2);
  t.is(
    stderr,
    '--steps must be an integer from 1 to 100000, got "0".\nusage: npm run start:autoencoder -- [--steps N] [--seed N]\n',
  );
});
