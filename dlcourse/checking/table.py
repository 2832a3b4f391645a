"""How far a learner is: the table of ``dlcourse progress``."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dlcourse.checking.display import columns
from dlcourse.checking.progress import ENTRY, natural, read
from dlcourse.checking.session import all_exercises


@dataclass(frozen=True)
class Row:
    """One lesson: how many exercises are passed, tried and there, the points, and the exercise to do next."""

    lesson: str
    passed: int
    tried: int
    total: int
    points: int
    of_points: int
    next: str


def summary(progress: Mapping, exercises: Mapping[str, Any]) -> list[Row]:
    """Return one row for each lesson that has exercises.

    Parameters
    ----------
    progress : dict
        As `read` returns it.
    exercises : dict of id -> Exercise
    """
    lessons: dict[str, list] = {}
    for exercise in exercises.values():
        lessons.setdefault(exercise.lesson, []).append(exercise)
    rows = []
    for lesson in sorted(lessons):
        kept = {e.id: progress["exercises"].get(e.id, ENTRY) for e in lessons[lesson]}
        done = [e for e in lessons[lesson] if kept[e.id]["status"] == "passed"]
        to_do = sorted((e.id for e in lessons[lesson] if e not in done), key=natural)
        rows.append(
            Row(
                lesson,
                len(done),
                sum(bool(k["attempts"]) for k in kept.values()),
                len(kept),
                sum(e.points for e in done),
                sum(e.points for e in lessons[lesson]),
                to_do[0] if to_do else "",
            )
        )
    return rows


def progress_table(path: str | os.PathLike) -> str:
    """Return the table that ``dlcourse progress`` prints for a progress file."""
    rows = summary(read(path), all_exercises())
    heading = ("lesson", "passed", "tried", "points", "next")
    lines = [(r.lesson, f"{r.passed} of {r.total}", str(r.tried), f"{r.points} of {r.of_points}", r.next) for r in rows]
    return "\n".join(columns([heading, *lines]))
