"""A learner's own copy of the lessons, and how a newer course reaches it without a loss.

A manifest in the folder holds, for each lesson, the digest of what was laid there last. So three versions
can be told apart: what we laid, what is there now, and what the course has today.
"""

import hashlib
import json
import os
from pathlib import Path

from dlcourse import __version__
from dlcourse.cli.errors import CommandError

MANIFEST = ".dlcourse-lessons.json"
PACKAGE = Path(__file__).resolve().parents[1]


def lessons_source():
    """Return the folder with the course's lessons: in the installed package, or in a checkout beside it."""
    installed, checkout = PACKAGE / "lessons", PACKAGE.parent / "notebooks"
    if installed.is_dir():
        return installed
    if checkout.is_dir() and (PACKAGE.parent / "pyproject.toml").is_file():
        return checkout
    raise CommandError(f"the lessons are missing: expected them in {installed} or {checkout}. Install dlcourse again.")


def lay_lessons(folder, source=None, version=__version__):
    """Bring the lessons in `folder` up to date, keeping every lesson that the learner has changed.

    Parameters
    ----------
    folder : Path
        Where the learner works; made when it is missing.
    source : Path, optional
        Where the course's lessons are; `lessons_source()` when left out.
    version : str
        The course's version, which names a lesson laid beside a changed one.

    Returns
    -------
    list of str
        What the learner should know, one line each.

    Raises
    ------
    CommandError
        When `folder` cannot be used; nothing of the learner's has been touched then.
    """
    source = lessons_source() if source is None else source
    folder = Path(folder)
    if folder.resolve() == source.resolve():
        return []
    _refuse_unusable(folder, source)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        if not os.access(folder, os.W_OK):
            raise PermissionError("it may not be written to")
        laid = _read_manifest(folder)
        notes = []
        for name in _lesson_files(source):
            notes += _lay_one(source / name, folder / name, laid.get(name), version)
            laid[name] = digest(source / name)
        # Last: had we been stopped before, the next start finds what is up to date by its content.
        _write(folder / MANIFEST, _manifest_text(laid))
    except OSError as error:
        reason = error.strerror or error
        raise CommandError(f"cannot lay the lessons into {folder}: {reason}. Name another folder.") from error
    return notes


def is_known(folder):
    """Return whether lessons were laid into `folder` before."""
    return (Path(folder) / MANIFEST).exists()


def digest(path):
    """Return a digest of what a person writes in a file: of a notebook, the kinds and sources of its cells.

    Running a notebook changes outputs, counts and metadata, and JupyterLab adds an empty cell at its end;
    none of these makes it the learner's.
    """
    content = path.read_bytes()
    if path.suffix == ".ipynb":
        try:
            cells = [[cell["cell_type"], "".join(cell["source"])] for cell in json.loads(content)["cells"]]
            content = json.dumps([cell for cell in cells if cell[1].strip()]).encode()
        except (ValueError, KeyError, TypeError):
            pass  # no readable notebook (any more): compare its bytes
    return hashlib.sha256(content).hexdigest()


def _as_laid(path):
    """Return a file as the learner gets it: a notebook without its outputs, which would answer every question."""
    content = path.read_bytes()
    if path.suffix != ".ipynb":
        return content
    try:
        notebook = json.loads(content)
        for cell in notebook["cells"]:
            if cell["cell_type"] == "code":
                cell.update(outputs=[], execution_count=None)
        notebook["metadata"].pop("widgets", None)
    except (ValueError, KeyError, TypeError):
        return content  # no notebook that we can read
    return (json.dumps(notebook, indent=1, ensure_ascii=False) + "\n").encode()


def _refuse_unusable(folder, source):
    here = folder.resolve()
    if folder.exists() and not folder.is_dir():
        raise CommandError(f"{folder} is a file; name a folder for your lessons.")
    for ours in (PACKAGE, source.resolve()):
        if here.is_relative_to(ours):
            raise CommandError(
                f"{folder} lies inside the course itself ({ours}), where an upgrade would overwrite your work; "
                "name a folder of your own."
            )


def _lesson_files(source):
    """Return the relative paths of the lessons and of what lies with them, without hidden files."""
    files = (path.relative_to(source) for path in source.rglob("*") if path.is_file())
    return sorted(path.as_posix() for path in files if not any(part[0] in "._" for part in path.parts))


def _lay_one(new, mine, laid, version):
    if not mine.exists():
        _write(mine, _as_laid(new))
        return []
    if not mine.is_file():
        raise CommandError(f"{mine} is a folder, but a lesson has that name; move it away.")
    wanted, found = digest(new), digest(mine)
    if found == wanted or laid == wanted:  # up to date, or changed by the learner since
        return []
    if found == laid:  # never changed by the learner
        _write(mine, _as_laid(new))
        return []
    beside = _beside(mine, version, wanted)
    _write(beside, _as_laid(new))
    return [f"{mine.name} has a new version; yours is kept as it is, the new one is {beside.name}"]


def _beside(mine, version, wanted):
    """Return the first name for the new version that is free or holds that version already."""
    stem, counter = f"{mine.stem}.new-{version}", 1
    while True:
        path = mine.with_name(stem + (f"-{counter}" if counter > 1 else "") + mine.suffix)
        if not path.exists() or (path.is_file() and digest(path) == wanted):
            return path
        counter += 1


def _read_manifest(folder):
    """Return {name: digest}; {} when there is none or it is unreadable, as if all had been changed."""
    try:
        lessons = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))["lessons"]
        return {str(name): str(laid) for name, laid in lessons.items()}
    except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
        return {}


def _manifest_text(laid):
    return (json.dumps({"version": 1, "lessons": laid}, indent=1, sort_keys=True) + "\n").encode()


def _write(path, content):
    """Write a file at once: whoever reads it sees the old or the new one, never half of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".dlcourse-{os.getpid()}.tmp")
    try:
        temporary.write_bytes(content)
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
