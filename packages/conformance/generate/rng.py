"""Keys and samplers of jax.random, in both counter layouts."""

import jax
import jax.numpy as jnp
import numpy as np

from answers import close, exact, ramp, write

SEEDS = [
    0,
    42,
    -1,
    2**31 + 99,
    -(2**31) - 100,
    2**32,
    2**32 + 5,
    2**53 - 1,
    2**53 + 7,
    -(2**63),
    2**63 - 1,
]
SHAPES = [[], [0], [3], [7, 5], [1009], [65537]]


def words(key):
    return np.asarray(jax.random.key_data(key)).ravel().tolist()


def seed_cases():
    cases = []
    for seed in SEEDS:
        case = {"seed": str(seed), "words": words(jax.random.key(seed))}
        with jax.enable_x64(True):
            case["words64"] = words(jax.random.key(seed))
        cases.append(case)
    return cases


def key_cases():
    cases = []
    for partitionable in (True, False):
        with jax.threefry_partitionable(partitionable):
            for seed in (0, 42, -1):
                key = jax.random.key(seed)
                for num in (1, 2, 3, 4, 7, 1000):
                    cases.append(
                        {
                            "call": "split",
                            "seed": seed,
                            "partitionable": partitionable,
                            "num": num,
                            "answer": exact(jax.random.split(key, num)),
                        }
                    )
                for data in (0, 1, 4, 2**31, 2**32 - 1):
                    cases.append(
                        {
                            "call": "foldIn",
                            "seed": seed,
                            "partitionable": partitionable,
                            "data": data,
                            "answer": exact(jax.random.fold_in(key, data)),
                        }
                    )
    return cases


def integers(low, high, dtype):
    """Draws in 64-bit mode, where a limit of 2^31 or 2^32 can be passed at all; the numbers are the same."""

    def draw(key, shape):
        with jax.enable_x64(True):
            return jax.random.randint(key, shape, low, high, dtype)

    return draw


def samplers():
    """(name, options as JSON, function of key and shape)."""
    random = jax.random
    yield "bits", {}, lambda k, s: random.bits(k, s)
    for dtype in ("uint8", "uint16"):
        yield "bits", {"dtype": dtype}, lambda k, s, d=dtype: random.bits(k, s, d)
    yield "uniform", {}, lambda k, s: random.uniform(k, s)
    for low, high in (
        (-1.0, 1.0),
        (-3.0, 7.5),
        (0.0, 0.3),
        (-0.0, -0.0),
        (0.1, 0.3),
        (5.0, 5.0),
        (-1e30, 1e30),
    ):
        yield (
            "uniform",
            {"minval": low, "maxval": high},
            lambda k, s, a=low, b=high: random.uniform(k, s, minval=a, maxval=b),
        )
    for dtype in ("float16", "bfloat16"):
        yield "uniform", {"dtype": dtype}, lambda k, s, d=dtype: random.uniform(k, s, d)
    yield "normal", {}, lambda k, s: random.normal(k, s)
    for low, high in ((-2.0, 2.0), (0.0, 2.0), (-0.5, 3.0), (1.0, 1.5)):
        yield (
            "truncatedNormal",
            {"lower": low, "upper": high},
            lambda k, s, a=low, b=high: random.truncated_normal(k, a, b, s),
        )
    for p in (0.5, 0.0, 1.0, 0.25, 0.75, 0.9):
        yield "bernoulli", {"p": p}, lambda k, s, p=p: random.bernoulli(k, p, s)
    yield "bernoulli", {"p": 0.3, "mode": "high"}, lambda k, s: random.bernoulli(
        k, 0.3, s, mode="high"
    )
    for low, high, dtype in (
        (0, 10, "int32"),
        (-50, 50, "int32"),
        (0, 2, "int32"),
        (5, 5, "int32"),
        (0, 65536, "int32"),
        (0, 65537, "int32"),
        (0, 2**31 - 1, "int32"),
        (-(2**31), 2**31 - 1, "int32"),
        (-(2**31), 2**31, "int32"),
        (0, 10, "uint32"),
        (3, 2**31 + 5, "uint32"),
        (0, 2**32 - 1, "uint32"),
        (0, 2**32, "uint32"),
        (-128, 128, "int8"),
        (-5, 5, "int8"),
        (0, 256, "uint8"),
        (-32768, 1000, "int16"),
    ):
        yield "randint", {"minval": low, "maxval": high, "dtype": dtype}, integers(low, high, dtype)


