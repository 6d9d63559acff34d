"""One failure as the page of a report tells it: input, answer beside what is expected, reason, reproduction."""

from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from refimpl.errors import BadInput
from refimpl.oracle import conventions
from refimpl.oracle.case import Case, read
from refimpl.oracle.certificates import Refusal
from refimpl.oracle.journal import Entry
from refimpl.oracle.peers.peer import Answer, Broken, Refused, Result
from refimpl.oracle.report.shown import MOST_NAME, Shown, cut, shown
from refimpl.oracle.report.tally import Report
from refimpl.oracle.score import HALF_A_HUNDREDTH, SLACK, Score
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.truth import truths


@dataclass(frozen=True)
class Compared:
    """One result beside what is expected."""

    name: str
    digits: str
    short: bool
    """Whether digits are missing."""
    answered: Shown | None
    expected: Shown | None


@dataclass(frozen=True)
class Failure:
    """All that the page tells of one failure."""

    score: Score
    detail: str
    title: str
    reason: str
    given: list[Shown]
    compared: list[Compared]
    answered: str
    """An answer that is no result."""
    expected: str
    """What is expected where it is no result, or not the only one."""
    command: str


def failure_of(report: Report, root: Path, entry: Entry) -> Failure:
    score = entry.score
    detail, command = cut(score.detail), report.reproduction(score)
    try:
        case = read(root / "cases" / f"{score.case_id}.json")  # `store.find` would list the folder for each
    except BadInput as error:  # the file was moved or changed while other cases were asked
        return Failure(score, detail, "", "", [], [], "", cut(f"The case cannot be read: {error}."), command)
    given = [shown(name, value) for name, value in {**case.input, **case.params}.items()]
    compared, expected = _compared(report, case, entry)
    answered = _in_words(entry.answer)
    return Failure(score, detail, cut(case.title), cut(case.reason), given, compared, answered, expected, command)


def _in_words(answer: Answer) -> str:
    """Return an answer that is no result as words."""
    match answer:
        case Refused(kind, message):
            return cut(f"refuses: {kind}: {message}")
        case Broken(fault, message):
            return cut(f"{fault}: it {message}")
    return ""


def _compared(report: Report, case: Case, entry: Entry) -> tuple[list[Compared], str]:
    """Return the results beside those expected of this peer, and what else is to be said of those expected."""
    score = entry.score
    answered = entry.answer.values if isinstance(entry.answer, Result) else {}
    if case.expected is None:
        rule = f": {case.certificate.rule}" if isinstance(case.certificate, Refusal) else ""
        expected = f"must be refused as {case.refused}{cut(rule)}"
        said = [shown(cut(name, MOST_NAME), value) for name, value in islice(answered.items(), 8)]
        return [Compared(one.name, "", False, one, None) for one in said], expected
    right = list(islice(truths(case, conventions.complete(report.hello.conventions)), 2))
    results = right[0].results if right else case.expected
    omitted = report.hello.omits.get(case.task, {})
    compared = []
    for output in TASKS[case.task].outputs:
        if output.name in results and output.name not in omitted:
            name = output.name
            digits, attainable = score.digits.get(name, 0.0), score.attainable.get(name, 0.0)
            told = f"{digits:.1f} digits of {attainable:.1f}" if name in score.digits else ""
            there = shown(name, answered[name], rounding=True) if name in answered else None
            short = digits < attainable - SLACK - HALF_A_HUNDREDTH
            compared.append(Compared(name, told, short, there, shown(name, results[name], rounding=True)))
    return compared, "one of several outcomes that are right" if len(right) > 1 else ""
