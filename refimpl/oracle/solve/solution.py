"""What a solver finds, and how long a run it takes on."""

from dataclasses import dataclass, field

from refimpl.errors import BadInput
from refimpl.oracle import values
from refimpl.oracle.case import Certificate, Numbers, Variant

MOST_STEPS = 200
"""A golden run longer than this would not be read by anybody."""


@dataclass(frozen=True)
class Solution:
    """The computed fields of a case; their meaning is told in `case`."""

    expected: Numbers
    certificate: Certificate
    alternatives: dict[str, list[Variant]] = field(default_factory=dict)
    branches: list[Variant] = field(default_factory=list)


def iterations_of(params: Numbers) -> int:
    """Return how many steps a run takes. Raises BadInput."""
    iterations = values.whole(params["iterations"], "iterations")
    if not 0 <= iterations <= MOST_STEPS:
        raise BadInput(f"iterations is {iterations}; give a number from 0 to {MOST_STEPS}")
    return iterations
