"""A view of the statistics that batch norm tracks, and what they do to the answer for one example."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.normalization import BatchNorm, batch_norm
from dlcourse.normalization.figures.bars import two

STEPS = 60
MEAN, STD, EXAMPLE = 3.0, 2.0, 4.0
RIGHT = (EXAMPLE - MEAN) / STD


@lru_cache
def track(size: int) -> dict[str, np.ndarray]:
    """Run a BatchNorm over 60 batches of `size`; return what it measured, tracked and answered.

    ``measured`` and ``training`` have one number for each step: the batch's mean, and what the example becomes
    when it stands in the place of the batch's first. ``mean``, ``var`` and ``use`` begin before the first step.
    """
    layer = BatchNorm(1, dtype=np.float64)
    batches = MEAN + STD * np.random.default_rng(1).standard_normal((STEPS, 64, 1))[:, :size]
    kept: dict[str, list[float]] = {"measured": [], "training": [], "mean": [], "var": [], "use": []}

    def look() -> None:
        layer.eval()
        kept["mean"].append(float(layer.running_mean[0]))
        kept["var"].append(float(layer.running_var[0]))
        kept["use"].append(float(layer(np.array([[EXAMPLE]])).data[0, 0]))
        layer.train()

    look()
    for batch in batches:
        layer(batch)
        kept["measured"].append(float(batch.mean()))
        company = np.concatenate([[[EXAMPLE]], batch[1:]])
        kept["training"].append(float(batch_norm(company, np.ones(1), np.zeros(1))[0, 0]))
        look()
    return {name: np.array(numbers) for name, numbers in kept.items()}


class RunningStatistics(View):
    """Batch means and the running mean; what one example becomes by the one and by the other."""

    size = (8.2, 3.7)
    title = "In training the batch decides, in use the running averages"
    controls = (Control("size", (2, 8, 64), 2, label="batch size"), Control("step", range(STEPS + 1), STEPS))
    grid = {"step": (0, 1, 2, 5, 10, 20, 30, 40, 50, 60)}

    def frame(self, *, size: int, step: int) -> dict[str, Any]:
        history = track(size)
        done = {name: history[name][:step].copy() for name in ("measured", "training")}
        tracked = {name: history[name][: step + 1].copy() for name in ("mean", "var", "use")}
        return {"size": size, "step": step, **done, **tracked}

    def build(self, fig: Any) -> None:
        left = fig.add_axes((0.075, 0.14, 0.39, 0.75))
        left.set(ylim=(-2, 8), ylabel="mean of the unit")
        right = fig.add_axes((0.58, 0.14, 0.39, 0.75))
        right.set(ylim=(-2.2, 4.2), ylabel=f"what x = {EXAMPLE:g} becomes")
        names = [("batch", "running", MEAN), ("in training", "in use", RIGHT)]
        self._dots, self._lines = [], []
        for axes, (dots, line, truth) in zip((left, right), names, strict=True):
            axes.set(xlim=(-1, STEPS + 1), xlabel="step")
            axes.xaxis.labelpad = 1
            axes.yaxis.labelpad = 2
            of_all = f"all data: {truth:g}"
            axes.axhline(truth, color=style.INK, linestyle=":", linewidth=1.4, marker="", zorder=1, label=of_all)
            look = {"linestyle": "", "markersize": 5, "markerfacecolor": "none", "markeredgecolor": style.GRADIENT}
            self._dots += axes.plot([], [], "o", label=dots, zorder=2, **look)
            look = {"color": style.VALUE, "linestyle": "-", "marker": "s", "markevery": [-1], "zorder": 3}
            self._lines += axes.plot([], [], label=line, **look)
            axes.legend(
                loc="lower left", bbox_to_anchor=(-0.04, 0.99), ncols=3, columnspacing=1.2, handlelength=1.5,
                handletextpad=0.5, borderpad=0.2,
            )  # fmt: skip

    def moving(self) -> list[Any]:
        return [*self._dots, *self._lines]

    def update(self, frame: Mapping[str, Any]) -> None:
        steps = np.arange(frame["step"] + 1)
        for i, (dots, line) in enumerate((("measured", "mean"), ("training", "use"))):
            self._dots[i].set_data(steps[1:], frame[dots])
            self._lines[i].set_data(steps, frame[line])

    def describe(self, frame: Mapping[str, Any]) -> str:
        mean, var, use = (two(frame[name][-1]) for name in ("mean", "var", "use"))
        if not frame["step"]:
            return (
                f"Before the first step the running mean is {mean} and the running variance {var}, so in use "
                f"{EXAMPLE:g} stays {use}; by all data, of mean {MEAN:g} and variance {STD**2:g}, it would become "
                f"{two(RIGHT)}."
            )
        steps = f"{frame['step']} step{'s' if frame['step'] > 1 else ''}"
        return (
            f"Batches of {frame['size']}, {steps}: running mean {mean} (all data {MEAN:g}), running variance {var} "
            f"({STD**2:g}). In use x = {EXAMPLE:g} becomes {use}; in training, {_beside(frame)}; "
            f"by all data {two(RIGHT)}."
        )


def _beside(frame: Mapping[str, Any]) -> str:
    """What the example became in training, by the company it was in."""
    others = "one random other" if frame["size"] == 2 else f"{frame['size'] - 1} random others"
    low, high = two(frame["training"].min()), two(frame["training"].max())
    between = "or" if frame["size"] == 2 else "to"  # two examples become −1 and +1, and nothing in between
    return f"beside {others}, {low if low == high else f'{low} {between} {high}'}"
