"""What the tests share keeps its word."""

import os

import pytest

from dlcourse.cli.lab import BLAS_THREADS
from tests.conftest import require


def test_a_missing_prerequisite_is_a_skip_that_names_it(monkeypatch):
    monkeypatch.delenv("DLCOURSE_REQUIRE_ALL", raising=False)
    with pytest.raises(pytest.skip.Exception, match="needs absent_module, which is not installed"):
        require("absent_module")


def test_a_missing_prerequisite_is_a_failure_where_all_are_required(monkeypatch):
    monkeypatch.setenv("DLCOURSE_REQUIRE_ALL", "1")
    with pytest.raises(pytest.fail.Exception, match=r"needs absent_module\.sub, which is not installed"):
        require("absent_module.sub")


def test_what_is_there_is_returned():
    assert require("os.path") is os.path
    assert os.access(require("make"), os.X_OK)


def test_tests_run_with_the_number_of_blas_threads_of_the_lab():
    assert all(os.environ[name] for name in BLAS_THREADS)
