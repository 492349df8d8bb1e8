"""Every initializer of flax.nnx.initializers, in both counter layouts."""

import jax
import jax.numpy as jnp
from flax import nnx

from answers import close, exact, from_spec, keywords, ramp_spec, snake, to_python, write

init = nnx.initializers
FANS = [
    "glorotNormal",
    "glorotUniform",
    "heNormal",
    "heUniform",
    "kaimingNormal",
    "kaimingUniform",
    "lecunNormal",
    "lecunUniform",
    "xavierNormal",
    "xavierUniform",
]
MODES = ["fan_in", "fan_out", "fan_avg", "fan_geo_avg"]
DISTRIBUTIONS = ["truncated_normal", "normal", "uniform"]
AXES = [
    {"inAxis": -1, "outAxis": -2, "batchAxis": -3},
    {"inAxis": [0, -2], "outAxis": [-1]},
    {"inAxis": [], "outAxis": [1, -1], "batchAxis": [0, 2]},
    {"inAxis": 1, "outAxis": 1},
    {"inAxis": [3], "outAxis": 0, "batchAxis": [-2]},
]


def build(name, arguments):
    """The initializer that `name(...arguments)` gives; None stands for an initializer that is no factory."""
    factory = getattr(init, snake(name))
    if arguments is None:
        return factory
    positional = [
        to_python(item) for item in arguments if not (isinstance(item, dict) and "ramp" not in item)
    ]
    options = [item for item in arguments if isinstance(item, dict) and "ramp" not in item]
    return factory(*positional, **keywords(options[0]) if options else {})


def cases():
    """(name, arguments, shape, dtype or None)."""
    plain = [[], [5], [0, 3], [3, 2], [2, 3, 4]]
    for shape in plain:
        for name in ("zeros", "ones"):
            yield name, None, shape, None
        for name in ("zerosInit", "onesInit"):
            yield name, [], shape, None
        yield "constant", [-7.25], shape, None
        for name in ("uniform", "normal", "truncatedNormal"):
            yield name, [], shape, None
            yield name, [3.7], shape, None
    yield "zeros", None, [2, 2], "int32"
    yield "ones", None, [2, 2], "bool"
    yield "constant", [ramp_spec(1, [4])], [3, 4], None
    yield "constant", [3], [3], "int32"
    yield "uniform", [1e-3], [1009], None
    yield "normal", [1e-3], [1009], None
    yield "truncatedNormal", [5.0, {"lower": -1.0, "upper": 3.0}], [101], None
    yield "truncatedNormal", [1.0, {"lower": 0.0}], [101], None
    for name in FANS:
        for shape in ([3, 2], [1, 1], [64, 10], [3, 3, 1, 16], [5, 7, 2, 3], [2, 3, 4]):
            yield name, [], shape, None
        if name.startswith(("kaiming", "xavier")):  # other names of he and glorot
            continue
        yield name, [{"inAxis": 0, "outAxis": 1}], [4, 6], None
        yield name, [{"inAxis": -1, "outAxis": -2}], [3, 4, 6], None
        yield name, [{"inAxis": [0, 1], "outAxis": -1}], [3, 4, 5], None
        yield name, [{"batchAxis": 0}], [3, 4, 5], None
        yield name, [{"inAxis": 1, "outAxis": [2, 3], "batchAxis": [0]}], [2, 3, 4, 5], None
        yield name, [{"inAxis": 0, "outAxis": []}], [7], None
    for mode in MODES:
        for distribution in DISTRIBUTIONS:
            for scale in (1.0, 2.0, 0.3):
                yield "varianceScaling", [scale, mode, distribution], [3, 3, 2, 4], None
            yield "varianceScaling", [1.0, mode, distribution], [784, 10], None
            yield (
                "varianceScaling",
                [0.7, mode, distribution, {"inAxis": 0, "outAxis": [1, 2], "batchAxis": 3}],
                [4, 3, 2, 5],
                None,
            )
            for axes in AXES:
                yield "varianceScaling", [1.3, mode, distribution, axes], [2, 3, 4, 5], None
    for name in ("glorotNormal", "glorotUniform"):
        yield name, [], [1024, 1031], None


