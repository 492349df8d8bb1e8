"""What NumPy and SciPy answer to @flaxen/linear-algebra: products, factorizations, solvers and norms."""

import base64

import numpy as np
import scipy.linalg as sl

from answers import close, from_spec, ramp_spec, write

EPS = {"float32": 2.0**-23, "float64": 2.0**-52, "complex64": 2.0**-23, "complex128": 2.0**-52}


def literal(values, dtype="float64"):
    return close(np.asarray(values, dtype))


def random(seed, shape, dtype="float64"):
    """Uniform numbers in (-1, 1): a ramp is too regular for matrices of full rank."""
    rng = np.random.default_rng(seed)
    values = rng.uniform(-1, 1, shape)
    if dtype.startswith("complex"):
        values = values + 1j * rng.uniform(-1, 1, shape)
    return literal(values, dtype)


def structured():
    """Matrices that are hard on factorizations, by name."""
    i, j = np.indices((8, 8))
    sine, cosine = np.sin(1.2), np.cos(1.2)
    return {
        "hilbert": 1 / (i + j + 1),
        "vandermonde": (i / 7.0) ** j,
        "frank": np.where(j < i - 1, 0, 8 - np.maximum(i, j)).astype(float),
        "kahan": np.where(j < i, 0, np.where(i == j, 1, -cosine) * sine**i),
        "wilkinson": np.where(i == j, abs(i - 3.5), (abs(i - j) == 1).astype(float)),
        "graded": 10.0 ** -(i + j) * np.cos(3 * i + 7 * j * j + 1),
        "nearly singular": np.full((8, 8), 0.125) + 1e-6 * np.eye(8),
        "exchange": np.fliplr(np.eye(8)),
    }


def array(spec):
    """In NumPy, as JAX would narrow float64."""
    if "base64" in spec:
        data = base64.b64decode(spec["base64"])
        return np.frombuffer(data, spec["dtype"]).reshape(spec["shape"])
    return np.asarray(from_spec({**spec, "dtype": "float32"})).astype(spec["dtype"])


def number(value):
    return {"inf": np.inf, "-inf": -np.inf}.get(value, value)


def permuted(inverse, lower, upper):
    """SciPy tells where the rows go; wanted is which row comes where."""
    return np.argsort(inverse), lower, upper


CALLS = {
    "matmul": lambda a, b: a @ b,
    "dot": np.dot,
    "vdot": np.vdot,
    "outer": np.outer,
    "kron": np.kron,
    "tensordot": np.tensordot,
    "einsum": lambda subscripts, *operands: np.einsum(subscripts, *operands),
    "qr": lambda x, o={}: np.linalg.qr(x, **o),
    "cholesky": lambda x, o={}: np.linalg.cholesky(x, **o),
    "solve": np.linalg.solve,
    "triangularSolve": lambda a, b, o={}: sl.solve_triangular(
        a,
        b,
        lower=o.get("lower", False),
        trans=int(o.get("transposeA", False)),
        unit_diagonal=o.get("unitDiagonal", False),
    ),
    "inv": np.linalg.inv,
    "det": np.linalg.det,
    "slogdet": lambda x: tuple(np.linalg.slogdet(x)),
    "svd": lambda x, o={}: np.linalg.svd(
        x, full_matrices=o.get("fullMatrices", True), compute_uv=o.get("computeUv", True)
    ),
    "eigh": lambda x: tuple(np.linalg.eigh(x)),
    "lu": lambda x: permuted(*sl.lu(x, p_indices=True)),
    "pinv": np.linalg.pinv,
    "matrixRank": np.linalg.matrix_rank,
    "lstsq": lambda a, b: np.linalg.lstsq(a, b, rcond=None)[0],
    "norm": lambda x, o={}: np.linalg.norm(
        x,
        ord=number(o.get("ord")),
        axis=tuple(o["axis"]) if isinstance(o.get("axis"), list) else o.get("axis"),
        keepdims=o.get("keepdims", False),
    ),
    "cond": lambda x, p=None: np.linalg.cond(x, number(p)),
    "matrixPower": np.linalg.matrix_power,
    "expm": sl.expm,
    "trace": lambda x, o={}: np.trace(x, **o),
}
# How much an answer may differ, in units of eps times the largest element; multiplied with the condition where
# the problem itself is as sensitive.
SENSITIVE = {"solve", "inv", "pinv", "lstsq", "triangularSolve", "cholesky", "qr", "lu", "det", "slogdet", "cond"}


