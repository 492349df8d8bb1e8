"""Moves the state of Flax NNX objects to and from safetensors files, by the names that flaxen uses.

Copy this file into a project; it needs flax and safetensors, nothing else.

    from flax_states import load, save

    save(model, "model.safetensors")                 # then nnx.loadSafetensors(model, bytes) in TypeScript
    save(optimizer, "model.optimizer.safetensors")
    load(model, "model.safetensors")                 # what nnx.saveSafetensors(model) has written

A name is the path of a Variable, its parts joined by dots: `layers.0.kernel`. Random state is left out unless
`rng=True`; a key is then stored as its uint32 words. As a command it lists what a file holds:

    python flax_states.py FILE
"""

import json
import sys

import jax
import jax.numpy as jnp
from flax import nnx
from safetensors import safe_open
from safetensors.flax import load_file, save_file


def is_key(value):
    return jnp.issubdtype(value.dtype, jax.dtypes.prng_key)


def named_variables(node, rng=False):
    """The Variables of a module, an optimizer or any other NNX object by their dotted names."""
    state = nnx.state(node, nnx.Not(nnx.Any(nnx.Intermediate, *(() if rng else (nnx.RngState,)))))
    result = {}
    for path, variable in nnx.to_flat_state(state):
        # A bare array is no state in flaxen.
        if not isinstance(variable, nnx.Variable):
            continue
        if any("." in str(part) for part in path):
            raise ValueError(f"names must not contain dots, got {path}")
        result[".".join(map(str, path))] = variable
    return result


def save(node, path, rng=False, metadata=None):
    """Writes the state of `node` to a file."""
    variables = named_variables(node, rng)
    values = {name: variable.get_value() for name, variable in variables.items()}
    types = {name: type(variable).__name__ for name, variable in variables.items()}
    save_file(
        {name: jax.random.key_data(v) if is_key(v) else v for name, v in values.items()},
        path,
        metadata={**(metadata or {}), "format": "flax-nnx", "types": json.dumps(types)},
    )


def load(node, path, rng=False, strict=True):
    """Sets the state of `node` from a file: everything, or with `strict=False` what both have."""
    tensors = load_file(path)
    variables = named_variables(node, rng)
    problems = []
    if strict:
        problems += [f"{name} is missing in the file" for name in variables if name not in tensors]
        problems += [f"{name} is not in the object" for name in tensors if name not in variables]
    for name in variables.keys() & tensors.keys():
        value = variables[name].get_value()
        shape = jax.random.key_data(value).shape if is_key(value) else value.shape
        if tensors[name].shape != shape:
            problems.append(f"{name} has shape {tensors[name].shape} instead of {shape}")
    if problems:
        raise ValueError(f"{path} does not fit: " + "; ".join(problems))
    for name, variable in variables.items():
        if name not in tensors:
            continue
        value = variable.get_value()
        if is_key(value):
            variable.set_value(
                jax.random.wrap_key_data(tensors[name], impl=jax.random.key_impl(value))
            )
        else:
            variable.set_value(tensors[name].astype(value.dtype))


def describe(path):
    """One line for each tensor of a file."""
    with safe_open(path, "flax") as file:
        types = json.loads((file.metadata() or {}).get("types", "{}"))
        for name in sorted(file.keys()):
            tensor = file.get_tensor(name)
            print(f"{name:40} {types.get(name, ''):12} {tensor.dtype}{list(tensor.shape)}")


if __name__ == "__main__":
    if len(sys.argv) != 2:
        raise SystemExit(__doc__)
    describe(sys.argv[1])
