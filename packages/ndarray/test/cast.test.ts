import { createHash } from "node:crypto";
import test from "ava";
import { allocate, finfo, isInexact, itemSize } from "@flaxen/dtype";
import type { Data, DType } from "@flaxen/dtype";
import { arange, array, astype, NDArray, reshape, transpose } from "@flaxen/ndarray";
import { bitEqual } from "@flaxen/testing";

/**
 * The storage of an array of each dtype in base64: limits, ties of every rounding, infinities, NaN,
 * random patterns.
 */
const INPUTS: Record<string, string> = {
  bool: "AAE=",
  int8: "AAF/gH5AKgrJZHAowIUfFA==",
  int16: "AAABAP9/AID+fwBAqiq7Ta5lYXkJFF7WkkZBp2lVqq0=",
  int32:
    "AAAAAAEAAAD///9/AAAAgP7//38AAABAqqqqKkRRN46YstfMMyf6yNYyoV9vrKFpJRFZgdwG8v+OBjxSXRmmof//gzkAAMwj///7LgEAJDoBAAABAwAAAQEAgAEBCAAAARAAAAEBAAA=",
  int64:
    "AAAAAAAAAAABAAAAAAAAAP////////9/AAAAAAAAAID+////////fwAAAAAAAABAqqqqqqqqqiqRxY79UYXw8R33Z3ofEyoBjIghlaEAsg1qI2uCSBvZfmINw8475OtKti9Fs1IjRx9teU1XA34sfejhWneJeB63IKVX2OWnA6n///////8jKAAAAAAAAHQ7////////mzP///////+rIwEAAAEAAAAAAwAAAQAAAAABAIABAAAAAAEIAAAAAAAAARAAAAAAAAABAQAAAAAAAAAAAAAQ/DwYAAAAADA0hh8AAAAAcJR1F/////9PZe8cAAAAABC4rB4AAAAAkOcsHQEAAAAAACAAAwAAAAAAIAAAAgAAAAAAQAAAAABAAABAAQAAAEAAAED/////PwAAQAAAAADAAABA",
  uint8: "AAH/AP6AVU4iXD6Cu0T96A==",
  uint16: "AAABAP//AAD+/wCAVVWmm+AYU0RAMXuTEPhdBCixnn4=",
  uint32:
    "AAAAAAEAAAD/////AAAAAP7///8AAACAVVVVVVX2WjMh55G4f+6ZXj4NMH0uuvQAaDoXngwCftTki+ep6sKKJ///EzEAAJQoAQDkPgEALDwBAAABAwAAAQEAgAEBCAAAARAAAAEBAAA=",
  uint64:
    "AAAAAAAAAAABAAAAAAAAAP//////////AAAAAAAAAAD+/////////wAAAAAAAACAVVVVVVVVVVUQbjq1FoHEo3P+xwpos+S9yCs4eYdBbBfrkJY+x2aIirO4Drp8XP2BERvqnO4YEN/UFp+vJs17XC/Iq6RNlyKZ58e0G5odKw////////8jNf///////2MsAAAAAAAAJDMBAAAAAABUKgEAAAEAAAAAAwAAAQAAAAABAIABAAAAAAEIAAAAAAAAARAAAAAAAAABAQAAAAAAAAAAAADwfGoWAAAAADA2EhYAAAAAcMc0GQAAAACQ86gfAAAAALCgRhYBAAAAMJtwGQEAAAAAACAAAwAAAAAAIAAAAgAAAAAAQAAAAABAAABAAQAAAEAAAED/////PwAAQAAAAADAAABA",
  float16:
    "AAAAgAA8ALwAPgC+AEH4VwBYB9j/WwBcAHgAfAB8AHwA/AB8AHwA/AB8AHwA/AB8AHwA/AB8APwAfgBoAGwAfAB8BDwMPAA8AjyoAAEAAQAAAAB8AHwAfAB8D4ru9CoLmibXT8ePJWK4cBCXpVv0XDRcnF1MX9xoCGiwag5o",
  bfloat16:
    "AAAAAIA/gL/AP8C/IED/QgBDAcOAQ4BDAEeAR4BHw0fDxwBPAE8Az4BPAF8A34BfrWCt4IB/gP/AfwBFgEWAS4BLgD+CP4A/gD8oN4EzATMsMpZ+gH+Af4BTtOeGqarfdIj4krEhkTh62GrKVti+Q/hDzkP0Q0hFGUVgRXdF",
  float32:
    "AAAAAAAAAAAAAIA/AACAvwAAwD8AAMC/AAAgQAAA/0IAAABDZuYAw2bmf0MAAIBDzf//RgD/f0cA8H9HAFDDRwBQw8cAAABPAAAATwAAAM8AAIBPAAAAXwAAAN8AAIBf7HitYOx4reAAAIB/AACA/wAAwH8AEABFAAiARQAAgEsCAIBLAICAPwCAgT8AEIA/ADCAP6zFJzdZ2YAzWdkAM3fMKzKZdpZ+nsl/fwAAgH8AAIBTk0OOYHiNUeJ5oTH4Ews+pL0vXZXle9eRQ22ED05mVGCBNbv7iF00aQCAm0MAgJ5DAIDbQwCAhEMAcGFFABBGRQAQPUUAMClF",
  float64:
    "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAPA/AAAAAAAA8L8AAAAAAAD4PwAAAAAAAPi/AAAAAAAABEAAAAAAAOBfQAAAAAAAAGBAzczMzMwcYMDNzMzMzPxvQAAAAAAAAHBAmpmZmfn/30AAAAAA4P/vQAAAAAAA/u9AAAAAAABq+EAAAAAAAGr4wAAAwP///99BAAAAAAAA4EEAACAAAADgwQAAAAAAAPBBAAAAAAAA4EMAAAAAAADgwwAAAAAAAPBDQIy1eB2vFURAjLV4Ha8VxAAAAAAAAPB/AAAAAAAA8P8AAAAAAAD4fwAAAAAAAqBAAAAAAAABsEAAAAAQAABwQQAAADAAAHBBAAAAAAAQ8D8AAAAAADDwPwAAAAAAAvA/AAAAAAAG8D/xaOOItfjkPitppCkrG3A+K2mkKSsbYD46jDDijnlFPrGhFirTztJHrd+MxzP570cdSpz0h4IHSAAQAAAAAHBCYPVruLWIR19wZsHNcQnFB5qTPuhX23Uf8iNyatkGl/dJ98Yb2AFjqMmjVrqR159tJO46FOvUE4bY+u9unmxw30Hbqa61MB5YJLfbDlBPHZdHAQAAAHB0QAAAAAAA8HpAAAAAAADQfUBbAQAAALB1QAAAAAAAoqxA6QEAAACKrkAA/v////2vQNn+////aaJA",
  complex64:
    "AAAAAHfMKzIAAAAAmXaWfgAAgD+eyX9/AACAvwAAgH8AAMA/AACAUwAAwL8AAAAAAAAgQAAAAAAAAP9CAACAPwAAAEMAAIC/ZuYAwwAAwD9m5n9DAADAvwAAgEMAACBAzf//RgAA/0IA/39HAAAAQwDwf0dm5gDDAFDDR2bmf0MAUMPHAACAQwAAAE/N//9GAAAATwD/f0cAAADPAPB/RwAAgE8AUMNHAAAAXwBQw8cAAADfAAAATwAAgF8AAABP7HitYAAAAM/seK3gAACATwAAgH8AAABfAACA/wAAAN8AAMB/AACAXwAQAEXseK1gAAiARex4reAAAIBLAACAfwIAgEsAAID/AICAPwAAwH8AgIE/ABAARQAQgD8ACIBFADCAPwAAgEusxSc3AgCAS1nZgDMAgIA/WdkAMwCAgT93zCsyABCAP5l2ln4AMIA/nsl/f6zFJzcAAIB/WdmAMwAAgFNZ2QAz",
  complex128:
    "AAAAAAAAAAA6jDDijnlFPgAAAAAAAAAAsaEWKtPO0kcAAAAAAADwP63fjMcz+e9HAAAAAAAA8L8dSpz0h4IHSAAAAAAAAPg/ABAAAAAAcEIAAAAAAAD4vwAAAAAAAAAAAAAAAAAABEAAAAAAAAAAAAAAAAAA4F9AAAAAAAAA8D8AAAAAAABgQAAAAAAAAPC/zczMzMwcYMAAAAAAAAD4P83MzMzM/G9AAAAAAAAA+L8AAAAAAABwQAAAAAAAAARAmpmZmfn/30AAAAAAAOBfQAAAAADg/+9AAAAAAAAAYEAAAAAAAP7vQM3MzMzMHGDAAAAAAABq+EDNzMzMzPxvQAAAAAAAavjAAAAAAAAAcEAAAMD////fQZqZmZn5/99AAAAAAAAA4EEAAAAA4P/vQAAAIAAAAODBAAAAAAD+70AAAAAAAADwQQAAAAAAavhAAAAAAAAA4EMAAAAAAGr4wAAAAAAAAODDAADA////30EAAAAAAADwQwAAAAAAAOBBQIy1eB2vFUQAACAAAADgwUCMtXgdrxXEAAAAAAAA8EEAAAAAAADwfwAAAAAAAOBDAAAAAAAA8P8AAAAAAADgwwAAAAAAAPh/AAAAAAAA8EMAAAAAAAKgQECMtXgdrxVEAAAAAAABsEBAjLV4Ha8VxAAAABAAAHBBAAAAAAAA8H8AAAAwAABwQQAAAAAAAPD/AAAAAAAQ8D8AAAAAAAD4fwAAAAAAMPA/AAAAAAACoEAAAAAAAALwPwAAAAAAAbBAAAAAAAAG8D8AAAAQAABwQfFo44i1+OQ+AAAAMAAAcEEraaQpKxtwPgAAAAAAEPA/K2mkKSsbYD4AAAAAADDwPzqMMOKOeUU+AAAAAAAC8D+xoRYq087SRwAAAAAABvA/rd+MxzP570fxaOOItfjkPh1KnPSHggdIK2mkKSsbcD4AEAAAAABwQitppCkrG2A+",
};

