import type { Tensor } from "@flaxen/autodiff";
import { vjp } from "@flaxen/autodiff";
import { array, multiply } from "flaxen";
import type { NDArray } from "@flaxen/ndarray";
import * as optax from "@flaxen/optax";
import type { GradientTransformation, Schedule } from "@flaxen/optax";
import test from "ava";
import { checkEach, closeDifference, cotangent, fromSpec, readAnswers } from "./answers.ts";
import type { Close, Spec } from "./answers.ts";

interface ScheduleSpec {
  readonly schedule: string;
  readonly args: readonly number[];
  readonly options?: object;
}

interface TransformationSpec {
  readonly name: string;
  readonly args?: readonly (number | ScheduleSpec | TransformationSpec)[];
  readonly options?: object;
}

interface Answers {
  readonly optimizers: readonly {
    readonly transformation: TransformationSpec;
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
    readonly value: Close;
    readonly gradient: Close;
  }[];
  readonly globalNorm: number;
}

type Params = Readonly<Record<"b" | "s" | "w", Tensor>>;

const answers = readAnswers<Answers>("optax");
const factories = optax as unknown as Record<string, (...args: readonly unknown[]) => unknown>;

function schedule({ schedule: name, args, options }: ScheduleSpec): Schedule {
  return factories[name](...args, ...(options === undefined ? [] : [options])) as Schedule;
}

function build({ name, args = [], options }: TransformationSpec): GradientTransformation {
  const values = args.map((item) =>
    typeof item === "number" ? item : "schedule" in item ? schedule(item) : build(item),
  );
  const made = factories[name](...values, ...(options === undefined ? [] : [options]));
  return made as GradientTransformation;
}

function ramp(seed: number, shape: readonly number[]): NDArray {
  return fromSpec({ ramp: seed, shape, dtype: "float32" });
}

/** The gradients of generate/optax_cases.py: other ones in each step, and always 0 for one element. */
function gradient(step: number): Params {
  const seed = 13 * step;
  const factors = array([1, 0, 4, 0.25]);
  return {
    b: multiply(ramp(seed, [4]), factors),
    s: ramp(seed + 1, []),
    w: ramp(seed + 2, [3, 4]),
  };
}

test("transformations move parameters as Optax does, over 50 steps", (t) => {
  const title = ({ transformation }: Answers["optimizers"][number]): string =>
    JSON.stringify(transformation);
  checkEach(t, answers.optimizers, title, ({ transformation, params: saved }) => {
    const tx = build(transformation);
    let params: Params = { b: ramp(0, [4]), s: ramp(1, []), w: ramp(2, [3, 4]) };
    let state = tx.init(params);
    for (let step = 0; step < 50; step++) {
      let updates: Params;
      [updates, state] = tx.update(gradient(step), state, params);
      params = optax.applyUpdates(params, updates);
      for (const [name, answer] of Object.entries(saved[String(step + 1)] ?? {})) {
        const value = params[name as keyof Params];
        const problem = closeDifference(value, answer, { rtol: 1e-6, atol: 1e-6 });
        if (problem !== undefined) return `after step ${step + 1}, ${name}: ${problem}`;
      }
    }
    return undefined;
  });
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
      const wrong = counted.find((value) => !(Math.abs(value - expected) <= 1e-6 * expected));
      if (wrong !== undefined) return `${wrong} instead of ${expected} at ${count}`;
    }
    return undefined;
  });
});

test("losses and their gradients equal those of Optax", (t) => {
  const title = ({ op, args }: Answers["losses"][number]): string =>
    `${op}(${JSON.stringify(args)})`;
  checkEach(t, answers.losses, title, ({ op, args, value, gradient: slope }) => {
    const [x, y] = args.map(fromSpec);
    const loss = (x: Tensor): Tensor => factories[op](x, y) as Tensor;
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
