import test from "ava";
import type { Data } from "@flaxen/dtype";

type Move = (data: Data, bytes: Uint8Array, position: number, reverse?: boolean) => void;

// A big-endian machine is hard to come by, so the way to and from one is taken through the built file.
const { readLittleEndian, writeLittleEndian } = (await import(
  new URL("../../dist/byte-order.js", import.meta.url).href
)) as { readLittleEndian: Move; writeLittleEndian: Move };

const NUMBERS: readonly (readonly [Data, readonly number[]])[] = [
  [Int8Array.of(1, 2), [1, 2]],
  [Uint16Array.of(0x0102, 0x0304), [1, 2, 3, 4]],
  [Uint32Array.of(0x01020304, 0x05060708), [1, 2, 3, 4, 5, 6, 7, 8]],
  [BigUint64Array.of(0x0102030405060708n), [1, 2, 3, 4, 5, 6, 7, 8]],
  [Float64Array.of(1), [63, 240, 0, 0, 0, 0, 0, 0]],
];

test("writeLittleEndian(data, bytes, position, reverse) reverses each number", (t) => {
  for (const [data, reversed] of NUMBERS) {
    const bytes = new Uint8Array(reversed.length + 4).fill(9);
    writeLittleEndian(data, bytes, 3, true);
    t.deepEqual([...bytes], [9, 9, 9, ...reversed, 9]);
  }
});

test("readLittleEndian(data, bytes, position, reverse) undoes writeLittleEndian", (t) => {
  for (const [data, { length }] of NUMBERS) {
    for (const reverse of [true, false, undefined]) {
      const bytes = new Uint8Array(length + 4);
      writeLittleEndian(data, bytes, 3, reverse);
      const copy = data.slice();
      new Uint8Array(copy.buffer).fill(0);
      readLittleEndian(copy, bytes, 3, reverse);
      t.deepEqual(copy, data);
    }
  }
});
