import type { Assertions } from "./values.ts";
import { flatValues, shapeOf } from "./values.ts";

/** Asserts that all elements are the same numbers, `-0` and `0` told apart, NaN equal to NaN. */
export function bitEqual(t: Assertions, actual: unknown, expected: unknown): void {
  const [a, e] = [flatValues(actual), flatValues(expected)];
  const [shape, wanted] = [shapeOf(actual), shapeOf(expected)];
  if (a.length !== e.length || (wanted.length > 1 && shape.join() !== wanted.join())) {
    t.fail(`shape [${shape.join(", ")}] instead of [${wanted.join(", ")}]`);
    return;
  }
  const wrong = [...a.keys()].filter((i) => !Object.is(a[i], e[i]));
  if (wrong.length === 0) t.pass();
  else {
    const lines = wrong.slice(0, 8).map((i) => `[${i}] ${a[i]} instead of ${e[i]}`);
    t.fail([`${wrong.length} of ${a.length} elements differ:`, ...lines].join("\n"));
  }
}
