import { describe } from "@flaxen/dtype";
import { isKey } from "@flaxen/rng";
import type { Key } from "@flaxen/rng";
import { isPytree } from "./pytree.ts";
import type { RngStream, Rngs } from "./rngs.ts";
import type { Callee } from "./places.ts";

/** Where a call takes random keys from: streams, one stream, or the key itself. */
export type RandomSource = Rngs | RngStream | Key;

/** The key for one random mask. */
export function drawKey(callee: Callee, source: RandomSource | null, name: string): Key {
  if (source === null) {
    throw new Error(
      `${callee}: rngs must be given when deterministic is false, got null. Pass { rngs } or call eval().`,
    );
  }
  return isKey(source) ? source : toStream(callee, source, name).next();
}

/** The stream of that name, or the stream itself. */
export function toStream(callee: Callee, rngs: Rngs | RngStream, name: string): RngStream {
  if (isPytree(rngs) && "stream" in rngs) return rngs.stream(name);
  if (isPytree(rngs) && "count" in rngs) return rngs;
  throw new TypeError(`${callee}: rngs must be an Rngs or an RngStream, got ${describe(rngs)}.`);
}