def complex_cases():
    dtype = "complex64"
    for shape in ([], [0, 3], [7], [33, 7]):
        yield "normal", [0.37], shape, dtype
    yield "constant", [0.1], [3], dtype
    yield "zeros", None, [2], dtype
    yield "onesInit", [], [2], dtype
    for mode in MODES:
        for distribution in DISTRIBUTIONS:
            yield "varianceScaling", [1.7, mode, distribution], [3, 2, 4], dtype
            yield "varianceScaling", [1.0, mode, distribution, AXES[-1]], [2, 3, 4, 5], dtype
    for name in FANS:
        yield name, [], [32, 65], dtype
    for distribution in DISTRIBUTIONS:
        yield "varianceScaling", [1.0, "fan_in", distribution], [256, 1025], dtype


def close_cases():
    """Cases that no implementation can promise bit for bit: QR factorisations."""
    for shape in ([1, 1], [2, 3], [3, 2], [5, 5], [3, 3, 4, 8], [8, 2, 2], [32, 16], [0, 3]):
        yield "orthogonal", [], shape, None
        yield "orthogonal", [2.5], shape, None
    for axis in (0, 1, -2):
        yield "orthogonal", [1.0, {"columnAxis": axis}], [3, 4, 5], None
    for shape in ([3, 3, 3], [1, 2, 4], [5, 3, 2, 6], [2, 2, 2, 3, 3]):
        yield "deltaOrthogonal", [], shape, None
        yield "deltaOrthogonal", [0.5], shape, None
    yield "deltaOrthogonal", [1.0, {"columnAxis": -2}], [3, 4, 4], None
    yield "deltaOrthogonal", [1.0, {"columnAxis": 0}], [2, 3, 3], None
    for dtype in ("complex64", "complex128", "float64"):
        for shape in ([3, 2], [2, 3], [4, 4], [0, 2], [3, 2, 4]):
            yield "orthogonal", [1.5], shape, dtype
        yield "orthogonal", [1.0, {"columnAxis": 0}], [3, 2, 4], dtype
        yield "deltaOrthogonal", [], [3, 2, 3], dtype


def half_cases():
    """16-bit floats: JAX keeps them in 32 bits inside its compiled samplers where that does not show."""
    for dtype in ("float16", "bfloat16"):
        for shape in ([3, 4], [64, 33]):
            for name in ("uniform", "normal", "truncatedNormal"):
                yield name, [0.5], shape, dtype
            for name in FANS:
                yield name, [], shape, dtype
        for mode in MODES:
            for distribution in DISTRIBUTIONS:
                yield "varianceScaling", [1.7, mode, distribution, AXES[1]], [2, 3, 4, 5], dtype
        yield "constant", [0.1], [3], dtype


def double_exact_cases():
    """64-bit weights without a function of the C library in them, also by default in 64-bit mode."""
    for dtype in ("float64", None):
        yield "uniform", [0.3], [33, 7], dtype
        yield "constant", [0.1], [3], dtype
        for name in FANS:
            if name.endswith("Uniform"):
                yield name, [], [64, 33], dtype
        for mode in MODES:
            yield "varianceScaling", [1.7, mode, "uniform", AXES[1]], [2, 3, 4, 5], dtype


def double_cases():
    for name in ("normal", "truncatedNormal"):
        yield name, [0.5], [9, 7], "float64"
    for mode in MODES:
        for distribution in DISTRIBUTIONS:
            for dtype in ("float64", "complex128"):
                yield "varianceScaling", [1.7, mode, distribution], [5, 7], dtype


def answer(source, kind, x64=False):
    result = []
    for partitionable in (True, False):
        for index, (name, arguments, shape, dtype) in enumerate(source()):
            seed = index % 3 if index % 5 else 42
            wide = x64 or dtype in ("float64", "complex128")
            with jax.threefry_partitionable(partitionable), jax.enable_x64(wide):
                function = build(name, arguments)
                default = "float64" if x64 else "float32"
                values = function(jax.random.key(seed), tuple(shape), jnp.dtype(dtype or default))
            case = {
                "name": name,
                "arguments": arguments,
                "seed": seed,
                "partitionable": partitionable,
                "shape": shape,
            }
            if dtype:
                case["dtype"] = dtype
            case["answer"] = kind(values)
            result.append(case)
    return result


def main():
    write(
        "initializers",
        {
            "exact": answer(cases, exact),
            "orthogonal": answer(close_cases, close),
            "complex": answer(complex_cases, exact),
            "half": answer(half_cases, exact),
            "doubleExact": answer(double_exact_cases, exact, x64=True),
            "double": answer(double_cases, close, x64=True),
        },
    )


if __name__ == "__main__":
    main()
