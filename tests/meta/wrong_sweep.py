"""Sweeps over K that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

from collections.abc import Sequence
from itertools import combinations
from typing import Any

from mistake import FAIL, Wrong
from textbook_silhouettes import Labels, Rows, Vector

SWEEP = ("choose_k.sweep",)


# --- clusterings --------------------------------------------------------------------------------------


class StartsOfItsOwn(Wrong):
    """The first K different points are where K-means starts, whatever start is given."""

    spoils = SWEEP
    caught = {"choose_k.sweep/local-minimum": (FAIL, "starts of one's own")}

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        different = list(dict.fromkeys(map(tuple, points)))
        return super().fitted(points, different[: len(start)] if len(different) >= len(start) else start)


class FirstAssignment(Wrong):
    """Clusters are those of the first assignment."""

    spoils = SWEEP
    caught = {"choose_k.sweep/moves-first": (FAIL, "the first assignment")}

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        self.kmeans_fit(points, start)
        return self.kmeans_run(points, start, 1)


class TwoSteps(Wrong):
    """K-means stops after two steps."""

    spoils = SWEEP
    caught = {"choose_k.sweep/moves-first": (FAIL, "a fixed small number of steps")}

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        self.kmeans_fit(points, start)
        return self.kmeans_run(points, start, 2)


class LowestSoFar(Wrong):
    """A clustering that is worse than an earlier one of as many clusters is left out for that."""

    spoils = SWEEP
    caught = {"choose_k.sweep/local-minimum": (FAIL, "another J")}

    def choose_k_sweep(self, points: Rows, starts: Sequence[Rows]) -> dict[str, Any]:
        self.best: dict[int, dict[str, Any]] = {}
        return super().choose_k_sweep(points, starts)

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        found, k = super().fitted(points, start), len(start)
        if k not in self.best or found["distortion"] < self.best[k]["distortion"]:
            self.best[k] = found
        return self.best[k]


class DropsDuplicates(Wrong):
    """Points that coincide are one point."""

    spoils = SWEEP
    caught = {"choose_k.sweep/duplicates": (FAIL, "duplicates that are dropped")}

    def choose_k_sweep(self, points: Rows, starts: Sequence[Rows]) -> dict[str, Any]:
        return super().choose_k_sweep([list(x) for x in dict.fromkeys(map(tuple, points))], starts)


# --- measures -----------------------------------------------------------------------------------------


class NoughtForOneCluster(Wrong):
    """A single cluster has the silhouette 0."""

    spoils = SWEEP
    caught = {"choose_k.sweep/line": (FAIL, "a single cluster taken for a number")}

    def without_silhouette(self) -> float | None:
        return 0.0


class NoughtForNoPairs(Wrong):
    """Where there is no pair within a cluster, or none between two, the ratio is 0."""

    spoils = SWEEP
    caught = {
        "choose_k.sweep/line": (FAIL, "so is its ratio"),
        "choose_k.sweep/single-points": (FAIL, "a ratio where no cluster has two points"),
    }

    def without_ratio(self) -> float | None:
        return 0.0


class OneForSinglePoints(Wrong):
    """A point that is a cluster for itself has the silhouette 1, in a sweep."""

    spoils = SWEEP
    caught = {"choose_k.sweep/single-points": (FAIL, "singletons whose silhouette is not 0")}

    def silhouette_of_sweep(self, points: Rows, labels: Labels) -> float | None:
        found = super().silhouette_of_sweep(points, labels)
        alone = sum(labels.count(k) == 1 for k in labels)
        return None if found is None else found + alone / len(labels)


class MeanOfClasses(Wrong):
    """The silhouette is the mean of the classes', which the lecture's words define."""

    spoils = SWEEP
    caught = {"choose_k.sweep/unequal-clusters": (FAIL, "the mean of the classes' silhouettes")}

    def silhouette_of_sweep(self, points: Rows, labels: Labels) -> float | None:
        if len(set(labels)) < 2:
            return None
        mean: float = self.silhouette_clusters(points, labels)["mean"]
        return mean


class RatioOverClusters(Wrong):
    """The mean within clusters is that of the clusters' means."""

    spoils = SWEEP
    caught = {"choose_k.sweep/unequal-clusters": (FAIL, "a mean over clusters")}

    def ratio_of_sweep(self, points: Rows, labels: Labels) -> float | None:
        if super().ratio_of_sweep(points, labels) is None:
            return None
        means = []
        for k in sorted(set(labels)):
            own = [x for x, label in zip(points, labels, strict=True) if label == k]
            lengths = [self.apart(x, y) for x, y in combinations(own, 2)]
            means += [self.average(lengths)] if lengths else []
        apart = [
            self.apart(points[n], points[m]) for n, m in combinations(range(len(labels)), 2) if labels[n] != labels[m]
        ]
        return self.average(means) / self.average(apart)


class RatioOfSquares(Wrong):
    """The ratio is that of mean squared distances."""

    spoils = SWEEP
    caught = {"choose_k.sweep/plane": (FAIL, "squared distances in the ratio")}

    def ratio_of_lengths(self, within: Vector, apart: Vector) -> float:
        return super().ratio_of_lengths([d * d for d in within], [d * d for d in apart])


class RatioUpsideDown(Wrong):
    """The ratio is between over within."""

    spoils = SWEEP
    caught = {"choose_k.sweep/plane": (FAIL, "squared distances")}

    def ratio_of_lengths(self, within: Vector, apart: Vector) -> float:
        found = super().ratio_of_lengths(within, apart)
        return 1 / found if found else 0.0


# --- what must be refused -----------------------------------------------------------------------------


class EmptySweep(Wrong):
    """Without a start there is an empty result."""

    spoils = SWEEP
    caught = {"choose_k.sweep/refuse-no-start": (FAIL, "an empty sweep")}

    def choose_k_sweep(self, points: Rows, starts: Sequence[Rows]) -> dict[str, Any]:
        return super().choose_k_sweep(points, starts) if starts else {"distortion": [], "silhouette": [], "ratio": []}


class TooManyCenters(Wrong):
    """More centers than points are cut to as many."""

    spoils = SWEEP
    caught = {"choose_k.sweep/refuse-k-too-large": (FAIL, "K above N")}

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        return super().fitted(points, start[: len(points)])


class CutsCenters(Wrong):
    """Centers are cut to the columns of the points."""

    spoils = SWEEP
    caught = {"choose_k.sweep/refuse-other-dimension": (FAIL, "centers of another dimension")}

    def fitted(self, points: Rows, start: Rows) -> dict[str, Any]:
        return super().fitted(points, [c[: len(points[0])] for c in start] if points else start)