def case(name, *arguments):
    """One question with its answer and the tolerance for it."""
    operands = [
        array(item) if isinstance(item, dict) and "dtype" in item else item for item in arguments
    ]
    with np.errstate(all="ignore"):
        result = CALLS[name](*operands)
    parts = list(result) if isinstance(result, (tuple, list)) else [result]
    matrices = [x for x in operands if isinstance(x, np.ndarray)]
    dtype = str(np.result_type(*matrices))
    size = max([*matrices[0].shape, 1])
    units = 16 * size
    if name in SENSITIVE and matrices[0].size > 0:
        units *= max(1.0, float(np.max(np.linalg.cond(matrices[0]))))
    if name == "expm":
        units *= max(1.0, float(np.linalg.norm(matrices[0])))
    answer = []
    for part in parts:
        part = np.asarray(part)
        if part.dtype == np.int64 or part.dtype == np.intp:
            part = part.astype(np.int32)
        answer.append(close(part))
    return {
        "name": name,
        "arguments": list(arguments),
        "rtol": float(units * EPS.get(dtype, 0.0)),
        "answer": answer,
    }


def products():
    for dtype in ("float32", "float64", "complex64", "complex128"):
        a, b = random(1, (7, 5), dtype), random(2, (5, 9), dtype)
        v = random(3, (5,), dtype)
        yield case("matmul", a, b)
        yield case("matmul", a, v)
        yield case("matmul", v, b)
        yield case("matmul", random(4, (3, 1, 4, 5), dtype), random(5, (2, 5, 6), dtype))
        yield case("matmul", random(6, (9, 17), dtype), random(7, (17, 9), dtype))
        yield case("matmul", random(8, (0, 5), dtype), b)
        yield case("matmul", random(9, (3, 0), dtype), random(9, (0, 4), dtype))
    for dtype in ("float32", "float64", "int32"):
        def make(seed, shape):
            if dtype == "int32":
                values = np.random.default_rng(seed).integers(-99, 99, shape)
                return literal(values, dtype)
            return random(seed, shape, dtype)

        a, b, v = make(11, (4, 5)), make(12, (5, 3)), make(13, (5,))
        yield case("dot", a, b)
        yield case("dot", v, v)
        yield case("dot", make(14, (2, 3, 5)), make(15, (4, 5, 6)))
        yield case("vdot", a, make(16, (5, 4)))
        yield case("outer", a, v)
        yield case("kron", a, make(17, (2, 1, 3)))
        yield case("tensordot", make(18, (3, 4, 5)), make(19, (4, 5, 2)), 2)
        yield case("tensordot", make(18, (3, 4, 5)), make(20, (5, 3, 2)), [[2, 0], [0, 1]])
        for subscripts, shapes in [
            ("ij,jk->ik", [(4, 5), (5, 3)]),
            ("ij->ji", [(4, 5)]),
            ("ii", [(4, 4)]),
            ("...ij,...jk", [(2, 3, 4), (4, 5)]),
            ("bhqd,bhkd->bhqk", [(2, 3, 4, 5), (2, 3, 6, 5)]),
            ("i,j,k->kji", [(2,), (3,), (4,)]),
            ("ab,bc,cd->ad", [(3, 4), (4, 5), (5, 2)]),
        ]:
            operands = [make(21 + i, shape) for i, shape in enumerate(shapes)]
            yield case("einsum", subscripts, *operands)
        yield case("trace", make(30, (4, 6)))
        yield case("trace", make(31, (3, 4, 5)), {"offset": 1, "axis1": 2, "axis2": 0})
    yield case("matmul", ramp_spec(1, [6, 4], "float64"), ramp_spec(2, [4, 3], "float64"))


def square_matrices():
    for dtype in ("float32", "float64"):
        for n in (1, 2, 3, 13):
            yield random(100 + n, (n, n), dtype)
        yield random(120, (2, 3, 5, 5), dtype)
    for values in structured().values():
        yield literal(values)


def rectangles():
    for dtype in ("float32", "float64"):
        for shape in [(1, 1), (2, 2), (5, 1), (1, 5), (13, 7), (7, 13), (19, 17), (4, 6, 5)]:
            yield random(sum(shape), shape, dtype)


