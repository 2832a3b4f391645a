"""What a lesson calls: check an answer, ask for a hint, see the solution."""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import inspect
import pkgutil
import textwrap
from collections.abc import Iterable
from typing import Any

from dlcourse.checking import display, learner_code, progress, typed, wording
from dlcourse.checking.exercise import Exercise
from dlcourse.checking.result import Result


def all_exercises() -> dict[str, Exercise]:
    """Return all exercises of the course by id.

    Each module ``dlcourse.<concept>.exercises`` has a list ``EXERCISES``.

    Raises
    ------
    ValueError
        When two exercises have the same id.
    """
    import dlcourse

    found: list[Exercise] = []
    for module in pkgutil.iter_modules(dlcourse.__path__, "dlcourse."):
        if module.ispkg and importlib.util.find_spec(f"{module.name}.exercises"):
            found += importlib.import_module(f"{module.name}.exercises").EXERCISES
    return by_id(found)


def by_id(exercises: Iterable[Exercise]) -> dict[str, Exercise]:
    """Return exercises by id, in the order of the course; two of the same id are a ValueError."""
    found: dict[str, Exercise] = {}
    for exercise in sorted(exercises, key=lambda e: progress.natural(e.id)):
        if exercise.id in found:
            titles = f"{found[exercise.id].title!r} and {exercise.title!r}"
            raise ValueError(f"all_exercises: expected each id once, got {exercise.id} for {titles}; rename one")
        found[exercise.id] = exercise
    return found


def check(id: str, answer: Any, *more: Any) -> Result:
    """Grade an answer, show the verdict, and keep it in the progress file.

    Each further failure of the same kind shows more: first the smallest case that fails and a property to test,
    then what the mistake is, then how to mend it. An answer that did not change shows what it showed before.

    Parameters
    ----------
    id : str
        Of the exercise, such as "01.6".
    answer : object
        The function or class itself, or the value.
    *more : objects
        Further parts of an answer that has several; the brackets around them may be left out.

    Returns
    -------
    Result
        Truthy when passed; displays as nothing.
    """
    exercise = _find("check", id)
    if more:
        answer = (answer, *more)
    result = exercise.grade(answer)
    if result.status == "not started":
        display.show(display.Card(result.status, result.sentence))
        return result
    print_of_answer = learner_code.fingerprint(answer)
    rung, unchanged = progress.update(lambda kept: _record(progress.entry(kept, id), result, print_of_answer))
    display.show(_card(exercise, result, rung, unchanged))
    return result


def _record(kept: dict, result: Result, fingerprint: str) -> tuple[int, bool]:
    """Write a verdict into an entry; return the rung of the ladder and whether the answer is the same as before."""
    kind = "" if result.passed else result.mistake or f"{result.step}: {result.part}"
    unchanged = not result.passed and (kept["fingerprint"], kept["kind"]) == (fingerprint, kind)
    if not unchanged:
        kept["attempts"] += 1
        kept["failures"] = 0 if result.passed else kept["failures"] * (kept["kind"] == kind) + 1
    kept["kind"], kept["fingerprint"] = kind, fingerprint
    kept["score"] = max(kept["score"], result.score)
    kept["status"] = "passed" if "passed" in (kept["status"], result.status) else "failed"
    return kept["failures"], unchanged


def _card(exercise: Exercise, result: Result, rung: int, unchanged: bool) -> display.Card:
    lines = []
    if result.look:
        lines.append(f"To test: {result.look}")
    if rung >= 2 and result.why:
        lines.append(f"Why: {result.why}")
    if rung >= 3 and result.mend:
        lines.append(f"To mend it: {result.mend}")
    if exercise.hints and (unchanged or (rung >= 2 and not result.why)):
        lines.append(f'`hint("{exercise.id}")` gives a hint.')
    if unchanged:
        lines.append("The answer is unchanged since the last check.")
    return display.Card(result.status, result.sentence, lines, result.details)


def hint(id: str) -> None:
    """Show the next hint; each says more than the one before."""
    exercise = _find("hint", id)
    if not exercise.hints:
        display.say(f"{id} has no hints.")
        return

    def take(kept: dict) -> int:
        entry = progress.entry(kept, id)
        entry["hints"] += 1
        return entry["hints"] - 1

    number = progress.update(take)
    if number < len(exercise.hints):
        display.say(f"Hint {number + 1} of {len(exercise.hints)} for {id}: {exercise.hints[number]}")
    else:
        display.say(f'Those were all {len(exercise.hints)} hints for {id}. `solution("{id}")` shows the answer.')


def solution(id: str) -> None:
    """Show the reference, after at least one try."""
    exercise = _find("solution", id)
    if not progress.load()["exercises"].get(id, progress.ENTRY)["attempts"]:
        display.say(f'Try {id} first: fill in its cell and run `check`. `hint("{id}")` helps to begin.')
        return
    display.show(display.Text(f"**Solution of {id}**\n\n{_solution_text(exercise)}"))


def _solution_text(exercise: Exercise) -> str:
    reference = exercise.reference
    if exercise.is_code:
        parts = reference if isinstance(reference, (tuple, list)) else [reference]
        return f"```python\n{chr(10).join(map(_source, parts))}\n```"
    if exercise.kind == "report":
        told = "\n".join(f"- {sentence}" for _, _, sentence in exercise.requirements)
    elif exercise.kind == "choice" and not isinstance(reference, dict):
        told = f"({reference}) {(exercise.options or {})[reference]}"
    else:
        run = typed.read(exercise, reference)
        told = "\n".join(f"- {name}: {wording.show(entry, 8)}" for name, entry in run.parts.items())
    return f"{told}\n\n{exercise.explanation}".rstrip()


def _source(item: Any) -> str:
    try:
        return textwrap.dedent(inspect.getsource(inspect.unwrap(item)))
    except (OSError, TypeError):
        return f"# the source of {getattr(item, '__name__', 'this')} is not at hand"


def question(id: str) -> None:
    """Show the prompt of an exercise, with its options if it has any."""
    display.show(display.Text(question_markdown(_find("question", id))))


def question_markdown(exercise: Exercise) -> str:
    """Return the prompt of an exercise, with its options if it has any, as Markdown."""
    blocks = [f"**{exercise.id} {exercise.title}**", exercise.prompt]
    options: Any = exercise.options or {}
    is_several = exercise.kind == "choice" and isinstance(exercise.reference, dict)
    sets = list(options.items()) if is_several else [("", options)]
    if len(sets) > 2 and all(texts == sets[0][1] for _, texts in sets):  # the same for all: once is enough
        sets = [("", sets[0][1])]
    for name, texts in sets:
        blocks.append("\n".join(filter(None, [name and f"**{name}**\n", *(f"- ({k}) {t}" for k, t in texts.items())])))
    return "\n\n".join(filter(None, blocks))


def _find(caller: str, id: str) -> Exercise:
    exercises = all_exercises()
    if id in exercises:
        return exercises[id]
    lesson = str(id).partition(".")[0]
    there = [name for name in exercises if name.partition(".")[0] == lesson]
    similar = difflib.get_close_matches(str(id), exercises, n=3)
    told = f"lesson {lesson} has {', '.join(there)}" if there else f"there is no lesson {lesson!r} with exercises"
    meant = f"; did you mean {' or '.join(similar)}?" if similar else ""
    raise ValueError(f"{caller}: expected the id of an exercise, got {id!r}; {told}{meant}")
