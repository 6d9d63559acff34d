"""What a solver finds."""

from dataclasses import dataclass, field

from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Certificate


@dataclass(frozen=True)
class Solution:
    """The computed fields of a case; their meaning is told in `case`."""

    expected: Numbers
    certificate: Certificate
    alternatives: dict[str, list[Variant]] = field(default_factory=dict)
    branches: list[Variant] = field(default_factory=list)
