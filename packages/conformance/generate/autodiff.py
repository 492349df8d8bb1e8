"""Element-wise operations, reductions, shape operations, products and activations, with their gradients."""

import math

import jax
import jax.numpy as jnp
from jax import lax, nn

from answers import literal_spec, ramp_spec, write
from operations import case, second

inf, nan = math.inf, math.nan
SPECIAL = literal_spec(
    [
        0.0,
        -0.0,
        1.0,
        -1.0,
        inf,
        -inf,
        nan,
        1e-3,
        -1e-3,
        0.5,
        -0.5,
        3.0,
        -3.0,
        6.0,
        20.0,
        -20.0,
        100.0,
        -100.0,
        1e30,
        -1e30,
    ]
)
BASIC = ramp_spec(1, [3, 4])
POSITIVE = ramp_spec(1, [3, 4], offset=1.625)
INTS = literal_spec([0, 1, -1, 7, -7, 2**31 - 1, -(2**31)], "int32")
BYTES = literal_spec([0, 1, 2, 127, 128, 200, 255], "uint8")
BOOLS = literal_spec([True, False, True], "bool")


def identity(x):
    return x


UNARY = {
    "negative": jnp.negative,
    "abs": jnp.abs,
    "sign": jnp.sign,
    "exp": jnp.exp,
    "expm1": jnp.expm1,
    "log": jnp.log,
    "log1p": jnp.log1p,
    "sqrt": jnp.sqrt,
    "rsqrt": lax.rsqrt,
    "square": jnp.square,
    "reciprocal": jnp.reciprocal,
    "sin": jnp.sin,
    "cos": jnp.cos,
    "tanh": jnp.tanh,
    "erf": lax.erf,
    "erfc": lax.erfc,
    "floor": jnp.floor,
    "ceil": jnp.ceil,
    "round": jnp.round,
}
ACTIVATIONS = {
    "relu": nn.relu,
    "relu6": nn.relu6,
    "leakyRelu": nn.leaky_relu,
    "elu": nn.elu,
    "celu": nn.celu,
    "selu": nn.selu,
    "sigmoid": nn.sigmoid,
    "logSigmoid": nn.log_sigmoid,
    "softplus": nn.softplus,
    "silu": nn.silu,
    "swish": nn.swish,
    "gelu": nn.gelu,
    "hardTanh": nn.hard_tanh,
    "hardSigmoid": nn.hard_sigmoid,
    "hardSilu": nn.hard_silu,
    "hardSwish": nn.hard_swish,
    "softSign": nn.soft_sign,
    "identity": identity,
}
PREDICATES = {"isnan": jnp.isnan, "isfinite": jnp.isfinite, "logicalNot": jnp.logical_not}
BINARY = {
    "add": jnp.add,
    "subtract": jnp.subtract,
    "multiply": jnp.multiply,
    "divide": jnp.divide,
    "power": jnp.power,
    "maximum": jnp.maximum,
    "minimum": jnp.minimum,
    "remainder": jnp.remainder,
}
COMPARISONS = {
    "equal": jnp.equal,
    "notEqual": jnp.not_equal,
    "less": jnp.less,
    "lessEqual": jnp.less_equal,
    "greater": jnp.greater,
    "greaterEqual": jnp.greater_equal,
    "logicalAnd": jnp.logical_and,
    "logicalOr": jnp.logical_or,
}
REDUCTIONS = {
    "sum": jnp.sum,
    "mean": jnp.mean,
    "variance": jnp.var,
    "std": jnp.std,
    "max": jnp.max,
    "min": jnp.min,
    "prod": jnp.prod,
    "logsumexp": nn.logsumexp,
}
POSITIVE_ONLY = ("log", "log1p", "sqrt", "rsqrt", "power")


