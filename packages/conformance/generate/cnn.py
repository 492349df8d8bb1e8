"""The CNN of examples/digits in Flax, its data and its training step."""

import gzip
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

DATA = Path(__file__).resolve().parents[3] / "examples" / "digits" / "data" / "digits.csv.gz"
TRAIN = 1437
BATCH = 64


class CNN(nnx.Module):
    def __init__(self, rngs, dropout_rate=0.25):
        self.conv1 = nnx.Conv(1, 16, (3, 3), rngs=rngs)
        self.bn = nnx.BatchNorm(16, momentum=0.9, rngs=rngs)
        self.conv2 = nnx.Conv(16, 32, (3, 3), rngs=rngs)
        self.dropout = nnx.Dropout(dropout_rate, rngs=rngs)
        self.linear = nnx.Linear(512, 10, rngs=rngs)

    def __call__(self, x):
        x = nnx.relu(self.bn(self.conv1(x)))
        x = nnx.max_pool(x, (2, 2), strides=(2, 2))
        x = nnx.relu(self.conv2(x))
        return self.linear(self.dropout(x.reshape(-1, 512)))


def load():
    """Images [1797, 8, 8, 1] in [0, 1] and labels; the first 1,437 are for training."""
    with gzip.open(DATA) as file:
        table = np.loadtxt(file, delimiter=",", dtype=np.int32)
    return (table[:, :64].reshape(-1, 8, 8, 1) / 16).astype(np.float32), table[:, 64]


def order(key, epoch):
    return np.asarray(jax.random.permutation(jax.random.fold_in(key, epoch), TRAIN))


def warp(images, key):
    """Each image turned, stretched, sheared and shifted a little, as examples/digits does."""
    draws = np.asarray(jax.random.uniform(key, (len(images), 6), minval=-1, maxval=1)).astype(
        np.float64
    )
    rotate, scale_x, shift_x, shift_y, shear, scale_y = (
        column[:, None, None] for column in draws.T
    )
    y, x = np.meshgrid(np.arange(8) - 3.5, np.arange(8) - 3.5, indexing="ij")
    x = x + 0.2 * shear * y
    angle = np.deg2rad(15) * rotate
    source_x = (np.cos(angle) * x - np.sin(angle) * y) * (1 + 0.1 * scale_x) + 3.5 + 0.7 * shift_x
    source_y = (np.sin(angle) * x + np.cos(angle) * y) * (1 + 0.1 * scale_y) + 3.5 + 0.7 * shift_y
    top, left = np.floor(source_y).astype(int), np.floor(source_x).astype(int)
    down, right = source_y - top, source_x - left
    margin = 8
    padded = np.pad(images[..., 0].astype(np.float64), ((0, 0), (margin, margin), (margin, margin)))
    rows = np.arange(len(images))[:, None, None]

    def pixel(row, column):
        return padded[rows, row + margin, column + margin]

    values = (1 - down) * ((1 - right) * pixel(top, left) + right * pixel(top, left + 1)) + down * (
        (1 - right) * pixel(top + 1, left) + right * pixel(top + 1, left + 1)
    )
    return values.astype(np.float32)[..., None]


def integer_loss(logits, labels):
    return jnp.mean(optax.softmax_cross_entropy_with_integer_labels(logits, labels))


def smoothed_loss(logits, labels):
    return jnp.mean(optax.softmax_cross_entropy(logits, nnx.one_hot(labels, 10) * 0.9 + 0.1 / 10))


def make_step(loss):
    @nnx.jit
    def step(model, optimizer, images, labels):
        value, grads = nnx.value_and_grad(lambda model: loss(model(images), labels))(model)
        optimizer.update(model, grads)
        return value

    return step
