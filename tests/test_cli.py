"""The command line: what it prints, where, and with which exit status.

0 when all is well, 1 when a peer fails a case or a certificate is refuted, 2 for wrong usage or input; and whatever
goes wrong is one sentence on standard error, never a traceback.
"""

import json
import os
import re
import subprocess
import sys
import xml.etree.ElementTree as ET
from pathlib import Path
from typing import Any

import golden_peer
import pytest
from click.testing import CliRunner, Result as Invoked

import refimpl
from refimpl import cli
from refimpl.errors import BadInput
from refimpl.oracle import case as cases, peers, store
from refimpl.oracle.case import Case
from refimpl.oracle.tasks import TASKS

ROOT = store.fixtures()
FILES = {f"{path.parent.name}/{path.stem}": path for path in store.case_files(ROOT)}
COMMANDS = ("certify", "dump", "generate", "list", "run", "score", "serve", "show", "verify")
PACKAGE = Path(refimpl.__file__).parent.parent


def invoke(*arguments: object) -> Invoked:
    """One command in this process; errors of the family stay exceptions."""
    return CliRunner().invoke(cli.commands, [str(a) for a in arguments])


def run(*arguments: object, **options: Any) -> subprocess.CompletedProcess[str]:
    """One command in a process of its own, as a user would run it."""
    path = os.pathsep.join([str(PACKAGE), *filter(None, [os.environ.get("PYTHONPATH")])])
    return subprocess.run(
        [sys.executable, "-m", "refimpl", *map(str, arguments)],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
        env={**os.environ, "PYTHONPATH": path, "PYTHONIOENCODING": "utf-8"},
        **options,
    )


def table(text: str) -> dict[str, list[str]]:
    """The lines of a printed table by their first word."""
    return {line.split()[0]: line.split() for line in text.splitlines() if line.strip()}


# --- a peer of our own ------------------------------------------------------------------------------


def install(monkeypatch: pytest.MonkeyPatch, *wrong: str) -> None:
    monkeypatch.setitem(peers.PEERS, "golden", peers.Known("golden_peer:Golden", "json"))
    monkeypatch.setenv(golden_peer.WRONG, " ".join(wrong))
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), str(PACKAGE)]))


def test_verify_prints_the_table_and_ends_with_0_if_all_is_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    result = invoke("verify", "golden")
    assert result.exit_code == 0
    assert f"golden 1 against {len(FILES)} golden cases" in result.output
    lines = table(result.output)
    total = {task: sum(i.startswith(f"{task}/") for i in FILES) for task in TASKS}
    assert lines["kmeans.step"][3] == str(total["kmeans.step"])
    assert lines["together"][3] == str(total["kmeans.step"] + total["coins.step"])
    assert "kmeans.fit" not in lines
    assert "not offered: " in result.output
    assert result.output.rstrip().endswith("passed: every applicable case")


def test_verify_ends_with_1_and_names_every_failure_and_its_reproduction(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "kmeans.step/plain", "coins.step/lecture")
    result = invoke("verify", "golden")
    assert result.exit_code == 1
    for identity in ("kmeans.step/plain", "coins.step/lecture"):
        assert re.search(rf"^{re.escape(identity)}: fail: ", result.output, re.MULTILINE)
        assert f"    refimpl verify golden --case {identity}" in result.output
    assert re.search(r"failed: 2 of \d+ applicable cases", result.output)


def test_verify_of_one_task_takes_its_cases_only(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "coins.step/lecture")
    result = invoke("verify", "golden", "--task", "kmeans.step")
    assert result.exit_code == 0
    count = sum(i.startswith("kmeans.step/") for i in FILES)
    assert f"against {count} golden cases" in result.output
    assert "coins.step" not in result.output


def test_verify_of_one_case_prints_the_answer_beside_what_is_expected(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "kmeans.step/plain")
    result = invoke("verify", "golden", "--case", "kmeans.step/plain")
    assert result.exit_code == 1
    assert "answered: {'result': {'labels': 'x'" in result.output
    assert "expected: {'labels': [0, 0, 0, 1, 1]" in result.output
    good = invoke("verify", "golden", "--case", "kmeans.step/stale-objective")
    assert good.exit_code == 0


