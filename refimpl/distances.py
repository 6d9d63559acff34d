"""Euclidean distances between points, added up over clusters: what silhouettes and ratios of distances are made of.

Notation: N points x_n in D dimensions, labels l_n in 0..K-1, G_k the points with label k, |x| the Euclidean norm.

    1. squares  |x_n - x_m|^2; of exact points exact, as integers over one denominator      (D1)
    2. sums     D_nk = sum of |x_n - x_m| over the x_m in G_k                               (D2)
    3. merged   D of unions of clusters: sums of their columns                              (D3)

Each distance is a root of (D1), and of exact points the root is all that rounds, however far from the origin they are.
In balls the roots of integers s are taken in fixed point: R = isqrt(4^p s), so that R <= 2^p sqrt(s) < R + 1. A sum
with c roots that are not exact lies between the sum of the R and c units more.
"""

from collections.abc import Callable, Sequence
from fractions import Fraction
from math import frexp, isqrt, ldexp
from operator import mul, sub
from typing import TypeAlias, cast

from refimpl import linear
from refimpl.errors import BadInput
from refimpl.linear import Matrix
from refimpl.numbers import Ball, N, Numbers

Exact: TypeAlias = Matrix[Fraction]


def sums(points: Matrix[N] | Exact, labels: Sequence[int], k: int, numbers: Numbers[N]) -> list[list[N]]:
    """Return D, N x K, of points that are exact or of the kind that is given, in the unit of the points.

    labels: N integers from 0 to K - 1. Raises EmptyData or BadInput on points that are ragged or empty,
    and BadInput where a sum of binary64 numbers exceeds their range.
    """
    linear.shape(cast(Matrix[N], points), "points")
    (rows,), unit = linear.cleared(cast(Matrix[N], points))
    exact = all(isinstance(x, int) for row in rows for x in row)
    zero = numbers(0)
    if exact and isinstance(zero, Ball):
        return cast(list[list[N]], _fixed(cast(list[list[int]], rows), labels, k, unit, zero.prec))
    if isinstance(rows[0][0], float):
        # a power of 2, by which nothing is rounded, keeps squares within the range of binary64
        _, power = frexp(max(abs(cast(float, x)) for row in rows for x in row))
        near = [[cast(N, ldexp(cast(float, x), -power)) for x in row] for row in rows]
        if near != rows:
            found = sums(near, labels, k, numbers)
            try:
                return [[cast(N, ldexp(cast(float, x), power)) for x in row] for row in found]
            except OverflowError:
                raise BadInput(
                    "the distances of points add up to more than binary64 holds; give fractions, or another unit"
                ) from None
    root = _root_of_exact(cast(list[list[int]], rows), unit, numbers) if exact else numbers.sqrt
    terms: list[list[list[N]]] = [[[] for _ in range(k)] for _ in rows]
    for n, x in enumerate(rows):
        for m, y in enumerate(rows[:n]):
            # |x_n - x_m|, the root of its square                                          (D1)
            distance = root(linear.squared_distance(x, y))
            terms[n][labels[m]].append(distance)
            terms[m][labels[n]].append(distance)
    # D_nk = sum of |x_n - x_m| over the x_m in G_k                                         (D2)
    return [[linear.total(row) if row else zero for row in line] for line in terms]


def merged(found: Matrix[N], into: Sequence[int], k: int, numbers: Numbers[N]) -> list[list[N]]:
    """Return D, N x K, of unions of M clusters, from their own D, N x M: cluster m becomes a part of into[m].

    So the roots are taken once for many labellings: those of the cells into which they cut the points together.
    """
    parts = [[m for m, union in enumerate(into) if union == j] for j in range(k)]
    # the columns of the parts, added up                                                    (D3)
    return [[linear.total([row[m] for m in part]) if part else numbers(0) for part in parts] for row in found]


def _root_of_exact(rows: list[list[int]], unit: int, numbers: Numbers[N]) -> Callable[[N], N]:
    """Return the function from squares of integers to distances; roots are taken near 1, where no float overflows."""
    near = 2 ** max(abs(x) for row in rows for x in row).bit_length()
    scale = numbers(Fraction(near, unit))
    return lambda square: numbers.sqrt(numbers(Fraction(cast(int, square), near * near))) * scale


def _fixed(rows: list[list[int]], labels: Sequence[int], k: int, unit: int, prec: int) -> list[list[Ball]]:
    """Return D in balls of so many bits, of integer points over a common denominator."""
    squares = [[sum(map(mul, d, d)) for y in rows[:n] for d in (list(map(sub, x, y)),)] for n, x in enumerate(rows)]
    # so many places that the least distance has all its bits
    least = min((s for line in squares for s in line if s), default=1)
    places = max(prec - least.bit_length() // 2, 0)
    below = [[0] * k for _ in rows]
    inexact = [[0] * k for _ in rows]
    for n, line in enumerate(squares):
        own = labels[n]
        for m, s in enumerate(line):
            shifted = s << 2 * places
            root = isqrt(shifted)
            more = root * root != shifted
            label = labels[m]
            below[n][label] += root
            below[m][own] += root
            inexact[n][label] += more
            inexact[m][own] += more
    # the sum lies between that of the R and so many units more                             (D2)
    return [
        [
            Ball(2 * r + c, c, -places - 1, prec + len(rows).bit_length()) / unit
            for r, c in zip(line, count, strict=True)
        ]
        for line, count in zip(below, inexact, strict=True)
    ]
