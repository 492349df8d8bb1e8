import { isTracer } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { isPytree } from "./pytree.ts";
import { isNode } from "./traverse.ts";

/**
 * Replaces every traced value in nested arrays, plain objects and Maps. Pytrees stay as they are:
 * their Variables are looked after one by one.
 */
export function mapTracers(tree: unknown, f: (tracer: Tensor) => unknown): unknown {
  if (isTracer(tree)) return f(tree);
  if (!isNode(tree) || isPytree(tree)) return tree;
  if (Array.isArray(tree)) return tree.map((child) => mapTracers(child, f));
  if (tree instanceof Map) {
    return new Map([...tree].map(([key, child]) => [key, mapTracers(child, f)]));
  }
  return Object.fromEntries(
    Object.entries(tree).map(([key, child]) => [key, mapTracers(child, f)]),
  );
}

/** The traced values of a tree in the order in which `mapTracers` meets them. */
export function listTracers(tree: unknown): Tensor[] {
  const found: Tensor[] = [];
  mapTracers(tree, (tracer) => found.push(tracer));
  return found;
}