def unary():
    for table in (UNARY, ACTIVATIONS):
        for op, function in table.items():
            offset = 1.625 if op in POSITIVE_ONLY else 0.0
            yield case(op, [ramp_spec(1, [3, 4], offset=offset)], function)
            yield case(op, [SPECIAL], function)
            yield case(op, [ramp_spec(3, [], offset=offset)], function)
            yield case(op, [ramp_spec(0, [0, 3])], function)
            for dtype in ("float16", "bfloat16", "float64"):
                yield case(op, [ramp_spec(5, [7], dtype, offset=offset)], function)
    for op in ("negative", "abs", "sign", "square", "floor", "ceil", "round"):
        yield case(op, [INTS], UNARY[op])
        yield case(op, [BYTES], UNARY[op])
    for op in ("exp", "sqrt", "tanh"):
        yield case(
            op, [literal_spec([0, 1, 2, 3], "int32")], UNARY[op], note="integers become float32"
        )
        yield case(op, [BOOLS], UNARY[op], note="booleans become float32")
    for op in ("relu", "relu6"):
        yield case(op, [INTS], ACTIVATIONS[op])
    for op, function in PREDICATES.items():
        for spec in (SPECIAL, INTS, BOOLS, ramp_spec(0, [0, 3])):
            yield case(op, [spec], function)
    yield case("round", [literal_spec([0.5, 1.5, 2.5, -0.5, -1.5, 2.4999, 1e10])], jnp.round)
    yield case("gelu", [SPECIAL, {"approximate": False}], lambda x: nn.gelu(x, approximate=False))
    yield case("gelu", [BASIC, {"approximate": False}], lambda x: nn.gelu(x, approximate=False))
    yield case("leakyRelu", [BASIC, 0.3], lambda x: nn.leaky_relu(x, 0.3))
    yield case("elu", [BASIC, 0.5], lambda x: nn.elu(x, 0.5))
    yield case("celu", [BASIC, 0.5], lambda x: nn.celu(x, 0.5))
    yield case("stopGradient", [BASIC], lax.stop_gradient)
    for axis in (-1, 0):
        yield case("glu", [ramp_spec(2, [4, 6]), axis], lambda x, a=axis: nn.glu(x, axis=a))


