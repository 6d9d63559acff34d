"""Sums and inner products of balls and of mpmath's numbers, computed exactly and rounded once.

Operators round after each term. Here the terms of balls are aligned to the lowest exponent and added as integers;
the radii add up, as for the operators, so that the result contains the same truth and is narrower.
"""

from collections.abc import Sequence
from fractions import Fraction
from functools import reduce
from operator import add
from typing import TypeAlias, cast

from refimpl.numbers.balls import Ball, enclose, unrounded

Terms: TypeAlias = Sequence[Ball | int | Fraction]

ONE = unrounded(1, 0, 0, 2)

WIDE = 40
"""Exponents further apart than so many precisions are left to the operators: aligning them might fill the memory."""


def total(terms: Terms) -> Ball:
    """Return the sum of terms of which at least one is a ball."""
    return dot(terms, [ONE] * len(terms))


def dot(x: Terms, y: Terms) -> Ball:
    """Return the inner product of two vectors of one length, of whose entries at least one is a ball."""
    try:
        return _dot(cast(Sequence[Ball], x), cast(Sequence[Ball], y))
    except AttributeError:  # an int or a Fraction among the balls, which has no radius
        prec = max(a.prec for row in (x, y) for a in row if isinstance(a, Ball))
        return _dot([_ball(a, prec) for a in x], [_ball(a, prec) for a in y])


def weighted_dot(w: Terms, x: Terms, y: Terms) -> Ball:
    """Return sum w_i x_i y_i of three vectors of one length, of whose entries at least one is a ball."""
    try:
        return _weighted_dot(cast(Sequence[Ball], w), cast(Sequence[Ball], x), cast(Sequence[Ball], y))
    except AttributeError:  # an int or a Fraction among the balls, which has no radius
        prec = max(a.prec for row in (w, x, y) for a in row if isinstance(a, Ball))
        return _weighted_dot(*([_ball(a, prec) for a in row] for row in (w, x, y)))


def _weighted_dot(w: Sequence[Ball], x: Sequence[Ball], y: Sequence[Ball]) -> Ball:
    m = r = low = prec = 0
    began = False
    for a, u, v in zip(w, x, y, strict=True):
        am, um, vm = a.m, u.m, v.m
        n, s = am * um * vm, 0
        if a.r or u.r or v.r:
            # |abc - mno| <= (|m| + r)(|n| + s)(|o| + t) - |mno| for points of the balls m +- r, n +- s, o +- t
            s = (abs(am) + a.r) * (abs(um) + u.r) * (abs(vm) + v.r) - abs(n)
        if a.prec > prec or u.prec > prec or v.prec > prec:
            prec = max(a.prec, u.prec, v.prec)
        if not n and not s:
            continue
        e = a.e + u.e + v.e
        d = e - low
        if not began:
            m, r, low, began = n, s, e, True
        elif 0 <= d <= WIDE * prec:
            m += n << d
            r += s << d
        elif 0 > d >= -WIDE * prec:
            m, r, low = (m << -d) + n, (r << -d) + s, e
        else:
            return _one_by_one([a * b for a, b in zip(w, x, strict=True)], y)
    return enclose(m, r, low, prec)


def _dot(x: Sequence[Ball], y: Sequence[Ball]) -> Ball:
    m = r = low = prec = 0
    began = False
    for u, v in zip(x, y, strict=True):
        # (P) of `balls`: (m + a)(n + b) - mn = an + bm + ab for |a| <= r, |b| <= s
        um, ur, vm, vr = u.m, u.r, v.m, v.r
        n = um * vm
        s = ur * abs(vm) + vr * (abs(um) + ur) if ur or vr else 0
        if u.prec > prec or v.prec > prec:
            prec = max(u.prec, v.prec)
        if not n and not s:
            continue
        e = u.e + v.e
        if not began:
            m, r, low, began = n, s, e, True
            continue
        d = e - low
        if d >= 0:
            if d > WIDE * prec:
                return _one_by_one(x, y)
            m += n << d
            r += s << d
        else:
            if -d > WIDE * prec:
                return _one_by_one(x, y)
            m, r, low = (m << -d) + n, (r << -d) + s, e
    return enclose(m, r, low, prec)


def _one_by_one(x: Sequence[Ball], y: Sequence[Ball]) -> Ball:
    products: list[Ball] = [u * v for u, v in zip(x, y, strict=True)]
    return reduce(add, products)


def _ball(value: Ball | int | Fraction, prec: int) -> Ball:
    if isinstance(value, Ball):
        return value
    return unrounded(value, 0, 0, prec) if isinstance(value, int) else Ball.of(value, prec)
