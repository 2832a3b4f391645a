"""The repository as a whole: its files agree, its modules point one way, nothing of a machine is in it."""

import ast
import re
import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest
import yaml
from packaging.requirements import Requirement

import dlcourse
from tests.conftest import require, require_program
from tools.oldest_constraints import oldest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "dlcourse"
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())
PROJECT = PYPROJECT["project"]
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__"): path
    for path in sorted(PACKAGE.rglob("*.py"))
}


# Files that say the same ---------------------------------------------------------------------------------


def test_conda_and_pip_ask_for_the_same_packages():
    listed = yaml.safe_load((ROOT / "environment.yml").read_text())["dependencies"]
    pip = listed.pop()
    assert pip == {"pip": ["-e ."]}
    assert listed.pop() == "pip"
    assert listed[0] == f"python{PROJECT['requires-python']}"
    assert sorted(listed[1:]) == sorted(PROJECT["dependencies"])


def test_the_constraints_satisfy_every_requirement_and_pin_each():
    pins = dict(line.split("==") for line in (ROOT / "constraints.txt").read_text().splitlines() if line[0] != "#")
    pins = {re.sub(r"[-_.]+", "-", name).lower(): version for name, version in pins.items()}
    extras = PROJECT["optional-dependencies"]
    for line in [*PROJECT["dependencies"], *extras["dev"], *extras["browser"]]:
        requirement = Requirement(line)
        assert requirement.specifier.contains(pins[requirement.name.lower()]), line


def test_every_requirement_has_a_floor_that_the_oldest_run_can_pin():
    for requirements in [PROJECT["dependencies"], *PROJECT["optional-dependencies"].values()]:
        for line in requirements:
            assert Requirement(oldest(line)).name == Requirement(line).name
    with pytest.raises(ValueError, match=r"expected a requirement like 'numpy>=2\.0', got 'numpy'"):
        oldest("numpy")


def test_the_wheel_is_tested_with_the_builder_that_installing_uses():
    assert set(PYPROJECT["build-system"]["requires"]) <= set(PROJECT["optional-dependencies"]["dev"])


def test_the_citation_and_the_changelog_know_the_version():
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["version"] == dlcourse.__version__
    assert f"\n## [{dlcourse.__version__}] - " in (ROOT / "CHANGELOG.md").read_text()


def test_make_without_a_target_lists_the_targets():
    make = require_program("make")
    listed = subprocess.run([make, "-C", ROOT, "--no-print-directory"], capture_output=True, text=True, check=True)
    targets = {line.split()[0] for line in listed.stdout.splitlines()}
    assert {"lab", "test", "test-slow", "test-browser", "notebooks", "constraints", "clean"} <= targets


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """A wheel built from this tree."""
    require("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, ROOT]
    done = subprocess.run(build, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
    (path,) = folder.glob("*.whl")
    return path


def test_the_wheel_holds_the_package_and_the_lessons(wheel):
    lessons = {f"dlcourse/lessons/{path.name}" for path in (ROOT / "notebooks").glob("*.ipynb")}
    modules = {path.relative_to(ROOT).as_posix() for path in MODULES.values()}
    assert lessons | modules <= set(zipfile.ZipFile(wheel).namelist())


def test_the_wheel_holds_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].split("-")[0] for name in names} == {"dlcourse"}
    assert not [name for name in names if re.search(r"(^|/)(\.|__pycache__|tests?/)", name)]


@pytest.mark.slow
def test_a_plain_pip_install_brings_all_that_the_lessons_need(wheel, tmp_path):
    python = tmp_path / "venv" / ("Scripts" if sys.platform == "win32" else "bin") / "python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    subprocess.run([python, "-m", "pip", "install", "-q", "-c", ROOT / "constraints.txt", wheel], check=True)
    doctor = subprocess.run([python, "-m", "dlcourse", "doctor"], cwd=tmp_path, capture_output=True, text=True)
    assert doctor.returncode == 0, doctor.stdout
    # The wheel's own lessons, since the checkout is out of sight.
    laying = "from dlcourse.cli.lessons import lay_lessons; lay_lessons('mine')"
    subprocess.run([python, "-c", laying], cwd=tmp_path, check=True)
    laid = {path.name for path in (tmp_path / "mine").glob("*.ipynb")}
    assert laid == {path.name for path in (ROOT / "notebooks").glob("*.ipynb")}


# Nothing of this machine ----------------------------------------------------------------------------------

# Put together here, so that this file does not hold what it looks for.
MACHINE = re.compile(r"(?<![\w.:])/(?:" + "|".join(["work", "root", "home", "farm", "tmp", "Users"]) + r")/[\w.-]+")
INDEX_OPTION = re.compile("--(?:" + "|".join(["index", "extra-index", "find", "trusted"]) + ")-(?:url|links|host)")


def committed_files():
    """Return the text of every file that is, or would be, committed."""
    git = require_program("git")
    if not (ROOT / ".git").exists():
        pytest.skip("needs a git repository")
    command = [git, "-C", ROOT, "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split("\0")
    texts = {}
    for name in filter(None, names):
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError):  # a picture; a file just removed
            continue
    return texts


def test_no_committed_file_holds_a_path_of_the_machine_it_was_made_on():
    assert MACHINE.search("in " + "/".join(["", "home", "someone"]))
    assert [(name, found[0]) for name, text in committed_files().items() if (found := MACHINE.search(text))] == []


