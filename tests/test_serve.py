"""`refimpl serve`: conversations with a real process, certified digits for any input, and adapters of users."""

import json
import os
import re
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import flint
import mpmath
import pytest
from hypothesis import given, settings, strategies as st

import refimpl
from refimpl.errors import KINDS
from refimpl.numbers import certified, parse
from refimpl.oracle import store
from refimpl.oracle.case import Case
from refimpl.oracle.peers.peer import Answer, Refused, Result, Unsupported
from refimpl.oracle.reference import Reference
from refimpl.oracle.tasks import TASKS

ROOT = Path(__file__).parent.parent
SERVE = [sys.executable, "-m", "refimpl", "serve"]
Q = Fraction


def talk(requests: Sequence[object] | bytes, *words: str, folder: Path = ROOT, far: float = 60) -> list[Any]:
    """The answers to a conversation, which takes less than so many seconds."""
    return [json.loads(line) for line in lines(requests, *words, folder=folder, far=far)]


def lines(requests: Sequence[object] | bytes, *words: str, folder: Path = ROOT, far: float = 60) -> list[str]:
    """The lines of the answers to a conversation; requests are messages, or lines as they are."""
    if not isinstance(requests, bytes):
        requests = b"".join(r if isinstance(r, bytes) else json.dumps(r).encode() + b"\n" for r in requests)
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [*SERVE, *words],
        input=requests,
        capture_output=True,
        check=False,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": path},
        timeout=far,
    )
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout.decode("utf-8").split("\n")[:-1]


HELLO = {"cmd": "hello", "protocol": 1}
BYE = {"cmd": "bye"}
STEP = {"points": [["0"], ["1"], ["5"]], "centers": [["0"], ["5"]]}
STEPPED = {"labels": [0, 0, 1], "centers": [["1/2"], ["5"]], "distortion": "1/2"}


def asked(task: str, given: Any, params: Any | None = None, seq: object = 1) -> dict[str, object]:
    return {"cmd": "run", "seq": seq, "task": task, "input": given, "params": params or {}}


# --- conversations ----------------------------------------------------------------------------------


def test_a_conversation_has_an_introduction_and_answers() -> None:
    hello, answer = talk([HELLO, asked("kmeans.step", STEP), BYE, asked("kmeans.step", STEP)])
    assert hello["protocol"] == 1
    assert (hello["name"], hello["version"], hello["language"]) == ("refimpl", refimpl.__version__, "Python")
    assert hello["tasks"] == list(TASKS)
    assert answer == {"seq": 1, "result": STEPPED}, "and nothing after bye"


def test_the_end_of_input_is_the_end_of_the_conversation() -> None:
    assert talk(b"") == []
    assert talk(b"\n\n \r\n") == []
    (answer,) = talk(json.dumps(asked("kmeans.step", STEP)).encode())  # without a line break
    assert answer["result"] == STEPPED


def test_blank_lines_and_windows_line_ends_are_nothing() -> None:
    line = json.dumps(asked("kmeans.step", STEP)).encode()
    answers = talk(b"\n \n" + line + b"\r\n\r\n\t\n" + line + b"\n")
    assert [answer["result"] for answer in answers] == [STEPPED, STEPPED]


SEQS = [0, -1, 10**30, 1.5, 1e300, "", "a", 'ü\n"\\ \U0001f600', None, True, [], [1, [2]], {"a": {"b": None}}]


def test_any_json_value_comes_back_as_seq() -> None:
    answers = talk([asked("kmeans.step", STEP, seq=seq) for seq in SEQS])
    for answer, seq in zip(answers, SEQS, strict=True):
        assert answer == {"seq": seq, "result": STEPPED}
        assert type(answer["seq"]) is type(seq)


@pytest.mark.parametrize("seq", ["\t", "\u2028", "\x1b[31m", "\u200b", "\ue000", "\ud800"], ids=ascii)
def test_a_seq_that_cannot_be_printed_comes_back_as_it_is(seq: str) -> None:
    (answer,) = talk([asked("kmeans.step", STEP, seq=seq)])
    assert answer["seq"] == seq


def test_a_seq_that_is_nested_deeply_does_not_end_the_conversation() -> None:
    depths = [*range(900, 1000, 3), 1500, 10000]
    deep = [b'{"cmd": "run", "seq": ' + b"[" * n + b"]" * n + b', "task": "kmeans.assign"}\n' for n in depths]
    answers = lines([*deep, HELLO])
    assert len(answers) == len(deep) + 1
    assert json.loads(answers[-1])["name"] == "refimpl"


BAD = {
    b"hello": "is no JSON",
    b"{": "is no JSON",
    b"[1]": "is no JSON object",
    b"17": "is no JSON object",
    b"null": "is no JSON object",
    b"\xff\xff": "is no JSON",
    b"[" * 100000: "nested too deeply",
    b'{"a": ' + b"9" * 5000 + b"}": "is no JSON",
    b"{}": "cmd is None; give hello, run or bye",
    b'{"cmd": "stop"}': "cmd is 'stop'; give hello, run or bye",
    b'{"cmd": ["run"]}': "cmd is ['run']; give hello, run or bye",
    b'{"cmd": "hello"}': "protocol is None; this is protocol 1",
    b'{"cmd": "hello", "protocol": 2}': "protocol is 2; this is protocol 1",
    b'{"cmd": "hello", "protocol": "1"}': "protocol is '1'; this is protocol 1",
}


def test_what_breaks_the_protocol_is_told_and_the_next_line_is_read() -> None:
    answers = talk([line for bad in BAD for line in (bad + b"\n", asked("kmeans.step", STEP))])
    for bad, wrong, right in zip(BAD, answers[::2], answers[1::2], strict=True):
        assert wrong["error"]["kind"] == "bad-input"
        assert BAD[bad] in wrong["error"]["message"]
        assert len(wrong["error"]["message"]) < 500
        assert right["result"] == STEPPED


