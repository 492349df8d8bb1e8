import type { Assertions } from "./values.ts";
import { toPlain } from "./values.ts";

/** Compares what a documentation example evaluates to with the value printed behind its `// =>`. */
export function exampleEquals(t: Assertions, actual: unknown, expected: unknown): void {
  t.deepEqual(toPlain(actual), toPlain(expected));
}

/** Asserts that a documentation example throws `Name: message`. */
export function exampleThrows(t: Assertions, run: () => unknown, expected: string): void {
  let outcome = "nothing";
  try {
    run();
  } catch (error) {
    outcome = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  }
  t.deepEqual(outcome, expected);
}
