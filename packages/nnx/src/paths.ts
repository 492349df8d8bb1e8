/**
 * The place of a value inside a model: field names, and numbers for the indices of lists.
 *
 * A key that consists of digits only counts as an index wherever it comes from.
 */
export type Path = readonly (string | number)[];

const INDEX = /^(?:0|[1-9]\d{0,14})$/;

/** Turns an object key into a path part: `"10"` becomes the index `10`. */
export function toPart(key: string): string | number {
  return INDEX.test(key) ? Number(key) : key;
}

/** Orders path parts as Flax does: indices by value and first, names by code points. */
export function compareParts(a: string | number, b: string | number): number {
  if (typeof a === "number") return typeof b === "number" ? a - b : -1;
  return typeof b === "number" ? 1 : compareNames(a, b);
}

function compareNames(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const x = a.charCodeAt(i);
    const y = b.charCodeAt(i);
    if (x !== y) return codePointRank(x) - codePointRank(y);
  }
  return a.length - b.length;
}

// UTF-16 puts surrogates below U+E000..U+FFFF; the code points they stand for lie above.
function codePointRank(unit: number): number {
  return unit < 0xd800 || unit > 0xdfff ? unit : unit + 0x10000;
}

/** Orders whole paths part by part, a prefix before its extensions. */
export function comparePaths(a: Path, b: Path): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    const order = compareParts(a[i], b[i]);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

/** Prints a path with dots, e.g. `layers.0.kernel`. */
export function formatPath(path: Path): string {
  return path.length === 0 ? "(root)" : path.join(".");
}

/** A string that is equal for equal paths only, to key a Map with. */
export function pathKey(path: Path): string {
  return path.join("\0");
}
