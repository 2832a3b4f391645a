"""A lesson in a real JupyterLab in a real Chromium: opened, run, looked at. For the tests and for tools/look.py."""

import contextlib
import os
import socket
import subprocess
import sys
import time
import urllib.request
from typing import Any, NamedTuple
from urllib.parse import quote, urlsplit

CHROMIUM_OPTIONS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
MOST_SECONDS = 180  # for a lesson to run to its end
WIDTH, HEIGHT = 1280, 900

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

# Sections that are closed at first are looked into as well.
OPEN_SECTIONS = "() => window.jupyterapp.commands.execute('notebook:expand-all-headings')"

# Cells out of sight may not be in the page at all, so each is scrolled to before anything in it is looked at.
SHOW_CELL = """async (i) => {
    const notebook = window.jupyterapp.shell.currentWidget.content, cell = notebook.widgets[i];
    await notebook.scrollToItem(i);
    await cell.ready;
    await new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)));
    return cell.node;
}"""

IMAGES = """async () => {
    const notebook = window.jupyterapp.shell.currentWidget.content, show = SHOW_CELL;
    const found = {count: 0, troubles: []};
    for (const [i, cell] of notebook.widgets.entries()) {
        await show(i);
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
}""".replace("SHOW_CELL", SHOW_CELL)


class Opened(NamedTuple):
    """A lesson on its page; `troubles` are sentences on what goes wrong there, and grow by themselves."""

    page: Any
    troubles: list[str]


@contextlib.contextmanager
def started_lab(folder):
    """Start JupyterLab on `folder` by ``dlcourse lab``; give its address.

    Its settings and its log lie beside the folder, so that nothing of whoever runs this plays a part.
    """
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = dict(os.environ)
    for kind in ("CONFIG", "DATA", "RUNTIME"):
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
            if process.poll() is not None:
                raise RuntimeError(f"JupyterLab did not start:\n{log.read_text()}")
            time.sleep(0.1)
        yield address
    finally:
        process.terminate()
        process.wait(30)


@contextlib.contextmanager
def started_chromium(profile, program, *, width=WIDTH):
    """Start the Chromium at the path `program` without a window; give Playwright's context."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as started:
        context = started.chromium.launch_persistent_context(
            str(profile),
            executable_path=program,
            headless=True,
            args=CHROMIUM_OPTIONS,
            viewport={"width": width, "height": HEIGHT},
        )
        yield context
        context.close()


@contextlib.contextmanager
def watched_page(context):
    """Open an empty page that notes errors and requests to elsewhere; give an `Opened`."""
    troubles: list[str] = []
    page = context.new_page()
    try:
        page.on("console", lambda message: troubles.extend(_from_console(message)))
        page.on("pageerror", lambda error: troubles.append(f"page error: {error}"))
        page.on("request", lambda request: troubles.extend(_from_outside(request.url)))
        page.on("websocket", lambda websocket: troubles.extend(_from_outside(websocket.url)))
        page.set_default_timeout(60_000)
        yield Opened(page, troubles)
    finally:
        page.close()


@contextlib.contextmanager
def opened(context, address, name, *, dark=False):
    """Open the lesson `name`, its kernel ready and nothing run yet; give an `Opened`."""
    with watched_page(context) as lesson:
        page = lesson.page
        # reset: without the lessons opened before
        page.goto(f"{address}/lab/tree/{quote(name)}?token=secret&reset")
        page.wait_for_selector(".jp-Notebook .jp-Cell")
        page.wait_for_function("name => window.jupyterapp?.shell?.currentWidget?.context?.path === name", arg=name)
        if dark:
            set_theme(page, "Dark")
        status = page.evaluate(READY)
        if status != "connected":
            raise RuntimeError(f"the kernel of {name} is {status}")
        yield lesson


def set_theme(page, name):
    """Change to JupyterLab's theme ``"Dark"`` or ``"Light"``, which stays for the pages opened later."""
    change = "name => window.jupyterapp.commands.execute('apputils:change-theme', {theme: `JupyterLab ${name}`})"
    page.evaluate(change, name)
    # Not until it is visible: the body of JupyterLab's page has no height of its own.
    page.wait_for_selector(f"body[data-jp-theme-light={str(name == 'Light').lower()}]", state="attached")


def run(lesson):
    """Run all cells to the end, or to the first that fails, and open all sections; add what failed to the troubles."""
    lesson.page.evaluate(RUN_ALL)
    lesson.page.wait_for_function(FINISHED, timeout=1000 * MOST_SECONDS)
    lesson.troubles.extend(lesson.page.evaluate(ERRORS))
    lesson.page.evaluate(OPEN_SECTIONS)


def look_at_images(lesson):
    """Scroll through all cells; add images that are broken or too wide to the troubles and return the count of all."""
    found = lesson.page.evaluate(IMAGES)
    lesson.troubles.extend(found["troubles"])
    return found["count"]


def _from_console(message):
    if message.type == "error":  # JupyterLab itself prints none
        yield f"console: {message.text}"


def _from_outside(url):
    parts = urlsplit(url)
    if parts.scheme in {"http", "https", "ws", "wss"} and parts.hostname != "127.0.0.1":
        yield f"request: {url}"
