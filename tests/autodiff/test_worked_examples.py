"""The worked numbers of the decks: by hand, by the engine and by PyTorch, and as the table prints them."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, log
from dlcourse.layers import Parameter
from dlcourse.losses import binary_cross_entropy, binary_cross_entropy_with_logits
from dlcourse.optimizers import SGD
from tests.conftest import require
from tests.record_fixtures import load
from tests.worked_examples import EXAMPLES, Ours, answer_of_torch, run

every_example = pytest.mark.parametrize("name", EXAMPLES)


def by_hand(name):
    example = EXAMPLES[name]
    return example.by_hand(**example.inputs)


def assert_same(ours, theirs):
    for mine, other in zip(ours, theirs, strict=True):
        assert set(mine) == set(other)
        for key in mine:
            np.testing.assert_allclose(mine[key], np.asarray(other[key]), rtol=1e-12, atol=1e-12, err_msg=key)


@every_example
def test_the_engine_gives_what_the_formulas_on_paper_give(name):
    assert_same(run(Ours(), name), by_hand(name))


@every_example
def test_the_engine_gives_what_pytorch_gave(name):
    assert_same(run(Ours(), name), load("worked_examples")[name])


@every_example
def test_the_engine_gives_what_the_installed_pytorch_gives(name):
    assert_same(run(Ours(), name), answer_of_torch(require("torch"), name))


@pytest.mark.parametrize("name", [name for name, example in EXAMPLES.items() if example.printed])
def test_the_table_of_worked_numbers_prints_these_digits(name):
    steps, gradients = by_hand(name)
    for key, printed in EXAMPLES[name].printed.items():
        exact = steps[key] if key in steps else gradients[key.removeprefix("d")]
        decimals = 10 if name.startswith("S5-29") and key not in ("h", "p") else 12
        np.testing.assert_allclose(exact, printed, rtol=0, atol=0.51 * 10.0**-decimals, err_msg=key)


def test_every_recorded_example_is_one_of_ours():
    assert set(load("worked_examples")) == {*EXAMPLES, "torch"}


# One step along the gradient ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("rate", "after"), [(0.001, 0.731375722872), (0.01, 0.734219350758)], ids=["eta = 0.001", "eta = 0.01"]
)
def test_a_step_of_the_logistic_neuron_brings_the_output_closer_to_one(rate, after):
    x = np.array([1.0, -1.0, -2.0])
    w = Parameter([-3.0, 2.0, -3.0])
    before = sigmoid((w * x).sum())
    binary_cross_entropy(before, target=np.array(1.0)).backward()
    np.testing.assert_allclose(w.grad, [-0.268941421370, 0.268941421370, 0.537882842740], rtol=0, atol=1e-12)
    SGD([w], learning_rate=rate).step()
    if rate == 0.001:
        np.testing.assert_allclose(w.data, [-2.999731058579, 1.999731058579, -3.000537882843], rtol=0, atol=1e-12)
    p = sigmoid((w * x).sum()).item()
    assert p == pytest.approx(after, abs=1e-12)
    assert before.item() < p < 1


def test_the_misprinted_weights_of_the_deck_give_its_misprinted_output():
    x = np.array([1.0, -1.0, -2.0])
    assert sigmoid(x @ np.array([-2.9973, 1.9973, -3.00054])) == pytest.approx(0.732330714788, abs=1e-12)


@pytest.mark.parametrize("name", [name for name in EXAMPLES if "4-3-1" in name or "2-2-1" in name])
def test_a_step_of_a_two_layer_network_gives_the_output_of_the_table(name):
    after = {"2-2-1": 0.4714154732705, "x4 = 2": 0.251968022588, "x4 = -2": 0.435247585041}
    expected = next(number for key, number in after.items() if key in name.removesuffix(" as printed"))
    if name.endswith("as printed"):
        expected = after["x4 = -2"]
    inputs = EXAMPLES[name].inputs
    x, W1, W2 = np.array(inputs["x"]), Parameter(inputs["W1"]), Parameter(inputs["W2"])
    forward = lambda: sigmoid(W2 @ sigmoid(W1 @ x))
    (-log(forward())).backward()
    SGD([W1, W2], learning_rate=0.001).step()
    assert forward().item() == pytest.approx(expected, abs=1e-12)


# One function, many forms (S5-27) -------------------------------------------------------------------------


def test_the_sigmoid_gate_is_the_chain_of_its_primitive_steps():
    z = np.linspace(-5, 5, 11)
    fused, chained = Tensor(z), Tensor(z)
    from dlcourse.autodiff import exp

    sigmoid(fused).backward(np.ones(11))
    (1.0 / (1.0 + exp(-chained))).backward(np.ones(11))
    np.testing.assert_allclose(fused.grad, chained.grad, rtol=1e-13)


def test_three_ways_to_the_log_loss_have_one_gradient():
    z, t = np.array([1.0, -2.0, 0.5]), np.array([1.0, 0.0, 1.0])
    slopes = []
    for loss in (
        lambda x: binary_cross_entropy(sigmoid(x), target=t),
        lambda x: binary_cross_entropy_with_logits(x, target=t),
        lambda x: -(log(sigmoid(x)) * t + log(1 - sigmoid(x)) * (1 - t)).mean(),
    ):
        x = Tensor(z)
        loss(x).backward()
        slopes.append(x.grad)
    np.testing.assert_allclose(slopes[0], slopes[1], rtol=1e-13)
    np.testing.assert_allclose(slopes[2], slopes[1], rtol=1e-13)
