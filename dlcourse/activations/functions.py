"""Activations: each is its formula and the slope that its backward multiplies by."""

from __future__ import annotations

import numbers
from typing import Any

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


@differentiable
def softplus(x):
    """A relu without the kink: log(1 + exp(x)); its slope is the sigmoid.

    Computed as max(x, 0) + log(1 + exp(-|x|)), so that exp is never taken of a positive number.

    Examples
    --------
    >>> softplus(np.array([-800.0, 0.0, 800.0])).round(4)
    array([0.000e+00, 6.931e-01, 8.000e+02])
    """
    e = np.exp(np.where(x > 0, -x, x))

    def backward(dy):
        return dy * np.where(x > 0, 1 / (1 + e), e / (1 + e))

    return np.maximum(x, 0) + np.log1p(e), backward


@differentiable
def leaky_relu(x, *, slope=0.01):
    """Let a little through: x for x > 0 and slope * x elsewhere; at 0 the slope is that of the negative side.

    Parameters
    ----------
    x : array
    slope : float
        Of the negative side. Below 1 this is max(slope * x, x); above 1 that formula would be wrong.

    Examples
    --------
    >>> leaky_relu(np.array([-2.0, 0.0, 3.0]), slope=0.1)
    array([-0.2,  0. ,  3. ])
    """
    slope = _number("leaky_relu", "slope", slope)

    def backward(dy):
        return np.where(x > 0, dy, slope * dy)

    return np.maximum(x, 0) + slope * np.minimum(x, 0), backward


@differentiable
def elu(x, *, alpha=1.0):
    """Level off at -alpha: x for x > 0 and alpha * (exp(x) - 1) elsewhere.

    Its slope is 1 for x > 0 and alpha * exp(x), which is y + alpha, elsewhere; also at 0, where only alpha = 1
    is without a kink.

    Parameters
    ----------
    x : array
    alpha : float

    References
    ----------
    Clevert, Unterthiner and Hochreiter, "Fast and accurate deep network learning by exponential linear units",
    2016.

    Examples
    --------
    >>> elu(np.array([-800.0, 0.0, 3.0]))
    array([-1.,  0.,  3.])
    """
    alpha = _number("elu", "alpha", alpha)
    negative = np.minimum(x, 0)  # exp is never taken of a positive number

    def backward(dy):
        return np.where(x > 0, dy, dy * (alpha * np.exp(negative)))

    return np.maximum(x, 0) + alpha * np.expm1(negative), backward


@differentiable
def maxout(x, *, pieces):
    """Keep the largest of each group of neighbours in the last axis; the whole gradient goes to the winner.

    With a linear layer in front, each output is the maximum of `pieces` straight lines, a convex function that
    is learned. Of equal maxima the first wins.

    Parameters
    ----------
    x : array (..., n * pieces)
    pieces : int
        How many neighbours compete.

    Returns
    -------
    array (..., n)

    References
    ----------
    Goodfellow, Warde-Farley, Mirza, Courville and Bengio, "Maxout networks", 2013.

    Examples
    --------
    >>> maxout(np.array([1.0, 3.0, -2.0, -5.0]), pieces=2)
    array([ 3., -2.])
    """
    groups = _in_groups(x, pieces)  # (..., n, pieces)
    winners = groups.argmax(axis=-1, keepdims=True)

    def backward(dy):
        dx = np.zeros(groups.shape, dy.dtype)
        np.put_along_axis(dx, winners, dy[..., None], axis=-1)
        return dx.reshape(x.shape)

    return np.take_along_axis(groups, winners, axis=-1)[..., 0], backward


@differentiable
def softmax(x, *, axis=-1):
    """Turn scores into probabilities: exp(x) / sum of exp(x) along an axis.

    The largest score is subtracted first. It cancels in the quotient, and exp is never taken of a positive
    number. Each score gets its probability times what its dy has over the mean of dy: y (dy - sum(y dy)).

    Parameters
    ----------
    x : array
        Scores, or logits; one of -inf gets the probability 0.
    axis : int
        Along which the probabilities sum to 1: the classes, not the examples.

    Examples
    --------
    >>> softmax(np.array([1.0, 2.0, 3.0])).round(6)
    array([0.090031, 0.244728, 0.665241])
    """
    e = np.exp(x - x.max(axis=axis, keepdims=True))
    y = e / e.sum(axis=axis, keepdims=True)

    def backward(dy):
        return y * (dy - (y * dy).sum(axis=axis, keepdims=True))

    return y, backward


@differentiable
def log_softmax(x, *, axis=-1):
    """Logarithm of the softmax, x - log(sum of exp(x)), finite also where the probability rounds to 0.

    Each score gets dy minus its probability times the sum of dy.

    Parameters
    ----------
    x : array
        Scores, or logits.
    axis : int
        Along which the probabilities sum to 1.

    Examples
    --------
    >>> log_softmax(np.array([0.0, 800.0]))
    array([-800.,    0.])
    """
    shifted = x - x.max(axis=axis, keepdims=True)
    y = shifted - np.log(np.exp(shifted).sum(axis=axis, keepdims=True))

    def backward(dy):
        return dy - np.exp(y) * dy.sum(axis=axis, keepdims=True)

    return y, backward


def _number(name: str, key: str, value: Any) -> float:
    if not isinstance(value, numbers.Real):
        raise TypeError(f"{name}: expected a number as {key}, got {type(value).__name__}")
    return float(value)  # a NumPy number would turn float32 into float64


def _in_groups(x: np.ndarray, pieces: Any) -> np.ndarray:
    if not isinstance(pieces, numbers.Integral) or pieces < 1:
        raise ValueError(f"maxout: expected a whole number of pieces, 1 or more, got {pieces!r}")
    if x.ndim == 0 or x.shape[-1] % pieces:
        raise ValueError(
            f"maxout: x of shape {x.shape} does not fall into groups of {pieces}; the length of its last axis must "
            "be a multiple of pieces"
        )
    return x.reshape(*x.shape[:-1], x.shape[-1] // pieces, pieces)
