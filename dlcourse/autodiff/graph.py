"""The graph that Tensors remember, and the walk back through it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy import ndarray

if TYPE_CHECKING:
    from dlcourse.autodiff.tensor import Tensor

next_number = itertools.count().__next__


class Node:
    """One recorded operation: what it was made of, and the way back over raw arrays.

    It never refers to the Tensors it made, so a graph holds no reference cycle. `recording` fills its attributes
    in; every operation makes a Node, and a constructor would take several times as long.

    Attributes
    ----------
    name : str
    inputs : sequence of Tensor or None
        None stands for a constant.
    arrays : sequence or None
        The values of the inputs where some are constants; without any, the Tensors have them all.
    settings : dict
        What was passed by name.
    backward : callable
    outputs : tuple of (shape, dtype), or None
        One for each of several outputs; None for the usual single one.
    number : int
        Counts the nodes in the order of their making.
    """

    __slots__ = ("arrays", "backward", "inputs", "name", "number", "outputs", "settings")

    arrays: Sequence | None
    backward: Callable
    inputs: Sequence[Tensor | None]
    name: str
    number: int
    outputs: tuple | None
    settings: dict


def pull_back(outputs: Sequence[Tensor], dys: Sequence[np.ndarray], *, kept: dict | None = None) -> dict:
    """Carry gradients from `outputs` back through the graph.

    Of the nodes that a gradient has reached, the last made fires first. All that was made from it has then
    fired, so its gradient is complete. The walk is a loop, so the depth of the graph has no limit.

    Parameters
    ----------
    outputs, dys : sequences of Tensor and of ndarray
    kept : dict, optional
        Filled with ``slot(tensor) -> gradient`` of every Tensor on the way, for drawings.

    Returns
    -------
    dict
        leaf -> gradient.
    """
    pending: dict[Any, Any] = {}  # slot -> the sum of what has arrived there
    waiting: list[tuple[int, Node]] = []  # a heap: its first is the last made, hence minus the number
    name = ""
    inputs: Sequence[Tensor | None] = outputs
    dxs: Sequence = dys
    while True:
        for x, dx in zip(inputs, dxs):  # noqa: B905 - in_a_tuple has counted, and strict takes its time
            if x is None:
                continue
            if type(dx) is not ndarray or dx.shape != x.data.shape:
                dx = fitting(dx, x.data, name, _place(x, dx, inputs, dxs), len(inputs))
            node = x._node
            key = x if node is None else node if node.outputs is None else slot(x)
            before = pending.get(key)
            if before is not None:
                dx = before + dx
                # A sum of arrays without axes is a number; backward always gets an array.
                pending[key] = dx if type(dx) is ndarray else np.asarray(dx)
                continue
            if node is not None and (key is node or not _is_waiting(node, pending)):
                heappush(waiting, (-node.number, node))
            pending[key] = dx
        if not waiting:
            break
        node = heappop(waiting)[1]
        name, inputs = node.name, node.inputs
        if node.outputs is None:
            dy = pending.pop(node)
            if kept is not None:
                kept[node] = dy
            dxs = node.backward(dy)
        else:
            arrived = _for_each_output(node, pending)
            if kept is not None:
                kept.update(arrived)
            dxs = node.backward(*arrived.values())
        if type(dxs) is not tuple or len(dxs) != len(inputs):
            dxs = in_a_tuple(dxs, len(inputs), name)
    if kept is not None:
        kept.update(pending)
    return pending


def slot(tensor: Tensor) -> Any:
    """Where the gradient of a Tensor is collected: the leaf itself, its node, or one of its node's outputs."""
    node = tensor._node
    if node is None:
        return tensor
    return node if node.outputs is None else (node, tensor._position)


def in_a_tuple(dxs: Any, n: int, name: str) -> tuple:
    """Return what a backward gave as a tuple: one gradient for each of `n` inputs, or say that it is another number."""
    if type(dxs) is not tuple:
        dxs = (dxs,)
    if len(dxs) != n:
        raise ValueError(
            f"{name}.backward returned {len(dxs)} gradient(s) for {n} input(s); return one for each input, in order"
        )
    return dxs


