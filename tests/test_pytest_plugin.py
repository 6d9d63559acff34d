"""The golden cases as items of somebody's own suite.

A small project stands in a folder of its own: two tests, an adapter that is right and several that are not, programs,
lists of known deviations. What pytest makes of it with various options is found by one process that calls pytest again
and again; whatever depends on a whole process (xdist, programs that are left over, what is imported) has its own.
"""

import contextlib
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import textwrap
import time
import types
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any, NamedTuple

import pytest

import refimpl
from refimpl.oracle import store
from refimpl.oracle.peers.peer import Peer
from refimpl.oracle.score import Score
from refimpl.oracle.verify import verify

PACKAGE = Path(refimpl.__file__).parent.parent
SEEDING = list(store.cases(store.fixtures(), task="kmeans.seeding"))
TOTAL = store.count(store.fixtures())
TASK = ("--refimpl-task", "kmeans.seeding")
IRIS = ("--refimpl-case", "kmeans.seeding/iris")

ADAPTERS = '''
from refimpl.errors import Undefined
from refimpl.oracle.peers.adapter import Adapter
from refimpl.oracle.peers.peer import Result

class Right(Adapter):
    name, version = "right", "1"
    power = 2

    def kmeans_seeding(self, points, chosen):
        if max(chosen) >= len(points):
            raise ValueError("there is no such point")
        weights = [min(sum((a - b) ** 2 for a, b in zip(x, points[c])) for c in chosen) for x in points]
        if not sum(weights):
            raise Undefined("no distance")
        weights = [w ** (self.power / 2) for w in weights]
        return {"probabilities": [w / sum(weights) for w in weights]}

class Wrong(Right):
    power = 1

class Mixed(Right):
    """Does not offer Iris, fails at 1e8, is wrong after one point."""

    def kmeans_seeding(self, points, chosen):
        if len(points) > 100:
            raise NotImplementedError("too many flowers")
        if points[0][0] > 1e7:
            raise RuntimeError("out of my depth")
        self.power = len(chosen)
        return super().kmeans_seeding(points, chosen)

class Odd(Right):
    def kmeans_seeding(self, points, chosen):
        raise RuntimeError("\\ud800 and \\x1b[2J")

class Closes(Right):
    close = 1e-9

class Quits(Right):
    def kmeans_seeding(self, points, chosen):
        raise SystemExit(0)

class Duck:
    hello = Right().hello

    def run(self, task, given, params):
        raise RuntimeError("quack")

class Panic(BaseException):
    """As Rust's modules raise it (pyo3_runtime.PanicException)."""

class Panics(Right):
    def kmeans_seeding(self, points, chosen):
        raise Panic("out of bounds")

class Wordless(Exception):
    def __str__(self):
        raise RuntimeError("no words")

class Speechless(Duck):
    def run(self, task, given, params):
        raise Wordless

class Empty(Duck):
    def run(self, task, given, params):
        return Result(None)

class SpeechlessAtOnce:
    def __init__(self):
        raise Wordless

class QuitsAtOnce:
    def __init__(self):
        raise SystemExit(0)

class RaisesAtOnce:
    def __init__(self):
        raise RuntimeError("not today")

class SaysNothing(Right):
    @property
    def hello(self):
        raise RuntimeError("who am I?")

class SaysItWrongly(Right):
    def hello(self):
        return Right().hello

class Unprecise(Right):
    precision = "binary16"

class Unconventional(Right):
    conventions = {"ties": "whoever"}

nobody = object()
'''

PROGRAM = """
import json, os, subprocess, sys, time
what = sys.argv[1]
with open("pids", "a") as file:
    child = subprocess.Popen(["sleep", "300"], stdin=subprocess.DEVNULL)
    print(os.getpid(), child.pid, file=file)
print(json.dumps({"protocol": 1, "name": "p", "tasks": ["kmeans.seeding"]}), flush=True)
sys.stdin.readline()
for line in sys.stdin:
    asked = json.loads(line)
    if asked["cmd"] == "bye":
        break
    if what == "crashes":
        sys.exit(3)
    if what == "hangs":
        time.sleep(300)
    print(json.dumps({"seq": asked["seq"], "error": {"kind": "bad-input", "message": "no"}}), flush=True)
time.sleep(300)
"""
"""Has a child, and stays after its farewell."""