WRONG: list[tuple[Any, str]] = [
    ({"task": "kmeans.stap"}, "there is no task 'kmeans.stap'"),
    ({"task": None}, "there is no task 'None'"),
    ({"task": ["kmeans.step"]}, "there is no task"),
    ({}, "there is no task 'None'"),
    ({"task": "kmeans.step"}, "input: Object missing required field `points`"),
    ({"task": "kmeans.step", "input": None}, "input is no object"),
    ({"task": "kmeans.step", "input": STEP, "params": [1]}, "params is no object"),
    ({"task": "kmeans.step", "input": STEP, "params": {"k": 1}}, "params: Object contains unknown field `k`"),
    ({"task": "kmeans.step", "input": {**STEP, "k": 1}}, "input: Object contains unknown field `k`"),
    ({"task": "kmeans.run", "input": STEP}, "params: Object missing required field `iterations`"),
    ({"task": "kmeans.run", "input": STEP, "params": {"iterations": True}}, "`bool`"),
    ({"task": "kmeans.run", "input": STEP, "params": {"iterations": "two"}}, "iterations"),
    ({"task": "kmeans.run", "input": STEP, "params": {"iterations": "3/2"}}, "iterations is '3/2'; give an integer"),
    ({"task": "kmeans.run", "input": STEP, "params": {"iterations": -1}}, "iterations is -1; give 0 or more"),
    ({"task": "kmeans.step", "input": {**STEP, "points": [[0.5]]}}, "points[0][0]"),
    ({"task": "kmeans.step", "input": {**STEP, "points": "0 1"}}, "points"),
    ({"task": "kmeans.step", "input": {**STEP, "points": [["nan"]]}}, "points[0][0]"),
    ({"task": "kmeans.step", "input": {**STEP, "points": [["1e99999"]]}}, "exponent"),
]


def test_what_is_wrong_with_a_question_is_told_with_its_seq() -> None:
    answers = talk([{"cmd": "run", "seq": i, **question} for i, (question, _) in enumerate(WRONG)])
    for i, (answer, (_, sentence)) in enumerate(zip(answers, WRONG, strict=True)):
        assert answer["seq"] == i
        assert answer["error"]["kind"] == "bad-input"
        assert sentence in answer["error"]["message"]
        assert "\n" not in answer["error"]["message"]


HUGE: list[tuple[str, Any, Any]] = [
    ("kmeans.optimum", {"points": [["1"], ["2"]]}, {"k": "1e20000"}),
    ("kmeans.update", {"points": [["1"]], "labels": ["1e20000"], "centers": [["1"]]}, {}),
    ("moments.covariance", {"points": [["1"], ["2"]]}, {"ddof": "1e20000"}),
    ("kmeans.seeding", {"points": [["1"], ["2"]]}, {"chosen": ["1e20000"]}),
    ("kmeans.run", STEP, {"iterations": "-1e20000"}),
    ("coins.step", {"heads": ["-1e20000"], "tails": [1], "theta": ["1/2", "1/3"]}, {}),
]


@pytest.mark.parametrize("question", HUGE, ids=lambda question: question[0])
def test_an_integer_of_20000_digits_is_told_to_be_wrong(question: tuple[str, Any, Any]) -> None:
    found = Reference().run(*question)
    assert isinstance(found, Refused)
    assert found.kind in ("bad-input", "k-too-large")


def test_every_refused_golden_case_is_refused_for_its_reason() -> None:
    cases = [case for case in store.cases(store.fixtures()) if case.refused]
    answers = talk([asked(case.task, case.input, case.params, case.id) for case in cases])
    assert {case.refused for case in cases} >= {"bad-input", "empty-data", "k-too-large", "no-mass", "undefined"}
    for case, answer in zip(cases, answers, strict=True):
        assert answer["seq"] == case.id
        assert answer["error"]["kind"] == case.refused
        assert answer["error"]["kind"] in KINDS


@pytest.mark.parametrize("closed", ["<&-", ">&-"])
def test_a_closed_input_or_output_is_no_fault_of_refimpl(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'"$0" -m refimpl serve {closed}', sys.executable],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=ROOT,
        stdin=subprocess.DEVNULL,
    )
    assert "fault of refimpl" not in done.stderr


def test_digits_are_a_number_from_1_to_2000() -> None:
    for digits in ("0", "2001", "x", "-5", "1.5"):
        done = subprocess.run(
            [*SERVE, "--digits", digits], capture_output=True, encoding="utf-8", check=False, cwd=ROOT, input=""
        )
        assert done.returncode == 2
        assert "--digits" in done.stderr


# --- certified digits -------------------------------------------------------------------------------

EXACT = re.compile(r"-?[1-9][0-9]*(/[1-9][0-9]*)?|0")
DECIMAL = re.compile(r"-?[0-9]*\.[0-9]*(e-?[0-9]+)?")


def texts(tree: object) -> list[str]:
    """All numbers of a result that are text; labels and counts are integers."""
    if isinstance(tree, dict):
        return [text for part in tree.values() for text in texts(part)]
    if isinstance(tree, list):
        return [text for part in tree for text in texts(part)]
    return [tree] if isinstance(tree, str) else []


def assert_written_well(text: str, digits: int) -> None:
    """An integer, a reduced fraction, or a decimal of at least so many significant digits; never a decimal zero."""
    assert "x" not in text.lower()
    if "." not in text:
        assert EXACT.fullmatch(text), text
        value = parse(text)
        assert text == (str(value.numerator) if value.denominator == 1 else str(value)), "reduced"
        return
    assert DECIMAL.fullmatch(text), text
    mantissa = text.lstrip("-").partition("e")[0].replace(".", "").lstrip("0")
    assert mantissa, "a proven zero is 0"
    assert len(mantissa) >= digits, text


def assert_meet(text: str, other: str) -> None:
    """Both intervals can hold the truth."""
    (a, r), (b, s) = certified(text), certified(other)
    assert abs(a - b) <= r + s, (text, other)


SLOW = re.compile(
    "kmeans.optimum/(old|iris|eight).*|moments.covariance/(old|iris).*|kmeans.online/old.*"
    "|coins.fixed_point/(slow|overlapping|unequal.*|one.*|swapped.*)"
)
"""Cases that take a tenth of a second each; others of their tasks remain."""

MIXTURES = ("gmm.", "bernoulli.", "binomial.")
SHORT_FILE = 3_000
"""Bytes of the file of a mixture up to which it is answered quickly, and in 300 digits too."""

LONGER = ("bernoulli.run/five-iterations", "binomial.run/lecture-10", "bernoulli.fixed_point/closed-form")
"""Some of tasks that have hardly a shorter one."""


def is_quick(path: Path) -> bool:
    identity = f"{path.parent.name}/{path.stem}"
    if identity.startswith(MIXTURES) and path.stat().st_size > SHORT_FILE:
        return identity in LONGER
    return SLOW.fullmatch(identity) is None


