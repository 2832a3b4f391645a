"""Layers: functions that own their parameters."""

from dlcourse.layers.functions import linear
from dlcourse.layers.layers import Flatten, Layer, Linear, Parameter, Sequential

__all__ = ["Flatten", "Layer", "Linear", "Parameter", "Sequential", "linear"]
