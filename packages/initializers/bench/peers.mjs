// Times and memory of samplers and initializers in float32 beside JAX on one thread, sample by sample in turn.
//
//   taskset -c 0 node packages/initializers/bench/peers.mjs --python PYTHON
//
// PYTHON is one that has JAX. Times are those that the process was given, so that its neighbours count less.
// Prints Markdown tables. Memory is read from /proc, so it is left out elsewhere than on Linux.
import { execFileSync, spawn } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { glorotNormal, orthogonal } from "@flaxen/initializers";
import { key, normal, permutation, truncatedNormal, uniform } from "@flaxen/rng";

const SAMPLES = 15;
const k = key(0);
const glorot = glorotNormal();
const orthogonals = orthogonal();

/** Of each row: the call here, the call in JAX, how often it is repeated in one sample, and the bytes of its result. */
const ROWS = {};
for (const [text, n] of [
  ["10^7", 10 ** 7],
  ["2^20", 2 ** 20],
]) {
  ROWS[`uniform of ${text}`] = [() => uniform(k, [n]), `R.uniform(k, (${n},))`, 1, 4 * n];
  ROWS[`normal of ${text}`] = [() => normal(k, [n]), `R.normal(k, (${n},))`, 1, 4 * n];
  ROWS[`truncatedNormal of ${text}`] = [
    () => truncatedNormal(k, -2, 2, [n]),
    `R.truncated_normal(k, -2, 2, (${n},))`,
    1,
    4 * n,
  ];
}
ROWS["permutation of 10^6"] = [
  () => permutation(k, 10 ** 6),
  "R.permutation(k, 10 ** 6)",
  1,
  4 * 10 ** 6,
];
ROWS["glorotNormal [4096, 4096]"] = [
  () => glorot(k, [4096, 4096]),
  "glorot(k, (4096, 4096))",
  1,
  4 * 4096 ** 2,
];
ROWS["orthogonal [512, 512]"] = [
  () => orthogonals(k, [512, 512]),
  "orthogonal(k, (512, 512))",
  1,
  4 * 512 ** 2,
];
ROWS["glorotNormal [2, 3]"] = [() => glorot(k, [2, 3]), "glorot(k, (2, 3))", 500, 24];

// Answers each line on its input: "time ROW" with milliseconds, "memory ROW" with the bytes of the peak above the start.
const PROGRAM = `
import gc, json, sys, time, jax
R = jax.random
k = R.key(0)
glorot = jax.nn.initializers.glorot_normal()
orthogonal = jax.nn.initializers.orthogonal()
calls = json.loads(sys.argv[1])
def status(name):
    for line in open("/proc/self/status"):
        if line.startswith(name): return int(line.split()[1]) * 1024
for line in sys.stdin:
    what, row = line.strip().split(" ", 1)
    source, repeat = calls[row]
    draw = eval("lambda: " + source)
    if what == "memory":
        draw().block_until_ready()
        gc.collect()
        time.sleep(0.3)
        with open("/proc/self/clear_refs", "w") as file: file.write("5")
        before = status("VmRSS")
        draw().block_until_ready()
        print(status("VmHWM") - before, flush=True)
    else:
        start = time.process_time()
        for _ in range(repeat): draw().block_until_ready()
        print((time.process_time() - start) * 1e3 / repeat, flush=True)
`;

const { values: options } = parseArgs({
  options: { python: { type: "string" }, memory: { type: "string" } },
});
if (options.memory) {
  await ownMemory(ROWS[options.memory][0]);
} else if (options.python) {
  await compare(options.python);
} else {
  console.log("Name a Python that has JAX: peers.mjs --python PYTHON.");
}

async function compare(python) {
  await printTimes(python);
  console.log();
  if (existsSync("/proc/self/clear_refs")) printMemory(python);
}

