"""What the table of cases can't say about the losses: closed forms, stability, edges, errors."""

import math

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, gradient_errors
from dlcourse.losses import (
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
    cross_entropy,
    l1_penalty,
    l2_penalty,
    mean_squared_error,
    root_mean_squared_error,
)

RNG = np.random.default_rng(0)
LOSSES_WITH_A_TARGET = [
    mean_squared_error,
    root_mean_squared_error,
    binary_cross_entropy,
    binary_cross_entropy_with_logits,
]


def slope(loss, x, **settings):
    return loss.vjp(np.asarray(x, float), **settings)[1](1.0)


# Worked numbers -------------------------------------------------------------------------------------------


def test_three_classes_of_the_deck_lose_log_four():
    logits = np.log([[1.0, 1.0, 2.0]])
    for labels in (np.array([1]), np.array([[0, 1, 0]]), np.array([[0.0, 1.0, 0.0]])):
        assert cross_entropy(logits, labels=labels) == pytest.approx(math.log(4), abs=1e-15)
        np.testing.assert_allclose(slope(cross_entropy, logits, labels=labels), [[0.25, -0.75, 0.5]], atol=1e-15)


def test_a_probability_of_point_eight_loses_minus_log_of_it():
    p = np.array([0.8])
    assert binary_cross_entropy(p, target=np.array([1.0])) == pytest.approx(-math.log(0.8), abs=1e-15)
    assert binary_cross_entropy(1 - p, target=np.array([0.0])) == pytest.approx(-math.log(0.8), abs=1e-15)
    z = np.log(p / (1 - p))
    assert binary_cross_entropy_with_logits(z, target=np.array([1])) == pytest.approx(-math.log(0.8), abs=1e-15)


def test_the_squared_error_has_no_half_and_is_a_mean_over_all_elements():
    y, target = np.array([[1.0, 2.0], [3.0, 4.0]]), np.array([[1.0, 4.0], [0.0, 4.0]])
    assert mean_squared_error(y, target=target) == 13 / 4
    np.testing.assert_array_equal(slope(mean_squared_error, y, target=target), [[0.0, -1.0], [1.5, 0.0]])


def test_the_root_of_the_squared_error_is_the_typical_error():
    y, target = np.array([[3.0, 0.0], [0.0, 4.0]]), np.zeros((2, 2))
    assert root_mean_squared_error(y, target=target) == 2.5
    np.testing.assert_allclose(slope(root_mean_squared_error, y, target=target), y / 10, rtol=1e-15)


def test_the_penalties_are_sums_without_a_half():
    w = np.array([[3.0, -4.0], [0.0, 1.0]])
    assert (l1_penalty(w), l2_penalty(w)) == (8.0, 26.0)
    np.testing.assert_array_equal(slope(l1_penalty, w), [[1.0, -1.0], [0.0, 1.0]])
    np.testing.assert_array_equal(slope(l2_penalty, w), 2 * w)


def test_equal_logits_lose_the_log_of_the_number_of_classes():
    for k in (1, 2, 10):
        assert cross_entropy(np.zeros((3, k)), labels=np.zeros(3, int)) == pytest.approx(math.log(k), abs=1e-15)


# Closed forms ---------------------------------------------------------------------------------------------


def test_the_slope_of_the_cross_entropy_is_softmax_minus_one_hot_over_n():
    logits, labels = RNG.standard_normal((5, 4)), np.array([0, 3, 1, 1, 2])
    p = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    np.testing.assert_allclose(slope(cross_entropy, logits, labels=labels), (p - np.eye(4)[labels]) / 5, atol=1e-16)


def test_the_slope_of_the_binary_cross_entropy_of_logits_is_sigmoid_minus_target():
    z, t = RNG.standard_normal((5, 2)), RNG.uniform(0, 1, (5, 2))
    expected = (sigmoid(z) - t) / 10
    np.testing.assert_allclose(slope(binary_cross_entropy_with_logits, z, target=t), expected, atol=1e-16)


def test_two_classes_are_a_sigmoid_of_the_difference():
    logits, labels = RNG.standard_normal((6, 2)), np.array([0, 1, 1, 0, 1, 0])
    z = logits[:, 1] - logits[:, 0]
    both = cross_entropy(logits, labels=labels), binary_cross_entropy_with_logits(z, target=labels)
    assert both[0] == pytest.approx(both[1], rel=1e-14)


def test_with_and_without_logits_the_binary_cross_entropy_is_the_same():
    z, t = RNG.standard_normal(8), RNG.uniform(0, 1, 8)
    one, other = binary_cross_entropy(sigmoid(z), target=t), binary_cross_entropy_with_logits(z, target=t)
    assert one == pytest.approx(other, rel=1e-14)


