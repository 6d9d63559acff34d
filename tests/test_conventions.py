"""Conventions that are declared, and those that are not: honest peers, boastful ones and silent ones.

A peer here starts from the golden answer and takes what its conventions change from naive formulas. If it declares
them it passes; if not, or if it declares others, it never passes where the value is another, and is told why.
"""

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from itertools import islice, product
from pathlib import Path
from typing import Any

import mpmath
import pytest

from refimpl import kmeans
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle import conventions, store
from refimpl.oracle.case import Case
from refimpl.oracle.journal import Journal
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result
from refimpl.oracle.score import Score, score
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.truth import truths

ROOT = Path(__file__).parent.parent
Q = Fraction
LARGE = re.compile("moments.covariance/(iris|old-faithful).*")
"""Fractions take their time; others of the task remain."""
LONG_MIXTURE = 20_000
"""Bytes of the file of a mixture whose densities mpmath adds up in no time."""
CASES = [
    case
    for case in store.cases(store.fixtures())
    if LARGE.fullmatch(case.id) is None
    and (
        not case.task.startswith(("gmm.", "bernoulli.", "binomial."))
        or (store.fixtures() / "cases" / f"{case.id}.json").stat().st_size <= LONG_MIXTURE
    )
]
LLOYD = ("kmeans.step", "kmeans.run", "kmeans.fit")
COINS = ("coins.step", "coins.run", "coins.fixed_point")
MIXTURES = tuple(task for task in TASKS if task.startswith(("gmm.", "bernoulli.", "binomial.")))
SUMS = tuple(task for task in MIXTURES if not task.endswith(".m_step"))
"""Tasks with ln p."""
Declared = Mapping[str, str]


def hello(declared: Declared) -> Hello:
    return Hello("fake", "1", "none", "binary64", tuple(TASKS), declared)


def numbers(tree: Any) -> Any:
    """Text as exact numbers, in nested lists."""
    return [numbers(x) for x in tree] if isinstance(tree, list) else parse(str(tree))


def text(tree: Any) -> Any:
    return [text(x) for x in tree] if isinstance(tree, list) else tree if isinstance(tree, int) else str(tree)


# --- naive answers ----------------------------------------------------------------------------------


def nearest(points: Any, centers: Any, ties: str) -> list[int]:
    """Reversing the centers makes the lowest index the highest."""
    if ties == "lowest-index":
        return kmeans.assign(points, centers)
    return [len(centers) - 1 - label for label in kmeans.assign(points, centers[::-1])]


def states(points: Any, centers: Any, ties: str, empty: str) -> Iterator[tuple[Any, list[int], Any]]:
    """Yield the centers that enter a step, its labels and the centers that leave it, step by step."""
    while True:
        labels = nearest(points, centers, ties)
        moved = kmeans.update(points, labels, centers)
        if empty == "zero":
            moved = [c if k in labels else [Q(0)] * len(c) for k, c in enumerate(moved)]
        yield centers, labels, moved
        centers = moved


def lloyd(case: Case, how: Declared) -> dict[str, Any]:
    points, start = numbers(case.input["points"]), numbers(case.input["centers"])
    run, count = states(points, start, how["ties"], how["empty"]), None
    if case.task == "kmeans.fit":
        steps = []
        for state in run:
            steps.append(state)
            if len(steps) > 1 and steps[-1][1] == steps[-2][1]:
                break
        (entered, labels, centers), count = steps[-1], len(steps)
    else:
        iterations = int(str(case.params.get("iterations", 1)))
        entered, labels, centers = next(islice(run, max(iterations - 1, 0), None))
        if not iterations:
            centers = entered
    final = nearest(points, centers, how["ties"])
    j = {
        "updated": lambda: kmeans.distortion(points, labels, centers),
        "final": lambda: kmeans.distortion(points, final, centers),
        "old": lambda: kmeans.distortion(points, labels, entered),
    }[how["objective"]]()
    answer = {"labels": final if how["labels"] == "final" else labels, "centers": text(centers), "distortion": str(j)}
    return answer if count is None else {**answer, "iterations": count}


