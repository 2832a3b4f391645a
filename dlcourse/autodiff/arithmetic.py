"""The operations that every other differentiable function can be built from."""

from __future__ import annotations

import numbers
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse.autodiff.recording import differentiable

__all__ = [
    "add",
    "concatenate",
    "divide",
    "exp",
    "get_item",
    "log",
    "matmul",
    "maximum",
    "mean",
    "multiply",
    "negative",
    "power",
    "reshape",
    "sqrt",
    "subtract",
    "sum",
    "sum_to",
    "take",
    "transpose",
]


def sum_to(dy: np.ndarray, x: Any) -> np.ndarray:
    """Undo broadcasting: sum `dy` over the axes along which `x` was repeated.

    Parameters
    ----------
    dy : ndarray
        Gradient of the broadcast result.
    x : array_like
        The input that was broadcast; only its shape matters.

    Returns
    -------
    ndarray of the shape of `x`

    Examples
    --------
    >>> sum_to(np.ones((4, 3)), np.zeros(3))
    array([4., 4., 4.])
    """
    if type(x) is ndarray and dy.shape == x.shape:
        return dy
    shape = () if isinstance(x, (int, float, complex)) else np.shape(x)  # np.shape makes an array of a number
    added = dy.ndim - len(shape)
    dy = dy.sum(axis=tuple(range(added))) if added else dy
    stretched = tuple(i for i, n in enumerate(shape) if n == 1 and dy.shape[i] != 1)
    return dy.sum(axis=stretched, keepdims=True) if stretched else dy


@differentiable
def add(a, b):
    """Sum of two inputs: both get the gradient as it is.

    Shapes broadcast as in NumPy; each gradient has the shape of its input.
    """

    def backward(dy):
        return sum_to(dy, a), sum_to(dy, b)

    return a + b, backward


@differentiable
def subtract(a, b):
    """Difference: the first gets the gradient, the second its negative. Shapes broadcast."""

    def backward(dy):
        return sum_to(dy, a), sum_to(-dy, b)

    return a - b, backward


@differentiable
def multiply(a, b):
    """Elementwise product: each input gets the gradient times the *other* input. Shapes broadcast."""

    def backward(dy):
        return sum_to(dy * b, a), sum_to(dy * a, b)

    return a * b, backward


@differentiable
def divide(a, b):
    """Elementwise quotient a / b. Shapes broadcast."""
    y = a / b

    def backward(dy):
        da = dy / b
        return sum_to(da, a), sum_to(-da * y, b)

    return y, backward


@differentiable
def maximum(a, b):
    """Larger of two inputs, elementwise: the whole gradient goes to the winner, in a tie to the first."""
    a_wins = np.greater_equal(a, b)

    def backward(dy):
        return sum_to(dy * a_wins, a), sum_to(dy * ~a_wins, b)

    return np.maximum(a, b), backward


@differentiable
def matmul(a, b):
    """Matrix product a @ b, with NumPy's rules for vectors and for stacks of matrices.

    ``da = dy @ b.T`` and ``db = a.T @ dy``: the only products whose shapes fit.
    """
    y = a @ b

    def backward(dy):
        rows = a[None, :] if a.ndim == 1 else a
        columns = b[:, None] if b.ndim == 1 else b
        dy = np.expand_dims(dy, -1) if b.ndim == 1 else dy
        dy = np.expand_dims(dy, -2) if a.ndim == 1 else dy
        da = sum_to(dy @ columns.swapaxes(-1, -2), rows)
        db = sum_to(rows.swapaxes(-1, -2) @ dy, columns)
        return da.reshape(a.shape), db.reshape(b.shape)

    return y, backward


@differentiable
def negative(x):
    """Minus x."""

    def backward(dy):
        return -dy

    return -x, backward


@differentiable
def exp(x):
    """Exponential function, its own derivative."""
    y = np.exp(x)

    def backward(dy):
        return dy * y

    return y, backward


@differentiable
def log(x):
    """Natural logarithm; its slope is 1 / x.

    Raises
    ------
    ValueError
        When an entry of `x` is negative. log(0) is -inf.
    """
    _refuse_negative(x, "log")

    def backward(dy):
        return dy / x

    return np.log(x), backward


@differentiable
def sqrt(x):
    """Square root; its slope is 1 / (2 sqrt(x)), infinite at 0.

    Raises
    ------
    ValueError
        When an entry of `x` is negative.
    """
    _refuse_negative(x, "sqrt")
    y = np.sqrt(x)

    def backward(dy):
        return dy / (2 * y)

    return y, backward


