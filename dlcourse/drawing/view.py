"""What an interaction shows, apart from where: a pure view, and the controls that choose its state."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Control:
    """One knob with its full grid of values: a slider indexes it, a test sweeps it, the book freezes it.

    Parameters
    ----------
    name : str
        The keyword by which ``View.frame`` receives the value.
    values : sequence of numbers, strings or truth values
        In the order of the slider, no two of them equal.
    default : one of `values`
        A number may differ from it by rounding, as ``0.3`` does from what `linspace` makes.
    label : str
        What stands beside the knob; the name unless given.
    format : str
        How a value is written, as in ``"{:.2f}"``.

    Raises
    ------
    ValueError
        When the values or the default are no such grid.

    Examples
    --------
    >>> rate = Control("lr", (0.01, 0.1, 1.0), default=0.1, format="{:g}")
    >>> rate.text(1.0), rate.index(0.01)
    ('1', 0)
    """

    name: str
    values: Sequence[Any]
    default: Any
    label: str = ""
    format: str = "{}"

    def __post_init__(self) -> None:
        if not isinstance(self.name, str) or not self.name.isidentifier():
            raise ValueError(f"Control: expected a name that can be a keyword, got {self.name!r}")
        if isinstance(self.values, str):
            raise ValueError(f"Control {self.name}: expected a sequence of values, got the string {self.values!r}")
        object.__setattr__(self, "values", tuple(_plain(value) for value in self.values))
        object.__setattr__(self, "label", self.label or self.name)
        self._check_values()
        object.__setattr__(self, "default", self.values[self.index(self.default)])

    def _check_values(self) -> None:
        if not self.values:
            raise ValueError(f"Control {self.name}: expected at least one value, got none")
        for value in self.values:
            if not isinstance(value, bool | int | float | str) or value != value:
                raise ValueError(f"Control {self.name}: expected numbers, strings or truth values, got {value!r}")
        try:
            texts = [self.text(value) for value in self.values]
        except (ValueError, TypeError, IndexError, KeyError) as error:
            raise ValueError(
                f"Control {self.name}: format {self.format!r} does not fit the values ({error})"
            ) from error
        for text in texts:
            if texts.count(text) > 1:
                raise ValueError(f"Control {self.name}: two values read {text!r}; they need another format")

    def text(self, value: Any) -> str:
        """Return a value as the reader sees it."""
        return self.format.format(value)

    def index(self, value: Any) -> int:
        """Return the place of a value on the grid; a number may differ by rounding.

        Raises
        ------
        ValueError
            When it is not on the grid.
        """
        value = _plain(value)
        for i, known in enumerate(self.values):
            if known == value or (_is_number(known) and _is_number(value) and math.isclose(known, value)):
                return i
        shown = [self.text(known) for known in self.values]
        if len(shown) > 8:
            shown = [*shown[:4], "...", shown[-1]]
        raise ValueError(f"Control {self.name}: expected one of {', '.join(shown)}, got {value!r}")

    def restricted(self, values: Sequence[Any], default: Any) -> Control:
        """Return this control with some of its values only; `default` must be among them."""
        kept = sorted({self.index(value) for value in values})
        start = self.index(default)
        if start not in kept:
            text = self.text(self.values[start])
            raise ValueError(
                f"grid leaves out {self.name}={text}, where the figure starts; add it or pass {self.name}="
            )
        return Control(self.name, [self.values[i] for i in kept], self.values[start], self.label, self.format)


class View:
    """A picture with knobs, whatever shows it: `show` puts it into a notebook, a test sweeps it, the book freezes it.

    A subclass sets the attributes and writes `frame`, `build`, `update`, `moving` and `describe`. All numbers come
    from `frame`, which is pure; the artists that `build` keeps on ``self`` show them. Each picture on a page has its
    own copy of the view, so one view may be shown several times.

    Attributes
    ----------
    size : (width, height) in inches, 100 pixels each
    title : str
    controls : sequence of Control
    grid : dict of name -> values
        What a frozen figure keeps of the controls that have too many values.
    """

    size: tuple[float, float] = (6.4, 3.6)
    title: str = ""
    controls: Sequence[Control] = ()
    grid: Mapping[str, Sequence[Any]] = {}

    def frame(self, *_: Any, **state: Any) -> Mapping[str, Any]:  # *_: so that a subclass may name its controls
        """Compute what is shown in a state: a dict of finite numbers, arrays and strings. Pure."""
        raise NotImplementedError(f"{type(self).__name__}.frame is not written")

    def build(self, fig: Any) -> None:
        """Draw on an empty figure what stays, and make the artists that move. Fixed axes, no layout engine."""
        raise NotImplementedError(f"{type(self).__name__}.build is not written")

    def update(self, frame: Mapping[str, Any]) -> None:
        """Put a frame into the moving artists; what an earlier frame left there must not show."""
        raise NotImplementedError(f"{type(self).__name__}.update is not written")

    def moving(self) -> Sequence[Any]:
        """Return the artists that `update` changes; with none, the whole figure is drawn every time (slow)."""
        return ()

    def describe(self, frame: Mapping[str, Any]) -> str:
        """Say what a frame shows, its numbers included: caption and alternative text, 20 to 260 characters."""
        raise NotImplementedError(f"{type(self).__name__}.describe is not written")

    def defaults(self) -> dict[str, Any]:
        """Return the state in which the view is first shown."""
        return {control.name: control.default for control in self.controls}

    def state(self, **given: Any) -> dict[str, Any]:
        """Return the default state with some values replaced by others of their grids.

        Raises
        ------
        ValueError
            When there is no such control, or a value is not on its grid.
        """
        names = [control.name for control in self.controls]
        if len(set(names)) < len(names):
            raise ValueError(f"{type(self).__name__}: two controls have the same name ({', '.join(names)})")
        for name in given:
            if name not in names:
                known = f"its controls are {', '.join(names)}" if names else "it has no controls"
                raise ValueError(f"{type(self).__name__}: there is no control {name!r}; {known}")
        return self.defaults() | {c.name: c.values[c.index(given[c.name])] for c in self.controls if c.name in given}


def restricted_controls(
    view: View, grid: Mapping[str, Sequence[Any]] | None, state: Mapping[str, Any]
) -> list[Control]:
    """Return the controls of a view that starts in `state`, each with the values that `grid` keeps of it.

    Without a grid, the view's own counts, and the start is kept in any case.
    """
    start = view.state(**state)
    if grid is None:
        grid = {name: [*values, start[name]] for name, values in view.grid.items()}
    grid = dict(grid)
    view.state(**{name: start.get(name) for name in grid})  # refuses names that are no control's
    return [
        control.restricted(grid.get(control.name, control.values), start[control.name]) for control in view.controls
    ]


def checked_play(view: View, play: str | None) -> None:
    """Refuse to play what is no slider of the view."""
    sliders = [control.name for control in view.controls if not is_choice(control)]
    if play is not None and play not in sliders:
        known = f"its sliders are {', '.join(sliders)}" if sliders else "it has no sliders"
        raise ValueError(f"{type(view).__name__}: cannot play {play!r}; {known}")


def is_choice(control: Control) -> bool:
    """Tell whether a control is shown as buttons: up to five strings or truth values."""
    return len(control.values) <= 5 and all(isinstance(value, str | bool) for value in control.values)


def choices(controls: Sequence[Control]) -> Iterator[dict[str, Any]]:
    """Yield all states of the controls, the last one changing fastest."""
    if not controls:
        yield {}
        return
    for value in controls[0].values:
        for rest in choices(controls[1:]):
            yield {controls[0].name: value, **rest}


def _plain(value: Any) -> Any:
    """Return a Python value for a NumPy one."""
    return value.item() if getattr(value, "ndim", None) == 0 and hasattr(value, "item") else value


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
