"""Silhouettes as a textbook has them, one small method for each formula."""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from refimpl.errors import Undefined
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Labels = Sequence[int]
ByCluster = Mapping[int, Vector]
"""Distances to the points of every cluster."""


class Silhouettes(Adapter):
    """The tasks silhouette.samples and silhouette.clusters."""

    total: Callable[[Iterable[float]], float]
    average: Callable[[Vector], float]
    check_points: Callable[[Rows], None]
    check_labels: Callable[[Labels, int, int], None]

    def silhouette_samples(self, points: Rows, labels: Labels) -> dict[str, Any]:
        self.check_silhouettes(points, labels)
        found = [
            self.silhouette_of_point(own, self.lengths(n, points, labels, self.occupied(labels)))
            for n, own in enumerate(labels)
        ]
        return {"samples": found, "mean": self.mean_silhouette(found, labels)}

    def silhouette_clusters(self, points: Rows, labels: Labels) -> dict[str, Any]:
        """The lecture's form, of classes."""
        self.check_silhouettes(points, labels)
        occupied = self.occupied(labels)
        lengths = [self.lengths(n, points, labels, occupied) for n in range(len(points))]
        found = [
            self.silhouette_of_class(own, [row for row, label in zip(lengths, labels, strict=True) if label == own])
            for own in occupied
        ]
        return {"clusters": found, "mean": self.average(found)}

    def occupied(self, labels: Labels) -> Labels:
        """Clusters that have points."""
        return sorted(set(labels))

    def apart(self, x: Vector, y: Vector) -> float:
        """The distance of two points."""
        return math.dist(x, y)

    def lengths(self, n: int, points: Rows, labels: Labels, occupied: Labels) -> ByCluster:
        """How far all others are from a point."""
        found: dict[int, list[float]] = {k: [] for k in occupied}
        for m, (y, label) in enumerate(zip(points, labels, strict=True)):
            if m != n:
                found[label].append(self.apart(points[n], y))
        return found

    def silhouette_of_point(self, own: int, lengths: ByCluster) -> float:
        if not lengths[own]:
            return self.silhouette_of_singleton()
        a = self.within_of_point(lengths[own])
        return self.balance(a, self.to_next([self.between(row) for k, row in lengths.items() if k != own]))

    def silhouette_of_class(self, own: int, members: Sequence[ByCluster]) -> float:
        pairs = {k: [length for lengths in members for length in lengths[k]] for k in members[0]}
        a = self.within_of_class(pairs[own], len(members)) if pairs[own] else 0.0
        return self.balance(a, self.to_next([self.between(row) for k, row in pairs.items() if k != own]))

    def silhouette_of_singleton(self) -> float:
        return 0.0

    def within_of_point(self, lengths: Vector) -> float:
        return self.average(lengths)

    def within_of_class(self, lengths: Vector, size: int) -> float:
        """The mean over pairs of different points; each pair is here twice."""
        return self.total(lengths) / (size * (size - 1))

    def between(self, lengths: Vector) -> float:
        return self.average(lengths)

    def to_next(self, means: Vector) -> float:
        """The nearest of the other clusters."""
        return min(means)

    def balance(self, a: float, b: float) -> float:
        return (b - a) / max(a, b) if a or b else self.nothing_to_tell()

    def nothing_to_tell(self) -> float:
        return 0.0

    def mean_silhouette(self, found: Vector, labels: Labels) -> float:
        return self.average(found)

    def check_silhouettes(self, points: Rows, labels: Labels) -> None:
        self.check_points(points)
        self.check_labels(labels, len(points), max(labels, default=0) + 1)
        if len(set(labels)) < 2:
            raise Undefined("one cluster has nothing to be compared with")
