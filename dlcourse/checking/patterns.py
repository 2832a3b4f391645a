"""What wrong values have in common over all cases: a sign, a factor, a transposition."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from dlcourse.checking.cases import Case
from dlcourse.checking.comparing import close, numbers, same
from dlcourse.checking.diagnosis import INPUTS, Failure, Table


def pattern(failure: Failure, table: Table, cases: Sequence[Case], names: Sequence[str]) -> str:
    """Return a sentence on what the wrong values have in common over all cases, or "" when nothing holds in all.

    Parameters
    ----------
    failure : Failure
    table : Table
    cases : list of Case
        Empty for answers that are values.
    names : list of str
        What the inputs are called.
    """
    if failure.step not in {"shape", "value", "gradient"}:
        return ""
    if swapped := _swapped(failure.part, table):
        return swapped
    pairs = [(numbers(row[failure.part][0]), numbers(row[failure.part][1])) for row in table if failure.part in row]
    if len(pairs) < len(table) or any(truth is None or got is None for truth, got in pairs):
        return ""
    arrays: list[tuple[Any, Any]] = pairs
    if _in_all(arrays, np.transpose):
        return "It is transposed: rows and columns are exchanged."
    if failure.step == "shape":
        return _of_shapes(arrays, cases)
    if any(truth.shape != got.shape for truth, got in arrays):
        return ""
    arrays = [(truth * 1.0, got * 1.0) for truth, got in arrays]  # booleans and integers, too
    truths = np.concatenate([truth.ravel() for truth, _ in arrays])
    if truths.size < 2 or np.allclose(truths, truths[0]):
        return ""  # a constant truth is a multiple of anything constant
    return (
        _of_values(arrays)
        or _factor(arrays, cases, names)
        or _offset(arrays)
        or _only_in_the_edge(failure, arrays, cases)
    )


def _in_all(arrays: list, rule: Callable) -> bool:
    with np.errstate(all="ignore"):
        return all(np.shape(rule(truth)) == got.shape and close(got, rule(truth), 1e-6).all() for truth, got in arrays)


def _of_values(arrays: list) -> str:
    if _in_all(arrays, np.zeros_like):
        return "All of it is 0."
    if _in_all(arrays, lambda truth: -truth):
        return "The sign is turned everywhere."
    return ""


def _factor(arrays: list, cases: Sequence[Case], names: Sequence[str]) -> str:
    factors = []
    for truth, got in arrays:
        at = np.unravel_index(np.argmax(np.abs(truth)), truth.shape) if truth.size else None
        if at is None or truth[at] == 0:
            if np.any(got):
                return ""
            factors.append(np.nan)
            continue
        factors.append(float(np.real(got[at] / truth[at])))
        if not close(got, factors[-1] * truth, 1e-6).all():
            return ""
    known = [c for c in factors if not np.isnan(c)]
    if not known or not np.isfinite(known).all() or 0 in known:
        return ""
    constant = np.allclose(known, known[0], rtol=1e-6)
    by_size = _size_in(factors, cases, names)
    if constant and np.isclose(known[0], 2):
        return "Every entry is twice what it should be: is there a factor 2 too much?"
    if constant and np.isclose(known[0], 0.5):
        return "Every entry is half of what it should be: is a factor 2 missing?"
    if by_size or not constant:
        return by_size
    return f"Every entry is {known[0]:.4g} times what it should be."


def _size_in(factors: list[float], cases: Sequence[Case], names: Sequence[str]) -> str:
    """Say which size of the inputs the factor is in every case, if it is one."""
    shapes = [[np.shape(x) if isinstance(x, np.ndarray) else () for x in case.args] for case in cases]
    if len(shapes) != len(factors) or not shapes:
        return ""
    for j in range(min(map(len, shapes))):
        for axis in range(min(len(shape[j]) for shape in shapes)):
            sizes = np.array([float(shape[j][axis]) for shape in shapes])
            where = f"the length of axis {axis} of `{names[j]}`" if j < len(names) else "a length of an input"
            right = ~np.isnan(factors)
            if (sizes[right] == 1).all():
                continue
            if np.allclose(np.array(factors)[right] * sizes[right], 1):
                return f"Every entry is divided by {where}: a mean where a sum belongs?"
            if np.allclose(np.array(factors)[right], sizes[right]):
                return f"Every entry is multiplied by {where}: a sum where a mean belongs?"
    return ""


def _offset(arrays: list) -> str:
    differences = np.concatenate(
        [(got.astype(float) - truth).ravel() for truth, got in arrays if got.dtype.kind != "c"]
    )
    offset = differences[0] if differences.size else 0.0
    if (
        np.isrealobj(differences)
        and offset
        and np.isfinite(offset)
        and np.allclose(differences, offset, rtol=1e-6, atol=1e-9)
    ):
        return f"Every entry is {abs(offset):.4g} too {'large' if offset > 0 else 'small'}."
    return ""


def _swapped(part: str, table: Table) -> str:
    def exchanged(row: dict, other: str) -> bool:
        if part not in row or other not in row:
            return False
        (truth, got), (truth2, got2) = row[part], row[other]
        return same(got, truth2) and same(got2, truth) and not same(truth, truth2)

    for other in table[0]:
        if other not in {part, INPUTS} and all(exchanged(row, other) for row in table):
            return f"It is exchanged with `{other.rpartition(': ')[2]}`: look at the order in which you return them."
    return ""


def _only_in_the_edge(failure: Failure, arrays: list, cases: Sequence[Case]) -> str:
    wrong = [i for i, (truth, got) in enumerate(arrays) if not close(got, truth, 1e-6).all()]
    if cases and failure.case_index and all(cases[i].edge for i in wrong):
        return "The ordinary cases are right. What is special about this one?"
    return ""


def _of_shapes(arrays: list, cases: Sequence[Case]) -> str:
    if all(got.shape == truth.shape[::-1] for truth, got in arrays):
        return "Its rows and columns are exchanged: is there a `.T` too many or too few?"
    if all(_without_ones(got) == _without_ones(truth) for truth, got in arrays):
        return "It differs by axes of length 1 only: look for `keepdims=True`, `[:, None]` or a missing `.sum`."
    if all(got.ndim == truth.ndim + 1 and _axes_to_drop(got.shape, truth.shape) for truth, got in arrays):
        return "It has one axis too many: is a sum along that axis missing?"
    if all(
        got.ndim == truth.ndim and _other_axis(got, truth, case)
        for (truth, got), case in zip(arrays, cases, strict=True)
    ):
        return "Its shape is what remains when you reduce along another axis: look at `axis=`."
    return ""


def _without_ones(x: np.ndarray) -> tuple:
    return tuple(n for n in x.shape if n != 1)


def _axes_to_drop(shape: tuple, wanted: tuple) -> list[int]:
    return [axis for axis in range(len(shape)) if shape[:axis] + shape[axis + 1 :] == wanted]


def _other_axis(got: np.ndarray, truth: np.ndarray, case: Case) -> bool:
    """Return whether one input (or a dy) reduces to both shapes, along different axes."""
    shapes = [np.shape(x) for x in case.args if isinstance(x, np.ndarray)]
    shapes += [dy.shape for dy in case.all_upstream()]
    return any(
        _axes_to_drop(shape, truth.shape) and _axes_to_drop(shape, got.shape) for shape in shapes if len(shape) > 1
    )
