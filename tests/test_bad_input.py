"""Bad input of every sort, as case files and as arguments of the rooms: refused in one sentence that names the rule.

A case file is given to `refimpl certify` and to `refimpl show` in a process of its own, whose address space is
bounded. Whatever the file holds, the process ends with 2, or with 1 where a readable certificate is merely refuted; it
prints one sentence that names the file, and never a traceback.
"""

import contextlib
import json
import math
import os
import resource
import subprocess
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner

import refimpl
from refimpl import cli, em, kmeans, kmeans_online, kmeans_starts, moments, two_coins
from refimpl.errors import KINDS, BadInput, EmptyData, KTooLarge, NoMass, RefimplError, Undefined
from refimpl.numbers import EXACT, FLOAT, ball, parse
from refimpl.oracle import case as cases, recheck, store
from refimpl.oracle.case import Case
from refimpl.oracle.solve import solve
from refimpl.oracle.tasks import TASKS
from refimpl.two_coins import Rounds

MEMORY = 2**30
"""Bytes of address space that a process may have."""

PATIENCE = 20
"""Seconds of processor time after which a process is killed; the slowest of these needs a second."""

LONGEST_SENTENCE = 1500


def run(*arguments: object, patience: int = PATIENCE) -> subprocess.CompletedProcess[str]:
    def bounded() -> None:
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
        resource.setrlimit(resource.RLIMIT_CPU, (patience, patience))

    return subprocess.run(
        [sys.executable, "-m", "refimpl", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        errors="backslashreplace",
        check=False,
        preexec_fn=bounded,  # the limits are for the child alone
        env={**os.environ, "PYTHONPATH": str(Path(refimpl.__file__).parent.parent), "OPENBLAS_NUM_THREADS": "1"},
    )


def document(identity: str) -> dict[str, Any]:
    return json.loads((store.fixtures() / "cases" / f"{identity}.json").read_text(encoding="utf-8"))


def changed(identity: str, **fields: Any) -> dict[str, Any]:
    """The document of a case; `input__points` is a field of a field, and None removes it."""
    tree = document(identity)
    for way, value in fields.items():
        *outer, name = way.split("__")
        place = tree
        for key in outer:
            place = place[key]
        if value is None:
            del place[name]
        else:
            place[name] = value
    return tree


def signed(tree: dict[str, Any]) -> bytes:
    """The file of a document that can be read, with its checksum."""
    return cases.encode(msgspec.convert(tree, Case))


def one_sentence(done: subprocess.CompletedProcess[str], path: Path, *fragments: str) -> None:
    """What is printed is one line that names the file and has these fragments in it."""
    assert "Traceback" not in done.stdout + done.stderr
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert len(lines) == 1, lines[-5:]
    assert str(path) in lines[0]
    for fragment in fragments:
        assert fragment in lines[0]
    assert len(lines[0]) < LONGEST_SENTENCE


# --- files that are no case -------------------------------------------------------------------------

GOOD = json.dumps(document("kmeans.step/plain")).encode()


def replaced(old: str, new: str, identity: str = "kmeans.step/plain", **fields: Any) -> bytes:
    text = json.dumps(changed(identity, **fields))
    assert old in text
    return text.replace(old, new, 1).encode()


UNREADABLE: dict[str, tuple[bytes, str]] = {
    "empty": (b"", "not a JSON document"),
    "blank": (b" \n", "not a JSON document"),
    "truncated": (GOOD[:-40], "not a JSON document"),
    "half a number": (GOOD[:200], "not a JSON document"),
    "trailing text": (GOOD + b"x", "not a JSON document"),
    "two documents": (GOOD + GOOD, "not a JSON document"),
    "single quotes": (GOOD.replace(b'"', b"'"), "not a JSON document"),
    "binary": (bytes(range(256)) * 10, "not a JSON document"),
    "zeros": (bytes(1000), "not a JSON document"),
    "latin-1": (GOOD.replace(b"One step", "Öne stép".encode("latin-1")), "not a JSON document"),
    "utf-16": (GOOD.decode().encode("utf-16"), "not a JSON document"),
    "half a surrogate pair": (GOOD.replace(b"One step", rb"\ud800"), "not a JSON document"),
    "null": (b"null", "`object`"),
    "list": (b"[]", "`object`"),
    "string": (b'"x"', "`object`"),
    "number": (b"1", "`object`"),
    "deep lists": (b"[" * 100_000, "file"),
    "deep lists in an input": (
        replaced('"@"', "[" * 100_000 + "]" * 100_000, input__points="@"),
        "file",
    ),
    "deep objects": (b'{"a":' * 100_000, "file"),
    "deep objects in an input": (replaced('"@"', '{"a":' * 50_000 + "1" + "}" * 50_000, input__points="@"), "file"),
    "unknown field": (json.dumps(changed("kmeans.step/plain", remark="x")).encode(), "remark"),
    "unknown field of the certificate": (
        json.dumps(changed("kmeans.step/plain", certificate__remark="x")).encode(),
        "remark",
    ),
    "unknown method": (json.dumps(changed("kmeans.step/plain", certificate__method="faith")).encode(), "method"),
    "no id": (json.dumps(changed("kmeans.step/plain", id=None)).encode(), "id"),
    "id without a task": (json.dumps(changed("kmeans.step/plain", id="plain")).encode(), "id"),
    "no input": (json.dumps(changed("kmeans.step/plain", input=None)).encode(), "input"),
    "no certificate": (json.dumps(changed("kmeans.step/plain", certificate=None)).encode(), "certificate"),
    "certificate digits 10^9": (
        json.dumps(changed("coins.run/lecture-1", certificate__digits=10**9)).encode(),
        "certificate.digits",
    ),
    "certificate digits 0": (
        json.dumps(changed("coins.run/lecture-1", certificate__digits=0)).encode(),
        "certificate.digits",
    ),
    "coarse digits 10^9": (
        json.dumps(changed("coins.fixed_point/lecture", certificate__coarse=10**9)).encode(),
        "certificate.coarse",
    ),
    "JSON number for a coordinate": (replaced('"@"', "0.5", input__points=[["@"]] * 5), "input"),
    "NaN": (replaced('"@"', "NaN", input__points=[["@"]] * 5), "JSON"),
    "Infinity": (replaced('"@"', "Infinity", input__points=[["@"]] * 5), "JSON"),
    "truth value for a coordinate": (replaced('"@"', "true", input__points=[["@"]] * 5), "input"),
    "5000-digit integer": (replaced('"@"', "9" * 5000, input__points=[["@"]] * 5), "input"),
    "1e400": (replaced('"@"', "1e400", input__points=[["@"]] * 5), "input"),
    "1e999999999": (replaced('"@"', "1e999999999", input__points=[["@"]] * 5), "input"),
    "string for a tag": (json.dumps(changed("kmeans.step/plain", tags="tie")).encode(), "tags"),
}


BATCH = 8
"""So many files are given to one process."""


@pytest.mark.parametrize("first", range(0, len(UNREADABLE), BATCH))
def test_files_that_are_no_cases_are_refused_in_one_sentence_each(first: int, tmp_path: Path) -> None:
    names = list(UNREADABLE)[first : first + BATCH]
    paths = []
    for number, name in enumerate(names):
        paths.append(tmp_path / f"file-{number}.json")
        paths[-1].write_bytes(UNREADABLE[name][0])
    done = run("certify", *paths)
    assert done.returncode == 2
    assert "Traceback" not in done.stdout + done.stderr
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert len(lines) == len(paths), lines
    for line, path, name in zip(lines, paths, names, strict=True):
        assert str(path) in line, name
        assert UNREADABLE[name][1] in line, name
        assert len(line) < LONGEST_SENTENCE


@pytest.mark.parametrize("what", [what for what in UNREADABLE if "10^9" not in what])  # these in bounded memory only
def test_a_file_that_is_no_case_is_not_shown(what: str, tmp_path: Path) -> None:
    content, fragment = UNREADABLE[what]
    path = tmp_path / "file.json"
    path.write_bytes(content)
    result = CliRunner().invoke(cli.commands, ["show", str(path)])
    assert isinstance(result.exception, BadInput)
    assert str(path) in str(result.exception)
    assert fragment in str(result.exception)
    assert result.output == ""


@pytest.mark.parametrize(
    "what", ["truncated", "deep lists in an input", "binary", "certificate digits 10^9", "coarse digits 10^9"]
)
def test_a_file_that_is_no_case_ends_show_with_one_sentence(what: str, tmp_path: Path) -> None:
    content, fragment = UNREADABLE[what]
    path = tmp_path / "file.json"
    path.write_bytes(content)
    done = run("show", path)
    assert done.returncode == 2
    one_sentence(done, path, fragment)


SAME_KEY_TWICE = {
    "the same value": GOOD[:-1] + b', "task": "kmeans.step"}',
    "a wrong value first": b'{"title": "Ten steps", ' + GOOD[1:],
    "a wrong number first": GOOD.replace(b'"distortion": ', b'"distortion": "7", "distortion": ', 1),
}


@pytest.mark.parametrize("what", SAME_KEY_TWICE)
def test_a_file_with_the_same_key_twice_is_refused(what: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(SAME_KEY_TWICE[what])
    done = run("certify", path)
    assert done.returncode in (1, 2)
    one_sentence(done, path)


@pytest.mark.parametrize("command", ["certify", "show"])
def test_an_enormous_file_is_refused_unread(command: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    with path.open("wb") as file:
        file.truncate(16 * 2**30)  # a hole: it has no blocks on the disk
    done = run(command, path)
    assert done.returncode == 2
    one_sentence(done, path, str(16 * 2**30), str(cases.LARGEST_FILE))


@pytest.mark.parametrize("command", ["certify", "show"])
def test_a_large_file_of_nothing_but_brackets_is_refused(command: str, tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(b"[" * 30_000_000)
    done = run(command, path)
    assert done.returncode == 2
    one_sentence(done, path)


def test_a_folder_where_a_file_is_expected_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "folder.json"
    path.mkdir()
    for command in ("certify", "show"):
        done = run(command, path)
        assert done.returncode == 2
        one_sentence(done, path)


def test_a_file_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    done = run("show", tmp_path / "none.json")
    assert done.returncode == 2
    one_sentence(done, tmp_path / "none.json")


def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(GOOD)
    path.chmod(0)
    if os.access(path, os.R_OK):
        pytest.skip("whoever runs these tests may read everything")
    for command in ("certify", "show"):
        done = run(command, path)
        assert done.returncode == 2
        one_sentence(done, path)


def test_a_file_that_vanishes_or_fails_while_it_is_read_is_bad_input(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    path = tmp_path / "file.json"
    path.write_bytes(GOOD)
    for error in (PermissionError(13, "Permission denied"), OSError(5, "Input/output error")):

        def failing(self: Path, error: OSError = error) -> bytes:
            raise error

        monkeypatch.setattr(Path, "read_bytes", failing)
        with pytest.raises(BadInput, match=str(error.strerror)) as raised:
            cases.read(path)
        monkeypatch.undo()
        assert str(path) in str(raised.value)


def test_a_device_without_end_is_refused_in_bounded_memory() -> None:
    path = Path("/dev/zero")
    if not path.exists():
        pytest.skip("there is no /dev/zero here")
    done = run("certify", path)
    assert done.returncode == 2
    one_sentence(done, path)


# --- files that are cases, but wrong ----------------------------------------------------------------

LONG = "9" * 3000

WRONG: dict[str, tuple[dict[str, Any], str]] = {
    "ragged rows": (changed("kmeans.step/plain", input__points=[["0"], ["1", "2"], ["1"], ["1"], ["1"]]), ""),
    "no points": (changed("kmeans.step/plain", input__points=[]), ""),
    "an empty row": (changed("kmeans.step/plain", input__points=[[]] * 5), ""),
    "NaN as text": (changed("kmeans.step/plain", input__points=[["nan"]] * 5), "points[0][0]"),
    "infinity as text": (changed("kmeans.step/plain", input__points=[["inf"]] * 5), "points[0][0]"),
    "a word": (changed("kmeans.step/plain", input__points=[["x"]] * 5), "points[0][0]"),
    "1e999999999 as text": (changed("kmeans.step/plain", input__points=[["1e999999999"]] * 5), "points[0][0]"),
    "5000 digits as text": (changed("kmeans.step/plain", input__points=[["9" * 5000]] * 5), "points[0][0]"),
    "a row for points": (changed("kmeans.step/plain", input__points=["0", "1"]), "points"),
    "an unknown input": (changed("kmeans.step/plain", input__weights=["1"]), "weights"),
    "an unknown parameter": (changed("kmeans.step/plain", params__k="2"), "k"),
    "no centers": (changed("kmeans.step/plain", input__centers=[]), ""),
    "no field centers": (changed("kmeans.step/plain", input__centers=None), "centers"),
    "K = 0": (changed("kmeans.optimum/rectangle", params__k="0"), ""),
    "K = -3": (changed("kmeans.optimum/rectangle", params__k=-3), ""),
    "K > N": (changed("kmeans.optimum/rectangle", params__k="9"), ""),
    "K = 1/2": (changed("kmeans.optimum/rectangle", params__k="1/2"), "k is"),
    "no parameter k": (changed("kmeans.optimum/rectangle", params__k=None), "k"),
    "an unknown task": (changed("kmeans.step/plain", task="kmeans.fly", id="kmeans.fly/plain"), "kmeans.fit"),
    "a task in capitals": (changed("kmeans.step/plain", task="KMEANS"), "KMEANS"),
    "fewer heads than tails": (changed("coins.step/lecture", input__heads=["1"]), "heads"),
    "a probability of 3/2": (changed("coins.step/lecture", input__theta=["3/2", "1/2"]), "theta[0]"),
    "a probability of -1": (changed("coins.step/lecture", input__theta=["1/2", "-1"]), "theta[1]"),
    "three probabilities": (changed("coins.step/lecture", input__theta=["1/2", "1/3", "1/4"]), "theta"),
    "negative heads": (changed("coins.step/lecture", input__heads=["-1"] * 5), "heads[0]"),
    "half a head": (changed("coins.step/lecture", input__heads=["1/2"] * 5), "heads[0]"),
    "no rounds": (changed("coins.step/lecture", input__heads=[], input__tails=[]), "heads"),
    "5 10^9 tosses": (changed("coins.step/lecture", input__heads=["1000000000"] * 5), "tosses"),
    "heads of 3000 digits": (changed("coins.step/lecture", input__heads=[LONG] * 5), "at most 18 digits"),
    "no field heads": (changed("coins.step/lecture", input__heads=None), "heads"),
    "iterations of 3000 digits": (changed("coins.run/lecture-1", params__iterations=LONG), ""),
    "iterations 1e20000": (changed("kmeans.run/one-iteration", params__iterations="1e20000"), ""),
    "iterations -1": (changed("coins.run/lecture-1", params__iterations=-1), ""),
    "ddof 1e20000": (changed("moments.covariance/lecture-table", params__ddof="1e20000"), ""),
    "ddof = N": (changed("moments.covariance/lecture-table", params__ddof="6"), ""),
    "no field ddof": (changed("moments.covariance/lecture-table", params__ddof=None), "ddof"),
    "no field points": (changed("moments.covariance/lecture-table", input__points=None), "points"),
    "no covariance": (changed("moments.covariance/lecture-table", expected__covariance=None), "covariance"),
    "a covariance of one entry": (changed("moments.covariance/lecture-table", expected__covariance=[["1"]]), ""),
    "no responsibilities": (changed("coins.step/lecture", expected__responsibilities=None), "responsibilities"),
    "a rate that is a word": (changed("kmeans.online/constant-rate", params__rate="fast"), "rate"),
    "a rate of 3/2": (changed("kmeans.online/constant-rate", params__rate="3/2"), ""),
    "an index beyond the points": (changed("kmeans.seeding/two-chosen", params__chosen=["99"]), ""),
    "a negative index": (changed("kmeans.seeding/two-chosen", params__chosen=["-1"]), ""),
    "nothing chosen": (changed("kmeans.seeding/two-chosen", params__chosen=[]), ""),
    "a label beyond the centers": (changed("kmeans.update/plain", input__labels=["7"] * 4), ""),
    "labels of 10^15": (changed("kmeans.update/plain", input__labels=[10**15] * 4), ""),
    "expected labels of 10^15": (changed("kmeans.optimum/rectangle", expected__labels=[10**15] * 4), "labels"),
    "many points in the plane": (
        changed("kmeans.optimum/iris-petal-3", input__points=[[str(i), "0"] for i in range(150)]),
        "",
    ),
    "no states": (changed("coins.run/lecture-1", certificate__states=[]), ""),
    "states of one coordinate": (
        changed("coins.run/lecture-1", certificate__states=[{"center": ["1/2"], "radius": "0"}] * 2),
        "",
    ),
    "a negative radius": (
        changed("coins.run/lecture-1", certificate__states=[{"center": ["3/5", "1/2"], "radius": "-1"}] * 2),
        "",
    ),
    "a state beyond 1": (
        changed("coins.run/lecture-1", certificate__states=[{"center": ["3/5", "7"], "radius": "0"}] * 2),
        "",
    ),
    "no fixed states": (changed("coins.fixed_point/lecture", certificate__states=[]), ""),
    "no standing states": (changed("coins.fixed_point/saddle", certificate__states=[]), ""),
    "a singular basis": (
        changed("coins.fixed_point/lecture", certificate__basin__basis=[["1", "1"], ["1", "1"]]),
        "",
    ),
    "a basis of one column": (changed("coins.fixed_point/lecture", certificate__basin__basis=[["1"], ["1"]]), ""),
    "a negative basin": (changed("coins.fixed_point/lecture", certificate__basin__radius="-1"), ""),
    "a box radius of 0": (changed("coins.fixed_point/lecture", certificate__box__radius="0"), ""),
    "no paths": (changed("kmeans.step/plain", certificate__paths=[]), ""),
    "a path without steps": (changed("kmeans.step/plain", certificate__paths=[[]]), ""),
    "a certificate of another task": (changed("coins.step/lecture", certificate={"method": "identities"}), ""),
    "expected and refused": (changed("kmeans.step/plain", refused="bad-input"), ""),
    "neither expected nor refused": (changed("kmeans.step/plain", expected=None), ""),
    "an unknown kind of refusal": (changed("kmeans.step/refuse-no-centers", refused="mood"), ""),
    "a refusal of legal input": (changed("kmeans.step/refuse-no-centers", input__centers=[["0"]]), ""),
    "no attainable digits": (changed("kmeans.step/plain", attainable=None), ""),
}
"""Documents that can be read as cases and are wrong, and what the sentence must name."""


@pytest.mark.parametrize("first", range(0, len(WRONG), BATCH))
def test_a_case_that_is_wrong_is_told_so_by_certify_in_one_sentence(first: int, tmp_path: Path) -> None:
    names = list(WRONG)[first : first + BATCH]
    paths = []
    for number, name in enumerate(names):
        paths.append(tmp_path / f"wrong-{number}.json")
        paths[-1].write_bytes(signed(WRONG[name][0]))
    done = run("certify", *paths)
    assert done.returncode in (1, 2)
    assert "Traceback" not in done.stdout + done.stderr
    lines = (done.stdout + done.stderr).strip().splitlines()
    assert len(lines) == len(paths), lines
    for line, path, name in zip(lines, paths, names, strict=True):
        assert str(path) in line, name
        assert WRONG[name][1] in line, name


@pytest.mark.parametrize("name", WRONG)
def test_a_case_that_is_wrong_is_an_error_of_the_family(name: str) -> None:
    with pytest.raises(RefimplError) as raised:
        recheck.recheck(msgspec.json.decode(signed(WRONG[name][0]), type=Case))
    assert raised.value.kind in KINDS
    assert str(raised.value).strip() == str(raised.value) != ""
    assert "\n" not in str(raised.value)


SHOWN_ONLY = (
    "an empty row",
    "no field heads",
    "no field ddof",
    "no field points",
    "no covariance",
    "a covariance of one entry",
    "states of one coordinate",
    "fewer heads than tails",
    "a probability of 3/2",
    "negative heads",
    "5 10^9 tosses",
    "a negative radius",
)
"""Wrong cases whose tables `show` cannot make."""


@pytest.mark.parametrize("name", SHOWN_ONLY)
def test_show_names_the_file_and_the_rule_where_it_cannot_print_a_case(name: str, tmp_path: Path) -> None:
    path = tmp_path / "wrong.json"
    path.write_bytes(signed(WRONG[name][0]))
    done = run("show", path)
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    (sentence,) = done.stderr.strip().splitlines()
    assert str(path) in sentence
    assert WRONG[name][1] in sentence


@pytest.mark.parametrize("name", [name for name in WRONG if name not in SHOWN_ONLY])
def test_show_prints_what_it_can_or_refuses_in_one_sentence(name: str) -> None:
    from refimpl.oracle.show import show

    case = msgspec.json.decode(signed(WRONG[name][0]), type=Case)
    pieces: list[object] = []
    with contextlib.suppress(RefimplError):
        pieces.extend(show(case))  # what came before the error is kept
    assert len(pieces) > 3


# --- cases that ask for too much --------------------------------------------------------------------

NEVER_ENDS = {
    "K = 10^9": changed("kmeans.optimum/rectangle", params__k=10**9),
    "K of 300 digits": changed("kmeans.optimum/rectangle", params__k="9" * 300),
    "a long theta to a high power": changed(
        "coins.step/lecture", input__heads=["19000"] * 5, input__theta=["1/" + "7" * 3900, "1/2"]
    ),
    "theta = 1e-20000 to a high power": changed(
        "coins.step/lecture", input__heads=["19000"] * 5, input__theta=["1e-20000", "1/2"]
    ),
    "a refusal that takes for ever to be refuted": changed(
        "kmeans.fit/refuse-empty",
        input__points=[[f"1/{i + 1}"] for i in range(20000)],
        input__centers=[[f"1/{i + 2}"] for i in range(20000)],
    ),
}


@pytest.mark.parametrize("what", NEVER_ENDS)
def test_a_case_that_asks_for_too_much_is_refused_in_bounded_time_and_memory(what: str, tmp_path: Path) -> None:
    path = tmp_path / "greedy.json"
    path.write_bytes(signed(NEVER_ENDS[what]))
    done = run("certify", path, patience=4)
    assert done.returncode in (1, 2)
    one_sentence(done, path)


# --- the solvers and the rooms ----------------------------------------------------------------------

REFUSED: dict[str, tuple[str, dict[str, Any], dict[str, Any], str]] = {
    "ragged": ("kmeans.step", {"points": [["0"], ["1", "2"]], "centers": [["0"]]}, {}, "bad-input"),
    "no points": ("kmeans.step", {"points": [], "centers": [["0"]]}, {}, "empty-data"),
    "no columns": ("kmeans.step", {"points": [[]], "centers": [[]]}, {}, "bad-input"),
    "nan": ("kmeans.assign", {"points": [["nan"]], "centers": [["0"]]}, {}, "bad-input"),
    "dimension": ("kmeans.assign", {"points": [["0", "1"]], "centers": [["0"]]}, {}, "bad-input"),
    "k 0": ("kmeans.optimum", {"points": [["0"]]}, {"k": 0}, "bad-input"),
    "k huge": ("kmeans.optimum", {"points": [["0"]]}, {"k": 10**9}, "k-too-large"),
    "k centers": ("kmeans.run", {"points": [["0"]], "centers": [["0"], ["1"]]}, {"iterations": 1}, "k-too-large"),
    "iterations": ("kmeans.run", {"points": [["0"]], "centers": [["0"]]}, {"iterations": 10**9}, "bad-input"),
    "negative": ("kmeans.run", {"points": [["0"]], "centers": [["0"]]}, {"iterations": -1}, "bad-input"),
    "labels": ("kmeans.update", {"points": [["0"]], "labels": [1], "centers": [["0"]]}, {}, "bad-input"),
    "length": ("kmeans.update", {"points": [["0"]], "labels": [], "centers": [["0"]]}, {}, "bad-input"),
    "rate": ("kmeans.online", {"points": [["0"]], "centers": [["0"]]}, {"rate": "-1/2"}, "bad-input"),
    "chosen": ("kmeans.seeding", {"points": [["0"], ["1"]]}, {"chosen": [-1]}, "bad-input"),
    "same": ("kmeans.seeding", {"points": [["1"], ["1"]]}, {"chosen": [0]}, "undefined"),
    "ddof": ("moments.covariance", {"points": [["0"], ["1"]]}, {"ddof": 2}, "bad-input"),
    "ddof -1": ("moments.covariance", {"points": [["0"], ["1"]]}, {"ddof": -1}, "bad-input"),
    "theta": ("coins.step", {"heads": [1], "tails": [1], "theta": ["2", "0"]}, {}, "bad-input"),
    "one theta": ("coins.step", {"heads": [1], "tails": [1], "theta": ["1/2"]}, {}, "bad-input"),
    "impossible": ("coins.step", {"heads": [1], "tails": [1], "theta": ["0", "1"]}, {}, "no-mass"),
    "impossible run": (
        "coins.run",
        {"heads": [1], "tails": [1], "theta": ["0", "1"]},
        {"iterations": 2},
        "no-mass",
    ),
    "impossible limit": ("coins.fixed_point", {"heads": [1], "tails": [1], "theta": ["0", "1"]}, {}, "no-mass"),
    "lengths": ("coins.step", {"heads": [1], "tails": [1, 2], "theta": ["1/2", "1/2"]}, {}, "bad-input"),
    "counts": ("coins.step", {"heads": [-1], "tails": [1], "theta": ["1/2", "1/2"]}, {}, "bad-input"),
    "rounds": ("coins.step", {"heads": [], "tails": [], "theta": ["1/2", "1/2"]}, {}, "empty-data"),
    "tosses": ("coins.run", {"heads": [10**12], "tails": [1], "theta": ["1/2", "1/3"]}, {"iterations": 1}, "bad-input"),
    "unknown field": ("kmeans.fit", {"points": [["0"]], "centers": [["0"]], "x": "1"}, {}, "bad-input"),
    "unknown parameter": ("kmeans.fit", {"points": [["0"]], "centers": [["0"]]}, {"x": "1"}, "bad-input"),
    "missing": ("kmeans.fit", {"points": [["0"]]}, {}, "bad-input"),
    "number": ("kmeans.fit", {"points": [[0.5]], "centers": [["0"]]}, {}, "bad-input"),
    "task": ("kmeans.fly", {}, {}, "bad-input"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_the_solvers_refuse_bad_input_by_its_kind(what: str) -> None:
    task, given, params, kind = REFUSED[what]
    with pytest.raises(RefimplError) as raised:
        solve(task, given, params)
    assert raised.value.kind == kind
    assert "\n" not in str(raised.value)


@pytest.mark.parametrize("task", TASKS)
def test_every_field_of_every_task_is_required_and_named_when_it_is_missing(task: str) -> None:
    """But for parameters that have a default, which are named when they are of another type."""
    tree = next(
        found
        for path in store.case_files(store.fixtures())
        if path.parent.name == task and "expected" in (found := json.loads(path.read_text(encoding="utf-8")))
    )
    defaults = {field.name for field in msgspec.structs.fields(TASKS[task].params) if not field.required}
    assert defaults <= {"covariance_type", "regularisation"}
    for part in ("input", "params"):
        for name in {**tree[part], **dict.fromkeys(defaults if part == "params" else ())}:
            fewer = {**tree, part: {key: value for key, value in tree[part].items() if key != name}}
            if name not in defaults:
                with pytest.raises(BadInput, match=name):
                    solve(task, fewer["input"], fewer["params"])
            wrong = {**tree, part: {**tree[part], name: {"a": 1}}}
            with pytest.raises(BadInput, match=name):
                solve(task, wrong["input"], wrong["params"])


Q = Fraction

ROOMS: dict[str, tuple[Callable[[], object], type[Exception], str]] = {
    "assign without points": (lambda: kmeans.assign([], [[Q(0)]]), EmptyData, "points"),
    "assign without centers": (lambda: kmeans.assign([[Q(0)]], []), EmptyData, "centers"),
    "assign without columns": (lambda: kmeans.assign([[]], [[]]), BadInput, "points[0]"),
    "assign ragged": (lambda: kmeans.assign([[Q(0)], [Q(1), Q(2)]], [[Q(0)]]), BadInput, "points[1]"),
    "assign ragged centers": (lambda: kmeans.assign([[Q(0)]], [[Q(0)], []]), BadInput, "centers[1]"),
    "assign another dimension": (lambda: kmeans.assign([[Q(0)]], [[Q(0), Q(1)]]), BadInput, "columns"),
    "assign nan": (lambda: kmeans.assign([[0.0], [math.nan]], [[0.0]]), BadInput, "points[1][0]"),
    "assign infinity": (lambda: kmeans.assign([[0.0]], [[math.inf]]), BadInput, "centers[0][0]"),
    "start K > N": (lambda: kmeans.start([[Q(0)]], [[Q(0)], [Q(1)]]), KTooLarge, "2 centers"),
    "fit K > N": (lambda: kmeans.fit([[Q(0)]], [[Q(0)], [Q(1)]]), KTooLarge, "2 centers"),
    "fit without points": (lambda: kmeans.fit([], [[Q(0)]]), EmptyData, "points"),
    "update label": (lambda: kmeans.update([[Q(0)]], [1], [[Q(0)]]), BadInput, "labels[0]"),
    "update negative label": (lambda: kmeans.update([[Q(0)]], [-1], [[Q(0)]]), BadInput, "labels[0]"),
    "update length": (lambda: kmeans.update([[Q(0)]], [0, 0], [[Q(0)]]), BadInput, "2 labels"),
    "distortion label": (lambda: kmeans.distortion([[Q(0)]], [1], [[Q(0)]]), BadInput, "labels[0]"),
    "k = 0": (lambda: kmeans.check_k(0, 3), BadInput, "k is 0"),
    "k > n": (lambda: kmeans.check_k(4, 3), KTooLarge, "k is 4"),
    "online rates": (lambda: list(kmeans_online.trace([[Q(0)]], [[Q(0)]], [])), BadInput, "0 rates"),
    "online ragged": (lambda: list(kmeans_online.trace([[Q(0)], []], [[Q(0)]])), BadInput, "points[1]"),
    "seeding nothing": (lambda: kmeans_starts.seeding([[Q(0)]], []), BadInput, "chosen"),
    "seeding index": (lambda: kmeans_starts.seeding([[Q(0)]], [1]), BadInput, "chosen[0]"),
    "seeding equal": (lambda: kmeans_starts.seeding([[Q(0)], [Q(0)]], [0]), Undefined, "coincides"),
    "restarts": (lambda: kmeans_starts.restarts([[Q(0)]], []), BadInput, "starts"),
    "starts k": (lambda: kmeans_starts.seeded_starts([[Q(0)]], 2, seed=1, count=1), KTooLarge, "k is 2"),
    "mean of nothing": (lambda: moments.mean([]), EmptyData, "empty"),
    "covariance lengths": (lambda: moments.covariance([Q(1)], [], ddof=0), BadInput, "0 observations"),
    "covariance ddof": (lambda: moments.covariance([Q(1)], [Q(1)], ddof=1), BadInput, "ddof is 1"),
    "covariance ddof -1": (lambda: moments.covariance([Q(1)], [Q(1)], ddof=-1), BadInput, "ddof is -1"),
    "covariance of nothing": (lambda: moments.covariance([], [], ddof=0), EmptyData, "empty"),
    "matrix ragged": (lambda: moments.covariance_matrix([[Q(1)], []], ddof=0), BadInput, "points[1]"),
    "correlation constant": (lambda: moments.correlation([Q(1)] * 2, [Q(1), Q(2)], EXACT), Undefined, "constant"),
    "rounds of nothing": (lambda: Rounds([], []), EmptyData, "heads"),
    "rounds lengths": (lambda: Rounds([1], [1, 2]), BadInput, "tails has 2"),
    "rounds negative": (lambda: Rounds([1], [-1]), BadInput, "tails[0]"),
    "theta above 1": (lambda: two_coins.e_step(Rounds([1], [1]), (Q(3, 2), Q(1))), BadInput, "theta[0]"),
    "theta below 0": (lambda: two_coins.e_step(Rounds([1], [1]), (Q(1), Q(-1))), BadInput, "theta[1]"),
    "theta nan": (lambda: two_coins.e_step(Rounds([1], [1]), (math.nan, 0.5)), BadInput, "theta[0]"),
    "theta above 1, ball": (lambda: two_coins.check((ball(30)("3/2"), ball(30)(0))), BadInput, "theta[0]"),
    "impossible": (lambda: two_coins.e_step(Rounds([1], [1]), (Q(0), Q(1))), NoMass, "round 0"),
    "impossible likelihood": (
        lambda: two_coins.log_likelihood(Rounds([1], [1]), (0.0, 1.0), FLOAT),
        NoMass,
        "round 0",
    ),
    "score on the border": (lambda: two_coins.score(Rounds([1], [1]), (Q(0), Q(1, 2))), Undefined, "theta_A"),
    "number nan": (lambda: EXACT(math.nan), BadInput, "nan"),
    "number infinity": (lambda: ball(30)(math.inf), BadInput, "inf"),
    "number too large for floats": (lambda: FLOAT("1e400"), BadInput, "binary64"),
    "number of a word": (lambda: FLOAT("x"), BadInput, "'x'"),
    "exponent": (lambda: parse("1e999999999"), BadInput, "exponent"),
    "long": (lambda: parse("9" * 5000), BadInput, "5000 characters"),
    "zero denominator": (lambda: parse("1/0"), BadInput, "zero"),
    "not text": (lambda: parse(5), BadInput, "int"),  # type: ignore[arg-type]
}


@pytest.mark.parametrize("what", ROOMS)
def test_the_rooms_refuse_bad_input_in_one_sentence(what: str) -> None:
    call, kind, fragment = ROOMS[what]
    with pytest.raises(kind) as raised:
        call()
    assert isinstance(raised.value, RefimplError)
    assert fragment in str(raised.value)
    assert "\n" not in str(raised.value)
    assert raised.value.kind in KINDS


def test_a_model_of_em_lets_the_errors_of_its_steps_through() -> None:
    model: em.Model[Any, Any, Any] = em.Model(two_coins.e_step, two_coins.m_step)
    with pytest.raises(NoMass):
        em.start(model, Rounds([1], [1]), (Q(0), Q(1)))
