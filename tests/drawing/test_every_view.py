"""Every figure with knobs that a lesson shows fits into a page of the book."""

import importlib
import inspect
import pkgutil

import pytest

import dlcourse
from dlcourse.drawing import OpenView, Player, View
from dlcourse.drawing.frozen import MOST_FRAMES
from dlcourse.drawing.view import choices, restricted_controls

# Views of a program, which is theirs to be given.
EXAMPLES = {"Walk": {"f": lambda x, y: x * y, "x": 2.0, "y": -3.0}}


def views():
    """Return the views that a lesson finds in the figures of its concept, by name."""
    found = {}
    for concept in pkgutil.iter_modules(dlcourse.__path__, "dlcourse."):
        if concept.ispkg and importlib.util.find_spec(f"{concept.name}.figures"):
            figures = importlib.import_module(f"{concept.name}.figures")
            for name, view in vars(figures).items():
                if inspect.isclass(view) and issubclass(view, View) and view is not View:
                    found[f"{concept.name}.{name}"] = view
    return found


VIEWS = views()


def test_the_views_of_the_lessons_are_found():
    assert {"dlcourse.orientation.SigmoidNeuron", "dlcourse.autodiff.Walk"} <= set(VIEWS)


def shown(name):
    return VIEWS[name](**EXAMPLES.get(name.rpartition(".")[2], {}))


@pytest.mark.parametrize("name", VIEWS)
def test_a_frozen_view_has_few_enough_frames(name):
    view = shown(name)
    frames = view.session() if isinstance(view, OpenView) else list(choices(restricted_controls(view, None, {})))
    assert 1 < len(frames) <= MOST_FRAMES


@pytest.mark.slow
@pytest.mark.parametrize("name", VIEWS)
def test_a_view_can_be_frozen_as_it_is(name):
    """The Player refuses more than 1 MB, too, and a sentence that is no alternative text."""
    assert len(Player(shown(name)).frames) > 1
