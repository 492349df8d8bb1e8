/** What a file and an object do not have in common. */
export interface Misfits {
  readonly missing: readonly string[];
  readonly unexpected: readonly string[];
  readonly mismatched: readonly string[];
}

/** Refuses a file that does not fit an object, with one message that lists everything. */
export function checkMisfits(
  callee: string,
  argument: string,
  strict: boolean,
  { missing, unexpected, mismatched }: Misfits,
): void {
  if (mismatched.length === 0 && !(strict && missing.length + unexpected.length > 0)) return;
  const list = (names: readonly string[]): string => names.join(", ") || "none";
  throw new RangeError(
    `${callee}: ${argument} must fit the object, got missing: ${list(missing)}; unexpected: ${list(unexpected)}; mismatched: ${list(mismatched)}.`,
  );
}
