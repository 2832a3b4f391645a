"""For every pytest run in this tree: unit tests, doctests of the package, notebooks under nbval."""

import functools
import os
import tempfile
from pathlib import Path

import pytest

from dlcourse.cli.lab import one_blas_thread

# Several processes with a thread pool each on a few cores slow one another down a hundredfold.
# This must happen before NumPy is imported for the first time.
one_blas_thread(os.environ)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item):
    """Give each notebook a fresh progress file: its saved outputs were made with one, too."""
    if item.path.suffix == ".ipynb":
        os.environ["DLCOURSE_RECORDING"] = "1"
        os.environ["DLCOURSE_PROGRESS"] = str(Path(_progress_folder().name, f"{item.path.stem}.json"))


@functools.cache
def _progress_folder():
    return tempfile.TemporaryDirectory(prefix="dlcourse-progress-")  # one per process, gone with it
