"""The layers that nnx_layers.py leaves out: first weights, outputs, gradients, state after two steps of sgd.

What may stand in a spec, besides plain values: a layer with layers or functions among its arguments and options,
`{"function": name}`, and initializers as `[name, *arguments]`.
"""

import jax
import jax.numpy as jnp
import numpy as np
import optax
from flax import nnx

from answers import close, cotangent, exact, from_spec, keywords, literal_spec, ramp_spec, snake
from answers import to_python, write
from nnx_layers import layer, value_of, variables

NORMAL = ["normal", 1.0]
# Orthogonal by default: these come from a QR factorization, and every one of these rounds in its own way.
ORTHOGONAL = {"dense_h", "hi", "hf", "hg", "ho"}


def value(name, item, rngs):
    if isinstance(item, dict) and ("layer" in item or "function" in item):
        return build(item, rngs)
    if name.endswith(("Init", "Initializer")):
        factory, *arguments = item
        return getattr(nnx.initializers, snake(factory))(*arguments)
    if name == "batchAxis":
        return {int(axis): size for axis, size in item.items()}
    if name.lower().endswith("dtype"):
        return jnp.dtype(item)
    return to_python(item)


def build(spec, rngs):
    if "function" in spec:
        return getattr(nnx, snake(spec["function"]))
    arguments = [value("", item, rngs) for item in spec["args"]]
    options = {snake(name): value(name, item, rngs) for name, item in spec["options"].items()}
    if spec["layer"] == "MultiHeadAttention":
        options["decode"] = False
    if spec["layer"] != "PReLU":
        options["rngs"] = rngs
    kind = DroppingCell if spec["layer"] == "DroppingCell" else getattr(nnx, spec["layer"])
    return kind(*arguments, **options)


class DroppingCell(nnx.RNNCellBase):
    """Recurrent dropout: of what a cell gives out, or (`of="carry"`) of what it remembers."""

    def __init__(self, cell, of="output", *, rngs):
        self.cell = cell
        self.of = of
        self.drop = nnx.Dropout(0.5, rng_collection="recurrent", rngs=rngs)

    def __call__(self, carry, x):
        carry, y = self.cell(carry, x)
        if self.of == "output":
            return carry, self.drop(y)
        carry = jax.tree.map(self.drop, carry)
        return carry, y

    def initialize_carry(self, input_shape, rngs=None):
        return self.cell.initialize_carry(input_shape, rngs)

    @property
    def num_feature_axes(self):
        return 1


def call(spec, model, x):
    """The output; of a recurrent layer with its carry."""
    options = dict(spec.get("call", {}))
    method = options.pop("method", None)
    options = keywords(options)
    if method:
        return getattr(model, method)(x)
    if spec["layer"].endswith("Cell"):
        shape = [*x.shape[:-1], spec["args"][1]]
        carries = [from_spec(ramp_spec(seed, shape)).astype(x.dtype) for seed in (5, 6)]
        carry, y = model(tuple(carries) if "LSTM" in spec["layer"] else carries[0], x)
        return jnp.concatenate([*jax.tree.leaves(carry), y], -1)
    y = model(x, **options)
    if isinstance(y, tuple):
        return jnp.concatenate([jnp.ravel(leaf) for leaf in jax.tree.leaves(y)])
    return y


def orthogonal(spec, path):
    *_, parent, name = path.split(".") if "." in path else ("", path)
    if "recurrentKernelInit" in spec["options"] or name != "kernel":
        return False
    if parent == "dense_h" and "SimpleCell" in str(spec):
        return True
    return parent in ORTHOGONAL


def case(spec, x, train=True, initial=True, seeds=0, **call_options):
    if call_options:
        spec = {**spec, "call": call_options}
    model = build(spec, nnx.Rngs(seeds) if isinstance(seeds, int) else nnx.Rngs(**seeds))
    result = {**spec, "seeds": seeds, "x": x}
    x = from_spec(x)
    if initial:
        result["initial"] = {
            name: (close if orthogonal(spec, name) else exact)(value_of(variable))
            for name, variable in variables(model).items()
        }
    model.train()
    result["output"] = close(call(spec, model, x))
    if train:

        def weighted(model, x):
            y = call(spec, model, x)
            return jnp.sum(y.astype("float32") * cotangent(y.shape, "float32"))

        if jnp.issubdtype(x.dtype, jnp.floating):
            grads, dx = nnx.grad(weighted, argnums=(0, 1))(model, x)
            result["inputGradient"] = close(dx)
        else:
            grads = nnx.grad(weighted)(model, x)
        result["gradients"] = {name: close(value_of(g)) for name, g in variables(grads).items()}
        optimizer = nnx.Optimizer(model, optax.sgd(0.1), wrt=nnx.Param)
        for _ in range(2):

            def loss(model):
                return jnp.mean(jnp.square(call(spec, model, x).astype("float32") - 0.25))

            optimizer.update(model, nnx.grad(loss)(model))
        result["trained"] = {
            name: close(value_of(variable)) for name, variable in variables(model).items()
        }
    model.eval()
    result["evaluated"] = close(call(spec, model, x))
    return result


