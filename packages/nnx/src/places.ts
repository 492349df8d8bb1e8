import { formatPath } from "./paths.ts";
import type { Path } from "./paths.ts";
import { findVariables } from "./traverse.ts";

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

// Modules that are looked through when no walk has met an object yet, the oldest ones first.
const MADE: WeakRef<object>[] = [];
const MOST_MADE = 4096;

/** Remembers a Module for messages about what it will hold. */
export function noteModule(module: object): void {
  MADE.push(new WeakRef(module));
  if (MADE.length <= MOST_MADE) return;
  const alive = MADE.filter((ref) => ref.deref() !== undefined).slice(-MOST_MADE / 2);
  MADE.splice(0, MADE.length, ...alive);
}

/** Walks all Modules that there are, which notes the places of what they hold. */
function lookAround(): void {
  for (const ref of MADE) {
    const module = ref.deref();
    if (module !== undefined) findVariables(module);
  }
}

/**
 * Tells where an object is, as in ` at layers.2.bias of CNN`; empty if it is in no Module, or no longer where a walk has
 * found it.
 */
export function placeOf(value: object): string {
  return knownPlace(value) || (lookAround(), knownPlace(value));
}

function knownPlace(value: object): string {
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
