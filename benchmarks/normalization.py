"""Batch normalization of a batch of images, forward and backward."""

import importlib

import numpy as np

from benchmarks.harness import Row, compare
from dlcourse.normalization import batch_norm

SHAPE = (64, 16, 14, 14)
FORWARD_TARGETS = {"torch": 0.9}
BACKWARD_TARGETS = {"torch": 2}


def drawing(shape):
    """Return what draws images, gamma, beta, and a gradient of the output."""

    def draw(rng):
        images, dy = (rng.normal(size=shape).astype(np.float32) for _ in range(2))
        gamma, beta = (rng.uniform(0.5, 2, shape[1]).astype(np.float32) for _ in range(2))
        return images, gamma, beta, dy

    return draw


def ours_forward(images, gamma, beta, dy):
    return lambda: [batch_norm.vjp(images, gamma, beta)[0]]


def ours_backward(images, gamma, beta, dy):
    _, backward = batch_norm.vjp(images, gamma, beta)
    return lambda: backward(dy)


def torch_forward(images, gamma, beta, dy):
    torch, leaves = _leaves_of_torch(images, gamma, beta)
    return lambda: [_batch_norm_of_torch(torch, *leaves).detach()]


def torch_backward(images, gamma, beta, dy):
    torch, leaves = _leaves_of_torch(images, gamma, beta)
    y, dy = _batch_norm_of_torch(torch, *leaves), torch.from_numpy(dy)
    return lambda: torch.autograd.grad(y, leaves, dy, retain_graph=True)


def _leaves_of_torch(*arrays):
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    return torch, [torch.from_numpy(array).requires_grad_() for array in arrays]


def _batch_norm_of_torch(torch, images, gamma, beta):
    return torch.nn.functional.batch_norm(images, None, None, gamma, beta, training=True)


FORWARD = {"dlcourse": ours_forward, "torch": torch_forward}
BACKWARD = {"dlcourse": ours_backward, "torch": torch_backward}


def rows(rounds: int = 200) -> list[Row]:
    work, draw = f"batch norm {SHAPE}", drawing(SHAPE)
    return [
        *compare(f"{work} forward", FORWARD, FORWARD_TARGETS, draw, rounds=rounds),
        *compare(f"{work} backward", BACKWARD, BACKWARD_TARGETS, draw, rounds=rounds),
    ]
