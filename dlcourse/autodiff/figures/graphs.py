"""Programs of lesson 01 as graphs: still, or walked gate by gate."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, exp, log
from dlcourse.drawing import Picture, draw_graph
from dlcourse.drawing.graph_walk import GraphWalk


class Walk(GraphWalk):
    """Run a program on named numbers and walk through the graph that it recorded.

    Parameters
    ----------
    f : callable
        Takes the inputs by position, in the order given; made of differentiable functions.
    numbers : bool
        False leaves blanks, for the board and for the pencil.
    **inputs : float
    """

    def __init__(self, f: Callable, *, numbers: bool = True, **inputs: float) -> None:
        leaves = {name: Tensor(float(value)) for name, value in inputs.items()}
        super().__init__(f(*leaves.values()), names=leaves, numbers=numbers)


class NeuronWalk(GraphWalk):
    """Deck 5's neuron with its log loss, in primitive operations, gate by gate.

    Parameters
    ----------
    numbers : bool
        False leaves blanks.
    """

    def __init__(self, *, numbers: bool = True) -> None:
        loss, names = _logistic_neuron()
        super().__init__(loss, names=names, numbers=numbers)


class TwoLayersWalk(GraphWalk):
    """The network of section 2.1 as scalar gates, gate by gate.

    Parameters
    ----------
    numbers : bool
        False leaves blanks.
    """

    def __init__(self, *, numbers: bool = True) -> None:
        loss, names = _two_layers()
        super().__init__(loss, names=names, numbers=numbers)


def draw_logistic_neuron() -> Picture:
    """Deck 5's neuron with its log loss, in primitive operations: the values, without the gradients."""
    loss, names = _logistic_neuron()
    return draw_graph(loss, names=names, gradients=False)


def draw_two_layers(*, gradients: bool = True, **numbers: Sequence) -> Picture:
    """A network with two inputs and two hidden neurons as scalar gates, with the log loss for the answer 1.

    Parameters
    ----------
    gradients : bool
        Show the gradients below the wires.
    **numbers
        ``x``, ``W1`` and ``W2`` of shapes (2,), (2, 2) and (2,); by default those of section 2.1.
    """
    loss, names = _two_layers(**numbers)
    below = " and every gradient below it" if gradients else ""
    return draw_graph(
        loss,
        names=names,
        gradients=gradients,
        alt=f"Two inputs, two hidden neurons and one output as a graph of gates, every value above its wire{below}: "
        f"the output is {names['ŷ'].item():.4f}, its loss {loss.item():.3f}.",
    )


def _logistic_neuron() -> tuple[Any, dict[str, Any]]:
    numbers = {"w0": -3.0, "w1": 2.0, "x1": -1.0, "w2": -3.0, "x2": -2.0}
    leaves = {name: Tensor(value) for name, value in numbers.items()}
    w0, w1, x1, w2, x2 = leaves.values()
    z = w0 + w1 * x1 + w2 * x2
    y_hat: Any = 1.0 / (1.0 + exp(-z))
    return -log(y_hat), leaves | {"z": z, "ŷ": y_hat}


def _two_layers(
    x: Sequence[float] = (1.0, 2.0),
    W1: Sequence[Sequence[float]] = ((1.5, 1.0), (1.5, 0.5)),
    W2: Sequence[float] = (3.0, -3.5),
) -> tuple[Any, dict[str, Any]]:
    numbers = {"x1": x[0], "x2": x[1], "W1₁₁": W1[0][0], "W1₂₁": W1[1][0], "W1₁₂": W1[0][1], "W1₂₂": W1[1][1]}
    numbers |= {"W2₁": W2[0], "W2₂": W2[1]}
    leaves = {name: Tensor(number) for name, number in numbers.items()}
    a, b, w11, w21, w12, w22, v1, v2 = leaves.values()
    h1 = sigmoid(a * w11 + b * w21)
    h2 = sigmoid(a * w12 + b * w22)
    y_hat = sigmoid(h1 * v1 + h2 * v2)
    return -log(y_hat), leaves | {"h1": h1, "h2": h2, "ŷ": y_hat}
