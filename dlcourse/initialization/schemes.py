"""Schemes: ``scheme(shape, *, rng, dtype)`` gives the first weights of a layer.

A layer's output sums n_in products, so its variance is n_in times that of the weights times the mean square of
the inputs. All random schemes but `normal` choose the variance of the weights to fit that.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np


def zeros(shape: Sequence[int], *, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> np.ndarray:
    """All zeros: right for biases, and for weights a trap that lesson 03 springs."""
    return np.zeros(shape, dtype)


def constant(value: float = 0.1) -> Callable:
    """Return the scheme that gives every weight one value: units that start equal stay equal.

    Examples
    --------
    >>> constant(0.5)((2, 2))
    array([[0.5, 0.5],
           [0.5, 0.5]], dtype=float32)
    """

    def scheme(shape: Sequence[int], *, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> np.ndarray:
        return np.full(shape, value, dtype)

    return scheme


def normal(std: float = 0.01) -> Callable:
    """Return the scheme of normal numbers of a standard deviation that does not look at the layer's size.

    Parameters
    ----------
    std : float
        The standard deviation, not the variance.

    Examples
    --------
    >>> w = normal(std=0.01)((1000, 500), rng=np.random.default_rng(0))
    >>> round(float(w.std()), 4)
    0.01
    """

    def scheme(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
        return _normal(std, shape, rng, dtype)

    return scheme


def legacy_uniform(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Uniform numbers within ± 1 / sqrt(n_in), the old heuristic: of variance 1 / (3 n_in), a third of what is needed.

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010,
    equation 1, which shows why it fails.
    """
    n_in, _ = fan_in_and_out(shape)
    return _uniform(1 / math.sqrt(n_in), shape, rng, dtype)


def lecun_uniform(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Uniform numbers of variance 1 / n_in: within ± sqrt(3 / n_in).

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.6.
    """
    n_in, _ = fan_in_and_out(shape)
    return _uniform(math.sqrt(3 / n_in), shape, rng, dtype)


def lecun_normal(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Normal numbers of variance 1 / n_in, which keep the size of a signal through layers without an activation.

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    LeCun, Bottou, Orr and Müller, "Efficient BackProp", 1998, section 4.6.
    """
    n_in, _ = fan_in_and_out(shape)
    return _normal(math.sqrt(1 / n_in), shape, rng, dtype)


def xavier_uniform(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Uniform numbers of variance 2 / (n_in + n_out): within ± sqrt(6 / (n_in + n_out)).

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010,
    equation 16.
    """
    n_in, n_out = fan_in_and_out(shape)
    return _uniform(math.sqrt(6 / (n_in + n_out)), shape, rng, dtype)


def xavier_normal(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Normal numbers of variance 2 / (n_in + n_out).

    The way forward asks for 1 / n_in, the way back for 1 / n_out; this is between the two.

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    Glorot and Bengio, "Understanding the difficulty of training deep feedforward neural networks", 2010,
    equation 12.
    """
    n_in, n_out = fan_in_and_out(shape)
    return _normal(math.sqrt(2 / (n_in + n_out)), shape, rng, dtype)


def he_uniform(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Uniform numbers of variance 2 / n_in: within ± sqrt(6 / n_in).

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10.
    """
    n_in, _ = fan_in_and_out(shape)
    return _uniform(math.sqrt(6 / n_in), shape, rng, dtype)


def he_normal(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Normal numbers of variance 2 / n_in, which keep the size of a signal through ReLU layers.

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    He, Zhang, Ren and Sun, "Delving deep into rectifiers", 2015, equation 10.

    Examples
    --------
    >>> w = he_normal((1000, 500), rng=np.random.default_rng(0))
    >>> round(float(w.var()), 4)
    0.002
    """
    n_in, _ = fan_in_and_out(shape)
    return _normal(math.sqrt(2 / n_in), shape, rng, dtype)


def orthogonal(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
    """Random rotation: a square matrix changes no length at all, in either direction, through any depth.

    Of a matrix that is not square the rows are orthonormal or the columns, whichever are fewer. Filters are
    taken as a matrix with one row for each output channel.

    Parameters
    ----------
    shape : (n_in, n_out), or (out, in, rows, columns) for filters
    rng : numpy.random.Generator
    dtype : float dtype

    References
    ----------
    Saxe, McClelland and Ganguli, "Exact solutions to the nonlinear dynamics of learning in deep linear neural
    networks", 2014.

    Examples
    --------
    >>> w = orthogonal((3, 3), rng=np.random.default_rng(0), dtype=np.float64)
    >>> bool(np.allclose(w @ w.T, np.eye(3)))
    True
    """
    fan_in_and_out(shape)
    rows, columns = shape[0], math.prod(shape[1:])
    q, r = np.linalg.qr(rng.standard_normal((max(rows, columns), min(rows, columns))))
    # The factorization is unique only up to signs; with these all rotations are equally likely.
    q = q * np.where(np.diagonal(r) < 0, -1, 1)
    return (q if rows >= columns else q.T).reshape(shape).astype(dtype)


def orthogonal_with(gain: float = 1.0) -> Callable:
    """Return the scheme of orthogonal weights times a gain: sqrt(2) makes up for what a ReLU takes away.

    Examples
    --------
    >>> w = orthogonal_with(gain=2.0)((3, 3), rng=np.random.default_rng(0), dtype=np.float64)
    >>> bool(np.allclose(w @ w.T, 4 * np.eye(3)))
    True
    """

    def scheme(shape: Sequence[int], *, rng: np.random.Generator, dtype: Any = np.float32) -> np.ndarray:
        return (gain * orthogonal(shape, rng=rng, dtype=np.float64)).astype(dtype)

    return scheme


def fan_in_and_out(shape: Sequence[int]) -> tuple[int, int]:
    """How many inputs feed one output, and how many outputs one input feeds.

    Parameters
    ----------
    shape : (n_in, n_out) for a matrix, (out, in, rows, columns) for filters

    Examples
    --------
    >>> fan_in_and_out((784, 128))
    (784, 128)
    >>> fan_in_and_out((6, 3, 5, 5))
    (75, 150)
    """
    if len(shape) not in (2, 4):
        raise ValueError(
            "fan_in_and_out: expected a matrix (n_in, n_out) or filters (out, in, rows, columns), "
            f"got shape {tuple(shape)}"
        )
    if min(shape) < 1:
        raise ValueError(f"fan_in_and_out: expected at least 1 along every axis, got shape {tuple(shape)}")
    if len(shape) == 2:
        return int(shape[0]), int(shape[1])
    n_out, n_in, rows, columns = (int(n) for n in shape)
    return n_in * rows * columns, n_out * rows * columns


def _uniform(bound: float, shape: Sequence[int], rng: np.random.Generator, dtype: Any) -> np.ndarray:
    return rng.uniform(-bound, bound, shape).astype(dtype)


def _normal(std: float, shape: Sequence[int], rng: np.random.Generator, dtype: Any) -> np.ndarray:
    return (std * rng.standard_normal(shape)).astype(dtype)
