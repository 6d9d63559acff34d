"""What the proofs share: comparing text, and the type of a certificate."""

from typing import TypeVar

from refimpl.errors import Refuted
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


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 70 else text[:30] + "..." + text[-30:]
