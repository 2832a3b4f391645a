"""The view of the two ways and three schemes: gains that add up, and matrices that have them."""

import numpy as np
import pytest

from dlcourse.initialization.figures import Compromise
from dlcourse.initialization.figures.compromise import SCHEMES, SIZES, short, weights
from tests.drawing.views import check_view

SHAPES = [(1000, 10), (10, 1000), (300, 300), (30, 100), (10, 10)]


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(Compromise())) == 9


@pytest.mark.parametrize(("n_in", "n_out"), SHAPES)
def test_each_scheme_of_one_fan_makes_its_own_way_right_and_xavier_shares_the_error(n_in, n_out):
    gains = Compromise().frame(n_in=n_in, n_out=n_out)["gains"]
    np.testing.assert_allclose(gains[0], [1, n_out / n_in])
    np.testing.assert_allclose(gains[2], [n_in / n_out, 1])
    assert gains[1].sum() == pytest.approx(2)
    assert gains[1, 0] / gains[1, 1] == pytest.approx(n_in / n_out)


@pytest.mark.parametrize(("n_in", "n_out"), SHAPES)
def test_matrices_of_the_package_have_the_gains_that_are_predicted(n_in, n_out):
    frame = Compromise().frame(n_in=n_in, n_out=n_out)
    np.testing.assert_allclose(frame["measured"] / frame["gains"], 1, atol=0.08)


@pytest.mark.parametrize("scheme", SCHEMES)
def test_a_scheme_draws_matrices_of_its_shape_and_variance(scheme):
    W = weights(scheme, 400, 100, np.random.default_rng(5))
    variance = dict(zip(SCHEMES, Compromise().frame(n_in=400, n_out=100)["variances"], strict=True))[scheme]
    assert W.shape == (400, 100)
    assert variance == {"1 / n_in": 1 / 400, "Xavier": 2 / 500, "1 / n_out": 1 / 100}[scheme]
    assert W.var() == pytest.approx(variance, rel=0.05)


def test_only_in_a_square_layer_one_variance_is_right_for_both_ways():
    for n_in in SIZES:
        for n_out in SIZES:
            variances = Compromise().frame(n_in=n_in, n_out=n_out)["variances"]
            assert np.allclose(variances, variances[0]) == (n_in == n_out)
            assert min(variances[[0, 2]]) <= variances[1] <= max(variances[[0, 2]])


def test_the_lines_pass_through_gain_one_where_the_schemes_of_one_fan_are():
    frame = Compromise().frame(n_in=1000, n_out=30)
    (low, high), ends = np.log(frame["lines"]).T, np.log([3e-4, 0.3])
    crossings = np.exp(ends[0] - low * (ends[1] - ends[0]) / (high - low))
    np.testing.assert_allclose(crossings, frame["variances"][[0, 2]])


def test_the_view_starts_with_the_layer_of_the_lesson_and_says_its_gains():
    view = Compromise()
    caption = view.describe(view.frame(**view.state()))
    assert caption.startswith(
        "1000 inputs, 10 units. Variance 1/n_in: gains 1 forward and 0.01 back. 1/n_out: 100 and 1."
    )
    assert "Xavier, 2/1010: 1.98 and 0.02, measured" in caption
    square = view.describe(view.frame(n_in=300, n_out=300))
    assert square == "300 inputs and 300 units: all three schemes choose 1/300, and both gains are 1."


@pytest.mark.parametrize(("gain", "text"), [(100.2, "100"), (33.3, "33"), (1.98, "1.98"), (0.0198, "0.02"), (1, "1")])
def test_a_gain_is_written_short(gain, text):
    assert short(gain) == text
