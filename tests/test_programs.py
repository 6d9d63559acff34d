"""Programs that misbehave, all of them real processes: one case is lost, for a reason with a name, and nothing stays.

A script does something else at each second case and answers those in between. After a fault its process group has to
be gone, and the next case has to come from a fresh process.
"""

import contextlib
import json
import os
import pty
import select
import shlex
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest

from refimpl.errors import BadInput
from refimpl.oracle import store
from refimpl.oracle.journal import Entry, Journal
from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Broken, Refused, Result, Unsupported
from refimpl.oracle.peers.process import Limits
from refimpl.oracle.peers.program import MOST_STARTS, Program
from refimpl.oracle.report import machine
from refimpl.oracle.report.tally import Report
from refimpl.oracle.verify import verify

pytestmark = pytest.mark.skipif(os.name != "posix", reason="programs are judged on POSIX systems only")

ROOT = Path(__file__).parent.parent
TASK = "kmeans.assign"
GIVEN: Any = {"points": [["0"], ["1"]], "centers": [["0"], ["1"]]}
RIGHT = Result({"labels": [0, 1]})

PROLOGUE = """
import json, os, resource, signal, sys, time
FOLDER = os.path.dirname(os.path.abspath(__file__))
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))

def note(name, text):
    with open(os.path.join(FOLDER, name), "a") as file:
        print(text, file=file)

def text(message):
    return json.dumps(message)

def say(*lines):
    for line in lines:
        sys.stdout.write(line + "\\n")
    sys.stdout.flush()

def result(seq, **values):
    return text({"seq": seq, "result": values})

def child(code):  # one of the same group; it writes its own number down before anything else
    import subprocess
    begin = "import os,signal,time; print(os.getpid(), file=open(%r, 'a')); " % os.path.join(FOLDER, "pids")
    return subprocess.Popen([sys.executable, "-ISc", begin + code])

note("pids", os.getpid())
starts = len(open(os.path.join(FOLDER, "pids")).read().split())
introduction = {"protocol": 1, "name": "fake", "version": "1", "language": "Python", "precision": "binary64",
                "tasks": ["kmeans.assign"]}
"""

LOOP = """
for line in iter(sys.stdin.readline, ""):
    asked = json.loads(line)
    if asked["cmd"] == "hello":
        say(text(introduction))
    elif asked["cmd"] == "bye":
        break
    else:
        seq = asked["seq"]
        good = result(seq, labels=[0, 1])
        if seq % 2:
            say(good)
        else:
            DOES[seq // 2 - 1 if seq // 2 <= len(DOES) else -1](seq, good)
"""


def script(folder: Path, *does: str, before: str = "") -> list[str]:
    """The command of a script that does these things at its second, fourth, ... case, and the last of them for ever."""
    functions = "".join(
        f"def does_{i}(seq, good):\n" + "".join(f"    {line}\n" for line in code.split("\n"))
        for i, code in enumerate(does or ("say(good)",))
    )
    names = ", ".join(f"does_{i}" for i in range(len(does) or 1))
    path = folder / "peer.py"
    path.write_text(f"{PROLOGUE}\n{functions}\nDOES = [{names}]\n{before}\n{LOOP}", encoding="utf-8")
    return [sys.executable, "-IS", str(path)]


def pids(folder: Path) -> list[int]:
    """All processes that have written down their numbers."""
    path = folder / "pids"
    return [int(word) for word in path.read_text().split()] if path.exists() else []


