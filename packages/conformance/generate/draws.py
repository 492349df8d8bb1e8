"""Writes 2^20 draws of every sampler that is compared bit by bit, for compare-draws.mjs.

Usage: python generate/draws.py FOLDER
"""

import json
import sys
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

N = 2**20
FLOATS = ("float32", "float64", "float16", "bfloat16")
LOGITS = np.log(np.array([0.1, 0.2, 0.3, 0.4], np.float32))


def samplers(x64):
    """Yields the name of the function, its dtype and the draw, a function of a key."""
    r = jax.random
    for dtype in ("uint8", "uint16", "uint32", "uint64"):
        if x64 or dtype != "uint64":
            yield "bits", dtype, lambda k, d=dtype: r.bits(k, (N,), d)
    for dtype in FLOATS:
        if dtype == "float64" and not x64:
            continue
        for name in ("uniform", "normal", "exponential", "gumbel", "laplace", "logistic"):
            yield name, dtype, lambda k, n=name, d=dtype: getattr(r, n)(k, (N,), d)
        yield "truncatedNormal", dtype, lambda k, d=dtype: r.truncated_normal(k, -2, 2, (N,), d)
    for dtype in ("int32", "int64", "uint8") if x64 else ("int32", "uint8"):
        yield "randint", dtype, lambda k, d=dtype: r.randint(k, (N,), 3, 250, d)
        if dtype != "uint8":
            yield "rademacher", dtype, lambda k, d=dtype: r.rademacher(k, (N,), d)
    p = jnp.float32(0.3)
    yield "bernoulli", "bool", lambda k: r.bernoulli(k, p, (N,))
    integer = "int64" if x64 else "int32"
    yield "permutation", integer, lambda k: r.permutation(k, N)
    yield "choice", integer, lambda k: r.choice(k, 1000, (N,))
    yield "categorical", integer, lambda k: r.categorical(k, jnp.asarray(LOGITS), shape=(N,))


def main():
    folder = Path(sys.argv[1])
    folder.mkdir(parents=True, exist_ok=True)
    cases = []
    for partitionable in (True, False):
        for x64 in (False, True):
            with jax.threefry_partitionable(partitionable), jax.enable_x64(x64):
                for name, dtype, draw in samplers(x64):
                    values = np.asarray(draw(jax.random.key(20)))
                    assert str(values.dtype) == dtype, (name, dtype, values.dtype)
                    file = f"{len(cases)}.bin"
                    values.tofile(folder / file)
                    cases.append(
                        {
                            "name": name,
                            "dtype": dtype,
                            "partitionable": partitionable,
                            "x64": x64,
                            "file": file,
                        }
                    )
    (folder / "cases.json").write_text(json.dumps(cases))


main()