def factorizations():
    for x in [*square_matrices(), *rectangles()]:
        yield case("qr", x)
    for x in rectangles():
        yield case("qr", x, {"mode": "complete"})
        yield case("qr", x, {"mode": "r"})
    for dtype in ("complex64", "complex128"):
        for shape in [(1, 1), (5, 5), (9, 4), (4, 9), (2, 6, 3)]:
            yield case("qr", random(40, shape, dtype), {"mode": "reduced"})
    for x in [*square_matrices(), *rectangles()]:
        if len(x["shape"]) == 2:
            yield case("lu", x)
        yield case("svd", x, {"computeUv": False})
    for x in rectangles():
        yield case("svd", x, {"fullMatrices": False})
    for x in square_matrices():
        a = array(x)
        if x["dtype"] == "float64":
            yield case("eigh", literal((a + np.swapaxes(a, -1, -2)) / 2))
        gram = a @ np.swapaxes(a, -1, -2) + np.eye(a.shape[-1])
        yield case("cholesky", literal(gram, x["dtype"]), {"upper": x["shape"][0] == 3})


def solvers():
    for x in square_matrices():
        shape = x["shape"]
        yield case("solve", x, random(50, (*shape[:-1], 3), x["dtype"]))
        yield case("inv", x)
        yield case("det", x)
        # The sign of a matrix that is singular to rounding is noise.
        if np.max(np.linalg.cond(array(x))) * EPS[x["dtype"]] < 0.01:
            yield case("slogdet", x)
        if len(shape) == 2:
            b = random(51, (shape[0], 2), x["dtype"])
            a = array(x)
            diagonal = np.sign(a.diagonal()) + (a.diagonal() == 0) + a.diagonal()
            strong = literal(a / shape[0] - np.diag(a.diagonal() / shape[0]) + np.diag(diagonal), x["dtype"])
            for options in [{}, {"lower": True}, {"transposeA": True}, {"lower": True, "transposeA": True}]:
                yield case("triangularSolve", strong, b, options)
            yield case("triangularSolve", strong, b, {"unitDiagonal": True})
    for dtype in ("complex64", "complex128"):
        for n in (1, 2, 9):
            yield case("solve", random(60 + n, (n, n), dtype), random(70, (n, 2), dtype))
    for x in rectangles():
        yield case("pinv", x)
        yield case("matrixRank", x)
        if len(x["shape"]) == 2:
            yield case("lstsq", x, random(80, (x["shape"][0], 2), x["dtype"]))
    for x in square_matrices():
        yield case("matrixRank", x)
    thin = np.random.default_rng(7).uniform(-1, 1, (9, 2))
    low = literal(thin @ thin.T)
    yield case("matrixRank", low)
    for p in (0, 1, 2, 5, -1):
        yield case("matrixPower", random(90, (4, 4)), p)
    for n in (1, 2, 5, 20):
        yield case("expm", random(91, (n, n)))
        yield case("expm", literal(8 * array(random(92, (n, n)))))


def norms():
    for dtype in ("float32", "float64"):
        vector, matrix, stack = random(1, (9,), dtype), random(2, (5, 7), dtype), random(3, (2, 5, 4), dtype)
        for order in (None, 0, 1, 2, 3, 0.5, -1, -2, "inf", "-inf"):
            options = {} if order is None else {"ord": order}
            yield case("norm", vector, options)
            yield case("norm", matrix, {**options, "axis": 1})
            yield case("norm", stack, {**options, "axis": 0, "keepdims": True})
        for order in (None, "fro", "nuc", 1, -1, 2, -2, "inf", "-inf"):
            options = {} if order is None else {"ord": order}
            yield case("norm", matrix, options)
            yield case("norm", stack, {**options, "axis": [2, 0]})
            yield case("norm", stack, {**options, "axis": [1, 2], "keepdims": True})
        for order in (None, "fro", "nuc", 1, -1, 2, -2, "inf", "-inf"):
            for x in (random(4, (4, 4), dtype), random(5, (3, 4, 4), dtype)):
                yield case("cond", x, *([] if order is None else [order]))
    for values in ([np.inf, 1.0, -3.0], [np.nan, 1.0, 2.0], [], [0.0]):
        for order in (None, 1, "inf"):
            if values or order != "inf":
                yield case("norm", literal(values), {} if order is None else {"ord": order})


