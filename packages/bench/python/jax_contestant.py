"""JAX, Flax and Optax. Compiled, except for the small operations, which are timed as they are."""

import one_thread  # noqa: F401

import jax
import jax.numpy as jnp
import optax
from flax import nnx

from harness import Call, answer_questions
from inputs import numbers, training_task

# Calls then run on the calling thread: several times faster where there is little to compute.
jax.config.update("jax_cpu_enable_async_dispatch", False)


def array_call(f, *arguments):
    return Call(lambda: f(*arguments).block_until_ready())


def matmul(sizes):
    n = int(sizes["n"])
    a, b = jnp.asarray(numbers((n, n), 1)), jnp.asarray(numbers((n, n), 2))

    def product(a, b):
        return (a.T if sizes["transposeA"] else a) @ (b.T if sizes["transposeB"] else b)

    return array_call(jax.jit(product), a, b)


def convolution(kind, sizes):
    batch, side, inputs, out, window = (int(sizes[k]) for k in ("batch", "side", "in", "out", "window"))
    x = jnp.asarray(numbers((batch, side, side, inputs), 1))
    k = jnp.asarray(numbers((window, window, inputs, out), 2))
    ct = jnp.asarray(numbers((batch, side, side, out), 3))

    def forward(x, k):
        return jax.lax.conv_general_dilated(
            x, k, (1, 1), "SAME", dimension_numbers=("NHWC", "HWIO", "NHWC")
        )

    if kind == "convForward":
        return array_call(jax.jit(forward), x, k)
    if kind == "convInputGradient":
        return array_call(jax.jit(lambda x, k, ct: jax.vjp(lambda x: forward(x, k), x)[1](ct)[0]), x, k, ct)
    return array_call(jax.jit(lambda x, k, ct: jax.vjp(lambda k: forward(x, k), k)[1](ct)[0]), x, k, ct)


def layer_norm(shape):
    norm = nnx.LayerNorm(shape[1], rngs=nnx.Rngs(0))
    step = nnx.cached_partial(nnx.jit(lambda norm, x: norm(x)), norm)
    return array_call(step, jnp.asarray(numbers(shape, 1)))


def adam():
    tx = optax.adam(1e-3)
    gradient = jnp.asarray(numbers((10**6,), 2))
    params = jnp.asarray(numbers((10**6,), 1))
    carry = [params, tx.init(params)]

    def update(gradient, params, state):
        updates, state = tx.update(gradient, state, params)
        return optax.apply_updates(params, updates), state

    compiled = jax.jit(update, donate_argnums=(1, 2))

    def run():
        carry[:] = compiled(gradient, *carry)
        return jax.block_until_ready(carry)[0]

    return Call(run)


def chain_gradient(n, chain):
    a, b = jnp.asarray(numbers((n,), 1)), jnp.asarray(numbers((n,), 2))

    def chained(x):
        for _ in range(chain):
            x = x + b
        return x.sum()

    return array_call(jax.grad(chained), a)


class MLP(nnx.Module):
    def __init__(self, layers):
        self.layers = nnx.List([linear(*layer) for layer in layers])

    def __call__(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x if i == 0 else nnx.relu(x))
        return x


class CNN(nnx.Module):
    def __init__(self, layers):
        self.conv1, self.conv2 = conv(*layers[0]), conv(*layers[1])
        self.linear1, self.linear2 = linear(*layers[2]), linear(*layers[3])

    def __call__(self, x):
        x = nnx.max_pool(nnx.relu(self.conv1(x)), (2, 2), (2, 2))
        x = nnx.max_pool(nnx.relu(self.conv2(x)), (2, 2), (2, 2))
        x = nnx.relu(self.linear1(x.reshape(x.shape[0], -1)))
        return self.linear2(x)


def linear(kernel, bias):
    layer = nnx.Linear(*kernel.shape, rngs=nnx.Rngs(0))
    layer.kernel[...], layer.bias[...] = jnp.asarray(kernel), jnp.asarray(bias)
    return layer


def conv(kernel, bias):
    layer = nnx.Conv(kernel.shape[2], kernel.shape[3], kernel.shape[:2], rngs=nnx.Rngs(0))
    layer.kernel[...], layer.bias[...] = jnp.asarray(kernel), jnp.asarray(bias)
    return layer


def training(kind, batch):
    layers, x, labels = training_task(kind, batch)
    x, labels = jnp.asarray(x), jnp.asarray(labels)
    model = CNN(layers) if kind == "cnn" else MLP(layers)
    optimizer = nnx.Optimizer(model, optax.adam(1e-3), wrt=nnx.Param)

    @nnx.jit
    def step(model, optimizer, x, labels):
        def loss(model):
            return optax.softmax_cross_entropy_with_integer_labels(model(x), labels).mean()

        value, grads = nnx.value_and_grad(loss)(model)
        optimizer.update(model, grads)
        return value

    cached = nnx.cached_partial(step, model, optimizer)
    return Call(lambda: float(cached(x, labels)), lambda loss: [loss])


def make(workload):
    kind, sizes = workload["kind"], workload["sizes"]
    n = int(sizes.get("n", 0))
    key = jax.random.key(0)
    if kind == "matmul":
        return matmul(sizes)
    if kind.startswith("conv"):
        return convolution(kind, sizes)
    if kind == "softmax":
        return array_call(jax.jit(jax.nn.softmax), jnp.asarray(numbers((1000, 1000), 1)))
    if kind == "layerNorm":
        return layer_norm((1000, 1000))
    if kind == "adam":
        return adam()
    if kind == "uniform":
        return array_call(jax.jit(lambda key: jax.random.uniform(key, (n,))), key)
    if kind == "normal":
        return array_call(jax.jit(lambda key: jax.random.normal(key, (n,))), key)
    if kind == "add":
        return array_call(jnp.add, jnp.asarray(numbers((n,), 1)), jnp.asarray(numbers((n,), 2)))
    if kind == "addGradient":
        return chain_gradient(n, int(sizes["chain"]))
    return training(kind, int(sizes["batch"]))


answer_questions(make)