def test_no_committed_file_tells_pip_where_to_look():
    texts = committed_files()
    assert [name for name, text in texts.items() if INDEX_OPTION.search(text)] == []
    locks = [name for name in texts if name.endswith((".lock", "-lock.json", "constraints.txt", "environment.yml"))]
    assert [name for name in locks if "://" in texts[name]] == []


# The layout -----------------------------------------------------------------------------------------------


def test_every_folder_of_the_package_is_mirrored_in_the_tests():
    folders = {path.parent.relative_to(PACKAGE) for path in MODULES.values() if path.name != "__init__.py"}
    unmirrored = [str(f) for f in folders if f.parts and not list((ROOT / "tests" / f).glob("test_*.py"))]
    assert sorted(unmirrored) == []


TOP = {"figures", "exercises", "checking", "drawing", "grading", "cli"}
FORBIDDEN = {
    "functions": {"layers", "training", *TOP},
    "layers": {"training", *TOP},
    "training": TOP,
    # Between the two of them and the concepts there is only the discovery, which imports by name.
    "checking": {"concept", "functions", "layers", "training", *TOP} - {"checking"},
    "drawing": {"concept", "functions", "layers", "training", *TOP} - {"drawing"},
    "concept": {"training", *TOP},
    "figures": {"exercises", "checking", "grading", "cli"},
    "exercises": {"grading", "cli"},
    "grading": {"concept", "functions", "layers", "training", "figures", "exercises", "drawing", "cli"},
}


def role(module):
    """Return the role of a module: by its folder if the whole folder has one, else by the name of its file."""
    parts = module.split(".")[1:]
    if not parts or parts == ["__main__"]:
        return None
    if parts[0] in {"training", "checking", "drawing", "grading", "cli"}:
        return parts[0]
    if len(parts) > 1 and parts[1] == "figures":  # a folder of them where they are many
        return "figures"
    if parts[-1] in {"functions", "layers", "figures", "exercises"} and len(parts) > 1:
        return parts[-1]
    if parts[0] in {"autodiff", "layers"}:
        return {"autodiff": "functions", "layers": "layers"}[parts[0]]
    return "concept"  # schemes, rules, a table of contents


def imports(module, source=None):
    """Return the modules of the course that a module imports, at its top or inside of functions.

    A name imported from a table of contents counts as the module where that name lives.
    """
    path = MODULES.get(module)
    package = module if path and path.name == "__init__.py" else module.rpartition(".")[0]
    found = set()
    for node in ast.walk(ast.parse(path.read_text() if source is None else source)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            above = package.split(".")[: len(package.split(".")) - node.level + 1] if node.level else []
            origin = ".".join([*above, *filter(None, [node.module])])
            found |= {home(origin, alias.name) for alias in node.names}
    return {name for name in found if name.split(".")[0] == "dlcourse"} - {module}


def home(origin, name):
    """Return the module that ``from origin import name`` leads to."""
    if f"{origin}.{name}" in MODULES:
        return f"{origin}.{name}"
    if origin in MODULES and MODULES[origin].name == "__init__.py":
        for node in ast.parse(MODULES[origin].read_text()).body:
            if isinstance(node, ast.ImportFrom) and name in {alias.asname or alias.name for alias in node.names}:
                return node.module or origin
    return origin


def wrong_imports(module, source=None):
    """Return the imports of a module that its role forbids."""
    return {name for name in imports(module, source) if role(name) in FORBIDDEN.get(role(module), set())}


@pytest.mark.parametrize("module", [module for module in MODULES if role(module) in FORBIDDEN])
def test_imports_point_one_way(module):
    assert wrong_imports(module) == set()


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("dlcourse.losses.functions", "from dlcourse.layers import Layer"),
        ("dlcourse.losses.functions", "def f():\n    import dlcourse.training"),
        ("dlcourse.autodiff.tensor", "from ..checking import check"),
        ("dlcourse.layers.layers", "from dlcourse.autodiff import exercises"),
        ("dlcourse.training.batches", "import dlcourse.drawing.views"),
        ("dlcourse.checking.session", "from dlcourse.losses import cross_entropy"),
        ("dlcourse.drawing.graphs", "from dlcourse.autodiff import Tensor"),
    ],
)
def test_an_import_against_the_direction_is_found(module, source):
    assert len(wrong_imports(module, source)) == 1


def test_an_import_along_the_direction_is_not_found():
    assert wrong_imports("dlcourse.losses.functions", "from dlcourse.layers import linear") == set()
    assert wrong_imports("dlcourse.autodiff.exercises", "from dlcourse.checking import Exercise") == set()


def test_no_module_of_the_package_names_a_notebook_to_import():
    importing = re.compile(r"import_ipynb|nbformat|run_path\(|%run")
    assert [module for module, path in MODULES.items() if importing.search(path.read_text())] == []


def test_importing_the_package_loads_nothing_heavy():
    heavy = {"matplotlib", "IPython", "ipywidgets", "sklearn", "jupyterlab", "torch"}
    modules = [m for m in MODULES if role(m) in {None, "functions", "layers", "concept", "training", "checking", "cli"}]
    modules = [m for m in modules if not m.endswith("__main__")]
    for imported in (["dlcourse"], modules):
        code = f"import sys, {', '.join(imported)}; print(*sys.modules)"
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
        assert heavy & {name.split(".")[0] for name in done.stdout.split()} == set(), imported
