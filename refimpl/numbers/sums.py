"""Sums and inner products of balls and of mpmath's numbers, computed exactly and rounded once.

Operators round after each term. Here the terms of balls are aligned to the lowest exponent and added as integers;
the radii add up, as for the operators, so that the result contains the same truth and is narrower.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeAlias

from refimpl.numbers.balls import Ball, enclose

Term: TypeAlias = tuple[int, int, int]
"""(m, r, e), as in `balls`: the interval (m ± r) · 2^e."""

WIDE = 40
"""Exponents further apart than so many precisions are left to the operators: aligning them might fill the memory."""


def total(terms: Sequence[Ball | int | Fraction]) -> Ball:
    """Return the sum of terms of which at least one is a ball."""
    prec = max(x.prec for x in terms if isinstance(x, Ball))
    balls = [_ball(x, prec) for x in terms]
    found = _aligned([(x.m, x.r, x.e) for x in balls], prec)
    return reduce(add, balls) if found is None else found


def dot(x: Sequence[Ball | int | Fraction], y: Sequence[Ball | int | Fraction]) -> Ball:
    """Return the inner product of two vectors of one length, of whose entries at least one is a ball."""
    prec = max(a.prec for row in (x, y) for a in row if isinstance(a, Ball))
    pairs = [(_ball(a, prec), _ball(b, prec)) for a, b in zip(x, y, strict=True)]
    # (P) of `balls`: (m + a)(n + b) - mn = an + bm + ab for |a| <= r, |b| <= s
    terms = [(a.m * b.m, a.r * abs(b.m) + b.r * (abs(a.m) + a.r), a.e + b.e) for a, b in pairs]
    found = _aligned(terms, prec)
    return reduce(add, (a * b for a, b in pairs)) if found is None else found


def _aligned(terms: Sequence[Term], prec: int) -> Ball | None:
    """Return the sum of the terms; None where their exponents are too far apart."""
    kept = [term for term in terms if term[0] or term[1]]
    if not kept:
        return enclose(0, 0, 0, prec)
    exponents = [e for _, _, e in kept]
    low = min(exponents)
    if max(exponents) - low > WIDE * prec:
        return None
    m = sum([m << (e - low) for m, _, e in kept])
    r = sum([r << (e - low) for _, r, e in kept])
    return enclose(m, r, low, prec)


def _ball(value: Ball | int | Fraction, prec: int) -> Ball:
    return value if isinstance(value, Ball) else Ball.of(value, max(prec, value.numerator.bit_length()))
