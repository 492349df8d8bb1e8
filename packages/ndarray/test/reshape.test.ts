import test from "ava";
import { expectTypeOf } from "expect-type";
import {
  arange,
  array,
  broadcastTo,
  contiguous,
  copy,
  expandDims,
  flatData,
  flip,
  isContiguous,
  moveaxis,
  NDArray,
  reshape,
  squeeze,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import type { DType } from "@flaxen/dtype";
import { bitEqual, flatValues } from "@flaxen/testing";
import fc from "fast-check";

const throws = test.macro<[() => unknown, new (message: string) => Error, string]>({
  exec(t, run, errorClass, message) {
    const error = t.throws(run, { message });
    t.is(error?.constructor, errorClass);
  },
  title: (_, run, errorClass) => `${/\w+\(.*\)/.exec(String(run))?.[0]} throws ${errorClass.name}`,
});

const cube = (): NDArray => reshape(arange(24), [2, 3, 4]);

test("reshape(x, shape) is a view of a contiguous array", (t) => {
  const x = arange(6);
  const y = reshape(x, [2, -1]);
  t.is(y.data, x.data);
  t.deepEqual(y.shape, [2, 3]);
  t.deepEqual(reshape(x.lo(2), [2, 2]).toArray(), [
    [2, 3],
    [4, 5],
  ]);
  t.is(reshape(x.lo(5), []).item(), 5);
  t.deepEqual(reshape(7, [1, 1]).shape, [1, 1]);
  t.deepEqual(reshape(zeros([0, 3]), [6, 0]).shape, [6, 0]);
  t.deepEqual(reshape(zeros([0, 3]), [-1, 3]).shape, [0, 3]);
});

test("reshape(x, shape) copies a strided view in row-major order", (t) => {
  const x = transpose(reshape(arange(6), [2, 3]));
  const y = reshape(x, [-1]);
  t.not(y.data, x.data);
  bitEqual(t, y, [0, 3, 1, 4, 2, 5]);
  bitEqual(t, reshape(broadcastTo([1, 2], [2, 2]), [4]), [1, 2, 1, 2]);
});

test(
  throws,
  () => reshape([1, 2, 3], [2]),
  RangeError,
  "reshape: shape must fit the 3 elements of x, got [2] for x of shape [3].",
);
test(
  throws,
  () => reshape([1, 2, 3], [2, -1]),
  RangeError,
  "reshape: shape must fit the 3 elements of x, got [2, -1] for x of shape [3].",
);
test(
  throws,
  () => reshape([1, 2], [-1, -1]),
  RangeError,
  "reshape: shape must hold non-negative integers, got [1, -1].",
);
test(
  throws,
  () => reshape([1], [-2]),
  RangeError,
  "reshape: shape must hold non-negative integers, got [-2].",
);
test(
  throws,
  () => reshape([1], 1 as never),
  TypeError,
  "reshape: shape must be an array of integers, got 1.",
);
test(
  throws,
  () => reshape([], [0, -1]),
  RangeError,
  "reshape: shape must not hold both -1 and a length of 0, got [0, -1].",
);

test("transpose(x, axes) reverses the axes by default", (t) => {
  t.deepEqual(transpose(cube()).shape, [4, 3, 2]);
  t.is(transpose(cube()).get(3, 1, 0), 7);
  t.deepEqual(transpose(cube(), [1, -1, 0]).shape, [3, 4, 2]);
  t.is(transpose(cube(), [1, -1, 0]).get(2, 3, 1), 23);
  t.is(transpose(5).item(), 5);
});

test(
  throws,
  () => transpose(cube(), [0, 1]),
  RangeError,
  "transpose: axes must name all 3 axes of x, got [0, 1].",
);
test(
  throws,
  () => transpose(cube(), [0, 1, 1]),
  RangeError,
  "transpose: axis must name each axis once, got [0, 1, 1].",
);
test(
  throws,
  () => transpose(cube(), [0, 1, 3]),
  RangeError,
  "transpose: axis must be an integer in [-3, 3), got 3.",
);

test("expandDims(x, axis) and squeeze(x, axis) add and drop axes of length 1", (t) => {
  const x = cube();
  t.deepEqual(expandDims(x, 0).shape, [1, 2, 3, 4]);
  t.deepEqual(expandDims(x, -1).shape, [2, 3, 4, 1]);
  t.deepEqual(expandDims(x, [0, -1]).shape, [1, 2, 3, 4, 1]);
  t.deepEqual(expandDims(x, [3, 1]).shape, [2, 1, 3, 1, 4]);
  t.deepEqual(squeeze(zeros([1, 2, 1])).shape, [2]);
  t.deepEqual(squeeze(zeros([1, 2, 1]), -1).shape, [1, 2]);
  t.deepEqual(squeeze(zeros([1, 1]), []).shape, [1, 1]);
  t.is(squeeze(expandDims(x, [1, 2])).get(1, 2, 3), 23);
});

test(
  throws,
  () => expandDims(cube(), 4),
  RangeError,
  "expandDims: axis must be an integer in [-4, 4), got 4.",
);
test(
  throws,
  () => expandDims(cube(), [0, 0]),
  RangeError,
  "expandDims: axis must name each axis once, got [0, 0].",
);
test(
  throws,
  () => squeeze(cube(), 1),
  RangeError,
  "squeeze: axis must name axes of length 1, got axis 1 of shape [2, 3, 4].",
);
test(
  throws,
  () => squeeze(cube(), 3),
  RangeError,
  "squeeze: axis must be an integer in [-3, 3), got 3.",
);

test("flip(x, axis) reverses axes", (t) => {
  bitEqual(t, flip(arange(3)), [2, 1, 0]);
  bitEqual(
    t,
    flip([
      [1, 2],
      [3, 4],
    ]),
    [
      [4, 3],
      [2, 1],
    ],
  );
  bitEqual(
    t,
    flip(
      [
        [1, 2],
        [3, 4],
      ],
      0,
    ),
    [
      [3, 4],
      [1, 2],
    ],
  );
  bitEqual(
    t,
    flip(
      [
        [1, 2],
        [3, 4],
      ],
      [-1],
    ),
    [
      [2, 1],
      [4, 3],
    ],
  );
  t.deepEqual(flip(zeros([0, 2])).shape, [0, 2]);
});

test(throws, () => flip(cube(), 5), RangeError, "flip: axis must be an integer in [-3, 3), got 5.");

test("moveaxis(x, source, destination) equals numpy.moveaxis", (t) => {
  // NumPy 2.4.6: np.moveaxis(np.zeros((2, 3, 4, 5)), source, destination).shape
  const x = zeros([2, 3, 4, 5]);
  t.deepEqual(moveaxis(x, 0, -1).shape, [3, 4, 5, 2]);
  t.deepEqual(moveaxis(x, -1, 0).shape, [5, 2, 3, 4]);
  t.deepEqual(moveaxis(x, [0, 1], [-1, -2]).shape, [4, 5, 3, 2]);
  t.deepEqual(moveaxis(x, [3, 0], [1, 2]).shape, [3, 5, 2, 4]);
});

test(
  throws,
  () => moveaxis(cube(), 3, 0),
  RangeError,
  "moveaxis: axis must be an integer in [-3, 3), got 3.",
);
test(
  throws,
  () => moveaxis(cube(), [0, 1], 0),
  RangeError,
  "moveaxis: source and destination must have equal lengths, got [0, 1] and 0.",
);

test("isContiguous(x) looks at order and gaps, not at the offset", (t) => {
  t.true(isContiguous(cube()));
  t.true(isContiguous(cube().pick(1)));
  t.true(isContiguous(cube().lo(1)));
  t.false(isContiguous(cube().hi(-1, 2)));
  t.false(isContiguous(cube().step(-1)));
  t.true(isContiguous(cube().hi(0, 2)));
  t.true(isContiguous(transpose(zeros([1, 5]))));
  t.false(isContiguous(broadcastTo(1, [2])));
  t.true(isContiguous(array(5)));
});

test("contiguous(x) is x itself only in plain form", (t) => {
  const x = cube();
  t.true(Object.is(contiguous(x), x));
  const row = contiguous(x.pick(1));
  t.deepEqual([row.offset, row.stride, row.data.length], [0, [4, 1], 12]);
  const column = contiguous(transpose(zeros([1, 5])));
  t.deepEqual(column.stride, [1, 1]);
  t.deepEqual(contiguous([[1, 2]]).toArray(), [[1, 2]]);
});

test("copy(x) shares no memory", (t) => {
  const x = arange(3);
  const y = copy(x);
  t.not(y.data, x.data);
  bitEqual(t, y, [0, 1, 2]);
});

test("flatData(x) copies only views that are not row-major", (t) => {
  const x = reshape(arange(12), [3, 4]);
  t.is(flatData(x), x.data);
  t.is(flatData(x.lo(1)).buffer, x.data.buffer);
  t.deepEqual([...(flatData(x.lo(1)) as Int32Array)], [4, 5, 6, 7, 8, 9, 10, 11]);
  t.deepEqual([...(flatData(x.pick(-1, 1)) as Int32Array)], [1, 5, 9]);
  t.is(flatData(x.hi(0)).length, 0);
  const z = array([
    { re: 1, im: 2 },
    { re: 3, im: 4 },
  ]);
  t.deepEqual([...(flatData(z.lo(1)) as Float32Array)], [3, 4]);
  t.deepEqual([...(flatData(z.step(-1)) as Float32Array)], [3, 4, 1, 2]);
  expectTypeOf(flatData(zeros([1], "int8"))).toEqualTypeOf<Int8Array>();
});

const DTYPES: DType[] = [
  "bool",
  "int16",
  "int64",
  "uint64",
  "float32",
  "float64",
  "complex64",
  "complex128",
];

test("flatData(x) moves elements of every dtype, long rows and short", (t) => {
  for (const dtype of DTYPES) {
    for (const shape of [
      [3, 5],
      [2, 100],
      [70, 3, 2],
      [2, 3, 4, 5],
    ]) {
      const x = reshape(arange(0, 2 * shape.reduce((a, b) => a * b), 1, dtype), [...shape, 2]);
      const view = transpose(x).step(-1).hi(1);
      t.deepEqual(flatValues(reshape(view, [-1])), flatValues(view), `${dtype} ${shape}`);
      const rows = x.step(-1);
      t.deepEqual(flatValues(copy(rows)), flatValues(rows), `${dtype} ${shape}`);
    }
  }
});

test("flatData(x) keeps the bits of NaN and of 64-bit integers that look like NaN", (t) => {
  const bits = BigInt64Array.of(0x7ff0000000000001n, -1n);
  t.deepEqual([...(flatData(new NDArray(bits, [2]).step(-1)) as BigInt64Array)], [-1n, bits[0]]);
  const floats = new Float32Array(Uint32Array.of(0x7f800001, 0xffc01234).buffer);
  const copied = flatData(new NDArray(floats, [2]).step(-1));
  t.deepEqual([...new Uint32Array(copied.buffer)], [0xffc01234, 0x7f800001]);
});

test("contiguous(transpose(x, axes)) has the elements of the view", (t) => {
  const shape = fc.array(fc.integer({ min: 0, max: 4 }), { minLength: 1, maxLength: 5 });
  fc.assert(
    fc.property(
      shape,
      fc.infiniteStream(fc.double({ min: 0, max: 1, noNaN: true })),
      (lengths, dice) => {
        const size = lengths.reduce((a, b) => a * b, 1);
        const keys = lengths.map(() => dice.next().value);
        const axes = lengths.map((_, i) => i).sort((a, b) => keys[a] - keys[b]);
        const x = transpose(reshape(arange(size), lengths), axes);
        t.deepEqual(contiguous(x).toArray(), x.toArray());
      },
    ),
    { seed: 4 },
  );
});

test("views keep the dtype in their type", (t) => {
  const x = zeros([2, 3], "float32");
  expectTypeOf(reshape(x, [6])).toEqualTypeOf<NDArray<"float32">>();
  expectTypeOf(transpose(x)).toEqualTypeOf<NDArray<"float32">>();
  expectTypeOf(contiguous(x)).toEqualTypeOf<NDArray<"float32">>();
  expectTypeOf(broadcastTo(x, [2, 3])).toEqualTypeOf<NDArray<"float32">>();
  expectTypeOf(reshape([1, 2], [2])).toEqualTypeOf<NDArray>();
  t.pass();
});
