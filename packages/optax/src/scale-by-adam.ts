import { add, divide, multiply, sqrt } from "@flaxen/autodiff";
import type { Tensor } from "@flaxen/autodiff";
import { fused } from "@flaxen/autodiff/program";
import type { DType } from "@flaxen/dtype";
import {
  checkBoolean,
  checkDecay,
  checkHyperparam,
  checkNonNegative,
  checkStateDType,
} from "./arguments.ts";
import { increment, initialCount } from "./count.ts";
import type { CountState, GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import { complement, toScalar } from "./hyperparam.ts";
import type { Hyperparam } from "./hyperparam.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { biasOf, blend, blendSquare, oncePerDType, wideDType } from "./moments.ts";
import { checkState } from "./state.ts";

/** The numbers of the Adam rule. */
export interface ScaleByAdamOptions {
  /** Decay rate of the running mean of the gradients, in `[0, 1)`; 0.9 by default. */
  readonly b1?: Hyperparam;
  /** Decay rate of the running mean of their squares, in `[0, 1)`; 0.999 by default. */
  readonly b2?: Hyperparam;
  /** Added to the square root in the denominator, non-negative; 1e-8 by default. */
  readonly eps?: Hyperparam;
  /** Added under the square root, non-negative; 0 by default. */
  readonly epsRoot?: Hyperparam;
  /** Whether the mean looks one step ahead, as in {@link nadam}; `false` by default. */
  readonly nesterov?: boolean;
  /** Dtype in which the mean is stored; that of the parameters by default. */
  readonly muDtype?: DType | undefined;
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
 * `mu / (1 - b1^t) / (sqrt(nu / (1 - b2^t) + epsRoot) + eps)` at update `t = 1, 2, ...`. With
 * `nesterov`, `b1 mu / (1 - b1^(t + 1)) + (1 - b1) g / (1 - b1^t)` is in place of `mu / (1 - b1^t)`.
 *
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-8) and
 *   `epsRoot` (default 0) non-negative; `nesterov` (default `false`); `muDtype` (default: that of the
 *   parameters), in which `mu` is stored between updates.
 * @returns A transformation whose state is `{ count, mu, nu }`, in the dtype of the parameters but for
 *   `muDtype`.
 * @throws {@link TypeError} if an option has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have
 *   other shapes than the state.
 * @see Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 1.
 *   https://arxiv.org/abs/1412.6980. As in Optax, `epsRoot` is an addition. Dozat (2016),
 *   "Incorporating Nesterov Momentum into Adam", algorithm 2, for `nesterov`, without its factor `b2`
 *   of `nu` and with a constant `b1`. https://openreview.net/forum?id=OM0jvwB8jIp57ZJjtNEZ
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

/** The options with their defaults filled in, but for the dtype. */
type Numbers = Required<Omit<ScaleByAdamOptions, "muDtype">>;

/** {@link scaleByAdam} as a part of the optimizer `callee`, which messages name. */
export function scaleByAdamAs(
  callee: string,
  { b1 = 0.9, b2 = 0.999, eps = 1e-8, epsRoot = 0, nesterov = false, muDtype }: ScaleByAdamOptions,
): GradientTransformation<ScaleByAdamState> {
  checkHyperparam(checkDecay, callee, "b1", b1);
  checkHyperparam(checkDecay, callee, "b2", b2);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  checkHyperparam(checkNonNegative, callee, "epsRoot", epsRoot);
  checkBoolean(callee, "nesterov", nesterov);
  checkStateDType(callee, "muDtype", muDtype);
  const owner = `${callee}.update`;
  return {
    init(params) {
      const mu = zerosLikeParams(`${callee}.init`, params, muDtype);
      return { count: initialCount(), mu, nu: zerosLikeParams(`${callee}.init`, params) };
    },
    update<T>(updates: T, state: ScaleByAdamState): [T, ScaleByAdamState] {
      checkState(owner, state, ["count", "mu", "nu"]);
      const means = takeLeaves(owner, "state.mu", state.mu);
      const squares = takeMatching(owner, "state.nu", state.nu, "state.mu", means);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", means);
      const count = increment(state.count);
      const correct = corrections(count, { b1, b2, eps, epsRoot, nesterov });
      const mu: Tensor[] = [];
      const nu = leaves.map((g, i) => blendSquare(squares.leaves[i], g, b2));
      const scaled = leaves.map((g, i) => {
        const mean = means.leaves[i];
        const { dtype } = nu[i];
        // Rounded to the dtype of the state only after its use here.
        const next = blend(mean, g, b1);
        mu.push(cast(next, mean.dtype));
        const current = muDtype === undefined ? cast(next, dtype) : next;
        return cast(direction(current, g, nu[i], correct(current.dtype)), dtype);
      });
      const next = {
        count,
        mu: rebuild<TensorTree>(structure, mu),
        nu: rebuild<TensorTree>(structure, nu),
      };
      return [rebuild(structure, scaled), next];
    },
  };
}

/** The scalars of one update, as tensors in one dtype. */
interface Corrections {
  /** `(1 - b1^t) / sqrt(1 - b2^t)` */
  readonly slope: Tensor;
  /** `(1 - b1^t) * eps` */
  readonly floor: Tensor;
  /** `(1 - b2^t) * epsRoot`, or null when that is zero. */
  readonly root: Tensor | null;
  /** The weights of mean and gradient when looking ahead, both times `1 - b1^t`; null when not. */
  readonly ahead: { readonly mean: Tensor; readonly gradient: Tensor } | null;
}

/**
 * Both bias corrections folded into the denominator: `mu / (slope * sqrt(nu + root) + floor)` equals the documented rule
 * with an operation on the data less.
 */
function direction(
  mu: Tensor,
  g: Tensor,
  nu: Tensor,
  { slope, floor, root, ahead }: Corrections,
): Tensor {
  const top =
    ahead === null
      ? mu
      : add(multiply(mu, ahead.mean), multiply(cast(g, mu.dtype), ahead.gradient));
  return scaledDown(top, root === null ? nu : add(nu, root), slope, floor);
}

const scaledDown = /* @__PURE__ */ fused(
  "adam",
  (top, square, slope, floor) => divide(top, add(multiply(sqrt(square), slope), floor)),
  4,
);

/** The corrections for each dtype, worked out once per update. */
function corrections(
  count: Tensor,
  { b1, b2, eps, epsRoot, nesterov }: Numbers,
): (dtype: DType) => Corrections {
  return oncePerDType((dtype) => {
    const bias1 = biasOf(b1, count, dtype);
    const bias2 = biasOf(b2, count, dtype);
    return {
      slope: cast(divide(bias1, sqrt(bias2)), dtype),
      floor: cast(multiply(bias1, eps), dtype),
      root: epsRoot === 0 ? null : cast(multiply(bias2, epsRoot), dtype),
      ahead: nesterov ? lookAhead(b1, bias1, count, dtype) : null,
    };
  });
}

function lookAhead(
  b1: Hyperparam,
  bias1: Tensor,
  count: Tensor,
  dtype: DType,
): Corrections["ahead"] {
  const later = divide(bias1, biasOf(b1, increment(count), dtype));
  const wide = wideDType(dtype);
  return {
    mean: cast(multiply(later, b1), dtype),
    gradient: cast(toScalar(complement(b1), wide), dtype),
  };
}
