"""A view of the activations: each one beside its slope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations.figures.slopes import ACTIVATIONS, FLAT, PLACES, REACH, number, slope_of, value_and_slope
from dlcourse.drawing import Control, View, style

RANGES = {"sigmoid": "0 to 1", "tanh": "-1 to 1", "relu": "0 upward", "leaky_relu": "all", "softplus": "0 upward"}
SETTINGS = {"leaky_relu": ("slope", 0.01), "elu": ("alpha", 1.0)}
JUST_RIGHT_OF_0 = np.nextafter(0, 1)


class ActivationExplorer(View):
    """Six activations, each beside its slope, at a place that the reader chooses."""

    size = (8.2, 3.9)
    title = "An activation and its slope"
    controls = (
        Control("name", tuple(ACTIVATIONS), "sigmoid", label="activation"),
        Control("x", [k / 4 for k in range(-24, 25)], 5.0, format="{:.2f}"),
        Control("alpha", ("usual", "0.1", "0.5", "1.0"), "usual"),
    )
    grid = {"x": (-5, -1, 0, 3, 5), "alpha": ("usual", "0.5")}

    def frame(self, *, name: str, x: float, alpha: str) -> dict[str, Any]:
        f, settings = ACTIVATIONS[name], _settings(name, alpha)
        curve, slopes = value_and_slope(f, PLACES, **settings)
        here, slope = value_and_slope(f, x, **settings)
        return {
            "name": name,
            "x": x,
            "alpha": next(iter(settings.values()), 0.0),
            "unused": "" if settings or alpha == "usual" else f" (alpha {alpha}: not used)",
            "curve": curve,
            "slopes": slopes,
            "value": float(here),
            "slope": float(slope),
            "right_of_0": float(slope_of(f, JUST_RIGHT_OF_0, **settings)),
            "flat": _flat_ends(slopes),
        }

    def build(self, fig: Any) -> None:
        left = fig.add_axes((0.07, 0.2, 0.41, 0.69))
        left.set(ylim=(-1.4, 6.4), ylabel="f(x)")
        right = fig.add_axes((0.58, 0.2, 0.40, 0.69))
        right.set(ylim=(-0.06, 1.12), ylabel="slope f′(x)")
        right.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        self._bands, self._here = [], []
        for axes in (left, right):
            axes.set(xlim=(-REACH - 0.3, REACH + 0.3), xlabel="x", xticks=range(-6, 7, 2))
            axes.xaxis.labelpad = 1
            axes.axhline(0, color=style.MUTED, linestyle="-", linewidth=1, marker="")
            self._bands += [axes.axvspan(0, 0, facecolor=style.FAINT, linewidth=0, zorder=0) for _ in range(2)]
            self._here.append(axes.axvline(0, color=style.MUTED, linestyle=":", linewidth=1.5, marker="", zorder=1))
        self._build_moving(left, right)
        self._bands[0].set_label(f"flat: slope under {FLAT:g}")
        handles = [self._curve, self._slopes[0], self._bands[0]]
        fig.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=3)
        self._texts = [fig.text(0.07, 0.93, ""), fig.text(0.58, 0.93, "")]

    def _build_moving(self, left: Any, right: Any) -> None:
        def add(axes: Any, **look: Any) -> Any:
            return axes.plot([], [], **({"linestyle": "", "marker": "", "clip_on": False} | look))[0]

        self._curve = add(left, color=style.VALUE, linestyle="-", zorder=2, label="the function")
        red = {"color": style.GRADIENT, "zorder": 3}
        self._tangent = add(left, linestyle="--", clip_on=True, **red)
        self._slopes = [add(right, linestyle="--", label="its slope", **red) for _ in range(2)]
        self._gap = add(right, marker="o", markersize=7, markerfacecolor=style.CARD, **red)
        self._points = [
            add(left, color=style.VALUE, marker="o", markersize=9, zorder=4),
            add(right, color=style.GRADIENT, marker="s", markersize=8, zorder=4),
        ]

    def moving(self) -> list[Any]:
        lines = [self._curve, self._tangent, *self._slopes, self._gap, *self._points]
        return [*self._bands, *self._here, *lines, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        x, value, slope = frame["x"], frame["value"], frame["slope"]
        for band, (start, stop) in zip(self._bands, [*frame["flat"]] * 2, strict=True):
            band.set_x(start)
            band.set_width(stop - start)
        for line in self._here:
            line.set_xdata([x, x])
        self._curve.set_data(PLACES, frame["curve"])
        across = np.array([-1.5, 1.5]) / np.hypot(1, slope)
        self._tangent.set_data(x + across, value + slope * across)
        left = PLACES <= 0  # in two parts, for there may be a jump between them
        self._slopes[0].set_data(PLACES[left], frame["slopes"][left])
        right = np.concatenate([[frame["right_of_0"]], frame["slopes"][~left]])
        self._slopes[1].set_data(np.concatenate([[0], PLACES[~left]]), right)
        jumps = bool(abs(frame["right_of_0"] - frame["slopes"][left][-1]) > FLAT)
        self._gap.set_data([0] * jumps, [frame["right_of_0"]] * jumps)
        for point, height in zip(self._points, (value, slope), strict=True):
            point.set_data([x], [height])
        self._texts[0].set_text(f"{_call(frame)} = {number(value)}{frame['unused']}")
        self._texts[1].set_text(f"slope there {number(slope)}" + ": flat" * (abs(slope) < FLAT))

    def describe(self, frame: Mapping[str, Any]) -> str:
        alpha = f" with alpha = {frame['alpha']:g}" if frame["name"] in SETTINGS else frame["unused"]
        where = "at its corner the course takes the slope" if _at_corner(frame) else "its slope there is"
        flat = ", flat" if abs(frame["slope"]) < FLAT else ""
        text = f"{_call(frame)}{alpha} is {number(frame['value'])}; {where} {number(frame['slope'])}{flat}."
        return f"{text} {_flat_places(frame['flat'])} Its outputs: {_range(frame)}.".replace("−", "-")


def _settings(name: str, alpha: str) -> dict[str, float]:
    """What the knob alpha means to an activation, if anything."""
    if name not in SETTINGS:
        return {}
    key, usual = SETTINGS[name]
    return {key: usual if alpha == "usual" else float(alpha)}


def _flat_ends(slopes: np.ndarray) -> np.ndarray:
    """The intervals at the two ends of the picture where slopes are under `FLAT`, each from start to stop."""
    edges = []
    for end, x, slope in ((-REACH, PLACES, slopes), (REACH, PLACES[::-1], slopes[::-1])):
        steep = int((np.abs(slope) >= FLAT).argmax())  # the first place from this end that is not flat
        last = slice(max(steep - 1, 0), steep + 1)
        edges.append([end, np.interp(FLAT, slope[last], x[last])])
    return np.array([edges[0], edges[1][::-1]]) + 0.0


def _at_corner(frame: Mapping[str, Any]) -> bool:
    return frame["x"] == 0 and abs(frame["right_of_0"] - frame["slope"]) > FLAT


def _call(frame: Mapping[str, Any]) -> str:
    return f"{frame['name']}({number(frame['x'])})"


def _range(frame: Mapping[str, Any]) -> str:
    return RANGES.get(frame["name"], f"{-frame['alpha']:g} upward")


def _flat_places(flat: np.ndarray) -> str:
    (_, left), (right, _) = flat.tolist()
    sides = [f"left of {left:.1f}"] * (left > -REACH) + [f"right of {right:.1f}"] * (right < REACH)
    return f"Its slope is under {FLAT:g} {' and '.join(sides) or 'nowhere in the picture'}."
