"""Say what the course runs on, and what to mend."""

import importlib.util
import os
import platform
import shutil
import sys
from importlib import metadata

from dlcourse import __version__
from dlcourse.cli.errors import CommandError
from dlcourse.cli.lab import BLAS_THREADS
from dlcourse.cli.lessons import lessons_source

SHOWN = ("numpy", "jupyterlab", "ipywidgets", "matplotlib", "scikit-learn")
CHROMIUMS = ("chromium", "chromium-browser", "google-chrome")
LEAST_FREE_GB = 0.5


def examine():
    """Print what the course runs on; return 0 when all is good, 1 with a list of what to mend."""
    for name, value in facts():
        print(f"{name:<19} {value}")
    troubles = [*missing_dependencies(), *other_troubles()]
    print()
    if not troubles:
        print("all good")
        return 0
    print("to mend:")
    for trouble in troubles:
        print(f"- {trouble}")
    return 1


def facts():
    """Return (name, value) pairs: the interpreter, the numerics, the packages, the machine."""
    threads = {name: os.environ[name] for name in BLAS_THREADS if name in os.environ}
    chromium = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    return [
        ("dlcourse", __version__),
        ("Python", f"{platform.python_version()} ({sys.executable})"),
        ("platform", platform.platform()),
        *((name, _version(name) or "missing") for name in SHOWN),
        ("BLAS", blas()),
        ("BLAS threads", " ".join(map("=".join, threads.items())) or "not set here; dlcourse lab sets 1"),
        ("OPENBLAS_CORETYPE", os.environ.get("OPENBLAS_CORETYPE", "not set (OpenBLAS chooses)")),
        ("torch (optional)", _version("torch") or "not installed"),
        ("chromium (optional)", chromium or "not found"),
        ("processors", os.cpu_count()),
        ("free disk here", f"{_free_gigabytes():.1f} GB"),
    ]


def blas():
    """Return the name and version of the BLAS that NumPy was built with."""
    try:
        import numpy as np

        found = np.show_config(mode="dicts")["Build Dependencies"]["blas"]
        return f"{found['name']} {found.get('version', '')}".strip()
    except (ImportError, KeyError, TypeError):
        return "unknown"


def missing_dependencies():
    """Return a sentence for each required package that is missing or too old."""
    try:
        from packaging.requirements import Requirement  # comes with JupyterLab and matplotlib
    except ImportError:
        return ["packaging: expected any version, found none; install dlcourse again"]

    sentences = []
    for line in metadata.requires("dlcourse") or []:
        requirement = Requirement(line)
        if requirement.marker and not requirement.marker.evaluate({"extra": ""}):
            continue
        found = _version(requirement.name)
        if found is None or not requirement.specifier.contains(found, prereleases=True):
            sentences.append(
                f"{requirement.name}: expected {requirement.specifier}, found {found or 'none'}; "
                f'run {os.path.basename(sys.executable)} -m pip install "{requirement}"'
            )
    return sentences


def other_troubles():
    """Return a sentence for everything else that would keep a lesson from running."""
    sentences = []
    if sys.version_info < (3, 11):  # noqa: UP036 (a copied environment may hold anything)
        sentences.append(f"Python: expected 3.11 or newer, found {platform.python_version()}")
    try:
        if not any(lessons_source().glob("*.ipynb")):
            sentences.append(f"no lesson lies in {lessons_source()}; install dlcourse again")
    except CommandError as error:
        sentences.append(str(error))
    if _free_gigabytes() < LEAST_FREE_GB:
        sentences.append(f"free disk: expected {LEAST_FREE_GB} GB, found {_free_gigabytes():.2f} GB")
    return sentences


def _version(name):
    """Return the installed version of a distribution that can also be imported, else None."""
    module = {"scikit-learn": "sklearn", "pillow": "PIL"}.get(name, name)
    try:
        return metadata.version(name) if importlib.util.find_spec(module) else None
    except metadata.PackageNotFoundError:
        return None


def _free_gigabytes():
    return shutil.disk_usage(".").free / 1e9
