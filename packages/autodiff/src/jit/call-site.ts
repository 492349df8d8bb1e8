/** Code of this library: an installed package, or a sibling of this one in a workspace. */
function isOwn(place: string): boolean {
  if (/\/(@flaxen\/[\w-]+|flaxen)\/dist\//.test(place)) return true;
  const siblings = String((import.meta as { readonly url?: string }).url).replace(
    /[\w-]+\/dist\/.*$/,
    "",
  );
  return place.startsWith(siblings) && place.includes("/dist/");
}

/** The first line of a stack outside this library, as ` at file:line:column`; empty if there is none. */
export function callSite(error: Error | null): string {
  for (const line of error?.stack?.split("\n") ?? []) {
    const place = /(?:(?:file|https?):\/\/|\/)[^\s()]+:\d+:\d+/.exec(line)?.[0];
    if (place !== undefined && !isOwn(place)) return ` at ${place}`;
  }
  return "";
}
