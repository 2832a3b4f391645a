"""The Tensor, its graph, and the walk back through it."""

import copy
import gc
import weakref

import numpy as np
import pytest

from dlcourse.activations import sigmoid, tanh
from dlcourse.autodiff import Tensor, concatenate, differentiable, exp, log, multiply
from dlcourse.autodiff.graph import Node
from dlcourse.layers import Linear, Parameter, Sequential

# The Tensor as NumPy users expect it ----------------------------------------------------------------------


def test_a_tensor_shows_what_an_array_shows():
    x = Tensor([[1.0, 2.0, 3.0], [4.0, 5.0, 6.0]])
    assert (x.shape, x.ndim, x.dtype, len(x)) == ((2, 3), 2, np.float64, 2)
    assert repr(x) == "Tensor([[1. 2. 3.]\n [4. 5. 6.]])"
    assert x.grad is None
    np.testing.assert_array_equal(x.T.data, x.data.T)


def test_a_tensor_says_what_made_it():
    assert repr(Tensor([1.0]) * 2.0) == "Tensor([2.], made by multiply)"
    assert repr(Parameter([1.0])) == "Parameter([1.])"


def test_a_tensor_shares_the_array_it_is_given():
    x = np.array([1.0, 2.0])
    assert Tensor(x).data is x


def test_a_number_becomes_a_tensor_without_axes():
    x = Tensor(2.0)
    assert (x.shape, type(x.data)) == ((), np.ndarray)
    assert float(x) == x.item() == 2.0
    with pytest.raises(TypeError, match="unsized"):
        len(x)


def test_results_without_axes_hold_arrays_not_scalars():
    y = Tensor([1.0, 2.0]).sum()
    assert type(y.data) is np.ndarray
    assert type((y * y + y).data) is np.ndarray


def test_methods_do_what_the_functions_do():
    x = Tensor(np.arange(24.0).reshape(2, 3, 4))
    np.testing.assert_array_equal(x.sum(axis=1).data, x.data.sum(axis=1))
    np.testing.assert_array_equal(x.sum(1, True).data, x.data.sum(axis=1, keepdims=True))
    np.testing.assert_array_equal(x.mean(axis=(0, 2)).data, x.data.mean(axis=(0, 2)))
    np.testing.assert_array_equal(x.reshape(6, 4).data, x.data.reshape(6, 4))
    np.testing.assert_array_equal(x.reshape((6, -1)).data, x.data.reshape(6, 4))
    np.testing.assert_array_equal((-x).data, -x.data)


def test_the_rows_of_a_tensor_can_be_walked():
    x = Tensor([[1.0, 2.0], [3.0, 4.0]])
    first, second = x
    (first * second).sum().backward()
    np.testing.assert_array_equal(x.grad, [[3.0, 4.0], [1.0, 2.0]])


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ([1, 2], r"Tensor: expected real numbers, got int64; .* write 2\.0 for 2, or x\.astype\(float\)"),
        ([True], "Tensor: expected real numbers, got bool"),
        ("text", "Tensor: expected an array of floats, got str"),
        (None, "Tensor: expected an array of floats, got NoneType"),
        (Tensor([1.0]), r"Tensor: expected an array, got a Tensor; pass tensor\.data"),
    ],
    ids=["integers", "booleans", "text", "None", "a Tensor"],
)
def test_what_has_no_derivative_can_not_be_a_tensor(data, message):
    with pytest.raises(TypeError, match=message):
        Tensor(data)


# Backward -------------------------------------------------------------------------------------------------


def test_dy_may_be_left_out_for_a_scalar_only():
    x = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"backward: dy may be left out for a scalar only, .* has shape \(2,\)"):
        (x * x).backward()
    with pytest.raises(ValueError, match=r"backward: dy may be left out for a scalar only, .* has shape \(1,\)"):
        (x[:1] * 2.0).backward()
    assert x.grad is None


def test_dy_must_have_the_shape_of_the_value():
    x = Tensor(np.ones((4, 3)))
    with pytest.raises(ValueError, match=r"backward: dy has shape \(3,\) but the value has shape \(4, 3\)"):
        (x * 2.0).backward(np.ones(3))
    with pytest.raises(TypeError, match="backward: dy is a Tensor"):
        (x * 2.0).backward(Tensor(np.ones((4, 3))))


def test_dy_weighs_the_outputs():
    x = Tensor([1.0, 2.0])
    (x * x).backward([10.0, 100.0])
    np.testing.assert_array_equal(x.grad, [20.0, 400.0])


def test_gradients_add_where_a_value_branches():
    x = Tensor([3.0])
    (x * x + x).sum().backward()
    np.testing.assert_array_equal(x.grad, [7.0])


@pytest.mark.parametrize(
    ("program", "slope"), [(lambda x: x * x, 6.0), (lambda x: x + x, 2.0), (lambda x: x - x, 0.0), (lambda x: x / x, 0)]
)
def test_one_tensor_can_be_both_inputs_of_a_function(program, slope):
    x = Tensor(3.0)
    program(x).backward()
    assert x.grad == slope
    x = Tensor([1.0])
    concatenate(x, x, x).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0])


