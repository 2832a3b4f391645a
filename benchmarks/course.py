"""What the course costs its learner: importing it, a verdict, and memory while training. No peer does the same."""

import contextlib
import gc
import io
import math
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import process_time
from unittest import mock

import numpy as np

import dlcourse
from benchmarks import mlp
from benchmarks.harness import Row
from dlcourse.checking import check
from dlcourse.checking.session import all_exercises

ROOT = Path(__file__).resolve().parents[1]
STEPS = 1000
PAGES = Path("/proc/self/statm")  # Linux only

# Prints the CPU seconds of the imports after NumPy's. Drawing is left out: it brings matplotlib.
IMPORTS = """
import numpy
from time import process_time
start = process_time()
import dlcourse, {modules}
print(process_time() - start)
"""


def import_row(rounds: int = 15) -> Row:
    concepts = [name for _, name, is_package in pkgutil.iter_modules(dlcourse.__path__) if is_package]
    modules = ", ".join(f"dlcourse.{name}" for name in concepts if name != "drawing")
    command = [sys.executable, "-c", IMPORTS.format(modules=modules)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    times = [
        float(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
        for _ in range(rounds + 1)
    ]
    return Row("import of dlcourse and its concepts beyond numpy", median(times[1:]), "s", 0.1)  # the first is cold


def check_row(rounds: int = 5) -> Row:
    """The slowest verdict of all exercises, over the right answer and each typical mistake."""
    slowest = 0.0
    with tempfile.TemporaryDirectory() as folder, mock.patch.dict(os.environ, DLCOURSE_PROGRESS=f"{folder}/progress"):
        for exercise in all_exercises().values():
            wrong = [m.function if exercise.is_code else m.function() for m in exercise.mistakes]
            for answer in [exercise.reference, *wrong]:
                slowest = max(slowest, median(_verdict(exercise.id, answer) for _ in range(rounds)))
    return Row("check(), the slowest verdict of all exercises", slowest, "s", 0.2)


def _verdict(id: str, answer: object) -> float:
    with contextlib.redirect_stdout(io.StringIO()):
        start = process_time()
        check(id, answer)
        return process_time() - start


def memory_row() -> Row:
    """The growth of the resident set over training steps without the garbage collector, in a fresh process."""
    grown = math.nan
    if PAGES.exists():
        command = [sys.executable, "-c", "from benchmarks.course import growth; print(growth())"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        grown = float(subprocess.run(command, capture_output=True, text=True, check=True, env=environment).stdout)
    return Row(f"RSS growth over {STEPS} MLP steps, gc off", grown, "MB", 0)


def growth() -> float:
    """Return by how many MB this process grows over the training steps, after as many to warm up."""
    run = mlp.ours(*mlp.drawing(32)(np.random.default_rng(0)))
    gc.disable()
    before = 0.0
    for i in range(2 * STEPS):
        if i == STEPS:
            before = _resident()
        run()
    return _resident() - before


def _resident() -> float:
    return int(PAGES.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def rows() -> list[Row]:
    return [import_row(), check_row(), memory_row()]
