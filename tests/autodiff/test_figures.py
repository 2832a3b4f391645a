"""The figures of lesson 01: laid out without overlaps, and showing the right numbers."""

import numpy as np
import pytest

from dlcourse.autodiff import figures
from dlcourse.data import digits
from dlcourse.drawing import lint


def every_figure():
    x, y = digits()
    losses = np.exp(-np.arange(340) / 100)
    return {
        "draw_program": figures.draw_program(lambda x, y, z: (x + y) * z, x=3.0, y=1.0, z=-2.0),
        "draw_program, a shared value": figures.draw_program(shared, x=2.0, y=1.0),
        "draw_logistic_neuron": figures.draw_logistic_neuron(),
        "draw_logistic_neuron, values only": figures.draw_logistic_neuron(gradients=False),
        "draw_two_layers": figures.draw_two_layers(),
        "draw_two_layers, values only": figures.draw_two_layers(gradients=False),
        "slopes_multiply": figures.slopes_multiply(),
        "balance_shapes": figures.balance_shapes(n=5, n_in=3, n_out=2),
        "factors_of_a_gradient": figures.factors_of_a_gradient(),
        "training_loop": figures.training_loop(),
        "digit_sheet": figures.digit_sheet(x, y),
        "loss_curve": figures.loss_curve({"right": losses, "wrong": 2 * losses}, per_epoch=34),
    }


def shared(x, y):
    s = x + y
    return x * x + x * y + s * s


FIGURES = every_figure()


def numbers_in(picture):
    texts = [text.get_text() for axes in picture.figure.axes for text in axes.texts]
    return " ".join(texts).replace("−", "-")


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_has_no_text_that_is_cut_off_small_or_on_other_text(name):
    assert lint(FIGURES[name].figure) == []


@pytest.mark.parametrize("name", FIGURES)
def test_a_figure_stays_small_in_the_notebook(name):
    assert len(FIGURES[name].png) < 60_000


def test_the_graph_of_x_plus_y_times_z_shows_its_gradients():
    shown = numbers_in(FIGURES["draw_program"])
    assert "-8.00" in shown
    assert shown.count("-2.00") >= 3  # z itself, and the gradients of x, y and q


def test_without_gradients_the_neuron_does_not_give_its_gradient_away():
    assert "0.538" in numbers_in(FIGURES["draw_logistic_neuron"])
    assert "0.538" not in numbers_in(FIGURES["draw_logistic_neuron, values only"])
    assert "0.538" not in FIGURES["draw_logistic_neuron, values only"].alt


def test_the_loss_curve_averages_each_epoch():
    assert "right from 0.85 to 0.04" in FIGURES["loss_curve"].alt
