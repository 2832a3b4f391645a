"""What batch norm does to the numbers of one unit, and what γ and β make of them."""

import numpy as np
import pytest

from dlcourse.activations import sigmoid
from dlcourse.normalization import figures
from dlcourse.normalization.figures.bars import two
from tests.normalization.figures.frames import frame_of


@pytest.mark.parametrize("size", [8, 64, 1000])
@pytest.mark.parametrize(("shift", "scale"), [(-4, 0.25), (3, 2), (4, 3)])
def test_what_leaves_batch_norm_is_the_same_wherever_the_batch_came_from(size, shift, scale):
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=shift, scale=scale, size=size)
    plain = frame_of(view, shift=0, scale=1, size=size)
    np.testing.assert_allclose(frame["before"], shift + scale * plain["before"], atol=1e-12)
    np.testing.assert_allclose(frame["after"], plain["after"], atol=1e-3)  # eps is not quite nothing at scale 1/4
    assert frame["mean"][1] == pytest.approx(0, abs=1e-9) and frame["var"][1] == pytest.approx(1, abs=1e-3)
    assert frame["mean"][0] == pytest.approx(sum(frame["before"]) / size)
    assert f"variance {two(frame['var'][0])} and leaves with mean 0.00" in view.describe(frame)


@pytest.mark.parametrize(("shift", "scale"), [(-4, 0.25), (3, 2), (4, 3)])
def test_two_examples_become_minus_one_and_one(shift, scale):
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=shift, scale=scale, size=2)
    np.testing.assert_allclose(np.sort(frame["after"]), [-1, 1], atol=1e-3)
    assert "−1 and +1" in view.describe(frame)
    assert "−1 and +1" not in view.describe(frame_of(view, size=8))


def test_the_thousand_numbers_that_arrive_have_about_the_mean_and_variance_of_the_knobs_and_fit_the_picture():
    view = figures.BatchNormDistributions()
    frame = frame_of(view, shift=3, scale=2, size=1000)
    assert frame["mean"][0] == pytest.approx(3, abs=0.2) and frame["var"][0] == pytest.approx(4, abs=0.4)
    for shift in (-4, 4):
        before = frame_of(view, shift=shift, scale=3, size=1000)["before"]
        assert before.min() > -10 and before.max() < 15
    assert np.abs(frame["after"]).max() < 4


def test_gamma_is_the_standard_deviation_and_beta_the_mean():
    y = frame_of(figures.GammaBeta(), gamma=3, beta=-2)["y"]
    assert y.mean() == pytest.approx(-2) and y.std() == pytest.approx(3)


def test_over_a_standard_normal_the_sigmoid_is_nearly_straight_and_never_saturated():
    view = figures.GammaBeta()
    frame = frame_of(view)
    assert (frame["gamma"], frame["beta"]) == (1, 0)
    assert 0.98 < frame["fit"] < 0.99 and frame["saturated"] == 0
    z = np.random.default_rng(0).standard_normal(200_000)
    assert frame["fit"] == pytest.approx(np.corrcoef(z, sigmoid(z))[0, 1] ** 2, abs=0.002)


def test_a_larger_gamma_bends_and_saturates_and_a_smaller_one_straightens():
    view = figures.GammaBeta()
    frames = [frame_of(view, gamma=gamma) for gamma in view.controls[0].values]
    assert np.all(np.diff([frame["fit"] for frame in frames]) < 0)
    assert np.all(np.diff([frame["saturated"] for frame in frames]) >= 0)
    assert frames[-1]["saturated"] > 0.2


def test_the_share_of_saturated_sums_is_the_share_whose_numerical_slope_is_below_a_hundredth():
    frame = frame_of(figures.GammaBeta(), gamma=2, beta=4)
    slope = (sigmoid(frame["y"] + 1e-6) - sigmoid(frame["y"] - 1e-6)) / 2e-6
    assert frame["saturated"] == np.mean(slope < 0.01) > 0.3


def test_the_straight_line_is_the_one_of_least_squares():
    frame = frame_of(figures.GammaBeta(), gamma=2, beta=1)
    (left, right), (low, high) = frame["line"]
    slope = (high - low) / (right - left)
    error = frame["output"] - (low + slope * (frame["y"] - left))
    assert error.mean() == pytest.approx(0, abs=1e-9) and (error * frame["y"]).mean() == pytest.approx(0, abs=1e-9)
    assert frame["fit"] == pytest.approx(1 - error.var() / frame["output"].var())
