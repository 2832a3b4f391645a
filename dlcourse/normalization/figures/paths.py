"""A view of batch norm's way back: the graph of its primitive steps, and what each path brings to dx."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import pairwise
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style
from dlcourse.normalization.figures.bars import two

X = np.array([1.0, 2.0, 3.0, 6.0])
DY = np.array([1.0, -1.0, 2.0, 2.0])
GAMMA, EPS = 2.0, 1e-5

PLACES = {
    "x": (24, 236), "mean": (84, 330), "−": (144, 236), "²": (144, 132), "mean²": (190, 54), "+ε": (256, 54),
    "√": (322, 54), "1/": (364, 132), "×": (364, 236), "×γ": (426, 236), "+β": (488, 236), "y": (540, 236),
}  # fmt: skip
WRITTEN = {"mean": "mean", "mean²": "mean", "²": "( )²"}
STD = float(np.sqrt(X.var() + EPS))
RADIUS, LEAF = 20, 13

HEAD = ("y", "+β", "×γ", "×")
ROUTES = {
    "direct": (*HEAD, "−", "x"),
    "through the mean": (*HEAD, "−", "mean", "x"),
    "through the variance": (*HEAD, "1/", "√", "+ε", "mean²", "²", "−", "x"),
}
ALL = "all"
FORMULAS = {
    "direct": "γ/σ · dy",
    "through the mean": "−γ/σ · (mean of dy)",
    "through the variance": "−γ/σ · x̂ · (mean of dy x̂)",
    ALL: "the sum of the three",
}


def path_terms(x: np.ndarray, dy: np.ndarray, gamma: float, *, eps: float = EPS) -> dict[str, np.ndarray]:
    """Go back through batch norm gate by gate, for one column; return what arrives at x on each path.

    Parameters
    ----------
    x, dy : arrays (n,)
    gamma, eps : float

    Examples
    --------
    >>> terms = path_terms(np.array([1.0, 2.0, 3.0, 6.0]), np.array([1.0, -1.0, 2.0, 2.0]), 2.0)
    >>> {path: term.round(2).tolist() for path, term in terms.items()}["through the mean"]
    [-1.07, -1.07, -1.07, -1.07]
    """
    n, centered = len(x), x - x.mean()
    std = np.sqrt((centered * centered).mean() + eps)
    dx_hat = gamma * dy
    dcentered = dx_hat / std  # × sends it straight to x − mean ...
    dinverse = (dx_hat * centered).sum()  # ... and to 1/σ, where all examples meet
    dvariance = dinverse * (-1 / std**2) * 1 / (2 * std)
    return {
        "direct": dcentered,
        "through the mean": np.full(n, -dcentered.sum() / n),
        # From x − mean it would go on through the mean, too, but what arrives there sums to 0.
        "through the variance": dvariance / n * 2 * centered,
    }


class BatchNormPaths(View):
    """The graph of batch norm with one path back to x, and what that path adds to dx."""

    size = (8.2, 4.2)
    title = "Three ways from y back to x"
    controls = (Control("path", (*ROUTES, ALL), "direct"),)

    def frame(self, *, path: str) -> dict[str, Any]:
        terms = path_terms(X, DY, GAMMA)
        term = sum(terms.values()) if path == ALL else terms[path]
        routes = list(ROUTES.values()) if path == ALL else [ROUTES[path]]
        return {"path": path, "term": term, "sum": float(np.sum(term)), "wires": _wires(routes)}

    def build(self, fig: Any) -> None:
        graph = fig.add_axes((0.0, 0.0, 0.68, 1.0))
        graph.set(xlim=(0, 558), ylim=(0, 420))
        graph.axis("off")
        self._draw_gates(graph)
        self._forward = _Arrows(graph, color=style.WIRE, width=1.2, head=(8, 3.5))
        self._back = _Arrows(graph, color=style.GRADIENT, width=4, head=(12, 7))
        bars = fig.add_axes((0.735, 0.2, 0.255, 0.6))
        bars.set(xlim=(-0.6, 3.6), ylim=(-2.7, 2.9))
        bars.set_xticks(range(4), [f"{x:g}\n{dy:g}".replace("-", "−") for x, dy in zip(X, DY, strict=True)])
        bars.tick_params(axis="x", length=0)
        bars.axhline(0, color=style.INK, linewidth=1, linestyle="-", marker="")
        bars.text(-0.75, -2.81, "x\ndy", size=10, ha="right", va="top", linespacing=1.2)
        self._bars = list(bars.bar(range(4), np.ones(4), 0.62, color=style.GRADIENT))
        self._values = [bars.text(i, 0, "", size=10, ha="center", va="center") for i in range(4)]
        self._formula = fig.text(0.99, 0.93, "", ha="right")
        self._sum = fig.text(0.99, 0.855, "", ha="right")

    def _draw_gates(self, graph: Any) -> None:
        gates = [name for name in PLACES if name not in ("x", "y")]
        look = {"linestyle": "", "markerfacecolor": style.FILL, "markeredgecolor": style.INK, "zorder": 3}
        graph.plot(*np.transpose([PLACES[name] for name in gates]), "o", markersize=2 * RADIUS * 0.72, **look)
        for name in gates:
            graph.text(*PLACES[name], WRITTEN.get(name, name), size=9 if name in WRITTEN else 11, ha="center",
                       va="center_baseline", zorder=4)  # fmt: skip
        for name in ("x", "y"):
            graph.text(*PLACES[name], name, size=13, ha="center", va="center", color=style.VALUE, zorder=4)
        notes = {
            (84, 366): "μ = 3",
            (190, 18): "v = 3.5",
            (254, 252): "x − μ",
            (364, 272): "x̂",
            (322, 18): f"σ = {STD:.2f}",
        }
        notes[(426, 272)] = f"γ = {GAMMA:g}"
        for place, note in notes.items():
            graph.text(*place, note, size=10, ha="center", va="center", color=style.VALUE, zorder=4)
        aside = "From x − μ it also goes\nthrough the mean:\nthat branch sums to 0."
        look = {"size": 10, "color": style.MUTED, "va": "center", "linespacing": 1.3}
        self._aside = graph.text(254, 140, aside, ha="center", **look)
        graph.text(12, 404, "thin: the way forward", size=10, color=style.MUTED, va="center")
        graph.text(190, 404, "thick: the way back", size=10, color=style.GRADIENT, va="center")

    def moving(self) -> list[Any]:
        return [
            *self._forward.artists,
            *self._back.artists,
            *self._bars,
            *self._values,
            self._formula,
            self._sum,
            self._aside,
        ]

    def update(self, frame: Mapping[str, Any]) -> None:
        others = [wire for wire in _wires(list(ROUTES.values())) if wire not in frame["wires"]]
        self._forward.show([(start, end) for end, start in others])
        self._back.show(frame["wires"])
        for bar, text, value in zip(self._bars, self._values, frame["term"], strict=True):
            bar.set_height(value)
            text.set_y(value + (0.24 if value > -0.005 else -0.24))
            text.set_text(two(value))
        self._aside.set_visible(frame["path"] == "through the variance")
        self._formula.set_text(f"dx gets {FORMULAS[frame['path']]}")
        self._sum.set_text(f"sum over the batch {two(frame['sum'])}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        numbers = ", ".join(two(value) for value in frame["term"])
        which = "All three paths together bring" if frame["path"] == ALL else f"The path {frame['path']} brings"
        which = which.replace("The path direct", "The direct path")
        aside = ""
        if frame["path"] == "through the variance":
            aside = " What goes from x − μ on through the mean is left out: it sums to 0."
        return f"{which} {numbers} to the four numbers of dx; they sum to {two(frame['sum'])}.{aside}"


def _wires(routes: list[tuple[str, ...]]) -> list[tuple[str, str]]:
    """The wires of the routes, each once, as the gradient takes them: from a gate to one of its inputs."""
    return list(dict.fromkeys(wire for route in routes for wire in pairwise(route)))


class _Arrows:
    """Arrows of one look, as many as a state needs: two artists."""

    def __init__(self, axes: Any, *, color: str, width: float, head: tuple[float, float]) -> None:
        from matplotlib.collections import LineCollection, PolyCollection

        self._head = head
        self._lines = LineCollection([], colors=color, linewidths=width, zorder=2)
        self._heads = PolyCollection([], facecolors=color, edgecolors="none", zorder=2)
        self.artists = [self._lines, self._heads]
        for artist in self.artists:
            axes.add_collection(artist, autolim=False)

    def show(self, wires: list[tuple[str, str]]) -> None:
        """Show arrows along these wires, each from its first gate to its second, and no others."""
        length, half = self._head
        segments, heads = [], []
        for tail, tip in (_between(*wire) for wire in wires):
            along = (tip - tail) / np.hypot(*(tip - tail))
            aside, neck = half * np.array([-along[1], along[0]]), tip - length * along
            segments.append((tail, neck + along))
            heads.append(np.stack([tip, neck + aside, neck - aside]))
        self._lines.set_segments(segments)
        self._heads.set_verts(heads)


def _between(start: str, end: str) -> tuple[np.ndarray, np.ndarray]:
    """Where a wire leaves one gate and reaches another: on their rims."""
    a, b = np.array(PLACES[start], float), np.array(PLACES[end], float)
    along = (b - a) / np.hypot(*(b - a))
    rims = [LEAF if name in ("x", "y") else RADIUS + 1.5 for name in (start, end)]
    return a + rims[0] * along, b - rims[1] * along