QUICK = [
    case
    for path in store.case_files(store.fixtures())
    if is_quick(path) and (case := store.find(store.fixtures(), f"{path.parent.name}/{path.stem}")).expected is not None
]


def test_every_task_is_answered_quickly_somewhere() -> None:
    assert {case.task for case in QUICK} == set(TASKS)


LIMITS = [case for case in QUICK if case.task.startswith(MIXTURES) and case.task.endswith(".fixed_point")]
GOLDEN = [case for case in QUICK if case not in LIMITS]
"""All but the limits of mixtures, which have a test of their own."""


@pytest.fixture(scope="module")
def hundred() -> dict[str, Any]:
    """The golden cases answered with 100 digits."""
    reference = Reference(100)
    found = {case.id: reference.run(case.task, case.input, case.params) for case in GOLDEN}
    assert all(isinstance(answer, Result) for answer in found.values())
    return {identity: dict(answer.values) for identity, answer in found.items()}  # type: ignore[union-attr]


@pytest.mark.parametrize("digits", [1, 12, 50, 300])
def test_golden_cases_are_answered_with_as_many_digits_as_are_asked_for(digits: int, hundred: dict[str, Any]) -> None:
    reference = Reference(digits)
    for case in GOLDEN:
        answer = reference.run(case.task, case.input, case.params)
        assert_golden(case, answer, digits, hundred[case.id])


def assert_golden(case: Case, answer: Answer, digits: int, finest: dict[str, Any]) -> None:
    """So many digits, all of which agree with the golden ones and with more of them."""
    assert isinstance(answer, Result), (case.id, answer)
    assert list(answer.values) == list(case.expected or {})
    for name, tree in answer.values.items():
        golden, finer = case.expected[name], finest[name]  # type: ignore[index]
        if TASKS[case.task].outputs[list(answer.values).index(name)].kind != "numbers":
            assert tree == golden, case.id
            continue
        for text, other, fine in zip(texts(tree), texts(golden), texts(finer), strict=True):
            assert_written_well(text, digits)
            assert_meet(text, other)
            assert_meet(text, fine)
            assert (text == "0") == (other == "0") == (fine == "0")
            if "." not in fine:
                assert text == fine, "exact values are exact, however many digits are asked for"


def defect(digits: int, reason: str) -> Any:
    return pytest.param(digits, marks=pytest.mark.xfail(strict=True, reason=reason))


@pytest.mark.parametrize(
    "digits",
    [
        defect(1, "a rate of 1e-23 is not proven in balls of so few digits"),
        12,
        50,
        200,
        defect(300, "the Krawczyk image leaves the box, whose radius does not suit the preconditioner"),
    ],
)
def test_limits_of_mixtures_are_answered_with_as_many_digits_as_are_asked_for(digits: int) -> None:
    for case in LIMITS:
        fine = Reference(100).run(case.task, case.input, case.params)
        assert isinstance(fine, Result)
        assert_golden(case, Reference(digits).run(case.task, case.input, case.params), digits, dict(fine.values))


GAUSSIANS: dict[str, Any] = {
    "points": [["0"], ["1"], ["5"], ["6"]],
    "weights": ["1/2", "1/2"],
    "means": [["1"], ["4"]],
    "covariances": [[["1"]], [["2"]]],
}
BITS: dict[str, Any] = {
    "rows": [["0", "1"], ["1", "1"], ["1", "0"]],
    "weights": ["1/3", "2/3"],
    "probabilities": [["1/4", "1/2"], ["3/4", "1/5"]],
}
TOSSED: dict[str, Any] = {
    "heads": ["1", "4", "2"],
    "tails": ["3", "1", "2"],
    "weights": ["1/4", "3/4"],
    "probabilities": ["1/3", "2/3"],
}
RUNS = {"gmm.run": GAUSSIANS, "bernoulli.run": BITS, "binomial.run": TOSSED}


@pytest.mark.parametrize("task", RUNS)
@pytest.mark.parametrize("digits", [12, 90])
def test_a_run_of_a_mixture_without_iterations_leaves_its_start(task: str, digits: int) -> None:
    given = RUNS[task]
    start = {name: tree for name, tree in given.items() if name not in ("points", "rows", "heads", "tails")}
    found = Reference(digits).run(task, given, {"iterations": 0})
    assert isinstance(found, Result)
    assert {name: found.values[name] for name in start} == start, "exactly"
    once = Reference(digits).run(task.replace("run", "step"), given, {})
    assert isinstance(once, Result)
    for name in ("responsibilities", "log_likelihood"):
        assert found.values[name] == once.values[name], "of the parameters that enter"
    again = Reference(digits).run(task, given, {"iterations": 1})
    assert isinstance(again, Result)
    assert again.values == once.values


def test_an_exact_step_of_bits_is_a_fraction() -> None:
    found = Reference(1).run("bernoulli.step", BITS, {})
    assert isinstance(found, Result)
    r = []
    for row in BITS["rows"]:
        joint = [
            Q(w) * Q(p[0] if row[0] == "1" else str(1 - Q(p[0]))) * Q(p[1] if row[1] == "1" else str(1 - Q(p[1])))
            for w, p in zip(BITS["weights"], BITS["probabilities"], strict=True)
        ]
        r.append([x / sum(joint) for x in joint])
    assert found.values["responsibilities"] == [[str(x) for x in row] for row in r]
    assert found.values["weights"] == [str(sum(column) / 3) for column in zip(*r, strict=True)]


