"""Each function returns the inputs X, one row for each example, and the answers y."""

from __future__ import annotations

import numpy as np


def digits() -> tuple[np.ndarray, np.ndarray]:
    """Handwritten digits, 1,797 of them, 8 by 8 pixels.

    Returns
    -------
    X : float32 array (1797, 64)
        Grey values from 0 (white) to 1 (ink); ``X[i].reshape(8, 8)`` is a picture.
    y : int array (1797,)
        The digit, 0 to 9.

    Notes
    -----
    Source: the test part of "Optical recognition of handwritten digits" by Alpaydin and Kaynak (1998), UCI
    machine learning repository, CC BY 4.0, as it comes with scikit-learn.

    Examples
    --------
    >>> X, y = digits()
    >>> X.shape, y[:5].tolist()
    ((1797, 64), [0, 1, 2, 3, 4])
    """
    # Here, not above: scikit-learn takes a second to import, and only data needs it.
    from sklearn.datasets import load_digits

    X, y = load_digits(return_X_y=True)
    return (X / 16).astype(np.float32), y


def moons(n: int = 200, *, noise: float = 0.1, rng: np.random.Generator | None = None) -> tuple[np.ndarray, np.ndarray]:
    """Two half circles that reach into each other: no straight line separates them.

    Parameters
    ----------
    n : int
        Number of points, about half of each class.
    noise : float
        Standard deviation of the scatter around the half circles, whose radius is 1.
    rng : numpy.random.Generator, optional
        Where chance comes from; without it the points are new each time.

    Returns
    -------
    X : float32 array (n, 2)
    y : int array (n,)
        0 for the upper moon, 1 for the lower, in random order.
    """
    if n < 2 or noise < 0:
        raise ValueError(f"moons: expected n >= 2 and noise >= 0, got n={n} and noise={noise}")
    rng = np.random.default_rng(rng)
    y = rng.permutation(np.arange(n) % 2)
    angle = rng.uniform(0, np.pi, n)
    upper = np.stack([np.cos(angle), np.sin(angle)], axis=1)
    lower = np.stack([1 - np.cos(angle), 0.5 - np.sin(angle)], axis=1)
    X = np.where(y[:, None] == 0, upper, lower) + noise * rng.standard_normal((n, 2))
    return X.astype(np.float32), y


def xor() -> tuple[np.ndarray, np.ndarray]:
    """The four points of exclusive or, the smallest problem that one neuron can't solve.

    Examples
    --------
    >>> X, y = xor()
    >>> [(*x, label) for x, label in zip(X.astype(int).tolist(), y.tolist())]
    [(0, 0, 0), (0, 1, 1), (1, 0, 1), (1, 1, 0)]
    """
    X = np.array([[0, 0], [0, 1], [1, 0], [1, 1]], dtype=np.float32)
    return X, np.array([0, 1, 1, 0])
