import { describe } from "@flaxen/dtype";
import { isTensor } from "@flaxen/autodiff";
import { AbstractTrace } from "./abstract.ts";
import { checkOptions } from "./arguments.ts";
import { withoutValues } from "./eval-shape.ts";
import { isModule, iterModules } from "./module.ts";
import type { Module } from "./module.ts";
import type { Path } from "./paths.ts";
import { addSizes, formatSize, group, sizeOfValue } from "./sizes.ts";
import type { Size } from "./sizes.ts";
import { findVariables, isNode } from "./traverse.ts";
import { slotOf } from "./variable.ts";

/** Settings of `tabulate`. */
export interface TabulateOptions {
  /** The largest number of parts in the paths that are listed; all by default. */
  readonly depth?: number;
  /** The method that is called with the inputs; `"forward"` by default. */
  readonly method?: string;
  /** Whether a column tells the estimated floating-point operations of each call; true by default. */
  readonly flops?: boolean;
}

/**
 * Describes a model as a table, with one row for each Module that a call passes through: path, class,
 * inputs, outputs, estimated floating-point operations, and for each kind of Variable names, shapes,
 * numbers of elements and bytes.
 *
 * Nothing is computed and the model stays as it is. A Module that is called several times is listed once,
 * with its first call.
 *
 * @param model - the Module.
 * @param inputs - the arguments of the call: arrays, of which only shape and dtype count, and others.
 * @param options - see {@link TabulateOptions}.
 * @returns the table, to be printed with a font of fixed width.
 * @throws {@link TypeError} if `model` is no Module, `inputs` no list, or there is no such method.
 * @throws {@link RangeError} if `depth` is negative.
 *
 * @example
 * ```ts
 * import { ones } from "@flaxen/ndarray";
 * import { Linear, Rngs, tabulate } from "@flaxen/nnx";
 *
 * const linear = new Linear(32, 128, { rngs: new Rngs(0) });
 * const table = tabulate(linear, [ones([1, 32])]).split("\n");
 * table[0]; // => "Linear Summary"
 * table.at(-1); // => "Total Parameters: 4,224 (16.9 KB)"
 * table.some((line) => line.includes("kernel: float32[32,128]")); // => true
 * ```
 */
export function tabulate(
  model: Module,
  inputs: readonly unknown[] = [],
  options: TabulateOptions = {},
): string {
  if (!isModule(model)) {
    throw new TypeError(`tabulate: model must be a Module, got ${describe(model)}.`);
  }
  if (!Array.isArray(inputs)) {
    throw new TypeError(`tabulate: inputs must be a list of arguments, got ${describe(inputs)}.`);
  }
  checkOptions("tabulate", options, ["depth", "method", "flops"]);
  const { depth = Infinity, method = "forward", flops = true } = options;
  if (typeof depth !== "number" || !(depth >= 0)) {
    throw new RangeError(`tabulate: depth must be at least 0, got ${describe(depth)}.`);
  }
  const trace = new AbstractTrace();
  const copy = withoutValues(trace, model) as Module;
  if (typeof (copy as unknown as Readonly<Record<string, unknown>>)[method] !== "function") {
    throw new TypeError(
      `tabulate: method must be the name of a method of the model, got ${describe(method)}.`,
    );
  }
  const calls = watch(copy, method, trace);
  const call = (copy as unknown as Readonly<Record<string, (...args: unknown[]) => unknown>>)[
    method
  ];
  Reflect.apply(call, copy, withoutValues(trace, inputs) as unknown[]);
  const rows = calls.filter(({ path }) => path.length <= depth);
  const kinds = [...new Set(findVariables(model).map(([, { kind }]) => groupOf(kind)))].sort(
    (a, b) => (a < b ? -1 : 1),
  );
  const header = ["path", "type", "inputs", "outputs", ...(flops ? ["flops"] : []), ...kinds];
  const body = rows.map(({ path, module, inputs, outputs, flops: cost }) => [
    [path.join("/")],
    [module.constructor.name],
    inputs,
    outputs,
    ...(flops ? [[group(cost)]] : []),
    ...kinds.map((kind) => variableCell(module, kind)),
  ]);
  const totals = kinds.map((kind) => totalOf(model, kind));
  const blanks = header.slice(0, header.length - kinds.length - 1).map(() => [""]);
  const footer = [...blanks, ["Total"], ...totals.map((size) => [formatSize(size)])];
  return [
    `${model.constructor.name} Summary`,
    ...drawTable(header, [...body, footer]),
    `Total Parameters: ${formatSize(totals.reduce(addSizes, { elements: 0, bytes: 0 }))}`,
  ].join("\n");
}

