"""Optimizers over fifty steps, schedules and losses."""

import re

import jax
import jax.numpy as jnp
import numpy as np
import optax

from answers import (
    close,
    cotangent,
    from_spec,
    keywords,
    literal_spec,
    ramp,
    ramp_spec,
    snake,
    write,
)

SAVED = (1, 2, 10, 50)
SHAPES = {"b": [4], "s": [], "w": [3, 4]}


def gradient(step, seed):
    """Differs in every step, and vanishes for one element throughout."""
    return {
        name: ramp(13 * step + number + seed, shape)
        * (1.0 if name != "b" else jnp.array([1.0, 0.0, 4.0, 0.25]))
        for number, (name, shape) in enumerate(sorted(SHAPES.items()))
    }


# The positional arguments of the TypeScript functions whose order is not that of Optax.
POSITIONAL = {
    "polynomialSchedule": ["init_value", "end_value", "transition_steps"],
}


def schedule(spec):
    name, args = spec["schedule"], spec["args"]
    options = keywords(spec.get("options", {}))
    if name == "joinSchedules":
        return optax.join_schedules([schedule(part) for part in args[0]], args[1])
    if name == "piecewiseConstantSchedule":
        args = [args[0], {int(count): scale for count, scale in args[1].items()}]
    if name in POSITIONAL:
        options.update(zip(POSITIONAL[name], args))
        args = []
    return getattr(optax, snake(name))(*args, **options)


def value_of(item):
    """An argument: a schedule, a transformation, an object of such, or what JSON says."""
    if isinstance(item, dict):
        if "schedule" in item:
            return schedule(item)
        if "name" in item:
            return build(item)
        return {name: value_of(part) for name, part in item.items()}
    return item


def build(spec):
    """{name, args, options}, where arguments and options are as for `value_of`."""
    name = spec["name"]
    args = [value_of(item) for item in spec.get("args", [])]
    options = {snake(key): value_of(item) for key, item in spec.get("options", {}).items()}
    if name == "injectHyperparams":
        factory = getattr(optax, snake(args[0]))
        return optax.inject_hyperparams(factory)(
            **{snake(key): value for key, value in args[1].items()}
        )
    function = optax.MultiSteps if name == "MultiSteps" else getattr(optax, snake(name))
    return function(*args, **options)