def widths(spec, shape, **call_options):
    """The same layer with 16-bit computation, parameters and input; only outputs are compared."""
    for dtype in ("float16", "bfloat16"):
        for options, width in (({"dtype": dtype}, "float32"), ({}, dtype)):
            item = {**spec, "options": {**spec["options"], **options}}
            yield case(item, ramp_spec(1, shape, width), train=False, **call_options)


def linear():
    both = {"biasInit": NORMAL}
    general = lambda *args, **options: layer("LinearGeneral", *args, **both, **options)
    yield case(general(3, [2, 2]), ramp_spec(1, [4, 3]))
    yield case(general(3, 2), ramp_spec(1, [3]))
    yield case(general([2, 3], 4, axis=[-2, -1]), ramp_spec(1, [2, 2, 3]))
    yield case(general([2, 4], [5], axis=[0, 2]), ramp_spec(1, [2, 3, 4]))
    yield case(general(3, 4, batchAxis={"0": 2}), ramp_spec(1, [2, 2, 3]))
    yield case(layer("LinearGeneral", 3, [2, 3], useBias=False), ramp_spec(1, [4, 3]))
    yield case(general(3, 4), literal_spec([[1, 2, 3], [-4, 5, 6]], "int32"))
    yield from widths(general(3, 4), [4, 3])
    einsum = lambda *args, **options: layer("Einsum", *args, **options)
    yield case(einsum("bi,io->bo", [3, 4], biasShape=[4], **both), ramp_spec(1, [4, 3]))
    yield case(einsum("...d,dhk->...hk", [3, 2, 2], biasShape=[2, 2], **both), ramp_spec(1, [4, 3]))
    yield case(
        einsum("nta, hab -> nthb", [2, 3, 4], biasShape=[2, 4], **both), ramp_spec(1, [2, 2, 3])
    )
    yield case(einsum("bi,io->ob", [3, 4]), ramp_spec(1, [4, 3]))
    yield from widths(einsum("bi,io->bo", [3, 4], biasShape=[4]), [4, 3])
    ids = literal_spec([[1, 2, 1], [-1, 0, 4]], "int32")
    yield case(layer("Embed", 5, 3), ids)
    yield case(layer("Embed", 1, 3), ids)
    yield case(layer("Embed", 5, 3, embeddingInit=NORMAL), literal_spec([0, 7, 2], "int32"))
    yield case(layer("Embed", 5, 3), ramp_spec(1, [4, 3]), method="attend")
    for dtype in ("float16", "bfloat16"):
        yield case(layer("Embed", 5, 3, dtype=dtype), ids, train=False)
        yield case(layer("Embed", 5, 3, paramDtype=dtype), ids, train=False)
    yield case(layer("PReLU"), ramp_spec(1, [4, 3]))
    yield case(layer("PReLU", 0.25), ramp_spec(1, [4, 3]))
    yield from widths(layer("PReLU", 0.25), [4, 3])
    lora = {"bInitializer": NORMAL}
    yield case(layer("LoRA", 3, 2, 4), ramp_spec(1, [4, 3]))
    yield case(layer("LoRA", 3, 2, 4, **lora), ramp_spec(1, [4, 3]))
    yield case(
        layer("LoRA", 3, 2, 4, baseModule=layer("Linear", 3, 4), **lora), ramp_spec(1, [4, 3])
    )
    yield case(layer("LoRALinear", 3, 4, loraRank=2, **lora, **both), ramp_spec(1, [4, 3]))
    yield case(layer("LoRALinear", 3, 4, loraRank=1, useBias=False, **lora), ramp_spec(1, [4, 3]))
    yield from widths(layer("LoRA", 3, 2, 4, **lora), [4, 3])


