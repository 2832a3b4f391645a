"""What the table of cases can't say about the normalizations: worked numbers, identities, precision, errors."""

import math

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, gradient_errors, jvp, vjp
from dlcourse.normalization import batch_norm, batch_statistics, layer_norm, weight_norm

RNG = np.random.default_rng(0)
ONE, ZERO = np.ones(1), np.zeros(1)
COLUMN = np.array([[1.0], [2.0], [3.0], [6.0]])


# Worked numbers -------------------------------------------------------------------------------------------


def test_the_column_of_the_lesson_comes_out_with_the_variance_that_divides_by_the_count():
    y = batch_norm(COLUMN, ONE, ZERO)
    np.testing.assert_allclose(y.ravel(), [-1.069043, -0.534522, 0, 1.603565], rtol=0, atol=5e-7)
    np.testing.assert_allclose(layer_norm(COLUMN.T, np.ones(4), np.zeros(4)), y.T, rtol=1e-15)


def test_statistics_are_those_of_each_channel_over_all_other_axes():
    x = RNG.standard_normal((4, 3, 2, 5))
    mean, var = batch_statistics(x)
    np.testing.assert_allclose(mean, x.mean(axis=(0, 2, 3)), rtol=0, atol=1e-15)
    np.testing.assert_allclose(var, x.var(axis=(0, 2, 3)), rtol=1e-14)


def test_weights_have_the_length_that_g_says():
    v, g = RNG.standard_normal((5, 3)), np.array([1.0, -2.0, 0.0])
    np.testing.assert_allclose(np.linalg.norm(weight_norm(v, g), axis=0), np.abs(g), rtol=1e-15)


# Identities -----------------------------------------------------------------------------------------------


def test_the_output_has_mean_beta_and_standard_deviation_gamma():
    x, gamma, beta = RNG.normal(3, 5, (50, 4)), np.array([0.5, 1, 2, 3]), np.array([-1.0, 0, 1, 2])
    y = batch_norm(x, gamma, beta, eps=0)
    np.testing.assert_allclose(y.mean(axis=0), beta, rtol=0, atol=1e-14)
    np.testing.assert_allclose(y.std(axis=0), gamma, rtol=1e-14)


def test_gamma_and_beta_can_undo_the_normalization():
    x = RNG.normal(3, 5, (50, 4))
    mean, var = batch_statistics(x)
    np.testing.assert_allclose(batch_norm(x, np.sqrt(var + 1e-5), mean), x, rtol=0, atol=1e-13)


def test_the_gradient_sums_to_zero_in_every_channel_and_without_eps_is_at_right_angles_to_the_output():
    x, gamma, dy = RNG.standard_normal((6, 3, 2, 2)), RNG.standard_normal(3), RNG.standard_normal((6, 3, 2, 2))
    dx = batch_norm.vjp(x, gamma, np.zeros(3))[1](dy)[0]
    assert np.abs(dx.sum(axis=(0, 2, 3))).max() < 1e-14
    y, backward = batch_norm.vjp(x, gamma, np.zeros(3), eps=0)
    assert np.abs((backward(dy)[0] * y).sum(axis=(0, 2, 3))).max() < 1e-14


def test_a_bias_in_front_gets_no_gradient_and_changes_nothing():
    x, W, b = RNG.standard_normal((8, 3)), RNG.standard_normal((3, 2)), RNG.standard_normal(2)
    program = lambda b: (sigmoid(batch_norm(x @ W + b, np.ones(2), np.zeros(2))) ** 2).sum()
    loss, backward = vjp(program, b)
    assert np.abs(backward(1.0)).max() < 1e-15
    assert program(b + 7.0) == pytest.approx(float(loss), rel=1e-13)


