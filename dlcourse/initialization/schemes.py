"""Schemes: ``scheme(shape, *, rng, dtype)`` gives the first weights of a layer."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np


def zeros(shape: Sequence[int], *, rng: np.random.Generator | None = None, dtype: Any = np.float32) -> np.ndarray:
    """All zeros: right for biases, and for weights a trap that lesson 03 springs."""
    return np.zeros(shape, dtype)


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
    return (math.sqrt(2 / n_in) * rng.standard_normal(shape)).astype(dtype)


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
    if len(shape) == 2:
        return int(shape[0]), int(shape[1])
    if len(shape) == 4:
        n_out, n_in, rows, columns = (int(n) for n in shape)
        return n_in * rows * columns, n_out * rows * columns
    raise ValueError(
        f"fan_in_and_out: expected a matrix (n_in, n_out) or filters (out, in, rows, columns), got shape {tuple(shape)}"
    )
