"""What depth buys: a function that folds in each layer."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import relu
from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.cells import moving_text

LAYERS = (1, 2, 3, 4, 5, 6)


def tent_network(x: np.ndarray, layers: int) -> np.ndarray:
    """The tent map applied `layers` times, by a network with two ReLU units in each hidden layer.

    Each pair of units computes tent(x) = 2 relu(x) - 4 relu(x - 1/2), which folds [0, 1] in the middle; the sum
    is part of the next layer's weights.
    """
    w_in, b, w_out = np.array([1.0, 1.0]), np.array([0.0, -0.5]), np.array([2.0, -4.0])
    h = relu(x[:, None] * w_in + b)
    for _ in range(layers - 1):
        h = relu(h @ np.outer(w_out, w_in) + b)
    return h @ w_out


def straight_pieces(y: np.ndarray) -> int:
    """Count the straight pieces of a curve sampled on an even grid that holds its corners: one more than the bends."""
    slopes = np.diff(y)
    bends = np.abs(np.diff(slopes)) > 1e-9 * np.abs(slopes).max()
    return 1 + int(bends.sum())


def deep_parameters(layers: int) -> int:
    """Weights and biases of the network 1-2-...-2-1 with `layers` hidden layers."""
    sizes = [1, *[2] * layers, 1]
    return sum((n_in + 1) * n_out for n_in, n_out in itertools.pairwise(sizes))


def wide_parameters(pieces: int) -> int:
    """Weights and biases of the smallest network with one hidden layer that could have so many pieces.

    A unit adds one bend at most, so it needs at least ``pieces - 1`` of them.
    """
    units = pieces - 1
    return 2 * units + units + 1


class TentMap(View):
    """A function that folds in each layer: its straight pieces, and what they cost deep or wide."""

    size = (8.2, 3.8)
    title = "What depth buys"
    controls = (Control("layers", LAYERS, 4, label="hidden layers"),)

    def frame(self, *, layers: int) -> dict[str, Any]:
        x = np.linspace(0, 1, 2**9 + 1)  # the corners are at multiples of 1/64
        y = tent_network(x, layers)
        pieces = straight_pieces(y)
        wide = wide_parameters(pieces)
        return {"layers": layers, "x": x, "y": y, "pieces": pieces, "deep": deep_parameters(layers), "wide": wide}

    def build(self, fig: Any) -> None:
        curve = fig.add_axes((0.08, 0.16, 0.45, 0.72))
        (self._line,) = curve.plot([], [], color=style.VALUE, linestyle="-", marker="", linewidth=1.5)
        curve.set(xlim=(0, 1), ylim=(-0.02, 1.05), xlabel="x", ylabel="output", xticks=(0, 0.5, 1), yticks=(0, 0.5, 1))
        self._title = moving_text(curve, 0, 1.12, size=12, clip_on=False)
        cost = fig.add_axes((0.64, 0.16, 0.34, 0.72))
        frames = [self.frame(layers=n) for n in LAYERS]
        pieces = [frame["pieces"] for frame in frames]
        looks = [
            ("deep", "deep: 2 units a layer", style.VALUE, "-", "o"),
            ("wide", "one hidden layer,\nat least", style.GRADIENT, "--", "s"),
        ]
        self._marks = []
        for name, label, color, line, marker in looks:
            cost.plot([f[name] for f in frames], pieces, color=color, linestyle=line, marker=marker, label=label)
            self._marks += cost.plot([], [], marker, color=color, markersize=11, fillstyle="none", markeredgewidth=2)
        cost.set(xlim=(0, 205), ylim=(1.5, 110), yscale="log", xlabel="weights and biases")
        cost.set_yticks(pieces, [str(n) for n in pieces])
        cost.minorticks_off()
        cost.set_title("straight pieces")
        cost.legend(loc="lower right", handlelength=2.2, borderaxespad=0.2)

    def moving(self) -> list[Any]:
        return [self._line, self._title, *self._marks]

    def update(self, frame: Mapping[str, Any]) -> None:
        n = frame["layers"]
        self._line.set_data(frame["x"], frame["y"])
        self._title.set_text(f"{n} hidden layer{'s' * (n > 1)} of 2 units")
        for mark, name in zip(self._marks, ("deep", "wide"), strict=True):
            mark.set_data([frame[name]], [frame["pieces"]])

    def describe(self, frame: Mapping[str, Any]) -> str:
        n, pieces = frame["layers"], frame["pieces"]
        deep = f"{n} hidden layer{'s' * (n > 1)} of 2 ReLU units" + (" folds" if n == 1 else " fold")
        wide = f"at least {pieces - 1} unit{'s' * (pieces > 2)}, {frame['wide']} parameters"
        return (
            f"{deep} the line into {pieces} straight pieces with {frame['deep']} parameters; "
            f"one hidden layer needs {wide}."
        )
