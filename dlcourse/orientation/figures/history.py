"""Where deep learning comes from, on one line of time."""

from __future__ import annotations

from typing import Any, NamedTuple

from dlcourse.drawing import Picture, picture, style


class Event(NamedTuple):
    """A year, what appeared in it, the row in its lane, the lesson that teaches it, and where its name stands."""

    year: int
    name: str
    row: int
    lesson: str = ""
    side: str = "right"


LANES: dict[str, tuple[Event, ...]] = {
    "ideas": (
        Event(1943, "McCulloch and Pitts:\na neuron in logic", 0),
        Event(1958, "perceptron", 2),
        Event(1969, "Minsky and Papert:\nno XOR with one layer", 3, "00"),
        Event(1986, "backpropagation\nfor hidden layers", 0, "01"),
        Event(1989, "convolutional net", 5, "07"),
        Event(1997, "LSTM", 2, "08"),
        Event(2010, "ReLU", 3, "02", "left"),
        Event(2012, "dropout", 1, "06"),
        Event(2012, "AlexNet", 2),
        Event(2014, "Adam", 3, "05"),
        Event(2014, "attention", 4, "08"),
        Event(2015, "batch norm", 0, "04", "left"),
        Event(2015, "residual connections", 6, "04", "left"),
        Event(2017, "transformer", 5, "", "left"),
    ),
    "data": (
        Event(1998, "MNIST", 0),
        Event(2005, "Pascal VOC", 1),
        Event(2009, "ImageNet", 0),
    ),
    "compute": (
        Event(2006, "cloud (EC2)", 0),
        Event(2007, "any program on a GPU (CUDA)", 1),
        Event(2016, "TPU", 0),
    ),
    "tools": (
        Event(2015, "Chainer", 0, "", "left"),
        Event(2015, "TensorFlow", 1, "", "left"),
        Event(2017, "PyTorch", 2, "10", "left"),
    ),
}

_SCALE = ((1940, 0.95), (2004, 3.85), (2019, 8.1))  # years and inches; after 2004 a year has six times the room
_ROW = 0.27
_TICKS = (1940, 1960, 1980, 2000, 2005, 2010, 2015)


def place(year: float) -> float:
    """Return where a year is, in inches from the left."""
    (y0, x0), (y1, x1), (y2, x2) = _SCALE
    if year <= y1:
        return x0 + (x1 - x0) * (year - y0) / (y1 - y0)
    return x1 + (x2 - x1) * (year - y1) / (y2 - y1)


def why_now() -> Picture:
    """What had to come together: ideas, data, compute and tools on one line of time."""
    taught = sum(bool(event.lesson) for event in LANES["ideas"])

    def draw(fig: Any) -> None:
        axes = fig.add_axes((0, 0, 1, 1))
        axes.set(xlim=(0, 8.2), ylim=(_height(), 0))
        axes.axis("off")
        top = 0.15
        for i, (name, lane) in enumerate(LANES.items()):
            _draw_lane(axes, name, lane, top, style.FILL if i % 2 == 0 else style.CARD)
            top += _lane_height(lane)
        _draw_axis(axes, top)

    return picture(
        draw,
        f"A timeline from 1943 to 2017. Of {len(LANES['ideas'])} ideas, among them backpropagation (1986), the course "
        f"teaches {taught}; large data (ImageNet 2009), computing (CUDA 2007) and tools (TensorFlow 2015) came long "
        "after the first of them.",
        size=(8.2, _height()),
    )


def _lane_height(lane: tuple[Event, ...]) -> float:
    return 0.16 + _ROW * (1 + max(event.row + event.name.count("\n") for event in lane))


def _height() -> float:
    return 0.95 + sum(_lane_height(lane) for lane in LANES.values())


def _draw_lane(axes: Any, name: str, lane: tuple[Event, ...], top: float, color: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((0, top), 8.2, _lane_height(lane), facecolor=color, linewidth=0, zorder=0))
    axes.text(0.08, top + 0.08 + _ROW / 2, name, size=10, weight="bold", va="center")
    for event in lane:
        x, y = place(event.year), top + 0.08 + _ROW * (event.row + 0.5)
        face = style.VALUE if event.lesson else style.CARD
        look: dict[str, Any] = {"markerfacecolor": face, "markeredgecolor": style.VALUE, "markersize": 6}
        axes.plot([x], [y], "o", linestyle="", zorder=3, **look)
        lines = f"{event.year} {event.name}{f' [{event.lesson}]' if event.lesson else ''}".split("\n")
        shift, side = (0.09, "left") if event.side == "right" else (-0.09, "right")
        for i, line in enumerate(lines):
            axes.text(x + shift, y + i * 0.19, line, size=9, ha=side, va="center", zorder=4)


def _draw_axis(axes: Any, top: float) -> None:
    look: dict[str, Any] = {"color": style.INK, "linestyle": "-", "linewidth": 1.2, "marker": ""}
    axes.plot([place(1940), 8.15], [top + 0.1] * 2, **look)
    for year in _TICKS:
        axes.plot([place(year)] * 2, [top + 0.1, top + 0.17], **look)
        axes.text(place(year), top + 0.3, str(year), size=10, ha="center", va="center")
    x = place(_SCALE[1][0])
    for shift in (-0.04, 0.04):
        axes.plot([x + shift - 0.04, x + shift + 0.04], [top + 0.17, top + 0.03], **look)
    legend = "filled: taught in the lesson in brackets          //  from here on a year has six times the room"
    axes.text(0.08, top + 0.58, legend, size=10, va="center")
