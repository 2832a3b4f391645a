"""From what was seen to what is wrong: the first failure, and the mistake it is."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dlcourse.checking.comparing import MISSING, STEPS, first_step, leaves, same
from dlcourse.checking.runs import Run

INPUTS = "inputs left alone"

Table = list[dict[str, tuple[Any, Any]]]  # for each case: part -> (truth, got)


@dataclass(frozen=True)
class Failure:
    """The first thing that is wrong.

    Attributes
    ----------
    case_index : int
    part : str
    step : str
        Which test failed: run, type, shape, dtype, finite, value, gradient or inputs.
    truth, got
        What the reference and the answer showed.
    """

    case_index: int
    part: str
    step: str
    truth: Any
    got: Any


def tabulate(truths: Sequence[Run], runs: Sequence[Run]) -> Table:
    """Return what an answer showed beside the truth, part by part."""
    table = []
    for truth, seen in zip(truths, runs, strict=True):
        # What it showed too much stands first; a function that failed as a whole is no such thing.
        extra = [part for part in seen.parts if not any(f"{name}: ".startswith(f"{part}: ") for name in truth.parts)]
        row: dict[str, tuple[Any, Any]] = {part: (MISSING, seen.parts[part]) for part in extra}
        for part, expected in truth.parts.items():
            row.update((name, (t, g)) for name, t, g in leaves(part, expected, seen.get(part)))
        row[INPUTS] = ((), seen.changed)
        table.append(row)
    return table


def judge(table: Table, *, tolerance: float, loose: bool = False, gradients: Sequence[str] = ()) -> list[Failure]:
    """Return every failure: those of the first case first, in the order of the tests; changed inputs last."""
    failures = []
    for i, row in enumerate(table):
        for part, (truth, got) in row.items():
            step = first_step(truth, got, tolerance=tolerance, loose=loose)
            if part == INPUTS:
                step = "inputs" if got else ""
            elif step == "value" and part in gradients:
                step = "gradient"
            if step:
                failures.append(Failure(i, part, step, truth, got))
    return sorted(failures, key=lambda f: (f.step == "inputs", f.case_index, STEPS.index(f.step)))


def score(table: Table, failures: Sequence[Failure]) -> float:
    """Return the share of right parts over all cases; a case whose inputs were changed counts nothing."""
    wrong = {(f.case_index, f.part) for f in failures}
    cells = [(i, part) for i, row in enumerate(table) for part in row if part != INPUTS]
    right = [(i, part) for i, part in cells if (i, part) not in wrong and (i, INPUTS) not in wrong]
    return len(right) / len(cells) if cells else 1.0


def named_mistake(part: str, answer: Table, mistakes: Mapping[str, Table], is_wrong: Callable) -> str | None:
    """Return the one mistake whose outcome the answer has in `part` in every case, or None.

    Wherever the mistake goes wrong, the answer must be wrong, too: who turned one sign has not turned them all.

    Parameters
    ----------
    part : str
        The part of the first failure.
    answer : Table
    mistakes : dict of name -> Table
    is_wrong : callable (truth, got) -> bool
    """

    def equal(table: Table, parts: Sequence[str]) -> bool:
        return all(
            (p in mine) == (p in theirs) and (p not in mine or same(mine[p][1], theirs[p][1]))
            for mine, theirs in zip(answer, table, strict=True)
            for p in parts
        )

    def explains(table: Table) -> bool:
        return all(
            is_wrong(*answered[p])
            for answered, row in zip(answer, table, strict=True)
            for p in row
            if p in answered and is_wrong(*row[p])
        )

    everything = list(dict.fromkeys(p for row in answer for p in row))
    compared = everything if part == INPUTS else [part]
    matching = [
        name
        for name, table in mistakes.items()
        if equal(table, compared) and any(is_wrong(*row[part]) for row in table if part in row) and explains(table)
    ]
    if len(matching) > 1:
        matching = [name for name in matching if equal(mistakes[name], everything)]
    return matching[0] if len(matching) == 1 else None