COSINE = {"schedule": "cosineDecaySchedule", "args": [0.05, 40]}
DESCENT = {"name": "scaleByLearningRate", "args": [0.05]}
OPTIMIZERS = [
    {"name": "sgd", "args": [0.1]},
    {"name": "sgd", "args": [0.1], "options": {"momentum": 0.9}},
    {"name": "sgd", "args": [0.1], "options": {"momentum": 0.9, "nesterov": True}},
    {
        "name": "sgd",
        "args": [{"schedule": "linearSchedule", "args": [0.1, 0.0, 30]}],
        "options": {"momentum": 0.5},
    },
    {"name": "adam", "args": [0.01]},
    {
        "name": "adam",
        "args": [0.01],
        "options": {"b1": 0.8, "b2": 0.99, "eps": 1e-4, "epsRoot": 1e-6},
    },
    {"name": "adam", "args": [COSINE]},
    {"name": "adamw", "args": [0.01]},
    {"name": "adamw", "args": [COSINE], "options": {"weightDecay": 0.1}},
    {"name": "adamw", "args": [0.01], "options": {"weightDecay": 0.1, "b1": 0.5}},
    {
        "name": "chain",
        "args": [{"name": "clipByGlobalNorm", "args": [0.5]}, {"name": "adam", "args": [0.01]}],
    },
    {
        "name": "chain",
        "args": [{"name": "clipByGlobalNorm", "args": [100.0]}, {"name": "sgd", "args": [0.1]}],
    },
    {
        "name": "chain",
        "args": [
            {"name": "clip", "args": [0.3]},
            {"name": "scaleByAdam"},
            {"name": "addDecayedWeights", "args": [0.01]},
            {"name": "scaleByLearningRate", "args": [0.02]},
        ],
    },
    {
        "name": "chain",
        "args": [
            {"name": "trace", "args": [0.9], "options": {"nesterov": True}},
            {"name": "scale", "args": [-0.05]},
        ],
    },
    {
        "name": "chain",
        "args": [
            {"name": "identity"},
            {"name": "scaleBySchedule", "args": [COSINE]},
            {"name": "scale", "args": [-1.0]},
        ],
    },
    {"name": "adam", "args": [0.01], "options": {"muDtype": "bfloat16"}},
    {"name": "sgd", "args": [0.1], "options": {"momentum": 0.5, "accumulatorDtype": "bfloat16"}},
    {
        "name": "adamw",
        "args": [0.01],
        "options": {"weightDecay": COSINE, "mask": {"b": False, "s": True, "w": True}},
    },
    {"name": "chain", "args": [{"name": "addDecayedWeights", "args": [COSINE]}, DESCENT]},
    {"name": "rmsprop", "args": [0.01]},
    {"name": "rmsprop", "args": [COSINE], "options": {"decay": 0.8, "momentum": 0.9}},
    {
        "name": "rmsprop",
        "args": [0.01],
        "options": {"initialScale": 1.0, "momentum": 0.5, "nesterov": True},
    },
    {"name": "rmsprop", "args": [0.01], "options": {"centered": True, "eps": 1e-3}},
    {
        "name": "rmsprop",
        "args": [0.01],
        "options": {"epsInSqrt": False, "biasCorrection": True},
    },
    {
        "name": "rmsprop",
        "args": [0.01],
        "options": {
            "centered": True,
            "epsInSqrt": False,
            "eps": 0.01,
            "biasCorrection": True,
            "momentum": 0.5,
        },
    },
    {"name": "chain", "args": [{"name": "scaleByRms"}, DESCENT]},
    {"name": "chain", "args": [{"name": "scaleByStddev", "options": {"eps": 1e-3}}, DESCENT]},
    {"name": "chain", "args": [{"name": "scaleByRss"}, DESCENT]},
    {"name": "adagrad", "args": [0.1]},
    {"name": "adagrad", "args": [COSINE], "options": {"initialAccumulatorValue": 0.0, "eps": 1e-4}},
    {"name": "lion", "args": [0.01]},
    {
        "name": "lion",
        "args": [COSINE],
        "options": {"b1": 0.8, "b2": 0.9, "weightDecay": 0.1, "muDtype": "bfloat16"},
    },
    {"name": "chain", "args": [{"name": "scaleByLion", "options": {"b1": 0.5}}, DESCENT]},
    {"name": "nadam", "args": [0.01]},
    {"name": "nadam", "args": [COSINE], "options": {"b1": 0.8, "b2": 0.99, "epsRoot": 1e-6}},
    {"name": "nadamw", "args": [0.01], "options": {"weightDecay": 0.1}},
    {"name": "lamb", "args": [0.01]},
    {"name": "lamb", "args": [COSINE], "options": {"weightDecay": 0.1, "eps": 1e-3}},
    {
        "name": "chain",
        "args": [
            {
                "name": "scaleByTrustRatio",
                "options": {"minNorm": 2.0, "trustCoefficient": 0.5, "eps": 0.1},
            },
            DESCENT,
        ],
    },
    {"name": "adamax", "args": [0.01]},
    {"name": "adamax", "args": [COSINE], "options": {"b1": 0.8, "b2": 0.9, "eps": 1e-3}},
    {"name": "chain", "args": [{"name": "scaleByAdamax"}, DESCENT]},
    {"name": "adadelta", "args": [1.0]},
    {
        "name": "adadelta",
        "args": [COSINE],
        "options": {
            "rho": 0.8,
            "eps": 1e-3,
            "weightDecay": 0.1,
            "weightDecayMask": {"b": True, "s": False, "w": True},
        },
    },
    {"name": "chain", "args": [{"name": "scaleByAdadelta"}, DESCENT]},
    {
        "name": "chain",
        "args": [{"name": "clipByBlockRms", "args": [0.75]}, {"name": "sgd", "args": [0.1]}],
    },
    {
        "name": "masked",
        "args": [{"name": "adam", "args": [0.01]}, {"b": True, "s": False, "w": True}],
    },
    {
        "name": "chain",
        "args": [
            {"name": "adam", "args": [0.01]},
            {"name": "freeze", "args": [{"b": False, "s": False, "w": True}]},
        ],
    },
    {"name": "setToZero"},
    {
        "name": "partition",
        "args": [
            {
                "fast": {"name": "sgd", "args": [0.1], "options": {"momentum": 0.9}},
                "slow": {"name": "adamw", "args": [COSINE]},
                "frozen": {"name": "setToZero"},
            },
            {"b": "fast", "s": "frozen", "w": "slow"},
        ],
    },
    {"name": "MultiSteps", "args": [{"name": "adam", "args": [0.01]}, 4]},
    {
        "name": "MultiSteps",
        "args": [{"name": "sgd", "args": [0.05]}, 3],
        "options": {"useGradMean": False},
    },
    {"name": "applyIfFinite", "args": [{"name": "adam", "args": [0.01]}, 2]},
    {
        "name": "injectHyperparams",
        "args": ["sgd", {"learningRate": COSINE, "momentum": 0.9}],
    },
    {
        "name": "injectHyperparams",
        "args": [
            "adamw",
            {
                "learningRate": 0.01,
                "b1": 0.8,
                "b2": 0.99,
                "eps": 1e-6,
                "epsRoot": 1e-6,
                "weightDecay": {"schedule": "linearSchedule", "args": [0.1, 0.0, 30]},
            },
        ],
    },
]

