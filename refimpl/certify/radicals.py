"""Sums of square roots of integers, compared with 0 exactly.

Notation: integers s_i > 0, rational coefficients q_i.

    1. class  sqrt(s) is a rational multiple of sqrt(t) exactly if s t is a square, and then it    (N1)
              is sqrt(s t) / t times sqrt(t)
    2. zero   sum q_i sqrt(s_i) = 0 exactly if the coefficients of every class, brought to one     (N2)
              root, add up to 0

Roots of integers of different classes are linearly independent over the rationals (Besicovitch 1940, Journal of the
London Mathematical Society 15, 3-6), which is (N2). No integer has to be factored.
"""

from collections.abc import Iterable
from fractions import Fraction
from math import isqrt


def is_zero(terms: Iterable[tuple[Fraction, int]]) -> bool:
    """Return whether the sum of q sqrt(s) over pairs (q, s) of a rational number and an integer s >= 0 is 0."""
    sums: dict[int, Fraction] = {}
    for q, s in terms:
        if s:
            sums[s] = sums.get(s, Fraction(0)) + q
    classes: dict[int, Fraction] = {}  # by one integer of each
    for s, q in sums.items():
        for t in classes:
            root = isqrt(s * t)
            if root * root == s * t:
                # sqrt(s) = sqrt(s t) / t sqrt(t)                                          (N1)
                classes[t] += q * Fraction(root, t)
                break
        else:
            classes[s] = q
    return not any(classes.values())  # (N2)
