"""Start JupyterLab on the learner's folder: offline, one BLAS thread per kernel, nothing to be asked."""

import importlib.util
import os
import subprocess
import sys
import webbrowser
from pathlib import Path
from urllib.parse import quote

from dlcourse.cli.errors import CommandError
from dlcourse.cli.lessons import is_known, lay_lessons

# Several kernels with a thread pool each on a few cores slow one another down a hundredfold.
BLAS_THREADS = (
    "OMP_NUM_THREADS",
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
    "NUMEXPR_NUM_THREADS",
)


def one_blas_thread(environment):
    """Set one BLAS thread in a mapping of environment variables, where nothing else is asked for.

    >>> one_blas_thread({"OMP_NUM_THREADS": "4"})["OMP_NUM_THREADS"]
    '4'
    """
    for name in BLAS_THREADS:
        environment.setdefault(name, "1")
    return environment


def open_lab(folder, *, browser=True, port=None, lab_arguments=()):
    """Lay the lessons into `folder`, start JupyterLab there, and stay until it ends.

    Returns
    -------
    int
        JupyterLab's exit code.
    """
    folder = Path(folder)
    if importlib.util.find_spec("jupyterlab") is None:
        raise CommandError(f"JupyterLab is missing from {sys.executable}. Install it: pip install jupyterlab")
    known = is_known(folder)
    for note in lay_lessons(folder):
        print(f"dlcourse: {note}")
    browser = browser and has_browser()
    print(f"dlcourse: your lessons are in {folder.resolve()}; Ctrl-C here stops JupyterLab.")
    if not browser:
        print("dlcourse: open the address printed below in a browser.")
    sys.stdout.flush()
    command = lab_command(folder, known=known, browser=browser, port=port, lab_arguments=lab_arguments)
    return _run(command)


def lab_command(folder, *, known, browser, port=None, lab_arguments=()):
    """Return the command that starts JupyterLab on `folder`; a folder not known yet opens its first lesson."""
    folder = Path(folder).resolve()
    command = [
        sys.executable,
        "-m",
        "jupyterlab",
        f"--ServerApp.root_dir={folder}",
        f"--LabApp.default_url={_start_page(folder, known)}",
        # Nothing leaves this machine: no news, no search for updates, no catalogue of extensions.
        "--LabApp.news_url=None",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
        "--LabApp.extension_manager=readonly",
        # One Ctrl-C is enough: under make nobody could answer the question that follows.
        "--ServerApp.answer_yes=True",
    ]
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.append("--allow-root")
    # Without a browser the server's log is where the address stands; else only what goes wrong matters.
    command.append("--ServerApp.log_level=WARN" if browser else "--no-browser")
    if port is not None:
        command += [f"--ServerApp.port={port}", "--ServerApp.port_retries=0"]
    return [*command, *lab_arguments]


def has_browser():
    """Return whether a browser with a window can be opened from here."""
    needs_display = sys.platform.startswith(("linux", "freebsd"))
    if needs_display and not any(map(os.environ.get, ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"))):
        return False  # webbrowser might still find one for the terminal, which JupyterLab is not made for
    try:
        webbrowser.get()
    except webbrowser.Error:
        return False
    return True


def _start_page(folder, known):
    lessons = sorted(folder.glob("[0-9][0-9]_*.ipynb"))
    if known or not lessons:
        return "/lab"
    return "/lab/tree/" + quote(lessons[0].name)


def lab_environment(environment):
    """Return the environment of JupyterLab: one BLAS thread, and our page settings after those of the learner.

    The page settings switch off the question whether to fetch news, which no option of the command does.
    """
    environment = one_blas_thread(dict(environment))
    ours = str(Path(__file__).with_name("jupyter"))
    environment["JUPYTER_CONFIG_PATH"] = os.pathsep.join(filter(None, [environment.get("JUPYTER_CONFIG_PATH"), ours]))
    return environment


def _run(command):
    environment = lab_environment(os.environ)
    if os.name == "posix":  # become JupyterLab, so that signals reach it and its exit code is ours
        os.execve(command[0], command, environment)
    try:
        return subprocess.run(command, env=environment).returncode
    except KeyboardInterrupt:
        return 0
