import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { peersFolder } from "./peer-modules.ts";
import { summarize } from "./statistics.ts";
import type { Outcome } from "./measure.ts";

/** A program that makes a first small result, and whose libraries it finds. */
interface Start {
  readonly name: string;
  readonly runtime: "node" | "python";
  readonly folder: string;
  readonly program: string;
}

const bench = fileURLToPath(new URL("..", import.meta.url));
const TENSORFLOW = `const tf = require("@tensorflow/tfjs");
const x = [tf.tensor([1]), tf.tensor([2])];
tf.add(...x).dataSync();`;

const STARTS: readonly Start[] = [
  { name: "(empty)", runtime: "node", folder: bench, program: "" },
  {
    name: "flaxen",
    runtime: "node",
    folder: bench,
    program: `import { add } from "flaxen"; add([1], [2]);`,
  },
  {
    name: "jax-js",
    runtime: "node",
    folder: peersFolder,
    program: `import { init, numpy as np } from "@jax-js/jax";
await init("wasm"); np.add(np.array([1]), np.array([2])).dataSync();`,
  },
  {
    name: "tfjs wasm",
    runtime: "node",
    folder: peersFolder,
    program: `import { createRequire } from "node:module"; const require = createRequire(process.cwd() + "/x");
require("@tensorflow/tfjs-backend-wasm"); await require("@tensorflow/tfjs").setBackend("wasm"); ${TENSORFLOW}`,
  },
  {
    name: "tfjs cpu",
    runtime: "node",
    folder: peersFolder,
    program: `import { createRequire } from "node:module"; const require = createRequire(process.cwd() + "/x");
${TENSORFLOW}`,
  },
  {
    name: "numpy-ts",
    runtime: "node",
    folder: peersFolder,
    program: `import * as np from "numpy-ts"; np.add(np.array([1]), np.array([2]));`,
  },
  {
    name: "JAX",
    runtime: "python",
    folder: peersFolder,
    program: "import jax.numpy as np; np.add(np.array([1]), np.array([2])).block_until_ready()",
  },
  {
    name: "PyTorch",
    runtime: "python",
    folder: peersFolder,
    program: "import torch; torch.add(torch.tensor([1]), torch.tensor([2]))",
  },
];

/** Appended to each program: prints for how long it had to wait for a core, where the system knows. */
const TELL = {
  node: `
const { readFileSync } = await import("node:fs");
try { console.log("> " + readFileSync("/proc/self/schedstat", "utf8")); } catch {}`,
  python: `
try: print(">", open("/proc/self/schedstat").read())
except OSError: pass`,
};

/** Milliseconds for which the program had to wait, from what it has printed. */
function waited(output: string): number {
  const line = output.split("\n").find((text) => text.startsWith("> "));
  return line === undefined ? 0 : Number(line.split(" ")[2]) / 1e6;
}

/** Milliseconds from the start of a process to its end after a first small result, in turns. */
export async function measureStarts(
  names: ReadonlySet<string>,
  samples: number,
  python: string,
): Promise<ReadonlyMap<string, Outcome>> {
  const starts = STARTS.filter(({ name }) => name === "(empty)" || names.has(name));
  const times = new Map(starts.map(({ name }) => [name, [] as number[]]));
  const problems = new Map<string, string>();
  for (let round = 0; round < samples; round++) {
    for (const { name, runtime, folder, program } of starts) {
      const [command, args] =
        runtime === "node"
          ? [process.execPath, ["--input-type=module", "--eval", program + TELL.node]]
          : [python, ["-c", program + TELL.python]];
      const start = performance.now();
      const { status, stdout } = spawnSync(command, args, { cwd: folder, encoding: "utf8" });
      const spent = performance.now() - start;
      if (status === 0) times.get(name)!.push(spent - waited(stdout));
      else problems.set(name, `status ${status}`);
    }
  }
  return new Map(
    starts.map(({ name }) => [
      name,
      problems.has(name) ? { problem: problems.get(name)! } : { time: summarize(times.get(name)!) },
    ]),
  );
}