OWN = """
import pytest

def test_our_own():
    pass

@pytest.mark.unit
def test_iris_is_a_flower():
    pass
"""

LISTS: dict[str, str | bytes] = {
    "known": '"kmeans.seeding/iris" = "we draw by the distance"\n"kmeans.seeding/refuse-index" = "repaired"\n',
    "nothing": "",
    "stale": '"kmeans.seeding/gone" = "we never had it"\n',
    "no reason": '"kmeans.seeding/iris" = ""\n',
    "blank reason": '"kmeans.seeding/iris" = " "\n',
    "no text": '"kmeans.seeding/iris" = 7\n',
    "table": '[kmeans]\nseeding = "x"\n',
    "no TOML": "kmeans.seeding/iris: reason\n",
    "twice": '"kmeans.seeding/iris" = "a"\n"kmeans.seeding/iris" = "b"\n',
    "no UTF-8": b'"kmeans.seeding/iris" = "\xe9"\n',
    "5000 digits": f'"kmeans.seeding/iris" = {"1" * 5000}\n',
    "too deep": f"a = {'[' * 3000}\n",
}

INI = """
[pytest]
markers = unit: quick
addopts = --strict-markers --strict-config
filterwarnings = error
"""

DRIVER = """
import contextlib, io, json, sys
import pytest
for words in json.load(sys.stdin):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            status = int(pytest.main(["-p", "refimpl", *words]))
        except BaseException as error:
            status = repr(error)
    print(json.dumps([status, said.getvalue()]), flush=True)
"""

LEAVES = f"{shlex.quote(sys.executable)} -S program.py"

RUNS: dict[str, tuple[str, ...]] = {
    "without": (),
    "right": ("--refimpl", "mykm:Right", *TASK),
    "mixed": ("--refimpl", "mykm:Mixed", *TASK, "-v", "-rs", "--junitxml", "junit.xml"),
    "known": ("--refimpl", "mykm:Wrong", *TASK, "--refimpl-xfail", "known", "-rxX"),
    "known, strictly": ("--refimpl", "mykm:Wrong", *TASK, "--refimpl-xfail", "known", "-o", "xfail_strict=true"),
    "known, not applicable": ("--refimpl", "mykm:Mixed", *TASK, "--refimpl-xfail", "known", "-k", "iris"),
    "nothing known": ("--refimpl", "mykm:Right", *TASK, "--refimpl-xfail", "nothing"),
    "of another task": ("--refimpl", "mykm:Right", "--refimpl-task", "kmeans.fit"),
    "everything": ("--refimpl", "mykm:Right"),
    "one case": ("--refimpl", "mykm:Right", *IRIS),
    "deselected": ("--refimpl", "mykm:Right", *TASK, "--deselect", "refimpl::kmeans.seeding/iris"),
    "first failure": ("--refimpl", "mykm:Wrong", *TASK, "-x"),
    "last failed": ("--refimpl", "mykm:Wrong", *TASK, "--last-failed"),
    "-k": ("--refimpl", "mykm:Wrong", *TASK, "-k", "iris"),
    "odd": ("--refimpl", "mykm:Odd", *IRIS),
    "quits": ("--refimpl", "mykm:Quits", *IRIS),
    "duck": ("--refimpl", "mykm:Duck", *IRIS),
    "panics": ("--refimpl", "mykm:Panics", *IRIS),
    "speechless": ("--refimpl", "mykm:Speechless", *IRIS),
    "empty": ("--refimpl", "mykm:Empty", *IRIS),
    "close": ("--refimpl", "mykm:Closes", *IRIS),
    "crashes": ("--refimpl-exec", f"{LEAVES} crashes", *TASK, "-k", "not iris_is"),
}

