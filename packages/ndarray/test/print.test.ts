import test from "ava";
import { inspect } from "node:util";
import { allocate } from "@flaxen/dtype";
import { arange, array, NDArray, reshape, sizeOf, transpose, zeros } from "@flaxen/ndarray";

// Every text is repr() of the same array in JAX 0.10.2 with NumPy 2.4.6 and jax_enable_x64 on:
// array(v, d) stands for jnp.array(v, d), arange(n) for jnp.arange(n, dtype="int32"), transpose(x)
// for x.T, x.step(-3) for x[::-3].
const reprs = (): [NDArray, string][] => [
  [array(1.5, "float32"), `Array(1.5, dtype=float32)`],
  [array(-0, "float32"), `Array(-0., dtype=float32)`],
  [array(NaN, "float32"), `Array(nan, dtype=float32)`],
  [array(10000000000, "float32"), `Array(1.e+10, dtype=float32)`],
  [array([1], "float32"), `Array([1.], dtype=float32)`],
  [array([1, 2.5, -3.125], "float32"), `Array([ 1.   ,  2.5  , -3.125], dtype=float32)`],
  [array([0.1, 0.2, 0.7], "float32"), `Array([0.1, 0.2, 0.7], dtype=float32)`],
  [
    array([0.3333333333333333, 0.6666666666666666], "float32"),
    `Array([0.33333334, 0.6666667 ], dtype=float32)`,
  ],
  [array([1e-5, 1], "float32"), `Array([1.e-05, 1.e+00], dtype=float32)`],
  [array([0.0001, 0.001], "float32"), `Array([0.0001, 0.001 ], dtype=float32)`],
  [array([999999, 1], "float32"), `Array([9.99999e+05, 1.00000e+00], dtype=float32)`],
  [array([1000000], "float32"), `Array([1.e+06], dtype=float32)`],
  [array([1, 1001], "float32"), `Array([1.000e+00, 1.001e+03], dtype=float32)`],
  [array([1, 1000], "float32"), `Array([   1., 1000.], dtype=float32)`],
  [
    array([3.4028234663852886e38, 1.1754943508222875e-38, 1.401298464324817e-45], "float32"),
    `Array([3.4028235e+38, 1.1754944e-38, 1.4012985e-45], dtype=float32)`,
  ],
  [
    array([0, -0, NaN, Infinity, -Infinity], "float32"),
    `Array([  0.,  -0.,  nan,  inf, -inf], dtype=float32)`,
  ],
  [array([NaN, NaN], "float32"), `Array([nan, nan], dtype=float32)`],
  [array([Infinity, 1], "float32"), `Array([inf,  1.], dtype=float32)`],
  [array([-Infinity, 12345], "float32"), `Array([  -inf, 12345.], dtype=float32)`],
  [array([NaN, 1e-10], "float32"), `Array([   nan, 1.e-10], dtype=float32)`],
  [
    array(
      [
        [1, 2],
        [3, 4],
      ],
      "float32",
    ),
    `Array([[1., 2.],
       [3., 4.]], dtype=float32)`,
  ],
  [
    array(
      [
        [[1.5], [2]],
        [[3], [-4]],
      ],
      "float32",
    ),
    `Array([[[ 1.5],
        [ 2. ]],

       [[ 3. ],
        [-4. ]]], dtype=float32)`,
  ],
  [array([[1]], "float32"), `Array([[1.]], dtype=float32)`],
  [array([0.00195312, 0.001953125], "float32"), `Array([0.00195312, 0.00195312], dtype=float32)`],
  [array([0.001953125], "float32"), `Array([0.00195312], dtype=float32)`],
  [array([16777216, 0.5], "float32"), `Array([1.6777216e+07, 5.0000000e-01], dtype=float32)`],
  [array([2 ** -44], "float32"), `Array([5.684342e-14], dtype=float32)`],
  [
    array(
      [
        -3, -2.63, -2.26, -1.8900000000000001, -1.52, -1.15, -0.7800000000000002,
        -0.41000000000000014, -0.040000000000000036, 0.33000000000000007, 0.7000000000000002,
      ],
      "float32",
    ),
    `Array([-3.  , -2.63, -2.26, -1.89, -1.52, -1.15, -0.78, -0.41, -0.04,
        0.33,  0.7 ], dtype=float32)`,
  ],
  [
    array(
      [
        [0, 0.3333333333333333, 0.6666666666666666, 1, 1.3333333333333333, 1.6666666666666667, 2],
        [
          7.25, 7.583333333333333, 7.916666666666667, 8.25, 8.583333333333334, 8.916666666666666,
          9.25,
        ],
      ],
      "float32",
    ),
    `Array([[0.        , 0.33333334, 0.6666667 , 1.        , 1.3333334 ,
        1.6666666 , 2.        ],
       [7.25      , 7.5833335 , 7.9166665 , 8.25      , 8.583333  ,
        8.916667  , 9.25      ]], dtype=float32)`,
  ],
  [
    array([0.3333333333333333, 0.001, 12], "float64"),
    `Array([3.33333333e-01, 1.00000000e-03, 1.20000000e+01], dtype=float64)`,
  ],
  [array([1e300, 1e-300], "float64"), `Array([1.e+300, 1.e-300], dtype=float64)`],
  [array(0.1, "float64"), `Array(0.1, dtype=float64)`],
  [array([0.30000000000000004, 1], "float64"), `Array([0.3, 1. ], dtype=float64)`],
  [array([123456789, 1], "float64"), `Array([1.23456789e+08, 1.00000000e+00], dtype=float64)`],
  [array([12345678, 0.5], "float64"), `Array([1.2345678e+07, 5.0000000e-01], dtype=float64)`],
  [
    array([5e-324, 1.7976931348623157e308], "float64"),
    `Array([4.94065646e-324, 1.79769313e+308], dtype=float64)`,
  ],
  [array([0.1, 65504, 1], "float16"), `Array([1.00e-01, 6.55e+04, 1.00e+00], dtype=float16)`],
  [array([999, 0.5], "float16"), `Array([9.99e+02, 5.00e-01], dtype=float16)`],
  [array([1000], "float16"), `Array([1.e+03], dtype=float16)`],
  [array([6e-8, 1], "float16"), `Array([6.e-08, 1.e+00], dtype=float16)`],
  [array(0.333, "float16"), `Array(0.333, dtype=float16)`],
  [array([1, 2.5, -300], "bfloat16"), `Array([1, 2.5, -300], dtype=bfloat16)`],
  [array([1.015625, 1.046875], "bfloat16"), `Array([1.01562, 1.04688], dtype=bfloat16)`],
  [
    array([10000000000, 1e-10, NaN, -Infinity], "bfloat16"),
    `Array([9.99922e+09, 1.00044e-10, nan, -inf], dtype=bfloat16)`,
  ],
  [
    array([0.0001, 1e-5, 123456, 1000000], "bfloat16"),
    `Array([0.000100136, 1.00136e-05, 123392, 999424], dtype=bfloat16)`,
  ],
  [array(1.5, "bfloat16"), `Array(1.5, dtype=bfloat16)`],
  [
    array(
      [
        [1, -0],
        [0.1, 3],
      ],
      "bfloat16",
    ),
    `Array([[1, -0],
       [0.100098, 3]], dtype=bfloat16)`,
  ],
  [array([1, -20, 300], "int32"), `Array([  1, -20, 300], dtype=int32)`],
  [array(7, "int32"), `Array(7, dtype=int32)`],
  [
    array(
      [
        [0, 255],
        [1, 10],
      ],
      "uint8",
    ),
    `Array([[  0, 255],
       [  1,  10]], dtype=uint8)`,
  ],
  [
    array([-9223372036854775808n, 9223372036854775807n], "int64"),
    `Array([-9223372036854775808,  9223372036854775807], dtype=int64)`,
  ],
  [array([18446744073709551615n], "uint64"), `Array([18446744073709551615], dtype=uint64)`],
  [array([-128, 5], "int8"), `Array([-128,    5], dtype=int8)`],
  [
    array(
      [
        [-5, 10],
        [100, -1000],
      ],
      "int16",
    ),
    `Array([[   -5,    10],
       [  100, -1000]], dtype=int16)`,
  ],
  [array([true, false], "bool"), `Array([ True, False], dtype=bool)`],
  [array([[true, true]], "bool"), `Array([[ True,  True]], dtype=bool)`],
  [array(true, "bool"), `Array(True, dtype=bool)`],
  [
    array(
      [
        { re: 1, im: 2 },
        { re: -0.5, im: -0.001 },
      ],
      "complex64",
    ),
    `Array([ 1. +2.e+00j, -0.5-1.e-03j], dtype=complex64)`,
  ],
  [
    array(
      [
        { re: NaN, im: Infinity },
        { re: 10000000000, im: 0 },
      ],
      "complex64",
    ),
    `Array([   nan+infj, 1.e+10 +0.j], dtype=complex64)`,
  ],
  [array({ re: 1, im: -2.5 }, "complex128"), `Array(1.-2.5j, dtype=complex128)`],
  [
    array(
      [[{ re: 0.3333333333333333, im: 1 }], [{ re: 2, im: -0.14285714285714285 }]],
      "complex128",
    ),
    `Array([[0.33333333+1.j        ],
       [2.        -0.14285714j]], dtype=complex128)`,
  ],
  [
    array(
      [123456789, 123456789, 123456789, 123456789, 123456789, 123456789, 123456789, 123456789],
      "int32",
    ),
    `Array([123456789, 123456789, 123456789, 123456789, 123456789, 123456789,
       123456789, 123456789], dtype=int32)`,
  ],
  [
    array([0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 0.25], "float32"),
    `Array([0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 , 0.5 ,
       0.5 , 0.5 , 0.25], dtype=float32)`,
  ],
  [
    array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1], "int32"),
    `Array([1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1],      dtype=int32)`,
  ],
  [
    array([1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25], "float64"),
    `Array([1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25, 1.25], dtype=float64)`,
  ],
  [zeros([0]), `Array([], shape=(0,), dtype=float32)`],
  [zeros([0, 3]), `Array([], shape=(0, 3), dtype=float32)`],
  [zeros([3, 0]), `Array([], shape=(3, 0), dtype=float32)`],
  [zeros([2, 0, 4]), `Array([], shape=(2, 0, 4), dtype=float32)`],
  [zeros([0], "bool"), `Array([], shape=(0,), dtype=bool)`],
  [arange(1001), `Array([   0,    1,    2, ...,  998,  999, 1000], dtype=int32)`],
  [
    reshape(arange(1200), [30, 40]),
    `Array([[   0,    1,    2, ...,   37,   38,   39],
       [  40,   41,   42, ...,   77,   78,   79],
       [  80,   81,   82, ...,  117,  118,  119],
       ...,
       [1080, 1081, 1082, ..., 1117, 1118, 1119],
       [1120, 1121, 1122, ..., 1157, 1158, 1159],
       [1160, 1161, 1162, ..., 1197, 1198, 1199]], dtype=int32)`,
  ],
  [
    reshape(arange(0, 300, 0.125), [2, 6, 200]),
    `Array([[[0.00000e+00, 1.25000e-01, 2.50000e-01, ..., 2.46250e+01,
         2.47500e+01, 2.48750e+01],
        [2.50000e+01, 2.51250e+01, 2.52500e+01, ..., 4.96250e+01,
         4.97500e+01, 4.98750e+01],
        [5.00000e+01, 5.01250e+01, 5.02500e+01, ..., 7.46250e+01,
         7.47500e+01, 7.48750e+01],
        [7.50000e+01, 7.51250e+01, 7.52500e+01, ..., 9.96250e+01,
         9.97500e+01, 9.98750e+01],
        [1.00000e+02, 1.00125e+02, 1.00250e+02, ..., 1.24625e+02,
         1.24750e+02, 1.24875e+02],
        [1.25000e+02, 1.25125e+02, 1.25250e+02, ..., 1.49625e+02,
         1.49750e+02, 1.49875e+02]],

       [[1.50000e+02, 1.50125e+02, 1.50250e+02, ..., 1.74625e+02,
         1.74750e+02, 1.74875e+02],
        [1.75000e+02, 1.75125e+02, 1.75250e+02, ..., 1.99625e+02,
         1.99750e+02, 1.99875e+02],
        [2.00000e+02, 2.00125e+02, 2.00250e+02, ..., 2.24625e+02,
         2.24750e+02, 2.24875e+02],
        [2.25000e+02, 2.25125e+02, 2.25250e+02, ..., 2.49625e+02,
         2.49750e+02, 2.49875e+02],
        [2.50000e+02, 2.50125e+02, 2.50250e+02, ..., 2.74625e+02,
         2.74750e+02, 2.74875e+02],
        [2.75000e+02, 2.75125e+02, 2.75250e+02, ..., 2.99625e+02,
         2.99750e+02, 2.99875e+02]]], dtype=float32)`,
  ],
  [
    reshape(arange(1010), [5, 202]),
    `Array([[   0,    1,    2, ...,  199,  200,  201],
       [ 202,  203,  204, ...,  401,  402,  403],
       [ 404,  405,  406, ...,  603,  604,  605],
       [ 606,  607,  608, ...,  805,  806,  807],
       [ 808,  809,  810, ..., 1007, 1008, 1009]], dtype=int32)`,
  ],
  [zeros([1001], "bool"), `Array([False, False, False, ..., False, False, False], dtype=bool)`],
  [
    transpose(reshape(arange(24), [2, 3, 4])),
    `Array([[[ 0, 12],
        [ 4, 16],
        [ 8, 20]],

       [[ 1, 13],
        [ 5, 17],
        [ 9, 21]],

       [[ 2, 14],
        [ 6, 18],
        [10, 22]],

       [[ 3, 15],
        [ 7, 19],
        [11, 23]]], dtype=int32)`,
  ],
  [arange(10).step(-3), `Array([9, 6, 3, 0], dtype=int32)`],
];

