"""Results on standard output or in a file: tables for people, or a text that is written already."""

import io
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rich.console import Console
from rich.table import Table

from refimpl.cli.console import WIDE, console, emit, print_whole
from refimpl.errors import BadInput
from refimpl.oracle.visible import visible

if TYPE_CHECKING:
    from refimpl.own_data.report import Block


def check_targets(file: Path, output: Path | None, plot: Path | None) -> None:
    """Raise BadInput, before anything is computed, where a file cannot be written or is the data themselves."""
    for target in (output, plot):
        if target is not None and not target.parent.is_dir():
            raise BadInput(f"{target}: there is no folder {str(target.parent)!r}; make it, or give another name")
        if target is not None and target.exists() and file.exists() and target.samefile(file):
            raise BadInput(f"{target}: this would write over the data; give another name")
    if plot is not None and plot == output:
        raise BadInput(f"{plot}: --output and --plot are one file; give two names")


def deliver(result: "str | Iterable[str | Block]", output: Path | None) -> None:
    """Print a text, or sentences and tables; to a file, where one is named, which is written as a whole."""
    from refimpl.oracle import store

    if not isinstance(result, str):
        if output is None:
            _print(result, console())
            return
        text = io.StringIO()
        _print(result, Console(file=text, width=WIDE, highlight=False, markup=False, emoji=False, color_system=None))
        result = text.getvalue()
    if output is None:
        emit([result])
    else:
        store.write(output, result.encode())


def _print(pieces: "Iterable[str | Block]", out: Console) -> None:
    apart = False  # a table stands apart from what is above and below it
    for piece in pieces:
        if apart or not isinstance(piece, str):
            out.print()
        apart = not isinstance(piece, str)
        if isinstance(piece, str):
            out.print(visible(piece))
        else:
            table = Table(box=None, pad_edge=False)
            for name in piece.header:
                table.add_column(visible(name), justify="right")
            for row in piece.rows:
                table.add_row(*map(visible, row))
            print_whole(out, table)
