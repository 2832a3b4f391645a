"""Figures of lesson 00."""

from dlcourse.orientation.figures.depth import XorPlane
from dlcourse.orientation.figures.digit import DrawADigit, digit_reader
from dlcourse.orientation.figures.history import why_now
from dlcourse.orientation.figures.learning import DescentInOneDimension, TurnTwoWeights, line_points
from dlcourse.orientation.figures.nerve_cell import two_neurons
from dlcourse.orientation.figures.network import ForwardPass
from dlcourse.orientation.figures.neuron import SeparateClouds, SigmoidNeuron, two_clouds
from dlcourse.orientation.figures.notation import Notation
from dlcourse.orientation.figures.shapes import BroadcastShapes
from dlcourse.orientation.figures.tent import TentMap
from dlcourse.orientation.figures.width import WidthFit

__all__ = [
    "BroadcastShapes",
    "DescentInOneDimension",
    "DrawADigit",
    "ForwardPass",
    "Notation",
    "SeparateClouds",
    "SigmoidNeuron",
    "TentMap",
    "TurnTwoWeights",
    "WidthFit",
    "XorPlane",
    "digit_reader",
    "line_points",
    "two_clouds",
    "two_neurons",
    "why_now",
]
