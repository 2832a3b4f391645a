"""``dlcourse lab``: the command it builds, and the server that answers."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
import urllib.request
import webbrowser

import pytest

from dlcourse.cli import lab
from dlcourse.cli.errors import CommandError
from dlcourse.cli.lab import BLAS_THREADS, has_browser, lab_command, one_blas_thread, open_lab

POSIX = pytest.mark.skipif(os.name != "posix", reason="needs POSIX signals")


@pytest.fixture
def folder(tmp_path):
    for name in ("01_backprop.ipynb", "00_first steps.ipynb", "other.ipynb"):
        (tmp_path / name).write_text("{}")
    return tmp_path


def test_a_new_folder_opens_at_its_first_lesson_and_a_known_one_where_the_learner_was(folder):
    new = lab_command(folder, known=False, browser=True)
    known = lab_command(folder, known=True, browser=True)
    assert "--LabApp.default_url=/lab/tree/00_first%20steps.ipynb" in new
    assert "--LabApp.default_url=/lab" in known
    assert new[:3] == [sys.executable, "-m", "jupyterlab"]
    assert f"--ServerApp.root_dir={folder.resolve()}" in new


def test_the_server_asks_the_network_for_nothing(folder):
    command = lab_command(folder, known=True, browser=True)
    assert "--LabApp.news_url=None" in command
    assert "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate" in command
    assert "--LabApp.extension_manager=readonly" in command


def test_port_browser_root_and_further_arguments_reach_jupyterlab(folder, monkeypatch):
    monkeypatch.setattr(os, "geteuid", lambda: 0, raising=False)
    command = lab_command(folder, known=True, browser=False, port=8899, lab_arguments=["--ip=127.0.0.1"])
    assert {"--allow-root", "--no-browser", "--ServerApp.port=8899"} < set(command)
    assert command[-1] == "--ip=127.0.0.1"
    monkeypatch.setattr(os, "geteuid", lambda: 1000)
    command = lab_command(folder, known=True, browser=True)
    assert not {"--allow-root", "--no-browser"} & set(command)
    assert not any(argument.startswith("--ServerApp.port=") for argument in command)


def test_one_blas_thread_is_the_default_and_not_a_command():
    environment = one_blas_thread({"OMP_NUM_THREADS": "4"})
    assert environment == {name: "4" if name == "OMP_NUM_THREADS" else "1" for name in BLAS_THREADS}


def test_a_browser_needs_a_display_on_linux(monkeypatch):
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.setattr(webbrowser, "get", lambda: object())
    for name in ("DISPLAY", "WAYLAND_DISPLAY", "BROWSER"):
        monkeypatch.delenv(name, raising=False)
    assert not has_browser()
    monkeypatch.setenv("DISPLAY", ":0")
    assert has_browser()


def test_without_any_browser_there_is_none(monkeypatch):
    def fail():
        raise webbrowser.Error("could not locate runnable browser")

    monkeypatch.setattr(sys, "platform", "darwin")
    monkeypatch.setattr(webbrowser, "get", fail)
    assert not has_browser()


def test_without_jupyterlab_the_command_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(lab.importlib.util, "find_spec", lambda _: None)
    with pytest.raises(CommandError, match="pip install jupyterlab"):
        open_lab(tmp_path / "mine")
    assert not (tmp_path / "mine").exists()


@pytest.fixture
def start(tmp_path):
    """Start ``dlcourse lab mine`` in a folder of its own; what was started is stopped at the end."""
    processes = []

    def start(*arguments):
        environment = dict(os.environ, PYTHONUNBUFFERED="1")
        for kind in ("CONFIG", "DATA", "RUNTIME"):
            environment[f"JUPYTER_{kind}_DIR"] = str(tmp_path / kind)
        process = subprocess.Popen(
            [sys.executable, "-m", "dlcourse", "lab", "mine", "--no-browser", *arguments],
            cwd=tmp_path,
            env=environment,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        limit = threading.Timer(120, process.kill)  # whatever goes wrong, no test waits for ever
        limit.start()
        processes.append((process, limit))
        return process

    yield start
    for process, limit in processes:
        limit.cancel()
        process.kill()
        process.wait(20)
        process.stdout.close()


def read_address(process):
    """Return (address, token) as printed; the test fails with the whole log when there is none."""
    log = ""
    for line in process.stdout:
        log += line
        found = re.search(r"(http://(?:localhost|127\.0\.0\.1):\d+)/\S*\?token=(\w+)", line)
        if found:
            return found.groups()
    pytest.fail(f"no address with a token was printed:\n{log}")


def interrupt(process):
    """Press Ctrl-C and return the exit code.

    One is enough, as a rule; a server interrupted in its first second was seen once, under load, to stay until
    the second one.
    """
    process.send_signal(signal.SIGINT)
    try:
        process.communicate(timeout=60)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)
    return process.returncode


@POSIX
def test_the_lab_answers_under_the_printed_address_until_it_is_interrupted(tmp_path, start):
    process = start()
    address, token = read_address(process)
    for _ in range(100):
        try:
            with urllib.request.urlopen(f"{address}/api/status?token={token}", timeout=10) as answer:
                status = json.load(answer)
            break
        except OSError:
            time.sleep(0.1)
    assert status["kernels"] == 0
    with urllib.request.urlopen(f"{address}/api/contents?token={token}", timeout=10) as answer:
        served = {entry["name"] for entry in json.load(answer)["content"]}
    assert served == {path.name for path in (tmp_path / "mine").iterdir() if not path.name.startswith(".")}
    assert interrupt(process) == 0


@POSIX
def test_a_port_in_use_is_an_error(start):
    import socket

    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = start("--port", str(taken.getsockname()[1]))
        log = process.stdout.read()
        assert process.wait(60) == 1
    assert "already in use" in log
