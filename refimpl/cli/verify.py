"""The command verify: an implementation held against the golden cases."""

import shlex
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refimpl.cli.console import FAILED, FIXTURES, INTERRUPTED, LEAST_WIDE, console, emit, with_progress
from refimpl.oracle.visible import visible

if TYPE_CHECKING:
    from refimpl.oracle.journal import Journal
    from refimpl.oracle.peers.peer import Answer
    from refimpl.oracle.report.tally import Report
    from refimpl.oracle.score import Score

FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.argument("peer", required=False)
@click.option("--exec", "command", metavar="COMMAND", help="Judge a program that speaks the wire protocol.")
@click.option("--module", "place", metavar="MODULE:OBJECT", help="Judge an adapter in Python.")
@click.option("--task", help="Only the cases of this task, such as kmeans.fit.")
@click.option("--case", "case_id", help="Only this case; prints the answer beside what is expected.")
@FIXTURES
@click.option("--time-limit", type=click.FloatRange(0, min_open=True), default=30, show_default=True, metavar="SECONDS")
@click.option(
    "--start-limit", type=click.FloatRange(0, min_open=True), default=60, show_default=True, metavar="SECONDS"
)
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--junit", type=FILE, help="Also write JUnit XML to this file.")
@click.option("--html", type=FILE, help="Also write a page with all digits and failures to this file.")
def verify(
    peer: str | None,
    command: str | None,
    place: str | None,
    task: str | None,
    case_id: str | None,
    fixtures: Path | None,
    time_limit: float,
    start_limit: float,
    form: str,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Hold PEER, a program or an adapter against the golden cases of every task that it can do.

    \b
      refimpl verify scikit-learn                      an implementation that refimpl knows
      refimpl verify --exec "node kmeans.js"           a program in any language
      refimpl verify --module mykm.adapter:MyKMeans    an object in Python, found from here
      refimpl verify --exec "refimpl serve"            the reference itself

    A program reads requests from its standard input and answers on its standard output, one JSON object a line; no
    shell is involved. It may crash, hang or print what it likes: that costs one case, and it is started again.

    Digits of agreement are judged by what the conditioning of each case allows binary64: pass within 2 of the
    attainable digits, weak within half of them. Exit status 1 if any case is not passed.
    """
    from refimpl.oracle import store
    from refimpl.oracle.journal import Journal
    from refimpl.oracle.peers.process import Limits
    from refimpl.oracle.peers.program import Program
    from refimpl.oracle.report.tally import Report
    from refimpl.oracle.verify import verify as verified

    asked, again = _asked(peer, command, place)
    root = fixtures or store.fixtures()
    total = store.asked(root, task, case_id)
    for option, value in (("--fixtures", fixtures), *_unusual(time_limit, start_limit)):
        again += f" {option} {shlex.quote(str(value))}" if value else ""
    program = Program(asked, Limits(case=time_limit, start=start_limit), label=peer or place or "")
    with Journal() as journal, program:
        cases = with_progress(store.cases(root, task=task, case_id=case_id), total, f"verify {program.hello.name}")
        interrupted = _fill(journal, verified(program, cases))
        program.close()
        report = Report(program.hello, journal, visible(again), total)
        show(report, form, root, single=case_id is not None)
        write(report, junit=junit, html=html, root=root)
        if interrupted:
            raise SystemExit(INTERRUPTED)
        if not report.passed:
            raise SystemExit(FAILED)


def _fill(journal: "Journal", judged: "Iterator[tuple[Score, Answer]]") -> bool:
    """Fill the journal, and return whether somebody pressed Ctrl-C, or asked us to end, before it was full."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for score, answer in judged:
            journal.add(score, answer)
    except KeyboardInterrupt:
        return True
    return False


def _asked(peer: str | None, command: str | None, place: str | None) -> tuple[str | Sequence[str], str]:
    """Return the program to ask, and the command that asks it again."""
    from refimpl.oracle import peers

    if sum(x is not None for x in (peer, command, place)) != 1:
        known = ", ".join(peers.PEERS)
        raise click.UsageError(f"Give one of PEER ({known}), --exec COMMAND and --module MODULE:OBJECT.")
    if command is not None:
        return command, f"refimpl verify --exec {shlex.quote(command)}"
    if place is not None:
        return peers.module(place), f"refimpl verify --module {shlex.quote(place)}"
    assert peer is not None
    return peers.named(peer), f"refimpl verify {peer}"


def _unusual(time_limit: float, start_limit: float) -> Iterator[tuple[str, str]]:
    from refimpl.oracle.peers.process import Limits

    if time_limit != Limits.case:
        yield "--time-limit", f"{time_limit:g}"
    if start_limit != Limits.start:
        yield "--start-limit", f"{start_limit:g}"


def write(report: "Report", *, junit: Path | None, html: Path | None, root: Path) -> None:
    """Write the files that were asked for, each whole or not at all."""
    from refimpl.oracle import store
    from refimpl.oracle.report import machine

    if junit is not None:
        store.write(junit, (piece.encode() for piece in machine.to_junit(report)))
    if html is not None:
        from refimpl.oracle.report import page

        store.write(html, (piece.encode() for piece in page.to_html(report, root)))


def show(report: "Report", form: str, root: Path, *, single: bool) -> None:
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
    out.print(text.table(report), soft_wrap=False, width=max(out.width, LEAST_WIDE), crop=False)
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
