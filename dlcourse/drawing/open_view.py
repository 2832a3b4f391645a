"""Views that no finite grid holds: what is painted, dragged, clicked, typed or learnt."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dlcourse.drawing.view import Control, View

if TYPE_CHECKING:
    from dlcourse.drawing.pointer import Touch

State = Mapping[str, Any]


class OpenView(View):
    """A view whose state is more than its controls: a drawing, a text, the weights of a network that learns.

    A subclass says with which such entries it starts (`start`), what changes the state (`touched`, `typed`,
    `pressed`, `turned`, `work`), and what the book shows (`session`). All of them are pure: they leave the state that
    they are given as it is, and return the entries that change. Of the controls, no more is asked than in a `View`.

    Attributes
    ----------
    gesture : {"drag", "click", "paint"} or None
        What a pointer on the picture sends, see `Pointer`; None when the picture is only looked at.
    at : (x, y), optional
        Where the keyboard starts, in units of the first axes.
    field : str
        The label of a text field, which holds the entry ``text`` of the state; without a label there is none.
    buttons : sequence of str
        Their labels.
    task : str
        What stands beside the bar while `work` is under way.
    """

    gesture: str | None = None
    at: tuple[float, float] | None = None
    field: str = ""
    buttons: Sequence[str] = ()
    task: str = "Working"

    def start(self) -> State:
        """Return the entries of the first state that are no controls."""
        return {}

    def touched(self, touch: Touch, state: State) -> State:
        """Return what changes when the picture is touched."""
        return {}

    def typed(self, text: str, state: State) -> State:
        """Return what changes when the field holds another text."""
        return {"text": text}

    def pressed(self, button: str, state: State) -> State:
        """Return what changes when a button is pressed."""
        return {}

    def turned(self, name: str, state: State) -> State:
        """Return what changes beside it when the control `name` was moved; `state` holds its new value."""
        return {}

    def work(self, state: State) -> Iterator[tuple[float, State]]:
        """Do what takes long, in small steps: yield the part that is done, 0 to 1, and the entries that change.

        It runs in a thread beside the page, from the first state on and again after each change by hand, from the
        state as it is then; what an earlier run yields is dropped. Where there is nothing to do, it yields nothing.
        """
        return iter(())

    def session(self) -> Sequence[tuple[str, State]]:
        """Return what the book shows: states, the first of them the default, and a few words on each.

        No two of the words are the same. More than five moments are stepped through with a slider and played, fewer
        are buttons.
        """
        raise NotImplementedError(f"{type(self).__name__}.session is not written")

    def defaults(self) -> dict[str, Any]:
        """Return the state in which the view is first shown."""
        return super().defaults() | dict(self.start())

    def state(self, **given: Any) -> dict[str, Any]:
        """Return the default state with some entries replaced; values of controls must be on their grids.

        Raises
        ------
        ValueError
            When there is no such entry, or a value is not on its grid.
        """
        controls = {control.name for control in self.controls}
        free = {name: value for name, value in given.items() if name in self.start() and name not in controls}
        return super().state(**{name: value for name, value in given.items() if name not in free}) | free

    @property
    def works(self) -> bool:
        """Does it do anything beside the page?"""
        return type(self).work is not OpenView.work


class Session(View):
    """The recorded session of an open-ended view, as a view with a single control, ``moment``.

    Parameters
    ----------
    view : OpenView
    state : dict, optional
        Entries of the state in which it starts, in place of the session's first.
    """

    def __init__(self, view: OpenView, state: State | None = None) -> None:
        moments = [(label, dict(shown)) for label, shown in view.session()]
        if not moments:
            raise ValueError(f"{type(view).__name__}: expected a session of at least one state, got none")
        if state:
            moments[0] = (moments[0][0], view.state(**state))
        labels = [label for label, _ in moments]
        self._view, self._states = view, dict(moments)
        self.size, self.title = view.size, view.title or type(view).__name__
        self.controls = (Control("moment", labels, labels[0]),)

    def frame(self, **state: Any) -> State:
        return self._view.frame(**self._states[state["moment"]])

    def build(self, fig: Any) -> None:
        self._view = copy.copy(self._view)  # the artists belong to the copy of this view that is being built
        self._view.build(fig)

    def update(self, frame: State) -> None:
        self._view.update(frame)

    def moving(self) -> Sequence[Any]:
        return self._view.moving()

    def describe(self, frame: State) -> str:
        return self._view.describe(frame)
