"""Weights that travel between Flax and flaxen as safetensors.

  python interop.py write          trains a little in Flax and writes answers/digits-from-flax.safetensors
  python interop.py read [FILE]    opens a file written by flaxen (default: the committed one) in Flax

Both put the logits of the first 16 test images into answers/interop.json. A FILE that is given, such as
examples/digits/out/digits.safetensors after `npm start`, is copied to answers/digits-from-flaxen.safetensors.
"""

import json
import shutil
import sys

import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx
from safetensors.numpy import load_file, save_file

from answers import FOLDER, close, write
from cnn import BATCH, CNN, TRAIN, integer_loss, load, make_step, order

FROM_FLAX = FOLDER / "digits-from-flax.safetensors"
FROM_FLAXEN = FOLDER / "digits-from-flaxen.safetensors"


def logits_and_accuracy(model):
    images, labels = load()
    model.eval()
    logits = np.asarray(model(jnp.asarray(images[TRAIN:])))
    accuracy = float((logits.argmax(-1) == labels[TRAIN:]).mean())
    return {"logits": close(logits[:16]), "accuracy": round(accuracy, 6)}


def record(name, result):
    path = FOLDER / "interop.json"
    content = json.loads(path.read_text()) if path.exists() else {}
    content[name] = result
    write("interop", dict(sorted(content.items())))


def write_file():
    images, labels = load()
    rngs = nnx.Rngs(7)
    model = CNN(rngs)
    data_key = rngs.data()
    optimizer = nnx.Optimizer(model, optax.adam(4e-3), wrt=nnx.Param)
    step = make_step(integer_loss)
    model.train()
    for epoch in range(4):
        rows = order(data_key, epoch)
        for start in range(0, TRAIN - BATCH + 1, BATCH):
            batch = rows[start : start + BATCH]
            step(model, optimizer, jnp.asarray(images[batch]), jnp.asarray(labels[batch]))
    state = nnx.to_flat_state(nnx.state(model, nnx.Not(nnx.RngState)))
    save_file(
        {".".join(map(str, path)): np.asarray(leaf.get_value()) for path, leaf in state}, FROM_FLAX
    )
    record("fromFlax", logits_and_accuracy(model))


def nested(tensors):
    """Dotted names as nested dicts; a part of digits only is an index."""
    root = {}
    for name, value in tensors.items():
        *parents, last = [int(part) if part.isdigit() else part for part in name.split(".")]
        node = root
        for part in parents:
            node = node.setdefault(part, {})
        node[last] = jnp.asarray(value)
    return root


def read_file(source):
    if source:
        shutil.copyfile(source, FROM_FLAXEN)
    model = CNN(nnx.Rngs(0))
    tensors = load_file(FROM_FLAXEN)
    expected = {
        ".".join(map(str, path)): leaf.get_value().shape
        for path, leaf in nnx.to_flat_state(nnx.state(model, nnx.Not(nnx.RngState)))
    }
    found = {name: value.shape for name, value in tensors.items()}
    if expected != found:
        raise ValueError(f"the file does not fit the model: {expected} and {found}")
    nnx.update(model, nested(tensors))
    record("fromFlaxen", logits_and_accuracy(model))


def main(arguments=("write",)):
    command, *rest = arguments or ["write"]
    if command == "write":
        write_file()
    elif command == "read":
        read_file(rest[0] if rest else None)
    else:
        raise SystemExit(__doc__)


if __name__ == "__main__":
    main(sys.argv[1:])