// For each dtype a digest of x.astype(d) in JAX 0.10.2 on a CPU with jax_enable_x64 on, for d in
// the order of INPUTS:
//   hashlib.sha256(plain(np.asarray(jnp.asarray(x).astype(d))).tobytes()).hexdigest()[:6]
// plain() gives all NaNs one pattern and makes subnormal numbers (but those of float16) zero, as
// XLA flushes them.
const DIGESTS: Record<string, string> = {
  bool: "b413f4 b413f4 6b1e73 01acec 9d3414 b413f4 6b1e73 01acec 9d3414 408276 e00e5e 22b6f4 fc6242 7472a1 ee282b",
  int8: "6c014c 8ef81d a37390 d5e63f aa160b 8ef81d a37390 d5e63f aa160b f432dd 5dc9cb 5d2209 472b22 1b4597 fc01ea",
  int16:
    "6c014c 9f8a0f f9945c 8ae5a2 aced7a 9f8a0f f9945c 8ae5a2 aced7a 959cc3 5aaac4 d35937 f2c169 513c61 25b754",
  int32:
    "03afbe d7f3cc 5ccdc1 568fe9 da5bb8 d7f3cc 5ccdc1 568fe9 da5bb8 55a1a1 768008 89cbfe 7bb9ed b551b5 dd745e",
  int64:
    "1325c3 ced515 b6c131 12ffc4 a86c93 ced515 b6c131 12ffc4 a86c93 c9e5d0 f7eea2 f30099 5b9432 f25d09 5a8d5c",
  uint8:
    "abab85 19744e e1b755 cc8df9 7b9b98 19744e e1b755 cc8df9 7b9b98 b5a693 0bdad6 9964a9 e29d67 2dd02c 12de4c",
  uint16:
    "abab85 e69e2d 98726a a463fd 75b9b6 e69e2d 98726a a463fd 75b9b6 a8e5a2 0f5d8a 383a2a 9c3e3f a3bdee 9ec51a",
  uint32:
    "1a9a35 94dce4 ab9234 43dbdc a2d5da 94dce4 ab9234 43dbdc a2d5da 3a4981 2151f3 401091 7a7f5c 322d43 d425be",
  uint64:
    "6b8457 fa62e3 77ecde d00da9 5eb278 fa62e3 77ecde d00da9 5eb278 85139c 181f6a c6871a cdd628 07a7d1 e40b3a",
  float16:
    "f2ae64 8ae84b 0585d7 46f93e b8ddf3 aec0c1 afa8fd cc6b7d f695a1 5c03d3 7ab0c8 9abbf9 131b6a fabb37 da7986",
  bfloat16:
    "b1233e f0db39 1a154f 75e962 499217 0749d0 047fa1 09d81e 758d62 516272 6202db e1c144 6b125f 1806cd d6e4ab",
  float32:
    "b1233e 35ce1e 2a5cf0 77a5ee 32d6d4 d54ca8 221978 338a73 ff9ab1 585188 ed180d 137909 7adf54 d86c3b c1e26a",
  float64:
    "b1233e d5c7c1 dd57a0 437bd5 f74fb6 370a7f 62f22f b2b4d0 6f31cf f713e2 f40daa 0977ce b7d012 86307d 27e079",
  complex64:
    "0692c6 5262df 827149 04075b e40912 ee7579 4240b5 f6292a cd650c dae21a 0c2456 af616f 6bd6ce 207084 13b9de",
  complex128:
    "0692c6 5262df 827149 67edda 083e97 ee7579 4240b5 f84390 57e824 dae21a 0c2456 af616f 52634f 207084 08a143",
};

