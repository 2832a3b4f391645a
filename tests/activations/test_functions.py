"""What the table of cases can't say about the activations: kinks, tails, identities."""

import numpy as np
import pytest

from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.autodiff import Tensor, grad, jvp

X = np.linspace(-6, 6, 49)


def slope(function, x):
    x = np.asarray(x, float)
    return function.vjp(x)[1](np.ones_like(x))


def test_the_slope_of_relu_at_zero_is_zero():
    np.testing.assert_array_equal(slope(relu, [-1.0, -0.0, 0.0, 1.0]), [0.0, 0.0, 0.0, 1.0])
    assert grad(relu)(np.array(0.0)) == 0.0


def test_the_slope_of_sigmoid_is_a_quarter_at_zero_and_at_most_that():
    assert slope(sigmoid, 0.0) == 0.25
    assert slope(sigmoid, X).max() == 0.25


def test_the_slope_of_tanh_is_one_at_zero():
    assert slope(tanh, 0.0) == 1.0


@pytest.mark.parametrize(
    ("function", "x", "value"),
    [
        (sigmoid, 4.0, 0.017662706213),
        (tanh, 4.0, 0.001340950683),
        (sigmoid, 2.0, 0.104993585404),
        (tanh, 2.0, 0.070650824853),
    ],
)
def test_the_slopes_in_the_saturated_range_are_those_of_the_table(function, x, value):
    assert slope(function, x) == pytest.approx(value, abs=1e-12)


def test_tanh_is_a_sigmoid_stretched():
    np.testing.assert_allclose(tanh(X), 2 * sigmoid(2 * X) - 1, rtol=0, atol=1e-15)


def test_sigmoid_of_minus_x_is_one_minus_sigmoid():
    np.testing.assert_allclose(sigmoid(-X), 1 - sigmoid(X), rtol=0, atol=1e-15)


def test_the_slope_of_sigmoid_is_y_times_one_minus_y():
    y = sigmoid(X)
    np.testing.assert_allclose(slope(sigmoid, X), y * (1 - y), rtol=1e-13)


def test_sigmoid_is_exact_in_both_tails():
    assert sigmoid(np.array(-40.0)) == pytest.approx(np.exp(-40), rel=1e-15)
    assert slope(sigmoid, 40.0) == pytest.approx(np.exp(-40), rel=1e-15)
    assert slope(sigmoid, -40.0) == pytest.approx(np.exp(-40), rel=1e-15)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("function", "low", "high"),
    [(sigmoid, 0.0, 1.0), (tanh, -1.0, 1.0), (relu, 0.0, 800.0)],
    ids=["sigmoid", "tanh", "relu"],
)
def test_plus_and_minus_800_raise_no_warning_in_any_mode(function, low, high, dtype):
    x = Tensor(np.array([-800.0, 800.0], dtype))
    y = function(x)
    y.sum().backward()
    np.testing.assert_array_equal(y.data, np.array([low, high], dtype))
    np.testing.assert_array_equal(x.grad, [0.0, 1.0 if function is relu else 0.0])
    _, forward = jvp(function, (x.data,), (np.ones(2, dtype),))
    np.testing.assert_array_equal(forward, x.grad)


def test_infinity_is_the_limit_and_nan_stays():
    np.testing.assert_array_equal(sigmoid(np.array([-np.inf, np.inf, np.nan])), [0.0, 1.0, np.nan])
    np.testing.assert_array_equal(tanh(np.array([-np.inf, np.inf, np.nan])), [-1.0, 1.0, np.nan])
    np.testing.assert_array_equal(relu(np.array([-np.inf, np.inf, np.nan])), [0.0, np.inf, np.nan])


def test_whole_numbers_and_lists_are_taken_by_a_plain_call():
    np.testing.assert_array_equal(relu([-1, 2]), [0, 2])
    np.testing.assert_array_equal(sigmoid(np.array([0])), [0.5])
