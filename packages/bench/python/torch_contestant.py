"""PyTorch, eager. Images are channels first: here that is faster than channels last."""

import one_thread  # noqa: F401

import numpy as np
import torch
import torch.nn.functional as F

from harness import Call, answer_questions
from inputs import numbers, training_task

torch.set_num_threads(1)


def tensor_call(f, *arguments):
    def run():
        with torch.no_grad():
            return f(*arguments)

    return Call(run, lambda y: y.detach().numpy())


def matmul(sizes):
    n = int(sizes["n"])
    a, b = torch.from_numpy(numbers((n, n), 1)), torch.from_numpy(numbers((n, n), 2))
    return tensor_call(torch.matmul, a.T if sizes["transposeA"] else a, b.T if sizes["transposeB"] else b)


def channels_first(x):
    return torch.from_numpy(x).permute(0, 3, 1, 2).contiguous()


def oihw(kernel):
    return torch.from_numpy(kernel).permute(3, 2, 0, 1).contiguous()


def convolution(kind, sizes):
    batch, side, inputs, out, window = (int(sizes[k]) for k in ("batch", "side", "in", "out", "window"))
    x = channels_first(numbers((batch, side, side, inputs), 1))
    k = oihw(numbers((window, window, inputs, out), 2))
    ct = channels_first(numbers((batch, side, side, out), 3))
    if kind == "convForward":
        call = tensor_call(lambda: F.conv2d(x, k, padding="same"))
        call.read = lambda y: y.permute(0, 2, 3, 1).numpy()
        return call
    mask = [kind == "convInputGradient", kind == "convKernelGradient", False]

    def backward():
        gradients = torch.ops.aten.convolution_backward(
            ct, x, k, None, [1, 1], [window // 2] * 2, [1, 1], False, [0, 0], 1, mask
        )
        return gradients[0] if mask[0] else gradients[1]

    call = tensor_call(backward)
    axes = (0, 2, 3, 1) if mask[0] else (2, 3, 1, 0)
    call.read = lambda y: y.permute(*axes).numpy()
    return call


def adam():
    params = torch.from_numpy(numbers((10**6,), 1)).requires_grad_()
    params.grad = torch.from_numpy(numbers((10**6,), 2))
    optimizer = torch.optim.Adam([params], lr=1e-3, fused=True)
    return Call(lambda: optimizer.step(), lambda _: params.detach().numpy().copy())


def chain_gradient(n, chain):
    a, b = torch.from_numpy(numbers((n,), 1)).requires_grad_(), torch.from_numpy(numbers((n,), 2))

    def run():
        x = a
        for _ in range(chain):
            x = x + b
        return torch.autograd.grad(x.sum(), a)[0]

    return Call(run, lambda y: y.numpy())


class MLP(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.layers = torch.nn.ModuleList([linear(*layer) for layer in layers])

    def forward(self, x):
        for i, layer in enumerate(self.layers):
            x = layer(x if i == 0 else F.relu(x))
        return x


class CNN(torch.nn.Module):
    def __init__(self, layers):
        super().__init__()
        self.conv1, self.conv2 = conv(*layers[0]), conv(*layers[1])
        kernel, bias = layers[2]
        # Rows in the order in which flattening channels first gives the features.
        rows = kernel.reshape(7, 7, 64, -1).transpose(2, 0, 1, 3).reshape(kernel.shape)
        self.linear1, self.linear2 = linear(rows, bias), linear(*layers[3])

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.conv1(x)), 2)
        x = F.max_pool2d(F.relu(self.conv2(x)), 2)
        return self.linear2(F.relu(self.linear1(x.flatten(1))))


def linear(kernel, bias):
    layer = torch.nn.Linear(*kernel.shape)
    with torch.no_grad():
        layer.weight.copy_(torch.from_numpy(np.ascontiguousarray(kernel.T)))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def conv(kernel, bias):
    layer = torch.nn.Conv2d(kernel.shape[2], kernel.shape[3], kernel.shape[0], padding="same")
    with torch.no_grad():
        layer.weight.copy_(oihw(kernel))
        layer.bias.copy_(torch.from_numpy(bias))
    return layer


def training(kind, batch):
    layers, x, labels = training_task(kind, batch)
    model = CNN(layers) if kind == "cnn" else MLP(layers)
    x = channels_first(x) if kind == "cnn" else torch.from_numpy(x)
    labels = torch.from_numpy(labels).long()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=True)

    def step():
        optimizer.zero_grad(set_to_none=True)
        loss = F.cross_entropy(model(x), labels)
        loss.backward()
        optimizer.step()
        return loss.item()

    return Call(step, lambda loss: [loss])


def make(workload):
    kind, sizes = workload["kind"], workload["sizes"]
    n = int(sizes.get("n", 0))
    if kind == "matmul":
        return matmul(sizes)
    if kind.startswith("conv"):
        return convolution(kind, sizes)
    if kind == "softmax":
        return tensor_call(lambda x: F.softmax(x, -1), torch.from_numpy(numbers((1000, 1000), 1)))
    if kind == "layerNorm":
        x, scale, bias = torch.from_numpy(numbers((1000, 1000), 1)), torch.ones(1000), torch.zeros(1000)
        return tensor_call(lambda: F.layer_norm(x, (1000,), scale, bias, 1e-6))
    if kind == "adam":
        return adam()
    if kind == "uniform":
        return tensor_call(lambda: torch.rand(n))
    if kind == "normal":
        return tensor_call(lambda: torch.randn(n))
    if kind == "add":
        return tensor_call(torch.add, torch.from_numpy(numbers((n,), 1)), torch.from_numpy(numbers((n,), 2)))
    if kind == "addGradient":
        return chain_gradient(n, int(sizes["chain"]))
    return training(kind, int(sizes["batch"]))


answer_questions(make)
