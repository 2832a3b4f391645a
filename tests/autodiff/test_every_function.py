"""What holds for every public differentiable function of the package, driven by the table in tests/cases.py."""

import copy
import inspect
import pickle
from types import SimpleNamespace

import numpy as np
import pytest

from dlcourse.autodiff import Tensor, differentiable, gradient_errors, jvp, vjp
from tests.cases import CASES, public_modules, without_a_case
from tests.conftest import require
from tests.record_fixtures import answer_of_torch, load

every_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
FUNCTIONS = list(dict.fromkeys(case.function for case in CASES))
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)


def gradients(case, dtype=np.float64):
    """Value, gradients and the dy of a case, with everything given in one dtype."""
    y, backward = case.function.vjp(*(x.astype(dtype) for x in case.inputs), **case.settings)
    dy = case.dy(y).astype(dtype)
    dxs = backward(dy)
    return y, dxs if isinstance(dxs, tuple) else (dxs,), dy


def assert_equal_to_rounding(ours, theirs, *, tolerance=1e-12):
    ours, theirs = np.asarray(ours), np.asarray(theirs)
    assert ours.shape == theirs.shape
    scale = max(1.0, float(np.max(np.abs(theirs), initial=0.0)))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=tolerance * scale)


def test_every_public_differentiable_function_has_a_case():
    assert without_a_case(public_modules()) == set()


def test_a_public_differentiable_function_without_a_case_is_found():
    @differentiable
    def forgotten(x):
        return x, lambda dy: dy

    module = SimpleNamespace(__name__="dlcourse.new", __all__=["forgotten", "plain"], forgotten=forgotten, plain=len)
    assert without_a_case([module]) == {"dlcourse.new.forgotten"}


def test_the_search_for_functions_reaches_every_folder_that_holds_some():
    names = {module.__name__ for module in public_modules()}
    concepts = ("autodiff", "activations", "layers", "losses", "normalization")
    assert {f"dlcourse.{concept}" for concept in concepts} <= names


def test_no_two_cases_have_the_same_name():
    names = [case.name for case in CASES]
    assert len(set(names)) == len(names)


@every_case
def test_the_backward_pass_is_the_adjoint_of_the_forward_pass(case):
    errors = gradient_errors(case.function, *case.inputs, **case.settings)
    assert len(errors) == len(case.inputs)
    assert max(errors) < 1e-12


@every_case
def test_the_value_is_that_of_the_loops(case):
    y = case.function(*case.inputs, **case.settings)
    assert_equal_to_rounding(y, case.naive(*case.inputs, **case.settings))


@every_case
def test_float32_is_kept_in_the_value_and_in_the_gradients(case):
    y, dxs, _ = gradients(case, np.float32)
    assert y.dtype == np.float32
    assert [dx.dtype for dx in dxs] == [np.float32] * len(case.inputs)
    exact_y, exact_dxs, _ = gradients(case)
    for ours, exact in [(y, exact_y), *zip(dxs, exact_dxs, strict=True)]:
        assert_equal_to_rounding(ours, exact, tolerance=1e-5)


@every_case
def test_float32_is_kept_when_tensors_are_recorded(case):
    leaves = [Tensor(x.astype(np.float32)) for x in case.inputs]
    y = case.function(*leaves, **case.settings)
    y.backward(np.ones(y.shape, np.float32))
    assert y.dtype == np.float32
    assert [leaf.grad.dtype for leaf in leaves] == [np.float32] * len(leaves)


@every_case
def test_inputs_settings_and_dy_are_left_as_they_were(case):
    inputs, settings = case.inputs, copy.deepcopy(case.settings)
    y, backward = case.function.vjp(*inputs, **settings)
    dy = case.dy(y)
    backward(dy)
    for now, before in zip([*inputs, dy], [*case.inputs, case.dy(y)], strict=True):
        np.testing.assert_array_equal(now, before)
    for key, before in case.settings.items():
        np.testing.assert_equal(settings[key], before)


@every_case
def test_the_way_back_can_be_walked_twice(case):
    _, backward = case.function.vjp(*case.inputs, **case.settings)
    dy = case.dy(case.function(*case.inputs, **case.settings))
    np.testing.assert_equal(backward(dy), backward(dy))


@every_case
def test_arrays_and_tensors_give_the_same_value_and_gradients(case):
    y, dxs, dy = gradients(case)
    leaves = [Tensor(x) for x in case.inputs]
    recorded = case.function(*leaves, **case.settings)
    recorded.backward(dy)
    np.testing.assert_array_equal(recorded.data, y)
    np.testing.assert_array_equal(case.function(*case.inputs, **case.settings), y)
    for leaf, dx in zip(leaves, dxs, strict=True):
        assert type(leaf.grad) is np.ndarray
        np.testing.assert_array_equal(leaf.grad, dx)


