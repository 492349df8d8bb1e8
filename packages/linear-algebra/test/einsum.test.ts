import test from "ava";
import fc from "fast-check";
import { einsum, matmul } from "@flaxen/linear-algebra";
import {
  arange,
  array,
  astype,
  flip,
  full,
  NDArray,
  ones,
  reshape,
  transpose,
  zeros,
} from "@flaxen/ndarray";
import { bitEqual, closeTo } from "@flaxen/testing";
import { randomArray } from "./matrices.ts";

const A = reshape(arange(6, undefined, undefined, "float64"), [2, 3]);

/** The sum over all values of all labels, by its definition. */
function naive(terms: readonly string[], output: string, operands: readonly NDArray[]): NDArray {
  const labels = [...new Set(terms.join(""))];
  const length = (label: string): number =>
    Math.max(
      ...terms.map((term, i) =>
        term.includes(label) ? operands[i].shape[term.indexOf(label)] : 1,
      ),
    );
  const result = zeros([...output].map(length), "float64") as NDArray<"float64">;
  const visit = (at: Map<string, number>): void => {
    const label = labels[at.size];
    if (label !== undefined) {
      for (let i = 0; i < length(label); i++) visit(new Map([...at, [label, i]]));
      return;
    }
    const where = (letter: string): number => at.get(letter) as number;
    const factors = terms.map(
      (term, t) =>
        operands[t].get(
          ...[...term].map((c, axis) => (operands[t].shape[axis] === 1 ? 0 : where(c))),
        ) as number,
    );
    const to = [...output].map(where);
    result.set(...to, result.get(...to) + factors.reduce((a, b) => a * b, 1));
  };
  visit(new Map());
  return result;
}

test("einsum(subscripts, ...operands) sums as its definition", (t) => {
  const letters = fc.constantFrom(..."abcde");
  const term = fc.array(letters, { maxLength: 3 }).map((list) => list.join(""));
  fc.assert(
    fc.property(
      fc.array(term, { minLength: 1, maxLength: 4 }),
      fc.uniqueArray(letters, { maxLength: 3 }),
      fc.array(fc.integer({ min: 1, max: 3 }), { minLength: 5, maxLength: 5 }),
      fc.nat(1000),
      (terms, wanted, lengths, seed) => {
        const output = wanted.filter((label) => terms.join("").includes(label)).join("");
        const operands = terms.map((text, i) => {
          // Some operands have length 1 along the axes that are not repeated.
          const flat = (seed >> i) % 4 === 0 && new Set(text).size === text.length;
          const shape = [...text].map((label) => (flat ? 1 : lengths["abcde".indexOf(label)]));
          return transpose(randomArray([...shape].reverse(), seed + i));
        });
        const actual = einsum(`${terms.join(",")}->${output}`, ...operands);
        const expected = naive(terms, output, operands);
        t.deepEqual(actual.shape, expected.shape);
        closeTo(t, actual, expected, { rtol: 1e-13, atol: 1e-13 });
      },
    ),
    { seed: 20340, numRuns: 200 },
  );
});

test("einsum(subscripts, ...operands) matches jax.numpy.einsum", (t) => {
  // jnp.einsum, JAX 0.10.2, with a = jnp.arange(6.).reshape(2, 3)
  const cases: [string, NDArray[], number[], number[]][] = [
    ["ij,jk", [A, transpose(A)], [2, 2], [5, 14, 14, 50]],
    ["ba", [A], [3, 2], [0, 3, 1, 4, 2, 5]],
    ["ij,ij->i", [A, ones([1, 3], "float64")], [2], [3, 12]],
    ["i...", [A], [3, 2], [0, 3, 1, 4, 2, 5]],
    ["...", [A], [2, 3], [0, 1, 2, 3, 4, 5]],
    ["ij->", [A], [], [15]],
    ["...i", [A], [2, 3], [0, 1, 2, 3, 4, 5]],
    ["i...->i", [A], [2], [3, 12]],
    ["bA,A", [A, ones([3], "float64")], [2], [3, 12]],
    ["ijI,I->Iji", [ones([2, 1, 2]), array([1, 2])], [2, 1, 2], [1, 1, 2, 2]],
    [" i j , j k -> k i ", [A, transpose(A)], [2, 2], [5, 14, 14, 50]],
    ["", [array(3)], [], [3]],
    [",i", [array(3), ones([2])], [2], [3, 3]],
    ["i,i,i", [ones([3]), ones([3]), ones([3])], [], [3]],
  ];
  for (const [subscripts, operands, shape, values] of cases) {
    const result = einsum(subscripts, ...operands);
    t.deepEqual(result.shape, shape, subscripts);
    t.deepEqual(Array.from(result.data as Float64Array), values, subscripts);
  }
});

