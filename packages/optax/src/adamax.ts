import { abs, add, divide, maximum, multiply } from "@flaxen/autodiff";
import type { AdamState } from "./adam.ts";
import { checkDecay, checkHyperparam, checkNonNegative } from "./arguments.ts";
import { chainAs } from "./chain.ts";
import { increment, initialCount } from "./count.ts";
import type { GradientTransformation, TensorTree } from "./gradient-transformation.ts";
import type { ScalarOrSchedule } from "./hyperparam.ts";
import { cast, rebuild, takeLeaves, takeMatching, zerosLikeParams } from "./leaves.ts";
import { biasOf, blendInto, oncePerDType } from "./moments.ts";
import type { ScaleByAdamOptions, ScaleByAdamState } from "./scale-by-adam.ts";
import { scaleByLearningRateAs } from "./scale.ts";
import { checkState } from "./state.ts";

/** The numbers of the Adamax rule. */
export type ScaleByAdamaxOptions = Pick<ScaleByAdamOptions, "b1" | "b2" | "eps">;

/**
 * Builds the transformation that divides each gradient's running mean by the largest recent gradient,
 * the Adamax rule without a learning rate.
 *
 * `mu = b1 mu + (1 - b1) g`, `nu = max(b2 nu, |g| + eps)`, then `mu / (1 - b1^t) / nu` at update
 * `t = 1, 2, ...`.
 *
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-8)
 *   non-negative.
 * @returns A transformation whose state is `{ count, mu, nu }`, in the dtype of the parameters.
 * @throws {@link TypeError} if an option is no number, or (in `init`) a parameter is not floating-point, or
 *   (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an option is out of its range, or (in `update`) the updates have other shapes
 *   than the state.
 * @see Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 2.
 *   https://arxiv.org/abs/1412.6980. As in Optax, `eps` is an addition.
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { scaleByAdamax } from "@flaxen/optax";
 *
 * const tx = scaleByAdamax({ b1: 0.5, b2: 0.5, eps: 0 });
 * tx.update(array([3, -4]), tx.init(array([0, 0])))[0]; // => [1, -1]
 * ```
 */
export function scaleByAdamax(
  options: ScaleByAdamaxOptions = {},
): GradientTransformation<ScaleByAdamState> {
  return scaleByAdamaxAs("scaleByAdamax", options);
}

function scaleByAdamaxAs(
  callee: string,
  { b1 = 0.9, b2 = 0.999, eps = 1e-8 }: ScaleByAdamaxOptions,
): GradientTransformation<ScaleByAdamState> {
  checkHyperparam(checkDecay, callee, "b1", b1);
  checkHyperparam(checkDecay, callee, "b2", b2);
  checkHyperparam(checkNonNegative, callee, "eps", eps);
  const owner = `${callee}.update`;
  return {
    init: (params) => ({
      count: initialCount(),
      mu: zerosLikeParams(`${callee}.init`, params),
      nu: zerosLikeParams(`${callee}.init`, params),
    }),
    update<T>(updates: T, state: ScaleByAdamState): [T, ScaleByAdamState] {
      checkState(owner, state, ["count", "mu", "nu"]);
      const means = takeLeaves(owner, "state.mu", state.mu);
      const sizes = takeMatching(owner, "state.nu", state.nu, "state.mu", means);
      const { leaves, structure } = takeMatching(owner, "updates", updates, "the state", means);
      const count = increment(state.count);
      const bias = oncePerDType((dtype) => cast(biasOf(b1, count, dtype), dtype));
      const mu = leaves.map((g, i) => blendInto(means.leaves[i], g, b1));
      const nu = leaves.map((g, i) => {
        const size = sizes.leaves[i];
        return cast(maximum(add(abs(g), eps), multiply(size, b2)), size.dtype);
      });
      const scaled = mu.map((m, i) => divide(divide(m, bias(m.dtype)), nu[i]));
      const next = {
        count,
        mu: rebuild<TensorTree>(structure, mu),
        nu: rebuild<TensorTree>(structure, nu),
      };
      return [rebuild(structure, scaled), next];
    },
  };
}

/**
 * Builds the Adamax optimizer: {@link adam} with the largest recent gradient in place of the root mean
 * square.
 *
 * `updates = -learningRate * mu / (1 - b1^t) / nu` with the moments of {@link scaleByAdamax}.
 *
 * @param learningRate - A non-negative finite number, a scalar tensor, or a schedule of the count
 *   from 0 on.
 * @param options - `b1` (default 0.9) and `b2` (default 0.999) in `[0, 1)`, `eps` (default 1e-8)
 *   non-negative.
 * @returns A transformation with the state of {@link adam}.
 * @throws {@link TypeError} if an argument has the wrong type, or (in `init`) a parameter is not
 *   floating-point, or (in `update`) the updates have another structure than the state.
 * @throws {@link RangeError} if an argument is out of its range, or (in `update`) the updates have
 *   other shapes than the state.
 * @see Kingma and Ba (2015), "Adam: A Method for Stochastic Optimization", algorithm 2.
 *   https://arxiv.org/abs/1412.6980
 *
 * @example
 * ```ts
 * import { array } from "@flaxen/ndarray";
 * import { adamax } from "@flaxen/optax";
 *
 * const tx = adamax(0.25, { b1: 0.5, eps: 0 });
 * const params = array([1, 1]);
 * tx.update(array([3, -4]), tx.init(params))[0]; // => [-0.25, 0.25]
 * ```
 */
export function adamax(
  learningRate: ScalarOrSchedule,
  options: ScaleByAdamaxOptions = {},
): GradientTransformation<AdamState> {
  return chainAs<AdamState>(
    "adamax",
    scaleByAdamaxAs("adamax", options),
    scaleByLearningRateAs("adamax", learningRate),
  );
}
