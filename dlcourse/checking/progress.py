"""The progress file: written whole or not at all, and never wiped by a second kernel."""

from __future__ import annotations

import contextlib
import copy
import json
import os
import re
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

from dlcourse.checking import display

FILE = ".dlcourse-progress.json"
VERSION = 1
ENTRY = {
    "status": "not started",  # the best so far: passed never goes back to failed
    "attempts": 0,
    "failures": 0,  # of the same kind, one after the other
    "kind": "",
    "fingerprint": "",
    "hints": 0,
    "score": 0.0,
}

T = TypeVar("T")
_in_memory: dict[Path, dict] = {}  # where the folder can't be written


def progress_path() -> Path:
    """Return where the progress is kept: where ``DLCOURSE_PROGRESS`` points, else in the current folder."""
    return Path(os.environ.get("DLCOURSE_PROGRESS") or FILE).absolute()


def read(path: str | os.PathLike) -> dict:
    """Return the content of a progress file.

    Raises
    ------
    FileNotFoundError
    ValueError
        When it is damaged or was written by a newer version of the course.
    """
    try:
        progress = json.loads(Path(path).read_text(encoding="utf-8"))
    except (json.JSONDecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError(f"{path} is damaged: expected JSON, as the course writes it") from None
    version = progress.get("version") if isinstance(progress, dict) else None
    if isinstance(version, int) and version > VERSION:
        raise ValueError(f"{path} was written by a newer version of the course ({version}, this one reads {VERSION})")
    if version != VERSION or not _is_sound(progress):
        raise ValueError(f"{path} is damaged: its entries are not what the course writes")
    return progress


def load() -> dict:
    """Return the learner's progress. A file that can't be read is put aside, and the learner is told."""
    path = progress_path()
    if path in _in_memory:
        return copy.deepcopy(_in_memory[path])
    try:
        return read(path)
    except FileNotFoundError:
        return _empty()
    except ValueError as error:
        _put_aside(path, error)
        return _empty()
    except OSError as error:
        _keep_in_memory(path, _empty(), error)
        return _empty()


def update(change: Callable[[dict], T]) -> T:
    """Read the progress, let `change` alter it, write it; return what `change` returned."""
    path = progress_path()
    with _locked(path.parent):
        progress = load()
        returned = change(progress)
        if path in _in_memory:
            _in_memory[path] = progress
        else:
            try:
                _write(path, progress)
            except OSError as error:
                _keep_in_memory(path, progress, error)
    return returned


def entry(progress: dict, id: str) -> dict:
    """Return what is kept of an exercise, in `progress` itself."""
    return progress["exercises"].setdefault(id, dict(ENTRY))


def _empty() -> dict:
    return {"version": VERSION, "exercises": {}, "predictions": {}}


def _is_sound(progress: dict) -> bool:
    tables = [progress.get("exercises"), progress.get("predictions")]
    if not all(isinstance(table, dict) and all(isinstance(e, dict) for e in table.values()) for table in tables):
        return False
    return all(
        isinstance(kept.get(key), (int, float) if isinstance(default, (int, float)) else str)
        for kept in progress["exercises"].values()
        for key, default in ENTRY.items()
    )


def _write(path: Path, progress: dict) -> None:
    handle, name = tempfile.mkstemp(prefix=f"{path.name}.", suffix=".tmp", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            json.dump(progress, file, indent=1, sort_keys=True)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(name)
        raise


def _put_aside(path: Path, error: ValueError) -> None:
    number = 1
    while (kept := path.with_name(f"{path.stem}.broken-{number}.json")).exists():
        number += 1
    try:
        path.rename(kept)
    except OSError as why:
        _keep_in_memory(path, _empty(), why)
        return
    what = "was written by a newer version of the course" if "newer" in str(error) else "could not be read"
    display.say(f"Your progress file {what}. It is kept as `{kept.name}`, and a new one is started.")


def _keep_in_memory(path: Path, progress: dict, error: OSError) -> None:
    if path not in _in_memory:
        why = error.strerror or type(error).__name__
        display.say(f"Your progress can't be saved in `{path.parent}` ({why}); it is kept until the kernel stops.")
    _in_memory[path] = progress


@contextlib.contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Hold other kernels off for the moment of a change; without locks (Windows) they may still lose one."""
    try:
        import fcntl

        handle = os.open(folder, os.O_RDONLY)
    except (ImportError, OSError):
        yield
        return
    try:
        for _ in range(200):
            try:
                fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                time.sleep(0.01)
            except OSError:  # a file system without locks
                break
        yield
    finally:
        os.close(handle)


def natural(id: str) -> list:
    """Return a key that sorts 01.2 before 01.10."""
    return [int(part) if part.isdigit() else part for part in re.split(r"(\d+)", id)]
