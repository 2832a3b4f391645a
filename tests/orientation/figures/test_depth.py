"""The view of exclusive or: no line in the plane of the inputs, one line after the hidden layer."""

import numpy as np
import pytest

from dlcourse.data import xor
from dlcourse.orientation.figures.depth import INPUTS, XorPlane
from tests.drawing.views import check_view

FOLDS = XorPlane.controls[0].values


def most_right(points, wanted):
    """The most points that any of many straight lines puts on their sides."""
    angles = np.linspace(0, 2 * np.pi, 361)
    along = np.stack([np.cos(angles), np.sin(angles)]).T @ points.T
    sides = along[:, None, :] > np.linspace(-3, 3, 301)[:, None]
    return (sides == (wanted == 1)).sum(axis=-1).max()


@pytest.fixture(params=FOLDS, ids=str)
def frame(request):
    return XorPlane().frame(fold=request.param, input="1, 1")


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(XorPlane())) == 9


@pytest.mark.parametrize("state", [{"fold": 0.6, "input": "0, 1"}, {"fold": 0.8, "input": "1, 0"}, {"fold": 0.9}])
def test_the_picture_keeps_the_rules_while_the_points_come_near_each_other(state):
    view, state = XorPlane(), XorPlane().state(**state)
    view.controls = tuple(control.restricted([state[control.name]], state[control.name]) for control in view.controls)
    check_view(view)


def test_the_inputs_are_those_of_exclusive_or_in_order():
    x, y = xor()
    assert [f"{a:g}, {b:g}" for a, b in x] == list(INPUTS)
    assert y.tolist() == [0, 1, 1, 0]


def test_the_network_answers_exactly_zero_one_one_zero(frame):
    sums = frame["x"].sum(axis=1)
    np.testing.assert_array_equal(frame["h"], np.stack([np.maximum(sums, 0), np.maximum(sums - 1, 0)], axis=1))
    assert frame["network"].tolist() == [0, 1, 1, 0]


def test_unfolded_the_best_straight_sum_is_one_half_everywhere_and_has_no_line():
    frame = XorPlane().frame(fold=0.0, input="0, 0")
    np.testing.assert_array_equal(frame["points"], xor()[0])
    np.testing.assert_allclose(frame["linear"], 0.5)
    assert frame["line"].shape == (0, 2)


def test_folded_one_line_separates_them_and_the_straight_sum_is_the_output_unit_of_the_network():
    frame = XorPlane().frame(fold=1.0, input="0, 0")
    np.testing.assert_array_equal(frame["points"], [[0, 0], [1, 0], [1, 0], [2, 1]])
    np.testing.assert_allclose(frame["fitted"], [1, -2, 0], atol=1e-9)
    np.testing.assert_allclose(frame["linear"], [0, 1, 1, 0], atol=1e-9)
    np.testing.assert_allclose(frame["line"] @ [1, -2], 0.5)
    assert "0.00, 1.00, 1.00, 0.00, where 0, 1, 1, 0 is wanted: it is exactly the" in XorPlane().describe(frame)


def test_no_straight_line_separates_the_inputs_and_one_separates_the_hidden_values():
    _, y = xor()
    first, last = (XorPlane().frame(fold=fold, input="0, 0")["points"] for fold in (0.0, 1.0))
    assert most_right(first, y) == 3
    assert most_right(last, y) == 4


def test_no_straight_sum_has_a_smaller_squared_error_than_the_one_that_is_shown(frame):
    _, y = xor()
    least = ((frame["linear"] - y) ** 2).sum()
    for nudge in np.concatenate([np.eye(3), -np.eye(3)]) * 0.01:
        w1, w2, b = frame["fitted"] + nudge
        assert ((frame["points"] @ [w1, w2] + b - y) ** 2).sum() > least


def test_the_more_it_is_folded_the_better_a_straight_sum_does():
    _, y = xor()
    frames = [XorPlane().frame(fold=fold, input="0, 0") for fold in FOLDS]
    errors = [((frame["linear"] - y) ** 2).sum() for frame in frames]
    assert (np.diff(errors) < 0).all()


def test_the_grid_moves_with_the_points(frame):
    corners = {tuple(np.round(corner, 9)) for corner in frame["cloth"].reshape(-1, 2)}
    assert {tuple(np.round(point, 9)) for point in frame["points"]} <= corners


@pytest.mark.parametrize(("chosen", "words"), [("0, 1", "(0, 1) into h = (1, 0) and answers 1."), ("1, 1", "(2, 1)")])
def test_the_caption_follows_the_chosen_input(chosen, words):
    view = XorPlane()
    caption = view.describe(view.frame(fold=0.0, input=chosen))
    assert words in caption
    assert "sum (least squares) answers 0.50, 0.50, 0.50, 0.50, where 0, 1, 1, 0 is wanted. The" in caption
    assert "line" not in caption  # a single neuron with its sigmoid gets 3 of 4 on their sides; this sum has no sides
