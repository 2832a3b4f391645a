"""Answers that are no numbers at all: what each is, and what to do."""

from __future__ import annotations

import inspect
import types
from typing import Any

import numpy as np

from dlcourse.checking.comparing import numbers


def odd(got: Any) -> str:
    """Say what was found in place of an array or number, and what to do."""
    if got is None:
        return "None: is there a `return`?"
    if isinstance(got, list):
        return _odd_list(got)
    if isinstance(got, tuple):
        return f"a tuple of {len(got)} where one array or number is expected."
    if isinstance(got, str):
        return "a string, which is text and no number: remove the quotes."
    if inspect.iscoroutine(got) or inspect.isasyncgen(got):
        return "a coroutine: write `def`, not `async def`."
    if isinstance(got, types.GeneratorType):
        return "a generator: is there a `yield` where `return` belongs?"
    if isinstance(got, BaseException) or (isinstance(got, type) and issubclass(got, BaseException)):
        name = got.__name__ if isinstance(got, type) else type(got).__name__
        return f"the exception {name}: return a number or an array instead."
    if isinstance(got, np.ndarray):
        what = "of text" if got.dtype.kind in "US" else f"of Python objects (dtype {got.dtype})"
        return f"an array {what}: every entry must be a number, and all rows equally long."
    if _is_tensor(got):
        return f"a {type(got).__name__}: return the array inside, its `.data`."
    if callable(got) and not isinstance(got, type):
        return "a function, not its result: is a call `(...)` missing?"
    return f"{with_article(type(got).__name__)} where an array or a number is expected."


def _is_tensor(x: Any) -> bool:
    try:
        return isinstance(x.data, np.ndarray) and hasattr(x, "grad")
    except Exception:
        return False


def _odd_list(got: list) -> str:
    if numbers(got, lists=True) is None and any(isinstance(row, (list, tuple, np.ndarray)) for row in got):
        return "a list whose rows differ in length: an array needs equally long rows."
    return "a list: wrap it with `np.array(...)`."


def kind(x: Any) -> str:
    """Return what something is, in two words: "an array", "a tuple of 2"."""
    if x is None:
        return "None"
    if isinstance(x, type):
        return f"the class `{x.__name__}`"
    if inspect.isroutine(x):
        return "one function"
    if isinstance(x, (tuple, list)):
        return f"a {type(x).__name__} of {len(x)}"
    name = {"ndarray": "array", "str": "string"}.get(type(x).__name__, type(x).__name__)
    return with_article("number" if numbers(x) is not None and np.ndim(x) == 0 else name)


def with_article(noun: str) -> str:
    """Return a noun with "a" or "an"."""
    return f"{'an' if noun[0].lower() in 'aeiou' else 'a'} {noun}"
