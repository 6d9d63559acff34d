"""Cases out as files, answers back in: `refimpl dump` and `refimpl score`.

What is dumped is what the cases ask, number by number; what is read back is judged as `verify` judges it. A file may
be shuffled, quoted, cut short or broken in any way: it is read as what it says, or refused in one sentence that names
the line.
"""

import csv
import io
import json
import os
import random
import shlex
import stat
import subprocess
import sys
import tracemalloc
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import msgspec
import pytest
from click.testing import CliRunner, Result as Invoked
from hypothesis import given, strategies as st

import refimpl
from refimpl import cli
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle import exchange, store
from refimpl.oracle.case import Case
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Broken, Hello, Refused, Result, Unsupported
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.verify import verify

PACKAGE = Path(refimpl.__file__).parent.parent
CASES = list(store.cases(store.fixtures()))
SEEDING = [case for case in CASES if case.task == "kmeans.seeding"]
TWO = store.find(store.fixtures(), "kmeans.seeding/two-chosen")
HEADING = "id,name,row,column,value\n"
ID = TWO.id


def invoke(*arguments: object) -> Invoked:
    """One command in this process; errors of the family stay exceptions."""
    return CliRunner().invoke(cli.commands, [str(a) for a in arguments])


def command(*arguments: object) -> list[str]:
    return [sys.executable, "-m", "refimpl", *map(str, arguments)]


