"""Normalizations: center and scale what passes through, by statistics that it takes part in itself."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcourse.autodiff import differentiable


@differentiable
def batch_norm(x, gamma, beta, *, mean=None, var=None, eps=1e-5):
    """Give every channel mean beta and standard deviation gamma: gamma (x - mean) / sqrt(var + eps) + beta.

    Mean and variance are those of the channel over the batch and all trailing axes. They depend on x, so each
    example's gradient holds the others', and dx sums to 0 in every channel.

    Parameters
    ----------
    x : array (n, c) or (n, c, ...)
        Channels on axis 1.
    gamma, beta : arrays (c,)
    mean, var : arrays (c,), optional
        In use (evaluation): statistics that are given, both of them, and don't depend on x.
    eps : float
        Keeps a channel whose numbers are all equal from a division by 0.

    References
    ----------
    Ioffe and Szegedy, "Batch normalization", 2015, algorithm 1; the variance divides by the count, not by one less.

    Examples
    --------
    >>> batch_norm(np.array([[1.0], [2.0], [3.0], [6.0]]), np.ones(1), np.zeros(1)).round(6).ravel()
    array([-1.069043, -0.534522,  0.      ,  1.603565])
    """
    _check_channels(x, gamma, beta, mean, var)
    given, n = mean is not None, _count(x)
    mean = _in_precision_of(x, mean) if given else _sum(x) / n
    # y is centered, scaled and shifted in place; its type is one that gamma and beta fit into, in forward mode too.
    y = np.subtract(x, _column(mean, x), dtype=np.result_type(x, mean, gamma, beta))
    var = _in_precision_of(x, var) if given else _sum(y, y) / n
    inv_std = 1 / np.sqrt(var + float(eps))
    y *= _column(gamma * inv_std, x)
    y += _column(beta, x)

    def backward(dy):
        dx = np.subtract(x, _column(mean, x), dtype=np.result_type(x, mean, dy))
        dbeta, dgamma = _sum(dy), _sum(dy, dx) * inv_std
        if given:
            return dy * _column(gamma * inv_std, x), dgamma, dbeta
        # gamma inv_std (dy - dbeta / n - x_hat dgamma / n), where x_hat = (x - mean) inv_std
        dx *= _column(-inv_std * dgamma / n, x)
        dx += dy
        dx -= _column(dbeta / n, x)
        dx *= _column(gamma * inv_std, x)
        return dx, dgamma, dbeta

    return y, backward


@differentiable
def layer_norm(x, gamma, beta, *, eps=1e-5):
    """Normalize every example by itself: gamma (x - mean) / sqrt(var + eps) + beta, statistics over the last axis.

    Batch normalization with the axes exchanged: nothing depends on the other examples, so training and use are
    the same.

    Parameters
    ----------
    x : array (..., d)
    gamma, beta : arrays (d,)
    eps : float

    References
    ----------
    Ba, Kiros and Hinton, "Layer normalization", 2016.

    Examples
    --------
    >>> layer_norm(np.array([[1.0, 2.0, 3.0, 6.0]]), np.ones(4), np.zeros(4)).round(6)
    array([[-1.069043, -0.534522,  0.      ,  1.603565]])
    """
    _check_features(x, gamma, beta)
    centered = x - x.mean(axis=-1, keepdims=True)
    inv_std = 1 / np.sqrt((centered * centered).mean(axis=-1, keepdims=True) + float(eps))
    x_hat = centered * inv_std

    def backward(dy):
        examples = tuple(range(x.ndim - 1))
        dx_hat = dy * gamma
        mean_along = (dx_hat * x_hat).mean(axis=-1, keepdims=True)
        dx = inv_std * (dx_hat - dx_hat.mean(axis=-1, keepdims=True) - x_hat * mean_along)
        return dx, (dy * x_hat).sum(axis=examples), dy.sum(axis=examples)

    return x_hat * gamma + beta, backward


@differentiable
def weight_norm(v, g, *, axis=0):
    """Weights by direction and length: g v / |v|, where |v| is taken along `axis`.

    The gradient of v is at right angles to v, so a step turns the direction and leaves the length to g.

    Parameters
    ----------
    v : array
        For a matrix (n_in, n_out) and axis 0, the column of each output has length g.
    g : array
        Of the shape of `v` without `axis`.
    axis : int or tuple of int
        For filters (out, in, rows, columns): (1, 2, 3).

    Raises
    ------
    ValueError
        When a vector of `v` is all zeros and so has no direction.

    References
    ----------
    Salimans and Kingma, "Weight normalization", 2016, equations 2 and 3.

    Examples
    --------
    >>> weight_norm(np.array([[3.0], [4.0]]), np.array([10.0]))
    array([[6.],
           [8.]])
    """
    norm = np.sqrt((v * v).sum(axis=axis, keepdims=True))
    _check_lengths(v, g, norm, axis)
    direction, length = v / norm, np.expand_dims(g, axis)

    def backward(dy):
        dg = (dy * direction).sum(axis=axis, keepdims=True)
        return length / norm * (dy - direction * dg), dg.reshape(g.shape)

    return length * direction, backward


def batch_statistics(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and variance of every channel, over the batch and all trailing axes.

    Parameters
    ----------
    x : array (n, c) or (n, c, ...)

    Returns
    -------
    mean, var : arrays (c,)
        The variance divides by the count, not by one less.

    Examples
    --------
    >>> batch_statistics(np.array([[1.0], [2.0], [3.0], [6.0]]))
    (array([3.]), array([3.5]))
    """
    mean = _sum(x) / _count(x)
    centered = x - _column(mean, x)
    return mean, _sum(centered, centered) / _count(x)