# Steps whose gradients hold NaN and infinity: single ones, and more in a row than are skipped.
BAD_STEPS = {"applyIfFinite": [1, 5, 6, 20, 21]}
BAD = jnp.array([1.0, jnp.nan, jnp.inf, 1.0])


def state_paths(state):
    """The place, dtype and shape of each leaf of a state, in the words of TypeScript."""
    lines = []
    for path, leaf in jax.tree_util.tree_flatten_with_path(state)[0]:
        names = [
            str(getattr(key, "name", getattr(key, "key", getattr(key, "idx", None))))
            for key in path
        ]
        place = re.sub(r"_([a-z])", lambda match: match.group(1).upper(), ".".join(names))
        lines.append(f"{place} {leaf.dtype}[{', '.join(map(str, leaf.shape))}]")
    return sorted(lines)


def optimizer_cases():
    cases = []
    for spec in OPTIMIZERS:
        tx = build(spec)
        params = {
            name: ramp(number, shape) for number, (name, shape) in enumerate(sorted(SHAPES.items()))
        }
        state = tx.init(params)
        case = {"transformation": spec, "state": state_paths(state), "params": {}}
        if spec["name"] in BAD_STEPS:
            case["badSteps"] = BAD_STEPS[spec["name"]]
        for step in range(max(SAVED)):
            grads = gradient(step, 0)
            if step in case.get("badSteps", []):
                grads = {**grads, "b": grads["b"] * BAD}
            updates, state = tx.update(grads, state, params)
            params = optax.apply_updates(params, updates)
            if step + 1 in SAVED:
                case["params"][str(step + 1)] = {
                    name: close(value) for name, value in params.items()
                }
        cases.append(case)
    return cases


