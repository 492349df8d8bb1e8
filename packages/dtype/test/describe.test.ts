import test from "ava";
import { describe } from "@flaxen/dtype";

class Linear {}

class Param {
  readonly dtype = "float32";
  readonly shape = [2, 3];
  constructor() {
    Object.defineProperty(this, Symbol.for("flaxen.Variable"), { value: true });
  }
}

test("describe(value) names every kind of value in a few words", (t) => {
  const key = { words: [0, 0], [Symbol.for("flaxen.Key")]: true };
  const cases: [unknown, string][] = [
    [0, "0"],
    [-0, "-0"],
    [NaN, "NaN"],
    [-Infinity, "-Infinity"],
    [1e21, "1e+21"],
    [5n, "5n"],
    [true, "true"],
    [undefined, "undefined"],
    [null, "null"],
    ['a "b"', '"a \\"b\\""'],
    [Symbol("s"), "Symbol(s)"],
    [[], "[]"],
    [[2, 3], "[2, 3]"],
    [[[1], "x", null], '[[1], "x", null]'],
    [Array.from({ length: 20 }, (_, i) => i), "[0, 1, 2, 3, 4, 5, 6, 7, ...]"],
    [new Float32Array(3), "Float32Array(3)"],
    [new ArrayBuffer(3), "ArrayBuffer"],
    [{ dtype: "float32", shape: [2, 3] }, "float32[2, 3]"],
    [{ dtype: "int32", shape: [] }, "int32[]"],
    [key, "Key"],
    [new Param(), "Param"],
    [{}, "Object"],
    [Object.create(null), "Object"],
    [new Linear(), "Linear"],
    [Linear, "Linear"],
    [function relu(): void {}, "relu"],
    [
      (
        () => () =>
          0
      )(),
      "a function",
    ],
    [new Map(), "Map"],
  ];
  for (const [value, text] of cases) t.is(describe(value), text);
});
