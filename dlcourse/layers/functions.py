"""What the layers compute."""

from __future__ import annotations

from dlcourse.autodiff import differentiable, sum_to


@differentiable
def linear(x, W, b=None):
    """Affine map ``x @ W + b``, one row of `x` for each example.

    Parameters
    ----------
    x : array (..., n_in)
    W : array (n_in, n_out)
    b : array (n_out,), optional

    Returns
    -------
    array (..., n_out)
    """
    _check_shapes(x, W, b)

    def backward(dy, *, needs_dx=True):
        dx = dy @ W.T if needs_dx else None  # a batch of data needs no gradient
        dW = x.reshape(-1, W.shape[0]).T @ dy.reshape(-1, W.shape[1])
        return (dx, dW) if b is None else (dx, dW, sum_to(dy, b))

    y = x @ W
    return (y if b is None else y + b), backward


def _check_shapes(x, W, b):
    if x.ndim == 0 or W.ndim != 2 or x.shape[-1] != W.shape[0]:
        raise ValueError(
            f"linear: x of shape {x.shape} and W of shape {W.shape} do not fit; the last axis of x must have "
            "as many entries as W has rows"
        )
    if b is not None and b.shape != W.shape[1:]:
        raise ValueError(f"linear: expected b of shape {W.shape[1:]}, one for each column of W, got {b.shape}")
