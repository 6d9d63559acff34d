"""Hierarchies and densities as a textbook has them, one small method for each formula."""

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from refimpl.errors import BadInput
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Cluster = list[int]
"""Its points."""
Merged = tuple[int, int, Any]
"""Two clusters, and the height of what they make."""
Near = Sequence[Sequence[int]]
"""The neighbours of every point."""


class Hierarchies(Adapter):
    """The tasks linkage.fit and dbscan.fit."""

    check_points: Callable[[Rows], None]

    # --- trees ----------------------------------------------------------------------------------------

    def linkage_fit(self, points: Rows, method: str) -> dict[str, Any]:
        self.check_points(points)
        if len(points) == 1:
            return self.tree_of_one_point()
        return self.told_tree(self.merges(points, method), len(points))

    def tree_of_one_point(self) -> dict[str, Any]:
        raise BadInput("there is nothing to merge")

    def merges(self, points: Rows, method: str) -> list[Merged]:
        """The nearest two clusters, until one is left."""
        clusters: dict[int, Cluster] = {i: [i] for i in range(len(points))}
        far = {(i, j): self.item_distance(points[i], points[j]) for i in clusters for j in clusters if i < j}
        apart = {pair: self.apart_of_items(d, method) for pair, d in far.items()}
        found: list[Merged] = []
        while len(clusters) > 1:
            a, b = self.nearest_pair(apart)
            height = apart[a, b]
            c, parts = len(points) + len(found), (clusters.pop(a), clusters.pop(b))
            for k, other in clusters.items():
                pairs = [apart[min(x, k), max(x, k)] for x in (a, b)]
                apart[k, c] = self.update_distance(method, pairs, parts, other, far, points)
            apart = {pair: d for pair, d in apart.items() if not {a, b} & {*pair}}
            clusters[c] = [*parts[0], *parts[1]]
            found.append((a, b, self.told_height(height, method)))
        return found

    def item_distance(self, x: Vector, y: Vector) -> Any:
        return math.dist(x, y)

    def apart_of_items(self, distance: Any, method: str) -> Any:
        return distance

    def nearest_pair(self, apart: Mapping[tuple[int, int], Any]) -> tuple[int, int]:
        return min(apart, key=lambda pair: (apart[pair], pair))

    def update_distance(
        self,
        method: str,
        pairs: Sequence[Any],
        parts: tuple[Cluster, Cluster],
        other: Cluster,
        far: Mapping[tuple[int, int], Any],
        points: Rows,
    ) -> Any:
        """How far a new cluster of two parts is from another one, of which both parts are so far away."""
        if method == "single":
            return self.least_of(pairs)
        if method == "complete":
            return self.greatest_of(pairs)
        if method == "average":
            return self.mean_of(pairs, parts)
        return self.ward_distance([*parts[0], *parts[1]], other, points)

    def least_of(self, pairs: Sequence[Any]) -> Any:
        return min(pairs)

    def greatest_of(self, pairs: Sequence[Any]) -> Any:
        return max(pairs)

    def mean_of(self, pairs: Sequence[Any], parts: tuple[Cluster, Cluster]) -> Any:
        n, m = map(len, parts)
        return (pairs[0] * n + pairs[1] * m) / (n + m)

    def ward_distance(self, a: Cluster, b: Cluster, points: Rows) -> Any:
        n, m = len(a), len(b)
        return math.sqrt(2 * n * m / (n + m)) * self.item_distance(
            self.center_of_items(a, points), self.center_of_items(b, points)
        )

    def center_of_items(self, cluster: Cluster, points: Rows) -> list[Any]:
        """The mean, from differences to one of the points."""
        origin = points[cluster[0]]
        return [o + sum(points[i][k] - o for i in cluster) / len(cluster) for k, o in enumerate(origin)]

    def told_height(self, height: Any, method: str) -> Any:
        return height

    def told_tree(self, merges: Sequence[Merged], n: int) -> dict[str, Any]:
        parents = [0] * (2 * n - 2)
        for t, (a, b, _) in enumerate(merges):
            parents[a] = parents[b] = n + t
        return {"parents": parents, "heights": [height for _, _, height in merges]}

    # --- densities ------------------------------------------------------------------------------------

    def dbscan_fit(self, points: Rows, eps: float, min_points: int) -> dict[str, Any]:
        self.check_points(points)
        self.check_radius(eps)
        self.check_neighbours(min_points)
        near = [[m for m in range(len(points)) if self.is_near(points[n], points[m], eps)] for n in range(len(points))]
        core = [self.is_core(n, near, points, min_points) for n in range(len(points))]
        labels = self.grown(near, core)
        return {"labels": self.told_labels(labels), "core": self.told_core(core, labels)}

    def check_radius(self, eps: float) -> None:
        if eps < 0:
            raise BadInput("a radius is 0 or more")

    def check_neighbours(self, min_points: int) -> None:
        if min_points < 1:
            raise BadInput("a point counts itself")

    def is_near(self, x: Vector, y: Vector, eps: float) -> bool:
        return self.within_radius(self.item_distance(x, y), eps)

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance <= eps

    def is_core(self, n: int, near: Near, points: Rows, min_points: int) -> bool:
        return len(near[n]) >= min_points

    def grown(self, near: Near, core: Sequence[bool]) -> list[int]:
        """One cluster after the other, as in 1996; -1 is noise."""
        labels, cluster = [-1] * len(near), 0
        for n in range(len(near)):
            if labels[n] == -1 and core[n]:
                labels[n], waiting = cluster, [n]
                while waiting:
                    for m in near[waiting.pop()]:
                        if self.may_join(labels[m], core[m]):
                            labels[m] = cluster
                            if self.grows(core[m]):
                                waiting.append(m)
                cluster += 1
        return labels

    def may_join(self, label: int, core: bool) -> bool:
        return label == -1

    def grows(self, core: bool) -> bool:
        return core

    def told_labels(self, labels: Sequence[int]) -> list[int]:
        return list(labels)

    def told_core(self, core: Sequence[bool], labels: Sequence[int]) -> list[int]:
        return [int(c) for c in core]
