// Products and factorizations beside other packages and NumPy, in one run, as a Markdown table.
//
//   node packages/linear-algebra/bench/peers.mjs [--peers FOLDER] [--python PYTHON] [--rounds 7] [--only TEXT]
//
// FOLDER has the peers in its node_modules; without it they are installed into a temporary folder. Every contestant
// has a process of its own. Their samples alternate; each is a run of calls of at least 10 ms, and the table gives
// medians. Times are processor times of the process, so that other jobs on the machine disturb little. Everything
// runs on one thread, on float32 (ml-matrix: float64).
import { execFileSync, spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { cholesky, lu, matmul, qr, svd } from "@flaxen/linear-algebra";
import { NDArray, transpose } from "@flaxen/ndarray";

const PEERS = [
  "@jax-js/jax@0.1.25",
  "numpy-ts@1",
  "@tensorflow/tfjs@4",
  "@tensorflow/tfjs-backend-wasm@4",
  "ml-matrix@6",
];
/** A sample repeats calls until it takes this long. */
const SAMPLE_MS = 10;
/** Time before the first sample that counts, in which the engine compiles what it will. */
const WARM_UP_MS = 300;
/** A first call that takes longer than this is the only sample. */
const SLOW_MS = 400;

const { values: options } = parseArgs({
  options: {
    peers: { type: "string" },
    python: { type: "string" },
    rounds: { type: "string", default: "7" },
    only: { type: "string", default: "" },
    contestant: { type: "string" },
  },
});

function install() {
  const target = mkdtempSync(join(tmpdir(), "peers-"));
  const flags = ["--no-audit", "--no-fund", "--ignore-scripts", "--loglevel=error"];
  execFileSync("npm", ["install", "--prefix", target, ...flags, ...PEERS], { stdio: "inherit" });
  return target;
}

const folder = resolve(options.peers ?? install());
const require = createRequire(join(folder, "peers.js"));

function numbers(length, seed) {
  const values = new Float32Array(length);
  let state = seed | 1;
  for (let i = 0; i < length; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    state ^= state >>> 13;
    values[i] = (state | 0) / 2 ** 31;
  }
  return values;
}

/** A symmetric positive definite matrix. */
function definite(n) {
  const x = numbers(n * n, 3);
  const data = new Float32Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) data[i * n + j] = (x[i * n + j] + x[j * n + i]) / 2;
    data[i * n + i] += n;
  }
  return data;
}

const product = (n, transA = false, transB = false) => ({
  label: `matmul ${n}${transA ? ", Aᵀ B" : ""}${transB ? ", A Bᵀ" : ""}`,
  kind: "matmul",
  n,
  transA,
  transB,
});
const WORKLOADS = [
  ...[64, 65, 128, 129, 256, 257, 512, 1024].map((n) => product(n)),
  product(512, true, false),
  product(512, false, true),
  ...["qr", "lu", "cholesky"].map((kind) => ({ label: `${kind} 512`, kind, n: 512 })),
  { label: "svd 256", kind: "svd", n: 256 },
].filter(({ label }) => label.includes(options.only));

/** The operands of a workload as flat arrays. */
function operands({ kind, n }) {
  if (kind === "matmul") return [numbers(n * n, 1), numbers(n * n, 2)];
  return [kind === "cholesky" ? definite(n) : numbers(n * n, 1)];
}

