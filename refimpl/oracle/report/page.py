"""A report as one HTML page that needs nothing else: no script, no request, the same bytes every time.

The template asks for its parts one after another, and the entries are read anew for each of them, so that memory does
not grow with the number of cases. Whatever comes from a peer or a file is escaped, cut to a length, and freed of
control characters.
"""

from collections.abc import Iterator
from importlib import resources
from itertools import islice
from pathlib import Path

from jinja2 import Environment, StrictUndefined
from markupsafe import Markup

import refimpl
from refimpl.oracle import conventions
from refimpl.oracle.report import text
from refimpl.oracle.report.failure import failure_of
from refimpl.oracle.report.picture import picture_of
from refimpl.oracle.report.shown import MOST_NAME, cut
from refimpl.oracle.report.tally import VERDICTS, Report
from refimpl.oracle.visible import visible

MOST_FAILURES = 200
"""Failures that are told in full."""

MOST_NOTES = 100
"""Lines on what was not judged."""


def to_html(report: Report, root: Path) -> Iterator[str]:
    """Yield the page piece by piece; root is the folder of the fixtures."""
    environment = Environment(
        autoescape=True, trim_blocks=True, lstrip_blocks=True, undefined=StrictUndefined, finalize=_visible
    )
    template = resources.files(__package__).joinpath("page.html").read_text(encoding="utf-8")
    offered = [row for row in report.rows if row.applicable]
    return environment.from_string(template).generate(
        report=report,
        peer={
            name: cut(getattr(report.hello, name), MOST_NAME) for name in ("name", "version", "language", "precision")
        },
        conventions=[
            (name, value, name in report.hello.conventions)
            for name, value in conventions.complete(report.hello.conventions).items()
        ],
        verdict=text.verdict(report),
        offered=offered,
        asked_of_offered=sum(row.total for row in offered),
        verdicts=[v for v in VERDICTS if v == "pass" or any(row.verdicts[v] for row in offered)],
        picture=picture_of(report),
        failures=(failure_of(report, root, entry) for entry in islice(report.failures, MOST_FAILURES)),
        more_failures=max(report.failed - MOST_FAILURES, 0),
        notes=_notes(report),
        refimpl_version=refimpl.__version__,
    )


def _visible(value: object) -> object:
    """Return text that is safe to show; what the template itself made stays as it is."""
    return visible(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _notes(report: Report) -> Iterator[str]:
    """Yield what was not judged, and at the end how many lines were left out."""
    notes = text.notes(report)
    yield from (cut(note) for note in islice(notes, MOST_NOTES))
    left = sum(1 for _ in notes)
    if left:
        yield f"and {left} more; see --format json"