const DTYPES = Object.keys(INPUTS) as DType[];

function input(dtype: DType): NDArray {
  const bytes = Buffer.from(INPUTS[dtype], "base64");
  const size = bytes.length / itemSize(dtype);
  const data = allocate(dtype, size);
  new Uint8Array(data.buffer).set(bytes);
  return new NDArray(data, [size], undefined, 0, dtype);
}

function plain(dtype: DType, values: Data): Data {
  const data = values.slice() as Float64Array;
  if (dtype === "float16" || dtype === "bfloat16") {
    const [infinity, nan] = dtype === "float16" ? [0x7c00, 0x7e00] : [0x7f80, 0x7fc0];
    data.forEach((bits, i) => {
      if ((bits & 0x7fff) > infinity) data[i] = nan;
      else if (dtype === "bfloat16" && (bits & infinity) === 0) data[i] = 0;
    });
  } else if (isInexact(dtype)) {
    const { tiny } = finfo(dtype);
    data.forEach((x, i) => {
      if (Number.isNaN(x)) data[i] = NaN;
      else if (Math.abs(x) < tiny) data[i] = 0;
    });
  }
  return data;
}

const digest = (data: Data): string =>
  createHash("sha256").update(new Uint8Array(data.buffer)).digest("hex").slice(0, 6);

