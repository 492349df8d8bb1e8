import { entriesOf } from "./traverse.ts";
import type { Node, Traversal } from "./traverse.ts";
import { defineField } from "./state.ts";
import { slotOf } from "./variable.ts";
import type { Variable, VariableSlot } from "./variable.ts";

/** Everything that a transform may change in its arguments, as it was before. */
export interface Snapshot {
  readonly slots: readonly (readonly [Variable<unknown>, HeldSlot])[];
  readonly nodes: readonly (readonly [Node, readonly (readonly [unknown, unknown])[]])[];
}

/** The fields of a slot. */
type HeldSlot = Readonly<Pick<VariableSlot, "held" | "metadata" | "scope">>;

/** Remembers the values of Variables and the fields of containers. */
export function takeSnapshot({ leaves, entered }: Traversal): Snapshot {
  return {
    slots: (leaves as readonly (readonly [unknown, Variable<unknown>])[]).map(([, variable]) => {
      const { held, metadata, scope } = slotOf(variable);
      return [variable, { held, metadata, scope }] as const;
    }),
    nodes: entered.map(([, node]) => [node, entriesOf(node)] as const),
  };
}

/** Puts everything back as it was. */
export function restoreSnapshot({ slots, nodes }: Snapshot): void {
  for (const [variable, slot] of slots) Object.assign(slotOf(variable), slot);
  for (const [node, entries] of nodes) restoreNode(node, entries);
}

function restoreNode(node: Node, entries: readonly (readonly [unknown, unknown])[]): void {
  const now = entriesOf(node);
  const same =
    now.length === entries.length &&
    now.every(([key, value], i) => key === entries[i][0] && Object.is(value, entries[i][1]));
  if (same) return;
  if (node instanceof Map) {
    node.clear();
    for (const [key, value] of entries) node.set(key, value);
    return;
  }
  for (const key of Object.keys(node)) Reflect.deleteProperty(node, key);
  for (const [key, value] of entries) defineField(node, key as string, value);
  if (Array.isArray(node)) node.length = entries.length;
}
