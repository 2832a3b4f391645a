"""The view of three first weights: zeros stay, equal columns stay equal, random ones learn."""

import numpy as np
import pytest

from dlcourse.initialization.figures import SymmetryRuns
from dlcourse.initialization.figures import symmetry as module
from dlcourse.initialization.figures.symmetry import (
    STARTS,
    STEPS,
    UNITS,
    answer,
    cells,
    count_spots,
    disc_and_ring,
    trained,
)
from dlcourse.losses import binary_cross_entropy_with_logits
from dlcourse.optimizers import SGD
from tests.drawing.views import check_view


@pytest.fixture(scope="module")
def results():
    return SymmetryRuns().results()


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(SymmetryRuns())) == 9


def test_the_points_are_a_disc_and_a_ring_that_do_not_touch():
    X, y = disc_and_ring()
    radius = np.hypot(*X.T)
    assert radius[y == 0].max() <= 1 and radius[y == 1].min() >= 1.5 and radius.max() < module.REACH
    assert y.tolist() == [0] * 80 + [1] * 120
    np.testing.assert_array_equal(X, disc_and_ring()[0])


def test_no_straight_line_puts_nearly_all_points_on_their_sides():
    X, y = disc_and_ring()
    angles = np.linspace(0, 2 * np.pi, 181)
    along = np.stack([np.cos(angles), np.sin(angles)]).T @ X.T
    sides = along[:, None, :] > np.linspace(-2.5, 2.5, 101)[:, None]
    assert (sides == (y == 1)).mean(axis=-1).max() < 0.8


def test_zeros_never_move_and_nothing_but_the_bias_of_the_output_learns(results):
    assert results["zeros"] == {"moved": 0.0, "difference": 0.0, "accuracy": 0.6}
    first, last = trained("zeros").states[0], trained("zeros").states[-1]
    changed = [name for name in first if (first[name] != last[name]).any()]
    assert changed == ["layers.2.b"]
    assert last["layers.2.b"] == pytest.approx(np.log(120 / 80), abs=1e-3)  # the odds of class 1


def test_equal_columns_move_and_stay_equal(results):
    assert results["constant"]["moved"] > 0.2
    assert results["constant"]["difference"] < 1e-9  # 0, unless a machine's matrix product rounds by column
    assert results["constant"]["accuracy"] < 0.7


def test_random_columns_differ_and_learn(results):
    assert results["random"]["difference"] > 1
    assert results["random"]["accuracy"] >= 0.99
    assert results["random"]["accuracy"] - max(results[start]["accuracy"] for start in ("zeros", "constant")) > 0.3


def test_a_difference_of_rounding_between_equal_columns_stays_invisible():
    X, y = disc_and_ring()
    net = module.build_network("constant")
    W = net.layers[0].W.data
    W[0, 0] += 1e-12
    optimizer = SGD(net.parameters(), learning_rate=module.RATE)
    for _ in range(STEPS[-1]):
        binary_cross_entropy_with_logits(net(X), target=y[:, None]).backward()
        optimizer.step()
    assert np.ptp(W, axis=1).max() < module.TINY


def test_eight_equal_units_answer_as_one_unit_does():
    last = trained("constant").states[-1]
    w, b = last["layers.0.W"][:, 0], last["layers.0.b"][0]
    logit = UNITS * last["layers.2.W"][0, 0] * np.tanh(cells() @ w + b) + last["layers.2.b"]
    np.testing.assert_allclose(answer(last, cells()), 1 / (1 + np.exp(-logit)), rtol=1e-6)


@pytest.mark.parametrize("start", STARTS)
@pytest.mark.parametrize("step", [0, 20, 500])
def test_accuracy_and_loss_are_those_of_the_network_that_is_shown(start, step):
    frame = SymmetryRuns().frame(start=start, step=step)
    X, y = disc_and_ring()
    p = answer(trained(start).states[STEPS.index(step)], X)
    assert frame["accuracy"] == ((p > 0.5) == (y == 1)).mean()
    assert frame["loss"] == pytest.approx(-np.log(np.where(y == 1, p, 1 - p)).mean())
    assert frame["columns"].shape == (STEPS.index(step) + 1, 2, UNITS)


def test_the_plane_holds_the_answers_row_by_row_from_below():
    frame = SymmetryRuns().frame(start="random", step=500)
    rows, columns = 5, 40
    x1, x2 = ((index + 0.5) / module.CELLS * 2 * module.REACH - module.REACH for index in (columns, rows))
    state = trained("random").states[-1]
    assert frame["plane"][rows, columns] == pytest.approx(answer(state, np.array([[x1, x2]]))[0])
    middle = module.CELLS // 2
    assert frame["plane"][middle, middle] < 0.1 and frame["plane"][0, 0] > 0.9


def test_the_loss_of_the_random_start_falls_and_the_others_stay_near_that_of_the_odds():
    odds = -(0.6 * np.log(0.6) + 0.4 * np.log(0.4))
    assert trained("random").losses[-1] < 0.1
    assert trained("zeros").losses[-1] == pytest.approx(odds, abs=1e-3)
    assert odds - 0.1 < trained("constant").losses[-1] < odds


def test_columns_that_can_be_told_apart_are_counted():
    assert count_spots(np.ones((2, 8))) == 1
    assert count_spots(np.array([[1.0, 1.0, 2.0], [0.0, 0.0, 0.0]])) == 2
    assert [count_spots(SymmetryRuns().frame(start=start, step=500)["columns"][-1]) for start in STARTS] == [1, 1, 8]


@pytest.mark.parametrize(
    ("start", "words"),
    [
        ("zeros", "all 8 columns of W1 are equal, so they are one unit, and have not moved at all. Accuracy 0.60"),
        ("constant", "all 8 columns of W1 are equal, so they are one unit, and have moved by up to 0."),
        ("random", "the columns of W1 differ by up to 4.04 and have moved by up to 1.94. Accuracy 1.00"),
    ],
)
def test_the_caption_says_what_became_of_the_columns(start, words):
    view = SymmetryRuns()
    assert words in view.describe(view.frame(start=start, step=500))