def binary():
    special_y = literal_spec(
        [
            0.0,
            2.0,
            -1.5,
            inf,
            1.0,
            nan,
            0.5,
            3.0,
            -2.0,
            0.0,
            2.0,
            1.0,
            0.25,
            -0.0,
            7.0,
            -1.0,
            2.0,
            3.0,
            -1e30,
            1e30,
        ]
    )
    for op, function in BINARY.items():
        offset = 1.625 if op == "power" else 0.0
        for a, b in (
            ([3, 4], [3, 4]),
            ([3, 4], [4]),
            ([3, 1], [1, 4]),
            ([], [3]),
            ([2], []),
            ([0, 3], [1, 3]),
            ([2, 1, 3], [4, 1]),
        ):
            yield case(op, [ramp_spec(1, a, offset=offset), ramp_spec(2, b)], function)
        if op != "power":  # XLA evaluates it by exp and log; extremes are listed below.
            yield case(op, [SPECIAL, special_y], function)
        yield case(op, [ramp_spec(1, [5], offset=offset), 2.5], lambda x, f=function: f(x, 2.5))
        yield case(op, [2.5, ramp_spec(4, [5])], lambda x, f=function: f(2.5, x))
        for dtype in ("float16", "bfloat16", "float64"):
            yield case(
                op, [ramp_spec(1, [5], dtype, offset=offset), ramp_spec(2, [5], dtype)], function
            )
        yield case(
            op,
            [ramp_spec(1, [5], "float16", offset=offset), 2.5],
            lambda x, f=function: f(x, 2.5),
            note="a number keeps float16",
        )
        yield case(
            op,
            [ramp_spec(1, [5], "float16", offset=offset), ramp_spec(2, [5], "bfloat16")],
            function,
        )
        yield case(
            op,
            [ramp_spec(1, [5], "bfloat16", offset=offset), ramp_spec(2, [5], "float32")],
            function,
        )
        positive_ints = literal_spec([1, 2, 3, 5, 7], "int32")
        yield case(
            op,
            [literal_spec([7, -7, 2**31 - 1, -3, 100], "int32"), positive_ints],
            function,
            note="integers wrap",
        )
        yield case(
            op,
            [literal_spec([7, 200, 255, 3, 100], "uint8"), literal_spec([1, 2, 3, 5, 7], "uint8")],
            function,
        )
        yield case(
            op,
            [
                literal_spec([7, -100, 127, 3, 100], "int8"),
                literal_spec([1, 2, 3, 5, 200], "uint8"),
            ],
            function,
        )
        yield case(
            op,
            [literal_spec([7, 3, 4294967295], "uint32"), literal_spec([1, 2, 3], "uint32")],
            function,
        )
        yield case(op, [ramp_spec(1, [5], offset=offset), positive_ints], function)
    yield case("power", [ramp_spec(1, [5]), 2], lambda x: jnp.power(x, 2))
    yield case("power", [ramp_spec(1, [5]), 3], lambda x: jnp.power(x, 3))
    yield case("power", [ramp_spec(1, [5]), 0], lambda x: jnp.power(x, 0))
    yield case("power", [ramp_spec(1, [5]), -2], lambda x: jnp.power(x, -2))
    yield case(
        "power",
        [
            literal_spec([0.0, 0.0, 0.0, 2.0, -2.0, -2.0, 1.0, inf, inf]),
            literal_spec([0.0, 1.0, 2.0, 0.0, 2.0, 3.0, 100.0, 2.0, -1.0]),
        ],
        jnp.power,
    )
    ties = literal_spec([1.0, 2.0, 2.0, -1.0])
    other = literal_spec([1.0, 1.0, 2.0, 3.0])
    yield case("maximum", [ties, other], jnp.maximum, note="ties share the gradient")
    yield case("minimum", [ties, other], jnp.minimum, note="ties share the gradient")
    for op, function in COMPARISONS.items():
        yield case(op, [SPECIAL, special_y], function)
        yield case(op, [ramp_spec(1, [3, 1]), ramp_spec(2, [4])], function)
        yield case(op, [INTS, literal_spec([0, 2, -1, 7, 7, 0, -(2**31)], "int32")], function)
        yield case(op, [literal_spec([1, 2], "uint8"), literal_spec([-1, 2], "int8")], function)
        yield case(op, [ramp_spec(0, [0, 3]), ramp_spec(0, [3])], function)
    for op in ("logicalAnd", "logicalOr"):
        yield case(op, [BOOLS, literal_spec([True, True, False], "bool")], COMPARISONS[op])
    condition = literal_spec([[True, False, True]], "bool")
    yield case("where", [condition, ramp_spec(1, [2, 3]), ramp_spec(2, [2, 1])], jnp.where)
    yield case("where", [condition, ramp_spec(1, [3]), 0.5], lambda c, x: jnp.where(c, x, 0.5))
    yield case("where", [ramp_spec(1, [3]), ramp_spec(2, [3]), ramp_spec(3, [3])], jnp.where)
    yield case("where", [condition, literal_spec([1, 2, 3], "int32"), ramp_spec(2, [3])], jnp.where)
    yield case(
        "clip",
        [literal_spec([-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, nan]), -1, 1],
        lambda x: jnp.clip(x, -1, 1),
        note="limits share the gradient",
    )
    yield case(
        "clip", [ramp_spec(1, [2, 3]), ramp_spec(2, [3]), ramp_spec(2, [3], offset=1.0)], jnp.clip
    )
    yield case("clip", [INTS, -3, 5], lambda x: jnp.clip(x, -3, 5))