def covariance(case: Case, how: Declared) -> dict[str, Any]:
    assert case.expected is not None
    points = numbers(case.input["points"])
    divisor = {"asked": len(points) - int(str(case.params["ddof"])), "n": len(points), "n-1": len(points) - 1, "1": 1}
    columns = [[x - sum(column) / len(column) for x in column] for column in map(list, zip(*points, strict=True))]
    by = divisor[how["divisor"]]
    if not by:
        return {**case.expected, "covariance": [["nan"] * len(columns)] * len(columns)}
    matrix = [[sum(a * b for a, b in zip(x, y, strict=True)) / by for y in columns] for x in columns]
    return {**case.expected, "covariance": text(matrix)}


def components(case: Case, how: Declared) -> dict[str, Any]:
    """The golden results with the mean square of the scores, as they are printed, for the variances."""
    assert case.expected is not None
    scores = numbers(case.expected["scores"])
    divisor = {"asked": len(scores) - int(str(case.params["ddof"])), "n": len(scores), "n-1": len(scores) - 1, "1": 1}
    by = divisor[how["divisor"]]
    return {**case.expected, "variances": text([sum(y * y for y in of) / by for of in zip(*scores, strict=True)])}


def coins(case: Case, how: Declared) -> dict[str, Any]:
    assert case.expected is not None
    rounds = list(zip(numbers(case.input["heads"]), numbers(case.input["tails"]), strict=True))
    ln = case.expected["log_likelihood"]
    with mpmath.workdps(60):

        def number(x: Fraction) -> Any:
            return mpmath.mpf(x.numerator) / x.denominator

        if how["likelihood"] == "left":
            theta = [number(p) for p in numbers(case.expected["theta"])]
            total = mpmath.mpf(0)
            for h, t in rounds:
                total += mpmath.log(sum(p ** int(h) * (1 - p) ** int(t) for p in theta) / 2)
        else:
            total = number(parse(str(ln)))
        if how["binomial"] == "included":
            for h, t in rounds:
                total += mpmath.log(mpmath.binomial(int(h + t), int(h)))
        if how["scale"] == "per-sample":
            total /= len(rounds)
        return {**case.expected, "log_likelihood": mpmath.nstr(total, 45)}


def mixture(case: Case, how: Declared) -> dict[str, Any]:
    """The results, ln p as it is declared: at the printed parameters where these leave the step."""
    assert case.expected is not None
    if "log_likelihood" not in case.expected:
        return dict(case.expected)
    with mpmath.workdps(80):

        def number(x: Any) -> Any:
            x = parse(str(x))
            return mpmath.mpf(x.numerator) / x.denominator

        # a fixed point leaves what enters; so does a run of no steps, and an E-step takes none
        moves = not case.task.endswith((".e_step", ".fixed_point")) and case.params.get("iterations") not in (0, "0")
        if how["likelihood"] == "left" and moves:
            theta = {name: case.expected[name] for name in case.expected if name in case.input}
            total = mpmath.fsum(mpmath.log(p) for p in densities({**case.input, **theta}, number))
        else:
            total = number(case.expected["log_likelihood"])
        heads, tails = (numbers(case.input.get(name, [])) for name in ("heads", "tails"))
        if how["binomial"] == "included":
            total += mpmath.fsum(
                mpmath.log(mpmath.binomial(int(h + t), int(h))) for h, t in zip(heads, tails, strict=True)
            )
        if how["scale"] == "per-sample":
            total /= len(next(case.input[name] for name in ("points", "rows", "heads") if name in case.input))  # type: ignore[arg-type]
        return {**case.expected, "log_likelihood": mpmath.nstr(total, 45)}


