"""The commands about the golden cases themselves: list, show, generate, certify."""

from pathlib import Path

import click
from rich.table import Table

from refimpl.cli.console import FAILED, FIXTURES, MISUSED, console, print_whole, with_progress
from refimpl.errors import BadInput, RefimplError, Refuted
from refimpl.oracle.visible import visible


@click.command(name="list")
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


@click.command()
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
        if isinstance(piece, str):
            out.print(visible(piece))
        else:
            print_whole(out, piece)


@click.command()
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


@click.command()
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