CHOSEN: dict[str, tuple[tuple[str, ...], list[str]]] = {
    "-k by a word": (("-k", "iris"), ["test_own.py::test_iris_is_a_flower", "refimpl::kmeans.seeding/iris"]),
    "-k by an id": (("-k", "kmeans.seeding/iris"), ["refimpl::kmeans.seeding/iris"]),
    "-k by the suite": (("-k", "refimpl"), [f"refimpl::{case.id}" for case in SEEDING]),
    "-k without the suite": (
        ("-k", "not refimpl"),
        ["test_own.py::test_our_own", "test_own.py::test_iris_is_a_flower"],
    ),
    "-m": (("-m", "unit"), ["test_own.py::test_iris_is_a_flower"]),
    "-m not": (("-m", "not unit"), ["test_own.py::test_our_own", *(f"refimpl::{case.id}" for case in SEEDING)]),
    "-m of the known ones": (
        ("-m", "xfail", "--refimpl-xfail", "known"),
        ["refimpl::kmeans.seeding/iris", "refimpl::kmeans.seeding/refuse-index"],
    ),
    "a file of tests": (
        ("test_own.py::test_our_own",),
        ["test_own.py::test_our_own", *(f"refimpl::{case.id}" for case in SEEDING)],
    ),
    "one case": (IRIS, ["refimpl::kmeans.seeding/iris"]),
    "one case and a file of tests": (("test_own.py", *IRIS), ["refimpl::kmeans.seeding/iris"]),
}
"""Options -> node ids that are collected."""
RUNS |= {
    f"collected: {name}": ("--refimpl", "mykm:Right", *TASK, "--collect-only", "-q", *words)
    for name, (words, _) in CHOSEN.items()
}

MISUSED: dict[str, tuple[tuple[str, ...], str]] = {
    "no module": (("--refimpl", "mykmeans:Right"), "mykmeans"),
    "no object": (("--refimpl", "mykm:Left"), "Left"),
    "no colon": (("--refimpl", "mykm"), "mykm"),
    "nothing after the colon": (("--refimpl", "mykm:"), "mykm:"),
    "no adapter": (("--refimpl", "mykm:nobody"), "nobody"),
    "a module that raises": (("--refimpl", "raises:Right"), "not today"),
    "an adapter that raises": (("--refimpl", "mykm:RaisesAtOnce"), "not today"),
    "a precision that is none": (("--refimpl", "mykm:Unprecise"), "binary16"),
    "a convention that is none": (("--refimpl", "mykm:Unconventional"), "whoever"),
    "both": (("--refimpl", "mykm:Right", "--refimpl-exec", "true"), "not both"),
    "an unknown task": (("--refimpl", "mykm:Right", "--refimpl-task", "kmeans.magic"), "kmeans.magic"),
    "an unknown case": (("--refimpl", "mykm:Right", "--refimpl-case", "kmeans.seeding/magic"), "kmeans.seeding/magic"),
    "no program": (("--refimpl-exec", "./nowhere --fast"), "nowhere"),
    "an open quote": (("--refimpl-exec", "python 'x"), "quot"),
    "a program that ends at once": (("--refimpl-exec", "false"), "exit status 1"),
    "a program that is none": (("--refimpl-exec", "echo hello"), "hello"),
    "a list that is missing": (("--refimpl", "mykm:Right", "--refimpl-xfail", "gone.toml"), "gone.toml"),
    "a list that is a folder": (("--refimpl", "mykm:Right", "--refimpl-xfail", "."), "directory"),
    **{
        f"a list with {name}": (("--refimpl", "mykm:Right", "--refimpl-xfail", name), f"{name}: ")
        for name in ("stale", "no reason", "blank reason", "no text", "table", "no TOML", "twice", "no UTF-8")
    },
    "a list with 5000 digits": (("--refimpl", "mykm:Right", "--refimpl-xfail", "5000 digits"), "5000 digits: "),
    "a list with too deep brackets": (("--refimpl", "mykm:Right", "--refimpl-xfail", "too deep"), "too deep: "),
    "a module that quits": (("--refimpl", "quits:Right"), "quits"),
    "an adapter that quits": (("--refimpl", "mykm:QuitsAtOnce"), "QuitsAtOnce"),
    "an adapter that raises without words": (("--refimpl", "mykm:SpeechlessAtOnce"), "SpeechlessAtOnce"),
    "an adapter that says nothing": (("--refimpl", "mykm:SaysNothing"), "who am I?"),
    "an adapter whose hello is a method": (("--refimpl", "mykm:SaysItWrongly"), "hello"),
    "an empty adapter": (("--refimpl", ""), "refimpl"),
    "an empty program": (("--refimpl-exec", ""), "empty"),
    "a case of another task": (
        ("--refimpl", "mykm:Right", *TASK, "--refimpl-case", "kmeans.step/plain"),
        "kmeans.step/plain",
    ),
    "a task without an implementation": (TASK, "--refimpl-task"),
    "a case without an implementation": (IRIS, "--refimpl-case"),
    "a list without an implementation": (("--refimpl-xfail", "known"), "--refimpl-xfail"),
    "nothing as a list without an implementation": (("--refimpl-xfail", ""), "--refimpl-xfail"),
}
"""What is wrong -> options, and a word of the sentence."""

