"""What stands in a computation graph, measured: gates, names of leaves, and the numbers along the wires."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from dlcourse.drawing import style
from dlcourse.drawing.layout import Spot
from dlcourse.drawing.numbers import write
from dlcourse.drawing.tape import Gate, Tape, Wire

ARROW = 6.0
LINE = 1.25  # height of a line of text, in sizes of its letters

Measure = Callable[[str, float], tuple[float, float]]


@dataclass(frozen=True)
class Sizes:
    """Sizes of letters: names, numbers and the words in gates; and how roomy the columns stand."""

    letters: float
    room: float

    @property
    def numbers(self) -> float:
        return max(style.SMALLEST, self.letters - 1)

    @property
    def radius(self) -> float:
        return max(1.2 * self.letters, 11)

    def symbol(self, text: str) -> float:
        return self.letters + 2 if len(text) == 1 else max(style.SMALLEST, self.letters - 1.5)


@dataclass(frozen=True)
class Label:
    """What is written along a wire; what is not is empty."""

    name: str
    value: str
    gradient: str

    def width(self, sizes: Sizes, measure: Measure) -> float:
        numbers = (measure(text, sizes.numbers)[0] for text in (self.value, self.gradient))
        return max(measure(self.name, sizes.letters)[0], *numbers)


@dataclass(eq=False)
class Sign:
    """A gate with its outline and its constants, or a leaf with its name, and the labels of its wires."""

    thing: Gate | Wire
    labels: Sequence[Label]
    width: float
    trunk: float
    outline: tuple[float, float] = (0.0, 0.0)
    above: str = ""
    below: str = ""


def make_label(wire: Wire, tape: Tape, values: bool, gradients: bool) -> Label:
    name = wire.name if wire.gate is not None and wire is not tape.output else ""
    value = write(wire.value) if values else ""
    return Label(name, value, write(wire.gradient) if gradients and wire.gradient is not None else "")


def make_sign(thing: Gate | Wire, labels: Sequence[Label], sizes: Sizes, measure: Measure) -> Sign:
    trunk = max(label.width(sizes, measure) for label in labels)
    if isinstance(thing, Wire):
        return Sign(thing, labels, measure(thing.name, sizes.letters)[0] + 4 if thing.name else 4.0, trunk)
    width, height = measure(thing.symbol, sizes.symbol(thing.symbol))
    round_one = 2 * sizes.radius
    above, below = _reach(labels, sizes)
    between = (above + below + 3) * (len(labels) - 1)  # its first wire and its last
    if width > round_one - 2 or "\n" in thing.symbol or between:
        outline = (max(width + 9, round_one), max(height + 7, between + round_one))
    else:
        outline = (round_one, round_one)
    first, second = (", ".join(write(x, pad=False) for x in side) for side in thing.constants)
    widest = max(measure(text, sizes.numbers)[0] for text in (first, second))
    return Sign(thing, labels, max(outline[0], widest), trunk, outline, first, second)


def _reach(labels: Sequence[Label], sizes: Sizes) -> tuple[float, float]:
    """How far the labels of a wire reach above it and below."""
    line = LINE * sizes.numbers + 1
    above = max(LINE * sizes.letters * bool(label.name) + line * bool(label.value) for label in labels)
    below = max(line * bool(label.gradient) for label in labels)
    return max(above, 0.6 * sizes.letters), max(below, 0.6 * sizes.letters)


def make_spot(sign: Sign, sizes: Sizes) -> Spot:
    """How much room a sign takes up and down, where its wires leave and where others arrive."""
    above, below = _reach(sign.labels, sizes)
    n = len(sign.labels)
    rows = [(above + below + 3) * (i - (n - 1) / 2) for i in range(n)]
    half = sign.outline[1] / 2
    constant = ARROW + 3 + LINE * sizes.numbers
    up = max(half + constant * bool(sign.above), above - rows[0])
    down = max(half + constant * bool(sign.below), below + rows[-1])
    if isinstance(sign.thing, Wire):
        return Spot(up, down, rows)
    k = len(sign.thing.wires)
    reach = half * (0.5 if k == 2 else 0.75)
    ports = [0.0] if k == 1 else [reach * (2 * i / (k - 1) - 1) for i in range(k)]
    return Spot(up, down, rows, ports=ports, ordered=sign.thing.ordered)
