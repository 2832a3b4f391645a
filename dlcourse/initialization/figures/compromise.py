"""A view of what the ways forward and back want of the weights, and of the middle that Xavier takes."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.initialization import lecun_normal, xavier_normal

SIZES = (10, 30, 100, 300, 1000)
NUMBERS = 10_000  # at least as many outputs are looked at for a gain, and about as many weights drawn
SCHEMES = ("1 / n_in", "Xavier", "1 / n_out")
VARIANCES = np.array([3e-4, 0.3])


def weights(scheme: str, n_in: int, n_out: int, rng: np.random.Generator) -> np.ndarray:
    """Draw a matrix (n_in, n_out) by one of the `SCHEMES`."""
    if scheme == "Xavier":
        return xavier_normal((n_in, n_out), rng=rng, dtype=np.float64)
    if scheme == "1 / n_in":
        return lecun_normal((n_in, n_out), rng=rng, dtype=np.float64)
    return lecun_normal((n_out, n_in), rng=rng, dtype=np.float64).T


@cache
def measured_gains(n_in: int, n_out: int) -> np.ndarray:
    """What matrices do to the variance of standard normal numbers: (schemes, 2), forward and back."""
    rng = np.random.default_rng(0)
    gains = np.zeros((len(SCHEMES), 2))
    draws = int(np.clip(NUMBERS // (n_in * n_out), 1, 100))
    examples = NUMBERS // (draws * min(n_in, n_out))
    for i, scheme in enumerate(SCHEMES):
        for _ in range(draws):
            W = weights(scheme, n_in, n_out, rng)
            x, dy = rng.standard_normal((examples, n_in)), rng.standard_normal((examples, n_out))
            gains[i] += (x @ W).var() / x.var() / draws, (dy @ W.T).var() / dy.var() / draws
    return gains


class Compromise(View):
    """The gains of a layer on its two ways, by the variance of its weights, and what three schemes choose."""

    size = (8.2, 3.9)
    title = "Forward and back want different weights"
    controls = (
        Control("n_in", SIZES, 1000, label="inputs n_in"),
        Control("n_out", SIZES, 10, label="units n_out"),
    )

    def frame(self, *, n_in: int, n_out: int) -> dict[str, Any]:
        variances = np.array([1 / n_in, 2 / (n_in + n_out), 1 / n_out])
        return {
            "n_in": n_in,
            "n_out": n_out,
            "variances": variances,
            "gains": variances[:, None] * [n_in, n_out],
            "measured": measured_gains(n_in, n_out).copy(),
            "lines": np.outer([n_in, n_out], VARIANCES),
        }

    def build(self, fig: Any) -> None:
        left = fig.add_axes((0.08, 0.24, 0.40, 0.66))
        left.set(xscale="log", xlim=VARIANCES, xlabel="variance of the weights, Var[w]", ylabel="gain of the variance")
        left.set_xticks([0.001, 0.01, 0.1], ["0.001", "0.01", "0.1"])
        left.xaxis.labelpad, left.yaxis.labelpad = 1, 0
        right = fig.add_axes((0.57, 0.24, 0.41, 0.66))
        right.set(xlim=(-0.6, 2.6), xlabel="variance chosen, lines as on the left")
        right.set_xticks(range(3), ["1 / n_in", "Xavier", "1 / n_out"])
        right.xaxis.labelpad = 1
        for axes in (left, right):
            axes.set(yscale="log", ylim=(2e-3, 500))
            axes.set_yticks([0.01, 0.1, 1, 10, 100], ["0.01", "0.1", "1", "10", "100"])
            axes.minorticks_off()
            axes.axhline(1, color=style.INK, linestyle="-", linewidth=1.2, marker="", zorder=1)
        looks = [
            {"color": style.VALUE, "linestyle": "-", "label": "forward: n_in · Var[w]"},
            {"color": style.GRADIENT, "linestyle": "--", "label": "back: n_out · Var[w]"},
        ]
        self._lines = [left.plot([], [], marker="", zorder=3, **look)[0] for look in looks]
        self._guides = []
        for i, linestyle in enumerate((":", "-", "-.")):
            guide = {"color": style.WIRE, "linestyle": linestyle, "linewidth": 1.3, "marker": "", "zorder": 2}
            self._guides += left.plot([], [], **guide)
            right.axvline(i, **guide)
        self._build_points(left, right)
        self._head = fig.text(0.08, 0.94, "")
        fig.text(0.57, 0.94, "predicted gains; both should be 1")
        fig.legend(
            handles=[*self._lines, *self._points[2:]], loc="lower center", bbox_to_anchor=(0.53, -0.02), ncols=4,
            columnspacing=1.4, handletextpad=0.5,
        )  # fmt: skip

    def _build_points(self, left: Any, right: Any) -> None:
        signs = [
            {"color": style.VALUE, "marker": "o", "markersize": 9, "label": "forward, measured"},
            {"color": style.GRADIENT, "marker": "s", "markersize": 8, "markerfacecolor": style.CARD,
             "markeredgewidth": 2, "label": "back, measured"},
        ]  # fmt: skip
        sides = (left, right)
        self._points = [axes.plot([], [], linestyle="", zorder=4, **look)[0] for axes in sides for look in signs]
        paper = {"facecolor": style.CARD, "edgecolor": "none", "pad": 1}
        self._numbers = [
            right.text(i + side * 0.14, 1, "", va="center", ha="right" if side < 0 else "left", bbox=paper, zorder=5)
            for side in (-1, 1)
            for i in range(3)
        ]

    def moving(self) -> list[Any]:
        return [*self._guides, *self._lines, *self._points, *self._numbers, self._head]

    def update(self, frame: Mapping[str, Any]) -> None:
        for line, gains in zip(self._lines, frame["lines"], strict=True):
            line.set_data(VARIANCES, gains)
        for guide, variance in zip(self._guides, frame["variances"], strict=True):
            guide.set_data([variance, variance], [2e-3, 500])
        for i, points in enumerate(self._points):
            points.set_data(frame["variances"] if i < 2 else np.arange(3), frame["measured"][:, i % 2])
        self._head.set_text(f"{frame['n_in']} inputs, {frame['n_out']} units")
        for text, gain in zip(self._numbers, frame["gains"].T.ravel(), strict=True):
            text.set_y(gain)
            text.set_text(short(gain))

    def describe(self, frame: Mapping[str, Any]) -> str:
        n_in, n_out, gains = frame["n_in"], frame["n_out"], frame["gains"]
        if n_in == n_out:
            return f"{n_in} inputs and {n_out} units: all three schemes choose 1/{n_in}, and both gains are 1."
        (_, back), (forward, xavier_back), (other, _) = gains
        return (
            f"{n_in} inputs, {n_out} units. Variance 1/n_in: gains 1 forward and {short(back)} back. 1/n_out: "
            f"{short(other)} and 1. Xavier, 2/{n_in + n_out}: {short(forward)} and {short(xavier_back)}, measured "
            f"{short(frame['measured'][1, 0])} and {short(frame['measured'][1, 1])}."
        )


def short(gain: float) -> str:
    """Two digits after what leads, as in 1.98, 0.02, 33 or 100."""
    return f"{gain:.0f}" if gain >= 9.95 else f"{gain:.3g}" if gain >= 0.995 else f"{gain:.2g}"
