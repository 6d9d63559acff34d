"""A bound of all eigenvalues of a symmetric matrix but the m largest, proven in integers.

Notation: symmetric A, n x n, with integer entries; l_1 >= ... >= l_n; integers y_1, ..., y_m in Z^n, any at all;
f a scale, sigma a number, L lower triangular, E symmetric.

    1. deflate  S = 2^f sigma I - 2^f A + sum_i y_i y_i^T                                  (U1)
    2. factor   S = L L^T + E, all integers: l_ij is the nearest integer to                (U2)
                (s_ij - sum_(k<j) l_ik l_jk) / l_jj, and what is left over is e_ij; l_jj is
                the integer part of the root, and so e_jj >= 0
    3. bound    l_(m+1) <= sigma + 2^-f max_i sum_(j != i) |e_ij|                          (U3)

Proof of 3. S >= E, whose diagonal is not negative and whose rest is in norm at most its largest row sum, call it r. For
x orthogonal to all y_i, which form a space of dimension n - m or more, x.Ax = sigma x.x - 2^-f x.Sx
<= (sigma + 2^-f r) x.x; by Courant and Fischer l_(m+1) is at most the largest x.Ax / x.x on such a space.

For good y_i, near 2^(f/2) (rho_i + rho_1 - 2 sigma)^(1/2) times the first m eigenvectors with eigenvalues rho_i, S has
the eigenvalues 2^f (rho_1 - sigma), m times, and 2^f (sigma - l_j) for the others. All is exact but for the entries of
2^f A where f < 0: cut to integers they change A 2^f by less than 1 each, in norm by less than n.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import isqrt

from refimpl.errors import Refuted
from refimpl.linear import integer_dot

SPARE = 8
"""Bits that remain of the distance between sigma and the eigenvalues when the roundings are taken off."""

Integers = Sequence[Sequence[int]]


def bound(a: Integers, vectors: Integers, values: Sequence[Fraction], sigma: Fraction) -> Fraction:
    """Return a proven bound of all eigenvalues but m, near sigma; m approximate eigenpairs help to find it.

    Raises Refuted where sigma is not proven to exceed the eigenvalues.
    """
    n, size = len(a), max(max(map(abs, row)) for row in a).bit_length()
    distance = min(values) - sigma
    if distance <= 0:
        raise Refuted("the bound of the other eigenvalues is not below those that are given")
    # Roundings of L amount to n 2^-k of the largest entry; the distance is 2^-near of it.
    near = size + distance.denominator.bit_length() - distance.numerator.bit_length()
    k = n.bit_length() + max(0, near) + SPARE
    f = 2 * k - size
    power = Fraction(2) ** f
    columns = []
    for x, value in zip(vectors, values, strict=True):
        square = integer_dot(x, x)
        weight = power * (value + max(values) - 2 * sigma) / square
        more = square.bit_length() + SPARE
        factor = isqrt((weight.numerator << 2 * more) // weight.denominator)
        columns.append([y * factor >> more for y in x])
    rows = list(zip(*columns, strict=True))
    top = power * sigma
    whole = top.numerator // top.denominator
    # S = 2^f sigma I - 2^f A + sum_i y_i y_i^T                                             (U1)
    s = [
        [
            integer_dot(x, y) - (entry << f if f >= 0 else entry >> -f)
            for entry, y in zip(row, rows[: i + 1], strict=False)
        ]
        for i, (row, x) in enumerate(zip(a, rows, strict=True))
    ]
    for i, row in enumerate(s):
        row[i] += whole
    return (whole + _left_over(s) + (n if f < 0 else 0)) / power


def _left_over(s: Integers) -> int:
    """Return the largest row sum of |e_ij|, j != i, for the lower triangle of S. Raises Refuted.  (U2)"""
    lower: list[list[int]] = []
    sums = [0] * len(s)
    for i, entries in enumerate(s):
        row: list[int] = []
        for j, other in enumerate(lower):
            # l_ij l_jj + e_ij = s_ij - sum_(k<j) l_ik l_jk                                 (U2)
            rest, pivot = entries[j] - integer_dot(row, other), other[j]
            entry = (2 * rest + pivot) // (2 * pivot)
            row.append(entry)
            left = abs(rest - entry * pivot)
            sums[i] += left
            sums[j] += left
        rest = entries[i] - integer_dot(row, row)
        if rest <= 0:
            raise Refuted("an eigenvalue that is not among those given is not proven to lie below the bound")
        row.append(isqrt(rest))
        lower.append(row)
    return max(sums)
