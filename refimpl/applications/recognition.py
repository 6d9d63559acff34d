"""Recognising faces: a picture is of the person whose picture is nearest (Nankai lecture, "eigenfaces").

Notation: learnt pictures x_i and tests t_j of D pixels; y_i and z_j their coefficients along L eigenfaces; R how far
any coefficient may be off.

    1. pixels        the i of least |t_j - x_i|^2 = t.t - 2 t.x + x.x, in integers, by `gram`;         (RC1)
                     the lowest on a tie
    2. coefficients  the i of least d_l^2 = (z_1 - y_1)^2 + ... + (z_l - y_l)^2, l = 1, ..., L         (RC2)
    3. decided       a difference of two coefficients is off by 2 R at most, a distance d_l by         (RC3)
                     2 R l^(1/2); of two distances that differ by more than twice that the lesser
                     one is known

A picture of a thousand pixels is a few dozen numbers in 2, and they need not serve worse: most of what they leave out
is noise.
"""

from collections.abc import Sequence
from itertools import accumulate
from math import isqrt
from operator import mul, sub

from refimpl import gram, linear
from refimpl.errors import BadInput, Undecided
from refimpl.numbers import Ball

BITS = 64
"""Coefficients are compared to so many binary places."""


def by_pixels(learnt: Sequence[Sequence[int]], tests: Sequence[Sequence[int]]) -> list[int]:
    """Return the index of the learnt picture that is nearest to each test.

    learnt and tests: rows of D grey levels, integers. Raises EmptyData or BadInput.
    """
    (n, d), (_, width) = gram.check(learnt, "learnt"), gram.check(tests, "tests")
    if width != d:
        raise BadInput(f"tests have {width} pixels but learnt has {d}; give both as many")
    products = gram.gram([*learnt, *tests])
    squares = [products[i][i] for i in range(n)]
    found = []
    for row in products[n:]:
        # |t - x|^2 - t.t = x.x - 2 t.x                                                    (RC1)
        distances = [square - 2 * product for square, product in zip(squares, row, strict=False)]
        found.append(distances.index(min(distances)))
    return found


def by_coefficients(learnt: Sequence[Sequence[Ball]], tests: Sequence[Sequence[Ball]]) -> list[list[int]]:
    """Return for each of 1, ..., L coefficients the indices of the learnt pictures that are nearest to the tests.

    learnt and tests: rows of L coefficients. Raises EmptyData, BadInput, and Undecided where the coefficients are
    not known well enough to tell which picture is nearer.
    """
    (_, columns), (_, width) = linear.shape(learnt, "learnt"), linear.shape(tests, "tests")
    if width != columns:
        raise BadInput(f"tests have {width} coefficients but learnt has {columns}; give those of the same eigenfaces")
    off = max(_places(y.r, y.e) for row in (*learnt, *tests) for y in row) + 2
    known, asked = ([[_places(y.m, y.e) for y in row] for row in rows] for rows in (learnt, tests))
    found: list[list[int]] = [[] for _ in range(columns)]
    for z in asked:
        # (z_1 - y_1)^2 + ... + (z_l - y_l)^2                                              (RC2)
        distances = []
        for y in known:
            difference = list(map(sub, z, y))
            distances.append(list(accumulate(map(mul, difference, difference))))
        for l, column in enumerate(zip(*distances, strict=True)):
            first = min(range(len(column)), key=column.__getitem__)
            second = min((d for i, d in enumerate(column) if i != first), default=None)
            # sqrt(second) - sqrt(first) > 4 R (l + 1)^(1/2)                               (RC3)
            if second is not None and isqrt(second) - isqrt(column[first]) - 1 <= 4 * off * (isqrt(l + 1) + 1):
                raise Undecided(
                    f"test {len(found[l])} is equally near to two pictures by {l + 1} coefficients, as far as they are "
                    "known; ask for more digits, or leave out one of two pictures that are equal"
                )
            found[l].append(first)
    return found


def right(found: Sequence[int], learnt: Sequence[int], tests: Sequence[int]) -> int:
    """Return how many tests are recognised: their person is that of the learnt picture that was found.

    learnt and tests: the person of each picture. Raises BadInput unless every test has been looked for.
    """
    if len(found) != len(tests):
        raise BadInput(f"found has {len(found)} entries for {len(tests)} tests; give one for each")
    return sum(learnt[i] == person for i, person in zip(found, tests, strict=True))


def _places(m: int, e: int) -> int:
    """Return m 2^e in units of 2^-BITS, rounded down."""
    shift = e + BITS
    return m << shift if shift >= 0 else m >> -shift
