"""What autodiff.py leaves out: every operation in every dtype that it takes, odd sizes, and tangents (jax.jvp)."""

import jax
import jax.numpy as jnp
from jax import lax, nn

from answers import close, cotangent, from_spec, literal_spec, ramp_spec, write
from autodiff import (
    ACTIVATIONS,
    BINARY,
    COMPARISONS,
    POSITIVE_ONLY,
    PREDICATES,
    REDUCTIONS,
    SPECIAL,
    UNARY,
)
from operations import case, is_spec, wide

SIGNED = ("int8", "int16", "int32")
UNSIGNED = ("uint8", "uint16", "uint32")
INTEGERS = SIGNED + UNSIGNED
FLOATS = ("float16", "bfloat16", "float32", "float64")
ALL = ("bool",) + INTEGERS + FLOATS
EXACT = ("negative", "abs", "sign", "square", "floor", "ceil", "round")
ORDER = {"argmax": jnp.argmax, "argmin": jnp.argmin, "any": jnp.any, "all": jnp.all}
XOR = {"logicalXor": jnp.logical_xor}


def spec(seed, shape, dtype, positive=False):
    """Values of that dtype: whole numbers in integers, from 0 on in unsigned ones, and both in bool."""
    if dtype == "bool":
        return literal_spec(from_spec(ramp_spec(seed, shape)) > 0, "bool")
    if dtype in UNSIGNED:
        return ramp_spec(seed, shape, dtype, scale=32.0, offset=50.0)
    if dtype in SIGNED:
        return ramp_spec(seed, shape, dtype, scale=32.0, offset=51.0 if positive else 0.0)
    return ramp_spec(seed, shape, dtype, offset=1.625 if positive else 0.0)


def attempt(op, arguments, function, **options):
    """The case, or nothing where JAX refuses the dtype too."""
    try:
        return [case(op, arguments, function, **options)]
    except (TypeError, ValueError):
        return []


def extremes(dtype):
    info = jnp.iinfo(dtype)
    return literal_spec([info.min, info.max, 0, 1, info.max, info.min, 3], dtype)


def special(dtype):
    with jax.enable_x64(True):
        return literal_spec(from_spec(SPECIAL), dtype)


def unary():
    for op, function in {**UNARY, **ACTIVATIONS}.items():
        positive = op in POSITIVE_ONLY
        for dtype in ("bool",) + INTEGERS:
            if op in ACTIVATIONS and dtype not in ("bool", "int32", "uint8"):
                continue
            if op == "logSigmoid" and dtype == "uint8":
                continue  # JAX negates before it promotes, so that x wraps.
            yield from attempt(op, [spec(1, [5], dtype, positive)], function)
            if op in EXACT and dtype != "bool":
                yield from attempt(op, [extremes(dtype)], function)
                yield from attempt(op, [spec(3, [], dtype)], function)
        for dtype in ("float16", "bfloat16", "float64"):
            yield case(op, [special(dtype)], function)
            yield case(op, [spec(2, [], dtype, positive)], function)
            yield case(op, [spec(2, [3, 0], dtype, positive)], function)
        yield case(op, [spec(7, [131], "float32", positive)], function)
    for op, function in PREDICATES.items():
        for dtype in ALL:
            yield from attempt(op, [spec(1, [5], dtype)], function)
    for dtype in FLOATS:
        yield case("glu", [spec(2, [3, 6], dtype), -1], lambda x: nn.glu(x, axis=-1))
        yield case("stopGradient", [spec(2, [3], dtype)], lax.stop_gradient)


def binary():
    for op, function in {**BINARY, **COMPARISONS, **XOR}.items():
        for dtype in ALL:
            a, b = spec(1, [3, 1], dtype, op == "power"), spec(2, [5], dtype)
            if dtype in SIGNED and op == "power":
                b = literal_spec([0, 1, 2, 3, 1], dtype)
            if dtype in UNSIGNED and op == "power":
                b = literal_spec([0, 1, 7, 32, 63], dtype)  # JAX looks at six bits of an exponent.
            if dtype in INTEGERS and op in ("divide", "remainder"):
                b = spec(2, [5], dtype, True) if dtype in SIGNED else literal_spec([1, 7, 3, 50, 9], dtype)
            yield from attempt(op, [a, b], function)
            yield from attempt(op, [spec(1, [], dtype, True), spec(1, [0, 2], dtype)], function)
            if dtype in INTEGERS and op in ("add", "subtract", "multiply", "maximum", "minimum"):
                yield from attempt(op, [extremes(dtype), literal_spec([1] * 7, dtype)], function)
        yield from attempt(
            op, [spec(1, [7, 1, 19], "float32", op == "power"), spec(2, [3, 1], "float32")], function
        )
    condition = literal_spec([[True, False, True, True]], "bool")
    for dtype in ALL:
        yield case("where", [condition, spec(1, [3, 1], dtype), spec(2, [4], dtype)], jnp.where)
        if dtype != "bool":
            yield case("clip", [spec(1, [9], dtype), 1, 40], lambda x: jnp.clip(x, 1, 40))


