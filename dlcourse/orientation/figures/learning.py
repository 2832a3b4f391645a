"""Views of learning: two weights turned by hand, and steps down a slope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style

WEIGHTS, BIASES = np.arange(-10, 31) / 10, np.arange(-30, 11) / 10
STEPS = 20
LEVELS = (0.5, 1, 2, 4, 8, 16, 32)
FILLS = ("#8FB3DD", "#A9C4E6", "#BFD3EC", "#D0DFF1", "#DFE9F5", "#EBF1F9", "#F5F8FC")


def line_points() -> tuple[np.ndarray, np.ndarray]:
    """Twelve points near the line y = 1.5 x - 1.

    Returns
    -------
    x, y : arrays (12,)
        The same points each time.

    Examples
    --------
    >>> x, y = line_points()
    >>> x.shape, y.shape
    ((12,), (12,))
    """
    x = np.linspace(-1, 3, 12)
    return x, 1.5 * x - 1 + 0.4 * np.random.default_rng(3).standard_normal(12)


class TurnTwoWeights(View):
    """A line through points, turned by hand until its loss is low; the map of the loss can be looked at afterwards."""

    size = (8.2, 3.7)
    title = "Two weights, turned by hand"
    controls = (
        Control("w", WEIGHTS.tolist(), 0.0, label="weight w", format="{:.1f}"),
        Control("b", BIASES.tolist(), 0.5, label="bias b", format="{:.1f}"),
        Control("map", ("hidden", "shown"), "hidden", label="map of the loss"),
    )
    grid = {"w": (0, 0.5, 1, 1.5, 1.6), "b": (-1.5, -1.1, -0.5, 0, 0.5)}

    def frame(self, *, w: float, b: float, map: str) -> dict[str, Any]:
        x, y = line_points()
        answer = w * x + b
        losses = loss_map()
        row, column = np.unravel_index(losses.argmin(), losses.shape)
        return {
            "w": w,
            "b": b,
            "map": map,
            "answer": answer,
            "error": answer - y,
            "loss": float(((answer - y) ** 2).mean()),
            "lowest": (float(WEIGHTS[column]), float(BIASES[row]), float(losses[row, column])),
        }

    def build(self, fig: Any) -> None:
        from matplotlib.collections import LineCollection

        x, y = line_points()
        plane = fig.add_axes((0.065, 0.14, 0.36, 0.74))
        plane.set(xlim=(-1.3, 3.3), ylim=(-5, 7), xlabel="x", ylabel="y")
        plane.xaxis.labelpad, plane.yaxis.labelpad = 1, 0
        self._sticks = LineCollection([], colors=style.GRADIENT, linewidths=2, linestyles="--", label="error")
        plane.add_collection(self._sticks, autolim=False)
        (self._line,) = plane.plot([], [], color=style.VALUE, linestyle="-", marker="", label="w x + b")
        (self._points,) = plane.plot(x, y, "o", color=style.INK, linestyle="", markersize=7, zorder=3, label="points")
        plane.legend(
            handles=[self._points, self._line, self._sticks], loc="lower left", bbox_to_anchor=(-0.04, 0.99), ncols=3,
            columnspacing=1.2, handletextpad=0.5, borderpad=0.2,
        )  # fmt: skip
        self._number = fig.text(0.535, 0.915, "", size=13, ha="center")
        self._build_thermometer(fig)
        self._build_map(fig)

    def _build_thermometer(self, fig: Any) -> None:
        tube = fig.add_axes((0.505, 0.14, 0.06, 0.74))
        tube.set(xlim=(0, 1), ylim=(0.1, 100), yscale="log", xticks=[], ylabel="loss: mean of error²")
        tube.yaxis.labelpad = 0
        tube.set_yticks([0.1, 1, 10, 100], ["0.1", "1", "10", "100"])
        for side in ("top", "right"):
            tube.spines[side].set_visible(True)
        self._mercury = tube.axvspan(0.2, 0.8, 0, 1, facecolor=style.GRADIENT, linewidth=0)

    def _build_map(self, fig: Any) -> None:
        plane = fig.add_axes((0.665, 0.14, 0.315, 0.74))
        plane.set(xlim=(-1, 3), ylim=(-3, 1), xlabel="weight w", ylabel="bias b", yticks=range(-3, 2))
        plane.xaxis.labelpad, plane.yaxis.labelpad = 1, 3
        fills = plane.contourf(WEIGHTS, BIASES, loss_map(), levels=(0, *LEVELS), colors=FILLS, zorder=1)
        lines = plane.contour(WEIGHTS, BIASES, loss_map(), levels=LEVELS, colors=style.WIRE, linewidths=1, zorder=2)
        labels = lines.clabel(fontsize=9, fmt="%g")
        w, b, _ = self.frame(**self.defaults())["lowest"]
        lowest = plane.plot([w], [b], "+", color=style.INK, markersize=11, markeredgewidth=2)
        here = {"color": style.GRADIENT, "markersize": 8, "linestyle": "", "clip_on": False, "label": "your setting"}
        (self._here,) = plane.plot([], [], "D", **here)
        self._land = [fills, lines, *labels, *lowest]
        plane.legend(
            handles=[self._here], loc="lower left", bbox_to_anchor=(-0.06, 0.99), handletextpad=0.1, borderpad=0.2
        )

    def moving(self) -> list[Any]:
        return [self._sticks, self._line, self._points, self._mercury, self._number, *self._land, self._here]

    def update(self, frame: Mapping[str, Any]) -> None:
        x, y = line_points()
        self._sticks.set_segments([*np.stack([np.stack([x, y], 1), np.stack([x, frame["answer"]], 1)], axis=1)])
        ends = np.array([-1.3, 3.3])
        self._line.set_data(ends, frame["w"] * ends + frame["b"])
        self._number.set_text(f"loss {frame['loss']:.2f}")
        self._mercury.set_height(_decades(frame["loss"]))
        self._here.set_data([frame["w"]], [frame["b"]])
        for artist in self._land:
            artist.set_visible(frame["map"] == "shown")

    def describe(self, frame: Mapping[str, Any]) -> str:
        text = f"With w = {frame['w']:.1f} and b = {frame['b']:.1f} the mean squared error is {frame['loss']:.2f}"
        if frame["map"] == "hidden":
            return f"{text}; the longest of the {len(frame['error'])} sticks is {np.abs(frame['error']).max():.2f}."
        w, b, loss = frame["lowest"]
        return f"{text}; the lowest on the map, at the cross, is {loss:.2f} at w = {w:.1f}, b = {b:.1f}."


def loss_map() -> np.ndarray:
    """The loss of every setting of the knobs: a row for each bias, a column for each weight."""
    x, y = line_points()
    return ((WEIGHTS[:, None] * x + BIASES[:, None, None] - y) ** 2).mean(axis=-1)


def _decades(loss: float) -> float:
    """How full the thermometer is: 0.1 is empty, 100 full."""
    return float(np.clip((np.log10(loss) + 1) / 3, 0, 1))


class DescentInOneDimension(View):
    """Steps against the slope of (w - 2)² + 1, from w = -1."""

    size = (8.2, 3.7)
    title = "Down a slope, step by step"
    controls = (
        Control("lr", (0.03, 0.1, 0.3, 0.5, 0.9, 1.0, 1.1), 0.1, label="learning rate", format="{:g}"),
        Control("step", range(STEPS + 1), 6),
    )
    grid = {"lr": (0.1, 0.3, 0.9, 1.0, 1.1), "step": range(11)}
    _xlim, _top = (-3.8, 7.8), 32.0

    def frame(self, *, lr: float, step: int) -> dict[str, Any]:
        w = [-1.0]
        for _ in range(step):
            w.append(w[-1] - lr * slope(w[-1]))
        path = np.array(w)
        return {
            "lr": lr,
            "step": step,
            "w": path,
            "loss": loss(path),
            "slope": float(slope(path[-1])),
            "outside": bool(loss(path[-1]) > self._top),
        }

    def build(self, fig: Any) -> None:
        curve = fig.add_axes((0.07, 0.14, 0.43, 0.74))
        w = np.linspace(*self._xlim, 120)
        curve.plot(w, loss(w), color=style.WIRE, linestyle="-", linewidth=1.2, marker="")
        curve.set(xlim=self._xlim, ylim=(0, self._top), xlabel="w", ylabel="loss L(w) = (w − 2)² + 1")
        history = fig.add_axes((0.59, 0.14, 0.38, 0.74))
        history.set(xlim=(-0.5, STEPS + 0.5), ylim=(0, self._top), xlabel="step", ylabel="loss")
        history.set_xticks(range(0, STEPS + 1, 5))
        self._paths, self._ends, self._arrows = [], [], []
        for axes in (curve, history):
            axes.xaxis.labelpad = 1
            axes.axhline(1, color=style.MUTED, linestyle=":", linewidth=1, marker="")
            self._paths += axes.plot([], [], color=style.VALUE, linestyle="-", linewidth=1, marker="o", zorder=2)
            self._ends += axes.plot([], [], color=style.VALUE, linestyle="", marker="o", markersize=10, zorder=4)
            self._arrows += axes.plot(
                [], [], color=style.GRADIENT, linestyle="", marker="^", markersize=13, zorder=4, clip_on=False
            )
        (self._tangent,) = curve.plot([], [], color=style.GRADIENT, linestyle="--", marker="", zorder=3)
        self._texts = [fig.text(0.07, 0.92, ""), fig.text(0.59, 0.92, "")]

    def moving(self) -> list[Any]:
        return [*self._paths, *self._ends, *self._arrows, self._tangent, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        w, height, last = frame["w"], frame["loss"], frame["step"]
        places = (
            (w, np.clip(w[-1:], self._xlim[0] + 0.3, self._xlim[1] - 0.3)),
            (np.arange(last + 1), np.array([last])),
        )
        for path, end, arrow, (xs, x) in zip(self._paths, self._ends, self._arrows, places, strict=True):
            path.set_data(xs, height)
            end.set_data(xs[-1:], height[-1:])
            arrow.set_data(x[frame["outside"] - 1 :] if frame["outside"] else [], [0.96 * self._top] * frame["outside"])
        reach = 4 / np.hypot(4, frame["slope"])  # about the same length on the page for every slope
        across = np.array([-reach, reach])
        self._tangent.set_data(w[-1] + 1.6 * across, height[-1] + 1.6 * frame["slope"] * across)
        rate, move = frame["lr"], -frame["lr"] * frame["slope"]
        self._texts[0].set_text(f"slope {_two(frame['slope'])}, next step −{rate:g} · slope = {_two(move, '+')}")
        outside = ", above the picture" if frame["outside"] else ""
        self._texts[1].set_text(f"step {last}: loss {_short(height[-1])}{outside}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        here = f"step {frame['step']}: w = {frame['w'][-1]:.2f}, loss {_short(frame['loss'][-1])}"
        return f"Learning rate {frame['lr']:g}, {here}. {_behaviour(frame['lr'])}"


def loss(w: Any) -> Any:
    """The curve: (w - 2)² + 1, lowest at w = 2."""
    return (w - 2) ** 2 + 1


def slope(w: Any) -> Any:
    """The slope of `loss`: 2 (w - 2)."""
    return 2 * (w - 2)


def _behaviour(lr: float) -> str:
    """What a step does with the distance to the lowest point: it is multiplied by 1 - 2 lr."""
    factor = 1 - 2 * lr
    if factor == 0:
        return "One step lands on the lowest point, w = 2."
    if factor > 0:
        return f"Each step leaves {factor:.2f} of the distance to w = 2: it arrives."
    if factor > -1:
        return f"Each step jumps across and leaves {-factor:.2f} of the distance to w = 2: it arrives."
    if factor == -1:
        return "Each step jumps across to the same height: it bounces for ever."
    return f"Each step jumps across and lands {-factor:.2f} times as far from w = 2: it escapes."


def _two(number: float, sign: str = "-") -> str:
    """Two decimals, the minus as the axes write it, and 0.00 without one."""
    return f"{round(number, 2) + 0.0:{sign}.2f}".replace("-", "−")


def _short(number: float) -> str:
    """Two decimals, or none for a number of four digits."""
    return f"{number:,.2f}" if number < 1000 else f"{number:,.0f}"
