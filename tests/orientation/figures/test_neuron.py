"""The views of one neuron: what they show is what a neuron computes."""

import itertools

import numpy as np
import pytest
from matplotlib.path import Path

from dlcourse.orientation.figures.neuron import SeparateClouds, SigmoidNeuron, two_clouds
from dlcourse.orientation.figures.shading import SHADES
from tests.drawing.views import check_view

WEIGHTS, BIASES = (next(c.values for c in SeparateClouds().controls if c.name == name) for name in ("w1", "b"))


def squash(z):
    return 1 / (1 + np.exp(-np.asarray(z)))


def right_of_80(w1, w2, b):
    """How many points lie on their side, counted one by one."""
    X, y = two_clouds()
    return sum((w1 * x1 + w2 * x2 + b) * (1 if label else -1) > 0 for (x1, x2), label in zip(X, y, strict=True))


@pytest.mark.parametrize("view", [SeparateClouds(), SigmoidNeuron()], ids=lambda view: type(view).__name__)
def test_a_view_keeps_the_rules_of_every_view(view):
    assert len(check_view(view)) >= 9


def test_the_clouds_are_the_same_each_time_and_belong_to_the_caller():
    (X, y), (again, _) = two_clouds(), two_clouds()
    np.testing.assert_array_equal(X, again)
    X[:] = 0
    np.testing.assert_array_equal(two_clouds()[0], again)
    assert X.shape == (80, 2) and y.tolist() == [0] * 40 + [1] * 40


def test_many_settings_of_the_knobs_separate_the_clouds_and_none_of_them_without_a_bias():
    X, y = two_clouds()
    winners = []
    for w in itertools.product(WEIGHTS, WEIGHTS):
        z = (X @ w)[:, None] + np.array(BIASES)
        winners += [(*w, b) for b in np.array(BIASES)[((z > 0) == (y == 1)[:, None]).all(axis=0)]]
    assert len(winners) > 100
    assert all(b != 0 for _, _, b in winners)
    for w1, w2, b in winners[::100]:
        assert SeparateClouds().frame(w1=w1, w2=w2, b=b)["count"] == 80


@pytest.mark.parametrize("state", [(1, -1, 0), (1.5, 1.5, -1.5), (-3, 0.25, 2), (0, 0, 1), (0, 0, 0), (0, -2, 0.5)])
def test_the_count_is_the_number_of_points_on_their_side(state):
    frame = SeparateClouds().frame(**dict(zip(("w1", "w2", "b"), state, strict=True)))
    assert frame["count"] == frame["right"].sum() == right_of_80(*state)
    assert f" {frame['count']} of 80 points are on their side" in SeparateClouds().describe(frame)


def test_the_view_starts_with_about_half_of_the_points_on_the_wrong_side():
    view = SeparateClouds()
    assert 25 <= view.frame(**view.state())["count"] <= 55


def test_turning_all_signs_around_swaps_right_and_wrong():
    view = SeparateClouds()
    a, b = view.frame(w1=1.25, w2=0.5, b=-2.5), view.frame(w1=-1.25, w2=-0.5, b=2.5)
    np.testing.assert_array_equal(a["right"], ~b["right"])
    np.testing.assert_allclose(a["output"] + b["output"], 1)


@pytest.mark.parametrize("state", [{"w1": 1, "w2": -1, "b": 0}, {"w1": 0, "w2": 2.5, "b": -3}, {"w1": -0.25, "w2": 3}])
def test_the_output_on_the_line_is_one_half(state):
    state = SeparateClouds().state(**state)
    line = SeparateClouds().frame(**state)["line"]
    assert np.linalg.norm(line[1] - line[0]) > 10  # longer than the picture
    np.testing.assert_allclose(squash(line @ [state["w1"], state["w2"]] + state["b"]), 0.5)


def test_weights_of_zero_make_no_line_and_the_caption_says_so():
    view = SeparateClouds()
    frame = view.frame(w1=0, w2=0, b=1)
    assert frame["line"].shape == (0, 2)
    assert view.describe(frame).startswith("w1 = 0, w2 = 0, b = 1: the output is 0.73 everywhere, there is no line")


@pytest.mark.parametrize("state", [(1, -1, 0), (-3, 3, 3), (0.25, 0, -3), (0, 0, 1), (0, 0, -3), (3, 3, -3)])
def test_the_shade_of_a_place_is_the_output_there(state):
    w1, w2, b = state
    places = np.random.default_rng(1).uniform((-2.4, -2.2), (3.6, 3.2), (200, 2))
    tiles = SeparateClouds().frame(w1=w1, w2=w2, b=b)["shade"]
    shade = sum(Path(tile).contains_points(places).astype(int) for tile in tiles) - 1
    np.testing.assert_array_equal(shade, np.floor(squash(places @ [w1, w2] + b) * SHADES))


SIGMOIDS = [(2, -4), (-0.5, -4), (4, 1.5), (0.5, 4), (-3, 0)]


@pytest.mark.parametrize(("w", "b"), SIGMOIDS)
def test_the_output_at_the_midpoint_is_one_half_and_its_slope_a_quarter_of_the_weight(w, b):
    frame = SigmoidNeuron().frame(w=w, b=b)
    (middle,) = frame["middle"]
    assert w * middle + b == pytest.approx(0)
    h = 1e-5
    measured = (squash(w * (middle + h) + b) - squash(w * (middle - h) + b)) / (2 * h)
    assert frame["slope"] == pytest.approx(measured)
    rise, run = np.ptp(frame["tangent"]), np.ptp(frame["tangent_x"])
    assert rise / run == pytest.approx(abs(measured)) and rise == pytest.approx(1)
    np.testing.assert_allclose(frame["output"], squash(frame["z"]))
    caption = SigmoidNeuron().describe(frame)
    assert f"x = -b/w = {middle:.2f}" in caption
    assert ("rises" in caption) == (measured > 0)


def test_raising_the_bias_by_one_moves_the_midpoint_by_minus_one_over_w():
    view = SigmoidNeuron()
    for w in (0.5, 2, -4):
        before, after = (view.frame(w=w, b=b)["middle"][0] for b in (1, 2))
        assert after - before == pytest.approx(-1 / w)


def test_every_midpoint_of_the_grid_is_inside_the_picture():
    view = SigmoidNeuron()
    middles = [
        m for w in view.controls[0].values for b in view.controls[1].values for m in view.frame(w=w, b=b)["middle"]
    ]
    assert len(middles) == 16 * 25
    assert max(map(abs, middles)) < view.frame(w=1, b=0)["x"].max()


def test_the_question_of_the_lesson_can_be_tried():
    view = SigmoidNeuron()
    state = view.state(w=2, b=-6)
    assert "x = -b/w = 3.00" in view.describe(view.frame(**state))


def test_a_weight_of_zero_gives_a_flat_line_without_a_midpoint():
    view = SigmoidNeuron()
    frame = view.frame(w=0, b=-1)
    assert len(frame["middle"]) == len(frame["tangent"]) == 0
    np.testing.assert_allclose(frame["output"], squash(-1))
    assert "the output 0.27 everywhere, a flat line without a midpoint" in view.describe(frame)
