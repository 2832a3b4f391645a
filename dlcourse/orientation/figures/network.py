"""Deck 5's 4-3-1 network with its numbers, one stage after the other."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.drawing import Control, Picture, View, picture, style
from dlcourse.orientation.figures.cells import moving_text, number

W1 = np.array([[1, 0, 1, 0], [0, -1, 0.5, -1], [-1, -1, 0, 0.5]])  # rows are units, as in the deck
W2 = np.array([[-1.0, 1.0, -1.0]])

STAGES = ("inputs", "hidden sums", "hidden outputs", "output sum", "output")
PRINTED = ([1, -1, 3, -2], [4, 0.5, 1], [0.98, 0.62, 0.73], [-1.09], [0.25])  # what deck 5 says

_FORMULAS = ("x", "I⁽¹⁾ = W⁽¹⁾x", "O⁽¹⁾ = σ(I⁽¹⁾)", "I⁽²⁾ = W⁽²⁾O⁽¹⁾", "O⁽²⁾ = σ(I⁽²⁾)")
_XS = (0.65, 2.85, 4.55, 6.1, 7.5)
_YS = ((1.05, 1.75, 2.45, 3.15), (1.3, 2.1, 2.9), (1.3, 2.1, 2.9), (2.1,), (2.1,))
_RADIUS = 0.31


class ForwardPass(View):
    """The forward pass of deck 5's example; a black ring is a number that the deck prints differently."""

    size = (8.2, 4.15)
    title = "Forward through a 4-3-1 network"
    controls = (
        Control("step", range(len(STAGES)), len(STAGES) - 1),
        Control("x4", (-2.0, 2.0), -2.0, label="last input", format="{:+g}"),
    )

    def frame(self, *, step: int, x4: float) -> dict[str, Any]:
        x = np.array([1.0, -1.0, 3.0, x4])
        hidden_sums = W1 @ x
        hidden = sigmoid(hidden_sums)
        output_sum = W2 @ hidden
        values = [x, hidden_sums, hidden, output_sum, sigmoid(output_sum)]
        differs = [np.abs(v - p) > 0.005 for v, p in zip(values, PRINTED, strict=True)]
        return {"step": step, "x4": x4, "values": values[: step + 1], "differs": differs[: step + 1]}

    def build(self, fig: Any) -> None:
        from matplotlib.collections import PatchCollection
        from matplotlib.patches import Circle

        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, self.size[0]), ylim=(self.size[1], 0))
        axes.axis("off")
        for x, name, formula in zip(_XS, STAGES, _FORMULAS, strict=True):
            axes.text(x, 0.27, name, size=11, ha="center", va="center", weight="bold")
            axes.text(x, 0.56, formula, size=11, ha="center", va="center")
        _draw_wires(axes)
        places = [(x, y) for x, ys in zip(_XS, _YS, strict=True) for y in ys]
        self._units = PatchCollection([Circle(place, _RADIUS) for place in places], zorder=3)
        axes.add_collection(self._units)
        self._numbers = [moving_text(axes, *place, size=9.5, ha="center", zorder=4) for place in places]
        self._printed = [moving_text(axes, x, y + 0.415, size=9, ha="center", zorder=4) for x, y in places]
        self._work = moving_text(axes, 0.35, 3.9, size=11)
        axes.plot([6.2], [3.2], "o", markersize=13, markerfacecolor=style.FILL, markeredgecolor=style.INK,
                  markeredgewidth=3.5)  # fmt: skip
        axes.text(6.4, 3.2, "differs from the deck", size=10, va="center")

    def moving(self) -> list[Any]:
        return [self._units, *self._numbers, *self._printed, self._work]

    def update(self, frame: Mapping[str, Any]) -> None:
        values, differs = np.concatenate(frame["values"]), np.concatenate(frame["differs"])
        new = len(values) - len(frame["values"][-1])
        edges, widths, faces = [], [], []
        for i, (text, printed) in enumerate(zip(self._numbers, itertools.chain(*PRINTED), strict=True)):
            known = i < len(values)
            wrong = known and differs[i]
            text.set_text(_short(values[i]) if known else "")
            text.set_weight("bold" if known and i >= new else "normal")
            self._printed[i].set_text(f"deck: {number(printed)}" if wrong else "")
            edges.append(style.INK if wrong else style.VALUE if known else style.FAINT)
            widths.append(3.5 if wrong else 1.5)
            faces.append(style.FILL if known else style.CARD)
        self._units.set(edgecolors=edges, linewidths=widths, facecolors=faces)
        self._work.set_text(_work(frame))

    def describe(self, frame: Mapping[str, Any]) -> str:
        shown = ", ".join(_short(value) for value in frame["values"][-1])
        inputs = ", ".join(number(value) for value in frame["values"][0])
        what = f"The 4-3-1 network with inputs {inputs}: {STAGES[frame['step']]} {shown}."
        return f"{what} {_comparison(frame)}"


