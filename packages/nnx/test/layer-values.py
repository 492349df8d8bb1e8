"""Writes layer-values.ts, what Flax's own layers hold and compute, for the tests to compare with.

Run: python layer-values.py > layer-values.ts   (jax 0.10.2, flax 0.12.8, CPU)

Every case draws its weights from nnx.Rngs(0), with normal(1.0) biases and scales so that they matter, and
takes the gradient of sum(y * weights) with respect to the Params and a floating input, where
input[i] = ((37 i) mod 23 - 11) / 8 and weights[i] = ((5 i) mod 7 - 3) / 4 in row-major order. Names are
paths with dots. `after` is the other state after the call: statistics, caches and counts of streams.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

normal = nnx.initializers.normal(1.0)
f16 = jnp.float16


def pattern(shape, factor, modulus, offset, scale, dtype=np.float32):
    n = int(np.prod(shape))
    return jnp.asarray(((np.arange(n) * factor % modulus - offset) / scale).reshape(shape), dtype)


def ramp(*shape):
    return pattern(shape, 37, 23, 11, 8)


def weights(*shape):
    return pattern(shape, 5, 7, 3, 4)


def text(value):
    a = np.asarray(value).astype(np.float32)
    plain = lambda x: "NaN" if np.isnan(x) else repr(x.item()) if x == np.trunc(x) else str(x)
    flat = ", ".join(map(plain, a.reshape(-1)))
    return f"{{ shape: {list(a.shape)}, values: [{flat}] }}"


def dotted(path):
    # WeightNorm and SpectralNorm have whole paths as keys.
    return ".".join(dotted(part) if isinstance(part, tuple) else str(part) for part in path)


def entries(name, state, keep=lambda path, v: True):
    rows = [(dotted(path), v) for path, v in nnx.to_flat_state(state) if keep(path, v)]
    print(f"    {name}: {{")
    for path, v in rows:
        print(f'      "{path}": {text(v.get_value())},')
    print("    },")


def case(name, model, x, call=lambda m, x: m(x), wrapped=False):
    floating = jnp.issubdtype(x.dtype, jnp.floating)
    print(f'  "{name}": {{')
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)

    def loss(params, x):
        m = nnx.merge(graphdef, params, nnx.clone(rest))
        y = call(m, x)
        return jnp.sum(y.astype(jnp.float32) * weights(*y.shape)), (y, nnx.state(m, nnx.Not(nnx.Param)))

    argnums = (0, 1) if floating else (0,)
    gradients, (y, after) = jax.grad(loss, argnums=argnums, has_aux=True)(params, x)
    print(f'    dtype: "{y.dtype}",')
    print(f"    y: {text(y)},")
    if floating:
        print(f"    x: {text(gradients[1])},")
    # The scales of WeightNorm are bare arrays, which have no gradients.
    if wrapped:
        print("    wrapped: true,")
    keep = lambda path, v: isinstance(v, nnx.Variable)
    entries("init", params, keep)
    entries("gradients", gradients[0], keep)
    entries("after", after, lambda path, v: keep(path, v) and not isinstance(v, nnx.RngKey))
    print("  },")


class Call(nnx.Module):
    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(x)


def both(**options):
    return dict(bias_init=normal, rngs=nnx.Rngs(0)) | options


def norm(**options):
    return both(scale_init=normal) | options


def twice(m, x):
    m(x * 2)
    return m(x)


print("// Written by layer-values.py, which says how; jax 0.10.2, flax 0.12.8, CPU.")
print("// prettier-ignore")
print("export const layerValues = {")

ids = jnp.asarray([[1, 2, 1], [-1, 0, 4]], jnp.int32)
case("Embed", nnx.Embed(5, 3, rngs=nnx.Rngs(0)), ids)
case("Embed dtype", nnx.Embed(5, 3, dtype=f16, rngs=nnx.Rngs(0)), ids)
case("Embed paramDtype", nnx.Embed(5, 3, param_dtype=jnp.bfloat16, rngs=nnx.Rngs(0)), ids)
case("Embed one row", nnx.Embed(1, 3, rngs=nnx.Rngs(0)), ids)
case("Embed embeddingInit", nnx.Embed(5, 3, embedding_init=normal, rngs=nnx.Rngs(0)), ids)
case("Embed attend", nnx.Embed(5, 3, rngs=nnx.Rngs(0)), ramp(2, 3), lambda m, x: m.attend(x))

x = ramp(4, 3)
mask = jnp.asarray([[True, True, False]] * 3 + [[True, False, True]])
case("LayerNorm", nnx.LayerNorm(3, **norm()), x)
case("LayerNorm plain", nnx.LayerNorm(3, **norm(use_bias=False, use_scale=False)), x)
case("LayerNorm slow", nnx.LayerNorm(3, **norm(use_fast_variance=False, epsilon=0.1)), x)
case("LayerNorm mask", nnx.LayerNorm(3, **norm()), x, lambda m, x: m(x, mask=mask))
case("LayerNorm reductionAxes", nnx.LayerNorm(4, **norm(reduction_axes=(1, 2))), ramp(2, 3, 4))
case("LayerNorm featureAxes", nnx.LayerNorm(12, **norm(reduction_axes=(1, 2), feature_axes=(1, 2))), ramp(2, 3, 4))
case("LayerNorm dtype", nnx.LayerNorm(3, **norm(dtype=f16)), x)
case("LayerNorm paramDtype", nnx.LayerNorm(3, **norm(param_dtype=jnp.bfloat16)), x)
case("LayerNorm int32 input", nnx.LayerNorm(3, **norm()), jnp.asarray([[1, 5, 2]], jnp.int32))
rms = lambda **options: nnx.RMSNorm(3, scale_init=normal, rngs=nnx.Rngs(0), **options)
case("RMSNorm", rms(), x)
case("RMSNorm plain", rms(use_scale=False, epsilon=0.1), x)
case("RMSNorm mask", rms(), x, lambda m, x: m(x, mask=mask))
case("RMSNorm dtype", rms(dtype=f16), x)
case("RMSNorm axes", rms(reduction_axes=(1, 2), feature_axes=1), ramp(2, 3, 4))
image = ramp(2, 3, 3, 4)
case("GroupNorm", nnx.GroupNorm(4, 2, **norm()), image)
case("GroupNorm groupSize", nnx.GroupNorm(4, None, 1, **norm()), ramp(2, 3, 4))
case("GroupNorm two axes", nnx.GroupNorm(4, 2, **norm()), ramp(3, 4))
case("GroupNorm slow", nnx.GroupNorm(4, 2, **norm(use_fast_variance=False, epsilon=0.1)), image)
case("GroupNorm plain", nnx.GroupNorm(4, 2, **norm(use_bias=False, use_scale=False)), image)
wide = jnp.asarray(weights(2, 3, 4) > -0.5)
case("GroupNorm mask", nnx.GroupNorm(4, 2, **norm()), ramp(2, 3, 4), lambda m, x: m(x, mask=wide))
case("GroupNorm dtype", nnx.GroupNorm(4, 2, **norm(dtype=f16)), image)
case("InstanceNorm", nnx.InstanceNorm(4, **norm()), image)
case("InstanceNorm featureAxes", nnx.InstanceNorm(6, **norm(feature_axes=(1, -1))), ramp(2, 3, 4, 2))
case("InstanceNorm slow", nnx.InstanceNorm(4, **norm(use_fast_variance=False, epsilon=0.1)), image)
case("InstanceNorm plain", nnx.InstanceNorm(4, **norm(use_bias=False, use_scale=False)), image)
case("InstanceNorm mask", nnx.InstanceNorm(4, **norm()), ramp(2, 3, 4), lambda m, x: m(x, mask=wide))
case("InstanceNorm dtype", nnx.InstanceNorm(4, **norm(dtype=f16)), image)

general = nnx.LinearGeneral
case("LinearGeneral", general(3, (2, 2), **both()), ramp(4, 3))
case("LinearGeneral one row", general(3, 2, **both()), ramp(3))
case("LinearGeneral two axes", general((2, 3), 4, axis=(-2, -1), **both()), ramp(2, 2, 3))
case("LinearGeneral outer axes", general((2, 4), (5,), axis=(0, 2), **both()), ramp(2, 3, 4))
case("LinearGeneral batchAxis", general(3, 4, batch_axis={0: 2}, **both()), ramp(2, 2, 3))
case("LinearGeneral two batch axes", general(3, (2, 2), batch_axis={0: 2, 1: 2}, **both()), ramp(2, 2, 2, 3))
case("LinearGeneral useBias false", general(3, 4, use_bias=False, **both()), ramp(4, 3))
case("LinearGeneral dtype", general(3, 4, dtype=f16, **both()), ramp(4, 3))

up = lambda *args, **options: nnx.ConvTranspose(*args, **both(**options))
image = ramp(2, 3, 4, 2)
case("ConvTranspose", up(2, 3, (3, 3)), image)
case("ConvTranspose SAME strides", up(2, 3, (3, 2), (2, 3)), image)
case("ConvTranspose VALID strides", up(2, 3, (2, 3), (3, 2), padding="VALID"), image)
case("ConvTranspose CIRCULAR", up(2, 3, (3, 4), (2, 1), padding="CIRCULAR"), image)
case("ConvTranspose CIRCULAR transposeKernel", up(2, 3, (3, 4), (2, 1), padding="CIRCULAR", transpose_kernel=True), image)
case("ConvTranspose CIRCULAR wide", up(2, 3, (9,), padding="CIRCULAR"), ramp(2, 3, 2))
case("ConvTranspose transposeKernel", up(2, 3, (3, 2), 2, transpose_kernel=True), image)
case("ConvTranspose integer padding", up(2, 3, (3, 3), 2, padding=1), image)
case("ConvTranspose pairs", up(2, 3, (3, 3), 2, padding=[(1, 2), 0]), image)
case("ConvTranspose kernelDilation", up(2, 3, (3, 2), 2, kernel_dilation=(1, 3)), image)
case("ConvTranspose mask", up(2, 3, (2, 2), mask=(weights(2, 2, 2, 3) > 0).astype(jnp.float32)), image)
case("ConvTranspose useBias false", up(2, 3, (2, 2), use_bias=False), image)
case("ConvTranspose no batch axis", up(2, 3, (3, 3), 2), image[0])
case("ConvTranspose two batch axes", up(2, 3, (3,), 2), image)
case("ConvTranspose number kernelSize", up(2, 3, 3, 2), ramp(2, 4, 2))
case("ConvTranspose dtype", up(2, 3, (3, 3), 2, dtype=f16), image)

case("PReLU", nnx.PReLU(), x)
case("PReLU dtype", nnx.PReLU(0.25, dtype=f16), x)
case("PReLU float16 input", nnx.PReLU(0.25), x.astype(f16))

ein = nnx.Einsum
case("Einsum", ein("bi,io->bo", (3, 4), (4,), **both()), x)
case("Einsum ellipsis", ein("...d,dhk->...hk", (3, 2, 2), (2, 2), **both()), x)
case("Einsum batch", ein("nta, hab -> nthb", (2, 3, 4), (2, 4), **both()), ramp(2, 2, 3))
case("Einsum no bias", ein("bi,io->ob", (3, 4), rngs=nnx.Rngs(0)), x)
case("Einsum einsumStr", ein("bi,io->bo", (3, 4), (4,), **both()), x, lambda m, x: m(x, "bi,io->ob"))
case("Einsum dtype", ein("bi,io->bo", (3, 4), (4,), dtype=f16, **both()), x)

x = ramp(2, 4, 2, 3)


def attend(**options):
    return Call(lambda x: nnx.dot_product_attention(x, jnp.flip(x, 1), x * 0.5 + 1, **options))


causal = nnx.make_causal_mask(jnp.ones((2, 4)))
visible = (weights(2, 1, 4, 4) > -0.25)
case("dotProductAttention", attend(), x)
case("dotProductAttention bias", attend(bias=weights(2, 2, 4, 4)), x)
case("dotProductAttention mask", attend(mask=visible.at[0, 0, 1].set(False)), x)
case("dotProductAttention isCausal", attend(is_causal=True), x)
case("dotProductAttention isCausal mask", attend(is_causal=True, mask=visible), x)
case("dotProductAttention dropout", attend(dropout_rate=0.5, dropout_rng=jax.random.key(3)), x)
case("dotProductAttention broadcastDropout false", attend(dropout_rate=0.25, dropout_rng=jax.random.key(3), broadcast_dropout=False), x)
case("dotProductAttention deterministic", attend(dropout_rate=0.25, deterministic=True), x)
case("dotProductAttention dtype", attend(dtype=f16), x)
case("dotProductAttention no batch", attend(), x[0])
case("dotProductAttention two batch axes", attend(bias=None), jnp.stack([x, x * 0.5]))


def grouped(**options):
    return Call(lambda x: nnx.dot_product_attention(x, jnp.flip(x, 1)[:, :, :2], x[:, :, 2:] * 0.5, **options))


case("dotProductAttention grouped", grouped(is_causal=True, bias=weights(1, 4, 3, 3)), ramp(2, 3, 4, 2))
case("dotProductAttention grouped dropout", grouped(dropout_rate=0.5, dropout_rng=jax.random.key(1), broadcast_dropout=False), ramp(2, 3, 4, 2))


def heads(*args, **options):
    return nnx.MultiHeadAttention(*args, **(dict(decode=False) | both(**options)))


x = ramp(2, 3, 4)
other = weights(2, 5, 4)
case("MultiHeadAttention", heads(2, 4), x)
case("MultiHeadAttention inputsK", heads(2, 4), x, lambda m, x: m(x, other))
case("MultiHeadAttention inputsV", heads(2, 4), x, lambda m, x: m(x, other, other * 2))
case("MultiHeadAttention sizes", heads(2, 4, 6, 5, in_kv_features=4), x)
case("MultiHeadAttention inKvFeatures", heads(2, 4, in_kv_features=3), x, lambda m, x: m(x, weights(2, 5, 3)))
case("MultiHeadAttention numKvHeads", heads(4, 4, 8, num_kv_heads=2), x)
case("MultiHeadAttention mask", heads(2, 4), x, lambda m, x: m(x, mask=nnx.make_causal_mask(jnp.ones((2, 3)))))
case("MultiHeadAttention isCausal", heads(2, 4), x, lambda m, x: m(x, is_causal=True))
case("MultiHeadAttention normalizeQk", heads(2, 4, normalize_qk=True), x)
case("MultiHeadAttention useBias false", heads(2, 4, use_bias=False), x)
case("MultiHeadAttention inits", heads(2, 4, out_kernel_init=normal, out_bias_init=nnx.initializers.ones), x)
case("MultiHeadAttention dtype", heads(2, 4, dtype=f16), x)
case("MultiHeadAttention dropout", heads(2, 4, dropout_rate=0.5, deterministic=False), x, twice)
case("MultiHeadAttention broadcastDropout false", heads(2, 4, dropout_rate=0.5, deterministic=False, broadcast_dropout=False), x)
case("MultiHeadAttention given rngs", heads(2, 4, dropout_rate=0.5, keep_rngs=False), x, lambda m, x: m(x, deterministic=False, rngs=nnx.Rngs(dropout=5)))
case("MultiHeadAttention deterministic", heads(2, 4, dropout_rate=0.5, deterministic=True), x)


def decode(m, x):
    m.init_cache((2, 3, 4))
    return jnp.concatenate([m(x[:, i : i + 1], decode=True) for i in range(2)], 1)


case("MultiHeadAttention decode", heads(2, 4), x, decode)
case("MultiHeadAttention decode grouped", heads(2, 4, num_kv_heads=1, normalize_qk=True), x, decode)


def step(m, x):
    return m(weights(2, 4), x)[1]


def memory(m, x):
    (c, h), y = m((weights(2, 4), ramp(2, 4)), x)
    return jnp.concatenate([c, y], -1)


x = ramp(2, 3)
case("SimpleCell", nnx.SimpleCell(3, 4, **both()), x, step)
case("SimpleCell residual", nnx.SimpleCell(3, 4, residual=True, activation_fn=nnx.relu, **both()), x, step)
case("SimpleCell dtype", nnx.SimpleCell(3, 4, dtype=f16, **both()), x, step)
case("GRUCell", nnx.GRUCell(3, 4, **both()), x, step)
case("GRUCell functions", nnx.GRUCell(3, 4, gate_fn=nnx.hard_sigmoid, activation_fn=nnx.soft_sign, **both()), x, step)
case("GRUCell dtype", nnx.GRUCell(3, 4, dtype=f16, **both()), x, step)
case("LSTMCell", nnx.LSTMCell(3, 4, **both()), x, memory)
case("LSTMCell functions", nnx.LSTMCell(3, 4, gate_fn=nnx.hard_sigmoid, activation_fn=nnx.soft_sign, **both()), x, memory)
case("LSTMCell paramDtype", nnx.LSTMCell(3, 4, param_dtype=jnp.bfloat16, **both()), x, memory)
case("OptimizedLSTMCell", nnx.OptimizedLSTMCell(3, 4, **both()), x, memory)
case("OptimizedLSTMCell inits", nnx.OptimizedLSTMCell(3, 4, kernel_init=normal, recurrent_kernel_init=normal, **both()), x, memory)

x = ramp(2, 4, 3)
lengths = jnp.asarray([4, 2])
gru = lambda **options: nnx.GRUCell(3, 2, **both(**options))
lstm = lambda **options: nnx.OptimizedLSTMCell(3, 2, **both(**options))


def flat(carry, y):
    parts = [*jax.tree.leaves(carry), y]
    return jnp.concatenate([jnp.ravel(p) for p in parts])


case("RNN SimpleCell", nnx.RNN(nnx.SimpleCell(3, 2, **both())), x)
case("RNN GRUCell", nnx.RNN(gru()), x)
case("RNN LSTMCell", nnx.RNN(nnx.LSTMCell(3, 2, **both())), x)
case("RNN two calls", nnx.RNN(lstm()), x, twice)
case("RNN timeMajor", nnx.RNN(lstm(), time_major=True), x)
case("RNN reverse", nnx.RNN(gru(), reverse=True), x)
case("RNN keepOrder", nnx.RNN(gru(), reverse=True, keep_order=True), x)
case("RNN reverse seqLengths", nnx.RNN(gru(), reverse=True), x, lambda m, x: m(x, seq_lengths=lengths))
case("RNN keepOrder seqLengths", nnx.RNN(gru(), reverse=True, keep_order=True), x, lambda m, x: m(x, seq_lengths=lengths))
case("RNN timeMajor keepOrder seqLengths", nnx.RNN(gru(), time_major=True, reverse=True, keep_order=True), ramp(4, 2, 3), lambda m, x: m(x, seq_lengths=lengths))
case("RNN returnCarry", nnx.RNN(lstm(), return_carry=True), x, lambda m, x: flat(*m(x)))
case("RNN returnCarry seqLengths", nnx.RNN(lstm(), return_carry=True), x, lambda m, x: flat(*m(x, seq_lengths=lengths)))
case("RNN initialCarry", nnx.RNN(gru()), x, lambda m, x: m(x, initial_carry=weights(2, 2)))
case("RNN rngs", nnx.RNN(gru(), rngs=nnx.Rngs(7)), x)
case("RNN one sequence", nnx.RNN(gru()), x[0])
case("RNN two batch axes", nnx.RNN(gru()), ramp(2, 2, 3, 3))
pair = lambda: (nnx.RNN(gru()), nnx.RNN(lstm()))
case("Bidirectional", nnx.Bidirectional(*pair()), x)
case("Bidirectional seqLengths", nnx.Bidirectional(*pair()), x, lambda m, x: m(x, seq_lengths=lengths))
case("Bidirectional returnCarry", nnx.Bidirectional(*pair(), return_carry=True), x, lambda m, x: flat(*m(x)))
case("Bidirectional mergeFn", nnx.Bidirectional(*pair(), merge_fn=jnp.add, time_major=True, rngs=nnx.Rngs(7)), x)
case("Bidirectional initialCarry", nnx.Bidirectional(*pair()), x, lambda m, x: m(x, initial_carry=(weights(2, 2), (weights(2, 2), ramp(2, 2)))))

x = ramp(4, 3)
adapter = dict(b_initializer=normal)
case("LoRA", nnx.LoRA(3, 2, 4, **adapter, rngs=nnx.Rngs(0)), x)
case("LoRA baseModule", nnx.LoRA(3, 2, 4, base_module=nnx.Linear(3, 4, rngs=nnx.Rngs(1)), **adapter, rngs=nnx.Rngs(0)), x)
case("LoRA defaults", nnx.LoRA(3, 2, 4, dtype=f16, rngs=nnx.Rngs(0)), x)
case("LoRALinear", nnx.LoRALinear(3, 4, lora_rank=2, **adapter, **both()), x)
case("LoRALinear options", nnx.LoRALinear(3, 4, lora_rank=2, use_bias=False, lora_dtype=f16, lora_param_dtype=jnp.bfloat16, rngs=nnx.Rngs(0)), x)

lin = lambda: nnx.Linear(3, 4, **both())
conv = lambda: nnx.Conv(2, 3, (2, 2), **both())
image = ramp(2, 3, 3, 2)
zero = dict(rngs=nnx.Rngs(0))
case("WeightNorm", nnx.WeightNorm(lin(), **zero), x, wrapped=True)
case("WeightNorm Conv", nnx.WeightNorm(conv(), **zero), image, wrapped=True)
case("WeightNorm featureAxes", nnx.WeightNorm(conv(), feature_axes=(-2, -1), epsilon=0.1, **zero), image, wrapped=True)
case("WeightNorm no featureAxes", nnx.WeightNorm(lin(), feature_axes=None, use_scale=False, **zero), x, wrapped=True)
case("WeightNorm variableFilter", nnx.WeightNorm(lin(), variable_filter=nnx.PathContains("bias"), **zero), x, wrapped=True)
case("SpectralNorm", nnx.SpectralNorm(lin(), rngs=nnx.Rngs(0)), x)
case("SpectralNorm Conv", nnx.SpectralNorm(conv(), n_steps=3, epsilon=1e-6, rngs=nnx.Rngs(0)), image)
case("SpectralNorm updateStats false", nnx.SpectralNorm(lin(), update_stats=False, rngs=nnx.Rngs(0)), x)
print("};")
