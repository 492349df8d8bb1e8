// A TypeDoc plug-in: {@link RangeError} and its like lead to their pages on MDN.
const MDN = "https://developer.mozilla.org/docs/Web/JavaScript/Reference/Global_Objects/";
const GLOBALS = new Set(["Error", "RangeError", "TypeError"]);

/** Called by TypeDoc. */
export function load({ converter }) {
  converter.addUnknownSymbolResolver(({ symbolReference }) => {
    const name = symbolReference?.path?.map(({ path }) => path).join(".");
    return GLOBALS.has(name) ? MDN + name : undefined;
  });
}
