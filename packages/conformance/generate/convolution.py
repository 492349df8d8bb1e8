"""Convolutions and window reductions with all their options, and the gradients of both arguments."""

import jax.numpy as jnp
import numpy as np
from jax import lax

from answers import literal_spec, ramp_spec, write
from operations import case


def convolve(options):
    def function(x, kernel):
        rank = x.ndim - 2
        spatial = "DHW"[3 - rank :]
        numbers = ("N" + spatial + "C", spatial + "IO", "N" + spatial + "C")
        padding = options["padding"]
        return lax.conv_general_dilated(
            x,
            kernel,
            options.get("strides", (1,) * rank),
            padding if isinstance(padding, str) else [tuple(pair) for pair in padding],
            lhs_dilation=options.get("lhsDilation"),
            rhs_dilation=options.get("rhsDilation"),
            dimension_numbers=numbers,
            feature_group_count=options.get("featureGroupCount", 1),
        )

    return function


def convolutions():
    def one(x, kernel, dtype="float32", **options):
        arguments = [ramp_spec(1, x, dtype), ramp_spec(2, kernel, dtype), options]
        return case("convGeneralDilated", arguments, convolve(options))

    for padding in ("SAME", "VALID", "SAME_LOWER"):
        yield one([2, 6, 5, 3], [3, 3, 3, 4], padding=padding)
        yield one([1, 6, 5, 2], [2, 3, 2, 2], padding=padding, strides=[2, 2])
        yield one([1, 7, 6, 2], [3, 2, 2, 2], padding=padding, strides=[1, 3], rhsDilation=[2, 1])
        yield one([2, 7, 2], [4, 2, 3], padding=padding, strides=[2])
    yield one([1, 4, 5, 2], [3, 3, 2, 3], padding=[[1, 2], [0, 1]])
    yield one([1, 5, 5, 2], [2, 2, 2, 3], padding=[[-1, 2], [1, -2]])
    yield one([1, 4, 3, 2], [3, 3, 2, 3], padding=[[2, 2], [1, 1]], lhsDilation=[2, 3])
    yield one(
        [1, 4, 3, 2],
        [2, 3, 2, 3],
        padding=[[3, 2], [2, 1]],
        lhsDilation=[2, 1],
        rhsDilation=[2, 1],
        strides=[3, 2],
    )
    yield one([2, 4, 4, 4], [3, 3, 2, 6], padding="SAME", featureGroupCount=2)
    yield one([2, 5, 4, 3], [3, 2, 1, 6], padding="SAME", featureGroupCount=3, strides=[2, 1])
    yield one([2, 9, 3], [3, 3, 2], padding=[[2, 0]], rhsDilation=[2])
    yield one([1, 4, 3, 5, 2], [2, 2, 3, 2, 3], padding="SAME", strides=[1, 2, 2])
    yield one([2, 6], [6, 3], padding=[])
    yield one([2, 3, 3, 2], [1, 1, 2, 5], padding="VALID")
    yield one([1, 2, 2, 1], [3, 3, 1, 1], padding="VALID")
    yield one([0, 4, 4, 2], [3, 3, 2, 3], padding="SAME")
    yield one([2, 3, 3, 2], [5, 5, 2, 3], padding="SAME")
    yield one([3, 8, 8, 8], [3, 3, 8, 16], padding="SAME")
    for dtype in ("float16", "bfloat16", "float64"):
        yield one([1, 4, 5, 2], [3, 2, 2, 3], dtype, padding="SAME", strides=[2, 1])


def windows():
    inits = {"add": (0.0, lax.add), "max": (-np.inf, lax.max), "min": (np.inf, lax.min)}

    def one(x, operator, **options):
        def function(x):
            start, reduce = inits[operator]
            rank = x.ndim - 2
            padding = options.get("padding", "VALID")
            if not isinstance(padding, str):
                padding = [(0, 0), *[tuple(pair) for pair in padding], (0, 0)]
            return lax.reduce_window(
                x,
                jnp.asarray(start, x.dtype),
                reduce,
                (1, *options["windowShape"], 1),
                (1, *options.get("strides", (1,) * rank), 1),
                padding,
            )

        return case("reduceWindow", [x, operator, options], function)

    ties = literal_spec(np.floor(np.arange(30) * 7 % 4).reshape(1, 5, 6, 1))
    for operator in inits:
        yield one(ramp_spec(1, [2, 6, 5, 3]), operator, windowShape=[2, 2], strides=[2, 2])
        yield one(ramp_spec(1, [1, 5, 5, 2]), operator, windowShape=[2, 3])
        yield one(
            ramp_spec(1, [1, 5, 6, 2]), operator, windowShape=[3, 3], strides=[2, 1], padding="SAME"
        )
        yield one(
            ramp_spec(1, [1, 5, 6, 1]),
            operator,
            windowShape=[2, 2],
            strides=[3, 2],
            padding=[[1, 1], [0, 1]],
        )
        yield one(ramp_spec(1, [2, 7, 2]), operator, windowShape=[3], strides=[2], padding="SAME")
        yield one(ramp_spec(1, [1, 3, 4, 3, 2]), operator, windowShape=[2, 2, 2])
        yield one(ramp_spec(1, [1, 2, 2, 1]), operator, windowShape=[3, 3])
        yield one(ties, operator, windowShape=[2, 2], strides=[1, 1])
        yield one(ties, operator, windowShape=[2, 3], strides=[2, 2], padding="SAME")
        for dtype in ("float16", "bfloat16", "float64"):
            yield one(
                ramp_spec(1, [1, 4, 4, 2], dtype), operator, windowShape=[2, 2], strides=[2, 2]
            )


def main():
    write("convolution", {"convolutions": list(convolutions()), "windows": list(windows())})


if __name__ == "__main__":
    main()