def odd():
    """Empty axes, scalars, repeated labels, axes from the end: forms rather than numbers."""
    for subscripts, shapes in [
        ("ba", [(2, 3)]),
        ("ii->i", [(3, 3)]),
        ("...ii->...i", [(2, 3, 3)]),
        ("iij->j", [(3, 3, 2)]),
        (",i->i", [(), (3,)]),
        (",", [(), ()]),
        ("", [()]),
        ("...,...", [(2, 1), (3,)]),
        ("...i->...", [(2, 3)]),
        ("i...->...", [(2, 3)]),
        ("ij->", [(0, 3)]),
        ("ij,jk->ik", [(2, 0), (0, 3)]),
        ("ab...,b...->a...", [(2, 3, 2), (3, 2)]),
        ("Ab,bA", [(2, 3), (3, 2)]),
    ]:
        yield case("einsum", subscripts, *[random(200 + i, shape) for i, shape in enumerate(shapes)])
    for left, right, axes in [
        ((2, 3), (2, 3), 2),
        ((2, 3), (5,), 0),
        ((2, 3), (3, 2), [1, 0]),
        ((2, 3), (2, 3), [[-1], [-1]]),
        ((2, 3), (3, 2), [[], []]),
        ((2, 0), (0, 3), 1),
        ((), (), 0),
    ]:
        yield case("tensordot", random(210, left), random(211, right), axes)
    for left in [(), (1,), (3,), (0,), (2, 0), (2, 1, 3)]:
        for right in [(), (2,), (0, 3), (2, 3, 2)]:
            yield case("kron", random(212, left), random(213, right))
            yield case("outer", random(212, left), random(213, right))
    for shape in [(0, 0), (1, 1), (3, 3), (0, 2, 2), (2, 0, 0), (2, 3, 3)]:
        for power in (0, 1, 3, -2):
            yield case("matrixPower", random(214, shape), power)
        yield case("expm", random(214, shape))
        yield case("det", random(214, shape))
    for shape in [(0, 0), (0, 3), (3, 0), (0, 2, 3)]:
        for order in ("fro", "nuc", 1, 2, "inf"):
            axes = {"axis": [-2, -1], "keepdims": True}
            if not (order == 1 and shape[-1] == 0) and not (order == "inf" and shape[-2] == 0):
                yield case("norm", random(215, shape), {"ord": order, **axes})
        yield case("matrixRank", random(215, shape))
        for mode in ("reduced", "complete", "r"):
            yield case("qr", random(215, shape), {"mode": mode})
        for offset in (-9, -1, 0, 2):
            yield case("trace", random(215, shape), {"offset": offset, "axis1": -1, "axis2": 0})


def verdict(name, *arguments):
    """A question that may have no answer: then "error" takes its place."""
    try:
        result = CALLS[name](*[array(item) if isinstance(item, dict) and "dtype" in item else item for item in arguments])
        answer = [close(np.asarray(part)) for part in (result if isinstance(result, tuple) else [result])]
    except np.linalg.LinAlgError:
        answer = "error"
    return {"name": name, "arguments": list(arguments), "rtol": 1e-14, "answer": answer}


def verdicts():
    """Singular and indefinite matrices, infinities and NaN, alone and in a batch."""
    infinity, nan = np.inf, np.nan
    singular, indefinite = [[1.0, 2.0], [2.0, 4.0]], [[1.0, 2.0], [2.0, 1.0]]
    matrices = [
        singular,
        indefinite,
        [[0.0, 0.0], [0.0, 0.0]],
        [[0.0, nan], [0.0, 1.0]],
        [[1.0, 2.0], [2.0, nan]],
        [[nan, nan], [nan, nan]],
        [[infinity, 1.0], [1.0, 1.0]],
        [[1.0, 2.0], [2.0, infinity]],
    ]
    eye = np.eye(2).tolist()
    with np.errstate(all="ignore"):
        for matrix in [*matrices, *[[eye, matrix] for matrix in matrices]]:
            x = literal(matrix)
            for name in ("inv", "det", "slogdet"):
                yield verdict(name, x)
            yield verdict("matrixPower", x, -1)
            yield verdict("solve", x, literal(np.ones((2, 1))))
            if np.array_equal(array(x), np.swapaxes(array(x), -1, -2), equal_nan=True):
                yield verdict("cholesky", x)
            for order in (1, "fro", "inf"):
                yield verdict("cond", x, order)
            if not np.isfinite(array(x)).all():
                yield verdict("cond", x, 2)
                for order in (2, -2, "nuc", 1, "fro"):
                    yield verdict("norm", x, {"ord": order, "axis": [-2, -1]})
                if array(x).ndim == 2:
                    yield verdict("lstsq", x, literal(np.ones(2)))
            if np.isnan(array(x)).any():
                yield verdict("svd", x, {"computeUv": False})
                yield verdict("pinv", x)
                yield verdict("matrixRank", x)


def main():
    write(
        "linear-algebra",
        {
            "products": list(products()),
            "factorizations": list(factorizations()),
            "solvers": list(solvers()),
            "norms": list(norms()),
            "odd": list(odd()),
            "verdicts": list(verdicts()),
        },
    )


if __name__ == "__main__":
    main()
