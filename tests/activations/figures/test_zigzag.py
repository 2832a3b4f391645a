"""The view of the zig-zag: steps that the inputs allow, and no others."""

import numpy as np
import pytest

from dlcourse.activations.figures import ZigZag
from dlcourse.activations.figures.zigzag import GOAL, SHARE, STEPS, walk
from tests.drawing.views import check_view


def seen(**state):
    view = ZigZag()
    frame = view.frame(**view.state(**state))
    return frame, view.describe(frame)


def distance(name, batch, seed, step):
    return np.linalg.norm(walk(name, batch, seed)[1][step] - GOAL)


def test_the_view_keeps_the_rules_of_every_view():
    assert len(check_view(ZigZag())) == 12


def test_the_inputs_are_what_their_units_can_give():
    positive, centred = (walk(name, 16)[0] for name in ("sigmoid", "tanh"))
    assert positive.min() > 0 and positive.max() < 1
    assert centred.min() < -0.9 and centred.max() > 0.9 and abs(centred.mean()) < 0.1


@pytest.mark.parametrize("name", ["sigmoid", "tanh"])
def test_a_step_goes_along_its_input_and_mends_its_share_of_the_error(name):
    inputs, path = walk(name, 1)
    assert inputs.shape == (STEPS, 1, 2) and path.shape == (STEPS + 1, 2)
    for (x,), before, after in zip(inputs, path, path[1:], strict=False):
        step = after - before
        assert abs(step[0] * x[1] - step[1] * x[0]) < 1e-12
        assert (after - GOAL) @ x == pytest.approx((1 - SHARE) * ((before - GOAL) @ x), abs=1e-12)


def test_a_batch_goes_against_the_gradient_of_its_mean_squared_error():
    inputs, path = walk("sigmoid", 16)

    def loss(w):
        return ((inputs[0] @ w - inputs[0] @ GOAL) ** 2).mean()

    nudges = 1e-6 * np.eye(2)
    gradient = np.array([loss(path[0] + nudge) - loss(path[0] - nudge) for nudge in nudges]) / 2e-6
    step = path[1] - path[0]
    assert step @ gradient == pytest.approx(-np.linalg.norm(step) * np.linalg.norm(gradient))


def test_with_positive_inputs_both_weights_go_up_or_both_go_down():
    for seed in range(5):
        assert (np.diff(walk("sigmoid", 1, seed)[1], axis=0).prod(axis=1) > 0).all()
    assert seen(step=STEPS)[0]["together"] == 1
    assert "In 100% of the steps both weights moved the same way." in seen()[1]
    assert seen(inputs="tanh", step=STEPS)[0]["together"] < 0.8


def test_a_batch_softens_it():
    assert seen(batch=16)[0]["together"] < 0.9
    lengths = {b: np.linalg.norm(np.diff(walk("sigmoid", b)[1], axis=0), axis=1).sum() for b in (1, 16)}
    assert lengths[16] < lengths[1] / 1.5


@pytest.mark.parametrize("batch", [1, 16])
def test_centred_inputs_are_much_faster_whatever_the_chance(batch):
    for seed in range(20):
        assert distance("tanh", batch, seed, 20) < distance("sigmoid", batch, seed, 20) / 3


@pytest.mark.parametrize(
    ("state", "count"), [({}, 2), ({"inputs": "tanh"}, 4), ({"batch": 16}, 4), ({"inputs": "tanh", "batch": 16}, 4)]
)
def test_every_step_goes_where_the_picture_says_that_it_can(state, count):
    for step in range(STEPS):
        frame, _ = seen(**state, step=step)
        following = seen(**state, step=step + 1)[0]["path"][-1]
        low, high = frame["reach"].min(axis=1), frame["reach"].max(axis=1)
        assert len(frame["reach"]) == count
        assert ((low <= following) & (following <= high)).all(axis=1).any()
        if count == 2 and step < 10:
            assert not ((low <= GOAL) & (high >= GOAL)).all(axis=1).any()


def test_before_the_first_step_nothing_has_been_seen():
    frame, caption = seen(step=0)
    assert len(frame["seen"]) == len(frame["last"]) == 0 and len(frame["path"]) == 1
    assert "after 0 steps 100% of the distance to the goal is left. To get there, w1 must go up" in caption


@pytest.mark.parametrize("batch", [1, 16])
def test_the_path_that_is_shown_is_no_extreme_one(batch):
    left = [distance("sigmoid", batch, seed, 10) for seed in range(200)]
    shown = seen(batch=batch)[0]["distance"] * np.linalg.norm(walk("sigmoid", batch)[1][0] - GOAL)
    assert np.quantile(left, 0.1) < shown < np.quantile(left, 0.9)


def test_the_path_stays_in_the_picture():
    assert max(np.abs(walk(name, batch)[1]).max() for name in ("sigmoid", "tanh") for batch in (1, 16)) < 1.9


def test_what_is_kept_can_not_be_written_to():
    for kept in walk("tanh", 16):
        with pytest.raises(ValueError, match="read-only"):
            kept[0] = 1
