import { isTensor } from "@flaxen/autodiff";
import { describe } from "@flaxen/dtype";

/** Checks that a state has the fields that the transformation put there. */
export function checkState(callee: string, state: unknown, fields: readonly string[]): void {
  const whole =
    typeof state === "object" && state !== null && fields.every((field) => field in state);
  if (whole) return;
  throw new TypeError(
    `${callee}: state must have the fields ${fields.join(", ")}, got ${found(state)}. Pass what init or the last update returned.`,
  );
}

function found(state: unknown): string {
  const hasFields = typeof state === "object" && state !== null && !Array.isArray(state);
  return hasFields && !isTensor(state) ? `{${Object.keys(state).join(", ")}}` : describe(state);
}
