"""A nerve cell beside an artificial neuron."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.drawing import Picture, picture, style


def two_neurons() -> Picture:
    """A biological neuron beside an artificial one; what corresponds has the same letter."""

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 8.2), ylim=(4.2, 0))
        axes.axis("off")
        axes.text(0.2, 0.28, "a nerve cell", size=12, weight="bold", va="center")
        axes.text(4.55, 0.28, "an artificial neuron", size=12, weight="bold", va="center")
        axes.plot([4.3, 4.3], [0.15, 3.1], color=style.FAINT, linewidth=1.5, marker="")
        _draw_cell(axes)
        _draw_model(axes)
        for i, (letter, cell, model) in enumerate(_PARTS):
            x, y = 0.35 + 4.1 * (letter == "B"), 3.38 + 0.3 * max(0, i - 1)
            _letter(axes, letter, x, y)
            axes.text(x + 0.22, y, f"{cell}  ·  {model}", size=10, va="center")

    return picture(
        draw,
        "A nerve cell beside an artificial neuron: dendrites and inputs (A), cell body and weighted sum (B), axon and "
        "output (C), synapses and weights (D) correspond. The right one is a formula, not a model of the cell.",
        size=(8.2, 4.2),
    )


_PARTS = (
    ("A", "dendrites gather signals", "inputs x"),
    ("B", "cell body adds them up", "weighted sum z"),
    ("C", "axon passes a pulse on", "output ŷ"),
    ("D", "synapse, a contact where one cell passes a signal to the next, weakly or strongly", "weight w"),
)


def _letter(axes: Any, letter: str, x: float, y: float) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 0.125, facecolor=style.GRADIENT, linewidth=0, zorder=5))
    axes.text(x, y + 0.005, letter, size=10, weight="bold", color=style.CARD, ha="center", va="center", zorder=6)


# Curves as (start, control, control, end), in inches from the upper left corner, and their widths in points.
_DENDRITES = [
    (((1.62, 1.42), (1.35, 1.2), (1.05, 1.15), (0.62, 0.82)), 5.0),
    (((1.05, 1.13), (0.9, 1.1), (0.7, 1.2), (0.42, 1.12)), 3.0),
    (((1.55, 1.72), (1.2, 1.72), (0.9, 1.62), (0.4, 1.75)), 5.0),
    (((0.98, 1.68), (0.8, 1.8), (0.7, 1.95), (0.5, 2.08)), 3.0),
    (((1.62, 1.98), (1.4, 2.2), (1.2, 2.3), (0.78, 2.62)), 5.0),
    (((1.2, 2.3), (1.15, 2.45), (1.2, 2.6), (1.14, 2.82)), 3.0),
]
_AXON = (((2.1, 1.72), (2.6, 1.6), (2.9, 1.85), (3.35, 1.7)), 4.5)
_ENDINGS = [
    (((3.33, 1.71), (3.55, 1.62), (3.6, 1.4), (3.8, 1.22)), 2.5),
    (((3.33, 1.71), (3.6, 1.7), (3.7, 1.72), (3.95, 1.68)), 2.5),
    (((3.33, 1.71), (3.55, 1.8), (3.6, 2.0), (3.8, 2.18)), 2.5),
]
_ARRIVING = [
    (((0.08, 0.42), (0.25, 0.5), (0.4, 0.6), (0.53, 0.73)), 2.0),
    (((0.05, 1.5), (0.12, 1.6), (0.2, 1.7), (0.28, 1.75)), 2.0),
    (((0.3, 3.05), (0.45, 2.95), (0.55, 2.85), (0.67, 2.72)), 2.0),
]


def _draw_cell(axes: Any) -> None:
    """Draw our own neuron, schematic: three other cells end on its dendrites."""
    from matplotlib.patches import Circle, Ellipse

    for curve, width in [*_DENDRITES, _AXON, *_ENDINGS]:
        _curve(axes, curve, width, style.VALUE)
    for curve, width in _ARRIVING:
        _curve(axes, curve, width, style.MUTED)
        axes.add_patch(Circle(curve[-1], 0.06, facecolor=style.MUTED, linewidth=0, zorder=3))
    for curve, _ in _ENDINGS:
        axes.add_patch(Circle(curve[-1], 0.06, facecolor=style.VALUE, linewidth=0, zorder=3))
    axes.add_patch(Ellipse((1.82, 1.7), 0.72, 0.78, facecolor=style.FILL, edgecolor=style.VALUE, linewidth=3, zorder=4))
    axes.add_patch(Circle((1.88, 1.74), 0.13, facecolor=style.VALUE, alpha=0.45, linewidth=0, zorder=4))
    for letter, x, y in (("A", 1.13, 0.85), ("B", 1.82, 1.12), ("C", 2.75, 1.47), ("D", 0.78, 0.56), ("D", 0.2, 2.0)):
        _letter(axes, letter, x, y)


def _curve(axes: Any, points: Sequence[tuple[float, float]], width: float, color: str) -> None:
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    path = Path(points, [Path.MOVETO, Path.CURVE4, Path.CURVE4, Path.CURVE4])
    axes.add_patch(PathPatch(path, fill=False, edgecolor=color, linewidth=width, capstyle="round", zorder=2))


def _draw_model(axes: Any) -> None:
    """Draw inputs, weights, the sum with its bias, the squashing and the output."""
    from matplotlib.patches import Circle

    total, squash, end = (6.15, 1.7), (7.15, 1.7), (8.05, 1.7)
    for i, y in enumerate((0.85, 1.7, 2.55), start=1):
        start = (4.85, y)
        _arrow(axes, start, total, 0.19, 0.33)
        axes.add_patch(Circle(start, 0.19, facecolor=style.CARD, edgecolor=style.VALUE, linewidth=1.5, zorder=3))
        axes.text(*start, f"$x_{i}$", size=12, ha="center", va="center", zorder=4)
        x, y = 0.53 * start[0] + 0.47 * total[0], 0.53 * start[1] + 0.47 * total[1]
        axes.text(x + 0.1 * (2 - i), y - 0.18, f"$w_{i}$", size=12, ha="center", va="center", color=style.GRADIENT)
    _arrow(axes, total, squash, 0.33, 0.3)
    _arrow(axes, squash, end, 0.3, 0.0)
    _arrow(axes, (6.15, 2.72), total, 0.12, 0.33)
    axes.text(6.15, 2.78, "bias b", size=10, ha="center", va="center")
    for (x, y), radius in ((total, 0.33), (squash, 0.3)):
        axes.add_patch(Circle((x, y), radius, facecolor=style.FILL, edgecolor=style.VALUE, linewidth=2, zorder=3))
    axes.text(*total, "Σ", size=17, ha="center", va="center", zorder=4)
    t = np.linspace(-1, 1, 40)
    axes.plot(
        squash[0] + 0.2 * t,
        squash[1] - 0.26 * (sigmoid(5 * t) - 0.5),
        color=style.INK,
        linestyle="-",
        marker="",
        zorder=4,
    )
    axes.text(6.65, 1.55, "z", size=11, style="italic", ha="center", va="center")
    axes.text(7.72, 1.52, "ŷ", size=11, style="italic", ha="center", va="center")
    axes.text(6.25, 2.2, "adds up", size=10, va="center")
    axes.text(7.15, 1.24, "squashes", size=10, ha="center", va="center")
    for letter, x, y in (("A", 4.85, 0.5), ("B", 6.15, 1.2), ("C", 7.75, 1.98), ("D", 5.74, 0.82)):
        _letter(axes, letter, x, y)


def _arrow(axes: Any, start: tuple[float, float], end: tuple[float, float], leave: float, arrive: float) -> None:
    """Draw an arrow between two circles of these radii."""
    a, b = np.array(start), np.array(end)
    along = (b - a) / np.hypot(*(b - a))
    look = {"arrowstyle": "-|>", "linewidth": 1.5, "color": style.WIRE, "shrinkA": 0, "shrinkB": 0}
    axes.annotate("", tuple(b - arrive * along), tuple(a + leave * along), arrowprops=look)
