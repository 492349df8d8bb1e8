import type { Tensor } from "@flaxen/autodiff";
import { currentScope } from "./scope.ts";
import type { Scope } from "./scope.ts";
import { restoreSnapshot, takeSnapshot } from "./snapshot.ts";
import type { Snapshot } from "./snapshot.ts";
import { listTracers, mapTracers } from "./tracers.ts";
import { findVariables, traverse } from "./traverse.ts";
import { checkWritable, isVariable, slotOf } from "./variable.ts";
import type { Variable } from "./variable.ts";

/**
 * One call of a transformed function: lends the Variables of the arguments to the transform, and
 * afterwards writes back what has changed, or puts everything back as it was.
 */
export class LiftedCall {
  private readonly args: readonly unknown[];
  private readonly snapshot: Snapshot;
  private readonly outer: Scope | null;
  /** What each Variable of the arguments held when the function started. */
  private readonly started: Map<Variable<unknown>, unknown>;
  private changed: readonly Variable<unknown>[] = [];
  private results: unknown = null;

  /** Takes stock of the arguments. */
  constructor(args: readonly unknown[]) {
    this.args = args;
    this.snapshot = takeSnapshot(traverse(args, { isLeaf: isVariable }));
    this.outer = currentScope();
    this.started = new Map(
      this.snapshot.slots.map(([variable]) => [variable, slotOf(variable).value]),
    );
  }

  /** Whether the arguments hold any Variables. */
  get hasVariables(): boolean {
    return this.started.size > 0;
  }

  /** Makes the Variables writable in the transform and nowhere else. */
  lend(scope: Scope): void {
    for (const [variable] of this.snapshot.slots) slotOf(variable).scope = scope;
  }

  /** Points a Variable at a traced value. */
  trace(variable: Variable<unknown>, value: Tensor): void {
    slotOf(variable).value = value;
    this.started.set(variable, value);
  }

  /**
   * Looks through what the function has returned besides its value, and what it has written.
   *
   * @returns every traced value in there.
   */
  collect(scope: Scope, aux: unknown): Tensor[] {
    const { started } = this;
    const written = [...started.keys()].filter(
      (variable) => slotOf(variable).value !== started.get(variable),
    );
    this.changed = [...written, ...this.made(scope, aux)];
    this.results = [aux, this.changed.map((variable) => slotOf(variable).value)];
    return listTracers(this.results);
  }

  /**
   * Takes the Variables back from the transform, with what was written to them.
   *
   * @param values - stand for the traced values that `collect` returned.
   * @returns what the function has returned besides its value.
   */
  settle(values: readonly Tensor[]): unknown {
    let next = 0;
    const [aux, written] = mapTracers(this.results, () => values[next++]) as [unknown, unknown[]];
    for (const [variable, { held, scope }] of this.snapshot.slots) {
      slotOf(variable).held = held;
      slotOf(variable).scope = scope;
    }
    this.changed.forEach((variable, i) => {
      if (this.started.has(variable)) checkWritable(variable, written[i]);
      else slotOf(variable).scope = this.outer;
    });
    this.changed.forEach((variable, i) => (slotOf(variable).value = written[i]));
    return aux;
  }

  /** Puts Variables and fields back as they were. */
  restore(): void {
    restoreSnapshot(this.snapshot);
  }

  /** The Variables made inside that can be reached afterwards. */
  private made(scope: Scope, aux: unknown): Variable<unknown>[] {
    if (scope.created === 0) return [];
    return findVariables([this.args, aux])
      .map(([, variable]) => variable)
      .filter((variable) => slotOf(variable).scope === scope && !this.started.has(variable));
  }
}