def fitting(dx: Any, x: np.ndarray, name: str, i: int, n: int) -> np.ndarray:
    """Return `dx` as an array of the shape of `x`, input `i` of `n`, or say that it breaks the shape rule."""
    if type(dx) is not np.ndarray:
        dx = _plain_gradient(dx, name)
    if dx.shape != x.shape:
        which = "" if n == 1 else f" (input {i + 1} of {n})"
        raise ValueError(
            f"{name}.backward returned a gradient of shape {dx.shape} for an input of shape {x.shape}; "
            f"the two must be equal{which}"
        )
    return dx


def as_inexact_array(x: Any, name: str) -> np.ndarray:
    """Return `x` as an array that can have a gradient, or say why it can't.

    Complex numbers pass: forward mode carries the slope in their imaginary part.
    """
    array = np.asarray(x)
    if np.issubdtype(array.dtype, np.inexact):
        return array
    if np.issubdtype(array.dtype, np.integer) or array.dtype == bool:
        raise TypeError(
            f"{name}: expected real numbers, got {array.dtype}; a gradient needs numbers that can change a "
            "little: write 2.0 for 2, or x.astype(float)"
        )
    raise TypeError(f"{name}: expected an array of floats, got {type(x).__name__} (dtype {array.dtype})")


def as_gradient(dy: Any, y: Any, name: str) -> np.ndarray:
    """Return `dy` as an array of the shape of `y`, or say that the shapes differ."""
    if _is_tensor(dy):
        raise TypeError(f"{name}: dy is a Tensor; a gradient is a plain array, pass dy.data")
    kind = type(dy).__name__
    dy = np.asarray(dy)
    if not np.issubdtype(dy.dtype, np.number) and dy.dtype != bool:
        raise TypeError(f"{name}: expected dy to be an array of numbers, got {kind}")
    # In the precision of y, so that dy = 1.0 leaves float32 as it is.
    if np.can_cast(dy.dtype, np.result_type(y), "same_kind"):
        dy = dy.astype(np.result_type(y), copy=False)
    if dy.shape != np.shape(y):
        raise ValueError(
            f"{name}: dy has shape {dy.shape} but the value has shape {np.shape(y)}; the two must be equal"
        )
    return dy


def _place(x: Tensor, dx: Any, inputs: Sequence, dxs: Sequence) -> int:
    """Where `x` stands among the inputs, the time it got `dx`: one Tensor may be several inputs."""
    return next(i for i, (other, its) in enumerate(zip(inputs, dxs, strict=True)) if other is x and its is dx)


def _is_waiting(node: Node, pending: dict) -> bool:
    """Whether a gradient has reached one of a node's several outputs already."""
    return any((node, i) in pending for i in range(len(node.outputs or ())))


def _for_each_output(node: Node, pending: dict) -> dict:
    """Take the gradients of a node's several outputs by slot; an output that none has reached gets zeros."""
    return {
        (node, i): pending.pop((node, i)) if (node, i) in pending else np.zeros(shape, dtype)
        for i, (shape, dtype) in enumerate(node.outputs or ())
    }


def _plain_gradient(dx: Any, name: str) -> np.ndarray:
    if dx is None:
        raise TypeError(f"{name}.backward returned None where a gradient belongs: is a `return` missing?")
    if _is_tensor(dx):
        raise TypeError(f"{name}.backward returned a Tensor; a backward works on plain arrays")
    array = np.asarray(dx)
    if not np.issubdtype(array.dtype, np.number):
        raise TypeError(f"{name}.backward returned {type(dx).__name__} where a gradient belongs; return an array")
    return array


def _is_tensor(x: Any) -> bool:
    # The Tensor itself is defined on top of this module.
    return hasattr(x, "_node")
