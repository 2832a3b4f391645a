"""The exercises of lesson 00 hold their contract: right answers pass, and every mistake is named as itself."""

import math
from itertools import pairwise

import numpy as np
import pytest

from dlcourse.orientation.exercises import EXERCISES
from tests.checking.contract import assert_exercise_contract

BY_ID = {exercise.id: exercise for exercise in EXERCISES}


def neuron_in_a_loop(x, w, b):
    z = float(b)
    for x_i, w_i in zip(x, w, strict=True):
        z += x_i * w_i
    return 1 / (1 + math.exp(-z))


def neuron_by_tanh(x, w, b):
    return 0.5 * (1 + np.tanh((np.dot(x, w) + b) / 2))


def neuron_from_lists(x, w, b):
    x, w = list(x), list(w)
    return np.exp(sum(a * c for a, c in zip(x, w, strict=True)) + b) / (1 + np.exp(np.inner(x, w) + b))


def parameters_as_weights_and_biases(sizes):
    weights = np.sum(np.array(sizes[:-1]) * np.array(sizes[1:]))
    return float(weights + sum(sizes) - sizes[0])


def parameters_with_the_bias_as_an_input(sizes):
    sizes = list(sizes)
    n_in, total = sizes.pop(0), 0
    for n_out in sizes:
        total = total + (n_in + 1) * n_out
        n_in = n_out
    return total


def rows_in_a_loop(X, W, b):
    return np.array([W @ x + b for x in X])


def rows_in_three_loops(X, W, b):
    result = np.zeros((len(X), len(W)))
    for n in range(len(X)):
        for j in range(len(W)):
            for i in range(X.shape[1]):
                result[n, j] += X[n, i] * W[j, i]
            result[n, j] += b[j]
    return result


def rows_turned_at_the_end(X, W, b):
    return (W @ X.T + b[:, None]).T


def rows_by_broadcasting(X, W, b):
    return (X[:, None, :] * W).sum(axis=2) + b


def loss_with_columns(y_hat, y):
    return np.mean((y_hat.reshape(-1, 1) - y) ** 2)


def loss_in_a_loop(y_hat, y):
    total = 0.0
    for guess, right in zip(y_hat, y, strict=True):
        total += (guess - right[0]) ** 2
    return total / len(y)


def loss_of_a_row(y_hat, y):
    return ((y_hat - y.T) ** 2).mean()


def distances_in_loops(X, M):
    return np.array([[sum((x[i] - m[i]) ** 2 for i in range(len(m))) for m in M] for x in X])


def distances_expanded(X, M):
    return (X**2).sum(axis=1)[:, None] - 2 * X @ M.T + (M**2).sum(axis=1)


def distances_one_mean_at_a_time(X, M):
    result = np.zeros((len(X), len(M)))
    for j, m in enumerate(M):
        result[:, j] = ((X - m) ** 2).sum(axis=1)
    return result


def distances_turned_at_the_end(X, M):
    return np.linalg.norm(M[:, np.newaxis] - X[np.newaxis], axis=-1).T ** 2