/** For every contestant: a function that takes a workload and gives the call to time, or undefined. */
const contestants = {
  "@flaxen": ({ kind, n, transA, transB }, data) => {
    const [a, b] = data.map((x) => new NDArray(x, [n, n]));
    const left = transA ? transpose(a) : a;
    const right = transB ? transpose(b) : b;
    return {
      matmul: () => matmul(left, right),
      qr: () => qr(a),
      lu: () => lu(a),
      cholesky: () => cholesky(a),
      svd: () => svd(a),
    }[kind];
  },
  "@jax-js/jax": ({ kind, n, transA, transB }, data) => {
    const { defaultDevice, lax, numpy: np } = require("@jax-js/jax");
    defaultDevice("wasm");
    const [a, b] = data.map((x) => np.array(x).reshape([n, n]));
    const flip = (x, on) => (on ? np.transpose(x.ref) : x.ref);
    return {
      matmul: () => np.matmul(flip(a, transA), flip(b, transB)).dataSync(),
      lu: () => lax.linalg.lu(a.ref).map((x) => x.dataSync()),
      cholesky: () => lax.linalg.cholesky(a.ref).dataSync(),
      // Its svd of 256 × 256 takes minutes.
    }[kind];
  },
  "numpy-ts": ({ kind, n, transA, transB }, data) => {
    const np = require("numpy-ts");
    const [a, b] = data.map((x) => np.array(Array.from(x), "float32").reshape(n, n));
    const dispose = (result) => {
      for (const x of Array.isArray(result) ? result : Object.values(result)) x?.dispose?.();
    };
    const left = transA ? a.T : a;
    const right = transB ? b.T : b;
    return {
      matmul: () => np.matmul(left, right).dispose(),
      qr: () => dispose(np.linalg.qr(a)),
      cholesky: () => np.linalg.cholesky(a).dispose(),
      svd: () => dispose(np.linalg.svd(a)),
    }[kind];
  },
  "tfjs-wasm": ({ kind, n, transA, transB }, data) => {
    const tf = require("@tensorflow/tfjs");
    const [a, b] = data.map((x) => tf.tensor2d(x, [n, n]));
    return {
      matmul: () => {
        const c = tf.matMul(a, b, transA, transB);
        c.dataSync();
        c.dispose();
      },
      qr: () => tf.tidy(() => void tf.linalg.qr(a).map((x) => x.dataSync())),
    }[kind];
  },
  "ml-matrix": ({ kind, n, transA, transB }, data) => {
    const ml = require("ml-matrix");
    const [a, b] = data.map((x) => ml.Matrix.from1DArray(n, n, x));
    return {
      matmul: () => (transA ? a.transpose() : a).mmul(transB ? b.transpose() : b),
      qr: () => {
        const factors = new ml.QrDecomposition(a);
        return [factors.orthogonalMatrix, factors.upperTriangularMatrix];
      },
      lu: () => {
        const factors = new ml.LuDecomposition(a);
        return [factors.lowerTriangularMatrix, factors.upperTriangularMatrix];
      },
      cholesky: () => new ml.CholeskyDecomposition(a).lowerTriangularMatrix,
      svd: () => new ml.SingularValueDecomposition(a),
    }[kind];
  },
};

/** NumPy and SciPy in a process of their own, which answers one line for each sample. */
const PYTHON = `
import sys, json, time
import numpy as np
try:
    import scipy.linalg as sl
except ImportError:
    sl = None
rng = np.random.default_rng(1)
calls = {}
def prepare(w):
    n = w["n"]
    a = rng.uniform(-1, 1, (n, n)).astype(np.float32)
    b = rng.uniform(-1, 1, (n, n)).astype(np.float32)
    d = (a + a.T) / 2 + n * np.eye(n, dtype=np.float32)
    left = a.T if w.get("transA") else a
    right = b.T if w.get("transB") else b
    return {"matmul": lambda: left @ right, "qr": lambda: sl.qr(a, mode="economic") if sl else np.linalg.qr(a), "lu": sl and (lambda: sl.lu(a)),
            "cholesky": lambda: np.linalg.cholesky(d), "svd": lambda: np.linalg.svd(a)}[w["kind"]]
for line in sys.stdin:
    w = json.loads(line)
    if w["label"] not in calls:
        calls[w["label"]] = prepare(w)
        if calls[w["label"]]:
            calls[w["label"]]()
    call = calls[w["label"]]
    if not call:
        print("null", flush=True)
        continue
    count = 0
    start = time.process_time()
    while True:
        call()
        count += 1
        spent = time.process_time() - start
        if spent * 1e3 >= w["ms"]:
            break
    print(spent * 1e3 / count, flush=True)
`;

