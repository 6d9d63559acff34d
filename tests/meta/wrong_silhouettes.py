"""Silhouettes that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from collections.abc import Sequence
from operator import mul, sub
from typing import Any

from mistake import ERROR, FAIL, Wrong
from textbook_silhouettes import ByCluster, Labels, Rows, Vector

SAMPLES = ("silhouette.samples",)
CLUSTERS = ("silhouette.clusters",)
BOTH = (*SAMPLES, *CLUSTERS)


# --- distances ----------------------------------------------------------------------------------------


class SquaredLengths(Wrong):
    """Distances are squared."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {"silhouette.samples/plane": (FAIL, "squared distances")}

    def apart(self, x: Vector, y: Vector) -> float:
        return super().apart(x, y) ** 2


class ExpandedLengths(Wrong):
    """The square of a distance is |x|^2 - 2 x.y + |y|^2."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {
        "silhouette.samples/offset-1e8": (FAIL, "expanded squares, which leave nothing"),
        "silhouette.samples/offset-plane": (FAIL, "where a few digits are left"),
        "silhouette.clusters/offset-1e8": (FAIL, "expanded squares"),
        "choose_k.sweep/offset-1e8": (FAIL, "distances from expanded squares"),
        "choose_k.sweep/large-numbers": (FAIL, "squares of coordinates that overflow"),
    }

    def apart(self, x: Vector, y: Vector) -> float:
        xx, xy, yy = (self.total(map(mul, u, v)) for u, v in ((x, x), (x, y), (y, y)))
        return math.sqrt(max(xx - 2 * xy + yy, 0.0))


class OverflowingLengths(Wrong):
    """Squares are added as they are."""

    spoils = SAMPLES
    caught = {"silhouette.samples/large-numbers": (FAIL, "squares that overflow")}

    def apart(self, x: Vector, y: Vector) -> float:
        return math.sqrt(self.total(d * d for d in map(sub, x, y)))


# --- mean distances -----------------------------------------------------------------------------------


class AllOtherClusters(Wrong):
    """All other clusters count, not only the nearest."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {
        "silhouette.samples/three-clusters": (FAIL, "the mean over all other clusters"),
        "silhouette.clusters/three-clusters": (FAIL, "the mean over all other classes"),
    }

    def to_next(self, means: Vector) -> float:
        return self.average(means)


class CountsItself(Wrong):
    """A point is one of those to which its mean distance is taken."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/own-point": (FAIL, "the distance of a point to itself")}

    def within_of_point(self, lengths: Vector) -> float:
        return self.total(lengths) / (len(lengths) + 1)


class PairsWithItself(Wrong):
    """A point and itself are a pair."""

    spoils = CLUSTERS
    caught = {"silhouette.clusters/pairs": (FAIL, "pairs of a point with itself")}

    def within_of_class(self, lengths: Vector, size: int) -> float:
        return self.total(lengths) / size**2


class NearestPoint(Wrong):
    """Another cluster is as near as its nearest point."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {"silhouette.samples/nearest-mean-not-nearest-point": (FAIL, "the nearest point of another cluster")}

    def between(self, lengths: Vector) -> float:
        return min(lengths)