def transposed():
    image = ramp_spec(1, [2, 3, 4, 2])
    up = lambda *args, **options: layer("ConvTranspose", *args, biasInit=NORMAL, **options)
    for strides in ([1, 1], [2, 3], [3, 2]):
        for padding in ("SAME", "VALID", "CIRCULAR"):
            for kernel in (False, True):
                yield case(
                    up(
                        2, 3, kernelSize=[3, 2], strides=strides, padding=padding,
                        transposeKernel=kernel,
                    ),
                    image,
                )
    yield case(up(2, 3, kernelSize=[3, 3], strides=2, padding=1), image)
    yield case(up(2, 3, kernelSize=[3, 3], strides=2, padding=[[1, 2], [0, 0]]), image)
    yield case(up(2, 3, kernelSize=[3, 2], strides=2, kernelDilation=[1, 3]), image)
    mask = literal_spec((np.arange(24) % 3 != 0).reshape(2, 2, 2, 3))
    yield case(up(2, 3, kernelSize=[2, 2], mask=mask), image)
    yield case(layer("ConvTranspose", 2, 3, kernelSize=[2, 2], useBias=False), image)
    yield case(up(2, 3, kernelSize=[3, 3], strides=2), ramp_spec(1, [3, 4, 2]))
    yield case(up(2, 3, kernelSize=3, strides=2), ramp_spec(1, [2, 4, 2]))
    yield case(up(2, 3, kernelSize=[2, 2, 2], strides=2), ramp_spec(1, [1, 2, 2, 3, 2]))
    yield from widths(up(2, 3, kernelSize=[3, 3], strides=2), [2, 3, 4, 2])


def norms():
    flat, image = ramp_spec(1, [4, 6]), ramp_spec(1, [2, 3, 3, 4])
    some = literal_spec(np.arange(24).reshape(4, 6) % 4 != 0, "bool")
    wide = literal_spec(np.arange(72).reshape(2, 3, 3, 4) % 5 != 0, "bool")
    both = {"biasInit": NORMAL, "scaleInit": NORMAL}
    scale = {"scaleInit": NORMAL}
    for name, size, inits, x, mask, options in (
        ("LayerNorm", 6, both, flat, some, {}),
        ("RMSNorm", 6, scale, flat, some, {}),
        ("GroupNorm", 4, both, image, wide, {"numGroups": 2}),
        ("InstanceNorm", 4, both, image, wide, {}),
    ):
        yield case(layer(name, size, **options), x)
        yield case(layer(name, size, **options, **inits), x)
        yield case(layer(name, size, **options, **inits, epsilon=0.1), x)
        if name != "RMSNorm":
            yield case(layer(name, size, **options, **inits, useFastVariance=False), x)
            yield case(layer(name, size, **options, **scale, useBias=False), x)
            yield case(layer(name, size, **options, biasInit=NORMAL, useScale=False), x)
            yield case(layer(name, size, **options, useBias=False, useScale=False), x)
        else:
            yield case(layer(name, size, useScale=False), x)
        yield case(layer(name, size, **options, **inits), x, mask=mask)
        yield from widths(layer(name, size, **options, **inits), x["shape"])
    axes = ramp_spec(1, [2, 3, 4])
    yield case(layer("LayerNorm", 4, reductionAxes=[1, 2], **both), axes)
    yield case(layer("LayerNorm", 12, reductionAxes=[1, 2], featureAxes=[1, 2], **both), axes)
    yield case(layer("RMSNorm", 3, reductionAxes=[1, 2], featureAxes=1, **scale), axes)
    yield case(layer("GroupNorm", 4, numGroups=None, groupSize=1, **both), axes)
    yield case(layer("GroupNorm", 4, numGroups=None, groupSize=4, **both), image)
    yield case(layer("GroupNorm", 4, numGroups=4, **both), ramp_spec(1, [3, 4]))
    yield case(
        layer("InstanceNorm", 6, featureAxes=[1, -1], **both), ramp_spec(1, [2, 3, 4, 2])
    )
    # Flax overwrites the kernels here, so that only outputs compare.
    for wrapper, options in (("WeightNorm", {}), ("SpectralNorm", {}), ("SpectralNorm", {"nSteps": 3})):
        for inner, x in (
            (layer("Linear", 3, 4, biasInit=NORMAL), ramp_spec(1, [4, 3])),
            (layer("Conv", 2, 3, kernelSize=[2, 2]), ramp_spec(1, [2, 3, 3, 2])),
        ):
            yield case(layer(wrapper, inner, **options), x, train=False, initial=False)


