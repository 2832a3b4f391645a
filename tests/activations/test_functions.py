"""What the table of cases can't say about the activations: kinks, tails, identities."""

import numpy as np
import pytest

from dlcourse.activations import elu, leaky_relu, log_softmax, maxout, relu, sigmoid, softmax, softplus, tanh
from dlcourse.autodiff import Tensor, grad, gradient_errors, jvp
from tests.conftest import require

X = np.linspace(-6, 6, 49)


def slope(function, x, **settings):
    x = np.asarray(x, float)
    return function.vjp(x, **settings)[1](np.ones_like(x))


# Kinks ----------------------------------------------------------------------------------------------------


def test_the_slope_of_relu_at_zero_is_zero():
    np.testing.assert_array_equal(slope(relu, [-1.0, -0.0, 0.0, 1.0]), [0.0, 0.0, 0.0, 1.0])
    assert grad(relu)(np.array(0.0)) == 0.0


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_slope_of_leaky_relu_at_zero_is_that_of_the_negative_side(zero):
    assert slope(leaky_relu, zero) == 0.01
    assert slope(leaky_relu, zero, slope=0.3) == 0.3
    assert leaky_relu(np.array(zero)) == 0


@pytest.mark.parametrize("zero", [0.0, -0.0])
def test_the_slope_of_elu_at_zero_is_that_of_the_negative_side(zero):
    assert slope(elu, zero) == 1.0
    assert slope(elu, zero, alpha=0.3) == 0.3
    assert elu(np.array(zero)) == 0


def test_the_policies_at_zero_are_those_of_pytorch():
    torch = require("torch")
    functional = torch.nn.functional
    for ours, theirs, settings in [
        (relu, torch.relu, {}),
        (leaky_relu, lambda x: functional.leaky_relu(x, 0.3), {"slope": 0.3}),
        (elu, lambda x: functional.elu(x, 0.3), {"alpha": 0.3}),
        (softplus, functional.softplus, {}),
    ]:
        x = torch.zeros(1, dtype=torch.float64, requires_grad=True)
        theirs(x).sum().backward()
        assert slope(ours, 0.0, **settings) == x.grad.item()


def test_the_slope_of_softplus_at_zero_is_one_half():
    assert slope(softplus, 0.0) == 0.5


def test_the_first_of_equal_maxima_gets_the_whole_gradient_of_maxout():
    x = [[1.0, 1.0, 1.0], [0.0, 2.0, 2.0], [3.0, 1.0, 3.0]]
    _, backward = maxout.vjp(np.array(x), pieces=3)
    np.testing.assert_array_equal(backward(np.ones((3, 1))), [[1, 0, 0], [0, 1, 0], [1, 0, 0]])


# Closed forms ---------------------------------------------------------------------------------------------


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


def test_the_slope_of_softplus_is_the_sigmoid():
    np.testing.assert_allclose(slope(softplus, X), sigmoid(X), rtol=1e-15)


def test_softplus_of_x_minus_that_of_minus_x_is_x():
    np.testing.assert_allclose(softplus(X) - softplus(-X), X, rtol=0, atol=1e-14)


def test_leaky_relu_is_a_maximum_for_slopes_below_one_and_a_minimum_above():
    np.testing.assert_array_equal(leaky_relu(X, slope=0.1), np.maximum(0.1 * X, X))
    np.testing.assert_array_equal(leaky_relu(X, slope=2), np.minimum(2 * X, X))
    np.testing.assert_array_equal(leaky_relu(X, slope=1), X)
    np.testing.assert_array_equal(leaky_relu(X, slope=0), relu(X))


def test_the_slope_of_elu_on_the_negative_side_is_its_value_plus_alpha():
    x = X[X < 0]
    np.testing.assert_allclose(slope(elu, x, alpha=0.7), elu(x, alpha=0.7) + 0.7, rtol=0, atol=1e-15)


def test_maxout_of_x_and_zero_is_relu_and_of_x_and_minus_x_the_absolute_value():
    pairs = np.stack([X, 0 * X], axis=-1)
    np.testing.assert_array_equal(maxout(pairs, pieces=2)[:, 0], relu(X))
    pairs = np.stack([X, -X], axis=-1)
    np.testing.assert_array_equal(maxout(pairs, pieces=2)[:, 0], np.abs(X))


