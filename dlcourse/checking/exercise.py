"""What an exercise is: what the learner writes, what is right, and what is typically wrong."""

from __future__ import annotations

import ast
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import KW_ONLY, dataclass
from typing import Any, Literal

import numpy as np

from dlcourse.checking import learner_code, typed
from dlcourse.checking.cases import Case
from dlcourse.checking.observing import Observer
from dlcourse.checking.result import Result
from dlcourse.checking.verdict import Verdict

Kind = Literal["function", "class", "value", "choice", "report"]
KINDS = ("function", "class", "value", "choice", "report")


@dataclass(frozen=True)
class Mistake:
    """A typical wrong answer.

    Parameters
    ----------
    name : str
        An identifier; shown with spaces for underscores.
    function : callable, or tuple of them
        For functions and classes a complete wrong answer; for the other kinds a function without arguments
        that returns the wrong answer.
    hint : str
        Why it is wrong, in a sentence or two.
    look : str
        A property to test, shown at the first failure, which does not name the mistake.
    mend : str
        How to mend it.
    """

    name: str
    function: Any
    hint: str
    _: KW_ONLY
    look: str = ""
    mend: str = ""


@dataclass(frozen=True, kw_only=True)
class Exercise:
    """What the learner writes, what is right, and what is typically wrong.

    Parameters
    ----------
    id : str
        Lesson and number: "01.6".
    title : str
    kind : {"function", "class", "value", "choice", "report"}
    points : int
    prompt : str
        Markdown.
    stub : str
        The text of the exercise's cell, with ``...`` where the learner writes.
    answer : str
        The expression in the stub's names that is passed to `check`.
    reference : object
        A right answer: a function, a tuple of functions, a class, a value, a letter, a report.
    cases : callable (rng) -> list of Case
        The smallest first, edge cases last. For functions and classes.
    observe : Observer
        How to look at an answer: `value`, `pair`, `each` or a function ``(candidate, case) -> {part: value}``.
    mistakes : sequence of Mistake
    hints : sequence of str
        Each says more than the one before.
    look : str
        A property to test, shown when the failure is none of the mistakes and a value came out.
    learn : str
        One sentence, shown when passed.
    tolerance : float
        As in `comparing.close`.
    near : float
        How far, relative to the right number, a wrong one may be off to be asked "did you round?".
    parts : sequence of str
        What to call the entries of a value.
    explanation : str
        How the answer to a value or choice is found, shown by `solution`.
    options : dict of letter -> text, or of question -> such a dict
        For a choice.
    replies : dict of letter -> text, or of (question, letter) -> text
        For a choice: one reply for each wrong option. The mistakes are made from them.
    requirements : sequence of (name, predicate, sentence)
        For a report: ``predicate(report)`` is true when it is met; `sentence` is said when it is not.
    """

    id: str
    title: str
    kind: Kind
    points: int
    prompt: str
    reference: Any
    stub: str = ""
    answer: str = ""
    cases: Callable[[np.random.Generator], Sequence[Case]] | None = None
    observe: Observer | Callable[[Any, Case], Mapping[str, Any]] | None = None
    mistakes: Sequence[Mistake] = ()
    hints: Sequence[str] = ()
    look: str = ""
    learn: str = ""
    tolerance: float = 1e-6
    near: float = 0.01
    parts: Sequence[str] = ()
    explanation: str = ""
    options: Mapping[str, Any] | None = None
    replies: Mapping[Any, str] | None = None
    requirements: Sequence[tuple[str, Callable[[Any], Any], str]] = ()

    def __post_init__(self) -> None:
        typed.validate(self, KINDS)
        if self.kind == "choice":
            made = [Mistake(*wrong) for wrong in typed.wrong_options(self)]
            object.__setattr__(self, "mistakes", (*self.mistakes, *made))
        names = [mistake.name for mistake in self.mistakes]
        if len(set(names)) < len(names):
            raise ValueError(f"exercise {self.id}: expected mistakes of different names, got {names}")

    @property
    def lesson(self) -> str:
        return self.id.partition(".")[0]

    @property
    def is_code(self) -> bool:
        """Whether the answer is run, not read."""
        return self.kind in {"function", "class"}

    def grade(self, candidate: Any, *, seed: int = 0) -> Result:
        """Return the verdict on an answer, the same for every seed.

        Parameters
        ----------
        candidate : object
            The answer itself: the function, the class, the tuple of functions, the value. Whatever it is or
            does, no error of it comes out.
        seed : int
            What the cases are drawn from.
        """
        return Verdict(self, candidate, seed).result()

    def signature(self, function: str = "") -> str:
        """Return how the stub defines a function, by default the answer: "my_linear(x, W, b)"."""
        name = function or self.answer
        found = learner_code.definition(self.stub, name)
        return f"{name}({ast.unparse(found.args)})" if found else ""

    def input_names(self, function: str = "") -> list[str]:
        """Return what the inputs of a function are called in the stub, by default of the answer."""
        found = learner_code.definition(self.stub, function or self.answer)
        if found:
            return [argument.arg for argument in found.args.posonlyargs + found.args.args]
        return list(inspect.signature(self.reference).parameters) if inspect.isfunction(self.reference) else []
