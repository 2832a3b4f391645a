"""Layers that normalize: what is learned are parameters, what is only tracked are buffers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from dlcourse.autodiff import Tensor
from dlcourse.initialization import he_normal, zeros
from dlcourse.layers import Layer, Parameter, linear
from dlcourse.normalization.functions import batch_norm, batch_statistics, layer_norm, weight_norm


class BatchNorm(Layer):
    """Batch normalization: by the batch's own statistics in training, by tracked ones in use.

    In training each call also moves the tracked statistics: ``running += momentum * (batch - running)``. The
    output is normalized by the variance that divides by the count; the tracked variance divides by one less, so
    that it estimates the variance of all data. These are the conventions of PyTorch; Keras means by momentum the
    weight of the old value.

    Parameters
    ----------
    n : int
        Channels, on axis 1 of the input.
    momentum : float
        Weight of the new value.
    eps : float
    dtype : float dtype

    Attributes
    ----------
    gamma, beta : Parameter (n,)
        Learned: the standard deviation and the mean of each channel's output.
    running_mean, running_var : ndarray (n,)
        Tracked: saved and loaded, never trained.

    Raises
    ------
    ValueError
        In training, when a channel has less than two numbers, which have no variance.

    Examples
    --------
    >>> layer = BatchNorm(1)
    >>> y = layer(Tensor([[1.0], [2.0], [3.0], [6.0]]))
    >>> layer.running_mean, layer.running_var.round(4)
    (array([0.3], dtype=float32), array([1.3667], dtype=float32))
    """

    def __init__(self, n: int, *, momentum: float = 0.1, eps: float = 1e-5, dtype: Any = np.float32) -> None:
        self.gamma = Parameter(np.ones(n, dtype))
        self.beta = Parameter(np.zeros(n, dtype))
        self.running_mean = np.zeros(n, dtype)
        self.running_var = np.ones(n, dtype)
        self.momentum = momentum
        self.eps = eps

    def __call__(self, x: Any) -> Any:
        if not self.training:
            return batch_norm(x, self.gamma, self.beta, mean=self.running_mean, var=self.running_var, eps=self.eps)
        y = batch_norm(x, self.gamma, self.beta, eps=self.eps)
        self._track(x.data if isinstance(x, Tensor) else np.asarray(x))
        return y

    def _track(self, x: np.ndarray) -> None:
        n = x.size // len(self.running_mean)
        if n < 2:
            raise ValueError(
                f"BatchNorm: expected at least two numbers for each channel in training, got {n} (x {x.shape}); train "
                "with larger batches, or call eval() to use the tracked statistics"
            )
        mean, var = batch_statistics(x.real)  # forward mode carries slopes in the imaginary part
        self.running_mean += self.momentum * (mean - self.running_mean)
        self.running_var += self.momentum * (var * n / (n - 1) - self.running_var)


class LayerNorm(Layer):
    """Layer normalization over the last axis: the same in training and in use.

    Parameters
    ----------
    n : int
        Length of the last axis.
    eps : float
    dtype : float dtype

    Examples
    --------
    >>> LayerNorm(4)(np.array([[1.0, 2.0, 3.0, 6.0]])).data.round(4)
    array([[-1.069 , -0.5345,  0.    ,  1.6036]])
    """

    def __init__(self, n: int, *, eps: float = 1e-5, dtype: Any = np.float32) -> None:
        self.gamma = Parameter(np.ones(n, dtype))
        self.beta = Parameter(np.zeros(n, dtype))
        self.eps = eps

    def __call__(self, x: Any) -> Any:
        return layer_norm(x, self.gamma, self.beta, eps=self.eps)


class WeightNorm(Layer):
    """Fully connected layer whose weights are learned by direction v and length g: ``x @ (g v / |v|) + b``.

    Parameters
    ----------
    n_in, n_out : int
    rng : numpy.random.Generator
    bias : bool
    init : callable
        ``init(shape, rng=rng, dtype=dtype)`` gives v; g starts as its lengths, so the layer starts as `Linear`.
    dtype : float dtype

    Examples
    --------
    >>> layer = WeightNorm(3, 2, rng=np.random.default_rng(0))
    >>> layer
    WeightNorm(v (3, 2), g (2,), b (2,))
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        bias: bool = True,
        init: Callable = he_normal,
        dtype: Any = np.float32,
    ) -> None:
        self.v = Parameter(init((n_in, n_out), rng=rng, dtype=dtype))
        self.g = Parameter(np.linalg.norm(self.v.data, axis=0))
        self.b = Parameter(zeros((n_out,), dtype=dtype)) if bias else None

    def __call__(self, x: Any) -> Any:
        W = weight_norm(self.v, self.g)
        return linear(x, W) if self.b is None else linear(x, W, self.b)
