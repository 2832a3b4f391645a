"""The view of the accuracy: a staircase whose loss is a slope."""

import math

import numpy as np
import pytest

from dlcourse.activations.figures.stairs import WEIGHTS, AccuracyStairs, accuracy, overlapping_clouds
from tests.drawing.views import check_view


def counted(w):
    X, y = overlapping_clouds()
    return sum((w * x1 + x2 > 0) == (label == 1) for (x1, x2), label in zip(X, y, strict=True))


def log_loss(w):
    X, y = overlapping_clouds()
    p = [1 / (1 + math.exp(-(w * x1 + x2))) for x1, x2 in X]
    return -sum(math.log(q if label else 1 - q) for q, label in zip(p, y, strict=True)) / len(y)


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(AccuracyStairs())) == 3


@pytest.mark.parametrize("w", WEIGHTS[::5])
def test_accuracy_and_loss_are_those_of_the_neuron(w):
    frame, h = AccuracyStairs().frame(w=w), 1e-5
    assert frame["right"].sum() == counted(w) and frame["accuracy"] == pytest.approx(counted(w) / 24)
    assert frame["loss"] == pytest.approx(log_loss(w))
    assert frame["slope"] == pytest.approx((log_loss(w + h) - log_loss(w - h)) / (2 * h), abs=1e-7)
    np.testing.assert_allclose(frame["line"] @ [w, 1], 0, atol=1e-12)


@pytest.mark.parametrize("w", WEIGHTS)
def test_a_nudge_changes_no_answer_and_one_over_the_end_of_the_stair_changes_one(w):
    frame = AccuracyStairs().frame(w=w)
    low, high = frame["from"], frame["to"]
    assert low <= w <= high
    inside = np.linspace(low, high, 9)[1:-1]
    assert {counted(v) for v in inside} == {counted(w)}
    assert abs(counted(w + 1e-6) - counted(w)) == abs(counted(w - 1e-6) - counted(w)) == 0
    if low > WEIGHTS[0]:
        assert abs(counted(low - 1e-6) - counted(w)) == 1
    if high < WEIGHTS[-1]:
        assert abs(counted(high + 1e-6) - counted(w)) == 1


def test_the_loss_has_a_slope_on_nearly_all_of_the_stairs():
    slopes = np.array([AccuracyStairs().frame(w=w)["slope"] for w in WEIGHTS])
    assert (np.abs(slopes) > 0.01).mean() > 0.9
    assert slopes[0] < 0 < slopes[-1]


def test_the_stairs_are_many_and_no_weight_gets_all_points_right():
    shares = {accuracy(w) for w in WEIGHTS}
    assert len(shares) >= 10
    assert max(shares) < 1


def test_the_view_starts_on_a_stair_where_half_are_right_and_the_loss_is_steep():
    view = AccuracyStairs()
    frame = view.frame(**view.state())
    assert 0.4 < frame["accuracy"] < 0.6 and frame["slope"] < -0.4
    assert view.describe(frame) == (
        "w = -1: 13 of 24 right, the same from w = -1.15 to -0.94, so the slope of the accuracy is 0. "
        "The loss is 0.856 and its slope -0.50."
    )
