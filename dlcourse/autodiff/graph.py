"""The graph that Tensors remember, and the walk back through it."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from dlcourse.autodiff.tensor import Tensor

_next_number = itertools.count().__next__


class Node:
    """One recorded operation: what it was made of, and the way back over raw arrays.

    It never refers to the Tensors it made, so a graph holds no reference cycle.

    Attributes
    ----------
    name : str
    inputs : sequence of Tensor or None
        None stands for a constant.
    arrays : sequence
        The values of the inputs, constants included.
    settings : dict
        What was passed by name.
    backward : callable
    outputs : tuple of (shape, dtype), or None
        One for each of several outputs; None for the usual single one.
    number : int
        Counts the nodes in the order of their making.
    """

    __slots__ = ("arrays", "backward", "inputs", "name", "number", "outputs", "settings")

    def __init__(
        self,
        name: str,
        inputs: Sequence[Tensor | None],
        arrays: Sequence,
        settings: dict,
        backward: Callable,
        outputs: tuple | None = None,
    ) -> None:
        self.name = name
        self.inputs = inputs
        self.arrays = arrays
        self.settings = settings
        self.backward = backward
        self.outputs = outputs
        self.number = _next_number()


def pull_back(outputs: Sequence[Tensor], dys: Sequence[np.ndarray], *, kept: dict | None = None) -> dict:
    """Carry gradients from `outputs` back through the graph.

    Nodes fire in the reverse of the order in which they were made, so that a node's gradient is complete
    before it is passed on. The walk is a loop, so the depth of the graph has no limit.

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
    pending: dict[Any, Any] = {}
    for tensor, dy in zip(outputs, dys, strict=True):
        key = slot(tensor)
        pending[key] = pending[key] + dy if key in pending else dy
    for node in _reachable(outputs):
        if node.outputs is None:
            dys = (pending.pop(node),)
        else:
            dys = [
                pending.pop((node, i)) if (node, i) in pending else np.zeros(shape, dtype)
                for i, (shape, dtype) in enumerate(node.outputs)
            ]
        if kept is not None:
            kept.update({node: dys[0]} if node.outputs is None else {(node, i): dy for i, dy in enumerate(dys)})
        dxs = gradients_of(node.name, node.backward, dys, len(node.inputs))
        # gradients_of has counted them; zip's strict takes its time.
        for i, x, dx, array in zip(itertools.count(), node.inputs, dxs, node.arrays):
            if x is None:
                continue
            if type(dx) is not np.ndarray or dx.shape != array.shape:
                dx = fitting(dx, node.arrays, i, node.name)
            key = x._node
            if key is None or key.outputs is not None:
                key = slot(x)
            # A sum of arrays without axes is a number; backward always gets an array.
            pending[key] = np.asarray(pending[key] + dx) if key in pending else dx
    if kept is not None:
        kept.update(pending)
    return pending


def slot(tensor: Tensor) -> Any:
    """Where the gradient of a Tensor is collected: the leaf itself, its node, or one of its node's outputs."""
    node = tensor._node
    if node is None:
        return tensor
    return node if node.outputs is None else (node, tensor._position)


def gradients_of(name: str, backward: Callable, dys: Sequence, n: int) -> tuple:
    """Call `backward` and count its answer: one gradient for each of `n` inputs."""
    dxs = backward(*dys)
    if type(dxs) is not tuple:
        dxs = (dxs,)
    if len(dxs) != n:
        raise ValueError(
            f"{name}.backward returned {len(dxs)} gradient(s) for {n} input(s); return one for each input, in order"
        )
    return dxs


def fitting(dx: Any, arrays: Sequence, i: int, name: str) -> np.ndarray:
    """Return `dx` as an array of the shape of input `i`, or say that it breaks the shape rule."""
    if type(dx) is not np.ndarray:
        dx = _plain_gradient(dx, name)
    if dx.shape != arrays[i].shape:
        which = "" if len(arrays) == 1 else f" (input {i + 1} of {len(arrays)})"
        raise ValueError(
            f"{name}.backward returned a gradient of shape {dx.shape} for an input of shape {arrays[i].shape}; "
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


def _reachable(outputs: Sequence[Tensor]) -> list[Node]:
    """All nodes behind `outputs`, the last made first."""
    # A dict keeps the order in which nodes are found, which is nearly the one they are sorted into.
    seen = dict.fromkeys(tensor._node for tensor in outputs if tensor._node is not None)
    stack = list(seen)
    while stack:
        for x in stack.pop().inputs:
            if x is not None and (node := x._node) is not None and node not in seen:
                seen[node] = None
                stack.append(node)
    return sorted(seen, key=attrgetter("number"), reverse=True)


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
