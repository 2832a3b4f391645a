"""When two observed things are equal, and at which step they first differ."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np

STEPS = ("run", "type", "shape", "dtype", "finite", "value", "gradient", "inputs")

# Where the truth is 0, rounding alone may leave this much, by the size of a float in bytes.
ROUNDING = {2: 1e-3, 4: 1e-6, 8: 1e-12}


class _Missing:
    def __repr__(self) -> str:
        return "missing"


MISSING = _Missing()


@dataclass(frozen=True)
class Raised:
    """An error in place of a value. Two are equal when type and message are.

    `unfit` marks a sentence of the checker's own about what was returned, `of` whose it is.
    """

    kind: str
    message: str
    unfit: bool = False
    of: str = ""
    line: int | None = field(default=None, compare=False)
    text: str = field(default="", compare=False)


def numbers(x: Any, *, lists: bool = False) -> np.ndarray | None:
    """Return `x` as an array of numbers, or None if it is something else.

    Parameters
    ----------
    x : anything
    lists : bool
        Take lists and tuples of numbers, too.
    """
    if isinstance(x, (np.ndarray, np.generic, int, float, complex)):
        array = np.asarray(x)
    elif lists and isinstance(x, (list, tuple)):
        try:
            array = np.array(x)
        except (ValueError, TypeError, OverflowError):
            return None
    else:
        return None
    if array.dtype == object and isinstance(x, int):  # a Python integer beyond 64 bits
        array = np.asarray(float(x) if abs(x) < 10**300 else np.inf)
    return array if array.dtype.kind in "biufc" else None


def close(got: np.ndarray, truth: np.ndarray, tolerance: float) -> np.ndarray:
    """Return for each entry whether it is right.

    An entry is right when ``|got - truth| <= tolerance * scale + rounding``. `scale` is the largest finite
    ``|truth|`` of the whole part; `rounding` is 1e-12 in float64, 1e-6 in float32 and 1e-3 in float16. NaN
    equals NaN and an infinity equals itself.
    """
    rounding = ROUNDING.get(truth.dtype.itemsize, 1e-12) if truth.dtype.kind == "f" else 1e-12
    wide = np.complex128 if "c" in (got.dtype.kind, truth.dtype.kind) else np.float64
    got, truth = got.astype(wide), truth.astype(wide)
    with np.errstate(all="ignore"):
        finite = np.abs(truth[np.isfinite(truth)])
        limit = tolerance * (finite.max() if finite.size else 0.0) + rounding
        return (np.abs(got - truth) <= limit) | (got == truth) | (np.isnan(got) & np.isnan(truth))


def same(a: Any, b: Any, tolerance: float = 1e-6) -> bool:
    """Return whether two observations are one and the same: for naming a mistake, so never by similarity."""
    x, y = numbers(a), numbers(b)
    if x is None or y is None:
        return x is None and y is None and _equal_objects(a, b)
    if x.shape != y.shape or (x.dtype != y.dtype and (x.ndim or {x.dtype.kind, y.dtype.kind} == {"f"})):
        return False
    return np.array_equal(x, y) or bool(close(x, y, tolerance).all())


def first_step(truth: Any, got: Any, *, tolerance: float, loose: bool = False) -> str:
    """Return the first of type, shape, dtype, finite, value at which `got` fails, or "" if it is right.

    Parameters
    ----------
    truth, got
        One part as the reference and the answer gave it.
    tolerance : float
        As in `close`.
    loose : bool
        Lists are arrays and any dtype will do: numbers that a learner typed.
    """
    if isinstance(got, Raised):
        return "type" if got.unfit else "run"
    expected, array = numbers(truth), numbers(got, lists=loose)
    if expected is None:
        if truth is MISSING or got is MISSING:
            return "type"
        return "" if array is None and _equal_objects(truth, got) else "value"
    if array is None:
        return "type"
    if array.shape != expected.shape:
        return "shape"
    if not loose and not _right_dtype(expected, array, got):
        return "dtype"
    if (np.isfinite(expected) & ~np.isfinite(array)).any():
        return "finite"
    return "" if close(array, expected, tolerance).all() else "value"


def _right_dtype(expected: np.ndarray, array: np.ndarray, got: Any) -> bool:
    if array.dtype.kind == "c" and expected.dtype.kind != "c":
        return False
    if expected.dtype.kind not in "fc" or array.dtype == expected.dtype:
        return True
    is_plain = isinstance(got, (int, float)) and not isinstance(got, np.generic)
    return expected.ndim == 0 and (is_plain or array.dtype.kind in "biu")


def _equal_objects(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if type(a) is not type(b) or not isinstance(a, (str, bytes, Raised, tuple, list, dict, frozenset, set)):
        return False
    try:
        return bool(a == b)
    except Exception:  # arrays inside: not comparable as a whole
        return False


def leaves(name: str, truth: Any, got: Any) -> Iterator[tuple[str, Any, Any]]:
    """Yield ``(name, truth, got)`` of every number or array in a part, by the structure of the truth."""
    if isinstance(truth, (tuple, list)):
        fits = isinstance(got, (tuple, list)) and len(got) == len(truth)
        for i, part in enumerate(truth):
            yield from leaves(f"{name}[{i}]", part, got[i] if fits else got)
    elif isinstance(truth, dict):
        for key, part in truth.items():
            inner = got.get(key, MISSING) if isinstance(got, dict) else got
            yield from leaves(f"{name}[{key!r}]", part, inner)
    else:
        yield name, truth, got