def densities(given: Mapping[str, Any], number: Callable[[Any], Any]) -> list[Any]:
    """p(x_n) by the textbook, with determinants and inverses of mpmath."""
    weights = [number(w) for w in given["weights"]]
    found = []
    if "points" in given:
        sigmas = [mpmath.matrix([[number(x) for x in row] for row in sigma]) for sigma in given["covariances"]]
        inverses = [sigma**-1 for sigma in sigmas]
        norms = [mpmath.sqrt(mpmath.det(2 * mpmath.pi * sigma)) for sigma in sigmas]
        for point in given["points"]:
            away = [
                mpmath.matrix([number(x) - number(m) for x, m in zip(point, mean, strict=True)])
                for mean in given["means"]
            ]
            forms = [(a.T * inverse * a)[0] for a, inverse in zip(away, inverses, strict=True)]
            found.append(sum(w * mpmath.exp(-q / 2) / norm for w, q, norm in zip(weights, forms, norms, strict=True)))
        return found
    if "rows" in given:
        observed = [[(int(bit), 1 - int(bit)) for bit in row] for row in given["rows"]]
        components = [[number(p) for p in row] for row in given["probabilities"]]
    else:
        observed = [[(int(h), int(t))] for h, t in zip(given["heads"], given["tails"], strict=True)]
        components = [[number(p)] for p in given["probabilities"]]
    for row in observed:
        terms = []
        for w, component in zip(weights, components, strict=True):
            for p, (h, t) in zip(component, row, strict=True):
                w = w * p**h * (1 - p) ** t
            terms.append(w)
        found.append(sum(terms))
    return found


def answer(case: Case, how: Declared) -> Answer:
    """The answer of a peer that does so, whatever it declares."""
    if case.refused:
        return Refused(case.refused, "")
    assert case.expected is not None
    if case.task in LLOYD:
        return Result(lloyd(case, how))
    if case.task == "kmeans.assign":
        return Result({"labels": nearest(*(numbers(case.input[x]) for x in ("points", "centers")), how["ties"])})
    if case.task == "moments.covariance":
        return Result(covariance(case, how))
    if case.task == "pca.fit":
        return Result(components(case, how))
    if case.task in COINS:
        return Result(coins(case, how))
    if case.task in SUMS:
        return Result(mixture(case, how))
    return Result(case.expected)  # type: ignore[arg-type]


def judged(does: Declared, declares: Declared, tasks: Sequence[str]) -> list[tuple[Case, Answer, Score]]:
    """The scores of a peer that does one thing and declares another."""
    found = []
    for case in CASES:
        if case.task in tasks:
            given = answer(case, conventions.complete(does))
            found.append((case, given, score(case, hello(declares), given)))
    return found


def differs(case: Case, given: Answer) -> bool:
    """Whether an answer is not that of the golden case, by more than rounding or the numbering of equal centers."""
    assert isinstance(given, Result)
    if case.task in LLOYD and case.id.endswith("/equal-centers"):
        return False
    assert case.expected is not None

    def far(a: Any, b: Any) -> bool:
        if isinstance(b, list):
            return any(far(x, y) for x, y in zip(a, b, strict=True))
        if b is None or str(a) == "nan":
            return False
        x, y = parse(str(a)), parse(str(b))
        return abs(x - y) > Q(1, 10**3) * abs(y)

    return any(far(given.values[key], value) for key, value in case.expected.items())


