"""Which golden cases there are, and why: the files fixtures/catalogue/<task>.toml, read.

A spec is what a person decides; `generate` adds what is computed. Data are integers or dyadic rationals, which
binary64 holds exactly; only the lecture's own inputs, such as theta = 3/5, are not. A matrix of the input, such as
`points` or `rows`, may be named instead of listed, as columns of fixtures/data/NAME.csv:

    NAME: COLUMN, COLUMN                "old_faithful: eruptions_milliminutes, waiting_minutes"
    NAME: PATTERN                       "digits_234: pixel_*", all that match, in the order of the file
    NAME[START:STOP]: COLUMN, ...       "digits_234[0:60]: pixel_*", rows START <= i < STOP, counted from 0

In a matrix that is listed an empty text stands for null, which TOML does not have; in a list it is a text as any other.

START may be left out for 0 and STOP for the number of rows. A pattern has *, ? and [...], as in names of files.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import TypeAlias, cast

import msgspec
from msgspec import Struct

from refimpl.errors import BadInput
from refimpl.oracle import store
from refimpl.oracle.case import Licence
from refimpl.oracle.tasks import TASKS
from refimpl.oracle.values import Tree


class Entry(Struct, frozen=True, forbid_unknown_fields=True):
    """A case before it is solved; the fields are those of `case.Case`."""

    slug: str
    title: str
    reason: str
    source: str
    input: dict[str, Tree]
    params: dict[str, Tree] = {}
    tags: list[str] = []
    licence: Licence = "CC0-1.0"
    refused: bool = False
    """Whether the input breaks a rule on purpose."""


class _File(Struct, frozen=True, forbid_unknown_fields=True):
    case: list[Entry] = []


Spec: TypeAlias = tuple[str, Entry]
"""(id, entry)."""


def specs() -> Iterator[Spec]:
    """Yield every spec, in the order of the tasks and of their files. Raises BadInput."""
    for task in TASKS:
        path = store.fixtures() / "catalogue" / f"{task}.toml"
        for entry in _read(path):
            yield f"{task}/{entry.slug}", entry


def _read(path: Path) -> list[Entry]:
    try:
        return msgspec.toml.decode(path.read_bytes(), type=_File).case
    except (OSError, msgspec.MsgspecError) as error:
        raise BadInput(f"{path}: {error}") from None


def fields(entry: Entry) -> tuple[dict[str, Tree], dict[str, Tree]]:
    """Return input and params as a case has them: numbers as text, named data listed. Raises BadInput."""
    given = {name: _listed(value, f"{entry.slug}: input.{name}") for name, value in entry.input.items()}
    return given, dict(entry.params)


_NAMED = re.compile(r"([^\[\]:]*)(?:\[([0-9]{0,9}):([0-9]{0,9})\])?:(.*)", re.DOTALL)
"""NAME[START:STOP]: COLUMNS."""


def _listed(tree: Tree, where: str) -> Tree:
    if isinstance(tree, str) and ":" in tree:
        return _read_data(tree, where)
    return cast(Tree, _text(tree)) if isinstance(tree, list) else tree


def _read_data(text: str, where: str) -> Tree:
    match = _NAMED.fullmatch(text)
    if match is None:
        raise BadInput(f'{where}: {text!r} names no data; write "name: column, column" or "name[0:60]: column, column"')
    name, start, stop, columns = match.groups()
    titles = tuple(column.strip() for column in columns.split(","))
    try:
        return [list(row) for row in store.dataset(name.strip(), titles, int(start or 0), int(stop) if stop else None)]
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def _text(tree: object) -> object:
    if isinstance(tree, list):
        return [[None if x == "" else _text(x) for x in row] if isinstance(row, list) else str(row) for row in tree]
    return str(tree)
