"""The table that drives the properties which every differentiable function must have.

A new function needs one row or more here; a test fails as long as it has none. Then run
``python -m tests.record_fixtures`` in an environment with PyTorch.
"""

import importlib
import math
import pkgutil
import zlib
from collections.abc import Callable
from dataclasses import dataclass, field
from types import ModuleType

import numpy as np

import dlcourse
from dlcourse import activations, autodiff, layers, losses, normalization
from dlcourse.autodiff.arithmetic import get_item
from tests import naive


@dataclass(frozen=True)
class Case:
    """One function at one kind of input.

    Attributes
    ----------
    function : differentiable function
    note : str
        What is special about these inputs; function and note name the case.
    draw : callable
        ``draw(rng) -> inputs``, float64, away from kinks and ties (their policies have tests of their own).
    naive : callable
        The same in loops: ``naive(*inputs, **settings) -> value``.
    torch : callable
        The same in PyTorch: ``torch(module, *tensors, **settings) -> tensor``; arrays among the settings
        come as tensors.
    settings : dict
    """

    function: Callable
    note: str
    draw: Callable
    naive: Callable
    torch: Callable
    settings: dict = field(default_factory=dict)

    @property
    def name(self) -> str:
        return f"{self.function.__name__}: {self.note}"

    @property
    def inputs(self) -> tuple[np.ndarray, ...]:
        drawn = self.draw(self._rng())
        return drawn if isinstance(drawn, tuple) else (drawn,)

    def dy(self, y: np.ndarray) -> np.ndarray:
        """Return a random gradient of the value `y`; the same at every call."""
        return self._rng().standard_normal((2, *np.shape(y)))[1]

    def _rng(self):
        # Seeded by the name, so that a new row leaves the numbers of all others as they were recorded.
        return np.random.default_rng(zlib.crc32(self.name.encode()))


def normal(*shapes):
    """Draw standard normal numbers of each of the shapes."""
    return lambda rng: tuple(rng.standard_normal(shape) for shape in shapes)


def uniform(low, high, *shapes):
    """Draw numbers between two bounds of each of the shapes."""
    return lambda rng: tuple(rng.uniform(low, high, shape) for shape in shapes)


def kept_away_from_zero(*shape):
    """Draw numbers of both signs, none nearer to the kink at 0 than 0.1."""
    return lambda rng: rng.choice([-1.0, 1.0], shape) * rng.uniform(0.1, 2, shape)


def distinct(*shapes):
    """Draw numbers of which no two are equal, nor nearly so, also after broadcasting."""

    def draw(rng):
        sizes = [math.prod(shape) for shape in shapes]
        numbers = rng.permutation(np.arange(sum(sizes)) / 7.0 - 1)
        return tuple(part.reshape(shape) for part, shape in zip(np.split(numbers, np.cumsum(sizes)[:-1]), shapes))  # noqa: B905

    return draw


