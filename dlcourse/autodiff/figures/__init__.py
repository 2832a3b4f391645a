"""Figures of lesson 01."""

from dlcourse.autodiff.figures.graphs import NeuronWalk, TwoLayersWalk, Walk, draw_logistic_neuron, draw_two_layers
from dlcourse.autodiff.figures.shapes import BalanceShapes
from dlcourse.autodiff.figures.slopes import SlopesMultiply, factors_of_a_gradient
from dlcourse.autodiff.figures.training import digit_sheet, loss_curve, training_loop

__all__ = [
    "BalanceShapes",
    "NeuronWalk",
    "SlopesMultiply",
    "TwoLayersWalk",
    "Walk",
    "digit_sheet",
    "draw_logistic_neuron",
    "draw_two_layers",
    "factors_of_a_gradient",
    "loss_curve",
    "training_loop",
]