def environment() -> dict[str, str]:
    path = os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return {**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"}


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[bytes]:
    """One command in a process of its own, as a user would run it."""
    return subprocess.run(command(*arguments), capture_output=True, check=False, env=environment(), **options)


def written(folder: Path, content: str | bytes, name: str = "answers.txt") -> Path:
    path = folder / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


def judged(path: object, *options: object) -> dict[str, Any]:
    """The JSON report on a file of answers."""
    done = invoke("score", path, "--format", "json", *options)
    assert done.exception is None or isinstance(done.exception, SystemExit), repr(done.exception)

    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    report: dict[str, Any] = json.loads(done.stdout, parse_constant=refuse)
    assert done.exit_code == (0 if report["passed"] else 1)
    return report


def complaint(path: object, *options: object) -> str:
    """The one sentence by which a file of answers is refused."""
    done = invoke("score", path, "--task", "kmeans.seeding", *options)
    assert isinstance(done.exception, BadInput), repr(done.exception or done.output)
    assert done.stdout == ""
    said = str(done.exception)
    assert all(character.isprintable() for character in said), said
    return said


def scores(report: dict[str, Any]) -> dict[str, Any]:
    """What a report says of each case."""
    return {
        found["id"]: {name: found[name] for name in ("verdict", "detail", "digits", "attainable")}
        for found in report["cases"]
    }


# --- an implementation with all kinds of answers ----------------------------------------------------


def number(text: object) -> object:
    return text if isinstance(text, int) else float(parse(str(text)))


def mapped(change: Any, tree: Any) -> Any:
    """The tree with every number changed."""
    if isinstance(tree, list):
        return [mapped(change, x) for x in tree]
    return tree if tree is None else change(tree)


def first_changed(change: Any, tree: Any) -> Any:
    """The tree with its first number changed."""
    if isinstance(tree, list):
        return [first_changed(change, tree[0]), *tree[1:]] if tree else tree
    return change(tree)


class Flawed:
    """Knows every golden case, and gets most of them wrong, each in another way; as text it is what CSV can tell."""

    hello = Hello("answers", "", "", "binary64", tuple(TASKS))

    def __init__(self, *, text: bool) -> None:
        self._text = text
        self.answers = {case.id: self._answer(number, case) for number, case in enumerate(CASES)}
        self._known = {repr((case.task, case.input, case.params)): self.answers[case.id] for case in CASES}

    def run(self, task: str, given: Any, params: Any) -> Answer:
        return self._known[repr((task, given, params))]

    def _answer(self, place: int, case: Case) -> Answer:
        if case.expected is None:
            return (Refused("bad-input", ""), Unsupported("no, never"), Refused("gibberish", ""))[place % 3]
        values = {name: mapped(number, tree) for name, tree in case.expected.items()}
        name = next(iter(values))
        match place % 11:
            case 1:
                values = {name: mapped(lambda x: x * (1 + 1e-10) if isinstance(x, float) else x, values[name])} | {
                    n: tree for n, tree in values.items() if n != name
                }
            case 2:
                values[name] = first_changed(lambda x: x + 1, values[name])
            case 3 if len(values) > 1:
                del values[name]
            case 4:
                return Refused("empty-cluster", "")
            case 5:
                return Unsupported('we have, as "they" say, no rule')
            case 6:
                values[name] = "7"
            case 7:
                values = {n: mapped(str, tree) for n, tree in values.items()}
            case 8:
                values[name] = first_changed(lambda x: "nan" if self._text else float("nan"), values[name])
            case 9:
                values[name] = first_changed(lambda x: None, values[name])
        return Result({n: mapped(str, tree) if self._text else tree for n, tree in values.items()})


def expected(peer: Flawed) -> dict[str, Any]:
    """What `verify` says of each case."""
    return {
        score.case_id: {
            "verdict": score.verdict,
            "detail": score.detail,
            "digits": dict(score.digits),
            "attainable": dict(score.attainable),
        }
        for score, _ in verify(peer, CASES)
    }


def cells(tree: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[object, object, object]]:
    """Row, column and value of every number; row i of matrix k is k.i."""
    if isinstance(tree, list):
        for i, item in enumerate(tree):
            yield from cells(item, (*place, i))
        return
    *row, column = place if len(place) > 1 else (*place, "")
    yield ".".join(map(str, row)), column, "" if tree is None else tree


def lines_of(case_id: str, answer: Answer) -> list[tuple[object, ...]]:
    """An answer as the lines of a table."""
    match answer:
        case Result(values):
            return [(case_id, name, *cell) for name, tree in values.items() for cell in cells(tree)]
        case Refused(kind, _):
            return [(case_id, "error", "", "", kind)]
        case Unsupported(why):
            return [(case_id, "unsupported", "", "", why)]
    raise AssertionError(answer)


def as_csv(lines: Iterable[Sequence[object]], **style: Any) -> str:
    out = io.StringIO()
    csv.writer(out, **{"lineterminator": "\n", **style}).writerows(lines)
    return out.getvalue()


# --- what is dumped ---------------------------------------------------------------------------------


def test_json_lines_are_what_every_case_asks() -> None:
    done = invoke("dump")
    assert done.exit_code == 0
    dumped = [json.loads(line) for line in done.stdout.splitlines()]
    assert dumped == [{"id": c.id, "task": c.task, "input": c.input, "params": c.params} for c in CASES]


def rebuilt(rows: Iterable[dict[str, str]]) -> dict[str, dict[str, Any]]:
    """The fields of each case, made of nothing but the lines of a table."""
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        fields, name, i, j = found.setdefault(row["id"], {}), row["name"], row["row"], row["column"]
        value: Any = [] if row["part"] == "empty" else row["value"]
        if not i:
            assert name not in fields
            fields[name] = value
            continue
        place = fields.setdefault(name, [])
        *outer, last = [int(x) for x in i.split(".")] + ([int(j)] if j else [])
        for depth, index in enumerate(outer):
            if index == len(place):
                assert not any([*outer[depth + 1 :], last])  # a new list begins with its first entry
                place.append([])
            assert index == len(place) - 1
            place = place[-1]
        assert len(place) == last
        place.append(value)
    return found


def test_csv_is_what_every_case_asks() -> None:
    done = invoke("dump", "--format", "csv")
    assert done.exit_code == 0
    rows = list(csv.DictReader(io.StringIO(done.stdout, newline="")))
    assert {row["part"] for row in rows} <= {"input", "params", "empty"}
    fields = {case.id: {**case.input, **case.params} for case in CASES}

    def told(tree: Any) -> Any:
        """As text; what is missing is empty."""
        return [told(x) for x in tree] if isinstance(tree, list) else "" if tree is None else str(tree)

    assert rebuilt(rows) == {i: {name: told(tree) for name, tree in of.items()} for i, of in fields.items()}
    parts = {case.id: {"input": case.input, "params": case.params} for case in CASES}
    assert all(row["name"] in parts[row["id"]][row["part"]] for row in rows if row["part"] != "empty")


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_task_is_dumped_alone(form: str) -> None:
    done = invoke("dump", "--format", form, "--task", "kmeans.seeding")
    lines = done.stdout.splitlines()
    assert lines
    found = {line.partition(",")[0] for line in lines[1:]} if form == "csv" else {json.loads(x)["id"] for x in lines}
    assert found == {case.id for case in SEEDING}


def test_a_task_that_is_unknown_is_told_before_anything_is_written(tmp_path: Path) -> None:
    done = invoke("dump", "--task", "kmeans.magic", "--output", tmp_path / "cases.jsonl")
    assert isinstance(done.exception, BadInput)
    assert "kmeans.magic" in str(done.exception)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_dump_is_the_same_in_a_file_and_on_standard_output(form: str, tmp_path: Path) -> None:
    path = tmp_path / "new" / "cases"
    assert invoke("dump", "--format", form, "--task", "coins.step", "--output", path).output == ""
    assert path.read_bytes() == invoke("dump", "--format", form, "--task", "coins.step").stdout_bytes
    assert list(path.parent.iterdir()) == [path]


# --- a dump that cannot be finished -----------------------------------------------------------------


def test_a_dump_that_is_interrupted_leaves_what_was_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = written(tmp_path, "before")

    def interrupted(*_: object, **__: object) -> Iterator[Case]:
        yield from SEEDING[:2]
        raise KeyboardInterrupt

    monkeypatch.setattr(store, "cases", interrupted)
    assert invoke("dump", "--output", path).exit_code != 0
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dump_to_no_folder_is_one_sentence(tmp_path: Path) -> None:
    file = written(tmp_path, "a file")
    done = invoke("dump", "--output", file / "cases.jsonl")
    assert isinstance(done.exception, BadInput)
    assert str(file) in str(done.exception)
    assert list(tmp_path.iterdir()) == [file]
    assert file.read_text() == "a file"


@pytest.mark.skipif(os.name != "posix", reason="limits are those of POSIX")
def test_a_disk_that_is_full_leaves_what_was_there(tmp_path: Path) -> None:
    path = written(tmp_path, "before")
    told = shlex.join(command("dump", "--output", path))
    done = subprocess.run(
        ["sh", "-c", f"ulimit -f 16; exec {told}"],
        capture_output=True,
        text=True,
        check=False,
        env={**environment(), "PYTHONDONTWRITEBYTECODE": "1"},
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert done.stderr.startswith(f"refimpl: {path}: ")
    assert path.read_text() == "before"
    assert list(tmp_path.iterdir()) == [path]


def test_a_dump_that_is_refused_makes_no_folder(tmp_path: Path) -> None:
    (tmp_path / "fixtures").mkdir()
    done = invoke("dump", "--fixtures", tmp_path / "fixtures", "--output", tmp_path / "new" / "cases.jsonl")
    assert isinstance(done.exception, BadInput)
    assert not (tmp_path / "new").exists()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="there are no named pipes here")
def test_an_output_that_is_no_file_is_not_replaced_by_one(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        invoke("dump", "--task", "kmeans.seeding", "--output", pipe)
        assert stat.S_ISFIFO(pipe.lstat().st_mode)
    finally:
        os.close(reader)


def test_an_output_that_is_a_link_stays_one_and_its_file_keeps_its_mode(tmp_path: Path) -> None:
    path, link = written(tmp_path, "before"), tmp_path / "link"
    path.chmod(0o604)
    link.symlink_to(path.name)
    assert invoke("dump", "--task", "kmeans.seeding", "--output", link).exit_code == 0
    assert link.readlink() == Path(path.name)
    assert stat.S_IMODE(path.lstat().st_mode) == 0o604
    assert len(path.read_text().splitlines()) == len(SEEDING)
    assert {found.name for found in tmp_path.iterdir()} == {path.name, link.name}


def test_an_output_that_is_a_loop_of_links_is_one_sentence(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    done = invoke("dump", "--task", "kmeans.seeding", "--output", loop)
    assert isinstance(done.exception, BadInput)


@pytest.mark.skipif(not Path("/dev/stdout").exists(), reason="there is no /dev/stdout here")
def test_junit_and_the_table_may_both_go_to_a_file_behind_standard_output(tmp_path: Path) -> None:
    path, out = written(tmp_path, HEADING), tmp_path / "out"
    with out.open("wb") as file:
        told = command("score", path, "--task", "kmeans.seeding", "--junit", "/dev/stdout")
        subprocess.run(told, stdout=file, stderr=subprocess.PIPE, check=False, env=environment())
    assert b"</testsuites>" in out.read_bytes()
    assert b"golden cases" in out.read_bytes()


@pytest.mark.parametrize("form", ["jsonl", "csv"])
def test_a_reader_who_has_seen_enough_of_a_dump_is_no_error(form: str) -> None:
    told = command("dump", "--format", form)
    with subprocess.Popen(told, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment()) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.readline()
        process.stdout.close()
        assert process.stderr.read() == b""
        assert process.wait() == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full here")
def test_a_full_disk_behind_standard_output_is_not_called_a_fault_of_ours() -> None:
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command("dump", "--task", "kmeans.seeding"),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env=environment(),
        )
    assert done.returncode == 2
    assert done.stderr.count("\n") == 1
    assert "fault of refimpl" not in done.stderr


# --- what is read back is judged as by verify -------------------------------------------------------


def test_answers_in_json_lines_are_judged_as_verify_judges_them(tmp_path: Path) -> None:
    peer = Flawed(text=False)
    lines = [json.dumps({"id": case_id, **wire.answered(answer)}) + "\n" for case_id, answer in peer.answers.items()]
    random.Random(1).shuffle(lines)
    report = judged(written(tmp_path, "".join(lines)))
    right = expected(peer)
    assert scores(report) == right
    assert {found["verdict"] for found in right.values()} >= {"pass", "weak", "fail", "wrong branch", "error"}
    assert sum(row["total"] for row in report["tasks"]) == len(CASES) == report["asked"]


def test_answers_in_csv_are_judged_as_verify_judges_them(tmp_path: Path) -> None:
    peer = Flawed(text=True)
    groups = [lines_of(case_id, answer) for case_id, answer in peer.answers.items()]
    shuffle = random.Random(2).shuffle
    shuffle(groups)
    for group in groups:
        shuffle(group)
    lines = [line for group in groups for line in group]
    right = expected(peer)
    assert scores(judged(written(tmp_path, HEADING + as_csv(lines)))) == right
    turned = [("value", "note", "column", "row", "name", "id"), *((v, "x", c, r, n, i) for i, n, r, c, v in lines)]
    odd = "\ufeff" + as_csv(turned, quoting=csv.QUOTE_ALL, lineterminator="\r\n").replace("\r\n", "\r\n \r\n", 99)
    assert scores(judged(written(tmp_path, odd))) == right


def test_a_solver_that_reads_and_writes_tables_only_passes(tmp_path: Path) -> None:
    asked, answered = tmp_path / "cases.csv", tmp_path / "answers.csv"
    assert invoke("dump", "--format", "csv", "--task", "kmeans.seeding", "--output", asked).exit_code == 0
    with asked.open(encoding="utf-8", newline="") as file:
        questions = rebuilt(csv.DictReader(file))
    lines: list[tuple[object, ...]] = []
    for case_id, fields in questions.items():
        points, chosen = mapped(lambda x: float(parse(x)), fields["points"]), mapped(int, fields["chosen"])
        if max(chosen) >= len(points):
            lines.append((case_id, "error", "", "", "bad-input"))
            continue
        nearest = [min(sum((a - b) ** 2 for a, b in zip(x, points[c], strict=True)) for c in chosen) for x in points]
        if not sum(nearest):
            lines.append((case_id, "error", "", "", "undefined"))
            continue
        lines += [(case_id, "probabilities", i, "", d / sum(nearest)) for i, d in enumerate(nearest)]
    answered.write_text(HEADING + as_csv(lines))
    report = judged(answered, "--task", "kmeans.seeding")
    assert report["passed"] is True
    assert [row["executed"] for row in report["tasks"]] == [len(SEEDING)]


def test_an_undefined_entry_is_an_empty_value(tmp_path: Path) -> None:
    case = store.find(store.fixtures(), "moments.covariance/constant-column")
    assert case.expected is not None
    assert None in [x for row in case.expected["correlation"] for x in row]  # type: ignore[union-attr]
    right = lines_of(case.id, Result(case.expected))
    task = ("--case", case.id)
    (found,) = judged(written(tmp_path, HEADING + as_csv(right)), *task)["cases"]
    assert found["verdict"] == "pass"
    filled = as_csv((*line[:-1], line[-1] or "0") for line in right)
    (found,) = judged(written(tmp_path, HEADING + filled), *task)["cases"]
    assert found["verdict"] == "fail"
    assert "where null is right" in found["detail"]


def test_an_answer_that_is_missing_is_an_error_of_a_task_that_is_answered(tmp_path: Path) -> None:
    assert TWO.expected is not None
    report = judged(written(tmp_path, json.dumps({"id": ID, "result": TWO.expected})))
    assert report["passed"] is False
    verdicts = {found["id"]: found["verdict"] for found in report["cases"]}
    missing = [found for found in report["cases"] if found["verdict"] == "error"]
    assert verdicts.pop(ID) == "pass"
    assert {found["id"] for found in missing} == {case.id for case in SEEDING} - {ID}
    assert all(found["detail"].startswith("missing: ") for found in missing)
    others = [found for found in report["cases"] if not found["id"].startswith("kmeans.seeding/")]
    assert {(found["verdict"], found["detail"]) for found in others} == {("unsupported", "the task is not offered")}
    counts = {row["task"]: (row["executed"], row["applicable"], row["total"]) for row in report["tasks"]}
    assert counts.pop("kmeans.seeding") == (1, len(SEEDING), len(SEEDING))
    assert {found[:2] for found in counts.values()} == {(0, 0)}


@pytest.mark.parametrize("content", [HEADING, HEADING.strip()], ids=["a heading", "a heading without an end"])
def test_a_file_without_answers_passes_nothing(content: str, tmp_path: Path) -> None:
    report = judged(written(tmp_path, content))
    assert report["passed"] is False
    assert {found["verdict"] for found in report["cases"]} == {"unsupported"}


# --- options ----------------------------------------------------------------------------------------


def test_a_convention_that_is_declared_is_heeded(tmp_path: Path) -> None:
    case = store.find(store.fixtures(), "kmeans.assign/tie-lowest-index")
    (branch,) = case.branches
    path = written(tmp_path, json.dumps({"id": case.id, "result": branch.result}))
    one = ("--case", case.id)
    assert [found["verdict"] for found in judged(path, *one)["cases"]] == ["convention"]
    assert [found["verdict"] for found in judged(path, *one, "--convention", "ties=other")["cases"]] == ["pass"]
    report = judged(path, *one, "--convention", "ties=other", "--convention", "empty=drop", "--name", "ours")
    assert report["peer"]["conventions"] == {"ties": "other", "empty": "drop"}
    assert report["peer"]["name"] == "ours"


@pytest.mark.parametrize(
    "text", ["ties", "", "=", "ties=", "ties=never", "nothing=1", "ties=other=other", "TIES=other"]
)
def test_a_convention_that_is_none_is_one_sentence(text: str, tmp_path: Path) -> None:
    assert "convention" in complaint(written(tmp_path, HEADING), "--convention", text)


@pytest.mark.parametrize(
    "options",
    [("--precision", "binary16"), ("--task", "kmeans.magic"), ("--case", "kmeans.seeding/magic")],
    ids=" ".join,
)
def test_an_option_that_is_wrong_is_one_sentence(options: tuple[str, str], tmp_path: Path) -> None:
    done = invoke("score", written(tmp_path, HEADING), *options)
    assert isinstance(done.exception, BadInput)
    assert options[1] in str(done.exception)


def test_a_case_of_another_task_is_one_sentence(tmp_path: Path) -> None:
    complaint(written(tmp_path, HEADING), "--case", "kmeans.step/plain")


def test_one_case_is_printed_beside_what_is_expected(tmp_path: Path) -> None:
    done = invoke("score", written(tmp_path, f"{HEADING}{ID},probabilities,0,,1\n"), "--case", ID)
    assert done.exit_code == 1
    assert "answered: {'result': {'probabilities': ['1']}}" in done.stdout
    assert TWO.expected is not None
    assert f"expected: {TWO.expected}" in done.stdout
    assert f"{ID}: fail: probabilities should be a list of {len(TWO.input['points'])}" in done.stdout  # type: ignore[arg-type]


def test_junit_is_written_whole_and_agrees_with_the_report(tmp_path: Path) -> None:
    peer = Flawed(text=False)
    lines = [json.dumps({"id": case_id, **wire.answered(a)}) for case_id, a in peer.answers.items()]
    junit = tmp_path / "new" / "junit.xml"
    report = judged(written(tmp_path, "\n".join(lines)), "--junit", junit)
    assert list(junit.parent.iterdir()) == [junit]
    tags = {test.get("name"): [child.tag for child in test] for test in ET.parse(junit).iter("testcase")}
    kinds = {"pass": [], "unsupported": ["skipped"], "error": ["error"]}
    assert tags == {found["id"]: kinds.get(found["verdict"], ["failure"]) for found in report["cases"]}


def test_no_junit_is_written_for_answers_that_are_refused(tmp_path: Path) -> None:
    junit = written(tmp_path, "before", "junit.xml")
    path = written(tmp_path, f'{{"id": "{ID}"}}\n')
    assert "line 1" in complaint(path, "--junit", junit)
    assert junit.read_text() == "before"


@pytest.mark.parametrize(
    "options",
    [
        pytest.param((), id="a name with a blank"),
        pytest.param(("--precision", "binary32"), id="precision"),
        pytest.param(("--convention", "ties=other"), id="convention"),
        pytest.param(("--name", "ours"), id="name"),
        pytest.param(("--fixtures", str(store.fixtures())), id="fixtures"),
    ],
)
def test_the_command_to_reproduce_reproduces(options: tuple[str, ...], tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADING}{ID},probabilities,0,,1\n", "answers.csv" if options else "my answers.csv")
    (found,) = judged(path, "--case", ID, *options)["cases"]
    words = shlex.split(found["reproduce"])
    assert words[:3] == ["refimpl", "score", str(path)]
    assert set(options) <= set(words)


@pytest.mark.parametrize("options", [("--name", "binary64"), ("--fixtures", "answers")], ids=" ".join)
def test_the_command_to_reproduce_keeps_what_is_named_like_a_default(
    options: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path, f"{HEADING}{ID},probabilities,0,,1\n")
    (tmp_path / "answers").symlink_to(store.fixtures())
    monkeypatch.chdir(tmp_path)
    (found,) = judged(path, "--case", ID, *options)["cases"]
    assert set(options) <= set(shlex.split(found["reproduce"]))


@pytest.mark.skipif(sys.platform != "linux", reason="names of files are text here")
@pytest.mark.parametrize(
    "option",
    [
        "--junit",
        "--html",
    ],
)
def test_a_file_whose_name_is_no_utf8_is_reported_on(option: str, tmp_path: Path) -> None:
    path = written(tmp_path, f"{HEADING}{ID},probabilities,0,,1\n", os.fsdecode(b"\xff.csv"))
    report = tmp_path / "report"
    done = invoke("score", path, "--case", ID, option, report)
    assert isinstance(done.exception, SystemExit), repr(done.exception)
    assert done.exit_code == 1
    assert report.exists()


# --- where a file comes from ------------------------------------------------------------------------


def test_answers_may_come_through_a_pipe() -> None:
    answer = json.dumps({"id": "kmeans.seeding/refuse-index", "error": {"kind": "bad-input", "message": ""}})
    done = run("score", "-", "--format", "json", "--case", "kmeans.seeding/refuse-index", input=answer.encode())
    assert done.stderr == b""
    assert done.returncode == 0
    assert json.loads(done.stdout)["passed"] is True


@pytest.mark.skipif(not Path("/dev/stdin").exists(), reason="there is no /dev/stdin here")
def test_answers_may_come_from_a_file_that_can_be_read_once() -> None:
    answer = json.dumps({"id": "kmeans.seeding/refuse-index", "error": {"kind": "bad-input", "message": ""}})
    done = run("score", "/dev/stdin", "--case", "kmeans.seeding/refuse-index", input=answer.encode())
    assert done.stderr == b""
    assert done.returncode == 0


def test_standard_input_is_read_though_a_file_has_its_name(tmp_path: Path) -> None:
    written(tmp_path, "", "-")
    answer = json.dumps({"id": "kmeans.seeding/refuse-index", "error": {"kind": "bad-input", "message": ""}})
    done = run("score", "-", "--case", "kmeans.seeding/refuse-index", input=answer.encode(), cwd=tmp_path)
    assert done.stderr == b""
    assert done.returncode == 0


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "nothing"):
        assert complaint(path).startswith(f"{path}: ")


# --- files that are wrong ---------------------------------------------------------------------------

P = f"{ID},probabilities"
GOOD = f'{{"id": "{ID}", "result": {{"probabilities": [1]}}}}\n'
OTHER = '{"id": "kmeans.seeding/iris", "unsupported": "no"}\n'
OTHER_ROW = "kmeans.seeding/iris,unsupported,,,no\n"

BROKEN: dict[str, tuple[str | bytes, int]] = {
    "nothing": ("", 1),
    "blanks": ("\n\n", 3),
    "a list": ("[]\n", 1),
    "bad JSON in the middle": (OTHER + "\n" + "{bad\n" + GOOD, 3),
    "cut short": (OTHER + GOOD[:-5], 2),
    "no object": (OTHER + '"text"\n', 2),
    "no id": (OTHER + '{"result": {}}\n', 2),
    "an id that is a number": ('{"id": 7, "result": {}}\n', 1),
    "an id that is a list": ('{"id": [], "result": {}}\n', 1),
    "nothing but an id": (OTHER + f'{{"id": "{ID}"}}\n', 2),
    "two outcomes": (OTHER + f'{{"id": "{ID}", "result": {{}}, "unsupported": ""}}\n', 2),
    "a result that is a text": (f'{{"id": "{ID}", "result": "x"}}\n', 1),
    "answered twice": (OTHER + GOOD + GOOD, 3),
    "answered twice, apart": (GOOD + OTHER + GOOD, 3),
    "an integer of 5000 digits": (OTHER + GOOD.replace("1]", "1" * 5000 + "]"), 2),
    "no UTF-8": (OTHER.encode() + GOOD.encode().replace(b"prob", b"\xe9"), 2),
    "UTF-16": (GOOD.encode("utf-16"), 1),
    "nested too deeply": (OTHER + GOOD.replace("1", "[" * 20_000 + "]" * 20_000), 2),
    "a heading that lacks a column": ("id,name,row,value\n", 1),
    "a heading with other separators": (HEADING.replace(",", ";"), 1),
    "no heading": (f"{P},0,,1\n", 1),
    "a line that is too short": (f"{HEADING}{OTHER_ROW}{P},0\n", 3),
    "a line that is too short later": (f"{HEADING}{P},0,,1\n\n{P}\n", 4),
    "a negative row": (f"{HEADING}{OTHER_ROW}\r\n{P},-1,,1\n", 4),
    "a row that is no integer": (f"{HEADING}{P},0,,1\n{P},1.0,,1\n", 3),
    "a column that is a word": (f"{HEADING}{P},0,zero,1\n", 2),
    "a row in other digits": (f"{HEADING}{P},٣,,1\n", 2),
    "a huge row": (f"{HEADING}{P},1000001,,1\n", 2),
    "the same place twice": (f"{HEADING}{P},0,,1\n{P},1,,1\n{P},00,,1\n", 4),
    "the same scalar twice": (f"{HEADING}{P},,,1\n{P},,,1\n", 3),
    "lines of a case that are apart": (f"{HEADING}{P},0,,1\n{OTHER_ROW}{P},1,,1\n", 4),
    "a row of 5000 digits": (f"{HEADING}{P},{'1' * 5000},,1\n", 2),
    "a row far away": (f"{HEADING}{OTHER_ROW}{P},99999,,1\n", 3),
    "a column that is left out": (f"{HEADING}{OTHER_ROW}{P},0,0,1\n{P},0,2,1\n", 3),
    "a return within a line": (f"{HEADING}{P},0,\r,1\n", 2),
    "lines that end with a return": (f"{HEADING}{P},0,,1\n".replace("\n", "\r"), 1),
    "an open quote": (f'{HEADING}{OTHER_ROW}{P},0,,"1\n', 3),
    "a long cell": (f"{HEADING}{OTHER_ROW}{P},0,,{'1' * 140_000}\n", 3),
    "a column without a row": (f"{HEADING}{P},,0,1\n", 2),
    "a scalar and a list": (f"{HEADING}{P},,,7\n{P},0,,1\n", 3),
    "a number and a row": (f"{HEADING}{P},0,,7\n{P},0,0,1\n", 3),
    "a number and a row of more": (f"{HEADING}{P},0,,7\n{P},0,1,1\n", 3),
    "a matrix and a list of matrices": (f"{HEADING}{OTHER_ROW}{P},0,0,1\n{P},1.0,0,1\n", 4),
    "a matrix that is left out": (f"{HEADING}{OTHER_ROW}{P},0.0,0,1\n{P},2.0,0,1\n", 3),
    "a row of a matrix that is left out": (f"{HEADING}{OTHER_ROW}{P},0.0,0,1\n{P},0.2,0,1\n", 3),
    "the same place of a matrix twice": (f"{HEADING}{P},0.1,0,1\n{P},0.01,0,1\n", 3),
    "a matrix with a name": (f"{HEADING}{OTHER_ROW}{P},k.0,0,1\n", 3),
    "a number and another row": (f"{HEADING}{P},0,,7\n{P},1,0,1\n", 3),
    "results and an error": (f"{HEADING}{OTHER_ROW}{P},0,,1\n{ID},error,,,bad-input\n", 3),
    "an error and results": (f"{HEADING}{OTHER_ROW}{ID},error,,,bad-input\n{P},0,,1\n", 3),
    "unsupported and an error": (f"{HEADING}{OTHER_ROW}{ID},error,,,bad-input\n{ID},unsupported,,,no\n", 3),
    "nested 9 deep": (OTHER + GOOD.replace("1]", "[" * 9 + "]" * 9 + "]"), 2),
    "nested 600 deep": (OTHER + GOOD.replace("1]", "[" * 600 + "]" * 600 + "]"), 2),
    "an unknown id": (OTHER + GOOD.replace(ID, "magic"), 2),
    "an unknown id in a table": (f"{HEADING}{OTHER_ROW}magic,labels,0,,1\n", 3),
    "no id in a table": (f"{HEADING}{OTHER_ROW},labels,0,,1\n", 3),
}
"""What is wrong -> the file, and the line that is to be named."""


SILENT = [
    pytest.param(
        f"{HEADING}{OTHER_ROW}{ID},{name},,,bad-input\n{ID},{name},,,undefined\n",
        4,
        id=f"{name} twice",
    )
    for name in ("error", "unsupported")
]


@pytest.mark.parametrize(
    ("content", "line"), [*(pytest.param(*found, id=name) for name, found in BROKEN.items()), *SILENT]
)
def test_a_file_that_is_wrong_is_one_sentence_that_names_the_line(
    content: str | bytes, line: int, tmp_path: Path
) -> None:
    path = written(tmp_path, content)
    said = complaint(path)
    assert said.startswith(f"{path}, line {line}: ")
    assert len(said) < 500 + len(str(path))


def test_what_a_file_says_does_not_steer_the_terminal(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace(ID, "\\u001b[2J\\na") * 2)
    done = run("score", path)
    assert done.returncode == 2
    assert done.stdout == b""
    said = done.stderr.decode()
    assert said.endswith("\n")
    assert said[:-1].isprintable()
    assert f"{path}, line 2: " in said


JUDGED: dict[str, str | bytes] = {
    "NaN": GOOD.replace("1]", "NaN, Infinity]"),
    "true": GOOD.replace("1]", "true]"),
    "an object": GOOD.replace("1]", "{}]"),
    "a line of a million characters": GOOD.replace("1]", "1" + ", 1" * 350_000 + "]"),
    "a number of 5000 digits as text": GOOD.replace("1]", f'"{"1" * 5000}"]'),
    "CSV with a number of 5000 digits": f"{HEADING}{P},0,,{'1' * 5000}\n",
    "CSV without UTF-8": HEADING.encode() + f"{P},0,,".encode() + b"\xe9\n",
    "CSV with a line of separators": f"{HEADING}{P},0,,1\n,,,,\n{P},1,,1\n",
    "CSV with a decimal comma": f'{HEADING}{P},0,,"0,5"\n',
    "CSV with a NUL": f"{HEADING}{P},0,,\0\n",
    "a byte order mark": "\ufeff" + GOOD,
    "blanks before the object": "  " + GOOD,
    "no end of the last line": GOOD.strip(),
    "returns": GOOD.replace("\n", "\r\n"),
    "nested 6 deep": GOOD.replace("1]", "[" * 5 + "]" * 5 + "]"),
    "half a character": GOOD.replace("1]", '"\\ud800"]'),
    "half a character in a name": GOOD.replace("probab", "\\ud800"),
    "a blank line before JSON": "\n" + GOOD,
    "a blank line before CSV": f"\n{HEADING}{P},0,,1\n",
}


@pytest.mark.parametrize("content", JUDGED.values(), ids=JUDGED)
def test_an_answer_that_is_odd_costs_its_case_and_no_report(content: str | bytes, tmp_path: Path) -> None:
    report = judged(written(tmp_path, content), "--task", "kmeans.seeding")
    verdicts = {found["id"]: found["verdict"] for found in report["cases"]}
    assert verdicts.pop(ID) == "fail"
    assert set(verdicts.values()) == {"error"}


# --- memory -----------------------------------------------------------------------------------------


def peak(call: Any) -> int:
    """Bytes that a call takes at most."""
    tracemalloc.start()
    try:
        call()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_of_a_long_file_only_the_places_are_kept(tmp_path: Path) -> None:
    path = tmp_path / "long.csv"
    with path.open("w") as file:
        file.write("id,name,row,column,value,note\n")
        for case in CASES:
            file.writelines(f"{case.id},probabilities,{i},,1,{'x' * 600}\n" for i in range(60))
    assert path.stat().st_size > 5_000_000
    with path.open("rb") as content:
        assert peak(lambda: exchange.Answers(content, "long.csv")) < 300_000


def test_a_few_lines_make_no_huge_answer() -> None:
    lines = "".join(f"{P},{i},{'9' * exchange.LONGEST_INDEX},1\n" for i in range(5))
    answers = exchange.Answers(io.BytesIO((HEADING + lines).encode()), "few")

    def refused() -> None:
        with pytest.raises(BadInput, match="few, line 2: "):
            answers.answer(TWO)

    assert peak(refused) < 1_000_000


# --- there and back ---------------------------------------------------------------------------------

numbers = st.one_of(
    st.none(),
    st.integers(),
    st.floats(allow_nan=False, allow_infinity=False).map(repr),
    st.fractions().map(str),
    st.floats(allow_nan=False, allow_infinity=False).map(float.hex),
)
vectors = st.lists(numbers, min_size=1, max_size=5)
matrices = st.lists(vectors, min_size=1, max_size=5)
trees = st.one_of(numbers, vectors, matrices, st.lists(matrices, min_size=1, max_size=3))
names = st.sampled_from(["labels", "centers", "distortion", 'a "quoted, name"', "größe"])


@st.composite
def tables(draw: st.DrawFn) -> tuple[dict[str, Any], bytes]:
    """Trees, and their cells as a table that is turned and shuffled in all ways that are allowed."""
    values = draw(st.dictionaries(names, trees, min_size=1, max_size=3))
    case = msgspec.structs.replace(TWO, input=values, params={})
    heading, *lines = list(csv.reader(exchange.to_csv([case])))
    assert heading == list(exchange.ASKED)
    rows = [[*(cell for name, cell in zip(heading, line, strict=True) if name != "part"), "note"] for line in lines]
    order = draw(st.permutations(range(6)))
    rows = [[*exchange.ANSWERED, "note"], *draw(st.permutations(rows))]
    style = {
        "quoting": draw(st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL])),
        "lineterminator": draw(st.sampled_from(["\n", "\r\n", "\n\n", "\r\n  \n"])),
    }
    text = as_csv([[row[place] for place in order] for row in rows], **style)
    return values, (draw(st.sampled_from(["", "\ufeff"])) + text).encode()


