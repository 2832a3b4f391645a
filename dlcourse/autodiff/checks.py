"""Is a gradient right? Exactly, by the adjoint test, and roughly, by central differences."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.autodiff.tensor import Tensor
from dlcourse.autodiff.transforms import jvp, vjp


def gradient_errors(f: Callable, *xs: Any, **settings: Any) -> list[float]:
    """How far the backward pass of `f` is from its forward mode: one relative error per input.

    For random dy and v the number <dy, J v> must equal <dy J, v>. The left side comes from forward mode
    (complex step), the right side from backward. Away from kinks a right gradient gives about 1e-16 in float64, a
    wrong one about the relative size of its error.

    Parameters
    ----------
    f : callable
        A differentiable function or a program of them.
    *xs : array_like of floats
        Where to test; taken as float64.
    **settings
        Passed to `f` by name.

    Returns
    -------
    list of float
        |<dy, Jv> - <dy J, v>| / (|dy| |Jv| + |dy J| |v|) for each input; 0 where both sides are 0.

    Examples
    --------
    >>> from dlcourse.autodiff import multiply
    >>> max(gradient_errors(multiply, np.array([1.0, 2.0]), np.array([3.0, 4.0]))) < 1e-12
    True
    """
    rng = np.random.default_rng(0)
    arrays = [np.asarray(x.data if isinstance(x, Tensor) else x, dtype=np.float64) for x in xs]

    def program(*inputs):
        return f(*inputs, **settings)

    y, backward = vjp(program, *arrays)
    dys = [rng.standard_normal(np.shape(part)) for part in (y if isinstance(y, tuple) else (y,))]
    dxs = backward(*dys)
    dxs = dxs if isinstance(dxs, tuple) else (dxs,)
    errors = []
    for i, (x, dx) in enumerate(zip(arrays, dxs, strict=True)):
        v = rng.standard_normal(x.shape)
        directions = [v if j == i else np.zeros(other.shape) for j, other in enumerate(arrays)]
        _, slopes = jvp(program, arrays, directions)
        slopes = slopes if isinstance(slopes, tuple) else (slopes,)
        forward = sum(float(np.vdot(dy, slope)) for dy, slope in zip(dys, slopes, strict=True))
        scale = _norm(*dys) * _norm(*slopes) + _norm(dx) * _norm(v)
        difference = abs(forward - float(np.vdot(dx, v)))
        errors.append(difference / scale if scale > 0 else difference)
    return errors


def numerical_gradient(f: Callable, x: Any, *, h: float = 1e-5) -> np.ndarray:
    """Gradient of a scalar function by central differences, one pair of calls for each entry of `x`.

    The error is of order h² from the formula and 1e-16 / h from rounding, about 1e-10 at best in float64.

    Parameters
    ----------
    f : callable
        Takes an array of the shape of `x`, returns one number.
    x : array_like of floats
    h : float
        The step, in the units of `x`.

    Examples
    --------
    >>> numerical_gradient(lambda x: (x**2).sum(), [1.0, 2.0]).round(6)
    array([2., 4.])
    """
    x = np.array(x, dtype=np.float64)
    slopes = np.zeros_like(x)
    for i in np.ndindex(x.shape):
        middle = x[i]
        x[i] = middle + h
        above = float(f(x))
        x[i] = middle - h
        below = float(f(x))
        x[i] = middle
        slopes[i] = (above - below) / (2 * h)
    return slopes


def relative_error(a: Any, b: Any) -> float:
    """Largest difference of two arrays, relative to their largest entry: max|a - b| / max(|a|, |b|).

    Examples
    --------
    >>> relative_error([1.0, 2.0], [1.0, 2.2]).__round__(4)
    0.0909
    """
    a, b = np.asarray(a), np.asarray(b)
    if a.shape != b.shape:
        raise ValueError(f"relative_error: expected arrays of equal shape, got {a.shape} and {b.shape}")
    scale = max(np.max(np.abs(a), initial=0.0), np.max(np.abs(b), initial=0.0))
    difference = float(np.max(np.abs(a - b), initial=0.0))
    return difference / float(scale) if scale > 0 else difference


def _norm(*arrays: Any) -> float:
    return float(np.sqrt(sum(np.vdot(a, a).real for a in arrays)))
