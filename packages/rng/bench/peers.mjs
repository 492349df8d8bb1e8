// Times of the samplers beside @jax-js/jax, TensorFlow.js and, if a Python with JAX is named, JAX itself, in one run.
//
//   node packages/rng/bench/peers.mjs [--folder FOLDER] [--python PYTHON]
//
// The peers are installed by npm into FOLDER (default: a temporary folder, removed at the end). Prints a Markdown table.
import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { key, normal, permutation, truncatedNormal, uniform } from "@flaxen/rng";

const PEERS = ["@jax-js/jax@0.1.25", "@tensorflow/tfjs@4.22.0"];
const DRAWS = 10 ** 7;
const SHUFFLED = 10 ** 6;
const ROWS = {
  uniform: DRAWS,
  normal: DRAWS,
  truncatedNormal: DRAWS,
  permutation: SHUFFLED,
};

const { values: options } = parseArgs({
  options: { folder: { type: "string" }, python: { type: "string" } },
});
const folder = options.folder ?? mkdtempSync(join(tmpdir(), "peers-"));
const columns = { "@flaxen/rng": await ours() };
try {
  if (install()) {
    columns["@jax-js/jax"] = await timesOfJaxJs();
    columns["TensorFlow.js"] = await timesOfTensorFlow();
  }
} finally {
  if (!options.folder) rmSync(folder, { recursive: true, force: true });
}
if (options.python) columns.JAX = timesOfJax(options.python);
printTable();

/** Median time of one call in milliseconds, after one call to warm up. */
async function median(run, samples = 5) {
  await run();
  const times = [];
  for (let i = 0; i < samples; i++) {
    const start = performance.now();
    await run();
    times.push(performance.now() - start);
  }
  return times.sort((a, b) => a - b)[samples >> 1];
}

async function medians(samplers) {
  const times = {};
  for (const [name, draw] of Object.entries(samplers)) times[name] = await median(draw);
  return times;
}

function ours() {
  const drawn = key(0);
  return medians({
    uniform: () => uniform(drawn, [DRAWS]),
    normal: () => normal(drawn, [DRAWS]),
    truncatedNormal: () => truncatedNormal(drawn, -2, 2, [DRAWS]),
    permutation: () => permutation(drawn, SHUFFLED),
  });
}

/** Whether the peers are there. */
function install() {
  const manifest = join(folder, "package.json");
  if (!existsSync(manifest)) writeFileSync(manifest, '{ "private": true, "type": "module" }\n');
  try {
    execFileSync(
      "npm",
      ["install", "--no-audit", "--no-fund", "--ignore-scripts", "--no-save", ...PEERS],
      { cwd: folder, stdio: "pipe" },
    );
    return true;
  } catch (error) {
    console.log(`The peers could not be installed: ${error.message.split("\n")[0]}`);
    return false;
  }
}

function load(name) {
  const require = createRequire(join(folder, "package.json"));
  return import(pathToFileURL(require.resolve(name)).href);
}

async function timesOfJaxJs() {
  const { defaultDevice, random } = await load("@jax-js/jax");
  defaultDevice("wasm");
  const draw = (sampler) => () => sampler(random.key(0)).data();
  return medians({
    uniform: draw((k) => random.uniform(k, [DRAWS])),
    normal: draw((k) => random.normal(k, [DRAWS])),
    permutation: draw((k) => random.permutation(k, SHUFFLED)),
  });
}

async function timesOfTensorFlow() {
  const { default: tf } = await load("@tensorflow/tfjs/dist/tf.node.js");
  await tf.setBackend("cpu");
  const draw = (sampler) => () => {
    const tensor = sampler();
    tensor.dataSync();
    tensor.dispose();
  };
  return medians({
    uniform: draw(() => tf.randomUniform([DRAWS])),
    normal: draw(() => tf.randomNormal([DRAWS])),
    truncatedNormal: draw(() => tf.truncatedNormal([DRAWS])),
  });
}

function timesOfJax(python) {
  const program = `
import json, sys, time, jax
key = jax.random.key(0)
def median(draw):
    draw().block_until_ready()
    times = []
    for _ in range(5):
        start = time.perf_counter()
        draw().block_until_ready()
        times.append((time.perf_counter() - start) * 1e3)
    return sorted(times)[2]
n, m = ${DRAWS}, ${SHUFFLED}
print(json.dumps({
    "uniform": median(lambda: jax.random.uniform(key, (n,))),
    "normal": median(lambda: jax.random.normal(key, (n,))),
    "truncatedNormal": median(lambda: jax.random.truncated_normal(key, -2, 2, (n,))),
    "permutation": median(lambda: jax.random.permutation(key, m)),
}))`;
  const output = execFileSync(python, ["-c", program], { encoding: "utf8" });
  return JSON.parse(output.trim().split("\n").at(-1));
}

function printTable() {
  const names = Object.keys(columns);
  console.log(`| float32, M/s | ${names.join(" | ")} |`);
  console.log(`| --- |${" ---: |".repeat(names.length)}`);
  for (const [row, n] of Object.entries(ROWS)) {
    const cells = names.map((name) => {
      const ms = columns[name][row];
      return ms === undefined ? "–" : (n / ms / 1e3).toFixed(n === DRAWS ? 0 : 1);
    });
    console.log(`| ${row} of 10^${Math.log10(n)} | ${cells.join(" | ")} |`);
  }
}
