"""Silhouettes: how much nearer a point is to its own cluster than to the next (Peking lecture, "choosing K").

Notation: N points x_n with labels l_n, G_k the points with label k, |G_k| how many, D_nk the sum of the distances from
x_n to G_k (`distances`); clusters without points do not count.

    1. samples  a_n = D_(n, l_n) / (|G_(l_n)| - 1),  b_n = min over k != l_n of D_nk / |G_k|,
                s_n = (b_n - a_n) / max(a_n, b_n);  a singleton has s_n = 0                 (H1)
    2. clusters the lecture's form, of classes: a_k the mean distance of two points of G_k, 0 for a
                singleton, b_k the least mean distance between a point of G_k and one of another class,
                S_k = (b_k - a_k) / max(a_k, b_k)                                           (H2)
    3. ratio    mean distance of two points of one cluster over that of points of two       (H3)
    4. verdict  the lecture's words for a mean silhouette                                   (H4)

(H1) is Rousseeuw's (1987, Journal of Computational and Applied Mathematics 20, 53-65), and what libraries compute; its
mean is what the lecture's table holds. The lecture's own words define (H2). Where a and b are both 0 there is nothing
to tell, and s is 0. In balls minimum and maximum are enclosed and need no decision, so that ties do no harm.
"""

from collections.abc import Sequence
from typing import Literal, TypeAlias, cast

from refimpl import distances, kmeans, linear
from refimpl.distances import Exact
from refimpl.errors import Undefined
from refimpl.linear import Matrix, Vector
from refimpl.numbers import N, Numbers, greatest, least

Verdict: TypeAlias = Literal["poor", "fair", "good"]


def samples(
    points: Matrix[N] | Exact, labels: Sequence[int], numbers: Numbers[N], known: Matrix[N] | None = None
) -> list[N]:
    """Return s, length N, each from -1 to 1.

    points: exact, or of the kind `numbers`; known: D, where it is known already (also in 2 and 3). Raises BadInput, and
    Undefined where fewer than two clusters have points.
    """
    sizes = _sizes(points, labels)
    found = []
    for own, row in zip(labels, _sums(points, labels, len(sizes), numbers, known), strict=True):
        if sizes[own] == 1:
            found.append(numbers(0))
            continue
        # a_n = D_(n, l_n) / (|G_(l_n)| - 1),  b_n = min D_nk / |G_k|                       (H1)
        a = row[own] / (sizes[own] - 1)
        b = least([d / size for k, (d, size) in enumerate(zip(row, sizes, strict=True)) if k != own and size])
        found.append(_silhouette(a, b, numbers))
    return found


def clusters(
    points: Matrix[N] | Exact, labels: Sequence[int], numbers: Numbers[N], known: Matrix[N] | None = None
) -> list[N]:
    """Return S, length K, of the lecture's form; an empty cluster has no place in it. Raises as `samples` does."""
    sizes = _sizes(points, labels)
    between = _between(points, labels, sizes, numbers, known)
    found = []
    for k, size in enumerate(sizes):
        if size:
            # a_k and b_k, means over pairs                                                 (H2)
            a = between[k][k] / (size * (size - 1)) if size > 1 else numbers(0)
            b = least([between[k][j] / (size * other) for j, other in enumerate(sizes) if j != k and other])
            found.append(_silhouette(a, b, numbers))
    return found


def ratio(points: Matrix[N] | Exact, labels: Sequence[int], numbers: Numbers[N], known: Matrix[N] | None = None) -> N:
    """Return the mean distance within clusters over that between them; small is good.

    Raises as `samples` does, and Undefined where no cluster has two points or all points of two clusters coincide.
    """
    sizes = _sizes(points, labels)
    between = _between(points, labels, sizes, numbers, known)
    n, pairs = len(labels), sum(size * (size - 1) for size in sizes)
    if not pairs:
        raise Undefined("every cluster is a single point, so that there is no distance within one; give fewer clusters")
    within = linear.total(between[k][k] for k in range(len(sizes)))
    apart = linear.total(linear.total(row) for row in between) - within
    if linear.is_nothing(apart):
        raise Undefined("all points of different clusters coincide; give points that differ")
    # mean over pairs of one cluster over that of pairs of two                              (H3)
    return (within / pairs) / (apart / (n * (n - 1) - pairs))


def verdict(mean: N) -> Verdict:
    """Return the lecture's judgement of a mean silhouette: poor below 0, fair up to 1/2, good above.  (H4)"""
    if mean < 0:
        return "poor"
    return "good" if mean * 2 > 1 else "fair"


def _sizes(points: Matrix[N] | Exact, labels: Sequence[int]) -> list[int]:
    """Return |G_k|. Raises EmptyData, BadInput and Undefined."""
    linear.shape(cast(Matrix[N], points), "points")
    k = max(labels, default=0) + 1
    kmeans.check_labels(labels, len(points), k)
    sizes = [0] * k
    for label in labels:
        sizes[label] += 1
    if sum(size > 0 for size in sizes) < 2:
        raise Undefined("all points are in one cluster, and a silhouette compares two; give labels of two clusters")
    return sizes


def _sums(
    points: Matrix[N] | Exact, labels: Sequence[int], k: int, numbers: Numbers[N], known: Matrix[N] | None
) -> Matrix[N]:
    return distances.sums(points, labels, k, numbers) if known is None else known


def _between(
    points: Matrix[N] | Exact,
    labels: Sequence[int],
    sizes: Sequence[int],
    numbers: Numbers[N],
    known: Matrix[N] | None,
) -> list[list[N]]:
    """Return the K x K sums of the distances from points of one cluster to those of another."""
    k = len(sizes)
    rows: list[list[Vector[N]]] = [[] for _ in range(k)]
    for label, row in zip(labels, _sums(points, labels, k, numbers, known), strict=True):
        rows[label].append(row)
    return [
        [linear.total(column) for column in linear.transpose(members)] if members else [numbers(0)] * k
        for members in rows
    ]


def _silhouette(a: N, b: N, numbers: Numbers[N]) -> N:
    most = greatest([a, b])
    return numbers(0) if linear.is_nothing(most) else (b - a) / most