test("String(x) equals the repr of JAX", (t) => {
  for (const [x, text] of reprs()) t.is(String(x), text);
});

test("String(x) of a subnormal, of NaN with a payload and of stored pattern 2 of a bool", (t) => {
  t.is(
    String(new NDArray(Uint16Array.of(1, 0x83ff), [2], [1], 0, "float16")),
    "Array([ 6.0e-08, -6.1e-05], dtype=float16)",
  );
  t.is(
    String(new NDArray(Uint16Array.of(0x7e01, 0xfe01), [2], [1], 0, "float16")),
    "Array([nan, nan], dtype=float16)",
  );
  t.is(
    String(new NDArray(Uint8Array.of(2, 0), [2], [1], 0, "bool")),
    "Array([ True, False], dtype=bool)",
  );
});

test("String(x) prints views by their own order", (t) => {
  const x = reshape(arange(6), [2, 3]);
  t.is(String(x.pick(-1, 1)), "Array([1, 4], dtype=int32)");
  t.is(String(x.lo(1, 1).hi(1, 1)), "Array([[4]], dtype=int32)");
  t.is(String(x.pick(1, 2)), "Array(5, dtype=int32)");
});

test("inspect(x) is the text of String(x)", (t) => {
  t.is(inspect(array([1, 2])), "Array([1., 2.], dtype=float32)");
  t.is(inspect({ x: array(true) }), "{ x: Array(True, dtype=bool) }");
});

test("String(x) reads only the elements that it shows", (t) => {
  const shape = [3000, 2000];
  const x = new NDArray(allocate("uint8", sizeOf(shape)), shape, undefined, 0, "uint8");
  const start = performance.now();
  t.is(String(x).split("\n").length, 7);
  t.true(performance.now() - start < 1000);
});
