"""Activations: each is its formula and the slope that its backward multiplies by."""

from __future__ import annotations

import numpy as np

from dlcourse.autodiff import differentiable


@differentiable
def sigmoid(x):
    """Squash to (0, 1): 1 / (1 + exp(-x)); its slope is y (1 - y).

    Accurate in both tails: exp is never taken of a positive number.

    Examples
    --------
    >>> sigmoid(np.array([-800.0, 0.0, 800.0]))
    array([0. , 0.5, 1. ])
    """
    e = np.exp(np.where(x > 0, -x, x))
    small = e / (1 + e)
    y = np.where(x > 0, 1 / (1 + e), small)

    def backward(dy):
        # y (1 - y), with 1 - y free of cancellation: e / (1 + e)² is even in x.
        return dy * (small / (1 + e))

    return y, backward


@differentiable
def tanh(x):
    """Squash to (-1, 1), centred at 0; its slope is 1 - y².

    From |x| = 19 on y rounds to 1 or -1 in float64, and the slope, by then below 1.3e-16, to 0.

    Examples
    --------
    >>> tanh(np.array([-800.0, 0.0, 800.0]))
    array([-1.,  0.,  1.])
    """
    y = np.tanh(x)

    def backward(dy):
        return dy * (1 - y * y)

    return y, backward


@differentiable
def relu(x):
    """Keep what is positive: max(x, 0); its slope is 1 for x > 0 and 0 elsewhere, also at 0.

    Examples
    --------
    >>> relu(np.array([-2.0, 0.0, 3.0]))
    array([0., 0., 3.])
    """

    def backward(dy):
        return dy * (x > 0)

    return np.maximum(x, 0), backward
