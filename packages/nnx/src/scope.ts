/**
 * One running call of a transform such as `grad`. A Variable belongs to the scope in which it was
 * created or into which it was passed; only there may it be written.
 */
export interface Scope {
  /** The transform's name, for error messages. */
  readonly name: string;
  /** False as soon as the call has ended. */
  active: boolean;
  /** Number of Variables created inside. */
  created: number;
  /** Number of reads of Params that were captured from outside all transforms. */
  capturedParamReads: number;
}

// The one mutable thing at module level: which transform is running right now. It is null again
// whenever no transform runs, so nothing outlives a call.
let current: Scope | null = null;

/** The innermost running transform, or null in plain eager code. */
export function currentScope(): Scope | null {
  return current;
}

/** Runs `body` as the inside of the transform `name`. */
export function runInScope<R>(name: string, body: (scope: Scope) => R): R {
  const outer = current;
  const scope = { name, active: true, created: 0, capturedParamReads: 0 };
  current = scope;
  try {
    return body(scope);
  } finally {
    current = outer;
    scope.active = false;
  }
}

/** Says that a function reads the Params of a model that was not passed to it. */
export function warnAboutConstants(callee: string, purpose: string): void {
  const { console } = globalThis as { console?: { warn(message: string): void } };
  console?.warn(
    `${callee}: the function has no argument that holds Variables, but reads Params, which are constants to it. Pass the model as an argument to ${purpose}.`,
  );
}
