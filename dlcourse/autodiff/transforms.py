"""Derivatives of whole programs: reverse mode, forward mode, curvature."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcourse.autodiff.graph import as_gradient, as_inexact_array, pull_back
from dlcourse.autodiff.recording import no_grad, recording
from dlcourse.autodiff.tensor import Tensor

# So small that its square is lost beside anything of ordinary size: the imaginary part of f(x + ih) is the slope.
TINY = 1e-30


def vjp(f: Callable, *xs: Any) -> tuple[Any, Callable]:
    """Value of a program and its way back (vector-Jacobian product, reverse mode).

    Parameters
    ----------
    f : callable
        A program of differentiable functions; it gets Tensors.
    *xs : array_like of floats

    Returns
    -------
    y : ndarray, or tuple of them when f has several outputs
    backward : callable
        ``backward(dy)`` gives dL/dx: one array for one input, a tuple for several.

    Examples
    --------
    >>> y, backward = vjp(lambda x, y: (x * y).sum(), np.array([1.0, 2.0]), np.array([3.0, 4.0]))
    >>> backward(1.0)
    (array([3., 4.]), array([1., 2.]))
    """
    leaves = [Tensor(as_inexact_array(_data(x), "vjp")) for x in xs]
    with recording():
        result = f(*leaves)
    outputs = _tuple(result)
    values = tuple(_data(y) for y in outputs)

    def backward(*dys: Any) -> Any:
        if len(dys) != len(values):
            raise TypeError(f"backward takes {len(values)} gradient(s), one for each output; got {len(dys)}")
        full = [
            (y, as_gradient(dy, y.data, "backward"))
            for y, dy in zip(outputs, dys, strict=True)
            if isinstance(y, Tensor) and dy is not None
        ]
        gradients = pull_back([y for y, _ in full], [dy for _, dy in full])
        dxs = tuple(np.array(gradients.get(leaf, np.zeros_like(leaf.data)), dtype=leaf.dtype) for leaf in leaves)
        return dxs[0] if len(dxs) == 1 else dxs

    return (values if isinstance(result, tuple) else values[0]), backward


def jvp(f: Callable, xs: Sequence, vs: Sequence) -> tuple[Any, Any]:
    """Value of a program and its slope along a direction (Jacobian-vector product, forward mode).

    One pass with complex numbers: ``imag(f(x + ih v)) / h`` is J·v to rounding, because for h = 1e-30 the
    terms in h² are lost beside the others. There is no difference of nearly equal numbers, hence no step size
    to tune. It holds for operations that NumPy continues analytically to complex numbers, away from kinks.

    Parameters
    ----------
    f : callable
        A program of differentiable functions.
    xs, vs : tuples of array_like
        Inputs and directions, of equal shapes.

    Returns
    -------
    y, dy : ndarray, or tuples of them when f has several outputs

    References
    ----------
    Squire and Trapp, "Using complex variables to estimate derivatives of real functions", SIAM Review 1998.

    Examples
    --------
    >>> y, dy = jvp(lambda x: x**2, (np.array([3.0]),), (np.array([1.0]),))
    >>> dy
    array([6.])
    """
    if not isinstance(xs, (tuple, list)) or not isinstance(vs, (tuple, list)):
        raise TypeError("jvp: expected tuples of inputs and directions; for one input write jvp(f, (x,), (v,))")
    if len(xs) != len(vs):
        raise ValueError(f"jvp: expected one direction for each input, got {len(xs)} inputs and {len(vs)} directions")
    h = TINY / max([1.0, *(float(np.max(np.abs(_data(v)), initial=0)) for v in vs)])
    lifted = [Tensor(_lift(x, v, h, "jvp")) for x, v in zip(xs, vs, strict=True)]
    with no_grad():
        result = f(*lifted)
    values = tuple(np.asarray(_data(y)) for y in _tuple(result))
    ys = tuple(y.real for y in values)
    dys = tuple(np.asarray(y.imag / h) for y in values)
    return (ys, dys) if isinstance(result, tuple) else (ys[0], dys[0])


def grad(f: Callable) -> Callable:
    """Gradient function of a scalar program: ``grad(f)(*xs)`` has one array for each input.

    Examples
    --------
    >>> grad(lambda x: (x**2).sum())(np.array([1.0, 2.0]))
    array([2., 4.])
    """

    def gradient(*xs: Any) -> Any:
        y, backward = vjp(f, *xs)
        if isinstance(y, tuple):
            raise ValueError(f"grad: expected a program that returns one number, got {len(y)} outputs; use vjp")
        if np.shape(y) != ():
            raise ValueError(
                f"grad: expected a program that returns one number, got shape {np.shape(y)}; sum it, or use vjp"
            )
        return backward(np.ones_like(y))

    return gradient


def hvp(f: Callable, x: Any, v: Any) -> np.ndarray:
    """Curvature along a direction: the Hessian of a scalar program times v.

    The slope of the gradient along v: the backward pass runs on x + ih v.

    Examples
    --------
    >>> hvp(lambda x: (x**3).sum(), np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    array([6., 0.])
    """
    h = TINY / max(1.0, float(np.max(np.abs(_data(v)), initial=0)))
    return np.asarray(grad(f)(_lift(x, v, h, "hvp")).imag / h)


def _lift(x: Any, v: Any, h: float, name: str) -> np.ndarray:
    x, v = as_inexact_array(_data(x), name), np.asarray(_data(v))
    if np.iscomplexobj(x) or np.iscomplexobj(v):
        raise TypeError(f"{name}: expected real numbers, got complex128; the imaginary part carries the slope here")
    if x.shape != v.shape:
        raise ValueError(f"{name}: the direction has shape {v.shape} but the input has shape {x.shape}")
    return x + 1j * h * v.astype(np.float64)  # complex128 also for float32, where h * v would underflow


def _data(x: Any) -> Any:
    return x.data if isinstance(x, Tensor) else x


def _tuple(result: Any) -> tuple:
    return result if isinstance(result, tuple) else (result,)