SCHEDULES = [
    {"schedule": "constantSchedule", "args": [0.3]},
    {"schedule": "cosineDecaySchedule", "args": [0.1, 10]},
    {"schedule": "cosineDecaySchedule", "args": [2.0, 7], "options": {"alpha": 0.25}},
    {
        "schedule": "cosineDecaySchedule",
        "args": [1.0, 10],
        "options": {"alpha": 0.1, "exponent": 2.0},
    },
    {"schedule": "linearSchedule", "args": [1.0, 0.1, 8]},
    {"schedule": "linearSchedule", "args": [0.0, 1.0, 5], "options": {"transitionBegin": 3}},
    {"schedule": "exponentialDecay", "args": [0.1, 4, 0.5]},
    {
        "schedule": "exponentialDecay",
        "args": [0.1, 4, 0.25],
        "options": {"transitionBegin": 3, "staircase": True},
    },
    {
        "schedule": "exponentialDecay",
        "args": [1.0, 3, 0.5],
        "options": {"transitionBegin": 2, "endValue": 0.2},
    },
    {"schedule": "exponentialDecay", "args": [0.1, 5, 2.0], "options": {"endValue": 0.3}},
    {"schedule": "polynomialSchedule", "args": [1.0, 0.1, 8], "options": {"power": 2.0}},
    {
        "schedule": "polynomialSchedule",
        "args": [0.0, 3.0, 5],
        "options": {"power": 0.5, "transitionBegin": 4},
    },
    {
        "schedule": "warmupCosineDecaySchedule",
        "args": [0.0, 0.1],
        "options": {"warmupSteps": 4, "decaySteps": 12},
    },
    {
        "schedule": "warmupCosineDecaySchedule",
        "args": [0.01, 0.1],
        "options": {"warmupSteps": 5, "decaySteps": 10, "endValue": 0.02, "exponent": 1.5},
    },
    {
        "schedule": "warmupCosineDecaySchedule",
        "args": [0.5, 0.1],
        "options": {"warmupSteps": 0, "decaySteps": 7},
    },
    {
        "schedule": "warmupCosineDecaySchedule",
        "args": [0.5, 0.0],
        "options": {"warmupSteps": 3, "decaySteps": 7, "endValue": 0.25},
    },
    {"schedule": "warmupConstantSchedule", "args": [0.01, 0.1, 6]},
    {"schedule": "piecewiseConstantSchedule", "args": [0.3, {"3": 0.5, "10": 0.1, "7": 2.0}]},
    {"schedule": "piecewiseConstantSchedule", "args": [0.3, {"0": 0.5, "4": 0.0}]},
    {"schedule": "piecewiseConstantSchedule", "args": [0.3, {}]},
    {
        "schedule": "joinSchedules",
        "args": [
            [
                {"schedule": "linearSchedule", "args": [0.0, 1.0, 3]},
                {"schedule": "constantSchedule", "args": [0.75]},
                {"schedule": "exponentialDecay", "args": [0.5, 2, 0.5]},
            ],
            [4, 6],
        ],
    },
]


def schedule_cases():
    counts = list(range(13)) + [1000]
    return [
        {
            **spec,
            "counts": counts,
            "values": [float(np.float32(schedule(spec)(jnp.int32(count)))) for count in counts],
        }
        for spec in SCHEDULES
    ]