def test_a_diamond_of_long_arms_is_walked_once():
    calls = []

    @differentiable
    def spy(x):
        def backward(dy):
            calls.append(float(dy))
            return dy

        return x + 0, backward

    x = Tensor(2.0)
    root = spy(x)
    left, right = exp(root), root * 1.0
    for _ in range(5):
        right = right * 1.0
    (left * right).backward()
    assert len(calls) == 1
    np.testing.assert_allclose(x.grad, np.exp(2.0) * 3)


def test_doubling_forty_times_takes_forty_steps_back():
    x = Tensor(1.0)
    y = x
    for _ in range(40):
        y = y + y
    y.backward()
    assert x.grad == 2.0**40


def test_backward_twice_accumulates():
    x = Tensor([1.0, 2.0])
    loss = (x * x).sum()
    loss.backward()
    loss.backward()
    np.testing.assert_array_equal(x.grad, [4.0, 8.0])
    (x * 3.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [7.0, 11.0])


def test_only_leaves_receive_a_gradient():
    x = Tensor([1.0])
    y = x * 2.0
    (y * y).sum().backward()
    assert y.grad is None
    assert x.grad is not None


def test_what_the_loss_does_not_depend_on_receives_nothing():
    x, other = Tensor([1.0]), Tensor([1.0])
    exp(other)
    (x * 2.0).sum().backward()
    assert other.grad is None


def test_backward_from_a_leaf_is_its_own_gradient():
    x = Tensor(2.0)
    x.backward()
    assert x.grad == 1.0


def test_a_gradient_is_always_an_array_of_the_shape_and_type_of_the_leaf():
    for dtype in (np.float32, np.float64):
        x = Tensor(np.array(2.0, dtype))
        y = x * x + x
        y.backward()
        y.backward()
        assert (type(x.grad), x.grad.shape, x.grad.dtype) == (np.ndarray, (), dtype)


def test_a_gradient_has_the_type_of_its_leaf_when_the_program_is_more_precise():
    w = Tensor(np.ones(3, np.float32))
    (w * np.ones(3)).sum().backward()
    assert w.grad.dtype == np.float32


def test_an_error_on_the_way_back_leaves_the_gradients_as_they_were():
    @differentiable
    def broken(x):
        def backward(dy):
            raise KeyError("mine")

        return x, backward

    x, y = Tensor(1.0), Tensor(2.0)
    x.backward()
    with pytest.raises(KeyError, match="mine"):
        (broken(x) + y).backward()
    assert (x.grad, y.grad) == (1.0, None)


# Aliasing -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "program",
    [
        lambda a, b: a + b,
        lambda a, b: a - b,
        lambda a, b: concatenate(a, b)[:3] + concatenate(a, b)[3:],
        lambda a, b: a.reshape(3, 1).reshape(3) + b.reshape(1, 3).reshape(3),
        lambda a, b: (a.T + b.T).T,
        lambda a, b: a * 1.0 + (b + a),
    ],
    ids=["add", "subtract", "concatenate", "reshape", "transpose", "branches"],
)
def test_changing_one_gradient_in_place_changes_no_other(program):
    a, b, dy = Tensor(np.ones(3)), Tensor(np.ones(3)), np.ones(3)
    program(a, b).backward(dy)
    before = b.grad.copy()
    a.grad *= 100
    np.testing.assert_array_equal(b.grad, before)
    np.testing.assert_array_equal(dy, np.ones(3))
    b.grad *= 100
    np.testing.assert_array_equal(dy, np.ones(3))


def test_changing_a_gradient_in_place_changes_no_later_backward_pass():
    x = Tensor(np.ones(3))
    y = exp(x)
    loss = y.sum()
    loss.backward()
    x.grad *= 100
    x.grad = None
    loss.backward()
    np.testing.assert_allclose(x.grad, np.exp(np.ones(3)))


def test_a_dy_that_reaches_a_leaf_unchanged_is_copied():
    x, dy = Tensor(np.ones(3)), np.ones(3)
    x.backward(dy)
    x.grad *= 100
    np.testing.assert_array_equal(dy, np.ones(3))


def test_gradients_can_be_changed_in_place_although_sum_spreads_a_view():
    x = Tensor(np.ones((2, 3)))
    x.sum().backward()
    x.grad[0, 0] = 5.0
    np.testing.assert_array_equal(x.grad, [[5.0, 1.0, 1.0], [1.0, 1.0, 1.0]])


# Size and memory ------------------------------------------------------------------------------------------


def test_a_chain_of_20000_operations_is_no_problem():
    x = Tensor(1.0)
    y = x
    for _ in range(10_000):
        y = y * 1.0 + 0.0
    y.backward()
    assert x.grad == 1.0


