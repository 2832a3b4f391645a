"""Fully connected networks as circles and lines."""

import numpy as np
import pytest
from matplotlib.patches import Circle

from dlcourse.drawing import draw_network, lint, style
from tests.drawing.examples import texts

TRUE, FALSE = True, False


def units(picture):
    return [p for p in picture.figure.axes[0].patches if isinstance(p, Circle) and p.radius > 5]


def connections(picture):
    return [line for line in picture.figure.axes[0].lines if line.get_zorder() == 1]


def crosses(picture):
    return [line for line in picture.figure.axes[0].lines if line.get_zorder() == 3]


@pytest.mark.parametrize(
    "arguments",
    [
        {"sizes": [3, 4, 4, 1], "labels": ["input", "hidden", "hidden", "output"]},
        {"sizes": [784, 100, 10]},
        {"sizes": [8, 9], "labels": ["pixels", "digits"]},
        {"sizes": [1, 1]},
        {"sizes": [2] * 12},
    ],
)
def test_the_text_of_a_network_is_clean_and_it_fits_the_page(arguments):
    picture = draw_network(**arguments)
    assert lint(picture.figure) == []
    assert picture.width <= 840


def test_every_unit_is_connected_with_every_unit_of_the_next_layer():
    picture = draw_network([3, 4, 2])
    assert len(units(picture)) == 9
    assert len(connections(picture)) == 3 * 4 + 4 * 2
    assert texts(picture) == {"3": 1, "4": 1, "2": 1}
    assert picture.alt == "Fully connected network with layers of 3, 4 and 2 units and 20 connections."


def test_of_a_large_layer_the_two_ends_are_drawn_with_dots_between():
    picture = draw_network([8, 9, 64])
    assert len(units(picture)) == 24
    dots = [p for p in picture.figure.axes[0].patches if isinstance(p, Circle) and p.radius < 5]
    assert len(dots) == 6
    assert "64" in texts(picture)
    assert "648 connections" in picture.alt


def test_a_unit_that_is_struck_out_is_dashed_and_crossed_and_loses_its_connections():
    picture = draw_network([2, 3, 1], mask=[None, [TRUE, FALSE, TRUE], [TRUE]])
    dashed = [unit for unit in units(picture) if unit.get_linestyle() not in ("-", "solid")]
    assert len(dashed) == 1
    assert len(crosses(picture)) == 2
    assert {round(float(np.mean(line.get_xdata()))) for line in crosses(picture)} == {round(dashed[0].center[0])}
    assert len(connections(picture)) == 2 * 2 + 2 * 1
    assert "struck out are 0, 1 and 0 of them; left: 6 connections." in picture.alt


def test_the_mask_of_a_large_layer_counts_the_units_that_are_not_drawn():
    mask = np.arange(20) != 10  # in the middle, where the dots are
    picture = draw_network([20, 1], mask=[mask, None])
    assert len(crosses(picture)) == 0
    assert "struck out are 1 and 0 of them; left: 19 connections" in picture.alt
    mask = np.arange(20) != 19
    assert len(crosses(draw_network([20, 1], mask=[mask, None]))) == 2


def test_negative_weights_are_dashed_as_well_as_red_and_large_ones_wide():
    picture = draw_network([1, 3], weights=[np.array([[2.0, -1.0, 0.5]])])
    large, negative, small = connections(picture)
    assert (negative.get_color(), negative.is_dashed()) == (style.GRADIENT, True)
    assert (large.get_color(), large.is_dashed()) == (style.VALUE, False)
    assert large.get_linewidth() > negative.get_linewidth() > small.get_linewidth()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"sizes": [3]}, "two or more layers"),
        ({"sizes": [3, 0]}, "at least one unit"),
        ({"sizes": [2, 1], "mask": [[TRUE, FALSE]]}, "a mask for each of 2 layers, got 1"),
        ({"sizes": [2, 1], "mask": [[TRUE], None]}, r"mask\[0\] to be 2 booleans"),
        ({"sizes": [2, 1], "mask": [[1, 0], None]}, r"mask\[0\] to be 2 booleans, True = kept, got int64"),
        ({"sizes": [2, 1], "labels": ["in"]}, "a label for each of 2 layers, got 1"),
        ({"sizes": [2, 1], "weights": [np.zeros((1, 2))]}, r"shapes \[\(2, 1\)\], got \[\(1, 2\)\]"),
    ],
)
def test_what_does_not_match_the_sizes_is_refused_by_name(arguments, message):
    with pytest.raises(ValueError, match=message):
        draw_network(**arguments)
