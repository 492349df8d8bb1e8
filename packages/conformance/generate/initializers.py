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


def half_and_double():
    """16-bit floats (kept in 32 bits inside the compiled samplers of JAX) and 64-bit ones."""
    for dtype in ("float16", "bfloat16", "float64"):
        for name in ("uniform", "normal", "truncatedNormal"):
            yield name, [0.5], [3, 4], dtype
        for name in ("glorotNormal", "heUniform"):
            yield name, [], [4, 3], dtype
        yield "varianceScaling", [1.0, "fan_geo_avg", "normal"], [4, 3], dtype


def answer(source, kind):
    result = []
    for partitionable in (True, False):
        for index, (name, arguments, shape, dtype) in enumerate(source()):
            seed = index % 3 if index % 5 else 42
            with jax.threefry_partitionable(partitionable), jax.enable_x64(dtype == "float64"):
                function = build(name, arguments)
                values = function(jax.random.key(seed), tuple(shape), jnp.dtype(dtype or "float32"))
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
            "otherWidths": answer(half_and_double, close),
        },
    )


if __name__ == "__main__":
    main()
