"""The least, the greatest and the i-th smallest of some numbers, without a decision that balls might have to refuse.

The i-th smallest of several balls is enclosed by the i-th smallest of their lower and that of their upper ends: it
rises with each of the numbers, whichever points one picks. So a tie does no harm where only the value matters.
"""

from collections.abc import Sequence
from typing import cast

from refimpl.numbers.balls import Ball
from refimpl.numbers.kinds import N


def least(values: Sequence[N]) -> N:
    """Return the least of at least one number."""
    return _extreme(values, 1)


def greatest(values: Sequence[N]) -> N:
    """Return the greatest of at least one number."""
    return _extreme(values, -1)


def ranked(values: Sequence[N], i: int) -> N:
    """Return the i-th smallest of more than i numbers, where the 0-th is the least."""
    if not isinstance(values[0], Ball):
        return sorted(values)[i]
    balls = cast(Sequence[Ball], values)
    prec = max(ball.prec for ball in balls)
    lower, upper = (sorted(ends)[i] for ends in ([b.lower for b in balls], [b.upper for b in balls]))
    return cast(N, Ball.between(lower, upper, prec))


def _extreme(values: Sequence[N], sign: int) -> N:
    if not isinstance(values[0], Ball):
        return min(values) if sign == 1 else max(values)
    balls = cast(Sequence[Ball], values)
    pick = min if sign == 1 else max
    prec = max(ball.prec for ball in balls)
    return cast(N, Ball.between(pick(ball.lower for ball in balls), pick(ball.upper for ball in balls), prec))
