"""The Tensor: an array that remembers how it was made."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from dlcourse.autodiff.graph import Node, as_gradient, as_inexact_array, pull_back, slot


class Tensor:
    """An array that remembers how it was made.

    A Tensor made by hand is a *leaf*; one made by a differentiable function knows its inputs and the way
    back to them. After ``loss.backward()`` every leaf that the loss depends on holds dL/d(leaf) in ``grad``.

    Parameters
    ----------
    data : array_like of floats
        Shared, not copied, when it is an array already. What is computed from it remembers this array, so
        change it in place only after `backward`.

    Attributes
    ----------
    data : ndarray
    grad : ndarray or None
        Same shape as `data`; `backward` adds to it.

    Raises
    ------
    TypeError
        When `data` holds integers or anything else that has no derivative.

    Examples
    --------
    >>> x = Tensor([1.0, 2.0])
    >>> (x * x).sum().backward()
    >>> x.grad
    array([2., 4.])
    """

    __slots__ = ("_node", "_position", "data", "grad")

    data: np.ndarray
    grad: np.ndarray | None

    def __init__(self, data: Any) -> None:
        if isinstance(data, Tensor):
            raise TypeError("Tensor: expected an array, got a Tensor; pass tensor.data for a leaf of its own")
        self.data = as_inexact_array(data, "Tensor")
        self.grad = None
        self._node: Node | None = None
        self._position = 0

    def backward(self, dy: Any = None) -> None:
        """Add dL/d(leaf) to the ``grad`` of every leaf this Tensor was computed from.

        Parameters
        ----------
        dy : array_like, optional
            dL/d(this Tensor), of its shape. May be left out for a scalar, the loss itself, where it is 1.
        """
        if dy is None and self.shape != ():
            raise ValueError(
                f"backward: dy may be left out for a scalar only, and this Tensor has shape {self.shape}; "
                "pass dy, the gradient of the loss with respect to it, or take .sum() or .mean() first"
            )
        dy = np.ones_like(self.data) if dy is None else as_gradient(dy, self.data, "backward")
        leaves = pull_back([self], [dy])
        # Two leaves may be handed one array (add passes dy on as it is), or a view of it: each gets its own,
        # so that working on one gradient in place can't change another.
        handed_out = {id(dy)}
        for leaf, dx in leaves.items():
            dx = dx.astype(leaf.dtype, copy=False)
            if leaf.grad is not None:
                leaf.grad = np.asarray(leaf.grad + dx)
            elif dx.base is not None or id(dx) in handed_out:
                leaf.grad = np.array(dx)
            else:
                handed_out.add(id(dx))
                leaf.grad = dx

    def gradients(self) -> dict[Any, np.ndarray]:
        """Return the gradient of this scalar with respect to everything it was computed from, by ``slot``.

        No ``grad`` is written; this is what a drawing of the graph shows.
        """
        kept: dict[Any, np.ndarray] = {}
        pull_back([self], [np.ones_like(self.data)], kept=kept)
        return kept

    @property
    def slot(self) -> Any:
        """What the graph knows this Tensor by: the leaf itself, its node, or one of its node's outputs."""
        return slot(self)

    # What NumPy users expect of an array.

    @property
    def shape(self) -> tuple[int, ...]:
        return self.data.shape

    @property
    def ndim(self) -> int:
        return self.data.ndim

    @property
    def dtype(self) -> np.dtype:
        return self.data.dtype

    @property
    def T(self) -> Tensor:
        return arithmetic.transpose(self)

    def sum(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return arithmetic.sum(self, axis=axis, keepdims=keepdims)

    def mean(self, axis: Any = None, keepdims: bool = False) -> Tensor:
        return arithmetic.mean(self, axis=axis, keepdims=keepdims)

    def reshape(self, *shape: Any) -> Tensor:
        return arithmetic.reshape(self, shape=shape[0] if len(shape) == 1 else shape)

    def item(self) -> float:
        return self.data.item()

    def __len__(self) -> int:
        return len(self.data)

    def __float__(self) -> float:
        return float(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __repr__(self) -> str:
        made_by = "" if self._node is None else f", made by {self._node.name}"
        return f"{type(self).__name__}({np.array2string(self.data, precision=4, threshold=20)}{made_by})"

    def __getitem__(self, index: Any) -> Tensor:
        return arithmetic.get_item(self, index=index)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self)))

    def __add__(self, other: Any) -> Tensor:
        return arithmetic.add(self, other)

    def __radd__(self, other: Any) -> Tensor:
        return arithmetic.add(other, self)

    def __sub__(self, other: Any) -> Tensor:
        return arithmetic.subtract(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return arithmetic.subtract(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return arithmetic.multiply(self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return arithmetic.multiply(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return arithmetic.divide(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return arithmetic.divide(other, self)

    def __matmul__(self, other: Any) -> Tensor:
        return arithmetic.matmul(self, other)

    def __rmatmul__(self, other: Any) -> Tensor:
        return arithmetic.matmul(other, self)

    def __pow__(self, exponent: float) -> Tensor:
        if isinstance(exponent, Tensor):
            raise TypeError("**: the exponent is a Tensor, but power takes a number; write a**b as exp(b * log(a))")
        return arithmetic.power(self, exponent=exponent)

    def __neg__(self) -> Tensor:
        return arithmetic.negative(self)

    def __array_ufunc__(self, ufunc: np.ufunc, method: str, *inputs: Any, **settings: Any) -> Any:
        """Let ``array + tensor`` record an addition; refuse every other NumPy function."""
        if ufunc in arithmetic.OPERATORS and method == "__call__" and not settings:
            return arithmetic.OPERATORS[ufunc](*inputs)
        raise _numpy_on_a_tensor(ufunc.__name__)

    def __array_function__(self, function: Callable, types: Any, args: Any, kwargs: Any) -> Any:
        raise _numpy_on_a_tensor(function.__name__)

    def __array__(self, *args: Any, **kwargs: Any) -> Any:
        raise TypeError("a Tensor is not an array: pass tensor.data where an array is expected")

    def __getstate__(self) -> tuple:
        if self._node is not None:
            raise TypeError(
                f"only a leaf can be copied or pickled, and this Tensor was made by {self._node.name}; "
                "copy its value with Tensor(tensor.data.copy())"
            )
        return self.data, self.grad

    def __setstate__(self, state: tuple) -> None:
        self.data, self.grad = state
        self._node, self._position = None, 0


def _numpy_on_a_tensor(name: str) -> TypeError:
    if hasattr(arithmetic, name) and name in arithmetic.__all__:
        return TypeError(f"np.{name} does not know Tensors: use dlcourse.autodiff.{name}, or np.{name}(tensor.data)")
    return TypeError(f"np.{name} does not know Tensors: use np.{name}(tensor.data), which has no way back")


# The operators above are the functions of arithmetic.py, which itself needs the Tensor.
from dlcourse.autodiff import arithmetic  # noqa: E402