@pytest.mark.parametrize(
    ("task", "given", "params", "kind"),
    [
        ("gmm.e_step", {**GAUSSIANS, "points": []}, {}, "empty-data"),
        ("gmm.e_step", {**GAUSSIANS, "weights": ["1/2", "1/3"]}, {}, "bad-input"),
        ("gmm.e_step", {**GAUSSIANS, "covariances": [[["1"]]]}, {}, "bad-input"),
        ("gmm.e_step", {**GAUSSIANS, "covariances": [[["1"]], [["0"]]]}, {}, "not-positive-definite"),
        ("gmm.step", {**GAUSSIANS, "means": [["1"], ["1", "2"]]}, {}, "bad-input"),
        ("gmm.step", GAUSSIANS, {"covariance_type": "round"}, "bad-input"),
        ("gmm.step", GAUSSIANS, {"regularisation": "-1"}, "bad-input"),
        ("gmm.step", GAUSSIANS, {"covariance_type": "tied"}, "bad-input"),
        ("gmm.run", GAUSSIANS, {"iterations": -1}, "bad-input"),
        ("gmm.run", GAUSSIANS, {}, "bad-input"),
        ("bernoulli.e_step", {**BITS, "rows": [["2", "0"]]}, {}, "bad-input"),
        ("bernoulli.step", {**BITS, "probabilities": [["1", "1"], ["1", "1"]]}, {}, "no-mass"),
        ("bernoulli.run", {**BITS, "weights": ["-1", "2"]}, {"iterations": 1}, "bad-input"),
        ("binomial.step", {**TOSSED, "heads": ["1"]}, {}, "bad-input"),
        ("binomial.step", {**TOSSED, "probabilities": ["1", "1"]}, {}, "no-mass"),
        ("binomial.run", TOSSED, {"iterations": "1/2"}, "bad-input"),
    ],
)
def test_a_mixture_that_breaks_a_rule_is_refused(task: str, given: Any, params: Any, kind: str) -> None:
    found = Reference(12).run(task, given, params)
    assert isinstance(found, Refused), found
    assert found.kind == kind, found.message
    assert "\n" not in found.message


@pytest.mark.parametrize(
    ("task", "given", "params"),
    [
        ("gmm.e_step", {**GAUSSIANS, "points": [["0"], ["1e1500"]]}, {}),
        ("gmm.step", {**GAUSSIANS, "points": [["0"], ["1e1500"]]}, {}),
        ("gmm.fixed_point", {**GAUSSIANS, "weights": ["0", "1"]}, {}),
        ("bernoulli.fixed_point", {**BITS, "weights": ["0", "1"]}, {}),
    ],
)
def test_what_cannot_be_certified_of_a_mixture_is_unsupported_and_not_wrong(task: str, given: Any, params: Any) -> None:
    assert isinstance(Reference(12).run(task, given, params), Unsupported)


def test_a_mixture_is_answered_by_the_process_too() -> None:
    (answer,) = talk([asked("gmm.run", GAUSSIANS, {"iterations": 2, "covariance_type": "spherical"})], "--digits", "30")
    found = Reference(30).run("gmm.run", GAUSSIANS, {"iterations": 2, "covariance_type": "spherical"})
    assert isinstance(found, Result)
    assert answer["result"] == found.values


def test_the_process_answers_as_the_object_does() -> None:
    case = store.find(store.fixtures(), "coins.run/lecture-10")
    question = asked(case.task, case.input, case.params)
    for words, digits in ((["--digits", "12"], 12), ([], 50)):
        (answer,) = talk([question], *words)
        expected = Reference(digits).run(case.task, case.input, case.params)
        assert isinstance(expected, Result)
        assert answer["result"] == expected.values


def in_arb(rounds: Sequence[tuple[int, int]], theta: Sequence[Fraction], iterations: int, bits: int) -> dict[str, Any]:
    """E-steps and M-steps of two coins in Arb; 0^0 is 1, and `theta` is that which leaves the last step."""
    flint.ctx.prec = bits

    def arb(x: Fraction | int) -> Any:
        return flint.arb(flint.fmpq(Q(x).numerator, Q(x).denominator))

    at, entered = [arb(p) for p in theta], [arb(p) for p in theta]
    responsibilities: list[Any] = []
    counts: list[list[Any]] = []
    for _ in range(max(iterations, 1)):
        entered = at
        likelihoods = [[p**h * (1 - p) ** t for p in at] for h, t in rounds]
        responsibilities = [a / (a + b) for a, b in likelihoods]
        counts = []
        for shares in (responsibilities, [b / (a + b) for a, b in likelihoods]):
            counts.append(
                [sum((s * n[i] for s, n in zip(shares, rounds, strict=True)), flint.arb(0)) for i in range(2)]
            )
        at = [h / (h + t) for h, t in counts] if iterations else at
    total = sum(((a**h * (1 - a) ** t + b**h * (1 - b) ** t).log() for h, t in rounds for a, b in [entered]), arb(0))
    return {
        "responsibilities": responsibilities,
        "counts": counts,
        "theta": at,
        "log_likelihood": total - len(rounds) * flint.arb(2).log(),
    }


def ends(x: Any) -> tuple[Fraction, Fraction]:
    """The exact end points of an Arb ball."""
    (m, e), (r, f) = x.mid().man_exp(), x.rad().man_exp()
    middle, radius = Q(int(m)) * Q(2) ** int(e), Q(int(r)) * Q(2) ** int(f)
    return middle - radius, middle + radius


def leaves(tree: Any) -> list[Any]:
    return [x for part in tree for x in leaves(part)] if isinstance(tree, list) else [tree]


def assert_holds_arb(answer: object, witness: dict[str, Any], digits: int) -> None:
    """The printed interval holds Arb's whole enclosure, which is much narrower."""
    assert isinstance(answer, Result), answer
    for name, tree in witness.items():
        for text, x in zip(texts(answer.values[name]), leaves(tree), strict=True):
            assert_written_well(text, digits)
            value, radius = certified(text)
            low, high = ends(x)
            if radius:
                assert value - radius <= low <= high <= value + radius, (name, text)
            else:
                assert low <= value <= high, (name, text)


TINY = Q(1, 10**31)
COINS = {
    "lecture": ([(5, 5), (9, 1), (8, 2), (4, 6), (7, 3)], ("0.6", "0.5")),
    "a coin within 1e-30 of 0": ([(3, 2), (0, 5), (1, 9)], (str(TINY), "1/2")),
    "a coin within 1e-30 of 1": ([(3, 2), (5, 0), (9, 1)], (str(1 - TINY), "1/2")),
    "both near the ends": ([(3, 2), (5, 0), (0, 7)], (str(1 - TINY), str(TINY))),
    "both near 0": ([(3, 2), (5, 1), (1, 7)], (str(TINY), str(2 * TINY))),
    "equal coins": ([(3, 2), (5, 1), (2, 7)], ("1/3", "1/3")),
    "coins that differ by 1e-31": ([(3, 2), (5, 1), (1, 7)], ("1/3", str(Q(1, 3) + TINY))),
    "hex floats": ([(3, 2), (5, 1), (1, 7)], ((0.3).hex(), (0.1).hex())),
    "thousands of tosses": ([(6000, 4000), (1000, 9000), (5000, 5000)], ("0.6", "0.45")),
}


