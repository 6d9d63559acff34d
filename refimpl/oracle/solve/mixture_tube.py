"""A tube about the run of a mixture: boxes about the moments of its states, as `certify.krawczyk` checks them.

Notation: s_t the coordinates of `certify.mixture` after step t >= 1, F the map in them, J its derivative.

    1. norms  L_t bounds the row sums of J on the hull of the boxes of a block of states            (T1)
    2. run    s_(t+1) = F(s_t), rounded to so many decimals that the last box is narrow enough      (T2)
    3. radii  rho_(t+1) = L_t rho_t + what rounding adds                                            (T3)

F is evaluated at points only, so that no digit is lost to the width of a box, however long the run.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import islice

from refimpl.certify import krawczyk
from refimpl.certify.krawczyk import Derivative, Point
from refimpl.certify.mixture import Frame, at, coordinates, maps
from refimpl.errors import DomainError, Undecided
from refimpl.numbers import ball, fixed
from refimpl.oracle.certificates import Box
from refimpl.oracle.mixture_input import Problem

COARSE = 25
"""Digits of the enclosures of derivatives."""

WIDE = Fraction(1, 10**15)
"""Boxes are narrower than this."""

LARGE = Fraction(4)
"""A block ends where L_t would exceed this, and the L_t of its first state alone."""

GUARD = 10
"""Digits of balls beyond the decimals of the states."""


@dataclass(frozen=True)
class Found:
    """A tube."""

    boxes: list[tuple[Point, Fraction]]
    blocks: list[int]
    digits: int

    @property
    def written(self) -> list[Box]:
        """The boxes as text."""
        decimals = self.digits - GUARD
        return [Box([fixed(x, decimals) for x in center], _upwards(radius)) for center, radius in self.boxes]


def tube(problem: Problem, steps: int, kept: int) -> Found:
    """Return a tube about the first steps, the last box with a radius of at most 10^-kept."""
    rough = list(islice(run(problem, COARSE), steps))
    _, derivative = maps(problem.family, COARSE, COARSE)
    blocks, norms = _blocks(derivative, rough)
    # rho_T <= 10^-decimals 2 T prod max(1, L_t)                                                (T3)
    growth = Fraction(2 * steps)
    for norm in norms:
        growth *= max(norm, Fraction(1))
    decimals = kept + len(str(int(growth))) + 1
    centers = islice(run(problem, decimals), steps)
    unit = Fraction(1, 10**decimals)
    radii = [unit]
    for norm in norms[:-1]:
        radii.append(_rounded_up(norm * radii[-1] + unit))
    return Found(list(zip(centers, radii, strict=True)), blocks, decimals + GUARD)


def run(problem: Problem, decimals: int) -> Iterator[Point]:
    """Yield the coordinates after each step, rounded; nothing here is proven, nor needs to be.  (T2)"""
    frame = Frame(problem.family, ball(decimals + GUARD))
    point = coordinates(frame, problem.start(frame.numbers))
    while True:
        short = [Fraction(round(x.mid * 10**decimals), 10**decimals) for x in point]
        yield short
        point = coordinates(frame, at(problem.family, [frame.numbers(x) for x in short], frame.numbers))


def _blocks(derivative: Derivative, points: Sequence[Point]) -> tuple[list[int], list[Fraction]]:
    """Return where blocks begin, and L_t for each state: blocks grow twofold while their norm stays small.  (T1)"""
    begins, norms = [], []
    begin, length = 0, 1
    while begin < len(points):
        alone = _norm(derivative, points[begin : begin + 1])
        assert alone is not None
        while True:
            end = min(begin + length, len(points))
            norm = alone if end == begin + 1 else _norm(derivative, points[begin:end])
            if norm is not None and (norm <= max(LARGE, 2 * alone) or end == begin + 1):
                break
            length = max(length // 2, 1)
        begins.append(begin)
        norms += [norm] * (end - begin)
        begin, length = end, 2 * length
    return begins, norms


def _norm(derivative: Derivative, points: Sequence[Point]) -> Fraction | None:
    hull = krawczyk.hull_of([(point, WIDE) for point in points], COARSE)
    try:
        return max(sum((abs(x).upper for x in row), Fraction(0)) for row in derivative(hull))
    except (Undecided, DomainError):
        return None


def _rounded_up(radius: Fraction) -> Fraction:
    """Return the radius with two digits, rounded up."""
    unit = Fraction(1)
    while unit > radius:
        unit /= 10
    return -(-radius * 10 // unit) * unit / 10


def _upwards(radius: Fraction) -> str:
    """Return a radius of two digits as text."""
    exponent = 0
    while radius.denominator != 1:
        radius, exponent = radius * 10, exponent + 1
    return f"{radius.numerator}e-{exponent}"
