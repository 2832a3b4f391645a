"""One JupyterLab and one Chromium for all tests in a browser."""

import pytest

from tests.conftest import require
from tools import lab as real


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("lab") / "my-lessons"


@pytest.fixture(scope="session")
def lab(folder):
    """The address of a JupyterLab that ``dlcourse lab`` started; its token is ``secret``."""
    with real.started_lab(folder) as address:
        yield address


@pytest.fixture(scope="session")
def chromium(tmp_path_factory):
    require("playwright.sync_api")
    with real.started_chromium(tmp_path_factory.mktemp("profile"), require("chromium")) as context:
        yield context
