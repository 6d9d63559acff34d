"""The wheel: what it carries, that it works from any directory, and what an import of it imports."""

import email
import json
import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

import refimpl
from refimpl.oracle.tasks import TASKS

ROOT = Path(__file__).parent.parent
HEAVY = ("click", "flint", "mpmath", "msgspec", "numpy", "rich", "scipy", "sklearn")
"""Every library that the project may import at run time or in its tests."""


def python(code: str, *paths: Path, cwd: Path) -> subprocess.CompletedProcess[str]:
    """Run code elsewhere, with the given folders before all others; the checkout is not among them."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    prefix = f"import sys; sys.path[:0] = {[str(path) for path in paths]!r}\n"
    return subprocess.run(
        [sys.executable, "-W", "error", "-c", prefix + code],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        cwd=cwd,
        env={**environment, "PYTHONIOENCODING": "utf-8", "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built without a network."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    built = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
    )
    assert built.returncode == 0, built.stderr
    (path,) = folder.glob("*.whl")
    return path


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that holds the contents of the wheel, as an installation would."""
    folder = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(folder)
    return folder


def files(folder: Path) -> set[str]:
    return {
        str(path.relative_to(folder))
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_the_wheel_is_pure_python_of_this_version(wheel: Path) -> None:
    assert wheel.name == f"refimpl-{refimpl.__version__}-py3-none-any.whl"


def test_the_wheel_carries_the_package_with_its_types_and_all_fixtures(installed: Path) -> None:
    carried = files(installed / "refimpl")
    source = {name for name in files(ROOT / "refimpl") if name.endswith(".py")}
    assert source <= carried
    assert "py.typed" in carried
    for name in files(ROOT / "fixtures"):
        assert (installed / "refimpl" / "fixtures" / name).read_bytes() == (ROOT / "fixtures" / name).read_bytes()
    kinds = {name.split("/")[1] for name in carried if name.startswith("fixtures/") and name.count("/") > 1}
    assert kinds == {"cases", "catalogue", "data", "lecture", "schema"}
    assert sum(name.startswith("fixtures/cases/") for name in carried) >= 140
    assert sum(name.startswith("fixtures/catalogue/") for name in carried) == len(TASKS)
    assert {"fixtures/LICENSE", "fixtures/data/iris.csv", "fixtures/lecture/table-5.5.json"} <= carried


def test_the_wheel_carries_nothing_else(installed: Path) -> None:
    assert {path.name for path in installed.iterdir()} == {"refimpl", f"refimpl-{refimpl.__version__}.dist-info"}
    carried = files(installed / "refimpl")
    others = {n for n in carried if not n.startswith("fixtures/") and not n.endswith(".py")}
    assert others == {"py.typed", "oracle/report/page.html"}
    assert not any(Path(name).name.startswith(("test_", "conftest")) for name in carried)


def test_the_wheel_carries_both_licences_and_says_so(installed: Path) -> None:
    information = installed / f"refimpl-{refimpl.__version__}.dist-info"
    carried = files(information)
    assert {"licenses/LICENSE", "licenses/fixtures/LICENSE"} <= carried
    for name in ("LICENSE", "fixtures/LICENSE"):
        assert (information / "licenses" / name).read_bytes() == (ROOT / name).read_bytes()
    metadata = email.message_from_string((information / "METADATA").read_text(encoding="utf-8"))
    assert metadata["Name"] == "refimpl"
    assert metadata["Version"] == refimpl.__version__
    assert metadata["License-Expression"] == "MIT AND CC0-1.0 AND CC-BY-4.0"
    assert metadata["Requires-Python"] == ">=3.11"
    always = [line.split(";")[0] for line in metadata.get_all("Requires-Dist") or [] if "extra ==" not in line]
    assert sorted(line.split(">")[0].strip() for line in always) == ["click", "jinja2", "mpmath", "msgspec", "rich"]
    assert "refimpl = refimpl.cli:main" in (information / "entry_points.txt").read_text(encoding="utf-8")


def test_the_installed_package_lists_its_own_cases_from_another_directory(installed: Path, tmp_path: Path) -> None:
    code = """
import json, refimpl
from refimpl.oracle import case, recheck, store
root = store.fixtures()
ids = [found.id for found in store.cases(root)]
recheck.recheck(store.find(root, "coins.run/lecture-2"))
print(json.dumps([refimpl.__file__, str(root), ids]))
"""
    done = python(code, installed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    file, root, ids = json.loads(done.stdout)
    assert Path(file) == installed / "refimpl" / "__init__.py"
    assert Path(root) == installed / "refimpl" / "fixtures"
    assert len(ids) >= 140


def test_the_installed_command_line_works_from_another_directory(installed: Path, tmp_path: Path) -> None:
    code = "sys.argv = ['refimpl', 'show', 'coins.run/lecture-10']\nfrom refimpl.cli import main\nmain()"
    done = python(code, installed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "coins.run/lecture-10: " in done.stdout
    assert "0.797" in done.stdout
    assert str(ROOT) not in done.stdout


def test_the_installed_catalogue_and_data_can_be_read(installed: Path, tmp_path: Path) -> None:
    code = """
from refimpl.oracle import catalogue, generate, store
specs = dict(catalogue.specs())
given, _ = catalogue.fields(specs["kmeans.assign/iris"])
print(len(specs), len(given["points"]), len(given["points"][0]), len(list(generate.schemas())))
"""
    done = python(code, installed, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    count, points, columns, schemas = map(int, done.stdout.split())
    assert count >= 140
    assert (points, columns) == (150, 4)
    assert schemas == len(TASKS) + 1


def imported(module: str, tmp_path: Path) -> set[str]:
    """The libraries that an import of the module brings along."""
    done = python(f"import {module}\nprint(*(m for m in {HEAVY!r} if m in sys.modules))", ROOT, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


def test_the_package_itself_imports_no_library(tmp_path: Path) -> None:
    assert imported("refimpl", tmp_path) == set()


ROOMS = (
    "ancestral_sampling",
    "applications",
    "bernoulli_mixture",
    "binomial_mixture",
    "choose_k",
    "dbscan",
    "distances",
    "gaussian",
    "gaussian_mixture",
    "gram",
    "kmeans",
    "kmeans_boxes",
    "kmeans_mini_batch",
    "kmeans_online",
    "kmeans_starts",
    "kmeans_weighted",
    "kmedians",
    "kmedoids",
    "linkage",
    "map_equation",
    "mixture",
    "modularity",
    "moments",
    "nmf",
    "pca",
    "power_iteration",
    "preprocess",
    "set_partitions",
    "silhouette",
    "squaring",
    "eigenbasis",
    "eigenblocks",
    "jacobi",
    "tridiagonal",
    "two_coins",
    "em",
    "linear",
    "trace",
    "numbers",
    "certify",
)


APPLICATIONS = (
    "applications.ad_channels",
    "applications.candidates",
    "applications.faces",
    "applications.recognition",
    "applications.representations",
    "applications.structures",
)


@pytest.mark.parametrize("room", ROOMS + APPLICATIONS)
def test_a_room_imports_no_library_but_mpmath(room: str, tmp_path: Path) -> None:
    assert imported(f"refimpl.{room}", tmp_path) <= {"mpmath"}


def test_no_room_is_left_out() -> None:
    found = {path.stem for path in (ROOT / "refimpl").iterdir() if not path.stem.startswith("_")}
    assert found - {"py", "cli", "errors", "oracle", "own_data", "pytest_plugin"} == set(ROOMS)


def test_the_oracle_imports_no_peer_before_it_is_asked_for(tmp_path: Path) -> None:
    for module in ("refimpl.cli", "refimpl.oracle.verify", "refimpl.oracle.peers", "refimpl.oracle.generate"):
        assert imported(module, tmp_path) & {"numpy", "scipy", "sklearn", "flint"} == set()


def test_a_peer_that_is_not_installed_is_one_sentence(tmp_path: Path) -> None:
    code = """
sys.argv = ['refimpl', 'verify', 'scikit-learn']
from refimpl.oracle import peers
peers.PEERS['scikit-learn'] = peers.Known('nowhere:Nothing', 'nowhere')
from refimpl.cli import main
main()
"""
    done = python(code, tmp_path, ROOT, cwd=tmp_path)
    assert done.returncode == 2
    (sentence,) = done.stderr.strip().splitlines()
    assert "scikit-learn is not installed" in sentence
    assert "pip install 'refimpl[peers]'" in sentence


def test_a_peer_whose_library_is_broken_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "sklearn.py").write_text("raise ImportError('half of it is missing')\n", encoding="utf-8")
    code = "sys.argv = ['refimpl', 'verify', 'scikit-learn']\nfrom refimpl.cli import main\nmain()"
    done = python(code, tmp_path, ROOT, cwd=tmp_path)
    assert done.returncode == 2
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("refimpl: scikit-learn did not introduce itself")
    assert "cannot be loaded: ImportError: half of it is missing" in sentence
