"""Matrix balancing: two factors as rectangles, the axis that vanishes, and what the product could be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.drawing import Control, View, style

PRODUCTS = ("x.T @ dy", "dy.T @ x", "x @ dy", "dy @ x", "dy @ W.T", "dy @ W")
LAYERS = {"3 to 2": (3, 2), "2 to 3": (2, 3), "3 to 3": (3, 3)}
AXES = {"x": ("n", "n_in"), "W": ("n_in", "n_out"), "dy": ("n", "n_out")}

WIDTH, HEIGHT = 24.0, 8.7  # of the canvas, in cells
MIDDLE = 4.0
CENTRES = (4.2, 12.2, 20.2)  # of left factor, right factor and product


class BalanceShapes(View):
    """A product of two matrices of a linear layer: do the inner axes meet, and whose shape comes out?"""

    title = "Balancing the shapes of a product"
    size = (WIDTH / 3, HEIGHT / 3)
    controls = (
        Control("product", PRODUCTS, default="x.T @ dy"),
        Control("n", (2, 3, 4, 5), default=5, label="examples n"),
        Control("layer", tuple(LAYERS), default="3 to 2", label="n_in to n_out"),
    )

    def frame(self, *, product: str, n: int, layer: str) -> dict[str, Any]:
        """Return the names and lengths of all axes, and whether the inner ones ``meet`` and are the ``same``.

        ``result`` is the shape of the product, empty where there is none; ``gradient`` names what
        it is: ``"dW"``, ``"dW.T"``, ``"dx"``, or empty where the axis that vanishes is two different ones.
        """
        lengths = {"n": n, "n_in": LAYERS[layer][0], "n_out": LAYERS[layer][1]}
        left, right = product.split(" @ ")
        outer_left, inner_left = _axes(left)
        inner_right, outer_right = _axes(right)
        meet, same = lengths[inner_left] == lengths[inner_right], inner_left == inner_right
        outer = (outer_left, outer_right)
        gradient = {AXES["W"]: "dW", AXES["W"][::-1]: "dW.T", AXES["x"]: "dx"}[outer] if same else ""
        return {
            "product": product,
            "factors": (left, right),
            "lengths": lengths,
            "inner": (inner_left, inner_right),
            "outer": outer,
            "meet": meet,
            "same": same,
            "result": tuple(lengths[name] for name in outer) if meet else (),
            "gradient": gradient,
        }

    def build(self, fig: Any) -> None:
        from dlcourse.drawing.stamp import stamped

        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, WIDTH), ylim=(0, HEIGHT))
        axes.axis("off")
        for i, sign in enumerate("@="):
            axes.text((CENTRES[i] + CENTRES[i + 1]) / 2, MIDDLE, sign, ha="center", va="center", size=16)
        self._blocks = [_Block(axes, centre) for centre in CENTRES]
        self._shapes = stamped(axes.text(WIDTH / 2, HEIGHT - 0.8, "", ha="center"))

    def moving(self) -> Sequence[Any]:
        return [*(artist for block in self._blocks for artist in block.artists), self._shapes]

    def update(self, frame: Mapping[str, Any]) -> None:
        lengths, (inner_left, inner_right) = frame["lengths"], frame["inner"]
        left, right = frame["factors"]
        outer_left, outer_right = frame["outer"]
        first, second, third = self._blocks
        first.put(left, lengths, (outer_left, inner_left), inner="columns", meets=frame["same"])
        second.put(right, lengths, (inner_right, outer_right), inner="rows", meets=frame["same"])
        name = frame["gradient"] or ("?" if frame["meet"] else "")
        third.put(name, lengths, frame["outer"], exists=frame["meet"])
        shapes = {name: tuple(lengths[axis] for axis in axes) for name, axes in AXES.items()}
        self._shapes.set_text("     ".join(f"{name}  {shape}" for name, shape in shapes.items()))

    def describe(self, frame: Mapping[str, Any]) -> str:
        a, b = (tuple(frame["lengths"][name] for name in _axes(factor)) for factor in frame["factors"])
        return f"{frame['product']}, {a} times {b}: {_verdict(frame)}"


class _Block:
    """A matrix as cells, with its name and the names and lengths of its axes; the inner axis has a thick edge."""

    def __init__(self, axes: Any, centre: float) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.patches import Rectangle

        from dlcourse.drawing.stamp import stamped

        self.centre = centre
        self.box = axes.add_patch(Rectangle((0, 0), 1, 1, edgecolor=style.MUTED))
        self.cells = axes.add_collection(LineCollection([], colors=style.CARD, linewidths=2))
        (self.edge,) = axes.plot([], [], color=style.GRADIENT, marker="", linewidth=4)
        self.name = stamped(axes.text(0, 0, "", ha="center", va="center", size=16, color=style.VALUE))
        self.rows = stamped(axes.text(0, 0, "", ha="right", va="center", rotation=90))
        self.columns = stamped(axes.text(0, 0, "", ha="center", va="top"))

    @property
    def artists(self) -> list[Any]:
        return [self.box, self.cells, self.edge, self.name, self.rows, self.columns]

    def put(
        self,
        name: str,
        lengths: Mapping[str, int],
        axes: tuple[str, str],
        *,
        inner: str = "",
        meets: bool = True,
        exists: bool = True,
    ) -> None:
        """Show a matrix; one that does not exist is an empty outline."""
        rows, columns = (lengths[axis] for axis in axes)
        left, bottom = self.centre - columns / 2, MIDDLE - rows / 2
        right, top = left + columns, bottom + rows
        self.box.set(bounds=(left, bottom, columns, rows))
        self.box.set(facecolor="#DDE6F0" if exists else "none", linestyle="-" if exists else ":")
        across = [[(left, y), (right, y)] for y in np.arange(bottom + 1, top)]
        down = [[(x, bottom), (x, top)] for x in np.arange(left + 1, right)]
        self.cells.set_segments([*across, *down] if exists else [])
        self.edge.set(visible=bool(inner), linestyle="-" if meets else (0, (1.0, 0.6)))
        self.edge.set_data(([left, right], [bottom, bottom]) if inner == "columns" else ([left, left], [bottom, top]))
        self.name.set(text=name, position=(self.centre, MIDDLE))
        self._label(self.rows, axes[0], rows, (left - 0.25, MIDDLE), inner == "rows")
        self._label(self.columns, axes[1], columns, (self.centre, bottom - 0.25), inner == "columns")

    def _label(self, text: Any, axis: str, length: int, place: tuple[float, float], inner: bool) -> None:
        text.set(text=f"{axis} = {length}", position=place)
        text.set(color=style.GRADIENT if inner else style.INK, weight="bold" if inner else "normal")


def _axes(factor: str) -> tuple[str, str]:
    name = factor.removesuffix(".T")
    rows, columns = AXES[name]
    return (columns, rows) if factor.endswith(".T") else (rows, columns)


def _verdict(frame: Mapping[str, Any]) -> str:
    lengths, (left, right), result = frame["lengths"], frame["inner"], frame["result"]
    if not frame["meet"]:
        return f"{left} = {lengths[left]} meets {right} = {lengths[right]}, so it does not multiply."
    alike = [name for name in ("W", "x") if result == tuple(lengths[axis] for axis in AXES[name])]
    looks = f"{result} is the shape of {' and '.join(alike)}" if alike else f"{result} is no shape that we need"
    if not frame["same"]:
        return f"{left} and {right} are both {lengths[left]} by accident. {looks}, but the numbers mean nothing."
    summed = f"{left} = {lengths[left]} is summed away. {looks}"
    if frame["gradient"] == "dW.T":
        return f"{summed}, yet this is dW transposed." if alike else f"{summed}: this is dW transposed."
    return f"{summed}: this is {frame['gradient']}."
