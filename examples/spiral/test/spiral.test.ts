import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import test from "ava";
import { nnx, random } from "flaxen";
import { CLASSES, spirals } from "@flaxen/example-spiral/data";
import { boundarySvg, regionsText } from "@flaxen/example-spiral/drawing";
import { MLP } from "@flaxen/example-spiral/mlp";
import { accuracy, probabilities, train } from "@flaxen/example-spiral/training";

const MAIN = fileURLToPath(new URL("../../dist/main.js", import.meta.url));

test("spirals(key, n) gives n points of each spiral in turn", (t) => {
  const { points, labels } = spirals(random.key(0), 50);
  t.deepEqual(points.shape, [150, 2]);
  t.deepEqual([...labels.data.subarray(0, 6)], [0, 1, 2, 0, 1, 2]);
  t.true(points.data.every((x) => Math.abs(x) < 1.2));
  t.deepEqual(spirals(random.key(0), 50).points.data, points.data);
});

test("train(options) learns the spirals, and the same again from the same seed", (t) => {
  const training = train({ steps: 300, seed: 0 });
  t.true(training.losses[0] > 0.9, String(training.losses[0]));
  t.true(training.losses[299] < 0.2, String(training.losses[299]));
  t.true(accuracy(training.model, training.test) > 0.95);
  t.deepEqual(train({ steps: 3, seed: 0 }).losses.slice(0, 1), training.losses.slice(0, 1));
});

test("probabilities(model, points) sum to 1", (t) => {
  const model = new MLP(CLASSES, { rngs: new nnx.Rngs(0) });
  const found = probabilities(model, spirals(random.key(1), 2).points);
  t.deepEqual(found.shape, [6, 3]);
  for (let i = 0; i < 6; i++) {
    const sum = found.get(i, 0) + found.get(i, 1) + found.get(i, 2);
    t.true(Math.abs(sum - 1) < 1e-6);
  }
});

test("boundarySvg(training) holds regions, all points and the loss, and asks for nothing", (t) => {
  const training = train({ steps: 20, seed: 1 });
  const svg = boundarySvg(training);
  t.regex(svg, /^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 480 696"/);
  t.is(svg.match(/<circle /g)?.length, 360);
  t.is(svg.match(/<polyline /g)?.length, 1);
  t.true((svg.match(/<rect /g)?.length ?? 0) > 96);
  t.notRegex(svg, /NaN|undefined|href/);
});

test("regionsText(model, rows, columns) draws one symbol a cell", (t) => {
  const text = regionsText(new MLP(CLASSES, { rngs: new nnx.Rngs(0) }), 4, 8);
  t.regex(text, /^([.o#]{8}\n){3}[.o#]{8}$/);
});

test("spiral with an unknown option prints its usage and exits with 2", (t) => {
  const { status, stderr } = spawnSync(process.execPath, [MAIN, "--steps", "x"], {
    encoding: "utf8",
  });
  t.is(status, 2);
  t.is(
    stderr,
    '--steps must be an integer from 1 to 100000, got "x".\nusage: npm run start:spiral -- [--steps N] [--seed N]\n',
  );
});
