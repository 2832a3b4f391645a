"""Views of what a network ends with: an output, and the loss that belongs to it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid, softmax
from dlcourse.drawing import Control, View, style
from dlcourse.losses import binary_cross_entropy_with_logits, mean_squared_error

SUMS = [k / 2 for k in range(-20, 21)]
FINE = np.linspace(-10, 10, 201)
TEMPERATURES = (0.1, 0.15, 0.2, 0.3, 0.5, 0.7, 1, 1.5, 2, 3, 5, 7, 10)
LOGITS = [k / 2 for k in range(-2, 11)]
CLASSES = ("first", "second", "third")
HATCHES = ("", "//", "..")


class LossCurves(View):
    """Three losses of one sigmoid output whose right answer is 1, and what of each arrives at the weighted sum."""

    size = (8.2, 3.8)
    title = "The right answer is 1: three losses and their slopes"
    controls = (Control("z", SUMS, -10.0, label="weighted sum z", format="{:.1f}"),)

    def frame(self, *, z: float) -> dict[str, Any]:
        loss, slope = losses_and_slopes(z)
        return {"z": z, "output": float(sigmoid(np.array(z))), "loss": loss, "slope": slope}

    def build(self, fig: Any) -> None:
        left = fig.add_axes((0.07, 0.22, 0.40, 0.68))
        left.set(ylim=(-0.4, 10.4), ylabel="loss")
        right = fig.add_axes((0.585, 0.22, 0.395, 0.68))
        right.set(ylim=(-1.06, 0.06), ylabel="slope of the loss")
        right.set_yticks([-1, -0.75, -0.5, -0.25, 0], ["−1", "−0.75", "−0.5", "−0.25", "0"])
        self._here, self._points = [], []
        for axes, curves in zip((left, right), zip(*map(losses_and_slopes, FINE), strict=True), strict=True):
            axes.set(xlim=(-10.6, 10.6), xlabel="weighted sum z", xticks=range(-10, 11, 5))
            axes.xaxis.labelpad = 1
            self._here.append(axes.axvline(0, color=style.MUTED, linestyle=":", linewidth=1.5, marker="", zorder=1))
            self._points.append(_three_losses(axes, np.array(curves)))
        handles = [line for line in left.get_lines() if not line.get_label().startswith("_")]
        fig.legend(handles=handles, loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=3, handlelength=3)
        self._texts = [fig.text(0.07, 0.93, ""), fig.text(0.585, 0.93, "", size=10)]

    def moving(self) -> list[Any]:
        return [*self._here, *self._points[0], *self._points[1], *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        z = frame["z"]
        for line in self._here:
            line.set_xdata([z, z])
        for points, heights in zip(self._points, (frame["loss"], frame["slope"]), strict=True):
            for point, height in zip(points, heights, strict=True):
                point.set_data([z], [height])
        if z == 0:
            self._points[1][2].set_data([], [])  # there the answer turns, and no slope is defined
        log, squared, _ = frame["slope"]
        texts = (
            f"output sigmoid({z:g}) = {_output(frame)}",
            f"slopes: log {log:.2g}, squared {squared:.2g}",
        )
        for artist, text in zip(self._texts, texts, strict=True):
            artist.set_text(text.replace("-", "−"))

    def describe(self, frame: Mapping[str, Any]) -> str:
        (log, squared, wrong), (log_slope, squared_slope, _) = frame["loss"], frame["slope"]
        side = "wrong" if wrong else "right"
        turns = f"The answer is {side}, and a nudge leaves it {side}." if frame["z"] else "Here the answer turns."
        return (
            f"z = {frame['z']:g}, output {_output(frame)}, right answer 1: log loss {log:.3g} with slope "
            f"{log_slope:.2g}, squared error {squared:.3g} with slope {squared_slope:.2g}. {turns}"
        )


def _output(frame: Mapping[str, Any]) -> str:
    return f"{frame['output']:.2g}" if frame["output"] < 0.99 else f"{frame['output']:.5f}"


def losses_and_slopes(z: float) -> tuple[np.ndarray, np.ndarray]:
    """Log loss, squared error and 0/1 error of sigmoid(z) where the right answer is 1, and their slopes in z.

    At z = 0 the output is 1/2, and that counts as wrong.
    """
    z_, one = np.array([float(z)]), np.ones(1)
    log, back_log = binary_cross_entropy_with_logits.vjp(z_, target=one)
    y, back_sigmoid = sigmoid.vjp(z_)
    squared, back_squared = mean_squared_error.vjp(y, target=one)
    losses = np.array([float(log), float(squared), float(y[0] <= 0.5)])
    return losses, np.array([back_log(1.0)[0], back_sigmoid(back_squared(1.0))[0], 0.0])


def _three_losses(axes: Any, curves: np.ndarray) -> list[Any]:
    """Draw the curves, one column each, and return empty artists for the places on them."""
    points = []
    names = ("log loss", "squared error", "wrong answer (0 or 1)")
    for i, (curve, name) in enumerate(zip(curves.T, names, strict=True)):
        look: dict[str, Any] = {"color": style.CYCLE[i], "zorder": 2 + i}
        steps = "steps-pre" if i == 2 else "default"
        axes.plot(FINE, curve, linestyle=style.LINE_STYLES[i], marker="", label=name, drawstyle=steps, **look)
        size = {"markersize": 10 - 2 * i, "linestyle": "", "markeredgecolor": style.CARD, "clip_on": False}
        points += axes.plot([], [], style.MARKERS[i], label="_place", **(look | size | {"zorder": 6 + i}))
    return points


class SoftmaxTemperature(View):
    """Three logits, and the probabilities that a softmax makes of them when it is cold or hot."""

    size = (8.2, 3.6)
    title = "Softmax and its temperature"
    controls = (
        Control("temperature", TEMPERATURES, 1, format="{:g}"),
        Control("third", LOGITS, 3.0, label="third logit", format="{:.1f}"),
    )
    grid = {"temperature": (0.1, 0.3, 0.5, 1, 2, 5, 10), "third": (-1, 1, 2, 3, 5)}

    def frame(self, *, temperature: float, third: float) -> dict[str, Any]:
        logits = np.array([1.0, 2.0, third])
        p = softmax(logits[None] / temperature)[0]
        return {"temperature": temperature, "logits": logits, "p": p, "ends": np.append(0, np.cumsum(p))}

    def build(self, fig: Any) -> None:
        left = fig.add_axes((0.07, 0.17, 0.36, 0.71))
        left.set(ylim=(-1.6, 5.9), xlim=(-0.6, 2.6), ylabel="logit", yticks=range(-1, 6))
        left.axhline(0, color=style.INK, linestyle="-", linewidth=1, marker="")
        left.spines["bottom"].set_visible(False)
        right = fig.add_axes((0.53, 0.17, 0.45, 0.71))
        right.set(ylim=(0, 1.12), xlim=(-0.6, 3.9), ylabel="probability")
        right.set_yticks([0, 0.25, 0.5, 0.75, 1], ["0", "0.25", "0.5", "0.75", "1"])
        left.set_xticks(range(3), CLASSES)
        right.set_xticks([0, 1, 2, 3.3], [*CLASSES, "stacked"])
        right.axhline(1, color=style.MUTED, linestyle=":", linewidth=1, marker="", zorder=0)
        for axes in (left, right):
            axes.tick_params(axis="x", length=0)
            axes.set_xlabel("class", labelpad=2)
        self._bars = [_bars(axes, places) for axes, places in ((left, range(3)), (right, range(3)), (right, [3.3] * 3))]
        self._numbers = [
            [axes.text(x, 0, "", size=10, ha="center", va="center") for x in range(3)] for axes in (left, right)
        ]
        self._texts = [fig.text(0.07, 0.92, "Three logits"), fig.text(0.53, 0.92, "")]

    def moving(self) -> list[Any]:
        artists = [*self._bars, *self._numbers]
        return [artist for group in artists for artist in group] + self._texts[1:]

    def update(self, frame: Mapping[str, Any]) -> None:
        logits, p, ends = frame["logits"], frame["p"], frame["ends"]
        for bars, starts, heights in zip(self._bars, (0 * p, 0 * p, ends[:-1]), (logits, p, p), strict=True):
            for bar, start, height in zip(bars, starts, heights, strict=True):
                bar.set_y(start)
                bar.set_height(height)
        for text, x, logit in zip(self._numbers[0], range(3), logits, strict=True):
            text.set_position((x, logit + (0.35 if logit >= 0 else -0.35)))
            text.set_text(f"{logit:g}".replace("-", "−"))
        for text, x, share in zip(self._numbers[1], range(3), p, strict=True):
            text.set_position((x, share + 0.055))
            text.set_text(_share(share))
        self._texts[1].set_text(f"softmax(logits / {frame['temperature']:g})")

    def describe(self, frame: Mapping[str, Any]) -> str:
        logits = ", ".join(f"{logit:g}" for logit in frame["logits"])
        shares = ", ".join(_share(share) for share in frame["p"])
        top = frame["logits"] == frame["logits"].max()
        winner = " and ".join(name for name, first in zip(CLASSES, top, strict=True) if first)
        return (
            f"Logits {logits} at temperature {frame['temperature']:g}: probabilities {shares}, their sum is 1. "
            f"The largest is that of the {winner} class, {_share(frame['p'].max())}."
        )


def _share(p: float) -> str:
    """Three digits, and no 0 or 1 for what only comes near."""
    return f"{p:.1g}" if p < 0.0005 else f"{p:.3f}" if p < 0.9995 else "> 0.999"


def _bars(axes: Any, places: Any) -> list[Any]:
    """Empty bars in the looks of the three classes."""
    bars = axes.bar(list(places), [0] * 3, width=0.7, color=style.CYCLE[:3], edgecolor=style.CARD, linewidth=0)
    for bar, hatch in zip(bars, HATCHES, strict=True):
        bar.set_hatch(hatch)
    return list(bars)
