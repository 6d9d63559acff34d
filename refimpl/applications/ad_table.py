"""The table of advertising channels as the Peking lecture's example has it, and any other of its format.

    format     text in UTF-8, a line for each channel, 13 cells separated by tabs; the first line has the headings
    cells      the channel's name, seven numbers, five categories; a number that is missing is an empty cell

The lecture's own file comes with a book, and no licence is known that would let anybody pass it on: refimpl carries no
row of it. Whoever has it can tell it by its SHA-256. The facts that the lecture prints about it are in
fixtures/lecture, and a made-up table of the same format is fixtures/data/ad_channels.txt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from hashlib import sha256

from refimpl import linear, preprocess
from refimpl.errors import BadInput, EmptyData
from refimpl.numbers import parse

DIGEST = "154d07c078daa331367426237c1c810fe65892f27b0a089660b4fa23c846bf0d"
"""SHA-256 of the lecture's own file, ad_performance.txt, 889 channels."""

FORMAT = "13 cells separated by tabs, in UTF-8: a name, seven numbers, five categories; the first line has the headings"
NUMBERS, CATEGORIES = slice(1, 8), slice(8, 13)
WIDTH = 13


@dataclass(frozen=True)
class Channels:
    """N channels."""

    header: tuple[str, ...]
    """The 13 headings."""
    names: tuple[str, ...]
    """Length N."""
    numbers: Sequence[Sequence[Fraction | None]]
    """Seven columns of N entries, exact; None where one is missing."""
    categories: Sequence[Sequence[str]]
    """Five columns of N entries."""
    lecture: bool
    """Whether this is the lecture's own file."""

    @property
    def missing(self) -> int:
        """How many numbers are missing."""
        return sum(x is None for column in self.numbers for x in column)

    def filled(self) -> list[list[Fraction]]:
        """Return the seven columns with the mean in the place of what is missing. Raises Undefined."""
        return [preprocess.impute(column) for column in self.numbers]

    def points(self) -> list[list[Fraction]]:
        """Return N x 12 points: the seven columns from 0 to 1, then the codes of the five, which are not scaled.

        Raises Undefined where a column has no number.
        """
        scaled = preprocess.min_max(linear.transpose(self.filled()))
        codes = [preprocess.codes(column) for column in self.categories]
        return [[*row, *map(Fraction, code)] for row, *code in zip(scaled, *codes, strict=True)]


def parsed(content: bytes, source: str) -> Channels:
    """Return the table in the bytes of a file; `source` is its name in sentences. Raises BadInput with the place."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise BadInput(f"{source}: byte {error.start} is no text in UTF-8; save the table as {FORMAT}") from None
    lines = [(n, line.split("\t")) for n, line in enumerate(text.splitlines(), 1) if line.strip()]
    if len(lines) < 2:
        raise EmptyData(f"{source}: there is no line below the headings; give {FORMAT}")
    for n, cells in lines:
        if len(cells) != WIDTH:
            raise BadInput(f"{source}: line {n} has {len(cells)} cells; give {FORMAT}")
    (_, header), *body = [(n, [cell.strip() for cell in cells]) for n, cells in lines]
    numbers = [
        [_number(cells[j], f"{source}: line {n}, column {header[j]!r}") for n, cells in body]
        for j in range(NUMBERS.start, NUMBERS.stop)
    ]
    for title, column in zip(header[NUMBERS], numbers, strict=True):
        if not any(x is not None for x in column):
            raise BadInput(f"{source}: the column {title!r} has no number at all, and no mean; fill one in")
    categories = [[cells[j] for _, cells in body] for j in range(CATEGORIES.start, CATEGORIES.stop)]
    names = tuple(cells[0] for _, cells in body)
    return Channels(tuple(header), names, numbers, categories, sha256(content).hexdigest() == DIGEST)


def _number(cell: str, where: str) -> Fraction | None:
    if not cell:
        return None
    try:
        return parse(cell)
    except BadInput as error:
        raise BadInput(f"{where}: {error}; leave the cell empty where the number is missing") from None