const fromDType = test.macro<[DType]>({
  exec(t, from) {
    const x = input(from);
    const actual = DTYPES.map((to) => `${to} ${digest(plain(to, astype(x, to).data))}`);
    const expected = DIGESTS[from].split(" ").map((text, i) => `${DTYPES[i]} ${text}`);
    t.deepEqual(actual, expected);
  },
  title: (_, from) => `astype(x, dtype) of ${from} equals JAX for every dtype`,
});
for (const dtype of DTYPES) test(fromDType, dtype);

test("astype(x, dtype) truncates, saturates and maps NaN to 0 from floats to integers", (t) => {
  const x = [NaN, Infinity, -Infinity, 1.9, -1.9, 300.5, -300.5, -0];
  bitEqual(t, astype(x, "int8"), [0, 127, -128, 1, -1, 127, -128, 0]);
  bitEqual(t, astype(x, "uint8"), [0, 255, 0, 1, 0, 255, 0, 0]);
  t.deepEqual(astype([1e30, -1e30, NaN, -7.9], "int64").toArray(), [
    2n ** 63n - 1n,
    -(2n ** 63n),
    0n,
    -7n,
  ]);
  t.deepEqual(astype([1e30, -1e30, NaN, 7.9], "uint64").toArray(), [2n ** 64n - 1n, 0n, 0n, 7n]);
});