def forward_431(*, x4: float = 2.0, step: int | None = None) -> Picture:
    """Draw deck 5's 4-3-1 network with the values of its forward pass.

    Parameters
    ----------
    x4 : {2.0, -2.0}
        The last input: -2 as the deck prints it, +2 as its results need it.
    step : int, optional
        The last stage to show, 0 for the inputs; all five unless given.
    """
    view = ForwardPass()
    frame = view.frame(**view.state(x4=x4, step=len(STAGES) - 1 if step is None else step))

    def draw(fig: Any) -> None:
        view.build(fig)
        view.update(frame)

    return picture(draw, view.describe(frame), size=view.size)


def _draw_wires(axes: Any) -> None:
    """Draw the connections whose weight is not zero, and σ between a unit's sum and its output."""
    _draw_weights(axes, W1, 0, along=0.29, elsewhere={(0, 2): 0.7})  # where it would lie on another's
    _draw_weights(axes, W2, 2, along=0.42, elsewhere={})
    for stage in (1, 3):
        for y in _YS[stage]:
            ends = [_XS[stage] + _RADIUS, _XS[stage + 1] - _RADIUS]
            axes.annotate("", (ends[1], y), (ends[0], y), arrowprops={"arrowstyle": "->", "color": style.WIRE})
            axes.text(sum(ends) / 2, y - 0.13, "σ", ha="center", va="center")


def _draw_weights(
    axes: Any, weights: np.ndarray, stage: int, *, along: float, elsewhere: Mapping[tuple[int, int], float]
) -> None:
    """Draw a line for each weight, thicker for a larger one, dashed and red for a negative one, its number on it."""
    for (j, i), w in np.ndenumerate(weights):
        if not w:
            continue
        start, end = (_XS[stage], _YS[stage][i]), (_XS[stage + 1], _YS[stage + 1][j])
        look = {"color": style.VALUE if w > 0 else style.GRADIENT, "linestyle": "-" if w > 0 else (0, (4, 2))}
        axes.plot(*zip(start, end, strict=True), linewidth=2 * abs(w), marker="", zorder=1, **look)
        part = elsewhere.get((j, i), along)
        x, y = (a + part * (b - a) for a, b in zip(start, end, strict=True))
        box = {"facecolor": style.CARD, "linewidth": 0, "pad": 1.0}
        axes.text(x, y, number(w), size=10, ha="center", va="center", color=look["color"], bbox=box, zorder=2)


def _short(value: float) -> str:
    """Write three decimals, or none where there are none."""
    return number(round(float(value), 3)) if value == round(float(value), 1) else f"{value:.3f}".replace("-", "−")


def _work(frame: Mapping[str, Any]) -> str:
    """Return the arithmetic of one unit in the newest stage."""
    step, values = frame["step"], frame["values"]
    if step == 0:
        return "Four numbers come in; a line carries its weight, weights of 0 are not drawn."
    if step in (1, 3):
        unit = 1 if step == 1 else 0
        name, weights = ("second hidden unit:  ", W1[unit]) if step == 1 else ("", W2[unit])
        pairs = zip(weights, values[step - 1], strict=True)
        terms = " + ".join(f"{_bracketed(w)}·{_bracketed(value)}" for w, value in pairs)
        return f"{name}{terms} = {_short(values[step][unit])}"
    squashed = [f"σ({_short(z)}) = {_short(h)}" for z, h in zip(values[step - 1], values[step], strict=True)]
    return ",   ".join(squashed)


def _bracketed(value: float) -> str:
    return f"({_short(value)})" if value < 0 else _short(value)


def _comparison(frame: Mapping[str, Any]) -> str:
    """Say what deck 5 prints for the newest stage, and whether it is so here."""
    printed = ", ".join(number(value) for value in PRINTED[frame["step"]])
    wrong = int(frame["differs"][-1].sum())
    if not wrong:
        return f"Deck 5 prints {printed}: the same."
    count = len(frame["differs"][-1])
    return f"Deck 5 prints {printed}: " + (f"{wrong} of {count} differ." if count > 1 else "it differs.")
