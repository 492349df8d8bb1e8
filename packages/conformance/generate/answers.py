"""How inputs are described and answers are written, shared by every generator.

Inputs are never stored: `ramp(seed, shape, ...)` gives small multiples of 1/32 that every language and every
float width represents exactly. An answer is either exact (the first elements and a hash of all bytes) or
close (all bytes in base64, compared with a tolerance that the test states).
"""

import base64
import hashlib
import json
import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np

FOLDER = Path(__file__).resolve().parent.parent / "answers"
HEAD = 4


def ramp(seed, shape, dtype="float32", scale=1.0, offset=0.0):
    """((37 i + 11 seed) mod 101 - 50) / 32 * scale + offset, for the row-major index i."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    values = ((37 * i + 11 * seed) % 101 - 50) / 32 * scale + offset
    return jnp.asarray(values.reshape(shape)).astype(dtype)


def cotangent(shape, dtype):
    """((7 i) mod 11 - 5) / 4: the fixed vector that pullbacks are applied to."""
    i = np.arange(int(np.prod(shape)), dtype=np.int64)
    return jnp.asarray(((7 * i) % 11 - 5) / 4).reshape(shape).astype(dtype)


def ramp_spec(seed, shape, dtype="float32", scale=1.0, offset=0.0):
    """The JSON form of a ramp."""
    spec = {"ramp": seed, "shape": list(shape), "dtype": dtype}
    if scale != 1.0:
        spec["scale"] = scale
    if offset != 0.0:
        spec["offset"] = offset
    return spec


def literal_spec(values, dtype="float32"):
    """The JSON form of an array that is no ramp."""
    return close(jnp.asarray(values, dtype))


def from_spec(spec):
    """The array that a JSON form stands for."""
    if "ramp" in spec:
        return ramp(
            spec["ramp"],
            spec["shape"],
            spec["dtype"],
            spec.get("scale", 1.0),
            spec.get("offset", 0.0),
        )
    data = base64.b64decode(spec["base64"])
    dtype = jnp.dtype(spec["dtype"])
    return jnp.asarray(np.frombuffer(data, dtype).reshape(spec["shape"]))


def host(array):
    """A contiguous NumPy array; typed keys become their words."""
    if hasattr(array, "dtype") and jnp.issubdtype(array.dtype, jax.dtypes.prng_key):
        array = jax.random.key_data(array)
    array = np.asarray(array)
    return array if array.ndim == 0 else np.ascontiguousarray(array)


def text(data):
    return base64.b64encode(data).decode("ascii")


def exact(array):
    """First elements and hash of the little-endian, row-major bytes."""
    array = host(array)
    data = array.tobytes()
    return {
        "dtype": str(array.dtype),
        "shape": list(array.shape),
        "head": text(data[: HEAD * array.dtype.itemsize]),
        "sha256": hashlib.sha256(data).hexdigest()[:16],
    }


def close(array):
    """All little-endian, row-major bytes."""
    array = host(array)
    return {"dtype": str(array.dtype), "shape": list(array.shape), "base64": text(array.tobytes())}


def snake(name):
    return re.sub(r"([A-Z])", lambda match: "_" + match.group(1).lower(), name)


def to_python(value):
    """A JSON option value as Flax wants it: lists become tuples, array forms become arrays."""
    if isinstance(value, dict):
        return from_spec(value)
    if isinstance(value, list):
        return tuple(to_python(item) for item in value)
    return value


def keywords(options):
    """camelCase options of the TypeScript call as Python keyword arguments."""
    result = {snake(name): to_python(value) for name, value in options.items()}
    for name in ("dtype", "param_dtype"):
        if name in result:
            result[name] = jnp.dtype(result[name])
    return result


def write(name, content):
    """Writes one answer file: one case a line, so that changes read well."""
    lines = []
    for group, cases in content.items():
        if isinstance(cases, list):
            body = ",\n".join(
                json.dumps(case, separators=(",", ":"), ensure_ascii=True) for case in cases
            )
            lines.append(f"{json.dumps(group)}:[\n{body}\n]")
        else:
            lines.append(f"{json.dumps(group)}:{json.dumps(cases, separators=(',', ':'))}")
    FOLDER.mkdir(exist_ok=True)
    path = FOLDER / f"{name}.json"
    path.write_text("{\n" + ",\n".join(lines) + "\n}\n", encoding="ascii")
    print(f"{path.name}: {path.stat().st_size} bytes")
