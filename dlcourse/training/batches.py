"""Minibatches, and the division of data into three sets."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np


def batches(
    X: Any, y: Any, size: int, *, rng: np.random.Generator | None = None, drop_last: bool = False
) -> Iterator[tuple[Any, Any]]:
    """Yield one epoch: every example once, `size` at a time.

    Parameters
    ----------
    X, y : arrays with the examples along the first axis
    size : int
        Examples in a minibatch; the last one may be shorter.
    rng : numpy.random.Generator, optional
        Shuffles; without it the order stays.
    drop_last : bool
        Leave a last, shorter minibatch out.

    Examples
    --------
    >>> [len(x) for x, _ in batches(np.zeros((10, 2)), np.zeros(10), 4)]
    [4, 4, 2]
    """
    if len(X) != len(y):
        raise ValueError(f"batches: expected as many answers as examples, got {len(X)} examples and {len(y)} answers")
    if size < 1:
        raise ValueError(f"batches: expected a size of at least 1, got {size}")
    return _batches(X, y, size, np.arange(len(X)) if rng is None else rng.permutation(len(X)), drop_last)


def _batches(X: Any, y: Any, size: int, order: np.ndarray, drop_last: bool) -> Iterator[tuple[Any, Any]]:
    for start in range(0, len(order), size):
        index = order[start : start + size]
        if len(index) == size or not drop_last:
            yield X[index], y[index]


class Split:
    """Data in three parts, each a pair (X, y): `train` to fit, `dev` to choose, `test` to report once.

    Attributes
    ----------
    test_reads : int
        How often `test` has been looked at. Every decision taken after a look spoils it a little.
    """

    def __init__(self, train: tuple, dev: tuple, test: tuple) -> None:
        self.train = train
        self.dev = dev
        self._test = test
        self.test_reads = 0

    @property
    def test(self) -> tuple:
        self.test_reads += 1
        return self._test

    def __repr__(self) -> str:
        parts = {"train": self.train, "dev": self.dev, "test": self._test}
        sizes = ", ".join(f"{name} {len(X)}" for name, (X, _) in parts.items())
        return f"Split({sizes}; test read {self.test_reads} times)"


def split(X: Any, y: Any, *, fractions: Sequence[float], rng: np.random.Generator) -> Split:
    """Shuffle and divide into train, dev and test.

    Parameters
    ----------
    X, y : arrays with the examples along the first axis
    fractions : three numbers that sum to 1
    rng : numpy.random.Generator

    Examples
    --------
    >>> split(np.zeros((10, 2)), np.zeros(10), fractions=(0.6, 0.2, 0.2), rng=np.random.default_rng(0))
    Split(train 6, dev 2, test 2; test read 0 times)
    """
    if len(X) != len(y):
        raise ValueError(f"split: expected as many answers as examples, got {len(X)} examples and {len(y)} answers")
    if len(fractions) != 3 or min(fractions) < 0 or abs(sum(fractions) - 1) > 1e-9:
        raise ValueError(f"split: expected three fractions that sum to 1, for train, dev and test, got {fractions}")
    order = rng.permutation(len(X))
    ends = np.round(np.cumsum(fractions[:2]) * len(X)).astype(int)
    parts = [(X[index], y[index]) for index in np.split(order, ends)]
    return Split(*parts)