def test_nothing_executed_is_nothing_passed(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    result = invoke("verify", "golden", "--case", "kmeans.fit/plain")
    assert result.exit_code == 1
    assert "nothing was executed, so nothing is passed" in result.output


def test_verify_as_json_prints_a_document_and_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch, "kmeans.step/plain")
    result = invoke("verify", "golden", "--format", "json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert document["format"] == "refimpl-report/1"
    assert [found["id"] for found in document["cases"]] == list(FILES)
    failed = [found["id"] for found in document["cases"] if found["verdict"] not in ("pass", "unsupported")]
    assert failed == ["kmeans.step/plain"]
    assert document["passed"] is False


def test_verify_writes_junit_that_agrees_with_the_json(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    install(monkeypatch, "kmeans.step/plain", "coins.step/lecture")
    target = tmp_path / "new" / "junit.xml"
    result = invoke("verify", "golden", "--format", "json", "--junit", target)
    assert result.exit_code == 1
    verdicts = {found["id"]: found["verdict"] for found in json.loads(result.stdout)["cases"]}
    root = ET.parse(target).getroot()
    found = {}
    for element in root.iter("testcase"):
        child = next(iter(element), None)
        found[element.get("name")] = "pass" if child is None else child.tag
    assert set(found) == set(verdicts)
    for identity, verdict in verdicts.items():
        assert found[identity] == {"pass": "pass", "unsupported": "skipped", "error": "error"}.get(verdict, "failure")
    for attribute, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        assert sum(int(suite.get(attribute, "x")) for suite in root) == sum(t == tag for t in found.values())
    assert sum(int(suite.get("tests", "x")) for suite in root) == len(FILES)


def test_the_reproduction_of_a_failure_in_other_fixtures_can_be_run(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    install(monkeypatch, "kmeans.step/plain")
    folder = tmp_path / "cases" / "kmeans.step"
    folder.mkdir(parents=True)
    (folder / "plain.json").write_bytes(FILES["kmeans.step/plain"].read_bytes())
    result = invoke("verify", "golden", "--fixtures", tmp_path)
    assert result.exit_code == 1
    assert "golden 1 against 1 golden cases" in result.output
    command = re.search(r"^    refimpl (verify .*)$", result.output, re.MULTILINE)
    assert command is not None
    assert f"--fixtures {tmp_path}" in command[1]


# --- list and show ----------------------------------------------------------------------------------


def test_list_prints_every_case_once_and_their_number() -> None:
    result = invoke("list")
    assert result.exit_code == 0
    *lines, last = result.output.rstrip().splitlines()
    assert [line.split()[0] for line in lines if line.strip()] == list(FILES)
    assert last == f"{len(FILES)} cases"


def test_list_of_a_task_and_of_a_tag() -> None:
    tied = invoke("list", "--task", "kmeans.step", "--tag", "tie")
    assert tied.exit_code == 0
    expected = [i for i, path in FILES.items() if i.startswith("kmeans.step/") and "tie" in cases.read(path).tags]
    assert expected
    assert [line.split()[0] for line in tied.output.rstrip().splitlines()[:-1]] == expected


def ids_by(count: int) -> list[list[str]]:
    identities = list(FILES)
    return [identities[i : i + count] for i in range(0, len(identities), count)]


@pytest.mark.parametrize("some", ids_by(20), ids=lambda some: some[0])
def test_every_case_can_be_shown(some: list[str]) -> None:
    for identity in some:
        result = invoke("show", identity)
        assert result.exit_code == 0, result.output
        found = cases.read(FILES[identity])
        assert f"{identity}: {found.title}" in result.output
        assert found.reason in result.output
        assert found.source in result.output
        for name, digits in found.attainable.items():
            assert f"attainable in binary64: {name} to {digits} digits" in result.output
        if found.refused:
            assert f"must be refused as {found.refused}" in result.output
        else:
            assert "expected:" in result.output
            assert result.output.count("\nbranch ") == len(found.branches)


def cells(text: str) -> list[list[str]]:
    """Every printed line as its numbers and words, without the borders of a table."""
    return [re.sub(r"[^\w.\-]+", " ", line).split() for line in text.splitlines()]


def lecture(name: str) -> dict[str, Any]:
    return json.loads((ROOT / "lecture" / f"{name}.json").read_text(encoding="utf-8"))


def test_the_run_of_ten_is_shown_as_table_5_5_is_printed() -> None:
    shown = cells(invoke("show", "coins.run/lecture-10").output)
    for row in lecture("table-5.5")["rows"]:
        assert row in shown


def test_the_first_step_is_shown_as_table_5_4_is_printed_without_its_erratum() -> None:
    shown = cells(invoke("show", "coins.step/lecture").output)
    table = lecture("table-5.4")
    for row in table["rows"]:
        right = [*row[:6], "1.06"] if row[0] == "5" else row
        assert right in shown
    assert ["sum", *table["footer"][3:]] in shown


def test_the_covariance_is_shown_as_the_lecture_prints_it() -> None:
    shown = cells(invoke("show", "moments.covariance/lecture-table").output)
    table = lecture("covariance")
    for row in table["rows"]:
        assert row in shown
    numbers = [cell for line in shown for cell in line]
    assert all(text in numbers for text in table["footer"] if text)


def test_a_mixture_is_shown_with_each_of_its_matrices() -> None:
    lines = invoke("show", "gmm.step/old-means").stdout.splitlines()
    case = store.find(store.fixtures(), "gmm.step/old-means")
    for k, sigma in enumerate(case.input["covariances"]):  # type: ignore[arg-type]
        at = lines.index(f"covariances[{k}]: {len(sigma)} rows")  # type: ignore[arg-type]
        assert [line.split() for line in lines[at + 1 : at + 1 + len(sigma)]] == sigma  # type: ignore[arg-type]
    assert sum(line.startswith("covariances[1]: ") for line in lines) == 2, "those given, and those expected"
    assert "certified by: enclosure" in lines


def test_tied_components_are_shown_with_the_projector_onto_their_space() -> None:
    lines = invoke("show", "pca.fit/tied-simplex").stdout.splitlines()
    at = lines.index("components 0, 1 have one variance: any orthonormal basis of their space is right")
    assert lines[at + 1] == "projector onto it: 3 rows"
    assert [line.split() for line in lines[at + 2 : at + 4]] == [["2/3", "-1/3", "-1/3"], ["-1/3", "2/3", "-1/3"]]
    assert not any("projector" in line for line in invoke("show", "pca.fit/plain").stdout.splitlines())


def test_a_case_file_can_be_shown_too(tmp_path: Path) -> None:
    path = tmp_path / "mine.json"
    path.write_bytes(FILES["kmeans.step/plain"].read_bytes())
    assert invoke("show", path).output == invoke("show", "kmeans.step/plain").output


# --- certify ----------------------------------------------------------------------------------------


def altered(identity: str, **fields: Any) -> bytes:
    """A case file with fields replaced, signed anew."""
    import msgspec

    return cases.encode(msgspec.convert({**msgspec.to_builtins(cases.read(FILES[identity])), **fields}, Case))


def wrong_bytes(kind: str) -> bytes:
    good = FILES["kmeans.step/plain"].read_bytes()
    if kind == "refuted":
        expected = {**json.loads(good)["expected"], "distortion": "7"}
        return altered("kmeans.step/plain", expected=expected)
    return {"good": good, "unsigned": good.replace(b"One step", b"one step", 1), "malformed": good[:-20]}[kind]


@pytest.mark.parametrize(("kind", "status"), [("good", 0), ("refuted", 1), ("unsigned", 1), ("malformed", 2)])
def test_certify_tells_good_refuted_and_malformed_apart(tmp_path: Path, kind: str, status: int) -> None:
    path = tmp_path / f"{kind}.json"
    path.write_bytes(wrong_bytes(kind))
    done = run("certify", path)
    assert done.returncode == status
    assert "Traceback" not in done.stdout + done.stderr
    if status:
        (sentence,) = (done.stdout + done.stderr).strip().splitlines()
        assert str(path) in sentence
        assert ("refuted: " in sentence) == (status == 1)
    else:
        assert done.stdout.strip() == "1 certificates hold"


@pytest.mark.parametrize(
    ("kinds", "status"), [(["refuted", "malformed"], 2), (["malformed", "refuted"], 2), (["good", "unsigned"], 1)]
)
def test_certify_goes_on_after_a_bad_file_and_ends_with_the_worst_status(
    tmp_path: Path, kinds: list[str], status: int
) -> None:
    paths = [tmp_path / f"{kind}.json" for kind in kinds]
    for path, kind in zip(paths, kinds, strict=True):
        path.write_bytes(wrong_bytes(kind))
    result = invoke("certify", *paths)
    assert result.exit_code == status
    assert "hold" not in result.output
    for path, kind in zip(paths, kinds, strict=True):
        assert (str(path) in result.output) == (kind != "good")


def test_certify_takes_a_folder_with_cases(tmp_path: Path) -> None:
    for identity in ("kmeans.step/plain", "kmeans.assign/plain", "kmeans.step/refuse-no-centers"):
        path = tmp_path / "cases" / f"{identity}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(FILES[identity].read_bytes())
    result = invoke("certify", tmp_path)
    assert result.exit_code == 0
    assert result.output.strip() == "3 certificates hold"


# --- generate, usage, help --------------------------------------------------------------------------


def test_generate_check_of_an_empty_folder_ends_with_1(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from refimpl.oracle import catalogue

    monkeypatch.setattr(catalogue, "specs", lambda: iter(()))
    result = invoke("generate", "--check", "--output", tmp_path)
    assert result.exit_code == 1
    assert f"{len(TASKS) + 1} files, {len(TASKS) + 1} differ, 0 not in the catalogue" in result.output
    assert list(tmp_path.iterdir()) == []


USAGE = [
    (),
    ("frobnicate",),
    ("verify",),
    ("verify", "scikit-learn", "--format", "yaml"),
    ("verify", "scikit-learn", "--frobnicate"),
    ("verify", "scikit-learn", "--fixtures", "/no/such/folder"),
    ("show",),
    ("show", "a", "b"),
    ("list", "--tag"),
    ("list", "stray"),
    ("certify", "/no/such/file.json"),
    ("generate", "stray"),
]


@pytest.mark.parametrize("arguments", USAGE, ids=" ".join)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2


UNKNOWN = {
    ("verify", "nobody"): "scikit-learn",
    ("verify", "scikit-learn", "--task", "kmeans.fly"): "kmeans.fit, ",
    ("verify", "scikit-learn", "--case", "kmeans.fit/fly"): "refimpl list",
    ("list", "--task", "kmeans.fly"): "kmeans.fit, ",
    ("show", "kmeans.fit/fly"): "refimpl list",
    ("show", "no/such/file.json"): "no/such/file.json",
}


@pytest.mark.parametrize("arguments", UNKNOWN, ids=" ".join)
def test_what_is_unknown_ends_with_2_and_one_sentence_with_a_hint(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stdout == ""
    (sentence,) = done.stderr.strip().splitlines()
    assert sentence.startswith("refimpl: ")
    assert UNKNOWN[arguments] in sentence


def test_an_unknown_name_is_bad_input_in_this_process_too() -> None:
    for arguments in (("show", "x/y"), ("list", "--task", "x"), ("verify", "x")):
        assert isinstance(invoke(*arguments).exception, BadInput)


def test_a_case_of_another_task_than_asked_for_is_told_and_no_fault(monkeypatch: pytest.MonkeyPatch) -> None:
    install(monkeypatch)
    result = invoke("verify", "golden", "--task", "coins.step", "--case", "kmeans.step/plain")
    assert isinstance(result.exception, BadInput | SystemExit)
    assert result.exit_code in (1, 2)
    assert "passed" not in result.output


def test_a_tag_that_nothing_has_lists_nothing() -> None:
    result = invoke("list", "--tag", "no-such-tag")
    assert result.exit_code == 0
    assert result.output.strip() == "0 cases"


def test_a_folder_without_cases_ends_with_2_and_names_it(tmp_path: Path) -> None:
    for arguments in (("list", "--fixtures", tmp_path), ("certify", tmp_path)):
        result = invoke(*arguments)
        assert isinstance(result.exception, BadInput)
        assert str(tmp_path) in str(result.exception)


def test_a_case_that_lies_under_another_name_ends_with_2(tmp_path: Path) -> None:
    path = tmp_path / "cases" / "kmeans.step" / "other.json"
    path.parent.mkdir(parents=True)
    path.write_bytes(FILES["kmeans.step/plain"].read_bytes())
    done = run("list", "--fixtures", tmp_path)
    assert done.returncode == 2
    (sentence,) = done.stderr.strip().splitlines()
    assert str(path) in sentence
    assert "kmeans.step/plain" in sentence


@pytest.mark.parametrize("command", [None, *COMMANDS])
@pytest.mark.parametrize("flag", ["-h", "--help"])
def test_every_command_has_help(command: str | None, flag: str) -> None:
    result = invoke(*([command] if command else []), flag)
    assert result.exit_code == 0
    assert "Usage: " in result.output
    assert "Options:" in result.output
    if command is None:
        assert all(f"  {name} " in result.output for name in COMMANDS)


def test_the_commands_are_those_of_these_tests() -> None:
    assert sorted(cli.commands.commands) == sorted(COMMANDS)


def test_the_version_is_told() -> None:
    done = run("--version")
    assert done.returncode == 0
    assert refimpl.__version__ in done.stdout
    assert done.stderr == ""


# --- pipes and terminals ----------------------------------------------------------------------------


def with_reader(lines: int, *arguments: object) -> tuple[int, str, str]:
    """A command whose output is read for so many lines only: status, lines and standard error."""
    with subprocess.Popen(
        [sys.executable, "-m", "refimpl", *map(str, arguments)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": str(PACKAGE)},
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        read = "".join(process.stdout.readline() for _ in range(lines))
        process.stdout.close()
        error = process.stderr.read()
        return process.wait(), read, error


@pytest.mark.parametrize("arguments", [("list",), ("show", "kmeans.fit/iris-3"), ("verify", "nobody")], ids=" ".join)
def test_a_reader_who_has_seen_enough_is_no_error(arguments: tuple[str, ...]) -> None:
    _, read, error = with_reader(1, *arguments)
    assert "Traceback" not in error
    assert "BrokenPipe" not in error
    if arguments[0] != "verify":
        assert read.strip()


def test_a_broken_pipe_ends_with_0() -> None:
    status, read, error = with_reader(0, "show", "kmeans.fit/iris-3")
    assert read == ""
    assert error == ""
    assert status == 0


def test_an_output_that_is_full_is_one_sentence() -> None:
    if not Path("/dev/full").exists():
        pytest.skip("there is no /dev/full here")
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "refimpl", "list"],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            env={**os.environ, "PYTHONPATH": str(PACKAGE)},
        )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr


def test_scikit_learn_ends_with_1_and_its_report_is_on_standard_output() -> None:
    pytest.importorskip("sklearn")
    done = run("verify", "scikit-learn", "--task", "kmeans.assign")
    assert done.returncode == 1
    assert done.stderr == ""
    assert "kmeans.assign/offset-1e8: wrong branch" in done.stdout
    assert "refimpl verify scikit-learn --case kmeans.assign/offset-1e8" in done.stdout


def test_output_in_a_pipe_has_no_colours_and_no_progress() -> None:
    done = run("certify", FILES["kmeans.step/plain"])
    assert done.returncode == 0
    assert done.stderr == ""
    assert "\x1b" not in done.stdout


# ---------------------------------------------------------------------- what the standard output can take


@pytest.mark.parametrize("terminal", [False, True])
def test_no_digit_of_a_table_is_cut_off_however_narrow_the_output_is(
    terminal: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if terminal:
        monkeypatch.setenv("FORCE_COLOR", "1")
        monkeypatch.setenv("COLUMNS", "40")
    rows = ([str(i * j) for j in range(1, 30)] for i in (1, 2, 4))
    (file := tmp_path / "wide.csv").write_text("".join(",".join(row) + "\n" for row in rows))
    done = run("run", "moments.covariance", file)
    assert "…" not in done.stdout
    assert "67.66666667" in done.stdout  # the mean of 29, 58 and 116


@pytest.mark.parametrize(
    "arguments", [("verify", "kmedoids", "--task", "kmedoids.run"), ("show", "coins.run/lecture-10")]
)
def test_a_narrow_terminal_cuts_off_no_digit_either(
    arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("COLUMNS", "40")
    assert "…" not in run(*arguments).stdout


def umlauts(tmp_path: Path, encoding: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    """Words of two alphabets in a table, said in that encoding."""
    (file := tmp_path / "words.csv").write_text("stadt\nKöln\n東京\n", encoding="utf-8")
    env = {**os.environ, "PYTHONIOENCODING": encoding, "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "refimpl", "run", "preprocess.one_hot", str(file), *arguments]
    return subprocess.run(command, capture_output=True, env=env, check=False, timeout=60)


@pytest.mark.parametrize(
    ("encoding", "words"),
    [("ascii", "Köln 東京".encode()), ("utf-8", "Köln 東京".encode()), ("latin-1", b"K\xf6ln \\u6771\\u4eac")],
)
def test_a_table_is_told_whole_in_every_encoding(encoding: str, words: bytes, tmp_path: Path) -> None:
    done = umlauts(tmp_path, encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert all(word in done.stdout for word in words.split())


def test_data_that_the_encoding_lacks_are_one_sentence_and_nothing_else(tmp_path: Path) -> None:
    assert umlauts(tmp_path, "ascii", "--format", "csv").stdout == "stadt=Köln,stadt=東京\n1,0\n0,1\n".encode()
    done = umlauts(tmp_path, "latin-1", "--format", "csv")
    assert (done.returncode, done.stdout) == (2, b"")
    (line,) = done.stderr.decode().splitlines()
    assert line.startswith("refimpl: standard output is in latin-1, which has no '")
    assert line.endswith("; set PYTHONIOENCODING=utf-8, or name a file with --output")