def loss_cases():
    logits = [
        ramp_spec(1, [4, 5]),
        ramp_spec(2, [2, 3, 5], scale=16.0),
        literal_spec([[1000.0, 0.0, -1000.0, 0.0, 1.0]]),
    ]
    labels = [
        literal_spec([0, 4, 2, 1], "int32"),
        literal_spec([[0, 1, 2], [3, 4, 0]], "int32"),
        literal_spec([1], "int32"),
    ]
    soft = [
        ramp_spec(3, [4, 5], offset=2.0),
        ramp_spec(4, [2, 3, 5], offset=2.0, scale=0.5),
        literal_spec([[0.0, 0.0, 0.5, 0.5, 0.0]]),
    ]
    extreme = literal_spec([0.0, 100.0, -100.0, 3.0, -3.0, 1e-3])
    truth = literal_spec([0.0, 1.0, 0.0, 0.5, 1.0, 1.0])
    pairs = [("softmaxCrossEntropyWithIntegerLabels", x, y) for x, y in zip(logits, labels)]
    pairs += [("softmaxCrossEntropy", x, y) for x, y in zip(logits, soft)]
    pairs += [
        ("sigmoidBinaryCrossEntropy", extreme, truth),
        ("sigmoidBinaryCrossEntropy", ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])),
    ]
    pairs += [
        (name, ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])) for name in ("squaredError", "l2Loss")
    ]
    half = literal_spec([[True, True, False, True, False]] * 4, "bool")
    rows = literal_spec([True, False, True, True], "bool")
    some = literal_spec(
        [[True] * 5, [False] * 5, [False, True, True, False, True], [True] * 5], "bool"
    )
    images = ramp_spec(5, [2, 3, 4])
    pixels = ramp_spec(6, [2, 3, 4], offset=2.0, scale=0.5)
    for where in (half, rows, some):
        pairs += [
            ("softmaxCrossEntropy", logits[0], soft[0], {"where": where}),
            ("softmaxCrossEntropyWithIntegerLabels", logits[0], labels[0], {"where": where}),
        ]
    for axis in (1, [1, 2], [-1, 0]):
        shape = [n for i, n in enumerate([2, 3, 4]) if i not in np.atleast_1d(axis) % 3]
        classes = literal_spec(np.arange(np.prod(shape)).reshape(shape) % 3, "int32")
        pairs += [
            ("softmaxCrossEntropy", images, pixels, {"axis": axis}),
            ("softmaxCrossEntropyWithIntegerLabels", images, classes, {"axis": axis}),
        ]
    chosen = literal_spec(np.arange(24).reshape(2, 3, 4) % 3 > 0, "bool")
    pairs += [
        (
            "softmaxCrossEntropyWithIntegerLabels",
            images,
            literal_spec([5, 11], "int32"),
            {"axis": [1, 2], "where": chosen},
        ),
        ("huberLoss", ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])),
        ("huberLoss", ramp_spec(3, [3, 4]), ramp_spec(2, [3, 4]), {"delta": 0.25}),
        ("huberLoss", extreme, literal_spec([0.0] * 6), {"delta": 3.0}),
        ("huberLoss", literal_spec([1e30, -1e30, 1e-30]), literal_spec([0.0] * 3)),
        ("cosineSimilarity", ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])),
        ("cosineDistance", ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])),
        ("cosineDistance", images, pixels, {"axis": [0, 2], "epsilon": 0.5}),
        (
            "cosineSimilarity",
            literal_spec([[0.0, 0.0], [1e-15, 2e-15], [1e15, -1e15]]),
            literal_spec([[1.0, 2.0], [3.0, -1.0], [1e15, 0.0]]),
            {"epsilon": 1e-12},
        ),
        ("cosineSimilarity", images, pixels, {"where": chosen}),
        ("klDivergence", ramp_spec(3, [4, 5], offset=-2.0), ramp_spec(3, [4, 5], offset=2.0)),
        (
            "klDivergence",
            literal_spec([[-0.5, -1.0, -100.0], [0.0, -1e4, -1e-6]]),
            literal_spec([[0.0, 0.75, 0.25], [1.0, 0.0, 1e-30]]),
        ),
        ("klDivergence", images, pixels, {"axis": [1, 2], "where": chosen}),
        ("klDivergence", images, pixels, {"axis": 0}),
        ("hingeLoss", ramp_spec(1, [3, 4]), literal_spec([[1.0, -1.0, 1.0, -1.0]] * 3)),
        ("hingeLoss", extreme, literal_spec([1.0, 1.0, 1.0, -1.0, -1.0, -1.0])),
    ]
    for options in ({}, {"gamma": 0.0}, {"alpha": 0.25}, {"alpha": 0.75, "gamma": 3.5}):
        hard = literal_spec([[1.0, 0.0, 1.0, 0.0]] * 3)
        pairs += [
            ("sigmoidFocalLoss", extreme, truth, options),
            ("sigmoidFocalLoss", ramp_spec(1, [3, 4]), hard, options),
        ]
    far = literal_spec([1e4, -1e4, 1e4, -1e4])
    pairs += [("sigmoidFocalLoss", far, literal_spec([1.0, 1.0, 0.0, 0.0]))]
    return [loss_case(*pair) for pair in pairs]


def loss_case(name, x, y, options=None):
    function = getattr(optax, snake(name))
    a, b = from_spec(x), from_spec(y)
    settings = keywords(options or {})
    value, pullback = jax.vjp(lambda a: function(a, b, **settings), a)
    case = {"op": name, "args": [x, y]}
    if options:
        case["options"] = options
    return {
        **case,
        "value": close(value),
        "gradient": close(pullback(cotangent(value.shape, value.dtype))[0]),
    }


def main():
    norm = optax.global_norm(gradient(3, 0))
    write(
        "optax",
        {
            "optimizers": optimizer_cases(),
            "schedules": schedule_cases(),
            "losses": loss_cases(),
            "globalNorm": float(norm),
        },
    )


if __name__ == "__main__":
    main()