test("astype(x, dtype) wraps integers", (t) => {
  const x = array([-1n, 300n, 2n ** 40n + 5n], "int64");
  bitEqual(t, astype(x, "int8"), [-1, 44, 5]);
  bitEqual(t, astype(x, "uint16"), [65535, 300, 5]);
  t.deepEqual(astype(x, "uint64").toArray(), [2n ** 64n - 1n, 300n, 2n ** 40n + 5n]);
  t.deepEqual(astype(array([2 ** 32 - 1], "uint32"), "int64").toArray(), [2n ** 32n - 1n]);
  t.deepEqual(astype(array([-1], "int8"), "uint64").toArray(), [2n ** 64n - 1n]);
});

test("astype(x, dtype) rounds 64-bit integers once", (t) => {
  // Halfway between two float32 but for the last bit, which float64 cannot hold.
  const tie = 2n ** 62n + 2n ** 38n;
  const up = Number(tie + 2n ** 38n);
  bitEqual(t, astype(array([tie - 1n, tie, tie + 1n], "int64"), "float32"), [2 ** 62, 2 ** 62, up]);
  bitEqual(t, astype(array([1n - tie, -tie, -tie - 1n], "int64"), "float32"), [
    -(2 ** 62),
    -(2 ** 62),
    -up,
  ]);
});

test("astype(x, dtype) goes to float16 through float32, array(numbers) rounds doubles once", (t) => {
  const x = 1 + 2 ** -11 + 2 ** -40;
  t.is(astype(array([x], "float64"), "float16").get(0), 1);
  t.is(array([x], "float16").get(0), 1 + 2 ** -10);
});

test("astype(x, dtype) keeps subnormal numbers", (t) => {
  bitEqual(t, astype(array([2 ** -149], "float32"), "float64"), [2 ** -149]);
  bitEqual(t, astype(array([2 ** -149], "float64"), "float32"), [2 ** -149]);
  t.deepEqual(astype([2 ** -149], "bool").toArray(), [true]);
});

test("astype(x, dtype) reads views and empty arrays and keeps the shape", (t) => {
  const x = transpose(reshape(arange(6), [2, 3]));
  bitEqual(t, astype(x, "float32"), [
    [0, 3],
    [1, 4],
    [2, 5],
  ]);
  bitEqual(t, astype(x.lo(1, 1), "float16"), [[4], [5]]);
  t.deepEqual(astype(array([], "int8"), "complex64").shape, [0]);
  t.is(astype(array(2.5), "int32").item(), 2);
});

test("astype(x, dtype) returns x itself if it has the dtype", (t) => {
  const x = arange(3);
  t.true(Object.is(astype(x, "int32"), x));
});

test("astype(x, dtype) throws TypeError for an unknown dtype", (t) => {
  t.throws(() => astype([1], "half" as DType), {
    instanceOf: TypeError,
    message: 'astype: dtype must be a dtype name, got "half".',
  });
});
