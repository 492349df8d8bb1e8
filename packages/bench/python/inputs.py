"""The inputs of src/inputs.ts, to the last bit."""

import numpy as np

LAYER_SHAPES = {
    "tiny": [(2, 32), (32, 32), (32, 2)],
    "mlp": [(784, 256), (256, 128), (128, 10)],
    "cnn": [(3, 3, 1, 32), (3, 3, 32, 64), (3136, 256), (256, 10)],
}


def numbers(shape, seed):
    """Multiples of 2^-23 in [-1, 1) that look random."""
    mask = 0xFFFFFFFF
    i = np.arange(1, int(np.prod(shape)) + 1, dtype=np.uint64)
    x = (i * 0x9E3779B1 + (seed * 0x85EBCA6B & mask)) & mask
    x = ((x ^ (x >> 16)) * 0x7FEB352D) & mask
    x = ((x ^ (x >> 15)) * 0x846CA68B) & mask
    x ^= x >> 16
    return ((x >> 8).astype(np.float64) / 2**23 - 1).astype(np.float32).reshape(shape)


def labels(length, classes, seed):
    return np.floor((numbers((length,), seed).astype(np.float64) + 1) / 2 * classes).astype(np.int32)


def training_task(kind, batch):
    """Layers as (kernel, bias), the batch (channels last) and its labels."""
    shapes = LAYER_SHAPES[kind]
    layers = []
    for i, shape in enumerate(shapes):
        fan_in = int(np.prod(shape[:-1]))
        scale = np.float32(np.sqrt(3 / fan_in))
        layers.append((numbers(shape, 10 + i) * scale, np.zeros(shape[-1], np.float32)))
    input_shape = (batch, 28, 28, 1) if kind == "cnn" else (batch, shapes[0][0])
    return layers, numbers(input_shape, 1), labels(batch, shapes[-1][-1], 2)
