"""Polynomials with integer coefficients all of whose roots are real: how many roots lie where, and common divisors.

Notation: p of degree n, its coefficients highest power first.

    1. count  p has as many roots above x, with multiplicity, as its coefficients at x, p^(i)(x) / i!,     (Q1)
              have changes of sign; and x is a root as often as the last of them vanish
    2. gcd    by Euclid's algorithm, remainders multiplied by whatever keeps them integers                 (Q2)

(Q1) is the rule of Descartes, by which the changes of sign of a polynomial of degree n without root 0 are the number
of its positive roots plus an even number or 0, and those of p(-x) so for the negative ones; together they are at most
n, which is the number of its roots, so that both are exact.
"""

from collections.abc import Iterable, Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd as common
from typing import TypeAlias

Polynomial: TypeAlias = list[int]
"""Coefficients, highest power first, without a common divisor; [] is 0."""


def primitive(coefficients: Iterable[int]) -> Polynomial:
    """Return the coefficients without leading zeros and without their common divisor."""
    p = list(coefficients)
    while p and not p[0]:
        p = p[1:]
    return [c // common(*p) for c in p]


def derivative(p: Polynomial) -> Polynomial:
    """Return p'."""
    degree = len(p) - 1
    return primitive(c * (degree - i) for i, c in enumerate(p[:-1]))


def gcd(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return the greatest common divisor.  (Q2)"""
    while b:
        a, b = b, _remainder(a, b)
    return a


def roots(p: Polynomial, low: Fraction, high: Fraction) -> int:
    """Return the number of roots in [low, high], with multiplicity, of a polynomial with real roots only."""
    return _roots_from(p, low) - _roots_above(p, high)


def _roots_above(p: Polynomial, x: Fraction) -> int:
    """Return the number of roots above x.  (Q1)"""
    signs = [c > 0 for c in _at(p, x) if c]
    return sum(a != b for a, b in pairwise(signs))


def _roots_from(p: Polynomial, x: Fraction) -> int:
    """Return the number of roots that are x or above.  (Q1)"""
    coefficients = _at(p, x)
    vanishing = next(i for i, c in enumerate(reversed(coefficients)) if c)
    return _roots_above(p, x) + vanishing


def _at(p: Polynomial, x: Fraction) -> Sequence[int]:
    """Return the coefficients of p(x + z), each up to a positive factor, by Horner's scheme again and again."""
    # q^n p(y / q) has integer coefficients in y, and its coefficients at qx are those of p times powers of q
    c = [a * x.denominator**i for i, a in enumerate(p)]
    for end in range(len(c), 1, -1):
        for i in range(1, end):
            c[i] += c[i - 1] * x.numerator
    return c


def _remainder(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return a multiple of the remainder of a by b."""
    rest = list(a)
    while len(rest) >= len(b):
        factor = rest[0]
        rest = [x * b[0] - factor * y for x, y in zip(rest, b + [0] * (len(rest) - len(b)), strict=True)][1:]
    return primitive(rest)