@given(tables())
def test_what_is_written_as_cells_is_read_back_as_it_was(table: tuple[dict[str, Any], bytes]) -> None:
    values, content = table
    found = exchange.Answers(io.BytesIO(content), "table").answer(TWO)
    assert isinstance(found, Result)
    assert found.values == {name: mapped(str, tree) for name, tree in values.items()}


@pytest.mark.parametrize(("tree", "read"), [([], None), ([[]], [None])], ids=str)
def test_a_table_has_no_answer_that_is_an_empty_list(tree: Any, read: Any) -> None:
    case = msgspec.structs.replace(TWO, input={"labels": tree}, params={})
    content = "".join(exchange.to_csv([case])).encode()
    assert exchange.Answers(io.BytesIO(content), "table").answer(TWO) == Result({"labels": read})


def test_matrices_are_dumped_with_rows_k_i_and_read_back() -> None:
    case = store.find(store.fixtures(), "gmm.step/old-means")
    lines = list(csv.reader(exchange.to_csv([case])))
    sigmas: Any = case.input["covariances"]
    assert [line[3:] for line in lines if line[2] == "covariances"] == [
        [f"{k}.{i}", str(j), x]
        for k, sigma in enumerate(sigmas)
        for i, row in enumerate(sigma)
        for j, x in enumerate(row)
    ]
    assert case.expected is not None
    table = HEADING + as_csv(lines_of(case.id, Result(case.expected)))
    assert f"{case.id},covariances,1.0,1," in table
    assert exchange.Answers(io.BytesIO(table.encode()), "table").answer(case) == Result(case.expected)


