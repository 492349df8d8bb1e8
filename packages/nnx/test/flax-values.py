"""Writes flax-values.ts, the outputs and gradients of Flax's own layers that the tests compare with.

Run: python flax-values.py > flax-values.ts   (jax 0.10.2, flax 0.12.8, CPU)

Every case draws its weights from nnx.Rngs(0), with a normal(1.0) bias so that the bias matters, and
takes the gradient of sum(y * weights) with respect to the model and the input, where
input[i] = ((37 i) mod 23 - 11) / 8 and weights[i] = ((5 i) mod 7 - 3) / 4 in row-major order.
"""

import jax
import jax.numpy as jnp
import numpy as np
from flax import nnx

normal = nnx.initializers.normal(1.0)


def pattern(shape, factor, modulus, offset, scale, dtype=np.float32):
    n = int(np.prod(shape))
    return jnp.asarray(((np.arange(n) * factor % modulus - offset) / scale).reshape(shape), dtype)


def ramp(shape, dtype=np.float32):
    return pattern(shape, 37, 23, 11, 8, dtype)


def weights(shape):
    return pattern(shape, 5, 7, 3, 4)


def text(value):
    a = np.asarray(value).astype(np.float32)
    flat = ", ".join(repr(x.item()) if x == int(x) else str(x) for x in a.reshape(-1))
    return f"{{ shape: {list(a.shape)}, values: [{flat}] }}"


def case(name, model, x, call=lambda m, x: m(x)):
    floating = jnp.issubdtype(x.dtype, jnp.floating)
    print(f'  "{name}": {{')
    graphdef, params, rest = nnx.split(model, nnx.Param, ...)

    def loss(params, x):
        m = nnx.merge(graphdef, params, nnx.clone(rest))
        y = call(m, x)
        return jnp.sum(y.astype(jnp.float32) * weights(y.shape)), (y, nnx.state(m, nnx.BatchStat))

    argnums = (0, 1) if floating else (0,)
    gradients, (y, stats) = jax.grad(loss, argnums=argnums, has_aux=True)(params, x)
    print(f'    dtype: "{y.dtype}",')
    print(f"    y: {text(y)},")
    print("    params: {")
    for path, g in nnx.to_flat_state(gradients[0]):
        print(f"      {path[-1]}: {text(g.get_value())},")
    print("    },")
    if floating:
        print(f"    x: {text(gradients[1])},")
    flat = nnx.to_flat_state(stats)
    if flat:
        print("    stats: {")
        for path, v in flat:
            print(f"      {path[-1]}: {text(v.get_value())},")
        print("    },")
    print("  },")


def linear(*args, **options):
    return nnx.Linear(*args, bias_init=normal, rngs=nnx.Rngs(0), **options)


def conv(*args, **options):
    return nnx.Conv(*args, bias_init=normal, rngs=nnx.Rngs(0), **options)


def norm(*args, **options):
    return nnx.BatchNorm(*args, bias_init=normal, scale_init=normal, rngs=nnx.Rngs(0), **options)


print("// Written by flax-values.py, which says how; jax 0.10.2, flax 0.12.8, CPU.")
print("// prettier-ignore")
print("export const layerCases = {")

x = ramp((2, 3))
case("Linear", linear(3, 4), x)
case("Linear useBias false", linear(3, 4, use_bias=False), x)
case("Linear one row", linear(3, 4), x[0])
case("Linear two batch axes", linear(3, 4), ramp((2, 2, 3)))
case("Linear int32 input", linear(3, 4), jnp.asarray([[1, 2, 3], [4, 5, 6]], jnp.int32))
case("Linear dtype float16", linear(3, 4, dtype=jnp.float16), x)
case("Linear paramDtype bfloat16", linear(3, 4, param_dtype=jnp.bfloat16), x)
case("Linear float16 input", linear(3, 4), x.astype(jnp.float16))

