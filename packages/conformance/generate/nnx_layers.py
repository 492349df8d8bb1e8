"""Layers of flax.nnx: first weights, outputs, gradients, two training steps; streams of keys; metrics."""

import warnings

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from answers import (
    close,
    cotangent,
    exact,
    from_spec,
    keywords,
    literal_spec,
    ramp_spec,
    snake,
    to_python,
    write,
)

warnings.filterwarnings("ignore", category=DeprecationWarning)


def build(spec, rngs):
    """{layer, args, options}, {function} or {pool, args, options}; Sequential has layers for args."""
    if "function" in spec:
        return getattr(nnx, snake(spec["function"]))
    if "pool" in spec:
        options = keywords(spec.get("options", {}))
        return lambda x: getattr(nnx, snake(spec["pool"]))(
            x, *[to_python(item) for item in spec["args"]], **options
        )
    if spec["layer"] == "Sequential":
        return nnx.Sequential(*[build(item, rngs) for item in spec["args"]])
    options = {
        name: value for name, value in spec.get("options", {}).items() if not name.endswith("Init")
    }
    result = keywords(options)
    for name, value in spec.get("options", {}).items():
        if name.endswith("Init"):
            result[snake(name)] = getattr(nnx.initializers, snake(value))()
    return getattr(nnx, spec["layer"])(*spec["args"], **result, rngs=rngs)


def variables(model):
    """Dotted names and Variables; a mask, which is a bare array, is left out."""
    flat = nnx.to_flat_state(nnx.state(model))
    return {".".join(map(str, path)): leaf for path, leaf in flat if isinstance(leaf, nnx.Variable)}


def value_of(variable):
    value = variable.get_value()
    return jax.random.key_data(value) if jnp.issubdtype(value.dtype, jax.dtypes.prng_key) else value


def layer_case(spec, x, seeds=0, call=None, train=True):
    rngs = nnx.Rngs(seeds) if isinstance(seeds, int) else nnx.Rngs(**seeds)
    model = build(spec, rngs)
    case = {**spec, "seeds": seeds, "x": x}
    if call:
        case["call"] = call
    options = keywords(call or {})
    x = from_spec(x)
    case["initial"] = {
        name: exact(value_of(variable)) for name, variable in variables(model).items()
    }
    model.train()
    case["output"] = close(model(x, **options))
    if train:

        def weighted(model, x):
            y = model(x, **options)
            return jnp.sum(y.astype("float32") * cotangent(y.shape, "float32"))

        inexact = jnp.issubdtype(x.dtype, jnp.floating)
        if inexact:
            grads, dx = nnx.grad(weighted, argnums=(0, 1))(model, x)
            case["inputGradient"] = close(dx)
        else:
            grads = nnx.grad(weighted)(model, x)
        case["gradients"] = {name: close(value_of(g)) for name, g in variables(grads).items()}
        optimizer = nnx.Optimizer(model, optax.sgd(0.1), wrt=nnx.Param)
        for _ in range(2):

            def loss(model):
                return jnp.mean(jnp.square(model(x, **options).astype("float32") - 0.25))

            optimizer.update(model, nnx.grad(loss)(model))
        case["trained"] = {
            name: close(value_of(variable)) for name, variable in variables(model).items()
        }
    model.eval()
    case["evaluated"] = close(model(x, **(options if "mask" not in (call or {}) else {})))
    return case


def layer(name, *args, **options):
    return {"layer": name, "args": list(args), "options": options}