def alive(pid: int) -> bool:
    """Whether a process runs; one that has ended and was not asked for its status does not."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    return True


def assert_nothing_is_left(folder: Path) -> None:
    """The kill is sent, and the system needs a moment."""
    far = time.monotonic() + 10
    while (left := [pid for pid in pids(folder) if alive(pid)]) and time.monotonic() < far:
        time.sleep(0.01)
    assert left == []


def several(command: Sequence[str] | str, limits: Limits, count: int = 3) -> list[Answer]:
    """What comes of so many cases."""
    with Program(command, limits) as program:
        assert program.hello.name == "fake"
        return [program.run(TASK, GIVEN, {}) for _ in range(count)]


PATIENT = Limits(case=20, start=20, grace=0.2, line=2**20)
HASTY = Limits(case=0.5, start=20, grace=0.2, line=2**20)

FAULTS: dict[str, tuple[str, str, str]] = {
    "abort": ("os.abort()", "crash", "was ended by SIGABRT"),
    "segmentation fault": ("os.kill(os.getpid(), signal.SIGSEGV)", "crash", "was ended by SIGSEGV"),
    "signal without a name": ("os.kill(os.getpid(), signal.SIGRTMIN + 3)", "crash", "was ended by signal 37"),
    "complaint": (
        "sys.stderr.write('Traceback\\nno such file: x\\n\\n'); sys.stderr.flush(); os._exit(3)",
        "crash",
        "ended with exit status 3 (no such file: x)",
    ),
    "complaint in no encoding": (
        "os.write(2, b'\\xff\\xfe bad'); os._exit(3)",
        "crash",
        "ended with exit status 3 (\ufffd\ufffd bad)",
    ),
    "long complaint": ("os.write(2, b'x' * 5000 + b'\\n'); os._exit(3)", "crash", f"({'x' * 200})"),
    "exception": ("1 / 0", "crash", "ended with exit status 1 (ZeroDivisionError: division by zero)"),
    "silent end": ("os._exit(0)", "closed", "ended without an answer"),
    "answer without a line break, then the end": (
        "sys.stdout.write(good); sys.stdout.flush(); os._exit(0)",
        "closed",
        "ended within a line, which has no line break at its end",
    ),
    "closes its output and lives": ("os.close(1); time.sleep(60)", "closed", "closed its output without an answer"),
    "closes everything and lives": (
        "os.close(0); os.close(1); os.close(2); time.sleep(60)",
        "closed",
        "closed its output without an answer",
    ),
    "no JSON": ("say('Segmentation fault (core dumped)')", "garbage", "'Segmentation fault (core dumped)' is no JSON"),
    "number": ("say('17')", "garbage", "'17' is no JSON object"),
    "null": ("say('null')", "garbage", "'null' is no JSON object"),
    "single quotes": ("say(repr(json.loads(good)))", "garbage", "is no JSON"),
    "two answers in a line": ("say(good + good)", "garbage", "is no JSON"),
    "bytes that are no text": ('os.write(1, b\'{"seq": 2, "result": \\xff}\\n\')', "garbage", "is no JSON"),
    "zero bytes": ("os.write(1, b'\\0\\0\\0\\0\\n')", "garbage", "is no JSON"),
    "terminal codes": ("say('\\x1b[31mred')", "garbage", "'\\x1b[31mred' is no JSON"),
    "integer of 5000 digits": (
        'say(\'{"seq": %d, "result": {"labels": [%s, 1]}}\' % (seq, "9" * 5000))',
        "garbage",
        "is no JSON",
    ),
    "nested without end": (
        "say('{\"seq\": %d, \"result\": {\"labels\": %s}}' % (seq, '[' * 100000 + ']' * 100000))",
        "garbage",
        "nested too deeply",
    ),
    "no seq": ("say(text({'result': {'labels': [0, 1]}}))", "out of order", "answered seq None where {seq} was asked"),
    "seq of before": (
        "say(result(seq - 1, labels=[0, 1]))",
        "out of order",
        "answered seq {before} where {seq} was asked",
    ),
    "seq of after": (
        "say(result(seq + 1, labels=[0, 1]))",
        "out of order",
        "answered seq {after} where {seq} was asked",
    ),
    "seq as text": (
        "say(result(str(seq), labels=[0, 1]))",
        "out of order",
        "answered seq '{seq}' where {seq} was asked",
    ),
    "nothing in an answer": ("say('{\"seq\": %d}' % seq)", "garbage", "one of result, error and unsupported"),
    "result and error": (
        "say(text({'seq': seq, 'result': {}, 'error': {'kind': 'internal'}}))",
        "garbage",
        "one of result, error and unsupported",
    ),
    "result is a list": ("say(text({'seq': seq, 'result': [0, 1]}))", "garbage", "result and error are objects"),
    "error is a text": ("say(text({'seq': seq, 'error': 'bad'}))", "garbage", "result and error are objects"),
    "unsupported is true": ("say(text({'seq': seq, 'unsupported': True}))", "garbage", "unsupported is a text"),
    "line of more than the limit": ("os.write(1, b'x' * 3000000)", "too long", "a line of more than 1048576 bytes"),
    "100 MB without a line break": (
        "for _ in range(100): os.write(1, b'x' * 1000000)",
        "too long",
        "a line of more than 1048576 bytes",
    ),
    "child that keeps the output open": (
        "child('time.sleep(60)'); time.sleep(0.1); os._exit(4)",
        "crash",
        "ended with exit status 4",
    ),
}
"""What it does -> how, the fault and what the message tells."""

HANGS = {
    "sleeps": "time.sleep(60)",
    "spins": "while True: pass",
    "writes blank lines for ever": "while True: os.write(1, b'\\n' * 4096)",
    "complains for ever": "while True: os.write(2, b'still busy\\n')",
    "ignores termination": "signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)",
    "has a child that ignores termination": (
        "child('signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)'); time.sleep(60)"
    ),
    "has a grandchild that is nobody's child": (
        "if os.fork() == 0:\n"
        "    os.fork() and os._exit(0)\n"
        "    note('pids', os.getpid())\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    time.sleep(60)\n"
        "time.sleep(60)"
    ),
    "stops itself": "os.kill(os.getpid(), signal.SIGSTOP)",
    "answers without a line break": "sys.stdout.write(good); sys.stdout.flush(); time.sleep(60)",
    "ends lines as old computers did": "sys.stdout.write(good + '\\r'); sys.stdout.flush(); time.sleep(60)",
}


Run = dict[str, tuple[int, Answer, Answer]]
"""What it does -> the number of the case, what came of it, and of the next one."""


def run(folder: Path, does: dict[str, str], limits: Limits) -> Run:
    """One run through all of them."""
    first, *answers = several(script(folder, *does.values()), limits, 2 * len(does) + 1)
    assert first == RIGHT
    return {what: (2 * i + 2, answers[2 * i], answers[2 * i + 1]) for i, what in enumerate(does)}


@pytest.fixture(scope="module")
def faults(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("faults")
    return folder, run(folder, {what: how for what, (how, _, _) in FAULTS.items()}, PATIENT)


@pytest.fixture(scope="module")
def hangs(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("hangs")
    return folder, run(folder, HANGS, HASTY)


@pytest.fixture(scope="module")
def harmless(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Run]:
    folder = tmp_path_factory.mktemp("harmless")
    return folder, run(folder, HARMLESS, PATIENT)


@pytest.mark.parametrize("what", FAULTS)
def test_a_fault_costs_one_case_and_has_a_name(what: str, faults: tuple[Path, Run]) -> None:
    _, fault, message = FAULTS[what]
    seq, answer, after = faults[1][what]
    assert after == RIGHT
    assert isinstance(answer, Broken)
    assert answer.fault == fault
    assert message.format(seq=seq, before=seq - 1, after=seq + 1) in answer.message
    assert len(answer.message) < 1000


@pytest.mark.parametrize("what", HANGS)
def test_a_program_that_hangs_is_ended_after_its_time(what: str, hangs: tuple[Path, Run]) -> None:
    assert hangs[1][what][1:] == (Broken("time-out", "gave no answer within 0.5 s"), RIGHT)


def test_each_fault_is_followed_by_a_start_and_nothing_is_left(
    faults: tuple[Path, Run], hangs: tuple[Path, Run]
) -> None:
    for (folder, _), does in ((faults, [how for how, _, _ in FAULTS.values()]), (hangs, list(HANGS.values()))):
        others = sum("child(" in how or "fork()" in how for how in does)
        assert len(pids(folder)) == 1 + len(does) + others
        assert_nothing_is_left(folder)


HARMLESS = {
    "windows line ends": "sys.stdout.write(good + '\\r\\n'); sys.stdout.flush()",
    "blank lines": "say('', '   ', *[''] * 10000, '\\t\\r', good)",
    "blanks around": "say('  ' + good + '   ')",
    "many small writes": "for c in good + '\\n': os.write(1, c.encode())",
    "a write for each word": (
        "for word in good.replace(' ', ' |').split('|'):\n    os.write(1, word.encode())\n    time.sleep(0.02)\nsay('')"
    ),
    "a late answer": "time.sleep(0.4); say(good)",
    "100 MB of complaints": "for _ in range(100): os.write(2, b'x' * 999999 + b'\\n')\nsay(good)",
    "a long line": "say(good[:-1] + ', \"more\": \"%s\"}' % ('x' * 900000))",
    "another order of keys": """say('{"result": {"labels": [0, 1]}, "seq": %d}' % seq)""",
    "a byte order mark": "os.write(1, b'\\xef\\xbb\\xbf' + good.encode() + b'\\n')",
    "null beside the result": 'say(good[:-1] + \', "error": null, "unsupported": null}\')',
    "closes its errors": "os.close(2); say(good)",
    "leaves a child": "child('time.sleep(60)'); say(good); time.sleep(0.1)",
}


@pytest.mark.parametrize("what", HARMLESS)
def test_what_is_unusual_and_no_fault_costs_nothing(what: str, harmless: tuple[Path, Run]) -> None:
    assert harmless[1][what][1:] == (RIGHT, RIGHT)


def test_what_is_no_fault_needs_no_other_start_and_its_children_are_ended(harmless: tuple[Path, Run]) -> None:
    assert len(pids(harmless[0])) == 2, "itself and one child"
    assert_nothing_is_left(harmless[0])


def test_nan_and_infinity_are_read_and_never_pass(tmp_path: Path) -> None:
    how = 'say(\'{"seq": 2, "result": {"labels": [NaN, Infinity, -Infinity, 1e999]}}\')'
    _, second, _ = several(script(tmp_path, how), PATIENT)
    assert isinstance(second, Result)
    assert str(second.values["labels"]) == "[nan, inf, -inf, inf]"


def test_an_answer_before_the_question_costs_the_next_case(tmp_path: Path) -> None:
    """A line too many is noticed where the next answer is expected."""
    with Program(script(tmp_path, "say(good, good)"), PATIENT) as program:
        answers = [program.run(TASK, GIVEN, {}) for _ in range(4)]
    assert [type(answer) for answer in answers] == [Result, Result, Broken, Result]
    assert answers[2] == Broken("out of order", "answered seq 2 where 3 was asked")


def test_a_program_that_ends_between_two_cases_costs_the_next_one(tmp_path: Path) -> None:
    with Program(script(tmp_path, "say(good); os._exit(5)"), PATIENT) as program:
        answers = [program.run(TASK, GIVEN, {}) for _ in range(4)]
    assert [type(answer) for answer in answers] == [Result, Result, Broken, Result]
    assert answers[2] == Broken("crash", "ended with exit status 5")


LARGE: Any = {"points": [[str(n)] for n in range(100_000)], "centers": [["0"]]}


@pytest.mark.parametrize(
    ("misbehave", "limits", "expected"),
    [
        ("time.sleep(60)", HASTY, Broken("time-out", "gave no answer within 0.5 s")),
        ("os.close(0); time.sleep(60)", HASTY, Broken("time-out", "gave no answer within 0.5 s")),
        ("os.close(0); os._exit(6)", PATIENT, Broken("crash", "ended with exit status 6")),
        ('os.close(0); say(\'{"seq": 1, "result": {"labels": []}}\')', PATIENT, Result({"labels": []})),
    ],
    ids=["never reads", "closes its input", "closes its input and ends", "answers unread"],
)
def test_a_request_larger_than_a_pipe_need_not_be_read(
    misbehave: str, limits: Limits, expected: Answer, tmp_path: Path
) -> None:
    before = f"say(text(introduction))\nsys.stdin.readline()\n{misbehave}\nsys.exit()"
    assert len(wire.request(1, TASK, LARGE, {})) > 10 * 2**16
    with Program(script(tmp_path, before=before), limits) as program:
        assert program.run(TASK, LARGE, {}) == expected
    assert_nothing_is_left(tmp_path)


def test_a_large_request_and_a_large_answer_pass_through(tmp_path: Path) -> None:
    before = LOOP.replace("labels=[0, 1]", "labels=[0] * len(asked['input']['points'])").replace("seq % 2", "True")
    with Program(script(tmp_path, before=before), PATIENT) as program:
        assert program.run(TASK, LARGE, {}) == Result({"labels": [0] * 100_000})


def test_what_a_program_prints_is_not_kept(tmp_path: Path) -> None:
    """100 MB on either output; a line has at most 1 MB here."""
    how = "for _ in range(100): os.write(2, b'e' * 1000000)\nfor _ in range(100): os.write(1, b'x' * 1000000)"
    with Program(script(tmp_path, how), PATIENT) as program:
        program.run(TASK, GIVEN, {})
        tracemalloc.start()
        try:
            assert program.run(TASK, GIVEN, {}) == Broken("too long", "gave a line of more than 1048576 bytes")
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert peak < 8 * 2**20


def test_a_line_longer_than_the_limit_is_none(tmp_path: Path) -> None:
    how = "say(good[:-1] + ', \"more\": \"%s\"}' % ('x' * 30000))"
    with Program(script(tmp_path, how), Limits(case=20, start=20, grace=0.2, line=2000)) as program:
        answers = [program.run(TASK, GIVEN, {}) for _ in range(3)]
    assert answers[1] == Broken("too long", "gave a line of more than 2000 bytes")


# --- starting ---------------------------------------------------------------------------------------


def refused(command: Sequence[str] | str, limits: Limits = PATIENT) -> str:
    """The sentence that tells why there is no introduction."""
    with pytest.raises(BadInput) as error, Program(command, limits) as program:
        _ = program.hello
    assert "\n" not in str(error.value)
    return str(error.value)


@pytest.mark.parametrize(
    ("command", "sentence"),
    [
        ("", "the command is empty; give a program and its arguments"),
        (" \t ", "the command is empty; give a program and its arguments"),
        ([], "the command is empty; give a program and its arguments"),
        ('python3 "kmeans.py', "cannot be split into words: No closing quotation"),
        ("python3 kmeans.py \\", "cannot be split into words: No escaped character"),
        ("no-such-program-anywhere --fast", "'no-such-program-anywhere' cannot be started: No such file or directory"),
        ("./no/such/file", "'./no/such/file' cannot be started: No such file or directory"),
        ("/", "'/' cannot be started: Permission denied"),
        (["python3", "a\0b"], "'python3' cannot be started: embedded null byte"),
    ],
)
def test_a_command_that_is_none_is_one_sentence(command: Any, sentence: str) -> None:
    assert sentence in refused(command)


def test_a_file_that_cannot_be_executed_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "kmeans.py"
    path.write_text("print()\n")
    assert refused([str(path)]) == f"{str(path)!r} cannot be started: Permission denied"
    path.chmod(0o755)
    assert refused([str(path)]) == f"{str(path)!r} cannot be started: Exec format error"


INTRODUCTIONS = {
    "ended with exit status 7": "sys.exit(7)",
    "ended without an answer": "sys.exit()",
    "'Welcome to fake 1.0' is no JSON": "say('Welcome to fake 1.0')",
    "protocol is 2; this is protocol 1": "say(text({**introduction, 'protocol': 2}))",
    "name is None; give a text": "del introduction['name']; say(text(introduction))",
    "version is 0.3; give a text": "say(text({**introduction, 'version': 0.3}))",
    "tasks is no list of names": "say(text({**introduction, 'tasks': 'kmeans.assign'}))",
    "the precision is 'double'; give one of binary64": "say(text({**introduction, 'precision': 'double'}))",
    "there is no convention 'tie'; the conventions are": "say(text({**introduction, 'conventions': {'tie': 'first'}}))",
    "the convention ties is 'first'; give one of lowest-index, other": (
        "say(text({**introduction, 'conventions': {'ties': 'first'}}))"
    ),
    "conventions is no object": "say(text({**introduction, 'conventions': ['ties']}))",
    "omits is no object of objects": "say(text({**introduction, 'omits': {'kmeans.fit': 'iterations'}}))",
    "gave a line of more than 1048576 bytes": "os.write(1, b'x' * 2000000)",
}


@pytest.mark.parametrize("sentence", INTRODUCTIONS)
def test_a_wrong_introduction_is_one_sentence(sentence: str, tmp_path: Path) -> None:
    assert sentence in refused(script(tmp_path, before=INTRODUCTIONS[sentence] + "\nsys.exit()"))
    assert_nothing_is_left(tmp_path)


def test_an_introduction_that_is_an_error_is_told(tmp_path: Path) -> None:
    """`refimpl serve` itself answers so where the adapter's declaration is wrong."""
    before = "say(text({'error': {'kind': 'bad-input', 'message': 'there is no licence'}}))\nsys.exit()"
    assert "there is no licence" in refused(script(tmp_path, before=before))


