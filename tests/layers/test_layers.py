"""Layers find their parameters, switch, save and load."""

import math
import os
import pickle
import shutil
import zipfile

import numpy as np
import pytest

from dlcourse.activations import relu, tanh
from dlcourse.autodiff import Tensor
from dlcourse.layers import Flatten, Layer, Linear, Parameter, Sequential


def rng():
    return np.random.default_rng(0)


class Everything(Layer):
    """A layer with every kind of attribute."""

    def __init__(self):
        self.scale = Parameter([2.0])
        self.mean = np.zeros(3)
        self.heads = [Linear(3, 2, rng=rng()), Linear(3, 2, rng=rng(), bias=False)]
        self.gates = {"in": Linear(3, 1, rng=rng()), "out": Parameter([1.0, 2.0])}
        self.deep = ([{"a": Parameter([3.0])}],)
        self.number, self.text, self.function, self.nothing = 3, "text", relu, None
        self.leaf = Tensor([5.0])


NAMES = ["scale", "heads.0.W", "heads.0.b", "heads.1.W", "gates.in.W", "gates.in.b", "gates.out", "deep.0.0.a"]


# Parameters -----------------------------------------------------------------------------------------------


def test_parameters_are_found_in_attributes_lists_tuples_and_dicts_by_dotted_name():
    layer = Everything()
    assert list(layer.named_parameters()) == NAMES
    assert layer.parameters() == list(layer.named_parameters().values())
    assert layer.named_parameters()["gates.in.W"] is layer.gates["in"].W


def test_names_of_a_sequential_count_its_layers():
    model = Sequential(Linear(2, 3, rng=rng()), relu, Sequential(Linear(3, 1, rng=rng())))
    assert list(model.named_parameters()) == ["layers.0.W", "layers.0.b", "layers.2.layers.0.W", "layers.2.layers.0.b"]


def test_tied_weights_are_one_parameter_under_two_names():
    model = Sequential(Linear(2, 2, rng=rng(), bias=False), Linear(2, 2, rng=rng(), bias=False))
    model.layers[1].W = model.layers[0].W
    assert list(model.named_parameters()) == ["layers.0.W", "layers.1.W"]
    assert model.parameters() == [model.layers[0].W]


def test_a_layer_used_twice_counts_once_and_gets_both_gradients():
    layer = Linear(2, 2, rng=rng(), bias=False, dtype=np.float64)
    model = Sequential(layer, layer)
    assert len(model.parameters()) == 1
    x = np.ones((1, 2))
    model(x).sum().backward()
    W = layer.W.data
    np.testing.assert_allclose(layer.W.grad, x.T @ np.ones((1, 2)) @ W.T + (x @ W).T @ np.ones((1, 2)))


def test_a_parameter_is_a_copy_of_the_array_it_is_given():
    data = np.ones(2)
    w = Parameter(data)
    w.data[0] = 5
    np.testing.assert_array_equal(data, [1.0, 1.0])
    assert isinstance(w, Tensor)


def test_a_parameter_of_whole_numbers_is_an_error():
    with pytest.raises(TypeError, match="expected real numbers, got int64"):
        Parameter([1, 2])


def test_a_layer_without_a_call_says_so():
    class Lazy(Layer):
        pass

    with pytest.raises(NotImplementedError, match="Lazy defines no __call__"):
        Lazy()(np.ones(2))
    assert Lazy().parameters() == []


def test_a_layer_shows_its_parameters():
    assert repr(Linear(3, 2, rng=rng())) == "Linear(W (3, 2), b (2,))"
    assert repr(Sequential(Linear(3, 2, rng=rng(), bias=False), relu)) == "Sequential(layers.0.W (3, 2))"


# train and eval -------------------------------------------------------------------------------------------


def test_train_and_eval_reach_every_layer_inside():
    layer = Everything()
    inner = [layer, *layer.heads, layer.gates["in"]]
    assert all(one.training for one in inner)
    assert layer.eval() is layer
    assert not any(one.training for one in inner)
    assert layer.train() is layer
    assert all(one.training for one in inner)


def test_eval_of_an_inner_layer_leaves_the_outer_one_alone():
    model = Sequential(Linear(2, 2, rng=rng()))
    model.layers[0].eval()
    assert (model.training, model.layers[0].training) == (True, False)
    assert Linear(2, 2, rng=rng()).training


# state ----------------------------------------------------------------------------------------------------


