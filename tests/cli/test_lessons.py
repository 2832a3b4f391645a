"""A learner's copy of the lessons: nothing of theirs is ever lost, and a newer course reaches them."""

import json
import os
from pathlib import Path

import nbformat
import pytest

from dlcourse.cli import lessons
from dlcourse.cli.errors import CommandError
from dlcourse.cli.lessons import MANIFEST, digest, is_known, lay_lessons

LESSON = "01_backprop.ipynb"


def write_notebook(path, *sources, outputs=()):
    cells = [nbformat.v4.new_code_cell(source, outputs=list(outputs)) for source in sources]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)


@pytest.fixture
def course(tmp_path):
    """A course with one lesson and a picture."""
    folder = tmp_path / "course"
    (folder / "pictures").mkdir(parents=True)
    write_notebook(folder / LESSON, "x = 1", "y = ...")
    (folder / "pictures" / "graph.png").write_bytes(b"picture")
    return folder


@pytest.fixture
def mine(tmp_path, course):
    """A learner's folder with the course's first version."""
    folder = tmp_path / "mine"
    assert lay_lessons(folder, course) == []
    return folder


def sources(path):
    return [cell.source for cell in nbformat.read(path, as_version=4).cells]


def names(folder):
    return sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())


def test_a_new_folder_gets_the_lessons_and_what_lies_with_them(mine, course):
    assert names(mine) == [MANIFEST, LESSON, "pictures/graph.png"]
    assert (mine / LESSON).read_bytes() == (course / LESSON).read_bytes()
    assert is_known(mine)


def test_a_lesson_is_laid_without_the_outputs_that_would_answer_its_questions(course, mine):
    cell = {"cell_type": "code", "execution_count": 1, "id": "a", "metadata": {}, "outputs": [], "source": "6 * 7"}
    shown = {"data": {"text/plain": "42"}, "execution_count": 1, "metadata": {}, "output_type": "execute_result"}
    notebook = {"cells": [cell | {"outputs": [shown]}], "metadata": {"widgets": {}}, "nbformat": 4, "nbformat_minor": 5}
    (course / LESSON).write_text(json.dumps(notebook))
    lay_lessons(mine, course)
    laid = json.loads((mine / LESSON).read_text())
    assert laid == notebook | {"cells": [cell | {"execution_count": None}], "metadata": {}}
    assert lay_lessons(mine, course) == []


def test_hidden_and_private_files_of_the_course_stay_there(tmp_path, course):
    for name in (".dlcourse-progress.json", ".ipynb_checkpoints/01.ipynb", "__pycache__/a.pyc"):
        (course / name).parent.mkdir(exist_ok=True)
        (course / name).write_text("{}")
    lay_lessons(tmp_path / "mine", course)
    assert names(tmp_path / "mine") == [MANIFEST, LESSON, "pictures/graph.png"]


def test_a_second_start_changes_nothing(mine, course):
    before = {name: (mine / name).read_bytes() for name in names(mine)}
    assert lay_lessons(mine, course) == []
    assert {name: (mine / name).read_bytes() for name in names(mine)} == before


def test_a_lesson_the_learner_only_ran_follows_the_course(mine, course):
    output = nbformat.v4.new_output("stream", text="1")
    write_notebook(mine / LESSON, "x = 1", "y = ...", "", outputs=[output])  # JupyterLab adds an empty cell
    write_notebook(course / LESSON, "x = 2", "y = ...")
    assert lay_lessons(mine, course) == []
    assert sources(mine / LESSON) == ["x = 2", "y = ..."]


def test_a_lesson_the_learner_changed_is_kept_and_the_new_one_laid_beside_it(mine, course):
    write_notebook(mine / LESSON, "x = 1", "y = 'my answer'")
    write_notebook(course / LESSON, "x = 2", "y = ...")
    notes = lay_lessons(mine, course, version="0.2.0")
    assert notes == [
        "01_backprop.ipynb has a new version; yours is kept as it is, the new one is 01_backprop.new-0.2.0.ipynb"
    ]
    assert sources(mine / LESSON) == ["x = 1", "y = 'my answer'"]
    assert sources(mine / "01_backprop.new-0.2.0.ipynb") == ["x = 2", "y = ..."]


def test_a_new_lesson_laid_beside_is_not_announced_or_laid_again(mine, course):
    write_notebook(mine / LESSON, "y = 'my answer'")
    write_notebook(course / LESSON, "x = 2")
    lay_lessons(mine, course, version="0.2.0")
    (mine / "01_backprop.new-0.2.0.ipynb").unlink()  # the learner has taken over what they wanted
    assert lay_lessons(mine, course, version="0.2.0") == []
    assert names(mine) == [MANIFEST, LESSON, "pictures/graph.png"]


def test_a_lesson_beside_that_the_learner_worked_in_is_not_overwritten(mine, course):
    write_notebook(mine / LESSON, "y = 'my answer'")
    write_notebook(mine / "01_backprop.new-0.2.0.ipynb", "z = 'my work'")
    write_notebook(course / LESSON, "x = 2")
    (note,) = lay_lessons(mine, course, version="0.2.0")
    assert note.endswith("01_backprop.new-0.2.0-2.ipynb")
    assert sources(mine / "01_backprop.new-0.2.0.ipynb") == ["z = 'my work'"]
    assert sources(mine / "01_backprop.new-0.2.0-2.ipynb") == ["x = 2"]


