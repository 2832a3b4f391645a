"""The law of depth: a product of equal gains is a straight line on a logarithmic axis."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.initialization import lecun_normal
from dlcourse.initialization.figures.numbers import power_of_ten, two

DEEPEST = 30
DRAWS, WIDTH, EXAMPLES = 20, 128, 32
GAINS = (1 / 3, 0.5, 0.7, 0.8, 0.9, 1, 1.1, 1.25, 1.4, 2, 3)


@cache
def unit_products() -> np.ndarray:
    """How the variance fares through random matrices of gain 1: (draws, layers + 1), from 1 at the start."""
    sizes = np.empty((DRAWS, DEEPEST + 1))
    for draw in range(DRAWS):
        rng = np.random.default_rng(draw)
        x = rng.standard_normal((EXAMPLES, WIDTH))
        for layer in range(DEEPEST + 1):
            sizes[draw, layer] = x.var()
            x = x @ lecun_normal((WIDTH, WIDTH), rng=rng, dtype=np.float64)
    return sizes / sizes[:, :1]


class GainsLaw(View):
    """What the same gain, step after step, makes of a size: on a plain axis and on a logarithmic one.

    Parameters
    ----------
    step : str
        What has the gain: a layer, a time step, a round of messages.
    of : str
        What is multiplied by the gain, such as the variance of a signal or the norm of a gradient.
    root : bool
        Whether `of` is a length. The gain is then that of the length, and the measured sizes are roots of variances.
    """

    size = (8.2, 3.8)
    title = "A product of gains is a straight line on a logarithmic axis"
    grid = {"gain": (1 / 3, 0.5, 0.9, 1, 1.1, 2, 3), "depth": (1, 2, 3, 5, 10, 20, 30)}
    _top, _floor, _roof = 4.0, 1e-16, 1e16

    def __init__(self, *, step: str = "layer", of: str = "variance", root: bool = False) -> None:
        self.step, self.of, self.root = step, of, root
        self.controls = (
            Control("gain", GAINS, 1 / 3, label=f"gain per {step}", format="{:.2f}"),
            Control("depth", range(1, DEEPEST + 1), 10, label=f"{step}s"),
        )

    def frame(self, *, gain: float, depth: int) -> dict[str, Any]:
        k = np.arange(DEEPEST + 1)
        # Matrices of another gain are those of gain 1 times a number, so one set of draws serves all gains.
        unit = unit_products().mean(axis=0)
        predicted = float(gain) ** k
        return {
            "gain": gain,
            "depth": depth,
            "k": k,
            "predicted": predicted,
            "measured": (predicted * (np.sqrt(unit) if self.root else unit))[: depth + 1],
            "slope": float(np.log10(gain)),
            "outside": bool(predicted[depth] > self._top),
        }

    def build(self, fig: Any) -> None:
        plain = fig.add_axes((0.07, 0.21, 0.37, 0.68))
        plain.set(ylim=(-0.12, self._top), ylabel=f"{self.of} (1 at the start)", yticks=range(5))
        logs = fig.add_axes((0.57, 0.21, 0.41, 0.68))
        logs.set(ylim=(self._floor, self._roof), yscale="log", ylabel="the same on a logarithmic axis")
        logs.set_yticks([10.0**e for e in range(-15, 16, 5)], [power_of_ten(e) for e in range(-15, 16, 5)])
        logs.minorticks_off()
        logs.yaxis.labelpad = 0
        self._laws, self._drops, self._draws, self._ends = [], [], [], []
        for axes, foot in ((plain, -0.12), (logs, self._floor)):
            axes.set(xlim=(-0.7, DEEPEST + 0.7), xlabel=f"{self.step} k", xticks=range(0, DEEPEST + 1, 5))
            axes.xaxis.labelpad = 1
            axes.axhline(1, color=style.MUTED, linestyle=":", linewidth=1, marker="")
            law = {"color": style.GRADIENT, "linestyle": "--", "marker": "", "zorder": 5, "label": "predicted, gain^k"}
            dots = {"color": style.VALUE, "linestyle": "", "marker": "o", "zorder": 3}
            self._laws += axes.plot([], [], **law)
            self._drops += axes.plot([], [], color=style.WIRE, linestyle=":", linewidth=1.2, marker="", zorder=1)
            self._draws += axes.plot([], [], label=f"measured, mean of {DRAWS} products of random matrices", **dots)
            self._ends += axes.plot([], [], **(dots | {"markersize": 10, "zorder": 4}))
            self._drops[-1].foot = foot
        arrow = {"color": style.GRADIENT, "linestyle": "", "marker": "^", "markersize": 12, "zorder": 4}
        (self._arrow,) = plain.plot([], [], **arrow)
        fig.legend(handles=[self._laws[0], self._draws[0]], loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=2)
        self._texts = [fig.text(0.07, 0.93, ""), fig.text(0.57, 0.93, "")]

    def moving(self) -> list[Any]:
        return [*self._laws, *self._drops, *self._draws, *self._ends, self._arrow, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        depth, k, measured = frame["depth"], frame["k"], frame["measured"]
        for law, drop, draws, end in zip(self._laws, self._drops, self._draws, self._ends, strict=True):
            law.set_data(k, frame["predicted"])
            drop.set_data([depth, depth, -0.7], [drop.foot, measured[-1], measured[-1]])
            draws.set_data(k[: depth + 1], measured)
            end.set_data([depth], measured[-1:])
        self._arrow.set_data([depth] * frame["outside"], [0.96 * self._top] * frame["outside"])
        where = ", off the axis" if frame["outside"] else ""
        self._texts[0].set_text(f"after {self._steps(depth)}: {short(measured[-1])}{where}")
        self._texts[1].set_text(f"slope log₁₀ {frame['gain']:.2f} = {two(frame['slope'])} per {self.step}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        depth, gain = frame["depth"], frame["gain"]
        course = "flat" if gain == 1 else "up" if gain > 1 else "down"
        return (
            f"Gain {gain:.2f} per {self.step}: after {self._steps(depth)} the {self.of} is gain^{depth} = "
            f"{short(frame['predicted'][depth])} times the first, measured {short(frame['measured'][-1])}. On the "
            f"logarithmic axis a straight line, {course}, of slope log10(gain) = {two(frame['slope'])} per {self.step}."
        )

    def _steps(self, depth: int) -> str:
        return f"{depth} {self.step}{'s' if depth > 1 else ''}"


def short(number: float) -> str:
    """Two digits, as in 0.35, 17 or 1.7e-05."""
    return f"{number:.2g}"
