"""The view of slopes through depth: products of the slope that is shown beside them."""

import math

import numpy as np
import pytest

from dlcourse.activations.figures import SlopesThroughDepth
from dlcourse.drawing.canvas import Canvas
from tests.drawing.views import check_view


def seen(**state):
    view = SlopesThroughDepth()
    frame = view.frame(**view.state(**state))
    return frame, view.describe(frame)


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(SlopesThroughDepth())) == 27


def test_ten_sigmoids_at_their_steepest_leave_less_than_a_millionth():
    frame, caption = seen()
    assert frame["slope"] == 0.25 and frame["left"] == 0.25**10 < 1e-6
    assert "10 such slopes multiply to 9.5e-7; at the steepest z they would to 9.5e-7." in caption


@pytest.mark.parametrize("state", [{"z": 4}, {"activation": "tanh", "z": -0.5}, {"activation": "leaky_relu", "z": -1}])
def test_the_products_are_made_one_slope_at_a_time(state):
    frame, _ = seen(**state, layers=7)
    product = 1.0
    for k in range(20):
        product *= frame["slope"]
        assert frame["products"][k] == pytest.approx(product, rel=1e-9)
    assert frame["left"] == pytest.approx(frame["products"][6])


def test_the_slopes_are_those_that_the_lesson_names():
    assert seen(z=4.0)[0]["slope"] == pytest.approx(0.0177, abs=5e-5)
    assert seen(z=4.0, activation="tanh")[0]["slope"] == pytest.approx(1 / math.cosh(4) ** 2)
    assert seen(z=-2.0, activation="leaky_relu")[0]["slope"] == pytest.approx(0.01)


def test_no_place_lets_more_through_than_the_steepest():
    for activation, best in [("sigmoid", 0.25), ("tanh", 1), ("relu", 1), ("leaky_relu", 1)]:
        frames = [seen(activation=activation, z=z)[0] for z in SlopesThroughDepth.controls[1].values]
        assert all((frame["products"] <= frame["best"] * (1 + 1e-12)).all() for frame in frames)
        np.testing.assert_allclose(frames[0]["best"], best ** np.arange(1, 21))


def test_a_relu_keeps_everything_on_the_right_and_nothing_on_the_left():
    assert seen(activation="relu", z=0.5, layers=20)[0]["left"] == 1
    frame, caption = seen(activation="relu", z=0.0)
    assert frame["left"] == 0
    assert caption.startswith("relu at z = 0, the corner, has the slope 0. 10 such slopes multiply to 0")


def test_every_layer_has_one_mark_also_where_the_product_is_too_small_to_be_drawn():
    view = SlopesThroughDepth()
    canvas = Canvas(view)
    for state, below in [({"z": 4.0}, 9), ({"activation": "relu", "z": -1.0}, 20), ({"activation": "tanh"}, 0)]:
        canvas.draw(view.state(**state, layers=20))
        inside, outside = (artist.get_xdata().tolist() for artist in (canvas.view._product, canvas.view._below))
        assert inside + outside == list(range(1, 21)) and len(outside) == below
