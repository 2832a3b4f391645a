"""How to look at an answer: run it on a case and record, part by part, what can be seen of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from typing import Any

import numpy as np

from dlcourse.checking.cases import Case
from dlcourse.checking.comparing import numbers, same
from dlcourse.checking.odd import kind, odd
from dlcourse.checking.runs import Unfit, run

RETURNED = "the returned value"
WRONG_CALL = "does not take what it is given"


class Observer:
    """How to look at an answer.

    Attributes
    ----------
    gradients : tuple of str
        The parts that are gradients.
    functions : tuple of str
        What the functions are called when the answer is a tuple of them.
    passes_inputs : bool
        Whether the inputs of a case are those of the answer, so that the names in its stub are theirs.
    """

    gradients: tuple[str, ...] = ()
    functions: tuple[str, ...] = ()
    passes_inputs = True

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        raise NotImplementedError

    def dys(self, case: Case, part: str) -> dict[str, np.ndarray]:
        """Return by name what `backward` was given for a part that is a gradient."""
        return {}


class custom(Observer):
    """Look at an answer by a function ``(candidate, case) -> {part: what is seen}``, as an exercise needs it."""

    passes_inputs = False

    def __init__(self, look: Callable[[Any, Case], Mapping[str, Any]]) -> None:
        self.look = look

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        return self.look(candidate, case).items()


class value(Observer):
    """Look at what a plain function returns.

    Parameters
    ----------
    *names : str
        What to call the returned value, or the elements of the returned tuple.
    """

    def __init__(self, *names: str) -> None:
        self.names = names or (RETURNED,)

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        result = _call(candidate, case.args, case.settings)
        results = (result,) if len(self.names) == 1 else _several(result, self.names, "")
        return zip(self.names, map(_seen, results), strict=True)


class pair(Observer):
    """Look at a function that returns its value and the way back, or at a differentiable function.

    It is called with as many inputs of the case as there are gradients. `backward` gets the same dy, drawn
    from the standard normal distribution in the shape of the reference's value, for every answer. It is called
    twice: its second answer must be its first.

    Parameters
    ----------
    output : str or tuple of str
        What to call the value; a tuple when there are several, and backward then takes one dy for each.
    *gradients : str
        What to call the gradients, one for each input.
    """

    def __init__(self, output: str | tuple[str, ...], *gradients: str) -> None:
        self.outputs = (output,) if isinstance(output, str) else tuple(output)
        self.gradients = gradients

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        args = case.args[: len(self.gradients)]
        names = self.gradients[: len(args)]
        ys, backward = self._forward(candidate, args, case.settings)
        for name, y in zip(self.outputs, ys, strict=True):
            yield name, case.watch(name, y) if isinstance(y, np.ndarray) else y
        if backward is ...:
            yield from ((name, ...) for name in names)
            return
        if not callable(backward):
            raise Unfit(f"returned {kind(backward)} as its second thing: return the function `backward` itself")
        dys = self._named(case.upstream(self, ys))
        first = _go_back(backward, case, dys, names)
        yield from zip(names, first, strict=True)
        _look_for_changes(backward, case, dys, names, first)

    def dys(self, case: Case, part: str) -> dict[str, np.ndarray]:
        return self._named(case.upstream(self, ())) if part in self.gradients else {}

    def _named(self, dys: list[np.ndarray]) -> dict[str, np.ndarray]:
        return {f"d{name}": dy for name, dy in zip(self.outputs, dys, strict=True)}

    def _forward(self, function: Any, args: tuple, settings: Mapping[str, Any]) -> tuple[tuple, Any]:
        y, backward = _value_and_backward(_call(getattr(function, "vjp", function), args, settings))
        return (y,) if len(self.outputs) == 1 else _several(y, self.outputs, ""), backward

    def slope(self, function: Any, case: Case, part: str, at: tuple[int, ...], h: float = 1e-5) -> tuple[int, float]:
        """Return which input a gradient belongs to, and d(sum of dy * y)/d(its entry) by central differences."""
        i = self.gradients.index(part)

        def moved(h: float) -> float:
            fresh = case.fresh()
            args = list(fresh.args[: len(self.gradients)])
            args[i] = np.array(args[i], dtype=float)
            args[i][at] += h
            ys, _ = self._forward(function, tuple(args), fresh.settings)
            return float(sum(np.sum(dy * y) for dy, y in zip(case.upstream(self, ys), ys, strict=True)))

        return i, (moved(h) - moved(-h)) / (2 * h)


class each(Observer):
    """Look at a tuple of functions, each in its own way: ``each(add=pair("y", "da", "db"), ...)``."""

    def __init__(self, **observers: Observer) -> None:
        self.observers = observers
        self.functions = tuple(observers)
        self.gradients = tuple(f"{name}: {part}" for name, look in observers.items() for part in look.gradients)

    def __call__(self, candidate: Any, case: Case) -> Iterable[tuple[str, Any]]:
        for (name, look), function in zip(self.observers.items(), candidate, strict=True):
            if function is ...:
                yield name, ...
                continue
            seen = run(look, function, case)
            yield from ((f"{name}: {part}", value) for part, value in seen.parts.items())
            if seen.error:
                yield name, seen.error
            case.changed += [f"{name}: {what}" for what in seen.changed]

    def dys(self, case: Case, part: str) -> dict[str, np.ndarray]:
        name, _, part = part.partition(": ")
        return self.observers[name].dys(case, part) if name in self.observers else {}

    def slope(self, functions: Any, case: Case, part: str, at: tuple[int, ...]) -> tuple[int, float]:
        """Return what `pair.slope` returns for one of the functions."""
        name, _, part = part.partition(": ")
        look: Any = self.observers[name]
        return look.slope(functions[self.functions.index(name)], case, part, at)


# What they are made of ------------------------------------------------------------------------------------


def _call(function: Any, args: tuple, settings: Mapping[str, Any], definition: str = "") -> Any:
    try:
        result = function(*args, **settings)
    except TypeError as error:
        if error.__traceback__ is not None and error.__traceback__.tb_next is None:  # it was not even entered
            of, write = ("The backward", f": write `{definition}`") if definition else ("", "")
            raise Unfit(f"{WRONG_CALL} ({error}){write}", of=of) from None
        raise
    if inspect.iscoroutine(result):
        result.close()
    return result


def _value_and_backward(result: Any) -> tuple[Any, Any]:
    if isinstance(result, tuple) and len(result) == 2:
        return result
    if result is ...:
        return ..., ...
    _refuse(result, "")
    raise Unfit(f"returned {kind(result)} where two things are expected: `return y, backward`")


def _refuse(result: Any, of: str) -> None:
    """Say it of things that need a word of their own."""
    is_odd = result is None or isinstance(result, (str, type, BaseException))
    if is_odd or inspect.isgenerator(result) or inspect.iscoroutine(result):
        raise Unfit(f"returned {odd(result).rstrip('.')}", of=of)


def _go_back(backward: Callable, case: Case, dys: dict[str, np.ndarray], names: tuple) -> list:
    given = tuple(case.watch(name, dy) for name, dy in dys.items())
    result = _call(backward, given, {}, f"def backward({', '.join(dys)}):")
    if len(names) == 1:
        return [_seen(result)]
    return [_seen(dx) for dx in _several(result, names, "The backward")]


def _look_for_changes(backward: Callable, case: Case, dys: dict[str, np.ndarray], names: tuple, first: list) -> None:
    try:
        again = _go_back(backward, case, dys, names)
    except Exception:
        again = []
    if len(again) != len(first) or not all(map(_as_before, first, again)):
        case.changed.append("backward")


def _as_before(first: Any, again: Any) -> bool:
    return numbers(first) is None or same(first, again)  # what is no number is judged the first time


def _several(result: Any, names: tuple, of: str) -> tuple:
    if isinstance(result, (tuple, list)) and len(result) == len(names):
        return tuple(result)
    if result is ...:
        return (...,) * len(names)
    _refuse(result, of)
    expected = f"{len(names)} are expected: {', '.join(names)}"
    if isinstance(result, (tuple, list)):
        raise Unfit(f"returned {len(result)} value{'s' * (len(result) != 1)} where {expected}", of=of)
    raise Unfit(f"returned {kind(result)} where {expected}", of=of)


def _seen(x: Any) -> Any:
    """Return what an answer showed, safe from what it does later."""
    if isinstance(x, np.ndarray):
        return x.copy()
    return tuple(map(_seen, x)) if type(x) is tuple else x