def test_softmax_of_three_scores_is_that_of_the_table():
    np.testing.assert_allclose(softmax([1.0, 2.0, 3.0]), [0.090031, 0.244728, 0.665241], atol=5e-7)
    np.testing.assert_allclose(softmax([1000, 1000, 1000 + np.log(2)]), [0.25, 0.25, 0.5], rtol=1e-12)


@pytest.mark.parametrize("axis", [0, 1, -1])
def test_probabilities_sum_to_one_along_the_axis_and_do_not_see_a_constant(axis):
    x = np.random.default_rng(0).normal(size=(4, 5), scale=10)
    p = softmax(x, axis=axis)
    np.testing.assert_allclose(p.sum(axis=axis), 1, rtol=1e-14)
    np.testing.assert_allclose(softmax(x + 700, axis=axis), p, rtol=1e-11)
    np.testing.assert_allclose(np.exp(log_softmax(x, axis=axis)), p, rtol=1e-12)


def test_the_jacobian_of_softmax_is_diag_p_minus_p_times_p():
    x = np.random.default_rng(0).normal(size=4)
    p, backward = softmax.vjp(x)
    jacobian = np.array([backward(dy) for dy in np.eye(4)])
    np.testing.assert_allclose(jacobian, np.diag(p) - np.outer(p, p), rtol=0, atol=1e-16)


def test_two_classes_are_a_sigmoid_of_the_difference():
    p = softmax(np.stack([0 * X, X], axis=1))
    np.testing.assert_allclose(p[:, 1], sigmoid(X), rtol=1e-15)


# Tails ----------------------------------------------------------------------------------------------------

TAILS = [
    (sigmoid, {}, 0.0, 1.0, 0.0, 0.0),
    (tanh, {}, -1.0, 1.0, 0.0, 0.0),
    (relu, {}, 0.0, 800.0, 0.0, 1.0),
    (softplus, {}, 0.0, 800.0, 0.0, 1.0),
    (leaky_relu, {"slope": 0.25}, -200.0, 800.0, 0.25, 1.0),
    (elu, {"alpha": 0.5}, -0.5, 800.0, 0.0, 1.0),
]


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize(
    ("function", "settings", "low", "high", "low_slope", "high_slope"),
    TAILS,
    ids=lambda part: getattr(part, "__name__", ""),
)
def test_plus_and_minus_800_raise_no_warning_in_any_mode(function, settings, low, high, low_slope, high_slope, dtype):
    x = Tensor(np.array([-800.0, 800.0], dtype))
    y = function(x, **settings)
    y.sum().backward()
    np.testing.assert_array_equal(y.data, np.array([low, high], dtype))
    np.testing.assert_array_equal(x.grad, [low_slope, high_slope])
    assert (y.dtype, x.grad.dtype) == (dtype, dtype)
    _, forward = jvp(lambda x: function(x, **settings), (x.data,), (np.ones(2, dtype),))
    np.testing.assert_array_equal(forward, x.grad)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_scores_of_plus_and_minus_800_give_exact_probabilities_without_a_warning(dtype):
    scores = np.array([[-800.0, 800.0], [800.0, 800.0]], dtype)
    for function, expected in [(softmax, [[0, 1], [0.5, 0.5]]), (log_softmax, [[-1600, 0], [-np.log(2), -np.log(2)]])]:
        x = Tensor(scores)
        y = function(x)
        y.backward(np.array([[1.0, 2.0], [3.0, 5.0]], dtype))
        np.testing.assert_array_equal(y.data, np.array(expected, dtype))
        assert (y.dtype, x.grad.dtype) == (dtype, dtype)
        slopes = [[0, 0], [-0.5, 0.5]] if function is softmax else [[1, -1], [-1, 1]]
        np.testing.assert_allclose(x.grad, slopes, rtol=1e-6)
        assert gradient_errors(function, scores)[0] < 1e-12


