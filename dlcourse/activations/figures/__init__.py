"""Figures of lesson 02."""

from dlcourse.activations.figures.depth import SlopesThroughDepth
from dlcourse.activations.figures.dying import DyingReLU
from dlcourse.activations.figures.explorer import ActivationExplorer
from dlcourse.activations.figures.heads import LossCurves, SoftmaxTemperature
from dlcourse.activations.figures.moons import MoonsWarp
from dlcourse.activations.figures.stairs import AccuracyStairs
from dlcourse.activations.figures.zigzag import ZigZag

__all__ = [
    "AccuracyStairs",
    "ActivationExplorer",
    "DyingReLU",
    "LossCurves",
    "MoonsWarp",
    "SlopesThroughDepth",
    "SoftmaxTemperature",
    "ZigZag",
]