def coins(rounds: Sequence[tuple[int, int]], theta: Sequence[str]) -> dict[str, Any]:
    return {"heads": [h for h, _ in rounds], "tails": [t for _, t in rounds], "theta": list(theta)}


@pytest.mark.parametrize("iterations", [0, 1, 2, 5])
@pytest.mark.parametrize("digits", [1, 30])
@pytest.mark.parametrize("which", COINS)
def test_ill_conditioned_runs_of_coins_hold_what_arb_encloses(which: str, digits: int, iterations: int) -> None:
    rounds, theta = COINS[which]
    answer = Reference(digits).run("coins.run", coins(rounds, theta), {"iterations": iterations})
    witness = in_arb(rounds, [parse(p) for p in theta], iterations, 60_000 if "thousands" in which else 20_000)
    assert_holds_arb(answer, witness, digits)


def test_a_small_probability_is_told_as_long_as_it_can_be_written() -> None:
    rounds, theta = COINS["both near the ends"]
    answer = Reference(30).run("coins.run", coins(rounds, theta), {"iterations": 6})
    assert_holds_arb(answer, in_arb(rounds, [parse(p) for p in theta], 6, 60_000), 30)


def test_500_iterations_lose_no_digit() -> None:
    rounds, theta = COINS["lecture"]
    answer = Reference(30).run("coins.run", coins(rounds, theta), {"iterations": 500})
    assert_holds_arb(answer, in_arb(rounds, [parse(p) for p in theta], 500, 12_000), 30)


def test_a_fixed_point_is_one_for_mpmath_too() -> None:
    rounds, theta = COINS["lecture"]
    answer = Reference(40).run("coins.fixed_point", coins(rounds, theta), {})
    assert isinstance(answer, Result)
    with mpmath.workdps(120):
        a, b = (mpmath.mpf(p) for p in ("0.6", "0.5"))
        for _ in range(400):
            gamma = [1 / (1 + (b / a) ** h * ((1 - b) / (1 - a)) ** t) for h, t in rounds]
            heads = sum(g * h for g, (h, _) in zip(gamma, rounds, strict=True))
            tosses = sum(g * (h + t) for g, (h, t) in zip(gamma, rounds, strict=True))
            a, b = heads / tosses, (33 - heads) / (50 - tosses)
        for text, p in zip(answer.values["theta"], (a, b), strict=True):  # type: ignore[arg-type]
            assert_written_well(str(text), 40)
            value, radius = certified(str(text))
            assert abs(mpmath.mpf(value.numerator) / value.denominator - p) <= mpmath.mpf(float(radius)) * 1.01


TIES = [([(5, 5)], 1), ([(25, 25)], 2), ([(125, 125)], 2)]


@pytest.mark.parametrize(("rounds", "digits"), TIES)
def test_a_number_halfway_between_two_roundings_is_answered_with_more_digits(
    rounds: list[tuple[int, int]], digits: int
) -> None:
    answer = Reference(digits).run("coins.run", coins(rounds, ("1/3", "2/3")), {"iterations": 2})
    assert_holds_arb(answer, in_arb(rounds, [Q(1, 3), Q(2, 3)], 2, 1000), digits)


@pytest.mark.parametrize(
    ("rounds", "theta"),
    [([(90, 80)], ((0.3).hex(), (0.7123).hex())), ([(3, 2), (4, 6), (7, 3)], ("1e-100", "1/2"))],
    ids=["170 tosses of hex floats", "a small coin"],
)
def test_a_fraction_that_is_too_long_is_written_in_digits(rounds: list[tuple[int, int]], theta: Sequence[str]) -> None:
    answer = Reference(50).run("coins.step", coins(rounds, theta), {})
    assert_holds_arb(answer, in_arb(rounds, [parse(p) for p in theta], 1, 20_000), 50)


def test_a_distortion_of_large_and_small_points_is_written_in_digits() -> None:
    points = {"points": [["1e-3000"], ["1"], ["2"]], "centers": [["0"]]}
    assert isinstance(Reference(20).run("kmeans.step", points, {}), Result)


def test_a_limit_of_many_tosses_is_not_called_bad_input() -> None:
    given = {"heads": [600000, 100000], "tails": [400000, 900000], "theta": ["1/3", "1/7"]}
    assert isinstance(Reference(30).run("coins.fixed_point", given, {}), Result | Unsupported)


def test_a_run_of_k_means_that_stands_still_may_be_as_long_as_one_likes() -> None:
    assert talk([asked("kmeans.run", STEP, {"iterations": 10**9})], far=2)[0]["result"] == STEPPED


def test_two_thousand_points_are_clustered_exactly() -> None:
    rng_state = 12345
    points = []
    for _ in range(2000):
        row = []
        for _ in range(2):
            rng_state = (1103515245 * rng_state + 12345) % 2**31
            row.append(rng_state / 2**31)
        points.append(row)
    given = {
        "points": [[x.hex() for x in row] for row in points],
        "centers": [[x.hex() for x in p] for p in points[:3]],
    }
    answer = Reference(30).run("kmeans.run", given, {"iterations": 2})
    assert isinstance(answer, Result)
    exact = [[Q(x) for x in row] for row in points]
    labels, centers, j = lloyd(exact, exact[:3], 2)
    assert answer.values["labels"] == labels
    assert [[parse(x) for x in row] for row in answer.values["centers"]] == centers  # type: ignore[union-attr]
    assert parse(str(answer.values["distortion"])) == j


# --- small inputs, against fractions ----------------------------------------------------------------


def nearest(x: Sequence[Fraction], centers: Sequence[Sequence[Fraction]]) -> int:
    squares = [sum((a - b) ** 2 for a, b in zip(x, c, strict=True)) for c in centers]
    return squares.index(min(squares))


def j_of(points: Any, labels: Sequence[int], centers: Any) -> Fraction:
    return sum(
        ((a - b) ** 2 for x, l in zip(points, labels, strict=True) for a, b in zip(x, centers[l], strict=True)), Q(0)
    )


def means(points: Any, labels: Sequence[int], centers: Any) -> Any:
    groups = [[x for x, l in zip(points, labels, strict=True) if l == k] for k in range(len(centers))]
    return [
        [sum(column, Q(0)) / len(group) for column in zip(*group, strict=True)] if group else list(center)
        for group, center in zip(groups, centers, strict=True)
    ]


