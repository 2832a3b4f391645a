"""Slopes multiply: two wheels with belts, and the factors of a weight's gradient."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.drawing import Control, Picture, View, picture, style
from dlcourse.drawing.numbers import say, write

SLOPES = (-2.0, -1.0, 0.0, 0.5, 1.0, 2.0, 3.0)
HOUR = 30.0  # degrees by which a wheel turns for each unit, as the hand of a clock does
APART = 2.2  # from one shaft to the next, where a dial has radius 1


class SlopesMultiply(View):
    """Three wheels on belts, x turning q and q turning f, beside the lines that say the same."""

    title = "Slopes multiply"
    size = (8.2, 3.0)
    controls = (
        Control("first", SLOPES, default=2.0, label="dq/dx", format="{:g}"),
        Control("second", SLOPES, default=3.0, label="df/dq", format="{:g}"),
    )

    def frame(self, *, first: float, second: float) -> dict[str, float]:
        return {"first": first, "second": second, "x": 1.0, "q": first, "f": first * second + 0.0}  # 0, not minus 0

    def build(self, fig: Any) -> None:
        self._build_wheels(fig.add_axes((0.0, 0.0, 0.62, 1.0)))
        self._build_lines(fig.add_axes((0.7, 0.2, 0.28, 0.66)))

    def _build_wheels(self, axes: Any) -> None:
        from matplotlib.collections import LineCollection
        from matplotlib.patches import Circle, Wedge

        from dlcourse.drawing.stamp import stamped

        axes.set(xlim=(-1.25, 1.25 + 2 * APART), ylim=(-1.75, 1.65), aspect="equal")
        axes.axis("off")
        shafts = {name: (i * APART, 0.0) for i, name in enumerate("xqf")}
        hours = np.radians(np.arange(0, 360, HOUR))
        for x, _ in shafts.values():
            ticks = [[(x + r * np.sin(a), r * np.cos(a)) for r in (0.93, 1.0)] for a in hours]
            axes.add_collection(LineCollection(ticks, colors=style.WIRE, linewidths=1.0))
        self._wheels = [
            axes.add_patch(Circle(shafts[name], 0.5, facecolor=style.FILL, edgecolor=style.WIRE, linewidth=1.2))
            for name in "xqqf"
        ]
        self._wedges = {
            name: axes.add_patch(Wedge(centre, 0.9, 0, 0, facecolor=colour, alpha=0.25, zorder=2.1))
            for (name, centre), colour in zip(shafts.items(), (style.INK, style.VALUE, style.GRADIENT), strict=True)
        }
        self._hands = {
            name: axes.plot([], [], color=style.INK, linestyle="-", marker="", linewidth=3)[0] for name in shafts
        }
        self._belts = [axes.add_collection(LineCollection([], colors=style.INK, linewidths=1.5)) for _ in range(2)]
        self._turned = {name: stamped(axes.text(x, -1.45, "", ha="center")) for name, (x, _) in shafts.items()}
        self._ratios = [stamped(axes.text((i + 0.5) * APART, 1.3, "", ha="center")) for i in range(2)]

    def _build_lines(self, axes: Any) -> None:
        from dlcourse.drawing.stamp import stamped

        axes.axhline(0, color=style.FAINT, linewidth=1, marker="")
        axes.set(xlim=(0, 1.1), ylim=(-12.5, 9.5), xlabel="x", xticks=(0, 0.5, 1), yticks=(-9, -6, -3, 0, 3, 6, 9))
        axes.grid(True, axis="y")
        looks = {"q": {"color": style.VALUE}, "f": {"color": style.GRADIENT, "linestyle": "--", "marker": "s"}}
        self._lines = {name: axes.plot([], [], label=name, markevery=[-1], **look)[0] for name, look in looks.items()}
        axes.legend(loc="lower left", ncols=2, borderaxespad=0.1)
        self._product = stamped(axes.text(0.0, 1.06, "", transform=axes.transAxes))

    def moving(self) -> Sequence[Any]:
        drawn = [*self._wheels, *self._wedges.values(), *self._belts, *self._hands.values(), *self._lines.values()]
        return [*drawn, *self._turned.values(), *self._ratios, self._product]

    def update(self, frame: Mapping[str, Any]) -> None:
        slopes = (frame["first"], frame["second"])
        for i, slope in enumerate(slopes):
            ratio = np.sqrt(abs(slope) or 1.0)
            radii = (0.5 * ratio, 0.5 / ratio)
            for wheel, radius in zip(self._wheels[2 * i : 2 * i + 2], radii, strict=True):
                wheel.set(radius=radius, zorder=2 - radius)  # of two wheels on a shaft the small one is in front
            self._belts[i].set_segments(_belt(i * APART, *radii, crossed=slope < 0) if slope else [])
            self._ratios[i].set_text(f"slope {write(slope, pad=False)}" if slope else "no belt")
        for i, name in enumerate("xqf"):
            angle = HOUR * frame[name]
            self._wedges[name].set(theta1=90 - max(angle, 0), theta2=90 - min(angle, 0), visible=angle != 0)
            a = np.radians(angle)
            self._hands[name].set_data([i * APART, i * APART + 0.9 * np.sin(a)], [0.0, 0.9 * np.cos(a)])
            self._turned[name].set_text(f"{name} turns by {write(frame[name], pad=False)}")
        for name, line in self._lines.items():
            line.set_data([0, 1], [0, frame[name]])
        first, second, product = (write(frame[name], pad=False) for name in ("first", "second", "f"))
        self._product.set_text(f"slope of f: {first} · {_in_brackets(second)} = {product}")

    def describe(self, frame: Mapping[str, Any]) -> str:
        first, second, product = (say(frame[name]) for name in ("first", "second", "f"))
        if not frame["f"]:
            which = " and ".join(name for name in ("first", "second") if not frame[name])
            return (
                f"The {which} slope is 0, a belt that is off. Turn x by 1: q turns by {say(frame['q'])}, f does not "
                f"turn, for {first} · {_in_brackets(second)} = 0."
            )
        return (
            f"Turn x by 1: q turns by {first}, and f by {second} for each unit of q. So f turns by "
            f"{first} · {_in_brackets(second)} = {product}, the slope of f along x."
        )


def _in_brackets(number: str) -> str:
    return f"({number})" if number.startswith(("-", "−")) else number


def _belt(left: float, a: float, b: float, *, crossed: bool) -> list[list[tuple[float, float]]]:
    """The two straight pieces of a belt around wheels of radius `a` at `left` and `b` to the right of it.

    Each touches both wheels where the radius stands at a right angle on it. A crossed belt changes sides.
    """
    side = -1 if crossed else 1
    cosine = (a - side * b) / APART
    sine = np.sqrt(1 - cosine**2)
    return [
        [
            (left + a * cosine, up * a * sine),
            (left + APART + side * b * cosine, side * up * b * sine),
        ]
        for up in (1, -1)
    ]


def factors_of_a_gradient() -> Picture:
    """The three factors of every weight's gradient, named by where they come from."""
    boxes = [
        (r"$\dfrac{\partial L}{\partial h}$", "from the layers above", "dz · W2", "#004488"),
        (r"$\dfrac{\partial h}{\partial z}$", "from the activation", "h (1 − h)", "#CC3311"),
        (r"$\dfrac{\partial z}{\partial W}$", "from the layer's input", "x", "#00695C"),
    ]

    def draw(fig: Any) -> None:
        from matplotlib.patches import FancyBboxPatch

        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 10), ylim=(0, 3.2))
        axes.axis("off")
        axes.text(0.75, 1.75, r"$\dfrac{\partial L}{\partial W}\;=$", fontsize=17, ha="center", va="center")
        for i, (symbol, origin, code, colour) in enumerate(boxes):
            centre = 2.75 + 2.85 * i
            axes.add_patch(
                FancyBboxPatch(
                    (centre - 1.05, 1.05), 2.1, 1.45, boxstyle="round,pad=0.06", facecolor="white", edgecolor=colour
                )
            )
            axes.text(centre, 1.78, symbol, fontsize=17, ha="center", va="center", color=colour)
            axes.text(centre, 2.78, code, ha="center", va="center", family="monospace")
            axes.text(centre, 0.62, origin, ha="center", va="center", color=colour)
            if i < 2:
                axes.text(centre + 1.42, 1.75, "·", fontsize=22, ha="center", va="center")

    return picture(
        draw,
        "dL/dW is a product of three factors: dL/dh from the layers above, dh/dz from the activation, and dz/dW, "
        "the layer's input.",
        size=(8.2, 2.6),
    )
