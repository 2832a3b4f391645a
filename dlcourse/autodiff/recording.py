"""The one convention: a function returns its value and the way back, and Tensors record it."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

import numpy as np
from numpy import ndarray

from dlcourse.autodiff.graph import Node, as_gradient, as_inexact_array, fitting, in_a_tuple, next_number
from dlcourse.autodiff.tensor import Tensor

_recording: ContextVar[bool] = ContextVar("recording", default=True)
_is_recording = _recording.get
_new = object.__new__
_NO_SETTINGS: dict = {}


def differentiable(function: Callable) -> Any:
    """Make a function that returns its value and the way back work on arrays and on Tensors.

    What is passed by position is differentiated; what is passed by name is a setting.

    Parameters
    ----------
    function : callable
        ``function(*inputs, **settings) -> value, backward``, written over plain arrays. ``backward(dy)``
        returns dL/d(input), one for one input and a tuple for several, each of its input's shape. A tuple
        as value means several outputs; then `backward` takes one gradient for each. Where the gradient of the
        first input is expensive, ``backward(dy, *, needs_dx=True)`` is told when that input is a constant of a
        recorded program, such as a batch of images, and may return None for it.

    Returns
    -------
    callable
        ``f(*arrays)`` gives the value; ``f(*tensors)`` gives a Tensor (a tuple of them for several outputs).
        ``f.vjp(*arrays)`` gives ``(value, backward)`` with the shape rule enforced.
        ``with f.replaced_by(candidate):`` runs `candidate` in its place, everywhere.

    Examples
    --------
    >>> @differentiable
    ... def square(x):
    ...     def backward(dy):
    ...         return dy * 2 * x
    ...     return x**2, backward
    >>> square(np.array([3.0]))
    array([9.])
    >>> y, backward = square.vjp(np.array([3.0]))
    >>> backward(np.array([1.0]))
    array([6.])
    """
    current = function

    @functools.wraps(function)
    def call(*inputs: Any, **settings: Any) -> Any:
        if settings:
            _refuse_tensors(name, settings)
        arrays: list = []
        constants = 0
        for x in inputs:
            if isinstance(x, Tensor):
                arrays.append(x.data)
            else:
                arrays.append(x if type(x) is ndarray else _constant(x, name))
                constants += 1
        if constants == len(inputs):
            return _pair(current, _numbers_to_arrays(arrays), settings)[0]
        value, backward = _pair(current, arrays, settings)
        if not constants:
            return _recorded(value, name, inputs, None, settings, backward)
        tracked = [x if isinstance(x, Tensor) else None for x in inputs]
        if tracked[0] is None:
            backward = _without_dx(backward)
        return _recorded(value, name, tracked, arrays, settings, backward)

    def vjp(*inputs: Any, **settings: Any) -> tuple[Any, Callable]:
        """Return the value and the way back on arrays: ``y, backward = f.vjp(*arrays, **settings)``."""
        _refuse_tensors(name, settings)
        arrays = [as_inexact_array(getattr(x, "data", x) if isinstance(x, Tensor) else x, name) for x in inputs]
        value, backward = _pair(current, arrays, settings)
        values = value if type(value) is tuple else (value,)

        def way_back(*dys: Any) -> Any:
            if len(dys) != len(values):
                raise TypeError(f"{name}.backward takes {len(values)} gradient(s), one for each output; got {len(dys)}")
            full = [
                np.zeros_like(y) if dy is None else as_gradient(dy, y, f"{name}.backward")
                for dy, y in zip(dys, values, strict=True)
            ]
            dxs = in_a_tuple(backward(*full), len(arrays), name)
            dxs = tuple(fitting(dx, x, name, i, len(arrays)) for i, (dx, x) in enumerate(zip(dxs, arrays, strict=True)))
            return dxs[0] if len(dxs) == 1 else dxs

        return value, way_back

    @contextmanager
    def replaced_by(candidate: Callable) -> Iterator[None]:
        """Run `candidate` in place of this function inside the ``with`` block.

        `candidate` returns ``(value, backward)`` like the original, or is itself differentiable.
        """
        nonlocal current
        if not callable(candidate):
            raise TypeError(
                f"{call.__name__}.replaced_by: expected a function that returns (value, backward), "
                f"got {type(candidate).__name__}; pass the function itself, not its result"
            )
        # The function inside of another differentiable one, which may itself be replaced by this one.
        inner = candidate.__wrapped__ if hasattr(candidate, "vjp") else candidate  # type: ignore[attr-defined]
        before, current = current, inner
        try:
            yield
        finally:
            current = before

    name = call.__name__
    call.vjp = vjp  # type: ignore[attr-defined]
    call.replaced_by = replaced_by  # type: ignore[attr-defined]
    return call


@contextmanager
def no_grad() -> Iterator[None]:
    """Record nothing inside the ``with`` block: results are Tensors without a way back.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0])
    >>> with no_grad():
    ...     y = x * 2.0
    >>> y
    Tensor([2. 4.])
    """
    token = _recording.set(False)
    try:
        yield
    finally:
        _recording.reset(token)


@contextmanager
def recording() -> Iterator[None]:
    """Record inside the ``with`` block, also within `no_grad`."""
    token = _recording.set(True)
    try:
        yield
    finally:
        _recording.reset(token)


def _recorded(
    value: Any, name: str, inputs: Sequence, arrays: Sequence | None, settings: dict, backward: Callable
) -> Any:
    """Return the value as a Tensor, or several as a tuple of them, that remembers the rest."""
    node = None
    if _is_recording():
        node = _new(Node)
        node.name = name
        node.inputs = inputs
        node.arrays = arrays
        node.settings = settings or _NO_SETTINGS  # one empty dict for all
        node.backward = backward
        node.outputs = None
        node.number = next_number()
    if type(value) is not tuple:
        return _tensor(value, node)
    values = [np.asarray(y) for y in value]
    if node is not None:
        node.outputs = tuple((y.shape, y.dtype) for y in values)
    tensors = tuple(_tensor(y, node) for y in values)
    for i, tensor in enumerate(tensors):
        tensor._position = i
    return tensors


def _tensor(value: Any, node: Node | None) -> Tensor:
    tensor = _new(Tensor)  # the constructor is for leaves
    tensor.data = value if type(value) is ndarray else np.asarray(value)
    tensor.grad = None
    tensor._node = node
    tensor._position = 0
    return tensor


def _without_dx(backward: Callable) -> Callable:
    """Tell a way back that asks for it, by a setting `needs_dx`, that its first input is a constant."""
    if "needs_dx" in (getattr(backward, "__kwdefaults__", None) or ()):
        return functools.partial(backward, needs_dx=False)
    return backward


def _pair(function: Callable, arrays: Sequence, settings: dict) -> tuple[Any, Callable]:
    result = function(*arrays, **settings) if settings else function(*arrays)  # an empty ** takes its time
    if type(result) is tuple and len(result) == 2 and callable(result[1]):
        return result
    name = getattr(function, "__name__", type(function).__name__)
    raise TypeError(
        f"{name} must return two things, its value and the function backward; it returned {_described(result)}"
    )


def _described(result: Any) -> str:
    if result is None:
        return "None: is `return y, backward` missing?"
    if isinstance(result, tuple):
        return f"a tuple of {len(result)}: ({', '.join(type(part).__name__ for part in result)})"
    return f"{type(result).__name__}: end with `return y, backward`"


def _constant(x: Any, name: str) -> Any:
    """A number stays as it is (so that float32 stays float32); anything else must be an array of numbers."""
    if isinstance(x, np.number):
        return x.item()  # a NumPy float64 would turn float32 into float64
    if isinstance(x, (int, float, complex)):
        return x
    if isinstance(x, (list, tuple)) and any(isinstance(part, Tensor) for part in x):
        raise TypeError(f"{name}: an input is a {type(x).__name__} of Tensors; pass them one by one")
    array = np.asarray(x)
    if np.issubdtype(array.dtype, np.number) or array.dtype == bool:
        return array
    raise TypeError(f"{name}: expected arrays, Tensors or numbers as inputs, got {type(x).__name__}")


def _numbers_to_arrays(arrays: list) -> list:
    if any(isinstance(x, np.ndarray) for x in arrays):
        return arrays
    return [np.asarray(x) for x in arrays]


def _refuse_tensors(name: str, settings: dict) -> None:
    for key, setting in settings.items():
        if isinstance(setting, Tensor):
            raise TypeError(
                f"{name}: {key} is a Tensor passed by name, but what is passed by name is a setting and gets no "
                f"gradient; pass it by position, or {key}={key}.data if it is a constant"
            )