image = ramp((2, 5, 5, 2))
case("Conv SAME", conv(2, 3, (3, 3)), image)
case("Conv useBias false", conv(2, 3, (3, 3), use_bias=False), image)
case("Conv VALID strides 2", conv(2, 3, (3, 3), 2, padding="VALID"), image)
case("Conv SAME even kernel strides", conv(2, 3, (2, 4), (2, 3)), image)
case("Conv SAME_LOWER", conv(2, 3, (2, 4), (2, 3), padding="SAME_LOWER"), image)
case("Conv CIRCULAR", conv(2, 3, (3, 2), padding="CIRCULAR", kernel_dilation=2), image)
case("Conv REFLECT", conv(2, 3, (3, 4), 2, padding="REFLECT"), image)
case("Conv CAUSAL", conv(2, 3, (3,), padding="CAUSAL", kernel_dilation=2), ramp((2, 6, 2)))
case("Conv integer padding, inputDilation", conv(2, 3, (3, 3), padding=1, input_dilation=2), image)
case("Conv mixed padding", conv(2, 3, (3, 3), padding=[(1, 2), 0]), image)
case("Conv featureGroupCount", conv(2, 4, (3, 3), feature_group_count=2), image)
case("Conv mask", conv(2, 3, (2, 2), mask=(weights((2, 2, 2, 3)) > 0).astype(jnp.float32)), image)
case("Conv no batch axis", conv(2, 3, (3, 3)), image[0])
case("Conv two batch axes", conv(2, 3, (2,)), ramp((2, 2, 4, 2)))
case("Conv number kernelSize", conv(2, 3, 3), ramp((2, 4, 2)))
case("Conv three spatial axes", conv(1, 2, (2, 2, 2)), ramp((1, 3, 3, 3, 1)))
case("Conv dtype bfloat16", conv(2, 3, (3, 3), dtype=jnp.bfloat16), image)

x = ramp((4, 3))
case("BatchNorm", norm(3), x)
case("BatchNorm useRunningAverage", norm(3, use_running_average=True), x)
case("BatchNorm axis 1", norm(3, axis=1), ramp((2, 3, 4)))
case("BatchNorm image", norm(2, momentum=0.9, epsilon=1e-3), image)
case("BatchNorm plain", norm(3, use_bias=False, use_scale=False), x)
case("BatchNorm useFastVariance false", norm(3, use_fast_variance=False), x)
mask = jnp.asarray([[True], [True], [False], [True]])
case("BatchNorm mask", norm(3), x, lambda m, x: m(x, mask=mask))
case("BatchNorm slow mask", norm(3, use_fast_variance=False), x, lambda m, x: m(x, mask=mask))
case("BatchNorm dtype float16", norm(3, dtype=jnp.float16), x)


def twice(m, x):
    m(x * 2)
    return m(x)


case("BatchNorm two steps", norm(3), x, twice)


def drop(*args, **options):
    return nnx.Dropout(*args, rngs=nnx.Rngs(0), **options)


case("Dropout", drop(0.25), ramp((3, 5)))
case("Dropout second call", drop(0.25), ramp((3, 5)), twice)
case("Dropout broadcastDims", drop(0.5, broadcast_dims=(0, -1)), ramp((2, 4, 3)))
case("Dropout rate 1", drop(1.0), ramp((3, 5)))
case("Dropout given key", drop(0.25), ramp((8,)), lambda m, x: m(x, rngs=jax.random.key(7)))
case("Dropout given Rngs", drop(0.25), ramp((8,)), lambda m, x: m(x, rngs=nnx.Rngs(params=1, dropout=2)))
case("Dropout float16", drop(0.25), ramp((8,), np.float16))
print("};")

print("// prettier-ignore")
print("export const poolCases = {")


class Pool(nnx.Module):
    def __init__(self, f):
        self.f = f

    def __call__(self, x):
        return self.f(x)


def pools(name, x, window, **options):
    for pool in (nnx.max_pool, nnx.min_pool, nnx.avg_pool):
        short = pool.__name__.replace("_p", "P")
        case(f"{short} {name}", Pool(lambda x: pool(x, window, **options)), x)


pools("overlapping", image, (2, 2))
pools("strides SAME", image, (2, 2), strides=(2, 2), padding="SAME")
pools("pairs", image, (3, 2), strides=(2, 1), padding=[(1, 1), (0, 1)])
pools("no batch axis", image[0], (2, 2), strides=(2, 2))
pools("two batch axes", ramp((2, 2, 6, 1)), (3,), strides=(3,))
pools("one axis", ramp((2, 6, 2)), (3,), strides=(2,), padding="SAME")
options = dict(strides=(2, 2), padding="SAME", count_include_pad=False)
case("avgPool countIncludePad false", Pool(lambda x: nnx.avg_pool(x, (2, 2), **options)), image)
print("};")