ALTERNATIVES = {
    "00.1": [neuron_in_a_loop, neuron_by_tanh, neuron_from_lists],
    "00.2": [parameters_as_weights_and_biases, parameters_with_the_bias_as_an_input],
    "00.3": [
        (0.434886344, [1, -1, 3, 2], 0.251502857),
        [np.float32(0.434886343791), np.array([1, -1, 3, 2]), np.array(0.251502857019)],
        (np.array([0.434886343791]), np.array([1, -1, 3, 2]), np.array([[0.251502857019]])),  # with W2 as (1, 3)
    ],
    "00.4": [rows_in_a_loop, rows_in_three_loops, rows_turned_at_the_end, rows_by_broadcasting],
    "00.5": ["D", "(d)"],
    "00.6": [{word: f" {letter.upper()}) " for word, letter in BY_ID["00.6"].reference.items()}],
    "00.7": [loss_with_columns, loss_in_a_loop, loss_of_a_row],
    "00.8": [distances_in_loops, distances_expanded, distances_one_mean_at_a_time, distances_turned_at_the_end],
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_holds_its_contract(exercise):
    assert_exercise_contract(exercise, alternatives=ALTERNATIVES[exercise.id])


def test_recall_and_arithmetic_earn_at_most_15_percent_of_the_points():
    recall = sum(exercise.points for exercise in EXERCISES if exercise.id in {"00.5", "00.6"})
    assert recall <= 0.15 * sum(exercise.points for exercise in EXERCISES)


def test_the_references_keep_float32():
    rng = np.random.default_rng(0)
    X, W = (rng.standard_normal(shape).astype(np.float32) for shape in [(3, 4), (2, 4)])
    assert BY_ID["00.1"].reference(X[0], W[0], 0.5).dtype == np.float32
    assert BY_ID["00.4"].reference(X, W, X[0, :2]).dtype == np.float32
    assert BY_ID["00.8"].reference(X, W).dtype == np.float32


# 00.2 -----------------------------------------------------------------------------------------------------


def test_a_list_is_not_told_to_become_an_array_where_one_number_is_asked_for():
    counted = BY_ID["00.2"].grade(lambda sizes: [n * m + m for n, m in pairwise(sizes)])
    assert "should be a single number, yours is a list of 2" in counted.sentence
    assert "np.array" not in counted.message + counted.why + counted.mend


def test_three_names_for_three_sizes_are_told_so_and_not_only_of_an_index():
    result = BY_ID["00.2"].grade(lambda s: s[0] * s[1] + s[1] + s[1] * s[2] + s[2])
    assert (result.mistake, result.step) == ("only_three_sizes", "run")
    assert "any number" in result.why


# 00.3 -----------------------------------------------------------------------------------------------------

W1 = np.array([[1, 0, 1, 0], [0, -1, 0.5, -1], [-1, -1, 0, 0.5]])
PRINTED_X, PRINTED_SUMS = np.array([1.0, -1.0, 3.0, -2.0]), np.array([4, 0.5, 1])


def test_the_numbers_of_the_deck_are_those_of_the_mended_input():
    output, mended_x, mended_output = BY_ID["00.3"].reference
    assert np.array_equal(W1 @ PRINTED_X, [4, 4.5, -1])
    assert np.array_equal(W1 @ mended_x, PRINTED_SUMS)
    assert output == pytest.approx(0.434886343791, abs=1e-12)
    assert mended_output == pytest.approx(0.251502857019, abs=1e-12)


def test_the_sums_come_out_with_the_fourth_column_of_the_matrix_turned_as_well():
    turned = W1 * [1, 1, 1, -1]
    assert np.array_equal(turned @ PRINTED_X, PRINTED_SUMS)


def test_whoever_changes_two_entries_is_told_which_and_what_comes_out():
    result = BY_ID["00.3"].grade((BY_ID["00.3"].reference[0], [1, 1, 3, 2], 0.5))
    assert "Only one entry may change; you changed 2. With x2 = 1 and x4 = 2 the sums are (4, -1.5, -1)" in result.why
    assert "x4 = 2" not in result.look + result.mend


def test_no_other_single_entry_of_the_input_mends_the_sums():
    off = PRINTED_SUMS - W1 @ PRINTED_X
    for i in range(4):
        change, left = np.linalg.lstsq(W1[:, [i]], off, rcond=None)[:2]
        assert (left[0] < 1e-12) == (i == 3)
    assert PRINTED_X[3] + change[0] == pytest.approx(2)


# 00.7 -----------------------------------------------------------------------------------------------------


def test_the_loss_of_the_broken_run_is_lowest_where_everyone_gets_the_mean():
    space = {}
    exec(BY_ID["00.7"].stub, space)
    y = np.array([[1.0], [2.0], [6.0]])
    mean = np.full(3, y.mean())
    broken, right = space["squared_loss"], BY_ID["00.7"].reference
    assert broken(mean, y) < broken(y[:, 0], y)
    assert all(broken(mean + step, y) > broken(mean, y) for step in 0.1 * np.vstack([np.eye(3), -np.eye(3)]))
    assert right(y[:, 0], y) == 0