def test_a_state_holds_copies_of_parameters_and_buffers():
    layer = Everything()
    state = layer.state()
    assert list(state) == ["scale", "mean", *NAMES[1:]]
    state["scale"][...] = 9
    state["mean"][...] = 9
    assert layer.scale.data == [2.0]
    np.testing.assert_array_equal(layer.mean, np.zeros(3))


def test_a_state_is_loaded_in_place():
    one, other = Linear(3, 2, rng=rng()), Linear(3, 2, rng=np.random.default_rng(1))
    W, data = other.W, other.W.data
    assert other.load_state(one.state()) is other
    assert other.W is W and other.W.data is data
    np.testing.assert_array_equal(other.W.data, one.W.data)


def test_a_loaded_state_shares_nothing_with_its_source():
    layer, state = Linear(2, 2, rng=rng()), Linear(2, 2, rng=np.random.default_rng(1)).state()
    layer.load_state(state)
    state["W"][...] = 9
    assert layer.W.data.max() < 9


def test_loading_keeps_the_type_of_the_layer():
    layer = Linear(2, 2, rng=rng())
    layer.load_state({"W": np.ones((2, 2)), "b": [1, 2]})
    assert (layer.W.dtype, layer.b.dtype) == (np.float32, np.float32)
    np.testing.assert_array_equal(layer.b.data, [1.0, 2.0])


def test_all_problems_of_a_state_are_listed_and_nothing_is_changed():
    layer = Everything()
    before = layer.state()
    state = layer.state()
    del state["heads.0.b"], state["mean"]
    state["extra"] = np.zeros(1)
    state["scale"] = np.zeros((2, 2))
    state["gates.out"] = np.array(["a", "b"])
    state["deep.0.0.a"] = np.array([1j])
    state["heads.0.W"] = state["heads.0.W"] + 1
    with pytest.raises(ValueError, match="load_state: this state does not fit the Everything: ") as caught:
        layer.load_state(state)
    for problem in [
        "heads.0.b is missing",
        "mean is missing",
        "extra is unknown here",
        "scale has shape (2, 2) instead of (1,)",
        "gates.out holds <U1 instead of float64",
        "deep.0.0.a holds complex128 instead of float64",
    ]:
        assert problem in str(caught.value)
    for name, array in layer.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_ragged_state_is_an_error_and_changes_nothing():
    layer = Linear(2, 2, rng=rng())
    before = layer.state()
    with pytest.raises(ValueError, match="inhomogeneous"):
        layer.load_state({"W": np.ones((2, 2)), "b": [[1.0], [1.0, 2.0]]})
    np.testing.assert_array_equal(layer.W.data, before["W"])


# save and load --------------------------------------------------------------------------------------------


def test_what_is_saved_can_be_loaded(tmp_path):
    one, other = Everything(), Everything()
    for p in one.parameters():
        p.data += 1
    one.mean += 3
    one.save(tmp_path / "model.npz")
    assert other.load(tmp_path / "model.npz") is other
    for name, array in other.state().items():
        np.testing.assert_array_equal(array, one.state()[name])
    other.load(str(tmp_path / "model.npz"))


def test_the_file_is_an_npz_archive_that_numpy_reads(tmp_path):
    layer = Linear(3, 2, rng=rng())
    layer.save(tmp_path / "model.npz")
    with np.load(tmp_path / "model.npz", allow_pickle=False) as archive:
        assert archive.files == ["W", "b"]
        np.testing.assert_array_equal(archive["W"], layer.W.data)


def test_the_name_of_the_file_is_taken_as_it_is(tmp_path):
    Linear(2, 2, rng=rng()).save(tmp_path / "weights")
    assert os.listdir(tmp_path) == ["weights"]
    Linear(2, 2, rng=rng()).load(tmp_path / "weights")


def test_attributes_may_have_the_names_of_numpys_own_arguments(tmp_path):
    class Awkward(Layer):
        def __init__(self, value):
            self.file = Parameter([value])
            self.args = self.kwds = self.allow_pickle = Parameter([value + 1])
            self.parts = {"a/b": Parameter([value + 2]), "../up": Parameter([value + 3])}

    Awkward(1.0).save(tmp_path / "model.npz")
    loaded = Awkward(0.0).load(tmp_path / "model.npz")
    assert [float(p.data[0]) for p in loaded.parameters()] == [1.0, 2.0, 3.0, 4.0]
    assert os.listdir(tmp_path) == ["model.npz"]