async function printTimes(python) {
  const { child, ask } = startJax(python);
  console.log("| float32 | here | JAX | ratio | page faults here |");
  console.log("| --- | ---: | ---: | ---: | ---: |");
  printRow(
    "fill of 10^7, for comparison",
    samplesOf(() => new Float32Array(10 ** 7).fill(1), 1),
  );
  for (const [row, [draw, , repeat]] of Object.entries(ROWS)) {
    sample(draw, repeat);
    await ask(`time ${row}`);
    const here = [];
    const there = [];
    const before = process.resourceUsage().minorPageFault;
    for (let i = 0; i < SAMPLES; i++) {
      here.push(sample(draw, repeat));
      there.push(await ask(`time ${row}`));
    }
    const faults = (process.resourceUsage().minorPageFault - before) / SAMPLES / repeat;
    printRow(row, here, there, faults);
  }
  child.stdin.end();
}

function samplesOf(draw, repeat) {
  return Array.from({ length: SAMPLES }, () => sample(draw, repeat));
}

/** Time of one call in milliseconds. */
function sample(draw, repeat) {
  const start = process.cpuUsage();
  for (let i = 0; i < repeat; i++) draw();
  const { user, system } = process.cpuUsage(start);
  return (user + system) / 1e3 / repeat;
}

function printRow(row, here, there, faults) {
  const [ours, theirs] = [here, there].map((times) => times && median(times));
  const ratio = theirs ? (ours / theirs).toFixed(2) : "";
  console.log(
    `| ${row} | ${text(ours)} | ${theirs ? text(theirs) : ""} | ${ratio} | ${faults?.toFixed(0) ?? ""} |`,
  );
}

function median(times) {
  return times.toSorted((a, b) => a - b)[times.length >> 1];
}

function text(ms) {
  return ms < 0.1 ? `${(ms * 1e3).toFixed(1)} us` : `${ms.toFixed(1)} ms`;
}

function startJax(python) {
  const child = spawn(python, ["-c", PROGRAM, JSON.stringify(calls())], {
    env: jaxEnvironment(),
    stdio: ["pipe", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const ask = async (line) => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done) throw new Error("peers: the Python program ended early.");
    return Number(value);
  };
  return { child, ask };
}

function calls() {
  return Object.fromEntries(
    Object.entries(ROWS).map(([row, [, source, repeat]]) => [row, [source, repeat]]),
  );
}

function jaxEnvironment() {
  return {
    ...process.env,
    JAX_PLATFORMS: "cpu",
    XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
    OMP_NUM_THREADS: "1",
    OPENBLAS_NUM_THREADS: "1",
  };
}

// A process for each row, in which freed blocks go back to the system, so that the second call shows what it takes.
function printMemory(python) {
  console.log("| peak memory beyond the result, MB | here | JAX |");
  console.log("| --- | ---: | ---: |");
  const limits = { MALLOC_MMAP_THRESHOLD_: "131072", MALLOC_TRIM_THRESHOLD_: "131072" };
  for (const [row, [, , , bytes]] of Object.entries(ROWS)) {
    if (bytes < 2 ** 20) continue;
    const own = execFileSync(
      process.execPath,
      ["--expose-gc", fileURLToPath(import.meta.url), "--memory", row],
      { encoding: "utf8", env: { ...process.env, ...limits } },
    );
    const jax = execFileSync(python, ["-c", PROGRAM, JSON.stringify(calls())], {
      encoding: "utf8",
      input: `memory ${row}\n`,
      env: { ...jaxEnvironment(), ...limits },
    });
    const [here, there] = [own, jax].map((peak) => ((Number(peak) - bytes) / 1e6).toFixed(1));
    console.log(`| ${row} | ${here} | ${there} |`);
  }
}

async function ownMemory(draw) {
  draw();
  for (let i = 0; i < 3; i++) {
    globalThis.gc();
    await setTimeout(100);
  }
  writeFileSync("/proc/self/clear_refs", "5");
  const before = status("VmRSS");
  draw();
  console.log(status("VmHWM") - before);
}

function status(name) {
  return (
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(readFileSync("/proc/self/status", "utf8"))[1]) *
    1024
  );
}
