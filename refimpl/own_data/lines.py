"""The text of a file, and the cells of its lines: CSV, separated by tabs, semicolons or commas.

Of these the first that the first line has separates the cells.
"""

import csv
import io
from pathlib import Path

from refimpl.errors import BadInput, EmptyData
from refimpl.oracle.case import LARGEST_FILE
from refimpl.own_data.table import is_number, unnamed

DELIMITERS = "\t;,"
"""In this order: a comma may be inside a name or a number where one of the others separates."""


def content_of(path: Path) -> bytes:
    """Return the bytes of a file, few more than are allowed. Raises BadInput where it cannot be read."""
    try:
        with path.open("rb") as file:
            return file.read(LARGEST_FILE + 1)
    except OSError as error:
        raise BadInput(f"{path}: {error.strerror or error}; give a file that can be read") from None


def text_of(content: bytes, source: str) -> str:
    """Return the text of a file, which has some. Raises BadInput."""
    if len(content) > LARGEST_FILE:
        raise BadInput(f"{source}: more than {LARGEST_FILE} bytes; give a part of the data")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}: byte {error.start} is no text in UTF-8; save the data as CSV in UTF-8") from None
    if "\0" in text:
        raise BadInput(f"{source}: a binary file; save the data as CSV or JSON in UTF-8")
    if not text.strip():
        raise EmptyData(f"{source}: the file is empty; give one line for each point")
    return text


def lines_of(text: str, source: str, header: bool | None) -> tuple[list[str], list[list[str]], list[str]]:
    """Return the names of the columns of a CSV, its rows and where they stand. Raises BadInput."""
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    lines: list[list[str]] = []
    places: list[str] = []
    try:
        for line in reader:
            if line:
                lines.append([cell.strip() for cell in line])
                places.append(f"line {reader.line_num}")
    except csv.Error as error:
        raise BadInput(f"{source}: line {reader.line_num}: {error}; close every quotation mark") from None
    for cells, place in zip(lines, places, strict=True):
        if len(cells) != len(lines[0]):
            raise BadInput(
                f"{source}: {place} and {places[0]} have {len(cells)} and {len(lines[0])} cells; "
                "give every row the same number"
            )
    if header is None:
        header = not any(map(is_number, lines[0]))
    names = lines.pop(0) if header else unnamed(len(lines[0]))
    return names, lines, places[1:] if header else places


def _delimiter(text: str) -> str:
    first = next(line for line in text.splitlines() if line.strip())
    for delimiter in DELIMITERS:
        if len(next(csv.reader([first], delimiter=delimiter))) > 1:
            return delimiter
    return ","
