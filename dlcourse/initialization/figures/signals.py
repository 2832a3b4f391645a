"""A view of what ten layers do to a signal on its way forward and to a gradient on its way back."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

import numpy as np

from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.drawing import Control, View, style
from dlcourse.initialization import lecun_normal
from dlcourse.initialization.figures.numbers import power_of_ten

LAYERS, WIDTH, EXAMPLES, DRAWS = 10, 128, 64, 6
SHOWN = (1, 3, 5, 10)
ACTIVATIONS = {"linear": None, "tanh": tanh, "relu": relu, "sigmoid": sigmoid}
SCALES = (0.5, 1 / np.sqrt(3), 1, np.sqrt(2), 2, 4)
EDGES = np.linspace(-3.1, 3.1, 32)
COMFORTABLE = (0.1, 10.0)
COLOURS = {"activations": style.VALUE, "gradients": style.GRADIENT}


class Signals(NamedTuple):
    """What was found in the layers, for each way: over all draws together, or as a mean over them."""

    shares: dict[str, np.ndarray]  # (layers shown, bins): share of the numbers in each bin, the outermost hold the rest
    rms: dict[str, np.ndarray]  # (layers + 1,): geometric mean over the draws


@cache
def unit_weights(draw: int) -> tuple[np.ndarray, ...]:
    """Weights of scale 1, a matrix for each layer."""
    rng = np.random.default_rng(draw)
    return tuple(lecun_normal((WIDTH, WIDTH), rng=rng, dtype=np.float64) for _ in range(LAYERS))


def forward_and_back(activation: str, scale: float, draw: int) -> dict[str, np.ndarray]:
    """Send standard normal numbers through the layers, and others back: (layers + 1, examples, units) for each way."""
    f, rng = ACTIVATIONS[activation], np.random.default_rng(1000 + draw)
    xs, ways = [rng.standard_normal((EXAMPLES, WIDTH))], []
    for W in unit_weights(draw):
        x, back = f.vjp(scale * xs[-1] @ W) if f else (scale * xs[-1] @ W, np.asarray)
        xs.append(x)
        ways.append(back)
    dxs = [rng.standard_normal((EXAMPLES, WIDTH))]
    for W, back in zip(reversed(unit_weights(draw)), reversed(ways), strict=True):
        dxs.append(scale * back(dxs[-1]) @ W.T)
    return {"activations": np.stack(xs), "gradients": np.stack(dxs[::-1])}


@cache
def signals(activation: str, scale: float) -> Signals:
    """Run a network of every draw, once."""
    runs = [forward_and_back(activation, scale, draw) for draw in range(DRAWS)]
    shares, rms = {}, {}
    for way in COLOURS:
        numbers = np.stack([run[way] for run in runs])  # (draws, layers + 1, examples, units)
        rms[way] = np.exp(0.5 * np.log((numbers**2).mean(axis=(2, 3))).mean(axis=0))
        inside = np.clip(numbers[:, SHOWN].swapaxes(0, 1), EDGES[0], EDGES[-1])
        shares[way] = np.stack([np.histogram(layer, EDGES)[0] / layer.size for layer in inside])
    return Signals(shares, rms)


class SignalThroughDepth(View):
    """How the numbers of four layers are spread, and how large those of all layers are, on both ways."""

    size = (8.2, 4.0)
    title = "A signal through ten layers, and a gradient back"
    controls = (
        Control("activation", tuple(ACTIVATIONS), "relu"),
        Control("scale", SCALES, 1, format="{:.2f} / √n"),
        Control("show", tuple(COLOURS), "activations"),
    )
    grid = {"scale": (1 / np.sqrt(3), 1, np.sqrt(2), 2)}

    def frame(self, *, activation: str, scale: float, show: str) -> dict[str, Any]:
        found = signals(activation, scale)
        return {
            "activation": activation,
            "scale": scale,
            "show": show,
            "shares": found.shares[show].copy(),
            "rms": {way: rms.copy() for way, rms in found.rms.items()},
        }

    def build(self, fig: Any) -> None:
        self._bars, self._sizes = [], []
        for i, layer in enumerate(SHOWN):
            axes = fig.add_axes((0.06, 0.71 - 0.19 * i, 0.40, 0.17))
            axes.set(xlim=(EDGES[0], EDGES[-1]), ylim=(0, 0.26), yticks=[])
            axes.set_xticks(range(-3, 4), ["≤ −3", "−2", "−1", "0", "1", "2", "≥ 3"])
            axes.tick_params(labelbottom=layer == SHOWN[-1])
            axes.text(0.05, 0.70, f"layer {layer}", transform=axes.transAxes)
            self._bars.append(axes.stairs(np.zeros(len(EDGES) - 1), EDGES, fill=True, facecolor=style.VALUE))
            self._sizes.append(axes.text(0.95, 0.70, "", transform=axes.transAxes, ha="right"))
        fig.text(0.025, 0.51, "share of the numbers, cut at ¼", rotation=90, va="center", size=10)
        self._head = fig.text(0.06, 0.92, "")
        axes = fig.add_axes((0.57, 0.14, 0.41, 0.74))
        axes.set(xlim=(-0.4, LAYERS + 0.4), ylim=(1e-10, 1e8), yscale="log", xlabel="layer (0 is the input)")
        axes.set_xticks(range(LAYERS + 1))
        axes.set_yticks([10.0**e for e in range(-10, 9, 2)], [power_of_ten(e) for e in range(-10, 9, 2)])
        axes.minorticks_off()
        axes.set_ylabel("RMS: root of the mean square")
        axes.xaxis.labelpad, axes.yaxis.labelpad = 1, 0
        axes.axhspan(*COMFORTABLE, facecolor=style.FILL, linewidth=0, zorder=0)
        for edge in COMFORTABLE:
            axes.axhline(edge, color=style.MUTED, linestyle="--", linewidth=1, marker="")
        looks: dict[str, dict[str, Any]] = {
            "activations": {"linestyle": "-", "marker": "o", "label": "outputs →"},
            "gradients": {"linestyle": "--", "marker": "s", "label": "← gradients"},
        }
        self._curves = {way: axes.plot([], [], color=COLOURS[way], **look)[0] for way, look in looks.items()}
        axes.legend(
            handles=[*self._curves.values()], loc="lower left", bbox_to_anchor=(-0.03, 0.99), ncols=2,
            columnspacing=1.2, handlelength=2.2, borderpad=0.2,
        )  # fmt: skip

    def moving(self) -> list[Any]:
        return [*self._bars, *self._sizes, self._head, *self._curves.values()]

    def update(self, frame: Mapping[str, Any]) -> None:
        show = frame["show"]
        for bars, text, shares, layer in zip(self._bars, self._sizes, frame["shares"], SHOWN, strict=True):
            bars.set_data(shares)
            bars.set_facecolor(COLOURS[show])
            text.set_text(f"RMS {short(frame['rms'][show][layer])}")
        self._head.set_text("Outputs of four layers" if show == "activations" else "Gradients at four layers")
        for way, curve in self._curves.items():
            curve.set_data(np.arange(LAYERS + 1), frame["rms"][way])
            curve.set(linewidth=2.5 if way == show else 1, markersize=6 if way == show else 4)
            curve.set_zorder(4 if way == show else 3)

    def describe(self, frame: Mapping[str, Any]) -> str:
        out, back = float(frame["rms"]["activations"][-1]), float(frame["rms"]["gradients"][0])
        parts = [
            f"the outputs go from RMS 1 at the input to {short(out)} in layer 10 ({fate(out)})",
            f"the gradient goes from RMS 1 in layer 10 back to {short(back)} at the input ({fate(back)})",
        ]
        first, second = parts if frame["show"] == "activations" else parts[::-1]
        return f"{frame['activation']}, weight scale {frame['scale']:.2f}: {first}; {second}."


def short(rms: float) -> str:
    """Two digits, as in 0.71, 4.0e-05 or 1.0e+06."""
    return f"{rms:.1e}" if rms < 1e-3 or rms >= 9.5e3 else f"{rms:.0f}" if rms >= 9.95 else f"{rms:#.2g}"


def fate(rms: float) -> str:
    """What has become of a signal that was of size 1."""
    low, high = COMFORTABLE
    return "vanishing" if rms < low else "exploding" if rms > high else "comfortable"
