"""One run of an answer on a case, with every error turned into something to compare."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Any

from dlcourse.checking.cases import Case
from dlcourse.checking.comparing import MISSING, Raised
from dlcourse.checking.learner_code import line_of_error
from dlcourse.checking.limits import OutOfTime

Look = Callable[[Any, Case], Iterable[tuple[str, Any]]]


class Unfit(Exception):
    """Raised by an observer to say in its own words why an answer can't be looked at.

    Parameters
    ----------
    clause : str
        What follows the name of the function: "returned None: is there a `return`?".
    of : str
        Whose clause it is, when not the answer's: "The backward".
    """

    def __init__(self, clause: str, *, of: str = "") -> None:
        super().__init__(clause)
        self.of = of


class Run:
    """What one run of an answer showed.

    Attributes
    ----------
    parts : dict of name -> value or `Raised`
    error : Raised or None
        What ended the run; it stands for every part that was not seen before.
    changed : tuple of str
        The inputs that were changed; "backward" when a second call of it gave another answer.
    """

    def __init__(self) -> None:
        self.parts: dict[str, Any] = {}
        self.error: Raised | None = None
        self.changed: tuple[str, ...] = ()

    def get(self, part: str) -> Any:
        """Return what was seen of a part, or what came in its way."""
        if part in self.parts:
            return self.parts[part]
        function = part.partition(": ")[0]
        return self.parts.get(function, self.error or MISSING)


def run(look: Look, candidate: Any, case: Case) -> Run:
    """Run `candidate` on a copy of `case`; any error but those of time and of the keyboard becomes a part."""
    seen = Run()
    run_into(seen, look, candidate, case)
    return seen


def run_into(seen: Run, look: Look, candidate: Any, case: Case) -> None:
    """Do as `run`, into a `Run` that keeps what was seen when time runs out."""
    fresh = case.fresh()
    try:
        for name, value in look(candidate, fresh):
            seen.parts[name] = value
    except (KeyboardInterrupt, OutOfTime):
        raise
    except BaseException as error:
        seen.error = raised(error, candidate)
    seen.changed = fresh.inputs_changed()


def raised(error: BaseException, candidate: Any) -> Raised:
    """Return an error as a value: its type, its message and the learner's line, and no frame."""
    try:
        message = str(error)
    except Exception:
        message = ""
    message = re.sub(r" at 0x[0-9a-fA-F]+", "", message)  # the same text in every run
    line, text = line_of_error(error, candidate)
    kind = type(error).__name__.lstrip("_").replace("ArrayMemoryError", "MemoryError")
    return Raised(kind, message, isinstance(error, Unfit), getattr(error, "of", ""), line, text)
