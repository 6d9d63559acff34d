"""One answer held against one case.

    1. read       every result the task has, in the right shape, finite
    2. outcome    the outcome, admissible under the declared conventions, whose labels the answer has, clusters
                  matched
    3. digits     -log10 |answer - truth| / |truth| of the worst entry of each result, exact before the logarithm;
                  where the truth is 0 the error is relative to the largest entry of its array, or else to the data
    4. verdict    pass: at least attainable - 2; weak: at least half of attainable; fail: below

Labels that no admissible outcome has are a wrong branch. An answer that is right under other conventions than those
declared contradicts the declaration, which is a verdict of its own. A peer with another rule for empty clusters is
judged there by what its own answer implies.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Literal, TypeAlias

from refimpl.errors import KINDS, BadInput
from refimpl.oracle import conventions, eigenvectors, match
from refimpl.oracle.applicable import (
    closest,
    other_divisor,
    other_empty_rule,
    other_median,
    out_of_reach,
    scale,
    unseen,
)
from refimpl.oracle.attained import attained_by
from refimpl.oracle.case import Case
from refimpl.oracle.certificates import Closest, MedoidMargin
from refimpl.oracle.digits import agreement
from refimpl.oracle.peers.peer import Answer, Broken, Hello, Refused, Result, Unsupported
from refimpl.oracle.reading import Reading, read
from refimpl.oracle.tasks import TASKS, Output
from refimpl.oracle.truth import Declared, Truth, deviations, truths

Verdict: TypeAlias = Literal["pass", "weak", "fail", "wrong branch", "convention", "unsupported", "error"]

CAPS = {"binary64": 15.95, "binary32": 7.2}
"""Digits that a number of this precision can agree to."""

SLACK = 2.0
"""Digits that may be missing from those attainable."""

NEVER_KEPT = ("zero", "drop", "nan", "error")
"""Rules for empty clusters under which no answer has the center that was there before."""

WITHOUT_CENTER = ("drop", "nan", "error")
"""Rules for empty clusters under which an answer may lack a center."""

HALF_A_HUNDREDTH = 0.005
"""Digits have two decimals: this keeps the rounding of their differences out of the verdict."""


@dataclass(frozen=True)
class Score:
    """What came of one case."""

    case_id: str
    verdict: Verdict
    detail: str = ""
    """One sentence: what is wrong, or why the case does not apply."""
    digits: Mapping[str, float] = field(default_factory=dict)
    """By result."""
    attainable: Mapping[str, float] = field(default_factory=dict)
    """By result, for this peer's precision."""

    @property
    def task(self) -> str:
        """The task of the case."""
        return self.case_id.partition("/")[0]

    @property
    def executed(self) -> bool:
        """Whether there was an answer to judge."""
        return self.verdict not in ("unsupported", "error")

    @property
    def closest(self) -> tuple[float, float] | None:
        """The digits of the result that falls most short, and those attainable there."""
        pairs = [(self.digits[name], self.attainable[name]) for name in self.digits]
        return min(pairs, key=lambda pair: pair[0] - pair[1], default=None)


def score(case: Case, hello: Hello, answer: Answer) -> Score:
    """Return the verdict on an answer."""
    if isinstance(answer, Unsupported):
        return Score(case.id, "unsupported", answer.why)
    if isinstance(answer, Broken):
        return Score(case.id, "error", f"{answer.fault}: it {answer.message}")
    outputs = [o for o in TASKS[case.task].outputs if o.name not in hello.omits.get(case.task, {})]
    if not outputs:
        return Score(case.id, "unsupported", "it omits every result of the task")
    if case.expected is None:
        return _refusal(case, hello, answer)
    declared = conventions.complete(hello.conventions)
    admitted = list(truths(case, declared))
    if not admitted:
        return Score(case.id, "unsupported", f"it divides by {declared['divisor']}, which is 0 here")
    why = out_of_reach(case, hello)
    if why:
        return Score(case.id, "unsupported", why)
    other_rule = other_empty_rule(case, hello)
    if isinstance(answer, Refused):
        if other_rule == "error" and answer.kind == "empty-cluster":
            return _not_judged(case, other_rule)
        if answer.kind == "tied-eigenvalues" and eigenvectors.are_tied(case.expected):
            return Score(case.id, "pass")
        return Score(case.id, "error", f"refuses legal input: {answer.kind}: {answer.message}")
    try:
        reading = read(case, outputs, answer)
    except BadInput as error:
        if other_rule in WITHOUT_CENTER:
            return _not_judged(case, other_rule)
        return Score(case.id, "fail", str(error))
    if other_rule or other_median(case, hello):
        wrong = match.inconsistency(case, reading, CAPS.get(hello.precision, CAPS["binary64"]) - SLACK)
        if wrong:
            return Score(case.id, "fail", wrong)
        if other_rule in NEVER_KEPT and match.keeps_empty(case, reading):
            return Score(
                case.id, "convention", f"keeps the center of an empty cluster, but declares empty={other_rule}"
            )
        if other_rule:
            return _not_judged(case, other_rule)
        return Score(case.id, "unsupported", "it takes another median of an even number of points")
    if TASKS[case.task].attained:
        return _optimum(case, hello, reading, admitted[0])
    return _judge(case, hello, outputs, reading, admitted)


def _refusal(case: Case, hello: Hello, answer: Result | Refused) -> Score:
    if isinstance(answer, Result):
        if other_divisor(case, hello):
            return Score(case.id, "unsupported", f"it divides by {hello.conventions['divisor']}, whatever ddof is")
        return Score(case.id, "fail", f"answers input that must be refused ({case.refused})")
    if answer.kind not in KINDS or answer.kind in ("internal", "unsupported"):
        return Score(case.id, "error", f"fails where input must be refused ({case.refused}): {answer.message}")
    return Score(case.id, "pass")


