"""The exercises of lesson 02 hold their contract: right answers pass, and every mistake is named as itself."""

import math

import numpy as np
import pytest

from dlcourse.activations import elu, leaky_relu, log_softmax, relu, sigmoid, softmax, softplus, tanh
from dlcourse.activations.exercises import EXERCISES
from dlcourse.autodiff import Tensor, log
from dlcourse.losses import binary_cross_entropy, cross_entropy
from tests.checking.contract import assert_exercise_contract, stub_answer


def of_the_package(function):
    """Value and slope by the package's own function."""

    def activation(x, *a):
        settings = {} if not a else {"slope" if function is leaky_relu else "alpha": a[0]}
        y, backward = function.vjp(x, **settings)
        return y, backward(np.ones_like(y))

    return activation


def sigmoid_by_branches(x):
    e = np.exp(-np.abs(x))
    y = np.where(x > 0, 1 / (1 + e), e / (1 + e))
    return y, e / (1 + e) ** 2


def softmax_in_loops(x):
    rows = []
    for row in x:
        e = [math.exp(score - max(row)) for score in row]
        rows.append([number / sum(e) for number in e])
    return np.array(rows)


def bce_in_a_loop(p, t):
    pairs = zip(p.ravel(), t.ravel(), strict=True)
    return sum(-math.log(p_i) if t_i == 1 else -math.log(1 - p_i) for p_i, t_i in pairs) / p.size


def cce_by_selection(p, t):
    return -np.log(p[np.arange(len(p)), t.argmax(axis=1)]).mean()


def cross_entropy_in_place(logits, labels):
    p = np.array(softmax(logits))
    rows = np.arange(len(p))
    loss = -np.log(p[rows, labels]).mean()
    p[rows, labels] -= 1
    return loss, lambda dloss: p * dloss / len(p)


def collapse_by_running(W1, b1, W2, b2, W3, b3):
    run = lambda x: ((x @ W1 + b1) @ W2 + b2) @ W3 + b3
    b = run(np.zeros(len(W1)))
    return run(np.eye(len(W1))) - b, b


def huber_by_clipping(y_hat, target, d=1.0):
    e = y_hat - target
    c = np.clip(e, -d, d)
    return (c * (e - c / 2)).mean(), lambda dloss: dloss * c / e.size


def huber_in_a_loop(y_hat, target, d=1.0):
    n, loss, slope = y_hat.size, 0.0, np.zeros(y_hat.shape)
    for i in np.ndindex(y_hat.shape):
        e = y_hat[i] - target[i]
        if abs(e) < d:
            loss, slope[i] = loss + e * e / 2, e
        else:
            loss, slope[i] = loss + d * abs(e) - d * d / 2, d if e > 0 else -d
    return loss / n, lambda dloss: dloss / n * slope


PACKAGE = tuple(of_the_package(f) for f in (sigmoid, tanh, relu, softplus, leaky_relu, elu))
ALTERNATIVES = {
    "02.1": [PACKAGE, (sigmoid_by_branches, *PACKAGE[1:])],
    "02.2": [[0, 0.01, 1, 0.5]],
    "02.3": [softmax_in_loops, softmax, lambda x: np.exp(log_softmax(x))],
    "02.4": [
        (bce_in_a_loop, cce_by_selection),
        (
            lambda p, t: binary_cross_entropy(p, target=t),
            lambda p, t: cross_entropy(np.log(p), labels=t),
        ),
    ],
    "02.5": [cross_entropy_in_place, lambda logits, labels: cross_entropy.vjp(logits, labels=labels)],
    "02.6": [{"digit": "C", "spam": "b", "topics": " b", "species": "c", "temperature": "a)", "defects": "b"}],
    "02.7": [collapse_by_running],
    "02.8": [[4.584863, 2.993223], [4.5849, 2.9932], [4.585, 2.993]],
    "02.9": [
        lambda logits, labels: cross_entropy(logits, labels=labels),
        lambda logits, labels: cross_entropy(log_softmax(logits), labels=labels),
        lambda logits, labels: -(log_softmax(logits) * np.eye(logits.shape[1])[labels]).sum() / len(labels),
    ],
    "02.10": [huber_by_clipping, huber_in_a_loop],
}

# What holds at exactly 0 is asked in 02.2. Where the Huber loss changes from square to line, the two are equal.
EQUIVALENT = {
    "02.1": [
        "my_relu, return (np.maximum(x, 0), np.where(x > 0, 1.0, 0.0)) -> "
        "return (np.maximum(x, 0), np.where(x >= 0, 1.0, 0.0))",
        "my_leaky_relu, return (np.where(x > 0, x, a * x), np.where(x > 0, 1.0, a)) -> "
        "return (np.where(x >= 0, x, a * x), np.where(x > 0, 1.0, a))",
        "my_leaky_relu, return (np.where(x > 0, x, a * x), np.where(x > 0, 1.0, a)) -> "
        "return (np.where(x > 0, x, a * x), np.where(x >= 0, 1.0, a))",
        "my_elu, return (y, np.where(x > 0, 1.0, y + a)) -> return (y, np.where(x >= 0, 1.0, y + a))",
    ],
    "02.10": [
        "huber, loss = np.mean(np.where(size <= d, e * e / 2, d * (size - d / 2))) -> "
        "loss = np.mean(np.where(size < d, e * e / 2, d * (size - d / 2)))",
    ],
}

