"""Layers own parameters and find each other's; what they compute is in the functions."""

from __future__ import annotations

import math
import os
import zipfile
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Self

import numpy as np

from dlcourse.autodiff import Tensor, reshape
from dlcourse.initialization import he_normal, zeros
from dlcourse.layers.functions import linear


class Parameter(Tensor):
    """A Tensor that a layer owns and an optimizer changes.

    Parameters
    ----------
    data : array_like of floats
        Copied, so that training never changes an array of yours.
    """

    __slots__ = ()

    def __init__(self, data: Any) -> None:
        super().__init__(np.array(data))


class Layer:
    """Base of everything with parameters: a subclass sets attributes and defines ``__call__``.

    Parameters are found by walking the attributes: a Parameter, a Layer, or a list, tuple or dict of them.
    A NumPy array among the attributes is a buffer: saved and loaded, never trained.

    Attributes
    ----------
    training : bool
        True until `eval` is called; layers that behave differently in use look at it.
    """

    training: bool = True

    def __call__(self, x: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} defines no __call__")

    def parameters(self) -> list[Parameter]:
        """Return every parameter once, in the order of the attributes."""
        return list(dict.fromkeys(self.named_parameters().values()))

    def named_parameters(self) -> dict[str, Parameter]:
        """Return the parameters by dotted name, such as ``layers.0.W``."""
        return {name: value for name, value in _walk(self) if isinstance(value, Parameter)}

    def train(self) -> Self:
        """Switch this layer and all layers in it to training."""
        return self._set_training(True)

    def eval(self) -> Self:
        """Switch this layer and all layers in it to use."""
        return self._set_training(False)

    def _set_training(self, training: bool) -> Self:
        self.training = training
        for _, value in _walk(self):
            if isinstance(value, Layer):
                value.training = training
        return self

    def state(self) -> dict[str, np.ndarray]:
        """Return copies of all parameters and buffers by dotted name."""
        return {name: array.copy() for name, array in self._arrays().items()}

    def load_state(self, state: Mapping[str, np.ndarray]) -> Self:
        """Fill parameters and buffers in place.

        Raises
        ------
        ValueError
            When names are missing or unknown, or shapes or kinds of numbers differ; all of them are listed and
            nothing is changed.
        """
        own = self._arrays()
        problems = [f"{name} is missing" for name in own if name not in state]
        problems += [f"{name} is unknown here" for name in state if name not in own]
        problems += [
            f"{name} has shape {np.shape(state[name])} instead of {own[name].shape}"
            for name in own
            if name in state and np.shape(state[name]) != own[name].shape
        ]
        problems += [
            f"{name} holds {np.asarray(state[name]).dtype} instead of {own[name].dtype}"
            for name in own
            if name in state and not np.can_cast(np.asarray(state[name]).dtype, own[name].dtype, "same_kind")
        ]
        if problems:
            raise ValueError(f"load_state: this state does not fit the {type(self).__name__}: {'; '.join(problems)}")
        for name, array in own.items():
            array[...] = state[name]
        return self

    def save(self, path: str | os.PathLike) -> None:
        """Write `state` to an npz file, whole or not at all."""
        path = os.fspath(path)
        temporary = f"{path}.{os.getpid()}.tmp"
        try:
            # Not np.savez(**state): a layer may have an attribute called "file".
            with zipfile.ZipFile(temporary, "w") as archive:
                for name, array in self.state().items():
                    with archive.open(f"{name}.npy", "w", force_zip64=True) as member:
                        np.lib.format.write_array(member, array, allow_pickle=False)
            os.replace(temporary, path)
        finally:
            if os.path.exists(temporary):
                os.remove(temporary)

    def load(self, path: str | os.PathLike) -> Self:
        """Fill this layer from a file that `save` wrote.

        Raises
        ------
        ValueError
            When the file is no npz archive, or its state does not fit.
        """
        with open(path, "rb") as file:
            try:
                with np.load(file, allow_pickle=False) as archive:
                    state = dict(archive)
            except Exception as error:  # what a damaged file leads to has a dozen types
                raise ValueError(f"load: {os.fspath(path)} is no file written by save ({error})") from None
        return self.load_state(state)

    def _arrays(self) -> dict[str, np.ndarray]:
        arrays = {}
        for name, value in _walk(self):
            if isinstance(value, Parameter):
                arrays[name] = value.data
            elif isinstance(value, np.ndarray):
                arrays[name] = value
        return arrays

    def __repr__(self) -> str:
        shapes = ", ".join(f"{name} {parameter.shape}" for name, parameter in self.named_parameters().items())
        return f"{type(self).__name__}({shapes})"


class Linear(Layer):
    """Fully connected layer: ``x @ W + b`` with W of shape (n_in, n_out).

    Parameters
    ----------
    n_in, n_out : int
    rng : numpy.random.Generator
        Where the weights come from.
    bias : bool
    init : callable
        ``init(shape, rng=rng, dtype=dtype)``, from `dlcourse.initialization`.
    dtype : float dtype

    Examples
    --------
    >>> layer = Linear(3, 2, rng=np.random.default_rng(0))
    >>> layer(np.ones((5, 3), np.float32)).shape
    (5, 2)
    """

    def __init__(
        self,
        n_in: int,
        n_out: int,
        *,
        rng: np.random.Generator,
        bias: bool = True,
        init: Callable = he_normal,
        dtype: Any = np.float32,
    ) -> None:
        self.W = Parameter(init((n_in, n_out), rng=rng, dtype=dtype))
        self.b = Parameter(zeros((n_out,), dtype=dtype)) if bias else None

    def __call__(self, x: Any) -> Any:
        return linear(x, self.W) if self.b is None else linear(x, self.W, self.b)


class Sequential(Layer):
    """One layer after another; a plain function is a valid layer.

    Examples
    --------
    >>> from dlcourse.activations import relu
    >>> rng = np.random.default_rng(0)
    >>> model = Sequential(Linear(64, 32, rng=rng), relu, Linear(32, 10, rng=rng))
    >>> sum(parameter.data.size for parameter in model.parameters())
    2410
    """

    def __init__(self, *layers: Callable) -> None:
        for i, layer in enumerate(layers):
            if not callable(layer):
                raise TypeError(f"Sequential: expected layers or functions, got {type(layer).__name__} at place {i}")
        self.layers = list(layers)

    def __call__(self, x: Any) -> Any:
        for layer in self.layers:
            x = layer(x)
        return x


class Flatten(Layer):
    """Lay each example's entries in one row: (n, ...) to (n, d)."""

    def __call__(self, x: Any) -> Any:
        return reshape(x, shape=(len(x), math.prod(x.shape[1:])))  # -1 would fail for an empty batch


def _walk(value: Any, name: str = "") -> Iterator[tuple[str, Any]]:
    """Yield every Parameter, array and Layer inside `value` with its dotted name."""
    if isinstance(value, Layer):
        items: Any = vars(value).items()
    elif isinstance(value, dict):
        items = value.items()
    elif isinstance(value, (list, tuple)):
        items = enumerate(value)
    else:
        return
    for key, inner in items:
        dotted = f"{name}.{key}" if name else str(key)
        if isinstance(inner, (Parameter, np.ndarray, Layer)):
            yield dotted, inner
        yield from _walk(inner, dotted)
