"""Answers that are read and not run: values, choices and reports; and what is no answer of the right kind."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from dlcourse.checking import wording
from dlcourse.checking.comparing import Raised, close, numbers
from dlcourse.checking.diagnosis import INPUTS, Failure
from dlcourse.checking.odd import kind, odd
from dlcourse.checking.runs import Run

if TYPE_CHECKING:
    from dlcourse.checking.exercise import Exercise

ANSWER = "your answer"


def validate(exercise: Exercise, kinds: Sequence[str]) -> None:
    """Raise a ValueError when an exercise lacks what its kind needs."""
    where = f"exercise {exercise.id}"
    if exercise.kind not in kinds:
        raise ValueError(f"{where}: expected a kind of {', '.join(kinds)}, got {exercise.kind!r}")
    if exercise.kind == "class" and exercise.observe is None:
        raise ValueError(f"{where}: a class needs observe=, a function (candidate, case) -> {{part: value}}")
    if exercise.kind == "report" and not exercise.requirements:
        raise ValueError(f"{where}: a report needs requirements=[(name, predicate, sentence), ...]")
    if exercise.kind == "choice":
        missing = [key for key in _wrong_keys(exercise) if key not in (exercise.replies or {})]
        if not exercise.options or missing:
            raise ValueError(f"{where}: a choice needs options= and a reply for each wrong one; missing: {missing}")
        letters = [key[1] if isinstance(key, tuple) else key for key in _wrong_keys(exercise)]
        if any(letter != _letter(letter) for letter in letters):
            raise ValueError(f"{where}: expected options called by lower-case letters such as 'a', got {letters}")


# The answer is no answer ----------------------------------------------------------------------------------


def unfit(exercise: Exercise, candidate: Any, functions: Sequence[str]) -> str:
    """Return a sentence when what was passed to `check` can't be an answer of this kind, else ""."""
    if exercise.kind not in {"function", "class"}:
        return ""
    call = f'`check("{exercise.id}", {exercise.answer})`'
    if functions and not (isinstance(candidate, (tuple, list)) and len(candidate) == len(functions)):
        return f"got {kind(candidate)} where {len(functions)} functions are expected: write {call}."
    for part in candidate if functions else [candidate]:
        if part is ...:
            continue
        if exercise.kind == "class" and not isinstance(part, type):
            return f"got {kind(part)}: pass the class itself, {call}."
        if exercise.kind == "function" and isinstance(part, type):
            return f"got {kind(part)}: pass a function, {call}."
        if exercise.kind == "function" and not callable(part):
            without = "quotes" if isinstance(part, str) else "calling it"
            return f"got {kind(part)}: pass the function itself, without {without}, {call}."
    return ""


# Reading --------------------------------------------------------------------------------------------------


def read(exercise: Exercise, answer: Any) -> Run:
    """Return the parts of an answer that is a value, a choice or a report."""
    seen = Run()
    if exercise.kind == "report":
        seen.parts = {name: _holds(predicate, answer) for name, predicate, _ in exercise.requirements}
        return seen
    names = part_names(exercise)
    entries = _entries(exercise, answer)
    if entries is None:
        seen.error = Raised("Unfit", _other_entries(exercise, answer), unfit=True)
        return seen
    if exercise.kind == "choice":
        entries = {name: _letter_in(_options(exercise, name), entry) for name, entry in entries.items()}
    if exercise.kind == "value":
        truths = _entries(exercise, exercise.reference) or {}
        entries = {name: _as_asked(truths[name], entry) for name, entry in entries.items()}
    seen.parts = dict(zip(names, entries.values(), strict=True))
    return seen


def part_names(exercise: Exercise) -> list[str]:
    """Return what the entries of the answer are called."""
    if exercise.kind == "report":
        return [name for name, _, _ in exercise.requirements]
    reference = exercise.reference
    if isinstance(reference, dict):
        return [str(key) for key in reference]
    if isinstance(reference, (tuple, list)):
        return list(exercise.parts) or [f"entry {i + 1}" for i in range(len(reference))]
    return list(exercise.parts) or [ANSWER]