def reductions():
    for op, function in {**REDUCTIONS, **ORDER}.items():
        for dtype in ALL:
            if op in ("argmax", "argmin") and dtype == "float64":
                continue  # JAX's index is as wide as its defaults, which jax_enable_x64 widens.
            for axis in (0, 1):
                yield from attempt(
                    op,
                    [spec(1, [5, 17], dtype), {"axis": axis}],
                    lambda x, f=function, a=axis: f(x, axis=a),
                )
            yield from attempt(op, [spec(1, [], dtype)], function)
        for axis in (0, 1, None):
            yield from attempt(
                op,
                [ramp_spec(1, [33, 67], scale=0.125), {} if axis is None else {"axis": axis}],
                lambda x, f=function, a=axis: f(x, axis=a),
                gradients=False,
            )
    for op, function in (
        ("softmax", nn.softmax),
        ("logSoftmax", nn.log_softmax),
        ("standardize", nn.standardize),
    ):
        for dtype in FLOATS:
            yield case(op, [spec(1, [3, 33], dtype)], function)
            yield case(op, [spec(1, [2, 0, 3], dtype)], function)


def shapes():
    for dtype in ALL:
        x = spec(1, [2, 3, 5], dtype)
        y = spec(2, [2, 1, 5], dtype)
        one = spec(3, [], dtype)
        yield case("reshape", [x, [5, -1]], lambda x: jnp.reshape(x, (5, -1)))
        yield case("ravel", [x], jnp.ravel)
        yield case("transpose", [x, [2, 0, 1]], lambda x: jnp.transpose(x, (2, 0, 1)))
        yield case("moveaxis", [x, 0, -1], lambda x: jnp.moveaxis(x, 0, -1))
        yield case("swapaxes", [x, 0, 1], lambda x: jnp.swapaxes(x, 0, 1))
        yield case("expandDims", [one, 0], lambda x: jnp.expand_dims(x, 0))
        yield case("squeeze", [y, 1], lambda x: jnp.squeeze(x, 1))
        yield case("broadcastTo", [y, [3, 2, 4, 5]], lambda x: jnp.broadcast_to(x, (3, 2, 4, 5)))
        yield case("flip", [x, [0, 2]], lambda x: jnp.flip(x, (0, 2)))
        yield case(
            "slice",
            [x, [0, 1, 0], [2, 3, 5], [1, 1, 3]],
            lambda x: lax.slice(x, (0, 1, 0), (2, 3, 5), (1, 1, 3)),
        )
        yield case("concatenate", ["...", x, y, 1], lambda a, b: jnp.concatenate([a, b], axis=1))
        yield case("stack", ["...", y, y, -1], lambda a, b: jnp.stack([a, b], axis=-1))
        yield case(
            "pad",
            [x, [[1, 0, 0], [0, 0, 1], [-1, 2, 0]], one],
            lambda x, v: lax.pad(x, v, ((1, 0, 0), (0, 0, 1), (-1, 2, 0))),
        )
        indices = literal_spec([4, 0, 0, 2], "int32")
        yield case("take", [x, indices, {"axis": 2}], lambda x, i: jnp.take(x, i, axis=2))
        yield case(
            "takeAlongAxis",
            [spec(1, [3, 3], dtype), literal_spec([[0, 2], [1, 1], [2, 2]], "int32"), 1],
            lambda x, i: jnp.take_along_axis(x, i, axis=1),
        )
        for part in (0, 2):
            split = case(
                "split", [x, 3, {"axis": 1}], lambda x, k=part: jnp.split(x, 3, axis=1)[k]
            )
            yield {**split, "part": part}
        unstacked = case("unstack", [x, {"axis": 2}], lambda x: jnp.unstack(x, axis=2)[3])
        yield {**unstacked, "part": 3}
        for to in ALL:
            if to == "float64" and dtype != "float64":
                continue  # JAX has it only with jax_enable_x64, where defaults are wide too.
            yield case("astype", [spec(4, [6], dtype), to], lambda x, d=to: x.astype(d))
        if dtype in INTEGERS:
            yield case("oneHot", [literal_spec([0, 2, 3], dtype), 3], lambda i: nn.one_hot(i, 3))
            yield case("take", [spec(1, [5], "float32"), literal_spec([4, 0, 9], dtype)], jnp.take)
        if dtype != "float64":
            yield case(
                "oneHot",
                [literal_spec([0, 2, -1], "int32"), 3, {"dtype": dtype}],
                lambda i, d=dtype: nn.one_hot(i, 3, dtype=d),
            )


