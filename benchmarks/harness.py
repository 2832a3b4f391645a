"""Time several implementations of one piece of work fairly, and say whether a target holds."""

import gc
import importlib
import importlib.metadata
import math
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from time import process_time
from typing import Any

import numpy as np

from dlcourse.cli.doctor import blas

PEERS = ("torch", "autograd", "micrograd")
OURS = "dlcourse"

# Takes the inputs and returns what is timed: a function without arguments that returns its outputs as arrays.
Contestant = Callable[..., Callable[[], Sequence]]


class OutputsDiffer(Exception):
    """Two contestants did not compute the same; timing them would compare nothing."""


@dataclass(frozen=True)
class Row:
    """One line of the table.

    Parameters
    ----------
    work : str
    ours : float
        In `unit`; nan where it can't be measured here.
    unit : str
    target : float, optional
        The largest ratio that is good enough; without a peer, the largest value.
    peer : str, optional
    theirs : float, optional
        None where the peer is not installed.
    """

    work: str
    ours: float
    unit: str
    target: float | None = None
    peer: str | None = None
    theirs: float | None = None

    @property
    def judged(self) -> float | None:
        """What is held against the target: our value, or its ratio to the peer's; None if that is missing."""
        if self.peer is None:
            return self.ours
        return None if self.theirs is None else self.ours / self.theirs

    @property
    def verdict(self) -> str:
        """Return "holds", "missed", or why there is no verdict."""
        if math.isnan(self.ours):
            return "not measured"
        if self.judged is None:
            return "peer missing"
        if self.target is None:
            return "no target"
        return "holds" if self.judged <= self.target else "missed"

    def cells(self) -> list[str]:
        ratio = "" if self.peer is None or self.judged is None else f"{self.judged:.3g}"
        theirs = "" if self.theirs is None else f"{self.theirs:.3g} {self.unit}"
        target = "" if self.target is None else f"≤ {self.target:g}{'' if self.peer else ' ' + self.unit}"
        return [self.work, f"{self.ours:.3g} {self.unit}", self.peer or "", theirs, ratio, target, self.verdict]


def measure(
    contestants: Mapping[str, Contestant],
    draw: Callable[[np.random.Generator], tuple],
    *,
    rounds: int,
    calls: int = 1,
    tolerance: float = 1e-4,
) -> dict[str, float]:
    """Return the median CPU time of one call, in seconds, of each contestant.

    Every round draws fresh inputs and times all contestants on them, in an order that rotates from round to
    round, each after a warm call. Before that, their outputs are held against those of the first.

    Parameters
    ----------
    contestants : dict of name -> Contestant
    draw : callable
        ``draw(rng) -> inputs``, never zeros.
    rounds : int
    calls : int
        Calls in one sample, where one alone is too short to time.
    tolerance : float
        Largest difference of outputs, relative to the largest entry.
    """
    rng = np.random.default_rng(0)
    names = list(contestants)
    require_equal_outputs(contestants, draw(rng), tolerance)
    samples: dict[str, list[float]] = {name: [] for name in names}
    was_on = gc.isenabled()
    gc.disable()
    try:
        for i in range(rounds):
            inputs = draw(rng)
            for j in range(len(names)):
                name = names[(i + j) % len(names)]
                samples[name].append(_sample(contestants[name](*inputs), calls))
            gc.collect()  # between the samples, for peers whose graphs are reference cycles
    finally:
        if was_on:
            gc.enable()
    return {name: median(times) for name, times in samples.items()}


def _sample(run: Callable[[], Any], calls: int) -> float:
    run()
    start = process_time()
    for _ in range(calls):
        run()
    return (process_time() - start) / calls


def require_equal_outputs(contestants: Mapping[str, Contestant], inputs: tuple, tolerance: float = 1e-4) -> None:
    """Raise OutputsDiffer where a contestant's outputs are not those of the first."""
    outputs = {name: [np.asarray(y) for y in contestant(*inputs)()] for name, contestant in contestants.items()}
    first, *others = outputs
    for name in others:
        if len(outputs[name]) != len(outputs[first]):
            raise OutputsDiffer(f"{name} has {len(outputs[name])} outputs, {first} {len(outputs[first])}")
        for i, (expected, got) in enumerate(zip(outputs[first], outputs[name], strict=True)):
            if got.shape != expected.shape:
                raise OutputsDiffer(f"output {i} of {name} has shape {got.shape}, that of {first} {expected.shape}")
            off = np.max(np.abs(got - expected), initial=0) / max(np.max(np.abs(expected), initial=0), 1e-30)
            if not off <= tolerance:
                raise OutputsDiffer(f"output {i} of {name} differs from that of {first} by {off:.1e} of its size")


def compare(
    work: str,
    contestants: Mapping[str, Contestant],
    targets: Mapping[str, float | None],
    draw: Callable[[np.random.Generator], tuple],
    *,
    unit: str = "ms",
    per: float = 1,
    **settings: Any,
) -> list[Row]:
    """Measure the contestants whose package is installed; return a row for each peer in `targets`.

    Parameters
    ----------
    work : str
    contestants : dict of name -> Contestant
        Ours is called "dlcourse", a peer by its package.
    targets : dict of peer -> largest good ratio or None
    draw : callable
    unit : {"ms", "µs"}
    per : float
        A time is divided by this, the number of operations for instance.
    settings
        Of `measure`.
    """
    installed = {name: run for name, run in contestants.items() if name == OURS or version(name)}
    scale = {"ms": 1e3, "µs": 1e6}[unit] / per
    times = {name: seconds * scale for name, seconds in measure(installed, draw, **settings).items()}
    return [Row(work, times[OURS], unit, target, peer, times.get(peer)) for peer, target in targets.items()]


def version(package: str) -> str | None:
    """Return the version of an installed package, or None."""
    try:
        importlib.import_module(package)
        return importlib.metadata.version(package)
    except ImportError:  # PackageNotFoundError is one
        return None


def report(rows: Sequence[Row]) -> str:
    """Return the Markdown of the table, of what it was measured on, and of how many targets hold."""
    versions = {"Python": platform.python_version(), "numpy": np.__version__, "BLAS": blas()}
    versions |= {peer: version(peer) or "not installed" for peer in PEERS}
    table = [["work", "ours", "peer", "theirs", "ratio", "target", ""], *(row.cells() for row in rows)]
    widths = [max(len(line[i]) for line in table) for i in range(len(table[0]))]
    lines = ["| " + " | ".join(map(str.ljust, line, widths)) + " |" for line in table]
    lines.insert(1, "|" + "|".join("-" * (width + 2) for width in widths) + "|")
    missing = [peer for peer in PEERS if versions[peer] == "not installed"]
    verdicts = [row.verdict for row in rows]
    holding, missed = verdicts.count("holds"), verdicts.count("missed")
    sentences = [f"{holding} of {holding + missed} targets hold."]
    sentences += [f"Missing peers: {', '.join(missing)}."] if missing else []
    return "\n".join(
        [", ".join(f"{name} {number}" for name, number in versions.items()), "", *lines, "", " ".join(sentences)]
    )
