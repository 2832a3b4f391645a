"""What a Tensor remembers, read into gates and wires; the engine's own objects go no further than this."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np

MOST_GATES = 60

_SYMBOLS = {
    "add": "+",
    "subtract": "−",
    "multiply": "×",
    "divide": "÷",
    "matmul": "@",
    "negative": "−1×",
    "sigmoid": "σ",
    "maximum": "max",
    "sum": "Σ",
    "sqrt": "√",
}
_COMMUTATIVE = {"add", "multiply", "maximum"}
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")


@dataclass(eq=False)
class Wire:
    """A Tensor: what a gate gives, or a leaf, which no gate made."""

    name: str
    value: np.ndarray
    gradient: np.ndarray | None
    gate: Gate | None = None
    position: int = 0  # among all outputs of its operation, used or not

    @property
    def row(self) -> int:
        """Its place among the wires that leave its gate in the drawing."""
        return self.gate.outputs.index(self) if self.gate else 0


@dataclass(eq=False)
class Gate:
    """A recorded operation. Among its inputs an array or a number is a constant."""

    name: str
    settings: Mapping[str, Any]
    backward: Callable[..., Any]  # takes a gradient for each of the outputs, used or not
    made: int = 1  # how many outputs these are
    inputs: list[Any] = field(default_factory=list)
    outputs: list[Wire] = field(default_factory=list)

    @property
    def wires(self) -> list[Wire]:
        return [x for x in self.inputs if isinstance(x, Wire)]

    @property
    def ordered(self) -> bool:
        """Does the order of the inputs matter?"""
        return self.name not in _COMMUTATIVE

    @property
    def constants(self) -> tuple[list[Any], list[Any]]:
        """The constants written above the gate (they come first, or in any order) and below it."""
        first = next((i for i, x in enumerate(self.inputs) if isinstance(x, Wire)), 0)
        found = [(i, x) for i, x in enumerate(self.inputs) if not isinstance(x, Wire)]
        above = [x for i, x in found if i < first or not self.ordered]
        return above, [x for i, x in found if i >= first and self.ordered]

    @property
    def symbol(self) -> str:
        """What stands in the circle; a long name is broken into lines."""
        if self.name == "power":
            exponent = f"{self.settings['exponent']:g}"
            return f"x{exponent.translate(_RAISED)}" if re.fullmatch(r"-?\d+", exponent) else f"x^{exponent}"
        return _SYMBOLS.get(self.name, _in_lines(self.name))


@dataclass(eq=False)
class Tape:
    """Gates in the order of their making, the leaves, and the Tensor that was asked for."""

    gates: list[Gate]
    leaves: list[Wire]
    output: Wire


def read_tape(tensor: Any, names: Mapping[str, Any], *, gradients: bool = True) -> Tape:
    """Read what a Tensor remembers. No ``grad`` is read or written.

    Parameters
    ----------
    tensor : Tensor
    names : dict of name -> Tensor
        One that is no part of the graph is passed over.
    gradients : bool
        Carry a gradient of 1 back from the output; for an output that is no scalar there are none.
    """
    for what, x in [("the output", tensor), *((f"names[{name!r}]", x) for name, x in names.items())]:
        if not hasattr(x, "_node"):
            raise TypeError(f"draw_graph: expected {what} to be a Tensor, got {type(x).__name__}")
    nodes = _nodes(tensor)
    kept = tensor.gradients() if gradients and tensor.data.ndim == 0 else {}
    name_of = {x.slot: name for name, x in names.items()}
    gates = {node: Gate(node.name, node.settings, node.backward, len(node.outputs or (1,))) for node in nodes}
    wires: dict[Any, Wire] = {}

    def wire(x: Any) -> Wire:
        key = x.slot
        if key not in wires:
            wires[key] = Wire(name_of.get(key, ""), x.data, kept.get(key), gates.get(x._node), x._position)
            if x._node is not None:
                outputs = gates[x._node].outputs
                outputs.append(wires[key])
                outputs.sort(key=lambda w: w.position)
        return wires[key]

    for node, gate in gates.items():
        arrays = node.arrays
        gate.inputs = [arrays[i] if x is None else wire(x) for i, x in enumerate(node.inputs)]
    output = wire(tensor)
    return Tape(list(gates.values()), [w for w in wires.values() if w.gate is None], output)


def _nodes(tensor: Any) -> list[Any]:
    """Every recorded operation behind a Tensor, the first made first."""
    seen = {tensor._node} - {None}
    stack = list(seen)
    while stack:
        found = {x._node for x in stack.pop().inputs if x is not None} - {None} - seen
        seen |= found
        stack += found
        if len(seen) > MOST_GATES:
            raise ValueError(
                f"draw_graph: the graph has more than {MOST_GATES} gates, too many to read; draw an earlier Tensor, "
                "or a smaller program of the same kind"
            )
    return sorted(seen, key=lambda node: node.number)


def _in_lines(name: str, longest: int = 9) -> str:
    lines = [""]
    for word in name.split("_"):
        if lines[-1] and len(lines[-1]) + len(word) >= longest:
            lines.append(word)
        else:
            lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
