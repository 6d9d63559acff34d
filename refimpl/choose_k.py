"""Choosing K: what K-means finds for several K, by four measures (Peking lecture, "choosing K").

Notation: J_K the lowest distortion found with K clusters; silhouettes and ratios as in `silhouette`.

    1. fit         K-means from one start or several for each K, keeping the lowest J       (CK1)
    2. measure     J, the mean silhouette, the mean distance within clusters over that      (CK2)
                   between them; the last two need two clusters
    3. best        the K with the greatest mean silhouette, the least such K on a tie       (CK3)
    4. elbow       the K at which J bends most: J_(K-1) - 2 J_K + J_(K+1) is greatest,      (CK4)
                   the least such K on a tie

There is no best K (the lecture says so): 3 and 4 are two habits, which need not agree. (CK4) compares neighbours, so it
is defined for K between the least and the greatest that were tried.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise
from typing import Generic

from refimpl import kmeans_starts, linear, silhouette
from refimpl.errors import BadInput
from refimpl.linear import Matrix
from refimpl.numbers import N, Numbers


@dataclass(frozen=True)
class Clustering(Generic[N]):
    """What was found for one K."""

    labels: list[int]
    """Length N."""
    centers: list[list[Fraction]]
    """K x D."""
    distortion: Fraction
    """J, exact."""
    silhouette: N | None
    """The mean over all points; None for one cluster."""
    ratio: N | None
    """Within over between; None for one cluster, and where every cluster is a single point."""


def sweep(
    points: Matrix[Fraction], starts: Mapping[int, Sequence[Matrix[Fraction]]], numbers: Numbers[N]
) -> dict[int, Clustering[N]]:
    """Return the clustering of lowest J for each K, in the order of the starts.

    points: N x D, exact; starts: by K, at least one K x D matrix of centers. Raises BadInput, and KTooLarge for more
    centers than points.
    """
    if not starts:
        raise BadInput("starts is empty; give centers to start from for one K at least")
    return {k: _clustering(points, k, centers, numbers) for k, centers in starts.items()}


def _clustering(
    points: Matrix[Fraction], k: int, starts: Sequence[Matrix[Fraction]], numbers: Numbers[N]
) -> Clustering[N]:
    for i, centers in enumerate(starts):
        if len(centers) != k:
            raise BadInput(f"starts[{k}][{i}] has {len(centers)} centers; give {k}")
    # keeping the lowest J                                                                  (CK1)
    state = kmeans_starts.restarts(points, starts)
    return Clustering(state.labels, state.centers, state.distortion, *measures(points, state.labels, numbers))


def measures(
    points: Matrix[N] | Matrix[Fraction], labels: Sequence[int], numbers: Numbers[N]
) -> tuple[N | None, N | None]:
    """Return the mean silhouette and the ratio, None where they are undefined.

    points: exact, or of the kind `numbers`.
    """
    clusters = len(set(labels))
    if clusters < 2:
        return None, None
    # the mean silhouette, the ratio                                                        (CK2)
    samples = silhouette.samples(points, labels, numbers)
    mean = linear.quotient(linear.total(samples), len(samples))
    return mean, silhouette.ratio(points, labels, numbers) if clusters < len(labels) else None


def best(found: Mapping[int, Clustering[N]]) -> int:
    """Return the K with the greatest mean silhouette. Raises BadInput where no K has one.  (CK3)"""
    silhouettes = [(k, c.silhouette) for k, c in sorted(found.items()) if c.silhouette is not None]
    if not silhouettes:
        raise BadInput("no K has two clusters or more, so that there is no silhouette; try K = 2")
    choice, most = silhouettes[0]
    for k, mean in silhouettes[1:]:
        if mean > most:
            choice, most = k, mean
    return choice


def elbow(distortions: Mapping[int, N]) -> int:
    """Return the K at which J bends most, of three or more neighbouring K. Raises BadInput.  (CK4)"""
    ks = sorted(distortions)
    if len(ks) < 3 or any(b - a != 1 for a, b in pairwise(ks)):
        raise BadInput(f"distortions has the K {ks}; give three or more, without a gap")
    # J_(K-1) - 2 J_K + J_(K+1)                                                             (CK4)
    bends = {k: distortions[k - 1] - distortions[k] * 2 + distortions[k + 1] for k in ks[1:-1]}
    choice = ks[1]
    for k in ks[2:-1]:
        if bends[k] > bends[choice]:
            choice = k
    return choice
