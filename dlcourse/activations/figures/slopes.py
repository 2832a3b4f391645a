"""Values and slopes of the activations, as the package computes them, and how figures write them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.activations import elu, leaky_relu, relu, sigmoid, softplus, tanh

ACTIVATIONS = {f.__name__: f for f in (sigmoid, tanh, relu, leaky_relu, elu, softplus)}
FLAT = 0.01
REACH = 6.0
PLACES = np.arange(-120, 121) / 20


def value_and_slope(f: Callable, x: Any, **settings: float) -> tuple[np.ndarray, np.ndarray]:
    """An activation and its slope at each entry: what its way back makes of ones."""
    x = np.asarray(x, dtype=float)
    y, backward = f.vjp(x, **settings)  # type: ignore[attr-defined]
    return y, backward(np.ones_like(x))


def slope_of(f: Callable, x: Any, **settings: float) -> np.ndarray:
    """The slope of an activation at each entry."""
    return value_and_slope(f, x, **settings)[1]


def number(value: float) -> str:
    """Three digits, with the minus as the axes write it, and 0 for what rounding left of it."""
    return f"{value + 0.0:.3g}".replace("-", "−")
