"""The view of the moons: what it shows is what the trained layers make of them."""

import numpy as np
import pytest

from dlcourse.activations.figures.moons import MIDDLE, STEPS, MoonsWarp, layers_at, most_right, the_moons, trained
from tests.drawing.views import check_view


def right_of_line(points, y, w, b):
    """How many points lie on their side of a line, whichever side is called 1."""
    right = ((points @ w + b > 0) == (y == 1)).sum()
    return max(right, len(y) - right)


def by_hand(x, w):
    """The last hidden layer and the logit of one point, unit by unit."""
    for i in (0, 2):
        W, b = w[f"layers.{i}.W"], w[f"layers.{i}.b"]
        x = [np.tanh(sum(x[k] * W[k, j] for k in range(len(W))) + b[j]) for j in range(len(b))]
    return x, x[0] * w["layers.4.W"][0, 0] + x[1] * w["layers.4.W"][1, 0] + w["layers.4.b"][0]


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(MoonsWarp())) == 9


def test_one_straight_line_is_not_enough_for_the_moons_and_is_for_the_last_hidden_layer():
    before, after = MoonsWarp().line_accuracies()
    assert 0.8 < before <= 0.91
    assert 0.99 <= after <= 1


def test_no_line_through_any_two_moons_is_better_than_the_best_one():
    X, y = the_moons()
    a, b = (X[np.random.default_rng(i).integers(0, len(X), 2000)].astype(float) for i in (0, 1))
    across = np.stack([a[:, 1] - b[:, 1], b[:, 0] - a[:, 0]], axis=1)
    z = across @ X.T - (across * a).sum(axis=1)[:, None]
    share = ((z > 1e-9) == (y == 1)).mean(axis=1)
    assert np.maximum(share, 1 - share).max() <= MoonsWarp().line_accuracies()[0] + 0.01


@pytest.mark.parametrize(("y", "right"), [([0, 0, 1, 1], 4), ([1, 1, 0, 0], 4), ([0, 1, 0, 1], 3), ([1, 1, 1, 1], 4)])
def test_the_best_line_of_four_points_in_a_row(y, right):
    points = np.stack([np.arange(4.0), 0.1 * np.arange(4.0)], axis=1)
    assert most_right(points, np.array(y)) == right


def test_the_last_layer_draws_a_line_that_separates_what_the_hidden_layers_make():
    (X, y), w = the_moons(), trained()[STEPS[-1]]
    hidden, _ = layers_at(STEPS[-1])
    assert right_of_line(hidden(X), y, w["layers.4.W"][:, 0], w["layers.4.b"][0]) == len(y)


@pytest.mark.parametrize("step", [STEPS[0], STEPS[2], STEPS[-1]])
def test_the_layers_are_those_of_the_network(step):
    X, _ = the_moons()
    hidden, logits = layers_at(step)
    for i in (0, 7, 150):
        h, z = by_hand(X[i], trained()[step])
        np.testing.assert_allclose(hidden(X[i : i + 1])[0], h)
        np.testing.assert_allclose(logits(X[i : i + 1])[0], z)


def test_before_training_the_hidden_layers_nearly_copy_the_plane():
    X, _ = the_moons()
    assert np.abs(layers_at(0)[0](X) - np.tanh(0.8 * (X - MIDDLE))).max() < 0.2


def test_training_gets_more_and_more_of_the_moons_right():
    counts = [MoonsWarp().frame(morph=1.0, step=step)["right"] for step in STEPS]
    assert counts[0] < 180 and counts[-1] == 200
    assert counts == sorted(counts)


@pytest.mark.parametrize("step", [STEPS[0], STEPS[3], STEPS[-1]])
def test_the_border_is_where_the_logit_is_0_and_it_is_straight_at_morph_1(step):
    frame = MoonsWarp().frame(morph=1.0, step=step)
    _, logits = layers_at(step)
    assert np.abs(logits(frame["border"])).max() < 0.02
    assert len(frame["border"]) > 60
    w = trained()[step]
    h = frame["moved_border"].reshape(-1, 2)
    away = (h @ w["layers.4.W"][:, 0] + w["layers.4.b"][0]) / np.linalg.norm(w["layers.4.W"])
    assert np.abs(away).max() < 0.005
    assert np.ptp(h, axis=0).max() > 1


def test_no_node_lies_on_the_border_and_no_crossing_is_left_out():
    border = MoonsWarp().frame(morph=0.0, step=STEPS[-1])["border"]
    ends = np.round(border.reshape(-1, 2), 9)
    _, counts = np.unique(ends, axis=0, return_counts=True)
    assert sorted(counts)[:3] == [1, 1, 2] and counts.max() == 2  # one curve: two loose ends, the rest is joined


@pytest.mark.parametrize("step", [0, STEPS[-1]])
def test_morphing_leads_from_the_moons_to_the_hidden_layer_in_a_straight_way(step):
    view, (X, _) = MoonsWarp(), the_moons()
    first, middle, last = (view.frame(morph=morph, step=step) for morph in (0.0, 0.5, 1.0))
    np.testing.assert_array_equal(first["points"], X)
    np.testing.assert_allclose(last["points"], layers_at(step)[0](X))
    for part in ("points", "cloth", "moved_border"):
        np.testing.assert_allclose(middle[part], (first[part] + last[part]) / 2)


def test_the_moons_of_the_view_cannot_be_changed():
    with pytest.raises(ValueError, match="read-only"):
        the_moons()[0][0] = 0


def test_the_caption_names_the_best_line_before_and_after():
    view = MoonsWarp()
    frame = view.frame(**view.state())
    assert "the best straight line has 200 of 200 points" in view.describe(frame)
    assert f"on the moons themselves {frame['before']}." in view.describe(frame)