def reductions():
    for op, function in REDUCTIONS.items():
        for options in (
            {},
            {"axis": 0},
            {"axis": -1},
            {"axis": [0, 2]},
            {"axis": 1, "keepdims": True},
            {"axis": []},
        ):
            keywords = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            yield case(
                op, [ramp_spec(1, [2, 3, 4]), options], lambda x, f=function, k=keywords: f(x, **k)
            )
        yield case(op, [ramp_spec(1, [])], function)
        yield case(op, [ramp_spec(1, [0, 3]), {"axis": 1}], lambda x, f=function: f(x, axis=1))
        if op not in ("max", "min"):
            yield case(op, [ramp_spec(1, [0, 3]), {"axis": 0}], lambda x, f=function: f(x, axis=0))
        yield case(op, [literal_spec([1.0, nan, 3.0])], function)
        yield case(
            op,
            [literal_spec([[1.0, inf, 3.0], [1.0, -inf, 2.0]]), {"axis": 1}],
            lambda x, f=function: f(x, axis=1),
        )
        for dtype in ("float16", "bfloat16", "float64"):
            yield case(
                op, [ramp_spec(3, [2, 5], dtype), {"axis": 1}], lambda x, f=function: f(x, axis=1)
            )
        yield case(op, [literal_spec([1, 2, 2, -3], "int32")], function)
        yield case(op, [literal_spec([1, 200, 200], "uint8")], function)
        if op not in ("max", "min"):
            yield case(op, [BOOLS], function)
    for op, function in (("max", jnp.max), ("min", jnp.min)):
        yield case(
            op,
            [literal_spec([[2.0, 2.0, 1.0], [1.0, 1.0, 1.0]]), {"axis": 1}],
            lambda x, f=function: f(x, axis=1),
            note="ties share the gradient",
        )
    yield case("prod", [literal_spec([2.0, 0.0, 3.0])], jnp.prod)
    yield case("prod", [literal_spec([0.0, 0.0, 3.0])], jnp.prod)
    yield case(
        "variance",
        [ramp_spec(2, [3, 4]), {"axis": 1, "ddof": 1}],
        lambda x: jnp.var(x, axis=1, ddof=1),
    )
    yield case(
        "std",
        [ramp_spec(2, [3, 4]), {"axis": 0, "ddof": 1, "keepdims": True}],
        lambda x: jnp.std(x, axis=0, ddof=1, keepdims=True),
    )
    yield case(
        "logsumexp",
        [literal_spec([[-inf, -inf], [1000.0, 1000.0], [-1000.0, -1001.0]]), {"axis": 1}],
        lambda x: nn.logsumexp(x, axis=1),
    )
    mask = literal_spec([[True, False, True, True]], "bool")
    yield case(
        "logsumexp",
        [ramp_spec(1, [3, 4]), {"axis": 1, "where": mask}],
        lambda x: nn.logsumexp(x, axis=1, where=jnp.array([[True, False, True, True]])),
    )
    for op, function in (("argmax", jnp.argmax), ("argmin", jnp.argmin)):
        yield case(op, [ramp_spec(1, [3, 4])], function)
        yield case(op, [ramp_spec(1, [3, 4]), {"axis": 0}], lambda x, f=function: f(x, axis=0))
        yield case(
            op,
            [ramp_spec(1, [3, 4]), {"axis": -1, "keepdims": True}],
            lambda x, f=function: f(x, axis=-1, keepdims=True),
        )
        yield case(op, [literal_spec([2.0, 5.0, 5.0, -1.0, -1.0])], function)
        yield case(op, [literal_spec([2.0, nan, 5.0, nan])], function)
        yield case(op, [literal_spec([2, 7, 7, -7], "int32")], function)
    for op, function in (("any", jnp.any), ("all", jnp.all)):
        for options in ({}, {"axis": 0}, {"axis": 1, "keepdims": True}):
            yield case(
                op,
                [literal_spec([[True, False, True], [True, True, True]], "bool"), options],
                lambda x, f=function, k=options: f(x, **k),
            )
        yield case(op, [ramp_spec(1, [0, 2]), {"axis": 0}], lambda x, f=function: f(x, axis=0))
        yield case(op, [SPECIAL], function)
    for op, function in (("softmax", nn.softmax), ("logSoftmax", nn.log_softmax)):
        for options in ({}, {"axis": 0}, {"axis": [0, 1]}):
            keywords = {k: tuple(v) if isinstance(v, list) else v for k, v in options.items()}
            yield case(
                op, [ramp_spec(1, [3, 4]), options], lambda x, f=function, k=keywords: f(x, **k)
            )
        yield case(
            op,
            [literal_spec([[1000.0, 0.0, -1000.0], [-inf, 0.0, 1.0], [88.0, 89.0, 90.0]])],
            function,
        )
        yield case(
            op,
            [ramp_spec(1, [3, 4]), {"where": mask}],
            lambda x, f=function: f(x, where=jnp.array([[True, False, True, True]])),
        )
        yield case(op, [ramp_spec(1, [0, 4])], function)
        for dtype in ("float16", "bfloat16", "float64"):
            yield case(op, [ramp_spec(3, [2, 5], dtype)], function)
    yield case("standardize", [ramp_spec(1, [3, 4])], nn.standardize)
    yield case(
        "standardize",
        [ramp_spec(1, [3, 4]), {"axis": 0, "epsilon": 1e-3}],
        lambda x: nn.standardize(x, axis=0, epsilon=1e-3),
    )


