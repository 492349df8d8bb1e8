import test from "ava";
import fc from "fast-check";
import ndarray from "ndarray";
import type { NdArray } from "ndarray";
import ops from "ndarray-ops";
import { arange, array, asNDArray, NDArray, reshape, sizeOf, zeros } from "@flaxen/ndarray";
import { bitEqual, flatValues } from "@flaxen/testing";

/** One step of a chain of views, as a method with its arguments. */
type Move = ["lo" | "hi" | "step" | "pick" | "transpose", (number | null)[]];

/** A move that is valid for `shape`; the numbers in [0, 1) and the keys decide which. */
function moveFor(shape: readonly number[], kind: number, dice: readonly number[]): Move {
  const pickInt = (i: number, count: number): number => Math.floor(dice[i % dice.length] * count);
  switch (kind) {
    case 0:
      return ["lo", shape.map((n, i) => pickInt(i, n + 2) - 1)];
    case 1:
      return ["hi", shape.map((n, i) => pickInt(i, n + 2) - 1)];
    case 2:
      return ["step", shape.map((_, i) => [1, -1, 2, -2, 3, -3, 1][pickInt(i, 7)])];
    case 3:
      return ["pick", shape.map((n, i) => (dice[i] < 0.7 ? -1 : n === 0 ? -1 : pickInt(i + 1, n)))];
    default: {
      const axes = shape.map((_, i) => i);
      axes.sort((a, b) => dice[a % dice.length] - dice[b % dice.length] || a - b);
      return ["transpose", axes];
    }
  }
}

function elementsOf(x: NdArray): number[] {
  const out: number[] = [];
  const walk = (indices: number[]): void => {
    const axis = indices.length;
    if (axis === x.dimension) out.push(x.get(...indices));
    else for (let i = 0; i < x.shape[axis]; i++) walk([...indices, i]);
  };
  walk([]);
  return out;
}

const chain = fc.record({
  shape: fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 5 }),
  moves: fc.array(
    fc.tuple(
      fc.integer({ min: 0, max: 4 }),
      fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 6, maxLength: 6 }),
    ),
    { maxLength: 6 },
  ),
});

test("lo, hi, step, pick and transpose equal those of npm ndarray on random chains", (t) => {
  fc.assert(
    fc.property(chain, ({ shape, moves }) => {
      const data = Float32Array.from({ length: sizeOf(shape) }, (_, i) => i);
      let ours: NDArray = new NDArray(data, shape);
      let theirs: NdArray = ndarray(data, shape);
      for (const [kind, dice] of moves) {
        if (ours.ndim === 0) break; // npm ndarray loses the offset of a rank-0 view here
        const [method, args] = moveFor(ours.shape, kind, dice);
        ours = ours[method](...(args as number[]));
        theirs = theirs[method](...(args as number[]));
      }
      const expected = elementsOf(theirs);
      const actual = flatValues(ours);
      if (expected.length > 0) {
        if (ours.offset !== theirs.offset) return false;
        if (expected.length > 1 && String(ours.stride) !== String(theirs.stride)) return false;
      }
      return (
        String(ours.shape) === String(theirs.shape) &&
        String(actual) === String(expected) &&
        ours.size === theirs.size &&
        ours.dimension === theirs.dimension
      );
    }),
    { seed: 1, numRuns: 1000 },
  );
  t.pass();
});

test("index, get and set equal those of npm ndarray on random views", (t) => {
  fc.assert(
    fc.property(
      chain,
      fc.array(fc.nat(), { minLength: 5, maxLength: 5 }),
      ({ shape, moves }, at) => {
        const mine = Float64Array.from({ length: sizeOf(shape) }, (_, i) => i);
        const other = mine.slice();
        let ours: NDArray = new NDArray(mine, shape);
        let theirs: NdArray = ndarray(other, shape);
        for (const [kind, dice] of moves) {
          if (ours.ndim === 0) break; // npm ndarray loses the offset of a rank-0 view here
          const [method, args] = moveFor(ours.shape, kind, dice);
          ours = ours[method](...(args as number[]));
          theirs = theirs[method](...(args as number[]));
        }
        if (ours.size === 0) return true;
        const indices = ours.shape.map((n, axis) => at[axis] % n);
        const same =
          ours.index(...indices) === theirs.index(...indices) &&
          ours.get(...indices) === theirs.get(...indices);
        ours.set(...([...indices, -1] as [number, number]));
        theirs.set(...([...indices, -1] as [number, number]));
        return same && String(mine) === String(other);
      },
    ),
    { seed: 2, numRuns: 300 },
  );
  t.pass();
});

test("order equals that of npm ndarray", (t) => {
  for (const axes of [
    [0, 1, 2, 3],
    [3, 1, 0, 2],
    [2, 3, 1, 0],
  ]) {
    const ours = zeros([2, 3, 4, 5]).transpose(...axes);
    const theirs = ndarray(new Float32Array(120), [2, 3, 4, 5]).transpose(...axes);
    t.deepEqual(ours.order, theirs.order);
  }
});

test("ndarray-ops computes on our arrays", (t) => {
  const a = reshape(arange(6, undefined, 1, "float32"), [2, 3]);
  const b = array([
    [10, 20],
    [30, 40],
    [50, 60],
  ]).transpose(1, 0);
  const out = zeros([2, 3]);
  const scijs = (x: NDArray): NdArray => x as unknown as NdArray;
  ops.add(scijs(out), scijs(a), scijs(b));
  bitEqual(t, out, [
    [10, 31, 52],
    [23, 44, 65],
  ]);
  ops.mulseq(scijs(out.pick(1)), 2);
  bitEqual(t, out, [
    [10, 31, 52],
    [46, 88, 130],
  ]);
  t.is(ops.sum(scijs(out.step(1, -2))), 10 + 52 + 46 + 130);
  t.is(ops.sup(scijs(b)), 60);
});

test("asNDArray(x) wraps views of npm ndarray without a copy", (t) => {
  const theirs = ndarray(
    Int16Array.from({ length: 24 }, (_, i) => i),
    [2, 3, 4],
  )
    .pick(1)
    .step(1, -2)
    .transpose(1, 0);
  const ours = asNDArray(theirs);
  t.is(ours.dtype, "int16");
  t.is(ours.data, theirs.data as never);
  bitEqual(t, ours, [
    [15, 19, 23],
    [13, 17, 21],
  ]);
});