def _judge(case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading, admitted: Sequence[Truth]) -> Score:
    declared = conventions.complete(hello.conventions)
    best = _best(case, hello, outputs, reading, admitted)
    if best is not None and best.verdict == "pass":
        return best
    for other in deviations(case, declared):
        found = _best(case, hello, outputs, reading, truths(case, other))
        if found is not None and found.verdict == "pass":
            return Score(case.id, "convention", _contradiction(case, declared, other))
    if best is not None and best.verdict == "weak":
        return best
    for move, does, declares in (
        (match.moved_empty, "moves the center of an empty cluster", "empty=keep"),
        (match.moved_medians, "takes another median of an even number of points", "median=midpoint"),
    ):
        moved = move(case, reading)
        found = None if moved is None else _best(case, hello, outputs, moved, admitted)
        if found is not None and found.verdict == "pass":
            return Score(case.id, "convention", f"{does}, though it declares {declares}, or nothing")
    if best is not None:
        return best
    detail = match.difference(admitted[0].results, outputs, reading)
    margin = closest(case)
    if margin is not None and unseen(hello, margin):
        return Score(case.id, "unsupported", f"{hello.precision} cannot see a decision of this case")
    if margin is not None and margin.relative != "0":
        detail += f"; no decision has a relative margin below {margin.relative}"
    return Score(case.id, "wrong branch", detail)


def _best(
    case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading, admitted: Iterable[Truth]
) -> Score | None:
    """Return the best score over the outcomes whose labels the answer has, and over the order of components."""
    found = []
    for truth in admitted:
        matched = match.matched(case, truth.results, outputs, reading)
        if matched is not None:
            matched = eigenvectors.turned(truth.results, outputs, matched)
            found.append(_digits(case, hello, outputs, matched, truth))
            other = match.rearranged(case, truth.results, matched) if found[-1].verdict != "pass" else None
            if other is not None:
                found.append(_digits(case, hello, outputs, other, truth))
    return max(found, key=_rank, default=None)


def _rank(found: Score) -> tuple[bool, bool, float]:
    closest = found.closest
    return found.verdict == "pass", found.verdict == "weak", closest[0] - closest[1] if closest else 0.0


def _contradiction(case: Case, declared: Declared, other: Declared) -> str:
    changed = [name for name in declared if declared[name] != other[name]]
    if changed == ["ties"]:
        margin = closest(case)
        where = ""
        if margin and not isinstance(margin, Closest) and margin.gap == "0":
            what = f"cluster {margin.cluster}" if isinstance(margin, MedoidMargin) else f"point {margin.point}"
            where = f" ({what}, step {margin.step})"
        return f"breaks an exact tie{where} to another index than the lowest, which it declares"
    if conventions.complete({"labels": other["labels"]})["objective"] == other["objective"] and "labels" in changed:
        changed = [name for name in changed if name != "objective"]  # J is that of the labels, as one would expect
    right, wrong = (" and ".join(f"{name}={of[name]}" for name in changed) for of in (other, declared))
    return f"right with {right}, but it declares {wrong}, or nothing"


def _digits(case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading, truth: Truth) -> Score:
    """Return the score of an answer whose labels are right."""
    cap = CAPS.get(hello.precision, CAPS["binary64"])
    digits, attainable, worst = {}, {}, ("", 0.0)
    for output in outputs:
        if output.kind == "numbers":
            name = output.name
            found, where = agreement(reading[name], truth.results[name], partial(scale, case, output.degree))
            digits[name] = min(found, cap)
            attainable[name] = max(truth.attainable[name] - (CAPS["binary64"] - cap), 0.0)
            if digits[name] - attainable[name] <= worst[1] or not worst[0]:
                worst = (f"{name}{where}", digits[name] - attainable[name])
        elif output.kind == "count" and reading[output.name] != truth.results[output.name]:
            detail = f"{output.name} is {reading[output.name]}; {truth.results[output.name]} is right"
            return Score(case.id, "fail", detail, digits, attainable)
    verdict: Verdict = "pass"
    for name, found in digits.items():
        if found < attainable[name] / 2:
            verdict = "fail"
        elif found < attainable[name] - SLACK - HALF_A_HUNDREDTH and verdict == "pass":
            verdict = "weak"
    detail = ""
    if verdict != "pass":
        name = worst[0].partition("[")[0]
        detail = f"{worst[0]} has {digits[name]:.1f} digits of {attainable[name]:.1f}"
    return Score(case.id, verdict, detail, digits, attainable)


def _optimum(case: Case, hello: Hello, reading: Reading, truth: Truth) -> Score:
    """Judge the value, and that which the labels attain; any labels of the optimum will do."""
    name = TASKS[case.task].attained
    claims = {name: reading[name]} if name in reading else {}
    if "labels" in reading:
        most, attained = attained_by(case)
        wrong = match.outside(reading, most)
        if wrong:
            return Score(case.id, "fail", wrong)
        claims[f"the {name} of its labels"] = attained(match.labels_of(reading))
    if not claims:
        return Score(case.id, "unsupported", f"it gives neither a {name} nor labels")
    only = [output for output in TASKS[case.task].outputs if output.name == name]
    scores = {what: _digits(case, hello, only, {name: value}, truth) for what, value in claims.items()}
    what, worst = min(scores.items(), key=lambda item: _rank(item[1]))
    return replace(worst, detail=f"{what}: {worst.detail}") if worst.detail else worst


def _not_judged(case: Case, rule: str) -> Score:
    """An answer that no golden value holds for, and that does not contradict itself."""
    return Score(case.id, "unsupported", f"its rule for empty clusters is {rule!r}")