def test_a_constant_added_to_all_logits_changes_nothing():
    logits, labels = RNG.standard_normal((3, 4)), np.array([0, 1, 3])
    assert cross_entropy(logits + 700, labels=labels) == pytest.approx(cross_entropy(logits, labels=labels), rel=1e-12)


def test_labels_one_hot_rows_and_booleans_give_the_same_loss_and_slope():
    logits, labels = RNG.standard_normal((4, 3)), np.array([2, 0, 1, 2], np.uint8)
    forms = [labels, labels.tolist(), np.eye(3)[labels], np.eye(3, dtype=int)[labels], np.eye(3, dtype=bool)[labels]]
    assert len({float(cross_entropy(logits, labels=form)) for form in forms}) == 1
    for form in forms[1:]:
        expected = slope(cross_entropy, logits, labels=labels)
        np.testing.assert_array_equal(slope(cross_entropy, logits, labels=form), expected)


def test_the_slope_of_the_root_is_that_of_the_mean_square_over_twice_the_root():
    y, target = RNG.standard_normal((5, 2)), RNG.standard_normal((5, 2))
    root = root_mean_squared_error(y, target=target)
    expected = slope(mean_squared_error, y, target=target) / (2 * root)
    np.testing.assert_allclose(slope(root_mean_squared_error, y, target=target), expected, rtol=1e-14)


def test_the_mean_of_the_roots_of_batches_is_not_the_root_over_all():
    errors = np.array([1.0, 1.0, 3.0, 3.0])
    batches = [float(root_mean_squared_error(part, target=part * 0)) for part in np.split(errors, 2)]
    assert sum(batches) / 2 == 2.0
    assert root_mean_squared_error(errors, target=errors * 0) == pytest.approx(math.sqrt(5), rel=1e-15)


def test_at_the_kinks_the_slopes_are_zero_by_policy():
    y = np.array([1.0, 2.0])
    assert root_mean_squared_error(y, target=y) == 0.0
    np.testing.assert_array_equal(slope(root_mean_squared_error, y, target=y), [0.0, 0.0])
    np.testing.assert_array_equal(slope(l1_penalty, [0.0, -0.0]), [0.0, 0.0])


# Stability ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_logits_of_plus_and_minus_800_give_the_exact_loss_and_slope(dtype):
    z = Tensor(np.array([800.0, -800.0, 800.0, -800.0], dtype))
    loss = binary_cross_entropy_with_logits(z, target=np.array([1, 0, 0, 1]))
    loss.backward()
    assert loss.item() == 400.0
    np.testing.assert_array_equal(z.grad, np.array([0, 0, 0.25, -0.25], dtype))

    logits = Tensor(np.array([[800.0, -800.0], [800.0, -800.0]], dtype))
    loss = cross_entropy(logits, labels=np.array([0, 1]))
    loss.backward()
    assert loss.item() == 800.0
    np.testing.assert_array_equal(logits.grad, np.array([[0, 0], [0.5, -0.5]], dtype))


def test_far_out_the_binary_loss_keeps_its_small_digits():
    z = np.array([40.0])
    assert binary_cross_entropy_with_logits(z, target=np.array([1.0])) == pytest.approx(math.exp(-40), rel=1e-15)


def test_a_class_that_is_ruled_out_by_minus_infinity_costs_nothing_unless_it_is_right():
    logits = np.array([[0.0, -np.inf, 0.0]])
    assert cross_entropy(logits, labels=np.array([0])) == pytest.approx(math.log(2), abs=1e-15)
    np.testing.assert_array_equal(slope(cross_entropy, logits, labels=np.array([0])), [[-0.5, 0.0, 0.5]])
    assert cross_entropy(logits, labels=np.array([1])) == np.inf


def test_a_certain_and_right_probability_costs_nothing():
    for p in (0.0, 1.0):
        assert binary_cross_entropy(np.array([p]), target=np.array([p])) == 0.0
    np.testing.assert_array_equal(slope(binary_cross_entropy, [0.0, 1.0], target=[0, 1]), [0.5, -0.5])


def test_a_certain_and_wrong_probability_costs_infinitely_much():
    with np.errstate(divide="ignore"):
        for p in (0.0, 1.0):
            assert binary_cross_entropy(np.array([p]), target=np.array([1 - p])) == np.inf
        np.testing.assert_array_equal(slope(binary_cross_entropy, [0.0, 1.0], target=[1, 0]), [-np.inf, np.inf])


def test_one_bad_probability_leaves_the_slopes_of_the_others_alone():
    p, t = np.array([0.0, 0.25, 1.0]), np.array([0.0, 1.0, 1.0])
    np.testing.assert_allclose(slope(binary_cross_entropy, p, target=t), np.array([1.0, -4.0, -1.0]) / 3, rtol=1e-15)


