"""The line of time: legible, in order, and pointing at lessons that exist."""

from pathlib import Path

import numpy as np
import pytest

from dlcourse.drawing import lint
from dlcourse.orientation.figures.history import LANES, place, why_now

EVENTS = [event for lane in LANES.values() for event in lane]


def test_the_timeline_is_legible_and_small():
    picture = why_now()
    assert lint(picture.figure) == []
    assert len(picture.png) < 60_000
    assert picture.width <= 820


def test_every_event_is_written_with_its_year():
    texts = [text.get_text() for text in why_now().figure.axes[0].texts]
    for event in EVENTS:
        assert any(text.startswith(f"{event.year} {event.name.splitlines()[0]}") for text in texts), event


def test_every_lesson_named_is_one_of_the_course():
    lessons = {f"{n:02d}" for n in range(11)}
    assert {event.lesson for event in EVENTS if event.lesson} <= lessons
    for notebook in Path("notebooks").glob("*.ipynb"):
        assert notebook.name[:2] in lessons


def test_time_runs_to_the_right_without_a_jump():
    years = np.arange(1940, 2019, 0.25)
    steps = np.diff([place(year) for year in years])
    assert (steps > 0).all()
    assert steps.max() / steps.min() == pytest.approx(6.25, abs=0.3)  # "six times the room"
    assert steps.max() < 0.1


def test_the_sentence_counts_the_ideas_that_the_course_teaches():
    taught = sum(bool(event.lesson) for event in LANES["ideas"])
    assert f"Of {len(LANES['ideas'])} ideas" in why_now().alt
    assert f"teaches {taught};" in why_now().alt
    assert taught == 10
    assert 2 * taught > len(LANES["ideas"])