@differentiable
def power(x, *, exponent):
    """x to a constant power; its slope is exponent * x**(exponent - 1).

    Parameters
    ----------
    x : array
    exponent : int or float

    Raises
    ------
    ValueError
        When the exponent is no integer and an entry of `x` is negative.
    """
    if not isinstance(exponent, numbers.Real):
        raise TypeError(f"power: expected a number as exponent, got {type(exponent).__name__}; use exp(b * log(a))")
    if isinstance(exponent, np.generic):
        exponent = exponent.item()  # a NumPy number would turn float32 into float64
    if not float(exponent).is_integer():
        _refuse_negative(x, f"power with exponent {exponent}")

    def backward(dy):
        return dy * 0 if exponent == 0 else dy * (exponent * _power(x, exponent - 1))

    return _power(x, exponent), backward


@differentiable
def sum(x, *, axis=None, keepdims=False):
    """Sum over all elements or over some axes: every summand gets the gradient of its sum."""

    def backward(dy):
        return np.broadcast_to(_with_axes(dy, axis, keepdims), x.shape)

    return x.sum(axis=axis, keepdims=keepdims), backward


@differentiable
def mean(x, *, axis=None, keepdims=False):
    """Mean over all elements or over some axes: every element gets an equal share of the gradient."""
    y = x.mean(axis=axis, keepdims=keepdims)

    def backward(dy):
        share = _with_axes(dy, axis, keepdims) * (y.size / max(x.size, 1))
        return np.broadcast_to(share, x.shape)

    return y, backward


@differentiable
def reshape(x, *, shape):
    """The same elements in another shape; one axis may be -1."""

    def backward(dy):
        return dy.reshape(x.shape)

    return x.reshape(shape), backward


@differentiable
def transpose(x, *, axes=None):
    """Axes in another order, reversed unless `axes` says otherwise."""

    def backward(dy):
        return dy.transpose(None if axes is None else np.argsort([axis % x.ndim for axis in axes]))

    return x.transpose(axes), backward


@differentiable
def take(x, *, index, axis=0):
    """Slices of `x` along one axis, in the order of `index`; a slice taken twice gets both gradients.

    Parameters
    ----------
    x : array
    index : int or integer array
    axis : int
    """
    index = np.asarray(index)  # a tuple would mean one index for each axis

    def backward(dy):
        dx = np.zeros(x.shape, dy.dtype)
        first = axis % x.ndim
        slices_first = np.moveaxis(dy, range(first, first + index.ndim), range(index.ndim))
        np.add.at(np.moveaxis(dx, axis, 0), index, slices_first)
        return dx

    return np.take(x, index, axis=axis), backward


@differentiable
def get_item(x, *, index):
    """``x[index]`` with any index NumPy knows; what ``tensor[...]`` calls."""

    def backward(dy):
        dx = np.zeros(x.shape, dy.dtype)
        np.add.at(dx, index, dy)
        return dx

    return x[index], backward


@differentiable
def concatenate(*xs, axis=0):
    """Arrays joined along an existing axis; each gets back its own piece of the gradient."""

    def backward(dy):
        ends = np.cumsum([x.shape[axis] for x in xs])[:-1]
        return tuple(np.split(dy, ends, axis=axis))

    return np.concatenate(xs, axis=axis), backward


# The ufuncs behind `array + tensor` and its like.
OPERATORS = {
    np.add: add,
    np.subtract: subtract,
    np.multiply: multiply,
    np.true_divide: divide,
    np.matmul: matmul,
    np.negative: negative,
}


def _with_axes(dy: np.ndarray, axis: int | Sequence[int] | None, keepdims: bool) -> np.ndarray:
    """Put summed axes back with length 1, so that the gradient broadcasts."""
    return dy if axis is None or keepdims else np.expand_dims(dy, axis)


def _power(x: Any, exponent: Any) -> Any:
    # By squaring: exact also for complex x, and many times cheaper than NumPy's general power.
    if not float(exponent).is_integer():
        return x**exponent
    if exponent < 0:
        return 1 / _power(x, -exponent)
    result, square, left = None, x, int(exponent)
    while left:
        if left % 2:
            result = square if result is None else result * square
        left //= 2
        square = square * square if left else square
    return x**0 if result is None else result


def _refuse_negative(x: Any, name: str) -> None:
    real = np.real(x)
    # Forward mode may leave -1e-60 where a square should be 0.
    if np.any(real < (-1e-30 if np.iscomplexobj(x) else 0)):
        raise ValueError(
            f"{name}: expected numbers that are not negative, got {np.count_nonzero(real < 0)} below 0 "
            f"(the smallest {np.min(real):.4g})"
        )