@every_case
def test_a_constant_among_the_inputs_leaves_the_gradients_of_the_others_alone(case):
    _, dxs, dy = gradients(case)
    for i, dx in enumerate(dxs):
        leaves = [Tensor(x) if j == i else x for j, x in enumerate(case.inputs)]
        case.function(*leaves, **case.settings).backward(dy)
        np.testing.assert_array_equal(leaves[i].grad, dx)


@every_case
def test_the_program_vjp_agrees_with_the_function_vjp(case):
    y, dxs, dy = gradients(case)
    value, backward = vjp(lambda *xs: case.function(*xs, **case.settings), *case.inputs)
    np.testing.assert_array_equal(value, y)
    got = backward(dy)
    np.testing.assert_equal(got if isinstance(got, tuple) else (got,), dxs)


@every_case
def test_the_gradient_is_that_of_pytorch_as_recorded(case):
    recorded = load("functions")[case.name]
    for ours, theirs in zip(case.inputs, recorded["inputs"], strict=True):
        np.testing.assert_array_equal(ours, np.reshape(theirs, ours.shape))
    y, dxs, dy = gradients(case)
    np.testing.assert_array_equal(dy, np.reshape(recorded["dy"], dy.shape))
    assert_equal_to_rounding(y, np.reshape(recorded["y"], y.shape))
    for ours, theirs in zip(dxs, recorded["gradients"], strict=True):
        assert_equal_to_rounding(ours, np.reshape(theirs, ours.shape))


@every_case
def test_the_gradient_is_that_of_the_pytorch_that_is_installed(case):
    answer = answer_of_torch(require("torch"), case)
    y, dxs, _ = gradients(case)
    assert_equal_to_rounding(y, np.reshape(answer["y"], y.shape))
    for ours, theirs in zip(dxs, answer["gradients"], strict=True):
        assert_equal_to_rounding(ours, np.reshape(theirs, ours.shape))


def test_every_recorded_answer_belongs_to_a_case():
    assert set(load("functions")) == {case.name for case in CASES} | {"torch"}


@every_case
def test_the_second_derivative_along_a_direction_is_that_of_central_differences(case):
    rng = np.random.default_rng(1)
    xs = case.inputs
    dy = case.dy(case.function(*xs, **case.settings))
    vs = [rng.standard_normal(x.shape) for x in xs]

    def gradient(*xs):
        dxs = case.function.vjp(*xs, **case.settings)[1](dy)
        return dxs if isinstance(dxs, tuple) else (dxs,)

    h = 1e-5
    above = gradient(*(x + h * v for x, v in zip(xs, vs, strict=True)))
    below = gradient(*(x - h * v for x, v in zip(xs, vs, strict=True)))
    lifted = [x + 1e-30j * v for x, v in zip(xs, vs, strict=True)]
    value, backward = case.function.vjp(*lifted, **case.settings)
    slopes = backward(dy.astype(value.dtype))
    slopes = slopes if isinstance(slopes, tuple) else (slopes,)
    for a, b, slope in zip(above, below, slopes, strict=True):
        assert_equal_to_rounding(slope.imag / 1e-30, (a - b) / (2 * h), tolerance=1e-7)


@every_function
def test_a_function_survives_pickling_and_copying_as_itself(function):
    assert pickle.loads(pickle.dumps(function)) is function
    assert copy.deepcopy(function) is function
    assert copy.copy(function) is function


@every_function
def test_a_function_shows_its_own_signature_and_docstring(function):
    signature = inspect.signature(function)
    kinds = {parameter.kind for parameter in signature.parameters.values()}
    assert kinds <= {
        inspect.Parameter.POSITIONAL_OR_KEYWORD,
        inspect.Parameter.VAR_POSITIONAL,
        inspect.Parameter.KEYWORD_ONLY,
    }
    assert "settings" not in signature.parameters
    assert function.__doc__.strip().splitlines()[0].endswith(".")


@every_function
def test_a_tensor_passed_by_name_is_an_error_that_says_so(function):
    with pytest.raises(TypeError, match=f"{function.__name__}: some_setting is a Tensor passed by name"):
        function(np.ones(3), some_setting=Tensor(1.0))
    with pytest.raises(TypeError, match=f"{function.__name__}: some_setting is a Tensor passed by name"):
        function.vjp(np.ones(3), some_setting=Tensor(1.0))


STEEP = ["sigmoid", "tanh", "relu", "softplus", "leaky_relu", "elu", "softmax", "log_softmax"]
STEEP += ["root_mean_squared_error", "binary_cross_entropy_with_logits", "cross_entropy"]


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.__name__ in STEEP], ids=lambda f: f.__name__)
def test_the_adjoint_holds_at_plus_and_minus_800(function):
    case = next(case for case in CASES if case.function is function)
    (x,) = case.inputs
    huge = np.where(np.arange(x.size).reshape(x.shape) % 2, 800.0, -800.0)
    y, slope = jvp(lambda x: function(x, **case.settings), (huge,), (np.ones_like(huge),))
    assert np.isfinite(y).all() and np.isfinite(slope).all()
    assert max(gradient_errors(function, huge, **case.settings)) < 1e-12