def test_a_save_that_fails_leaves_the_old_file_and_nothing_else(tmp_path, monkeypatch):
    layer = Linear(2, 2, rng=rng())
    layer.save(tmp_path / "model.npz")
    before = (tmp_path / "model.npz").read_bytes()
    layer.W.data += 1

    def full_disk(*_, **__):
        raise OSError("no space left")

    monkeypatch.setattr(np.lib.format, "write_array", full_disk)
    with pytest.raises(OSError, match="no space left"):
        layer.save(tmp_path / "model.npz")
    monkeypatch.undo()
    assert os.listdir(tmp_path) == ["model.npz"]
    assert (tmp_path / "model.npz").read_bytes() == before


def test_saving_replaces_the_old_file_in_one_move(tmp_path, monkeypatch):
    layer = Linear(2, 2, rng=rng())
    layer.save(tmp_path / "model.npz")
    moves, real = [], os.replace

    def watched(source, target):
        zipfile.ZipFile(source).testzip()
        moves.append((os.path.dirname(source), target))
        return real(source, target)

    monkeypatch.setattr(os, "replace", watched)
    layer.save(tmp_path / "model.npz")
    assert moves == [(str(tmp_path), str(tmp_path / "model.npz"))]


def test_arrays_beyond_the_limit_of_plain_zip_archives_can_be_saved(tmp_path, monkeypatch):
    monkeypatch.setattr(zipfile, "ZIP64_LIMIT", 200)
    layer = Linear(20, 20, rng=rng())
    layer.save(tmp_path / "model.npz")
    monkeypatch.undo()
    other = Linear(20, 20, rng=np.random.default_rng(1)).load(tmp_path / "model.npz")
    np.testing.assert_array_equal(other.W.data, layer.W.data)


def write(path, content):
    path.write_bytes(content)
    return path


