"""Small notebooks that the tests in a browser write for themselves."""

import nbformat
from nbformat.v4 import new_code_cell, new_notebook


def write(folder, name, *sources):
    """Write a notebook of these code cells and return its name."""
    kernel = {"name": "python3", "display_name": "Python 3 (ipykernel)"}
    cells = [new_code_cell(source) for source in sources]
    nbformat.write(new_notebook(cells=cells, metadata={"kernelspec": kernel}), folder / name)
    return name