def _sum(*factors: np.ndarray) -> np.ndarray:
    """Sum a product over all axes but the channels': np.sum takes three times as long, and needs the product."""
    axes = list(range(factors[0].ndim))
    return np.einsum(*(part for factor in factors for part in (factor, axes)), [1])


def _count(x: np.ndarray) -> int:
    """How many numbers each channel has; 1 for none at all, whose sums are 0."""
    return max(x.size // max(x.shape[1], 1), 1)


def _column(v: np.ndarray, x: np.ndarray) -> np.ndarray:
    """Stand one number for each channel up along axis 1."""
    return v.reshape(-1, *[1] * (x.ndim - 2))


def _in_precision_of(x: np.ndarray, statistic: Any) -> np.ndarray:
    # A float64 statistic would turn a float32 network into float64.
    return np.asarray(statistic).astype(x.real.dtype if np.issubdtype(x.dtype, np.inexact) else float, copy=False)


def _check_channels(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray, mean: Any, var: Any) -> None:
    if x.ndim < 2:
        raise ValueError(f"batch_norm: expected x of shape (n, c) or (n, c, ...), got {x.shape}")
    if (mean is None) != (var is None):
        given, missing = ("var", "mean") if mean is None else ("mean", "var")
        raise ValueError(f"batch_norm: {given} is given but {missing} is not; give both (in use) or none (in training)")
    parts = {"gamma": gamma, "beta": beta} | ({} if mean is None else {"mean": mean, "var": var})
    for name, part in parts.items():
        if np.shape(part) != x.shape[1:2]:
            raise ValueError(
                f"batch_norm: x has {x.shape[1]} channels on axis 1 but {name} has shape {np.shape(part)}; "
                f"expected {x.shape[1:2]} (x {x.shape})"
            )


def _check_features(x: np.ndarray, gamma: np.ndarray, beta: np.ndarray) -> None:
    for name, part in {"gamma": gamma, "beta": beta}.items():
        if x.ndim == 0 or part.shape != x.shape[-1:]:
            raise ValueError(
                f"layer_norm: {name} must have one number for each entry of the last axis of x, "
                f"got shape {part.shape} (x {x.shape})"
            )


def _check_lengths(v: np.ndarray, g: np.ndarray, norm: np.ndarray, axis: Any) -> None:
    expected = norm.squeeze(axis).shape
    if g.shape != expected:
        raise ValueError(
            f"weight_norm: expected g of shape {expected}, one length for each vector of v along axis {axis}, "
            f"got {g.shape} (v {v.shape})"
        )
    if not norm.all():
        raise ValueError("weight_norm: a vector of v is all zeros and has no direction; start v from random numbers")
