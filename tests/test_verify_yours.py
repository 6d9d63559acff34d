"""The examples of docs/verify-yours: small programs in several languages, each judged by the golden cases of its task.

An example passes every case, and refuses what must be refused with the kind that the case names. That this is no
empty praise is shown by copies with a wrong formula, each of which fails the case that is there for it.
"""

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from refimpl.oracle import store

ROOT = Path(__file__).parent.parent
EXAMPLES = sorted((ROOT / "docs" / "verify-yours").glob("*_step.*"))
PYTHON, NODE, RSCRIPT = sys.executable, shutil.which("node"), shutil.which("Rscript")
CC = shutil.which("cc") or shutil.which("gcc")

LONGEST = 45
"""Lines of code."""

TOLD = {
    ".py": 'refimpl verify --exec "python3 docs/verify-yours/{name}"',
    ".js": 'refimpl verify --exec "node docs/verify-yours/{name}"',
    ".R": 'refimpl verify --exec "Rscript docs/verify-yours/{name}"',
    ".c": "refimpl verify --exec /tmp/{stem}",
}
"""By suffix: how the first lines tell to run it."""

posix = pytest.mark.skipif(os.name != "posix", reason="programs are judged on POSIX systems only")


def task_of(example: Path) -> str:
    """kmeans_step.py does kmeans.step."""
    return example.stem.replace("_", ".")


def command(example: Path, folder: Path) -> str:
    """How to run an example here; a test that cannot is skipped."""
    words: list[str | Path]
    match example.suffix:
        case ".py":
            words = [PYTHON, example]
        case ".js":
            if NODE is None:
                pytest.skip("there is no node")
            words = [NODE, example]
        case ".R":
            if RSCRIPT is None:
                pytest.skip("there is no Rscript")
            if subprocess.run([RSCRIPT, "-e", "library(jsonlite)"], capture_output=True, check=False).returncode:
                pytest.skip("R has no jsonlite")
            words = [RSCRIPT, example]
        case ".c":
            if CC is None:
                pytest.skip("there is no C compiler")
            strict = ("-std=c99", "-pedantic", "-Wall", "-Wextra", "-Werror")
            subprocess.run([CC, "-O2", *strict, "-o", folder / example.stem, example, "-lm"], check=True)
            words = [folder / example.stem]
        case suffix:
            pytest.fail(f"nothing is known of {suffix}")
    return shlex.join(map(str, words))


def verify(told: str, task: str) -> tuple[int, dict[str, Any]]:
    """Exit status and report of `refimpl verify --exec`."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "refimpl", "verify", "--exec", told, "--task", task, "--format", "json"],
        capture_output=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": path},
    )
    assert done.returncode in (0, 1), done.stderr
    return done.returncode, json.loads(done.stdout)


def test_there_is_an_example_of_both_tasks_in_every_language() -> None:
    assert {path.name for path in EXAMPLES} == {f"{task}_step{s}" for task in ("kmeans", "coins") for s in TOLD}


@posix
@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_passes_every_case_of_its_task(example: Path, tmp_path: Path) -> None:
    task = task_of(example)
    status, report = verify(command(example, tmp_path), task)
    assert {found["id"]: found["detail"] for found in report["cases"] if found["verdict"] != "pass"} == {}
    assert status == 0
    assert report["passed"] is True
    golden = {golden.id: golden for golden in store.cases(store.fixtures(), task=task)}
    (row,) = report["tasks"]
    assert row["task"] == task
    assert row["executed"] == row["applicable"] == row["total"] == row["verdicts"]["pass"] == len(golden)
    for found in report["cases"]:
        refused = golden[found["id"]].refused
        assert found["answer"].get("error", {}).get("kind") == refused, found["id"]


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_short_and_tells_how_to_run_it(example: Path) -> None:
    lines = example.read_text(encoding="utf-8").splitlines()
    beginning = "\n".join(lines[:2])
    assert TOLD[example.suffix].format(name=example.name, stem=example.stem) in beginning
    if example.suffix == ".c":
        assert f"cc -O2 -o /tmp/{example.stem} docs/verify-yours/{example.name} -lm" in beginning
    code = [line for line in lines if line.strip(" }") and not line.startswith(("# ", "//", "/*", " *"))]
    assert len(code) <= LONGEST
    assert max(map(len, lines)) <= (120 if example.suffix == ".py" else 110)


WRONG = {
    "tie to the last": ("kmeans", "range(len(centers))", "reversed(range(len(centers)))", "tie-broken-by-centring"),
    "unsquared distances": ("kmeans", "(a - b) * (a - b)", "abs(a - b)", "distances-not-variances"),
    "sums for means": ("kmeans", "/ len(members)", "/ 1", "plain"),
    "empty cluster emptied": ("kmeans", "in set(labels):", "in range(len(centers)):", "empty-cluster"),
    "swapped coins": ("coins", "(a / (a + b), b / (a + b))", "(b / (a + b), a / (a + b))", "lecture"),
    "no 0^0": ("coins", " if n)", ")", "coin-that-cannot"),
    "likelihood not halved": ("coins", "(a + b) / 2", "a + b", "lecture"),
    "underflow": ("coins", "top = max(a, b)", "top = 0 if max(a, b) > -inf else -inf", "thousand-tosses"),
    "coin without mass at 0": ("coins", "else kept for", "else 0 for", "coin-without-mass"),
}
"""Mistake -> task, what stands in the Python example, what is wrong, and the case that notices."""


@posix
@pytest.mark.parametrize("mistake", WRONG)
def test_a_copy_with_a_wrong_formula_fails(mistake: str, tmp_path: Path) -> None:
    room, right, wrong, caught = WRONG[mistake]
    text = (ROOT / "docs" / "verify-yours" / f"{room}_step.py").read_text(encoding="utf-8")
    assert text.count(right) == 1
    copy = tmp_path / f"{room}_step.py"
    copy.write_text(text.replace(right, wrong), encoding="utf-8")
    status, report = verify(command(copy, tmp_path), task_of(copy))
    assert status == 1
    assert report["passed"] is False
    failed = {found["id"] for found in report["cases"] if found["verdict"] != "pass"}
    assert f"{task_of(copy)}/{caught}" in failed
