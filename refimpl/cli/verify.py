"""The command verify: an implementation held against the golden cases."""

import contextlib
import shlex
import signal
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from refimpl.cli.console import FIXTURES, with_progress
from refimpl.cli.report import conclude, forms
from refimpl.oracle.visible import visible

if TYPE_CHECKING:
    from refimpl.oracle.journal import Journal
    from refimpl.oracle.peers.peer import Answer
    from refimpl.oracle.score import Score


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
@forms
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
        _fill(journal, verified(program, cases))
        program.close()
        report = Report(program.hello, journal, visible(again), total)
        conclude(report, form, root, junit=junit, html=html, single=case_id is not None)


def _fill(journal: "Journal", judged: "Iterator[tuple[Score, Answer]]") -> None:
    """Fill the journal, until somebody presses Ctrl-C or asks us to end: then the report is a partial one."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with contextlib.suppress(KeyboardInterrupt):
        for score, answer in judged:
            journal.add(score, answer)


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
