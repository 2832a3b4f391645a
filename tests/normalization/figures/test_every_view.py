"""The rules that all views of lesson 04 keep."""

import numpy as np
import pytest

from dlcourse.normalization import figures
from tests.drawing.views import check_view
from tests.normalization.figures.frames import frame_of

VIEWS = [getattr(figures, name) for name in figures.__all__]


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_a_view_keeps_the_rules_of_every_view(kind):
    view = kind()
    assert len(check_view(view)) >= 3
    assert len(view.controls) <= 3 and view.title and view.size[0] <= 8.2


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_what_a_frozen_view_keeps_is_on_its_grid_holds_the_start_and_fits_into_eighty_frames(kind):
    view, count = kind(), 1
    grid = getattr(view, "grid", {})
    for control in view.controls:
        kept = {control.index(value) for value in grid.get(control.name, control.values)}
        assert control.index(control.default) in kept
        count *= len(kept)
    assert count <= 80


@pytest.mark.parametrize("kind", VIEWS, ids=lambda kind: kind.__name__)
def test_changing_a_frame_does_not_change_the_next_one(kind):
    view = kind()
    first, again = frame_of(view), frame_of(view)
    for value in first.values():
        if isinstance(value, np.ndarray):
            value[...] = -99
    np.testing.assert_equal(frame_of(view), again)
