"""What came of a verification, for people (tables) and for machines (JSON, JUnit).

Total counts the golden cases of a task; applicable those that the peer offers and whose conventions can be judged;
executed those that it answered.
"""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from statistics import median_low

from rich.box import SIMPLE_HEAD
from rich.table import Table

from refimpl.oracle.peers import wire
from refimpl.oracle.peers.peer import Answer, Hello
from refimpl.oracle.score import Score
from refimpl.oracle.tasks import TASKS

FORMAT = "refimpl-report/1"

VERDICTS = ("pass", "weak", "fail", "wrong branch", "convention", "error")
"""In the order of the table's columns."""


@dataclass(frozen=True)
class Report:
    """All that a report tells."""

    hello: Hello
    scores: Sequence[Score]
    answers: Sequence[Answer]
    """One for each score."""
    command: str
    """How the peer is asked for; ` --case ID` is added to reproduce one failure."""

    @property
    def failures(self) -> list[Score]:
        """The scores that are neither a pass nor unsupported."""
        return [score for score in self.scores if score.verdict not in ("pass", "unsupported")]

    @property
    def passed(self) -> bool:
        """Whether the peer passes everything that applies to it, and something does."""
        return not self.failures and any(score.executed for score in self.scores)


@dataclass(frozen=True)
class Row:
    """One task's line."""

    task: str
    executed: int
    applicable: int
    total: int
    worst: tuple[float, float] | None
    """Digits and those attainable there, of the case that falls most short."""
    median: tuple[float, float] | None
    """Of both over the cases, taken by themselves."""
    verdicts: dict[str, int]


def rows(scores: Sequence[Score]) -> Iterator[Row]:
    """Yield a row for each task that has scores, in the order of the tasks."""
    for task in TASKS:
        mine = [score for score in scores if score.case_id.partition("/")[0] == task]
        if mine:
            yield _row(task, mine)


def _row(task: str, scores: Sequence[Score]) -> Row:
    pairs = [score.closest for score in scores if score.closest is not None]
    return Row(
        task,
        executed=sum(score.executed for score in scores),
        applicable=sum(score.verdict != "unsupported" for score in scores),
        total=len(scores),
        worst=min(pairs, key=lambda pair: pair[0] - pair[1], default=None),
        median=(median_low(d for d, _ in pairs), median_low(a for _, a in pairs)) if pairs else None,
        verdicts={verdict: sum(score.verdict == verdict for score in scores) for verdict in VERDICTS},
    )


def table(report: Report) -> Table:
    """Return the table that ends a verification; verdicts that nothing got have no column."""
    offered = [row for row in rows(report.scores) if row.applicable]
    verdicts = [v for v in VERDICTS if v == "pass" or any(row.verdicts[v] for row in offered)]
    made = Table(
        title=f"{report.hello.name} {report.hello.version} against {len(report.scores)} golden cases",
        caption="digits: of agreement / attainable in binary64",
        box=SIMPLE_HEAD,
        pad_edge=False,
    )
    made.add_column("task", no_wrap=True)
    for heading in ("exe-\ncuted", "appli-\ncable", "total", "worst\ndigits", "median\ndigits", *verdicts):
        made.add_column(heading.replace(" ", "\n"), justify="right", no_wrap=True)
    for row in offered:
        counts = (str(row.verdicts[verdict] or "·") for verdict in verdicts)
        sums = (str(row.executed), str(row.applicable), str(row.total))
        made.add_row(row.task, *sums, _pair(row.worst), _pair(row.median), *counts)
    made.add_section()
    together = [sum(getattr(row, name) for row in offered) for name in ("executed", "applicable", "total")]
    counts = (str(sum(row.verdicts[verdict] for row in offered) or "·") for verdict in verdicts)
    made.add_row("together", *map(str, together), "", "", *counts)
    return made


def _pair(pair: tuple[float, float] | None) -> str:
    return f"{pair[0]:.1f}/{pair[1]:.1f}" if pair else "–"


def notes(report: Report) -> Iterator[str]:
    """Yield the lines below the table: what is not offered or not judged, and why."""
    missing = [row.task for row in rows(report.scores) if not row.applicable]
    if missing:
        yield f"not offered: {', '.join(missing)}"
    reasons: dict[str, int] = {}
    for score in report.scores:
        if score.verdict == "unsupported" and score.case_id.partition("/")[0] not in missing:
            reasons[score.detail] = reasons.get(score.detail, 0) + 1
    yield from (f"not applicable: {count} cases, because {reason}" for reason, count in reasons.items())
    present = {row.task for row in rows(report.scores)} - set(missing)
    for task, fields in report.hello.omits.items():
        if task not in present:
            continue
        yield from (f"not judged: {name} of {task}, because {why}" for name, why in fields.items())


def failures(report: Report) -> Iterator[tuple[str, str]]:
    """Yield for each failure what went wrong, and the command that reproduces it."""
    for score in report.failures:
        yield f"{score.case_id}: {score.verdict}: {score.detail}", reproduction(report, score)


def reproduction(report: Report, score: Score) -> str:
    """Return the command that reproduces one score."""
    return f"{report.command} --case {score.case_id}"


def to_json(report: Report) -> str:
    """Return the report as a JSON document."""
    document = {
        "format": FORMAT,
        "peer": asdict(report.hello),
        "passed": report.passed,
        "tasks": [asdict(row) for row in rows(report.scores)],
        "cases": [
            {
                "id": score.case_id,
                "verdict": score.verdict,
                "detail": score.detail,
                "digits": dict(score.digits),
                "attainable": dict(score.attainable),
                "answer": wire.answered(answer),
                "reproduce": reproduction(report, score),
            }
            for score, answer in zip(report.scores, report.answers, strict=True)
        ],
    }
    return json.dumps(_finite(document), indent=1, ensure_ascii=False, allow_nan=False) + "\n"


def _finite(value: object) -> object:
    """Return the value with NaN and infinity, which JSON does not know, as text."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


def to_junit(report: Report) -> bytes:
    """Return the report as JUnit XML: a suite for each task, a test case for each golden case."""
    root = ET.Element("testsuites", name=f"refimpl verify {report.hello.name} {report.hello.version}")
    for row in rows(report.scores):
        mine = [score for score in report.scores if score.case_id.partition("/")[0] == row.task]
        failed = sum(row.verdicts[verdict] for verdict in VERDICTS if verdict not in ("pass", "error"))
        suite = ET.SubElement(
            root,
            "testsuite",
            name=row.task,
            tests=str(len(mine)),
            failures=str(failed),
            errors=str(row.verdicts["error"]),
            skipped=str(len(mine) - row.applicable),
        )
        for score in mine:
            _test_case(suite, report, score, row.task)
    ET.indent(root)
    return (ET.tostring(root, encoding="unicode", xml_declaration=True) + "\n").encode()


def _test_case(suite: ET.Element, report: Report, score: Score, task: str) -> None:
    element = ET.SubElement(suite, "testcase", classname=task, name=score.case_id)
    message = "".join(c if c.isprintable() else " " for c in f"{score.verdict}: {score.detail}")
    if score.verdict == "unsupported":
        ET.SubElement(element, "skipped", message=message)
    elif score.verdict == "error":
        ET.SubElement(element, "error", message=message).text = reproduction(report, score)
    elif score.verdict != "pass":
        ET.SubElement(element, "failure", message=message, type=score.verdict).text = reproduction(report, score)