RUNS |= {name: words for name, (words, _) in MISUSED.items()}


class Run(NamedTuple):
    """What came of a run of pytest."""

    status: int | str
    text: str

    @property
    def outcomes(self) -> dict[str, int]:
        """As the last line counts them."""
        found = re.findall(
            r"(\d+) (passed|failed|skipped|xfailed|xpassed|errors?|deselected)", self.text.splitlines()[-1]
        )
        return {name: int(count) for count, name in found}

    @property
    def counts(self) -> tuple[int, ...]:
        """executed, applicable, total"""
        (found,) = re.findall(r"^golden cases executed / applicable / total: (\d+) / (\d+) / (\d+)$", self.text, re.M)
        return tuple(map(int, found))

    def failure(self, case_id: str) -> list[str]:
        """The lines that tell of one failure."""
        lines = self.text.splitlines()
        heads = [i for i, line in enumerate(lines) if re.fullmatch(rf"_+ golden case {re.escape(case_id)} _+", line)]
        end = next(i for i in range(heads[0] + 1, len(lines)) if re.fullmatch(r"([_=-])+ .+ \1+", lines[i]))
        return lines[heads[0] + 1 : end]


def environment() -> dict[str, str]:
    """Ours, and no plugin but those that are asked for."""
    path = os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    return {
        **kept,
        "PYTHONPATH": path,
        "PYTHONIOENCODING": "utf-8",
        "COLUMNS": "120",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }


def project(folder: Path, ini: str = INI) -> Path:
    """Somebody's own project."""
    (folder / "mykm.py").write_text(ADAPTERS)
    (folder / "program.py").write_text(PROGRAM)
    (folder / "raises.py").write_text("raise RuntimeError('not today')")
    (folder / "quits.py").write_text("import sys\nsys.exit(0)")
    (folder / "test_own.py").write_text(OWN)
    (folder / "pytest.ini").write_text(textwrap.dedent(ini))
    for name, content in LISTS.items():
        (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def run(folder: Path, *words: str) -> Run:
    """One run of pytest in a process of its own."""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "refimpl", *words],
        cwd=folder,
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Run(done.returncode, done.stdout)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="module")
def runs(folder: Path) -> dict[str, Run]:
    """All runs that need no process of their own."""
    done = subprocess.run(
        [sys.executable, "-c", DRIVER],
        cwd=folder,
        env=environment(),
        input=json.dumps(list(RUNS.values())),
        stdout=subprocess.PIPE,
        encoding="utf-8",
        timeout=240,
        check=False,
    )
    found = [Run(*json.loads(line)) for line in done.stdout.splitlines()]
    assert len(found) == len(RUNS)
    return dict(zip(RUNS, found, strict=True))


def judged(name: str) -> list[Score]:
    """What `verify` says of an adapter."""
    module: Any = types.ModuleType("mykm")
    exec(ADAPTERS, module.__dict__)
    peer: Peer = getattr(module, name)()
    return [score for score, _ in verify(peer, SEEDING)]


