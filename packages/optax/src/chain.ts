import { describe } from "@flaxen/dtype";
import type { GradientTransformation } from "./gradient-transformation.ts";

/**
 * Builds the transformation that applies others one after the other.
 *
 * Each one gets the updates of the one before it, and all get the same parameters.
 *
 * @param transformations - At least zero of them, first one first.
 * @returns A transformation whose state is the array of their states.
 * @throws {@link TypeError} if an argument lacks `init` or `update`.
 * @throws {@link TypeError} (in `update`) if the state is not an array of as many states.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { chain, clip, scale } from "@flaxen/optax";
 *
 * const tx = chain(clip(1), scale(-0.5));
 * const params = array([0, 0]);
 * tx.update(array([0.5, 4]), tx.init(params)); // => [[-0.25, -0.5], [{}, {}]]
 * ```
 */
export function chain<States extends readonly unknown[]>(
  ...transformations: { readonly [K in keyof States]: GradientTransformation<States[K]> }
): GradientTransformation<States> {
  transformations.forEach((part: unknown, i) => {
    checkTransformation("chain", "transformations", part, ` at ${i}`);
  });
  return chainAs<States>("chain", ...transformations);
}

/** {@link chain} of known transformations, as the optimizer `callee`, which messages name. */
export function chainAs<States extends readonly unknown[]>(
  callee: string,
  ...transformations: { readonly [K in keyof States]: GradientTransformation<States[K]> }
): GradientTransformation<States> {
  const parts: readonly GradientTransformation[] = transformations;
  return {
    init: (params) => parts.map((part) => part.init(params)) as readonly unknown[] as States,
    update<T>(updates: T, state: States, params?: unknown): [T, States] {
      checkStates(callee, parts.length, state);
      const states: readonly unknown[] = parts.map((part, i) => {
        const [next, partState] = part.update(updates, state[i], params);
        updates = next;
        return partState;
      });
      return [updates, states as States];
    },
  };
}

/** Checks that an argument has the functions of a transformation. */
export function checkTransformation(
  callee: string,
  argument: string,
  part: unknown,
  place: string = "",
): void {
  if (typeof part === "object" && part !== null) {
    const { init, update } = part as Partial<GradientTransformation>;
    if (typeof init === "function" && typeof update === "function") return;
  }
  throw new TypeError(
    `${callee}: ${argument} must have init and update, got ${describe(part)}${place}.`,
  );
}

function checkStates(callee: string, count: number, state: unknown): void {
  if (Array.isArray(state) && state.length === count) return;
  const found = Array.isArray(state) ? `an array of ${state.length}` : describe(state);
  throw new TypeError(
    `${callee}.update: state must be the array of ${count} states that init returned, got ${found}.`,
  );
}
