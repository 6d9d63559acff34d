"""Numbers as text in nested lists, as they stand in cases, and back.

A tree is a number, a row of numbers, a matrix or a list of matrices; null stands for an entry that is undefined.
Errors name the place of a bad entry as `points[3][1]`.
"""

import contextlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeAlias

from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.numbers import Ball, certified, exact_text, fixed, parse, rounded

Cell: TypeAlias = int | str | None
Tree: TypeAlias = Cell | list[Cell | list[Cell | list[Cell]]]
"""What JSON may hold where a case has numbers."""

Rows: TypeAlias = list[list[Fraction]]

Holes: TypeAlias = list[list[Fraction | None]]
"""Rows of which some entries are missing."""

DIGITS = 50
"""Significant digits of a golden number that is not printed exactly."""


@dataclass(frozen=True)
class Style:
    """How numbers are written."""

    digits: int = DIGITS
    """Significant digits of a certified number that is not written exactly."""
    longest: int = 200
    """Characters up to which an exact number is written as it is."""


MOST_STEPS = 200
"""A golden run longer than this would not be read by anybody."""

GOLDEN = Style()
"""As the golden cases have them."""


def number(tree: object, where: str) -> Fraction:
    """Return the exact value of one number. Raises BadInput."""
    if isinstance(tree, bool) or not isinstance(tree, int | str):
        raise BadInput(f"{where} is {_kind(tree)}; give a number as a string")
    try:
        return Fraction(tree) if isinstance(tree, int) else parse(tree)
    except BadInput as error:
        raise BadInput(f"{where}: {error}") from None


def row(tree: object, where: str) -> list[Fraction]:
    """Return the exact values of a list of numbers. Raises BadInput."""
    if not isinstance(tree, list):
        raise BadInput(f"{where} is {_kind(tree)}; give a list of numbers")
    return [number(x, f"{where}[{i}]") for i, x in enumerate(tree)]


def rows(tree: object, where: str) -> Rows:
    """Return the exact values of a list of lists of numbers. Raises BadInput."""
    if not isinstance(tree, list):
        raise BadInput(f"{where} is {_kind(tree)}; give a list of rows, N x D also for D = 1")
    return [row(x, f"{where}[{i}]") for i, x in enumerate(tree)]


def rows_with_holes(tree: object, where: str) -> Holes:
    """Return the same, None where an entry is null, which means that it is missing. Raises BadInput."""
    if not isinstance(tree, list) or not all(isinstance(x, list) for x in tree):
        return [[*x] for x in rows(tree, where)]  # which tells what is wrong
    return [
        [None if x is None else number(x, f"{where}[{i}][{j}]") for j, x in enumerate(cells)]
        for i, cells in enumerate(tree)
    ]


def texts(tree: object, where: str) -> list[str]:
    """Return a list of texts as they are. Raises BadInput."""
    if not isinstance(tree, list):
        raise BadInput(f"{where} is {_kind(tree)}; give a list of texts")
    for i, x in enumerate(tree):
        if not isinstance(x, str):
            raise BadInput(f"{where}[{i}] is {_kind(x)}; give a text")
    return [str(x) for x in tree]


def matrices(tree: object, where: str) -> list[Rows]:
    """Return the exact values of a list of matrices. Raises BadInput."""
    if not isinstance(tree, list):
        raise BadInput(f"{where} is {_kind(tree)}; give a list of matrices, K x D x D also for D = 1")
    return [rows(x, f"{where}[{i}]") for i, x in enumerate(tree)]


def whole(tree: object, where: str) -> int:
    """Return an integer, given as a JSON integer or as text. Raises BadInput."""
    value = number(tree, where)
    if value.denominator != 1 or value.numerator.bit_length() > 63:
        raise BadInput(f"{where} is {_kind(tree)}; give an integer of at most 18 digits")
    return value.numerator


def iterations(params: Mapping[str, object], most: int | None = MOST_STEPS) -> int:
    """Return how many steps a run takes. Raises BadInput unless there are 0 or more, and as few as asked for."""
    found = whole(params["iterations"], "iterations")
    if found < 0 or (most is not None and found > most):
        raise BadInput(
            f"iterations is {found}; give " + ("0 or more" if most is None else f"a number from 0 to {most}")
        )
    return found


def wholes(tree: object, where: str) -> list[int]:
    """Return a list of integers. Raises BadInput."""
    if not isinstance(tree, list):
        raise BadInput(f"{where} is {_kind(tree)}; give a list of integers")
    return [whole(x, f"{where}[{i}]") for i, x in enumerate(tree)]


def written(value: Fraction | Ball, style: Style = GOLDEN) -> str:
    """Return a short exact number as it is, any other with certified digits. Raises Undecided.

    A ball that is a single number is that number.
    """
    if isinstance(value, Ball) and value.is_exact:
        value = value.mid
    if isinstance(value, Fraction):
        with contextlib.suppress(Unsupported):  # too long to be written at all
            text = exact_text(value)
            if len(text) <= style.longest:
                return text
    for more in (0, 1, 2):  # a ball about a number halfway between two roundings decides the next digit
        with contextlib.suppress(Undecided):
            return rounded(value, style.digits + more)
    return rounded(value, style.digits)


def written_row(values: Sequence[Fraction | Ball], style: Style = GOLDEN) -> Tree:
    """Return a row of text."""
    return [written(value, style) for value in values]


def written_rows(values: Sequence[Sequence[Fraction | Ball]], style: Style = GOLDEN) -> Tree:
    """Return rows of text."""
    return [[written(value, style) for value in row] for row in values]


def written_matrices(values: Sequence[Sequence[Sequence[Fraction | Ball]]], style: Style = GOLDEN) -> Tree:
    """Return matrices of text."""
    return [[[written(value, style) for value in row] for row in matrix] for matrix in values]


def largest(matrix: Sequence[Sequence[Fraction]]) -> Fraction:
    """Return the largest modulus of the entries."""
    return max(abs(x) for row in matrix for x in row)


def leaves(tree: object) -> Iterator[object]:
    """Yield what stands in nested lists, in order."""
    if isinstance(tree, list):
        for x in tree:
            yield from leaves(x)
    else:
        yield tree


def rounded_up(value: Fraction) -> str:
    """Return a bound, rounded up to six decimals."""
    return fixed(Fraction(-(-value * 10**6 // 1), 10**6), 6)


def half_unit(text: str) -> tuple[Fraction, Fraction]:
    """Return the value of a printed number, and half a unit of its last digit (0 for an exact one).

    Cases are rounded correctly, so that half the unit which `certified` allows suffices.
    """
    value, unit = certified(text)
    return value, unit / 2


def _kind(tree: object) -> str:
    if isinstance(tree, list):
        return "a list"
    text = "null" if tree is None else f"{tree!r}"
    return text if len(text) <= 40 else f"{text[:37]}..."
