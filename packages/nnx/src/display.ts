import { describe } from "@flaxen/dtype";
import { isTensor, isTracer } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { addSizes, formatSize, sizeOfValue } from "./sizes.ts";
import type { Size } from "./sizes.ts";
import { entriesOf, findVariables, isNode } from "./traverse.ts";
import type { Node } from "./traverse.ts";
import { isVariable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * Prints objects to the console as trees of fields with the sizes of what they hold, in Node and in
 * browsers alike. `String(model)` is the same text, and so is what `console.log(model)` shows in Node.
 *
 * @param values - Modules, States, or anything else.
 *
 * @example
 * ```ts
 * import { display, Linear, Rngs } from "@flaxen/nnx";
 *
 * const linear = new Linear(2, 3, { rngs: new Rngs(0) });
 * display(linear);
 * String(linear).split("\n")[0]; // => "Linear { // Param: 9 (36 B)"
 * ```
 */
export function display(...values: readonly unknown[]): void {
  const { console } = globalThis as { console?: { log(message: string): void } };
  for (const value of values) console?.log(formatTree(value));
}

/** The text of `display`. */
export function formatTree(value: unknown): string {
  return format(value, "", new Set()).join(" ");
}

/** A text, and a comment that belongs behind it. */
type Formatted = [text: string, ...comment: string[]];

function format(value: unknown, indent: string, seen: Set<unknown>): Formatted {
  if (isVariable(value)) return formatVariable(value);
  if (typeof value === "function") return [`[function ${value.name || "anonymous"}]`];
  if (!isNode(value)) return [isTensor(value) && value.size <= 1 ? scalar(value) : describe(value)];
  const name = nameOf(value);
  const [open, close] = Array.isArray(value) ? ["[", "]"] : [name === "" ? "{" : `${name} {`, "}"];
  if (seen.has(value)) return [`${open}...${close}`];
  seen.add(value);
  const entries = entriesOf(value).filter(([, child]) => child !== undefined);
  if (entries.length === 0) return [open + close];
  const inner = `${indent}  `;
  const lines = entries.map(([key, child]) => {
    const [text, ...comment] = format(child, inner, seen);
    const label = Array.isArray(value) ? "" : `${String(key)}: `;
    return [`${inner}${label}${text},`, ...comment].join(" ");
  });
  const short = `${open === "[" ? "[" : `${open} `}${lines.map((line) => line.trim().slice(0, -1)).join(", ")}${close === "]" ? "]" : " }"}`;
  if (!entries.some(([, child]) => isVariable(child) || isNode(child)) && short.length < 72)
    return [short];
  const sizes = formatSizes(value);
  return [[`${open}${sizes}`, ...lines, `${indent}${close}`].join("\n")];
}

function formatVariable(variable: Variable<unknown>): Formatted {
  const { value, metadata } = slotOf(variable);
  const extra = Object.entries(metadata).map(([key, entry]) => `${key}: ${describe(entry)}`);
  const content = isTensor(value) && value.size <= 1 ? scalar(value) : describe(value);
  const name = nameOf(variable) || variable.kind;
  return [
    [`${name}(${content})`, ...(extra.length > 0 ? [`{ ${extra.join(", ")} }`] : [])].join(" "),
    `// ${formatSize(sizeOfValue(value))}`,
  ];
}

function scalar(value: Tensor): string {
  if (isTracer(value) || value.size === 0) return describe(value);
  return `${describe(value)} ${String(value.toArray())}`;
}

function nameOf(value: object): string {
  if (Array.isArray(value)) return "";
  const { constructor } = value;
  const name = typeof constructor === "function" ? constructor.name : "";
  return name === "Object" ? "" : name;
}

/** The total sizes by kind of Variable, e.g. ` // Param: 9 (36 B)`. */
function formatSizes(node: Node): string {
  const totals = new Map<string, Size>();
  for (const [, variable] of findVariables(node)) {
    const { kind } = variable;
    const size = sizeOfValue(slotOf(variable).value);
    totals.set(kind, addSizes(totals.get(kind) ?? { elements: 0, bytes: 0 }, size));
  }
  const parts = [...totals].sort(([a], [b]) => (a < b ? -1 : 1));
  return parts.length === 0
    ? ""
    : ` // ${parts.map(([kind, size]) => `${kind}: ${formatSize(size)}`).join(", ")}`;
}
