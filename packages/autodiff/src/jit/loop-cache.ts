import { scratchEpoch } from "@flaxen/wasm";
import { compileLoops } from "../loops/compile-loops.ts";
import type { LoopFunction } from "../loops/compile-loops.ts";
import type { LoopGroup } from "../loops/loop-group.ts";
import { applicationKey } from "./application-key.ts";

/** Modules that are kept; beyond it the oldest one goes. */
const LIMIT = 64;

// Programs differ by constants more often than by code: another learning rate, or an optimizer that was made anew.
const modules: Map<string, readonly LoopFunction[]> = /* @__PURE__ */ new Map();

/** Compiles groups of loops, or finds the code that was compiled for equal ones. */
export function loopsOf(groups: readonly LoopGroup[]): readonly LoopFunction[] | undefined {
  const keys = groups.map(keyOfGroup);
  // The code works on one scratch memory.
  const key = keys.includes(undefined) ? undefined : `${scratchEpoch()} ${keys.join(";")}`;
  const known = key === undefined ? undefined : modules.get(key);
  const loops = known ?? compileLoops(groups);
  if (key === undefined || loops === undefined) return loops;
  modules.delete(key);
  modules.set(key, loops);
  if (modules.size > LIMIT) {
    const [oldest] = modules.keys();
    modules.delete(oldest);
  }
  return loops;
}

function keyOfGroup(group: LoopGroup): string | undefined {
  const { shape, inputs, nodes, outputs, reductions, ranged } = group;
  const applications = nodes.map(({ primitive, params, operands, dtype }) => {
    const key = applicationKey(primitive, params, operands);
    return key === undefined ? undefined : `${dtype} ${key}`;
  });
  if (applications.includes(undefined)) return undefined;
  return JSON.stringify([shape, inputs, applications, outputs, reductions, ranged]);
}
