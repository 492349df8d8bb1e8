import { figures, inUnit, markdownTable } from "./table.ts";
import type { Row } from "./table.ts";

/** The libraries of JavaScript whose best is the bar. */
const RIVALS = ["jax-js", "jax-js jit", "tfjs wasm", "tfjs cpu", "numpy-ts", "ort-web"];

interface Goal {
  readonly name: string;
  /** What the run gives, or undefined where it has not measured that. */
  readonly value: (times: Times) => number | undefined;
  readonly bound: number;
  readonly better: "higher" | "lower";
}

/** Milliseconds (medians) of a run. */
class Times {
  readonly #rows: readonly Row[];

  constructor(rows: readonly Row[]) {
    this.#rows = rows;
  }

  of(workload: RegExp, contestant: string): number | undefined {
    return this.#row(workload)?.outcomes.get(contestant)?.time?.median;
  }

  /** Milliseconds of the first call less those of a later one. */
  compilation(workload: RegExp, contestant: string): number | undefined {
    const outcome = this.#row(workload)?.outcomes.get(contestant);
    if (outcome?.first === undefined || outcome.time === undefined) return undefined;
    return outcome.first - outcome.time.median;
  }

  /** In the workload's unit. */
  rate(workload: RegExp, contestant: string): number | undefined {
    const row = this.#row(workload);
    const time = this.of(workload, contestant);
    return row && time ? inUnit(time, row.workload.unit, row.workload.count) : undefined;
  }

  best(workload: RegExp): number | undefined {
    const times = RIVALS.map((name) => this.of(workload, name)).filter((ms) => ms !== undefined);
    return times.length > 0 ? Math.min(...times) : undefined;
  }

  #row(name: RegExp): Row | undefined {
    return this.#rows.find(({ workload }) => name.test(workload.name));
  }
}

function ratio(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? undefined : a / b;
}

const atLeast = (name: string, bound: number, value: Goal["value"]): Goal => ({
  name,
  bound,
  value,
  better: "higher",
});
const atMost = (name: string, bound: number, value: Goal["value"]): Goal => ({
  name,
  bound,
  value,
  better: "lower",
});

const GOALS: readonly Goal[] = [
  ...[256, 512, 1024].flatMap((n) => {
    const row = new RegExp(`^matmul ${n}$`);
    return [
      atLeast(`matmul ${n}: rate beside the best of JavaScript`, 1.35, (t) =>
        ratio(t.best(row), t.of(row, "flaxen")),
      ),
      atLeast(`matmul ${n}: GF/s`, 42, (t) => t.rate(row, "flaxen")),
    ];
  }),
  ...[511, 513].map((n) =>
    atLeast(`matmul ${n}: rate beside that of 512`, 0.8, (t) =>
      ratio(t.rate(new RegExp(`^matmul ${n}$`), "flaxen"), t.rate(/^matmul 512$/, "flaxen")),
    ),
  ),
  ...["Aᵀ B", "A Bᵀ"].map((form) =>
    atLeast(`matmul 512, ${form}: rate beside that of A B`, 0.9, (t) =>
      ratio(t.of(/^matmul 512$/, "flaxen"), t.of(new RegExp(`^matmul 512, ${form}`), "flaxen")),
    ),
  ),
  atLeast("conv forward: GF/s", 38, (t) => t.rate(/^conv forward/, "flaxen")),
  ...["input", "kernel"].map((operand) =>
    atLeast(`conv ${operand} gradient: GF/s`, 32, (t) =>
      t.rate(new RegExp(`^conv ${operand}`), "flaxen"),
    ),
  ),
  atMost("CNN step, jit: time beside JAX", 0.8, (t) =>
    ratio(t.of(/^CNN/, "flaxen jit"), t.of(/^CNN/, "JAX")),
  ),
  atMost("CNN step, jit: time beside the best of JavaScript", 1 / 60, (t) =>
    ratio(t.of(/^CNN/, "flaxen jit"), t.best(/^CNN/)),
  ),
  atMost("MLP step, jit: time beside the best of JavaScript", 0.55, (t) =>
    ratio(t.of(/^MLP/, "flaxen jit"), t.best(/^MLP/)),
  ),
  atMost("MLP step, jit: time beside JAX", 2, (t) =>
    ratio(t.of(/^MLP/, "flaxen jit"), t.of(/^MLP/, "JAX")),
  ),
  atMost("tiny MLP step, jit: time beside JAX", 0.2, (t) =>
    ratio(t.of(/^tiny/, "flaxen jit"), t.of(/^tiny/, "JAX")),
  ),
  atMost("tiny MLP step, eager: time beside JAX", 1, (t) =>
    ratio(t.of(/^tiny/, "flaxen"), t.of(/^tiny/, "JAX")),
  ),
  atMost("operation on 10 elements: µs", 1, (t) => t.rate(/^add of 10$/, "flaxen")),
  atMost("operation on 10 elements in a gradient: µs", 3, (t) =>
    t.rate(/^add of 10 in a gradient/, "flaxen"),
  ),
  atMost("CNN step: ms to compile", 300, (t) => t.compilation(/^CNN/, "flaxen jit")),
  atLeast("CNN step on two threads: speed beside one", 1.6, (t) =>
    ratio(t.of(/^CNN/, "flaxen jit"), t.of(/^CNN/, "flaxen jit, 2 threads")),
  ),
];

/** What the run says of the goals that were set; those that it did not measure stay open. */
export function goalsTable(rows: readonly Row[]): string {
  const times = new Times(rows);
  return markdownTable(
    ["goal", "bound", "measured", ""],
    GOALS.map(({ name, value, bound, better }) => {
      const measured = value(times);
      const verdict =
        measured === undefined
          ? "not measured"
          : (better === "higher" ? measured >= bound : measured <= bound)
            ? "met"
            : "missed";
      const sign = better === "higher" ? "≥" : "≤";
      return [
        name,
        `${sign} ${figures(bound)}`,
        measured === undefined ? "–" : figures(measured),
        verdict,
      ];
    }),
  );
}
