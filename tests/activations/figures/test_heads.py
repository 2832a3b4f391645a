"""The views of outputs and losses: their numbers are those of the formulas."""

import math

import numpy as np
import pytest

from dlcourse.activations.figures.heads import LOGITS, SUMS, TEMPERATURES, LossCurves, SoftmaxTemperature
from tests.drawing.views import check_view


def losses(z):
    y = 1 / (1 + math.exp(-z))
    return -math.log(y), (1 - y) ** 2


def test_the_view_of_the_losses_keeps_the_rules_of_every_view():
    assert len(check_view(LossCurves())) == 3


def test_the_view_of_the_softmax_keeps_the_rules_of_every_view():
    assert len(check_view(SoftmaxTemperature())) == 9


@pytest.mark.parametrize("z", SUMS[::4])
def test_losses_and_slopes_are_those_of_the_formulas(z):
    frame, h = LossCurves().frame(z=z), 1e-5
    np.testing.assert_allclose(frame["loss"][:2], losses(z), rtol=1e-9)
    measured = [(a - b) / (2 * h) for a, b in zip(losses(z + h), losses(z - h), strict=True)]
    np.testing.assert_allclose(frame["slope"][:2], measured, rtol=1e-4, atol=1e-9)
    assert frame["output"] == pytest.approx(1 / (1 + math.exp(-z)))
    assert frame["loss"][2] == (z <= 0)


def test_the_view_starts_where_the_squared_error_has_lost_its_slope_and_the_log_loss_has_not():
    view = LossCurves()
    frame = view.frame(**view.state())
    log, squared, wrong = frame["slope"]
    assert frame["z"] == -10 and log == pytest.approx(-1, abs=1e-4)
    assert log / squared > 5000
    assert wrong == 0
    assert "log loss 10 with slope -1, squared error 1 with slope -9.1e-05" in view.describe(frame)


def test_the_squared_error_is_steepest_between_minus_1_and_0_and_never_as_steep_as_the_log_loss_on_the_wrong_side():
    slopes = np.array([LossCurves().frame(z=z)["slope"] for z in SUMS])
    assert -1 <= SUMS[slopes[:, 1].argmin()] <= 0
    wrong = np.array(SUMS) <= 0
    assert (slopes[wrong, 0] < slopes[wrong, 1]).all()


def test_at_0_the_caption_says_that_the_answer_turns():
    view = LossCurves()
    assert view.describe(view.frame(z=0.0)).endswith("Here the answer turns.")
    assert view.describe(view.frame(z=-0.5)).endswith("The answer is wrong, and a nudge leaves it wrong.")
    assert view.describe(view.frame(z=0.5)).endswith("The answer is right, and a nudge leaves it right.")


@pytest.mark.parametrize("temperature", TEMPERATURES[::3])
@pytest.mark.parametrize("third", LOGITS[::4])
def test_the_probabilities_are_exponentials_over_their_sum(temperature, third):
    frame = SoftmaxTemperature().frame(temperature=temperature, third=third)
    e = [math.exp(logit / temperature) for logit in (1, 2, third)]
    np.testing.assert_allclose(frame["p"], np.array(e) / sum(e), rtol=1e-9)
    assert frame["ends"][0] == 0 and frame["ends"][-1] == pytest.approx(1)


def test_the_view_starts_with_the_example_of_the_lesson():
    view = SoftmaxTemperature()
    frame = view.frame(**view.state())
    np.testing.assert_allclose(frame["p"], [0.090, 0.245, 0.665], atol=5e-4)
    assert "Logits 1, 2, 3 at temperature 1: probabilities 0.090, 0.245, 0.665" in view.describe(frame)


def test_the_winner_gets_less_the_hotter_it_is_and_the_order_stays():
    p = np.array([SoftmaxTemperature().frame(temperature=t, third=3.0)["p"] for t in TEMPERATURES])
    assert (np.diff(p.max(axis=1)) < 0).all()
    assert p[0].max() > 0.999 and np.ptp(p[-1]) < 0.1
    assert (np.diff(p, axis=1) > 0).all()


def test_no_probability_is_written_as_0_or_as_1():
    view = SoftmaxTemperature()
    caption = view.describe(view.frame(temperature=0.1, third=5.0))
    assert "probabilities 4e-18, 9e-14, > 0.999" in caption


def test_two_winners_are_both_named():
    view = SoftmaxTemperature()
    assert "The largest is that of the second and third class, 0.422" in view.describe(
        view.frame(temperature=1, third=2.0)
    )