def test_the_losses_are_exact_adjoints_at_the_kink_of_the_stable_formula():
    assert gradient_errors(binary_cross_entropy_with_logits, np.zeros(3), target=np.array([0, 0.3, 1]))[0] < 1e-12
    assert gradient_errors(cross_entropy, np.zeros((2, 3)), labels=np.array([0, 2]))[0] < 1e-12


def test_nan_in_gives_nan_out():
    for loss in LOSSES_WITH_A_TARGET:
        assert np.isnan(loss(np.array([0.5, np.nan]), target=np.array([1.0, 1.0])))
    assert np.isnan(cross_entropy(np.array([[0.5, np.nan]]), labels=np.array([0])))
    assert np.isnan(l1_penalty(np.array([0.5, np.nan]))) and np.isnan(l2_penalty(np.array([0.5, np.nan])))


# Types and edges ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("target", [np.array([1.0, 0.0]), np.array([1, 0]), [1.0, 0.0], np.array([True, False])])
def test_no_type_of_target_turns_float32_into_float64(target):
    for loss in LOSSES_WITH_A_TARGET:
        y = Tensor(np.array([0.25, 0.5], np.float32))
        value = loss(y, target=target)
        value.backward()
        assert (value.dtype, y.grad.dtype) == (np.float32, np.float32)


def test_whole_numbers_as_outputs_do_not_round_the_target():
    assert mean_squared_error(np.array([1, 2]), target=np.array([1.5, 2.5])) == 0.25


def test_a_loss_is_a_single_number_for_a_batch_of_one():
    assert mean_squared_error(Tensor([[2.0]]), target=[[0.0]]).shape == ()
    assert cross_entropy(Tensor([[2.0, 1.0]]), labels=[0]).shape == ()


def test_the_loss_of_nothing_is_nan_and_its_slope_is_empty():
    empty = np.zeros((0, 3))
    with pytest.warns(RuntimeWarning):
        for loss in LOSSES_WITH_A_TARGET:
            value, backward = loss.vjp(empty, target=empty)
            assert np.isnan(value)
            assert backward(1.0).shape == (0, 3)
        value, backward = cross_entropy.vjp(empty, labels=np.zeros(0, int))
        assert np.isnan(value)
        assert backward(1.0).shape == (0, 3)


# Errors ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("loss", LOSSES_WITH_A_TARGET)
def test_a_target_of_another_shape_is_an_error_although_it_would_broadcast(loss):
    message = rf"{loss.__name__}: expected a target of the outputs' shape \(3, 1\), got \(3,\)"
    for y in (np.full((3, 1), 0.5), Tensor(np.full((3, 1), 0.5))):
        with pytest.raises(ValueError, match=message):
            loss(y, target=np.zeros(3))


@pytest.mark.parametrize(
    ("logits", "labels", "message"),
    [
        (np.zeros((2, 3)), np.array([0, 3]), r"the logits have 3 columns, so labels go from 0 to 2; .* from 0 to 3"),
        (np.zeros((2, 3)), np.array([0, -1]), r"labels go from 0 to 2; got labels from -1 to 0"),
        (np.zeros((2, 3)), np.array([0.0, 1.0]), r"expected integer labels of shape \(2,\) .*got float64 of shape"),
        (np.zeros((2, 3)), np.array([0]), r"expected integer labels of shape \(2,\) or one-hot rows \(2, 3\)"),
        (np.zeros((2, 3)), np.array([[0], [1]]), r"got int64 of shape \(2, 1\)"),
        (np.zeros((2, 3)), np.zeros((2, 4)), r"got float64 of shape \(2, 4\)"),
        (np.zeros(3), np.array(1), r"expected logits of shape \(n, k\), got \(3,\)"),
    ],
    ids=["too large", "negative", "floats", "too few", "a column", "too wide", "one row"],
)
def test_labels_that_do_not_fit_are_an_error_that_says_what_would(logits, labels, message):
    with pytest.raises(ValueError, match="cross_entropy: .*" + message):
        cross_entropy(Tensor(logits), labels=labels)


def test_a_probability_outside_of_zero_and_one_is_an_error_that_names_the_other_loss():
    message = r"expected probabilities in \[0, 1\], got numbers from -0\.5 to 2; .*binary_cross_entropy_with_logits"
    with pytest.raises(ValueError, match=message):
        binary_cross_entropy(np.array([-0.5, 2.0]), target=np.array([0.0, 1.0]))


def test_the_answers_must_be_passed_by_name():
    with pytest.raises(TypeError, match="positional"):
        mean_squared_error(np.ones(2), np.ones(2))
    with pytest.raises(TypeError, match="target is a Tensor passed by name"):
        mean_squared_error(Tensor(np.ones(2)), target=Tensor(np.ones(2)))
