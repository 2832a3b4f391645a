"""Views of what batch norm does to the numbers of one unit, and what gamma and beta make of them."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from statistics import NormalDist
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.drawing import Control, View, style
from dlcourse.normalization import batch_norm
from dlcourse.normalization.figures.bars import heights, histogram, short, spread, two

MOST = 1000
ARRIVING = np.arange(-10.25, 15.5, 0.5)
LEAVING = np.arange(-4.125, 4.25, 0.25)
SUMS = np.arange(-12, 12.25, 0.25)
OUTPUTS = np.arange(-0.0125, 1.025, 0.025)
FLAT = 0.01  # a slope below it counts as saturated
FLAT_FROM = float(np.log((1 - 2 * FLAT + np.sqrt(1 - 4 * FLAT)) / (2 * FLAT)))  # where the sigmoid's slope is FLAT


@lru_cache
def _draws() -> np.ndarray:
    """A thousand numbers of mean 0 and variance 1, but for chance; lopsided, for batch norm makes nothing normal."""
    return (np.random.default_rng(7).beta(2, 5, MOST) - 2 / 7) / np.sqrt(10 / 392)


class BatchNormDistributions(View):
    """One unit's numbers over a batch, before and after batch norm."""

    size = (8.2, 3.6)
    title = "Whatever arrives, what leaves has mean 0 and variance 1"
    controls = (
        Control("shift", range(-4, 5), 3),
        Control("scale", (0.25, 0.5, 1, 2, 3), 2, format="{:g}"),
        Control("size", (2, 8, 64, MOST), 64, label="batch size"),
    )
    grid = {"shift": (-4, 0, 3), "scale": (0.25, 1, 2)}

    def frame(self, *, shift: float, scale: float, size: int) -> dict[str, Any]:
        before = shift + scale * _draws()[:size]
        after = batch_norm(before[:, None], np.ones(1), np.zeros(1)).ravel()
        return {
            "shift": shift,
            "scale": scale,
            "before": before,
            "after": after,
            "mean": (float(before.mean()), float(after.mean())),
            "var": (float(before.var()), float(after.var())),
        }

    def build(self, fig: Any) -> None:
        self._bars, self._rugs, self._spreads, self._numbers = [], [], [], []
        sides = [(0.05, 0.46, ARRIVING, "x, as it arrives"), (0.58, 0.39, LEAVING, "x̂, as it leaves batch norm")]
        for left, width, edges, label in sides:
            axes = fig.add_axes((left, 0.22, width, 0.67))
            axes.set(xlim=(edges[0], edges[-1]), ylim=(-0.14, 1.2), yticks=[], xlabel=label)
            axes.xaxis.labelpad = 1
            axes.axvline(0, color=style.WIRE, linestyle=":", linewidth=1.2, marker="", zorder=1)
            self._bars.append(histogram(axes, edges))
            rug = {"color": style.VALUE, "linestyle": "", "markersize": 9, "markeredgewidth": 1.2}
            self._rugs.append(axes.plot([], [], "|", label="one example", **rug)[0])
            self._spreads.append(spread(axes, label="mean ± standard deviation"))
            self._numbers.append(fig.text(left, 0.93, ""))
        self._bars[0].axes.set_ylabel("examples, fullest bin = 1")
        fig.legend(
            handles=[self._rugs[0], self._spreads[0]], loc="lower left", bbox_to_anchor=(0.04, -0.02), ncols=2,
            columnspacing=2, handlelength=1.6, borderpad=0.4,
        )  # fmt: skip
        self._bars[0].axes.yaxis.labelpad = 2

    def moving(self) -> list[Any]:
        return [*self._bars, *self._rugs, *self._spreads, *self._numbers]

    def update(self, frame: Mapping[str, Any]) -> None:
        for i, (values, edges) in enumerate(((frame["before"], ARRIVING), (frame["after"], LEAVING))):
            mean, var = frame["mean"][i], frame["var"][i]
            self._bars[i].set_data(heights(values, edges))
            self._rugs[i].set_data(values, np.full(len(values), -0.07))
            self._spreads[i].set_data(mean + np.sqrt(var) * np.array([-1, 0, 1]), [1.1, 1.1, 1.1])
            self._numbers[i].set_text(f"mean {two(mean)}, variance {two(var)}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        n, (mean, mean_after), (var, var_after) = len(frame["before"]), frame["mean"], frame["var"]
        only = " Two examples always become −1 and +1." if n == 2 else ""
        return (
            f"A batch of {n}, shifted by {short(frame['shift'])} and scaled by {frame['scale']:g}, arrives with mean "
            f"{two(mean)} and variance {two(var)} and leaves with mean {two(mean_after)} and variance "
            f"{two(var_after)}.{only}"
        )


@lru_cache
def _standard_normal() -> np.ndarray:
    """Two thousand numbers that lie as those of a standard normal do, without chance: its quantiles."""
    return np.array([NormalDist().inv_cdf((i + 0.5) / 2000) for i in range(2000)])


class GammaBeta(View):
    """What a sigmoid gets and gives when gamma and beta stretch and move the normalized sums."""

    size = (8.2, 4.4)
    title = "γ and β choose the stretch of the sigmoid that is used"
    controls = (
        Control("gamma", (0.25, 0.5, 1, 1.5, 2, 3, 4), 1, label="γ", format="{:g}"),
        Control("beta", range(-4, 5), 0, label="β"),
    )

    def frame(self, *, gamma: float, beta: float) -> dict[str, Any]:
        x_hat = _standard_normal()
        y = batch_norm(x_hat[:, None], np.array([float(gamma)]), np.array([float(beta)]), eps=0.0).ravel()
        output = sigmoid(y)
        slope, intercept = np.polyfit(y, output, 1)
        ends = beta + 2 * gamma * np.array([-1.0, 1.0])
        return {
            "gamma": gamma,
            "beta": beta,
            "y": y,
            "output": output,
            "line": np.stack([ends, slope * ends + intercept]),
            "saturated": float((output * (1 - output) < FLAT).mean()),
            "fit": float(np.corrcoef(y, output)[0, 1] ** 2),
        }

    def build(self, fig: Any) -> None:
        curve = fig.add_axes((0.08, 0.42, 0.56, 0.47))
        curve.set(xlim=(-12, 12), ylim=(-0.06, 1.06), ylabel="sigmoid(y)", yticks=[0, 0.5, 1])
        curve.tick_params(labelbottom=False)
        below = fig.add_axes((0.08, 0.12, 0.56, 0.26))
        below.set(xlim=(-12, 12), ylim=(0, 1.08), yticks=[], xlabel="y = γ x̂ + β", ylabel="how many")
        beside = fig.add_axes((0.68, 0.42, 0.30, 0.47))
        beside.set(ylim=(-0.06, 1.06), xlim=(0, 1.08), xticks=[], yticks=[0, 0.5, 1])
        beside.tick_params(labelleft=False)
        beside.set_xlabel("how many")
        below.xaxis.labelpad = beside.xaxis.labelpad = 2
        for axes in (curve, below):
            for side in (-1, 1):
                axes.axvspan(side * FLAT_FROM, side * 12, facecolor=style.FAINT, alpha=0.6, linewidth=0, zorder=0)
        z = np.linspace(-12, 12, 241)
        curve.plot(z, sigmoid(z), color=style.INK, linestyle="-", marker="", label="sigmoid", zorder=2)
        straight = {"color": style.GRADIENT, "linestyle": "--", "marker": "", "linewidth": 2.5, "zorder": 4}
        (self._line,) = curve.plot([], [], label="best straight line", **straight)
        used = {"color": style.VALUE, "linestyle": "-", "marker": "", "linewidth": 6, "alpha": 0.5, "zorder": 3}
        (self._used,) = curve.plot([], [], label="95 % of the inputs", **used)
        curve.legend(
            loc="lower left", bbox_to_anchor=(-0.03, 0.99), ncols=3, columnspacing=1.2, handlelength=1.6, borderpad=0.2
        )
        curve.text(-8.3, 0.5, "slope < 0.01", size=10, color=style.MUTED, ha="center")
        self._in = histogram(below, SUMS, linewidth=0.6)
        self._out = histogram(beside, OUTPUTS, linewidth=0.6, orientation="horizontal")
        self._numbers = [fig.text(0.68, height, "", va="center") for height in (0.25, 0.18)]

    def moving(self) -> list[Any]:
        return [self._line, self._used, self._in, self._out, *self._numbers]

    def update(self, frame: Mapping[str, Any]) -> None:
        start, end = frame["line"][0]
        z = np.linspace(start, end, 60)
        self._line.set_data(*frame["line"])
        self._used.set_data(z, sigmoid(z))
        self._in.set_data(heights(frame["y"], SUMS))
        self._out.set_data(heights(frame["output"], OUTPUTS))
        self._numbers[0].set_text(f"saturated: {frame['saturated']:.1%}")
        self._numbers[1].set_text(f"straight line: R² {frame['fit']:.3f}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        return (
            f"γ = {frame['gamma']:g}, β = {short(frame['beta'])}: the sums have mean {short(frame['beta'])} and "
            f"standard deviation {frame['gamma']:g}; {frame['saturated']:.1%} of them meet a slope below 0.01, and a "
            f"straight line explains {frame['fit']:.1%} of the sigmoid's output (R² {frame['fit']:.3f})."
        )
