"""The command line, and the only place that prints.

Exit status: 0 when all is well, 1 when a peer fails a case or a certificate is refuted, 2 for wrong usage or input.
"""

import os
import shlex
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

import refimpl
from refimpl.errors import BadInput, RefimplError, Refuted

T = TypeVar("T")

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses other than 0."""

WIDE = 200
"""Columns of an output that is no terminal."""

LEAST_WIDE = 110
"""Columns that a report with every verdict needs; a narrower terminal wraps its lines."""

FIXTURES = click.option(
    "--fixtures",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    help="Folder with cases/<task>/<slug>.json; by default the project's own.",
)


class Output(Console):
    """Standard output: long lines are left to the terminal, and a pipe is as wide as need be."""

    def __init__(self, width: int | None = None) -> None:
        """Decide nothing but the width."""
        super().__init__(highlight=False, soft_wrap=True, markup=False, emoji=False, width=width)

    def on_broken_pipe(self) -> None:
        """Leave it to `main`; rich would end the process with status 1."""
        raise BrokenPipeError


def console() -> Console:
    """Return the standard output."""
    out = Output()
    return out if out.is_terminal else Output(width=WIDE)


def visible(text: str) -> str:
    """Return text from a file with a mark in place of what would steer the terminal."""
    return "".join(c if c.isprintable() or c == "\n" else "\N{REPLACEMENT CHARACTER}" for c in text)


def with_progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yield the items while a bar on standard error counts them, if anybody can see it."""
    stderr = Console(stderr=True)
    columns = (TextColumn(label), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        yield from progress.track(items, total=total)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(refimpl.__version__, prog_name="refimpl")
def commands() -> None:
    r"""Is this implementation of K-means or EM right? Certified golden cases, and judgement by them.

    \b
      refimpl list                          the golden cases
      refimpl show coins.run/lecture-10     one of them, as the lecture prints it
      refimpl verify scikit-learn           an implementation held against all of them
      refimpl certify                       the proof of every case, checked again
      refimpl generate                      all cases, made again from the catalogue
    """


@commands.command()
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

    out = console()
    out.print(report.table(made), soft_wrap=False, width=max(out.width, LEAST_WIDE), crop=False)
    for note in report.notes(made):
        out.print(note)
    failed = list(report.failures(made))
    for sentence, command in failed:
        out.print(f"\n{sentence}\n    {command}")
    if single:
        case = store.find(root, made.scores[0].case_id)
        out.print(f"\nanswered: {report.answered(made.answers[0])}\nexpected: {case.expected or case.refused}")
    if made.passed:
        out.print("\npassed: every applicable case")
    elif not failed:
        out.print("\nnothing was executed, so nothing is passed")
    else:
        out.print(f"\nfailed: {len(failed)} of {sum(s.verdict != 'unsupported' for s in made.scores)} applicable cases")


@commands.command(name="list")
@click.option("--task", help="Only the cases of this task.")
@click.option("--tag", help="Only cases with this tag, such as tie or real.")
@FIXTURES
def list_cases(task: str | None, tag: str | None, fixtures: Path | None) -> None:
    """List the golden cases: id, title and tags."""
    from refimpl.oracle import store, tasks

    if task is not None:
        tasks.task_named(task)
    table = Table(box=None, pad_edge=False, show_header=False)
    count = 0
    for case in store.cases(fixtures or store.fixtures(), task=task):
        if tag is None or tag in case.tags:
            table.add_row(case.id, visible(case.title), visible(" ".join(case.tags)))
            count += 1
    out = console()
    out.print(table, soft_wrap=False)
    out.print(f"{count} cases")


@commands.command()
@click.argument("case_id", metavar="ID")
@FIXTURES
def show(case_id: str, fixtures: Path | None) -> None:
    """Print the case ID (or a case file) as the notes print it."""
    from refimpl.oracle import case, show as showing, store

    path = Path(case_id)
    found = case.read(path) if path.suffix == ".json" else store.find(fixtures or store.fixtures(), case_id)
    try:
        pieces = list(showing.show(found))
    except (RefimplError, ArithmeticError, LookupError, TypeError, ValueError) as error:
        raise BadInput(f"{case_id}: the case is not what its task needs: {error}") from None
    out = console()
    for piece in pieces:
        out.print(visible(piece) if isinstance(piece, str) else piece)


@commands.command()
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder to write to, the fixtures by default.",
)
@click.option("--check", is_flag=True, help="Write nothing; exit status 1 if a file would change.")
def generate(output: Path | None, check: bool) -> None:
    """Make all cases and schemas again from fixtures/catalogue, byte for byte the same on every machine."""
    from refimpl.oracle import generate as generating, store

    root = output or store.fixtures()
    total, out = generating.count(), console()
    changed = []
    for name, content in with_progress(generating.files(), total, "generate"):
        path = root / name
        if not path.is_file() or path.read_bytes() != content:
            changed.append(name)
            if not check:
                store.write(path, content)
    strangers = generating.strangers(root)
    for name in strangers:
        out.print(f"{name}: not in the catalogue; delete it, or add its spec")
    for name in changed:
        out.print(f"{name}: {'differs' if check else 'written'}")
    out.print(
        f"{total} files, {len(changed)} {'differ' if check else 'written'}, {len(strangers)} not in the catalogue"
    )
    if check and (changed or strangers):
        raise SystemExit(FAILED)


@commands.command()
@click.argument("paths", type=click.Path(path_type=Path, exists=True), nargs=-1)
def certify(paths: tuple[Path, ...]) -> None:
    """Check the certificates of PATHS, case files or folders with cases; by default of all golden cases.

    Nothing that produced a value is run again: labels are held against their margins, runs against their stored
    states, fixed points against Krawczyk's test. Exit status 1 if a certificate is refuted.
    """
    from refimpl.oracle import case, recheck, store

    files = [
        file for path in paths or (store.fixtures(),) for file in (store.case_files(path) if path.is_dir() else [path])
    ]
    out, status = console(), 0
    for path in with_progress(files, len(files), "certify"):
        try:
            recheck.recheck(case.read(path))
        except Refuted as error:
            out.print(f"{path}: refuted: {error}")
            status = max(status, FAILED)
        except RefimplError as error:
            out.print(f"{path}: {error}" if str(path) not in str(error) else str(error))
            status = MISUSED
    if status:
        raise SystemExit(status)
    out.print(f"{len(files)} certificates hold")


def main() -> None:
    """Run the command line; every error is one sentence."""
    try:
        commands.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(MISUSED)
    except (click.Abort, KeyboardInterrupt):
        sys.exit(INTERRUPTED)
    except BadInput as error:
        click.echo(f"refimpl: {error}", err=True)
        sys.exit(MISUSED)
    except RefimplError as error:
        click.echo(f"refimpl: {error.kind}: {error}", err=True)
        sys.exit(MISUSED)
    except BrokenPipeError:  # the reader, such as head, has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(0)
    except Exception as error:
        if os.environ.get("REFIMPL_TRACEBACK"):
            raise
        said = f"{type(error).__name__}: {error}"
        click.echo(f"refimpl: internal: {said}; this is a fault of refimpl: please report the command", err=True)
        sys.exit(MISUSED)


if __name__ == "__main__":
    main()
