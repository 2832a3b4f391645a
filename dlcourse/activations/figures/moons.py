"""A view of what hidden layers are for: they bend the plane until a straight line separates the moons."""

from __future__ import annotations

import functools
from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import tanh
from dlcourse.data import moons
from dlcourse.drawing import Control, View, style
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import binary_cross_entropy_with_logits
from dlcourse.optimizers import SGD

TENTHS = [k / 10 for k in range(11)]
STEPS = (0, 10, 25, 50, 100, 300)
MIDDLE = np.array([0.5, 0.25])  # between the moons
X1, X2 = np.linspace(-1.5, 2.5, 81), np.linspace(-1.25, 1.75, 81)


class MoonsWarp(View):
    """Two moons on their way through the hidden layers of a network, the last of which has two units.

    The first weights were chosen, and not drawn, to keep the plane wide enough to be looked into.
    """

    size = (8.2, 3.8)
    title = "Hidden layers bend the plane"
    controls = (
        Control("morph", TENTHS, 1.0, format="{:.1f}"),
        Control("step", STEPS, STEPS[-1], label="step of training"),
    )
    grid = {"morph": (0, 0.3, 0.6, 0.8, 1), "step": (0, 25, 50, 100, 300)}

    def frame(self, *, morph: float, step: int) -> dict[str, Any]:
        X, y = the_moons()
        hidden, logits = layers_at(step)
        border = _border(step)
        return {
            "morph": morph,
            "step": step,
            "points": _moved(X, hidden, morph),
            "cloth": _moved(_cloth(), hidden, morph),
            "border": border,
            "moved_border": _moved(border, hidden, morph),
            "right": int(((logits(X) > 0) == (y == 1)).sum()),
            "before": _most_right(step, 0.0),
            "best": _most_right(step, morph),
        }

    def line_accuracies(self) -> tuple[float, float]:
        """Share of the moons on their side of the best straight line: before the trained layers, and after them.

        Returns
        -------
        before, after : float
        """
        before, after = (_most_right(STEPS[-1], morph) for morph in (0.0, 1.0))
        return before / len(the_moons()[1]), after / len(the_moons()[1])

    def build(self, fig: Any) -> None:
        self._panels = [_panel(fig, left) for left in (0.065, 0.565)]
        fig.axes[0].set(xlabel="x1", ylabel="x2")
        fig.axes[1].set(xlabel="x1 at morph 0, h1 at morph 1", ylabel="x2, then h2")
        cloth, *points = self._panels[0][:1] + self._panels[0][2:]
        cloth.set_segments(_cloth())
        X, y = the_moons()
        for label, artist in enumerate(points):
            artist.set_data(*X[y == label].T)
        fig.legend(
            handles=[*points, self._panels[0][1], cloth], loc="lower center", bbox_to_anchor=(0.52, -0.02), ncols=4,
            columnspacing=1.6, handletextpad=0.5,
        )  # fmt: skip
        self._texts = [fig.text(left, 0.93, "") for left in (0.065, 0.565)]

    def moving(self) -> list[Any]:
        # The points of the left panel stand still, but they lie on its border, which moves.
        return [*self._panels[0][1:], *self._panels[1], *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        _, y = the_moons()
        cloth, border, *points = self._panels[1]
        cloth.set_segments(frame["cloth"])
        border.set_segments(frame["moved_border"])
        self._panels[0][1].set_segments(frame["border"])
        for label, artist in enumerate(points):
            artist.set_data(*frame["points"][y == label].T)
        self._texts[0].set_text(f"The moons: best straight line {frame['before']} of {len(y)}")
        self._texts[1].set_text(f"Morph {frame['morph']:.1f}: best straight line {frame['best']} of {len(y)}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        n = len(frame["points"])
        return (
            f"Step {frame['step']}, morph {frame['morph']:.1f}: here the best straight line has {frame['best']} of {n} "
            f"points on their side; on the moons themselves {frame['before']}. The border of the network, straight at "
            f"morph 1, has {frame['right']}. The first weights were chosen to keep the plane wide."
        )


@functools.cache
def the_moons() -> tuple[np.ndarray, np.ndarray]:
    """Two hundred points, the same each time."""
    X, y = moons(200, noise=0.1, rng=np.random.default_rng(0))
    for array in (X, y):
        array.setflags(write=False)
    return X, y


@functools.cache
def trained() -> dict[int, dict[str, np.ndarray]]:
    """The weights of a network 2-16-2-1 after each of `STEPS` steps of training on all moons at once."""
    (X, y), rng = the_moons(), np.random.default_rng(1)
    net = Sequential(Linear(2, 16, rng=rng), tanh, Linear(16, 2, rng=rng), tanh, Linear(2, 1, rng=rng))
    net.load_state(_first_weights(rng))
    opt, states = SGD(net.parameters(), learning_rate=0.3), {}
    for step in range(STEPS[-1] + 1):
        if step in STEPS:
            states[step] = {name: array.astype(float) for name, array in net.state().items()}
        binary_cross_entropy_with_logits(net(X), target=y[:, None]).backward()
        opt.step()
    return states


def _first_weights(rng: np.random.Generator) -> dict[str, np.ndarray]:
    """Weights with which the second hidden layer is nearly the plane itself.

    From random ones it soon is a line, for one number is all that the last layer looks at. From these it stays wide
    enough to be looked into. The first hidden layer is random; the second is fitted to 0.8 (x - MIDDLE).
    """
    places = _cloth().reshape(-1, 2) - MIDDLE
    W, b = rng.standard_normal((2, 16)), 0.5 * rng.standard_normal(16)
    known = np.column_stack([np.tanh(places @ W + b), np.ones(len(places))])
    steady = 0.01 * len(places) * np.eye(17)  # keeps the fitted weights small
    fitted = np.linalg.solve(known.T @ known + steady, known.T @ (0.8 * places))
    layers = [(W, b - MIDDLE @ W), (fitted[:-1], fitted[-1]), (np.array([[0.0], [-4.0]]), np.zeros(1))]
    return {
        f"layers.{2 * i}.{name}": array
        for i, layer in enumerate(layers)
        for name, array in zip("Wb", layer, strict=True)
    }


def layers_at(step: int) -> tuple[Any, Any]:
    """Two functions of rows of inputs after some steps of training: the last hidden layer, and the logit."""
    w = trained()[step]

    def hidden(x: np.ndarray) -> np.ndarray:
        return tanh(tanh(x @ w["layers.0.W"] + w["layers.0.b"]) @ w["layers.2.W"] + w["layers.2.b"])

    return hidden, lambda x: (hidden(x) @ w["layers.4.W"] + w["layers.4.b"])[..., 0]


def most_right(points: np.ndarray, y: np.ndarray) -> int:
    """The most points that a straight line can have on their sides, over 720 directions and all places."""
    angles = np.pi * np.arange(720) / 720
    order = (points @ np.stack([np.cos(angles), np.sin(angles)])).argsort(axis=0)
    ones_below = np.cumsum(np.where(y[order] == 1, 1, -1), axis=0)
    counts = (y == 0).sum() + np.concatenate([np.zeros((1, 720), int), ones_below])  # ones below the line, zeros above
    return int(np.maximum(counts, len(y) - counts).max())


@functools.cache
def _most_right(step: int, morph: float) -> int:
    X, y = the_moons()
    return most_right(_moved(X, layers_at(step)[0], morph), y)


def _moved(x: np.ndarray, hidden: Any, morph: float) -> np.ndarray:
    return (1 - morph) * x + morph * hidden(x)


@functools.cache
def _cloth() -> np.ndarray:
    """The lines of a grid over the moons: (lines, points, 2)."""
    upright = [np.stack([0 * X2 + x1, X2], axis=1) for x1 in X1[::5]]
    level = [np.stack([X1, 0 * X1 + x2], axis=1) for x2 in np.linspace(X2[0], X2[-1], 13)]
    return np.array(upright + level)


@functools.cache
def _border(step: int) -> np.ndarray:
    """Short pieces (pieces, 2, 2) of the curve where the logit is 0, one for each tile that it crosses."""
    nodes = np.stack(np.meshgrid(X1, X2, indexing="ij"), axis=-1)
    z = layers_at(step)[1](nodes)

    def crossings(nodes: np.ndarray, z: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Between neighbours along the first axis: is there one, and where."""
        crossed = (z[:-1] > 0) != (z[1:] > 0)
        share = np.where(crossed, z[:-1], 0) / np.where(crossed, z[:-1] - z[1:], 1)
        return crossed, nodes[:-1] + share[..., None] * (nodes[1:] - nodes[:-1])

    along, at = crossings(nodes, z)
    across, there = crossings(nodes.swapaxes(0, 1), z.T)
    across, there = across.T, there.swapaxes(0, 1)
    sides = np.stack([along[:, :-1], along[:, 1:], across[:-1], across[1:]], axis=-1)
    places = np.stack([at[:, :-1], at[:, 1:], there[:-1], there[1:]], axis=-2)
    cut = sides.sum(axis=-1) == 2
    return places[cut][sides[cut]].reshape(-1, 2, 2)


def _panel(fig: Any, left: float) -> list[Any]:
    """Axes with empty artists: the grid, the border, the points of either class."""
    from matplotlib.collections import LineCollection

    axes = fig.add_axes((left, 0.22, 0.42, 0.68))
    axes.set(xlim=(-1.5, 2.5), ylim=(-1.25, 1.75), xticks=range(-1, 3), yticks=(-1, 0, 1))
    axes.xaxis.labelpad, axes.yaxis.labelpad = 1, 0
    cloth = LineCollection([], colors=style.MUTED, linewidths=0.5, zorder=1, label="grid")
    border = LineCollection(
        [], colors=style.INK, linewidths=2.2, capstyle="round", zorder=2, label="border of the network"
    )
    for lines in (cloth, border):
        axes.add_collection(lines, autolim=False)
    look: dict[str, Any] = {"linestyle": "", "markersize": 4.5, "markeredgewidth": 0, "zorder": 3}
    (zeros,) = axes.plot([], [], "o", color=style.CYCLE[0], label="upper moon", **look)
    (ones,) = axes.plot([], [], "s", color=style.CYCLE[1], label="lower moon", **look)
    return [cloth, border, zeros, ones]
