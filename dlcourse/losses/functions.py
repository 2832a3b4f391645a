"""Losses. The outputs come by position and are differentiated; the answers come by name."""

from __future__ import annotations

from typing import Any

import numpy as np

from dlcourse.autodiff import differentiable


@differentiable
def mean_squared_error(y, *, target):
    """Mean of (y - target)² over all elements, without a factor 1/2.

    Parameters
    ----------
    y, target : arrays of equal shape

    Examples
    --------
    >>> float(mean_squared_error(np.array([1.0, 2.0]), target=np.array([1.0, 4.0])))
    2.0
    """
    target = _same_shape("mean_squared_error", y, target)
    error = y - target

    def backward(dy):
        return dy * 2 * error / error.size

    return (error * error).mean(), backward


@differentiable
def root_mean_squared_error(y, *, target):
    """Square root of the mean squared error: the typical error, in the units of the target.

    It has the minimum of the mean squared error, and that loss's slope divided by twice its own value. Where
    all errors are 0 there is a kink, like that of |x|, and the slope is 0 by policy. The mean over batches is
    not the value over all data: average the squares and take the root last.

    Parameters
    ----------
    y, target : arrays of equal shape

    Examples
    --------
    >>> float(root_mean_squared_error(np.array([1.0, 2.0]), target=np.array([4.0, 6.0])).round(6))
    3.535534
    """
    target = _same_shape("root_mean_squared_error", y, target)
    error = y - target
    loss = np.sqrt((error * error).mean())

    def backward(dy):
        return np.zeros_like(error) if loss == 0 else dy / loss * error / error.size

    return loss, backward


@differentiable
def binary_cross_entropy(p, *, target):
    """Mean of -t log p - (1 - t) log(1 - p) over all elements.

    From a sigmoid's output; near p = 0 and p = 1 `binary_cross_entropy_with_logits` is the one to use.

    Parameters
    ----------
    p : array
        Probabilities in [0, 1].
    target : array of the same shape
        The answers t, in [0, 1].

    Examples
    --------
    >>> float(binary_cross_entropy(np.array([0.8]), target=np.array([1.0])).round(6))
    0.223144
    """
    t = _same_shape("binary_cross_entropy", p, target)
    rounding = 1e-30 if np.iscomplexobj(p) else 0  # forward mode may leave -1e-60 where a square should be 0
    if np.any((np.real(p) < -rounding) | (np.real(p) > 1)):
        raise ValueError(
            f"binary_cross_entropy: expected probabilities in [0, 1], got numbers from {np.real(p).min():.4g} "
            f"to {np.real(p).max():.4g}; put a sigmoid in front, or use binary_cross_entropy_with_logits"
        )
    # A term whose weight is 0 is 0, also where its logarithm is -inf.
    hits = np.where(t == 0, p * 0, t * np.log(np.where(t == 0, 1 + p * 0, p)))
    misses = np.where(t == 1, p * 0, (1 - t) * np.log(np.where(t == 1, 1 + p * 0, 1 - p)))

    def backward(dy):
        dp = np.where(t == 1, p * 0, (1 - t) / np.where(t == 1, 1 + p * 0, 1 - p))
        dp = dp - np.where(t == 0, p * 0, t / np.where(t == 0, 1 + p * 0, p))
        return dy / p.size * dp

    return -(hits + misses).mean(), backward


@differentiable
def binary_cross_entropy_with_logits(z, *, target):
    """Binary cross entropy of sigmoid(z), computed from z: stable at any size of z.

    -t log s(z) - (1 - t) log(1 - s(z)) = max(z, 0) - t z + log(1 + exp(-|z|)), and its slope is s(z) - t.

    Parameters
    ----------
    z : array
        Logits.
    target : array of the same shape
        The answers t, in [0, 1].

    Examples
    --------
    >>> float(binary_cross_entropy_with_logits(np.array([-800.0]), target=np.array([1.0])))
    800.0
    """
    t = _same_shape("binary_cross_entropy_with_logits", z, target)
    e = np.exp(np.where(z > 0, -z, z))

    def backward(dy):
        p = np.where(z > 0, 1 / (1 + e), e / (1 + e))
        return dy / z.size * (p - t)

    return (np.maximum(z, 0) - t * z + np.log1p(e)).mean(), backward


@differentiable
def cross_entropy(logits, *, labels):
    """Mean over the examples of -log(softmax probability of the right class).

    Parameters
    ----------
    logits : array (n, k)
        One row for each example, one column for each class.
    labels : integer array (n,), or one-hot or probability rows (n, k)

    Examples
    --------
    >>> float(cross_entropy(np.log([[1.0, 1.0, 2.0]]), labels=np.array([1])).round(6))
    1.386294
    """
    target = _rows_of_probabilities(logits, labels)
    shifted = logits - logits.max(axis=1, keepdims=True)
    log_p = shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))
    # A class whose weight is 0 costs 0, also where its logit, hence its log_p, is -inf.
    costs = target * np.where(target == 0, 0, log_p)

    def backward(dy):
        return dy / len(logits) * (np.exp(log_p) * target.sum(axis=1, keepdims=True) - target)

    return -costs.sum() / len(logits), backward


@differentiable
def l1_penalty(w):
    """Sum of |w|: pulls every weight to 0 with the same strength, at 0 with none.

    Examples
    --------
    >>> float(l1_penalty(np.array([3.0, -4.0])))
    7.0
    """

    def backward(dy):
        return dy * (w > 0) - dy * (w < 0)

    return np.maximum(w, -w).sum(), backward


@differentiable
def l2_penalty(w):
    """Sum of w², without a factor 1/2: pulls every weight to 0 in proportion to its size.

    Examples
    --------
    >>> float(l2_penalty(np.array([3.0, -4.0])))
    25.0
    """

    def backward(dy):
        return dy * 2 * w

    return (w * w).sum(), backward


def _same_shape(name: str, y: np.ndarray, target: Any) -> np.ndarray:
    target = np.asarray(target)
    if target.shape != y.shape:
        raise ValueError(
            f"{name}: expected a target of the outputs' shape {y.shape}, got {target.shape}; "
            "they would broadcast and give a wrong loss in silence"
        )
    # In the precision of y: a float64 target would turn the gradients of a float32 network into float64.
    return target.astype(y.real.dtype if np.issubdtype(y.dtype, np.inexact) else float, copy=False)


def _rows_of_probabilities(logits: np.ndarray, labels: Any) -> np.ndarray:
    labels = np.asarray(labels)
    if logits.ndim != 2:
        raise ValueError(f"cross_entropy: expected logits of shape (n, k), got {logits.shape}")
    n, k = logits.shape
    if labels.shape == (n, k):
        return labels.astype(logits.real.dtype, copy=False)
    if labels.shape != (n,) or not np.issubdtype(labels.dtype, np.integer):
        raise ValueError(
            f"cross_entropy: expected integer labels of shape ({n},) or one-hot rows ({n}, {k}), "
            f"got {labels.dtype} of shape {labels.shape}"
        )
    if n and (labels.min() < 0 or labels.max() >= k):
        raise ValueError(
            f"cross_entropy: the logits have {k} columns, so labels go from 0 to {k - 1}; "
            f"got labels from {labels.min()} to {labels.max()}"
        )
    target = np.zeros((n, k), logits.real.dtype)
    target[np.arange(n), labels] = 1
    return target
