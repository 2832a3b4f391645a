"""The decorator: arrays in, arrays out; Tensors in, Tensors out; and a learner's function in its place."""

import copy
import functools
import pickle
import threading

import numpy as np
import pytest

from dlcourse import activations, autodiff
from dlcourse.activations import relu, sigmoid, tanh
from dlcourse.autodiff import (
    Tensor,
    add,
    concatenate,
    differentiable,
    divide,
    gradient_errors,
    jvp,
    matmul,
    maximum,
    multiply,
    no_grad,
    subtract,
    vjp,
)
from dlcourse.layers import Linear, Parameter, Sequential


@differentiable
def sine_and_cosine(x):
    """Two outputs of one input."""
    s, c = np.sin(x), np.cos(x)

    def backward(ds, dc):
        return ds * c - dc * s

    return (s, c), backward


@differentiable
def swap(a, b):
    """Two outputs of two inputs, of different shapes."""

    def backward(db, da):
        return da, db

    return (b, a), backward


def asking():
    """A function whose way back asks whether its first input needs a gradient, and a list of what it was told."""
    told = []

    @differentiable
    def times(x, w):
        def backward(dy, *, needs_dx=True):
            told.append(needs_dx)
            return dy * w if needs_dx else None, dy * x

        return x * w, backward

    return times, told


# Values ---------------------------------------------------------------------------------------------------


def test_arrays_give_an_array_and_tensors_a_tensor():
    x = np.array([1.0, 2.0])
    assert type(add(x, x)) is np.ndarray
    assert type(add(Tensor(x), Tensor(x))) is Tensor


def test_one_tensor_among_the_inputs_makes_the_result_a_tensor():
    x = np.array([1.0, 2.0])
    assert type(add(Tensor(x), x)) is Tensor
    assert type(add(x, Tensor(x))) is Tensor
    assert type(add(1.0, Tensor(x))) is Tensor


def test_plain_numbers_give_a_number():
    assert float(sigmoid(0.0)) == 0.5
    assert float(add(1.0, 2.0)) == 3.0


def test_a_list_among_tensors_is_a_constant_array():
    y = Tensor([1.0, 2.0]) + [10.0, 20.0]
    np.testing.assert_array_equal(y.data, [11.0, 22.0])


def test_functions_of_parameters_give_tensors_that_are_no_parameters():
    assert type(relu(Parameter([1.0]))) is Tensor


# Two outputs ----------------------------------------------------------------------------------------------


def test_two_outputs_are_a_tuple_of_arrays_or_of_tensors():
    arrays = sine_and_cosine(np.array([0.0]))
    assert type(arrays) is tuple and [type(y) for y in arrays] == [np.ndarray, np.ndarray]
    tensors = sine_and_cosine(Tensor([0.0]))
    assert type(tensors) is tuple and [type(y) for y in tensors] == [Tensor, Tensor]


def test_the_vjp_of_two_outputs_takes_two_gradients():
    (s, c), backward = sine_and_cosine.vjp(np.array([0.5]))
    np.testing.assert_allclose([s, c], [[np.sin(0.5)], [np.cos(0.5)]])
    np.testing.assert_allclose(backward(np.array([2.0]), np.array([3.0])), [2 * np.cos(0.5) - 3 * np.sin(0.5)])


def test_none_counts_as_zeros_in_the_vjp_of_two_outputs():
    x = np.array([0.5, 1.0])
    for backward in (sine_and_cosine.vjp(x)[1], vjp(sine_and_cosine, x)[1]):
        np.testing.assert_allclose(backward(np.ones(2), None), np.cos(x))
        np.testing.assert_allclose(backward(None, np.ones(2)), -np.sin(x))
        np.testing.assert_array_equal(backward(None, None), np.zeros(2))


def test_an_output_that_no_gradient_reaches_counts_as_zeros():
    for position, slope in [(0, np.cos), (1, lambda x: -np.sin(x))]:
        x = Tensor([0.5, 1.0])
        sine_and_cosine(x)[position].sum().backward()
        np.testing.assert_allclose(x.grad, slope(x.data))


