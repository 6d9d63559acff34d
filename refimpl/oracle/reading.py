"""A peer's answer as exact numbers, in the shape that the case has."""

import math
from collections.abc import Sequence
from fractions import Fraction
from typing import TypeAlias

from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle.case import Case
from refimpl.oracle.peers.peer import Result
from refimpl.oracle.tasks import Output

MOST_BITS = 63
"""Of an index or a count."""

Exact: TypeAlias = "int | Fraction | list[Exact] | None"
Reading: TypeAlias = dict[str, Exact]


def read(case: Case, outputs: Sequence[Output], answer: Result) -> Reading:
    """Return the results as integers (labels, counts) and Fractions. Raises BadInput that names the place."""
    assert case.expected is not None
    reading: Reading = {}
    for output in outputs:
        if output.name not in answer.values:
            raise BadInput(f"has no {output.name}")
        whole = output.kind != "numbers"
        reading[output.name] = _read(answer.values[output.name], case.expected[output.name], output.name, whole)
    return reading


def _read(value: object, like: object, where: str, whole: bool) -> Exact:
    if isinstance(like, list):
        if not isinstance(value, list) or len(value) != len(like):
            raise BadInput(f"{where} should be a list of {len(like)}, but is {_short(value)}")
        return [_read(v, l, f"{where}[{i}]", whole) for i, (v, l) in enumerate(zip(value, like, strict=True))]
    if like is None or value is None:
        if like is not value:
            raise BadInput(f"{where} is {_short(value)}, where {'null' if like is None else like} is right")
        return None
    number = _number(value, where)
    if not whole:
        return number
    if number.denominator != 1:
        raise BadInput(f"{where} is {_short(value)}, which is no integer")
    if number.numerator.bit_length() > MOST_BITS:
        raise BadInput(f"{where} is {_short(value)}, which is no index or count of anything")
    return number.numerator


def _number(value: object, where: str) -> Fraction:
    if isinstance(value, float) and not math.isfinite(value):
        raise BadInput(f"{where} is {value}, which is no number")
    if isinstance(value, str):
        try:
            return parse(value)
        except BadInput as error:
            raise BadInput(f"{where}: {error}") from None
    if isinstance(value, bool) or not isinstance(value, int | float | Fraction):
        raise BadInput(f"{where} is {_short(value)}, which is no number")
    return Fraction(value)


def _short(value: object) -> str:
    if isinstance(value, list):
        return f"a list of {len(value)}"
    text = repr(value)
    return text if len(text) <= 40 else text[:37] + "..."
