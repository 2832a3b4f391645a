"""A view of three trainings that differ in their first weights only: all zero, all equal, random."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from dlcourse.activations import sigmoid, tanh
from dlcourse.drawing import Control, View, style
from dlcourse.initialization import constant, xavier_normal, zeros
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import binary_cross_entropy_with_logits
from dlcourse.optimizers import SGD

UNITS, RATE = 8, 0.5
# Few enough that a difference of rounding, 1e-16, between equal columns stays far below what can be seen.
STEPS = (0, 1, 2, 5, 10, 20, 50, 100, 200, 500)
STARTS = {"zeros": zeros, "constant": constant(0.5), "random": xavier_normal}
REACH, CELLS = 2.6, 53
TINY = 1e-6  # columns nearer than this are taken for equal in the picture


class Run(NamedTuple):
    """What a training was at each of `STEPS`, and its loss at every step."""

    states: tuple[dict[str, np.ndarray], ...]
    losses: np.ndarray
    accuracies: np.ndarray


def disc_and_ring() -> tuple[np.ndarray, np.ndarray]:
    """80 points in a disc (class 0) and 120 in a ring around it (class 1): no straight line does much for them.

    Returns
    -------
    X : array (200, 2)
        The same points each time.
    y : int array (200,)

    Examples
    --------
    >>> X, y = disc_and_ring()
    >>> X.shape, float(y.mean())
    ((200, 2), 0.6)
    """
    rng = np.random.default_rng(0)
    y = np.repeat([0, 1], [80, 120])
    inner, outer = np.array([[0.0, 1.0], [1.5, 2.3]])[y].T
    radius, angle = np.sqrt(rng.uniform(inner**2, outer**2)), 2 * np.pi * rng.random(200)
    return radius[:, None] * np.stack([np.cos(angle), np.sin(angle)], axis=1), y


def build_network(start: str) -> Sequential:
    """Two inputs, eight tanh units, one output whose sigmoid is the probability of class 1."""
    rng = np.random.default_rng(0)
    settings: dict[str, Any] = {"rng": rng, "init": STARTS[start], "dtype": np.float64}
    return Sequential(Linear(2, UNITS, **settings), tanh, Linear(UNITS, 1, **settings))


@cache
def trained(start: str) -> Run:
    """Train with all points in every step, once."""
    X, y = disc_and_ring()
    net = build_network(start)
    optimizer = SGD(net.parameters(), learning_rate=RATE)
    states, losses, accuracies = [], [], []
    for step in range(STEPS[-1] + 1):
        logits = net(X)
        if step in STEPS:
            states.append(net.state())
            accuracies.append(((logits.data[:, 0] > 0) == (y == 1)).mean())
        loss = binary_cross_entropy_with_logits(logits, target=y[:, None])
        losses.append(float(loss.data))
        loss.backward()
        optimizer.step()
    return Run(tuple(states), np.array(losses), np.array(accuracies))


def answer(state: Mapping[str, np.ndarray], X: np.ndarray) -> np.ndarray:
    """The probability of class 1 that a network in this state gives to each row of X."""
    hidden = tanh(X @ state["layers.0.W"] + state["layers.0.b"])
    return sigmoid(hidden @ state["layers.2.W"] + state["layers.2.b"])[:, 0]


class SymmetryRuns(View):
    """The hidden units as points, what the network makes of the plane, and the loss, for three first weights."""

    size = (8.2, 3.7)
    title = "Units that start equal stay equal"
    controls = (
        Control("start", tuple(STARTS), "constant", label="first weights"),
        Control("step", STEPS, STEPS[-1]),
    )
    grid = {"step": (0, 1, 5, 20, 100, 200, 500)}

    def results(self) -> dict[str, dict[str, float]]:
        """Return for each start what the last step leaves.

        Returns
        -------
        dict of start -> dict
            ``moved``, how far the weight of W1 that moved most is from its start; ``difference``, the largest
            between two columns of W1; ``accuracy``, on the points of the training.
        """
        return {start: _outcome(trained(start), len(STEPS) - 1) for start in STARTS}

    def frame(self, *, start: str, step: int) -> dict[str, Any]:
        run, at = trained(start), STEPS.index(step)
        return {
            "start": start,
            "step": step,
            "columns": np.stack([state["layers.0.W"] for state in run.states[: at + 1]]),  # (states, 2, units)
            "plane": answer(run.states[at], cells()).reshape(CELLS, CELLS),
            "loss": float(run.losses[step]),
            **_outcome(run, at),
        }

    def build(self, fig: Any) -> None:
        weights = fig.add_axes((0.07, 0.15, 0.27, 0.64))
        weights.set(xlim=(-3, 3), ylim=(-3, 3), xlabel="weight of x1", ylabel="weight of x2")
        weights.set(xticks=(-2, 0, 2), yticks=(-2, 0, 2))
        for draw in (weights.axhline, weights.axvline):
            draw(0, color=style.FAINT, linestyle="-", linewidth=1, marker="", zorder=0)
        trail = {"color": style.VALUE, "linestyle": "-", "linewidth": 1, "marker": "", "zorder": 2}
        (self._trails,) = weights.plot([], [], **trail)
        dot = {"linestyle": "", "marker": "o", "markersize": 9, "markeredgecolor": style.CARD, "zorder": 3}
        (self._dots,) = weights.plot([], [], color=style.VALUE, **dot)
        self._build_plane(fig)
        curves = fig.add_axes((0.765, 0.15, 0.22, 0.64))
        curves.set(xlim=(-25, STEPS[-1] + 25), ylim=(0, 1.35), xlabel="step", ylabel="loss", xticks=(0, 250, 500))
        for start, linestyle, color in zip(STARTS, style.LINE_STYLES, style.CYCLE, strict=False):
            look = {"color": color, "linestyle": linestyle, "marker": "", "label": start}
            curves.plot(trained(start).losses, **look)
        curves.legend(loc="upper right", bbox_to_anchor=(1.04, 1.03), handlelength=2.2, borderpad=0.2)
        (self._now,) = curves.plot([], [], color=style.INK, linestyle="", marker="D", markersize=8, zorder=5)
        for axes in (weights, curves):
            axes.xaxis.labelpad, axes.yaxis.labelpad = 1, 2
        self._texts = [fig.text(left, 0.95, "", va="top", linespacing=1.4) for left in (0.07, 0.405, 0.765)]

    def _build_plane(self, fig: Any) -> None:
        from matplotlib.colors import LinearSegmentedColormap

        plane = fig.add_axes((0.405, 0.15, 0.27, 0.64))
        plane.set(xlim=(-REACH, REACH), ylim=(-REACH, REACH), xlabel="x1", ylabel="x2")
        plane.set(xticks=(-2, 0, 2), yticks=(-2, 0, 2))
        plane.xaxis.labelpad, plane.yaxis.labelpad = 1, -2
        shades = LinearSegmentedColormap.from_list("answers", ["#9DB9DA", style.CARD, "#EDB0A2"])
        self._image = plane.imshow(
            np.zeros((CELLS, CELLS)), vmin=0, vmax=1, cmap=shades, origin="lower", aspect="auto",
            extent=(-REACH, REACH, -REACH, REACH), zorder=0,
        )  # fmt: skip
        X, y = disc_and_ring()
        look: dict[str, Any] = {"linestyle": "", "markersize": 4.5, "markeredgewidth": 0, "zorder": 3}
        self._points = [
            plane.plot(*X[y == label].T, marker=marker, color=style.CYCLE[label], **look)[0]
            for label, marker in enumerate("os")
        ]

    def moving(self) -> list[Any]:
        return [self._image, *self._points, self._trails, self._dots, self._now, *self._texts]

    def update(self, frame: Mapping[str, Any]) -> None:
        columns = frame["columns"]
        # One line for all units, with a gap after each.
        gap = np.full((1, 2, UNITS), np.nan)
        self._trails.set_data(*np.concatenate([columns, gap]).transpose(1, 2, 0).reshape(2, -1))
        self._dots.set_data(*columns[-1])
        self._image.set_data(frame["plane"])
        self._now.set_data([frame["step"]], [frame["loss"]])
        spots = count_spots(columns[-1])
        self._texts[0].set_text(f"columns of W1: {UNITS} units\non {spots} {'spot' if spots == 1 else 'spots'}")
        self._texts[1].set_text(f"what the network answers:\naccuracy {frame['accuracy']:.2f}")
        self._texts[2].set_text(f"loss {frame['loss']:.3f}\nat step {frame['step']}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        if not frame["difference"] > TINY:
            units = f"all {UNITS} columns of W1 are equal, so they are one unit,"
        else:
            units = f"the columns of W1 differ by up to {frame['difference']:.2f}"
        moved = f"have moved by up to {frame['moved']:.2f}" if frame["moved"] else "have not moved at all"
        return (
            f"First weights {frame['start']}, step {frame['step']}: {units} and {moved}. Accuracy "
            f"{frame['accuracy']:.2f}, loss {frame['loss']:.3f}."
        )


@cache
def cells() -> np.ndarray:
    """The middles of the cells of the plane, row by row from below: (cells, 2)."""
    middles = (np.arange(CELLS) + 0.5) / CELLS * 2 * REACH - REACH
    return np.stack([*np.meshgrid(middles, middles)], axis=-1).reshape(-1, 2)


def count_spots(columns: np.ndarray) -> int:
    """How many of the columns can be told apart."""
    return len(np.unique(np.round(columns / TINY), axis=1).T)


def _outcome(run: Run, at: int) -> dict[str, float]:
    W, first = run.states[at]["layers.0.W"], run.states[0]["layers.0.W"]
    return {
        "moved": float(np.abs(W - first).max()),
        "difference": float(np.ptp(W, axis=1).max()),
        "accuracy": float(run.accuracies[at]),
    }
