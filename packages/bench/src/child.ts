import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Contestant } from "./contestant.ts";
import type { Question } from "./questions.ts";

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** XLA reads these when it starts; the rest is for the libraries below NumPy and PyTorch. */
const ONE_THREAD = {
  XLA_FLAGS: "--xla_cpu_multi_thread_eigen=false intra_op_parallelism_threads=1",
  JAX_PLATFORMS: "cpu",
  OMP_NUM_THREADS: "1",
  OPENBLAS_NUM_THREADS: "1",
  MKL_NUM_THREADS: "1",
};

/** A contestant's process and the answers that it gives. */
export class Child {
  readonly #process: ChildProcess;
  readonly #answers: string[] = [];
  #waiting: ((line: string | undefined) => void) | undefined;
  #errors = "";

  constructor({ adapter, mode, threads, runtime }: Contestant, python: string) {
    const [command, args] =
      runtime === "node"
        ? [process.execPath, [here("contestant-process.js"), adapter, mode, String(threads)]]
        : [python, [here(`../python/${adapter}.py`)]];
    this.#process = spawn(command, args, {
      env: { ...process.env, ...ONE_THREAD },
      stdio: ["pipe", "pipe", "pipe"],
    });
    createInterface({ input: this.#process.stdout! }).on("line", (line) => {
      if (line.startsWith("> ")) this.#receive(line.slice(2));
    });
    this.#process.stderr!.on("data", (text) => (this.#errors = (this.#errors + text).slice(-2000)));
    this.#process.stdin!.on("error", () => undefined);
    this.#process.on("close", () => this.#receive(undefined));
    this.#process.on("error", () => this.#receive(undefined));
  }

  /** The answer; an object with `error` when there is none within `limit` milliseconds. */
  async ask<A>(question: Question, limit: number): Promise<A & { readonly error?: string }> {
    this.#process.stdin!.write(`${JSON.stringify(question)}\n`);
    let timer: NodeJS.Timeout | undefined;
    const line = await new Promise<string | undefined>((resolve) => {
      const early = this.#answers.shift();
      if (early !== undefined || this.ended) return resolve(early);
      this.#waiting = resolve;
      timer = setTimeout(() => {
        this.stop();
        resolve(`{"error": "more than ${limit / 1000} s"}`);
      }, limit);
    });
    clearTimeout(timer);
    this.#waiting = undefined;
    if (line !== undefined) return JSON.parse(line) as A & { readonly error?: string };
    const reason = this.#errors.trim().split("\n").at(-1) ?? "";
    return { error: reason || "the process ended" } as A & { readonly error?: string };
  }

  /** Whether the process is gone. */
  get ended(): boolean {
    return this.#process.exitCode !== null || this.#process.killed;
  }

  /** Ends the process. */
  stop(): void {
    this.#process.kill("SIGKILL");
  }

  #receive(line: string | undefined): void {
    if (this.#waiting) this.#waiting(line);
    else if (line !== undefined) this.#answers.push(line);
  }
}
