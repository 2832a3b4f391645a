"""The progress file is never half written, never wiped, and never needed."""

import json
import os
import signal
import subprocess
import sys
import time

import pytest

import dlcourse
from dlcourse.checking import check, display, progress, progress_table, summary
from tests.checking.bank import EXERCISES, LINEAR, linear

ROOT = os.path.dirname(dlcourse.__path__[0])


def set_hints(id, number):
    return progress.update(lambda kept: progress.entry(kept, id).update(hints=number))


def python(code, **variables):
    return subprocess.Popen(
        [sys.executable, "-c", code], cwd=ROOT, env={**os.environ, **variables}, stdout=subprocess.PIPE, text=True
    )


def test_the_file_lies_in_the_current_folder_unless_told_otherwise(tmp_path, monkeypatch):
    monkeypatch.delenv("DLCOURSE_PROGRESS", raising=False)
    monkeypatch.chdir(tmp_path)
    assert progress.progress_path() == tmp_path / ".dlcourse-progress.json"
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(tmp_path / "x.json"))
    assert progress.progress_path() == tmp_path / "x.json"


def test_what_is_written_is_read_again_and_nothing_else_is_left(progress_file):
    set_hints("91.1", 2)
    set_hints("91.2", 3)
    kept = progress.read(progress_file)
    assert {id: entry["hints"] for id, entry in kept["exercises"].items()} == {"91.1": 2, "91.2": 3}
    assert kept["version"] == 1
    assert os.listdir(progress_file.parent) == ["progress.json"]


def test_a_process_killed_while_writing_leaves_a_whole_file(progress_file):
    code = """
from dlcourse.checking import progress
print("ready", flush=True)
for i in range(10**9):
    progress.update(lambda kept: progress.entry(kept, "91.1").update(hints=i, kind="x" * 20000))
"""
    seen = set()
    for delay in (0.02, 0.05, 0.08, 0.11, 0.14):
        process = python(code, DLCOURSE_PROGRESS=str(progress_file))
        assert process.stdout.readline() == "ready\n"
        time.sleep(delay)
        for _ in range(20):
            if progress_file.exists():
                seen.add(progress.read(progress_file)["exercises"]["91.1"]["hints"])  # a reader sees whole files, too
        process.send_signal(signal.SIGKILL)
        process.wait()
        process.stdout.close()
        if progress_file.exists():
            assert len(progress.read(progress_file)["exercises"]["91.1"]["kind"]) == 20000
    assert len(seen) > 2
    set_hints("91.1", 7)
    assert progress.read(progress_file)["exercises"]["91.1"]["hints"] == 7


def test_two_kernels_do_not_wipe_each_others_entries(progress_file):
    code = """
import sys
from dlcourse.checking import progress
for i in range(40):
    progress.update(lambda kept: progress.entry(kept, f"{sys.argv[0]}{i}"))
"""
    processes = [python(f"import sys; sys.argv[0] = '{name}'\n{code}") for name in ("9.", "8.")]
    assert [process.wait(60) for process in processes] == [0, 0]
    for process in processes:
        process.stdout.close()
    assert len(progress.read(progress_file)["exercises"]) == 80


BROKEN = {
    "half a file": '{"version": 1, "exercises": {"91.1"',
    "no JSON": "hello",
    "no text": "\udcff\udcfe",
    "another JSON": "[1, 2]",
    "no version": '{"exercises": {}, "predictions": {}}',
    "no tables": '{"version": 1}',
    "a table that is none": '{"version": 1, "exercises": [], "predictions": {}}',
    "an entry that is none": '{"version": 1, "exercises": {"91.1": 3}, "predictions": {}}',
    "an entry without fields": '{"version": 1, "exercises": {"91.1": {}}, "predictions": {}}',
    "nested too deeply": "[" * 100_000,
}