class SimplifiedSilhouette(Wrong):
    """Distances to centers are compared."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/centers-are-not-enough": (FAIL, "the simplified silhouette")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        self.check_silhouettes(points, labels)
        centers = middles(points, labels)
        found = []
        for x, own in zip(points, labels, strict=True):
            b = min(self.apart(x, c) for k, c in centers.items() if k != own)
            found.append(self.balance(self.apart(x, centers[own]), b))
        return {"samples": found, "mean": self.average(found)}


class BetweenCenters(Wrong):
    """Classes are as far apart as their centers."""

    spoils = CLUSTERS
    caught = {"silhouette.clusters/iris-species": (FAIL, "distances between centers")}

    def silhouette_clusters(self, points: Rows, labels: Labels) -> dict[str, Any]:
        self.centers = middles(points, labels)
        return super().silhouette_clusters(points, labels)

    def silhouette_of_class(self, own: int, members: Sequence[ByCluster]) -> float:
        within = [length for lengths in members for length in lengths[own]]
        a = self.within_of_class(within, len(members)) if within else 0.0
        return self.balance(a, min(self.apart(self.centers[own], c) for k, c in self.centers.items() if k != own))


def middles(points: Rows, labels: Labels) -> dict[int, Vector]:
    found = {}
    for k in set(labels):
        group = [x for x, label in zip(points, labels, strict=True) if label == k]
        found[k] = [sum(column) / len(group) for column in zip(*group, strict=True)]
    return found


class EverySecondPoint(Wrong):
    """Distances to every second point are enough where there are more than a hundred."""

    spoils = SAMPLES
    caught = {"silhouette.samples/iris-species": (FAIL, "a sample of the points")}

    def silhouette_of_point(self, own: int, lengths: ByCluster) -> float:
        if sum(map(len, lengths.values())) > 100:
            lengths = {k: row[::2] for k, row in lengths.items()}
        return super().silhouette_of_point(own, lengths)


class EmptyIsNear(Wrong):
    """A label that nobody has is a cluster, whose mean distance is 0."""

    spoils = SAMPLES
    caught = {"silhouette.samples/label-gap": (FAIL, "an empty cluster at distance 0")}

    def occupied(self, labels: Labels) -> Labels:
        return range(max(labels) + 1)

    def between(self, lengths: Vector) -> float:
        return super().between(lengths) if lengths else 0.0


class SortedLabels(Wrong):
    """The first points are those of the first cluster, and so on."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {"silhouette.samples/names-swapped": (FAIL, "found by the order of points")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        return super().silhouette_samples(points, sorted(labels))

    def silhouette_clusters(self, points: Rows, labels: Labels) -> dict[str, Any]:
        return super().silhouette_clusters(points, sorted(labels))


# --- the quotient -------------------------------------------------------------------------------------


class SingletonIsOne(Wrong):
    """A singleton is at distance 0 from itself."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/singleton": (FAIL, "1 for a singleton")}

    def silhouette_of_singleton(self) -> float:
        return 1.0


class SingletonIsNoNumber(Wrong):
    """The mean over no other point is 0 / 0."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/singleton": (FAIL, "a division by 0")}

    def silhouette_of_singleton(self) -> float:
        return math.nan


class SingletonClassIsZero(Wrong):
    """A class of one point has no silhouette."""

    spoils = CLUSTERS
    caught = {"silhouette.clusters/singleton": (FAIL, "0 for a singleton")}

    def silhouette_of_class(self, own: int, members: Sequence[ByCluster]) -> float:
        return super().silhouette_of_class(own, members) if len(members) > 1 else 0.0


class AbsoluteSilhouettes(Wrong):
    """Silhouettes have no sign."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {
        "silhouette.samples/wrong-labels": (FAIL, "absolute values"),
        "silhouette.clusters/wrong-labels": (FAIL, "absolute values"),
    }

    def balance(self, a: float, b: float) -> float:
        return abs(super().balance(a, b))


class FlooredDenominator(Wrong):
    """The greater of a and b is never taken to be less than 1e-12, lest it be 0."""

    spoils = SAMPLES
    caught = {"silhouette.samples/small-numbers": (FAIL, "kept above a threshold")}

    def balance(self, a: float, b: float) -> float:
        return (b - a) / max(a, b, 1e-12)


class NoCaseOfEquality(Wrong):
    """1 - a/b where a < b, b/a - 1 where a > b, and 1 is what stays where neither holds."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/equally-near": (FAIL, "none for equality")}

    def balance(self, a: float, b: float) -> float:
        found = 1.0
        if a < b:
            found = 1 - a / b
        if a > b:
            found = b / a - 1
        return found


class QuotientByTheMeanWithin(Wrong):
    """(q - 1) / max(q, 1) with q = b/a, which may be infinite."""

    spoils = (*BOTH, "choose_k.sweep")
    caught = {"silhouette.samples/duplicates": (FAIL, "a quotient by the mean distance within")}

    def balance(self, a: float, b: float) -> float:
        q = b / a if a else math.inf
        return (q - 1) / max(q, 1.0)