def layers():
    flat = ramp_spec(1, [6, 3])
    yield layer_case(layer("Linear", 3, 4), flat)
    yield layer_case(layer("Linear", 3, 4), ramp_spec(1, [3]), seeds=42)
    yield layer_case(layer("Linear", 3, 4), ramp_spec(1, [2, 5, 3]), seeds={"params": 7})
    yield layer_case(layer("Linear", 3, 4, useBias=False), flat, seeds={"default": 3, "dropout": 4})
    yield layer_case(layer("Linear", 3, 4, kernelInit="heUniform", biasInit="onesInit"), flat)
    yield layer_case(layer("Linear", 64, 32, kernelInit="xavierNormal"), ramp_spec(1, [5, 64]))
    yield layer_case(layer("Linear", 3, 4), literal_spec([[1, 2, 3], [-4, 5, 6]], "int32"))
    for dtype in ("float16", "bfloat16"):
        yield layer_case(layer("Linear", 3, 4, dtype=dtype), flat, train=False)
        yield layer_case(
            layer("Linear", 3, 4, dtype=dtype), ramp_spec(1, [6, 3], dtype), train=False
        )
        yield layer_case(layer("Linear", 3, 4), ramp_spec(1, [6, 3], dtype), train=False)
    image = ramp_spec(1, [2, 6, 5, 3])
    for padding in ("SAME", "VALID", "CIRCULAR", "REFLECT", 1, [1, 0], [[0, 2], [1, 1]]):
        yield layer_case(layer("Conv", 3, 4, kernelSize=[3, 3], padding=padding), image)
        yield layer_case(
            layer("Conv", 3, 2, kernelSize=[2, 3], padding=padding, strides=[2, 1]),
            image,
            train=False,
        )
    yield layer_case(
        layer("Conv", 3, 2, kernelSize=[2, 2], padding="CIRCULAR", kernelDilation=2),
        image,
        train=False,
    )
    yield layer_case(
        layer("Conv", 3, 2, kernelSize=[2, 2], padding="REFLECT", kernelDilation=[2, 1]),
        image,
        train=False,
    )
    yield layer_case(
        layer("Conv", 3, 4, kernelSize=[3, 3], strides=2, useBias=False), image, seeds=5
    )
    yield layer_case(
        layer("Conv", 3, 4, kernelSize=[3, 2], inputDilation=[2, 1], padding=[[1, 1], [0, 0]]),
        image,
    )
    yield layer_case(
        layer("Conv", 4, 6, kernelSize=[3, 3], featureGroupCount=2), ramp_spec(1, [2, 4, 4, 4])
    )
    yield layer_case(layer("Conv", 3, 6, kernelSize=[3, 3], featureGroupCount=3), image)
    mask = literal_spec((np.arange(3 * 3 * 3 * 2) % 3 != 0).reshape(3, 3, 3, 2))
    yield layer_case(layer("Conv", 3, 2, kernelSize=[3, 3], mask=mask), image)
    sequence = ramp_spec(1, [2, 7, 3])
    for options in (
        {"padding": "CAUSAL"},
        {"padding": "CAUSAL", "kernelDilation": 2},
        {"padding": "SAME", "strides": 3},
        {"padding": "CIRCULAR"},
    ):
        yield layer_case(layer("Conv", 3, 4, kernelSize=3, **options), sequence)
    yield layer_case(layer("Conv", 3, 4, kernelSize=[3]), ramp_spec(1, [7, 3]), train=False)
    yield layer_case(layer("Conv", 3, 4, kernelSize=[3]), ramp_spec(1, [2, 2, 7, 3]), train=False)
    yield layer_case(layer("Conv", 2, 3, kernelSize=[2, 2, 2]), ramp_spec(1, [1, 3, 4, 3, 2]))
    yield layer_case(layer("Conv", 3, 4, kernelSize=[3, 3], dtype="bfloat16"), image, train=False)
    yield layer_case(layer("BatchNorm", 3), image)
    yield layer_case(layer("BatchNorm", 3, momentum=0.5, epsilon=1e-3), flat)
    yield layer_case(layer("BatchNorm", 3, useScale=False), flat)
    yield layer_case(layer("BatchNorm", 3, useBias=False), flat)
    yield layer_case(
        layer("BatchNorm", 3, useBias=False, useScale=False, useFastVariance=False), flat
    )
    yield layer_case(layer("BatchNorm", 6, axis=1), image)
    yield layer_case(layer("BatchNorm", 3, momentum=0.0), flat)
    some = literal_spec([[True], [True], [False], [True], [False], [True]], "bool")
    yield layer_case(layer("BatchNorm", 3), flat, call={"mask": some})
    for dtype in ("float16", "bfloat16"):
        yield layer_case(layer("BatchNorm", 3, dtype=dtype), flat, train=False)
        yield layer_case(layer("BatchNorm", 3), ramp_spec(1, [6, 3], dtype), train=False)
    for rate in (0.0, 0.25, 0.5, 0.9, 1.0):
        yield layer_case(layer("Dropout", rate), ramp_spec(1, [8, 9]))
    yield layer_case(
        layer("Dropout", 0.5, broadcastDims=[1]), ramp_spec(1, [4, 5, 3]), seeds={"dropout": 9}
    )
    yield layer_case(
        layer("Dropout", 0.5, broadcastDims=[0, -1]),
        ramp_spec(1, [4, 5, 3]),
        seeds={"params": 1, "default": 2},
    )
    yield layer_case(
        layer("Dropout", 0.5, rngCollection="noise"), flat, seeds={"noise": 3, "dropout": 9}
    )
    yield layer_case(layer("Dropout", 0.5), ramp_spec(1, [8, 9], "bfloat16"), train=False)
    relu = {"function": "relu"}
    yield layer_case(
        layer(
            "Sequential", layer("Linear", 3, 8), relu, layer("Dropout", 0.5), layer("Linear", 8, 2)
        ),
        flat,
    )
    pool = {"pool": "maxPool", "args": [[2, 2]], "options": {"strides": [2, 2]}}
    yield layer_case(
        layer(
            "Sequential",
            layer("Conv", 3, 4, kernelSize=[3, 3]),
            layer("BatchNorm", 4),
            relu,
            pool,
            layer("Conv", 4, 2, kernelSize=[2, 2]),
        ),
        image,
    )


