"""Minibatches cover every example once; a split keeps its three parts apart."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlcourse.training import Split, batches, split

fixed = settings(derandomize=True, deadline=None, max_examples=60)
X, Y = np.arange(20.0).reshape(10, 2), np.arange(10)


def test_without_a_generator_the_order_stays():
    first, second, third = batches(X, Y, 4)
    np.testing.assert_array_equal(first[1], [0, 1, 2, 3])
    np.testing.assert_array_equal(second[1], [4, 5, 6, 7])
    np.testing.assert_array_equal(third[1], [8, 9])


@fixed
@given(n=st.integers(0, 40), size=st.integers(1, 50), shuffled=st.booleans(), drop_last=st.booleans())
def test_every_example_comes_once_with_its_own_answer(n, size, shuffled, drop_last):
    X, y = np.arange(2.0 * n).reshape(n, 2), np.arange(n)
    rng = np.random.default_rng(0) if shuffled else None
    epoch = list(batches(X, y, size, rng=rng, drop_last=drop_last))
    seen = np.concatenate([answers for _, answers in epoch]) if epoch else np.zeros(0)
    assert len(set(seen.tolist())) == len(seen)
    assert len(seen) == (n // size * size if drop_last else n)
    for inputs, answers in epoch:
        np.testing.assert_array_equal(inputs[:, 0], 2 * answers)
    lengths = [len(answers) for _, answers in epoch]
    assert all(length == size for length in lengths[:-1])
    assert not drop_last or all(length == size for length in lengths)


def test_a_generator_shuffles_and_can_be_repeated():
    order = lambda seed: np.concatenate([y for _, y in batches(X, Y, 3, rng=np.random.default_rng(seed))])
    np.testing.assert_array_equal(order(0), order(0))
    assert not np.array_equal(order(0), Y)
    assert not np.array_equal(order(0), order(1))


def test_two_epochs_of_one_generator_come_in_different_orders():
    rng = np.random.default_rng(0)
    one, other = (np.concatenate([y for _, y in batches(X, Y, 3, rng=rng)]) for _ in range(2))
    assert not np.array_equal(one, other)


def test_batches_are_copies_so_that_changing_one_changes_no_data():
    inputs, _ = next(batches(X, Y, 4))
    inputs[...] = -1
    assert X.min() == 0


def test_batches_complain_at_the_call_not_at_the_first_batch():
    with pytest.raises(
        ValueError, match="batches: expected as many answers as examples, got 10 examples and 9 answers"
    ):
        batches(X, Y[:9], 4)
    for size in (0, -3):
        with pytest.raises(ValueError, match=f"batches: expected a size of at least 1, got {size}"):
            batches(X, Y, size)


# Split ----------------------------------------------------------------------------------------------------


@fixed
@given(n=st.integers(3, 60), dev=st.floats(0, 0.5), test=st.floats(0, 0.5), seed=st.integers(0, 99))
def test_the_three_parts_are_disjoint_and_together_everything(n, dev, test, seed):
    X, y = np.arange(3.0 * n).reshape(n, 3), np.arange(n)
    fractions = (1 - dev - test, dev, test)
    parts = split(X, y, fractions=fractions, rng=np.random.default_rng(seed))
    everything = [parts.train, parts.dev, parts.test]
    assert sorted(np.concatenate([answers for _, answers in everything]).tolist()) == y.tolist()
    for (inputs, answers), fraction in zip(everything, fractions, strict=True):
        np.testing.assert_array_equal(inputs[:, 0], 3 * answers)
        assert abs(len(answers) - fraction * n) <= 1


def test_a_split_shuffles_and_can_be_repeated():
    order = lambda seed: split(X, Y, fractions=(0.6, 0.2, 0.2), rng=np.random.default_rng(seed)).train[1]
    np.testing.assert_array_equal(order(0), order(0))
    assert not np.array_equal(np.sort(order(0)), order(0))
    assert not np.array_equal(order(0), order(1))


def test_a_part_may_be_empty():
    parts = split(X, Y, fractions=(0.8, 0.2, 0.0), rng=np.random.default_rng(0))
    assert [len(parts.train[1]), len(parts.dev[1]), len(parts.test[1])] == [8, 2, 0]


def test_looks_at_the_test_set_are_counted_and_those_at_the_others_are_not():
    parts = split(X, Y, fractions=(0.6, 0.2, 0.2), rng=np.random.default_rng(0))
    assert parts.test_reads == 0
    _ = parts.train, parts.dev, repr(parts)
    assert parts.test_reads == 0
    _ = parts.test
    assert parts.test_reads == 1
    _ = parts.test
    assert parts.test_reads == 2
    assert repr(parts) == "Split(train 6, dev 2, test 2; test read 2 times)"


def test_the_test_set_can_not_be_exchanged():
    parts = Split((X, Y), (X, Y), (X, Y))
    with pytest.raises(AttributeError):
        parts.test = (X, Y)


@pytest.mark.parametrize(
    "fractions",
    [(0.5, 0.5), (0.5, 0.4, 0.2), (1.2, -0.1, -0.1), (1.0,), (0.2, 0.2, 0.2, 0.4)],
    ids=str,
)
def test_fractions_that_are_no_three_parts_of_one_are_an_error(fractions):
    with pytest.raises(ValueError, match="split: expected three fractions that sum to 1, for train, dev and test"):
        split(X, Y, fractions=fractions, rng=np.random.default_rng(0))


def test_thirds_are_allowed_although_they_do_not_quite_sum_to_one():
    parts = split(X, Y, fractions=(1 / 3, 1 / 3, 1 / 3), rng=np.random.default_rng(0))
    assert [len(part[1]) for part in (parts.train, parts.dev, parts.test)] == [3, 4, 3]


def test_a_split_needs_as_many_answers_as_examples():
    with pytest.raises(ValueError, match="split: expected as many answers as examples, got 10 examples and 9 answers"):
        split(X, Y[:9], fractions=(0.6, 0.2, 0.2), rng=np.random.default_rng(0))