@pytest.mark.parametrize("row", ["0.", ".0", "0..0", ".", "0." * 3000 + "0"], ids=lambda row: row[:6])
def test_a_row_of_a_matrix_that_is_none_is_one_sentence(row: str) -> None:
    with pytest.raises(BadInput, match="table, line 2: "):
        exchange.Answers(io.BytesIO(f"{HEADING}{P},{row},0,1\n".encode()), "table").answer(TWO)


@given(st.lists(st.sampled_from(SEEDING), min_size=1, unique_by=lambda case: case.id), st.randoms())
def test_every_answer_is_found_wherever_it_stands(some: list[Case], order: random.Random) -> None:
    lines = [json.dumps({"id": case.id, "unsupported": f"no {case.id}"}) + "\n" * order.randint(1, 3) for case in some]
    answers = exchange.Answers(io.BytesIO("".join(lines).encode()), "answers")
    assert answers.tasks == ("kmeans.seeding",)
    answers.check_ids(case.id for case in SEEDING)
    for case in order.sample(SEEDING, len(SEEDING)):
        answer = answers.answer(case)
        if case in some:
            assert answer == Unsupported(f"no {case.id}")
        else:
            assert isinstance(answer, Broken)
            assert answer.fault == "missing"
    assert answers.answer(CASES[0]) == Unsupported("the task is not offered")