def counted(found: list[Score]) -> tuple[int, int, int]:
    applicable = [score for score in found if score.verdict != "unsupported"]
    return sum(score.executed for score in applicable), len(applicable), len(found)


# --- items ------------------------------------------------------------------------------------------


def test_the_plugin_is_found_where_refimpl_is_installed() -> None:
    from importlib.metadata import entry_points

    assert "refimpl.pytest_plugin" in [point.value for point in entry_points(group="pytest11")]


def test_golden_cases_stand_beside_the_tests_of_the_user(runs: dict[str, Run]) -> None:
    assert runs["right"].status == 0
    assert runs["right"].outcomes == {"passed": 2 + len(SEEDING)}
    assert runs["right"].counts == (len(SEEDING),) * 3
    assert runs["everything"].outcomes == {"passed": 2 + len(SEEDING)}
    assert runs["everything"].counts == (len(SEEDING), len(SEEDING), TOTAL)
    assert runs["one case"].outcomes == {"passed": 1, "deselected": 2}
    assert runs["one case"].counts == (1, 1, 1)


@pytest.mark.parametrize("name", ["without"])
def test_without_an_option_nothing_is_added_and_nothing_is_said(name: str, runs: dict[str, Run]) -> None:
    assert runs[name].status == 0
    assert runs[name].outcomes == {"passed": 2}
    assert "golden" not in runs[name].text


@pytest.mark.parametrize("name", CHOSEN)
def test_the_options_of_pytest_choose_among_the_cases(name: str, runs: dict[str, Run]) -> None:
    found = runs[f"collected: {name}"]
    assert found.status == 0
    assert [line for line in found.text.splitlines() if "::" in line] == CHOSEN[name][1]
    assert "golden cases executed" not in found.text


def test_one_case_can_be_deselected(runs: dict[str, Run]) -> None:
    assert runs["deselected"].outcomes == {"passed": 1 + len(SEEDING), "deselected": 1}
    assert runs["deselected"].counts == (len(SEEDING) - 1, len(SEEDING) - 1, len(SEEDING))


def test_what_failed_last_can_be_asked_again(runs: dict[str, Run]) -> None:
    first, again = runs["first failure"], runs["last failed"]
    assert first.outcomes == {"passed": 2, "failed": 1}
    assert again.outcomes["failed"] == 1
    assert "passed" not in again.outcomes
    assert again.failure(SEEDING[0].id) == first.failure(SEEDING[0].id)


@pytest.mark.parametrize("name", ["right", "-k"])
def test_pytest_counts_the_cases_that_it_collects(name: str, runs: dict[str, Run]) -> None:
    assert f"collected {2 + len(SEEDING)} items" in runs[name].text


def test_the_verbose_report_prints_node_ids(runs: dict[str, Run]) -> None:
    assert all(f"refimpl::{case.id} " in runs["mixed"].text for case in SEEDING)


# --- verdicts ---------------------------------------------------------------------------------------


def test_the_summary_counts_as_verify_does(runs: dict[str, Run]) -> None:
    found = judged("Mixed")
    assert {score.verdict for score in found} == {"pass", "fail", "error", "unsupported"}
    assert runs["mixed"].counts == counted(found) == (4, 5, 6)
    assert runs["mixed"].outcomes == {"passed": 2 + 3, "failed": 2, "skipped": 1}
    assert runs["mixed"].status == 1


@pytest.mark.parametrize("case_id", ["kmeans.seeding/squared-distances", "kmeans.seeding/offset-1e8"])
def test_a_failure_tells_verdict_reason_and_command(case_id: str, runs: dict[str, Run], folder: Path) -> None:
    (score,) = [score for score in judged("Mixed") if score.case_id == case_id]
    case = store.find(store.fixtures(), case_id)
    lines = runs["mixed"].failure(case_id)
    assert lines[0] == f"{score.verdict}: {score.detail}"
    assert lines[1] == f"the case: {case.title}. {case.reason}"
    if score.digits:
        assert re.fullmatch(r"digits of agreement / attainable: probabilities \d+\.\d/\d+\.\d", lines[2])
    assert lines[-1] == f"again: pytest --refimpl mykm:Mixed --refimpl-case {case_id}"
    assert not any("Traceback" in line or ".py" in line for line in lines)


