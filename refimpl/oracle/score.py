"""One answer held against one case.

    1. read       every result the task has, in the right shape, finite
    2. outcome    the admissible outcome whose labels and counts the answer has, clusters matched
    3. digits     -log10 |answer - truth| / |truth| of the worst entry of each result, exact before the logarithm;
                  where the truth is 0 the error is relative to the largest entry of its array, or else to the data
    4. verdict    pass: at least attainable - 2; weak: at least half of attainable; fail: below

Labels that no admissible outcome has are a wrong branch, unless they are right under a convention that the peer
did not declare. A peer with another rule for empty clusters is judged there by what its own answer implies.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from typing import Literal, TypeAlias

from refimpl.errors import KINDS, BadInput
from refimpl.oracle import match, values
from refimpl.oracle.case import Case, Numbers, Paths, Variant
from refimpl.oracle.digits import agreement
from refimpl.oracle.peers.peer import Answer, Hello, Refused, Result, Unsupported
from refimpl.oracle.reading import Reading, read
from refimpl.oracle.tasks import TASKS, Output

Verdict: TypeAlias = Literal["pass", "weak", "fail", "wrong branch", "convention", "unsupported", "error"]

CAPS = {"binary64": 15.95, "binary32": 7.2}
"""Digits that a number of this precision can agree to."""

SLACK = 2.0
"""Digits that may be missing from those attainable."""

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
    if case.expected is None:
        return _refusal(case, answer)
    if isinstance(answer, Refused):
        return Score(case.id, "error", f"refuses legal input: {answer.kind}: {answer.message}")
    outputs = [o for o in TASKS[case.task].outputs if o.name not in hello.omits.get(case.task, {})]
    try:
        reading = read(case, outputs, answer)
    except BadInput as error:
        return Score(case.id, "fail", str(error))
    if _other_empty_rule(case, hello):
        return _implied(case, hello, reading)
    if case.task == "kmeans.optimum":
        return _optimum(case, hello, reading)
    return _judge(case, hello, outputs, reading)


def _refusal(case: Case, answer: Result | Refused) -> Score:
    if isinstance(answer, Result):
        return Score(case.id, "fail", f"answers input that must be refused ({case.refused})")
    if answer.kind not in KINDS or answer.kind in ("internal", "unsupported"):
        return Score(case.id, "error", f"fails where input must be refused ({case.refused}): {answer.message}")
    return Score(case.id, "pass")


def _judge(case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading) -> Score:
    best = _best(case, hello, outputs, reading, _admissible(case, hello))
    if best is not None and best.verdict in ("pass", "weak"):
        return best
    for name, outcome in _inadmissible(case, hello):
        other = _best(case, hello, outputs, reading, [outcome])
        if other is not None and other.verdict == "pass":
            return Score(case.id, "wrong branch" if name == "ties" else "convention", _why(case, name))
    if best is not None:
        return best
    detail = match.difference(next(_admissible(case, hello)), outputs, reading)
    margin = case.certificate.margin if isinstance(case.certificate, Paths) else None
    if margin is not None and margin.relative != "0":
        detail += f"; no decision has a relative margin below {margin.relative}"
    return Score(case.id, "wrong branch", detail)


def _best(
    case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading, outcomes: Iterable[Numbers]
) -> Score | None:
    """Return the best score over the outcomes whose labels the answer has."""
    found = []
    for outcome in outcomes:
        matched = match.matched(case, outcome, outputs, reading)
        if matched is not None:
            found.append(_digits(case, hello, outputs, matched, outcome))
    return max(found, key=_rank, default=None)


def _rank(found: Score) -> tuple[bool, bool, float]:
    closest = found.closest
    return found.verdict == "pass", found.verdict == "weak", closest[0] - closest[1] if closest else 0.0


def _admissible(case: Case, hello: Hello) -> Iterator[Numbers]:
    """Yield the outcomes that the declared conventions allow."""
    for outcome in case.outcomes:
        if outcome.admissible == "always" or hello.conventions.get("ties", "lowest-index") != "lowest-index":
            yield from _under(outcome, hello, hello.conventions.get("labels", "used"))


def _inadmissible(case: Case, hello: Hello) -> Iterator[tuple[str, Numbers]]:
    """Yield other outcomes with the convention that they belong to."""
    declared = hello.conventions.get("labels", "used")
    other = "used" if declared == "final" else "final"
    for outcome in case.outcomes:
        yield from (("ties", numbers) for numbers in _under(outcome, hello, declared, any_tie=True))
        if "labels=final" in outcome.alternatives:
            yield from ((f"labels={other}", numbers) for numbers in _under(outcome, hello, other, any_tie=True))


def _under(outcome: Variant, hello: Hello, labels: str, *, any_tie: bool = False) -> Iterator[Numbers]:
    variants = outcome.alternatives.get(f"labels={labels}")
    if variants is None:
        yield outcome.result
        return
    for variant in variants:
        lowest = hello.conventions.get("ties", "lowest-index") == "lowest-index"
        if variant.admissible == "always" or any_tie or not lowest:
            yield {**outcome.result, **variant.result}


def _why(case: Case, name: str) -> str:
    if name != "ties":
        return f"right with {name.replace('=', ' ')}, which was not declared"
    margin = case.certificate.margin if isinstance(case.certificate, Paths) else None
    where = f" (point {margin.point}, step {margin.step})" if margin and margin.gap == "0" else ""
    return f"breaks an exact tie{where} to another index than the lowest, which it declares"


def _digits(case: Case, hello: Hello, outputs: Sequence[Output], reading: Reading, outcome: Numbers) -> Score:
    """Return the score of an answer whose labels are right."""
    cap = CAPS.get(hello.precision, CAPS["binary64"])
    digits, attainable, worst = {}, {}, ("", 0.0)
    for output in outputs:
        if output.kind == "numbers":
            name = output.name
            found, where = agreement(reading[name], outcome[name], _largest(case) ** output.degree)
            digits[name] = min(found, cap)
            attainable[name] = max(float(case.attainable[name]) - (CAPS["binary64"] - cap), 0.0)
            if digits[name] - attainable[name] <= worst[1] or not worst[0]:
                worst = (f"{name}{where}", digits[name] - attainable[name])
        elif output.kind == "count" and reading[output.name] != outcome[output.name]:
            detail = f"{output.name} is {reading[output.name]}; {outcome[output.name]} is right"
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


def _optimum(case: Case, hello: Hello, reading: Reading) -> Score:
    """Judge the distortion, and that which the labels have; any minimiser will do."""
    assert case.expected is not None
    claims = {"distortion": reading["distortion"]} if "distortion" in reading else {}
    if "labels" in reading:
        wrong = match.outside(reading, values.whole(case.params["k"], "k"))
        if wrong:
            return Score(case.id, "fail", wrong)
        claims["the distortion of its labels"] = match.distortion_of_labels(case, reading)
    if not claims:
        return Score(case.id, "unsupported", "it gives neither a distortion nor labels")
    only = [output for output in TASKS[case.task].outputs if output.name == "distortion"]
    scores = {what: _digits(case, hello, only, {"distortion": j}, case.expected) for what, j in claims.items()}
    what, worst = min(scores.items(), key=lambda item: _rank(item[1]))
    return replace(worst, detail=f"{what}: {worst.detail}") if worst.detail else worst


def _other_empty_rule(case: Case, hello: Hello) -> bool:
    """Return whether a cluster is empty on the way and the peer does not keep its center then."""
    if hello.conventions.get("empty", "keep") == "keep" or not isinstance(case.certificate, Paths):
        return False
    k = len(values.rows(case.input["centers"], "centers"))
    return any(len(set(step.labels)) < k for path in case.certificate.paths for step in path)


def _implied(case: Case, hello: Hello, reading: Reading) -> Score:
    """Judge an answer that no golden value holds for by its own consistency."""
    wrong = match.inconsistency(case, reading, CAPS.get(hello.precision, CAPS["binary64"]) - SLACK)
    if wrong:
        return Score(case.id, "fail", wrong)
    return Score(case.id, "unsupported", f"its rule for empty clusters is {hello.conventions['empty']!r}")


def _largest(case: Case) -> Fraction:
    """Return the largest modulus of the points, 1 where there are none."""
    if "points" not in case.input:
        return Fraction(1)
    return values.largest(values.rows(case.input["points"], "points"))
