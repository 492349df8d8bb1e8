import { isTensor } from "@flaxen/autodiff";
import { describe, isDType, isFloating } from "@flaxen/dtype";

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

/** Checks a part of a whole, its ends included. */
export function checkFraction(callee: string, argument: string, value: unknown): void {
  checkNumber(callee, argument, value, "a number in [0, 1]", (x) => x >= 0 && x <= 1);
}

/** Checks a switch. */
export function checkBoolean(callee: string, argument: string, value: unknown): void {
  if (typeof value === "boolean") return;
  throw new TypeError(`${callee}: ${argument} must be a boolean, got ${describe(value)}.`);
}

/** Checks a whole number that is more than zero. */
export function checkPositiveInteger(callee: string, argument: string, value: unknown): void {
  const rule = "a positive integer";
  checkNumber(callee, argument, value, rule, (x) => x > 0 && Number.isSafeInteger(x));
}

/** Checks a whole number that is zero or more. */
export function checkNonNegativeInteger(callee: string, argument: string, value: unknown): void {
  const rule = "a non-negative integer";
  checkNumber(callee, argument, value, rule, (x) => x >= 0 && Number.isSafeInteger(x));
}

/** Checks the name of a dtype for a state; `undefined` stands for that of the parameters. */
export function checkStateDType(callee: string, argument: string, value: unknown): void {
  if (value === undefined || (isDType(value) && isFloating(value))) return;
  throw new TypeError(
    `${callee}: ${argument} must be the name of a floating-point dtype, got ${describe(value)}.`,
  );
}

/** One of the checks of numbers above. */
type Check = (callee: string, argument: string, value: unknown) => void;

/** Checks a hyper-parameter: a number by `check`, a tensor by its form alone. */
export function checkHyperparam(
  check: Check,
  callee: string,
  argument: string,
  value: unknown,
): void {
  if (!isTensor(value)) {
    check(callee, argument, value);
    return;
  }
  if (value.ndim === 0 && isFloating(value.dtype)) return;
  const message = `${callee}: ${argument} must be a number or a floating-point scalar, got ${describe(value)}.`;
  throw isFloating(value.dtype) ? new RangeError(message) : new TypeError(message);
}

/** Checks a step size or a decay that may follow a schedule: a hyper-parameter or a function. */
export function checkScheduled(callee: string, argument: string, value: unknown): void {
  if (typeof value === "function") return;
  const rule = "a non-negative finite number or a schedule";
  const check: Check = () =>
    checkNumber(callee, argument, value, rule, (x) => x >= 0 && Number.isFinite(x));
  checkHyperparam(check, callee, argument, value);
}
