"""A training step of a small network: forward, backward, and a step of gradient descent."""

import importlib

import numpy as np

from benchmarks.harness import Row, compare
from dlcourse.activations import relu
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import cross_entropy
from dlcourse.optimizers import SGD

N_IN, HIDDEN, CLASSES = 784, 128, 10
LEARNING_RATE = 0.1
TARGETS = {32: {"torch": 0.7, "autograd": None}, 256: {"torch": 0.9, "autograd": None}}


def drawing(batch):
    """Return what draws a batch of images, their labels, and first weights."""

    def draw(rng):
        images = rng.normal(size=(batch, N_IN)).astype(np.float32)
        labels = rng.integers(0, CLASSES, batch)
        W1, b1, W2, b2 = (
            rng.normal(size=shape, scale=0.05).astype(np.float32)
            for shape in [(N_IN, HIDDEN), HIDDEN, (HIDDEN, CLASSES), CLASSES]
        )
        return images, labels, W1, b1, W2, b2

    return draw


def ours(images, labels, *weights):
    rng = np.random.default_rng(0)
    model = Sequential(Linear(N_IN, HIDDEN, rng=rng), relu, Linear(HIDDEN, CLASSES, rng=rng))
    parameters = model.parameters()
    for parameter, array in zip(parameters, weights, strict=True):
        parameter.data[...] = array
    optimizer = SGD(parameters, learning_rate=LEARNING_RATE)

    def run():
        loss = cross_entropy(model(images), labels=labels)
        loss.backward()
        optimizer.step()
        return [loss.data, *(parameter.data for parameter in parameters)]

    return run


def torch(images, labels, *weights):
    torch = importlib.import_module("torch")
    torch.set_num_threads(1)
    images, labels = torch.tensor(images), torch.tensor(labels)
    model = torch.nn.Sequential(torch.nn.Linear(N_IN, HIDDEN), torch.nn.ReLU(), torch.nn.Linear(HIDDEN, CLASSES))
    parameters = list(model.parameters())
    with torch.no_grad():
        for parameter, array in zip(parameters, weights, strict=True):
            parameter.copy_(torch.from_numpy(array.T))  # torch keeps W transposed; a vector stays as it is
    optimizer = torch.optim.SGD(parameters, lr=LEARNING_RATE)

    def run():
        optimizer.zero_grad()
        loss = torch.nn.functional.cross_entropy(model(images), labels)
        loss.backward()
        optimizer.step()
        return [loss.item(), *(parameter.detach().numpy().T for parameter in parameters)]

    return run


def autograd(images, labels, *weights):
    package, anp = importlib.import_module("autograd"), importlib.import_module("autograd.numpy")
    parameters = [array.copy() for array in weights]
    rows = np.arange(len(labels))

    def loss_of(W1, b1, W2, b2):
        logits = anp.dot(anp.maximum(anp.dot(images, W1) + b1, 0), W2) + b2
        shifted = logits - anp.max(logits, axis=1, keepdims=True)
        return anp.mean(anp.log(anp.sum(anp.exp(shifted), axis=1)) - shifted[rows, labels])

    loss_and_gradients = package.value_and_grad(loss_of, (0, 1, 2, 3))

    def run():
        loss, gradients = loss_and_gradients(*parameters)
        for w, g in zip(parameters, gradients, strict=True):
            w -= np.float32(LEARNING_RATE) * g
        return [loss, *parameters]

    return run


CONTESTANTS = {"dlcourse": ours, "torch": torch, "autograd": autograd}


def rows(rounds: int = 200) -> list[Row]:
    found = []
    for batch, targets in TARGETS.items():
        work = f"MLP {N_IN}-{HIDDEN}-{CLASSES} training step, batch {batch}"
        found += compare(work, CONTESTANTS, targets, drawing(batch), rounds=rounds)
    return found
