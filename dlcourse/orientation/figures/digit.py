"""Draw a digit: a trained network reads it, every layer in sight."""

from __future__ import annotations

import functools
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from dlcourse.activations import relu
from dlcourse.data import digits
from dlcourse.drawing import OpenView, Touch, style
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import cross_entropy
from dlcourse.optimizers import SGD
from dlcourse.orientation.figures.strokes import example_digit, image_of
from dlcourse.training import batches

LEARNED_FROM = 1400  # of the 1,797 images; the others are left to test the network on
EPOCHS = 30
RATE = 0.5
BATCH = 48
HIDDEN = 32
FIRST_EXAMPLE = 3
SURE = 0.9
PARTS = 5  # of a digit, in the recorded session
RECORDED = (2, 4, 5, 7, 8)


@functools.cache
def digit_reader(*, seed: int = 0) -> Sequential:
    """Return a network 64-32-10 that reads digits of 8 by 8 pixels, trained here and now in about a second.

    It has learned from the first 1,400 images of `dlcourse.data.digits` alone, moved, stretched and slanted anew in
    each of 30 epochs, so that other hands than those of the data are read, too.

    Parameters
    ----------
    seed : int
        Of the first weights and of everything else that chance decides. The same seed gives the same network, and
        within a process the very same object.

    Examples
    --------
    >>> network = digit_reader()
    >>> sum(parameter.data.size for parameter in network.parameters())
    2410
    """
    X, y = (part[:LEARNED_FROM] for part in digits())
    images = X.reshape(-1, 8, 8)
    rng = np.random.default_rng(seed)
    network = Sequential(Linear(64, HIDDEN, rng=rng), relu, Linear(HIDDEN, 10, rng=rng))
    steps = EPOCHS * -(-len(X) // BATCH)
    optimizer = SGD(network.parameters(), learning_rate=lambda t: RATE * (1 - t / steps))
    for _ in range(EPOCHS):
        for x, labels in batches(varied(images, rng=rng).reshape(-1, 64), y, BATCH, rng=rng):
            cross_entropy(network(x), labels=labels).backward()
            optimizer.step()
    return network


def varied(images: np.ndarray, *, rng: np.random.Generator) -> np.ndarray:
    """Return each image moved, stretched and slanted a little, as another hand might have written it.

    Parameters
    ----------
    images : array (n, 8, 8)
    rng : numpy.random.Generator

    Returns
    -------
    float32 array (n, 8, 8)
    """

    def up_to(most: float) -> np.ndarray:
        return rng.uniform(-most, most, (len(images), 1, 1))

    down, across = np.indices((8, 8)) - 3.5
    tall = 1 + up_to(0.1)
    y = tall * down + up_to(0.6) + 3.5  # where in the given image each pixel of the new one lies
    x = tall * (1 + up_to(0.35)) * (across + up_to(0.4) * down) + up_to(0.6) + 3.5
    x, y = np.clip(x, -1, 8), np.clip(y, -1, 8)
    left, top = np.floor(x).astype(int), np.floor(y).astype(int)
    right, low = x - left, y - top  # between four pixels, the nearer ones count more
    padded = np.pad(images, ((0, 0), (1, 2), (1, 2)))
    n = np.arange(len(images))[:, None, None]
    upper = (1 - right) * padded[n, top + 1, left + 1] + right * padded[n, top + 1, left + 2]
    lower = (1 - right) * padded[n, top + 2, left + 1] + right * padded[n, top + 2, left + 2]
    return ((1 - low) * upper + low * lower).astype(np.float32)


def read(image: np.ndarray, network: Sequential) -> tuple[np.ndarray, np.ndarray]:
    """Return what the hidden units (32,) answer to an image (8, 8), and the ten outputs as shares that sum to 1."""
    first, squash, last = network.layers
    hidden = squash(first(image.reshape(1, 64)))
    scores = last(hidden).data[0]
    shares = np.exp(scores - scores.max())
    return hidden.data[0], shares / shares.sum()


class DrawADigit(OpenView):
    """A pad to draw a digit on, and what the network makes of it: the 8 by 8 image, 32 hidden units, ten outputs.

    The network (`digit_reader`) has learned from the handwritten digits of `dlcourse.data.digits`: the test part of
    "Optical recognition of handwritten digits" by Alpaydin and Kaynak (1998), UCI machine learning repository,
    CC BY 4.0. What is drawn is made into an image as theirs were (`image_of`). It knows only what these data show:
    they hold no upright, open 4, and such a one is often taken for a 9.
    """

    size = (8.2, 3.9)
    title = "Draw a digit"
    gesture = "paint"
    at = (0.5, 0.5)
    buttons = ("Clear", "Another example")

    def start(self) -> Mapping[str, Any]:
        return _example(FIRST_EXAMPLE)

    def touched(self, touch: Touch, state: Mapping[str, Any]) -> Mapping[str, Any]:
        if touch.axes != 0:
            return {}
        # The example is not the learner's: it makes room for the first stroke.
        strokes = state["strokes"] if state["example"] is None else ()
        place = (touch.x, touch.y)
        if touch.first or not strokes:
            return {"strokes": (*strokes, (place,)), "example": None}
        return {"strokes": (*strokes[:-1], (*strokes[-1], place)), "example": None}

    def pressed(self, button: str, state: Mapping[str, Any]) -> Mapping[str, Any]:
        if button == "Clear":
            return {"strokes": (), "example": None}
        return _example(FIRST_EXAMPLE if state["example"] is None else (state["example"] + 1) % 10)

    def session(self) -> Sequence[tuple[str, Mapping[str, Any]]]:
        moments = [(f"a {FIRST_EXAMPLE}", self.state())]
        for digit in RECORDED:
            for part in range(1, PARTS + 1):
                drawn = _beginning(_example(digit)["strokes"], part / PARTS)
                moments.append((f"a {digit}, {part} of {PARTS}", self.state(strokes=drawn, example=None)))
        return moments

    def frame(self, *, strokes: Sequence[Sequence[tuple[float, float]]], example: int | None = None) -> dict[str, Any]:
        image = image_of(strokes)
        empty = not any(strokes)
        hidden, outputs = (np.zeros(HIDDEN), np.zeros(10)) if empty else read(image, digit_reader())
        return {"strokes": strokes, "empty": empty, "image": image, "hidden": hidden, "outputs": outputs}

    def build(self, fig: Any) -> None:
        pad = fig.add_axes(_place(0.12, 0.22, 3.46, 3.46))
        pad.set(xlim=(0, 1), ylim=(0, 1), xticks=[], yticks=[])
        for spine in pad.spines.values():
            spine.set_visible(True)
        look = {"color": style.INK, "linewidth": 11, "solid_capstyle": "round", "solid_joinstyle": "round"}
        (self._strokes,) = pad.plot([], [], marker="", linestyle="-", **look)
        (self._dots,) = pad.plot([], [], marker="o", linestyle="", markersize=11, color=style.INK, markeredgewidth=0)
        self._hint = pad.text(0.5, 0.5, "Draw a digit", ha="center", va="center", fontsize=18, color=style.MUTED)
        self._image = _cells(fig.add_axes(_place(3.89, 1.3, 1.3, 1.3)), np.zeros((8, 8)), "gray_r", 1)
        self._hidden = _cells(fig.add_axes(_place(5.4, 1.3, 0.65, 1.3)), np.zeros((8, 4)), "Blues", 3)
        self._build_outputs(fig.add_axes(_place(6.4, 0.55, 1.1, 2.8)))
        self._winner = fig.text(7.87 / 8.2, 0.5, "", ha="center", va="center", fontsize=46, color=style.VALUE)
        across, up = self.size
        for x, y, text in [(4.54, 2.72, "8 × 8 image"), (5.725, 2.72, "32 hidden\nunits"), (6.95, 3.42, "10 outputs")]:
            fig.text(x / across, y / up, text, ha="center", va="bottom", fontsize=10)
        for x in (3.735, 5.295, 6.15):
            fig.text(x / across, 0.5, "→", ha="center", va="center", fontsize=13, color=style.WIRE)

    def _build_outputs(self, axes: Any) -> None:
        axes.set(xlim=(0, 1), ylim=(9.5, -0.5), xticks=(0, 1), yticks=range(10))
        axes.tick_params(length=0)
        self._bars = list(axes.barh(range(10), np.zeros(10), height=0.72))

    def moving(self) -> Sequence[Any]:
        return [self._strokes, self._dots, self._hint, self._image, self._hidden, *self._bars, self._winner]

    def update(self, frame: Mapping[str, Any]) -> None:
        gap = [(np.nan, np.nan)]
        points = np.array([place for stroke in frame["strokes"] for place in (*stroke, *gap)]).reshape(-1, 2)
        self._strokes.set_data(*points.T)
        self._dots.set_data(*np.array([s[0] for s in frame["strokes"] if len(s) == 1]).reshape(-1, 2).T)
        self._hint.set_visible(frame["empty"])
        self._image.set_data(frame["image"])
        self._hidden.set_data(frame["hidden"].reshape(8, 4))
        winner = int(frame["outputs"].argmax())
        for digit, (bar, share) in enumerate(zip(self._bars, frame["outputs"], strict=True)):
            bar.set_width(share)
            bar.set_color(style.VALUE if digit == winner else style.MUTED)
        self._winner.set_text("" if frame["empty"] else str(winner))

    def describe(self, frame: Mapping[str, Any]) -> str:
        if frame["empty"]:
            return "Draw a digit, 0 to 9, on the empty pad: the network then reads it."
        first, second = (int(digit) for digit in np.argsort(-frame["outputs"])[:2])
        way = "From 8 by 8 pixels through 32 hidden units to 10 outputs, the network"
        if frame["outputs"][first] > SURE:
            return (
                f"{way} reads {'an' if first == 8 else 'a'} {first}, with over {100 * SURE:.0f} % of the output on it."
            )
        shares = [f"{digit} gets {100 * frame['outputs'][digit]:.0f} %" for digit in (first, second)]
        return f"{way} is not sure what it reads: {shares[0]}, {shares[1]} of the output."


def _place(left: float, bottom: float, width: float, height: float) -> tuple[float, float, float, float]:
    across, up = DrawADigit.size
    return left / across, bottom / up, width / across, height / up


def _cells(axes: Any, values: np.ndarray, colours: str, most: float) -> Any:
    """Squares whose shade shows numbers from 0 to `most`."""
    rows, columns = values.shape
    axes.set(xticks=[], yticks=[])
    for spine in axes.spines.values():
        spine.set_visible(True)
    return axes.imshow(values, cmap=colours, vmin=0, vmax=most, extent=(0, columns, rows, 0), aspect="auto")


def _example(digit: int) -> dict[str, Any]:
    return {"strokes": tuple(tuple(stroke) for stroke in example_digit(digit)), "example": digit}


def _beginning(strokes: Sequence[Sequence[tuple[float, float]]], part: float) -> tuple:
    """The first part of the points of a drawing, in the order in which the pen passed them."""
    left = round(part * sum(len(stroke) for stroke in strokes))
    kept = []
    for stroke in strokes:
        if left > 0:
            kept.append(tuple(stroke[:left]))
        left -= len(stroke)
    return tuple(kept)
