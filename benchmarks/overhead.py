"""What recording an operation and walking back through it costs, on arrays so small that little else counts."""

import importlib

import numpy as np

from benchmarks.harness import Row, compare
from dlcourse.activations import relu
from dlcourse.autodiff import Tensor

LINKS = 33
OPERATIONS = 3 * LINKS + 1  # a product, a sum and a relu in each link; the sum at the end
SIZE = 4


def draw(rng):
    # All positive, and w near 1, so that neither values nor gradients die along the chain.
    return tuple(rng.uniform(low, high, SIZE).astype(np.float32) for low, high in [(0.5, 2), (0.95, 1.05), (0.1, 0.5)])


def ours(*inputs):
    x, w, b = map(Tensor, inputs)

    def run():
        x.grad = w.grad = b.grad = None
        h = x
        for _ in range(LINKS):
            h = relu(h * w + b)
        h.sum().backward()
        return h.data, x.grad, w.grad, b.grad

    return run


def torch(*inputs):
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    x, w, b = (torch.tensor(array, requires_grad=True) for array in inputs)

    def run():
        x.grad = w.grad = b.grad = None
        h = x
        for _ in range(LINKS):
            h = torch.relu(h * w + b)
        h.sum().backward()
        return h.detach(), x.grad, w.grad, b.grad

    return run


def autograd(*inputs):
    package, anp = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")

    def chain(x, w, b):
        h = x
        for _ in range(LINKS):
            h = anp.maximum(h * w + b, 0)
        seen.append(h._value)
        return h.sum()

    seen: list = []
    gradients = package.grad(chain, (0, 1, 2))

    def run():
        seen.clear()
        found = gradients(*inputs)
        return [*seen, *found]

    return run


def micrograd(*inputs):
    Value = importlib.import_module("micrograd.engine").Value

    def run():
        x, w, b = ([Value(float(number)) for number in array] for array in inputs)
        h = x
        for _ in range(LINKS):
            h = [(hi * wi + bi).relu() for hi, wi, bi in zip(h, w, b, strict=True)]
        total = h[0]
        for hi in h[1:]:
            total = total + hi
        total.backward()
        return [[value.data for value in h], *([value.grad for value in leaves] for leaves in (x, w, b))]

    return run


CONTESTANTS = {"dlcourse": ours, "torch": torch, "autograd": autograd, "micrograd": micrograd}


def rows(rounds: int = 300) -> list[Row]:
    targets = {"torch": 0.5, "autograd": 0.25, "micrograd": None}
    work = f"autodiff overhead, per operation on {SIZE} numbers"
    return compare(work, CONTESTANTS, targets, draw, unit="µs", per=OPERATIONS, rounds=rounds, calls=3)
