"""Update rules: each is one method, `update`, in the symbols of its paper."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, ClassVar, cast

import numpy as np

from dlcourse.autodiff import Tensor

# From this many entries on, laying a parameter end to end with others costs more than the calls it saves.
LARGE = 16_384


class Optimizer:
    """Base of all rules: lays the parameters end to end, calls `update`, adds the step, clears the gradients.

    Parameters
    ----------
    parameters : iterable of Parameter
    learning_rate : float or callable
        A number, or a schedule: a function of the number of steps already taken.
    """

    _replacement: ClassVar[Callable]  # set by replaced_by, on the class it was called on

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float | Callable[[int], float]) -> None:
        # One Tensor can be walked, too, but its rows are results that lead nowhere.
        walkable = isinstance(parameters, Iterable) and not isinstance(parameters, Tensor)
        given = list(parameters) if walkable else []
        if not walkable or any(not isinstance(p, Tensor) for p in given):
            raise TypeError(f"{type(self).__name__}: expected Parameters; pass model.parameters(), not the model")
        if not given:
            raise ValueError(f"{type(self).__name__}: expected parameters, got none; pass model.parameters()")
        self.parameters = list(dict.fromkeys(given))
        self.learning_rate = learning_rate
        self._steps_taken = dict.fromkeys(self.parameters, 0)
        self._memory: dict[tuple, dict] = {}

    def update(self, g: np.ndarray, memory: dict, *, w: np.ndarray, t: int, learning_rate: float) -> np.ndarray:
        """Return the step that is added to `w`, given the gradient `g` at step number `t` (from 1).

        The arrays are flat. A rule works on any part of the parameters alike, and only reads `w`.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no update")

    def step(self) -> None:
        """Move every parameter that has a gradient, then clear the gradients."""
        for group in self._groups():
            t = self._steps_taken[group[0]] + 1
            rate = self.learning_rate(t - 1) if callable(self.learning_rate) else self.learning_rate
            g = _joined([cast(np.ndarray, p.grad).ravel() for p in group])
            w = _joined([p.data.ravel() for p in group]).view()
            w.flags.writeable = False  # of one parameter alone these are its own numbers
            memory = self._memory_of(group)
            step = self._rule()(g, memory, w=w, t=t, learning_rate=rate)
            if np.shape(step) != g.shape:
                raise ValueError(
                    f"{type(self).__name__}: update returned {type(step).__name__} of shape {np.shape(step)}, "
                    f"expected the step to add to w, of the shape {g.shape} of g"
                )
            for name, entry in memory.items():
                if isinstance(entry, np.ndarray) and np.may_share_memory(entry, w):
                    memory[name] = entry.copy()  # what a rule remembers of w stays, while w moves on
            start = 0
            for p in group:
                p.data += np.reshape(step[start : start + p.data.size], p.shape)
                start += p.data.size
                self._steps_taken[p] = t
                p.grad = None

    def _groups(self) -> list[list[Tensor]]:
        """Parameters with a gradient, by dtype and number of steps taken: one call of `update` serves a group.

        A large parameter is a group of its own.
        """
        groups: dict[Any, list[Tensor]] = {}
        for p in self.parameters:
            if p.grad is not None:
                key = p if p.data.size >= LARGE else (p.dtype, self._steps_taken[p])
                groups.setdefault(key, []).append(p)
        return list(groups.values())

    def _memory_of(self, group: list[Tensor]) -> dict:
        """The memory of these parameters: flat arrays, and numbers that all of them share.

        It is kept by group; where the grouping has changed since (a parameter had no gradient for a while),
        the parts are cut out and laid together again.
        """
        key = tuple(group)
        if key not in self._memory:
            parts = {p: self._cut_out(p) for p in group}
            names = dict.fromkeys(name for part in parts.values() for name in part)
            self._memory[key] = {name: _joined([parts[p][name] for p in group]) for name in names}
        return self._memory[key]

    def _cut_out(self, parameter: Tensor) -> dict:
        for group in [key for key in self._memory if parameter in key]:
            sizes = [p.data.size for p in group]
            ends = np.cumsum(sizes)
            memory = self._memory.pop(group)
            for p, end, size in zip(group, ends, sizes, strict=True):
                self._memory[(p,)] = {name: _piece(entry, end - size, end) for name, entry in memory.items()}
        return self._memory.pop((parameter,), {})

    def _rule(self) -> Callable:
        replacement = getattr(type(self), "_replacement", None)
        if replacement is None:
            return self.update
        wanted = inspect.signature(replacement).parameters
        settings = {name: value for name, value in vars(self).items() if name in wanted and name != "learning_rate"}

        def rule(g, memory, *, w, t, learning_rate):
            return replacement(g, memory, w=w, t=t, learning_rate=learning_rate, **settings)

        return rule

    @classmethod
    @contextmanager
    def replaced_by(cls, update: Callable) -> Iterator[None]:
        """Let `update` make the steps of every optimizer of this class inside the ``with`` block.

        Parameters
        ----------
        update : callable
            ``update(g, memory, *, w, t, learning_rate, **settings)`` without self; it gets those of the
            constructor's settings that it names.
        """
        if not callable(update):
            raise TypeError(f"{cls.__name__}.replaced_by: expected a function, got {type(update).__name__}")
        before = cls.__dict__.get("_replacement")
        cls._replacement = update
        try:
            yield
        finally:
            if before is None:
                del cls._replacement  # so that a replacement of the base class is seen again
            else:
                cls._replacement = before


def _piece(entry: Any, start: int, end: int) -> Any:
    return entry[start:end] if np.ndim(entry) else entry


def _joined(entries: list) -> Any:
    return np.concatenate(entries) if len(entries) > 1 and np.ndim(entries[0]) else entries[0]


class SGD(Optimizer):
    """Gradient descent: the step is minus the learning rate times the gradient.

    Stochastic when the gradient comes from a few examples (Robbins and Monro, 1951).

    Examples
    --------
    >>> from dlcourse.layers import Parameter
    >>> w = Parameter([1.0])
    >>> optimizer = SGD([w], learning_rate=0.1)
    >>> (w * w).sum().backward()
    >>> optimizer.step()
    >>> w.data
    array([0.8])
    """

    def __init__(self, parameters: Iterable[Tensor], learning_rate: float | Callable[[int], float] = 0.1) -> None:
        super().__init__(parameters, learning_rate)

    def update(self, g: np.ndarray, memory: dict, *, w: np.ndarray, t: int, learning_rate: float) -> np.ndarray:
        return -learning_rate * g