def test_files_that_save_did_not_write_are_an_error_that_names_them(tmp_path):
    layer = Linear(2, 2, rng=rng())
    layer.save(tmp_path / "good.npz")
    good = (tmp_path / "good.npz").read_bytes()
    np.save(tmp_path / "one.npy", np.zeros(2))
    np.savez(tmp_path / "objects.npz", W=np.array([{}], dtype=object), b=np.zeros(2))
    wrong = [
        write(tmp_path / "empty.npz", b""),
        write(tmp_path / "text.npz", b"no archive at all"),
        write(tmp_path / "half.npz", good[: len(good) // 2]),
        write(tmp_path / "pickle.npz", pickle.dumps({"W": 1})),
        tmp_path / "one.npy",
        tmp_path / "objects.npz",
    ]
    before = layer.state()
    for path in wrong:
        with pytest.raises(ValueError, match=f"load: .*{path.name} is no file written by save"):
            layer.load(path)
    for name, array in layer.state().items():
        np.testing.assert_array_equal(array, before[name])


def test_a_pickle_inside_of_the_archive_is_never_run(tmp_path):
    class Bomb:
        def __reduce__(self):
            return (open, (str(tmp_path / "exploded"), "w"))

    np.savez(tmp_path / "bomb.npz", W=np.array([Bomb()], dtype=object), b=np.zeros(2))
    with pytest.raises(ValueError, match="is no file written by save"):
        Linear(2, 2, rng=rng()).load(tmp_path / "bomb.npz")
    assert not (tmp_path / "exploded").exists()


def test_any_byte_that_is_damaged_is_an_error_in_plain_words_or_does_no_harm(tmp_path):
    layer = Linear(2, 1, rng=rng())
    layer.save(tmp_path / "good.npz")
    good, before = (tmp_path / "good.npz").read_bytes(), layer.state()
    for place in range(2 * len(good)):
        damaged = bytearray(good)
        damaged[place // 2] ^= (0xFF, 0x01)[place % 2]
        path = write(tmp_path / "damaged.npz", bytes(damaged))
        try:
            layer.load(path)
        except ValueError as error:
            assert str(error).startswith(("load: ", "load_state: "))
        for name, array in layer.state().items():
            np.testing.assert_array_equal(array, before[name])


def test_a_missing_file_is_the_error_that_python_has_for_it(tmp_path):
    with pytest.raises(FileNotFoundError):
        Linear(2, 2, rng=rng()).load(tmp_path / "nowhere.npz")
    with pytest.raises(FileNotFoundError):
        Linear(2, 2, rng=rng()).save(tmp_path / "no_folder" / "model.npz")


def test_a_file_of_another_model_is_an_error_that_lists_what_differs(tmp_path):
    Linear(3, 2, rng=rng(), bias=False).save(tmp_path / "model.npz")
    with pytest.raises(ValueError, match=r"b is missing; W has shape \(3, 2\) instead of \(2, 2\)"):
        Linear(2, 2, rng=rng()).load(tmp_path / "model.npz")


def test_a_saved_model_can_be_copied_to_another_place(tmp_path):
    layer = Linear(2, 2, rng=rng())
    layer.save(tmp_path / "a.npz")
    shutil.copy(tmp_path / "a.npz", tmp_path / "b.npz")
    np.testing.assert_array_equal(
        Linear(2, 2, rng=np.random.default_rng(1)).load(tmp_path / "b.npz").W.data, layer.W.data
    )


# Linear, Sequential, Flatten ------------------------------------------------------------------------------


def test_linear_is_x_times_w_plus_b():
    layer = Linear(3, 2, rng=rng(), dtype=np.float64)
    layer.b.data[...] = [1.0, -1.0]
    x = np.arange(12.0).reshape(4, 3)
    np.testing.assert_array_equal(layer(x).data, x @ layer.W.data + [1.0, -1.0])
    assert Linear(3, 2, rng=rng(), bias=False).b is None


def test_linear_starts_from_he_normal_weights_and_zero_biases_in_float32():
    layer = Linear(400, 300, rng=rng())
    assert (layer.W.shape, layer.W.dtype, layer.b.dtype) == ((400, 300), np.float32, np.float32)
    assert layer.W.data.std() == pytest.approx(math.sqrt(2 / 400), rel=0.02)
    np.testing.assert_array_equal(layer.b.data, np.zeros(300))


def test_linear_takes_another_scheme_and_another_type():
    seen = {}

    def ones(shape, *, rng, dtype):
        seen.update(shape=shape, rng=rng, dtype=dtype)
        return np.ones(shape, dtype)

    generator = rng()
    layer = Linear(3, 2, rng=generator, init=ones, dtype=np.float64)
    assert seen == {"shape": (3, 2), "rng": generator, "dtype": np.float64}
    assert layer.W.dtype == np.float64


def test_linear_draws_from_the_generator_it_is_given():
    np.testing.assert_array_equal(Linear(3, 2, rng=rng()).W.data, Linear(3, 2, rng=rng()).W.data)
    generator = rng()
    one, other = Linear(3, 2, rng=generator), Linear(3, 2, rng=generator)
    assert not np.array_equal(one.W.data, other.W.data)
    with pytest.raises(TypeError, match="rng"):
        Linear(3, 2)


def test_linear_complains_about_inputs_of_another_width():
    with pytest.raises(ValueError, match=r"linear: x of shape \(5, 4\) and W of shape \(3, 2\) do not fit"):
        Linear(3, 2, rng=rng())(np.ones((5, 4)))


def test_sequential_applies_layers_and_plain_functions_in_order():
    model = Sequential(Linear(2, 3, rng=rng(), dtype=np.float64), tanh, lambda h: h * 2.0)
    x = np.ones((4, 2))
    np.testing.assert_array_equal(model(x).data, np.tanh(x @ model.layers[0].W.data) * 2)


def test_an_empty_sequential_is_the_identity():
    x = np.ones(2)
    assert Sequential()(x) is x


def test_sequential_refuses_what_can_not_be_called_and_says_where():
    with pytest.raises(TypeError, match="Sequential: expected layers or functions, got ndarray at place 1"):
        Sequential(relu, np.ones(2))
    with pytest.raises(TypeError, match="got list at place 0"):
        Sequential([relu])


@pytest.mark.parametrize("shape", [(2, 3, 4), (2, 3), (2,), (0, 3, 4), (1, 1, 1)], ids=str)
def test_flatten_lays_each_example_in_one_row(shape):
    x = np.arange(float(math.prod(shape))).reshape(shape)
    rows = (shape[0], math.prod(shape[1:]))
    assert Flatten()(x).shape == rows
    leaf = Tensor(x)
    y = Flatten()(leaf)
    y.backward(y.data)
    np.testing.assert_array_equal(y.data, x.reshape(rows))
    np.testing.assert_array_equal(leaf.grad, x)


def test_a_model_learns_to_add():
    model = Sequential(Linear(2, 8, rng=rng()), tanh, Linear(8, 1, rng=rng()))
    X = rng().uniform(-1, 1, (64, 2)).astype(np.float32)
    answers = X.sum(axis=1, keepdims=True)
    losses = []
    for _ in range(300):
        loss = ((model(X) - answers) ** 2).mean()
        loss.backward()
        losses.append(loss.item())
        for p in model.parameters():
            p.data -= 0.1 * p.grad
            p.grad = None
    assert losses[-1] < 0.01 * losses[0]
