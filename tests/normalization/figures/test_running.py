"""The statistics that batch norm tracks, and the answers by the batch and by them."""

import numpy as np
import pytest

from dlcourse.normalization import figures
from dlcourse.normalization.figures import running
from dlcourse.normalization.figures.bars import two
from tests.normalization.figures.frames import frame_of


def test_the_running_mean_and_variance_follow_the_rule_of_the_lesson():
    history = running.track(8)
    mean = 0.0
    for measured, tracked in zip(history["measured"], history["mean"][1:], strict=True):
        mean = 0.9 * mean + 0.1 * measured
        assert tracked == pytest.approx(mean)
    assert history["mean"][0] == 0 and history["var"][0] == 1


@pytest.mark.parametrize("size", [2, 8, 64])
def test_in_use_the_example_is_normalized_by_what_was_tracked(size):
    frame = frame_of(figures.RunningStatistics(), size=size, step=33)
    expected = (4 - frame["mean"]) / np.sqrt(frame["var"] + 1e-5)
    np.testing.assert_allclose(frame["use"], expected, rtol=1e-9)
    assert len(frame["use"]) == len(frame["training"]) + 1 == 34


def test_in_training_a_batch_of_two_answers_minus_one_or_one_and_a_large_batch_nearly_the_truth():
    view = figures.RunningStatistics()
    two_at_a_time, many = frame_of(view, size=2, step=60), frame_of(view, size=64, step=60)
    np.testing.assert_allclose(np.abs(two_at_a_time["training"]), 1, atol=1e-2)
    assert {-1, 1} == set(np.sign(two_at_a_time["training"]))
    assert np.abs(many["training"] - running.RIGHT).max() < 0.5
    assert np.std(two_at_a_time["measured"]) > 3 * np.std(many["measured"])


@pytest.mark.parametrize("size", [2, 8, 64])
def test_after_sixty_steps_the_answer_in_use_is_near_that_by_all_data_and_at_first_it_is_the_input(size):
    view = figures.RunningStatistics()
    frame = frame_of(view, size=size, step=60)
    assert frame["use"][0] == pytest.approx(4, abs=1e-4)
    assert frame["use"][-1] == pytest.approx(running.RIGHT, abs=0.3)
    assert "Before the first step" in view.describe(frame_of(view, size=size, step=0))
    assert f"In use x = 4 becomes {two(frame['use'][-1])}" in view.describe(frame)


def test_everything_measured_and_answered_lies_in_the_picture():
    for size in (2, 8, 64):
        frame = frame_of(figures.RunningStatistics(), size=size, step=60)
        assert min(frame["measured"].min(), frame["mean"].min()) > -2 and frame["measured"].max() < 8
        assert min(frame["training"].min(), frame["use"].min()) > -2.2
        assert max(frame["training"].max(), frame["use"].max()) < 4.2


def test_what_is_told_names_the_company_in_training_and_never_a_range_where_there_are_two_answers():
    view = figures.RunningStatistics()
    assert "beside one random other, −1.00 or 1.00;" in view.describe(frame_of(view, size=2, step=60))
    assert "beside one random other, −1.00;" in view.describe(frame_of(view, size=2, step=1))
    frame = frame_of(view, size=64, step=60)
    low, high = two(frame["training"].min()), two(frame["training"].max())
    assert f"beside 63 random others, {low} to {high};" in view.describe(frame)
