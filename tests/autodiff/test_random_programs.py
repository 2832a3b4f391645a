"""Hypothesis: shapes, indices and whole programs that nobody thought of."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.autodiff import (
    Tensor,
    add,
    concatenate,
    divide,
    exp,
    grad,
    gradient_errors,
    jvp,
    log,
    matmul,
    maximum,
    mean,
    multiply,
    numerical_gradient,
    reshape,
    sqrt,
    subtract,
    sum,
    take,
    transpose,
    vjp,
)
from dlcourse.autodiff.arithmetic import get_item

fixed = settings(derandomize=True, deadline=None, max_examples=60)
seeds = st.integers(0, 2**32 - 1)


def distinct(rng, shape):
    """Numbers between 0.5 and 2.5 of both signs, no two of equal size, so that no kink or tie is near."""
    size = int(np.prod(shape))
    numbers = 0.5 + 2 * (rng.permutation(size) + rng.uniform(0.2, 0.8, size)) / max(size, 1)
    return (numbers * rng.choice([-1, 1], size)).reshape(shape)


# Broadcasting ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("function", [add, subtract, multiply, divide, maximum], ids=lambda f: f.__name__)
@fixed
@given(shapes=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=4, max_side=3, min_side=0), seed=seeds)
def test_gradients_of_arithmetic_undo_any_broadcasting(function, shapes, seed):
    rng = np.random.default_rng(seed)
    numbers = distinct(rng, (sum_of_sizes(shapes.input_shapes),))
    sizes = [int(np.prod(shape)) for shape in shapes.input_shapes]
    a, b = (part.reshape(s) for part, s in zip(np.split(numbers, [sizes[0]]), shapes.input_shapes, strict=True))
    y = function(Tensor(a), Tensor(b))
    assert y.shape == shapes.result_shape
    assert max(gradient_errors(function, a, b)) < 1e-12


def sum_of_sizes(shapes):
    return int(np.sum([np.prod(shape) for shape in shapes], dtype=int))


@fixed
@given(
    stacks=hnp.mutually_broadcastable_shapes(num_shapes=2, max_dims=2, max_side=3),
    rows=st.integers(1, 3),
    inner=st.integers(1, 3),
    columns=st.integers(1, 3),
    vectors=st.tuples(st.booleans(), st.booleans()),
    seed=seeds,
)
def test_gradients_of_matrix_products_undo_any_stack(stacks, rows, inner, columns, vectors, seed):
    rng = np.random.default_rng(seed)
    left, right = stacks.input_shapes
    a = rng.standard_normal((inner,) if vectors[0] else (*left, rows, inner))
    b = rng.standard_normal((inner,) if vectors[1] else (*right, inner, columns))
    np.testing.assert_array_equal(matmul(Tensor(a), Tensor(b)).data, a @ b)
    assert max(gradient_errors(matmul, a, b)) < 1e-12


# Shapes ---------------------------------------------------------------------------------------------------


@fixed
@given(data=st.data(), shape=hnp.array_shapes(max_dims=3, max_side=4), seed=seeds)
def test_gradients_find_their_way_back_through_any_index(data, shape, seed):
    index = data.draw(hnp.basic_indices(shape, allow_newaxis=True) | hnp.integer_array_indices(shape))
    x = np.random.default_rng(seed).standard_normal(shape)
    np.testing.assert_array_equal(Tensor(x)[index].data, x[index])
    assert gradient_errors(get_item, x, index=index)[0] < 1e-12


@fixed
@given(data=st.data(), shape=hnp.array_shapes(max_dims=3, max_side=4), seed=seeds)
def test_gradients_find_their_way_back_through_take_on_any_axis(data, shape, seed):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    index = data.draw(
        hnp.arrays(int, hnp.array_shapes(min_dims=0, max_dims=2, max_side=3), elements=st.integers(0, shape[axis] - 1))
    )
    x = np.random.default_rng(seed).standard_normal(shape)
    np.testing.assert_array_equal(take(Tensor(x), index=index, axis=axis).data, np.take(x, index, axis=axis))
    assert gradient_errors(take, x, index=index, axis=axis)[0] < 1e-12


@fixed
@given(
    data=st.data(),
    shape=hnp.array_shapes(max_dims=3, max_side=3),
    lengths=st.lists(st.integers(0, 3), min_size=1, max_size=4),
)
def test_concatenated_pieces_get_back_their_own_gradient(data, shape, lengths):
    axis = data.draw(st.integers(-len(shape), len(shape) - 1))
    rng = np.random.default_rng(0)
    pieces = [rng.standard_normal([n if a == axis % len(shape) else s for a, s in enumerate(shape)]) for n in lengths]
    y, backward = concatenate.vjp(*pieces, axis=axis)
    got = backward(y)
    for piece, dx in zip(pieces, got if isinstance(got, tuple) else (got,), strict=True):
        np.testing.assert_array_equal(dx, piece)


@fixed
@given(data=st.data(), shape=hnp.array_shapes(min_dims=1, max_dims=4, max_side=3), keepdims=st.booleans(), seed=seeds)
def test_gradients_of_sums_and_means_spread_over_any_axes(data, shape, keepdims, seed):
    axes = data.draw(st.none() | st.sets(st.integers(0, len(shape) - 1)).map(tuple))
    x = np.random.default_rng(seed).standard_normal(shape)
    for function in (sum, mean):
        assert gradient_errors(function, x, axis=axes, keepdims=keepdims)[0] < 1e-12


@fixed
@given(data=st.data(), shape=hnp.array_shapes(max_dims=4, max_side=3), seed=seeds)
def test_gradients_go_back_through_any_order_of_axes_and_any_shape(data, shape, seed):
    axes = data.draw(st.permutations(range(len(shape))))
    x = np.random.default_rng(seed).standard_normal(shape)
    assert gradient_errors(transpose, x, axes=tuple(axes))[0] < 1e-12
    assert gradient_errors(reshape, x, shape=(-1, shape[axes[0]]))[0] < 1e-12


# Programs -------------------------------------------------------------------------------------------------

UNARY = [
    lambda x: -x,
    tanh,
    sigmoid,
    relu,
    lambda x: exp(x * 0.3),
    lambda x: log(x * x + 1.0),
    lambda x: sqrt(x * x + 0.5),
    lambda x: x**2,
    lambda x: x**3 * 0.1,
    lambda x: x.T.T,
    lambda x: x.reshape(-1).reshape(2, 3),
    lambda x: x[::-1],
    lambda x: x - x.mean(axis=0),
    lambda x: x * 0.5 + x.sum(axis=1, keepdims=True) * 0.1,
    lambda x: concatenate(x[1:], x[:1]),
    lambda x: take(x, index=[0, 0]),
]
BINARY = [
    add,
    subtract,
    multiply,
    lambda a, b: a / (b * b + 1.0),
    maximum,
    lambda a, b: (a @ b.T) @ a * 0.2,
    lambda a, b: a + b[0],
]


def random_program(rng, n_inputs):
    """Return a program of 12 operations; each takes what inputs and earlier operations made, so values branch."""
    steps = []
    for n in range(n_inputs, n_inputs + 12):
        if rng.random() < 0.5:
            steps.append((UNARY[rng.integers(len(UNARY))], [int(rng.integers(n))]))
        else:
            steps.append((BINARY[rng.integers(len(BINARY))], [int(i) for i in rng.integers(n, size=2)]))
    used = [int(i) for i in rng.integers(n_inputs + 12, size=2)]

    def program(*xs):
        values = list(xs)
        for function, sources in steps:
            values.append(function(*(values[i] for i in sources)))
        # Tanh keeps large values from drowning small ones.
        return (tanh(values[-1]) + tanh(values[used[0]]) * tanh(values[used[1]])).sum()

    return program


@settings(derandomize=True, deadline=None, max_examples=200)
@given(seed=seeds, n_inputs=st.integers(1, 3))
def test_reverse_mode_complex_step_and_central_differences_agree_on_random_programs(seed, n_inputs):
    rng = np.random.default_rng(seed)
    program = random_program(rng, n_inputs)
    numbers = distinct(rng, (n_inputs * 6,)) * 0.7
    xs = [part.reshape(2, 3) for part in np.split(numbers, n_inputs)]
    vs = [rng.standard_normal((2, 3)) for _ in xs]

    _, backward = vjp(program, *xs)
    dxs = backward(1.0)
    dxs = dxs if isinstance(dxs, tuple) else (dxs,)
    reverse = float(np.sum([np.vdot(dx, v) for dx, v in zip(dxs, vs, strict=True)]))
    scale = 1 + float(np.sum([np.linalg.norm(dx) * np.linalg.norm(v) for dx, v in zip(dxs, vs, strict=True)]))

    _, forward = jvp(program, tuple(xs), tuple(vs))
    assert abs(float(forward) - reverse) < 1e-12 * scale

    along = lambda t: float(program(*(Tensor(x + t * v) for x, v in zip(xs, vs, strict=True))).data)
    central = float(numerical_gradient(lambda t: along(float(t)), 0.0))
    assert abs(central - reverse) < 1e-6 * scale


def test_a_wrong_gradient_anywhere_in_a_random_program_is_noticed():
    rng = np.random.default_rng(0)
    x = distinct(rng, (2, 3))
    noticed = []
    for seed in range(20):
        program = random_program(np.random.default_rng(seed), 1)
        if np.linalg.norm(grad(program)(x)) < 1e-3:  # saturated: every gradient is nearly 0
            continue
        with tanh.replaced_by(lambda x: (np.tanh(x), lambda dy: dy * (1 - np.tanh(x)))):
            noticed.append(gradient_errors(program, x)[0] > 1e-9)
    assert len(noticed) > 10
    assert all(noticed)
