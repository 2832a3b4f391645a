"""The view of the activations: values and slopes that are theirs."""

import math

import numpy as np
import pytest

from dlcourse.activations.figures import ActivationExplorer
from dlcourse.activations.figures.slopes import PLACES
from dlcourse.drawing.canvas import Canvas
from tests.drawing.views import check_view

NAMES = ActivationExplorer.controls[0].values
FORMULAS = {
    "sigmoid": lambda x, a: 1 / (1 + math.exp(-x)),
    "tanh": lambda x, a: (math.exp(x) - math.exp(-x)) / (math.exp(x) + math.exp(-x)),
    "relu": lambda x, a: x if x > 0 else 0.0,
    "leaky_relu": lambda x, a: x if x > 0 else a * x,
    "elu": lambda x, a: x if x > 0 else a * (math.exp(x) - 1),
    "softplus": lambda x, a: math.log(1 + math.exp(x)),
}


def seen(**state):
    view = ActivationExplorer()
    frame = view.frame(**view.state(**state))
    return frame, view.describe(frame)


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(ActivationExplorer())) == 27


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("x", [-6.0, -1.25, 0.5, 3.0])
def test_the_point_is_the_formula_and_its_slope_the_limit_of_small_steps(name, x):
    frame, _ = seen(name=name, x=x, alpha="0.5")
    f = FORMULAS[name]
    assert frame["value"] == pytest.approx(f(x, 0.5), abs=1e-12)
    assert frame["slope"] == pytest.approx((f(x + 1e-5, 0.5) - f(x - 1e-5, 0.5)) / 2e-5, abs=1e-8)


@pytest.mark.parametrize("name", NAMES)
def test_the_point_lies_on_both_curves(name):
    frame, _ = seen(name=name, x=-1.5)
    here = np.isclose(PLACES, -1.5)
    assert here.sum() == 1
    assert frame["curve"][here] == pytest.approx(frame["value"])
    assert frame["slopes"][here] == pytest.approx(frame["slope"])


def test_where_it_is_flat_the_slope_is_under_a_hundredth_and_beside_it_is_not():
    c_sigmoid, c_tanh = math.acosh((1 / 0.01 - 2) / 2), math.acosh(math.sqrt(1 / 0.01))
    for name, c in [("sigmoid", c_sigmoid), ("tanh", c_tanh)]:
        np.testing.assert_allclose(seen(name=name)[0]["flat"], [[-6, -c], [c, 6]], atol=0.005)
    np.testing.assert_allclose(seen(name="relu")[0]["flat"], [[-6, 0], [6, 6]], atol=0.005)
    np.testing.assert_allclose(seen(name="elu")[0]["flat"], [[-6, math.log(0.01)], [6, 6]], atol=0.005)
    assert seen(name="leaky_relu")[0]["flat"].tolist() == [[-6, -6], [6, 6]]  # 0.01 is not under 0.01


def test_the_two_states_to_visit_let_a_hundredth_and_nothing_through():
    frame, caption = seen(name="tanh", x=3)
    assert 0.009 < frame["slope"] < 0.01 and "tanh(3) is 0.995; its slope there is 0.00987, flat." in caption
    frame, caption = seen(name="relu", x=-1)
    assert frame["slope"] == 0 and "relu(-1) is 0; its slope there is 0, flat." in caption


def test_alpha_is_usually_that_of_the_package_and_changes_two_of_the_six():
    assert seen(name="leaky_relu", x=-1)[0]["slope"] == pytest.approx(0.01)
    assert seen(name="elu", x=0)[0]["slope"] == 1
    changed = {name for name in NAMES if len({seen(name=name, x=-1, alpha=a)[0]["value"] for a in ("0.5", "0.1")}) > 1}
    assert changed == {"leaky_relu", "elu"}


def test_where_alpha_means_nothing_the_caption_says_so():
    assert seen(name="tanh", x=3, alpha="0.5")[1].startswith("tanh(3) (alpha 0.5: not used) is 0.995;")
    assert "not used" not in seen(name="tanh")[1] + seen(name="elu", alpha="0.5")[1]


@pytest.mark.parametrize(
    ("name", "alpha", "slope"),
    [
        ("relu", "usual", 0),
        ("leaky_relu", "0.1", 0.1),
        ("elu", "0.5", 0.5),
        ("elu", "usual", None),
        ("tanh", "0.5", None),
    ],
)
def test_at_a_corner_the_slope_of_the_negative_side_is_drawn_full_and_the_other_hollow(name, alpha, slope):
    view = ActivationExplorer()
    canvas = Canvas(view)
    canvas.draw(view.state(name=name, alpha=alpha, x=0))
    hollow = canvas.view._gap.get_xydata().tolist()
    if slope is None:
        assert hollow == [] and "corner" not in canvas.alt
    else:
        assert hollow == [[0, 1]] and f"at its corner the course takes the slope {slope:g}" in canvas.alt


@pytest.mark.parametrize("name", NAMES)
def test_the_caption_gives_the_range_that_the_function_keeps(name):
    frame, caption = seen(name=name)
    lowest, highest = frame["curve"].min(), frame["curve"].max()
    said = caption.split("Its outputs: ")[1].rstrip(".")
    expected = {"sigmoid": "0 to 1", "tanh": "-1 to 1", "leaky_relu": "all", "elu": "-1 upward"}.get(name, "0 upward")
    assert said == expected
    assert lowest >= {"tanh": -1, "elu": -1, "leaky_relu": -np.inf}.get(name, 0)
    assert (highest <= 1) == (name in ("sigmoid", "tanh"))