@pytest.mark.parametrize("text", BROKEN.values(), ids=BROKEN.keys())
def test_a_broken_file_is_put_aside_and_the_learner_told_once(course, progress_file, capsys, text):
    progress_file.write_bytes(text.encode("utf-8", "surrogateescape"))
    broken = progress_file.read_bytes()
    check("91.1", linear)
    check("91.1", linear)
    out = capsys.readouterr().out
    told = "Your progress file could not be read. It is kept as `progress.broken-1.json`, and a new one is started."
    assert out.count(told) == 1
    assert out.count("✓ 91.1 passed.") == 2
    assert (progress_file.parent / "progress.broken-1.json").read_bytes() == broken
    assert progress.read(progress_file)["exercises"]["91.1"]["status"] == "passed"


def test_a_second_broken_file_gets_its_own_name(course, progress_file):
    for _ in range(2):
        progress_file.write_text("hello")
        progress.load()
    assert sorted(os.listdir(progress_file.parent)) == ["progress.broken-1.json", "progress.broken-2.json"]


def test_the_file_of_a_newer_version_is_put_aside(course, progress_file, capsys):
    newer = json.dumps({"version": 2, "lessons": {}})
    progress_file.write_text(newer)
    check("91.1", linear)
    assert "Your progress file was written by a newer version of the course." in capsys.readouterr().out
    assert (progress_file.parent / "progress.broken-1.json").read_text() == newer
    with pytest.raises(ValueError, match="written by a newer version of the course"):
        progress.read(progress_file.parent / "progress.broken-1.json")


def test_reading_for_the_command_line_changes_nothing(progress_file):
    progress_file.write_text("hello")
    with pytest.raises(ValueError, match="is damaged: expected JSON"):
        progress_table(progress_file)
    assert progress_file.read_text() == "hello"


def test_where_the_folder_is_missing_progress_is_kept_in_memory_and_told_once(course, tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(tmp_path / "missing" / "progress.json"))
    for _ in range(2):
        check("91.1", linear)
        check("91.1", LINEAR.mistakes[0].function)
    out = capsys.readouterr().out
    assert out.count("Your progress can't be saved in ") == 1
    assert progress.load()["exercises"]["91.1"]["attempts"] == 4
    assert progress.load()["exercises"]["91.1"]["status"] == "passed"
    assert not (tmp_path / "missing").exists()


def test_where_writing_fails_progress_goes_on_from_what_was_there(course, progress_file, monkeypatch, capsys):
    def full(*_):
        raise OSError(28, "No space left on device")

    check("91.1", linear)
    monkeypatch.setattr(progress.os, "replace", full)
    check("91.2", linear)
    monkeypatch.undo()
    out = capsys.readouterr().out
    assert "(No space left on device); it is kept until the kernel stops." in out


def test_a_failed_write_leaves_the_old_file_and_no_rest(progress_file, monkeypatch):
    set_hints("91.1", 1)

    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(display, "say", lambda sentence: None)
    monkeypatch.setattr(progress.os, "replace", full)
    set_hints("91.1", 2)
    assert progress.read(progress_file)["exercises"]["91.1"]["hints"] == 1
    assert progress.load()["exercises"]["91.1"]["hints"] == 2
    assert os.listdir(progress_file.parent) == ["progress.json"]


# The table ------------------------------------------------------------------------------------------------


def test_the_summary_counts_and_names_the_next_exercise(course, progress_file):
    check("91.1", linear)
    check("91.6", (1, 2))
    (row,) = summary(progress.read(progress_file), course)
    assert (row.lesson, row.passed, row.tried, row.total) == ("91", 1, 2, len(EXERCISES))
    assert (row.points, row.of_points) == (3, sum(exercise.points for exercise in EXERCISES))
    assert row.next == "91.2"


def test_the_table_has_a_line_for_each_lesson(course, progress_file):
    check("91.1", linear)
    assert progress_table(progress_file).splitlines() == [
        "lesson  passed   tried  points   next",
        "91      1 of 10  1      3 of 16  91.2",
    ]


def test_when_all_is_passed_nothing_is_next(course):
    kept = {"exercises": {id: {**progress.ENTRY, "status": "passed", "attempts": 1} for id in course}}
    assert summary(kept, course)[0].next == ""


def test_ids_are_sorted_as_numbers():
    assert sorted(["01.10", "01.2", "00.3", "01.b", "01.a"], key=progress.natural) == (
        ["00.3", "01.2", "01.10", "01.a", "01.b"]
    )