def test_the_function_itself_always_receives_arrays():
    received = []

    @differentiable
    def spy(x):
        def backward(*dys):
            received.extend(dys)
            return dys[0]

        return (x, x * 2), backward

    spy(Tensor(np.float32(1.0)))[0].backward()
    spy.vjp(np.ones(2))[1](np.ones(2), None)
    x = Tensor(1.0)
    first, second = spy(x)
    (first * first + second + first).backward()
    assert len(received) == 6
    assert [type(dy) for dy in received] == [np.ndarray] * 6
    assert [dy.dtype for dy in received[:2]] == [np.float32, np.float32]


def test_an_operation_whose_outputs_are_both_used_fires_once_with_all_that_arrived():
    fired = []

    @differentiable
    def split(x):
        def backward(*dys):
            fired.append([dy.tolist() for dy in dys])
            return dys[0] + 10 * dys[1]

        return (x, 10 * x), backward

    x = Tensor([1.0, 2.0])
    first, second = split(x)
    late = first * 1.0
    (late + second + first + second * 2.0).sum().backward()
    assert fired == [[[2.0, 2.0], [3.0, 3.0]]]
    np.testing.assert_array_equal(x.grad, [32.0, 32.0])


def test_both_outputs_of_different_shapes_find_their_way_back():
    a, b = Tensor([1.0, 2.0, 3.0]), Tensor([[4.0]])
    first, second = swap(a, b)
    (first.sum() * 5.0 + (second * second).sum()).backward()
    np.testing.assert_array_equal(b.grad, [[5.0]])
    np.testing.assert_array_equal(a.grad, [2.0, 4.0, 6.0])


def test_jvp_of_two_outputs_gives_a_tuple_of_slopes():
    x, v = np.array([0.5]), np.array([2.0])
    (s, c), (ds, dc) = jvp(sine_and_cosine, (x,), (v,))
    np.testing.assert_allclose([s, c, ds, dc], [np.sin(x), np.cos(x), 2 * np.cos(x), -2 * np.sin(x)])


def test_gradient_errors_draws_a_gradient_for_each_output():
    assert max(gradient_errors(sine_and_cosine, np.array([0.5, 1.0]))) < 1e-12
    assert max(gradient_errors(swap, np.ones(3), np.ones((1, 2)))) < 1e-12

    @differentiable
    def second_path_missing(x):
        return (np.sin(x), np.cos(x)), lambda ds, dc: ds * np.cos(x)

    assert gradient_errors(second_path_missing, np.array([0.5, 1.0]))[0] > 1e-3


def test_the_number_of_gradients_must_be_that_of_the_outputs():
    for backward in (sine_and_cosine.vjp(np.ones(2))[1], vjp(sine_and_cosine, np.ones(2))[1]):
        with pytest.raises(TypeError, match=r"takes 2 gradient\(s\), one for each output; got 1"):
            backward(np.ones(2))


# no_grad --------------------------------------------------------------------------------------------------


def test_within_no_grad_nothing_is_recorded():
    x = Tensor([1.0])
    with no_grad():
        y = x * 2.0
    assert type(y) is Tensor
    (y * x).sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0])


def test_after_no_grad_recording_goes_on_also_after_an_error():
    x = Tensor([1.0])
    with pytest.raises(ZeroDivisionError), no_grad():
        raise ZeroDivisionError
    (x * 2.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [2.0])


def test_no_grad_nests():
    x = Tensor([1.0])
    with no_grad():
        with no_grad():
            pass
        y = x * 2.0
    y.sum().backward()
    assert x.grad is None


def test_no_grad_holds_for_its_own_thread_only():
    x, inside, recorded = Tensor([1.0]), threading.Event(), threading.Event()
    gradients = {}

    def record():
        inside.wait(10)
        leaf = Tensor([1.0])
        (leaf * 3.0).sum().backward()
        gradients["other thread"] = leaf.grad
        recorded.set()

    other = threading.Thread(target=record)
    other.start()
    with no_grad():
        inside.set()
        assert recorded.wait(10)
        y = x * 2.0
    other.join()
    np.testing.assert_array_equal(gradients["other thread"], [3.0])
    y.sum().backward()
    assert x.grad is None


def test_vjp_and_grad_record_also_within_no_grad():
    with no_grad():
        _, backward = vjp(lambda x: (x * x).sum(), np.array([3.0]))
        np.testing.assert_array_equal(autodiff.grad(lambda x: (x * x).sum())(np.array([3.0])), [6.0])
    np.testing.assert_array_equal(backward(1.0), [6.0])


