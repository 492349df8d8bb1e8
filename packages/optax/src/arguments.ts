import { describe } from "@flaxen/dtype";

/** Checks that a value is a number, and one that `holds`; `rule` says in words what holds. */
function checkNumber(
  callee: string,
  argument: string,
  value: unknown,
  rule: string,
  holds: (value: number) => boolean,
): void {
  if (typeof value !== "number") {
    throw new TypeError(`${callee}: ${argument} must be ${rule}, got ${describe(value)}.`);
  }
  if (!holds(value)) throw new RangeError(`${callee}: ${argument} must be ${rule}, got ${value}.`);
}

/** Checks a finite number of either sign. */
export function checkFinite(callee: string, argument: string, value: unknown): void {
  checkNumber(callee, argument, value, "a finite number", Number.isFinite);
}

/** Checks a finite number that is zero or more. */
export function checkNonNegative(callee: string, argument: string, value: unknown): void {
  const rule = "a non-negative finite number";
  checkNumber(callee, argument, value, rule, (x) => x >= 0 && Number.isFinite(x));
}

/** Checks a finite number that is more than zero. */
export function checkPositive(callee: string, argument: string, value: unknown): void {
  const rule = "a positive finite number";
  checkNumber(callee, argument, value, rule, (x) => x > 0 && Number.isFinite(x));
}

/** Checks the decay rate of a running average. */
export function checkDecay(callee: string, argument: string, value: unknown): void {
  checkNumber(callee, argument, value, "a number in [0, 1)", (x) => x >= 0 && x < 1);
}

/** Checks a switch. */
export function checkBoolean(callee: string, argument: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`${callee}: ${argument} must be a boolean, got ${describe(value)}.`);
}

/** Checks a step size: a number or, for a schedule, a function. */
export function checkLearningRate(callee: string, value: unknown): void {
  if (typeof value === "function") return;
  const rule = "a non-negative finite number or a schedule";
  checkNumber(callee, "learningRate", value, rule, (x) => x >= 0 && Number.isFinite(x));
}
