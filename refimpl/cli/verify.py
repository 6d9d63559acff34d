"""The command verify: an implementation held against the golden cases."""

import shlex
from pathlib import Path

import click

from refimpl.cli.console import FAILED, FIXTURES, LEAST_WIDE, console, with_progress
from refimpl.errors import BadInput


@click.command()
@click.argument("peer")
@click.option("--task", help="Only the cases of this task, such as kmeans.fit.")
@click.option("--case", "case_id", help="Only this case; prints the answer beside what is expected.")
@FIXTURES
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", show_default=True)
@click.option("--junit", type=click.Path(path_type=Path, dir_okay=False), help="Also write JUnit XML to this file.")
def verify(
    peer: str, task: str | None, case_id: str | None, fixtures: Path | None, form: str, junit: Path | None
) -> None:
    """Hold PEER (scikit-learn) against the golden cases of every task that it can do.

    Digits of agreement are judged by what the conditioning of each case allows binary64: pass within 2 of the
    attainable digits, weak within half of them. Exit status 1 if any case is not passed.
    """
    from refimpl.oracle import report, store, tasks
    from refimpl.oracle.peers import peer_named
    from refimpl.oracle.verify import verify as verified

    if task is not None:
        tasks.task_named(task)
    root = fixtures or store.fixtures()
    if case_id is not None:
        store.find(root, case_id)
    asked = peer_named(peer)
    total = store.count(root, task=task, case_id=case_id)
    if total == 0:
        raise BadInput(f"{root}: no case is of the task {task!r}" + (f" and has the id {case_id!r}" if case_id else ""))
    cases = with_progress(store.cases(root, task=task, case_id=case_id), total, f"verify {peer}")
    pairs = list(verified(asked, cases))
    command = f"refimpl verify {peer}" + (f" --fixtures {shlex.quote(str(fixtures))}" if fixtures else "")
    made = report.Report(asked.hello, [s for s, _ in pairs], [a for _, a in pairs], command)
    if junit is not None:
        store.write(junit, report.to_junit(made))
    if form == "json":
        click.echo(report.to_json(made), nl=False)
    else:
        _print_report(made, single=case_id is not None, root=root)
    if not made.passed:
        raise SystemExit(FAILED)


def _print_report(made: "report.Report", *, single: bool, root: Path) -> None:  # type: ignore[name-defined] # noqa: F821
    from refimpl.oracle import report, store
    from refimpl.oracle.peers import wire

    out = console()
    out.print(report.table(made), soft_wrap=False, width=max(out.width, LEAST_WIDE), crop=False)
    for note in report.notes(made):
        out.print(note)
    failed = list(report.failures(made))
    for sentence, command in failed:
        out.print(f"\n{sentence}\n    {command}")
    if single:
        case = store.find(root, made.scores[0].case_id)
        out.print(f"\nanswered: {wire.answered(made.answers[0])}\nexpected: {case.expected or case.refused}")
    if made.passed:
        out.print("\npassed: every applicable case")
    elif not failed:
        out.print("\nnothing was executed, so nothing is passed")
    else:
        out.print(f"\nfailed: {len(failed)} of {sum(s.verdict != 'unsupported' for s in made.scores)} applicable cases")
