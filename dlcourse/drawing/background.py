"""Work beside the page: one job at a time, and the newest wins."""

from __future__ import annotations

import threading
import traceback
from collections.abc import Callable, Iterator
from typing import Any


class Job:
    """An iterator that is run to its end in a thread. It starts at once, and cancels the job before it.

    Cancelled, a job ends after the step that it is in, and the next one waits for that; so two never run at once,
    wherever they were started.

    Parameters
    ----------
    steps : callable
        Makes the iterator; called in the thread.
    stepped : callable
        ``stepped(job, item)`` is called in the thread with each item, unless the job is cancelled.
    ended : callable
        ``ended(job, error)`` is called in the thread when the job is over: with the traceback of what went wrong, or
        with an empty string. The job may have been cancelled.
    """

    _turn = threading.Lock()  # held by the job that runs
    _order = threading.Lock()
    _newest: Job | None = None

    def __init__(
        self,
        steps: Callable[[], Iterator[Any]],
        stepped: Callable[[Job, Any], object],
        ended: Callable[[Job, str], object],
    ) -> None:
        self._steps, self._stepped, self._ended = steps, stepped, ended
        self._cancelled = threading.Event()
        self._thread = threading.Thread(target=self._run, name="dlcourse work", daemon=True)

    def start(self) -> None:
        """Run, in place of whatever runs."""
        with Job._order:
            older, Job._newest = Job._newest, self
        if older is not None:
            older.cancel()
        self._thread.start()

    def cancel(self) -> None:
        """End before the next step; returns at once."""
        self._cancelled.set()

    def join(self, timeout: float | None = None) -> bool:
        """Wait for the end; return whether it has come."""
        self._thread.join(timeout)
        return not self._thread.is_alive()

    @property
    def cancelled(self) -> bool:
        return self._cancelled.is_set()

    def _run(self) -> None:
        error = ""
        try:
            with Job._turn:
                self._run_steps()
        except Exception:
            error = traceback.format_exc(limit=-3)
        with Job._order:
            if Job._newest is self:
                Job._newest = None  # what it holds, such as a view, may go
        self._ended(self, error)

    def _run_steps(self) -> None:
        if self.cancelled:
            return
        steps = self._steps()
        try:
            for item in steps:
                if self.cancelled:
                    return
                self._stepped(self, item)
        finally:
            close = getattr(steps, "close", None)
            if close is not None:  # so that the clean-up of a generator is not left to chance
                close()
