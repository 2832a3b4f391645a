"""A view of what inputs of one sign do to the path of the weights."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from dlcourse.activations import sigmoid, tanh
from dlcourse.drawing import Control, View, style

INPUTS = {"sigmoid": sigmoid, "tanh": tanh}
BATCHES = (1, 16)
STEPS = 30
START, GOAL = np.array([-1.0, 1.0]), np.array([1.0, -1.0])
SHARE = 0.8
SIDE = 2.0
SEED = 1  # no extreme one: at step 10 it leaves 38 and 34 % of the way; the medians of 200 seeds are 32 and 39 %


@cache
def walk(name: str, batch: int, seed: int = SEED) -> tuple[np.ndarray, np.ndarray]:
    """Train a linear unit of two inputs, which come from sigmoid or tanh units, towards the weights `GOAL`.

    A step goes against the gradient of the squared error. Its length is such that it mends `SHARE` of the error on a
    single example, so that larger inputs are no advantage.

    Returns
    -------
    inputs : array (STEPS, batch, 2)
    path : array (STEPS + 1, 2)
        The weights before the first step and after each. Both are kept, and not to be written to.
    """
    rng = np.random.default_rng(seed)
    inputs = INPUTS[name](1.5 * rng.standard_normal((STEPS, BATCHES[-1], 2)))[:, :batch]
    path = np.empty((STEPS + 1, 2))
    path[0] = START
    for step, x in enumerate(inputs):
        error = x @ (path[step] - GOAL)
        path[step + 1] = path[step] - SHARE * (error @ x) / (x**2).sum()
    inputs.flags.writeable = path.flags.writeable = False
    return inputs, path


class ZigZag(View):
    """Two inputs of a unit, and the way of its weights to the goal."""

    size = (7.2, 4.0)
    title = "Inputs of one sign make the weights zig-zag"
    controls = (
        Control("inputs", tuple(INPUTS), "sigmoid"),
        Control("batch", BATCHES, 1),
        Control("step", range(STEPS + 1), 10),
    )
    grid = {"step": (0, 1, 2, 4, 6, 8, 10, 13, 16, 20, 25, 30)}

    def frame(self, *, inputs: str, batch: int, step: int) -> dict[str, Any]:
        x, path = walk(inputs, batch)
        return {
            "inputs": inputs,
            "batch": batch,
            "step": step,
            "seen": x[:step].reshape(-1, 2),
            "last": x[max(step - 1, 0)] if step else np.zeros((0, 2)),
            "path": path[: step + 1],
            "reach": _quadrants(path[step], anywhere=batch > 1 or bool((x.prod(axis=-1) < 0).any())),
            "together": _share_of_one_sign(path[: step + 1]),
            "distance": float(np.linalg.norm(path[step] - GOAL) / np.linalg.norm(START - GOAL)),
        }

    def build(self, fig: Any) -> None:
        plane = fig.add_axes((0.09, 0.2, 0.378, 0.68))
        plane.set(xlim=(-1.15, 1.15), ylim=(-1.15, 1.15), xlabel="input x1", ylabel="input x2")
        weights = fig.add_axes((0.60, 0.2, 0.378, 0.68))
        weights.set(xlim=(-SIDE, SIDE), ylim=(-SIDE, SIDE), xlabel="weight w1", ylabel="weight w2")
        for axes, ticks in ((plane, (-1, 0, 1)), (weights, range(-2, 3))):
            axes.set(xticks=ticks, yticks=ticks)
            axes.xaxis.labelpad, axes.yaxis.labelpad = 1, 0
            zero = {"color": style.FAINT, "linestyle": "-", "linewidth": 1, "marker": "", "zorder": 0}
            axes.axhline(0, **zero)
            axes.axvline(0, **zero)
        goal = {"color": style.INK, "linestyle": "", "markersize": 13, "zorder": 3, "label": "goal"}
        weights.plot(*GOAL, "*", **goal)
        self._marks = [*weights.lines]  # they do not move, but what moves lies under them
        self._build_moving(plane, weights)
        handles = [self._last, self._path, self._here, self._marks[-1], self._reach]
        fig.legend(
            handles=handles, loc="lower center", bbox_to_anchor=(0.51, -0.02), ncols=5, columnspacing=1.2,
            handletextpad=0.4,
        )  # fmt: skip
        self._texts = [fig.text(0.09, 0.92, ""), fig.text(0.60, 0.92, "")]

    def _build_moving(self, plane: Any, weights: Any) -> None:
        from matplotlib.collections import PolyCollection

        self._reach = PolyCollection([], facecolors=style.FAINT, alpha=0.6, linewidths=0, zorder=-1)
        self._reach.set_label("where a step can go")
        weights.add_collection(self._reach, autolim=False)
        dots = {"color": style.MUTED, "linestyle": "", "markersize": 4, "alpha": 0.6}
        (self._seen,) = plane.plot([], [], "o", **dots)
        last = {"color": style.GRADIENT, "linestyle": "", "markersize": 7, "zorder": 3, "label": "last inputs"}
        (self._last,) = plane.plot([], [], "^", **last)
        way = {"color": style.VALUE, "linestyle": "-", "linewidth": 1.2, "markersize": 4, "label": "way"}
        (self._path,) = weights.plot([], [], "o", **way)
        here = {"color": style.GRADIENT, "linestyle": "", "markersize": 14, "zorder": 4, "label": "now"}
        (self._here,) = weights.plot([], [], "s", markerfacecolor="none", markeredgewidth=2, **here)

    def moving(self) -> list[Any]:
        return [self._reach, *self._marks, self._seen, self._last, self._path, self._here, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        self._reach.set_verts(frame["reach"])
        self._seen.set_data(*frame["seen"].T)
        self._last.set_data(*frame["last"].T)
        self._path.set_data(*frame["path"].T)
        self._here.set_data(*frame["path"][-1:].T)
        self._texts[0].set_text(f"inputs from {frame['inputs']} units")
        self._texts[1].set_text(f"step {frame['step']}: {_percent(frame['distance'])} of the way left")

    def describe(self, frame: Mapping[str, Any]) -> str:
        examples = "1 example" if frame["batch"] == 1 else f"{frame['batch']} examples"
        text = f"Inputs from {frame['inputs']} units, {examples} per step: after {frame['step']} steps"
        left = f"{_percent(frame['distance'])} of the distance to the goal is left"
        if not frame["step"]:
            return f"{text} {left}. To get there, w1 must go up and w2 down."
        return f"{text} {left}. In {frame['together']:.0%} of the steps both weights moved the same way."


def _quadrants(here: np.ndarray, anywhere: bool) -> np.ndarray:
    """The corners of the quadrants into which a step can go: two, if all inputs are positive, otherwise all four."""
    corners = [(1, 1), (-1, -1)] + [(1, -1), (-1, 1)] * anywhere
    far = 2 * SIDE * np.array(corners, dtype=float)
    return here + far[:, None] * np.array([[0, 0], [1, 0], [1, 1], [0, 1]])


def _share_of_one_sign(path: np.ndarray) -> float:
    """In what share of the steps both weights went up, or both down."""
    steps = np.diff(path, axis=0)
    return float((steps.prod(axis=1) > 0).mean()) if len(steps) else 0.0


def _percent(share: float) -> str:
    return "under 0.1%" if share < 0.001 else f"{share:.1%}" if share < 0.1 else f"{share:.0%}"