class ZeroByZero(Wrong):
    """0 / 0 where all distances are 0."""

    spoils = SAMPLES
    caught = {"silhouette.samples/coincident-clusters": (FAIL, "NaN")}

    def nothing_to_tell(self) -> float:
        return math.nan


# --- means of silhouettes -----------------------------------------------------------------------------


class LeavesOutSingletons(Wrong):
    """The mean silhouette is that of points which have company."""

    spoils = (*SAMPLES, "choose_k.sweep")
    caught = {"silhouette.samples/all-but-one-single": (FAIL, "singletons that are left out")}

    def mean_silhouette(self, found: Vector, labels: Labels) -> float:
        kept = [s for s, label in zip(found, labels, strict=True) if labels.count(label) > 1]
        return self.average(kept)


class ClassesOfSilhouettes(Wrong):
    """The silhouette of a class is the mean of those of its points."""

    spoils = CLUSTERS
    caught = {"silhouette.clusters/plane": (FAIL, "the mean silhouette of the points")}

    def silhouette_of_class(self, own: int, members: Sequence[ByCluster]) -> float:
        return self.average([self.silhouette_of_point(own, lengths) for lengths in members])


class WeighedClasses(Wrong):
    """The mean over classes weighs them by their points."""

    spoils = CLUSTERS
    caught = {"silhouette.clusters/weights": (FAIL, "a mean over points")}

    def silhouette_clusters(self, points: Rows, labels: Labels) -> dict[str, Any]:
        told = super().silhouette_clusters(points, labels)
        sizes = [labels.count(k) for k in self.occupied(labels)]
        return {**told, "mean": self.total(map(mul, told["clusters"], sizes)) / len(labels)}


# --- what is refused ----------------------------------------------------------------------------------


class OneClusterIsZero(Wrong):
    """Where there is one cluster all silhouettes are 0."""

    spoils = BOTH
    caught = {
        "silhouette.samples/refuse-one-cluster": (FAIL, "0 or 1 where nothing can be compared"),
        "silhouette.clusters/refuse-one-cluster": (FAIL, "0 or 1 where nothing can be compared"),
    }

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        none = {"samples": [0.0] * len(points), "mean": 0.0}
        return none if len(set(labels)) == 1 else super().silhouette_samples(points, labels)

    def silhouette_clusters(self, points: Rows, labels: Labels) -> dict[str, Any]:
        none = {"clusters": [0.0], "mean": 0.0}
        return none if len(set(labels)) == 1 else super().silhouette_clusters(points, labels)


class CutsLabels(Wrong):
    """Points without a label are left out."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-length": (FAIL, "labels that are cut")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        pairs = list(zip(points, labels, strict=False))
        return super().silhouette_samples([x for x, _ in pairs], [label for _, label in pairs])


class FillsLabels(Wrong):
    """Points without a label are given the last one."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-length": (FAIL, "filled up")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        return super().silhouette_samples(points, [*labels, *labels[-1:] * (len(points) - len(labels))])


class LabelsFromTheEnd(Wrong):
    """The label -1 is the last cluster."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-negative-label": (FAIL, "an index from the end")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        k = max(labels, default=0) + 1
        return super().silhouette_samples(points, [label % k for label in labels])


class CrashesWithoutPoints(Wrong):
    """The number of clusters is the largest label and one, and there need not be a label."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-empty": (ERROR, "a crash in place of a sentence")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        _ = [0] * (sorted(labels)[-1] + 1)
        return super().silhouette_samples(points, labels)


class CutsPoints(Wrong):
    """Rows are cut to the shortest one."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-ragged": (FAIL, "rows that are cut")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        return super().silhouette_samples(list(zip(*zip(*points, strict=False), strict=True)), labels)


class FillsPoints(Wrong):
    """Rows are filled with zeros."""

    spoils = SAMPLES
    caught = {"silhouette.samples/refuse-ragged": (FAIL, "or filled up")}

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        width = max(map(len, points), default=0)
        return super().silhouette_samples([[*x, *[0.0] * (width - len(x))] for x in points], labels)
