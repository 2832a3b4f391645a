"""The package's own source, shown in a lesson from the package, so that the two can't differ."""

from __future__ import annotations

import inspect
import textwrap
from typing import Any


class Source:
    """Source code as a notebook cell's output, highlighted by the notebook."""

    def __init__(self, text: str) -> None:
        self.text = text

    def __repr__(self) -> str:
        return self.text

    def _repr_markdown_(self) -> str:
        return f"```python\n{self.text}\n```"


def show_source(*objects: Any, docstrings: bool = False) -> Source:
    """Show the source of functions or classes of the package.

    Parameters
    ----------
    *objects : functions or classes
    docstrings : bool
        Show them too; without them the code fits beside its formula.
    """
    return Source("\n\n\n".join(_source(item, docstrings) for item in objects))


def _source(item: Any, docstrings: bool) -> str:
    item = inspect.unwrap(item)
    source = textwrap.dedent(inspect.getsource(item)).rstrip()
    doc = item.__doc__
    if docstrings or not doc:
        return source
    start = source.index('"""')
    end = source.index('"""', start + 3) + 3
    return source[:start].rstrip() + "\n" + source[end:].lstrip("\n")
