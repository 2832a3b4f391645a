"""Every lesson keeps the rules, and every rule finds a lesson that breaks it."""

import csv
from pathlib import Path

import nbformat
import pytest
from nbclient import NotebookClient
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from dlcourse.checking import all_exercises
from tests import lesson_rules as rules

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "notebooks"
LESSONS = sorted(FOLDER.glob("*.ipynb"))

each_lesson = pytest.mark.parametrize("path", LESSONS, ids=lambda path: path.stem)


def read(path):
    return nbformat.read(path, as_version=4)


@each_lesson
@pytest.mark.parametrize("rule", rules.RULES, ids=lambda rule: rule.__name__)
def test_a_lesson_keeps_the_rule(path, rule):
    assert list(rule(read(path))) == []


@each_lesson
def test_a_lesson_is_a_valid_notebook_of_modest_size(path):
    nbformat.validate(read(path))
    assert path.stat().st_size < rules.MOST_BYTES
    assert path.name[:2].isdecimal() and path.name[2] == "_"


@each_lesson
def test_exercise_cells_equal_the_stubs_of_their_definitions(path):
    stubs = {name: exercise.stub for name, exercise in all_exercises().items() if name[:2] == path.name[:2]}
    assert list(rules.exercise_cells_hold_the_stubs(read(path), stubs)) == []


@each_lesson
def test_every_deck_item_of_a_lesson_is_settled_once(path):
    with open(ROOT / "book" / "ledger.csv", encoding="utf-8", newline="") as file:
        items = {row["id"] for row in csv.DictReader(file) if row["lesson"] == path.name[:2]}
    assert list(rules.deck_items_are_settled_once(read(path), items)) == []


@each_lesson
def test_links_lead_to_files_that_a_learner_has(path):
    files = {file.relative_to(FOLDER).as_posix() for file in FOLDER.rglob("*")}
    assert list(rules.links_lead_somewhere(read(path), files)) == []