MATTERS: dict[str, tuple[Declared, tuple[str, ...]]] = {
    "ties=other": ({"ties": "other"}, (*LLOYD, "kmeans.assign")),
    "labels=final": ({"labels": "final"}, LLOYD),
    "objective=final": ({"objective": "final"}, LLOYD),
    "objective=old": ({"objective": "old"}, LLOYD),
    "labels=final, objective=old": ({"labels": "final", "objective": "old"}, LLOYD),
    "labels=final, objective=updated": ({"labels": "final", "objective": "updated"}, LLOYD),
    "ties=other, labels=final": ({"ties": "other", "labels": "final"}, LLOYD),
    "likelihood=left": ({"likelihood": "left"}, COINS),
    "scale=per-sample": ({"scale": "per-sample"}, COINS),
    "binomial=included": ({"binomial": "included"}, COINS),
    "all of the likelihood": ({"likelihood": "left", "scale": "per-sample", "binomial": "included"}, COINS),
    "likelihood=left of mixtures": ({"likelihood": "left"}, SUMS),
    "scale=per-sample of mixtures": ({"scale": "per-sample"}, SUMS),
    "binomial=included of mixtures": ({"binomial": "included"}, SUMS),
    "likelihood=left, scale=per-sample of mixtures": ({"likelihood": "left", "scale": "per-sample"}, SUMS),
    "all of the likelihood of binomial mixtures": (
        {"likelihood": "left", "scale": "per-sample", "binomial": "included"},
        ("binomial.step", "binomial.run"),
    ),
    "divisor=n": ({"divisor": "n"}, ("moments.covariance",)),
    "divisor=n of components": ({"divisor": "n"}, ("pca.fit",)),
    "divisor=n-1": ({"divisor": "n-1"}, ("moments.covariance",)),
    "divisor=n-1 of components": ({"divisor": "n-1"}, ("pca.fit",)),
    "divisor=1": ({"divisor": "1"}, ("moments.covariance",)),
    "divisor=1 of components": ({"divisor": "1"}, ("pca.fit",)),
}
"""What differs from the golden cases -> the declaration, and the tasks where it matters."""


@pytest.mark.parametrize("which", MATTERS)
def test_an_honest_peer_passes_everything(which: str) -> None:
    does, tasks = MATTERS[which]
    found = judged(does, does, tasks)
    wrong = {case.id: (s.verdict, s.detail) for case, _, s in found if s.verdict not in ("pass", "unsupported")}
    assert wrong == {}
    assert sum(s.verdict == "unsupported" for _, _, s in found) <= 1


@pytest.mark.parametrize("which", MATTERS)
def test_a_silent_peer_contradicts_what_is_assumed_of_it(which: str) -> None:
    does, tasks = MATTERS[which]
    verdicts: Counter[str] = Counter()
    for case, given, found in judged(does, {}, tasks):
        if isinstance(given, Result) and differs(case, given):
            verdicts[found.verdict] += 1
            assert found.verdict in ("convention", "fail", "wrong branch"), (case.id, found)
            assert found.detail
    assert verdicts["convention"] >= 1
    assert verdicts["convention"] >= sum(verdicts.values()) - 1


@pytest.mark.parametrize("which", [which for which in MATTERS if "ties=other" not in which])
def test_a_boastful_peer_contradicts_its_declaration(which: str) -> None:
    """It declares something, and answers as the golden cases do."""
    declares, tasks = MATTERS[which]
    verdicts: Counter[str] = Counter()
    for case in CASES:
        if case.task in tasks and case.expected is not None:
            honest = answer(case, conventions.complete(declares))
            found = score(case, hello(declares), Result(case.expected))  # type: ignore[arg-type]
            if differs(case, honest):
                verdicts[found.verdict] += 1
                assert found.verdict != "pass", case.id
    assert verdicts["convention"] >= 1


def test_what_is_told_of_a_contradiction_names_the_convention() -> None:
    case = store.find(store.fixtures(), "coins.step/lecture")
    given = answer(case, conventions.complete({"likelihood": "left", "scale": "per-sample"}))
    sentence = "right with likelihood=left and scale=per-sample, but it declares likelihood=entered and scale=total"
    assert score(case, hello({}), given).detail == f"{sentence}, or nothing"
    given = answer(case, conventions.complete({"binomial": "included"}))
    found = score(case, hello({"scale": "per-sample"}), given)
    assert found.verdict == "convention"
    assert "binomial=included and" in found.detail or "and binomial=included" in found.detail


