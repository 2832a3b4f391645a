"""A view of what the layers of a deep sigmoid network get, epoch by epoch, with and without batch norm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any, NamedTuple

import numpy as np

from dlcourse.activations import sigmoid
from dlcourse.data import digits
from dlcourse.drawing import Control, View, style
from dlcourse.layers import Linear, Sequential
from dlcourse.losses import cross_entropy
from dlcourse.normalization import BatchNorm, batch_norm
from dlcourse.normalization.figures.bars import heights, histogram, two
from dlcourse.normalization.figures.distributions import FLAT
from dlcourse.optimizers import SGD
from dlcourse.training import batches, split

EPOCHS, WIDTH, RATE = 5, 64, 0.1
LAYERS = (1, 3, 5, 8)
EDGES = np.arange(-5.125, 5.25, 0.25)
GAIN = 5.0  # keeps the size of the signals: the slope of a sigmoid is 1/4 in the middle, and less to the sides
NETWORKS = ("plain", "tuned start", "batch norm")
NAMES = {
    "plain": "Without batch norm",
    "tuned start": "Without batch norm, from weights made for sigmoids",
    "batch norm": "With batch norm",
}


class History(NamedTuple):
    """What the layers of `LAYERS` got for the unseen images, before the first epoch and after each."""

    typical: np.ndarray  # (epochs + 1, layers, images): the unit that moves as much as half of its layer do in the end
    spread: np.ndarray  # (epochs + 1, layers): standard deviation from image to image, mean over the units
    moved: np.ndarray  # (epochs + 1, layers): how far the means of the units are from the first ones, mean over them
    saturated: np.ndarray  # (epochs + 1,): share of all sums
    accuracy: np.ndarray  # (epochs + 1,)


@lru_cache
def histories() -> dict[str, History]:
    """Train the three networks on the digits, once."""
    return {name: _trained(name) for name in NETWORKS}


def build_network(name: str, rng: np.random.Generator) -> Sequential:
    """Eight sigmoid layers and an output layer, as one of `NETWORKS`."""
    layers: list[Any] = []
    for _ in range(8):
        linear = Linear(64 if not layers else WIDTH, WIDTH, rng=rng)
        if name == "tuned start":
            W = linear.W.data * np.float32(GAIN / np.sqrt(2))  # from the gain of ReLU
            linear.load_state({"W": W, "b": -W.sum(axis=0) / 2})  # the inputs of a layer lie about 1/2
        layers += [linear, *([BatchNorm(WIDTH)] if name == "batch norm" else []), sigmoid]
    return Sequential(*layers, Linear(WIDTH, 10, rng=rng))


def sums_of(net: Sequential, x: np.ndarray) -> np.ndarray:
    """Return what each sigmoid gets (layers, images, units) in training, by the statistics of these images.

    It changes nothing in the net, whose layers would track them.
    """
    found = []
    for layer in net.layers:
        if layer is sigmoid:
            found.append(x)
        if isinstance(layer, BatchNorm):
            x = batch_norm(x, layer.gamma.data, layer.beta.data)
        elif isinstance(layer, Linear):
            x = layer(x).data
        else:
            x = layer(x)
    return np.stack(found)


def accuracy_in_use(net: Sequential, x: np.ndarray, labels: np.ndarray) -> float:
    """Return the share of right answers by the tracked statistics; the net is in training mode before and after."""
    net.eval()
    output = net(x).data
    net.train()
    return float((output.argmax(axis=1) == labels).mean())


def _trained(name: str) -> History:
    data = split(*digits(), fractions=(0.8, 0.2, 0), rng=np.random.default_rng(0))
    (X, y), (unseen, labels_unseen) = data.train, data.dev
    net = build_network(name, np.random.default_rng(0))
    optimizer, rng = SGD(net.parameters(), learning_rate=RATE), np.random.default_rng(0)
    sums, accuracy = [], []
    for epoch in range(EPOCHS + 1):
        for images, labels in batches(X, y, 50, rng=rng) if epoch else ():
            cross_entropy(net(images), labels=labels).backward()
            optimizer.step()
        sums.append(sums_of(net, unseen)[[layer - 1 for layer in LAYERS]])
        accuracy.append(accuracy_in_use(net, unseen, labels_unseen))
    return summary(np.stack(sums), np.array(accuracy))


def summary(sums: np.ndarray, accuracy: np.ndarray) -> History:
    """Boil the sums of all units (epochs + 1, layers, images, units) down to what is shown."""
    moved = np.abs(sums.mean(axis=2) - sums[0].mean(axis=1))
    half = moved[-1].argsort(axis=1)[:, WIDTH // 2]
    typical = np.take_along_axis(sums, half[None, :, None, None], axis=3)[..., 0]
    slopes = sigmoid(sums) * (1 - sigmoid(sums))
    return History(
        typical=typical,
        spread=sums.std(axis=2).mean(axis=2),
        moved=moved.mean(axis=2),
        saturated=(slopes < FLAT).mean(axis=(1, 2, 3)),
        accuracy=accuracy,
    )


class LayerHistograms(View):
    """What a unit of layers 1, 3, 5 and 8 gets for different images, and how well the network does.

    The histograms show the layers as they are in training: batch norm normalizes by the statistics of the images
    shown, so that there only β moves a mean. The accuracy is that in use, by the tracked statistics.
    """

    size = (8.2, 4.4)
    title = "What the layers get while the network learns"
    controls = (
        Control("network", NETWORKS, "tuned start"),
        Control("epoch", range(EPOCHS + 1), EPOCHS),
    )

    def frame(self, *, network: str, epoch: int) -> dict[str, Any]:
        history = histories()[network]
        return {
            "network": network,
            "epoch": epoch,
            "now": history.typical[epoch].copy(),
            "start": history.typical[0].copy(),
            "spread": history.spread[epoch].copy(),
            "moved": history.moved[epoch].copy(),
            "saturated": float(history.saturated[epoch]),
            "accuracy": history.accuracy[: epoch + 1].copy(),
        }

    def build(self, fig: Any) -> None:
        histories()  # trains here, and not when a knob is turned
        self._now, self._start, self._numbers = [], [], []
        for i, layer in enumerate(LAYERS):
            left, bottom = 0.045 + 0.305 * (i % 2), (0.555, 0.12)[i // 2]
            axes = fig.add_axes((left, bottom, 0.275, 0.33))
            axes.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0, 1.5), yticks=[], xticks=range(-4, 5, 2))
            axes.text(-4.9, 1.44, f"layer {layer}", va="top")
            self._now.append(histogram(axes, EDGES, label="this epoch"))
            look = {"fill": False, "edgecolor": style.INK, "linestyle": "--", "linewidth": 1.2, "zorder": 3}
            self._start.append(histogram(axes, EDGES, label="epoch 0", **look))
            self._numbers.append(axes.text(5.1, 1.44, "", size=9, ha="right", va="top"))
            if i >= 2:
                axes.set_xlabel("weighted sum of a typical unit")
                axes.xaxis.labelpad = 1
        fig.legend(
            handles=[self._now[0], self._start[0]], loc="upper left", bbox_to_anchor=(0.03, 1.0), ncols=2,
            columnspacing=1.2, handlelength=1.5, handletextpad=0.5, borderpad=0.2,
        )  # fmt: skip
        fig.text(
            0.625, 0.963, "moved, spread: means over the units", size=9, color=style.MUTED, ha="right", va="center"
        )
        right = fig.add_axes((0.725, 0.12, 0.26, 0.765))
        right.set(xlim=(-0.2, EPOCHS + 0.2), ylim=(0, 1), xlabel="epoch", ylabel="accuracy in use, unseen images")
        right.xaxis.labelpad, right.yaxis.labelpad = 1, 2
        right.axhline(0.1, color=style.WIRE, linestyle=":", linewidth=1.2, marker="")
        right.text(EPOCHS + 0.1, 0.03, "guessing", size=10, color=style.MUTED, ha="right", va="center")
        (self._score,) = right.plot([], [], "o-", color=style.VALUE, clip_on=False)

    def moving(self) -> list[Any]:
        return [*self._now, *self._start, *self._numbers, self._score]

    def update(self, frame: Mapping[str, Any]) -> None:
        for i, (now, start) in enumerate(zip(frame["now"], frame["start"], strict=True)):
            self._now[i].set_data(heights(now, EDGES))
            self._start[i].set_data(heights(start, EDGES))
            self._numbers[i].set_text(f"moved {two(frame['moved'][i])}\nspread {_short(frame['spread'][i])}")
        self._score.set_data(np.arange(len(frame["accuracy"])), frame["accuracy"])

    def describe(self, frame: Mapping[str, Any]) -> str:
        return (
            f"{NAMES[frame['network']]}, epoch {frame['epoch']}: from image to image the sums of layer 8 spread by "
            f"{_short(frame['spread'][-1])} (standard deviation), their means moved by {two(frame['moved'][-1])} since "
            f"epoch 0; saturated {frame['saturated']:.1%}, accuracy {two(frame['accuracy'][-1])}."
        )


def _short(number: float) -> str:
    return two(number) if number >= 0.01 else f"{number:.4f}"