def _arithmetic():
    binary = [
        (autodiff.add, lambda a, b: a + b, lambda torch, a, b: a + b, normal),
        (autodiff.subtract, lambda a, b: a - b, lambda torch, a, b: a - b, normal),
        (autodiff.multiply, lambda a, b: a * b, lambda torch, a, b: a * b, normal),
        (autodiff.divide, lambda a, b: a / b, lambda torch, a, b: a / b, lambda *shapes: uniform(0.5, 2, *shapes)),
        (autodiff.maximum, max, lambda torch, a, b: torch.maximum(a, b), distinct),
    ]
    for function, formula, in_torch, draw in binary:
        loop = naive.elementwise(formula)
        yield Case(function, "equal shapes", draw((2, 3), (2, 3)), loop, in_torch)
        yield Case(function, "both broadcast", draw((4, 1, 3), (2, 1)), loop, in_torch)
        yield Case(function, "number and matrix", draw((), (2, 3)), loop, in_torch)
        yield Case(function, "two numbers", draw((), ()), loop, in_torch)

    unary = [
        (autodiff.negative, lambda x: -x, lambda torch, x: -x, normal),
        (autodiff.exp, math.exp, lambda torch, x: torch.exp(x), normal),
        (autodiff.log, math.log, lambda torch, x: torch.log(x), lambda *shapes: uniform(0.1, 3, *shapes)),
        (autodiff.sqrt, math.sqrt, lambda torch, x: torch.sqrt(x), lambda *shapes: uniform(0.1, 3, *shapes)),
        (activations.sigmoid, naive.sigmoid, lambda torch, x: torch.sigmoid(x), normal),
        (activations.tanh, math.tanh, lambda torch, x: torch.tanh(x), normal),
        (activations.softplus, naive.softplus, lambda torch, x: torch.nn.functional.softplus(x), normal),
    ]
    for function, formula, in_torch, draw in unary:
        loop = naive.elementwise(formula)
        yield Case(function, "matrix", draw((2, 3)), loop, in_torch)
        yield Case(function, "number", draw(()), loop, in_torch)
        yield Case(function, "nothing at all", draw((0, 3)), loop, in_torch)
    relu = naive.elementwise(lambda x: max(x, 0.0))
    yield Case(activations.relu, "matrix", kept_away_from_zero(3, 4), relu, lambda torch, x: torch.relu(x))
    yield Case(activations.relu, "number", kept_away_from_zero(), relu, lambda torch, x: torch.relu(x))

    power = naive.elementwise(lambda x, *, exponent: x**exponent)
    in_torch = lambda torch, x, *, exponent: x**exponent
    for exponent, draw in [
        (2, normal((2, 3))),
        (3, normal((2, 3))),
        (1, normal((2, 3))),
        (0, normal((2, 3))),
        (-1, kept_away_from_zero(2, 3)),
        (7, normal((2, 3))),
        (0.5, uniform(0.1, 3, (2, 3))),
        (-1.5, uniform(0.1, 3, (2, 3))),
    ]:
        yield Case(autodiff.power, f"exponent {exponent}", draw, power, in_torch, {"exponent": exponent})