@pytest.mark.parametrize("a", [10, 0.1])
def test_without_eps_larger_weights_give_the_same_output_and_a_gradient_that_is_smaller_by_as_much(a):
    x, W = RNG.standard_normal((8, 3)), RNG.standard_normal((3, 2))
    program = lambda W: (sigmoid(batch_norm(Tensor(x) @ W, np.ones(2), np.zeros(2), eps=0)) ** 2).sum()
    loss, backward = vjp(program, W)
    other, other_backward = vjp(program, a * W)
    assert other == pytest.approx(float(loss), rel=1e-13)
    np.testing.assert_allclose(other_backward(1.0), backward(1.0) / a, rtol=1e-11)
    assert np.abs((W * backward(1.0)).sum(axis=0)).max() < 1e-14


def test_a_batch_of_two_is_plus_and_minus_one_whatever_the_data():
    for seed in range(5):
        x = np.random.default_rng(seed).normal(seed, 3, (2, 4))
        np.testing.assert_allclose(np.abs(batch_norm(x, np.ones(4), np.zeros(4), eps=0)), 1, rtol=1e-12)


def test_statistics_of_the_batch_that_are_given_give_the_same_output_but_another_gradient():
    x, gamma, beta, dy = (RNG.standard_normal(shape) for shape in [(5, 3), 3, 3, (5, 3)])
    mean, var = batch_statistics(x)
    y, backward = batch_norm.vjp(x, gamma, beta)
    other, given_backward = batch_norm.vjp(x, gamma, beta, mean=mean, var=var)
    np.testing.assert_allclose(other, y, rtol=1e-14)
    np.testing.assert_allclose(given_backward(dy)[0], dy * gamma / np.sqrt(var + 1e-5), rtol=1e-14)
    assert np.abs(backward(dy)[0] - given_backward(dy)[0]).max() > 0.01


def test_layer_norm_of_one_example_does_not_see_the_others():
    x, gamma, beta = RNG.standard_normal((4, 5)), RNG.standard_normal(5), RNG.standard_normal(5)
    rows = [layer_norm(row, gamma, beta) for row in x]
    np.testing.assert_array_equal(layer_norm(x, gamma, beta), rows)


def test_layer_norm_is_batch_norm_with_the_axes_exchanged():
    x = RNG.standard_normal((4, 5))
    exchanged = batch_norm(x.T, np.ones(4), np.zeros(4)).T
    np.testing.assert_allclose(layer_norm(x, np.ones(5), np.zeros(5)), exchanged, rtol=0, atol=1e-14)


def test_the_gradient_of_v_is_at_right_angles_to_v_and_that_of_g_points_along_it():
    v, g, dy = RNG.standard_normal((5, 3)), RNG.standard_normal(3), RNG.standard_normal((5, 3))
    dv, dg = weight_norm.vjp(v, g)[1](dy)
    assert np.abs((dv * v).sum(axis=0)).max() < 1e-15
    np.testing.assert_allclose(dg, (dy * v).sum(axis=0) / np.linalg.norm(v, axis=0), rtol=1e-14)


# Precision, types, memory ---------------------------------------------------------------------------------


def test_a_mean_that_is_large_beside_the_spread_costs_float32_no_digits_but_those_of_the_data():
    x = (1000 + RNG.standard_normal((64, 3, 7, 7))).astype(np.float32)
    dy = RNG.standard_normal(x.shape).astype(np.float32)
    gamma, beta = np.ones(3, np.float32), np.zeros(3, np.float32)
    y, backward = batch_norm.vjp(x, gamma, beta)
    exact, exact_backward = batch_norm.vjp(*(part.astype(np.float64) for part in (x, gamma, beta)))
    np.testing.assert_allclose(y, exact, rtol=0, atol=2e-4)
    for ours, theirs in zip(backward(dy), exact_backward(dy.astype(np.float64)), strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=2e-4 * np.abs(theirs).max())