def shapes():
    x = ramp_spec(1, [2, 3, 4])
    yield case("reshape", [x, [4, -1]], lambda x: jnp.reshape(x, (4, -1)))
    yield case("reshape", [ramp_spec(1, []), [1, 1]], lambda x: jnp.reshape(x, (1, 1)))
    yield case("reshape", [ramp_spec(1, [0, 4]), [2, 0]], lambda x: jnp.reshape(x, (2, 0)))
    yield case("ravel", [x], jnp.ravel)
    yield case("transpose", [x], jnp.transpose)
    yield case("transpose", [x, [1, 2, 0]], lambda x: jnp.transpose(x, (1, 2, 0)))
    yield case("expandDims", [x, 1], lambda x: jnp.expand_dims(x, 1))
    yield case("expandDims", [x, [0, -1]], lambda x: jnp.expand_dims(x, (0, -1)))
    yield case("squeeze", [ramp_spec(1, [1, 3, 1])], jnp.squeeze)
    yield case("squeeze", [ramp_spec(1, [1, 3, 1]), -1], lambda x: jnp.squeeze(x, -1))
    yield case(
        "broadcastTo", [ramp_spec(1, [3, 1]), [2, 3, 4]], lambda x: jnp.broadcast_to(x, (2, 3, 4))
    )
    yield case("broadcastTo", [ramp_spec(1, []), [0, 2]], lambda x: jnp.broadcast_to(x, (0, 2)))
    yield case(
        "slice",
        [x, [0, 1, 1], [2, 3, 4], [1, 2, 2]],
        lambda x: lax.slice(x, (0, 1, 1), (2, 3, 4), (1, 2, 2)),
    )
    yield case("slice", [x, [1, 1, 3], [1, 3, 4]], lambda x: lax.slice(x, (1, 1, 3), (1, 3, 4)))
    yield case(
        "pad",
        [ramp_spec(1, [3, 4]), [[1, 2, 0], [0, 1, 2]], 0.5],
        lambda x: lax.pad(x, jnp.float32(0.5), ((1, 2, 0), (0, 1, 2))),
    )
    yield case(
        "pad",
        [ramp_spec(1, [3, 4]), [[-1, 1], [2, -2]]],
        lambda x: lax.pad(x, jnp.float32(0), ((-1, 1, 0), (2, -2, 0))),
    )
    yield case(
        "pad",
        [ramp_spec(1, [3]), [[2, 0, 1]], ramp_spec(2, [])],
        lambda x, v: lax.pad(x, v, ((2, 0, 1),)),
    )
    yield case("flip", [x], jnp.flip)
    yield case("flip", [x, [0, 2]], lambda x: jnp.flip(x, (0, 2)))
    indices = literal_spec([[0, 2], [-1, 1], [2, 2]], "int32")
    yield case("take", [x, indices, {"axis": 1}], lambda x, i: jnp.take(x, i, axis=1))
    yield case("take", [x, literal_spec([0, 23, -24, 5], "int32")], jnp.take)
    far = literal_spec([0, 3, -4, 7], "int32")
    for mode in ("fill", "clip", "wrap"):
        yield case(
            "take",
            [ramp_spec(1, [3, 2]), far, {"axis": 0, "mode": mode}],
            lambda x, i, m=mode: jnp.take(x, i, axis=0, mode=m),
        )
    yield case(
        "takeAlongAxis",
        [ramp_spec(1, [3, 4]), indices, 1],
        lambda x, i: jnp.take_along_axis(x, i, axis=1),
    )
    yield case(
        "takeAlongAxis",
        [ramp_spec(1, [3, 2]), literal_spec([[0, 1], [2, -1]], "int32"), 0],
        lambda x, i: jnp.take_along_axis(x, i, axis=0),
    )
    for op, function in (("concatenate", jnp.concatenate), ("stack", jnp.stack)):
        for axis in (0, 1, -1):
            yield case(
                op,
                ["...", ramp_spec(1, [2, 3]), ramp_spec(2, [2, 3]), axis],
                lambda a, b, f=function, n=axis: f([a, b], axis=n),
                note="the arrays are one list",
            )
    yield case(
        "concatenate",
        ["...", ramp_spec(1, [2, 3]), ramp_spec(2, [2, 0]), 1],
        lambda a, b: jnp.concatenate([a, b], axis=1),
    )
    yield case(
        "concatenate",
        ["...", ramp_spec(1, [2], "bfloat16"), literal_spec([1, 2], "int32"), 0],
        lambda a, b: jnp.concatenate([a, b], axis=0),
    )
    floats = literal_spec([0.0, 1.5, -1.5, 300.0, -300.0, 1e10, -1e10, inf, -inf, nan])
    for dtype in ("int32", "int8", "uint8", "bool", "float16", "bfloat16", "float32"):
        yield case("astype", [floats, dtype], lambda x, d=dtype: x.astype(d))
        yield case("astype", [INTS, dtype], lambda x, d=dtype: x.astype(d))
        yield case("astype", [ramp_spec(1, [5], "bfloat16"), dtype], lambda x, d=dtype: x.astype(d))
    one_hot = literal_spec([[0, 2], [3, -1]], "int32")
    yield case("oneHot", [one_hot, 3], lambda i: nn.one_hot(i, 3))
    yield case(
        "oneHot",
        [one_hot, 3, {"axis": 0, "dtype": "bfloat16"}],
        lambda i: nn.one_hot(i, 3, axis=0, dtype="bfloat16"),
    )


