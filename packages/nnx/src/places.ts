import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";

/** Where an object was found, for error messages. */
interface Place {
  readonly root: WeakRef<object>;
  readonly path: Path;
}

// Holds no object alive, and is only read when something is refused.
const PLACES: WeakMap<object, Place> = /* @__PURE__ */ new WeakMap();

/** Remembers where a walk has found objects; of several places the one with the longest path. */
export function notePlaces(
  root: object,
  ...lists: readonly (readonly (readonly [Path, unknown])[])[]
): void {
  const here = new WeakRef(root);
  for (const found of lists) {
    for (const [path, value] of found) {
      const known = PLACES.get(value as object);
      if (path.length > (known?.path.length ?? 0))
        PLACES.set(value as object, { root: here, path });
    }
  }
}

/**
 * Tells where an object is, as in ` at layers.2.bias of CNN`; empty if no walk has met it yet, or it is no
 * longer there.
 */
export function placeOf(value: object): string {
  const place = PLACES.get(value);
  const root = place?.root.deref();
  if (place === undefined || root === undefined) return "";
  let found: unknown = root;
  for (const part of place.path) {
    if (typeof found !== "object" || found === null) return "";
    found =
      found instanceof Map
        ? (found.get(part) ?? found.get(String(part)))
        : (found as Readonly<Record<string | number, unknown>>)[part];
  }
  return found === value ? ` at ${formatPath(place.path)} of ${root.constructor.name}` : "";
}

/** Who refuses something, in an error message: a name, or what makes one when it is needed. */
export interface Callee {
  /** The name. */
  toString(): string;
}

/** The name of a method with the place of the layer, as in `Linear.forward at head of CNN`. */
export function methodOf(layer: object, method: string): Callee {
  return { toString: () => method + placeOf(layer) };
}
