"""Views of every kind in a browser: what follows keyboard and mouse passes, and what does not is found."""

import statistics

import pytest

from tests.browser import moving, notebooks
from tools import lab as real

pytestmark = pytest.mark.browser

IMPORTS = """
from dlcourse.drawing import Pointer, show
from tests.browser import shown
from tests.drawing.example_views import Blur, Descent, Dots
"""
VIEWS = {
    "sliders and play": 'show(Descent(), play="step")',
    "buttons": "show(Blur())",
    "drag": "Pointer(shown.Place(), shown.move, points=[(5.0, 0.5)])",
    "click": 'Pointer(Dots(), shown.add, gesture="click")',
    "open-ended": "show(shown.Workshop())",
    "paint": 'Pointer(Dots(), shown.add, gesture="paint")',
}
# What is shown, and the words that must appear in what is found.
BAD = {
    "show(shown.Mute())": "ArrowRight on slider step: within 250 ms the caption did not change",
    "show(shown.Blind())": "ArrowRight on slider step: within 250 ms the picture did not change",
    "show(shown.Fragile())": "ArithmeticError: planted",
    "shown.wide()": "the picture is wider than its cell",
    "show(shown.Slow())": "ArrowRight on slider step: within 250 ms the caption and the picture did not change",
    "Pointer(Dots(), lambda touch, state: {})": "a drag with the mouse: within 250 ms the caption and the",
    "Pointer(Dots(), lambda touch, state: {}, gesture='click')": "Enter on the picture: no place answered",
    "shown.beside(ipywidgets.Dropdown(options='ab'))": "a control that no test moves: <select",
    "shown.beside(ipywidgets.Button(description='Undo'))": "click on button Undo: within 250 ms the caption and",
    "shown.beside(ipywidgets.Text())": "typing 'a': within 250 ms the caption and",
    "shown.beside(ipywidgets.Button(), ipywidgets.Button(tabbable=False))": "Tab does not reach <button",
}


@pytest.fixture(scope="module")
def seen(lab, chromium, folder):
    name = notebooks.write(folder, "95_views.ipynb", IMPORTS, *VIEWS.values())
    with real.opened(chromium, lab, name) as lesson:
        real.run(lesson)
        yield lesson, list(moving.views(lesson))


def test_every_view_is_seen(seen):
    lesson, views = seen
    assert len(views) == len(VIEWS)
    assert lesson.troubles == []


@pytest.mark.parametrize("number", range(len(VIEWS)), ids=VIEWS)
def test_a_view_follows_keyboard_and_mouse(seen, number):
    lesson, views = seen
    lesson.troubles.clear()
    views[number].move_all()
    assert lesson.troubles == []


def test_the_time_from_key_press_to_pixels_is_measured(seen):
    _, views = seen
    times = [time for view in views for time in view.times(10)]
    print(f"{statistics.median(times):.1f} ms from key press to pixels, median of {len(times)}")
    assert len(times) == 40 and min(times) > 5


@pytest.fixture(scope="module")
def found(lab, chromium, folder):
    """What is found wrong with each of the bad views."""
    name = notebooks.write(folder, "96_bad_views.ipynb", IMPORTS + "import ipywidgets", *BAD)
    with real.opened(chromium, lab, name) as lesson:
        real.run(lesson)
        for view in moving.views(lesson, answer=250):
            view.move_all()
        return lesson.troubles


@pytest.mark.parametrize(("cell", "words"), [*enumerate(BAD.values(), 1)], ids=BAD)
def test_a_view_that_does_not_follow_is_found(found, cell, words):
    assert [trouble for trouble in found if trouble.startswith(f"cell {cell}: ") and words in trouble], found
