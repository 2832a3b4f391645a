"""What all tests share. BLAS threads and the notebooks' progress files are set in ../conftest.py."""

import importlib
import os
import shutil

import pytest


def require(name):
    """Return the module or the path of the program called `name`; without it, skip the test.

    Locally the skip names what is missing. With ``DLCOURSE_REQUIRE_ALL=1`` (as in CI) it is a failure,
    so that a missing prerequisite is never taken for a passed test.

    Parameters
    ----------
    name : str
        A module ("torch", "playwright.sync_api") or a program on the path ("chromium").
    """
    try:
        return importlib.import_module(name)
    except ModuleNotFoundError as error:
        if error.name != name.split(".")[0]:
            raise
    return require_program(name)


def require_program(name):
    """Return the path of a program, as `require`; for programs that share their name with a module, as git."""
    program = shutil.which(name)
    if program:
        return program
    message = f"needs {name}, which is not installed"
    if os.environ.get("DLCOURSE_REQUIRE_ALL") == "1":
        pytest.fail(message, pytrace=False)
    pytest.skip(message, allow_module_level=True)