def test_many_threads_record_side_by_side():
    results = {}

    def work(k):
        x = Tensor(np.full(3, float(k)))
        for _ in range(20):
            x.grad = None
            y = x
            for _ in range(20):
                y = y + x * 0.5
            y.sum().backward()
        results[k] = x.grad

    threads = [threading.Thread(target=work, args=(k,)) for k in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == list(range(8))
    for dx in results.values():
        np.testing.assert_allclose(dx, np.full(3, 11.0))


# replaced_by ----------------------------------------------------------------------------------------------


def double(x):
    return 2 * x, lambda dy: 2 * dy


def triple(x):
    return 3 * x, lambda dy: 3 * dy


def test_a_replacement_runs_everywhere_earlier_imports_included():
    early, model = relu, Sequential(Linear(2, 2, rng=np.random.default_rng(0), dtype=np.float64), relu)
    x = np.array([[-1.0, 2.0]])
    expected = 2 * model.layers[0](x).data
    with relu.replaced_by(double):
        np.testing.assert_array_equal(early(np.array([-1.0])), [-2.0])
        np.testing.assert_array_equal(activations.relu(np.array([-1.0])), [-2.0])
        np.testing.assert_array_equal(model(x).data, expected)
    np.testing.assert_array_equal(relu(np.array([-1.0])), [0.0])


def test_a_replacement_brings_its_own_way_back_which_outlives_the_block():
    x = Tensor([-1.0])
    with relu.replaced_by(double):
        y = relu(x)
        np.testing.assert_array_equal(relu.vjp(np.array([-1.0]))[1](np.array([1.0])), [2.0])
    y.backward(np.array([1.0]))
    np.testing.assert_array_equal(x.grad, [2.0])


def test_what_was_recorded_before_keeps_its_own_way_back():
    x = Tensor([1.0])
    y = relu(x)
    with relu.replaced_by(triple):
        y.backward(np.array([1.0]))
    np.testing.assert_array_equal(x.grad, [1.0])


def test_replacements_nest():
    x = np.array([-1.0])
    with relu.replaced_by(double):
        with relu.replaced_by(triple):
            assert relu(x) == [-3.0]
        assert relu(x) == [-2.0]
    assert relu(x) == [0.0]


def test_the_original_comes_back_after_an_error():
    with pytest.raises(ZeroDivisionError), relu.replaced_by(double):
        raise ZeroDivisionError
    assert relu(np.array([-1.0])) == [0.0]


def test_operators_and_methods_use_the_replacement():
    with multiply.replaced_by(lambda a, b: (a - b, lambda dy: (dy, -dy))):
        assert (Tensor([5.0]) * Tensor([2.0])).data == [3.0]
        assert (np.array([5.0]) * Tensor([2.0])).data == [3.0]


def test_another_differentiable_function_can_take_the_place():
    x = Tensor([0.5])
    with relu.replaced_by(tanh):
        y = relu(x)
    y.backward(np.array([1.0]))
    np.testing.assert_allclose(y.data, np.tanh([0.5]))
    np.testing.assert_allclose(x.grad, 1 - np.tanh([0.5]) ** 2)


def test_a_differentiable_replacement_gets_constants_as_the_original_does():
    @differentiable
    def my_multiply(a, b):
        return a * b, lambda dy: (autodiff.sum_to(dy * b, a), autodiff.sum_to(dy * a, b))

    x = Tensor(np.ones(3, np.float32))
    labels = np.array([1, 2, 3])
    with multiply.replaced_by(my_multiply):
        assert (x * 2.0).dtype == np.float32
        assert (x * 2).dtype == np.float32
        np.testing.assert_array_equal((x * labels).data, [1.0, 2.0, 3.0])
        np.testing.assert_array_equal(multiply(labels, labels), [1, 4, 9])


def test_a_function_can_be_replaced_by_itself():
    with relu.replaced_by(relu):
        np.testing.assert_array_equal(relu(np.array([-1.0, 1.0])), [0.0, 1.0])


def test_two_functions_can_be_exchanged():
    x = np.array([0.5])
    as_sigmoid, as_tanh = sigmoid(x), tanh(x)
    with sigmoid.replaced_by(tanh), tanh.replaced_by(sigmoid):
        np.testing.assert_array_equal(sigmoid(x), as_tanh)
        np.testing.assert_array_equal(tanh(x), as_sigmoid)


def test_a_differentiable_replacement_keeps_the_wrappers_of_its_own():
    @differentiable
    @functools.wraps(double)
    def six_times(x):
        y, backward = double(3 * x)
        return y, lambda dy: 3 * backward(dy)

    with relu.replaced_by(six_times):
        assert relu(np.array([1.0])) == [6.0]


@pytest.mark.parametrize("candidate", [None, 3.0, np.zeros(2), (1, 2)], ids=lambda c: type(c).__name__)
def test_a_replacement_that_is_no_function_is_an_error_at_once(candidate):
    message = r"relu\.replaced_by: expected a function .* pass the function itself, not its result"
    with pytest.raises(TypeError, match=message), relu.replaced_by(candidate):
        pass
    assert relu(np.array([-1.0])) == [0.0]


@pytest.mark.parametrize(
    ("candidate", "message"),
    [
        (lambda x: None, r"it returned None: is `return y, backward` missing\?"),
        (lambda x: x, r"it returned ndarray: end with `return y, backward`"),
        (lambda x: (x, x), r"it returned a tuple of 2: \(ndarray, ndarray\)"),
        (lambda x: (x, abs, x), r"it returned a tuple of 3"),
        (functools.partial(lambda a, x: x, 1), r"it returned ndarray"),
    ],
    ids=["None", "the value alone", "two values", "three things", "a partial function"],
)
def test_a_function_that_returns_no_pair_is_an_error_that_names_what_it_returned(candidate, message):
    for x in (np.ones(2), Tensor(np.ones(2))):
        with (
            relu.replaced_by(candidate),
            pytest.raises(TypeError, match="must return two things, its value and the function backward; " + message),
        ):
            relu(x)
    with relu.replaced_by(candidate), pytest.raises(TypeError, match=message):
        relu.vjp(np.ones(2))


def test_an_error_inside_of_a_replacement_comes_through():
    def broken(x):
        raise KeyError("mine")

    with relu.replaced_by(broken), pytest.raises(KeyError, match="mine"):
        relu(np.ones(2))


# The shape rule and its neighbours ------------------------------------------------------------------------


def with_backward(backward):
    """Return a differentiable function of one input, the identity, with a way back of one's own."""

    @differentiable
    def relu(x):
        return x, backward

    return relu


def both_ways(function, x, dy):
    """Return two calls that lead to the backward of `function`: by hand and recorded."""
    return [lambda: function.vjp(x)[1](dy), lambda: function(Tensor(x)).backward(dy)]


def test_the_shape_rule_is_told_as_the_architecture_prints_it():
    message = (
        r"^relu\.backward returned a gradient of shape \(\) for an input of shape \(4, 3\); the two must be equal$"
    )
    for call in both_ways(with_backward(lambda dy: dy.sum()), np.ones((4, 3)), np.ones((4, 3))):
        with pytest.raises(ValueError, match=message):
            call()


def test_broadcasting_is_never_undone_in_silence():
    @differentiable
    def forgetful_add(a, b):
        return a + b, lambda dy: (dy, dy)

    message = r"of shape \(4, 3\) for an input of shape \(3,\); the two must be equal \(input 2 of 2\)"
    with pytest.raises(ValueError, match=message):
        forgetful_add(Tensor(np.ones((4, 3))), Tensor(np.ones(3))).sum().backward()


def test_the_right_number_of_entries_in_another_shape_is_an_error_too():
    for call in both_ways(with_backward(lambda dy: dy.T), np.ones((4, 3)), np.ones((4, 3))):
        with pytest.raises(ValueError, match=r"a gradient of shape \(3, 4\) for an input of shape \(4, 3\)"):
            call()


def test_a_constant_input_needs_no_gradient_of_its_shape():
    @differentiable
    def times(x, c):
        return x * c, lambda dy: (dy * c, None)

    x = Tensor([1.0, 2.0])
    times(x, 3.0).sum().backward()
    np.testing.assert_array_equal(x.grad, [3.0, 3.0])


def test_a_way_back_that_asks_is_told_that_its_first_input_is_a_constant():
    times, told = asking()
    w = Tensor([3.0, 4.0])
    times(np.array([1.0, 2.0]), w).sum().backward()
    assert told == [False]
    np.testing.assert_array_equal(w.grad, [1.0, 2.0])


def test_a_way_back_that_asks_gives_every_gradient_that_is_needed():
    times, told = asking()
    for x, w in [(Tensor([1.0]), Tensor([3.0])), (Tensor([1.0]), np.array([3.0]))]:
        times(x, w).sum().backward()
        np.testing.assert_array_equal(x.grad, [3.0])
    dx, dw = times.vjp(np.array([1.0]), np.array([3.0]))[1](np.array([1.0]))
    assert (dx, dw) == (3.0, 1.0)
    assert told == [True, True, True]


def test_a_replacement_may_ask_or_not_whatever_the_original_does():
    times, told = asking()
    for original, candidate in [(times, multiply), (multiply, times)]:
        w = Tensor([3.0])
        with original.replaced_by(candidate):
            original(np.array([2.0]), w).sum().backward()
        np.testing.assert_array_equal(w.grad, [2.0])
    assert told == [False]


def test_none_for_an_input_that_needs_a_gradient_is_an_error_also_from_a_way_back_that_asks():
    @differentiable
    def careless(x, w):
        def backward(dy, *, needs_dx=True):
            return None, dy * x

        return x * w, backward

    w = Tensor([3.0])
    careless(np.array([2.0]), w).sum().backward()
    with pytest.raises(TypeError, match=r"careless\.backward returned None where a gradient belongs"):
        careless(Tensor([2.0]), w).sum().backward()


def test_one_tensor_given_twice_is_told_by_the_place_whose_gradient_is_wrong():
    @differentiable
    def product(a, b):
        return a * b, lambda dy: (dy * b, (dy * a).sum())

    x = Tensor([1.0, 2.0])
    with pytest.raises(ValueError, match=r"shape \(\) for an input of shape \(2,\); .* \(input 2 of 2\)"):
        product(x, x).sum().backward()


@pytest.mark.parametrize(
    ("backward", "error", "message"),
    [
        (lambda dy: None, TypeError, r"relu\.backward returned None where a gradient belongs: is a `return` missing"),
        (lambda dy: (dy, dy), ValueError, r"relu\.backward returned 2 gradient\(s\) for 1 input\(s\)"),
        (lambda dy: (), ValueError, r"relu\.backward returned 0 gradient\(s\) for 1 input\(s\)"),
        (lambda dy: Tensor(dy), TypeError, r"relu\.backward returned a Tensor; a backward works on plain arrays"),
        (lambda dy: "wrong", TypeError, r"relu\.backward returned str where a gradient belongs"),
        (lambda dy: {"x": dy}, TypeError, r"relu\.backward returned dict where a gradient belongs"),
    ],
    ids=["None", "too many", "none at all", "a Tensor", "a string", "a dict"],
)
def test_what_no_gradient_can_be_is_an_error_in_plain_words(backward, error, message):
    for call in both_ways(with_backward(backward), np.ones(2), np.ones(2)):
        with pytest.raises(error, match=message):
            call()


def test_a_gradient_may_be_a_list_or_a_number_of_the_right_shape():
    for call in both_ways(with_backward(lambda dy: [1.0, 2.0]), np.ones(2), np.ones(2)):
        call()
    for call in both_ways(with_backward(lambda dy: 2.0), np.array(1.0), np.array(1.0)):
        call()


# Errors at the call ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrong", ["text", None, object(), {"a": 1}], ids=["text", "None", "object", "dict"])
def test_inputs_that_are_no_numbers_are_an_error_that_names_the_function(wrong):
    for call in (lambda: relu(wrong), lambda: add(Tensor([1.0]), wrong), lambda: Tensor([1.0]) * wrong):
        with pytest.raises(TypeError, match="expected arrays, Tensors or numbers as inputs, got"):
            call()


def test_a_list_of_tensors_is_an_error_that_says_to_pass_them_one_by_one():
    xs = [Tensor([1.0]), Tensor([2.0])]
    with pytest.raises(TypeError, match=r"concatenate: .* list of Tensors; pass them one by one"):
        concatenate(xs)
    with pytest.raises(TypeError, match=r"add: .* list of Tensors; pass them one by one"):
        add(xs, 1.0)


def test_integers_have_no_vjp_and_the_error_says_what_to_write():
    with pytest.raises(TypeError, match=r"relu: expected real numbers, got int64; .* write 2\.0 for 2"):
        relu.vjp(np.array([1, 2]))
    with pytest.raises(TypeError, match="relu: expected real numbers, got bool"):
        relu.vjp(np.array([True]))
    with pytest.raises(TypeError, match="relu: expected an array of floats, got str"):
        relu.vjp("text")


def test_the_dy_given_to_a_vjp_must_fit():
    backward = relu.vjp(np.ones((4, 3)))[1]
    with pytest.raises(ValueError, match=r"relu\.backward: dy has shape \(3,\) but the value has shape \(4, 3\)"):
        backward(np.ones(3))
    with pytest.raises(TypeError, match=r"relu\.backward: dy is a Tensor; a gradient is a plain array, pass dy\.data"):
        backward(Tensor(np.ones((4, 3))))
    with pytest.raises(TypeError, match=r"relu\.backward: expected dy to be an array of numbers, got str"):
        backward("text")


def test_numpy_keeps_its_own_errors_for_shapes_that_do_not_fit():
    with pytest.raises(ValueError, match="could not be broadcast"):
        add(Tensor(np.ones(3)), Tensor(np.ones(4)))
    with pytest.raises(ValueError, match="mismatch"):
        matmul(Tensor(np.ones((2, 3))), Tensor(np.ones((2, 3))))


# float32 --------------------------------------------------------------------------------------------------


def test_float32_stays_through_a_network_with_python_numbers():
    rng = np.random.default_rng(0)
    model = Sequential(Linear(4, 8, rng=rng), tanh, Linear(8, 3, rng=rng))
    x = rng.standard_normal((5, 4)).astype(np.float32)
    y = 1 - 2.0 * model(x * Tensor(np.float32(0.5)) + 1) / 3 + 0.5
    loss = (maximum(y, 0) ** 2 - 1e-3).mean()
    loss.backward()
    assert loss.dtype == np.float32
    assert [p.grad.dtype for p in model.parameters()] == [np.float32] * 4


@pytest.mark.parametrize("dy", [1.0, 1, np.float64(1.0), np.ones(()), True], ids=repr)
def test_a_dy_of_another_type_does_not_turn_float32_into_float64(dy):
    x = Tensor(np.ones(3, np.float32))
    (x * x).sum().backward(dy)
    assert x.grad.dtype == np.float32
    _, backward = vjp(lambda x: (x * x).sum(), np.ones(3, np.float32))
    assert backward(dy).dtype == np.float32
    _, backward = autodiff.sum.vjp(np.ones(3, np.float32))
    assert backward(dy).dtype == np.float32


def test_float64_stays_float64_when_it_meets_python_numbers():
    assert (Tensor([1.0]) * 2 + 1).dtype == np.float64


# Copies ---------------------------------------------------------------------------------------------------


def test_leaves_survive_pickling_and_copying_with_their_gradients():
    x = Tensor([1.0, 2.0])
    (x * x).sum().backward()
    for twin in (pickle.loads(pickle.dumps(x)), copy.deepcopy(x)):
        np.testing.assert_array_equal(twin.data, x.data)
        np.testing.assert_array_equal(twin.grad, x.grad)
        assert not np.shares_memory(twin.data, x.data)
        (twin * 3.0).sum().backward()
        np.testing.assert_array_equal(twin.grad, [5.0, 7.0])
    np.testing.assert_array_equal(x.grad, [2.0, 4.0])


def test_parameters_survive_pickling_and_copying_as_parameters():
    w = Parameter([1.0])
    assert type(pickle.loads(pickle.dumps(w))) is Parameter
    assert type(copy.deepcopy(w)) is Parameter


def test_models_survive_pickling_and_copying_apart_from_the_original():
    model = Sequential(Linear(2, 3, rng=np.random.default_rng(0)), relu)
    x = np.ones((1, 2), np.float32)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(twin(x).data, model(x).data)
        twin.layers[0].W.data += 1
        assert not np.array_equal(twin(x).data, model(x).data)
        assert twin.layers[1] is relu


def test_tied_parameters_stay_tied_in_a_copy():
    model = Sequential(Linear(2, 2, rng=np.random.default_rng(0)), relu, Linear(2, 2, rng=np.random.default_rng(1)))
    model.layers[2].W = model.layers[0].W
    for twin in (copy.deepcopy(model), pickle.loads(pickle.dumps(model))):
        assert twin.layers[2].W is twin.layers[0].W
        assert len(twin.parameters()) == 3


def test_what_was_computed_can_not_be_copied_and_the_error_says_what_to_do():
    y = Tensor([1.0]) * 2.0
    for copied in (copy.copy, copy.deepcopy, pickle.dumps):
        with pytest.raises(TypeError, match=r"made by multiply; copy its value with Tensor\(tensor\.data\.copy\(\)\)"):
            copied(y)


# Operators ------------------------------------------------------------------------------------------------

A, B = np.array([[3.0, 1.0], [2.0, 5.0]]), np.array([[4.0, 2.0], [1.0, 8.0]])


@pytest.mark.parametrize(
    ("operator", "function"),
    [
        (lambda a, b: a + b, add),
        (lambda a, b: a - b, subtract),
        (lambda a, b: a * b, multiply),
        (lambda a, b: a / b, divide),
        (lambda a, b: a @ b, matmul),
    ],
    ids=["+", "-", "*", "/", "@"],
)
def test_arrays_and_tensors_mix_in_both_orders(operator, function):
    expected, (da, db) = operator(A, B), function.vjp(A, B)[1](np.ones((2, 2)))
    a = Tensor(A)
    y = operator(a, B)
    y.sum().backward()
    np.testing.assert_array_equal(y.data, expected)
    np.testing.assert_array_equal(a.grad, da)
    b = Tensor(B)
    y = operator(A, b)
    y.sum().backward()
    assert type(y) is Tensor
    np.testing.assert_array_equal(y.data, expected)
    np.testing.assert_array_equal(b.grad, db)


@pytest.mark.parametrize("number", [2, 2.0, np.float64(2.0), np.float32(2.0), np.int64(2)], ids=repr)
def test_numbers_and_tensors_mix_in_both_orders(number):
    x = np.array([1.0, 4.0])
    t = Tensor(x)
    np.testing.assert_array_equal((t + number).data, x + 2)
    np.testing.assert_array_equal((number + t).data, x + 2)
    np.testing.assert_array_equal((t - number).data, x - 2)
    np.testing.assert_array_equal((number - t).data, 2 - x)
    np.testing.assert_array_equal((t * number).data, x * 2)
    np.testing.assert_array_equal((number * t).data, x * 2)
    np.testing.assert_array_equal((t / number).data, x / 2)
    np.testing.assert_array_equal((number / t).data, 2 / x)
    np.testing.assert_array_equal((t**2).data, x**2)


@pytest.mark.parametrize("name", ["exp", "log", "sqrt", "sum", "mean", "maximum", "power", "concatenate", "reshape"])
def test_a_numpy_function_of_a_tensor_is_an_error_that_names_ours(name):
    x = Tensor([1.0, 2.0])
    arguments = {"maximum": (x, 0), "power": (x, 2), "concatenate": ([x, x],), "reshape": (x, (2, 1))}.get(name, (x,))
    with pytest.raises(TypeError, match=rf"np\.{name} does not know Tensors: use dlcourse\.autodiff\.{name}"):
        getattr(np, name)(*arguments)


@pytest.mark.parametrize("name", ["sin", "stack", "linalg.norm", "argmax"])
def test_a_numpy_function_that_we_lack_is_an_error_that_says_so(name):
    function = functools.reduce(getattr, name.split("."), np)
    with pytest.raises(TypeError, match=r"does not know Tensors: use np\..*\(tensor\.data\), which has no way back"):
        function([Tensor([1.0])] if name == "stack" else Tensor([1.0]))


def test_a_tensor_is_never_turned_into_an_array_in_silence():
    for call in (np.asarray, np.array, lambda x: np.zeros(2) + np.asarray(x)):
        with pytest.raises(TypeError, match=r"a Tensor is not an array: pass tensor\.data"):
            call(Tensor([1.0]))


def test_adding_a_tensor_into_an_array_in_place_is_an_error():
    x = np.zeros(2)
    with pytest.raises(TypeError, match=r"np\.add"):
        x += Tensor([1.0, 2.0])
    np.testing.assert_array_equal(x, [0.0, 0.0])


def test_a_tensor_as_exponent_is_an_error_that_names_the_way_out():
    with pytest.raises(TypeError, match=r"exp\(b \* log\(a\)\)"):
        Tensor([2.0]) ** Tensor([3.0])
    with pytest.raises(TypeError, match=r"power: expected a number as exponent, got str"):
        autodiff.power(np.ones(2), exponent="two")
