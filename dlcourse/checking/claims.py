"""Claims of a lesson, held against the numbers each time it runs."""

from __future__ import annotations

from typing import Any

import numpy as np


def claim(
    text: str,
    value: Any,
    *,
    at_least: float | None = None,
    at_most: float | None = None,
    near: float | None = None,
    within: float | None = None,
) -> None:
    """Print that a claim holds, or raise.

    What is printed is the same on every machine: a value is shown only as far as its bound is about it, and
    rounding noise far below a bound is said to be less than so much.

    Parameters
    ----------
    text : str
        The claim in words.
    value : number or array
        What was measured; every entry of an array must fulfil the claim.
    at_least, at_most : float, optional
        The bounds, themselves allowed.
    near, within : float, optional
        ``|value - near| <= within``; the two belong together.

    Raises
    ------
    AssertionError
        When the claim is false, or the value is NaN or empty.
    ValueError
        When there is nothing to compare with.

    Examples
    --------
    >>> claim("half of the units are off", 0.4983, near=0.5, within=0.01)
    claim holds: half of the units are off (0.498, within 0.01 of 0.5)
    >>> claim("by hand and by nudging agree", 3.1e-12, at_most=1e-6)
    claim holds: by hand and by nudging agree (less than 1e-08, at most 1e-06)
    """
    if (near is None) != (within is None):
        raise ValueError("claim: near and within belong together; give both, or use at_least or at_most")
    if at_least is None and at_most is None and near is None:
        raise ValueError("claim: expected at_least, at_most, or near and within to compare with, got none of them")
    measured = _measured(value)
    bounds, holds = [], measured.size > 0 and not np.isnan(measured).any()
    if at_least is not None:
        bounds.append(f"at least {_text(at_least)}")
        holds = holds and bool((measured >= at_least).all())
    if at_most is not None:
        bounds.append(f"at most {_text(at_most)}")
        holds = holds and bool((measured <= at_most).all())
    if near is not None and within is not None:
        bounds.append(f"within {_text(within)} of {_known_to(near, within)}" if within else f"exactly {near:.12g}")
        holds = holds and bool((np.abs(measured - near) <= within).all())
    if not holds:
        raise AssertionError(f"claim fails: {text} ({_range(measured)}, {', '.join(bounds)})")
    unit = min((_unit(bound) for bound in (at_least, at_most, within) if bound), default=0.0)
    is_told_by_bound = near is not None and within is not None and within < 1e-3 * max(1, abs(near))
    shown = bounds if is_told_by_bound else [_range(measured, unit), *bounds]
    print(f"claim holds: {text} ({', '.join(shown)})")


def _measured(value: Any) -> np.ndarray:
    data = getattr(value, "data", value) if hasattr(value, "grad") else value  # a Tensor
    try:
        return np.asarray(data, dtype=float)
    except (TypeError, ValueError):
        raise TypeError(f"claim: expected a number or an array of numbers, got {type(value).__name__}") from None


def _unit(bound: float) -> float:
    """The size of a number too small to matter beside a bound: two digits below it."""
    return 10.0 ** (np.floor(np.log10(abs(bound))) - 2)


def _known_to(near: float, within: float) -> str:
    """Return `near` without the digits that are finer than `within`."""
    return f"{round(near, max(0, int(-np.floor(np.log10(within))))):.12g}"


def _range(measured: np.ndarray, unit: float = 0.0) -> str:
    if measured.size == 0:
        return "no numbers"
    low, high = _text(measured.min(), unit), _text(measured.max(), unit)
    return low if low == high else f"{low} to {high}"


def _text(x: float, unit: float = 0.0) -> str:
    if unit == 0:
        return f"{float(x):.4g}"
    if abs(x) < unit:  # also an exact 0: elsewhere it may be rounding noise
        return f"less than {unit:g}"
    # Three digits, and none below the unit.
    return f"{round(x / unit) * unit:.3g}"
