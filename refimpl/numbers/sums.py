"""Sums and inner products of balls and of mpmath's numbers, computed exactly and rounded once.

Operators round after each term. Here the terms of balls are aligned to the lowest exponent and added as integers;
the radii add up, as for the operators, so that the result contains the same truth and is narrower.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from functools import reduce
from operator import add, mul

from refimpl.numbers.balls import Ball, enclose, unrounded

WIDE = 40
"""Exponents further apart than so many precisions are left to the operators: aligning them might fill the memory."""


def total(terms: Sequence[Ball | int | Fraction]) -> Ball:
    """Return the sum of terms of which at least one is a ball."""
    prec = max(x.prec for x in terms if isinstance(x, Ball))
    balls = [x if isinstance(x, Ball) else _ball(x, prec) for x in terms]
    found = _aligned(((x.m, x.r, x.e) for x in balls), prec)
    return reduce(add, balls) if found is None else found


def dot(x: Sequence[Ball | int | Fraction], y: Sequence[Ball | int | Fraction]) -> Ball:
    """Return the inner product of two vectors of one length, of whose entries at least one is a ball."""
    prec = max(a.prec for row in (x, y) for a in row if isinstance(a, Ball))
    us = [a if isinstance(a, Ball) else _ball(a, prec) for a in x]
    vs = [a if isinstance(a, Ball) else _ball(a, prec) for a in y]
    pairs = zip(us, vs, strict=True)
    # (P) of `balls`: (m + a)(n + b) - mn = an + bm + ab for |a| <= r, |b| <= s
    terms = ((u.m * v.m, u.r * abs(v.m) + v.r * (abs(u.m) + u.r) if u.r or v.r else 0, u.e + v.e) for u, v in pairs)
    found = _aligned(terms, prec)
    return reduce(add, map(mul, us, vs)) if found is None else found


def _aligned(terms: Iterable[tuple[int, int, int]], prec: int) -> Ball | None:
    """Return the sum of the intervals (m ± r) · 2^e; None where their exponents are too far apart."""
    m = r = low = 0
    began = False
    for n, s, e in terms:
        if not n and not s:
            continue
        d = e - low
        if not began:
            m, r, low, began = n, s, e, True
        elif abs(d) > WIDE * prec:
            return None
        elif d >= 0:
            m += n << d
            r += s << d
        else:
            m, r, low = (m << -d) + n, (r << -d) + s, e
    return enclose(m, r, low, prec)


def _ball(value: int | Fraction, prec: int) -> Ball:
    if isinstance(value, int):
        return unrounded(value, 0, 0, prec)
    return Ball.of(value, prec)