interface Call {
  readonly path: Path;
  readonly module: Module;
  readonly inputs: readonly string[];
  outputs: readonly string[];
  flops: number;
}

/** Makes every Module inside note its first call; `method` counts for the root, `forward` for the others. */
function watch(root: Module, method: string, trace: AbstractTrace): readonly Call[] {
  const calls: Call[] = [];
  for (const [path, module] of iterModules(root)) {
    const name = module === root ? method : "forward";
    const own: unknown = (module as unknown as Readonly<Record<string, unknown>>)[name];
    if (typeof own !== "function") continue;
    let called = false;
    const value = (...args: readonly unknown[]): unknown => {
      if (called) return Reflect.apply(own, module, args);
      called = true;
      const call: Call = { path, module, inputs: cell(args), outputs: [], flops: 0 };
      calls.push(call);
      const before = trace.flops;
      const result: unknown = Reflect.apply(own, module, args);
      call.outputs = cell(Array.isArray(result) ? result : [result]);
      call.flops = trace.flops - before;
      return result;
    };
    Object.defineProperty(module, name, { value, configurable: true });
  }
  return calls;
}

/** One argument as it is, several as a list, and the entries of an options object by name. */
function cell(values: readonly unknown[]): string[] {
  const isOptions = (value: unknown): value is object =>
    isNode(value) && !Array.isArray(value) && !(value instanceof Map) && !isModule(value);
  const named = values.filter(isOptions).flatMap((options) =>
    Object.entries(options)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => `${name}: ${print(value)}`),
  );
  const plain = values.filter((value) => !isOptions(value)).map(print);
  return [...(plain.length > 1 ? plain.map((text) => `- ${text}`) : plain), ...named];
}

function print(value: unknown): string {
  if (isTensor(value)) return `${value.dtype}[${value.shape.join(",")}]`;
  if (Array.isArray(value)) return `[${value.map(print).join(", ")}]`;
  return describe(value);
}

// The key and the count of a stream are of no interest one by one.
function groupOf(kind: string): string {
  return kind === "RngKey" || kind === "RngCount" ? "RngState" : kind;
}

function totalOf(node: Module, kind: string): Size {
  return findVariables(node)
    .filter(([, variable]) => groupOf(variable.kind) === kind)
    .map(([, variable]) => sizeOfValue(slotOf(variable).value))
    .reduce(addSizes, { elements: 0, bytes: 0 });
}

/** The Variables that are fields of the Module itself, and the size of all inside it. */
function variableCell(module: Module, kind: string): readonly string[] {
  const total = totalOf(module, kind);
  if (total.elements === 0) return [""];
  const own = findVariables(module)
    .filter(([path, variable]) => path.length === 1 && groupOf(variable.kind) === kind)
    .map(([[name], variable]) => `${name}: ${print(slotOf(variable).value)}`);
  return own.length === 0 ? [formatSize(total)] : [...own, "", formatSize(total)];
}

/** Draws rows of cells of lines with borders. */
function drawTable(
  header: readonly string[],
  rows: readonly (readonly (readonly string[])[])[],
): string[] {
  const all = [header.map((text) => [text]), ...rows];
  const widths = header.map((_, column) =>
    Math.max(...all.flatMap((row) => row[column].map((line) => line.length))),
  );
  const border = (left: string, middle: string, right: string): string =>
    left + widths.map((width) => "─".repeat(width + 2)).join(middle) + right;
  const drawn = all.flatMap((row, i) => {
    const height = Math.max(...row.map((lines) => lines.length));
    const lines = Array.from({ length: height }, (_, line) => {
      const cells = row.map((texts, column) => (texts[line] ?? "").padEnd(widths[column]));
      return `│ ${cells.join(" │ ")} │`;
    });
    return i === 0 ? lines : [border("├", "┼", "┤"), ...lines];
  });
  return [border("┌", "┬", "┐"), ...drawn, border("└", "┴", "┘")];
}
