"""The made-up exercises as those of the course, and a progress file of the test's own."""

import pytest

from dlcourse.checking import predictions, progress, session, table
from tests.checking.bank import EXERCISES


@pytest.fixture
def progress_file(tmp_path, monkeypatch):
    path = tmp_path / "progress.json"
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(path))
    monkeypatch.setattr(progress, "_in_memory", {})
    monkeypatch.setattr(predictions, "_latest_lesson", [])
    return path


@pytest.fixture
def course(progress_file, monkeypatch):
    exercises = session.by_id(EXERCISES)
    monkeypatch.setattr(session, "all_exercises", lambda: exercises)
    monkeypatch.setattr(table, "all_exercises", lambda: exercises)
    return exercises
