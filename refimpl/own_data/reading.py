"""Reading a person's own data.

CSV    lines of cells, see `lines`; the columns may be those of a list of edges, see `edges`
JSON   a list of rows, a list of objects, or {"input": {...}, "params": {...}} as in a case file, see `document`
"""

from pathlib import Path

from refimpl.errors import BadInput
from refimpl.own_data.document import from_json
from refimpl.own_data.edges import of_cells
from refimpl.own_data.lines import content_of, lines_of, text_of
from refimpl.own_data.table import Choice, Contents, Table


def read(
    path: Path,
    columns: str | None = None,
    *,
    header: bool | None = None,
    labels: str | None = None,
    contents: Contents = "numbers",
) -> Table:
    """Return the table in a file; see `parsed`. Raises BadInput where the file cannot be read."""
    return parsed(content_of(path), str(path), columns, header=header, labels=labels, contents=contents)


def parsed(
    content: bytes,
    source: str,
    columns: str | None = None,
    *,
    header: bool | None = None,
    labels: str | None = None,
    contents: Contents = "numbers",
) -> Table:
    """Return the table in the bytes of a CSV or JSON document; `source` is its name in sentences.

    columns: names, indices from 0 or spans of them, separated by commas; None for all. header: whether the first line
    of a CSV has the names; None for: it has if none of its cells is a number. labels: the name or the index of a column
    that is no number of a point but the name of its cluster. contents: what the cells are. Raises BadInput that names
    the place.
    """
    text, choice = text_of(content, source), Choice(columns, labels, contents)
    if text.lstrip()[0] not in "[{":
        names, lines, places = lines_of(text, source, header)
        return of_cells(source, names, lines, places, choice)
    if header is not None:
        raise BadInput(f"{source}: a JSON document has no header line; leave --header and --no-header out")
    return from_json(text, source, choice)
