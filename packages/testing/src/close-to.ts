import type { Assertions } from "./values.ts";
import { flatValues, shapeOf } from "./values.ts";

/** How far two values may be apart: `|actual - expected| <= atol + rtol * |expected|`. */
export interface Tolerance {
  /** Relative part; taken from the dtype of `actual` when absent. */
  readonly rtol?: number;
  /** Absolute part; equal to the relative one when absent. */
  readonly atol?: number;
}

const RTOL: Readonly<Record<string, number>> = {
  float16: 2e-3,
  bfloat16: 2e-2,
  float32: 2e-6,
  float64: 1e-12,
};

function defaultTolerance(actual: unknown): number {
  if (actual instanceof Float64Array) return RTOL["float64"];
  const dtype =
    typeof actual === "object" && actual !== null && "dtype" in actual ? actual.dtype : "";
  return RTOL[String(dtype)] ?? RTOL["float32"];
}

/** Asserts that two arrays have equal shapes and close elements; NaN equals NaN, infinities must agree. */
export function closeTo(
  t: Assertions,
  actual: unknown,
  expected: unknown,
  { rtol = defaultTolerance(actual), atol = rtol }: Tolerance = {},
): void {
  const [a, e] = [flatValues(actual), flatValues(expected)];
  const [shape, wanted] = [shapeOf(actual), shapeOf(expected)];
  // A flat list of expected values may stand for any shape.
  if (a.length !== e.length || (wanted.length > 1 && shape.join() !== wanted.join())) {
    t.fail(`shape [${shape.join(", ")}] instead of [${wanted.join(", ")}]`);
    return;
  }
  const wrong: string[] = [];
  for (let i = 0; i < a.length; i++) {
    if (Object.is(a[i], e[i]) || a[i] === e[i]) continue;
    // Written so that a NaN on one side is never close.
    if (Math.abs(a[i] - e[i]) <= atol + rtol * Math.abs(e[i]) && Number.isFinite(e[i])) continue;
    wrong.push(`[${i}] ${a[i]} instead of ${e[i]} (off by ${Math.abs(a[i] - e[i])})`);
  }
  if (wrong.length === 0) t.pass();
  else {
    const head = `${wrong.length} of ${a.length} elements differ (rtol ${rtol}, atol ${atol}):`;
    t.fail([head, ...wrong.slice(0, 8)].join("\n"));
  }
}
