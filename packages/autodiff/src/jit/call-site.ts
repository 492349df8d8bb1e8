/** Code of this library, compiled or by its source map: an installed package, or a sibling of this one in a workspace. */
function isOwn(place: string): boolean {
  if (/\/(@flaxen\/[\w-]+|flaxen)\/(dist|src)\//.test(place)) return true;
  const { url = "" } = import.meta as { readonly url?: string };
  const siblings = withoutScheme(url).replace(/[\w-]+\/dist\/.*$/, "");
  return withoutScheme(place).startsWith(siblings) && /\/(dist|src)\//.test(place);
}

function withoutScheme(place: string): string {
  return place.replace(/^file:\/\//, "");
}

/** The first line of a stack outside this library, as ` at file:line:column`; empty if there is none. */
export function callSite(error: Error | null): string {
  for (const line of error?.stack?.split("\n") ?? []) {
    const place = /(?:(?:file|https?):\/\/|\/)[^\s()]+:\d+:\d+/.exec(line)?.[0];
    if (place !== undefined && !isOwn(place)) return ` at ${place}`;
  }
  return "";
}