@pytest.mark.parametrize("kind", [np.float64, np.float32, int])
def test_statistics_of_any_type_leave_float32_as_it_is(kind):
    x = Tensor(np.ones((2, 3), np.float32))
    parts = [np.ones(3, np.float32), np.zeros(3, np.float32)]
    y = batch_norm(x, *parts, mean=np.zeros(3, kind), var=np.ones(3, kind), eps=np.float64(1e-5))
    y.sum().backward()
    assert (y.dtype, x.grad.dtype) == (np.float32, np.float32)
    assert layer_norm(x, *parts, eps=np.float64(1e-5)).dtype == np.float32


def test_whole_numbers_are_taken_by_a_plain_call():
    np.testing.assert_array_equal(batch_norm([[1], [2], [3], [6]], ONE, ZERO), batch_norm(COLUMN, ONE, ZERO))
    given = batch_norm([[1], [2]], ONE, ZERO, mean=[1.5], var=[0.25], eps=0)
    np.testing.assert_array_equal(given, [[-1.0], [1.0]])


def test_wider_parameters_widen_the_output_and_not_by_rounding_first():
    x = RNG.standard_normal((4, 3)).astype(np.float32)
    y = batch_norm(x, np.ones(3, np.float32), np.full(3, 1e-12))
    assert y.dtype == np.float64
    np.testing.assert_allclose(y.mean(axis=0), 1e-12, rtol=0, atol=1e-6)


@pytest.mark.parametrize("i", range(3))
def test_forward_mode_works_for_one_input_alone(i):
    parts = [RNG.standard_normal((4, 3)), RNG.standard_normal(3), RNG.standard_normal(3)]
    for f in (batch_norm, layer_norm):
        program = lambda part, f=f: f(*(part if j == i else other for j, other in enumerate(parts)))
        assert gradient_errors(program, parts[i])[0] < 1e-12
        _, slope = jvp(program, (parts[i],), (RNG.standard_normal(parts[i].shape),))
        assert np.abs(slope).max() > 0.01


def test_the_order_of_the_axes_in_memory_is_kept_and_changes_no_value():
    x, dy = RNG.standard_normal((4, 3, 2, 5)), RNG.standard_normal((4, 3, 2, 5))
    # Height, channels, width, examples: the order in which convolutions work.
    reordered = [np.ascontiguousarray(a.transpose(2, 1, 3, 0)).transpose(3, 1, 0, 2) for a in (x, dy)]
    gamma, beta = RNG.standard_normal(3), RNG.standard_normal(3)
    y, backward = batch_norm.vjp(reordered[0], gamma, beta)
    dx, dgamma, dbeta = backward(reordered[1])
    assert y.strides == dx.strides == reordered[0].strides
    expected, expected_backward = batch_norm.vjp(x, gamma, beta)
    for ours, theirs in zip([y, dx, dgamma, dbeta], [expected, *expected_backward(dy)], strict=True):
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-13)


# Edges ----------------------------------------------------------------------------------------------------


def test_a_batch_of_one_is_beta_and_gets_no_gradient():
    x, gamma, beta = RNG.standard_normal((1, 3)), RNG.standard_normal(3), RNG.standard_normal(3)
    y, backward = batch_norm.vjp(x, gamma, beta)
    np.testing.assert_array_equal(y[0], beta)
    dx, dgamma, dbeta = backward(np.ones((1, 3)))
    np.testing.assert_array_equal([dx[0], dgamma, dbeta], [np.zeros(3), np.zeros(3), np.ones(3)])


def test_a_channel_of_equal_numbers_is_beta_and_stays_finite():
    x = np.full((5, 2), 7.0)
    y, backward = batch_norm.vjp(x, np.ones(2), np.array([1.0, 2.0]))
    np.testing.assert_array_equal(y, np.tile([1.0, 2.0], (5, 1)))
    assert all(np.isfinite(part).all() for part in backward(RNG.standard_normal((5, 2))))


