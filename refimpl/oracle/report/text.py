"""A report for people at a terminal: the table, what was not judged, and the failures."""

from collections.abc import Iterator

from rich.box import SIMPLE_HEAD
from rich.table import Table

from refimpl.oracle.report.tally import VERDICTS, Report

MOST_REASONS = 100
"""That are told apart where cases do not apply."""


def table(report: Report) -> Table:
    """Return the table that ends a verification; verdicts that nothing got have no column."""
    offered = [row for row in report.rows if row.applicable]
    verdicts = [v for v in VERDICTS if v == "pass" or any(row.verdicts[v] for row in offered)]
    made = Table(
        title=f"{report.hello.name} {report.hello.version} against {report.asked} golden cases",
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
    missing = [row.task for row in report.rows if not row.applicable]
    if missing:
        yield f"not offered: {', '.join(missing)}"
    reasons: dict[str, int] = {}
    for score in (entry.score for entry in report.entries):
        if score.verdict == "unsupported" and score.task not in missing:
            known = score.detail if score.detail in reasons or len(reasons) < MOST_REASONS else "of other reasons"
            reasons[known] = reasons.get(known, 0) + 1
    for reason, count in reasons.items():
        yield f"not applicable: {count} case{'' if count == 1 else 's'}, because {reason}"
    present = {row.task for row in report.rows} - set(missing)
    for task, fields in report.hello.omits.items():
        if task not in present:
            continue
        yield from (f"not judged: {name} of {task}, because {why}" for name, why in fields.items())


def failures(report: Report) -> Iterator[tuple[str, str]]:
    """Yield for each failure what went wrong, and the command that reproduces it."""
    for entry in report.failures:
        score = entry.score
        yield f"{score.case_id}: {score.verdict}: {score.detail}", report.reproduction(score)


def verdict(report: Report) -> str:
    """Return the last line: passed, failed, or how far a partial report goes."""
    if report.partial:
        seen = f"{len(report.entries)} of {report.asked} cases"
        return f"interrupted: this report is partial, after {seen}; {report.failed} of {report.applicable} failed"
    if report.passed:
        return "passed: every applicable case"
    if not report.failed:
        return "nothing was executed, so nothing is passed"
    return f"failed: {report.failed} of {report.applicable} applicable cases"
