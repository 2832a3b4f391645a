"""How a view reaches the page: live in a notebook, frozen in the book."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from typing import Any

from dlcourse.drawing.frozen import Player
from dlcourse.drawing.open_view import OpenView
from dlcourse.drawing.view import View, restricted_controls


def show(view: View, *, play: str | None = None, grid: Mapping[str, Sequence[Any]] | None = None, **state: Any) -> Any:
    """Show a view: live (`explore`), or frozen (`Player`) where ``DLCOURSE_DRAWING`` is ``frozen``.

    Parameters
    ----------
    view : View
        An open-ended one (`OpenView`) takes neither `play` nor `grid`; frozen, it shows its recorded session.
    play : str, optional
        The control that a play button moves.
    grid : dict of name -> values, optional
        The values that the frozen figure keeps; a live one has them all.
    **state
        Where the controls start, as in ``show(Race(), lr=0.1, step=40)``.

    Raises
    ------
    ValueError
        When a name is no control's, or a value is not on its grid.
    """
    if isinstance(view, OpenView) and (play is not None or grid is not None):
        raise ValueError(f"show: {type(view).__name__} is an open-ended view, which takes neither play= nor grid=")
    mode = os.environ.get("DLCOURSE_DRAWING", "live")
    if mode not in ("live", "frozen"):
        raise ValueError(f"show: expected DLCOURSE_DRAWING to be live or frozen, got {mode!r}")
    if mode == "frozen":
        return Player(view, play=play, grid=grid, **state)
    restricted_controls(view, grid, state)  # what would fail in the book fails here
    return explore(view, play=play, **state)


def explore(view: View, *, play: str | None = None, **state: Any) -> Any:
    """Show a view live: a widget with its controls above the picture.

    Parameters
    ----------
    view : View
    play : str, optional
        The control that a play button moves.
    **state
        Where the controls start.

    Returns
    -------
    ipywidgets.VBox
        Its text is the sentence about the picture; ``.knobs[name].value = ...`` moves it from code.
    """
    if isinstance(view, OpenView):
        from dlcourse.drawing.workbench import Workbench

        return Workbench(view, state=state)
    from dlcourse.drawing.live import Explorer

    return Explorer(view, play=play, state=state)