@pytest.mark.parametrize("task", SUMS)
def test_binomial_coefficients_matter_only_where_there_are_heads(task: str) -> None:
    """Whoever declares binomial=included passes elsewhere with the golden answer, and is told nothing of it."""
    for case in CASES:
        if case.task == task and case.expected is not None:
            plain, included = (
                next(truths(case, {**conventions.complete({}), "binomial": how})) for how in ("omitted", "included")
            )
            if not task.startswith("binomial."):
                assert plain == included, case.id
            elif any(int(str(h)) and int(str(t)) for h, t in zip(*heads_tails(case), strict=True)):
                assert plain.results != included.results, case.id
            assert score(case, hello({}), Result(case.expected)).verdict == "pass"  # type: ignore[arg-type]


def heads_tails(case: Case) -> tuple[Any, Any]:
    return case.input["heads"], case.input["tails"]


@pytest.mark.parametrize("empty", ["relocate", "split", "drop", "zero", "nan", "error", "other"])
def test_another_rule_for_empty_clusters_is_not_judged_by_the_golden_values(empty: str) -> None:
    """Where no cluster is empty on the way the golden values hold for everybody."""
    for case in CASES:
        if case.task in LLOYD and case.expected is not None:
            honest = answer(case, conventions.complete({"empty": "zero"}))
            found = score(case, hello({"empty": empty}), honest)
            assert found.verdict in ("pass", "unsupported"), (case.id, found)
            if found.verdict == "unsupported":
                assert found.detail == f"its rule for empty clusters is {empty!r}"


def test_a_declared_rule_for_empty_clusters_holds_in_an_update_too() -> None:
    case = store.find(store.fixtures(), "kmeans.update/empty-keeps")
    assert case.expected is not None
    used = {int(str(label)) for label in case.input["labels"]}  # type: ignore[union-attr]
    centers = [c if k in used else ["0"] * len(c) for k, c in enumerate(case.expected["centers"])]  # type: ignore
    assert centers != case.expected["centers"]
    found = score(case, hello({"empty": "zero"}), Result({"centers": centers}))
    assert found.verdict in ("pass", "unsupported"), found.detail


def test_a_peer_that_declares_zero_and_keeps_the_center_contradicts_itself() -> None:
    found = {
        case.id: score(case, hello({"empty": "zero"}), Result(case.expected)).verdict  # type: ignore[arg-type]
        for case in CASES
        if case.task in LLOYD and case.expected is not None
    }
    assert "convention" in found.values()


@pytest.mark.parametrize(
    ("declared", "sentence"),
    [
        ({"tie": "first"}, "there is no convention 'tie'; the conventions are ties, empty, labels"),
        ({"ties": "first"}, "the convention ties is 'first'; give one of lowest-index, other"),
        ({"ties": ""}, "the convention ties is ''"),
        ({"Ties": "lowest-index"}, "there is no convention 'Ties'"),
        ({"divisor": 1}, "the convention divisor is 1; give one of asked, n, n-1, 1"),
    ],
)
def test_an_unknown_convention_is_one_sentence(declared: Any, sentence: str) -> None:
    with pytest.raises(BadInput) as error:
        hello(declared)
    assert sentence in str(error.value)
    assert "\n" not in str(error.value)


def test_the_first_value_of_each_convention_is_the_same_as_saying_nothing() -> None:
    first = {name: found[0] for name, found in conventions.CONVENTIONS.items()}
    assert conventions.complete({}) == conventions.complete(first) == first
    assert conventions.complete({"labels": "final"})["objective"] == "final"
    assert conventions.complete({"labels": "final", "objective": "old"})["objective"] == "old"


COMBINED = {
    "kmeans": ("ties", "labels", "objective"),
    "coins": ("likelihood", "scale", "binomial"),
    "moments": ("divisor",),
    "gmm": ("likelihood", "scale", "binomial"),
    "bernoulli": ("likelihood", "scale", "binomial"),
    "binomial": ("likelihood", "scale", "binomial"),
    "power": (),
    "pca": ("divisor",),
    "nmf": (),
    "silhouette": (),
    "choose_k": ("ties",),
    "modularity": (),
    "map_equation": (),
}


