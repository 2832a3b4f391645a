"""Predictions that count: a guess before, the outcome after, and what was surely wrong."""

from __future__ import annotations

import re
from typing import Any

import numpy as np

from dlcourse.checking import display, progress

SURE = 0.8

_latest_lesson: list[str] = []  # of this session


def predict(id: str, guess: Any, *, confidence: float | None = None) -> None:
    """Keep a guess before its outcome is seen.

    Parameters
    ----------
    id : str
        Lesson and letter: "04.a".
    guess : number, string, bool, tuple of those, or ...
        ``...`` is no guess, and the run goes on.
    confidence : float, optional
        Between 0 and 1: how sure you are.
    """
    if confidence is not None and not (isinstance(confidence, (int, float)) and 0 <= confidence <= 1):
        raise ValueError(f"predict: expected a confidence between 0 and 1, got {confidence!r}; write 0.8 for 80 %")
    _remember(id)
    if guess is ...:
        display.say(f"{id}: no guess yet.")
        return
    plain = _plain("predict", guess)
    display.say(progress.update(lambda kept: _keep_guess(kept["predictions"], id, plain, confidence)))


def _keep_guess(kept: dict, id: str, guess: Any, confidence: float | None) -> str:
    before = kept.get(id, {})
    if "guess" in before and "outcome" in before and before["guess"] != guess:
        return f"{id}: you guessed {_text(before['guess'])} before you saw the outcome, and that guess counts."
    if "guess" not in before or "outcome" not in before:
        kept[id] = {"guess": guess, "confidence": confidence}
    sure = kept[id]["confidence"]
    return f"{id}: your guess is {_text(guess)}" + (f", {sure:.0%} sure." if sure is not None else ".")


def outcome(id: str, value: Any, *, within: float = 1.1) -> None:
    """Keep what happened, and show it beside the guess.

    Parameters
    ----------
    id : str
    value : number, string, bool or tuple of those
    within : float
        A number is right when it is off by at most this factor.
    """
    if not within >= 1:
        raise ValueError(f"outcome: expected a factor of at least 1 for within, got {within!r}; 2 means half to double")
    _remember(id)
    happened = _plain("outcome", value)
    display.say(progress.update(lambda kept: _keep_outcome(kept["predictions"], id, happened, within)))


def _keep_outcome(kept: dict, id: str, happened: Any, within: float) -> str:
    known = kept.setdefault(id, {})
    if "guess" not in known:
        known["outcome"] = happened
        return f"{id}: no guess, outcome {_text(happened)}."
    known.update(outcome=happened, right=_is_right(known["guess"], happened, within))
    verdict = "right" if known["right"] else "not what you expected"
    return f"{id}: guess {_text(known['guess'])}, outcome {_text(happened)}: {verdict}."


def review_predictions(lesson: str | None = None) -> None:
    """Show guesses beside outcomes, and point at what was surely wrong.

    Parameters
    ----------
    lesson : str, optional
        Such as "04"; that of this session's latest prediction when left out.
    """
    lesson = lesson or (_latest_lesson[-1] if _latest_lesson else "")
    kept = progress.load()["predictions"]
    chosen = {id: kept[id] for id in sorted(kept, key=progress.natural) if id.partition(".")[0] == lesson or not lesson}
    guessed = {id: known for id, known in chosen.items() if "guess" in known}
    if not guessed:
        display.say("No predictions yet: write a guess in place of `...` before you run the cell below it.")
        return
    rows = [_row(id, known) for id, known in guessed.items()]
    display.show(display.Table(("prediction", "guess", "outcome", "sure", ""), rows, _conclusions(guessed)))


def _row(id: str, known: dict) -> tuple[str, ...]:
    sure = "" if known.get("confidence") is None else f"{known['confidence']:.0%}"
    if "outcome" not in known:
        return id, _text(known["guess"]), "", sure, "open"
    verdict = "right" if known["right"] else "wrong, and sure of it" if _surely_wrong(known) else "wrong"
    return id, _text(known["guess"]), _text(known["outcome"]), sure, verdict


def _conclusions(guessed: dict) -> list[str]:
    closed = [known for known in guessed.values() if "outcome" in known]
    surely_wrong = [id for id, known in guessed.items() if _surely_wrong(known)]
    lines = [f"{sum(known['right'] for known in closed)} of {len(closed)} right."] if closed else []
    if surely_wrong:
        lines.append(f"Look again at {', '.join(surely_wrong)}: most is learned where a sure guess was wrong.")
    return lines


def _surely_wrong(known: dict) -> bool:
    return known.get("right") is False and (known.get("confidence") or 0) >= SURE


def _is_right(guess: Any, happened: Any, within: float) -> bool:
    if isinstance(happened, list):
        same_length = isinstance(guess, list) and len(guess) == len(happened)
        return same_length and all(_is_right(g, h, within) for g, h in zip(guess, happened, strict=True))
    if isinstance(happened, str):
        return isinstance(guess, str) and guess.strip().casefold() == happened.strip().casefold()
    if isinstance(happened, bool) or isinstance(guess, bool):
        return guess is happened
    if not isinstance(guess, (int, float)) or guess * happened <= 0:
        return guess == happened
    return 1 / within <= guess / happened <= within * (1 + 1e-12)


def _plain(caller: str, x: Any) -> Any:
    """Return a guess or outcome as the progress file keeps it."""
    if isinstance(x, (np.ndarray, np.generic)):
        x = x.tolist()
    if isinstance(x, (tuple, list)):
        return [_plain(caller, part) for part in x]
    if isinstance(x, (str, bool, int, float)):
        return x
    try:
        return float(x)  # a Tensor of one number
    except (TypeError, ValueError):
        raise TypeError(
            f"{caller}: expected a number, a string, True or False, or a tuple of those, got {type(x).__name__}"
        ) from None


def _text(x: Any) -> str:
    if isinstance(x, list):
        return f"({', '.join(map(_text, x))}{',' if len(x) == 1 else ''})"
    return f"{x:.4g}" if isinstance(x, float) else str(x)


def _remember(id: str) -> None:
    if not isinstance(id, str) or not re.fullmatch(r"\d+\.\w+", id):
        raise ValueError(f"expected the id of a prediction, lesson and letter such as '04.a', got {id!r}")
    _latest_lesson[:] = [id.partition(".")[0]]
