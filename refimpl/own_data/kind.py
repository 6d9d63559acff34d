"""The kinds of number on own data: in what is computed, and how the numbers of the results are written.

kind     computed in                   written
----     -----------                   -------
exact    Fractions                     "31/6" up to 200 characters, else rounded to the digits asked for
float    binary64                      the shortest text that is read back as the same float
high     mpmath, 10 digits more        rounded to the digits asked for; errors are not counted
ball     balls, as many as it takes    rounded to the digits asked for, each of them certain
"""

import math
from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Literal, Protocol, TypeAlias, TypeVar, get_args

from refimpl.errors import BadInput, Undecided, Unsupported
from refimpl.numbers import EXACT, FLOAT, Ball, Mpf, N, Numbers, ball, high, rounded
from refimpl.numbers.text import power_of
from refimpl.oracle.values import Style, Tree, written

KindName: TypeAlias = Literal["exact", "float", "high", "ball"]
KINDS: tuple[KindName, ...] = get_args(KindName)

DIGITS = 10
"""Printed where nobody asks for more."""

MOST_DIGITS = 1000

SPARE = 10
"""Digits that a computation has beyond those printed, to begin with."""

MOST_WORKING = 5000
"""Digits at which a comparison that is still open is taken for one between equals."""

MOST_REPEATED = 1300
"""The same where every step of a long run has such comparisons, and a person waits."""

FAR = 70_000
"""Bits before or behind the point of a number that no table holds: 10^20000 < 2^70000."""

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Compute(Protocol[T_co]):
    """A computation in any kind of number, which writes its own results."""

    def __call__(self, numbers: Numbers[N], write: Callable[[N], str], /) -> T_co:
        """Compute with `numbers`; `write` gives a number its final text."""


def computed(
    kind: KindName, digits: int, compute: Compute[T], *, most: int = MOST_WORKING, instead: str = "exact"
) -> T:
    """Return what a computation finds in numbers of a kind.

    Raises what it raises, and BadInput where balls do not decide a comparison with `most` digits; it names the kind
    to take instead.
    """
    if kind == "exact":
        return compute(EXACT, lambda x: written(x, Style(digits)))
    if kind == "float":
        return compute(FLOAT, _shortest)
    if kind == "high":
        return compute(high(digits + SPARE), lambda x: rounded(_fraction(x), digits))
    return decided(digits, lambda numbers: compute(numbers, lambda x: rounded(x, digits)), most=most, instead=instead)


def decided(
    digits: int, compute: Callable[[Numbers[Ball]], T], *, most: int = MOST_WORKING, instead: str = "exact"
) -> T:
    """Return what is computed with balls of twice as many digits each time, once every comparison is decided."""
    working = digits + SPARE
    while True:
        try:
            return compute(ball(working))
        except Undecided:
            working *= 2
            if working > max(most, 2 * (digits + SPARE)):
                raise BadInput(
                    f"balls of {working // 2} digits do not decide a comparison or a digit, most likely because two "
                    f"numbers are equal; take --kind {instead}"
                ) from None


def written_row(write: Callable[[N], str], values: Sequence[N]) -> Tree:
    """Return a row of text."""
    return [write(x) for x in values]


def written_rows(write: Callable[[N], str], values: Sequence[Sequence[N]]) -> Tree:
    """Return rows of text."""
    return [[write(x) for x in row] for row in values]


def _shortest(x: float) -> str:
    if not math.isfinite(x):
        raise BadInput("a result is beyond the range of binary64; take another --kind, or scale the data")
    return repr(float(x))


def _fraction(x: Mpf) -> Fraction:
    """Return the value of mpmath's number, whose `man` has no sign. Raises Unsupported where nobody would write it."""
    if abs(x.man.bit_length() + x.exp) > FAR:
        raise Unsupported("a number beyond 10^±20000 is not written out; scale the problem")
    size = x.man * power_of(2, x.exp)
    return -size if x < 0 else size
