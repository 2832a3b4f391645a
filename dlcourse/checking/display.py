"""Verdicts on the page: a card in Jupyter, plain text elsewhere, the same words in both."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

# Symbol and colour: JupyterLab's variable for the theme, with a fallback that reads on light and dark.
LOOKS = {
    "passed": ("✓", "var(--jp-success-color1, #2e8540)"),
    "failed": ("✗", "var(--jp-error-color1, #c9372c)"),
    "not started": ("○", "var(--jp-border-color1, #8a8a8a)"),
    "note": ("·", "var(--jp-info-color1, #1a73b8)"),
}


@dataclass(frozen=True)
class Card:
    """What is shown after a cell.

    Attributes
    ----------
    status : str
        passed, failed, not started, or note.
    sentence : str
        Comes first. Text in backticks is shown as code.
    lines : sequence of str
        More sentences.
    details : sequence of (label, text)
        Folded away in Jupyter; text of the learner's may be among it.
    """

    status: str
    sentence: str
    lines: Sequence[str] = ()
    details: Sequence[tuple[str, str]] = ()

    def __repr__(self) -> str:
        text = [f"{LOOKS[self.status][0]} {self.sentence}", *self.lines]
        for label, block in self.details:
            text += [f"{label}:", *(f"    {line}" for line in block.splitlines())]
        return "\n".join(text)

    def _repr_html_(self) -> str:
        symbol, colour = LOOKS[self.status]
        sentence = _inline(self.sentence)
        if self.status != "note":  # id and verdict in bold
            sentence = re.sub(r"^(.+?)(: |\. |\.$)", r"<b>\1</b>\2", sentence)
        lines = "".join(f'<div style="margin-top:0.35em">{_inline(line)}</div>' for line in self.lines)
        folded = "".join(f"<div>{html.escape(label)}</div>{_pre(text)}" for label, text in self.details)
        if folded:
            folded = f'<details style="margin-top:0.35em"><summary>details</summary>{folded}</details>'
        return (
            f'<div style="border-left:4px solid {colour};padding:0.4em 0.8em;margin:0.2em 0;'
            'color:var(--jp-content-font-color1, inherit);max-width:46em;line-height:1.45">'
            f'<div><b style="color:{colour}">{symbol}</b> {sentence}</div>{lines}{folded}</div>'
        )


@dataclass(frozen=True)
class Text:
    """Markdown in Jupyter, the same text elsewhere."""

    markdown: str

    def __repr__(self) -> str:
        return self.markdown

    def _repr_markdown_(self) -> str:
        return self.markdown


@dataclass(frozen=True)
class Table:
    """Rows under a heading, and sentences below them."""

    heading: Sequence[str]
    rows: Sequence[Sequence[str]]
    lines: Sequence[str] = ()

    def __repr__(self) -> str:
        return "\n".join([*columns([self.heading, *self.rows]), *self.lines])

    def _repr_html_(self) -> str:
        def row(cells: Sequence[str], tag: str) -> str:
            return "<tr>" + "".join(_cell(cell, tag) for cell in cells) + "</tr>"

        body = "".join(row(cells, "td") for cells in self.rows)
        below = "".join(f"<div>{_inline(line)}</div>" for line in self.lines)
        return (
            f'<table style="color:inherit"><thead>{row(self.heading, "th")}</thead><tbody>{body}</tbody></table>{below}'
        )


def columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Return rows of text as lines with aligned columns."""
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return ["  ".join(cell.ljust(n) for cell, n in zip(row, widths, strict=True)).rstrip() for row in rows]


def show(item: Any) -> None:
    """Display in IPython, print elsewhere."""
    if _in_ipython():
        from IPython.display import display

        display(item)
    else:
        print(repr(item))


def say(sentence: str) -> None:
    """Show a sentence of the course's own, beside a verdict."""
    show(Card("note", sentence))


def _in_ipython() -> bool:
    ipython = sys.modules.get("IPython")
    return ipython is not None and ipython.get_ipython() is not None


def _cell(text: str, tag: str) -> str:
    return f'<{tag} style="text-align:left">{html.escape(text)}</{tag}>'


def _pre(text: str) -> str:
    style = "margin:0.2em 0 0.6em 0;overflow-x:auto;background:transparent;color:inherit"
    return f'<pre style="{style}">{html.escape(text)}</pre>'


def _inline(text: str) -> str:
    """Escape a sentence and show what stands in backticks as code; a dollar sign starts no mathematics."""
    escaped = html.escape(text, quote=False).replace("$", "&#36;")
    return re.sub(r"`([^`]+)`", r"<code>\1</code>", escaped)
