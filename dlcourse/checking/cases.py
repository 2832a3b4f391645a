"""A case: the inputs an answer is run on, handed out as copies and compared afterwards."""

from __future__ import annotations

import copy
from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcourse.checking.comparing import close


class Case:
    """The inputs of one run of an answer.

    Parameters
    ----------
    *args
        What the answer is given by position.
    note : str
        What is special about the case, shown with it; begins with "edge: " for an edge case.
    **settings
        What the answer is given by name.
    """

    def __init__(self, *args: Any, note: str = "", **settings: Any) -> None:
        self.args = args
        self.settings = settings
        self.note = note
        self.seed: Sequence[int] = (0,)
        self.changed: list[str] = []
        self._watched: list[tuple[str, Any, Any]] = []
        self._upstream: dict[int, list[np.ndarray]] = {}

    @property
    def edge(self) -> str:
        """What is special about an edge case; empty for an ordinary one."""
        return self.note.removeprefix("edge: ") if self.note.startswith("edge: ") else ""

    def fresh(self) -> Case:
        """Return a copy for one run; `inputs_changed` then tells what the run did to it."""
        case = Case(note=self.note)
        case.seed, case._upstream = self.seed, self._upstream
        case.args = tuple(case.watch(f"input {i}", x) for i, x in enumerate(self.args))
        case.settings = {name: case.watch(name, x) for name, x in self.settings.items()}
        return case

    def watch(self, name: str, original: Any) -> Any:
        """Return a copy of `original` that may only be read."""
        handed_out = copy.deepcopy(original)
        self._watched.append((name, original, handed_out))
        return handed_out

    def inputs_changed(self) -> tuple[str, ...]:
        """Return the names of what was handed out and came back changed."""
        changed = [name for name, before, after in self._watched if not _unchanged(before, after)]
        return tuple(dict.fromkeys(changed + self.changed))

    def upstream(self, key: Any, ys: Sequence[Any]) -> list[np.ndarray]:
        """Return one dy for each output, drawn once for the reference's `ys` and then the same for every answer."""
        if id(key) not in self._upstream:
            rng = np.random.default_rng(self.seed)
            self._upstream[id(key)] = [
                np.asarray(rng.standard_normal(np.shape(y))).astype(np.result_type(np.asarray(y), np.float16))
                for y in ys
            ]
        return self._upstream[id(key)]

    def all_upstream(self) -> list[np.ndarray]:
        """Return every dy that was drawn."""
        return [dy for dys in self._upstream.values() for dy in dys]


def _unchanged(before: Any, after: Any) -> bool:
    """Compare what holds numbers; rounding by moving an entry and moving it back is no change."""
    if isinstance(before, np.ndarray):
        if before.shape != after.shape or before.dtype != after.dtype:
            return False
        is_equal = np.array_equal(before, after)
        return is_equal or (before.dtype.kind in "fc" and bool(close(after, before, 1e-9).all()))
    if isinstance(before, dict):
        return before.keys() == after.keys() and all(_unchanged(x, after[key]) for key, x in before.items())
    if isinstance(before, (list, tuple)):
        return len(before) == len(after) and all(map(_unchanged, before, after))
    return True