def test_a_start_has_a_limit_of_its_own(tmp_path: Path) -> None:
    slow = script(tmp_path, before="time.sleep(0.8)")
    assert several(slow, Limits(case=0.6, start=20, grace=0.2)) == [RIGHT, RIGHT, RIGHT]
    said = refused(script(tmp_path, before="time.sleep(60)"), Limits(case=20, start=0.3, grace=0.2))
    assert "gave no answer within 0.3 s" in said
    assert_nothing_is_left(tmp_path)


def test_three_failed_starts_in_a_row_are_the_last(tmp_path: Path) -> None:
    command = script(tmp_path, "os._exit(3)", before="if starts > 1: sys.exit('no licence')")
    with Program(command, PATIENT) as program:
        answers = [program.run(TASK, GIVEN, {}) for _ in range(8)]
    assert answers[0] == RIGHT
    assert answers[1] == Broken("crash", "ended with exit status 3")
    assert answers[2:5] == [Broken("crash", "ended with exit status 1 (no licence)")] * 3
    assert answers[5:] == [Broken("crash", f"is given up: {MOST_STARTS} starts in a row have failed")] * 3
    assert len(pids(tmp_path)) == 1 + MOST_STARTS


def test_starts_that_fail_now_and_then_are_no_reason_to_give_up(tmp_path: Path) -> None:
    command = script(tmp_path, before="if starts % 3: sys.exit(1)")
    Path(tmp_path / "pids").write_text("999999999\n999999999\n")  # the first start is the third
    with Program([*command[:-1], command[-1]], PATIENT) as program:
        answers = []
        for _ in range(4):
            answers.append(program.run(TASK, GIVEN, {}))
            answers.append(program.run(TASK, {"points": [], "centers": []}, {}))
            assert program._process is not None or isinstance(answers[-1], Broken)
            if program._process is not None:
                program._process.end()
                program._process = None
    assert [type(answer).__name__ for answer in answers] == ["Result", "Result", "Broken", "Broken"] * 2


