"""Numbers, lists and matrices as text that fits on a page."""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from refimpl.errors import BadInput
from refimpl.numbers import parse, rounded

MOST_TEXT, MOST_NAME = 1000, 200
"""Characters of one text from a peer or a file, and of a peer's name."""

OPEN_ROWS, MOST_ROWS, MOST_COLUMNS, MOST_LINE = 8, 200, 24, 320
"""Rows that are shown at once, rows and columns that are shown at all, and numbers on a single line."""

MOST_MATRICES = 20
"""Matrices of a list that are shown at all."""

LONGEST_NUMBER, DIGITS = 21, 17
"""Characters up to which a number is shown as it stands, and the digits to which a longer one is rounded."""


@dataclass(frozen=True)
class Shown:
    """A number, a list of numbers, a matrix or a list of matrices as text."""

    name: str
    shape: str
    lines: str
    rounded: bool
    folded: bool
    """Whether it is too long to be shown at once."""
    left: str
    """What is left out; empty where nothing is."""


def cut(value: str, most: int = MOST_TEXT) -> str:
    """Return text that is not longer than so many characters, and says what is missing."""
    return value if len(value) <= most else f"{value[:most]}… ({len(value) - most} more characters)"


def shown(name: str, value: object, *, rounding: bool = False) -> Shown:
    """Return a value for the page; with rounding, fractions become decimals that can be compared by eye."""
    if not isinstance(value, list):
        number, is_rounded = _number(value, rounding)
        return Shown(name, "", number, is_rounded, False, "")
    if value and all(_is_matrix(x) for x in value[:MOST_MATRICES]):
        return _matrices([shown(name, x, rounding=rounding) for x in value[:MOST_MATRICES]], len(value))
    columns = max((len(row) for row in value[:MOST_ROWS] if isinstance(row, list)), default=0)
    if columns <= 1:  # a row, or a matrix of one column: on one line that wraps
        flat = [row[0] if isinstance(row, list) and row else row for row in value[:MOST_LINE]]
        cells = [[_number(x, rounding) for x in flat]]
        lines = ", ".join(text for text, _ in cells[0])
        shape, folded = f"{len(value)} × 1" if columns else f"{len(value)}", len(flat) > 40
        left = f"{len(value) - len(flat)} more numbers" if len(value) > len(flat) else ""
    else:
        rows = [row[:MOST_COLUMNS] if isinstance(row, list) else [row] for row in value[:MOST_ROWS]]
        cells = [[_number(x, rounding) for x in row] for row in rows]
        lines = "\n".join(_aligned([[text for text, _ in row] for row in cells]))
        shape, folded = f"{len(value)} × {columns}", len(value) > OPEN_ROWS
        more = [f"{len(value) - len(rows)} more rows"] if len(value) > len(rows) else []
        more += [f"{columns - MOST_COLUMNS} more columns"] if columns > MOST_COLUMNS else []
        left = " and ".join(more)
    return Shown(name, shape, lines, any(is_rounded for row in cells for _, is_rounded in row), folded, left)


def _is_matrix(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, list) for row in value)


def _matrices(parts: list[Shown], count: int) -> Shown:
    """Return matrices one below the other."""
    lines = "\n\n".join(part.lines for part in parts)
    more = [f"{count - len(parts)} more matrices"] if count > len(parts) else []
    left = " and ".join(dict.fromkeys([*(part.left for part in parts if part.left), *more]))
    any_rounded = any(part.rounded for part in parts)
    return Shown(parts[0].name, f"{count} × {parts[0].shape}", lines, any_rounded, lines.count("\n") >= OPEN_ROWS, left)


def _aligned(cells: list[list[str]]) -> Iterator[str]:
    """Yield the rows of a matrix with the decimal points of each column below each other."""
    before, after = [0] * MOST_COLUMNS, [0] * MOST_COLUMNS
    for row in cells:
        for j, cell in enumerate(row):
            length = len(cell.partition(".")[0])
            before[j], after[j] = max(before[j], length), max(after[j], len(cell) - length)
    for row in cells:
        padded = []
        for j, cell in enumerate(row):
            whole, point, decimals = cell.partition(".")
            padded.append(whole.rjust(before[j]) + (point + decimals).ljust(after[j]))
        yield "  ".join(padded).rstrip()


def _number(value: object, rounding: bool) -> tuple[str, bool]:
    """Return a number as it stands if it is short, or else rounded, and whether it is; what is no number is cut."""
    if value is None:
        return "null", False
    if isinstance(value, list | dict):
        return f"[{len(value)} entries]", False
    shown = str(value)
    if isinstance(value, str) and (len(shown) > LONGEST_NUMBER or (rounding and "/" in shown)) and len(shown) < 5000:
        try:
            return _decimal(parse(shown))
        except BadInput:
            return cut(shown, 60), False
    return cut(shown, 60), False


def _decimal(number: Fraction) -> tuple[str, bool]:
    """Return a decimal, and whether it is rounded."""
    decimal = rounded(number, DIGITS)
    digits, e, exponent = decimal.partition("e")
    short = digits.rstrip("0").removesuffix(".") + e + exponent if "." in digits else decimal
    return (short, False) if parse(short) == number else (decimal, True)