def attention():
    x = ramp_spec(1, [2, 3, 4])
    other, third = ramp_spec(2, [2, 5, 4]), ramp_spec(3, [2, 5, 4])
    heads = lambda *args, **options: layer("MultiHeadAttention", *args, biasInit=NORMAL, **options)
    yield case(layer("MultiHeadAttention", 2, 4), x)
    yield case(heads(2, 4), x)
    yield case(heads(1, 4), ramp_spec(1, [3, 4]))
    yield case(heads(2, 4), ramp_spec(1, [2, 2, 3, 4]))
    yield case(heads(2, 4), x, inputsK=other)
    yield case(heads(2, 4), x, inputsK=other, inputsV=third)
    yield case(heads(2, 4, qkvFeatures=6, outFeatures=5), x)
    yield case(heads(2, 4, inKvFeatures=3), x, inputsK=ramp_spec(2, [2, 5, 3]))
    yield case(heads(4, 4, qkvFeatures=8, numKvHeads=2), x)
    yield case(heads(4, 4, numKvHeads=1), x, isCausal=True)
    mask = literal_spec(np.arange(18).reshape(2, 1, 3, 3) % 3 != 1, "bool")
    yield case(heads(2, 4), x, mask=mask)
    yield case(heads(2, 4), x, isCausal=True)
    yield case(heads(2, 4), x, isCausal=True, mask=mask)
    yield case(heads(2, 4, qkvFeatures=8, normalizeQk=True), x)
    yield case(layer("MultiHeadAttention", 2, 4, useBias=False), x)
    yield case(heads(2, 4, kernelInit=["heUniform"], outKernelInit=["xavierNormal"]), x)
    yield case(heads(2, 4, outBiasInit=["onesInit"]), x)
    yield case(heads(2, 4, dropoutRate=0.5), x)
    yield case(heads(2, 4, dropoutRate=0.25, broadcastDropout=False), x)
    yield from widths(heads(2, 4), x["shape"])


def recurrent():
    x, sequence = ramp_spec(1, [2, 3]), ramp_spec(1, [2, 4, 3])
    bias = {"biasInit": NORMAL}
    free = {"recurrentKernelInit": ["lecunNormal"]}
    hard = {"function": "hardSigmoid"}
    soft = {"function": "softSign"}
    cells = ("SimpleCell", "LSTMCell", "OptimizedLSTMCell", "GRUCell")
    for name in cells:
        yield case(layer(name, 3, 4), x)
        yield case(layer(name, 3, 4, **bias), x)
        yield case(layer(name, 3, 4, **free, **bias), x)
        yield case(layer(name, 3, 4, kernelInit=["heUniform"], **free), x)
        yield case(layer(name, 3, 4, activationFn=soft, **bias), x)
        if name != "SimpleCell":
            yield case(layer(name, 3, 4, gateFn=hard, **bias), x)
        yield from widths(layer(name, 3, 4, **free, **bias), [2, 3])
        yield case(layer("RNN", layer(name, 3, 4, **free, **bias)), sequence)
    yield case(layer("SimpleCell", 3, 4, residual=True, **bias), x)
    lengths = literal_spec([4, 2], "int32")
    gru, lstm = layer("GRUCell", 3, 2, **bias), layer("OptimizedLSTMCell", 3, 2, **bias)
    for options in (
        {},
        {"timeMajor": True},
        {"reverse": True},
        {"reverse": True, "keepOrder": True},
        {"returnCarry": True},
    ):
        for cell in (gru, lstm):
            yield case(layer("RNN", cell, **options), sequence)
            if "timeMajor" not in options:
                yield case(layer("RNN", cell, **options), sequence, seqLengths=lengths)
    yield case(layer("RNN", gru), ramp_spec(1, [4, 3]))
    yield case(layer("RNN", lstm), ramp_spec(1, [2, 2, 3, 3]))
    pair = [layer("RNN", gru), layer("RNN", lstm)]
    yield case(layer("Bidirectional", *pair), sequence)
    yield case(layer("Bidirectional", *pair), sequence, seqLengths=lengths)
    yield case(layer("Bidirectional", *pair, returnCarry=True), sequence)
    # One mask for all steps where the streams are broadcast, else one for each step.
    seeds = {"default": 3, "recurrent": 4}
    for inner in (layer("GRUCell", 3, 4, **free), layer("OptimizedLSTMCell", 3, 4, **free)):
        for of in ("output", "carry"):
            cell = layer("DroppingCell", inner, of)
            for options in (
                {},
                {"broadcastRngs": "recurrent"},
                {"broadcastRngs": True, "reverse": True, "keepOrder": True},
                {"broadcastRngs": "other"},
            ):
                yield case(layer("RNN", cell, **options), sequence, seeds=seeds)
            both = layer("RNN", cell, broadcastRngs="recurrent")
            yield case(layer("Bidirectional", both, both), sequence, seeds=seeds)


def main():
    write(
        "layers",
        {
            "linear": list(linear()),
            "transposed": list(transposed()),
            "norms": list(norms()),
            "attention": list(attention()),
            "recurrent": list(recurrent()),
        },
    )


if __name__ == "__main__":
    main()