def products():
    for dtype in ALL:
        yield from attempt("matmul", [spec(1, [3, 5], dtype), spec(2, [5, 2], dtype)], jnp.matmul)
        yield from attempt("matmul", [spec(1, [2, 1, 3, 4], dtype), spec(2, [4], dtype)], jnp.matmul)
        yield from attempt("dot", [spec(1, [2, 5], dtype), spec(2, [3, 5, 2], dtype)], jnp.dot)
        yield from attempt("matmul", [spec(1, [2, 0], dtype), spec(2, [0, 3], dtype)], jnp.matmul)
    for subscripts, a, b in (
        ("ij,jk->ik", [3, 4], [4, 2]),
        ("bij,bkj->bik", [2, 3, 4], [2, 5, 4]),
        ("...i,ij->...j", [2, 3, 4], [4, 3]),
        ("ij,ij->", [3, 4], [3, 4]),
    ):
        for dtype in ("float16", "bfloat16", "float32", "float64"):
            yield case(
                "einsum",
                [subscripts, spec(1, a, dtype), spec(2, b, dtype)],
                lambda x, y, s=subscripts: jnp.einsum(s, x, y),
            )


def tangent(op, arguments, function):
    """The value and the tangent along the fixed vector."""
    with jax.enable_x64(wide(arguments)):
        arrays = [from_spec(item) for item in arguments if is_spec(item)]
        moves = [cotangent(x.shape, x.dtype) for x in arrays]
        value, moved = jax.jvp(function, arrays, moves)
        return {"op": op, "args": arguments, "value": close(value), "tangent": close(moved)}


def tangents():
    for op, function in {**UNARY, **ACTIVATIONS}.items():
        for dtype in ("float32", "float64", "bfloat16"):
            yield tangent(op, [spec(1, [3, 4], dtype, op in POSITIVE_ONLY)], function)
    for op, function in BINARY.items():
        for dtype in ("float32", "float64"):
            yield tangent(
                op, [spec(1, [3, 4], dtype, op == "power"), spec(2, [4], dtype)], function
            )
    for op, function in REDUCTIONS.items():
        for options in ({}, {"axis": 1, "keepdims": True}):
            yield tangent(
                op, [spec(1, [3, 4], "float32"), options], lambda x, f=function, k=options: f(x, **k)
            )
    for op, function in (
        ("softmax", nn.softmax),
        ("logSoftmax", nn.log_softmax),
        ("standardize", nn.standardize),
        ("transpose", jnp.transpose),
    ):
        yield tangent(op, [spec(1, [3, 4], "float32")], function)
    yield tangent("matmul", [spec(1, [3, 4], "float32"), spec(2, [4, 2], "float32")], jnp.matmul)
    yield tangent("take", [spec(1, [6], "float32"), [3, 0, 3]], lambda x: x[jnp.array([3, 0, 3])])
    yield tangent(
        "convGeneralDilated",
        [spec(1, [2, 6, 5, 3], "float32"), spec(2, [3, 3, 3, 4], "float32"), {"padding": "SAME"}],
        lambda x, k: lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        ),
    )


def main():
    write(
        "dtypes",
        {
            "unary": list(unary()),
            "binary": list(binary()),
            "reductions": list(reductions()),
            "shapes": list(shapes()),
            "products": list(products()),
            "tangents": list(tangents()),
        },
    )


if __name__ == "__main__":
    main()
