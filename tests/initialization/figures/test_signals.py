"""The view of a signal through ten layers: sizes that follow from the scale, and gradients that are gradients."""

import numpy as np
import pytest

from dlcourse.initialization.figures import SignalThroughDepth
from dlcourse.initialization.figures.signals import (
    ACTIVATIONS,
    COMFORTABLE,
    EDGES,
    LAYERS,
    SCALES,
    SHOWN,
    fate,
    forward_and_back,
    unit_weights,
)
from tests.drawing.views import check_view

FORMULAS = {
    "linear": lambda z: z,
    "tanh": np.tanh,
    "relu": lambda z: np.where(z.real > 0, z, 0),
    "sigmoid": lambda z: 1 / (1 + np.exp(-z)),
}


def rms(activation, scale):
    return SignalThroughDepth().frame(activation=activation, scale=scale, show="activations")["rms"]


def ends(activation, scale):
    """Sizes at the ends of both ways: of the outputs in the last layer, of the gradient at the input."""
    found = rms(activation, scale)
    return found["activations"][-1], found["gradients"][0]


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(SignalThroughDepth())) == 18


@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize(("activation", "kept"), [("linear", 1.0), ("relu", 0.5)])
def test_without_an_activation_a_layer_keeps_the_square_of_the_scale_and_with_relu_half_of_it(activation, kept, scale):
    found = rms(activation, scale)
    line = (kept * scale**2) ** (np.arange(LAYERS + 1) / 2)
    np.testing.assert_allclose(found["activations"] / line, 1, atol=0.25)
    np.testing.assert_allclose(found["gradients"][::-1] / line, 1, atol=0.25)


def test_relu_fades_on_both_ways_at_scale_one_and_stays_comfortable_at_the_root_of_two():
    assert [fate(size) for size in ends("relu", 1)] == ["vanishing", "vanishing"]
    assert [fate(size) for size in ends("relu", np.sqrt(2))] == ["comfortable", "comfortable"]
    assert [fate(size) for size in ends("relu", 2)] == ["exploding", "exploding"]


@pytest.mark.parametrize("scale", SCALES)
def test_the_outputs_of_sigmoids_look_healthy_at_every_scale_and_their_gradients_vanish(scale):
    found = rms("sigmoid", scale)
    assert (found["activations"] > 0.4).all() and (found["activations"] <= 1.01).all()
    assert found["gradients"][0] < COMFORTABLE[0] / 5


def test_the_old_heuristic_loses_a_third_of_the_square_in_each_linear_layer_and_more_with_tanh():
    linear, tanh = (rms(activation, 1 / np.sqrt(3))["activations"][-1] for activation in ("linear", "tanh"))
    assert linear == pytest.approx(3.0**-5, rel=0.25)
    assert tanh < 0.9 * linear


def test_tanh_with_scale_one_shrinks_slowly_and_with_a_large_one_its_gradient_explodes():
    out, back = ends("tanh", 1)
    assert fate(out) == fate(back) == "comfortable" and out < 0.4
    out, back = ends("tanh", 4)
    assert fate(out) == "comfortable" and fate(back) == "exploding"


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_the_gradient_is_that_of_the_last_outputs_with_respect_to_the_input(activation):
    way = forward_and_back(activation, 1.5, draw=0)
    x, direction = way["activations"][0], np.random.default_rng(1).standard_normal(way["activations"][0].shape)
    z = x + 1e-30j * direction
    for W in unit_weights(0):
        z = FORMULAS[activation](1.5 * z @ W)
    np.testing.assert_allclose(z.real, way["activations"][-1], rtol=1e-9, atol=1e-12)
    along = (z.imag / 1e-30 * way["gradients"][-1]).sum()
    assert (way["gradients"][0] * direction).sum() == pytest.approx(along, rel=1e-9)


@pytest.mark.parametrize("show", ["activations", "gradients"])
def test_the_bars_hold_all_numbers_and_the_outermost_what_lies_beyond(show):
    for activation in ACTIVATIONS:
        shares = SignalThroughDepth().frame(activation=activation, scale=2, show=show)["shares"]
        assert shares.shape == (len(SHOWN), len(EDGES) - 1)
        np.testing.assert_allclose(shares.sum(axis=1), 1)
    exploded = SignalThroughDepth().frame(activation="linear", scale=4, show=show)["shares"]
    layer = {"activations": -1, "gradients": 0}[show]
    assert exploded[layer, [0, -1]].sum() > 0.99


def test_the_bars_of_a_layer_are_spread_as_its_outputs_are():
    middles = (EDGES[:-1] + EDGES[1:]) / 2
    frame = SignalThroughDepth().frame(activation="tanh", scale=1, show="activations")
    by_bars = np.sqrt((frame["shares"] * middles**2).sum(axis=1))
    np.testing.assert_allclose(by_bars, frame["rms"]["activations"][list(SHOWN)], rtol=0.1)
    relu = SignalThroughDepth().frame(activation="relu", scale=1, show="activations")["shares"]
    assert relu[:, middles < -0.2].sum() == 0 and (relu[:, len(middles) // 2] > 0.5).all()


def test_the_knob_of_the_scale_says_what_it_is_divided_by_in_its_values():
    knob = next(control for control in SignalThroughDepth().controls if control.name == "scale")
    assert knob.label == "scale"
    assert [knob.text(value) for value in (1, np.sqrt(2))] == ["1.00 / √n", "1.41 / √n"]


def test_the_caption_puts_what_is_shown_first():
    view = SignalThroughDepth()
    captions = [
        view.describe(view.frame(activation="relu", scale=1, show=show)) for show in ("activations", "gradients")
    ]
    assert captions[0].startswith("relu, weight scale 1.00: the outputs go from RMS 1 at the input to 0.0")
    assert captions[1].startswith("relu, weight scale 1.00: the gradient goes from RMS 1 in layer 10 back to 0.0")
    assert all(caption.count("(vanishing)") == 2 for caption in captions)
