import { describe } from "@flaxen/dtype";
import type { VariableClass } from "./filters.ts";
import { isVariable } from "./variable.ts";
import type { Variable } from "./variable.ts";

/** Settings of `Module.sow`. */
export interface SowOptions {
  /** Makes the first value to reduce with; an empty list by default. */
  readonly initFn?: () => unknown;
  /** Puts what was recorded before and a new value together; appends to a list by default. */
  readonly reduceFn?: (before: never, value: never) => unknown;
}

/** The field in which a Module keeps what it records while `capture` runs. */
export const CAPTURES = "__captures__";

/** A Variable that holds recorded values by name. */
export type Recorder = Variable<Readonly<Record<string, unknown>>>;

/** Where a Module records Variables of a class; undefined if nobody asks for them. */
export function findRecorder(module: object, type: VariableClass): Recorder | undefined {
  const recorders: unknown = Object.getOwnPropertyDescriptor(module, CAPTURES)?.value;
  if (!Array.isArray(recorders)) return undefined;
  return recorders.find(
    (recorder: unknown) =>
      isVariable(recorder) && Object.getPrototypeOf(recorder) === type.prototype,
  ) as Recorder | undefined;
}

/** Records a value; returns whether anybody asks for it. */
export function record(
  module: object,
  type: VariableClass,
  name: string,
  value: unknown,
  { initFn = () => [], reduceFn = append as NonNullable<SowOptions["reduceFn"]> }: SowOptions,
): boolean {
  if (typeof name !== "string" || name === "") {
    throw new TypeError(`Module.sow: name must be a string, not empty, got ${describe(name)}.`);
  }
  const recorder = findRecorder(module, type);
  if (recorder === undefined) return false;
  const before = Object.hasOwn(recorder.value, name) ? recorder.value[name] : initFn();
  recorder.value = { ...recorder.value, [name]: reduceFn(before as never, value as never) };
  return true;
}

function append(before: readonly unknown[], value: unknown): readonly unknown[] {
  return [...before, value];
}