def lloyd(points: Any, centers: Any, iterations: int) -> tuple[list[int], Any, Fraction]:
    labels = [nearest(x, centers) for x in points]
    for _ in range(iterations):
        labels = [nearest(x, centers) for x in points]
        centers = means(points, labels, centers)
    return labels, centers, j_of(points, labels, centers)


def settled(points: Any, centers: Any) -> tuple[list[int], Any, Fraction, int]:
    before: list[int] | None = None
    for iterations in range(1, 1000):
        labels = [nearest(x, centers) for x in points]
        centers = means(points, labels, centers)
        if labels == before:
            return labels, centers, j_of(points, labels, centers), iterations
        before = labels
    raise AssertionError


def online(points: Any, centers: Any, rate: Fraction | None) -> tuple[list[int], Any]:
    centers, received, labels = [list(c) for c in centers], [0] * len(centers), []
    for x in points:
        k = nearest(x, centers)
        received[k] += 1
        eta = Q(1, received[k]) if rate is None else rate
        centers[k] = [c + eta * (a - c) for a, c in zip(x, centers[k], strict=True)]
        labels.append(k)
    return labels, centers


def coin_step(rounds: Any, theta: Any) -> tuple[Any, Any, Any]:
    def likelihood(p: Fraction, h: int, t: int) -> Fraction:
        return p**h * (1 - p) ** t

    gamma = []
    for h, t in rounds:
        a, b = (likelihood(p, h, t) for p in theta)
        if not a + b:
            return None, None, None
        gamma.append(a / (a + b))
    counts = [
        [sum((s * n[i] for s, n in zip(shares, rounds, strict=True)), Q(0)) for i in range(2)]
        for shares in (gamma, [1 - g for g in gamma])
    ]
    return gamma, counts, [h / (h + t) if h + t else p for (h, t), p in zip(counts, theta, strict=True)]


small = st.one_of(st.integers(-3, 3).map(Q), st.fractions(-4, 4, max_denominator=7))


@st.composite
def clusters(draw: st.DrawFn, least: int = 1) -> tuple[Any, Any]:
    d = draw(st.integers(1, 2))
    row = st.lists(small, min_size=d, max_size=d)
    points = draw(st.lists(row, min_size=max(least, 1), max_size=6))
    return points, draw(st.lists(row, min_size=1, max_size=min(3, len(points))))


def written(tree: Any) -> Any:
    """Fractions as text: by turns as a fraction, and as a float where it is one."""
    if isinstance(tree, list):
        return [written(x) for x in tree]
    return float(tree).hex() if Q(float(tree)) == tree and tree.denominator > 1 else str(tree)


def answered(task: str, given: Any, params: Any = None, digits: int = 20) -> Any:
    found = Reference(digits).run(task, given, params or {})
    assert isinstance(found, Result), found
    return found.values


def same(text: Any, value: Any, digits: int = 20) -> None:
    """Text that is the number, or an interval that holds it."""
    if isinstance(value, list):
        assert isinstance(text, list)
        for t, v in zip(text, value, strict=True):
            same(t, v, digits)
        return
    assert_written_well(text, digits)
    middle, radius = certified(text)
    assert abs(middle - value) <= radius
    assert (text == "0") == (value == 0)


@given(clusters(), st.integers(0, 3), st.data())
def test_k_means_agrees_with_fractions(task: tuple[Any, Any], iterations: int, data: st.DataObject) -> None:
    points, centers = task
    question = {"points": written(points), "centers": written(centers)}
    labels, moved, j = lloyd(points, centers, iterations)
    found = answered("kmeans.run", question, {"iterations": iterations})
    assert found["labels"] == labels
    same([found["centers"], [[found["distortion"]]]], [moved, [[j]]])
    assert answered("kmeans.assign", question) == {"labels": [nearest(x, centers) for x in points]}
    if iterations == 1:
        assert answered("kmeans.step", question) == found
    labels, moved, j, count = settled(points, centers)
    found = answered("kmeans.fit", question)
    assert (found["labels"], found["iterations"]) == (labels, count)
    same([found["centers"], [[found["distortion"]]]], [moved, [[j]]])
    any_labels = data.draw(st.lists(st.integers(0, len(centers) - 1), min_size=len(points), max_size=len(points)))
    found = answered("kmeans.update", {**question, "labels": any_labels})
    same(found["centers"], means(points, any_labels, centers))


@given(clusters(), st.one_of(st.none(), st.fractions(0, 1, max_denominator=5)))
def test_online_k_means_agrees_with_fractions_where_nothing_is_tied(
    task: tuple[Any, Any], rate: Fraction | None
) -> None:
    points, centers = task
    labels, moved = online(points, centers, rate)
    question = {"points": written(points), "centers": written(centers)}
    answer = Reference(20).run("kmeans.online", question, {"rate": "1/n" if rate is None else str(rate)})
    if isinstance(answer, Unsupported):
        assert "is a tie" in answer.why
        return
    assert isinstance(answer, Result)
    assert answer.values["labels"] == labels
    same(answer.values["centers"], moved)


def test_online_k_means_breaks_a_tie_as_every_other_task_does() -> None:
    given = {"points": [["1"], ["3"]], "centers": [["0"], ["2"]]}
    answer = Reference(20).run("kmeans.online", given, {"rate": "1/n"})
    assert answer == Result({"labels": [0, 1], "centers": [["1"], ["3"]]})


@given(clusters(), st.integers(1, 3), st.data())
@settings(max_examples=30)
def test_optimum_and_seeding_agree_with_fractions(task: tuple[Any, Any], k: int, data: st.DataObject) -> None:
    points, _ = task
    k = min(k, len(points))
    best = min(
        j_of(points, labels, means(points, labels, points[:k])) for labels in product(range(k), repeat=len(points))
    )
    found = answered("kmeans.optimum", {"points": written(points)}, {"k": k})
    same(found["distortion"], best)
    assert j_of(points, found["labels"], means(points, found["labels"], points[:k])) == best
    chosen = data.draw(st.lists(st.integers(0, len(points) - 1), min_size=1, max_size=2))
    weights = [min(sum((a - b) ** 2 for a, b in zip(x, points[c], strict=True)) for c in chosen) for x in points]
    answer = Reference(20).run("kmeans.seeding", {"points": written(points)}, {"chosen": chosen})
    if sum(weights) == 0:
        assert isinstance(answer, Refused)
        assert answer.kind == "undefined"
    else:
        assert isinstance(answer, Result)
        same(answer.values["probabilities"], [w / sum(weights) for w in weights])