def test_a_changed_lesson_is_left_alone_while_the_course_stays_the_same(mine, course):
    write_notebook(mine / LESSON, "y = 'my answer'")
    assert lay_lessons(mine, course, version="0.2.0") == []
    assert names(mine) == [MANIFEST, LESSON, "pictures/graph.png"]


def test_a_learner_who_takes_the_new_lesson_over_follows_the_course_again(mine, course):
    write_notebook(mine / LESSON, "y = 'my answer'")
    write_notebook(course / LESSON, "x = 2")
    lay_lessons(mine, course, version="0.2.0")
    os.replace(mine / "01_backprop.new-0.2.0.ipynb", mine / LESSON)
    write_notebook(course / LESSON, "x = 3")
    assert lay_lessons(mine, course, version="0.3.0") == []
    assert sources(mine / LESSON) == ["x = 3"]


def test_a_removed_lesson_comes_back(mine, course):
    (mine / LESSON).unlink()
    lay_lessons(mine, course)
    assert sources(mine / LESSON) == ["x = 1", "y = ..."]


@pytest.mark.parametrize("text", ["", "{", "[]", "null", '{"lessons": []}', '{"lessons": 3}', "\udcff"])
def test_a_broken_manifest_counts_as_everything_changed(mine, course, text):
    (mine / MANIFEST).write_bytes(text.encode("utf-8", "surrogateescape"))
    write_notebook(course / LESSON, "x = 2")
    lay_lessons(mine, course, version="0.2.0")
    assert sources(mine / LESSON) == ["x = 1", "y = ..."]
    assert sources(mine / "01_backprop.new-0.2.0.ipynb") == ["x = 2"]
    assert json.loads((mine / MANIFEST).read_text())["lessons"][LESSON] == digest(course / LESSON)


def test_a_notebook_that_the_learner_broke_is_kept(mine, course):
    (mine / LESSON).write_text("<<<<<<< HEAD")
    write_notebook(course / LESSON, "x = 2")
    lay_lessons(mine, course, version="0.2.0")
    assert (mine / LESSON).read_text() == "<<<<<<< HEAD"


def test_the_progress_file_is_never_touched(mine, course):
    progress = mine / ".dlcourse-progress.json"
    progress.write_text("mine")
    (course / progress.name).write_text("the course's")
    lay_lessons(mine, course, version="0.2.0")
    assert progress.read_text() == "mine"


def test_a_write_that_fails_leaves_the_old_lesson_and_no_rest(mine, course, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    before = names(mine)
    write_notebook(course / LESSON, "x = 2")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(CommandError, match="No space left on device"):
        lay_lessons(mine, course)
    assert sources(mine / LESSON) == ["x = 1", "y = ..."]
    assert names(mine) == before


def test_the_lessons_own_folder_is_used_as_it_is(course):
    before = names(course)
    assert lay_lessons(course, course) == []
    assert names(course) == before


def test_a_file_is_refused_as_folder(tmp_path, course):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match="file is a file; name a folder for your lessons"):
        lay_lessons(tmp_path / "file", course)


def test_a_folder_inside_a_file_is_refused(tmp_path, course):
    (tmp_path / "file").write_text("")
    with pytest.raises(CommandError, match=r"cannot lay the lessons into .*: Not a directory"):
        lay_lessons(tmp_path / "file" / "mine", course)


def test_a_folder_that_may_not_be_written_to_is_refused(mine, course, monkeypatch):
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(CommandError, match=r"may not be written to\. Name another folder"):
        lay_lessons(mine, course)


def test_a_folder_in_the_place_of_a_lesson_is_refused(tmp_path, course):
    (tmp_path / "mine" / LESSON).mkdir(parents=True)
    with pytest.raises(CommandError, match="is a folder, but a lesson has that name"):
        lay_lessons(tmp_path / "mine", course)


@pytest.mark.parametrize("inside", ["package", "lessons"])
def test_a_folder_inside_the_course_is_refused(course, inside):
    folder = {"package": lessons.PACKAGE, "lessons": course}[inside] / "mine"
    with pytest.raises(CommandError, match="lies inside the course itself"):
        lay_lessons(folder, course)
    assert not folder.exists()


def test_the_source_is_the_wheels_folder_or_that_of_the_checkout(tmp_path, monkeypatch):
    package = tmp_path / "dlcourse"
    monkeypatch.setattr(lessons, "PACKAGE", package)
    with pytest.raises(CommandError, match="the lessons are missing"):
        lessons.lessons_source()
    (tmp_path / "notebooks").mkdir()
    (tmp_path / "pyproject.toml").write_text("")
    assert lessons.lessons_source() == tmp_path / "notebooks"
    (package / "lessons").mkdir(parents=True)
    assert lessons.lessons_source() == package / "lessons"


def test_the_manifest_holds_no_path(mine):
    assert str(Path(mine)) not in (mine / MANIFEST).read_text()
