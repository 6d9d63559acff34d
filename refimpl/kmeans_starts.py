"""Where K-means starts: restarts, seeded starts and the law of k-means++.

Notation as in `kmeans`; D(x_n) is the distance from x_n to the nearest point chosen so far.

    1. seeding        the next center is x_n with probability D(x_n)^2 / sum_m D(x_m)^2    (S1)
    2. seeded_starts  K different points, drawn evenly by an explicit seed                 (S2)
    3. restarts       fit from several starts and keep the lowest J, because Lloyd's
                      algorithm ends in a local minimum (Peking lecture, section 1)        (S3)
"""

from collections.abc import Sequence
from random import Random

from refimpl import kmeans, linear
from refimpl.errors import BadInput, Undefined
from refimpl.linear import Matrix
from refimpl.numbers import N


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
    weights = [min(linear.squared_distance(x, points[i]) for i in chosen) for x in points]
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
