"""Figures of lesson 01."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, exp, log
from dlcourse.drawing import Picture, draw_graph, picture, plot_lines, style


def draw_program(f: Callable, *, gradients: bool = True, **inputs: float) -> Picture:
    """Run a program on named numbers and draw the graph that it recorded.

    Parameters
    ----------
    f : callable
        Takes the inputs by position, in the order given; made of differentiable functions.
    gradients : bool
        Show the gradients below the wires.
    **inputs : float
    """
    leaves = {name: Tensor(float(value)) for name, value in inputs.items()}
    return draw_graph(f(*leaves.values()), names=leaves, gradients=gradients)


def draw_logistic_neuron(*, gradients: bool = True) -> Picture:
    """Deck 5's neuron with its log loss, in primitive operations."""
    names = {"w0": -3.0, "w1": 2.0, "x1": -1.0, "w2": -3.0, "x2": -2.0}
    leaves = {name: Tensor(value) for name, value in names.items()}
    w0, w1, x1, w2, x2 = leaves.values()
    z = w0 + w1 * x1 + w2 * x2
    y_hat = 1.0 / (1.0 + exp(-z))
    return draw_graph(-log(y_hat), names=leaves | {"z": z, "ŷ": y_hat}, gradients=gradients)


def draw_two_layers(
    *,
    x: Sequence[float] = (1.0, 2.0),
    W1: Sequence[Sequence[float]] = ((1.5, 1.0), (1.5, 0.5)),
    W2: Sequence[float] = (3.0, -3.5),
    gradients: bool = True,
) -> Picture:
    """A network with two inputs and two hidden neurons as scalar gates, with the log loss for the answer 1.

    Parameters
    ----------
    x, W1, W2 : numbers of shapes (2,), (2, 2) and (2,)
        By default those of section 2.1.
    gradients : bool
        Show the gradients below the wires.
    """
    numbers = {"x1": x[0], "x2": x[1], "W1₁₁": W1[0][0], "W1₂₁": W1[1][0], "W1₁₂": W1[0][1], "W1₂₂": W1[1][1]}
    numbers |= {"W2₁": W2[0], "W2₂": W2[1]}
    leaves = {name: Tensor(number) for name, number in numbers.items()}
    a, b, w11, w21, w12, w22, v1, v2 = leaves.values()
    h1 = sigmoid(a * w11 + b * w21)
    h2 = sigmoid(a * w12 + b * w22)
    y_hat = sigmoid(h1 * v1 + h2 * v2)
    loss = -log(y_hat)
    below = " and every gradient below it" if gradients else ""
    return draw_graph(
        loss,
        names=leaves | {"h1": h1, "h2": h2, "ŷ": y_hat},
        gradients=gradients,
        alt=f"Two inputs, two hidden neurons and one output as a graph of gates, every value above its wire{below}: "
        f"the output is {y_hat.item():.4f}, its loss {loss.item():.3f}.",
    )


def slopes_multiply() -> Picture:
    """Two straight lines in a row, and the line that they make together."""
    panels = [("q = 2x", 2, "x", "q"), ("f = 3q", 3, "q", "f"), ("f = 3 · 2x", 6, "x", "f")]

    def draw(fig: Any) -> None:
        for i, (title, slope, across, up) in enumerate(panels):
            axes = fig.add_axes((0.075 + 0.33 * i, 0.19, 0.24, 0.66))
            axes.plot([0, 1], [0, slope], color=style.VALUE)
            axes.plot([0.4, 0.65, 0.65], np.array([0.4, 0.4, 0.65]) * slope, color=style.GRADIENT, linestyle="--")
            axes.text(0.68, 0.5 * slope, f"slope {slope}", color=style.GRADIENT, va="center")
            axes.set(title=title, xlabel=across, xlim=(0, 1.1), ylim=(0, 6.6))
            axes.set_ylabel(up, rotation=0, labelpad=8)

    return picture(
        draw,
        "Three lines: q rises by 2 for each unit of x, f rises by 3 for each unit of q, so f rises by 2 times 3 = 6 "
        "for each unit of x.",
        size=(8.2, 2.9),
    )


def balance_shapes(*, n: int, n_in: int, n_out: int) -> Picture:
    """The product x.T @ dy as rectangles: the shared axis vanishes."""

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 16.4), ylim=(-0.9, 5.5), aspect="equal")
        axes.axis("off")
        middle, left = 2.7, 0.9
        for label, rows, columns, row_name, column_name, sign in [
            ("xᵀ", n_in, n, "n_in", "n examples", "@"),
            ("dy", n, n_out, "n examples", "n_out", "="),
            ("dW", n_in, n_out, "n_in", "n_out", ""),
        ]:
            bottom = middle - rows / 2
            _grid(axes, left, bottom, rows, columns, label)
            shared = "n examples"
            axes.text(
                left + columns / 2,
                bottom - 0.55,
                f"{column_name} = {columns}",
                ha="center",
                color=style.GRADIENT if column_name == shared else "black",
                fontweight="bold" if column_name == shared else "normal",
            )
            axes.text(
                left - 0.22,
                middle,
                f"{row_name} = {rows}",
                rotation=90,
                va="center",
                ha="right",
                color=style.GRADIENT if row_name == shared else "black",
                fontweight="bold" if row_name == shared else "normal",
            )
            left += columns + 0.65
            axes.text(left, middle, sign, ha="center", va="center", fontsize=16)
            left += 1.55

    return picture(
        draw,
        f"x transposed ({n_in}, {n}) times dy ({n}, {n_out}) gives dW ({n_in}, {n_out}): the axis of the {n} examples, "
        "shared by both factors, is summed away.",
        size=(8.2, 3.2),
    )