def test_a_chain_of_200000_operations_can_be_thrown_away():
    y = -Tensor(1.0)
    first = weakref.ref(y._node.backward)
    for _ in range(200_000):
        y = -y
    assert first() is not None
    del y
    assert first() is None


def test_a_chain_with_two_outputs_each_can_be_thrown_away_and_walked():
    @differentiable
    def step(a, b):
        return (b, a), lambda db, da: (da, db)

    a, b = Tensor(1.0), Tensor(2.0)
    pair = (a, b)
    for _ in range(10_001):
        pair = step(*pair)
    pair[0].backward()
    assert (a.grad, b.grad) == (0.0, 1.0)


@pytest.fixture
def without_collector():
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def nodes_alive():
    return sum(type(thing) is Node for thing in gc.get_objects())


def test_a_graph_holds_no_reference_cycle(without_collector):
    x = Tensor(np.ones((2, 2)))
    y = sigmoid(x @ x) * tanh(x) + x[0]
    loss = (y * y).mean()
    ways_back = [weakref.ref(tensor._node.backward) for tensor in (y, loss)]
    arrays = [weakref.ref(tensor.data) for tensor in (y, loss)]
    loss.backward()
    del y, loss
    assert [ref() for ref in (*ways_back, *arrays)] == [None] * 4
    assert gc.collect() == 0


def test_a_graph_with_an_error_in_it_holds_no_reference_cycle_of_its_own(without_collector):
    x = Tensor(np.ones(2))
    y = multiply(x, 2.0)
    way_back = weakref.ref(y._node.backward)
    with pytest.raises(ValueError, match="scalar only"):
        y.backward()
    del y
    assert way_back() is None


def test_a_thousand_training_steps_leave_nothing_behind(without_collector):
    rng = np.random.default_rng(0)
    model = Sequential(Linear(3, 4, rng=rng), tanh, Linear(4, 1, rng=rng))
    x = rng.standard_normal((5, 3)).astype(np.float32)

    def step():
        (model(x) * model(x)).mean().backward()
        for p in model.parameters():
            p.data -= 0.01 * p.grad
            p.grad = None

    step()
    nodes, things = nodes_alive(), len(gc.get_objects())
    for _ in range(1000):
        step()
    assert nodes_alive() == nodes
    assert len(gc.get_objects()) - things < 100


def test_gradients_of_the_way_are_let_go_as_soon_as_they_are_passed_on(without_collector):
    alive = []

    @differentiable
    def spy(x):
        def backward(dy):
            dx = dy * 1.0
            alive.append(weakref.ref(dx))
            most.append(sum(ref() is not None for ref in alive))
            return dx

        return x * 1.0, backward

    most = []
    y = Tensor(np.ones(3))
    for _ in range(50):
        y = spy(y)
    y.sum().backward()
    assert len(most) == 50
    assert max(most) <= 3


# Edges ----------------------------------------------------------------------------------------------------


def test_an_empty_array_goes_there_and_back():
    x = Tensor(np.zeros((0, 3)))
    (tanh(x * 2.0 + 1.0) ** 2).sum().backward()
    assert x.grad.shape == (0, 3)
    w = Tensor(np.ones((3, 2)))
    (x @ w).sum().backward()
    np.testing.assert_array_equal(w.grad, np.zeros((3, 2)))


def test_nan_and_infinity_stay_where_they_are():
    x = Tensor([1.0, np.nan, 2.0])
    (x * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0, np.nan, 4.0])
    x = Tensor([1.0, np.inf, -np.inf])
    y = exp(x)
    np.testing.assert_array_equal(y.data, [np.e, np.inf, 0.0])
    y.sum().backward()
    np.testing.assert_array_equal(x.grad, [np.e, np.inf, 0.0])


def test_nan_gives_nan_in_the_activations_and_disturbs_no_neighbour():
    for function in (sigmoid, tanh):
        x = Tensor([0.5, np.nan])
        function(x).sum().backward()
        assert np.isnan(function(x).data).tolist() == [False, True]
        assert np.isnan(x.grad).tolist() == [False, True]


def test_in_place_changes_after_the_forward_pass_are_the_callers_risk_but_a_deepcopied_model_is_safe():
    model = Linear(2, 2, rng=np.random.default_rng(0), dtype=np.float64)
    twin = copy.deepcopy(model)
    x = np.ones((1, 2))
    loss = model(x).sum()
    twin.W.data[...] = 0.0
    loss.backward()
    np.testing.assert_array_equal(model.W.grad, np.ones((2, 2)))
    assert twin.W.grad is None


def test_the_graph_of_a_loss_survives_a_second_graph_over_the_same_leaves():
    x = Tensor([2.0])
    first, second = log(x).sum(), (x * x).sum()
    second.backward()
    first.backward()
    np.testing.assert_array_equal(x.grad, [4.5])


def test_a_tensor_is_as_true_as_its_number():
    assert not Tensor(0.0)
    assert Tensor([1.0])
    with pytest.raises(ValueError, match="ambiguous"):
        bool(Tensor([1.0, 2.0]))