def test_the_command_to_reproduce_shows_the_same_failure(runs: dict[str, Run], folder: Path) -> None:
    lines = runs["mixed"].failure("kmeans.seeding/squared-distances")
    program, *words = shlex.split(lines[-1].removeprefix("again: "))
    assert program == "pytest"
    again = run(folder, *words)
    assert again.status == 1
    assert again.outcomes == {"failed": 1, "deselected": 2}
    assert again.failure("kmeans.seeding/squared-distances") == lines


def test_an_answer_that_is_not_offered_is_skipped_with_its_reason(runs: dict[str, Run]) -> None:
    assert re.search(r"^SKIPPED \[1\] .*: too many flowers$", runs["mixed"].text, re.M)


def test_a_task_that_is_not_offered_has_no_items(runs: dict[str, Run]) -> None:
    assert runs["of another task"].outcomes == {"passed": 2}
    assert runs["of another task"].counts == (0, 0, store.count(store.fixtures(), task="kmeans.fit"))


def test_junit_of_pytest_holds_the_cases(runs: dict[str, Run], folder: Path) -> None:
    found = {test.get("name"): test for test in ET.parse(folder / "junit.xml").iter("testcase")}
    assert set(found) >= {case.id for case in SEEDING}
    verdicts = {score.case_id: score.verdict for score in judged("Mixed")}
    for case_id, verdict in verdicts.items():
        assert found[case_id].get("classname") == "refimpl"
        kind = {"pass": [], "unsupported": ["skipped"]}.get(verdict, ["failure"])
        assert [child.tag for child in found[case_id] if child.tag != "properties"] == kind


@pytest.mark.parametrize(
    "name",
    [
        "quits",
        "duck",
        "panics",
        "speechless",
        "empty",
    ],
)
def test_an_adapter_that_raises_anything_at_all_is_an_error_that_counts(name: str, runs: dict[str, Run]) -> None:
    assert runs[name].outcomes == {"failed": 1, "deselected": 2}
    assert runs[name].failure("kmeans.seeding/iris")[0].startswith("error: ")
    assert runs[name].counts == (0, 1, 1)


def test_nothing_that_an_adapter_says_steers_the_terminal(runs: dict[str, Run]) -> None:
    assert runs["odd"].outcomes == {"failed": 1, "deselected": 2}
    lines = runs["odd"].failure("kmeans.seeding/iris")
    assert len(lines) == 3
    assert all(line.isprintable() for line in lines)


def test_an_adapter_may_call_anything_close(runs: dict[str, Run]) -> None:
    assert runs["close"].status == 0
    assert runs["close"].outcomes == {"passed": 1, "deselected": 2}


# --- known deviations -------------------------------------------------------------------------------


def test_a_known_deviation_is_expected_to_fail_for_its_reason(runs: dict[str, Run]) -> None:
    known = runs["known"]
    assert "XFAIL refimpl::kmeans.seeding/iris - we draw by the distance" in known.text.splitlines()
    verdicts = [score.verdict for score in judged("Wrong")]
    others = sum(verdict != "pass" for verdict in verdicts) - 1
    passed = 2 + verdicts.count("pass") - 1
    assert known.outcomes == {"failed": others, "passed": passed, "xfailed": 1, "xpassed": 1}
    assert known.counts == (len(SEEDING),) * 3


@pytest.mark.parametrize("name", ["known", "known, strictly"])
def test_an_unexpected_pass_is_reported(name: str, runs: dict[str, Run]) -> None:
    told = [line for line in runs[name].text.splitlines() if line.startswith("unexpected pass: ")]
    assert told == ["unexpected pass: kmeans.seeding/refuse-index (known as: repaired); take it off the list"]


