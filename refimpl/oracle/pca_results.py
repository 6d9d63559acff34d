"""The results of pca.fit as text, from what `certify.principal` proves."""

from collections.abc import Sequence
from fractions import Fraction

from refimpl import linear
from refimpl.certify.principal import Group, Interval
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, Ball, Numbers as Kind, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.values import Style

SPARE = 1000
"""Digits of the balls beyond those that are written: what is known of a number is in its interval."""


def named(mean: Sequence[Fraction], groups: Sequence[Group], divisor: int, total: Fraction, style: Style) -> Numbers:
    """Return the results by name; divisor: N - ddof, total: the variance of all dimensions.

    The entry of largest modulus of a component is positive, the lowest on a tie. Raises Undecided where an interval
    holds too few digits.
    """
    numbers = ball(style.digits + SPARE)
    variances: list[Interval] = []
    components: list[list[Fraction | Ball]] = []
    scores: list[list[Fraction | Ball]] = []
    for group in groups:
        variance = Interval(group.mu.lower / divisor, group.mu.upper / divisor)
        variances += [variance] * len(group.directions)
        for direction in group.directions:
            sign = _sign(direction.entries)
            for intervals, found in ((direction.entries, components), (direction.scores, scores)):
                found.append([over_root(y, direction.square, sign, numbers) for y in intervals])
    return {
        "mean": values.written_row(mean, style),
        "variances": [values.written(_value(y, numbers), style) for y in variances],
        "ratio": [
            values.written(_value(Interval(y.lower / total, y.upper / total), numbers), style) for y in variances
        ],
        "components": values.written_rows(components, style),
        "scores": values.written_rows(list(zip(*scores, strict=True)), style),
    }


def projectors(groups: Sequence[Group]) -> list[list[list[str]]]:
    """Return the exact projector onto the space of each variance that is tied, D x D, as text."""
    found = []
    for group in groups:
        if len(group.directions) > 1:
            vectors = [[y.lower for y in direction.entries] for direction in group.directions]
            squares = [linear.dot(v, v) for v in vectors]
            d = range(len(vectors[0]))
            found.append(
                [
                    [
                        values.written(linear.total(v[i] * v[j] / q for v, q in zip(vectors, squares, strict=True)))
                        for j in d
                    ]
                    for i in d
                ]
            )
    return found


def over_root(y: Interval, square: Interval, sign: int, numbers: Kind[Ball]) -> Fraction | Ball:
    """Return sign y / sqrt(square), exactly where it is rational."""
    if y.lower == y.upper == 0:
        return Fraction(0)
    if y.lower == y.upper and square.lower == square.upper:
        try:
            return sign * y.lower / EXACT.sqrt(square.lower)
        except Unsupported:
            pass
    enclosed = [Ball.between(x.lower, x.upper, numbers(0).prec) for x in (y, square)]
    return sign * enclosed[0] / numbers.sqrt(enclosed[1])


def _value(y: Interval, numbers: Kind[Ball]) -> Fraction | Ball:
    return y.lower if y.lower == y.upper else Ball.between(y.lower, y.upper, numbers(0).prec)


def _sign(entries: Sequence[Interval]) -> int:
    most = max(min(abs(y.lower), abs(y.upper)) for y in entries)
    first = next(y for y in entries if max(abs(y.lower), abs(y.upper)) >= most)
    return 1 if first.lower > 0 else -1
