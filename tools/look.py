"""Photograph a lesson cell by cell, as a learner meets it: in JupyterLab, run from top to bottom.

Usage: python tools/look.py NOTEBOOK [--dark] [--width 1280] [--cells 3-20] [--out FOLDER]

One PNG per cell, input and output, is written into FOLDER under the cell's number, counted from 0. What went wrong on
the page (a failed cell, a broken image, an error in the console, a request to elsewhere) is printed, and the exit code
is then 1. Needs `make test-browser`'s environment and a Chromium.
"""

import argparse
import base64
import shutil
import sys
import tempfile
from pathlib import Path

from tools import lab

CELLS = """() => window.jupyterapp.shell.currentWidget.content.widgets.map(cell => cell.model.type)"""
MARGIN = 260  # pixels of the window that the notebook does not have: the bars above and below it


def main(argv=None):
    """Photograph the notebook named on the command line; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--dark", action="store_true", help="in JupyterLab's dark theme")
    parser.add_argument("--width", type=int, default=lab.WIDTH, help="of the window in pixels (default: 1280)")
    parser.add_argument(
        "--cells", type=cell_range, default=(0, None), metavar="FIRST-LAST", help="photograph only these"
    )
    parser.add_argument(
        "--out", type=Path, metavar="FOLDER", help="where the pictures go (default: a temporary folder)"
    )
    arguments = parser.parse_args(argv)
    if not arguments.notebook.is_file():
        parser.error(f"{arguments.notebook} is no file")
    program = shutil.which("chromium")
    if program is None:
        parser.error("needs chromium, which is not installed")
    out = arguments.out or Path(tempfile.gettempdir(), "dlcourse-look", arguments.notebook.stem)
    with tempfile.TemporaryDirectory(prefix="dlcourse-look-", ignore_cleanup_errors=True) as place:
        folder = Path(place, "lessons")
        folder.mkdir()
        shutil.copy(arguments.notebook, folder)  # what is there is kept when the lessons are laid
        with (
            lab.started_lab(folder) as address,
            lab.started_chromium(Path(place, "profile"), program, width=arguments.width) as context,
            lab.opened(context, address, arguments.notebook.name, dark=arguments.dark) as lesson,
        ):
            lab.run(lesson)
            lab.look_at_images(lesson)
            count, troubles = photograph(lesson, out, arguments.cells), lesson.troubles
    print(f"{count} cells are in {out}")
    for trouble in troubles:
        print(trouble, file=sys.stderr)
    return int(bool(troubles))


def cell_range(text):
    """Return (first, last) of ``"3-20"``, ``"3-"`` (last is None) or ``"3"``.

    >>> cell_range("3-20"), cell_range("3-"), cell_range("3")
    ((3, 20), (3, None), (3, 3))
    """
    first, dash, last = text.partition("-")
    return int(first), int(last) if last else None if dash else int(first)


def photograph(lesson, out, cells=(0, None)):
    """Write a picture of each cell of an opened lesson into the folder `out`; return how many there are.

    Parameters
    ----------
    lesson : lab.Opened
    out : Path
    cells : (first, last)
        Counted from 0; None for the end.
    """
    out.mkdir(parents=True, exist_ok=True)
    page, (first, last) = lesson.page, cells
    kinds = page.evaluate(CELLS)
    chosen = range(first, len(kinds) if last is None else min(last + 1, len(kinds)))
    camera = page.context.new_cdp_session(page)
    for i in chosen:
        (out / f"{i:03}_{kinds[i]}.png").write_bytes(photograph_cell(page, camera, i))
    camera.detach()
    return len(chosen)


def photograph_cell(page, camera, i):
    """Return a picture of one cell (PNG); the window grows for a cell that is higher than it.

    `camera` is the page's session of the developer tools: Playwright's own screenshots take three times as long.
    """
    node = page.evaluate_handle(lab.SHOW_CELL, i).as_element()
    width, height = page.viewport_size.values()
    needed = int(node.bounding_box()["height"]) + MARGIN
    if needed > height:
        page.set_viewport_size({"width": width, "height": needed})
        page.evaluate_handle(lab.SHOW_CELL, i)
    clip = {**node.bounding_box(), "scale": 1}
    taken = camera.send("Page.captureScreenshot", {"format": "png", "clip": clip, "optimizeForSpeed": True})
    if needed > height:
        page.set_viewport_size({"width": width, "height": height})
    return base64.b64decode(taken["data"])


if __name__ == "__main__":
    sys.exit(main())
