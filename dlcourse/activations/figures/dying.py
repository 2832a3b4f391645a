"""A view of units that give 0: for some examples, or for all of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from dlcourse.activations import leaky_relu, relu
from dlcourse.activations.figures.slopes import number, value_and_slope
from dlcourse.data import digits
from dlcourse.drawing import Control, View, style

BIASES = [k / 2 for k in range(-12, 5)]
EDGES = np.arange(-36, 21) / 4
UNITS = 100


@cache
def weighted_sums() -> np.ndarray:
    """What 100 random units make of the digits, their bias left out: (1797, 100), not to be written to."""
    W = np.random.default_rng(0).standard_normal((64, UNITS)) * np.sqrt(2 / 64)
    sums = digits()[0] @ W
    sums.flags.writeable = False
    return sums


@cache
def shares(activation: str, bias: float) -> tuple[float, float]:
    """The share of all outputs that are 0, and the share of units whose slope is 0 for every digit."""
    y, slope = value_and_slope({"relu": relu, "leaky_relu": leaky_relu}[activation], weighted_sums() + bias)
    return float((y == 0).mean()), float((slope == 0).all(axis=0).mean())


@cache
def counts(bias: float) -> np.ndarray:
    """Which share of the weighted sums falls between two neighbours of `EDGES`."""
    found = np.histogram(weighted_sums() + bias, EDGES)[0] / weighted_sums().size
    found.flags.writeable = False
    return found


class DyingReLU(View):
    """The weighted sums of 100 units over the digits, and what a bias makes of their outputs."""

    size = (8.2, 3.8)
    title = "Silent outputs and dead units"
    controls = (
        Control("activation", ("relu", "leaky_relu"), "relu"),
        Control("bias", BIASES, -1.0, format="{:.1f}"),
    )

    def frame(self, *, activation: str, bias: float) -> dict[str, Any]:
        silent, dead = np.transpose([shares(activation, one) for one in BIASES])
        here = BIASES.index(bias)
        return {
            "activation": activation,
            "bias": bias,
            "counts": counts(bias),
            "below": float((weighted_sums() + bias <= 0).mean()),
            "silent": silent,
            "dead": dead,
            "here": (float(silent[here]), float(dead[here])),
        }

    def build(self, fig: Any) -> None:
        sums = fig.add_axes((0.09, 0.22, 0.37, 0.67))
        sums.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0, 17), xlabel="weighted sum z, bias included")
        sums.set(ylabel="% of all sums", xticks=range(-8, 5, 2))
        share = fig.add_axes((0.56, 0.22, 0.42, 0.67))
        share.set(
            xlim=(BIASES[0] - 0.2, BIASES[-1] + 0.2), ylim=(-4, 104), xlabel="bias", ylabel="% of outputs, % of units"
        )
        share.set(xticks=range(-6, 3), yticks=range(0, 101, 25))
        for axes in (sums, share):
            axes.xaxis.labelpad, axes.yaxis.labelpad = 1, 1
        nothing = np.zeros(len(EDGES) - 1)
        muted = {"facecolor": style.FAINT, "edgecolor": style.MUTED, "hatch": "////", "linewidth": 0}
        self._below = sums.stairs(nothing, EDGES, fill=True, label="z ≤ 0", **muted)
        self._above = sums.stairs(nothing, EDGES, fill=True, color=style.VALUE, linewidth=0, label="z > 0")
        sums.axvline(0, color=style.INK, linestyle="-", linewidth=1.5, marker="", zorder=3)
        self._build_moving(share)
        handles = [self._below, self._above, *self._lines]
        fig.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=4, columnspacing=1.5)
        self._texts = [fig.text(0.09, 0.93, ""), fig.text(0.56, 0.93, "")]

    def _build_moving(self, share: Any) -> None:
        looks: list[dict[str, Any]] = [
            {"color": style.VALUE, "linestyle": "-", "marker": "o", "label": "outputs that are 0"},
            {"color": style.GRADIENT, "linestyle": "--", "marker": "s", "label": "units that are dead"},
        ]
        self._lines, self._here = [], []
        for look, size in zip(looks, (13, 8), strict=True):  # the smaller one lies on top
            self._lines += share.plot([], [], markersize=4, clip_on=False, zorder=2, **look)
            self._here += share.plot([], [], markersize=size, clip_on=False, zorder=3, **look)
        self._drop = share.axvline(0, color=style.MUTED, linestyle=":", linewidth=1.5, marker="", zorder=1)

    def moving(self) -> list[Any]:
        return [self._below, self._above, self._drop, *self._lines, *self._here, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        heights = 100 * frame["counts"]
        self._below.set_data(np.where(EDGES[1:] <= 0, heights, 0))
        self._above.set_data(np.where(EDGES[1:] > 0, heights, 0))
        self._drop.set_xdata([frame["bias"]] * 2)
        pairs = zip(self._lines, self._here, (frame["silent"], frame["dead"]), frame["here"], strict=True)
        for line, here, curve, height in pairs:
            line.set_data(BIASES, 100 * curve)
            here.set_data([frame["bias"]], [100 * height])
        silent, dead = frame["here"]
        name, bias = frame["activation"], number(frame["bias"])
        self._texts[0].set_text(f"{name}, bias {bias}: {frame['below']:.0%} of sums ≤ 0")
        self._texts[1].set_text(f"{silent:.0%} of outputs are 0, {dead:.0%} of units dead")

    def describe(self, frame: Mapping[str, Any]) -> str:
        silent, dead = frame["here"]
        units = f"{UNITS} {frame['activation']} units with bias {frame['bias']:g}"
        fate = f"{dead:.0%} of the units are dead: their slope is 0 for every digit"
        if not dead:
            fate = "no unit is dead: each has a slope other than 0 for some digit"
        return (
            f"{units}: {frame['below']:.0%} of the weighted sums over the digits are at most 0, {silent:.0%} of the "
            f"outputs are 0, and {fate}."
        )
