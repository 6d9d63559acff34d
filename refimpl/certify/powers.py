"""Runs of power iteration, computed another way than in the room; notation as in `power_iteration`.

    1. image   w = A^t v, A^t by repeated squaring of the matrix                           (B1)
    2. unit    u has the signs of w, and (|u_i| - h)^2 <= w_i^2 / |w|^2 <= (|u_i| + h)^2
               where h is half a unit of the last printed digit                            (B2)

The room multiplies the vector, and scales it at each step.
"""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify.identities import check_correlation
from refimpl.certify.margin import Row, Rows
from refimpl.errors import Refuted


def image(matrix: Rows, vector: Row, iterations: int) -> list[Fraction]:
    """Return A^t v, or another multiple of it that is positive. Raises Refuted where it is 0.  (B1)"""
    (power, (found,)), _ = linear.cleared(matrix, [vector])
    while iterations:
        if iterations % 2:
            found = linear.matvec(power, found)
        iterations //= 2
        if iterations:
            power = [[linear.dot(row, column) for column in power] for row in power]  # A is symmetric
    if not any(found):
        raise Refuted("the vector becomes 0")
    return found


def rayleigh(matrix: Rows, w: Row) -> Fraction:
    """Return w^T A w / w^T w."""
    return linear.quotient(linear.dot(w, linear.matvec(matrix, w)), linear.dot(w, w))


def check_unit(printed: Sequence[tuple[Fraction, Fraction]], w: Row, where: str) -> None:
    """Raise Refuted unless printed = (value, half a unit of the last digit) rounds w / |w| or its negative.  (B2)

    The entry of largest modulus, the lowest index on a tie, must be positive.
    """
    square = linear.dot(w, w)
    first = max(range(len(w)), key=lambda i: (abs(w[i]), -i))
    sign = 1 if w[first] > 0 else -1
    if len(printed) != len(w):
        raise Refuted(f"{where} does not have {len(w)} entries")
    for i, (found, x) in enumerate(zip(printed, w, strict=True)):
        check_correlation(found, sign * x, square, Fraction(1), f"{where}[{i}]")
