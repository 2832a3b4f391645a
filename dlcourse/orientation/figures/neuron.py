"""Views of one neuron: what its weights and its bias do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.shading import SUMS, half_planes, line_of_half, shade, shades

QUARTERS = [k / 4 for k in range(-12, 13)]
HALVES = [k / 2 for k in range(-12, 13)]


def two_clouds() -> tuple[np.ndarray, np.ndarray]:
    """Two round clouds of 40 points each with a gap between them; no line through the origin fits into the gap.

    Returns
    -------
    X : array (80, 2)
        The same points each time.
    y : int array (80,)
        0 for the cloud at the lower left, 1 for the one at the upper right.

    Examples
    --------
    >>> X, y = two_clouds()
    >>> X.shape, y[38:42].tolist()
    ((80, 2), [0, 0, 1, 1])
    """
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], 40)
    radius, angle = 1.15 * np.sqrt(rng.random(80)), 2 * np.pi * rng.random(80)
    centres = np.array([[-0.6, -0.4], [1.8, 1.4]])[y]
    return centres + radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


class SeparateClouds(View):
    """A neuron of two inputs, turned by hand until its line lies between two clouds."""

    size = (8.2, 3.8)
    title = "One neuron separates two clouds"
    controls = tuple(
        Control(name, QUARTERS, default, format="{:.2f}") for name, default in {"w1": 1, "w2": -1, "b": 0}.items()
    )
    grid = {"w1": (-1, 0, 1, 2), "w2": (-1, 1, 2), "b": (-2, -1.5, 0)}

    def frame(self, *, w1: float, w2: float, b: float) -> dict[str, Any]:
        X, y = two_clouds()
        w = np.array([w1, w2])
        z = X @ w + b
        right = np.where(y == 1, z > 0, z < 0)
        return {
            "w1": w1,
            "w2": w2,
            "b": b,
            "z": z,
            "output": sigmoid(z),
            "right": right,
            "count": int(right.sum()),
            "shade": half_planes(w, b, SUMS),
            "line": line_of_half(w, b),
        }

    def build(self, fig: Any) -> None:
        plane = fig.add_axes((0.07, 0.14, 0.41, 0.74))
        plane.set(xlim=(-2.4, 3.6), ylim=(-2.2, 3.2), xlabel="x1", ylabel="x2")
        plane.xaxis.labelpad = 1
        self._shade = shade(plane)
        (self._line,) = plane.plot([], [], color=style.INK, linestyle="-", marker="", zorder=2)
        self._points = [_clouds(axes) for axes in (plane, _strip(fig))]
        X, y = two_clouds()
        for label, points in enumerate(self._points[0][:2]):
            points.set_data(*X[y == label].T)
        plane.legend(
            handles=self._points[0], loc="lower left", bbox_to_anchor=(-0.04, 0.99), ncols=3, columnspacing=1,
            handletextpad=0.1, borderpad=0.2,
        )  # fmt: skip
        self._count = fig.text(0.57, 0.915, "")

    def moving(self) -> list[Any]:
        return [self._shade, self._line, *self._points[0], *self._points[1], self._count]

    def update(self, frame: Mapping[str, Any]) -> None:
        X, y = two_clouds()
        wrong = ~frame["right"]
        place = np.empty(len(y))
        for label, start in enumerate((0, 45)):
            place[np.flatnonzero(y == label)[frame["z"][y == label].argsort()]] = start + np.arange((y == label).sum())
        self._shade.set_verts(frame["shade"])
        self._line.set_data(*frame["line"].T)
        self._points[0][2].set_data(*X[wrong].T)
        for artist, chosen in zip(self._points[1], (y == 0, y == 1, wrong), strict=True):
            artist.set_data(place[chosen], frame["output"][chosen])
        self._count.set_text(f"{frame['count']} of {len(y)} points on their side")

    def describe(self, frame: Mapping[str, Any]) -> str:
        knobs = f"w1 = {frame['w1']:g}, w2 = {frame['w2']:g}, b = {frame['b']:g}"
        count = f"{frame['count']} of {len(frame['z'])} points are on their side"
        if not len(frame["line"]):
            return f"{knobs}: the output is {frame['output'][0]:.2f} everywhere, there is no line; {count}."
        return f"{knobs}: {count} of the line where the output is 0.5."


def _strip(fig: Any) -> Any:
    """Axes for the outputs, in the colours that the plane has where they are given."""
    strip = fig.add_axes((0.57, 0.14, 0.40, 0.74))
    strip.imshow(
        np.linspace(-0.06, 1.06, 169)[:, None], vmin=0, vmax=1, cmap=shades(), interpolation="nearest",
        origin="lower", extent=(-4, 88, -0.06, 1.06), aspect="auto", zorder=0,
    )  # fmt: skip
    strip.axhline(0.5, color=style.INK, linestyle="-", linewidth=2, marker="")
    strip.axvline(42, color=style.WIRE, linestyle=":", linewidth=1, marker="")
    strip.set(xlim=(-4, 88), ylim=(-0.06, 1.06), ylabel="output", xlabel="each cloud sorted by its output")
    strip.set_xticks([19.5, 64.5], ["should get 0", "should get 1"])
    strip.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
    strip.tick_params(axis="x", length=0)
    strip.xaxis.labelpad = 1
    return strip


def _clouds(axes: Any) -> list[Any]:
    """Empty artists for the points that should get 0, those that should get 1, and rings for the wrong ones."""
    look: dict[str, Any] = {"linestyle": "", "markeredgecolor": style.CARD, "markeredgewidth": 0.6, "zorder": 3}
    (zeros,) = axes.plot([], [], "o", color=style.CYCLE[0], markersize=6, label="should get 0", **look)
    (ones,) = axes.plot([], [], "s", color=style.CYCLE[1], markersize=6, label="should get 1", **look)
    rings = {"markerfacecolor": "none", "markeredgecolor": style.INK, "markersize": 9.5, "markeredgewidth": 1.2}
    (wrong,) = axes.plot([], [], "o", label="wrong side", **(look | rings | {"zorder": 4}))
    return [zeros, ones, wrong]


class SigmoidNeuron(View):
    """A neuron of one input: the straight line that it weighs, and the curve that it gives out."""

    size = (8.2, 3.8)
    title = "The bias moves the curve, the weight sets how steep it is"
    controls = (
        Control("w", HALVES[4:-4], 2, label="weight w", format="{:.1f}"),
        Control("b", HALVES, -4, label="bias b", format="{:.1f}"),
    )
    grid = {"w": (-4, -1, -0.5, 0, 0.5, 1, 2, 4), "b": (-6, -4, -2, 0, 1, 2, 4)}
    _reach = 12.5  # a midpoint may be at -6 / 0.5

    def frame(self, *, w: float, b: float) -> dict[str, Any]:
        x = np.linspace(-self._reach, self._reach, 201)
        middle = np.array([-b / w + 0.0]) if w else np.zeros(0)  # + 0.0 makes 0 of -0
        ends = np.array([-2.0, 2.0]) / abs(w) if w else np.zeros(0)  # there the tangent is at 0 and 1
        return {
            "w": w,
            "b": b,
            "x": x,
            "z": w * x + b,
            "output": sigmoid(w * x + b),
            "unmoved": sigmoid(w * x),
            "middle": middle,
            "slope": w / 4,
            "tangent_x": middle + ends,
            "tangent": 0.5 + w / 4 * ends,
        }

    def build(self, fig: Any) -> None:
        line = fig.add_axes((0.08, 0.22, 0.39, 0.68))
        line.set(xlim=(-self._reach, self._reach), ylim=(-10, 10), xlabel="x", ylabel="z = w x + b")
        line.set_yticks(range(-10, 11, 5))
        line.axhline(0, color=style.MUTED, linestyle="-", linewidth=1, marker="")
        curve = fig.add_axes((0.57, 0.22, 0.40, 0.68))
        curve.set(xlim=(-self._reach, self._reach), ylim=(-0.06, 1.06), xlabel="x", ylabel="output sigmoid(z)")
        curve.axhline(0.5, color=style.MUTED, linestyle="-", linewidth=1, marker="")
        curve.set_yticks([0, 0.5, 1], ["0", "0.5", "1"])
        for axes in (line, curve):
            axes.xaxis.labelpad = 1
            axes.set_xticks(range(-12, 13, 4))
        self._build_moving(line, curve)
        handles = [*self._lines[3:], self._lines[2], self._tangent]
        fig.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=3)
        self._texts = [fig.text(0.08, 0.93, ""), fig.text(0.57, 0.93, "", size=10)]

    def _build_moving(self, line: Any, curve: Any) -> None:
        def add(axes: Any, **look: Any) -> Any:
            return axes.plot([], [], **({"linestyle": "", "marker": ""} | look))[0]

        moved = {"color": style.VALUE, "linestyle": "-", "zorder": 3, "label": "this neuron"}
        unmoved = {"color": style.MUTED, "linestyle": "--", "linewidth": 1.2, "label": "the same with b = 0"}
        self._lines = [add(axes, **look) for axes in (line, curve) for look in (unmoved, moved)]
        self._drops = [add(axes, color=style.MUTED, linestyle=":", linewidth=1.5) for axes in (line, curve)]
        self._middles = [add(axes, color=style.GRADIENT, marker="s", markersize=8, zorder=4) for axes in (line, curve)]
        slope = {"linestyle": "-.", "linewidth": 1.5, "zorder": 3, "label": "slope at the midpoint"}
        self._tangent = add(curve, color=style.GRADIENT, **slope)

    def moving(self) -> list[Any]:
        return [*self._drops, *self._lines, *self._middles, self._tangent, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        x, w, middle = frame["x"], frame["w"], frame["middle"]
        for artist, y in zip(self._lines, (w * x, frame["z"], frame["unmoved"], frame["output"]), strict=True):
            artist.set_data(x, y)
        for artist, height in zip(self._middles, (0, 0.5), strict=True):
            artist.set_data(middle, height + 0 * middle)
        for artist, ends in zip(self._drops, ((-10, 0), (-0.06, 0.5)), strict=True):
            artist.set_data(np.repeat(middle, 2), ends if len(middle) else [])
        self._tangent.set_data(frame["tangent_x"], frame["tangent"])
        self._texts[0].set_text(_line_in_words(frame))
        there = f"midpoint −b/w = {middle[0]:.2f}, slope w/4 = {frame['slope']:g}" if len(middle) else "no midpoint"
        self._texts[1].set_text(there.replace("= -", "= −"))

    def describe(self, frame: Mapping[str, Any]) -> str:
        knobs = f"w = {frame['w']:g}, b = {frame['b']:g}"
        if not frame["w"]:
            height = f"z is {frame['b']:g} and the output {frame['output'][0]:.2f} everywhere"
            return f"{knobs}: the neuron does not look at x; {height}, a flat line without a midpoint."
        turn = "rises" if frame["w"] > 0 else "falls"
        return (
            f"{knobs}: the line crosses 0 at x = -b/w = {frame['middle'][0]:.2f}; there the output is 0.5 and {turn} "
            f"with slope w/4 = {frame['slope']:g}."
        )


def _line_in_words(frame: Mapping[str, Any]) -> str:
    w, b = frame["w"], frame["b"]
    return f"z = {w:g} x {'−' if b < 0 else '+'} {abs(b):g}".replace("= -", "= −")
