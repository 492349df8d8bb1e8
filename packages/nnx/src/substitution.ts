import { slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * Runs `body` while Variables seem to hold other values. They hold their own again afterwards, so no
 * transform has to know.
 */
export function runWithValues<R>(
  values: readonly (readonly [Variable<unknown>, unknown])[],
  body: () => R,
): R {
  const own = values.map(([variable]) => slotOf(variable).value);
  for (const [variable, value] of values) slotOf(variable).value = value;
  try {
    return body();
  } finally {
    values.forEach(([variable], i) => (slotOf(variable).value = own[i]));
  }
}
