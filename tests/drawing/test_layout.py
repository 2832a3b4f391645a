"""The layered layout: columns, order, heights."""

import itertools

import numpy as np
import pytest

from dlcourse.drawing.layout import Spot, _crossings, _nearest, arrange


def spot(*sources, ordered=False):
    n = len(sources)
    ports = [0.0] if n == 1 else [6.0 * (2 * i / (n - 1) - 1) for i in range(n)]
    return Spot(10, 10, sources=[(source, 0) for source in sources], ports=ports if n else (), ordered=ordered)


def test_a_leaf_stands_right_before_its_first_consumer():
    x, late = spot(), spot()
    first = spot(x)
    second = spot(first, late)
    arrange([x, late, first, second], gap=5, passing=3)
    assert [s.column for s in (x, late, first, second)] == [0, 1, 1, 2]


def test_a_wire_that_passes_columns_gets_one_place_in_each_however_often_it_is_used():
    x = spot()
    a = spot(x)
    b = spot(a, x)
    c = spot(b, x)
    columns = arrange([x, a, b, c], gap=5, passing=3)
    assert [sum(s.passing for s in column) for column in columns] == [0, 1, 1, 0]


def test_a_tree_has_no_crossings_and_keeps_the_order_of_its_inputs():
    inputs = [spot() for _ in range(8)]
    level, spots = inputs, list(inputs)
    while len(level) > 1:
        level = [spot(level[i], level[i + 1]) for i in range(0, len(level), 2)]
        spots += level
    columns = arrange(spots, gap=5, passing=3)
    assert columns[0] == inputs
    assert _crossings(columns) == 0


def test_crossings_that_can_be_undone_are():
    a, b, c, d = (spot() for _ in range(4))
    first, second = spot(a, c), spot(b, d)
    columns = arrange([a, b, c, d, first, second, spot(first, second)], gap=5, passing=3)
    assert _crossings(columns) == 0


def test_the_order_of_inputs_is_kept_where_it_matters_and_follows_the_wires_where_not():
    a, b = spot(), spot()
    kept = [spot(a, b, ordered=True), spot(b, a, ordered=True)]
    free = [spot(a, b), spot(b, a)]
    arrange([a, b, *kept, *free, spot(*kept, *free)], gap=5, passing=3)
    assert [[source for source, _ in gate.sources] for gate in kept] == [[a, b], [b, a]]
    upper, lower = sorted((a, b), key=lambda s: s.y)
    assert [[source for source, _ in gate.sources] for gate in free] == [[upper, lower]] * 2


def test_a_chain_is_a_straight_line():
    chain = [spot()]
    for _ in range(5):
        chain.append(spot(chain[-1]))
    arrange(chain, gap=5, passing=3)
    assert np.ptp([s.y for s in chain]) < 0.01


def test_spots_of_a_column_keep_their_distance():
    x = [spot() for _ in range(5)]
    y = [spot(x[i], x[(i + 2) % 5], x[(i + 3) % 5]) for i in range(5)]
    columns = arrange([*x, *y, spot(*y)], gap=5, passing=3)
    for column in columns:
        for above, below in itertools.pairwise(column):
            assert below.y - below.up - (above.y + above.down) >= 5 - 1e-9


@pytest.mark.parametrize("seed", range(5))
def test_the_nearest_heights_are_the_least_squares_under_the_distances(seed):
    rng = np.random.default_rng(seed)
    targets, weights, gaps = rng.normal(size=6), rng.uniform(0.5, 2, 6), rng.uniform(0, 1, 5)
    best = np.array(_nearest(targets.tolist(), weights.tolist(), gaps.tolist()))
    assert (np.diff(best) >= gaps - 1e-12).all()
    cost = (weights * (best - targets) ** 2).sum()
    for _ in range(300):
        other = best + rng.normal(size=6) * rng.choice([0.01, 0.1, 1])
        if (np.diff(other) >= gaps).all():
            assert (weights * (other - targets) ** 2).sum() >= cost
