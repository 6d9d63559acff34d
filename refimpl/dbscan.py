"""DBSCAN: clusters are where points lie densely, and the rest is noise (Ester, Kriegel, Sander and Xu 1996).

Notation: N points x_n in D dimensions, a radius eps >= 0, a number M of points; B_n the neighbours of x_n.

    1. neighbours   B_n = the m with |x_n - x_m|^2 <= eps^2; n itself is one of them        (B1)
    2. core         n is a core point where |B_n| >= M                                      (B2)
    3. clusters     two core points lie in one cluster where a chain of core points, each a
                    neighbour of the next, leads from one to the other; clusters count
                    from 0 in the order of their first core points                          (B3)
    4. border       any other point belongs to a cluster if a core point of it is among its
                    neighbours; if those of several clusters are, the lowest cluster wins,
                    and `reach` has them all                                                (B4)
    5. noise        what belongs to no cluster has the label -1                             (B5)

Clusters of core points do not depend on the order of the points, but for their names; (B4) is where the algorithm of
1996 depends on it, which grows one cluster after the other and leaves taken points alone. Everything is decided by one
comparison of squares, so that exact numbers are exact: 4/10 is a neighbour of 3/10 at eps = 1/10, while in binary64
0.4 - 0.3 > 0.1. M = 1 makes every point a core point, and clusters those of single linkage cut at eps.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from refimpl import linear
from refimpl.errors import BadInput
from refimpl.linear import Matrix
from refimpl.numbers import N

NOISE = -1
"""The label of what belongs to no cluster."""


@dataclass(frozen=True)
class Clustering:
    """What DBSCAN finds."""

    labels: list[int]
    """l, length N: a cluster, or NOISE."""
    core: list[bool]
    """Length N: whether it is a core point."""
    reach: list[list[int]]
    """Length N: all clusters that a point might belong to, ascending; its own alone of a core point, none of noise."""

    @property
    def ambiguous(self) -> list[int]:
        """The border points that several clusters reach."""
        return [n for n, clusters in enumerate(self.reach) if len(clusters) > 1]


def fit(points: Matrix[N], eps: N, least: int) -> Clustering:
    """Return the clustering of N points with at least M = `least` neighbours of each core point, itself included.

    Raises EmptyData or BadInput, and Undecided where a ball cannot tell whether two points are neighbours.
    """
    return clustering(neighbours(points, eps), least)


def neighbours(points: Matrix[N], eps: N) -> list[list[int]]:
    """Return B, N lists of indices, ascending. Raises as `fit` does."""
    linear.shape(points, "points")
    _check_radius(eps)
    (rows, ((radius,),)), _ = linear.cleared(points, [[eps]])
    # |x_n - x_m|^2 <= eps^2, all of it multiplied by L^2                                   (B1)
    return _near([[linear.squared_distance(x, y) for y in rows[:n]] for n, x in enumerate(rows)], radius * radius)


def within(dissimilarity: Matrix[N], eps: N) -> list[list[int]]:
    """Return the same from the dissimilarities V, N x N and symmetric, of which the upper half is not read.

    An item is its own neighbour, whatever V_nn is. Raises as `fit` does.
    """
    linear.check_square(dissimilarity, "dissimilarity", "item")
    linear.check_symmetric(dissimilarity, "dissimilarity")
    _check_radius(eps)
    return _near([row[:i] for i, row in enumerate(dissimilarity)], eps)


def clustering(near: Sequence[Sequence[int]], least: int) -> Clustering:
    """Return the clustering that lists of neighbours imply. Raises BadInput where M is less than 1."""
    if least < 1:
        raise BadInput(f"least is {least}; give at least 1 neighbour, because a point counts as its own")
    # n is a core point where |B_n| >= M                                                    (B2)
    core = [len(found) >= least for found in near]
    labels = [NOISE] * len(near)
    clusters = 0
    for n in range(len(near)):
        if core[n] and labels[n] == NOISE:
            # a chain of core points, each a neighbour of the next                          (B3)
            labels[n], chain = clusters, [n]
            while chain:
                for m in near[chain.pop()]:
                    if core[m] and labels[m] == NOISE:
                        labels[m] = clusters
                        chain.append(m)
            clusters += 1
    reach = [[labels[n]] if core[n] else sorted({labels[m] for m in near[n] if core[m]}) for n in range(len(near))]
    # the lowest cluster wins                                                               (B4)
    # what belongs to no cluster has the label -1                                           (B5)
    return Clustering([found[0] if found else NOISE for found in reach], core, reach)


def _near(below: Matrix[N], bound: N) -> list[list[int]]:
    """Return who is near to whom, ascending, of the rows of a symmetric matrix left of its diagonal."""
    found: list[list[int]] = [[] for _ in below]
    for n, row in enumerate(below):
        for m, d in enumerate(row):
            if d <= bound:
                found[n].append(m)
                found[m].append(n)
        found[n].append(n)
    return found


def _check_radius(eps: N) -> None:
    """Raise BadInput unless eps is 0 or more, which NaN is not."""
    if not eps >= 0:
        raise BadInput(f"eps is {eps}; give a radius that is 0 or more")