def _activations():
    leaky_relu = naive.elementwise(lambda x, *, slope=0.01: x if x > 0 else slope * x)
    in_torch = lambda torch, x, *, slope=0.01: torch.nn.functional.leaky_relu(x, slope)
    for note, settings in [("a slope of 0.01", {}), ("a slope of 0.3", {"slope": 0.3}), ("a slope of 2", {"slope": 2})]:
        yield Case(activations.leaky_relu, note, kept_away_from_zero(3, 4), leaky_relu, in_torch, settings)
    yield Case(activations.leaky_relu, "number", kept_away_from_zero(), leaky_relu, in_torch)
    elu = naive.elementwise(lambda x, *, alpha=1.0: x if x > 0 else alpha * (math.exp(x) - 1))
    in_torch = lambda torch, x, *, alpha=1.0: torch.nn.functional.elu(x, alpha)
    for note, settings in [("an alpha of 1", {}), ("an alpha of 0.3", {"alpha": 0.3})]:
        yield Case(activations.elu, note, kept_away_from_zero(3, 4), elu, in_torch, settings)
    yield Case(activations.elu, "number", kept_away_from_zero(), elu, in_torch)

    in_torch = lambda torch, x, *, pieces: x.reshape(*x.shape[:-1], x.shape[-1] // pieces, pieces).max(dim=-1).values
    for note, shape, pieces in [
        ("pairs", (3, 4), 2),
        ("one group of three", (2, 3), 3),
        ("each alone", (2, 3), 1),
        ("one example", (6,), 3),
        ("sequences", (2, 3, 4), 2),
        ("an empty batch", (0, 4), 2),
    ]:
        yield Case(activations.maxout, note, distinct(shape), naive.maxout, in_torch, {"pieces": pieces})

    for function, loop in [(activations.softmax, naive.softmax), (activations.log_softmax, naive.log_softmax)]:
        in_torch = _softmax_of_torch(function.__name__)
        yield Case(function, "rows", normal((4, 3)), loop, in_torch)
        yield Case(function, "columns", normal((4, 3)), loop, in_torch, {"axis": 0})
        yield Case(function, "the middle axis", normal((2, 3, 4)), loop, in_torch, {"axis": 1})
        yield Case(function, "one example", normal((5,)), loop, in_torch)
        yield Case(function, "one class", normal((3, 1)), loop, in_torch)
        yield Case(function, "an empty batch", normal((0, 3)), loop, in_torch)


def _softmax_of_torch(name):
    return lambda torch, x, *, axis=-1: getattr(torch, name)(x, dim=axis)


def _products():
    in_torch = lambda torch, a, b: a @ b
    for note, *shapes in [
        ("matrices", (2, 3), (3, 4)),
        ("two vectors", (3,), (3,)),
        ("vector and matrix", (3,), (3, 4)),
        ("matrix and vector", (2, 3), (3,)),
        ("a stack", (2, 2, 3), (2, 3, 2)),
        ("stacks that broadcast", (2, 1, 2, 3), (3, 3, 2)),
        ("vector and stack", (3,), (2, 3, 4)),
        ("stack and vector", (2, 2, 3), (3,)),
        ("stack and one matrix", (2, 2, 3), (3, 4)),
        ("one row, one column", (1, 3), (3, 1)),
    ]:
        yield Case(autodiff.matmul, note, normal(*shapes), naive.matmul, in_torch)
    in_torch = lambda torch, x, W, b=None: x @ W if b is None else x @ W + b
    for note, *shapes in [
        ("a batch", (5, 3), (3, 2), (2,)),
        ("no bias", (5, 3), (3, 2)),
        ("one example", (3,), (3, 2), (2,)),
        ("a batch of one", (1, 3), (3, 2), (2,)),
        ("sequences", (4, 5, 3), (3, 2), (2,)),
        ("an empty batch", (0, 3), (3, 2), (2,)),
        ("one in, one out", (4, 1), (1, 1), (1,)),
    ]:
        yield Case(layers.linear, note, normal(*shapes), naive.linear, in_torch)


def _shapes():
    def reduce(name):
        def in_torch(torch, x, *, axis=None, keepdims=False):
            return getattr(torch, name)(x, dim=tuple(range(x.ndim)) if axis is None else axis, keepdim=keepdims)

        return in_torch

    for function, loop in [(autodiff.sum, naive.sum), (autodiff.mean, naive.mean)]:
        in_torch = reduce(function.__name__)
        for note, settings in [
            ("everything", {}),
            ("one axis", {"axis": 1}),
            ("the last axis, kept", {"axis": -1, "keepdims": True}),
            ("two axes", {"axis": (0, -1)}),
            ("everything, kept", {"keepdims": True}),
        ]:
            yield Case(function, note, normal((2, 3, 4)), loop, in_torch, settings)
    in_torch = lambda torch, x, *, shape: x.reshape(shape)
    yield Case(autodiff.reshape, "to a matrix", normal((2, 3, 4)), naive.reshape, in_torch, {"shape": (6, 4)})
    yield Case(autodiff.reshape, "to a vector", normal((2, 3)), naive.reshape, in_torch, {"shape": -1})

    def transpose(torch, x, *, axes=None):
        return x.permute(tuple(reversed(range(x.ndim))) if axes is None else axes)

    draw = normal((2, 3, 4))
    yield Case(autodiff.transpose, "reversed", draw, naive.transpose, transpose)
    yield Case(autodiff.transpose, "in a circle", draw, naive.transpose, transpose, {"axes": (1, 2, 0)})
    yield Case(autodiff.transpose, "from behind", draw, naive.transpose, transpose, {"axes": (-1, 0, -2)})

    def take(torch, x, *, index, axis=0):
        index = torch.as_tensor(index)
        taken = torch.index_select(x, axis, index.reshape(-1))
        axis %= x.ndim
        return taken.reshape(*x.shape[:axis], *index.shape, *x.shape[axis + 1 :])

    for note, settings in [
        ("rows, one twice", {"index": np.array([2, 0, 2])}),
        ("a list", {"index": [1, 1]}),
        ("a tuple", {"index": (0, 2)}),
        ("one slice", {"index": 1, "axis": 1}),
        ("a table of indices", {"index": np.array([[0, 1], [3, 3]]), "axis": -1}),
        ("a table in the middle", {"index": np.array([[0, 1], [2, 2], [1, 0]]), "axis": 1}),
    ]:
        yield Case(autodiff.take, note, normal((3, 3, 4)), naive.take, take, settings)
    in_torch = lambda torch, x, *, index: x[index]
    for note, index in [
        ("a row", 1),
        ("a slice", slice(0, 2)),
        ("a number", (1, 2)),
        ("dots and a new axis", (Ellipsis, None, 0)),
        ("pairs, one twice", (np.array([0, 0, 2]), np.array([1, 1, 3]))),
        ("a mask", np.arange(12).reshape(3, 4) % 3 == 0),
    ]:
        yield Case(get_item, note, normal((3, 4)), naive.get_item, in_torch, {"index": index})
    in_torch = lambda torch, *xs, axis=0: torch.cat(xs, dim=axis)
    concatenate = autodiff.concatenate
    yield Case(concatenate, "rows", normal((2, 3), (1, 3), (4, 3)), naive.concatenate, in_torch)
    yield Case(concatenate, "columns", normal((2, 3), (2, 1)), naive.concatenate, in_torch, {"axis": -1})
    yield Case(concatenate, "one alone", normal((2, 3)), naive.concatenate, in_torch)
    yield Case(concatenate, "one of them empty", normal((2, 3), (0, 3)), naive.concatenate, in_torch)


def _losses():
    t = np.array([[0.5, -1.0], [2.0, 0.0], [0.25, 1.5]])
    yield Case(
        losses.mean_squared_error,
        "a batch",
        normal((3, 2)),
        naive.mean_over_elements(lambda y, t: (y - t) ** 2),
        lambda torch, y, *, target: torch.nn.functional.mse_loss(y, target),
        {"target": t},
    )
    yield Case(
        losses.root_mean_squared_error,
        "a batch",
        normal((3, 2)),
        naive.root_mean_squared_error,
        lambda torch, y, *, target: torch.sqrt(torch.nn.functional.mse_loss(y, target)),
        {"target": t},
    )
    for note, shape in [("a matrix", (3, 2)), ("a number", ()), ("nothing at all", (0, 2))]:
        l1, l2 = naive.sum_over_elements(abs), naive.sum_over_elements(lambda w: w * w)
        yield Case(losses.l1_penalty, note, kept_away_from_zero(*shape), l1, lambda torch, w: w.abs().sum())
        yield Case(losses.l2_penalty, note, normal(shape), l2, lambda torch, w: (w**2).sum())
    binary = naive.mean_over_elements(naive.binary_cross_entropy)
    in_torch = lambda torch, p, *, target: torch.nn.functional.binary_cross_entropy(p, target)
    for note, target in [
        ("answers 0 and 1", np.array([0.0, 1.0, 1.0, 0.0])),
        ("answers between", np.array([0.25, 0.5, 1.0, 0.0])),
    ]:
        yield Case(losses.binary_cross_entropy, note, uniform(0.05, 0.95, (4,)), binary, in_torch, {"target": target})
        yield Case(
            losses.binary_cross_entropy_with_logits,
            note,
            normal((4,)),
            naive.mean_over_elements(lambda z, t: naive.binary_cross_entropy(naive.sigmoid(z), t)),
            lambda torch, z, *, target: torch.nn.functional.binary_cross_entropy_with_logits(z, target),
            {"target": target},
        )
    in_torch = lambda torch, logits, *, labels: torch.nn.functional.cross_entropy(logits, labels)
    for note, labels in [
        ("labels", np.array([2, 0, 0, 1])),
        ("one-hot", np.eye(3)[[2, 0, 0, 1]]),
        ("probabilities", np.array([[0.2, 0.3, 0.5], [1.0, 0.0, 0.0], [0.0, 0.5, 0.5], [0.1, 0.1, 0.8]])),
    ]:
        yield Case(losses.cross_entropy, note, normal((4, 3)), naive.cross_entropy, in_torch, {"labels": labels})
    labels = {"labels": np.array([1])}
    yield Case(losses.cross_entropy, "a batch of one", normal((1, 3)), naive.cross_entropy, in_torch, labels)


def _normalizations():
    def in_torch(torch, x, gamma, beta, *, mean=None, var=None, eps=1e-5):
        return torch.nn.functional.batch_norm(x, mean, var, gamma, beta, training=mean is None, eps=eps)

    batch_norm = normalization.batch_norm
    given = {"mean": np.array([0.5, -1.0, 2.0]), "var": np.array([0.25, 1.0, 4.0])}
    for note, shape, settings in [
        ("a table", (5, 3), {}),
        ("images", (4, 3, 2, 5), {}),
        ("one image", (1, 3, 2, 2), {}),
        ("signals", (4, 2, 5), {}),
        ("volumes", (2, 2, 1, 3, 2), {}),
        ("one channel", (6, 1), {}),
        ("a large eps", (5, 3), {"eps": 0.5}),
        ("statistics that are given", (5, 3), given),
        ("statistics that are given, images", (2, 3, 2, 2), {**given, "eps": 0.1}),
        ("statistics that are given, one example", (1, 3), given),
    ]:
        channels = shape[1:2]
        yield Case(batch_norm, note, normal(shape, channels, channels), naive.batch_norm, in_torch, settings)

    def in_torch(torch, x, gamma, beta, *, eps=1e-5):
        return torch.nn.functional.layer_norm(x, x.shape[-1:], gamma, beta, eps)

    for note, shape, settings in [
        ("a table", (4, 5), {}),
        ("one example", (5,), {}),
        ("sequences", (2, 3, 4), {}),
        ("a large eps", (4, 5), {"eps": 0.5}),
        ("an empty batch", (0, 4), {}),
    ]:
        draw = normal(shape, shape[-1:], shape[-1:])
        yield Case(normalization.layer_norm, note, draw, naive.layer_norm, in_torch, settings)

    def in_torch(torch, v, g, *, axis=0):
        norm = torch.linalg.vector_norm(v, dim=axis, keepdim=True)
        return g.reshape(norm.shape) * v / norm

    for note, shape, lengths, axis in [
        ("columns", (4, 3), (3,), 0),
        ("rows", (4, 3), (4,), -1),
        ("filters", (2, 3, 2, 2), (2,), (1, 2, 3)),
        ("one vector", (4,), (), 0),
    ]:
        draw = normal(shape, lengths)
        yield Case(normalization.weight_norm, note, draw, naive.weight_norm, in_torch, {"axis": axis})


CASES = [*_arithmetic(), *_activations(), *_products(), *_shapes(), *_losses(), *_normalizations()]


def public_modules() -> list[ModuleType]:
    """Import every folder of the package: the tables of contents."""
    found = pkgutil.iter_modules(dlcourse.__path__, "dlcourse.")
    return [importlib.import_module(module.name) for module in found if module.ispkg]


def without_a_case(modules, cases=CASES) -> set[str]:
    """Name the public differentiable functions of some modules that no case is about."""
    covered = {case.function for case in cases}
    return {
        f"{module.__name__}.{name}"
        for module in modules
        for name in getattr(module, "__all__", [])
        if hasattr(function := getattr(module, name), "vjp") and function not in covered
    }
