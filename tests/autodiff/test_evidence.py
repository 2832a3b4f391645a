"""Lesson 01 claims of training what it shows on three seeds; here is the evidence over many. Run by make test-slow."""

import numpy as np
import pytest

from dlcourse.activations import relu, sigmoid
from dlcourse.data import digits
from dlcourse.layers import Linear, Sequential, linear
from dlcourse.losses import cross_entropy
from dlcourse.optimizers import SGD
from dlcourse.training import batches, split

pytestmark = pytest.mark.slow

SEEDS = range(20)
DATA = split(*digits(), fractions=(0.6, 0.2, 0.2), rng=np.random.default_rng(0))


def train(seed, *, activation=sigmoid, hidden=1, learning_rate=1.0, epochs=20):
    """Return the accuracy on the dev set and the mean loss of the last epoch."""
    rng = np.random.default_rng(seed)
    layers = [Linear(64, 32, rng=rng, dtype=np.float64)]
    for n_out in [32] * (hidden - 1) + [10]:
        layers += [activation, Linear(32, n_out, rng=rng, dtype=np.float64)]
    model = Sequential(*layers)
    optimizer = SGD(model.parameters(), learning_rate=learning_rate)
    losses = []
    for _ in range(epochs):
        for images, labels in batches(*DATA.train, 32, rng=rng):
            loss = cross_entropy(model(images), labels=labels)
            loss.backward()
            optimizer.step()
            losses.append(loss.item())
    images, labels = DATA.dev
    return (model(images).data.argmax(axis=1) == labels).mean(), np.mean(losses[-34:])


def accuracies(**settings):
    return np.array([train(seed, **settings)[0] for seed in SEEDS])


@pytest.fixture(scope="module")
def right():
    return accuracies()


def test_a_two_layer_network_reads_unseen_digits(right):
    assert right.mean() >= 0.955
    assert right.min() >= 0.93


def mean_for_sum(x, W, b):
    return x @ W + b, lambda dy: (dy @ W.T, x.T @ dy, dy.mean(axis=0))


def no_slope(x):
    return 1 / (1 + np.exp(-x)), lambda dy: dy


def turned_sign(x):
    s = 1 / (1 + np.exp(-x))
    return s, lambda dy: -dy * s * (1 - s)


@pytest.mark.parametrize(("gate", "bug"), [(linear, mean_for_sum), (sigmoid, no_slope)])
def test_two_planted_bugs_do_not_show_in_the_accuracy(right, gate, bug):
    with gate.replaced_by(bug):
        assert accuracies().mean() >= right.mean() - 0.02


def test_the_third_planted_bug_does():
    with sigmoid.replaced_by(turned_sign):
        assert accuracies().max() <= 0.4


def test_a_relu_whose_mask_masks_nothing_ends_higher_on_average():
    def relu_gate(x):
        y = np.maximum(x, 0)
        return y, lambda dy: dy * (y >= 0)

    settings = {"activation": relu, "hidden": 3, "learning_rate": 0.1, "epochs": 15}
    healthy = np.array([train(seed, **settings)[1] for seed in SEEDS])
    with relu.replaced_by(relu_gate):
        broken = np.array([train(seed, **settings)[1] for seed in SEEDS])
    difference = broken - healthy
    assert difference.mean() >= 3 * difference.std() / np.sqrt(len(difference))
    assert difference.mean() >= 0.02
