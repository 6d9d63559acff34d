"""A report for machines: JSON and JUnit XML, piece by piece, so that its length does not matter."""

import json
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import asdict
from xml.sax.saxutils import quoteattr

from refimpl.oracle.journal import Entry
from refimpl.oracle.peers import wire
from refimpl.oracle.report.tally import VERDICTS, Report
from refimpl.oracle.score import Score

FORMAT = "refimpl-report/1"


def to_json(report: Report) -> Iterator[str]:
    """Yield a JSON document with a line for each task and each case."""
    yield f'{{\n "format": "{FORMAT}",\n "peer": {_dumps(asdict(report.hello))},\n'
    yield f' "passed": {_dumps(report.passed)},\n "partial": {_dumps(report.partial)},\n "asked": {report.asked},\n'
    yield ' "tasks": [' + ",".join(f"\n  {_dumps(asdict(row))}" for row in report.rows) + '\n ],\n "cases": ['
    for number, entry in enumerate(report.entries):
        yield f"{',' if number else ''}\n  {_dumps(_case(report, entry))}"
    yield "\n ]\n}\n"


def _case(report: Report, entry: Entry) -> dict[str, object]:
    score = entry.score
    return {
        "id": score.case_id,
        "verdict": score.verdict,
        "detail": score.detail,
        "digits": dict(score.digits),
        "attainable": dict(score.attainable),
        "answer": wire.answered(entry.answer),
        "reproduce": report.reproduction(score),
    }


def _dumps(value: object) -> str:
    return json.dumps(_finite(value), ensure_ascii=False, allow_nan=False)


def _finite(value: object) -> object:
    """Return the value with NaN and infinity, which JSON does not know, as text."""
    if isinstance(value, dict):
        return {key: _finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(item) for item in value]
    if isinstance(value, float) and value - value != 0:
        return str(value)
    return value


def to_junit(report: Report) -> Iterator[str]:
    """Yield JUnit XML: a suite for each task, a test case for each golden case."""
    name = f"refimpl verify {report.hello.name} {report.hello.version}" + (" (partial)" if report.partial else "")
    yield f'<?xml version="1.0" encoding="utf-8"?>\n<testsuites name={quoteattr(_visible(name))}>\n'
    for row in report.rows:
        failed = sum(row.verdicts[verdict] for verdict in VERDICTS if verdict not in ("pass", "error"))
        counts = f'tests="{row.total}" failures="{failed}" errors="{row.verdicts["error"]}"'
        yield f' <testsuite name="{row.task}" {counts} skipped="{row.total - row.applicable}">\n'
        for entry in report.entries:
            if entry.score.task == row.task:
                element = _test_case(report, entry.score, row.task)
                yield f"  {ET.tostring(element, encoding='unicode')}\n"
        yield " </testsuite>\n"
    yield "</testsuites>\n"


def _visible(text: str) -> str:
    """Return text without the control characters that XML forbids."""
    return "".join(c if c.isprintable() else " " for c in text)


def _test_case(report: Report, score: Score, task: str) -> ET.Element:
    element = ET.Element("testcase", classname=task, name=score.case_id)
    message = _visible(f"{score.verdict}: {score.detail}")
    if score.verdict == "unsupported":
        ET.SubElement(element, "skipped", message=message)
    elif score.verdict == "error":
        ET.SubElement(element, "error", message=message).text = report.reproduction(score)
    elif score.verdict != "pass":
        ET.SubElement(element, "failure", message=message, type=score.verdict).text = report.reproduction(score)
    return element