@given(clusters(least=2), st.integers(0, 1))
def test_moments_agree_with_fractions(task: tuple[Any, Any], ddof: int) -> None:
    points, _ = task
    columns = [list(column) for column in zip(*points, strict=True)]
    centred = [[x - sum(column) / len(column) for x in column] for column in columns]
    sums = [[sum(a * b for a, b in zip(x, y, strict=True)) for y in centred] for x in centred]
    found = answered("moments.covariance", {"points": written(points)}, {"ddof": ddof})
    same(found["mean"], [sum(column) / len(column) for column in columns])
    same(found["covariance"], [[s / (len(points) - ddof) for s in row] for row in sums])
    for i, row in enumerate(found["correlation"]):
        for j, text in enumerate(row):
            if sums[i][i] * sums[j][j] == 0:
                assert text is None
                continue
            assert_written_well(text, 20)
            value, radius = certified(text)
            square = sums[i][j] ** 2 / (sums[i][i] * sums[j][j])
            low, high = max(abs(value) - radius, Q(0)), abs(value) + radius
            assert low**2 <= square <= high**2
            assert (value > 0, value < 0) == (sums[i][j] > 0, sums[i][j] < 0)


border = st.one_of(st.sampled_from([Q(0), Q(1)]), st.fractions(Q(1, 9), Q(8, 9), max_denominator=9))
tosses = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=3)


@given(tosses, st.tuples(border, border), st.integers(0, 3))
def test_coins_agree_with_fractions(
    rounds: list[tuple[int, int]], theta: tuple[Fraction, Fraction], steps: int
) -> None:
    given = coins(rounds, written(list(theta)))
    at, gamma, counts, entered = list(theta), None, None, list(theta)
    for _ in range(max(steps, 1)):
        entered = at
        gamma, counts, at = coin_step(rounds, at)
        if gamma is None:
            break
    answer = Reference(20).run("coins.run", given, {"iterations": steps})
    if gamma is None:
        assert isinstance(answer, Refused)
        assert answer.kind == "no-mass"
        return
    assert isinstance(answer, Result), answer
    found = answer.values
    same([found["responsibilities"], found["counts"], found["theta"]], [gamma, counts, at if steps else list(theta)])
    likelihood = Q(1)
    for h, t in rounds:
        likelihood *= sum((p**h * (1 - p) ** t for p in entered), Q(0)) / 2
    text = str(found["log_likelihood"])
    assert_written_well(text, 20)
    assert (text == "0") == (likelihood == 1)
    with mpmath.workdps(60):
        ln = mpmath.log(likelihood.numerator) - mpmath.log(likelihood.denominator)
        value, radius = certified(text)
        assert abs(mpmath.mpf(value.numerator) / value.denominator - ln) <= mpmath.mpf(float(radius)) * 1.000001


# --- adapters of users ------------------------------------------------------------------------------

ADAPTERS = """
import os, sys
from refimpl.oracle.peers.adapter import Adapter
from refimpl.oracle.peers.peer import Hello, Result

print("imported, and told so")

class Noisy(Adapter):
    name, version = "noisy", "0.1"

    def kmeans_assign(self, points, centers):
        print("computing ...", flush=True)
        sys.stdout.write("half a line")
        os.write(1, b'{"seq": 1, "result": {}}\\n')
        os.system("echo from a child")
        return {"labels": [0] * len(points)}

class Odd(Adapter):
    def kmeans_assign(self, points, centers): return [0]
    def kmeans_step(self, points, centers): raise MemoryError("too\\nmuch")
    def kmeans_update(self, points, labels, centers): raise NotImplementedError("not yet")
    def kmeans_optimum(self, points, k): raise ValueError("no")
    def kmeans_fit(self, points, centers): return {"labels": {1, 2}, "centers": float("nan"), "distortion": 1j}
    def kmeans_seeding(self, points): return {}
    def kmeans_online(self, points, centers, rate): return self.kmeans_online(points, centers, rate)

class Kinds(Adapter):
    def gmm_step(self, points, weights, means, covariances, covariance_type="full", regularisation=0.0):
        return {"weights": kinds([points, weights, means, covariances, covariance_type, regularisation])}

    def gmm_m_step(self, points, responsibilities, **params):
        return {"weights": kinds([points, responsibilities, *params.items()])}

    def bernoulli_run(self, rows, weights, probabilities, iterations):
        return {"weights": kinds([rows, weights, probabilities, iterations]), "rows": rows}

    def binomial_step(self, heads, tails, weights, probabilities):
        return {"weights": kinds([heads, tails, weights, probabilities])}

def kinds(trees):
    return [repr(kind(tree)).replace("'", "") for tree in trees]

def kind(tree):
    return [kind(x) for x in tree] if isinstance(tree, (list, tuple)) else type(tree).__name__

class Unlike(Adapter):
    conventions = {"ties": "first"}

class Huge(Adapter):
    def kmeans_assign(self, points, centers): return {"labels": [10 ** 5000]}

class Exits(Adapter):
    def kmeans_assign(self, points, centers): raise SystemExit("no licence")

class Raises:
    hello = Hello("raises", "1", "Python", "binary64", ("kmeans.assign",))
    def run(self, task, given, params): raise OSError("the disk is full")

class Inner:
    adapter = Noisy()

class Broken(Adapter):
    def __init__(self): raise RuntimeError("no licence")

def made(): return Noisy()
number = 5
"""


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    made = tmp_path_factory.mktemp("adapters")
    (made / "mykm.py").write_text(textwrap.dedent(ADAPTERS))
    (made / "raising.py").write_text("raise RuntimeError('at import,\\nin two lines')\n")
    (made / "leaving.py").write_text("import sys\nsys.exit(7)\n")
    (made / "unfinished.py").write_text("def f(:\n")
    return made


ASSIGN = {"points": [["0"], ["1"]], "centers": [["0"], ["1"]]}


@pytest.mark.parametrize("place", ["mykm:Noisy", "mykm:Inner.adapter", "mykm:made"])
def test_what_an_adapter_prints_does_not_disturb_the_conversation(place: str, folder: Path) -> None:
    answers = talk(
        [HELLO, *[asked("kmeans.assign", ASSIGN, seq=i) for i in range(3)]], "--module", place, folder=folder
    )
    assert (answers[0]["name"], answers[0]["tasks"]) == ("noisy", ["kmeans.assign"])
    assert answers[1:] == [{"seq": i, "result": {"labels": [0, 0]}} for i in range(3)]