def _entries(exercise: Exercise, answer: Any) -> dict | None:
    """Return the entries of an answer in the order of the reference's; None when it has other entries or none."""
    reference = exercise.reference
    if isinstance(reference, dict):
        fits = isinstance(answer, dict) and set(answer) == set(reference)
        return {key: answer[key] for key in reference} if fits else None
    if isinstance(reference, (tuple, list)):
        is_sequence = isinstance(answer, (tuple, list)) or (isinstance(answer, np.ndarray) and answer.ndim > 0)
        return dict(enumerate(answer)) if is_sequence and len(answer) == len(reference) else None
    return {ANSWER: answer}


def _other_entries(exercise: Exercise, answer: Any) -> str:
    """Say which entries are expected, and which of the keys of a dict is none of them."""
    names, is_named = part_names(exercise), isinstance(exercise.reference, dict)
    unknown = []
    if is_named and isinstance(answer, dict):
        unknown = [wording.show(key) for key in answer if key not in exercise.reference]
    a_dict = "a dict of " if is_named and not isinstance(answer, dict) else ""
    many = f"{len(names)} {'entry' if len(names) == 1 else 'entries'}"
    listed = ", ".join(wording.alike(names))
    if not unknown:
        return f"expected {a_dict}{many}: {listed}."
    return f"{wording.join(unknown)} {'is' if len(unknown) == 1 else 'are'} none of the {many} {listed}."


def _as_asked(truth: Any, entry: Any) -> Any:
    """Return numbers in the form asked for: a list as an array, integers as floats, an array of one as the number."""
    expected, array = numbers(truth), numbers(entry, lists=True)
    if expected is None or array is None or not array.ndim:
        return entry
    if not expected.ndim:
        return array.reshape(())[()] if array.size == 1 else entry
    return array.astype(expected.dtype) if expected.dtype.kind == "f" and array.dtype.kind in "biuf" else array


def _options(exercise: Exercise, name: str) -> Mapping:
    options: Mapping = exercise.options or {}
    return options[name] if isinstance(exercise.reference, dict) else options


def _letter_in(options: Mapping, entry: Any) -> Any:
    """Return the option that is meant; what is none stays as it was typed."""
    letter = _letter(entry)
    return letter if isinstance(letter, str) and letter in options else entry


def _letter(entry: Any) -> Any:
    return re.sub(r"[\s().:]", "", entry).lower() if isinstance(entry, str) else entry


def _holds(predicate: Any, report: Any) -> bool:
    try:
        return bool(predicate(report))
    except Exception:  # what it asks about is not there
        return False


# Choices --------------------------------------------------------------------------------------------------


def wrong_options(exercise: Exercise) -> Iterator[tuple[str, Any, str]]:
    """Yield name, answer and reply of every wrong option of a choice."""
    replies = exercise.replies or {}
    for key in _wrong_keys(exercise):
        if isinstance(key, tuple):
            question, letter = key
            answer = {**exercise.reference, question: letter}
            yield f"{question}_{letter}".replace(" ", "_"), lambda answer=answer: answer, replies[key]
        else:
            yield f"option_{key}", lambda key=key: key, replies[key]


def _wrong_keys(exercise: Exercise) -> list:
    options, right = exercise.options or {}, exercise.reference
    if isinstance(right, dict):
        return [(q, letter) for q in right for letter in options.get(q, {}) if letter != right[q]]
    return [letter for letter in options if letter != right]


# Sentences ------------------------------------------------------------------------------------------------


