"""Run lessons from top to bottom and save their outputs, the same bytes on every run.

Usage: python tools/record_notebooks.py [NOTEBOOK ...]    (all of notebooks/ when none is named)

A lesson is written only when all its cells ran; otherwise it stays as it was, and the exit code is 1.
"""

import argparse
import hashlib
import json
import os
import re
import sys
import tempfile
import time
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellControlSignal, DeadKernelError

from dlcourse.cli.lab import one_blas_thread

LESSONS = Path(__file__).resolve().parents[1] / "notebooks"
KERNEL = {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"}
WIDGET_STATE = "application/vnd.jupyter.widget-state+json"
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"


def main(argv=None):
    """Record the notebooks named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebooks", nargs="*", type=Path)
    parser.add_argument("--timeout", type=int, default=600, help="seconds for one cell (default: 600)")
    arguments = parser.parse_args(argv)
    one_blas_thread(os.environ)
    failed = False
    for path in arguments.notebooks or sorted(LESSONS.glob("*.ipynb")):
        start = time.perf_counter()
        try:
            changed = record(path, timeout=arguments.timeout)
        except (RecordingError, OSError) as error:
            print(f"{path}: {error}", file=sys.stderr)
            failed = True
        else:
            print(f"{path}: {'written' if changed else 'unchanged'} ({time.perf_counter() - start:.1f} s)")
    return int(failed)


class RecordingError(Exception):
    """A notebook could not be run to its end; the message names the cell."""


def record(path, *, timeout=600):
    """Run the notebook at `path` and save it with its outputs; return whether the file changed.

    Raises
    ------
    RecordingError
        When a cell fails; the file is left as it was.
    """
    try:
        notebook = nbformat.read(path, as_version=4)
    except (ValueError, nbformat.ValidationError) as error:
        raise RecordingError(f"is not readable as a notebook ({error})") from error
    run(notebook, path.resolve().parent, timeout=timeout)
    text = normalised(notebook)
    if path.read_text(encoding="utf-8") == text:
        return False
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        temporary.write_text(text, encoding="utf-8", newline="\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)
    return True


def run(notebook, folder, *, timeout=600):
    """Run all cells of `notebook` in a fresh kernel, in `folder`, with a progress file of its own."""
    notebook.metadata.pop("widgets", None)
    notebook.metadata["kernelspec"] = dict(KERNEL)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.update(outputs=[], execution_count=None)
    started = [0]
    client = NotebookClient(
        notebook,
        timeout=timeout,
        kernel_name=KERNEL["name"],
        resources={"metadata": {"path": str(folder)}},
        store_widget_state=True,
        record_timing=False,
        on_cell_start=lambda cell, cell_index: started.append(cell_index),
    )
    with tempfile.TemporaryDirectory(prefix="dlcourse-progress-") as progress:
        environment = dict(os.environ, DLCOURSE_RECORDING="1", DLCOURSE_PROGRESS=str(Path(progress, "progress.json")))
        try:
            client.execute(env=environment)
        # A failed cell and one that took too long are control signals, in nbclient's words.
        except (CellControlSignal, DeadKernelError) as error:
            where = _named(notebook.cells[started[-1]], started[-1])
            raise RecordingError(f"{where} failed, nothing was saved\n{error}") from error


def _named(cell, index):
    tags = ", ".join(cell.metadata.get("tags", [])) or "no tags"
    return f"cell {index} (id {cell.get('id', 'missing')}; {tags})"


def normalised(notebook):
    """Return the notebook's text without anything that differs from one run or machine to the next."""
    notebook.metadata["kernelspec"] = dict(KERNEL)
    notebook.metadata.get("language_info", {}).pop("version", None)
    for cell in notebook.cells:
        cell.metadata.pop("execution", None)
        if cell.cell_type == "code":
            cell.outputs = _merged_streams(cell.outputs)
            _prefer_pictures(cell.outputs)
    names = _widget_names(notebook)
    text = nbformat.writes(notebook, version=4)
    for old, new in names.items():
        text = text.replace(old, new)
    # Sorted only now, so that the models are in the order of their new names.
    return json.dumps(json.loads(text), indent=1, sort_keys=True, ensure_ascii=False) + "\n"


def _merged_streams(outputs):
    """Join neighbouring pieces of one stream: where the kernel cuts them depends on its timing."""
    merged = []
    for output in outputs:
        last = merged[-1] if merged else None
        if output.output_type == "stream" and last and last.get("name") == output.name:
            last.text += output.text
        else:
            merged.append(output)
    return merged


def _prefer_pictures(outputs):
    """Leave a widget out where its picture is there: without a kernel its knobs would move and nothing else."""
    for output in outputs:
        data = output.get("data", {})
        if "image/png" in data:
            data.pop(WIDGET_VIEW, None)


def _widget_names(notebook):
    """Drop widget models that no output shows; return {random id: lasting id} for the others.

    The models are numbered in the order in which a reader meets them.
    """
    state = notebook.metadata.get("widgets", {}).get(WIDGET_STATE, {}).get("state", {})
    met = []

    def walk(model):
        if model in met or model not in state:
            return
        met.append(model)
        for inner in re.findall(r"IPY_MODEL_(\w+)", json.dumps(state[model], sort_keys=True)):
            walk(inner)

    for cell in notebook.cells:
        for output in cell.get("outputs", []):
            walk(output.get("data", {}).get(WIDGET_VIEW, {}).get("model_id"))
    for model in set(state) - set(met):
        del state[model]
    return {old: hashlib.sha256(f"model {i}".encode()).hexdigest()[:32] for i, old in enumerate(met)}


if __name__ == "__main__":
    sys.exit(main())
