"""A walk through a graph, forward gate by gate and back gate by gate: its numbers, and a sentence about each step."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from dlcourse.drawing.numbers import say
from dlcourse.drawing.picture import LONGEST
from dlcourse.drawing.tape import Gate, Tape, Wire


@dataclass(eq=False)
class Step:
    """What stands on the wires after a step, and a sentence about it."""

    text: str
    values: dict[Wire, float]
    gradients: dict[Wire, float]
    new: set[Wire]
    open: set[Wire]
    gate: Gate | None = None


class Walk:
    """A program of single numbers, run forward and back, with a sentence about each gate."""

    def __init__(self, tape: Tape, order: Sequence[str] = ()) -> None:
        self.tape = tape
        places = {name: place for place, name in enumerate(order)}
        self.leaves = sorted(tape.leaves, key=lambda leaf: places.get(leaf.name, len(places)))
        self.values: dict[Wire, float] = {}
        self.gradients: dict[Wire, float] = {}
        self.readers = Counter(wire for gate in tape.gates for wire in set(gate.wires))  # that have not fired
        _check_numbers(tape)

    def steps(self, *, numbers: bool) -> list[Step]:
        """Return all steps: the inputs, each gate forward, 1 at the output, each gate back."""
        self._numbers = numbers
        self.values = {leaf: float(leaf.value) for leaf in self.leaves}
        steps = [self._step(self._inputs(), set(self.values))]
        for gate in self.tape.gates:
            self.values |= {wire: float(wire.value) for wire in gate.outputs}
            steps.append(self._step(self._forward(gate), set(gate.outputs), gate))
        self.gradients[self.tape.output] = 1.0
        steps.append(self._step(self._turn(), {self.tape.output}))
        for gate in reversed(self.tape.gates):
            text = self._back(gate)
            steps.append(self._step(text, set(gate.wires), gate))
        steps[-1].text += self._result(LONGEST - len(steps[-1].text))
        return steps

    def _step(self, text: str, new: set[Wire], gate: Gate | None = None) -> Step:
        unfinished = {wire for wire in self.gradients if self.readers[wire]}
        return Step(text, dict(self.values), dict(self.gradients), new, unfinished, gate)

    def _inputs(self) -> str:
        if not self._numbers:
            return f"Before the first gate: write the values of the {_count(self.leaves, 'input')}."
        return f"Before the first gate: {_some([_valued(leaf) for leaf in self.leaves], 200)}."

    def _forward(self, gate: Gate) -> str:
        if not self._numbers:
            return f"Forward: {_called(gate)} has all that it needs. Write the value that it makes."
        taken = _listed([_valued(x) if isinstance(x, Wire) else say(x) for x in gate.inputs])
        given = _listed([_valued(wire) for wire in gate.outputs])
        return f"Forward: from {taken} {_called(gate)} makes {given}."

    def _turn(self) -> str:
        output = self.tape.output
        what = f"{output.name or 'the output'} is {say(output.value)}" if self._numbers else "every value is there"
        return f"Forward is done, {what}. The way back begins at the output, with the gradient 1."

    def _back(self, gate: Gate) -> str:
        """Let a gate fire, and say what it does."""
        upstream = [0.0] * gate.made
        for wire in gate.outputs:
            upstream[wire.position] = self.gradients.get(wire, 0.0)
        arrived: dict[Wire, list[float]] = {wire: [] for wire in gate.wires}
        for x, dx in zip(gate.inputs, _handed_down(gate, upstream), strict=True):
            if isinstance(x, Wire):
                arrived[x].append(dx)
        parts = []
        for wire, gradients in arrived.items():
            before = [self.gradients[wire]] if wire in self.gradients else []
            self.gradients[wire] = sum(gradients, sum(before))
            self.readers[wire] -= 1
            parts.append(self._arrival(wire, before, gradients))
        fires = f"Back: {_called(gate)} fires. "
        if not self._numbers:
            return f"{fires}Upstream times {_slopes(gate, numbers=False)} goes {_listed(parts)}."
        told, slopes = _listed([say(dy) for dy in upstream]), _slopes(gate, numbers=True)
        return f"{fires}Upstream {told} times {slopes} leaves {_some(parts, 150)}."

    def _arrival(self, wire: Wire, before: list[float], gradients: list[float]) -> str:
        terms = [*before, *gradients]
        place = _place(wire)
        if not self._numbers:
            return f"to {place}" + (", added to what is there" if before else ", twice" * (len(gradients) > 1))
        total = say(self.gradients[wire])
        so_far = " so far" if self.readers[wire] else ""
        if len(terms) == 1:
            return f"{total} at {place}{so_far}"
        others = [f"({say(term)})" if term < 0 else say(term) for term in terms[1:]]
        return f"{' + '.join([say(terms[0]), *others])} = {total} at {place}{so_far}"

    def _result(self, room: int) -> str:
        named = [f"{leaf.name} {say(self.gradients[leaf])}" for leaf in self.leaves if leaf.name]
        if not self._numbers or not named:
            return " Every gradient is there."
        return f" All gradients: {_some(named, room - 17)}."


def _handed_down(gate: Gate, upstream: Sequence[float]) -> list[float]:
    """Return what a gate makes of the gradients at its outputs, one number for each of its inputs."""
    dxs = gate.backward(*(np.asarray(dy) for dy in upstream))
    return [float(dx) for dx in (dxs if isinstance(dxs, tuple) else (dxs,))]


def _slopes(gate: Gate, *, numbers: bool) -> str:
    """Say what a gate multiplies by; without numbers only what stands in the graph or is always the same."""
    if gate.name == "multiply" and (len(gate.wires) == 2 or not numbers):
        return "the other input" if len(gate.wires) == 2 else "the constant"
    if gate.made > 1 or not (numbers or gate.name in ("add", "subtract", "negative")):
        return "its local slopes" if len(gate.wires) > 1 else "its local slope"
    found = _handed_down(gate, [1.0])
    slopes = [say(slope) for slope, x in zip(found, gate.inputs, strict=True) if isinstance(x, Wire)]
    return f"its slope {slopes[0]}" if len(set(slopes)) == 1 else f"its slopes {_listed(slopes)}"


def _check_numbers(tape: Tape) -> None:
    if not tape.gates:
        raise ValueError("GraphWalk: expected a Tensor that was computed from others, got a leaf: there is no gate")
    for wire in [*tape.leaves, *(wire for gate in tape.gates for wire in gate.outputs)]:
        if wire.value.ndim:
            raise ValueError(
                f"GraphWalk: expected a program of single numbers, but {_place(wire)} holds an array of shape "
                f"{wire.value.shape}; draw_graph shows arrays"
            )


def _called(gate: Gate) -> str:
    symbol = gate.symbol.replace("\n", " ")
    names = _listed([wire.name for wire in gate.outputs if wire.name])
    return f"the gate {symbol} of {names}" if names else f"the gate {symbol}"


def _place(wire: Wire) -> str:
    if wire.name or wire.gate is None:
        return wire.name or "an input"
    return "the wire from " + wire.gate.symbol.replace("\n", " ")


def _valued(wire: Wire) -> str:
    return f"{wire.name} = {say(wire.value)}" if wire.name else say(wire.value)


def _listed(parts: Sequence[str]) -> str:
    return " and ".join([", ".join(parts[:-1]), parts[-1]]) if len(parts) > 1 else "".join(parts)


def _some(parts: Sequence[str], room: int) -> str:
    """List parts, as many as fit."""
    for n in range(len(parts), 0, -1):
        text = _listed([*parts[:n], *([f"{len(parts) - n} more"] if n < len(parts) else [])])
        if len(text) <= room:
            return text
    return f"{len(parts)} numbers"


def _count(things: Sequence[Any], what: str) -> str:
    return f"{len(things)} {what}" + "s" * (len(things) > 1)
