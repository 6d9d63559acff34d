"""Where K-means starts: restarts, seeded starts and the law of k-means++.

Notation as in `kmeans`; D(x_n) is the distance from x_n to the nearest point chosen so far.

    1. seeding           the next center is x_n with probability D(x_n)^2 / sum_m D(x_m)^2 (S1)
    2. seeded_starts     K different points, drawn evenly by an explicit seed              (S2)
    3. restarts          fit from several starts and keep the lowest J, because Lloyd's
                         algorithm ends in a local minimum (Peking lecture, section 1)     (S3)
    4. plus_plus_starts  x_n with n = floor(u N), then K - 1 times the lowest n whose sum of
                         the probabilities (S1) of x_0, ..., x_n exceeds u; each u is the next
                         number of the seed's, 0 <= u < 1                                  (S4)

Floats and mpf are taken as the exact numbers that they are where (S4) compares, so that no rounding decides a draw:
the same seed gives the same starts on every machine.
"""

from collections.abc import Sequence
from fractions import Fraction
from random import Random
from typing import TypeAlias, cast

from refimpl import kmeans, linear
from refimpl.errors import BadInput, Undefined
from refimpl.linear import Matrix
from refimpl.numbers import Ball, Mpf, N, least

Exact: TypeAlias = Matrix[Fraction]


def seeding(points: Matrix[N], chosen: Sequence[int]) -> list[N]:
    """Return the probability with which k-means++ draws each of the N points next.

    chosen: indices of the points that are centers already (Arthur and Vassilvitskii 2007, section 2.2).
    Raises BadInput, and Undefined where every point coincides with a chosen one.
    """
    linear.shape(points, "points")
    if not chosen:
        raise BadInput("chosen is empty; give the index of at least one point")
    for i, index in enumerate(chosen):
        if not 0 <= index < len(points):
            raise BadInput(f"chosen[{i}] is {index}; give an index from 0 to {len(points) - 1}")
    (points,), _ = linear.cleared(points)
    # p_n = D(x_n)^2 / sum_m D(x_m)^2, D being the distance to the nearest chosen point     (S1)
    weights = [least([linear.squared_distance(x, points[i]) for i in chosen]) for x in points]
    mass = linear.total(weights)
    if linear.equals(mass, 0):
        raise Undefined("every point coincides with a chosen one, so no next center can be drawn")
    return [linear.quotient(weight, mass) for weight in weights]


def restarts(points: Matrix[N], starts: Sequence[Matrix[N]]) -> kmeans.State[N]:
    """Return the fit with the lowest distortion, the first of these on a tie.  (S3)"""
    if not starts:
        raise BadInput("starts is empty; give at least one K x D matrix of centers")
    best, _ = kmeans.fit(points, starts[0])
    for centers in starts[1:]:
        state, _ = kmeans.fit(points, centers)
        if state.distortion < best.distortion:
            best = state
    return best


def seeded_starts(points: Matrix[N], k: int, *, seed: int, count: int) -> list[list[list[N]]]:
    """Return `count` starts of k different points each, drawn evenly, a function of the seed alone.

    Only Random.random() is used: it is the one method whose sequence Python promises never to change.
    """
    n, _ = linear.shape(points, "points")
    kmeans.check_k(k, n)
    source = Random(seed)
    starts = []
    for _ in range(count):
        order = list(range(n))
        for i in range(k):  # the first k places of a Fisher-Yates shuffle
            j = i + int(source.random() * (n - i))
            order[i], order[j] = order[j], order[i]
        starts.append([list(points[i]) for i in order[:k]])
    return starts


def plus_plus_starts(points: Matrix[N], k: int, *, seed: int, count: int) -> list[list[list[N]]]:
    """Return `count` starts of k different points each, drawn by k-means++, a function of the seed alone.

    Only Random.random() is used, as in `seeded_starts`, and every comparison is exact. Raises BadInput, KTooLarge,
    Undefined where there are fewer than k different points, and Undecided where balls cannot tell who is drawn.
    """
    n, _ = linear.shape(points, "points")
    kmeans.check_k(k, n)
    law_of = _exactly(points)
    source = Random(seed)
    starts = []
    for _ in range(count):
        chosen = [int(Fraction(source.random()) * n)]
        while len(chosen) < k:
            chosen.append(_drawn(seeding(law_of, chosen), Fraction(source.random())))
        starts.append([list(points[i]) for i in chosen])
    return starts


def _drawn(law: Sequence[Fraction], u: Fraction) -> int:
    """Return the lowest n with p_0 + ... + p_n > u, for u < 1, which the sum of all p exceeds.  (S4)"""
    reached = Fraction(0)
    for n, probability in enumerate(law):
        reached = reached + probability
        if reached > u:
            return n
    raise AssertionError("the probabilities add up to 1")  # pragma: no cover


def _exactly(points: Matrix[N]) -> Exact:
    """Return the points as fractions, which have the values of the numbers; balls remain balls."""
    return [[_fraction(x) for x in row] for row in points]


def _fraction(x: N) -> Fraction:
    if isinstance(x, Ball):  # it is compared as a Fraction is, or Undecided
        return cast(Fraction, x)
    if isinstance(x, int | float | Fraction):
        return Fraction(x)
    mpf = cast(Mpf, x)
    modulus = int(mpf.man) * Fraction(2) ** int(mpf.exp)
    return -modulus if x < 0 else modulus
