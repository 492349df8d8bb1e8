import { add, astype, divide, multiply, power, sqrt, square, subtract } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import type { DType } from "@flaxen/dtype";
import { full } from "@flaxen/ndarray";
import { checkDecay, checkNonNegative } from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import { rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { checkState } from "./state.ts";

/** The numbers of the Adam rule. */
export interface ScaleByAdamOptions {
  /** Decay rate of the running mean of the gradients, in `[0, 1)`; 0.9 by default. */
  readonly b1?: number;
  /** Decay rate of the running mean of their squares, in `[0, 1)`; 0.999 by default. */
  readonly b2?: number;
  /** Added to the square root in the denominator, non-negative; 1e-8 by default. */
  readonly eps?: number;
  /** Added under the square root, non-negative; 0 by default. */
  readonly epsRoot?: number;
}

/** The state of {@link scaleByAdam}. */
export interface ScaleByAdamState extends CountState {
  /** Running mean of the gradients, a tree like the parameters. */
  readonly mu: TensorTree;
  /** Running mean of the squared gradients, a tree like the parameters. */
  readonly nu: TensorTree;
}

/**
 * Builds the transformation that divides each gradient's running mean by its running size, the Adam
 * rule without a learning rate.
 *
 * `mu = b1 mu + (1 - b1) g`, `nu = b2 nu + (1 - b2) g^2`, then
 * `mu / (1 - b1^t) / (sqrt(nu / (1 - b2^t) + epsRoot) + eps)` at update `t = 1, 2, ...`.
 *
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-8) and
 *   `epsRoot` (default 0) non-negative.
 * @returns A transformation whose state is `{ count, mu, nu }`, both moments in the dtype of the
 *   parameters.
 * @throws TypeError if an option is no number, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws RangeError if an option is out of its range, or (in `update`) the updates have
 *   other shapes than the state.
 * @see Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1.
 *   https://arxiv.org/abs/1412.6980. As in Optax, `epsRoot` is an addition.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByAdam } from "@flaxen/optax";
 *
 * const tx = scaleByAdam();
 * const [updates, state] = tx.update(array([3, -0.01]), tx.init(array([0, 0])));
 * updates; // => Array([ 0.9999933 , -0.99999243], dtype=float32)
 * state.count; // => 1
 * ```
 */
export function scaleByAdam(
  options: ScaleByAdamOptions = {},
): GradientTransformation<ScaleByAdamState> {
  return scaleByAdamAs("scaleByAdam", options);
}

/** {@link scaleByAdam} as a part of the optimizer `callee`, which messages name. */
export function scaleByAdamAs(
  callee: string,
  { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0 }: ScaleByAdamOptions,
): GradientTransformation<ScaleByAdamState> {
  checkDecay(callee, "b1", b1);
  checkDecay(callee, "b2", b2);
  checkNonNegative(callee, "eps", eps);
  checkNonNegative(callee, "epsRoot", epsRoot);
  return {
    init(params) {
      const mu = zerosLikeParams(`${callee}.init`, params);
      return { count: initialCount(), mu, nu: zerosLikeParams(`${callee}.init`, params) };
    },
    update<T>(updates: T, state: ScaleByAdamState): [T, ScaleByAdamState] {
      const owner = `${callee}.update`;
      checkState(owner, state, ["count", "mu", "nu"]);
      const means = takeLeaves(owner, "state.mu", state.mu);
      const squares = takeMatching(owner, "state.nu", state.nu, "state.mu", means);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", means);
      const count = increment(state.count);
      const mu = leaves.map((g, i) => blend(means.leaves[i], g, b1));
      const nu = leaves.map((g, i) => blend(squares.leaves[i], square(g), b2));
      const correct = corrections(count, { b1, b2, eps, epsRoot });
      const scaled = mu.map((m, i) => direction(m, nu[i], correct(m.dtype)));
      const next = {
        count,
        mu: rebuild<TensorTree>(structure, mu),
        nu: rebuild<TensorTree>(structure, nu),
      };
      return [rebuild(structure, scaled), next];
    },
  };
}

/** `decay * mean + (1 - decay) * value`, in the dtype of the mean. */
function blend(mean: Tensor, value: Tensor, decay: number): Tensor {
  const blended = add(multiply(mean, decay), multiply(value, 1 - decay));
  return blended.dtype === mean.dtype ? blended : astype(blended, mean.dtype);
}

/** The scalars of one update, as tensors in one dtype. */
interface Corrections {
  /** `(1 - b1^t) / sqrt(1 - b2^t)` */
  readonly slope: Tensor;
  /** `(1 - b1^t) * eps` */
  readonly floor: Tensor;
  /** `(1 - b2^t) * epsRoot`, or null when that is zero. */
  readonly root: Tensor | null;
}

/**
 * Both bias corrections folded into the denominator:
 * `mu / (slope * sqrt(nu + root) + floor)` equals the documented rule in four passes over the data
 * where the rule as written takes five.
 */
function direction(mu: Tensor, nu: Tensor, { slope, floor, root }: Corrections): Tensor {
  const size = sqrt(root === null ? nu : add(nu, root));
  return divide(mu, add(multiply(size, slope), floor));
}

/** The corrections for each dtype, worked out once per update. */
function corrections(
  count: Tensor,
  { b1, b2, eps, epsRoot }: Required<ScaleByAdamOptions>,
): (dtype: DType) => Corrections {
  const known = new Map<DType, Corrections>();
  return (dtype) => {
    let found = known.get(dtype);
    if (found === undefined) {
      // 16-bit powers would round b2^t to 1; so those are taken in float32, as Optax does.
      const wide: DType = dtype === "float64" ? "float64" : "float32";
      const step = astype(count, wide);
      const bias1 = subtract(1, power(full([], b1, wide), step));
      const bias2 = subtract(1, power(full([], b2, wide), step));
      found = {
        slope: astype(divide(bias1, sqrt(bias2)), dtype),
        floor: astype(multiply(bias1, eps), dtype),
        root: epsRoot === 0 ? null : astype(multiply(bias2, epsRoot), dtype),
      };
      known.set(dtype, found);
    }
    return found;
  };
}
