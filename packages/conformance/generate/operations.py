"""One case of a differentiable operation: its value and its pullback, applied to a fixed vector."""

import jax
import jax.numpy as jnp

from answers import close, cotangent, from_spec


def is_spec(value):
    return isinstance(value, dict) and ("ramp" in value or "base64" in value)


def wide(arguments):
    return any(is_spec(item) and item["dtype"] == "float64" for item in arguments)


def case(op, arguments, function, gradients=True, note=None):
    """`function` takes the arrays among `arguments`, in order; gradients are for the floating ones."""
    with jax.enable_x64(wide(arguments)):
        arrays = [from_spec(item) for item in arguments if is_spec(item)]
        floating = [i for i, x in enumerate(arrays) if jnp.issubdtype(x.dtype, jnp.floating)]

        def partial(*inputs):
            full = list(arrays)
            for i, x in zip(floating, inputs):
                full[i] = x
            return function(*full)

        result = {"op": op, "args": arguments}
        if note:
            result["note"] = note
        value = function(*arrays)
        result["value"] = close(value)
        if gradients and floating and jnp.issubdtype(value.dtype, jnp.floating):
            _, pullback = jax.vjp(partial, *[arrays[i] for i in floating])
            result["gradients"] = [close(g) for g in pullback(cotangent(value.shape, value.dtype))]
        return result


def second(op, arguments, function):
    """The pullback of the first argument's pullback."""
    x, *others = [from_spec(item) for item in arguments if is_spec(item)]

    def first(x):
        value, pullback = jax.vjp(lambda x: function(x, *others), x)
        return pullback(cotangent(value.shape, value.dtype))[0]

    value, pullback = jax.vjp(first, x)
    return {
        "op": op,
        "args": arguments,
        "value": close(value),
        "gradients": [close(pullback(cotangent(value.shape, value.dtype))[0])],
    }

