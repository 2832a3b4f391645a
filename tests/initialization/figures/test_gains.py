"""The law of depth: the line that is predicted, and the products that are measured."""

import numpy as np
import pytest

from dlcourse.drawing.canvas import Canvas
from dlcourse.initialization.figures import GainsLaw
from dlcourse.initialization.figures.gains import DEEPEST, GAINS, unit_products
from tests.drawing.views import check_view


def variances_measured(gain, *, depth=10, n=200, seed=100):
    """The variance through random matrices of this gain, 1 at the start."""
    rng = np.random.default_rng(seed)
    x = rng.standard_normal((100, n))
    sizes = [x.var()]
    for _ in range(depth):
        x = x @ (rng.standard_normal((n, n)) * np.sqrt(gain / n))
        sizes.append(x.var())
    return np.array(sizes) / sizes[0]


@pytest.mark.parametrize(
    "view", [GainsLaw(), GainsLaw(step="time step", of="norm of the gradient", root=True)], ids=("plain", "renamed")
)
def test_the_view_keeps_the_rules_of_every_view(view):
    assert len(check_view(view)) == 9


@pytest.mark.parametrize("gain", GAINS)
def test_on_a_logarithmic_axis_the_prediction_is_a_straight_line_of_slope_log_gain(gain):
    frame = GainsLaw().frame(gain=gain, depth=30)
    np.testing.assert_allclose(np.diff(np.log10(frame["predicted"])), np.log10(gain), atol=1e-12)
    assert frame["predicted"][0] == 1
    assert frame["slope"] == pytest.approx(np.log10(gain))


@pytest.mark.parametrize("root", [False, True])
def test_what_is_measured_follows_the_line_through_all_layers(root):
    for gain in (1 / 3, 1, 3):
        frame = GainsLaw(root=root).frame(gain=gain, depth=DEEPEST)
        np.testing.assert_allclose(frame["measured"] / frame["predicted"], 1, atol=0.15)


@pytest.mark.parametrize("gain", [1 / 3, 1, 2])
def test_other_draws_of_other_matrices_follow_the_same_line(gain):
    products = [variances_measured(gain, seed=seed) for seed in (100, 101, 102)]
    frame = GainsLaw().frame(gain=gain, depth=10)
    np.testing.assert_allclose(np.mean(products, axis=0) / frame["measured"], 1, atol=0.2)


def test_the_draws_differ_from_each_other_and_drift_apart():
    spread = unit_products().std(axis=0)
    assert spread[0] == 0 < spread[1] < spread[DEEPEST]


def test_a_length_has_the_gain_itself_and_its_square_is_the_variance():
    by_length = GainsLaw(root=True).frame(gain=0.5, depth=20)
    by_variance = GainsLaw().frame(gain=0.5, depth=20)
    np.testing.assert_array_equal(by_length["predicted"], by_variance["predicted"])
    np.testing.assert_allclose(by_length["measured"] ** 2, by_variance["measured"] * by_variance["predicted"][:21])


def test_the_view_starts_with_the_old_heuristic_through_ten_layers():
    view = GainsLaw()
    frame = view.frame(**view.state())
    assert frame["predicted"][10] == pytest.approx(3.0**-10)
    caption = view.describe(frame)
    assert caption.startswith("Gain 0.33 per layer: after 10 layers the variance is gain^10 = 1.7e-05 times the first")
    assert caption.endswith("a straight line, down, of slope log10(gain) = −0.48 per layer.")


@pytest.mark.parametrize(("gain", "course"), [(0.9, "down"), (1, "flat"), (1.1, "up")])
def test_the_caption_says_where_the_line_goes(gain, course):
    view = GainsLaw()
    assert f"a straight line, {course}, of" in view.describe(view.frame(gain=gain, depth=1))


def test_the_words_of_another_lesson_reach_knobs_and_caption():
    view = GainsLaw(step="time step", of="norm of the gradient", root=True)
    assert [control.label for control in view.controls] == ["gain per time step", "time steps"]
    one, many = (view.describe(view.frame(gain=0.9, depth=depth)) for depth in (1, 30))
    assert "after 1 time step the norm of the gradient is gain^1 = 0.9 times" in one
    assert "after 30 time steps the norm of the gradient is gain^30 = 0.042 times" in many


def test_an_arrow_shows_what_leaves_the_plain_axis_and_the_logarithmic_one_holds_everything():
    canvas = Canvas(GainsLaw())
    for gain, depth, arrows in ((2, 3, 1), (2, 2, 0), (1 / 3, 30, 0), (1.1, 14, 0), (1.1, 15, 1)):
        canvas.draw({"gain": gain, "depth": depth})
        assert len(canvas.view._arrow.get_xdata()) == arrows
    low, high = canvas.view._laws[1].axes.get_ylim()
    assert low < min(GAINS) ** DEEPEST and max(GAINS) ** DEEPEST < high
