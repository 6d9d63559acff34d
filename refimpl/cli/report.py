"""What verify and score share: the options of a report, and how a report is shown, written and told as a status."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, ParamSpec, TypeVar

import click

from refimpl.cli.console import FAILED, FILE, INTERRUPTED, console, emit, print_whole
from refimpl.oracle.visible import visible

if TYPE_CHECKING:
    from refimpl.oracle.report.tally import Report

P = ParamSpec("P")
R = TypeVar("R")


def forms(command: Callable[P, R]) -> Callable[P, R]:
    """Add the options --format, --junit and --html."""
    choice = click.Choice(["table", "json"])
    for option in (
        click.option("--html", type=FILE, help="Also write a page with all digits and failures to this file."),
        click.option("--junit", type=FILE, help="Also write JUnit XML to this file."),
        click.option("--format", "form", type=choice, default="table", show_default=True),
    ):
        command = option(command)
    return command


def conclude(report: "Report", form: str, root: Path, *, junit: Path | None, html: Path | None, single: bool) -> None:
    """Print a report and write its files; end with the status of a failed or a partial one."""
    _show(report, form, root, single=single)
    _write(report, junit=junit, html=html, root=root)
    if report.partial:
        raise SystemExit(INTERRUPTED)
    if not report.passed:
        raise SystemExit(FAILED)


def _write(report: "Report", *, junit: Path | None, html: Path | None, root: Path) -> None:
    """Write the files that were asked for, each whole or not at all."""
    from refimpl.oracle import store
    from refimpl.oracle.report import machine

    if junit is not None:
        store.write(junit, (piece.encode() for piece in machine.to_junit(report)))
    if html is not None:
        from refimpl.oracle.report import page

        store.write(html, (piece.encode() for piece in page.to_html(report, root)))


def _show(report: "Report", form: str, root: Path, *, single: bool) -> None:
    """Print a report as a table or as JSON; single: with the answer beside what is expected."""
    if form != "json":
        _print(report, root, single=single)
        return
    from refimpl.oracle.report import machine

    emit(machine.to_json(report))


def _print(report: "Report", root: Path, *, single: bool) -> None:
    from refimpl.oracle import store
    from refimpl.oracle.conventions import complete
    from refimpl.oracle.peers import wire
    from refimpl.oracle.report import text
    from refimpl.oracle.truth import truths

    out = console()
    print_whole(out, text.table(report))
    for note in text.notes(report):
        out.print(visible(note))
    for sentence, command in text.failures(report):
        out.print(f"\n{visible(sentence)}\n    {visible(command)}")
    if single:
        for entry in report.entries:
            case = store.find(root, entry.score.case_id)
            admitted = [truth.results for truth in truths(case, complete(report.hello.conventions))]
            out.print(f"\nanswered: {visible(str(wire.answered(entry.answer)))}")
            out.print(f"expected: {' or '.join(map(str, admitted)) or case.expected or case.refused}")
    out.print(f"\n{text.verdict(report)}")
