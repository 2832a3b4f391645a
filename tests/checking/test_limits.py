"""Time, memory and output are limited, and everything is as before afterwards."""

import contextlib
import signal
import sys
import threading
import time
import warnings

import numpy as np
import pytest

from dlcourse.checking import limits
from dlcourse.checking.limits import Limits, OutOfTime
from tests.checking.bank import LINEAR, linear

resource = pytest.importorskip("resource")


def endless():
    while True:
        pass


@pytest.fixture(autouse=True)
def short_time(monkeypatch):
    monkeypatch.setattr(limits, "SECONDS", 0.2)


def test_what_is_returned_or_raised_comes_through():
    assert Limits().run(lambda: 7) == 7
    with pytest.raises(ZeroDivisionError):
        Limits().run(lambda: 1 / 0)


def test_the_budget_is_one_for_all_runs():
    budget = Limits()
    with pytest.raises(OutOfTime):
        budget.run(endless)
    with pytest.raises(OutOfTime):
        budget.run(lambda: 7)


def test_an_endless_loop_costs_all_later_cases():
    def my_linear(x, W, b):
        if x.shape == (4, 3):
            endless()
        return linear(x, W, b)

    result = LINEAR.grade(my_linear)
    assert (result.score, result.case_index, result.step) == (0.25, 1, "run")


def test_the_timer_rings_again_for_a_loop_that_catches_everything():
    def catches_a_few():
        for _ in range(3):
            try:
                endless()
            except BaseException as error:
                caught.append(type(error))
        return "done"

    caught = []
    assert Limits().run(catches_a_few) == "done"
    assert caught == [OutOfTime] * 3


@pytest.mark.parametrize("function", [lambda: 7, endless, lambda: 1 / 0, lambda: print("x")])
def test_the_process_is_as_before(function):
    def handler(*_):
        raise AssertionError

    before = signal.signal(signal.SIGALRM, handler)
    memory, streams, show = resource.getrlimit(resource.RLIMIT_AS), (sys.stdout, sys.stderr), warnings.showwarning
    with contextlib.suppress(OutOfTime, ZeroDivisionError):
        Limits().run(function)
    assert signal.signal(signal.SIGALRM, before) is handler
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    assert resource.getrlimit(resource.RLIMIT_AS) == memory
    assert (sys.stdout, sys.stderr) == streams
    assert warnings.showwarning is show


def test_a_timer_of_the_users_goes_on():
    rang = []
    before = signal.signal(signal.SIGALRM, lambda *_: rang.append(1))
    try:
        signal.setitimer(signal.ITIMER_REAL, 0.15)
        Limits().run(lambda: time.sleep(0.05))
        left, _ = signal.getitimer(signal.ITIMER_REAL)
        assert 0 < left <= 0.11
        time.sleep(0.2)
        assert rang == [1]
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def test_a_lower_memory_limit_of_the_system_stays(monkeypatch):
    monkeypatch.setattr(limits, "MEMORY", 2**60)
    soft, hard = resource.getrlimit(resource.RLIMIT_AS)
    low = 2**45
    resource.setrlimit(resource.RLIMIT_AS, (low, hard))
    try:
        assert Limits().run(lambda: resource.getrlimit(resource.RLIMIT_AS)[0]) == low
    finally:
        resource.setrlimit(resource.RLIMIT_AS, (soft, hard))


def test_two_gibibytes_are_not_to_be_had():
    with pytest.raises(MemoryError):
        Limits().run(lambda: np.ones(2**28 + 2**20))
    assert Limits().run(lambda: np.ones(2**20).size) == 2**20


def test_output_is_kept_and_not_shown(capsys):
    budget = Limits()
    budget.run(lambda: (print("out"), print("err", file=sys.stderr)))
    assert budget.printed.shown() == "out\nerr\n"
    assert capsys.readouterr() == ("", "")


def test_only_a_few_different_warnings_are_kept():
    def warn():
        for i in range(100):
            warnings.warn(f"number {i % 20}", RuntimeWarning, stacklevel=1)

    budget = Limits()
    budget.run(warn)
    assert [message for _, message, _, _ in budget.warnings] == [f"number {i}" for i in range(limits.MOST_WARNINGS)]


def in_a_thread(function):
    """Return what `function` returned or raised in a thread, where there is no timer."""
    outcome = []

    def work():
        try:
            outcome.append(function())
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join(10)
    return outcome[0]


def test_outside_of_the_main_thread_a_worker_is_told_to_stop():
    def count():
        while True:
            ticks.append(1)

    ticks = []
    assert isinstance(in_a_thread(lambda: Limits().run(count)), OutOfTime)
    then = len(ticks)
    time.sleep(0.1)
    assert len(ticks) == then > 0


def test_outside_of_the_main_thread_a_verdict_is_the_same():
    wrong = LINEAR.mistakes[0].function
    assert in_a_thread(lambda: LINEAR.grade(wrong)) == LINEAR.grade(wrong)
    assert "stopped after 0.2 seconds" in in_a_thread(lambda: LINEAR.grade(lambda x, W, b: endless())).sentence
    assert "ZeroDivisionError at line" in in_a_thread(lambda: LINEAR.grade(lambda x, W, b: 1 / 0)).sentence


def test_a_sleep_is_no_way_round_the_worker():
    assert isinstance(in_a_thread(lambda: Limits().run(lambda: time.sleep(1.5))), OutOfTime)
