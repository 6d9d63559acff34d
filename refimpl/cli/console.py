"""What every command shares: standard output, progress on standard error, exit statuses, the option --fixtures."""

import codecs
import io
import re
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import click
from rich.console import Console, RenderableType
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

T = TypeVar("T")

FAILED, MISUSED, INTERRUPTED = 1, 2, 130
"""Exit statuses other than 0."""

WIDE = 200
"""Columns of an output that is no terminal."""

MOST_WIDE = 10**6
"""Columns of a terminal that no table asks for."""

FILE = click.Path(path_type=Path, dir_okay=False)
"""The type of an option that names a file to write."""


def span(ctx: click.Context, param: click.Parameter, value: str | None) -> int | tuple[int, int] | None:
    """Return the number that an option gives, or the ends of a span such as 2-9. Raises click.BadParameter."""
    match = re.fullmatch(r"([0-9]{1,9})-([0-9]{1,9})", value or "")
    if match and int(match[1]) > int(match[2]):
        raise click.BadParameter(f"{value!r} ends below its beginning; give {match[2]}-{match[1]}")
    if match:
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
    """Return the standard output, in which what its encoding lacks is escaped: a table for people is no data."""
    _escaping("backslashreplace")
    out = Output()
    return out if out.is_terminal else Output(width=WIDE)


def print_whole(out: Console, table: RenderableType) -> None:
    """Print a table of which no digit is cut off: one that is too wide is left to the terminal, as a long line is."""
    # the console itself is widened, because what is wider than it is cut off whatever `print` is told
    out.width = max(out.width, out.measure(table, options=out.options.update(max_width=MOST_WIDE)).maximum)
    out.print(table, soft_wrap=False)


def _escaping(errors: str) -> None:
    """Let standard output have UTF-8 where a locale knows ASCII alone, and handle what its encoding lacks."""
    out = sys.stdout
    if isinstance(out, io.TextIOWrapper):
        out.reconfigure(encoding="utf-8" if codecs.lookup(out.encoding).name == "ascii" else None, errors=errors)


def emit(pieces: Iterable[str]) -> None:
    """Print a long text piece by piece, exactly as it is; raises UnicodeEncodeError where the encoding cannot."""
    _escaping("strict")
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


@contextmanager
def steps_shown(label: str) -> Iterator[Callable[[str, int, int | None], None]]:
    """Give a function that shows a text, a step and the number of all steps, if that is known, on standard error.

    Without a number the bar only moves to and fro; where nobody can see it there is none.
    """
    stderr = Console(stderr=True)
    columns = (TextColumn("{task.description}", markup=False), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=stderr, transient=True, disable=not stderr.is_terminal) as progress:
        bar = progress.add_task(label, total=None)
        yield lambda said, step, total: progress.update(bar, completed=step, total=total, description=said)