def test_attainable_digits_are_sensible_under_all_conventions() -> None:
    """Between 0 and 15.95 for every result of every admissible truth, and there is one but for a divisor of 0."""
    without = set()
    for case in CASES:
        names = COMBINED[case.task.partition(".")[0]]
        if case.expected is None:
            continue
        outputs = {output.name for output in TASKS[case.task].outputs}
        for chosen in product(*(conventions.CONVENTIONS[name] for name in names)):
            declared = {**conventions.complete({}), **dict(zip(names, chosen, strict=True))}
            found = list(truths(case, declared))
            if not found:
                without.add((case.id, chosen))
            for truth in found:
                assert set(truth.results) == outputs, case.id
                assert set(truth.attainable) == {o.name for o in TASKS[case.task].outputs if o.kind == "numbers"}
                assert all(0 <= digits <= 15.95 for digits in truth.attainable.values()), (case.id, declared)
    assert without == {("moments.covariance/single-observation", ("n-1",))}


# --- Ctrl-C -----------------------------------------------------------------------------------------

SLOW = """
import json, os, signal, sys, time
folder = os.path.dirname(os.path.abspath(__file__))
signal.signal(signal.SIGTERM, signal.SIG_IGN)
with open(os.path.join(folder, "pids"), "a") as file:
    print(os.getpid(), file=file)
with open(os.path.join(folder, "answers.json")) as file:
    answers = json.load(file)
for line in iter(sys.stdin.readline, ""):
    asked = json.loads(line)
    if asked["cmd"] == "hello":
        reply = {"protocol": 1, "name": "slow", "version": "1", "tasks": ["kmeans.assign"]}
    elif asked["seq"] == 4:
        with open(os.path.join(folder, "sleeps"), "w"):
            pass
        time.sleep(600)
    else:
        reply = {"seq": asked["seq"], "result": answers[json.dumps(asked["input"])]}
    print(json.dumps(reply), flush=True)
"""
ASSIGN = [case for case in CASES if case.task == "kmeans.assign" and case.expected is not None]


class Running:
    """`refimpl verify` while its peer sleeps over the fourth case."""

    def __init__(self, folder: Path, *words: str) -> None:
        (folder / "peer.py").write_text(SLOW)
        answers = {json.dumps(case.input): case.expected for case in CASES if case.task == "kmeans.assign"}
        (folder / "answers.json").write_text(json.dumps(answers))
        self.folder, self.command = folder, shlex.join([sys.executable, "-IS", str(folder / "peer.py")])
        self.process = subprocess.Popen(
            [sys.executable, "-m", "refimpl", "verify", "--exec", self.command, "--task", "kmeans.assign", *words],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            cwd=ROOT,
            preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),
        )
        self.until((folder / "sleeps").exists)

    def until(self, true: Callable[[], bool]) -> bool:
        far = time.monotonic() + 60
        while not true() and time.monotonic() < far:
            time.sleep(0.01)
        return true()

    def end(self) -> tuple[int, str, str]:
        out, err = self.process.communicate(timeout=60)
        return self.process.returncode, out, err

    def peer_is_gone(self) -> bool:
        pids = [int(word) for word in (self.folder / "pids").read_text().split()]
        gone = self.until(lambda: not any(map(alive, pids)))
        for pid in filter(alive, pids):
            os.kill(pid, signal.SIGKILL)
        return gone


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except (ProcessLookupError, FileNotFoundError):
        return Path("/proc").is_dir() and Path(f"/proc/{pid}").exists()


posix = pytest.mark.skipif(os.name != "posix", reason="programs are judged on POSIX systems only")


@posix
def test_ctrl_c_leaves_a_partial_report_that_says_so(tmp_path: Path) -> None:
    running = Running(tmp_path, "--junit", str(tmp_path / "junit.xml"), "--time-limit", "500")
    running.process.send_signal(signal.SIGINT)
    status, out, err = running.end()
    assert status == 130
    assert "Traceback" not in err
    total = store.count(store.fixtures(), task="kmeans.assign")
    assert out.splitlines()[-1] == (f"interrupted: this report is partial, after 3 of {total} cases; 0 of 3 failed")
    assert "kmeans.assign" in out
    root = ET.parse(tmp_path / "junit.xml").getroot()
    assert "(partial)" in root.attrib["name"]
    assert len(list(root.iter("testcase"))) == 3
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == [], "no temporary file is left"
    assert running.peer_is_gone()