def test_far_out_softplus_and_elu_keep_their_small_digits():
    assert softplus(np.array(-40.0)) == pytest.approx(np.exp(-40), rel=1e-15)
    assert elu(np.array(-1e-20)) == pytest.approx(-1e-20, rel=1e-15)
    assert slope(elu, -40.0) == pytest.approx(np.exp(-40), rel=1e-15)


def test_infinity_is_the_limit_and_nan_stays():
    x = np.array([-np.inf, np.inf, np.nan])
    np.testing.assert_array_equal(sigmoid(x), [0.0, 1.0, np.nan])
    np.testing.assert_array_equal(tanh(x), [-1.0, 1.0, np.nan])
    np.testing.assert_array_equal(relu(x), [0.0, np.inf, np.nan])
    np.testing.assert_array_equal(softplus(x), [0.0, np.inf, np.nan])
    np.testing.assert_array_equal(leaky_relu(x), [-np.inf, np.inf, np.nan])
    np.testing.assert_array_equal(elu(x), [-1.0, np.inf, np.nan])
    np.testing.assert_array_equal(maxout(np.array([[1.0, np.inf], [np.nan, 1.0]]), pieces=2), [[np.inf], [np.nan]])


def test_a_score_of_minus_infinity_has_the_probability_zero_and_no_gradient():
    scores = np.array([0.0, -np.inf, 0.0])
    np.testing.assert_array_equal(softmax(scores), [0.5, 0.0, 0.5])
    np.testing.assert_allclose(log_softmax(scores), [-np.log(2), -np.inf, -np.log(2)], rtol=1e-15)
    np.testing.assert_array_equal(softmax.vjp(scores)[1](np.array([1.0, 7.0, 3.0])), [-0.5, 0.0, 0.5])
    np.testing.assert_array_equal(log_softmax.vjp(scores)[1](np.array([1.0, 0.0, 3.0])), [-1.0, 0.0, 1.0])


def test_a_nan_among_the_scores_spoils_its_own_row_only():
    p = softmax(np.array([[1.0, np.nan], [1.0, 1.0]]))
    np.testing.assert_array_equal(p, [[np.nan, np.nan], [0.5, 0.5]])


# Types and errors -----------------------------------------------------------------------------------------


def test_whole_numbers_and_lists_are_taken_by_a_plain_call():
    np.testing.assert_array_equal(relu([-1, 2]), [0, 2])
    np.testing.assert_array_equal(sigmoid(np.array([0])), [0.5])
    np.testing.assert_array_equal(leaky_relu([-1, 2], slope=0.5), [-0.5, 2])
    np.testing.assert_array_equal(maxout([[1, 2, 4, 3]], pieces=2), [[2, 4]])


def test_a_setting_that_is_a_numpy_number_leaves_float32_as_it_is():
    x = Tensor(np.array([-1.0, 2.0], np.float32))
    for y in (leaky_relu(x, slope=np.float64(0.1)), elu(x, alpha=np.float64(0.1))):
        y.backward(np.ones(2, np.float32))
        assert (y.dtype, x.grad.dtype) == (np.float32, np.float32)


@pytest.mark.parametrize("setting", [None, "0.1", np.array([0.1, 0.2]), 0.1j], ids=["none", "text", "array", "complex"])
def test_a_setting_that_is_no_number_is_an_error_that_says_which(setting):
    with pytest.raises(TypeError, match=f"leaky_relu: expected a number as slope, got {type(setting).__name__}"):
        leaky_relu(np.ones(2), slope=setting)
    with pytest.raises(TypeError, match=f"elu: expected a number as alpha, got {type(setting).__name__}"):
        elu(np.ones(2), alpha=setting)


@pytest.mark.parametrize(
    ("shape", "pieces", "message"),
    [
        ((2, 5), 2, r"x of shape \(2, 5\) does not fall into groups of 2"),
        ((), 1, r"x of shape \(\) does not fall into groups of 1"),
        ((2, 4), 0, "expected a whole number of pieces, 1 or more, got 0"),
        ((2, 4), 2.0, r"expected a whole number of pieces, 1 or more, got 2\.0"),
    ],
)
def test_pieces_that_do_not_fit_are_an_error(shape, pieces, message):
    with pytest.raises(ValueError, match=f"maxout: {message}"):
        maxout(np.ones(shape), pieces=pieces)