@pytest.mark.parametrize("shape", [(0, 3), (0, 3, 2, 2), (2, 3, 0)], ids=str)
def test_an_empty_batch_stays_empty_and_moves_nothing(shape):
    y, backward = batch_norm.vjp(np.zeros(shape), np.ones(3), np.zeros(3))
    dx, dgamma, dbeta = backward(np.zeros(shape))
    assert y.shape == dx.shape == shape
    np.testing.assert_array_equal([dgamma, dbeta], np.zeros((2, 3)))


def test_nan_spoils_its_own_channel_only():
    x = RNG.standard_normal((4, 2))
    x[1, 0] = np.nan
    y = batch_norm(x, np.ones(2), np.zeros(2))
    assert np.isnan(y[:, 0]).all() and np.isfinite(y[:, 1]).all()


# Errors ---------------------------------------------------------------------------------------------------

X = np.ones((4, 3, 2, 2))


@pytest.mark.parametrize(
    ("arguments", "settings", "message"),
    [
        ((np.ones(3), np.ones(3), np.ones(3)), {}, r"expected x of shape \(n, c\) or \(n, c, \.\.\.\), got \(3,\)"),
        ((X, np.ones(2), np.ones(3)), {}, r"x has 3 channels on axis 1 but gamma has shape \(2,\); expected \(3,\)"),
        ((X, np.ones(3), np.ones((1, 3))), {}, r"but beta has shape \(1, 3\); expected \(3,\) \(x \(4, 3, 2, 2\)\)"),
        ((X, np.ones(3), np.ones(3)), {"mean": np.ones(3)}, "mean is given but var is not; give both"),
        ((X, np.ones(3), np.ones(3)), {"var": np.ones(3)}, "var is given but mean is not; give both"),
        ((X, np.ones(3), np.ones(3)), {"mean": np.ones(3), "var": 1.0}, r"but var has shape \(\); expected \(3,\)"),
    ],
    ids=["a row", "gamma", "beta", "mean alone", "var alone", "var"],
)
def test_what_does_not_fit_into_batch_norm_is_an_error_that_says_what_would(arguments, settings, message):
    with pytest.raises(ValueError, match="batch_norm: .*" + message):
        batch_norm(*arguments, **settings)


def test_what_does_not_fit_into_layer_norm_is_an_error():
    with pytest.raises(ValueError, match=r"layer_norm: gamma must have one number for each .* \(2,\) \(x \(4, 3\)\)"):
        layer_norm(np.ones((4, 3)), np.ones(2), np.ones(3))
    with pytest.raises(ValueError, match=r"layer_norm: beta must have one number for each .* \(1, 3\)"):
        layer_norm(np.ones((4, 3)), np.ones(3), np.ones((1, 3)))
    with pytest.raises(ValueError, match=r"layer_norm: gamma .* \(x \(\)\)"):
        layer_norm(np.ones(()), np.ones(()), np.ones(()))


def test_what_does_not_fit_into_weight_norm_is_an_error():
    with pytest.raises(ValueError, match=r"weight_norm: expected g of shape \(3,\), .* along axis 0, got \(4,\)"):
        weight_norm(np.ones((4, 3)), np.ones(4))
    with pytest.raises(ValueError, match=r"expected g of shape \(2,\), .* along axis \(1, 2\), got \(\)"):
        weight_norm(np.ones((2, 3, 4)), np.ones(()), axis=(1, 2))


def test_a_vector_without_a_direction_is_an_error():
    v = np.ones((4, 3))
    v[:, 1] = 0
    with pytest.raises(ValueError, match="weight_norm: a vector of v is all zeros and has no direction"):
        weight_norm(v, np.ones(3))


def test_a_huge_vector_keeps_its_direction_in_float32():
    w = weight_norm(np.array([[3e18], [4e18]], np.float32), np.ones(1, np.float32))
    np.testing.assert_allclose(w, [[0.6], [0.8]], rtol=1e-6)
    assert math.isclose(float(np.linalg.norm(w)), 1, rel_tol=1e-6)
