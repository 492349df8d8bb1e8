import test from "ava";
import type { Assertions } from "@flaxen/testing";
import {
  bitEqual,
  closeTo,
  exampleThrows,
  flatValues,
  shapeOf,
  ulpDistance,
} from "@flaxen/testing";

/** Records what an assertion says instead of passing it on. */
function recorder(): Assertions & { readonly failures: string[] } {
  const failures: string[] = [];
  return {
    failures,
    pass: () => undefined,
    fail: (message = "") => void failures.push(message),
    deepEqual: (a, b) => {
      if (JSON.stringify(a) !== JSON.stringify(b)) failures.push(`${String(a)} / ${String(b)}`);
    },
  };
}

function failuresOf(run: (t: Assertions) => void): string[] {
  const t = recorder();
  run(t);
  return t.failures;
}

test("closeTo(t, a, b) passes within the tolerance and fails beyond it", (t) => {
  t.deepEqual(
    failuresOf((r) => closeTo(r, [1, 2], [1, 2 + 1e-7])),
    [],
  );
  t.is(failuresOf((r) => closeTo(r, [1, 2], [1, 2.1])).length, 1);
  t.is(failuresOf((r) => closeTo(r, [1, 2], [1, 2, 3])).length, 1);
  t.is(failuresOf((r) => closeTo(r, [[1, 2]], [[1], [2]])).length, 1);
});

test("closeTo(t, a, b) tells NaN and infinities apart", (t) => {
  t.deepEqual(
    failuresOf((r) => closeTo(r, [NaN, Infinity], [NaN, Infinity])),
    [],
  );
  for (const [a, b] of [
    [NaN, 1],
    [1, NaN],
    [Infinity, 1],
    [1, Infinity],
    [Infinity, -Infinity],
  ])
    t.is(failuresOf((r) => closeTo(r, [a], [b])).length, 1);
});

test("bitEqual(t, a, b) tells signed zeros apart", (t) => {
  t.deepEqual(
    failuresOf((r) => bitEqual(r, [0, NaN], [0, NaN])),
    [],
  );
  t.is(failuresOf((r) => bitEqual(r, [0], [-0])).length, 1);
});

test("ulpDistance(a, b) counts float32 steps, across zero too", (t) => {
  t.is(ulpDistance(1, 1 + 2 ** -23), 1);
  t.is(ulpDistance(2 ** -149, -(2 ** -149)), 2);
  t.is(ulpDistance(NaN, NaN), 0);
  t.is(ulpDistance(NaN, 1), Infinity);
});

test("exampleThrows(t, run, text) compares class and message", (t) => {
  const run = (): never => {
    throw new RangeError("no");
  };
  t.deepEqual(
    failuresOf((r) => exampleThrows(r, run, "RangeError: no")),
    [],
  );
  t.is(failuresOf((r) => exampleThrows(r, run, "TypeError: no")).length, 1);
  t.is(failuresOf((r) => exampleThrows(r, () => 1, "TypeError: no")).length, 1);
});

test("flatValues(x) and shapeOf(x) read nested and typed arrays", (t) => {
  t.deepEqual(
    flatValues([
      [1, true],
      [2n, { re: 3, im: 4 }],
    ]),
    [1, 1, 2, 3, 4],
  );
  t.deepEqual(shapeOf([[1, 2, 3]]), [1, 3]);
  t.deepEqual(shapeOf(new Float32Array(2)), [2]);
  t.throws(() => flatValues("a"), {
    instanceOf: TypeError,
    message: "flatValues: x must hold numbers, got a.",
  });
});
