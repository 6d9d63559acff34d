"""The least and the greatest of some numbers, without a decision that balls might have to refuse.

The least of several balls is enclosed by the least of their lower and the least of their upper ends: whichever points
one picks, the least of them lies in between. So a tie does no harm where only the value matters.
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


def _extreme(values: Sequence[N], sign: int) -> N:
    if not isinstance(values[0], Ball):
        return min(values) if sign == 1 else max(values)
    balls = cast(Sequence[Ball], values)
    pick = min if sign == 1 else max
    prec = max(ball.prec for ball in balls)
    return cast(N, Ball.between(pick(ball.lower for ball in balls), pick(ball.upper for ball in balls), prec))