def test_the_program_has_the_environment_and_the_folder_of_the_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    command = script(tmp_path, before="note('seen', os.getcwd()); note('seen', os.environ['REFIMPL_TEST_WORD'])")
    monkeypatch.setenv("REFIMPL_TEST_WORD", "wörd")
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    assert several([command[0], "-IS", "../peer.py"], PATIENT) == [RIGHT] * 3
    assert (tmp_path / "seen").read_text().splitlines() == [str((tmp_path / "here").resolve()), "wörd"]


def test_a_command_is_split_as_a_shell_splits_it_and_no_shell_sees_it(tmp_path: Path) -> None:
    folder = tmp_path / "a folder; with 'quotes' & more"
    folder.mkdir()
    command = script(folder, before="note('seen', text(sys.argv[1:]))")
    told = shlex.join(command) + r""" "two words" 'it''s' $HOME ; touch x * `id` "a\"b" ~ > y | z && \$ '' """
    assert several(told, PATIENT) == [RIGHT] * 3
    seen = json.loads((folder / "seen").read_text())
    words = ["two words", "its", "$HOME", ";", "touch", "x", "*", "`id`", 'a"b', "~", ">", "y", "|", "z", "&&", "$", ""]
    assert seen == words


def test_a_shell_is_there_for_those_who_ask_for_one(tmp_path: Path) -> None:
    command = shlex.join(script(tmp_path))
    inner = f"WORD=x; test $WORD = x && {command} | cat"
    assert several(["sh", "-c", inner], PATIENT) == [RIGHT] * 3
    assert several(f"sh -c {shlex.quote(inner)}", PATIENT) == [RIGHT] * 3
    assert_nothing_is_left(tmp_path)


