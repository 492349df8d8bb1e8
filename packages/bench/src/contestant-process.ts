// A contestant's process: answers each line on the standard input. Lines that begin with "> " are answers; libraries
// may print others.
import { createInterface } from "node:readline";
import { setFlagsFromString } from "node:v8";
import type { Adapter, Call, Mode } from "./contestant.ts";
import { sample, timed, warmUp } from "./sampling.ts";
import { digest } from "./statistics.ts";
import type { Digest } from "./statistics.ts";
import type { Prepared, Question } from "./questions.ts";

const [adapterName, mode, threads] = process.argv.slice(2) as [string, Mode, string];
// Error texts of wasm backends can hold megabytes of code.
setFlagsFromString("--stack-trace-limit=5");

let call: Call | undefined;

async function prepare(question: Extract<Question, { ask: "prepare" }>): Promise<Prepared> {
  const { workload, budget } = question;
  const made = await adapter(workload);
  call = made;
  if (made === undefined) return { missing: true };
  const digests: Digest[] = [];
  let first = 0;
  let latest = 0;
  const start = performance.now();
  for (let turn = 0; turn < workload.checks; turn++) {
    let result: unknown;
    latest = await timed(async () => (result = await made.run()));
    if (turn === 0) first = latest;
    digests.push(digest(await made.read(result)));
    made.free?.(result);
    if (turn > 0 && performance.now() - start > budget) break;
  }
  const values = digests.flatMap((part) => part.values);
  return { first, latest, digest: { ...digests[0]!, values } };
}

async function answer(question: Question): Promise<object> {
  if (question.ask === "prepare") return prepare(question);
  if (call === undefined) return { error: "nothing is prepared" };
  if (question.ask === "warm up") {
    await warmUp(call);
    return {};
  }
  return { ms: await sample(call, question.minimum) };
}

const module = (await import(`./contestants/${adapterName}.js`)) as {
  adapter(mode: Mode, threads: number): Promise<Adapter | undefined>;
};
const made = await module.adapter(mode, Number(threads));
const adapter: Adapter = made ?? (() => undefined);
for await (const line of createInterface({ input: process.stdin })) {
  let reply: object;
  try {
    reply = await answer(JSON.parse(line) as Question);
  } catch (error) {
    reply = { error: String(error instanceof Error ? error.message : error).slice(0, 300) };
  }
  process.stdout.write(`> ${JSON.stringify(reply)}\n`);
}
process.exit(0);
