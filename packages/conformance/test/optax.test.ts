import type { Tensor } from "@flaxen/autodiff";
import { vjp } from "@flaxen/autodiff";
import { array, multiply } from "flaxen";
import { isNDArray } from "@flaxen/ndarray";
import type { NDArray } from "@flaxen/ndarray";
import * as optax from "@flaxen/optax";
import type { GradientTransformation, Schedule } from "@flaxen/optax";
import test from "ava";
import {
  checkEach,
  closeDifference,
  cotangent,
  fromSpec,
  readAnswers,
  resolve,
} from "./answers.ts";
import type { Close, Spec } from "./answers.ts";

interface ScheduleSpec {
  readonly schedule: string;
  readonly args: readonly unknown[];
  readonly options?: object;
}

interface TransformationSpec {
  readonly name: string;
  readonly args?: readonly unknown[];
  readonly options?: object;
}

interface Answers {
  readonly optimizers: readonly {
    readonly transformation: TransformationSpec;
    /** Place, dtype and shape of each leaf of the state, sorted. */
    readonly state: readonly string[];
    /** The steps whose gradients hold NaN and infinity. */
    readonly badSteps?: readonly number[];
    /** By the number of steps, then by name. */
    readonly params: Readonly<Record<string, Readonly<Record<string, Close>>>>;
  }[];
  readonly schedules: readonly (ScheduleSpec & {
    readonly counts: readonly number[];
    readonly values: readonly number[];
  })[];
  readonly losses: readonly {
    readonly op: string;
    readonly args: readonly [Spec, Spec];
    readonly options?: object;
    readonly value: Close;
    readonly gradient: Close;
  }[];
  readonly globalNorm: number;
}

type Params = Readonly<Record<"b" | "s" | "w", Tensor>>;

const answers = readAnswers<Answers>("optax");
const factories = optax as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

/** An argument: a schedule, a transformation, a list or object of such, or what JSON says. */
function valueOf(item: unknown): unknown {
  if (Array.isArray(item)) return item.map(valueOf);
  if (typeof item !== "object" || item === null) return item;
  if ("schedule" in item) return schedule(item as ScheduleSpec);
  if ("name" in item) return build(item as TransformationSpec);
  return Object.fromEntries(Object.entries(item).map(([key, part]) => [key, valueOf(part)]));
}

function schedule({ schedule: name, args, options }: ScheduleSpec): Schedule {
  const values = [...args, ...(options === undefined ? [] : [options])];
  return factories[name](...values.map(valueOf)) as Schedule;
}

function build({ name, args = [], options }: TransformationSpec): GradientTransformation {
  const values = [...args, ...(options === undefined ? [] : [options])].map(valueOf);
  if (name === "MultiSteps") {
    const [inner, k, settings] = values as ConstructorParameters<typeof optax.MultiSteps>;
    return new optax.MultiSteps(inner, k, settings);
  }
  if (name !== "injectHyperparams") return factories[name](...values) as GradientTransformation;
  const [factory, hyperparams] = values as [string, Record<string, Schedule>];
  const inner = ({ learningRate, ...rest }: Record<string, unknown>): GradientTransformation =>
    factories[factory](learningRate, rest) as GradientTransformation;
  return optax.injectHyperparams(inner, hyperparams) as GradientTransformation;
}

/** The state as the answers describe it. */
function statePaths(value: unknown, path: readonly string[] = []): string[] {
  if (isNDArray(value)) return [`${path.join(".")} ${value.dtype}[${value.shape.join(", ")}]`];
  if (typeof value !== "object" || value === null) return [];
  return Object.entries(value).flatMap(([key, part]) => statePaths(part, [...path, key]));
}

function ramp(seed: number, shape: readonly number[]): NDArray {
  return fromSpec({ ramp: seed, shape, dtype: "float32" });
}

/** The gradients of generate/optax_cases.py: other ones in each step, and always 0 for one element. */
function gradient(step: number, isBad: boolean = false): Params {
  const seed = 13 * step;
  const factors = array(isBad ? [1, NaN, Infinity, 0.25] : [1, 0, 4, 0.25]);
  return {
    b: multiply(ramp(seed, [4]), factors),
    s: ramp(seed + 1, []),
    w: ramp(seed + 2, [3, 4]),
  };
}

test("transformations move parameters as Optax does, over 50 steps", (t) => {
  const title = ({ transformation }: Answers["optimizers"][number]): string =>
    JSON.stringify(transformation);
  checkEach(
    t,
    answers.optimizers,
    title,
    ({ transformation, state: paths, badSteps = [], params: saved }) => {
      const tx = build(transformation);
      let params: Params = { b: ramp(0, [4]), s: ramp(1, []), w: ramp(2, [3, 4]) };
      let state = tx.init(params);
      const found = statePaths(state).sort();
      if (found.join() !== paths.join())
        return `has the state ${found.join()}, not ${paths.join()}`;
      for (let step = 0; step < 50; step++) {
        let updates: Params;
        [updates, state] = tx.update(gradient(step, badSteps.includes(step)), state, params);
        params = optax.applyUpdates(params, updates);
        for (const [name, answer] of Object.entries(saved[String(step + 1)] ?? {})) {
          const value = params[name as keyof Params];
          const problem = closeDifference(value, answer, { rtol: 1e-6, atol: 1e-6 });
          if (problem !== undefined) return `after step ${step + 1}, ${name}: ${problem}`;
        }
      }
      return undefined;
    },
  );
});

test("schedules equal those of Optax", (t) => {
  const title = ({ schedule, args, options }: ScheduleSpec): string =>
    JSON.stringify({ schedule, args, options });
  checkEach(t, answers.schedules, title, (item) => {
    const rate = schedule(item);
    for (const [i, count] of item.counts.entries()) {
      const expected = item.values[i];
      const counted = [rate(count), rate(array(count, "int32"))].map((value) =>
        typeof value === "number" ? value : Number((value as NDArray).item()),
      );
      // Near the end of a cosine, float32 cancels; far down an exponential it has nothing but 0.
      const wrong = counted.find(
        (value) => !(Math.abs(value - expected) <= 1e-7 + 1e-6 * expected),
      );
      if (wrong !== undefined) return `${wrong} instead of ${expected} at ${count}`;
    }
    return undefined;
  });
});

test("losses and their gradients equal those of Optax", (t) => {
  const title = ({ op, args, options }: Answers["losses"][number]): string =>
    `${op}(${JSON.stringify([...args, options])})`;
  checkEach(t, answers.losses, title, ({ op, args, options, value, gradient: slope }) => {
    const [x, y] = args.map(fromSpec);
    const loss = (x: Tensor): Tensor => factories[op](x, y, resolve(options)) as Tensor;
    const [out, pullback] = vjp(loss, x);
    const [found] = pullback(cotangent(value.shape, value.dtype) as never) as readonly unknown[];
    const tolerance = { rtol: 1e-6, atol: 1e-6 };
    return closeDifference(out, value, tolerance) ?? closeDifference(found, slope, tolerance);
  });
});

test("globalNorm(updates) equals that of Optax", (t) => {
  const norm = optax.globalNorm(gradient(3)) as NDArray<"float32">;
  t.true(Math.abs(norm.item() - answers.globalNorm) <= 1e-6 * answers.globalNorm);
});
