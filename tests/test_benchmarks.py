"""The harness of `make bench`: what it compares is equal, timed in turn, and told with its target."""

import gc

import numpy as np
import pytest

from benchmarks import harness, mlp, normalization, overhead
from benchmarks.__main__ import main
from benchmarks.harness import OutputsDiffer, Row, compare, measure, report
from tests.conftest import require

TOPICS = {
    "overhead": (overhead.CONTESTANTS, overhead.draw),
    "mlp": (mlp.CONTESTANTS, mlp.drawing(4)),
    "batch norm forward": (normalization.FORWARD, normalization.drawing((4, 3, 2, 2))),
    "batch norm backward": (normalization.BACKWARD, normalization.drawing((4, 3, 2, 2))),
}


def draw(rng):
    return (rng.uniform(1, 2, 3),)


def constant(value):
    return lambda x: lambda: [np.full(3, value)]


def test_a_target_holds_for_the_ratio_or_without_a_peer_for_the_value():
    assert Row("work", 1.0, "ms", 0.5, "torch", 2.0).verdict == "holds"
    assert Row("work", 1.1, "ms", 0.5, "torch", 2.0).verdict == "missed"
    assert Row("work", 0.1, "s", 0.1).verdict == "holds"
    assert Row("work", 0.2, "s", 0.1).verdict == "missed"
    assert Row("work", 1.0, "ms", None, "torch", 2.0).verdict == "no target"
    assert Row("work", float("nan"), "MB", 0).verdict == "not measured"


def test_a_row_tells_both_times_the_ratio_the_target_and_whether_it_holds():
    row = Row("work", 1.0, "ms", 0.5, "torch", 4.0)
    assert row.cells() == ["work", "1 ms", "torch", "4 ms", "0.25", "≤ 0.5", "holds"]


def test_each_sample_has_a_warm_call_before_it_and_the_order_rotates_with_gc_off():
    calls = []

    def contestant(name):
        def prepare(x):
            def run():
                calls.append((name, gc.isenabled(), x[0]))
                return [x]

            return run

        return prepare

    measure({"a": contestant("a"), "b": contestant("b")}, draw, rounds=2)
    timed = calls[2:]  # the first two were for the outputs
    assert [name for name, _, _ in timed] == ["a", "a", "b", "b", "b", "b", "a", "a"]
    assert not any(on for _, on, _ in timed)
    assert gc.isenabled()
    assert len({x for _, _, x in timed[:4]}) == 1 and timed[0][2] != timed[4][2]


@pytest.mark.parametrize("wrong", [constant(2.0), constant(np.nan), lambda x: lambda: [], lambda x: lambda: [x[:2]]])
def test_outputs_that_differ_are_never_timed(wrong):
    with pytest.raises(OutputsDiffer, match="torch"):
        measure({"dlcourse": constant(1.0), "torch": wrong}, draw, rounds=1)


def test_a_peer_that_is_not_installed_is_named_as_missing(monkeypatch):
    monkeypatch.setattr(harness, "PEERS", ("no_such_peer",))
    contestants = {"dlcourse": constant(1.0), "no_such_peer": constant(2.0)}
    rows = compare("work", contestants, {"no_such_peer": 0.5}, draw, rounds=1)
    assert [row.verdict for row in rows] == ["peer missing"]
    assert "Missing peers: no_such_peer." in report(rows)
    assert "no_such_peer not installed" in report(rows)


def test_the_bench_keeps_its_table_and_a_missed_target_is_no_failure(tmp_path, capsys):
    results = tmp_path / "results.md"
    assert main([lambda: [Row("work", 2.0, "s", 1.0)]], results) == 0
    printed = capsys.readouterr().out
    assert "0 of 1 targets hold." in printed
    assert printed in results.read_text()


def test_the_bench_fails_when_outputs_differ(tmp_path, capsys):
    def topic():
        return compare("work", {"dlcourse": constant(1.0), "numpy": constant(2.0)}, {"numpy": 1}, draw, rounds=1)

    assert main([topic], tmp_path / "results.md") == 1
    assert "outputs differ: output 0 of numpy" in capsys.readouterr().err
    assert not (tmp_path / "results.md").exists()


@pytest.mark.parametrize(
    ("topic", "peer"),
    [(topic, peer) for topic in TOPICS for peer in TOPICS[topic][0] if peer != harness.OURS],
)
def test_every_peer_computes_what_we_compute(topic, peer):
    require(peer)
    contestants, draw = TOPICS[topic]
    pair = {name: contestants[name] for name in (harness.OURS, peer)}
    harness.require_equal_outputs(pair, draw(np.random.default_rng(1)))