def test_a_program_that_is_asked_to_end_may_do_so_itself(tmp_path: Path) -> None:
    command = script(tmp_path)
    Path(command[-1]).write_text(Path(command[-1]).read_text() + "\nnote('ended', 'kindly')\n")
    assert several(command, Limits(case=20, start=20, grace=10)) == [RIGHT] * 3
    assert (tmp_path / "ended").read_text() == "kindly\n"


def test_closing_twice_and_closing_what_was_never_started_is_nothing(tmp_path: Path) -> None:
    program = Program(script(tmp_path), PATIENT)
    program.close()
    assert pids(tmp_path) == []
    assert program.run(TASK, GIVEN, {}) == RIGHT
    program.close()
    program.close()
    assert program.run(TASK, GIVEN, {}) == RIGHT
    program.close()
    assert_nothing_is_left(tmp_path)


def test_no_file_stays_open(tmp_path: Path) -> None:
    open_files = Path("/proc/self/fd")
    if not open_files.is_dir():
        pytest.skip("open files cannot be counted here")
    before = len(list(open_files.iterdir()))
    with Program(script(tmp_path, "os._exit(3)"), PATIENT) as program:
        for _ in range(10):
            program._seq = 1
            assert isinstance(program.run(TASK, GIVEN, {}), Broken)
    with contextlib.suppress(BadInput):
        _ = Program("no-such-program-anywhere").hello
    assert len(list(open_files.iterdir())) == before