/** A contestant's process. */
function start(command, parameters) {
  const env = { ...process.env, OMP_NUM_THREADS: "1", OPENBLAS_NUM_THREADS: "1" };
  const child = spawn(command, parameters, { env, stdio: ["pipe", "pipe", "ignore"] });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    /** Milliseconds of one call, or null where the contestant has no such function. */
    async sample(workload) {
      child.stdin.write(`${JSON.stringify({ ...workload, ms: SAMPLE_MS })}\n`);
      return JSON.parse((await lines.next()).value ?? "null");
    },
    stop: () => child.stdin.end(),
  };
}

function processorTime() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e3;
}

/** Waits until the engine no longer compiles in the background, which counts as processor time. */
async function settle() {
  for (let turn = 0, quiet = 0; turn < 40 && quiet < 3; turn++) {
    const start = processorTime();
    await new Promise((done) => setTimeout(done, 30));
    quiet = processorTime() - start < 2 ? quiet + 1 : 0;
  }
}

/** Milliseconds of one call; the clock, which takes a microsecond, is read every millisecond or so. */
function sample(call) {
  let count = 0;
  let spent = 0;
  let turn = 1;
  const start = processorTime();
  do {
    for (let i = 0; i < turn; i++) call();
    count += turn;
    spent = processorTime() - start;
    if (spent < 1) turn *= 2;
  } while (spent < SAMPLE_MS);
  return spent / count;
}

function median(samples) {
  return samples.toSorted((x, y) => x - y)[samples.length >> 1];
}

/** Answers each line on the standard input, a workload, with the time of a sample. */
async function answer(name) {
  if (name === "tfjs-wasm") {
    const tf = require("@tensorflow/tfjs");
    require("@tensorflow/tfjs-backend-wasm").setThreadsCount(1);
    await tf.setBackend("wasm");
  }
  let label;
  let call;
  for await (const line of createInterface({ input: process.stdin })) {
    const workload = JSON.parse(line);
    let time;
    if (workload.label !== label) {
      label = workload.label;
      call = undefined;
      try {
        const prepared = contestants[name](workload, operands(workload));
        if (prepared) time = sample(prepared);
        call = prepared;
        if (time < SLOW_MS) {
          const ready = processorTime() + WARM_UP_MS;
          while (processorTime() < ready) sample(call);
          await settle();
          time = sample(call);
        }
      } catch {
        call = undefined;
      }
    } else if (call) time = sample(call);
    process.stdout.write(`${JSON.stringify(call ? time : null)}\n`);
  }
}

/** Medians of one workload, in milliseconds, by contestant. */
async function measure(workload, processes) {
  const samples = {};
  for (let round = 0; round < Number(options.rounds); round++) {
    for (const [name, contestant] of Object.entries(processes)) {
      if (round > 0 && !(samples[name]?.[0] < SLOW_MS)) continue;
      const time = await contestant.sample(workload);
      if (time !== null) (samples[name] ??= []).push(time);
    }
  }
  return Object.fromEntries(Object.entries(samples).map(([name, times]) => [name, median(times)]));
}

function cell({ kind, n }, ms) {
  if (ms === undefined) return "–";
  if (kind !== "matmul") return `${ms.toFixed(ms < 100 ? 1 : 0)} ms`;
  const rate = (2 * n ** 3) / ms / 1e6;
  return rate.toFixed(rate < 10 ? 1 : 0);
}

async function main() {
  const script = fileURLToPath(import.meta.url);
  const processes = {};
  for (const name of Object.keys(contestants)) {
    processes[name] = start(process.execPath, [script, "--peers", folder, "--contestant", name]);
  }
  if (options.python) processes.NumPy = start(options.python, ["-c", PYTHON]);
  const columns = Object.keys(processes);
  console.log(`| | ${columns.join(" | ")} |`);
  console.log(`| --- |${" --- |".repeat(columns.length)}`);
  for (const workload of WORKLOADS) {
    const medians = await measure(workload, processes);
    const cells = columns.map((name) => cell(workload, medians[name]));
    console.log(`| ${workload.label} | ${cells.join(" | ")} |`);
  }
  for (const contestant of Object.values(processes)) contestant.stop();
}

await (options.contestant ? answer(options.contestant) : main());
process.exit(0);
