import type { NDArray } from "@flaxen/ndarray";
import { key, normal } from "@flaxen/rng";
import * as ops from "@flaxen/autodiff";
import { add, convGeneralDilated, grad, matmul, multiply, relu, sum } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";

/** A function of large arrays, and the primitives that `jit` runs together on blocks. */
export interface ChainCase {
  readonly name: string;
  readonly f: (...inputs: Tensor[]) => Tensor | Tensor[];
  readonly shapes: readonly (readonly number[])[];
  readonly chains: readonly (readonly string[])[];
}

export function drawn(shape: readonly number[], seed: number, dtype = "float32"): NDArray {
  return normal(key(seed), shape, { dtype: dtype as "float32" }) as NDArray;
}

const same = (x: Tensor, k: Tensor): Tensor => convGeneralDilated(x, k, { padding: "SAME" });

const X = [1601, 37];
const W = [37, 401];
const Y = [1601, 401];

/** Sizes are odd, so that blocks and ranges end within vectors. */
export const CHAIN_CASES: readonly ChainCase[] = [
  {
    name: "a product, a bias of its columns and relu",
    f: (x, w, b) => relu(add(matmul(x, w), b)),
    shapes: [X, W, [401]],
    chains: [["matmul", "add relu"]],
  },
  {
    name: "a product and a factor for each row",
    f: (x, w, b) => multiply(matmul(x, w), b),
    shapes: [X, W, [1601, 1]],
    chains: [["matmul", "multiply"]],
  },
  {
    name: "a product, a residual operand, and the product itself",
    f: (x, w, r) => {
      const y = matmul(x, w);
      return [relu(add(y, r)), y];
    },
    shapes: [X, W, Y],
    chains: [["matmul", "add relu"]],
  },
  {
    name: "a product with a transposed left operand",
    f: (x, w, b) => ops.tanh(add(matmul(ops.transpose(x), w), b)),
    shapes: [[37, 1601], W, []],
    chains: [["matmul", "add tanh"]],
  },
  {
    name: "sums of the rows of a product",
    f: (x, w, b) => sum(relu(add(matmul(x, w), b)), { axis: 1 }),
    shapes: [X, W, [401]],
    chains: [["matmul", "add relu sum"]],
  },
  {
    name: "sums of the columns of a product, which need all rows",
    f: (x, w, b) => {
      const y = relu(add(matmul(x, w), b));
      return [y, sum(y, { axis: 0 })];
    },
    shapes: [X, W, [401]],
    chains: [],
  },
  {
    name: "products one after the other",
    f: (x, v, w, b) => matmul(relu(add(matmul(x, v), b)), w),
    shapes: [X, W, [401, 19], [401]],
    chains: [["matmul", "add relu", "matmul"]],
  },
  {
    name: "a product that is the right operand of the next one",
    f: (x, v, w, b) => matmul(w, relu(add(matmul(x, v), b))),
    shapes: [X, W, [23, 1601], [401]],
    chains: [["matmul", "add relu"]],
  },
  {
    name: "a product whose transpose is the left operand of the next one",
    f: (x, v, w, b) => matmul(ops.transpose(relu(add(matmul(x, v), b))), w),
    shapes: [X, W, [1601, 23], [401]],
    chains: [["matmul", "add relu"]],
  },
  {
    name: "a stack of products, a bias for each of them, and softmax",
    f: (x, w, b) => ops.softmax(relu(add(matmul(x, w), b))),
    shapes: [
      [9, 401, 37],
      [9, 37, 201],
      [9, 1, 201],
    ],
    chains: [["matmul", "add relu"]],
  },
  {
    name: "a convolution, a bias of its features, relu and maxima of windows",
    f: (x, k, b) =>
      ops.reduceWindow(relu(add(same(x, k), b)), "max", { windowShape: [2, 2], strides: [2, 2] }),
    shapes: [[13, 37, 35, 3], [3, 3, 3, 35], [35]],
    chains: [["convGeneralDilated", "add relu", "reduceWindow"]],
  },
  {
    name: "convolutions one after the other with a residual operand",
    f: (x, k, b) => add(relu(same(relu(add(same(x, k), b)), k)), x),
    shapes: [[31, 19, 18, 65], [3, 3, 65, 65], [65]],
    chains: [["convGeneralDilated", "add relu", "convGeneralDilated", "relu add"]],
  },
  {
    name: "a convolution with several users",
    f: (x, k, b) => {
      const y = same(x, k);
      const z = relu(add(y, b));
      return [same(y, k), z, sum(z, { axis: [1, 2] }), sum(y)];
    },
    shapes: [
      [31, 19, 18, 65],
      [3, 3, 65, 65],
      [31, 1, 1, 65],
    ],
    chains: [["convGeneralDilated", "convGeneralDilated", "add relu sum"]],
  },
  {
    name: "a convolution and an operand that is the same for all images",
    f: (x, k, b) => ops.greater(multiply(same(x, k), b), 0),
    shapes: [
      [31, 19, 18, 5],
      [3, 3, 5, 65],
      [1, 19, 18, 65],
    ],
    chains: [["convGeneralDilated", "multiply greater"]],
  },
  {
    name: "gradients of convolutions with relu and maxima of windows",
    f: (x, k, b) =>
      grad(([k, b]: [Tensor, Tensor]) => {
        const y = relu(add(same(x, k), b));
        const z = ops.reduceWindow(y, "max", { windowShape: [2, 2], strides: [2, 2] });
        return sum(multiply(z, z));
      })([k, b]) as Tensor[],
    shapes: [[13, 37, 35, 1], [3, 3, 1, 35], [35]],
    chains: [
      [
        "convGeneralDilated",
        "add relu greater",
        "reduceWindow",
        "multiply add",
        "reduceWindow (gradient of max or min)",
      ],
    ],
  },
  {
    name: "a wide product, by columns",
    f: (x, w, b) => relu(add(matmul(x, w), b)),
    shapes: [[401, 37], [37, 1601], [1601]],
    chains: [],
  },
];