# --- reports ----------------------------------------------------------------------------------------


ANSWERS = """
with open(os.path.join(FOLDER, "answers.json")) as file:
    answers = json.load(file)
"""


def cheat(folder: Path, task: str) -> None:
    """Write down what is right, by the input."""
    answers = {
        json.dumps(case.input): (
            {"result": case.expected} if case.expected is not None else {"error": {"kind": case.refused}}
        )
        for case in store.cases(store.fixtures(), task=task)
    }
    (folder / "answers.json").write_text(json.dumps(answers))


def cheating(folder: Path, wrong: str) -> list[str]:
    """A script that knows the golden answers; `wrong` may do something else with `number`, counted over all starts."""
    cheat(folder, TASK)
    right = "text({'seq': seq, **answers[text(asked['input'])]})"
    loop = LOOP.replace("result(seq, labels=[0, 1])", right).replace(
        "        if seq % 2:", f"{wrong}\n        if True:"
    )
    return script(folder, before=ANSWERS + loop)


@contextlib.contextmanager
def reported(command: Sequence[str] | str, limits: Limits = PATIENT) -> Iterator[Report]:
    """The report on the golden cases of one task, from a journal as the command keeps it."""
    journal = Journal()
    try:
        with Program(command, limits) as program:
            hello = program.hello
            for score, answer in verify(program, store.cases(store.fixtures(), task=TASK)):
                journal.add(score, answer)
        yield Report(hello, journal, "refimpl verify fake", len(GOLDEN))
    finally:
        journal._file.close()


