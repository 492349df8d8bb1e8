"""The painter in Flax: a network that learns a picture, from the place of a point to its colour.

    python painter.py begin          trains 200 steps and writes data/from-flax.safetensors and its optimizer
    python painter.py check [FILE]   opens what flaxen has written (default: the committed files) in Flax

Both record what Flax computes in data/expected.json, for the tests of flaxen. `check out/painter.safetensors`
copies the files that `npm run start:interop` has written to data/ first.
"""

import json
import shutil
import sys
from pathlib import Path

import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from flax_states import load, save

DATA = Path(__file__).resolve().parent.parent / "data"
SIZE = 32
STEPS = 200
FREQUENCY = 8.0


class Painter(nnx.Module):
    def __init__(self, rngs):
        sizes = [2, 48, 48, 3]
        self.layers = nnx.List(
            [nnx.Linear(n, m, rngs=rngs) for n, m in zip(sizes[:-1], sizes[1:])]
        )

    def __call__(self, x):
        first, *middle, last = self.layers
        x = jnp.sin(FREQUENCY * first(x))
        for layer in middle:
            x = jnp.sin(layer(x))
        return nnx.sigmoid(last(x))


def picture():
    """Points [n, 2] of the square from -1 to 1, top row first, and their colours [n, 3]: a yin and yang."""
    axis = (np.arange(SIZE) + 0.5) / SIZE * 2 - 1
    y, x = np.meshgrid(-axis, axis, indexing="ij")
    inside = x**2 + y**2 < 0.81
    upper, lower = x**2 + (y - 0.45) ** 2, x**2 + (y + 0.45) ** 2
    light = np.where(upper < 0.2025, True, np.where(lower < 0.2025, False, x > 0))
    light = np.where(upper < 0.02, False, np.where(lower < 0.02, True, light))
    colors = np.where(
        inside[..., None],
        np.where(light[..., None], [0.97, 0.95, 0.88], [0.08, 0.08, 0.12]),
        [0.12, 0.45, 0.5],
    )
    points = np.stack([x, y], -1).reshape(-1, 2)
    return jnp.asarray(points, jnp.float32), jnp.asarray(colors.reshape(-1, 3), jnp.float32)


def loss(model, points, colors):
    return jnp.mean(optax.squared_error(model(points), colors))


@nnx.jit
def train_step(model, optimizer, points, colors):
    value, grads = nnx.value_and_grad(loss)(model, points, colors)
    optimizer.update(model, grads)
    return value


def start():
    model = Painter(nnx.Rngs(0))
    return model, nnx.Optimizer(model, optax.adam(5e-3), wrt=nnx.Param)


def record(name, content):
    path = DATA / "expected.json"
    expected = json.loads(path.read_text()) if path.exists() else {}
    expected[name] = content
    path.write_text(json.dumps(expected, indent=2, sort_keys=True) + "\n")


def answers(model, optimizer):
    """The colours of the first points, and the losses of the next ten steps."""
    points, colors = picture()
    output = np.asarray(model(points[: 2 * SIZE : 4])).reshape(-1).tolist()
    losses = [float(train_step(model, optimizer, points, colors)) for _ in range(10)]
    return {"output": output, "losses": losses}


def begin():
    model, optimizer = start()
    points, colors = picture()
    for step in range(STEPS):
        value = train_step(model, optimizer, points, colors)
        if step % 50 == 0:
            print(f"step {step + 1:4}  loss {value:.5f}")
    save(model, DATA / "from-flax.safetensors")
    save(optimizer, DATA / "from-flax.optimizer.safetensors")
    record("fromFlax", answers(model, optimizer))


def check(source):
    if source:
        shutil.copyfile(source, DATA / "from-flaxen.safetensors")
        training = Path(source).with_suffix(".optimizer.safetensors")
        shutil.copyfile(training, DATA / "from-flaxen.optimizer.safetensors")
    model, optimizer = start()
    load(model, DATA / "from-flaxen.safetensors")
    load(optimizer, DATA / "from-flaxen.optimizer.safetensors")
    print(f"loss {loss(model, *picture()):.6f} after {optimizer.step.get_value()} steps")
    record("fromFlaxen", answers(model, optimizer))


if __name__ == "__main__":
    command, *rest = sys.argv[1:] or [""]
    if command == "begin":
        begin()
    elif command == "check":
        check(rest[0] if rest else None)
    else:
        raise SystemExit(__doc__)