def test_an_unexpected_pass_fails_where_the_user_is_strict(runs: dict[str, Run]) -> None:
    assert runs["known, strictly"].outcomes["failed"] == runs["known"].outcomes["failed"] + 1
    assert "xpassed" not in runs["known, strictly"].outcomes
    assert "[XPASS(strict)] repaired" in runs["known, strictly"].failure("kmeans.seeding/refuse-index")


def test_a_known_deviation_that_is_not_applicable_is_skipped(runs: dict[str, Run]) -> None:
    assert runs["known, not applicable"].outcomes["skipped"] == 1
    assert "unexpected pass" not in runs["known, not applicable"].text


def test_a_fault_of_ours_is_no_known_deviation(tmp_path: Path) -> None:
    (tmp_path / "broken.py").write_text("import refimpl.oracle.verify as ours\nours.verify = lambda *_: 1 / 0\n")
    known = ("--refimpl-xfail", "known")
    found = run(project(tmp_path), "-p", "broken", "--refimpl", "mykm:Wrong", *IRIS, *known)
    assert found.outcomes == {"failed": 1, "deselected": 2}
    assert "ZeroDivisionError" in found.text


def test_a_list_of_nothing_changes_nothing(runs: dict[str, Run]) -> None:
    assert runs["nothing known"].outcomes == runs["right"].outcomes


# --- misuse -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", MISUSED)
def test_misuse_is_one_sentence_and_the_exit_status_of_pytest(name: str, runs: dict[str, Run]) -> None:
    found = runs[name]
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "Traceback" not in found.text
    assert "INTERNALERROR" not in found.text
    (told,) = [line for line in found.text.splitlines() if line.startswith("ERROR: ")]
    assert MISUSED[name][1].lower() in told.lower()
    assert found.text.rstrip().endswith(told)
    assert " passed" not in found.text


# --- programs ---------------------------------------------------------------------------------------

posix = pytest.mark.skipif(os.name != "posix", reason="programs are judged on POSIX systems only")