def sentence(exercise: Exercise, failures: Sequence[Failure], row: dict, *, is_named: bool) -> str:
    """Return one sentence on a wrong value, choice or report; it never tells the right answer.

    A mistake that has a name (`is_named`) is no matter of rounding.
    """
    first = failures[0]
    if isinstance(first.got, Raised):
        return first.got.message
    if exercise.kind == "choice":
        return _reply(exercise, failures)
    if exercise.kind == "report":
        texts = {name: text for name, _, text in exercise.requirements}
        return " ".join(texts[f.part] for f in failures)
    subject = wording.code(first.part)
    if first.step == "type":
        return f"{subject} is {'None: no value was given to it.' if first.got is None else odd(first.got)}"
    if first.step == "shape":
        expected, yours = np.shape(first.truth), np.shape(first.got)
        asked = f"have the shape {expected}, yours has" if expected else "be a single number, yours has the shape"
        return f"{subject} should {asked} {yours}."
    near = [] if is_named else [f for f in failures if f.step == "value" and _is_near(f.truth, f.got, exercise)]
    if not near:
        return _right_and_wrong(failures, row, exercise.tolerance)
    told = f"{_listed(near, row)} {'is' if len(near) == 1 else 'are'} close: did you round? Give more digits."
    far = [f for f in failures if all(f is not other for other in near)]
    return f"{told} {_listed(far, row)} {'is' if len(far) == 1 else 'are'} not right yet." if far else told


def _reply(exercise: Exercise, failures: Sequence[Failure]) -> str:
    """Return the reply to the first wrong letter; of several questions also how many are right, and which are not."""
    first, is_several = failures[0], isinstance(exercise.reference, dict)
    options, got = _options(exercise, first.part), first.got
    if isinstance(got, str) and got in options:
        reply = f"({got}) {(exercise.replies or {})[(first.part, got) if is_several else got]}"
    else:
        reply = f"expected one of {', '.join(options)}, got {wording.show(got)}."
    if not is_several:
        return reply
    asked, others = len(exercise.reference), [f'"{f.part}"' if f.part.endswith("?") else f.part for f in failures[1:]]
    told = f"{asked - len(failures)} of {asked} right. {first.part}{'' if first.part.endswith('?') else ':'} {reply}"
    return f"{told} Then look at {wording.join(others)}." if others else told


def _right_and_wrong(failures: Sequence[Failure], row: dict, tolerance: float) -> str:
    wrong = {f.part for f in failures}
    right = [part for part in row if part not in wrong and part != INPUTS]
    if right:
        listed = wording.join(wording.alike(right, list(wrong)))
        return f"{listed} {'is' if len(right) == 1 else 'are'} right, {_listed(failures, row)} not yet."
    first = failures[0]
    array, expected = numbers(first.got, lists=True), numbers(first.truth)
    told = f"{_listed(failures, row)} {'is' if len(failures) == 1 else 'are'} not right yet."
    if len(failures) == 1 and array is not None and expected is not None and array.size > 1:
        good = [str(list(map(int, at))) for at in np.argwhere(close(array, expected, tolerance))]
        return f"{told} Right so far: {_entries_listed(good)}." if good else told
    return told


def _entries_listed(entries: list[str]) -> str:
    return f"entr{'y' if len(entries) == 1 else 'ies'} {wording.join(entries[:6])}{' and more' * (len(entries) > 6)}"


def _listed(failures: Sequence[Failure], row: dict) -> str:
    wrong = {f.part for f in failures}
    return wording.join(wording.alike([p for p in row if p in wrong], [p for p in row if p != INPUTS]))


def _is_near(truth: Any, got: Any, exercise: Exercise) -> bool:
    """Return whether every wrong entry is near a truth that is no whole number, or is it rounded."""
    expected, array = numbers(truth), numbers(got, lists=True)
    if expected is None or array is None or expected.shape != array.shape:
        return False
    if expected.dtype.kind != "f" or array.dtype.kind == "c":
        return False
    wrong = ~close(array, expected, exercise.tolerance)
    t, g = expected[wrong].astype(float), array[wrong].astype(float)
    rounded = np.any([_is_rounded(t, g, digits) for digits in range(1, 5)], axis=0)
    return bool(((t != np.round(t)) & (g != 0) & ((np.abs(g - t) <= exercise.near * np.abs(t)) | rounded)).all())


def _is_rounded(truth: np.ndarray, got: np.ndarray, digits: int) -> np.ndarray:
    """Return where `got` is the truth with so many digits; 0 is no rounding of a small number."""
    short = np.round(truth, digits)
    return (short != 0) & np.isclose(short, got, rtol=0, atol=1e-12)
