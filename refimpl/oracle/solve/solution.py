"""What a solver finds, and balls of as many digits as it takes to find it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import TypeVar

from refimpl.errors import Undecided
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Certificate
from refimpl.oracle.values import Style

T = TypeVar("T")

SPARE = (10, 50, 250)
"""Digits of the balls beyond those that are written, one try after the other."""


@dataclass(frozen=True)
class Solution:
    """The computed fields of a case; their meaning is told in `case`."""

    expected: Numbers
    certificate: Certificate
    alternatives: dict[str, list[Variant]] = field(default_factory=dict)
    branches: list[Variant] = field(default_factory=list)


def of_outcomes(outcomes: Sequence[Variant], certificate: Certificate) -> Solution:
    """Return the solution whose first outcome is expected, and whose others are branches."""
    first, *others = outcomes
    return Solution(first.result, certificate, first.alternatives, others)


def with_digits(style: Style, enclosed: Callable[[int], T]) -> T:
    """Return what balls of enough digits find. Raises Undecided where no number of digits suffices."""
    undecided = Undecided("nothing was tried")
    for spare in SPARE:
        try:
            return enclosed(style.digits + spare)
        except Undecided as error:
            undecided = error
    raise undecided
