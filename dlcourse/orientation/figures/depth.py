"""A view of what a hidden layer is for: it moves the points until one line separates them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from dlcourse.activations import relu
from dlcourse.data import xor
from dlcourse.drawing import Control, View, style
from dlcourse.orientation.figures.shading import STARTS, half_planes, line_of_half, shade

TENTHS = [k / 10 for k in range(11)]
INPUTS = ("0, 0", "0, 1", "1, 0", "1, 1")


def hidden(x: np.ndarray) -> np.ndarray:
    """The two hidden units: relu(x1 + x2) and relu(x1 + x2 - 1), for rows of inputs."""
    return relu(x @ np.ones((2, 2)) + np.array([0.0, -1.0]))


class XorPlane(View):
    """The four points of exclusive or on their way through a hidden layer, and the network that moves them."""

    size = (8.2, 3.9)
    title = "A hidden layer folds the plane"
    controls = (
        Control("fold", TENTHS, 0.0, format="{:.1f}"),
        Control("input", INPUTS, "1, 1", label="input x1, x2"),
    )
    grid = {"fold": (0, 0.2, 0.5, 0.7, 0.8, 1)}

    def frame(self, *, fold: float, input: str) -> dict[str, Any]:
        x, y = xor()
        x = x.astype(float)
        points = (1 - fold) * x + fold * hidden(x)
        known = np.column_stack([points, np.ones(4)])
        fitted = np.linalg.lstsq(known, y, rcond=None)[0]
        fitted = np.where(np.abs(fitted) < 1e-9, 0, fitted)  # at fold 0 the weights are 0, but for rounding
        chosen = INPUTS.index(input)
        h = hidden(x)
        return {
            "fold": fold,
            "chosen": chosen,
            "x": x,
            "h": h,
            "network": h @ [1, -2],
            "points": points,
            "fitted": fitted,
            "linear": known @ fitted,
            "shade": half_planes(fitted[:2], fitted[2], STARTS),
            "cloth": _folded_grid(fold),
            "line": line_of_half(fitted[:2], fitted[2] - 0.5),
        }

    def build(self, fig: Any) -> None:
        from matplotlib.collections import LineCollection

        plane = fig.add_axes((0.07, 0.12, 0.50, 0.71))
        plane.set(xlim=(-0.45, 2.45), ylim=(-0.42, 1.42), xlabel="x1 at fold 0, h1 at fold 1")
        plane.set(ylabel="x2 at fold 0, h2 at fold 1", xticks=[0, 1, 2], yticks=[0, 1])
        plane.xaxis.labelpad = 1
        self._shade = shade(plane)
        self._cloth = LineCollection([], colors=style.MUTED, linewidths=0.8, zorder=1)
        plane.add_collection(self._cloth, autolim=False)
        (self._line,) = plane.plot([], [], color=style.INK, linestyle="-", marker="", zorder=2, label="sum 0.5")
        (self._way,) = plane.plot([], [], color=style.INK, linestyle=":", linewidth=1.5, marker="", zorder=3)
        self._points = _marks(plane)
        box = {"facecolor": style.CARD, "edgecolor": "none", "pad": 1.5, "alpha": 0.8}
        self._answers = [plane.text(0, 0, "", size=10, ha="center", va="center", zorder=5, bbox=box) for _ in INPUTS]
        plane.legend(
            handles=[*self._points, self._line], loc="lower left", bbox_to_anchor=(-0.04, 0.99), ncols=4,
            columnspacing=1.0, handletextpad=0.4, handlelength=1.4, markerscale=0.8, borderpad=0.2,
        )  # fmt: skip
        fig.text(0.07, 0.94, "The best straight sum (least squares)")
        fig.text(0.63, 0.94, "Two hidden units")
        self._build_network(fig)

    def _build_network(self, fig: Any) -> None:
        net = fig.add_axes((0.60, 0.0, 0.39, 0.96))
        net.set(xlim=(0, 320), ylim=(0, 374))
        net.axis("off")
        places = [(35, 290), (35, 180), (160, 290), (160, 180), (285, 235)]
        names = ["x1", "x2", "h1", "h2", "output"]
        wires = [(0, 2, "1"), (1, 2, "1"), (0, 3, "1"), (1, 3, "1"), (2, 4, "1"), (3, 4, "−2")]
        for i, j, weight in wires:
            part = 0.5 if i + 2 == j or j == 4 else 0.32  # not where two wires cross
            (x0, y0), (x1, y1) = places[i], places[j]
            net.plot([x0, x1], [y0, y1], color=style.WIRE, linestyle="-", linewidth=1.2, marker="", zorder=1)
            net.text(x0 + part * (x1 - x0), y0 + part * (y1 - y0), weight, size=10, ha="center", va="center", zorder=2,
                     bbox={"facecolor": style.CARD, "edgecolor": "none", "pad": 1.5})  # fmt: skip
        look = {"markersize": 34, "markerfacecolor": style.FILL, "markeredgecolor": style.INK, "linestyle": ""}
        net.plot(*np.transpose(places), "o", zorder=3, **look)
        for (x, y), name in zip(places, names, strict=True):
            net.text(x, y + 26, name, size=10, ha="center", va="bottom")
        net.text(160, 145, "bias −1", size=10, ha="center", va="center", color=style.MUTED)
        self._values = [net.text(x, y - 1, "", size=12, ha="center", va="center", zorder=4) for x, y in places]
        formulas = ("h1 = relu(x1 + x2)", "h2 = relu(x1 + x2 − 1)", "output = h1 − 2 h2")
        for y, formula in zip((100, 72, 44), formulas, strict=True):
            net.text(20, y, formula, va="center")

    def moving(self) -> list[Any]:
        plane = [self._shade, self._cloth, self._line, self._way, *self._points, *self._answers]
        return [*plane, *self._values]

    def update(self, frame: Mapping[str, Any]) -> None:
        _, y = xor()
        points, chosen = frame["points"], frame["chosen"]
        self._shade.set_verts(frame["shade"])
        self._cloth.set_segments(frame["cloth"])
        self._line.set_data(*frame["line"].T)
        self._way.set_data(*np.stack([frame["x"][chosen], points[chosen]]).T)
        for artist, rows in zip(self._points, (y == 0, y == 1, [chosen]), strict=True):
            artist.set_data(*points[rows].T)
        for text, point, answer, shift in zip(self._answers, points, frame["linear"], (-1, 1, -1, 1), strict=True):
            text.set_position(point + [0, 0.16 * shift])
            text.set_text(f"{abs(answer):.2f}" if abs(answer) < 0.005 else f"{answer:.2f}".replace("-", "−"))
        x, h, output = frame["x"][chosen], frame["h"][chosen], frame["network"][chosen]
        for text, value in zip(self._values, (*x, *h, output), strict=True):
            text.set_text(f"{value:g}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        answers = ", ".join(f"{abs(a):.2f}" if abs(a) < 0.005 else f"{a:.2f}" for a in frame["linear"])
        (x1, x2), (h1, h2), output = frame["x"][frame["chosen"]], frame["h"][frame["chosen"]], frame["network"]
        exact = ": it is exactly the network's output unit" if frame["fold"] == 1 else ""
        return (
            f"At fold {frame['fold']:.1f} the best straight sum (least squares) answers {answers}, where 0, 1, 1, 0 is "
            f"wanted{exact}. The network turns ({x1:g}, {x2:g}) into h = ({h1:g}, {h2:g}) and answers "
            f"{output[frame['chosen']]:g}."
        )


def _marks(axes: Any) -> list[Any]:
    """Empty artists for the points that should get 0, those that should get 1, and a ring for the chosen one."""
    look: dict[str, Any] = {"linestyle": "", "markersize": 11, "markeredgecolor": style.CARD, "zorder": 4}
    (zeros,) = axes.plot([], [], "o", color=style.CYCLE[0], label="should get 0", **look)
    (ones,) = axes.plot([], [], "s", color=style.CYCLE[1], label="should get 1", **look)
    ring = {"markersize": 19, "markeredgecolor": style.INK, "markerfacecolor": "none", "markeredgewidth": 1.6}
    (chosen,) = axes.plot([], [], "o", label="the input", **(look | ring))
    return [zeros, ones, chosen]


def _folded_grid(fold: float) -> np.ndarray:
    """The lines of a grid on the unit square, moved as the points are: (lines, points, 2)."""
    # On a grid of quarters every line bends at a node, for the units bend where x1 + x2 is 0 and 1.
    ticks = np.arange(5) / 4
    a, b = np.meshgrid(ticks, ticks, indexing="ij")
    lines = np.concatenate([np.stack([a, b], axis=-1), np.stack([b, a], axis=-1)])
    return (1 - fold) * lines + fold * hidden(lines)
