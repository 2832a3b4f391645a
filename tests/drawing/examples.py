"""Graphs that lessons draw, and what can be read off a picture of one."""

from collections import Counter

import numpy as np
from matplotlib.colors import to_hex
from matplotlib.patches import PathPatch
from matplotlib.path import Path as Curve
from matplotlib.text import Text

from dlcourse.activations import sigmoid
from dlcourse.autodiff import Tensor, exp, log
from dlcourse.drawing import draw_graph, style
from dlcourse.losses import cross_entropy


def leaves(**values):
    return {name: Tensor(value) for name, value in values.items()}


def product_of_a_sum(**look):
    names = leaves(x=-2.0, y=5.0, z=-4.0)
    q = names["x"] + names["y"]
    f = q * names["z"]
    return draw_graph(f, names=names | {"q": q, "f": f}, **look)


def sharing():
    names = leaves(x=3.0, y=-4.0)
    x, y = names.values()
    s = x + y
    return draw_graph(x**2 + x * y + s**2, names=names | {"s": s})


def without_sharing():
    names = leaves(x=3.0, y=-4.0)
    x, y = names.values()
    return draw_graph(x**2 + x * y + (x + y) * (x + y), names=names)


def logistic_neuron():
    names = leaves(w0=-3.0, w1=2.0, x1=-1.0, w2=-3.0, x2=-2.0)
    w0, w1, x1, w2, x2 = names.values()
    loss = -log(1 / (exp((w0 + w1 * x1 + w2 * x2) * -1) + 1))
    return draw_graph(loss, names=names | {"L": loss})


def two_layers():
    names = leaves(x1=1.0, x2=2.0, w11=1.5, w21=1.5, w12=1.0, w22=0.5, v1=3.0, v2=-3.5)
    x1, x2, w11, w21, w12, w22, v1, v2 = names.values()
    h1, h2 = sigmoid(x1 * w11 + x2 * w21), sigmoid(x1 * w12 + x2 * w22)
    y_hat = sigmoid(h1 * v1 + h2 * v2)
    return draw_graph(-log(y_hat), names=names | {"h1": h1, "h2": h2, "ŷ": y_hat})


def linear_layer():
    rng = np.random.default_rng(0)
    names = leaves(x=rng.normal(size=(32, 64)), W=rng.normal(size=(64, 10)), b=np.zeros(10))
    loss = cross_entropy(names["x"] @ names["W"] + names["b"], labels=np.arange(32) % 10)
    return draw_graph(loss, names=names | {"L": loss})


def small_arrays():
    names = leaves(W=[[1.0, 2.0], [3.0, -4.0]], b=[0.5, -0.25])
    error = np.array([[1.0, -1.0]]) @ names["W"] + names["b"] - np.array([[1.0, 0.0]])
    return draw_graph((error**2).sum(), names=names)


def long_chain():
    x = h = Tensor(3.0)
    for _ in range(12):
        h = sigmoid(h * 1.5)
    return draw_graph(h, names={"x": x})


def unrolled():
    w, u, h = Tensor(0.9), Tensor(0.5), Tensor(0.0)
    for t in range(4):
        h = sigmoid(w * h + u * float(t + 1))
    return draw_graph(h, names={"w": w, "u": u})


def random_graph(seed, n_gates):
    """A graph without any order: deep, with sharing, gates used far away, constants on both sides."""
    rng = np.random.default_rng(seed)
    names = {f"x{i}": Tensor(float(x)) for i, x in enumerate(rng.normal(size=2 + n_gates // 4))}
    pool, unused = list(names.values()), set(range(len(names)))

    def pick():
        i = int(rng.integers(max(0, len(pool) - 8), len(pool)))
        unused.discard(i)
        return pool[i]

    kinds = [
        lambda: pick() + pick(),
        lambda: pick() * pick(),
        lambda: pick() - pick(),
        lambda: sigmoid(pick()),
        lambda: pick() * 2.0,
        lambda: 1.0 - pick(),
    ]
    for _ in range(n_gates):
        pool.append(kinds[int(rng.integers(len(kinds)))]())
        unused.add(len(pool) - 1)
    result = pool[-1]
    for i in sorted(unused - {len(pool) - 1}):
        result = result + pool[i]
    return draw_graph(result, names=names)


EXAMPLES = [
    product_of_a_sum,
    sharing,
    without_sharing,
    logistic_neuron,
    two_layers,
    linear_layer,
    small_arrays,
    long_chain,
    unrolled,
]


def texts(picture, colour=None):
    """All texts of a figure, or those of one colour, with how often each stands there."""
    found = [t for t in picture.figure.findobj(Text) if t.get_text()]
    return Counter(t.get_text() for t in found if colour is None or to_hex(t.get_color()).upper() == colour)


def numbers_at(picture, name):
    """Value and gradient on the wire that begins at the name of a leaf."""
    found = picture.figure.axes[0].texts
    (at,) = [t for t in found if t.get_text() == name]
    x, y = at.get_position()
    row = [t for t in found if t.get_position()[0] > x and abs(t.get_position()[1] - y) < 14]
    nearest = [
        min((t for t in row if to_hex(t.get_color()).upper() == colour), key=lambda t: t.get_position()[0])
        for colour in (style.VALUE, style.GRADIENT)
    ]
    above, below = nearest
    assert above.get_position()[1] < y < below.get_position()[1]
    return tuple(t.get_text() for t in nearest)


def points_on_wires(picture):
    """Points in pixels, from the upper left corner, on every wire of a graph."""
    ts = np.linspace(0, 1, 60)[:, None]
    for patch in picture.figure.axes[0].patches:
        if isinstance(patch, PathPatch):
            at = np.zeros(2)
            for ends, code in patch.get_path().iter_segments(simplify=False):
                p = ends.reshape(-1, 2)
                if code == Curve.LINETO:
                    yield from (at + (p[0] - at) * ts) * style.DPI / 72
                elif code == Curve.CURVE4:
                    bend = (1 - ts) ** 3 * at + 3 * (1 - ts) ** 2 * ts * p[0] + 3 * (1 - ts) * ts**2 * p[1]
                    yield from (bend + ts**3 * p[2]) * style.DPI / 72
                at = p[-1]