def test_an_adapter_for_mixtures_gets_floats_bits_as_integers_and_covariance_types_as_text(folder: Path) -> None:
    gaussians = {**GAUSSIANS, "points": [["0x1p-1"], ["31/6"]]}
    answers = talk(
        [
            HELLO,
            asked("gmm.step", gaussians),
            asked("gmm.step", gaussians, {"covariance_type": "tied", "regularisation": "1/8"}),
            asked("gmm.m_step", {"points": [["0"]], "responsibilities": [["1"]]}, {"covariance_type": "diag"}),
            asked("bernoulli.run", {**BITS, "rows": [[0, "1"]]}, {"iterations": "3"}),
            asked("binomial.step", TOSSED),
            asked("binomial.run", TOSSED, {"iterations": 1}),
        ],
        "--module",
        "mykm:Kinds",
        folder=folder,
    )
    assert answers[0]["tasks"] == ["gmm.m_step", "gmm.step", "bernoulli.run", "binomial.step"]
    tree = ["[[float], [float]]", "[float, float]", "[[float], [float]]", "[[[float]], [[float]]]"]
    assert [answer.get("result", {}).get("weights") for answer in answers[1:6]] == [
        [*tree, "str", "float"],
        [*tree, "str", "float"],
        ["[[float]]", "[[float]]", "[str, str]"],
        ["[[int, int]]", "[float, float]", "[[float, float], [float, float]]", "int"],
        ["[int, int, int]", "[int, int, int]", "[float, float]", "[float, float]"],
    ]
    assert answers[4]["result"]["rows"] == [[0, 1]]
    assert answers[6]["unsupported"] == "the task is not offered"


def test_whatever_an_adapter_raises_or_returns_is_an_answer(folder: Path) -> None:
    fit = {"points": [["0"], ["1"]], "centers": [["0"]]}
    answers = talk(
        [
            asked("kmeans.assign", ASSIGN),
            asked("kmeans.step", ASSIGN),
            asked("kmeans.update", {**ASSIGN, "labels": [0, 1]}),
            asked("kmeans.optimum", {"points": [["0"]]}, {"k": 1}),
            asked("kmeans.fit", fit),
            asked("kmeans.seeding", {"points": [["0"]]}, {"chosen": [0]}),
            asked("kmeans.online", fit, {"rate": "1/n"}),
            asked("coins.step", {"heads": [1], "tails": [1], "theta": ["1/2", "1/2"]}),
        ],
        "--module",
        "mykm:Odd",
        folder=folder,
    )
    assert answers[0]["error"]["kind"] == "internal"
    assert answers[1]["error"] == {"kind": "internal", "message": "MemoryError: too much"}
    assert answers[2]["unsupported"] == "not yet"
    assert answers[3]["error"] == {"kind": "bad-input", "message": "no"}
    assert answers[4]["result"]["labels"] == "{1, 2}"
    assert answers[4]["result"]["distortion"] == "1j"
    assert answers[5]["error"]["kind"] == "bad-input", "TypeError: unexpected keyword argument 'chosen'"
    assert "RecursionError" in answers[6]["error"]["message"]
    assert answers[7]["unsupported"] == "the task is not offered"


def failing(*words: str, folder: Path) -> tuple[int, str]:
    """Exit status and standard error of a command that does not work."""
    path = os.pathsep.join([str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])])
    done = subprocess.run(
        [sys.executable, "-m", "refimpl", *words],
        capture_output=True,
        encoding="utf-8",
        check=False,
        cwd=folder,
        input="",
        env={**os.environ, "PYTHONPATH": path},
    )
    assert not done.stdout
    return done.returncode, done.stderr


PLACES = {
    "mykm": "'mykm' is no place of an adapter; give package.module:object",
    "mykm:": "'mykm:' is no place of an adapter",
    ":Noisy": "':Noisy' is no place of an adapter",
    "no_such_module:X": "ModuleNotFoundError: No module named 'no_such_module'",
    "mykm:Nobody": "AttributeError: module 'mykm' has no attribute 'Nobody'",
    "mykm:Noisy.nothing": "AttributeError",
    "mykm:number": "mykm:number",
    "os:path": "os:path",
    "mykm:Broken": "RuntimeError: no licence",
    "raising:X": "RuntimeError: at import, in two lines",
    "unfinished:X": "SyntaxError",
    "leaving:X": "SystemExit: 7",
    "builtins:object": "is no adapter",
}


@pytest.mark.parametrize("place", PLACES)
def test_a_place_without_an_adapter_is_one_sentence(place: str, folder: Path) -> None:
    status, said = failing("serve", "--module", place, folder=folder)
    assert status == 2
    (line,) = [line for line in said.splitlines() if line.startswith("refimpl:")]
    assert PLACES[place] in line
    assert "Traceback" not in said
    assert "fault of refimpl" not in said


@pytest.mark.parametrize("place", ["no_such_module:X", "raising:X", "leaving:X", "mykm:Unlike"])
def test_verify_tells_what_is_wrong_with_an_adapter_in_one_sentence(place: str, folder: Path) -> None:
    status, said = failing("verify", "--module", place, folder=folder)
    assert status == 2
    (line,) = said.splitlines()
    assert line.startswith("refimpl: ")
    told = {
        "no_such_module:X": "No module named 'no_such_module'",
        "raising:X": "at import, in two lines",
        "leaving:X": "cannot be loaded: SystemExit: 7",
        "mykm:Unlike": "the convention ties is 'first'; give one of lowest-index, other",
    }
    assert told[place] in line


@pytest.mark.parametrize("place", ["mykm:Exits", "mykm:Huge", "mykm:Raises"])
def test_a_peer_that_raises_does_not_end_the_conversation(place: str, folder: Path) -> None:
    answers = talk([asked("kmeans.assign", ASSIGN), HELLO], "--module", place, folder=folder)
    assert answers[0]["error"]["kind"] == "internal"
    assert answers[1]["protocol"] == 1


def test_every_function_of_this_file_that_computes_is_naive() -> None:
    """The witness shares nothing with the rooms."""
    naive: list[Callable[..., Any]] = [nearest, j_of, means, lloyd, settled, online, coin_step]
    for function in naive:
        assert not {"kmeans", "two_coins", "linear", "moments"} & set(function.__code__.co_names)