def _grid(axes: Any, left: float, bottom: float, rows: int, columns: int, label: str) -> None:
    from matplotlib.patches import Rectangle

    for i in range(rows):
        for j in range(columns):
            axes.add_patch(Rectangle((left + j, bottom + i), 1, 1, facecolor="#E8EEF5", edgecolor="white", linewidth=2))
    axes.text(left + columns / 2, bottom + rows / 2, label, ha="center", va="center", fontsize=18, color=style.VALUE)


def factors_of_a_gradient() -> Picture:
    """The three factors of every weight's gradient, named by where they come from."""
    boxes = [
        (r"$\dfrac{\partial L}{\partial h}$", "from the layers above", "dz · W2", "#004488"),
        (r"$\dfrac{\partial h}{\partial z}$", "from the activation", "h (1 − h)", "#CC3311"),
        (r"$\dfrac{\partial z}{\partial W}$", "from the layer's input", "x", "#00695C"),
    ]

    def draw(fig: Any) -> None:
        from matplotlib.patches import FancyBboxPatch

        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(0, 3.2))
        axes.axis("off")
        axes.text(0.75, 1.75, r"$\dfrac{\partial L}{\partial W}\;=$", fontsize=17, ha="center", va="center")
        for i, (symbol, origin, code, colour) in enumerate(boxes):
            centre = 2.75 + 2.85 * i
            axes.add_patch(
                FancyBboxPatch(
                    (centre - 1.05, 1.05), 2.1, 1.45, boxstyle="round,pad=0.06", facecolor="white", edgecolor=colour
                )
            )
            axes.text(centre, 1.78, symbol, fontsize=17, ha="center", va="center", color=colour)
            axes.text(centre, 2.78, code, ha="center", va="center", family="monospace")
            axes.text(centre, 0.62, origin, ha="center", va="center", color=colour)
            if i < 2:
                axes.text(centre + 1.42, 1.75, "·", fontsize=22, ha="center", va="center")

    return picture(
        draw,
        "dL/dW is a product of three factors: dL/dh from the layers above, dh/dz from the activation, and dz/dW, "
        "the layer's input.",
        size=(8.2, 2.6),
    )


def training_loop() -> Picture:
    """The loop of supervised training as four boxes, and the way back to the first."""
    steps = [
        ("1. forward", "outputs of a minibatch"),
        ("2. loss", "how wrong are they"),
        ("3. backward", "all gradients"),
        ("4. update", "one step downhill"),
    ]

    def draw(fig: Any) -> None:
        from matplotlib.patches import FancyArrowPatch, FancyBboxPatch

        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(0, 3.3))
        axes.axis("off")
        for i, (name, what) in enumerate(steps):
            left = 0.25 + 2.45 * i
            axes.add_patch(
                FancyBboxPatch(
                    (left, 1.5), 1.95, 1.2, boxstyle="round,pad=0.05", facecolor="#E8EEF5", edgecolor=style.VALUE
                )
            )
            axes.text(left + 0.975, 2.32, name, ha="center", va="center", fontweight="bold")
            axes.text(left + 0.975, 1.85, what, ha="center", va="center", fontsize=9)
            if i < 3:
                axes.annotate(
                    "", (left + 2.39, 2.1), (left + 2.02, 2.1), arrowprops={"arrowstyle": "->", "linewidth": 1.5}
                )
        axes.add_patch(
            FancyArrowPatch(
                (8.6, 1.42), (1.2, 1.42), connectionstyle="arc3,rad=-0.22", arrowstyle="->", mutation_scale=14,
                linewidth=1.5,
            )
        )  # fmt: skip
        axes.text(4.9, 0.2, "the next minibatch, until the dev loss stops falling", ha="center", va="center")

    return picture(
        draw,
        "The training loop: forward, loss, backward, update, and again with the next minibatch until the dev loss "
        "stops falling.",
        size=(8.2, 2.7),
    )


def digit_sheet(images: np.ndarray, labels: np.ndarray, *, columns: int = 12) -> Picture:
    """Two rows of digits, each with its answer above."""
    shown = labels[: 2 * columns]

    def draw(fig: Any) -> None:
        for i, label in enumerate(shown):
            row, column = divmod(i, columns)
            axes = fig.add_axes((0.01 + column * 0.98 / columns, 0.5 - 0.48 * row, 0.9 / columns, 0.36))
            axes.imshow(images[i].reshape(8, 8), cmap="gray_r", vmin=0, vmax=1)
            axes.set(xticks=[], yticks=[])
            axes.set_title(str(label), loc="center", fontsize=10, pad=2)

    return picture(
        draw,
        f"{len(shown)} of the handwritten digits, 8 by 8 grey pixels each, with the right answer above each: "
        f"{' '.join(map(str, shown))}.",
        size=(8.2, 1.9),
    )


def loss_curve(losses: Mapping[str, np.ndarray], *, per_epoch: int) -> Picture:
    """Training losses on a logarithmic axis, averaged over the steps of each epoch.

    Parameters
    ----------
    losses : dict of name -> losses of all steps
    per_epoch : int
        Steps in an epoch.
    """
    means = {}
    for name, steps in losses.items():
        epochs = np.asarray(steps)[: len(steps) // per_epoch * per_epoch].reshape(-1, per_epoch).mean(axis=1)
        means[name] = (np.arange(1, len(epochs) + 1), epochs)
    ends = "; ".join(f"{name} from {y[0]:.2f} to {y[-1]:.2f}" for name, (_, y) in means.items())
    return plot_lines(means, x_label="epoch", y_label="training loss", log="y", alt=f"Training loss by epoch: {ends}.")
