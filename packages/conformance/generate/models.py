"""Five whole models, each trained 50 steps with sgd and with adam: first weights and the loss of every step."""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from answers import close, exact, write
from cnn import load
from nnx_layers import value_of, variables

STEPS = 50


class MLP(nnx.Module):
    def __init__(self, rngs):
        self.linear1 = nnx.Linear(2, 16, rngs=rngs)
        self.linear2 = nnx.Linear(16, 16, rngs=rngs)
        self.linear3 = nnx.Linear(16, 2, rngs=rngs)

    def __call__(self, x):
        return self.linear3(nnx.relu(self.linear2(nnx.tanh(self.linear1(x)))))


class CNN(nnx.Module):
    def __init__(self, rngs):
        self.conv1 = nnx.Conv(1, 8, (3, 3), rngs=rngs)
        self.bn = nnx.BatchNorm(8, rngs=rngs)
        self.conv2 = nnx.Conv(8, 16, (3, 3), strides=2, rngs=rngs)
        self.dropout = nnx.Dropout(0.25, rngs=rngs)
        self.linear = nnx.Linear(64, 10, rngs=rngs)

    def __call__(self, x):
        x = nnx.max_pool(nnx.relu(self.bn(self.conv1(x))), (2, 2), strides=(2, 2))
        x = nnx.relu(self.conv2(x))
        return self.linear(self.dropout(x.reshape(-1, 64)))


class LSTM(nnx.Module):
    def __init__(self, rngs):
        self.embed = nnx.Embed(4, 8, rngs=rngs)
        self.rnn = nnx.RNN(nnx.OptimizedLSTMCell(8, 24, rngs=rngs), rngs=rngs)
        self.linear = nnx.Linear(24, 4, rngs=rngs)

    def __call__(self, x):
        return self.linear(self.rnn(self.embed(x)))


class EncoderBlock(nnx.Module):
    def __init__(self, rngs):
        self.norm1 = nnx.LayerNorm(32, rngs=rngs)
        self.attention = nnx.MultiHeadAttention(
            4, 32, dropout_rate=0.1, decode=False, rngs=rngs
        )
        self.norm2 = nnx.LayerNorm(32, rngs=rngs)
        self.linear1 = nnx.Linear(32, 64, rngs=rngs)
        self.linear2 = nnx.Linear(64, 32, rngs=rngs)
        self.dropout = nnx.Dropout(0.1, rngs=rngs)

    def __call__(self, x):
        x = x + self.attention(self.norm1(x))
        return x + self.dropout(self.linear2(nnx.gelu(self.linear1(self.norm2(x)))))


class Transformer(nnx.Module):
    def __init__(self, rngs):
        self.embed = nnx.Embed(8, 32, rngs=rngs)
        self.positions = nnx.Param(nnx.initializers.normal(0.1)(rngs.params(), (8, 32)))
        self.blocks = nnx.List([EncoderBlock(rngs) for _ in range(2)])
        self.norm = nnx.LayerNorm(32, rngs=rngs)
        self.linear = nnx.Linear(32, 8, rngs=rngs)

    def __call__(self, x):
        x = self.embed(x) + self.positions
        for block in self.blocks:
            x = block(x)
        return self.linear(self.norm(x))


class Autoencoder(nnx.Module):
    def __init__(self, rngs):
        self.conv1 = nnx.Conv(1, 8, (3, 3), strides=2, rngs=rngs)
        self.conv2 = nnx.Conv(8, 16, (3, 3), strides=2, rngs=rngs)
        self.code = nnx.Linear(64, 8, rngs=rngs)
        self.spread = nnx.Linear(8, 64, rngs=rngs)
        self.up1 = nnx.ConvTranspose(16, 8, (3, 3), strides=2, rngs=rngs)
        self.up2 = nnx.ConvTranspose(8, 1, (3, 3), strides=2, rngs=rngs)

    def __call__(self, x):
        x = nnx.relu(self.conv2(nnx.relu(self.conv1(x))))
        code = self.code(x.reshape(-1, 64))
        x = nnx.relu(self.spread(code)).reshape(-1, 2, 2, 16)
        return nnx.sigmoid(self.up2(nnx.relu(self.up1(x))))


def cross_entropy(outputs, labels):
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(outputs, labels))


def squared(outputs, targets):
    return jnp.mean(optax.squared_error(outputs, targets))


def quadrants():
    x = jax.random.normal(jax.random.key(1), (160, 2))
    return x, ((x[:, 0] > 0) != (x[:, 1] > 0)).astype(jnp.int32)


def digits():
    images, labels = load()
    return jnp.asarray(images[:800]), jnp.asarray(labels[:800])


def echoes():
    x = jax.random.randint(jax.random.key(2), (64, 12), 0, 4)
    return x, jnp.pad(x, ((0, 0), (2, 0)))[:, :12]


def reversals():
    x = jax.random.randint(jax.random.key(3), (64, 8), 0, 8)
    return x, jnp.flip(x, 1)


def images():
    x, _ = digits()
    return x, x


MODELS = {
    "MLP": (MLP, quadrants, 32, cross_entropy, {"sgd": 0.3, "adam": 1e-2}),
    "CNN": (CNN, digits, 16, cross_entropy, {"sgd": 0.05, "adam": 2e-3}),
    "LSTM": (LSTM, echoes, 16, cross_entropy, {"sgd": 1.0, "adam": 1e-2}),
    "Transformer": (Transformer, reversals, 16, cross_entropy, {"sgd": 0.1, "adam": 3e-3}),
    "Autoencoder": (Autoencoder, images, 16, squared, {"sgd": 1.0, "adam": 1e-2}),
}


@nnx.jit(static_argnames="loss")
def train_step(model, optimizer, x, y, loss):
    value, grads = nnx.value_and_grad(lambda model: loss(model(x), y))(model)
    optimizer.update(model, grads)
    return value


def initial(name):
    """Bit for bit, but for orthogonal matrices: these come from a QR factorization, which rounds in its own way."""
    model = MODELS[name][0](nnx.Rngs(0))
    return {
        path: (close if path.endswith("dense_h.kernel") else exact)(value_of(variable))
        for path, variable in variables(model).items()
    }


def run(name, optimizer):
    make, data, batch, loss, rates = MODELS[name]
    x, y = data()
    model = make(nnx.Rngs(0))
    rate = rates[optimizer]
    opt = nnx.Optimizer(model, getattr(optax, optimizer)(rate), wrt=nnx.Param)
    model.train()
    losses = []
    for step in range(STEPS):
        rows = (step * batch + np.arange(batch)) % len(x)
        losses.append(float(train_step(model, opt, x[rows], y[rows], loss)))
    return {
        "model": name,
        "optimizer": optimizer,
        "learningRate": rate,
        "batch": batch,
        "losses": losses,
    }


def main():
    runs = [run(name, optimizer) for name in MODELS for optimizer in ("sgd", "adam")]
    for item in runs:
        print(item["model"], item["optimizer"], item["losses"][0], item["losses"][-1])
    write(
        "models",
        {
            "initial": [{"model": name, "variables": initial(name)} for name in MODELS],
            "runs": runs,
        },
    )


if __name__ == "__main__":
    main()
