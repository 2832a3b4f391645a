"""The views of learning: losses that are losses, and steps that follow the slope."""

import numpy as np
import pytest

from dlcourse.drawing.canvas import Canvas
from dlcourse.orientation.figures.learning import DescentInOneDimension, TurnTwoWeights, line_points, loss_map
from tests.drawing.views import check_view

RATES = DescentInOneDimension.controls[0].values


@pytest.mark.parametrize("view", [TurnTwoWeights(), DescentInOneDimension()], ids=lambda view: type(view).__name__)
def test_a_view_keeps_the_rules_of_every_view(view):
    assert len(check_view(view)) >= 9


def test_the_points_are_the_same_each_time_and_lie_near_their_line():
    x, y = line_points()
    np.testing.assert_array_equal(y, line_points()[1])
    assert x.shape == y.shape == (12,)
    assert np.abs(y - (1.5 * x - 1)).max() < 1.5


@pytest.mark.parametrize("state", [{}, {"w": 1.5, "b": -1.0}, {"w": -1.0, "b": 1.0}, {"w": 3.0, "b": 0.3}])
def test_the_loss_is_the_mean_of_the_squared_errors(state):
    view = TurnTwoWeights()
    state = view.state(**state)
    squares = [(state["w"] * x + state["b"] - y) ** 2 for x, y in zip(*line_points(), strict=True)]
    frame = view.frame(**state)
    assert frame["loss"] == pytest.approx(sum(squares) / len(squares))
    assert f"the mean squared error is {frame['loss']:.2f}" in view.describe(frame)


def test_the_map_holds_the_loss_of_every_setting_of_the_knobs():
    view, losses = TurnTwoWeights(), loss_map()
    ws, bs = view.controls[0].values, view.controls[1].values
    assert losses.shape == (len(bs), len(ws))
    for row, column in [(0, 0), (40, 0), (7, 33), (20, 25)]:
        assert losses[row, column] == pytest.approx(view.frame(w=ws[column], b=bs[row], map="shown")["loss"])
    assert losses.min() > 0.1 and losses.max() < 100  # what the thermometer can show


def test_the_lowest_setting_of_the_map_is_near_the_least_squares_line_and_far_below_the_start():
    view = TurnTwoWeights()
    frame = view.frame(**view.state())
    w, b, loss = frame["lowest"]
    x, y = line_points()
    best = np.polyfit(x, y, 1)
    assert [w, b] == pytest.approx(best, abs=0.1)
    least = np.mean((np.polyval(best, x) - y) ** 2)
    assert least <= loss < least + 0.01
    assert frame["loss"] > 10 * loss


def test_the_loss_falls_at_every_click_of_either_knob_on_its_way_down():
    view = TurnTwoWeights()
    ws, bs = (np.array(control.values) for control in view.controls[:2])
    by_weight = [view.frame(w=w, b=0.5, map="hidden")["loss"] for w in ws[(ws >= 0) & (ws < 0.95)]]
    by_bias = [view.frame(w=1.5, b=b, map="hidden")["loss"] for b in bs[(bs >= -1) & (bs < 0.55)][::-1]]
    assert len(by_weight) == 10 and len(by_bias) == 16
    assert (np.diff(by_weight) < 0).all() and (np.diff(by_bias) < 0).all()


def test_while_the_map_is_hidden_neither_picture_nor_caption_gives_it_away():
    view = TurnTwoWeights()
    canvas = Canvas(view)
    seen = {}
    for state in ("shown", "hidden"):
        canvas.draw(view.state(map=state))
        assert [artist.get_visible() for artist in canvas.view._land] == [state == "shown"] * len(canvas.view._land)
        seen[state] = canvas.alt
    assert "lowest" in seen["shown"] and "lowest" not in seen["hidden"]


@pytest.mark.parametrize("state", [{"w": 1.5, "b": -1.0}, {}, {"w": -1.0, "b": 1.0}])
def test_the_thermometer_stands_at_the_loss_on_its_scale(state):
    view = TurnTwoWeights()
    canvas = Canvas(view)
    canvas.draw(view.state(**state))
    mercury = canvas.view._mercury
    box, scale = mercury.get_window_extent(), mercury.axes.transData
    assert box.y0 == pytest.approx(scale.transform((0.5, 0.1))[1])
    assert box.y1 == pytest.approx(scale.transform((0.5, canvas.frame["loss"]))[1], abs=0.1)


@pytest.mark.parametrize("rate", RATES)
def test_a_step_multiplies_the_distance_to_the_lowest_point_by_one_minus_two_learning_rates(rate):
    frame = DescentInOneDimension().frame(lr=rate, step=20)
    distance = frame["w"] - 2
    np.testing.assert_allclose(distance, -3 * (1 - 2 * rate) ** np.arange(21), atol=1e-12)
    np.testing.assert_allclose(frame["loss"], distance**2 + 1)


def test_the_slope_is_that_of_the_curve_where_the_path_ends():
    frame = DescentInOneDimension().frame(lr=0.1, step=3)
    w, h = frame["w"][-1], 1e-6
    assert frame["slope"] == pytest.approx((((w + h - 2) ** 2) - ((w - h - 2) ** 2)) / (2 * h))


@pytest.mark.parametrize(
    ("rate", "change", "words"),
    [
        (0.03, -1, "Each step leaves 0.94 of the distance to w = 2: it arrives."),
        (0.1, -1, "Each step leaves 0.80 of the distance to w = 2: it arrives."),
        (0.3, -1, "Each step leaves 0.40 of the distance to w = 2: it arrives."),
        (0.9, -1, "Each step jumps across and leaves 0.80 of the distance to w = 2: it arrives."),
        (1.0, 0, "Each step jumps across to the same height: it bounces for ever."),
        (1.1, 1, "Each step jumps across and lands 1.20 times as far from w = 2: it escapes."),
    ],
)
def test_the_caption_says_what_the_losses_do(rate, change, words):
    view = DescentInOneDimension()
    frame = view.frame(lr=rate, step=10)
    assert (np.sign(np.diff(frame["loss"])) == change).all()
    sides = np.sign(frame["w"] - 2)
    assert (sides[1:] == (-sides[:-1] if "across" in words else sides[:-1])).all()
    assert view.describe(frame).endswith(words)


def test_at_a_learning_rate_of_one_half_a_single_step_arrives():
    view = DescentInOneDimension()
    frame = view.frame(lr=0.5, step=1)
    assert frame["w"].tolist() == [-1, 2] and frame["slope"] == 0
    assert view.describe(frame).endswith("One step lands on the lowest point, w = 2.")


def test_only_what_escapes_leaves_the_picture_and_an_arrow_says_so():
    view = DescentInOneDimension()
    canvas = Canvas(view)
    left = [(rate, step) for rate in RATES for step in range(21) if view.frame(lr=rate, step=step)["outside"]]
    assert left == [(1.1, step) for step in range(4, 21)]
    for step, arrows in ((20, 1), (3, 0), (4, 1)):
        canvas.draw(view.state(lr=1.1, step=step))
        assert [len(arrow.get_xdata()) for arrow in canvas.view._arrows] == [arrows, arrows]
