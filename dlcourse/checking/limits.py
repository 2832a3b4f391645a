"""Time, memory, prints and warnings of a learner's code, in the learner's own process and as far as that goes.

On POSIX a timer interrupts the main thread and the address space is limited. Elsewhere the code runs in a
worker thread that is told to stop; a call into C that never returns can't be stopped at all.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import signal
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

SECONDS = 5.0
MEMORY = 2 * 1024**3
MOST_PRINTED = 2000
MOST_WARNINGS = 5


class OutOfTime(BaseException):
    """Raised inside a learner's code when its time is up; no ``except Exception`` catches it."""


class Printed(io.TextIOBase):
    """Keeps the beginning of what is written and drops the rest."""

    def __init__(self) -> None:
        self.text = ""

    def writable(self) -> bool:
        return True

    def write(self, text: str) -> int:
        if len(self.text) <= MOST_PRINTED:
            self.text += str(text)[: MOST_PRINTED + 1 - len(self.text)]
        return len(text)

    def shown(self) -> str:
        return self.text if len(self.text) <= MOST_PRINTED else self.text[:MOST_PRINTED] + "\n... and more"


class Limits:
    """One budget for all runs of one answer.

    Attributes
    ----------
    printed : Printed
    warnings : list of (kind, message, file name, line)
        The first few different ones.
    """

    def __init__(self) -> None:
        self.seconds = SECONDS
        self.printed = Printed()
        self.warnings: list[tuple[str, str, str, int]] = []

    def run(self, function: Callable[[], Any]) -> Any:
        """Return ``function()``; raise `OutOfTime` when the budget is spent."""
        if self.seconds <= 0:
            raise OutOfTime
        start = time.monotonic()
        timed = _with_timer if _has_timer() else _in_worker
        try:
            with (
                contextlib.redirect_stdout(self.printed),
                contextlib.redirect_stderr(self.printed),
                warnings.catch_warnings(),
                _memory_limit(),
            ):
                warnings.simplefilter("always")
                warnings.showwarning = self._keep_warning  # type: ignore[assignment]
                return timed(function, self.seconds)
        finally:
            self.seconds -= time.monotonic() - start

    def _keep_warning(self, message: Any, category: Any, filename: str, line: int, *_: Any, **__: Any) -> None:
        warning = (category.__name__, str(message), filename, line)
        if len(self.warnings) < MOST_WARNINGS and warning not in self.warnings:
            self.warnings.append(warning)


def _has_timer() -> bool:
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


def _with_timer(function: Callable[[], Any], seconds: float) -> Any:
    def stop(_: Any, frame: Any) -> None:
        if frame is None or frame.f_code.co_filename != __file__:  # never in the middle of what restores things
            raise OutOfTime

    start = time.monotonic()
    before = signal.signal(signal.SIGALRM, stop)
    try:
        # It rings again and again, because a bare `except:` inside a loop may swallow the first.
        left, interval = signal.setitimer(signal.ITIMER_REAL, seconds, 0.05)
        try:
            return function()
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
    finally:
        signal.signal(signal.SIGALRM, before if before is not None else signal.SIG_DFL)
        if left:
            signal.setitimer(signal.ITIMER_REAL, max(left - (time.monotonic() - start), 1e-3), interval)


def _in_worker(function: Callable[[], Any], seconds: float) -> Any:
    outcome: dict[str, Any] = {}

    def work() -> None:
        try:
            outcome["value"] = function()
        except BaseException as error:
            outcome["error"] = error

    worker = threading.Thread(target=work, daemon=True)
    worker.start()
    worker.join(seconds)
    if worker.is_alive():
        for _ in range(20):  # again and again, as above
            ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(OutOfTime))
            worker.join(0.05)
            if not worker.is_alive():
                break
        raise OutOfTime
    if "error" in outcome:
        raise outcome["error"]
    return outcome["value"]


@contextlib.contextmanager
def _memory_limit() -> Iterator[None]:
    """Allow `MEMORY` bytes more than the process has now, where the system can say and hold it."""
    try:
        import resource

        in_use = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        before = resource.getrlimit(resource.RLIMIT_AS)
        wanted = in_use + MEMORY
        limits = [limit for limit in (wanted, *before) if limit != resource.RLIM_INFINITY]
        resource.setrlimit(resource.RLIMIT_AS, (min(limits), before[1]))
    except (ImportError, OSError, ValueError):
        yield
        return
    try:
        yield
    finally:
        with contextlib.suppress(OSError, ValueError):
            resource.setrlimit(resource.RLIMIT_AS, before)
