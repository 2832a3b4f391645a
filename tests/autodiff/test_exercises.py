"""The exercises of lesson 01 hold their contract: right answers pass, and every mistake is named as itself."""

import numpy as np
import pytest

from dlcourse.autodiff.exercises import EXERCISES
from tests.checking.contract import assert_exercise_contract


def add_by_expression(a, b):
    return a + b, lambda dy: (1 * dy, 1 * dy)


def multiply_from_the_product(a, b):
    def backward(upstream):
        return upstream * b, upstream * a

    return b * a, backward


def max_with_where(a, b):
    winner = np.where(a >= b, 1.0, 0.0)
    return np.where(a >= b, a, b), lambda dy: (winner * dy, (1 - winner) * dy)


def sigmoid_from_exponentials(x):
    e = np.exp(-x)
    return 1 / (1 + e), lambda dy: dy * e / (1 + e) ** 2


def two_layer_step_in_loops(x, y, W1, W2, *, learning_rate):
    def forward(W1, W2):
        h = [1 / (1 + np.exp(-sum(x[i] * W1[i, j] for i in range(len(x))))) for j in range(len(W2))]
        return h, 1 / (1 + np.exp(-sum(h[j] * W2[j] for j in range(len(W2)))))

    h, y_hat = forward(W1, W2)
    dz = y_hat - y
    dW2 = np.array([dz * h_j for h_j in h])
    dW1 = np.array([[x_i * dz * W2[j] * h[j] * (1 - h[j]) for j in range(len(h))] for x_i in x])
    return dW1, dW2, forward(W1 - learning_rate * dW1, W2 - learning_rate * dW2)[1]


def linear_in_loops(x, W, b):
    (n, n_in), n_out = x.shape, len(b)
    y = np.array([[sum(x[e, i] * W[i, j] for i in range(n_in)) + b[j] for j in range(n_out)] for e in range(n)])

    def backward(dy):
        dx, dW, db = np.zeros_like(x), np.zeros_like(W), np.zeros_like(b)
        for e in range(n):
            for j in range(n_out):
                db[j] += dy[e, j]
                for i in range(n_in):
                    dx[e, i] += dy[e, j] * W[i, j]
                    dW[i, j] += x[e, i] * dy[e, j]
        return dx, dW, db

    return y, backward


def linear_with_einsum(x, W, b):
    def backward(dy):
        return np.einsum("ej,ij->ei", dy, W), np.einsum("ei,ej->ij", x, dy), np.einsum("ej->j", dy)

    return np.einsum("ei,ij->ej", x, W) + b, backward


def backward_by_counting_readers(output):
    readers, order, found = {output: 0}, [], [output]
    for node in found:
        node.grad = 0.0
        for parent in node.parents:
            if parent not in readers:
                readers[parent] = 0
                found.append(parent)
            readers[parent] += 1
    ready = [output]
    while ready:
        node = ready.pop()
        order.append(node)
        for parent in node.parents:
            readers[parent] -= 1
            if readers[parent] == 0:
                ready.append(parent)
    output.grad = 1.0
    for node in order:
        for parent, slope in zip(node.parents, node.slopes, strict=True):
            parent.grad = parent.grad + node.grad * slope


def gradient_check_in_place(f, x, dx, h=1e-5):
    x = x.copy()
    flat, numeric = x.reshape(-1), np.zeros(x.size)
    for i in range(x.size):
        kept = flat[i]
        flat[i] = kept + h
        above = f(x)
        flat[i] = kept - h
        below = f(x)
        flat[i] = kept
        numeric[i] = (above - below) / (2 * h)
    numeric = numeric.reshape(x.shape)
    return numeric, np.max(np.abs(numeric - dx)) / max(np.max(np.abs(numeric)), np.max(np.abs(dx)))


def relu_by_the_output(x):
    y = x * (x > 0)
    return y, lambda dy: np.where(y > 0, dy, 0.0)


def log_sum_exp_shifted(x):
    top = x.max(axis=1, keepdims=True)
    e = np.exp(x - top)
    p = e / e.sum(axis=1, keepdims=True)
    return (np.log(e.sum(axis=1, keepdims=True)) + top)[:, 0], lambda dy: p * dy.reshape(-1, 1)


ALTERNATIVES = {
    "01.1": [(add_by_expression, multiply_from_the_product, max_with_where, sigmoid_from_exponentials)],
    "01.2": [[-4, -4, 3], np.array([-4.0, -4.0, 3.0])],
    "01.3": [[-0.268941421, 0.268941421, 0.537882843]],
    "01.4": [([-2.999731058579, 1.999731058579, -3.000537882843], 0.731375722871)],
    "01.5": [two_layer_step_in_loops],
    "01.6": [linear_in_loops, linear_with_einsum],
    "01.7": [backward_by_counting_readers],
    "01.8": [gradient_check_in_place],
    "01.9": [relu_by_the_output],
    "01.10": [log_sum_exp_shifted],
}

# NumPy takes any negative number in a shape as "whatever is left".
EQUIVALENT = {
    "01.6": [
        "linear, dW = x.reshape(-1, W.shape[0]).T @ dy.reshape(-1, W.shape[1]) -> "
        f"dW = x.reshape({a}, W.shape[0]).T @ dy.reshape({b}, W.shape[1])"
        for a, b in [(-2, -1), (-1, -2)]
    ]
}


@pytest.mark.parametrize("exercise", EXERCISES, ids=lambda exercise: exercise.id)
def test_an_exercise_holds_its_contract(exercise):
    assert_exercise_contract(
        exercise, alternatives=ALTERNATIVES[exercise.id], equivalent=EQUIVALENT.get(exercise.id, ())
    )


def test_recall_and_arithmetic_earn_at_most_15_percent_of_the_points():
    arithmetic = sum(exercise.points for exercise in EXERCISES if exercise.id in {"01.2"})
    assert arithmetic <= 0.15 * sum(exercise.points for exercise in EXERCISES)