def sampler_cases():
    cases = []
    for partitionable in (True, False):
        with jax.threefry_partitionable(partitionable):
            seen = set()
            for index, (call, options, draw) in enumerate(samplers()):
                # The largest shape once per sampler: it costs time and proves no more.
                shapes = SHAPES if call not in seen else [[], [7, 5], [1009]]
                seen.add(call)
                for number, shape in enumerate(shapes):
                    seed = (index * 7 + number) % 5 - 1
                    cases.append(
                        {
                            "call": call,
                            **options,
                            "seed": seed,
                            "partitionable": partitionable,
                            "shape": shape,
                            "answer": exact(draw(jax.random.key(seed), tuple(shape))),
                        }
                    )
    return cases


def double_cases():
    """64-bit draws: bits, integers and uniforms are exact, normal kinds are close."""
    cases = []
    with jax.enable_x64(True):
        for partitionable in (True, False):
            with jax.threefry_partitionable(partitionable):
                for shape in ([], [3], [7, 5]):
                    key = jax.random.key(42)
                    base = {"seed": 42, "partitionable": partitionable, "shape": shape}
                    shape = tuple(shape)
                    cases.append(
                        {
                            "call": "bits",
                            **base,
                            "dtype": "uint64",
                            "answer": exact(jax.random.bits(key, shape, "uint64")),
                        }
                    )
                    cases.append(
                        {
                            "call": "uniform",
                            **base,
                            "dtype": "float64",
                            "answer": exact(jax.random.uniform(key, shape, "float64")),
                        }
                    )
                    cases.append(
                        {
                            "call": "normal",
                            **base,
                            "dtype": "float64",
                            "close": close(jax.random.normal(key, shape, "float64")),
                        }
                    )
                    cases.append(
                        {
                            "call": "truncatedNormal",
                            **base,
                            "lower": -2.0,
                            "upper": 2.0,
                            "dtype": "float64",
                            "close": close(
                                jax.random.truncated_normal(key, -2.0, 2.0, shape, "float64")
                            ),
                        }
                    )
                    for low, high in ((0, 10), (-(2**40), 2**41 + 3)):
                        cases.append(
                            {
                                "call": "randint",
                                **base,
                                "minval": low,
                                "maxval": high,
                                "dtype": "int64",
                                "answer": exact(jax.random.randint(key, shape, low, high, "int64")),
                            }
                        )
    return cases


def permutation_cases():
    cases = []
    for partitionable in (True, False):
        with jax.threefry_partitionable(partitionable):
            for seed, n in (
                (0, 0),
                (0, 1),
                (0, 2),
                (0, 10),
                (1, 1437),
                (2, 1625),
                (3, 1626),
                (4, 65537),
            ):
                answer = exact(jax.random.permutation(jax.random.key(seed), n))
                cases.append(
                    {"seed": seed, "partitionable": partitionable, "n": n, "answer": answer}
                )
            for seed, shape, axis, independent in (
                (0, [9], 0, False),
                (0, [5, 4], 0, False),
                (1, [5, 4], 1, False),
                (2, [5, 4], -1, True),
                (3, [3, 4, 2], 1, True),
                (4, [3, 4, 2], 0, True),
                (5, [3, 1, 2], 1, False),
                (6, [0, 3], 1, False),
                (7, [50, 40], 0, True),
            ):
                x = ramp(seed, shape)
                answer = exact(
                    jax.random.permutation(
                        jax.random.key(seed), x, axis=axis, independent=independent
                    )
                )
                cases.append(
                    {
                        "seed": seed,
                        "partitionable": partitionable,
                        "shape": shape,
                        "axis": axis,
                        "independent": independent,
                        "answer": answer,
                    }
                )
    return cases


def main():
    write(
        "rng",
        {
            "seeds": seed_cases(),
            "keys": key_cases(),
            "samplers": sampler_cases(),
            "doubles": double_cases(),
            "permutations": permutation_cases(),
        },
    )


if __name__ == "__main__":
    main()
