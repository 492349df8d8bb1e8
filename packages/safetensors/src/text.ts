// Node and browsers both have these globals, but no `lib` without the whole DOM declares them.

/** The part of the WHATWG encoder that this package uses. */
interface Utf8Encoder {
  encode(text: string): Uint8Array;
}

/** The part of the WHATWG decoder that this package uses. */
interface Utf8Decoder {
  decode(bytes: Uint8Array): string;
}

declare const TextEncoder: new () => Utf8Encoder;
declare const TextDecoder: new (
  label: string,
  options: { fatal: boolean; ignoreBOM: boolean },
) => Utf8Decoder;

/** The UTF-8 bytes of a well-formed string. */
export function utf8Bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

/** The text of UTF-8 bytes, or null when they are not UTF-8. A byte order mark stays in the text. */
export function utf8Text(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return null;
  }
}

/** Whether every surrogate of the string is paired, so that UTF-8 can write it. */
export function isWellFormed(text: string): boolean {
  return !/\p{Surrogate}/u.test(text);
}

/** Orders two well-formed strings by code point, as their UTF-8 bytes sort. */
export function compareCodePoints(a: string, b: string): number {
  const shared = Math.min(a.length, b.length);
  for (let i = 0; i < shared; i++) {
    if (a.charCodeAt(i) !== b.charCodeAt(i)) return a.codePointAt(i)! - b.codePointAt(i)!;
  }
  return a.length - b.length;
}
