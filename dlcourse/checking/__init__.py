"""Exercises, the checker that names what went wrong, predictions and claims."""

from dlcourse.checking.cases import Case
from dlcourse.checking.claims import claim
from dlcourse.checking.exercise import Exercise, Mistake
from dlcourse.checking.observing import each, pair, value
from dlcourse.checking.predictions import outcome, predict, review_predictions
from dlcourse.checking.result import Result
from dlcourse.checking.runs import Unfit
from dlcourse.checking.session import all_exercises, check, hint, question, solution
from dlcourse.checking.table import progress_table, summary

__all__ = [
    "Case",
    "Exercise",
    "Mistake",
    "Result",
    "Unfit",
    "all_exercises",
    "check",
    "claim",
    "each",
    "hint",
    "outcome",
    "pair",
    "predict",
    "progress_table",
    "question",
    "review_predictions",
    "solution",
    "summary",
    "value",
]
