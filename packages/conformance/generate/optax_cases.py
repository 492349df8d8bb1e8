"""Optimizers over fifty steps, schedules and losses."""

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


def schedule(spec):
    return getattr(optax, snake(spec["schedule"]))(
        *spec["args"], **keywords(spec.get("options", {}))
    )


def build(spec):
    """{name, args, options}; an argument may be a schedule or, for chain, another transformation."""
    arguments = []
    for item in spec.get("args", []):
        if isinstance(item, dict) and "schedule" in item:
            item = schedule(item)
        elif isinstance(item, dict) and "name" in item:
            item = build(item)
        arguments.append(item)
    return getattr(optax, snake(spec["name"]))(*arguments, **keywords(spec.get("options", {})))


COSINE = {"schedule": "cosineDecaySchedule", "args": [0.05, 40]}
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
]


def optimizer_cases():
    cases = []
    for spec in OPTIMIZERS:
        tx = build(spec)
        params = {
            name: ramp(number, shape) for number, (name, shape) in enumerate(sorted(SHAPES.items()))
        }
        state = tx.init(params)
        case = {"transformation": spec, "params": {}}
        for step in range(max(SAVED)):
            updates, state = tx.update(gradient(step, 0), state, params)
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
    cases = []
    pairs = [("softmaxCrossEntropyWithIntegerLabels", x, y) for x, y in zip(logits, labels)]
    pairs += [("softmaxCrossEntropy", x, y) for x, y in zip(logits, soft)]
    pairs += [
        ("sigmoidBinaryCrossEntropy", extreme, truth),
        ("sigmoidBinaryCrossEntropy", ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])),
    ]
    pairs += [
        (name, ramp_spec(1, [3, 4]), ramp_spec(2, [3, 4])) for name in ("squaredError", "l2Loss")
    ]
    for name, x, y in pairs:
        function = getattr(optax, snake(name))
        a, b = from_spec(x), from_spec(y)
        value, pullback = jax.vjp(lambda a: function(a, b), a)
        cases.append(
            {
                "op": name,
                "args": [x, y],
                "value": close(value),
                "gradient": close(pullback(cotangent(value.shape, value.dtype))[0]),
            }
        )
    return cases


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
