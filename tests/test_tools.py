"""The tools that `make` runs."""

import json
import os
import stat
import subprocess
from pathlib import Path

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from tests.conftest import require_program
from tools import record_notebooks

ROOT = Path(__file__).resolve().parents[1]

WIDGETS = """
import ipywidgets
ipywidgets.IntSlider()  # made, never shown
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Label("a")])
"""
PRINTS = """
import os
for i in range(3):
    print(i, flush=True)
print(os.environ["DLCOURSE_RECORDING"], os.path.exists(os.environ["DLCOURSE_PROGRESS"]), os.getcwd() == FOLDER)
"""


@pytest.fixture
def lesson(tmp_path):
    """Write a lesson with the given cells and return its path."""

    def write(*sources):
        cells = [new_markdown_cell("# Title", id="title")]
        for i, source in enumerate(sources):
            cells.append(new_code_cell(source, id=f"cell-{i}", metadata={"tags": ["core"]}))
        nbformat.write(new_notebook(cells=cells), tmp_path / "01_lesson.ipynb")
        return tmp_path / "01_lesson.ipynb"

    return write


def test_recording_twice_gives_the_same_bytes(lesson, capsys):
    path = lesson(f"FOLDER = {str(lesson.__closure__[0].cell_contents)!r}", PRINTS, WIDGETS, "2 + 2")
    assert record_notebooks.main([str(path)]) == 0
    first = path.read_bytes()
    assert record_notebooks.main([str(path)]) == 0
    assert path.read_bytes() == first
    assert [line.split()[1] for line in capsys.readouterr().out.splitlines()] == ["written", "unchanged"]

    text = first.decode()
    saved = json.loads(text)
    assert text == json.dumps(saved, indent=1, sort_keys=True, ensure_ascii=False) + "\n"
    assert [cell["id"] for cell in saved["cells"]] == ["title", "cell-0", "cell-1", "cell-2", "cell-3"]
    assert saved["metadata"]["kernelspec"]["display_name"] == "Python 3 (ipykernel)"
    assert "version" not in saved["metadata"]["language_info"]
    assert all("execution" not in cell["metadata"] for cell in saved["cells"])
    (printed,) = saved["cells"][2]["outputs"]
    assert "".join(printed["text"]) == "0\n1\n2\n1 False True\n"


def test_widget_models_are_numbered_and_those_not_shown_left_out(lesson):
    path = lesson(WIDGETS)
    assert record_notebooks.record(path)
    notebook = nbformat.read(path, as_version=4)
    models = notebook.metadata.widgets[record_notebooks.WIDGET_STATE]["state"]
    names = sorted(model["model_name"] for model in models.values())
    assert names.count("IntSliderModel") == 1
    (output,) = notebook.cells[1].outputs
    assert models[output.data[record_notebooks.WIDGET_VIEW]["model_id"]]["model_name"] == "VBoxModel"


def test_a_live_view_is_saved_as_its_picture(lesson):
    path = lesson("from dlcourse.drawing import show\nfrom tests.drawing.example_views import Descent\nshow(Descent())")
    record_notebooks.main([str(path)])
    notebook = nbformat.read(path, as_version=4)
    (output,) = notebook.cells[1].outputs
    assert set(output.data) == {"image/png", "text/plain"}
    assert not notebook.metadata.get("widgets", {}).get(record_notebooks.WIDGET_STATE, {}).get("state")


@pytest.mark.parametrize("source", ["raise ValueError('planted')", "import os; os._exit(1)"])
def test_a_lesson_that_fails_stays_as_it_was_and_its_cell_is_named(lesson, capsys, source):
    path = lesson("x = 1", source, "x")
    before = path.read_bytes()
    assert record_notebooks.main([str(path)]) == 1
    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == [path.name]
    assert "cell 2 (id cell-1; core) failed, nothing was saved" in capsys.readouterr().err


def test_a_cell_that_takes_too_long_is_named(lesson, capsys):
    path = lesson("import time; time.sleep(60)")
    assert record_notebooks.main([str(path), "--timeout", "1"]) == 1
    assert "cell 1 (id cell-0; core) failed" in capsys.readouterr().err


def test_what_is_no_notebook_is_named(tmp_path, capsys):
    (tmp_path / "a.ipynb").write_text("<<<<<<< HEAD")
    assert record_notebooks.main([str(tmp_path / "a.ipynb"), str(tmp_path / "none.ipynb")]) == 1
    first, second = capsys.readouterr().err.strip().splitlines()[0], capsys.readouterr().err
    assert "is not readable as a notebook" in first and not second


def make_venv(tmp_path, **environment):
    command = [require_program("sh"), "tools/make_venv.sh", tmp_path / "venv"]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True)


def program(path, text):
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


def test_without_a_python_that_is_new_enough_the_set_up_says_so(tmp_path):
    done = make_venv(tmp_path, PYTHON=program(tmp_path / "old", "exit 1"))
    assert done.returncode == 1
    assert "needs Python 3.11 or newer" in done.stderr and len(done.stderr.splitlines()) == 1


def test_without_the_venv_module_the_set_up_says_what_to_install(tmp_path):
    fake = program(tmp_path / "new", '[ "$1" = -m ] && exit 1; case $2 in *print*) echo 3.12;; esac')
    done = make_venv(tmp_path, PYTHON=fake)
    assert done.returncode == 1
    assert "apt install python3-venv (or python3.12-venv)" in done.stderr
    assert not (tmp_path / "venv").exists()
