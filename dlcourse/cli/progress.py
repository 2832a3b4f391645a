"""Show how far a learner is."""

import os
from pathlib import Path

from dlcourse.checking.progress import FILE
from dlcourse.checking.table import progress_table
from dlcourse.cli.errors import CommandError

FOLDERS = ("my-lessons", "dlcourse-lessons", ".")


def print_progress(folder=None):
    """Print one line for each lesson: exercises passed and tried, points, and what to do next; return 0."""
    path = progress_file(folder)
    try:
        print(progress_table(path))
    except (OSError, ValueError) as error:
        raise CommandError(f"cannot read the progress: {error}") from error
    return 0


def progress_file(folder=None):
    """Return the path of the progress file: of `folder`, else where ``DLCOURSE_PROGRESS`` points, else nearby."""
    if folder is not None:
        candidates = [Path(folder, FILE)]
    elif os.environ.get("DLCOURSE_PROGRESS"):
        candidates = [Path(os.environ["DLCOURSE_PROGRESS"])]
    else:
        candidates = [Path(name, FILE) for name in FOLDERS]
    for path in candidates:
        if path.is_file():
            return path
    places = ", ".join(map(str, candidates))
    raise CommandError(
        f"no progress yet: expected a file {places}. It is written when you check your first exercise; "
        "if your lessons lie elsewhere, name the folder: dlcourse progress FOLDER"
    )
