"""Slopes multiply: the wheels turn as the slopes say, and the belts that drive them touch them."""

import numpy as np
import pytest

from dlcourse.autodiff import figures
from dlcourse.autodiff.figures.slopes import APART, HOUR, SLOPES
from dlcourse.drawing.canvas import Canvas
from tests.drawing.views import check_view

STATES = [(first, second) for first in SLOPES for second in SLOPES]


CANVAS = Canvas(figures.SlopesMultiply())


def drawn(first, second):
    CANVAS.draw({"first": first, "second": second})
    return CANVAS.view


def test_the_wheels_are_fit_to_be_shown():
    check_view(figures.SlopesMultiply())


@pytest.mark.parametrize(("first", "second"), STATES)
def test_f_turns_by_the_product_and_the_sentence_says_so(first, second):
    view = figures.SlopesMultiply()
    frame = view.frame(first=first, second=second)
    assert (frame["x"], frame["q"], frame["f"]) == (1.0, first, first * second)
    assert f"= {first * second or 0.0:g}" in view.describe(frame)
    assert np.copysign(1, frame["f"]) > 0 or frame["f"] < 0  # no minus zero


@pytest.mark.parametrize(("first", "second"), STATES)
def test_a_belt_turns_its_wheels_by_the_ratio_of_their_radii(first, second):
    radii = [wheel.radius for wheel in drawn(first, second)._wheels]
    for slope, driving, driven in [(first, *radii[:2]), (second, *radii[2:])]:
        assert slope == 0 or np.isclose(driving / driven, abs(slope))


@pytest.mark.parametrize(("first", "second"), STATES)
def test_a_belt_touches_both_of_its_wheels_and_crosses_where_the_slope_is_negative(first, second):
    view = drawn(first, second)
    for i, slope in enumerate((first, second)):
        pieces = view._belts[i].get_segments()
        assert len(pieces) == (2 if slope else 0)
        for begin, end in pieces:
            wheels = view._wheels[2 * i : 2 * i + 2]
            for point, wheel in zip((begin, end), wheels, strict=True):
                out = point - wheel.center
                assert np.isclose(np.hypot(*out), wheel.radius)
                assert np.isclose(out @ (end - begin), 0)
            assert (begin[1] * end[1] < 0) == (slope < 0)
            assert end[0] - begin[0] < APART + 1


def test_a_hand_turns_clockwise_for_a_positive_slope_one_mark_for_each_unit():
    view = drawn(3.0, -1.0)
    ends = [np.diff(view._hands[name].get_xydata(), axis=0)[0] for name in "xqf"]
    degrees = [np.degrees(np.arctan2(x, y)) for x, y in ends]  # from above, clockwise
    np.testing.assert_allclose(degrees, [HOUR, 3 * HOUR, -3 * HOUR])


def test_the_lines_rise_by_what_the_wheels_turn():
    view = drawn(2.0, 3.0)
    assert {name: line.get_ydata()[-1] for name, line in view._lines.items()} == {"q": 2.0, "f": 6.0}


def test_a_belt_that_is_off_is_told():
    view = figures.SlopesMultiply()
    assert "The second slope is 0, a belt that is off" in view.describe(view.frame(first=3.0, second=0.0))
    assert "The first and second slope is 0" not in view.describe(view.frame(first=0.0, second=2.0))