def pools():
    image = ramp_spec(1, [2, 6, 5, 3])
    for name in ("maxPool", "minPool", "avgPool"):
        for x, window, options in (
            (image, [2, 2], {}),
            (image, [2, 2], {"strides": [2, 2]}),
            (image, [3, 2], {"strides": [2, 1], "padding": "SAME"}),
            (image, [2, 2], {"strides": [2, 2], "padding": [[1, 0], [0, 1]]}),
            (ramp_spec(1, [7, 3]), [3], {"strides": [2]}),
            (ramp_spec(1, [2, 2, 7, 3]), [3], {}),
            (ramp_spec(1, [2, 6, 5, 3], "bfloat16"), [2, 2], {}),
        ):
            value = getattr(nnx, snake(name))(from_spec(x), to_python(window), **keywords(options))
            yield {
                "pool": name,
                "x": x,
                "args": [window],
                "options": options,
                "value": close(value),
            }
    options = {"strides": [2, 2], "padding": "SAME", "countIncludePad": False}
    value = nnx.avg_pool(from_spec(image), (2, 2), **keywords(options))
    yield {
        "pool": "avgPool",
        "x": image,
        "args": [[2, 2]],
        "options": options,
        "value": close(value),
    }


def words(key):
    return np.asarray(jax.random.key_data(key)).tolist()


def streams():
    draws = ["default", "params", "default", "dropout", "next", "carry", "noise", "params"]
    for seeds in (
        0,
        42,
        -1,
        2**32 + 5,
        {"default": 1, "params": 2},
        {"default": 0, "noise": 3, "dropout": 3},
        {"params": 0, "default": 0, "carry": 9},
    ):
        rngs = nnx.Rngs(seeds) if isinstance(seeds, int) else nnx.Rngs(**seeds)

        def draw(source):
            return [words(source() if name == "next" else source[name]()) for name in draws]

        first = draw(rngs)
        child = rngs.fork()
        yield {
            "seeds": seeds,
            "draws": draws,
            "words": first,
            "forked": draw(child),
            "after": draw(rngs),
        }


def metrics():
    def run(spec, metric, updates):
        results = []
        for update in updates:
            metric.update(
                **{
                    name: from_spec(value) if isinstance(value, dict) else value
                    for name, value in update.items()
                }
            )
            results.append(
                jax.tree.map(close, metric.compute())
                if isinstance(metric.compute(), dict)
                else close(metric.compute())
            )
        return {**spec, "updates": updates, "results": results}

    values = [
        {"values": ramp_spec(1, [4])},
        {"values": 2.5},
        {"values": ramp_spec(2, [2, 3])},
        {"values": ramp_spec(3, [])},
    ]
    masked = [
        {"values": ramp_spec(1, [4]), "mask": literal_spec([True, False, True, True], "bool")}
    ]
    yield run({"metric": "Average"}, nnx.metrics.Average(), values)
    yield run({"metric": "Average"}, nnx.metrics.Average(), masked)
    batch = [
        {"logits": ramp_spec(seed, [6, 4]), "labels": literal_spec([0, 1, 2, 3, 0, 1], "int32")}
        for seed in (1, 2, 3)
    ]
    yield run({"metric": "Accuracy"}, nnx.metrics.Accuracy(), batch)
    yield run(
        {"metric": "Accuracy"},
        nnx.metrics.Accuracy(),
        [{**batch[0], "mask": literal_spec([True, False, True, True, False, True], "bool")}],
    )
    binary = [
        {"logits": ramp_spec(seed, [6]), "labels": literal_spec([0, 1, 1, 0, 0, 1], "int32")}
        for seed in (1, 2)
    ]
    yield run(
        {"metric": "Accuracy", "options": {"threshold": 0.25}},
        nnx.metrics.Accuracy(threshold=0.25),
        binary,
    )
    multi = nnx.MultiMetric(accuracy=nnx.metrics.Accuracy(), loss=nnx.metrics.Average("loss"))
    yield run(
        {"metric": "MultiMetric"},
        multi,
        [{**update, "loss": ramp_spec(seed, [])} for seed, update in enumerate(batch)],
    )


def main():
    write(
        "nnx",
        {
            "layers": list(layers()),
            "pools": list(pools()),
            "streams": list(streams()),
            "metrics": list(metrics()),
        },
    )


if __name__ == "__main__":
    main()
