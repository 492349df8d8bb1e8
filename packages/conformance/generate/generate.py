"""Asks JAX, Flax and Optax for every answer and writes them to ../answers."""

import autodiff
import convolution
import digits
import dtypes
import initializers
import interop
import layers
import linear_algebra
import models
import nnx_layers
import optax_cases
import rng


def main():
    for module in (
        rng, linear_algebra, initializers, autodiff, dtypes, convolution, nnx_layers, layers, optax_cases, digits, models
    ):
        module.main()
    interop.write_file()
    interop.read_file(None)


if __name__ == "__main__":
    main()
