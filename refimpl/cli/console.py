"""What every command shares: standard output, progress on standard error, exit statuses, the option --fixtures."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses other than 0."""

WIDE = 200
"""Columns of an output that is no terminal."""

LEAST_WIDE = 110
"""Columns that a report with every verdict needs; a narrower terminal wraps its lines."""

FILE = click.Path(path_type=Path, dir_okay=False)
"""The type of an option that names a file to write."""


def span(ctx: click.Context, param: click.Parameter, value: str | None) -> int | tuple[int, int] | None:
    """Return the number that an option gives, or the ends of a span such as 2-9. Raises click.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", value or "")
    if match and int(match[1]) <= int(match[2]):
        return int(match[1]), int(match[2])
    if value is not None and not re.fullmatch(r"[+-]?[0-9]{1,18}", value):
        raise click.BadParameter(f"{value!r} is no integer and no span such as 2-9")
    return None if value is None else int(value)


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


def emit(pieces: Iterable[str]) -> None:
    """Print a long text piece by piece, exactly as it is."""
    try:
        for piece in pieces:
            click.echo(piece, nl=False)
    except BrokenPipeError:
        raise BrokenPipeError from None  # without a number: click would end the process with status 1


def with_progress(items: Iterable[T], total: int, label: str) -> Iterator[T]:
    """Yield the items while a bar on standard error counts them, if anybody can see it."""
    stderr = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        yield from progress.track(items, total=total, description=label)
