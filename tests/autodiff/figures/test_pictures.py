"""The still figures of lesson 01: laid out without overlaps, and showing the right numbers."""

import numpy as np
import pytest

from dlcourse.autodiff import figures
from dlcourse.data import digits
from dlcourse.drawing import lint


def every_figure():
    x, y = digits()
    losses = np.exp(-np.arange(340) / 100)
    return {
        "draw_logistic_neuron": figures.draw_logistic_neuron(),
        "draw_two_layers": figures.draw_two_layers(),
        "draw_two_layers, values only": figures.draw_two_layers(gradients=False),
        "factors_of_a_gradient": figures.factors_of_a_gradient(),
        "training_loop": figures.training_loop(),
        "digit_sheet": figures.digit_sheet(x, y),
        "loss_curve": figures.loss_curve({"right": losses, "wrong": 2 * losses}, per_epoch=34),
    }


FIGURES = every_figure()


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_no_text_that_is_cut_off_small_or_on_other_text(name):
    assert lint(FIGURES[name].figure) == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_stays_small_in_the_notebook(name):
    assert len(FIGURES[name].png) < 60_000


def test_the_loss_curve_averages_each_epoch():
    assert "right from 0.85 to 0.04" in FIGURES["loss_curve"].alt
