"""Every lesson in a real JupyterLab in a real Chromium, as a learner meets it: opened, run, looked at."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook

from tests.conftest import require

pytestmark = pytest.mark.browser

LESSONS = sorted(path.name for path in (Path(__file__).resolve().parents[2] / "notebooks").glob("*.ipynb"))
CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_SECONDS = 180


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab") / "my-lessons"


@pytest.fixture(scope="module")
def lab(folder):
    """The address of a JupyterLab that ``dlcourse lab`` started, and its token."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(os.environ)
    for kind in ("CONFIG", "DATA", "RUNTIME"):  # nothing of the settings of whoever runs this
        environment[f"JUPYTER_{kind}_DIR"] = str(folder.parent / kind)
    command = [sys.executable, "-m", "dlcourse", "lab", folder, "--no-browser", "--port", str(port)]
    command += ["--", "--LabApp.expose_app_in_browser=True", "--IdentityProvider.token=secret"]
    log = folder.parent / "lab.log"
    with open(log, "w") as file:
        process = subprocess.Popen(command, env=environment, stdin=subprocess.DEVNULL, stdout=file, stderr=file)
    address = f"http://127.0.0.1:{port}"
    try:
        for _ in range(300):
            with contextlib.suppress(OSError):
                urllib.request.urlopen(f"{address}/api/status?token=secret", timeout=5).close()
                break
            assert process.poll() is None, log.read_text()
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@pytest.fixture(scope="module")
def chromium(tmp_path_factory):
    playwright = require("playwright.sync_api")
    program = require("chromium")
    with playwright.sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            str(tmp_path_factory.mktemp("profile")),
            executable_path=program,
            headless=True,
            args=CHROMIUM_OPTIONS,
            viewport={"width": 1280, "height": 900},
        )
        yield context
        context.close()


# Before this handshake a run-all is lost in most runs.
READY = """async () => {
    const panel = window.jupyterapp.shell.currentWidget;
    await panel.revealed;
    await panel.sessionContext.ready;
    await panel.sessionContext.session.kernel.info;
    return panel.sessionContext.session.kernel.connectionStatus;
}"""

# Not awaited: the promise may outlive the page's patience.
RUN_ALL = """async () => {
    await window.jupyterapp.commands.execute('notebook:clear-all-cell-outputs');
    window.jupyterapp.commands.execute('notebook:run-all-cells');
}"""

# All cells have their number, or one has failed and the others are never going to run.
FINISHED = """() => {
    const panel = window.jupyterapp.shell.currentWidget;
    const cells = panel.content.widgets.filter(
        cell => cell.model.type === 'code' && cell.model.sharedModel.getSource().trim());
    const failed = cells.some(cell => cell.model.outputs.toJSON().some(output => output.output_type === 'error'));
    const idle = panel.sessionContext.session.kernel.status === 'idle';
    return idle && (failed || cells.every(cell => cell.model.executionCount !== null));
}"""

ERRORS = """() => window.jupyterapp.shell.currentWidget.content.widgets.flatMap((cell, i) =>
    cell.model.type !== 'code' ? [] : cell.model.outputs.toJSON()
        .filter(output => output.output_type === 'error')
        .map(output => `cell ${i}: ${output.ename}: ${output.evalue}`))"""

# Cells out of sight may not be in the page at all, so each is scrolled to before its images are looked at.
IMAGES = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content;
    const found = {count: 0, troubles: []};
    for (const [i, cell] of notebook.widgets.entries()) {
        await notebook.scrollToItem(i);
        await cell.ready;
        await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
        for (const image of cell.node.querySelectorAll('img')) {
            found.count += 1;
            await image.decode().catch(() => {});
            if (!image.naturalWidth) {
                found.troubles.push(`cell ${i}: an image that cannot be decoded: ${image.src.slice(0, 80)}`);
            } else if (image.getBoundingClientRect().right > cell.node.getBoundingClientRect().right + 1) {
                found.troubles.push(`cell ${i}: an image of ${image.naturalWidth} pixels is wider than its cell`);
            }
        }
    }
    return found;
}"""


def walk_through(context, address, name):
    """Open a lesson, run it to its end and look at it; return (number of images, sentences on what is wrong)."""
    troubles = []
    page = context.new_page()
    try:
        page.on("console", lambda message: troubles.extend(_from_console(message)))
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on("request", lambda request: troubles.extend(_from_outside(request.url)))
        page.on("websocket", lambda websocket: troubles.extend(_from_outside(websocket.url)))
        page.set_default_timeout(60_000)
        page.goto(f"{address}/lab/tree/{name}?token=secret&reset")  # reset: without the lessons opened before
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function("name => window.jupyterapp?.shell?.currentWidget?.context?.path === name", arg=name)
        assert page.evaluate(READY) == "connected"
        page.evaluate(RUN_ALL)
        page.wait_for_function(FINISHED, timeout=1000 * MOST_SECONDS)
        images = page.evaluate(IMAGES)
        troubles += page.evaluate(ERRORS) + images["troubles"]
        return images["count"], troubles
    finally:
        page.close()


def _from_console(message):
    if message.type == "error":  # JupyterLab itself prints none
        yield f"console: {message.text}"


def _from_outside(url):
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
        yield f"request: {url}"


@pytest.mark.parametrize("name", LESSONS)
def test_a_lesson_runs_and_looks_right(lab, chromium, name):
    _, troubles = walk_through(chromium, lab, name)
    assert troubles == []


GOOD = """
from IPython.display import HTML, display
import ipywidgets
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
import io

picture = io.BytesIO()
plt.figure(figsize=(8, 2)).savefig(picture)
display({"image/png": picture.getvalue(), "text/plain": "an empty figure"}, raw=True)
ipywidgets.VBox([ipywidgets.IntSlider(), ipywidgets.Image(value=picture.getvalue())])
"""

# What is shown, and the words that must appear in what is found.
BAD = {
    "1 / 0": "cell 1: ZeroDivisionError",
    "HTML('<img src=http://elsewhere.invalid/a.png>')": "request: http://elsewhere.invalid/a.png",
    "HTML('<img src=data:image/png;base64,AAAA>')": "an image that cannot be decoded",
    "HTML('<img style=\"width: 3000px; max-width: none\" src=\"' + dot + '\">')": "is wider than its cell",
    "Javascript('console.error(\"planted\")')": "console: planted",
    "Javascript('setTimeout(() => { throw new Error(\"planted\") })')": "page error: planted",
}
DOT = """
import base64, io
from IPython.display import HTML, Javascript
from PIL import Image
data = io.BytesIO()
Image.new("L", (1, 1)).save(data, "PNG")
dot = "data:image/png;base64," + base64.b64encode(data.getvalue()).decode()
"""


def write_lesson(folder, name, *sources):
    nbformat.write(
        new_notebook(
            cells=[new_code_cell(source) for source in sources],
            metadata={"kernelspec": {"name": "python3", "display_name": "Python 3 (ipykernel)"}},
        ),
        folder / name,
    )
    return name


def test_a_picture_and_a_widget_are_seen(lab, chromium, folder):
    name = write_lesson(folder, "97_good.ipynb", GOOD, "# an empty cell is no trouble", "")
    assert walk_through(chromium, lab, name) == (2, [])


@pytest.mark.parametrize(("source", "words"), BAD.items())
def test_what_is_wrong_with_a_lesson_is_found(lab, chromium, folder, source, words):
    name = write_lesson(folder, "98_bad.ipynb", DOT, source, "'after it'")
    _, troubles = walk_through(chromium, lab, name)
    assert any(words in trouble for trouble in troubles), troubles