def alive(pid: int) -> bool:
    """Whether a process runs; one that nobody has waited for does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    if Path("/proc/self/stat").exists():
        return False
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


def pids(folder: Path) -> list[int]:
    file = folder / "pids"
    return list(map(int, file.read_text().split())) if file.exists() else []


def gone(folder: Path) -> bool:
    """Whether no program and no child of one is left, soon."""
    for _ in range(50):
        if not any(map(alive, pids(folder))):
            return True
        time.sleep(0.1)
    return False


@posix
def test_a_program_that_crashes_costs_its_cases_and_is_gone(runs: dict[str, Run], folder: Path) -> None:
    found = runs["crashes"]
    assert found.status == 1
    assert found.outcomes == {"passed": 1, "failed": len(SEEDING), "deselected": 1}
    assert found.counts == (0, len(SEEDING), len(SEEDING))
    lines = found.failure("kmeans.seeding/iris")
    assert lines[0] == "error: crash: it ended with exit status 3"
    program, *words = shlex.split(lines[-1].removeprefix("again: "))
    assert program == "pytest"
    assert words == ["--refimpl-exec", f"{LEAVES} crashes", "--refimpl-case", "kmeans.seeding/iris"]
    assert len(pids(folder)) >= 2
    assert gone(folder)


@posix
@pytest.mark.parametrize("parallel", [(), ("-p", "xdist.plugin", "-n", "1")], ids=["alone", "with xdist"])
def test_a_program_that_stays_is_ended_with_its_children(parallel: tuple[str, ...], tmp_path: Path) -> None:
    found = run(project(tmp_path), "--refimpl-exec", f"{LEAVES} stays", *TASK, "-k", "refuse", *parallel)
    assert found.outcomes.get("failed", 0) + found.outcomes.get("passed", 0) == 2
    assert found.counts == (2, 2, len(SEEDING))
    assert len(pids(tmp_path)) == (4 if parallel else 2)  # who distributes asks for the introduction too
    assert gone(tmp_path)


@posix
def test_a_program_that_hangs_is_gone_after_an_interruption(tmp_path: Path) -> None:
    words = ["-p", "refimpl", "--refimpl-exec", f"{LEAVES} hangs", *IRIS]
    with subprocess.Popen(
        [sys.executable, "-m", "pytest", *words],
        cwd=project(tmp_path),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
    ) as process:
        for _ in range(300):
            if len(pids(tmp_path)) == 2:
                break
            time.sleep(0.1)
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        text, _ = process.communicate(timeout=60)
    assert process.returncode == pytest.ExitCode.INTERRUPTED
    assert "golden cases executed / applicable / total: 0 / 0 / 1" in text
    assert gone(tmp_path)


# --- other plugins and settings ---------------------------------------------------------------------


def test_with_xdist_everything_is_the_same(runs: dict[str, Run], folder: Path) -> None:
    pytest.importorskip("xdist")
    known = ("--refimpl-xfail", "known")
    found = run(folder, "-p", "xdist.plugin", "-n", "2", "--refimpl", "mykm:Wrong", *TASK, *known, "-rxX")
    alone = runs["known"]
    assert found.status == alone.status
    assert found.outcomes == alone.outcomes
    assert found.counts == alone.counts
    told = "unexpected pass: kmeans.seeding/refuse-index (known as: repaired); take it off the list"
    assert told in found.text.splitlines()
    assert "XFAIL refimpl::kmeans.seeding/iris - we draw by the distance" in found.text.splitlines()
    case_id = "kmeans.seeding/two-chosen"
    assert found.failure(case_id)[1:] == alone.failure(case_id)


@pytest.mark.parametrize(
    "words",
    [("--refimpl", "mykm:Right", "--refimpl-case", "kmeans.seeding/magic"), ("--refimpl-exec", "false")],
    ids=["an unknown case", "a program that ends at once"],
)
def test_with_xdist_misuse_is_one_sentence_too(words: tuple[str, ...], folder: Path) -> None:
    pytest.importorskip("xdist")
    found = run(folder, "-p", "xdist.plugin", "-n", "1", *words)
    assert found.status == pytest.ExitCode.USAGE_ERROR
    assert "INTERNALERROR" not in found.text


def test_with_xdist_an_adapter_may_say_anything(folder: Path) -> None:
    pytest.importorskip("xdist")
    found = run(folder, "-p", "xdist.plugin", "-n", "1", "--refimpl", "mykm:Odd", *IRIS)
    assert found.outcomes == {"failed": 1}
    assert found.counts == (0, 1, 1)


def test_the_plugins_and_the_strictness_of_others_do_not_break_it(tmp_path: Path) -> None:
    ini = """
        [pytest]
        markers = unit: quick
        addopts = --strict-markers --strict-config -W error --refimpl mykm:Right --refimpl-task kmeans.seeding
        filterwarnings = error
        xfail_strict = true
        """
    project(tmp_path, ini)
    (tmp_path / "test_property.py").write_text(
        "from hypothesis import given, strategies as st\n@given(st.integers())\ndef test_property(x): pass\n"
    )
    told = [sys.executable, "-W", "error", "-m", "pytest"]
    everything = {name: value for name, value in environment().items() if not name.startswith("PYTEST_")}
    done = subprocess.run(
        told, cwd=tmp_path, env=everything, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False
    )
    found = Run(done.returncode, done.stdout)
    assert found.status == 0, found.text
    assert found.outcomes == {"passed": 3 + len(SEEDING)}
    assert found.counts == (len(SEEDING),) * 3


# --- without an option ------------------------------------------------------------------------------


def test_without_an_option_nothing_of_ours_is_imported_but_the_plugin(folder: Path) -> None:
    program = textwrap.dedent("""
        import sys
        import pytest
        status = pytest.main(["-q", "-p", "refimpl"])
        print(sorted(name for name in sys.modules if name.partition(".")[0] == "refimpl"))
        print(sorted({"click", "msgspec", "mpmath", "numpy", "rich"} & set(sys.modules)))
        sys.exit(status)
    """)
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=folder, env=environment(), capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    ours = ["refimpl", "refimpl.errors", "refimpl.oracle", "refimpl.oracle.visible", "refimpl.pytest_plugin"]
    assert done.stdout.splitlines()[-2:] == [str(ours), "[]"]