GOLDEN = [case.id for case in store.cases(store.fixtures(), task=TASK)]


def test_a_script_that_knows_the_answers_passes(tmp_path: Path) -> None:
    with reported(cheating(tmp_path, "")) as report:
        assert report.passed
        assert [entry.score.case_id for entry in report.entries] == GOLDEN
        assert len(pids(tmp_path)) == 1


WRONG = """
        if seq == 2: os.abort()
        if seq == 3: time.sleep(60)
        if seq == 4: say("garbage")
        if seq == 5: say(result(4, labels=[0]))
        if seq == 6: os.write(1, b"x" * 20000000)
        if seq == 7: os._exit(0)
        if seq == 8: say('{"seq": 8, "result": {"labels": [NaN, NaN, NaN]}}')
        if seq == 8: continue
        if seq == 9: say(result(9, labels={"0": 1}))
        if seq == 9: continue
        if seq == 10: say(result(10, labels=[[0]]))
        if seq == 10: continue
        if seq == 11: say(result(11))
        if seq == 11: continue
"""


def test_a_report_is_complete_whatever_happens(tmp_path: Path) -> None:
    command = cheating(tmp_path, WRONG)
    done = verified(command, "--format", "json", "--time-limit", "1", "--junit", str(tmp_path / "junit.xml"))
    assert done.returncode == 1, done.stderr
    report = json.loads(done.stdout)
    assert [found["id"] for found in report["cases"]] == GOLDEN
    verdicts = [found["verdict"] for found in report["cases"]]
    assert verdicts == ["pass", *["error"] * 6, *["fail"] * 4, *["pass"] * (len(GOLDEN) - 11)]
    faults = [found["answer"].get("broken", {}).get("fault") for found in report["cases"]]
    assert faults[1:7] == ["crash", "time-out", "garbage", "out of order", "too long", "closed"]
    for found in report["cases"]:
        told = f"refimpl verify --exec {shlex.quote(shlex.join(command))} --time-limit 1 --case {found['id']}"
        assert found["reproduce"] == told
        assert (found["verdict"] == "pass") == (not found["detail"])
    assert report["tasks"][0]["executed"] == len(GOLDEN) - 6
    assert (tmp_path / "junit.xml").read_text().count("<testcase") == len(GOLDEN)
    assert len(pids(tmp_path)) == 7
    assert_nothing_is_left(tmp_path)


ODD = {
    "labels are an object": "labels={'0': 1}",
    "labels are a text": "labels='01'",
    "a label is a text": "labels=['first'] * 3",
    "a label is true": "labels=[True] * 3",
    "a label is null": "labels=[None] * 3",
    "a label is an object": "labels=[{'a': 1}] * 3",
    "a label has halves": "labels=[0.5] * 3",
    "a label is a long integer": "labels=[10 ** 4000] * 3",
    "too many": "labels=[0] * 5000",
    "a cube": "labels=[[[0]]] * 3",
    "nothing": "",
    "other names": "label=[0]",
}


@pytest.mark.parametrize("what", ODD)
def test_an_answer_of_odd_types_fails_and_the_report_is_complete(what: str, tmp_path: Path) -> None:
    with reported(cheating(tmp_path, f"        say(result(seq, {ODD[what]})); continue")) as report:
        assert [entry.score.case_id for entry in report.entries] == GOLDEN
        assert not report.passed
        golden = [case for case in store.cases(store.fixtures(), task=TASK) if case.expected is not None]
        verdicts = {entry.score.case_id: entry.score.verdict for entry in report.entries}
        assert {verdicts[case.id] for case in golden} <= {"fail", "wrong branch"}
        assert len(json.loads("".join(machine.to_json(report)))["cases"]) == len(GOLDEN)
        assert "".join(machine.to_junit(report)).count("<testcase") == len(GOLDEN)


def test_a_label_of_20000_digits_is_a_wrong_one(tmp_path: Path) -> None:
    with reported(cheating(tmp_path, "        say(result(seq, labels=['1e20000'] * 3)); continue")) as report:
        assert [entry.score.case_id for entry in report.entries] == GOLDEN


