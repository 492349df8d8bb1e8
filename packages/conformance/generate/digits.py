"""The digits CNN, built and trained in Flax: weights, keys, dropout masks, losses, running statistics."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from answers import close, exact, write
from cnn import BATCH, CNN, TRAIN, integer_loss, load, make_step, order, smoothed_loss, warp
from nnx_layers import value_of, variables, words

STEPS = 20
RUNS = [
    {"name": "adam, Dropout at rate 0", "rate": 0.0, "optimizer": "adam"},
    {"name": "adam, Dropout at rate 0.25", "rate": 0.25, "optimizer": "adam"},
    {"name": "sgd with momentum, Dropout at rate 0.25", "rate": 0.25, "optimizer": "sgd"},
    {"name": "the settings of examples/digits", "rate": 0.25, "optimizer": "example"},
]
OPTIMIZERS = {
    "adam": lambda: optax.adam(2e-3),
    "sgd": lambda: optax.sgd(0.05, momentum=0.9),
    "example": lambda: optax.adam(optax.cosine_decay_schedule(1e-2, 40 * (TRAIN // BATCH))),
}


def initial(seed):
    model = CNN(nnx.Rngs(seed))
    return {
        "seed": seed,
        "variables": {
            name: exact(value_of(variable)) for name, variable in variables(model).items()
        },
    }


def streams(seed):
    rngs = nnx.Rngs(seed)
    CNN(rngs)
    data_key = rngs.data()
    return {
        "seed": seed,
        "dataKey": words(data_key),
        "nextKey": words(rngs.data()),
        "orders": [exact(order(data_key, epoch)) for epoch in range(3)],
    }


def masks(seed):
    """Which features the first three calls of the model's Dropout keep."""
    model = CNN(nnx.Rngs(seed))
    model.train()
    kept = [model.dropout(jnp.ones((BATCH, 512))) for _ in range(3)]
    return {
        "seed": seed,
        "masks": [{**exact(x != 0), "kept": int((x != 0).sum())} for x in kept],
        "values": exact(kept[0]),
    }


def run(name, rate, optimizer):
    images, labels = load()
    rngs = nnx.Rngs(0)
    model = CNN(rngs, rate)
    data_key, warp_key = rngs.data(), rngs.warp()
    opt = nnx.Optimizer(model, OPTIMIZERS[optimizer](), wrt=nnx.Param)
    step = make_step(smoothed_loss if optimizer == "example" else integer_loss)
    train = images[:TRAIN]
    if optimizer == "example":
        train = warp(train, jax.random.fold_in(warp_key, 0))
    rows = order(data_key, 0)
    model.train()
    losses, statistics, trail = [], {}, np.zeros(16)
    for number in range(STEPS):
        # What the running mean owes to the bias before it. A bias in front of BatchNorm has gradients of
        # pure rounding, which Adam scales to steps of full size, so this part differs between any two builds.
        trail = 0.9 * trail + 0.1 * np.asarray(model.conv1.bias[...], np.float64)
        batch = rows[number * BATCH : (number + 1) * BATCH]
        losses.append(
            float(step(model, opt, jnp.asarray(train[batch]), jnp.asarray(labels[batch])))
        )
        if number + 1 in (1, 5, STEPS):
            centred = (np.asarray(model.bn.mean[...], np.float64) - trail).astype(np.float32)
            statistics[str(number + 1)] = {
                "mean": close(model.bn.mean[...]),
                "centredMean": close(centred),
                "var": close(model.bn.var[...]),
            }
    trained = (
        {name: close(value_of(variable)) for name, variable in variables(model).items()}
        if optimizer == "sgd"
        else None
    )
    # In evaluation the walk of the bias would show: the running mean lags behind it.
    model.conv1.bias[...] = jnp.zeros(16)
    model.bn.mean[...] = jnp.asarray(centred)
    model.eval()
    logits = close(model(jnp.asarray(images[TRAIN : TRAIN + 16])))
    result = {
        "name": name,
        "rate": rate,
        "optimizer": optimizer,
        "losses": losses,
        "statistics": statistics,
        "logits": logits,
    }
    if trained:
        result["trained"] = {
            name: value for name, value in trained.items() if name != "linear.kernel"
        }
    return result


def main():
    write(
        "digits",
        {
            "initial": [initial(seed) for seed in (0, 1, 42)],
            "streams": [streams(seed) for seed in (0, 1)],
            "masks": [masks(seed) for seed in (0, 1)],
            "runs": [run(**settings) for settings in RUNS],
        },
    )


if __name__ == "__main__":
    main()