test("einsum(subscripts, ...operands) aligns ellipses from the right", (t) => {
  const a = randomArray([2, 1, 2, 3], 1);
  const b = randomArray([5, 3, 4], 2);
  const c = einsum("...ij,...jk->...ik", a, b);
  closeTo(t, c, matmul(a, b), { rtol: 1e-14 });
  t.deepEqual(einsum("ij...,jk...->...ik", ones([2, 3, 4]), ones([3, 5, 1])).shape, [4, 2, 5]);
  t.deepEqual(einsum("...i,...", ones([4, 2, 3]), ones([2])).shape, [4, 2, 3]);
  t.deepEqual(einsum("...ii->...i", reshape(arange(8), [2, 2, 2])).toArray(), [
    [0, 3],
    [4, 7],
  ]);
  t.deepEqual(einsum("...,...", 2, [3, 4]).toArray(), [6, 8]);
});

test("einsum(subscripts, x) takes diagonals of strided views and returns a new array", (t) => {
  const x = reshape(arange(9, undefined, undefined, "float64"), [3, 3]);
  t.is(einsum("ii", flip(x, 0)).item(), 12);
  t.deepEqual(einsum("ii->i", flip(x)).toArray(), [8, 4, 0]);
  t.deepEqual(einsum("iij->ji", reshape(arange(8), [2, 2, 2])).toArray(), [
    [0, 6],
    [1, 7],
  ]);
  t.not(einsum("ij", x).data, x.data);
});

test("einsum(subscripts, ...operands) of matrices has the bits of matmul", (t) => {
  const a = randomArray([13, 17], 3, "float32");
  const b = randomArray([17, 11], 4, "float32");
  bitEqual(t, einsum("ij,jk->ik", a, b), matmul(a, b));
  bitEqual(t, einsum("ij,kj->ik", a, transpose(b)), matmul(a, b));
  bitEqual(t, einsum("ji,jk->ik", transpose(a), b), matmul(a, b));
});

test("einsum(subscripts, ...operands) promotes dtypes, wraps integers and takes complex numbers", (t) => {
  // jnp.einsum, JAX 0.10.2
  const small = einsum("ij->", full([300, 2], 1, "int8"));
  t.is(small.dtype, "int8");
  t.is(small.item(), 88);
  t.is(einsum("ij->i", ones([3, 2], "bool")).dtype, "bool");
  t.is(einsum("ij,jk", ones([2, 2], "int8"), ones([2, 2], "bool")).dtype, "int8");
  t.is(einsum("i,j", ones([2], "float32"), ones([2], "int64")).dtype, "float32");
  t.is(einsum("i,i->i", array([2n ** 62n], "int64"), array([3n], "int64")).item(), -(2n ** 62n));
  const i = array([{ re: 0, im: 1 }] as never, "complex64");
  t.deepEqual(einsum("i,i", i, i).item(), { re: -1, im: 0 });
  t.is(einsum("ij,j", astype(A, "bfloat16"), ones([3], "bfloat16")).dtype, "bfloat16");
});

test("einsum(subscripts, ...operands) of nothing is zero", (t) => {
  t.is(einsum("i,i", ones([0]), ones([0])).item(), 0);
  t.deepEqual(einsum("ij->i", ones([2, 0])).toArray(), [0, 0]);
  t.deepEqual(einsum("i,j", ones([0]), ones([3])).shape, [0, 3]);
  t.deepEqual(einsum("i,i->i", ones([0]), ones([1])).shape, [0]);
});

test("einsum(subscripts, ...operands) throws on what it cannot read", (t) => {
  const malformed = (text: string): string =>
    `einsum: subscripts must be letters with at most one "..." a term, commas and at most one "->", got "${text}".`;
  const cases: [() => unknown, string][] = [
    ...["i1", "i..j", "i->j->k", "......", "i->>j", "ij->i,j", "i-"].map(
      (text) => [() => einsum(text, A), malformed(text)] as [() => unknown, string],
    ),
    [
      () => einsum("ij", A, A),
      'einsum: operands must be one for each of the 1 terms of "ij", got 2.',
    ],
    [
      () => einsum("ij,jk", A),
      'einsum: operands must be one for each of the 2 terms of "ij,jk", got 1.',
    ],
    [() => einsum("ijk", A), 'einsum: operand 0 must have 3 axes for "ijk", got shape [2, 3].'],
    [
      () => einsum("i,ijk...", [1], A),
      'einsum: operand 1 must have at least 3 axes for "ijk...", got shape [2, 3].',
    ],
    [
      () => einsum("ij,jk->il", A, transpose(A)),
      'einsum: output labels must be different labels of the operands, got "il".',
    ],
    [
      () => einsum("ij->ii", A),
      'einsum: output labels must be different labels of the operands, got "ii".',
    ],
    [
      () => einsum("ij,jk", A, A),
      'einsum: axes with the label "j" must have one length, got 3 and 2.',
    ],
    [() => einsum("ii", A), 'einsum: axes with the label "i" must have one length, got 2 and 3.'],
    [
      () => einsum("ii", ones([1, 3])),
      'einsum: axes with the label "i" must have one length in an operand, got shape [1, 3].',
    ],
  ];
  for (const [call, message] of cases) t.throws(call, { instanceOf: RangeError, message });
  t.throws(() => einsum(3 as never, A), {
    instanceOf: TypeError,
    message: "einsum: subscripts must be a string, got 3.",
  });
});
