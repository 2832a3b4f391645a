"""What grading says."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True)
class Result:
    """The verdict on an answer. It is truthy when the answer passed, and displays as nothing.

    Attributes
    ----------
    status : {"not started", "failed", "passed"}
    score : float
        The share of parts that are right over all cases, 1 if and only if passed.
    message : str
        What a first failure shows, the sentence first.
    mistake : str or None
        The name of the mistake, if it is one.
    part, case_index, step
        The first failure: which part, in which case, at which test (run, type, shape, dtype, finite, value,
        gradient, inputs).
    sentence, look, why, mend : str
        What the ladder of `check` is made of.
    details : tuple of (label, text)
        The case in numbers, what was printed, warnings.
    """

    status: Literal["not started", "failed", "passed"]
    score: float
    sentence: str
    mistake: str | None = None
    part: str | None = None
    case_index: int | None = None
    step: str | None = None
    look: str = ""
    why: str = ""
    mend: str = ""
    details: tuple[tuple[str, str], ...] = ()

    @property
    def passed(self) -> bool:
        return self.status == "passed"

    @property
    def message(self) -> str:
        blocks = [f"{label}:\n{text}" for label, text in self.details]
        return "\n".join(filter(None, [self.sentence, self.look, *blocks]))

    def __bool__(self) -> bool:
        return self.passed

    def _ipython_display_(self) -> None:
        """Show nothing: `check` has shown the verdict already."""
