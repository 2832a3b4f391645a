"""Training as a loop, its data and its curves."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.drawing import Picture, picture, plot_lines, style


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
