import type { Scratch } from "@flaxen/wasm";
import { PAIR } from "./tiles.ts";

/** Rows of the tallest tile. */
export const MOST_ROWS = 16;

/** A range of addresses, relative to the start of the tables. */
export interface Table {
  readonly at: number;
  readonly end: number;
}

/** Collects the tables of a kernel, which go to the scratch memory in one piece. */
export class Tables {
  private readonly parts: Int32Array[] = [];
  private length = 0;

  /** Bytes of all tables. */
  get bytes(): number {
    return 4 * this.length;
  }

  /** Adds single numbers, times `scale`. */
  add(values: Int32Array, scale: number): Table {
    return this.append(values.map((value) => value * scale));
  }

  /** Adds pairs, their parts scaled. */
  addPairs(pairs: Int32Array, first: number, second: number): Table {
    return this.append(pairs.map((value, i) => value * (i % 2 === 0 ? first : second)));
  }

  /** Adds pairs to be walked in tiles: copies of the last one follow, up to a whole number of tiles. */
  addOuter(pairs: Int32Array, scale: number): Table {
    const count = pairs.length / 2;
    const padded = new Int32Array(2 * wholeTiles(count));
    padded.set(pairs);
    for (let i = 2 * count; i < padded.length; i++) padded[i] = pairs[2 * count - 2 + (i % 2)];
    const { at } = this.addPairs(padded, scale, scale);
    return { at, end: at + PAIR * count };
  }

  /** Writes the tables to an address. */
  write(memory: Scratch, address: number): void {
    let at = address / 4;
    for (const part of this.parts) {
      memory.i32.set(part, at);
      at += part.length;
    }
  }

  private append(values: Int32Array): Table {
    const at = 4 * this.length;
    this.parts.push(values);
    this.length += values.length;
    return { at, end: 4 * this.length };
  }
}

/** Cuts a written table to its first `count` pairs, and repeats the last one of these up to whole tiles. */
export function cutOuter(memory: Scratch, address: number, count: number): void {
  const last = address / 4 + 2 * (count - 1);
  for (let i = count; i < wholeTiles(count); i++) {
    memory.i32.copyWithin(address / 4 + 2 * i, last, last + 2);
  }
}

function wholeTiles(count: number): number {
  return Math.ceil(count / MOST_ROWS) * MOST_ROWS;
}
