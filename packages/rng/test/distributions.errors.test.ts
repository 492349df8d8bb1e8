import test from "ava";
import * as rng from "@flaxen/rng";
import { modern as key } from "./answers.ts";

type Kind = typeof TypeError | typeof RangeError;

const refuses = test.macro<[() => unknown, Kind, string]>({
  exec(t, call, instanceOf, message) {
    t.throws(call, { instanceOf, message });
  },
  title: (_, call) => `${String(call).replace(/^\(\) => rng\./, "")} throws`,
});
const j = (x: unknown): never => x as never;

test(
  refuses,
  () => rng.exponential(j(0)),
  TypeError,
  "exponential: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.exponential(key, j(3)),
  TypeError,
  "exponential: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.exponential(key, [-1]),
  RangeError,
  "exponential: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.exponential(key, [1], j(1)),
  TypeError,
  "exponential: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.exponential(key, [], { dtype: j("int32") }),
  TypeError,
  'exponential: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.gumbel(j(0)),
  TypeError,
  "gumbel: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.gumbel(key, j(3)),
  TypeError,
  "gumbel: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.gumbel(key, [-1]),
  RangeError,
  "gumbel: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.gumbel(key, [1], j(1)),
  TypeError,
  "gumbel: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.gumbel(key, [], { dtype: j("int32") }),
  TypeError,
  'gumbel: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.laplace(j(0)),
  TypeError,
  "laplace: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.laplace(key, j(3)),
  TypeError,
  "laplace: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.laplace(key, [-1]),
  RangeError,
  "laplace: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.laplace(key, [1], j(1)),
  TypeError,
  "laplace: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.laplace(key, [], { dtype: j("int32") }),
  TypeError,
  'laplace: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.logistic(j(0)),
  TypeError,
  "logistic: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.logistic(key, j(3)),
  TypeError,
  "logistic: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.logistic(key, [-1]),
  RangeError,
  "logistic: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.logistic(key, [1], j(1)),
  TypeError,
  "logistic: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.logistic(key, [], { dtype: j("int32") }),
  TypeError,
  'logistic: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.cauchy(j(0)),
  TypeError,
  "cauchy: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.cauchy(key, j(3)),
  TypeError,
  "cauchy: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.cauchy(key, [-1]),
  RangeError,
  "cauchy: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.cauchy(key, [1], j(1)),
  TypeError,
  "cauchy: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.cauchy(key, [], { dtype: j("int32") }),
  TypeError,
  'cauchy: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.maxwell(j(0)),
  TypeError,
  "maxwell: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.maxwell(key, j(3)),
  TypeError,
  "maxwell: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.maxwell(key, [-1]),
  RangeError,
  "maxwell: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.maxwell(key, [1], j(1)),
  TypeError,
  "maxwell: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.maxwell(key, [], { dtype: j("int32") }),
  TypeError,
  'maxwell: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.rademacher(j(0)),
  TypeError,
  "rademacher: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.rademacher(key, j(3)),
  TypeError,
  "rademacher: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.rademacher(key, [-1]),
  RangeError,
  "rademacher: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.rademacher(key, [1], j(1)),
  TypeError,
  "rademacher: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.rademacher(key, [], { dtype: j("uint8") }),
  TypeError,
  'rademacher: dtype must be a signed integer or real floating-point dtype, got "uint8".',
);
test(
  refuses,
  () => rng.gamma(j(0), 1),
  TypeError,
  "gamma: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.gamma(key, 1, j(3)),
  TypeError,
  "gamma: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.gamma(key, 1, [-1]),
  RangeError,
  "gamma: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.gamma(key, 1, [1], j(1)),
  TypeError,
  "gamma: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.gamma(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'gamma: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.loggamma(j(0), 1),
  TypeError,
  "loggamma: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.loggamma(key, 1, j(3)),
  TypeError,
  "loggamma: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.loggamma(key, 1, [-1]),
  RangeError,
  "loggamma: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.loggamma(key, 1, [1], j(1)),
  TypeError,
  "loggamma: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.loggamma(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'loggamma: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.chisquare(j(0), 1),
  TypeError,
  "chisquare: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.chisquare(key, 1, j(3)),
  TypeError,
  "chisquare: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.chisquare(key, 1, [-1]),
  RangeError,
  "chisquare: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.chisquare(key, 1, [1], j(1)),
  TypeError,
  "chisquare: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.chisquare(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'chisquare: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.t(j(0), 1),
  TypeError,
  "t: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.t(key, 1, j(3)),
  TypeError,
  "t: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.t(key, 1, [-1]),
  RangeError,
  "t: shape must hold non-negative integers, got [-1].",
);
test(refuses, () => rng.t(key, 1, [1], j(1)), TypeError, "t: options must be an object, got 1.");
test(
  refuses,
  () => rng.t(key, 1, [], { dtype: j("int32") }),
  TypeError,
  't: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.pareto(j(0), 1),
  TypeError,
  "pareto: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.pareto(key, 1, j(3)),
  TypeError,
  "pareto: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.pareto(key, 1, [-1]),
  RangeError,
  "pareto: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.pareto(key, 1, [1], j(1)),
  TypeError,
  "pareto: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.pareto(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'pareto: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.rayleigh(j(0), 1),
  TypeError,
  "rayleigh: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.rayleigh(key, 1, j(3)),
  TypeError,
  "rayleigh: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.rayleigh(key, 1, [-1]),
  RangeError,
  "rayleigh: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.rayleigh(key, 1, [1], j(1)),
  TypeError,
  "rayleigh: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.rayleigh(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'rayleigh: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.lognormal(j(0), 1),
  TypeError,
  "lognormal: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.lognormal(key, 1, j(3)),
  TypeError,
  "lognormal: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.lognormal(key, 1, [-1]),
  RangeError,
  "lognormal: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.lognormal(key, 1, [1], j(1)),
  TypeError,
  "lognormal: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.lognormal(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'lognormal: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.wald(j(0), 1),
  TypeError,
  "wald: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.wald(key, 1, j(3)),
  TypeError,
  "wald: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.wald(key, 1, [-1]),
  RangeError,
  "wald: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.wald(key, 1, [1], j(1)),
  TypeError,
  "wald: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.wald(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'wald: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.generalizedNormal(j(0), 1),
  TypeError,
  "generalizedNormal: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.generalizedNormal(key, 1, j(3)),
  TypeError,
  "generalizedNormal: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.generalizedNormal(key, 1, [-1]),
  RangeError,
  "generalizedNormal: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.generalizedNormal(key, 1, [1], j(1)),
  TypeError,
  "generalizedNormal: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.generalizedNormal(key, 1, [], { dtype: j("int32") }),
  TypeError,
  'generalizedNormal: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.poisson(j(0), 1),
  TypeError,
  "poisson: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.poisson(key, 1, j(3)),
  TypeError,
  "poisson: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.poisson(key, 1, [-1]),
  RangeError,
  "poisson: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.poisson(key, 1, [1], j(1)),
  TypeError,
  "poisson: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.poisson(key, 1, [], { dtype: j("float32") }),
  TypeError,
  'poisson: dtype must be an integer dtype, got "float32".',
);
test(
  refuses,
  () => rng.geometric(j(0), 1),
  TypeError,
  "geometric: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.geometric(key, 1, j(3)),
  TypeError,
  "geometric: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.geometric(key, 1, [-1]),
  RangeError,
  "geometric: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.geometric(key, 1, [1], j(1)),
  TypeError,
  "geometric: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.geometric(key, 1, [], { dtype: j("float32") }),
  TypeError,
  'geometric: dtype must be an integer dtype, got "float32".',
);
test(
  refuses,
  () => rng.beta(j(0), 1, 1),
  TypeError,
  "beta: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.beta(key, 1, 1, j(3)),
  TypeError,
  "beta: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.beta(key, 1, 1, [-1]),
  RangeError,
  "beta: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.beta(key, 1, 1, [1], j(1)),
  TypeError,
  "beta: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.beta(key, 1, 1, [], { dtype: j("int32") }),
  TypeError,
  'beta: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.f(j(0), 1, 1),
  TypeError,
  "f: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.f(key, 1, 1, j(3)),
  TypeError,
  "f: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.f(key, 1, 1, [-1]),
  RangeError,
  "f: shape must hold non-negative integers, got [-1].",
);
test(refuses, () => rng.f(key, 1, 1, [1], j(1)), TypeError, "f: options must be an object, got 1.");
test(
  refuses,
  () => rng.f(key, 1, 1, [], { dtype: j("int32") }),
  TypeError,
  'f: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.binomial(j(0), 1, 1),
  TypeError,
  "binomial: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.binomial(key, 1, 1, j(3)),
  TypeError,
  "binomial: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.binomial(key, 1, 1, [-1]),
  RangeError,
  "binomial: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.binomial(key, 1, 1, [1], j(1)),
  TypeError,
  "binomial: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.binomial(key, 1, 1, [], { dtype: j("int32") }),
  TypeError,
  'binomial: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.weibullMin(j(0), 1, 1),
  TypeError,
  "weibullMin: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.weibullMin(key, 1, 1, j(3)),
  TypeError,
  "weibullMin: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.weibullMin(key, 1, 1, [-1]),
  RangeError,
  "weibullMin: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.weibullMin(key, 1, 1, [1], j(1)),
  TypeError,
  "weibullMin: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.weibullMin(key, 1, 1, [], { dtype: j("int32") }),
  TypeError,
  'weibullMin: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(j(0), 1, 1),
  TypeError,
  "doubleSidedMaxwell: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, 1, 1, j(3)),
  TypeError,
  "doubleSidedMaxwell: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, 1, 1, [-1]),
  RangeError,
  "doubleSidedMaxwell: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, 1, 1, [1], j(1)),
  TypeError,
  "doubleSidedMaxwell: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, 1, 1, [], { dtype: j("int32") }),
  TypeError,
  'doubleSidedMaxwell: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.triangular(j(0), 0, 1, 2),
  TypeError,
  "triangular: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.triangular(key, 0, 1, 2, j(3)),
  TypeError,
  "triangular: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.triangular(key, 0, 1, 2, [-1]),
  RangeError,
  "triangular: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.triangular(key, 0, 1, 2, [1], j(1)),
  TypeError,
  "triangular: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.triangular(key, 0, 1, 2, [], { dtype: j("int32") }),
  TypeError,
  'triangular: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.dirichlet(j(0), [1, 1]),
  TypeError,
  "dirichlet: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.dirichlet(key, [1, 1], j(3)),
  TypeError,
  "dirichlet: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.dirichlet(key, [1, 1], [-1]),
  RangeError,
  "dirichlet: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.dirichlet(key, [1, 1], [1], j(1)),
  TypeError,
  "dirichlet: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.dirichlet(key, [1, 1], [], { dtype: j("int32") }),
  TypeError,
  'dirichlet: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.multinomial(j(0), 1, [1]),
  TypeError,
  "multinomial: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.multinomial(key, 1, [1], j(3)),
  TypeError,
  "multinomial: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.multinomial(key, 1, [1], [-1]),
  RangeError,
  "multinomial: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.multinomial(key, 1, [1], [1], j(1)),
  TypeError,
  "multinomial: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.multinomial(key, 1, [1], [], { dtype: j("int32") }),
  TypeError,
  'multinomial: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.multivariateNormal(j(0), [0], [[1]]),
  TypeError,
  "multivariateNormal: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], j(3)),
  TypeError,
  "multivariateNormal: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], [-1]),
  RangeError,
  "multivariateNormal: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], [1], j(1)),
  TypeError,
  "multivariateNormal: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], [], { dtype: j("int32") }),
  TypeError,
  'multivariateNormal: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.choice(j(0), 3),
  TypeError,
  "choice: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.choice(key, 3, j(3)),
  TypeError,
  "choice: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.choice(key, 3, [-1]),
  RangeError,
  "choice: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.choice(key, 3, [1], j(1)),
  TypeError,
  "choice: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.ball(j(0), 2, 2),
  TypeError,
  "ball: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.ball(key, 2, 2, j(3)),
  TypeError,
  "ball: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.ball(key, 2, 2, [-1]),
  RangeError,
  "ball: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.ball(key, 2, 2, [1], j(1)),
  TypeError,
  "ball: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.ball(key, 2, 2, [], { dtype: j("int32") }),
  TypeError,
  'ball: dtype must be a real floating-point dtype, got "int32".',
);
test(
  refuses,
  () => rng.orthogonal(j(0), 2),
  TypeError,
  "orthogonal: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.orthogonal(key, 2, j(3)),
  TypeError,
  "orthogonal: shape must be an array of integers, got 3.",
);
test(
  refuses,
  () => rng.orthogonal(key, 2, [-1]),
  RangeError,
  "orthogonal: shape must hold non-negative integers, got [-1].",
);
test(
  refuses,
  () => rng.orthogonal(key, 2, [1], j(1)),
  TypeError,
  "orthogonal: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.orthogonal(key, 2, [], { dtype: j("int32") }),
  TypeError,
  'orthogonal: dtype must be float32, float64, complex64 or complex128, got "int32".',
);
test(refuses, () => rng.gamma(key, NaN), RangeError, "gamma: a must be at least 0, got NaN.");
test(
  refuses,
  () => rng.gamma(key, j("1")),
  TypeError,
  'gamma: a must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.gamma(key, [1, 1], [3]),
  RangeError,
  "gamma: a must broadcast to shape [3], got shape [2].",
);
test(refuses, () => rng.gamma(key, -1), RangeError, "gamma: a must be at least 0, got -1.");
test(refuses, () => rng.loggamma(key, NaN), RangeError, "loggamma: a must be at least 0, got NaN.");
test(
  refuses,
  () => rng.loggamma(key, j("1")),
  TypeError,
  'loggamma: a must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.loggamma(key, [1, 1], [3]),
  RangeError,
  "loggamma: a must broadcast to shape [3], got shape [2].",
);
test(refuses, () => rng.loggamma(key, -1), RangeError, "loggamma: a must be at least 0, got -1.");
test(
  refuses,
  () => rng.chisquare(key, NaN),
  RangeError,
  "chisquare: df must be at least 0, got NaN.",
);
test(
  refuses,
  () => rng.chisquare(key, j("1")),
  TypeError,
  'chisquare: df must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.chisquare(key, [1, 1], [3]),
  RangeError,
  "chisquare: df must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.chisquare(key, -1),
  RangeError,
  "chisquare: df must be at least 0, got -1.",
);
test(refuses, () => rng.t(key, NaN), RangeError, "t: df must be positive and finite, got NaN.");
test(
  refuses,
  () => rng.t(key, j("1")),
  TypeError,
  't: df must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.t(key, [1, 1], [3]),
  RangeError,
  "t: df must broadcast to shape [3], got shape [2].",
);
test(refuses, () => rng.t(key, -1), RangeError, "t: df must be positive and finite, got -1.");
test(refuses, () => rng.pareto(key, NaN), RangeError, "pareto: b must be positive, got NaN.");
test(
  refuses,
  () => rng.pareto(key, j("1")),
  TypeError,
  'pareto: b must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.pareto(key, [1, 1], [3]),
  RangeError,
  "pareto: b must broadcast to shape [3], got shape [2].",
);
test(refuses, () => rng.pareto(key, -1), RangeError, "pareto: b must be positive, got -1.");
test(
  refuses,
  () => rng.rayleigh(key, NaN),
  RangeError,
  "rayleigh: scale must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.rayleigh(key, j("1")),
  TypeError,
  'rayleigh: scale must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.rayleigh(key, [1, 1], [3]),
  RangeError,
  "rayleigh: scale must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.rayleigh(key, -1),
  RangeError,
  "rayleigh: scale must be positive and finite, got -1.",
);
test(
  refuses,
  () => rng.lognormal(key, NaN),
  RangeError,
  "lognormal: sigma must be finite, got NaN.",
);
test(
  refuses,
  () => rng.lognormal(key, j("1")),
  TypeError,
  'lognormal: sigma must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.lognormal(key, [1, 1], [3]),
  RangeError,
  "lognormal: sigma must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.wald(key, NaN),
  RangeError,
  "wald: mean must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.wald(key, j("1")),
  TypeError,
  'wald: mean must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.wald(key, [1, 1], [3]),
  RangeError,
  "wald: mean must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.wald(key, -1),
  RangeError,
  "wald: mean must be positive and finite, got -1.",
);
test(
  refuses,
  () => rng.generalizedNormal(key, NaN),
  RangeError,
  "generalizedNormal: p must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.generalizedNormal(key, j("1")),
  TypeError,
  'generalizedNormal: p must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.generalizedNormal(key, [1, 1], [3]),
  RangeError,
  "generalizedNormal: p must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.generalizedNormal(key, -1),
  RangeError,
  "generalizedNormal: p must be positive and finite, got -1.",
);
test(
  refuses,
  () => rng.poisson(key, NaN),
  RangeError,
  "poisson: lam must be finite and at least 0, got NaN.",
);
test(
  refuses,
  () => rng.poisson(key, j("1")),
  TypeError,
  'poisson: lam must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.poisson(key, [1, 1], [3]),
  RangeError,
  "poisson: lam must broadcast to shape [3], got shape [2].",
);
test(
  refuses,
  () => rng.poisson(key, -1),
  RangeError,
  "poisson: lam must be finite and at least 0, got -1.",
);
test(
  refuses,
  () => rng.geometric(key, NaN),
  RangeError,
  "geometric: p must be in (0, 1], got NaN.",
);
test(
  refuses,
  () => rng.geometric(key, j("1")),
  TypeError,
  'geometric: p must be a number or an array of real numbers, got "1".',
);
test(
  refuses,
  () => rng.geometric(key, [1, 1], [3]),
  RangeError,
  "geometric: p must broadcast to shape [3], got shape [2].",
);
test(refuses, () => rng.geometric(key, -1), RangeError, "geometric: p must be in (0, 1], got -1.");
test(
  refuses,
  () => rng.beta(key, NaN, 1),
  RangeError,
  "beta: a must be finite and at least 0, got NaN.",
);
test(
  refuses,
  () => rng.beta(key, 1, NaN),
  RangeError,
  "beta: b must be finite and at least 0, got NaN.",
);
test(
  refuses,
  () => rng.beta(key, [1, 1], [1, 1, 1]),
  RangeError,
  "beta: a and b must be broadcast-compatible, got shapes [2] and [3].",
);
test(
  refuses,
  () => rng.f(key, NaN, 1),
  RangeError,
  "f: dfnum must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.f(key, 1, NaN),
  RangeError,
  "f: dfden must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.f(key, [1, 1], [1, 1, 1]),
  RangeError,
  "f: dfnum and dfden must be broadcast-compatible, got shapes [2] and [3].",
);
test(
  refuses,
  () => rng.binomial(key, NaN, 1),
  RangeError,
  "binomial: n must be at least 0, got NaN.",
);
test(
  refuses,
  () => rng.binomial(key, 1, NaN),
  RangeError,
  "binomial: p must be in [0, 1], got NaN.",
);
test(
  refuses,
  () => rng.binomial(key, [1, 1], [1, 1, 1]),
  RangeError,
  "binomial: n and p must be broadcast-compatible, got shapes [2] and [3].",
);
test(
  refuses,
  () => rng.weibullMin(key, NaN, 1),
  RangeError,
  "weibullMin: scale must be positive and finite, got NaN.",
);
test(
  refuses,
  () => rng.weibullMin(key, 1, NaN),
  RangeError,
  "weibullMin: concentration must be positive, got NaN.",
);
test(
  refuses,
  () => rng.weibullMin(key, [1, 1], [1, 1, 1]),
  RangeError,
  "weibullMin: scale and concentration must be broadcast-compatible, got shapes [2] and [3].",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, NaN, 1),
  RangeError,
  "doubleSidedMaxwell: loc must be finite, got NaN.",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, 1, NaN),
  RangeError,
  "doubleSidedMaxwell: scale must be finite, got NaN.",
);
test(
  refuses,
  () => rng.doubleSidedMaxwell(key, [1, 1], [1, 1, 1]),
  RangeError,
  "doubleSidedMaxwell: loc and scale must be broadcast-compatible, got shapes [2] and [3].",
);
test(
  refuses,
  () => rng.binomial(key, 1, 1.5),
  RangeError,
  "binomial: p must be in [0, 1], got 1.5.",
);
test(
  refuses,
  () => rng.beta(key, 0, 0),
  RangeError,
  "beta: a and b must not both be below 1.88079096131566e-37.",
);
test(
  refuses,
  () => rng.triangular(key, 0, 3, 2),
  RangeError,
  "triangular: left, mode and right must ascend, got 0, 3 and 2.",
);
test(
  refuses,
  () => rng.triangular(key, NaN, 3, 2),
  RangeError,
  "triangular: left must be finite, got NaN.",
);
test(
  refuses,
  () => rng.gumbel(key, [], { mode: j("lower") }),
  RangeError,
  'gumbel: mode must be "low", "high" or "highest", got "lower".',
);
test(
  refuses,
  () => rng.categorical(j(0), [0]),
  TypeError,
  "categorical: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.categorical(key, [0], j(1)),
  TypeError,
  "categorical: options must be an object, got 1.",
);
test(
  refuses,
  () => rng.categorical(key, j(1)),
  TypeError,
  "categorical: logits must be an array of a real floating-point dtype, got 1.",
);
test(
  refuses,
  () => rng.categorical(key, new Int32Array([1])),
  TypeError,
  "categorical: logits must be an array of a real floating-point dtype, got Int32Array(1).",
);
test(
  refuses,
  () => rng.categorical(key, [NaN]),
  RangeError,
  "categorical: logits must not hold NaN, got float32[1].",
);
test(
  refuses,
  () => rng.categorical(key, [0, 1], { replace: j(1) }),
  TypeError,
  "categorical: replace must be a boolean, got 1.",
);
test(
  refuses,
  () => rng.categorical(key, [0, 1], { axis: 1 }),
  RangeError,
  "categorical: axis must be an integer in [-1, 1), got 1.",
);
test(
  refuses,
  () => rng.categorical(key, [0, 1], { mode: j("x") }),
  RangeError,
  'categorical: mode must be "low", "high" or "highest", got "x".',
);
test(
  refuses,
  () => rng.categorical(key, [], {}),
  RangeError,
  "categorical: logits must have at least 1 category, got shape [0].",
);
test(
  refuses,
  () =>
    rng.categorical(
      key,
      [
        [0, 1],
        [0, 1],
      ],
      { shape: [3] },
    ),
  RangeError,
  "categorical: shape must end in the shape of logits without axis, got [3] and [2].",
);
test(
  refuses,
  () => rng.categorical(key, [0, 1], { shape: [3], replace: false }),
  RangeError,
  "categorical: shape must ask for at most 2 samples without replacement, got 3.",
);
test(
  refuses,
  () => rng.categorical(key, [[0, 1]], { shape: [3], replace: false }),
  RangeError,
  "categorical: shape must end in [1] without replacement, got [3].",
);
test(
  refuses,
  () => rng.choice(key, 1.5),
  RangeError,
  "choice: a must be an integer below 2^31, got 1.5.",
);
test(
  refuses,
  () => rng.choice(key, j("x")),
  TypeError,
  'choice: a must be an integer or an array, got "x".',
);
test(
  refuses,
  () => rng.choice(key, 0),
  RangeError,
  "choice: a must have at least 1 element, got 0.",
);
test(
  refuses,
  () => rng.choice(key, []),
  RangeError,
  "choice: a must have at least 1 element, got [].",
);
test(
  refuses,
  () => rng.choice(key, 3, [4], { replace: false }),
  RangeError,
  "choice: shape must ask for at most 3 elements without replacement, got [4].",
);
test(
  refuses,
  () => rng.choice(key, 3, [2], { replace: false, p: [0, 1, 0] }),
  RangeError,
  "choice: shape must ask for at most 1 elements without replacement, got [2].",
);
test(
  refuses,
  () => rng.choice(key, 3, [2], { p: [1, 1] }),
  RangeError,
  "choice: p must have shape [3], one for each element, got shape [2].",
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { p: [1, -1] }),
  RangeError,
  "choice: p must hold finite numbers of at least 0, got -1.",
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { p: [0, 0] }),
  RangeError,
  "choice: p must not be 0 everywhere, got [0, 0].",
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { p: j("x") }),
  TypeError,
  'choice: p must be a number or an array of real numbers, got "x".',
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { replace: j(0) }),
  TypeError,
  "choice: replace must be a boolean, got 0.",
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { axis: 1 }),
  RangeError,
  "choice: axis must be an integer in [-1, 1), got 1.",
);
test(
  refuses,
  () => rng.choice(key, 2, [2], { mode: j("x") }),
  RangeError,
  'choice: mode must be "low", "high" or "highest", got "x".',
);
test(
  refuses,
  () => rng.dirichlet(key, 1),
  RangeError,
  "dirichlet: alpha must have at least 1 axis, got 1.",
);
test(
  refuses,
  () => rng.dirichlet(key, [1, NaN]),
  RangeError,
  "dirichlet: alpha must be finite and at least 0, got NaN.",
);
test(
  refuses,
  () => rng.dirichlet(key, [0, 0]),
  RangeError,
  "dirichlet: alpha must not be below 1.88079096131566e-37 along a whole row.",
);
test(
  refuses,
  () => rng.multinomial(key, 1, 1),
  RangeError,
  "multinomial: p must have at least 1 axis, got 1.",
);
test(
  refuses,
  () => rng.multinomial(key, -1, [1]),
  RangeError,
  "multinomial: n must be finite and at least 0, got -1.",
);
test(
  refuses,
  () => rng.multinomial(key, 1, [0, 0]),
  RangeError,
  "multinomial: p must have a positive, finite sum along its last axis, got 0.",
);
test(
  refuses,
  () => rng.ball(key, 1.5),
  RangeError,
  "ball: d must be a non-negative integer, got 1.5.",
);
test(refuses, () => rng.ball(key, j("x")), TypeError, 'ball: d must be an integer, got "x".');
test(refuses, () => rng.ball(key, 1, j("x")), TypeError, 'ball: p must be a number, got "x".');
test(refuses, () => rng.ball(key, 1, 0), RangeError, "ball: p must be positive and finite, got 0.");
test(
  refuses,
  () => rng.orthogonal(key, 1.5),
  RangeError,
  "orthogonal: n must be a non-negative integer, got 1.5.",
);
test(
  refuses,
  () => rng.orthogonal(key, j("x")),
  TypeError,
  'orthogonal: n must be an integer, got "x".',
);
test(
  refuses,
  () => rng.orthogonal(key, 1, [], { m: -1 }),
  RangeError,
  "orthogonal: m must be a non-negative integer, got -1.",
);
test(
  refuses,
  () => rng.orthogonal(key, 1, [], { dtype: j("float16") }),
  TypeError,
  'orthogonal: dtype must be float32, float64, complex64 or complex128, got "float16".',
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], [], { dtype: j("float16") }),
  TypeError,
  'multivariateNormal: dtype must be float32 or float64, got "float16".',
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[1]], [], { method: j("qr") }),
  RangeError,
  'multivariateNormal: method must be "cholesky", "eigh" or "svd", got "qr".',
);
test(
  refuses,
  () => rng.multivariateNormal(key, 0, [[1]]),
  RangeError,
  "multivariateNormal: mean must have at least 1 axis, got shape [].",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [1]),
  RangeError,
  "multivariateNormal: cov must have shape [..., 1, 1], got shape [1].",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [NaN], [[1]]),
  RangeError,
  "multivariateNormal: mean must be finite, got NaN.",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[NaN]]),
  RangeError,
  "multivariateNormal: cov must be finite.",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[-1]]),
  RangeError,
  'multivariateNormal: cov must be positive definite. For a singular one choose method "eigh".',
);
test(
  refuses,
  () => rng.multivariateNormal(key, [0], [[-1]], [], { method: "eigh" }),
  RangeError,
  "multivariateNormal: cov must be positive semidefinite, got an eigenvalue of -1.",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [[0], [0]], [[1]], [3]),
  RangeError,
  "multivariateNormal: the leading axes of mean must broadcast to shape [3], got [2].",
);
test(
  refuses,
  () => rng.multivariateNormal(key, [[0], [0]], [[[1]], [[1]], [[1]]]),
  RangeError,
  "multivariateNormal: the leading axes of mean and cov must be broadcast-compatible, got [2] and [3].",
);
test(
  refuses,
  () => rng.keyImpl(j(0)),
  TypeError,
  "keyImpl: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.clone(j(0)),
  TypeError,
  "clone: key must be a Key, got 0. Make one with key(seed).",
);
test(
  refuses,
  () => rng.keyDtype(j(0)),
  TypeError,
  "keyDtype: impl must be the name of a generator, got 0.",
);
test(
  refuses,
  () => rng.keyDtype(j("rbg")),
  RangeError,
  'keyDtype: impl must be "threefry2x32", the only generator there is, got "rbg".',
);
test(
  refuses,
  () => rng.setKeyReuseCheck(j(1)),
  TypeError,
  "setKeyReuseCheck: on must be a boolean, got 1.",
);
