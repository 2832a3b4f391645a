"""The view of dead units: counts that agree with a count by hand, and with the lesson."""

import numpy as np
import pytest

from dlcourse.activations.figures import DyingReLU
from dlcourse.activations.figures.dying import BIASES, EDGES, counts, shares, weighted_sums
from dlcourse.data import digits
from tests.drawing.views import check_view


def seen(**state):
    view = DyingReLU()
    frame = view.frame(**view.state(**state))
    return frame, view.describe(frame)


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(DyingReLU())) == 6


def test_the_weights_are_those_of_the_lesson():
    W = np.random.default_rng(0).standard_normal((64, 100)) * np.sqrt(2 / 64)
    np.testing.assert_allclose(weighted_sums(), digits()[0] @ W)


@pytest.mark.parametrize("bias", [-5.0, -1.5, -1.0, 0.0, 2.0])
def test_the_shares_are_those_of_a_count_unit_by_unit(bias):
    units = (weighted_sums() + bias).T
    silent = [sum(unit <= 0) for unit in units]
    assert shares("relu", bias) == (pytest.approx(sum(silent) / units.size), silent.count(len(units[0])) / 100)


def test_at_0_half_of_the_outputs_are_silent_and_at_minus_5_all_units_are_dead():
    assert shares("relu", 0.0)[0] == pytest.approx(0.5, abs=0.08)
    assert shares("relu", -5.0) == (1, 1)
    assert seen()[0]["here"][0] > 0.9 > 0.5 > seen()[0]["here"][1] > 0.3  # silent is not yet dead


def test_a_leaky_relu_is_never_silent_and_never_dead():
    frame, caption = seen(activation="leaky_relu", bias=-5.0)
    assert not frame["silent"].any() and not frame["dead"].any() and frame["below"] == 1
    assert "100% of the weighted sums over the digits are at most 0, 0% of the outputs are 0" in caption
    assert caption.endswith("and no unit is dead: each has a slope other than 0 for some digit.")


def test_lowering_the_bias_silences_and_kills():
    frame, _ = seen()
    assert (np.diff(frame["silent"]) <= 0).all() and (np.diff(frame["dead"]) <= 0).all()
    assert (frame["dead"] <= frame["silent"]).all()


@pytest.mark.parametrize("bias", [BIASES[0], -1.0, BIASES[-1]])
def test_the_histogram_holds_every_sum_and_agrees_with_the_share_below_0(bias):
    assert counts(bias).sum() == pytest.approx(1)
    assert counts(bias)[EDGES[1:] <= 0].sum() == pytest.approx(seen(bias=bias)[0]["below"])
    assert 100 * counts(bias).max() < 17  # the top of its axis


def test_what_is_kept_can_not_be_written_to():
    for kept in (weighted_sums(), counts(0.0)):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 1
