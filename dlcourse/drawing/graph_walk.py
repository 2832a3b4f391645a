"""A computation graph that is walked: the view of a `Walk`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from dlcourse.drawing import style
from dlcourse.drawing.graphs import make_sheet
from dlcourse.drawing.numbers import write
from dlcourse.drawing.tape import Tape, Wire, read_tape
from dlcourse.drawing.view import Control, View
from dlcourse.drawing.walk import Walk

RING = 3.0  # points, the outline of the gate that works
MORE = "+"  # behind a gradient to which other readers still add


class GraphWalk(View):
    """A graph whose numbers appear one gate at a time, first the values, then the gradients.

    The gate that works has a thick outline and what it writes is bold; the sentence says what it does. A gradient
    with a plus sign behind it is not complete: other readers of the wire have still to add to it.

    Parameters
    ----------
    tensor : Tensor
        The result of a program of single numbers.
    names : dict of name -> Tensor, optional
        Leaves, interior Tensors, the result.
    numbers : bool
        False leaves a blank for every number, in the picture and in the sentence.

    Raises
    ------
    TypeError
        When `tensor` or one of `names` is no Tensor.
    ValueError
        When the graph has no gate, more than 60, or an array on one of its wires.
    """

    title = "A walk through a graph, forward and back"

    def __init__(self, tensor: Any, *, names: Mapping[str, Any] | None = None, numbers: bool = True) -> None:
        tape = read_tape(tensor, names or {})
        self.numbers = numbers
        self._wires = _keys(tape)
        self._gates = tape.gates
        self._steps = Walk(tape, list(names or {})).steps(numbers=numbers)
        self._sheet = make_sheet(tape)
        self.size = self._sheet.size
        self.controls = (Control("step", range(len(self._steps)), default=len(tape.gates) + 2),)

    def frame(self, *, step: int) -> dict[str, Any]:
        """Return what stands on each wire after a step: ``values`` and ``gradients`` by the wire's name.

        ``new`` are the wires that the step wrote on, ``open`` those whose gradient is not complete, ``gate`` is the
        number of the gate that worked, or -1.
        """
        now = self._steps[step]
        return {
            "step": step,
            "forward": step <= len(self._gates),
            "gate": -1 if now.gate is None else self._gates.index(now.gate),
            "values": {key: now.values[wire] for key, wire in self._wires.items() if wire in now.values},
            "gradients": {key: now.gradients[wire] for key, wire in self._wires.items() if wire in now.gradients},
            "new": [key for key, wire in self._wires.items() if wire in now.new],
            "open": [key for key, wire in self._wires.items() if wire in now.open],
            "text": now.text,
        }

    def build(self, fig: Any) -> None:
        from matplotlib.patches import Circle

        from dlcourse.drawing.stamp import stamped  # matplotlib is loaded when something is drawn

        pen = self._sheet.draw(fig)
        stand_in: Any = stamped if self.numbers else _blank
        self._numbers = {
            "values": {key: stand_in(pen.values[wire]) for key, wire in self._wires.items()},
            "gradients": {key: stand_in(pen.gradients[wire]) for key, wire in self._wires.items()},
        }
        self._rings = []
        for gate in self._gates:
            outline = pen.outlines[gate]
            ring: Any = Circle(outline.center, outline.radius) if isinstance(outline, Circle) else _again(outline)
            ring.set(facecolor="none", linewidth=RING, zorder=2.5)
            self._rings.append(pen.axes.add_patch(ring))

    def moving(self) -> Sequence[Any]:
        return [*self._rings, *self._numbers["values"].values(), *self._numbers["gradients"].values()]

    def update(self, frame: Mapping[str, Any]) -> None:
        for i, ring in enumerate(self._rings):
            ring.set_visible(i == frame["gate"])
            ring.set_edgecolor(style.VALUE if frame["forward"] else style.GRADIENT)
        for kind, works in [("values", frame["forward"]), ("gradients", not frame["forward"])]:
            for key, artist in self._numbers[kind].items():
                artist.set_visible(key in frame[kind])
                if key in frame[kind]:
                    new = works and key in frame["new"]
                    if self.numbers:
                        more = MORE if kind == "gradients" and key in frame["open"] else ""
                        artist.set(text=write(frame[kind][key]) + more, weight="bold" if new else "normal")
                    else:
                        artist.set_linewidth(2.5 if new else 0.8)

    def describe(self, frame: Mapping[str, Any]) -> str:
        return frame["text"]


def _keys(tape: Tape) -> dict[str, Wire]:
    """Every wire by its name; one without a name by the number of its gate, or of the input."""
    keys = {}
    for i, leaf in enumerate(tape.leaves):
        keys[leaf.name or f"input {i}"] = leaf
    for i, gate in enumerate(tape.gates):
        for wire in gate.outputs:
            keys[wire.name or f"gate {i}" + f", output {wire.position}" * (gate.made > 1)] = wire
    return keys


def _again(outline: Any) -> Any:
    """Return a copy of the outline of a gate that is not round."""
    from matplotlib.patches import FancyBboxPatch

    corner = (outline.get_x(), outline.get_y())
    return FancyBboxPatch(corner, outline.get_width(), outline.get_height(), boxstyle=outline.get_boxstyle())


def _blank(text: Any) -> Any:
    """Put an empty box in the place of a number, the same for every number."""
    from matplotlib.patches import Rectangle

    box = text.get_window_extent().transformed(text.axes.transData.inverted())
    width, height = 2.5 * text.get_size(), box.height  # points, as the axes count
    look = {"facecolor": "none", "edgecolor": text.get_color(), "zorder": 3}
    blank = text.axes.add_patch(Rectangle(((box.x0 + box.x1 - width) / 2, box.y0), width, height, **look))
    text.remove()
    return blank
