"""A view of what is left of a gradient after many slopes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations.figures.slopes import ACTIVATIONS, PLACES, REACH, number, slope_of
from dlcourse.drawing import Control, View, style

LAYERS = 20
DEPTHS = np.arange(1, LAYERS + 1)
LOWEST = 1e-20
SHOWN = ("sigmoid", "tanh", "relu", "leaky_relu")


class SlopesThroughDepth(View):
    """The slope of one activation, and the product of many of them."""

    size = (8.2, 3.8)
    title = "A product of slopes"
    controls = (
        Control("activation", SHOWN, "sigmoid"),
        Control("z", [k / 2 for k in range(-12, 13)], 0.0, label="weighted sum z", format="{:.1f}"),
        Control("layers", range(1, LAYERS + 1), 10),
    )
    grid = {"z": (-1, 0, 2, 4), "layers": (2, 10, 20)}

    def frame(self, *, activation: str, z: float, layers: int) -> dict[str, Any]:
        f = ACTIVATIONS[activation]
        slope = float(slope_of(f, z))
        slopes = slope_of(f, PLACES)
        return {
            "activation": activation,
            "z": z,
            "layers": layers,
            "slopes": slopes,
            "slope": slope,
            "products": slope**DEPTHS,
            "best": slopes.max() ** DEPTHS,
            "left": float(slope**layers),
            "jump": float(slope_of(f, np.nextafter(0, 1)) - slope_of(f, 0.0)),
        }

    def build(self, fig: Any) -> None:
        curve = fig.add_axes((0.085, 0.2, 0.37, 0.69))
        curve.set(xlim=(-REACH, REACH), ylim=(-0.06, 1.12), xlabel="weighted sum z", ylabel="slope f′(z)")
        curve.set_xticks(range(-6, 7, 2))
        curve.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        depth = fig.add_axes((0.57, 0.2, 0.41, 0.69))
        depth.set(xlim=(0, LAYERS + 0.6), ylim=(LOWEST, 30), yscale="log", xlabel="layers that the gradient went back")
        depth.set(ylabel="product of the slopes", xticks=range(0, LAYERS + 1, 5))
        depth.set_yticks([1e-18, 1e-12, 1e-6, 1])
        depth.grid(True, axis="y")
        depth.minorticks_off()
        for axes in (curve, depth):
            axes.xaxis.labelpad = 1
        curve.axhline(0, color=style.MUTED, linestyle="-", linewidth=1, marker="")
        self._build_moving(curve, depth)
        handles = [self._slopes[0], self._product, self._best, self._below]
        fig.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=4, columnspacing=1.5)
        self._texts = [fig.text(0.085, 0.93, ""), fig.text(0.57, 0.93, "")]

    def _build_moving(self, curve: Any, depth: Any) -> None:
        def add(axes: Any, **look: Any) -> Any:
            return axes.plot([], [], **({"linestyle": "", "marker": "", "clip_on": False} | look))[0]

        red = {"color": style.GRADIENT, "zorder": 3}
        self._slopes = [add(curve, linestyle="--", label="slope", **red) for _ in range(2)]
        self._drop = curve.axvline(0, color=style.MUTED, linestyle=":", linewidth=1.5, marker="", zorder=1)
        best = {"color": style.VALUE, "linestyle": "-.", "linewidth": 1.5, "zorder": 2}
        self._best = add(depth, label="product at the steepest z", clip_on=True, **best)
        self._product = add(depth, marker="o", markersize=5, label="product at z", **red)
        self._below = add(depth, marker="v", markersize=7, label="below the picture, or 0", **red)
        self._ends = [add(axes, marker="s", markersize=9, **(red | {"zorder": 4})) for axes in (curve, depth)]

    def moving(self) -> list[Any]:
        lines = [self._best, self._product, self._below, *self._ends]
        return [*self._slopes, self._drop, *lines, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        z, slope, layers = frame["z"], frame["slope"], frame["layers"]
        left = PLACES <= 0  # in two parts, for there may be a jump between them
        self._slopes[0].set_data(PLACES[left], frame["slopes"][left])
        self._slopes[1].set_data(PLACES[~left], frame["slopes"][~left])
        self._drop.set_xdata([z, z])
        self._best.set_data(DEPTHS, np.maximum(frame["best"], LOWEST))
        passed, products = DEPTHS[:layers], frame["products"][:layers]
        inside = products >= LOWEST
        self._product.set_data(passed[inside], products[inside])
        self._below.set_data(passed[~inside], np.full((~inside).sum(), 3 * LOWEST))
        self._ends[0].set_data([z], [slope])
        self._ends[1].set_data(passed[-1:][inside[-1:]], products[-1:][inside[-1:]])
        self._texts[0].set_text(f"{frame['activation']}′({number(z)}) = {number(slope)}")
        self._texts[1].set_text(f"{number(slope)} to the power of {layers} = {_short(frame['left'])}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        corner = ", the corner," if frame["z"] == 0 and frame["jump"] else ""
        text = f"{frame['activation']} at z = {frame['z']:g}{corner} has the slope {number(frame['slope'])}."
        product = f"{frame['layers']} such slopes multiply to {_short(frame['left'])}"
        best = _short(frame["best"][frame["layers"] - 1])
        return f"{text} {product}; at the steepest z they would to {best}.".replace("−", "-")


def _short(product: float) -> str:
    """A product of slopes in two digits, its exponent without a zero in front."""
    return f"{product:.2g}".replace("e-0", "e-").replace("-", "−")
