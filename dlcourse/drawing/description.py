"""A computation graph in a sentence, for who can't see the picture."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from dlcourse.drawing.numbers import say
from dlcourse.drawing.picture import LONGEST
from dlcourse.drawing.tape import Tape, Wire

_INFIX = {"add": (1, "+"), "subtract": (1, "-"), "multiply": (2, "×"), "divide": (2, "÷"), "matmul": (2, "@")}
_LONGEST_FORMULA = 70


def describe(tape: Tape, *, values: bool = True) -> str:
    """Say what the graph computes, how large it is, and its numbers, as far as 260 characters go.

    Parameters
    ----------
    tape : Tape
    values : bool
        Say the value of the output.
    """
    name = tape.output.name or "output"
    text = f"Graph of {_formula(tape) or name}: {_count(tape.leaves, 'input')}, {_count(tape.gates, 'gate')}"
    if values:
        text += f"; {name} = {say(tape.output.value)}"
    inputs = [(leaf.name, say(leaf.gradient)) for leaf in tape.leaves if leaf.gradient is not None]
    if not inputs or not tape.gates:
        return f"{text}."
    known = [f"{name} {gradient}" for name, gradient in inputs if name]
    if not known:
        known, text = [gradient for _, gradient in inputs], f"{text}; gradients of the inputs "
    else:
        text += "; gradients "
    return text + _as_many_as_fit(known, LONGEST - len(text) - 1) + "."


def _as_many_as_fit(parts: list[str], room: int) -> str:
    for n in range(len(parts), 0, -1):
        rest = f" and {len(parts) - n} more" if n < len(parts) else ""
        text = ", ".join(parts[:n]) + rest
        if len(text) <= room:
            return text
    return f"of {len(parts)} inputs"


def _count(things: Iterable[Any], what: str) -> str:
    n = len(list(things))
    return f"{n} {what}" if n == 1 else f"{n} {what}s"


def _formula(tape: Tape) -> str:
    """The program as a formula, when every leaf has a name and it is short; else nothing."""
    if not tape.gates or not all(leaf.name for leaf in tape.leaves):
        return ""
    formulas: dict[Wire, tuple[str, int]] = {leaf: (leaf.name, 9) for leaf in tape.leaves}
    for gate in tape.gates:
        parts = [formulas[x] if isinstance(x, Wire) else (say(x), 9) for x in gate.inputs]
        whole = _combined(gate.name, gate.settings, parts)
        if len(whole[0]) > _LONGEST_FORMULA:
            return ""
        formulas.update(dict.fromkeys(gate.outputs, whole))
    name, formula = tape.output.name, formulas[tape.output][0]
    return f"{name} = {formula}" if name else formula


def _combined(name: str, settings: Any, parts: list[tuple[str, int]]) -> tuple[str, int]:
    """A formula and how tightly it binds: 1 a sum, 2 a product, 3 a power, 9 a name or a call."""
    if name in _INFIX:
        rank, sign = _INFIX[name]
        # Brackets on the right also around its own kind: a + (b + c) is another graph than a + b + c.
        return f"{_in_brackets(parts[0], rank)} {sign} {_in_brackets(parts[1], rank + 1)}", rank
    if name == "negative":
        return f"-{_in_brackets(parts[0], 2)}", 1
    if name == "power":
        return f"{_in_brackets(parts[0], 4)}^{settings['exponent']:g}", 3
    return f"{name}({', '.join(text for text, _ in parts)})", 9


def _in_brackets(part: tuple[str, int], least: int) -> str:
    text, rank = part
    return f"({text})" if rank < least else text