@pytest.mark.parametrize("depth", [2, 100, 500, 900])
def test_an_answer_that_is_nested_deeply_is_a_wrong_one(depth: int, tmp_path: Path) -> None:
    how = f'say(\'{{"seq": %d, "result": {{"labels": {"[" * depth}0{"]" * depth}}}}}\' % seq); continue'
    with reported(cheating(tmp_path, f"        {how}")) as report:
        assert [entry.score.case_id for entry in report.entries] == GOLDEN
        assert len(json.loads("".join(machine.to_json(report)))["cases"]) == len(GOLDEN)


def test_half_a_character_does_not_end_the_report(tmp_path: Path) -> None:
    how = 'say(\'{"seq": %d, "error": {"kind": "bad-input", "message": "\\\\ud800"}}\' % seq); continue'
    with reported(cheating(tmp_path, f"        {how}")) as report:
        "".join(machine.to_junit(report)).encode()
        "".join(machine.to_json(report)).encode()


def test_a_peer_that_omits_everything_passes_nothing(tmp_path: Path) -> None:
    before = "introduction['omits'] = {'kmeans.assign': {'labels': 'they are secret'}}\n"
    command = script(tmp_path, before=before + LOOP.replace("labels=[0, 1]", "").replace("seq % 2", "True"))
    with reported(command) as report:
        assert not report.executed


def on_a_terminal(command: Sequence[str]) -> tuple[int, bytes]:
    """Exit status and all output of a command whose outputs are a terminal."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=theirs, cwd=ROOT) as process:
        os.close(theirs)
        output = b"".join(_chunks(ours))
    os.close(ours)
    return process.returncode, output


def _chunks(terminal: int) -> Iterator[bytes]:
    with contextlib.suppress(OSError):  # so Linux tells the end
        while select.select([terminal], [], [], 60)[0] and (chunk := os.read(terminal, 2**16)):
            yield chunk


NAMES = ("fake", "my{km}", "a[/b]", "x\x1b]0;owned\x07y", "half \ud800")


@pytest.mark.parametrize("name", NAMES, ids=ascii)
def test_the_name_of_a_peer_is_only_a_name(name: str, tmp_path: Path) -> None:
    command = script(tmp_path, before=f"introduction['name'] = {name!a}")
    words = ["verify", "--exec", shlex.join(command), "--task", TASK]
    status, output = on_a_terminal([sys.executable, "-m", "refimpl", *words])
    assert status == 1, output.decode("utf-8", "replace")
    assert b"failed: " in output
    assert b"\x1b]0;owned" not in output


# --- options ----------------------------------------------------------------------------------------


def verified(command: Sequence[str], *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "refimpl", "verify", "--exec", shlex.join(command), "--task", TASK, *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
    )


def test_a_time_limit_is_a_number(tmp_path: Path) -> None:
    done = verified(script(tmp_path), "--time-limit", "nan")
    assert done.returncode == 2
    assert "time-limit" in done.stderr
    assert "fault of refimpl" not in done.stderr


def test_a_file_that_cannot_be_written_does_not_cost_the_report(tmp_path: Path) -> None:
    """Either it is told before a case is asked, or the report is printed all the same."""
    (tmp_path / "file").write_text("")
    done = verified(cheating(tmp_path, ""), "--junit", str(tmp_path / "file" / "junit.xml"))
    assert done.returncode == 2
    assert "junit.xml" in done.stderr
    assert not pids(tmp_path) or "passed: every applicable case" in done.stdout


def test_junit_is_xml_whatever_the_command_is(tmp_path: Path) -> None:
    import xml.etree.ElementTree as ET

    done = verified([*script(tmp_path), "\x01"], "--junit", str(tmp_path / "junit.xml"))
    assert done.returncode == 1
    assert len(list(ET.parse(tmp_path / "junit.xml").iter("testcase"))) == len(GOLDEN)


def test_what_a_peer_says_is_told_by_its_verdict(tmp_path: Path) -> None:
    how = """
        if seq == 1: say(text({'seq': seq, 'unsupported': 'not today'})); continue
        if seq == 2: say(text({'seq': seq, 'error': {'kind': 'bad-input', 'message': 'no'}})); continue
        if seq == 3: say(text({'seq': seq, 'error': {'kind': ['x'], 'message': {'a': 1}}})); continue
"""
    with reported(cheating(tmp_path, how)) as report:
        entries: list[Entry] = list(report.entries)
    assert [entry.score.verdict for entry in entries[:3]] == ["unsupported", "error", "error"]
    assert entries[0].answer == Unsupported("not today")
    assert entries[1].answer == Refused("bad-input", "no")
    assert entries[2].score.detail == "refuses legal input: ['x']: {'a': 1}"