@posix
def test_ctrl_c_leaves_json_that_says_so(tmp_path: Path) -> None:
    running = Running(tmp_path, "--format", "json")
    running.process.send_signal(signal.SIGINT)
    status, out, err = running.end()
    assert status == 130
    assert not err
    report = json.loads(out)
    assert report["partial"] is True
    assert report["passed"] is False
    assert report["asked"] == store.count(store.fixtures(), task="kmeans.assign")
    assert [found["id"] for found in report["cases"]] == [case.id for case in CASES if case.task == "kmeans.assign"][:3]
    assert running.peer_is_gone()


@posix
def test_ctrl_c_twice_leaves_no_process(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.process.send_signal(signal.SIGINT)
    time.sleep(0.3)
    running.process.send_signal(signal.SIGINT)
    status, _, err = running.end()
    assert status == 130
    assert "Traceback" not in err
    running.until = lambda true: true()  # type: ignore[method-assign] # there is nothing to wait for
    time.sleep(0.5)
    assert running.peer_is_gone()


@posix
def test_the_end_of_the_command_is_the_end_of_the_program(tmp_path: Path) -> None:
    running = Running(tmp_path)
    running.process.terminate()
    running.end()
    running.until = lambda true: true()  # type: ignore[method-assign]
    time.sleep(0.5)
    assert running.peer_is_gone()


# --- the journal ------------------------------------------------------------------------------------


@pytest.fixture
def journal() -> Iterator[Journal]:
    made = Journal()
    yield made
    made._file.close()


def test_readers_of_a_journal_do_not_disturb_each_other(journal: Journal) -> None:
    assert list(journal) == []
    given = [(Score(f"kmeans.assign/{n}", "pass", "x" * n), Result({"labels": [n]})) for n in range(300)]
    for pair in given[:200]:
        journal.add(*pair)
    one, other = iter(journal), iter(journal)
    seen, also = [], []
    for n in range(100):
        seen.append(next(one))
        also += [next(other), next(other)]
        journal.add(*given[200 + n])
    assert len(journal) == 300
    assert next(other, None) is None, "a reader sees what there was when it began"
    seen += list(one)
    assert [(entry.score, entry.answer) for entry in also] == given[:200]
    assert [(entry.score, entry.answer) for entry in seen] == given[: len(seen)]
    assert [(entry.score, entry.answer) for entry in journal] == given


LONG = """
import resource, sys
from refimpl.oracle.journal import Journal
from refimpl.oracle.peers.peer import Hello, Result
from refimpl.oracle.report import machine, text
from refimpl.oracle.report.tally import Report
from refimpl.oracle.score import Score

def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // (1024 if sys.platform == "linux" else 2**20)

def fill(journal, count):
    for n in range(count):
        journal.add(Score(f"kmeans.assign/{n}", "pass"), Result({"labels": [n % 7] * 9}))

hello = Hello("fake", "1", "Python", "binary64", ("kmeans.assign",))
small = Journal()
fill(small, 100)
report = Report(hello, small, "refimpl verify fake", 100)
for piece in machine.to_json(report): pass
text.table(report), list(text.notes(report)), list(text.failures(report))
before = peak()
journal = Journal()
fill(journal, 40_000)
report = Report(hello, journal, "refimpl verify fake", 40_000)
assert report.passed and report.rows[0].total == 40_000
print(before, peak())
"""


def test_a_long_journal_is_not_kept_in_memory() -> None:
    done = subprocess.run([sys.executable, "-c", LONG], capture_output=True, encoding="utf-8", check=True, cwd=ROOT)
    before, after = map(int, done.stdout.split())
    assert after - before < 8, "megabytes"
