"""The command line: exit codes, one sentence on an error, and what doctor and progress print."""

import json
import subprocess
import sys
from importlib import metadata

import pytest

import dlcourse
from dlcourse.checking import all_exercises
from dlcourse.checking.progress import ENTRY
from dlcourse.cli import doctor, main, progress


def run(*arguments, **settings):
    return subprocess.run([sys.executable, "-m", "dlcourse", *arguments], capture_output=True, text=True, **settings)


def test_version_is_that_of_the_package():
    done = run("--version")
    assert (done.returncode, done.stdout) == (0, f"dlcourse {dlcourse.__version__}\n")


@pytest.mark.parametrize(
    "arguments",
    [[], ["fly"], ["lab", "a", "b"], ["lab", "--port", "0"], ["lab", "--port", "many"], ["doctor", "--", "x"]],
)
def test_a_wrong_usage_exits_with_2(arguments, capsys):
    with pytest.raises(SystemExit) as stop:
        main(arguments)
    assert stop.value.code == 2
    assert "usage: dlcourse" in capsys.readouterr().err


def test_a_failure_is_one_sentence_on_stderr_and_exit_code_1(tmp_path):
    (tmp_path / "file").write_text("")
    done = run("lab", "file", "--no-browser", cwd=tmp_path)
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr == "dlcourse: file is a file; name a folder for your lessons.\n"


def test_arguments_after_two_dashes_go_to_jupyterlab(monkeypatch):
    seen = {}
    monkeypatch.setattr("dlcourse.cli.lab.open_lab", lambda folder, **settings: seen.update(settings, at=folder) or 0)
    assert main(["lab", "--no-browser", "--port", "8899", "--", "--ip=127.0.0.1", "--debug"]) == 0
    assert seen["at"].name == "dlcourse-lessons"
    assert (seen["browser"], seen["port"]) == (False, 8899)
    assert seen["lab_arguments"] == ["--ip=127.0.0.1", "--debug"]


def test_doctor_names_what_the_course_runs_on(capsys):
    main(["doctor"])
    printed = capsys.readouterr().out
    for name in ("Python", "platform", "BLAS threads", "OPENBLAS_CORETYPE", "free disk", "torch", "chromium"):
        assert name in printed
    for package in ("numpy", "jupyterlab", "ipywidgets", "matplotlib"):
        assert metadata.version(package) in printed


def test_doctor_says_all_good_when_nothing_is_to_mend(capsys, monkeypatch):
    monkeypatch.setattr(doctor, "missing_dependencies", list)
    monkeypatch.setattr(doctor, "other_troubles", list)
    assert main(["doctor"]) == 0
    assert capsys.readouterr().out.endswith("\nall good\n")


def test_doctor_lists_packages_that_are_missing_or_too_old(capsys, monkeypatch):
    monkeypatch.setattr(metadata, "requires", lambda _: ["numpy>=99", "absent>=1", 'other>=1; extra == "dev"'])
    monkeypatch.setattr(doctor, "other_troubles", list)
    assert main(["doctor"]) == 1
    to_mend = capsys.readouterr().out.split("to mend:\n")[1].splitlines()
    assert [line.split(":")[0] for line in to_mend] == ["- numpy", "- absent"]
    assert f"expected >=99, found {metadata.version('numpy')}" in to_mend[0]
    assert "expected >=1, found none" in to_mend[1]


def test_doctor_warns_when_the_disk_is_full(monkeypatch):
    monkeypatch.setattr(doctor, "_free_gigabytes", lambda: 0.01)
    assert any("free disk" in sentence for sentence in doctor.other_troubles())


@pytest.fixture
def passed_one(tmp_path, monkeypatch):
    """Write the progress of a learner who passed exercise 01.1 into a folder; start in the folder above it."""

    def write(folder):
        (tmp_path / folder).mkdir(exist_ok=True)
        path = tmp_path / folder / progress.FILE
        entry = dict(ENTRY, status="passed", attempts=2, score=1.0)
        path.write_text(json.dumps({"version": 1, "exercises": {"01.1": entry}, "predictions": {}}))
        return path

    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("DLCOURSE_PROGRESS", raising=False)
    return write


@pytest.mark.parametrize("folder", ["my-lessons", "dlcourse-lessons", "."])
def test_progress_finds_the_lessons_nearby_and_shows_what_is_passed(passed_one, capsys, folder):
    passed_one(folder)
    assert main(["progress"]) == 0
    exercises = [name for name in all_exercises() if name[:2] == "01"]
    (line,) = (line for line in capsys.readouterr().out.splitlines() if line.startswith("01"))
    assert f"1 of {len(exercises)}" in line
    assert line.endswith("01.2")


def test_progress_looks_where_it_is_told(passed_one, capsys, monkeypatch):
    path = passed_one("elsewhere")
    assert main(["progress"]) == 1
    assert main(["progress", "elsewhere"]) == 0
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(path))
    assert main(["progress"]) == 0


def test_without_progress_the_command_says_what_to_do(passed_one, capsys):
    assert main(["progress"]) == 1
    printed = capsys.readouterr()
    assert printed.out == ""
    assert printed.err.startswith("dlcourse: no progress yet: expected a file my-lessons/.dlcourse-progress.json")
    assert printed.err.endswith("name the folder: dlcourse progress FOLDER\n")


def test_a_damaged_progress_file_is_named_and_left_as_it_is(passed_one, capsys):
    path = passed_one("my-lessons")
    path.write_text("{")
    assert main(["progress"]) == 1
    assert "is damaged" in capsys.readouterr().err
    assert path.read_text() == "{"
