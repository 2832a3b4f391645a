"""A view of why nobody descends the accuracy: along a weight it is a staircase, and the loss is a slope."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.losses import binary_cross_entropy_with_logits

LOWEST, HIGHEST = -2.0, 3.0
WEIGHTS = [k / 10 for k in range(-20, 31)]
FINE = np.linspace(LOWEST, HIGHEST, 201)


class AccuracyStairs(View):
    """Two clouds that overlap, a line that one weight turns, and what it does to the accuracy and to the loss."""

    size = (8.2, 4.0)
    title = "Along one weight: the accuracy is a staircase, the loss a slope"
    controls = (Control("w", WEIGHTS, -1.0, label="weight w", format="{:.1f}"),)

    def frame(self, *, w: float) -> dict[str, Any]:
        _, y = overlapping_clouds()
        loss, slope = loss_and_slope(w)
        below, above = _stair(w)
        x1 = np.array([-4.0, 4.0])
        return {
            "w": w,
            "line": np.stack([x1, -w * x1], axis=1),
            "right": (weighted_sums(w) > 0) == (y == 1),
            "accuracy": accuracy(w),
            "from": below,
            "to": above,
            "loss": loss,
            "slope": slope,
        }

    def build(self, fig: Any) -> None:
        X, y = overlapping_clouds()
        plane = fig.add_axes((0.065, 0.13, 0.37, 0.70))
        plane.set(
            xlim=(-3.2, 3.2), ylim=(-3.2, 3.2), xlabel="x1", ylabel="x2", xticks=range(-3, 4), yticks=range(-3, 4)
        )
        plane.xaxis.labelpad, plane.yaxis.labelpad = 1, 0
        look: dict[str, Any] = {"linestyle": "", "markersize": 6, "markeredgewidth": 0, "zorder": 3}
        zeros = plane.plot(*X[y == 0].T, "o", color=style.CYCLE[0], label="should be 0", **look)
        ones = plane.plot(*X[y == 1].T, "s", color=style.CYCLE[1], label="should be 1", **look)
        (self._line,) = plane.plot([], [], color=style.INK, linestyle="-", marker="", zorder=2, label="w x1 + x2 = 0")
        rings = {"markersize": 11, "markeredgecolor": style.INK, "markerfacecolor": "none", "markeredgewidth": 1.2}
        (self._wrong,) = plane.plot([], [], "o", label="wrong side", **(look | rings | {"zorder": 4}))
        plane.legend(
            handles=[*zeros, *ones, self._line, self._wrong], loc="lower left", bbox_to_anchor=(-0.06, 0.99), ncols=2,
            columnspacing=1.2, handletextpad=0.5, handlelength=1.6, borderpad=0.2, labelspacing=0.3,
        )  # fmt: skip
        self._build_curves(fig)

    def _build_curves(self, fig: Any) -> None:
        top, bottom = fig.add_axes((0.565, 0.56, 0.41, 0.34)), fig.add_axes((0.565, 0.13, 0.41, 0.34))
        flips = _ends()
        middles = (flips[1:] + flips[:-1]) / 2
        top.stairs([accuracy(w) for w in middles], flips, baseline=None, color=style.VALUE, linewidth=2, zorder=2)
        top.set(ylim=(0.25, 1.0), ylabel="accuracy", yticks=(0.4, 0.6, 0.8, 1))
        top.tick_params(labelbottom=False)
        bottom.plot(FINE, [loss_and_slope(w)[0] for w in FINE], color=style.VALUE, linestyle="-", marker="", zorder=2)
        bottom.set(ylim=(0, 1.6), ylabel="loss", xlabel="weight w", yticks=(0, 0.5, 1, 1.5))
        bottom.xaxis.labelpad = 1
        self._here, self._points, self._tangents = [], [], []
        for axes in (top, bottom):
            axes.set(xlim=(LOWEST - 0.1, HIGHEST + 0.1), xticks=range(-2, 4))
            self._here.append(axes.axvline(0, color=style.MUTED, linestyle=":", linewidth=1.5, marker="", zorder=1))
            red = {"color": style.GRADIENT, "clip_on": True}
            self._tangents += axes.plot([], [], linestyle="--", marker="", linewidth=2, zorder=3, **red)
            self._points += axes.plot([], [], "s", linestyle="", markersize=7, zorder=4, **(red | {"clip_on": False}))
        self._texts = [fig.text(0.565, 0.93, ""), fig.text(0.565, 0.50, "")]

    def moving(self) -> list[Any]:
        return [self._line, self._wrong, *self._here, *self._tangents, *self._points, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        X, _ = overlapping_clouds()
        w, across = frame["w"], np.array([-0.5, 0.5])
        self._line.set_data(*frame["line"].T)
        self._wrong.set_data(*X[~frame["right"]].T)
        for here, point, tangent, height, slope in zip(
            self._here, self._points, self._tangents,
            (frame["accuracy"], frame["loss"]), (0, frame["slope"]), strict=True,
        ):  # fmt: skip
            here.set_xdata([w, w])
            point.set_data([w], [height])
            tangent.set_data(w + across, height + slope * across)
        self._texts[0].set_text(f"accuracy {frame['accuracy']:.3f}, slope 0")
        self._texts[1].set_text(f"loss {frame['loss']:.3f}, slope {_minus(frame['slope'])}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        n = len(frame["right"])
        return (
            f"w = {frame['w']:g}: {frame['right'].sum()} of {n} right, the same from w = {frame['from']:.2f} to "
            f"{frame['to']:.2f}, so the slope of the accuracy is 0. The loss is {frame['loss']:.3f} and its slope "
            f"{frame['slope'] + 0.0:.2f}."
        )


def overlapping_clouds() -> tuple[np.ndarray, np.ndarray]:
    """Two clouds of 12 points each that no line separates, the same each time."""
    rng, y = np.random.default_rng(262), np.repeat([0, 1], 12)
    return np.array([[-0.6, -0.9], [0.6, 0.9]])[y] + 0.9 * rng.standard_normal((24, 2)), y


def weighted_sums(w: float) -> np.ndarray:
    """What the neuron sums up for each point: w x1 + x2."""
    X, _ = overlapping_clouds()
    return w * X[:, 0] + X[:, 1]


def accuracy(w: float) -> float:
    """Share of the points on their side of the line."""
    return float(((weighted_sums(w) > 0) == (overlapping_clouds()[1] == 1)).mean())


def loss_and_slope(w: float) -> tuple[float, float]:
    """Mean log loss of the neuron, and its slope in w."""
    X, y = overlapping_clouds()
    loss, backward = binary_cross_entropy_with_logits.vjp(weighted_sums(w), target=y.astype(float))
    return float(loss), float(backward(1.0) @ X[:, 0])


def _ends() -> np.ndarray:
    """The ends of the stairs: where a point changes sides within the picture, and where the picture ends."""
    X, _ = overlapping_clouds()
    flips = np.sort(-X[:, 1] / X[:, 0])
    return np.concatenate([[LOWEST], flips[(flips > LOWEST) & (flips < HIGHEST)], [HIGHEST]])


def _stair(w: float) -> tuple[float, float]:
    """Between which weights no point changes sides, as far as the picture goes."""
    ends = _ends()
    place = int(np.clip(np.searchsorted(ends, w), 1, len(ends) - 1))
    return float(ends[place - 1]), float(ends[place])


def _minus(number: float) -> str:
    return f"{number + 0.0:.2f}".replace("-", "−")
