"""What width buys: sin(x) fitted by one hidden layer."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from dlcourse.activations import relu
from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.cells import moving_text

WIDTHS = (1, 2, 4, 8, 16, 32)


def hidden_layer(x: np.ndarray, width: int) -> np.ndarray:
    """Outputs of one hidden layer of ReLU units whose hinges are spread evenly over [-pi, pi]; (len(x), width).

    Every second unit opens to the left, the others to the right, so that the line can bend on all sides.
    """
    signs = np.where(np.arange(width) % 2, 1.0, -1.0)
    return relu(signs * (x[:, None] - hinges(width)))


def hinges(width: int) -> np.ndarray:
    """Where the hidden units switch on, evenly between the ends."""
    return np.linspace(-np.pi, np.pi, width + 2)[1:-1]


@lru_cache
def _fit(width: int) -> tuple[np.ndarray, float]:
    """Return the output weights and bias that fit sin(x) best in squares, and the largest error."""
    x = np.linspace(-np.pi, np.pi, 801)
    features = np.column_stack([hidden_layer(x, width), np.ones_like(x)])
    weights = np.linalg.lstsq(features, np.sin(x), rcond=None)[0]
    return weights, float(np.abs(features @ weights - np.sin(x)).max())


class WidthFit(View):
    """One hidden layer fitted to sin(x): the fit with its hinges, and the largest error against the width."""

    size = (8.2, 3.8)
    title = "What width buys"
    controls = (Control("width", WIDTHS, 4, label="hidden units"),)

    def frame(self, *, width: int) -> dict[str, Any]:
        weights, error = _fit(width)
        x = np.array([-np.pi, *hinges(width), np.pi])  # the line is straight between these
        y = np.column_stack([hidden_layer(x, width), np.ones_like(x)]) @ weights
        errors = np.array([_fit(n)[1] for n in WIDTHS])
        return {"width": width, "x": x, "y": y, "error": error, "errors": errors}

    def build(self, fig: Any) -> None:
        fit = fig.add_axes((0.08, 0.16, 0.5, 0.72))
        x = np.linspace(-np.pi, np.pi, 201)
        fit.plot(x, np.sin(x), color=style.CYCLE[3], linestyle=":", marker="", label="sin(x)")
        (self._line,) = fit.plot([], [], color=style.VALUE, linestyle="-", marker="", label="network")
        (self._hinges,) = fit.plot([], [], "o", color=style.GRADIENT, markersize=5, label="hinge of a unit")
        fit.set(xlim=(-3.3, 3.3), ylim=(-1.75, 1.75), xlabel="x", ylabel="output", yticks=(-1, 0, 1))
        fit.set_title("one hidden layer fitted to sin(x)")
        fit.legend(loc="upper left", handlelength=1.6, borderaxespad=0.1)
        fall = fig.add_axes((0.7, 0.16, 0.28, 0.72))
        fall.plot(WIDTHS, [_fit(n)[1] for n in WIDTHS], color=style.VALUE, linestyle="-", marker="o", markersize=4)
        (self._mark,) = fall.plot([], [], "s", color=style.GRADIENT, markersize=9, fillstyle="none", markeredgewidth=2)
        fall.set(xscale="log", yscale="log", xlim=(0.8, 40), ylim=(3e-3, 3), xlabel="hidden units")
        fall.set_xticks(WIDTHS, [str(n) for n in WIDTHS])
        fall.set_yticks((0.01, 0.1, 1), ("0.01", "0.1", "1"))
        fall.minorticks_off()
        fall.set_title("largest error")
        fall.grid(True)
        self._text = moving_text(fall, 36, 1.9, ha="right")

    def moving(self) -> list[Any]:
        return [self._line, self._hinges, self._mark, self._text]

    def update(self, frame: Mapping[str, Any]) -> None:
        self._line.set_data(frame["x"], frame["y"])
        self._hinges.set_data(frame["x"][1:-1], frame["y"][1:-1])
        self._mark.set_data([frame["width"]], [frame["error"]])
        self._text.set_text(f"{frame['error']:.2g}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        n = frame["width"]
        first, last = frame["errors"][[0, -1]]
        units = f"{n} hidden units fit" if n > 1 else "1 hidden unit fits"
        return (
            f"{units} sin(x) by {n + 1} straight pieces; the largest error is {frame['error']:.2g} "
            f"({first:.2g} with 1 unit, {last:.2g} with {WIDTHS[-1]})."
        )
