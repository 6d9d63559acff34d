"""Which eigenvalues of a symmetric rational matrix are exactly equal, by its characteristic polynomial.

Notation: p_1(x) = det(x I - A), of degree n with n real roots, p_(k+1) = gcd(p_k, p_k'), all with integer coefficients.

    1. reduce  the roots of p_(k+1) are those of p_k, each with a multiplicity less by 1                   (Q1)
    2. count   a polynomial with real roots only has as many roots above x, with multiplicity, as its      (Q2)
               coefficients at x, p^(i)(x) / i!, have changes of sign; and x is a root as often as the
               last of them vanish
    3. equal   N_k roots of p_k in an interval: N_k - N_(k+1) eigenvalues there, each counted once, have   (Q3)
               multiplicity k or more

(Q2) is the rule of Descartes, by which the changes of sign of a polynomial of degree n without root 0 are the number
of its positive roots plus an even number or 0, and those of p(-x) so for the negative ones; together they are at most
n, which is the number of its roots, so that both are exact.
"""

from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from math import gcd

from refimpl import linear
from refimpl.certify.eigenpairs import Enclosure
from refimpl.errors import Refuted
from refimpl.linear import Matrix

Polynomial = list[int]
"""Coefficients, highest power first, without a common divisor; [] is 0."""


def multiplicities(matrix: Matrix[Fraction], enclosures: Sequence[Enclosure]) -> list[list[int]]:
    """Return for each enclosure the multiplicities of the distinct eigenvalues in it, descending.

    [g] for g eigenvalues proves that they are equal, and [1, 1] that two are not. Meant for a dozen rows or so. Raises
    Refuted where an enclosure does not hold as many eigenvalues as it says.
    """
    (cleared,), unit = linear.cleared(matrix)
    polynomials = [_primitive([int(x) for x in linear.characteristic(cleared)])]
    # p_(k+1) = gcd(p_k, p_k')                                                             (Q1)
    while len(polynomials[-1]) > 1:
        polynomials.append(_gcd(polynomials[-1], _derivative(polynomials[-1])))
    found = []
    for enclosure in enclosures:
        low, high = enclosure.lower * unit, enclosure.upper * unit
        # the last polynomial is constant, so that its count is 0
        counts = [_roots_from(p, low) - _roots_above(p, high) for p in polynomials]
        if counts[0] != len(enclosure.indices):
            raise Refuted(f"the enclosure of {enclosure.indices} holds {counts[0]} eigenvalues")
        distinct = [n - m for n, m in pairwise(counts)]  # (Q3)
        found.append([sum(d > i for d in distinct) for i in range(distinct[0])])
    return found


def _roots_above(p: Polynomial, x: Fraction) -> int:
    """Return the number of roots above x.  (Q2)"""
    signs = [c > 0 for c in _at(p, x) if c]
    return sum(a != b for a, b in pairwise(signs))


def _roots_from(p: Polynomial, x: Fraction) -> int:
    """Return the number of roots that are x or above.  (Q2)"""
    coefficients = _at(p, x)
    vanishing = next(i for i, c in enumerate(reversed(coefficients)) if c)
    return _roots_above(p, x) + vanishing


def _at(p: Polynomial, x: Fraction) -> Polynomial:
    """Return the coefficients of p(x + z), each up to a positive factor, by Horner's scheme again and again."""
    # q^n p(y / q) has integer coefficients in y, and its coefficients at qx are those of p times powers of q
    c = [a * x.denominator**i for i, a in enumerate(p)]
    for end in range(len(c), 1, -1):
        for i in range(1, end):
            c[i] += c[i - 1] * x.numerator
    return c


def _gcd(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return the greatest common divisor by Euclid's algorithm."""
    while b:
        a, b = b, _remainder(a, b)
    return a


def _remainder(a: Polynomial, b: Polynomial) -> Polynomial:
    """Return a multiple of the remainder of a by b."""
    rest = list(a)
    while len(rest) >= len(b):
        factor = rest[0]
        rest = [x * b[0] - factor * y for x, y in zip(rest, b + [0] * (len(rest) - len(b)), strict=True)][1:]
    while rest and not rest[0]:
        rest = rest[1:]
    return _primitive(rest)


def _derivative(p: Polynomial) -> Polynomial:
    degree = len(p) - 1
    return _primitive([c * (degree - i) for i, c in enumerate(p[:-1])])


def _primitive(p: Polynomial) -> Polynomial:
    """Return p without the common divisor of its coefficients."""
    return [c // gcd(*p) for c in p] if p else p