def products():
    pairs = (
        ([3, 4], [4, 2]),
        ([4], [4]),
        ([2, 3, 4], [4]),
        ([4], [2, 4, 3]),
        ([2, 1, 3, 4], [5, 4, 2]),
        ([3, 0], [0, 2]),
        ([0, 3], [3, 2]),
        ([1, 1], [1, 1]),
        ([17, 33], [33, 9]),
    )
    for a, b in pairs:
        yield case("matmul", [ramp_spec(1, a), ramp_spec(2, b)], jnp.matmul)
    for a, b in (
        ([], [3]),
        ([2, 3], []),
        ([4], [4]),
        ([3, 4], [4, 2]),
        ([2, 3, 4], [5, 4, 6]),
        ([4], [3, 4, 2]),
    ):
        yield case("dot", [ramp_spec(1, a), ramp_spec(2, b)], jnp.dot)
    for dtype in ("float16", "bfloat16", "float64"):
        yield case("matmul", [ramp_spec(1, [3, 4], dtype), ramp_spec(2, [4, 2], dtype)], jnp.matmul)
    yield case(
        "matmul",
        [literal_spec([[1, 2**30], [3, -4]], "int32"), literal_spec([[5, 6], [7, 8]], "int32")],
        jnp.matmul,
    )
    yield case("matmul", [ramp_spec(1, [2, 3], "bfloat16"), ramp_spec(2, [3, 2])], jnp.matmul)


def second_order():
    for op in (
        "exp",
        "log",
        "tanh",
        "sin",
        "sqrt",
        "reciprocal",
        "square",
        "erf",
        "log1p",
        "expm1",
    ):
        yield second(op, [POSITIVE], UNARY[op])
    for op in ("sigmoid", "softplus", "silu", "gelu", "elu", "logSigmoid"):
        yield second(op, [BASIC], ACTIVATIONS[op])
    for op in ("multiply", "divide", "power"):
        yield second(op, [POSITIVE, ramp_spec(2, [4], offset=3.0)], BINARY[op])
    yield second("softmax", [BASIC], nn.softmax)
    yield second("logSoftmax", [BASIC], nn.log_softmax)
    yield second("logsumexp", [BASIC], nn.logsumexp)
    yield second("variance", [BASIC], jnp.var)
    yield second("prod", [POSITIVE, {"axis": 1}], lambda x: jnp.prod(x, axis=1))


def main():
    write(
        "autodiff",
        {
            "unary": list(unary()),
            "binary": list(binary()),
            "reductions": list(reductions()),
            "shapes": list(shapes()),
            "products": list(products()),
            "second": list(second_order()),
        },
    )


if __name__ == "__main__":
    main()
