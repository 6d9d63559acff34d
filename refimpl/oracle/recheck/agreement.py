"""What the proofs share: comparing text, reading a printed number, and the type of a certificate."""

from fractions import Fraction
from typing import TypeVar

from refimpl.errors import Refuted
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Case
from refimpl.oracle.values import Tree

C = TypeVar("C")


def certificate(case: Case, kind: type[C]) -> C:
    """Return the certificate. Raises Refuted unless it is of that kind."""
    if not isinstance(case.certificate, kind):
        raise Refuted(f"certificate.method is not that of {kind.__name__}, which the task needs")
    return case.certificate


def agree(printed: object, proven: Tree | object, where: str) -> None:
    """Raise Refuted, naming the first entry, unless both are the same text."""
    if isinstance(printed, list) and isinstance(proven, list) and len(printed) == len(proven):
        for i, (a, b) in enumerate(zip(printed, proven, strict=True)):
            agree(a, b, f"{where}[{i}]")
    elif printed != proven or type(printed) is not type(proven):
        raise Refuted(f"{where} is {_short(printed)}, but {_short(proven)} is proven")


def printed(text: object, where: str) -> tuple[Fraction, Fraction]:
    """Return a printed number and half a unit of its last digit. Raises Refuted unless it has all its digits."""
    if not isinstance(text, str):
        raise Refuted(f"{where} is not text")
    value, half = values.half_unit(text)
    if half and rounded(value, values.DIGITS) != text:
        raise Refuted(f"{where} does not have {values.DIGITS} digits")
    return value, half


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 70 else text[:30] + "..." + text[-30:]
