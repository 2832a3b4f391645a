"""What width and depth buy, measured on the networks that the views draw."""

import numpy as np
import pytest

from dlcourse.orientation.figures.tent import (
    LAYERS,
    TentMap,
    deep_parameters,
    straight_pieces,
    tent_network,
    wide_parameters,
)
from dlcourse.orientation.figures.width import WIDTHS, WidthFit, hidden_layer
from tests.drawing.views import check_view


@pytest.mark.parametrize("view", [WidthFit(), TentMap()], ids=lambda view: type(view).__name__)
def test_a_view_is_fit_to_be_shown(view):
    check_view(view)


def test_the_largest_error_falls_with_every_doubling_of_the_width():
    errors = np.array([WidthFit().frame(width=width)["error"] for width in WIDTHS])
    assert (np.diff(errors) < 0).all()
    assert errors[0] > 1
    assert errors[-1] < 0.01


@pytest.mark.parametrize("width", WIDTHS)
def test_the_largest_error_is_that_of_the_drawn_line(width):
    frame = WidthFit().frame(width=width)
    x = np.linspace(-np.pi, np.pi, 801)
    error = np.abs(np.interp(x, frame["x"], frame["y"]) - np.sin(x)).max()
    assert error == pytest.approx(frame["error"], abs=1e-9)


@pytest.mark.parametrize("width", WIDTHS)
def test_every_hidden_unit_bends_the_line_once(width):
    frame = WidthFit().frame(width=width)
    slopes = np.diff(frame["y"]) / np.diff(frame["x"])
    assert (np.abs(np.diff(slopes)) > 1e-3).sum() == width


def test_no_other_output_weights_fit_better_in_squares():
    x = np.linspace(-np.pi, np.pi, 801)
    features = np.column_stack([hidden_layer(x, 4), np.ones_like(x)])
    residual = np.interp(x, *(WidthFit().frame(width=4)[name] for name in "xy")) - np.sin(x)
    np.testing.assert_allclose(features.T @ residual, 0, atol=1e-9)


def tent(x):
    return np.where(x < 0.5, 2 * x, 2 - 2 * x)


@pytest.mark.parametrize("layers", LAYERS)
def test_the_network_is_the_tent_map_applied_once_per_layer(layers):
    x = np.random.default_rng(0).uniform(size=200)
    expected = x
    for _ in range(layers):
        expected = tent(expected)
    np.testing.assert_allclose(tent_network(x, layers), expected, atol=1e-12)


def test_pieces_double_with_every_layer():
    assert [TentMap().frame(layers=n)["pieces"] for n in LAYERS] == [2, 4, 8, 16, 32, 64]


@pytest.mark.parametrize(("y", "pieces"), [([0, 1, 2, 3], 1), ([0, 1, 2, 1], 2), ([0, 1, 0, 1], 3), ([0, 0, 1, 1], 3)])
def test_pieces_are_counted_by_changes_of_slope(y, pieces):
    assert straight_pieces(np.array(y, float)) == pieces


def test_a_finer_grid_counts_the_same_pieces():
    fine = tent_network(np.linspace(0, 1, 2**13 + 1), 6)
    assert straight_pieces(fine) == TentMap().frame(layers=6)["pieces"]


def test_parameters_are_counted_as_weights_and_biases():
    assert [deep_parameters(n) for n in (1, 2, 6)] == [7, 13, 37]  # 6 n + 1
    assert [wide_parameters(pieces) for pieces in (2, 4, 64)] == [4, 10, 190]  # 3 units + 1


def test_depth_costs_less_from_three_layers_on():
    frames = [TentMap().frame(layers=n) for n in LAYERS]
    assert [frame["deep"] < frame["wide"] for frame in frames] == [False, False, True, True, True, True]


@pytest.mark.parametrize("units", [1, 3, 7])
def test_one_hidden_layer_bends_at_most_once_per_unit(units):
    rng = np.random.default_rng(units)
    hinge, direction, out = np.sort(rng.integers(1, 63, units)) / 64, rng.choice([-1, 1], units), rng.normal(size=units)
    x = np.linspace(0, 1, 65)
    y = np.maximum(0, direction * (x[:, None] - hinge)) @ out
    assert straight_pieces(y) <= units + 1