# What the lesson has imported before the cell.
NAMES = {"02.9": {"softmax": softmax, "cross_entropy": cross_entropy}}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_holds_its_contract(exercise):
    assert_exercise_contract(
        exercise,
        alternatives=ALTERNATIVES[exercise.id],
        equivalent=EQUIVALENT.get(exercise.id, ()),
        names=NAMES.get(exercise.id),
    )


def test_quizzes_earn_at_most_15_percent_of_the_points():
    quizzes = sum(exercise.points for exercise in EXERCISES if exercise.id in {"02.2", "02.6"})
    assert quizzes <= 0.15 * sum(exercise.points for exercise in EXERCISES)


def test_the_loss_of_the_broken_run_stays_above_1_46_however_right_the_network_is():
    broken = stub_answer(next(e for e in EXERCISES if e.id == "02.9"), NAMES["02.9"])
    assert broken(100 * np.eye(10), np.arange(10)) == pytest.approx(np.log(np.e + 9) - 1)
    assert broken(100 * np.eye(10), np.arange(10)) == pytest.approx(1.46, abs=0.005)


def graded(number, answer):
    return next(e for e in EXERCISES if e.id == number).grade(answer)


def test_a_way_back_in_place_of_a_slope_is_named():
    def my_tanh(x):
        y = np.tanh(x)
        return y, lambda dy: dy * (1 - y * y)

    told = graded("02.1", (PACKAGE[0], my_tanh, *PACKAGE[2:])).message
    assert "`my_tanh` returned a function as its slope: here the slope itself is asked for, not a way back" in told


@pytest.mark.parametrize(
    "wrong", [lambda x: np.ones_like(x), lambda x: np.exp(x - x.max()) / 2, lambda x: np.exp(x).sum(axis=1)]
)
def test_whatever_is_wrong_with_a_softmax_there_is_a_property_to_test(wrong):
    assert graded("02.3", wrong).look


def test_a_loss_in_plain_numpy_is_told_that_training_needs_a_tensor():
    numpy_only = [
        lambda logits, labels: cce_by_selection(softmax(logits), np.eye(logits.shape[1])[labels]),
        lambda logits, labels: cross_entropy_in_place(np.asarray(logits.data), labels)[0],
        lambda logits, labels: cross_entropy(np.array(getattr(logits, "data", logits)), labels=labels),
        lambda logits, labels: cross_entropy(Tensor(np.array(logits.data)), labels=labels),
    ]
    for answer in numpy_only:
        result = graded("02.9", answer)
        assert not result.passed, answer
    assert "stops on a Tensor. The training below needs the gradient" in graded("02.9", numpy_only[0]).message
    assert "has no way back when the logits are a Tensor" in graded("02.9", numpy_only[2]).message


def test_a_wrong_loss_of_tensors_is_named_like_one_of_arrays():
    def right_classes(log_p, labels):
        return log_p[np.arange(len(labels)), labels]

    for log_of in (log_softmax, lambda logits: log(softmax(logits))):
        summed, turned, entries = (
            graded("02.9", answer).mistake
            for answer in (
                lambda logits, labels, log_of=log_of: -right_classes(log_of(logits), labels).sum(),
                lambda logits, labels, log_of=log_of: right_classes(log_of(logits), labels).mean(),
                lambda logits, labels, log_of=log_of: -right_classes(log_of(logits), labels).mean() / logits.shape[1],
            )
        )
        assert (summed, turned, entries) == ("sum_for_mean", "sign_turned", "averaged_over_entries")


def test_the_infinite_loss_of_a_sure_and_wrong_network_is_rejected():
    result = graded("02.9", lambda logits, labels: -log(softmax(logits)[np.arange(len(labels)), labels]).mean())
    assert result.mistake == "logarithm_of_the_softmax" and result.step == "finite"
    assert "in the edge case (sure, and wrong), the loss is infinite" in result.message


def test_two_gradients_of_the_huber_loss_are_told_that_the_target_is_given():
    def both(y_hat, target, d=1.0):
        loss, backward = huber_by_clipping(y_hat, target, d)
        return loss, lambda dloss: (backward(dloss), -backward(dloss))

    assert "returned 2 things: return one array, the gradient with respect to y_hat" in graded("02.10", both).message


def test_a_rounded_number_is_called_close():
    assert "close: did you round?" in graded("02.8", (4.59, 3.0)).message
    result = graded("02.8", (4.584863, 2.71))
    assert result.mistake == "tanh_where_the_sigmoid_is_at_4" and "c_sigmoid` is right" in result.message
