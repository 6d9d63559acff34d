"""Advertising channels in clusters: the Peking lecture's first example, its road and its tables.

Notation as in `kmeans` and `silhouette`; x_nj column j of the table before it is scaled, G_k the channels of cluster k.

    1. points      missing numbers become means, the seven columns go to [0, 1], categories to codes:   (AD1)
                   `ad_table`
    2. cluster     for each K the lowest J of many seeded starts: `many_starts`                          (AD2)
    3. measure     the mean silhouette over points and those of the classes, the ratio of distances,     (AD3)
                   for all K from one set of roots: of the cells into which all clusterings together
                   cut the points
    4. best        the K of the greatest mean silhouette: `choose_k.best`                                (AD4)
    5. profile     of a column of numbers the mean of each cluster, and its sample standard deviation    (AD5)
                   (sum (x_nj - mean)^2 / (|G_k| - 1))^(1/2), which are two things; of a column of
                   categories the most frequent one and its share, of equals the one that appears first

(AD1) is exact, and so are J, means and shares. Silhouettes and standard deviations are balls.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TypeVar

from refimpl import choose_k, distances, linear, moments, silhouette
from refimpl.applications.ad_table import CATEGORIES, NUMBERS, Channels
from refimpl.applications.many_starts import Ending, Minimum, lowest
from refimpl.errors import Unsupported
from refimpl.linear import Matrix
from refimpl.numbers import EXACT, Ball, Numbers

T = TypeVar("T")

PRINTED_MINIMUM = {8: Fraction("594.0712")}
"""K whose silhouette in the lecture's table is that of another minimum than the lowest, and its J to four decimals."""


@dataclass(frozen=True)
class Measured:
    """A clustering and what is said of it."""

    minimum: Minimum
    clustering: choose_k.Clustering[Ball]
    """The same for `choose_k`, with the mean silhouette over points and the ratio."""
    classes: list[Ball]
    """The silhouettes of the K classes, in the words of the lecture."""


@dataclass(frozen=True)
class Feature:
    """A column of numbers, cluster by cluster."""

    name: str
    means: list[Fraction]
    deviations: list[Ball | Fraction | None]
    """Sample standard deviations; None for a single channel."""


@dataclass(frozen=True)
class Habit:
    """A column of categories, cluster by cluster."""

    name: str
    values: list[str]
    """The most frequent one."""
    shares: list[Fraction]
    """Which share of the cluster has it."""


def measure(points: Matrix[Fraction], minima: Sequence[Minimum], numbers: Numbers[Ball]) -> list[Measured]:
    """Return what is said of each clustering; all must have two clusters or more.  (AD3)"""
    cells = list(dict.fromkeys(zip(*(minimum.labels for minimum in minima), strict=True)))
    index = {cell: m for m, cell in enumerate(cells)}
    of_points = [index[cell] for cell in zip(*(minimum.labels for minimum in minima), strict=True)]
    sums = distances.sums(points, of_points, len(cells), numbers)
    found = []
    for i, minimum in enumerate(minima):
        labels, k = minimum.labels, len(minimum.centers)
        known = distances.merged(sums, [cell[i] for cell in cells], k, numbers)
        samples = silhouette.samples(points, labels, numbers, known)
        single = k == len(points)
        ratio = None if single else silhouette.ratio(points, labels, numbers, known)
        mean = linear.total(samples) / len(samples)
        clustering = choose_k.Clustering(labels, minimum.centers, minimum.distortion, mean, ratio)
        found.append(Measured(minimum, clustering, silhouette.clusters(points, labels, numbers, known)))
    return found


def printed(points: Matrix[Fraction], k: int, found: Sequence[Ending]) -> Minimum | None:
    """Return the minimum whose silhouette the lecture prints for K, if it is not the lowest and a start led there."""
    if (j := PRINTED_MINIMUM.get(k)) is None:
        return None
    near = [ending for ending in found if abs(ending.distortion - j) < Fraction(1, 10)]
    for minimum in lowest(points, near, len(near)) if near else []:
        if abs(minimum.distortion - j) <= Fraction(1, 20000):
            first = next(i for i, ending in enumerate(found) if list(ending.labels) == minimum.labels)
            return Minimum(minimum.labels, minimum.centers, minimum.distortion, minimum.times, first, minimum.steps)
    return None


def best(rows: Sequence[tuple[int, Measured]]) -> int:
    """Return the K of the greatest mean silhouette; of several clusterings of a K the first counts.  (AD4)"""
    return choose_k.best({k: one.clustering for k, one in reversed(rows)})


def profile(channels: Channels, labels: Sequence[int], numbers: Numbers[Ball]) -> tuple[list[Feature], list[Habit]]:
    """Return every column of the table, cluster by cluster.  (AD5)"""
    k = max(labels) + 1
    features = []
    for name, column in zip(channels.header[NUMBERS], channels.filled(), strict=True):
        groups = _split(column, labels, k)
        features.append(Feature(name, [moments.mean(g) for g in groups], [_deviation(g, numbers) for g in groups]))
    habits = []
    for name, entries in zip(channels.header[CATEGORIES], channels.categories, strict=True):
        values, shares = [], []
        for group in _split(entries, labels, k):
            different = [value for value in dict.fromkeys(entries) if value in group]
            value = max(different, key=group.count)
            values.append(value)
            shares.append(Fraction(group.count(value), len(group)))
        habits.append(Habit(name, values, shares))
    return features, habits


def _deviation(group: Sequence[Fraction], numbers: Numbers[Ball]) -> Ball | Fraction | None:
    if len(group) == 1:
        return None
    variance = moments.variance(group, ddof=1)
    try:
        return EXACT.sqrt(variance)
    except Unsupported:
        return numbers.sqrt(numbers(variance))


def _split(column: Sequence[T], labels: Sequence[int], k: int) -> list[list[T]]:
    return [[x for x, label in zip(column, labels, strict=True) if label == j] for j in range(k)]
