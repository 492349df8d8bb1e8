import type { DType } from "@flaxen/dtype";
import { dtypeOf, METADATA_KEY, supportedCodes } from "./format.ts";
import { isWellFormed } from "./text.ts";

/** One tensor as the header describes it. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: DType;
  readonly shape: readonly number[];
  /** First byte, counted from the end of the header. */
  readonly begin: number;
  /** Byte after the last one, counted from the end of the header. */
  readonly end: number;
}

/** What a header holds, tensors in its own order. */
export interface Header {
  readonly entries: readonly TensorEntry[];
  readonly metadata: Record<string, string>;
}

/**
 * Reads the header's JSON. `JSON.parse` would not do: it keeps the last of two equal names without
 * a word, rounds integers past 2^53 and takes 1e2 for one.
 */
export function parseHeader(text: string): Header {
  return new HeaderReader(text).header();
}

/** A cursor over the text. The nesting is fixed, so nothing here recurses. */
class HeaderReader {
  private readonly text: string;
  private position = 0;

  constructor(text: string) {
    this.text = text;
  }

  header(): Header {
    const entries: TensorEntry[] = [];
    let metadata: [string, string][] = [];
    if (this.text[0] !== "{") throw this.unexpected(`"{"`);
    this.fields("header", (name) => {
      if (name === METADATA_KEY) metadata = this.metadata();
      else entries.push(this.entry(name));
    });
    this.skipSpace();
    if (this.position < this.text.length) throw this.unexpected("only padding");
    return { entries, metadata: Object.fromEntries(metadata) };
  }

  private metadata(): [string, string][] {
    const pairs: [string, string][] = [];
    this.fields(METADATA_KEY, (name) => pairs.push([name, this.string()]));
    return pairs;
  }

  private entry(name: string): TensorEntry {
    const label = JSON.stringify(name);
    let code: string | undefined;
    let shape: number[] | undefined;
    let offsets: number[] | undefined;
    this.fields(label, (field) => {
      if (field === "dtype") code = this.string();
      else if (field === "shape") shape = this.integers(`shape of ${label}`);
      else if (field === "data_offsets") offsets = this.integers(`data_offsets of ${label}`);
      else {
        const found = JSON.stringify(field);
        throw new RangeError(
          `decode: ${label} must have only the fields dtype, shape and data_offsets, got ${found}.`,
        );
      }
    });
    if (code === undefined) throw missing(label, "dtype");
    if (shape === undefined) throw missing(label, "shape");
    if (offsets === undefined) throw missing(label, "data_offsets");
    const dtype = dtypeOf(code);
    if (dtype === undefined) {
      const found = JSON.stringify(code);
      throw new TypeError(
        `decode: dtype of ${label} must be one of ${supportedCodes()}, got ${found}.`,
      );
    }
    if (offsets.length !== 2) {
      const found = `[${offsets.join(", ")}]`;
      throw new RangeError(
        `decode: data_offsets of ${label} must be the two integers [begin, end], got ${found}.`,
      );
    }
    return { name, dtype, shape, begin: offsets[0], end: offsets[1] };
  }

  /** Reads an object; `read` must consume the value of each field. */
  private fields(owner: string, read: (name: string) => void): void {
    const seen = new Set<string>();
    this.expect("{");
    if (this.accept("}")) return;
    do {
      const name = this.string();
      if (seen.has(name)) {
        const found = JSON.stringify(name);
        throw new RangeError(`decode: ${owner} must not repeat a name, got ${found} twice.`);
      }
      seen.add(name);
      this.expect(":");
      read(name);
    } while (this.accept(","));
    this.expect("}");
  }

  private integers(owner: string): number[] {
    const values: number[] = [];
    this.expect("[");
    if (this.accept("]")) return values;
    do values.push(this.integer(owner));
    while (this.accept(","));
    this.expect("]");
    return values;
  }

  private integer(owner: string): number {
    this.skipSpace();
    const token = this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (token === undefined) throw this.unexpected("an integer");
    const value = Number(token);
    if (!/^(?:0|[1-9]\d*)$/.test(token) || !Number.isSafeInteger(value)) {
      throw new RangeError(
        `decode: ${owner} must hold integers from 0 to 2^53 - 1, got ${token.slice(0, 40)}.`,
      );
    }
    return value;
  }

  private string(): string {
    this.skipSpace();
    if (this.text[this.position] !== `"`) throw this.unexpected("a string");
    const start = this.position;
    const end = this.closingQuote(start + 1) + 1;
    let value: string | undefined;
    try {
      value = JSON.parse(this.text.slice(start, end)) as string;
    } catch {
      // A raw control character or a bad escape: reported below.
    }
    if (value === undefined || !isWellFormed(value)) {
      throw this.unexpected("a string of valid characters and escapes");
    }
    this.position = end;
    return value;
  }

  /** Where the string that starts before `from` ends; the end of the text when it never does. */
  private closingQuote(from: number): number {
    for (let i = from; i < this.text.length; i++) {
      const unit = this.text.charCodeAt(i);
      if (unit === 0x22) return i;
      if (unit === 0x5c) i++;
    }
    return this.text.length;
  }

  private expect(mark: string): void {
    if (!this.accept(mark)) throw this.unexpected(`"${mark}"`);
  }

  private accept(mark: string): boolean {
    this.skipSpace();
    if (this.text[this.position] !== mark) return false;
    this.position++;
    return true;
  }

  private skipSpace(): void {
    this.match(/[ \t\n\r]*/y);
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.position;
    const token = pattern.exec(this.text)?.[0];
    if (token !== undefined) this.position += token.length;
    return token;
  }

  private unexpected(expected: string): RangeError {
    const found =
      this.position < this.text.length
        ? JSON.stringify(String.fromCodePoint(this.text.codePointAt(this.position)!))
        : "its end";
    return new RangeError(
      `decode: header must have ${expected} at character ${this.position}, got ${found}.`,
    );
  }
}

function missing(label: string, field: string): RangeError {
  return new RangeError(
    `decode: ${label} must have the fields dtype, shape and data_offsets, got no ${field}.`,
  );
}