@each_lesson
def test_a_lesson_runs_with_every_exercise_solved(path, tmp_path, monkeypatch):
    """What a lesson shows only to those who solved something runs, too."""
    monkeypatch.setenv("DLCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    solved = read(path)
    for cell in solved.cells:
        for name in rules.tags(cell, "exercise:"):
            cell.source += "\n" + SOLVED.format(name=name, answer=all_exercises()[name].answer)
    NotebookClient(solved, timeout=120, kernel_name="python3", resources={"metadata": {"path": str(FOLDER)}}).execute()
    shown = [str(output) for _, cell in rules.code_cells(solved) for output in cell.outputs]
    exercises = [name for name in all_exercises() if name[:2] == path.name[:2]]
    assert sum(f"{name} passed" in text for name in exercises for text in shown) == len(exercises)
    assert not [text for text in shown if " first." in text and "Solve" in text]


# The reference in place of the learner's work; of what the package differentiates, the plain function inside.
SOLVED = """
from dlcourse.checking import all_exercises

reference = all_exercises()["{name}"].reference
{answer} = getattr(reference, "__wrapped__", reference)
"""


# The rules themselves -------------------------------------------------------------------------------------


def notebook(*cells, kernel="python3"):
    return new_notebook(cells=list(cells), metadata={"kernelspec": {"name": kernel, "display_name": kernel}})


def tagged(*names):
    return new_markdown_cell("text", metadata={"tags": list(names)})


def picture(text, html=None):
    data = {"image/png": "", "text/plain": text} | ({"text/html": html} if html else {})
    return new_code_cell("draw()", execution_count=1, outputs=[new_output("display_data", data)])


def prose(text):
    return notebook(new_markdown_cell(text))


SENTENCE = "The loss falls from 2.3 to 0.1."
BROKEN = [
    (rules.deck_cells_have_one_tier, notebook(tagged("deck:S1-01"))),
    (rules.deck_cells_have_one_tier, notebook(tagged("deck:S1-01", "core", "more"))),
    (rules.the_core_is_small, notebook(*(tagged(f"deck:S1-{i}", "core") for i in range(19)))),
    (rules.images_have_alternative_text, notebook(picture("<Figure size 640x480 with 1 Axes>"))),
    (rules.images_have_alternative_text, notebook(picture("a plot"))),
    (rules.images_have_alternative_text, notebook(picture("x" * 261))),
    (rules.images_have_alternative_text, notebook(picture(SENTENCE, '<img src="data:">'))),
    (rules.images_have_alternative_text, notebook(picture(SENTENCE, '<img alt="Another sentence.">'))),
    (rules.cells_are_short, notebook(new_code_cell("x = 1\n" * 31))),
    (rules.cells_are_short, prose("word " * 221)),
    (rules.cells_were_run_in_order, notebook(new_code_cell("x = 1"))),
    (rules.cells_were_run_in_order, notebook(new_code_cell("x = 1", execution_count=2))),
    (rules.outputs_hold_no_error, notebook(new_code_cell("x", outputs=[new_output("error", ename="E", evalue="")]))),
    (rules.the_kernel_is_the_plain_one, notebook(kernel="my-env")),
    (rules.the_prose_is_calm, prose("Well done!")),
    (rules.the_prose_is_calm, prose("**Great!** Go on.")),
    (rules.the_prose_is_calm, prose("Start here \U0001f680")),
]


@pytest.mark.parametrize(("rule", "broken"), BROKEN)
def test_a_broken_rule_is_found(rule, broken):
    assert len(list(rule(broken))) == 1


def test_every_rule_has_a_notebook_that_breaks_it():
    assert {rule for rule, _ in BROKEN} == set(rules.RULES)


def test_a_good_notebook_breaks_no_rule():
    good = notebook(
        picture(SENTENCE, f'<img alt="{SENTENCE}">'),
        tagged("deck:S1-01", "core"),
        new_markdown_cell("With $3! = 6$ ways, `a != b` and\n$$n! = n (n-1)!$$\n![A picture](graph.png) ✓ → is fine."),
        new_markdown_cell("word " * 220),
        new_code_cell("x = 1\n\n" * 30, execution_count=2),
        new_code_cell(""),
    )
    assert [found for rule in rules.RULES for found in rule(good)] == []


def test_an_exercise_cell_must_be_there_once_and_equal_its_stub():
    def found(*cells):
        return list(rules.exercise_cells_hold_the_stubs(notebook(*cells), {"01.1": "x = ..."}))

    def cell(source, name="01.1"):
        return new_code_cell(source, metadata={"tags": [f"exercise:{name}"]})

    assert found(cell("x = ...\n")) == []
    assert found() == ["exercise 01.1 has 0 cells, expected 1"]
    assert found(cell("x = ..."), cell("x = ...")) == ["exercise 01.1 has 2 cells, expected 1"]
    assert found(cell("x = 1")) == ["cell 0: differs from the stub of exercise 01.1"]
    assert found(cell("x = ..."), cell("", "02.1")) == ["cell 1: exercise 02.1 is not defined for this lesson"]


def test_a_deck_item_must_be_tagged_once_in_its_own_lesson():
    def found(*items):
        return list(rules.deck_items_are_settled_once(notebook(*(tagged(f"deck:{i}") for i in items)), {"S1-01"}))

    assert found("S1-01") == []
    assert found() == ["S1-01 is tagged 0 times, expected 1"]
    assert found("S1-01", "S1-01") == ["S1-01 is tagged 2 times, expected 1"]
    assert found("S1-01", "S9-99") == ["S9-99 is no item of this lesson in book/ledger.csv"]


def test_a_link_must_lead_to_a_file_beside_the_lesson():
    def found(text):
        return list(rules.links_lead_somewhere(prose(text), {"02_activations.ipynb"}))

    assert found("[next](02_activations.ipynb#part-1) [here](#top) [paper](https://example.org)") == []
    assert found("[next](03_none.ipynb)") == ["cell 0: 03_none.ipynb is not there"]
    assert found("[code](../dlcourse/layers.py)") == ["cell 0: ../dlcourse/layers.py is not there"]
