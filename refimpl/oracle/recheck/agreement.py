"""What the proofs share: comparing text, reading a printed number, the type of a certificate, and legal input.

A value is no golden one, however right its formula, where the input must be refused.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import TypeVar

from refimpl import linear
from refimpl.errors import Refuted
from refimpl.numbers import rounded
from refimpl.oracle import values
from refimpl.oracle.case import Case, Variant
from refimpl.oracle.values import Rows, Tree

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


def agree_outcomes(case: Case, proven: Sequence[Variant]) -> None:
    """Raise Refuted unless expected, branches and alternatives are those of the paths."""
    printed = case.outcomes
    if len(printed) != len(proven):
        raise Refuted(f"the paths have {len(proven)} different ends, but there are {len(printed)} outcomes")
    for number, (found, right) in enumerate(zip(printed, proven, strict=True)):
        where = "expected" if number == 0 else f"branches[{number - 1}]"
        _agree_variant(found, right, where)
        agree(sorted(found.alternatives), sorted(right.alternatives), f"{where}.alternatives: the conventions")
        for name, variants in right.alternatives.items():
            agree(len(found.alternatives[name]), len(variants), f"{where}.alternatives.{name}: their number")
            for one, other in zip(found.alternatives[name], variants, strict=True):
                _agree_variant(one, other, f"{where}.alternatives.{name}")
                if one.alternatives:
                    raise Refuted(f"{where}.alternatives.{name} has alternatives of its own")


def _agree_variant(found: Variant, right: Variant, where: str) -> None:
    """Raise Refuted unless both have the same results and admit the same."""
    agree(sorted(found.result), sorted(right.result), f"{where}: the names")
    for name, value in right.result.items():
        agree(found.result[name], value, f"{where}.{name}")
    agree(found.admissible, right.admissible, f"{where}.admissible")


def printed(text: object, where: str) -> tuple[Fraction, Fraction]:
    """Return a printed number and half a unit of its last digit. Raises Refuted unless it has all its digits."""
    if not isinstance(text, str):
        raise Refuted(f"{where} is not text")
    value, half = values.half_unit(text)
    if half and rounded(value, values.DIGITS) != text:
        raise Refuted(f"{where} does not have {values.DIGITS} digits")
    return value, half


def check_labels(labels: Sequence[int], count: int) -> None:
    """Raise Refuted unless there is one label for each of so many things, and none is negative."""
    if len(labels) != count or min(labels) < 0:
        raise Refuted(f"input.labels are not {count} indices, one for each row")


def check_weights(rows: Rows, name: str, *, symmetric: bool) -> None:
    """Raise BadInput, EmptyData or Refuted unless the matrix is square, without negative entries, and symmetric."""
    linear.check_square(rows, name, "row")
    if any(x < 0 for row in rows for x in row):
        raise Refuted(f"input.{name} has a negative entry")
    if symmetric:
        linear.check_symmetric(rows, name)


def check_start(points: Rows, centers: Rows) -> None:
    """Raise BadInput, EmptyData or Refuted unless centers have the dimension of the points, and are no more of them."""
    n, d = linear.shape(points, "points")
    k, width = linear.shape(centers, "centers")
    if width != d or k > n:
        raise Refuted(f"{k} centers of dimension {width} are no start for {n} points of dimension {d}")


def _short(value: object) -> str:
    text = repr(value)
    return text if len(text) <= 70 else text[:30] + "..." + text[-30:]
