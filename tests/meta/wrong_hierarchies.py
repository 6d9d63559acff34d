"""Trees and densities that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from collections.abc import Mapping, Sequence
from operator import mul
from typing import Any

from mistake import BRANCH, ERROR, FAIL, Wrong
from textbook_hierarchies import Cluster, Merged, Near, Rows, Vector

TREE = ("linkage.fit",)
DENSITY = ("dbscan.fit",)
BOTH = (*TREE, *DENSITY)


# --- distances ----------------------------------------------------------------------------------------


class ExpandedItemDistances(Wrong):
    """The square of a distance is |x|^2 - 2 x.y + |y|^2."""

    spoils = BOTH
    caught = {
        "linkage.fit/offset-1e8": (FAIL, "distances from expanded squares"),
        "dbscan.fit/offset-1e8": (BRANCH, "expanded squares"),
        "dbscan.fit/offset-plane": (BRANCH, "expanded squares in the plane"),
    }

    def item_distance(self, x: Vector, y: Vector) -> Any:
        xx, xy, yy = (sum(map(mul, u, v)) for u, v in ((x, x), (x, y), (y, y)))
        return math.sqrt(max(xx - 2 * xy + yy, 0.0))


class SquaresAsTheyAre(Wrong):
    """Squares of differences are added, whatever their size."""

    spoils = BOTH
    caught = {
        "linkage.fit/large-numbers": (FAIL, "squares that overflow"),
        "linkage.fit/large-single": (FAIL, "lengths are all infinite"),
        "linkage.fit/small-numbers": (FAIL, "squares that underflow"),
        "dbscan.fit/small-numbers": (BRANCH, "squares that underflow"),
    }

    def item_distance(self, x: Vector, y: Vector) -> Any:
        return math.sqrt(sum((a - b) * (a - b) for a, b in zip(x, y, strict=True)))


class SquaredRadius(Wrong):
    """Squares are compared, that of the radius among them."""

    spoils = DENSITY
    caught = {
        "dbscan.fit/large-numbers": (BRANCH, "squares that overflow"),
        "dbscan.fit/small-numbers": (BRANCH, "squares that underflow"),
    }

    def is_near(self, x: Vector, y: Vector, eps: float) -> bool:
        return sum((a - b) * (a - b) for a, b in zip(x, y, strict=True)) <= eps * eps


class CityBlocks(Wrong):
    """The sum of the moduli of differences."""

    spoils = BOTH
    caught = {
        "linkage.fit/plane": (BRANCH, "sums of moduli"),
        "dbscan.fit/corners": (BRANCH, "and their sum"),
    }

    def item_distance(self, x: Vector, y: Vector) -> Any:
        return sum(abs(a - b) for a, b in zip(x, y, strict=True))


class LargestDifference(Wrong):
    """The largest modulus of a difference."""

    spoils = BOTH
    caught = {"dbscan.fit/corners": (BRANCH, "the largest difference of coordinates")}

    def item_distance(self, x: Vector, y: Vector) -> Any:
        return max(abs(a - b) for a, b in zip(x, y, strict=True))


class TwoColumnsAlone(Wrong):
    """Distances in the plane of the first two columns."""

    spoils = BOTH
    caught = {
        "linkage.fit/iris": (BRANCH, "columns that are left out"),
        "dbscan.fit/iris": (BRANCH, "columns that are left out"),
    }

    def item_distance(self, x: Vector, y: Vector) -> Any:
        return super().item_distance(x[:2], y[:2])


# --- trees --------------------------------------------------------------------------------------------


class SquaredHeights(Wrong):
    """Squared distances from the beginning to the end."""

    spoils = TREE
    caught = {"linkage.fit/plane": (FAIL, "squared distances")}

    def apart_of_items(self, distance: Any, method: str) -> Any:
        return distance**2


class WeightedAverage(Wrong):
    """Both parts of a cluster count alike."""

    spoils = TREE
    caught = {"linkage.fit/line": (FAIL, "forgets their sizes (WPGMA)")}

    def mean_of(self, pairs: Sequence[Any], parts: tuple[Cluster, Cluster]) -> Any:
        return (pairs[0] + pairs[1]) / 2


class CompleteForSingle(Wrong):
    """The greatest distance where the least is meant."""

    spoils = TREE
    caught = {"linkage.fit/chain": (BRANCH, "complete linkage in place of single")}

    def least_of(self, pairs: Sequence[Any]) -> Any:
        return max(pairs)


class SingleForComplete(Wrong):
    """The least distance where the greatest is meant."""

    spoils = TREE
    caught = {"linkage.fit/chain-complete": (BRANCH, "single linkage in place of complete")}

    def greatest_of(self, pairs: Sequence[Any]) -> Any:
        return min(pairs)


class CentroidsForWard(Wrong):
    """Clusters are as far apart as their centers."""

    spoils = TREE
    caught = {
        "linkage.fit/ward-not-centroid": (BRANCH, "distances of centers in place of Ward's"),
        "linkage.fit/no-inversion": (FAIL, "the second merge is lower than the first"),
    }

    def ward_distance(self, a: Cluster, b: Cluster, points: Rows) -> Any:
        return self.item_distance(self.center_of_items(a, points), self.center_of_items(b, points))


class IncreasesOfJ(Wrong):
    """The height of Ward's method is what merging adds to J."""

    spoils = TREE
    caught = {"linkage.fit/ward-height": (FAIL, "the increase of J told as a height")}

    def told_height(self, height: Any, method: str) -> Any:
        return height**2 / 2 if method == "ward" else height


class WardBySums(Wrong):
    """Ward's method from sums and sums of squares."""

    spoils = TREE
    caught = {"linkage.fit/offset-ward": (FAIL, "sums and sums of squares, which cancel")}

    def squares_of(self, cluster: Cluster, points: Rows) -> Any:
        columns = list(zip(*(points[i] for i in cluster), strict=True))
        return sum(sum(x * x for x in column) - sum(column) ** 2 / len(cluster) for column in columns)

    def ward_distance(self, a: Cluster, b: Cluster, points: Rows) -> Any:
        added = self.squares_of([*a, *b], points) - self.squares_of(a, points) - self.squares_of(b, points)
        return math.sqrt(max(2 * added, 0.0))


class TiesAtOnce(Wrong):
    """All pairs at the least distance are merged before any distance is computed again."""

    spoils = TREE
    caught = {"linkage.fit/stale-ties": (FAIL, "merged at once")}

    def merges(self, points: Rows, method: str) -> list[Merged]:
        found = super().merges(points, method)
        least = found[0][2]
        group = {i: {i} for i in range(len(points))}  # what the pairs at the least distance connect
        for i in group:
            for j in group:
                if i < j and self.item_distance(points[i], points[j]) == least and group[i] is not group[j]:
                    joined = group[i] | group[j]
                    for k in joined:
                        group[k] = joined
        members = [[i] for i in range(len(points))]
        told = []
        for a, b, height in found:
            members.append([*members[a], *members[b]])
            told.append((a, b, least if set(members[-1]) <= group[members[-1][0]] else height))
        return told


class TiesWithinATolerance(Wrong):
    """A pair has to be nearer by one part in a million to come first."""

    spoils = TREE
    caught = {"linkage.fit/near-tie-seen": (BRANCH, "count as equal within a tolerance")}

    def nearest_pair(self, apart: Mapping[tuple[int, int], Any]) -> tuple[int, int]:
        best = next(iter(apart))
        for pair, d in apart.items():
            if d < apart[best] * (1 - 1e-6):
                best = pair
        return best


class ZeroIsOneself(Wrong):
    """Pairs at a distance of 0 come last, as if they were points and themselves."""

    spoils = TREE
    caught = {"linkage.fit/duplicates": (BRANCH, "that of a point to itself")}

    def nearest_pair(self, apart: Mapping[tuple[int, int], Any]) -> tuple[int, int]:
        return min(apart, key=lambda pair: (apart[pair] == 0, apart[pair], pair))


class BranchAfterBranch(Wrong):
    """Merges are told branch after branch."""

    spoils = TREE
    caught = {"linkage.fit/branches-out-of-order": (FAIL, "one branch after the other")}

    def told_tree(self, merges: Sequence[Merged], n: int) -> dict[str, Any]:
        told: list[Merged] = []

        def visit(cluster: int) -> int:
            if cluster < n:
                return cluster
            a, b, height = merges[cluster - n]
            low, high = sorted((visit(a), visit(b)))
            told.append((low, high, height))
            return n + len(told) - 1

        visit(2 * n - 2)
        return super().told_tree(told, n)


class HeightsSortedAlone(BranchAfterBranch):
    """The same, but heights are sorted before they are told, and clusters keep their numbers."""

    spoils = TREE
    caught = {"linkage.fit/branches-out-of-order": (FAIL, "one branch after the other")}

    def told_tree(self, merges: Sequence[Merged], n: int) -> dict[str, Any]:
        told = super().told_tree(merges, n)
        return {**told, "heights": sorted(told["heights"])}


class NamedByFirstItem(Wrong):
    """A cluster has the number of its first item."""

    spoils = TREE
    caught = {"linkage.fit/iris-average": (BRANCH, "named by their first item")}

    def told_tree(self, merges: Sequence[Merged], n: int) -> dict[str, Any]:
        names, parents = list(range(n)), list(range(2 * n - 2))
        for t, (a, b, _) in enumerate(merges):
            names.append(min(names[a], names[b]))
            parents[a] = parents[b] = names[n + t]
        return {**super().told_tree(merges, n), "parents": parents}


class ClustersFromOne(Wrong):
    """Clusters are numbered from N + 1 on."""

    spoils = TREE
    caught = {"linkage.fit/two-points": (BRANCH, "clusters that are counted from 1")}

    def told_tree(self, merges: Sequence[Merged], n: int) -> dict[str, Any]:
        told = super().told_tree(merges, n)
        return {**told, "parents": [parent + 1 for parent in told["parents"]]}


class TreeOfOnePoint(Wrong):
    """One point is a tree without merges."""

    spoils = TREE
    caught = {"linkage.fit/refuse-one-point": (FAIL, "an empty tree where there is nothing to merge")}

    def tree_of_one_point(self) -> dict[str, Any]:
        return {"parents": [], "heights": []}


# --- neighbours ---------------------------------------------------------------------------------------


class Strictly(Wrong):
    """A neighbour is nearer than eps."""

    spoils = DENSITY
    caught = {
        "dbscan.fit/at-eps": (BRANCH, "a strict inequality"),
        "dbscan.fit/tenths-in-tenths": (BRANCH, "a strict inequality on a line"),
        "dbscan.fit/eps-zero": (BRANCH, "that finds nobody"),
    }

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance < eps


class ALittleLess(Wrong):
    """The radius is made smaller by 1e-9."""

    spoils = DENSITY
    caught = {"dbscan.fit/quarters": (BRANCH, "made a little smaller")}

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance <= eps * (1 - 1e-9)


class ALittleMore(Wrong):
    """The radius is made greater by 1e-9."""

    spoils = DENSITY
    caught = {"dbscan.fit/just-outside": (BRANCH, "made a little greater")}

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance <= eps * (1 + 1e-9)


class SquaresAgainstRadius(Wrong):
    """Squares are held against eps."""

    spoils = DENSITY
    caught = {"dbscan.fit/half": (BRANCH, "squares held against the radius")}

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance * distance <= eps


class DistancesAgainstSquare(Wrong):
    """Distances are held against eps^2."""

    spoils = DENSITY
    caught = {"dbscan.fit/half": (BRANCH, "distances against its square")}

    def within_radius(self, distance: float, eps: float) -> bool:
        return distance <= eps * eps


# --- core points --------------------------------------------------------------------------------------


class WithoutItself(Wrong):
    """A point is no neighbour of itself."""

    spoils = DENSITY
    caught = {
        "dbscan.fit/plane": (BRANCH, "do not count themselves"),
        "dbscan.fit/every-point-core": (BRANCH, "single points called noise"),
    }

    def is_core(self, n: int, near: Near, points: Rows, min_points: int) -> bool:
        return len(near[n]) - 1 >= min_points


class MoreThanEnough(Wrong):
    """A core point has more neighbours than min_points."""

    spoils = DENSITY
    caught = {"dbscan.fit/plane": (BRANCH, "do not count themselves")}

    def is_core(self, n: int, near: Near, points: Rows, min_points: int) -> bool:
        return len(near[n]) > min_points


class DifferentNeighbours(Wrong):
    """Points that coincide are one neighbour."""

    spoils = DENSITY
    caught = {"dbscan.fit/duplicates": (BRANCH, "counted once where they coincide")}

    def is_core(self, n: int, near: Near, points: Rows, min_points: int) -> bool:
        return len({tuple(points[m]) for m in near[n]}) >= min_points


class MembersAreCore(Wrong):
    """Whatever is in a cluster is told to be a core point."""

    spoils = DENSITY
    caught = {"dbscan.fit/core-flags": (BRANCH, "all points of clusters")}

    def told_core(self, core: Sequence[bool], labels: Sequence[int]) -> list[int]:
        return [int(label != -1) for label in labels]


# --- clusters -----------------------------------------------------------------------------------------


class NoBorder(Wrong):
    """Only core points are in clusters."""

    spoils = DENSITY
    caught = {"dbscan.fit/border-alone": (BRANCH, "border points called noise")}

    def may_join(self, label: int, core: bool) -> bool:
        return label == -1 and core


class ThroughTheBorder(Wrong):
    """Clusters grow from whatever they have."""

    spoils = DENSITY
    caught = {"dbscan.fit/bridge": (BRANCH, "grow through a border point")}

    def grows(self, core: bool) -> bool:
        return True


class OneStep(Wrong):
    """A cluster is a core point and its neighbours."""

    spoils = DENSITY
    caught = {"dbscan.fit/line": (BRANCH, "do not grow beyond the neighbours")}

    def grows(self, core: bool) -> bool:
        return False


class OnceNoise(Wrong):
    """What has too few neighbours when its turn comes is noise for good."""

    spoils = DENSITY
    caught = {"dbscan.fit/border-first": (BRANCH, "stay noise")}

    def grown(self, near: Near, core: Sequence[bool]) -> list[int]:
        labels = super().grown(near, core)
        for n, label in enumerate(labels):
            if label != -1 and not core[n] and n < next(m for m in range(len(core)) if core[m] and labels[m] == label):
                labels[n] = -1
        return labels


class BorderToTheLast(Wrong):
    """Border points go to the last cluster."""

    spoils = DENSITY
    caught = {"dbscan.fit/not-the-last": (BRANCH, "which does not reach them")}

    def grown(self, near: Near, core: Sequence[bool]) -> list[int]:
        labels = super().grown(near, core)
        return [label if c or label == -1 else max(labels) for label, c in zip(labels, core, strict=True)]


class NoiseIsACluster(Wrong):
    """Noise is cluster 0, and the others follow."""

    spoils = DENSITY
    caught = {"dbscan.fit/all-noise": (BRANCH, "noise that is called a cluster")}

    def told_labels(self, labels: Sequence[int]) -> list[int]:
        return [label + 1 for label in labels]


# --- what is refused ----------------------------------------------------------------------------------


class AnyRadius(Wrong):
    """The radius is not looked at."""

    spoils = DENSITY
    caught = {"dbscan.fit/refuse-negative-eps": (FAIL, "a negative radius")}

    def check_radius(self, eps: float) -> None:
        pass


class NoRadiusOfZero(Wrong):
    """A radius is positive."""

    spoils = DENSITY
    caught = {"dbscan.fit/eps-zero": (ERROR, "a radius of 0 that is refused")}

    def check_radius(self, eps: float) -> None:
        if eps <= 0:
            raise ValueError("a radius is positive")


class AnyCount(Wrong):
    """The number of neighbours is not looked at."""

    spoils = DENSITY
    caught = {"dbscan.fit/refuse-no-count": (FAIL, "a count of 0")}

    def check_neighbours(self, min_points: int) -> None:
        pass


class NothingForNothing(Wrong):
    """No points have an empty answer."""

    spoils = BOTH
    caught = {
        "linkage.fit/refuse-no-points": (FAIL, "an empty tree"),
        "dbscan.fit/refuse-no-points": (FAIL, "an empty list of labels"),
    }

    def linkage_fit(self, points: Rows, method: str) -> dict[str, Any]:
        return super().linkage_fit(points, method) if points else {"parents": [], "heights": []}

    def dbscan_fit(self, points: Rows, eps: float, min_points: int) -> dict[str, Any]:
        return super().dbscan_fit(points, eps, min_points) if points else {"labels": [], "core": []}


class CutsRaggedRows(Wrong):
    """Rows are cut to the length of the shortest."""

    spoils = BOTH
    caught = {
        "linkage.fit/refuse-ragged": (FAIL, "rows of different lengths that are accepted"),
        "dbscan.fit/refuse-ragged": (FAIL, "rows of different lengths that are accepted"),
    }

    def linkage_fit(self, points: Rows, method: str) -> dict[str, Any]:
        return super().linkage_fit(cut_to_shortest(points), method)

    def dbscan_fit(self, points: Rows, eps: float, min_points: int) -> dict[str, Any]:
        return super().dbscan_fit(cut_to_shortest(points), eps, min_points)


def cut_to_shortest(points: Rows) -> Rows:
    shortest = min(map(len, points), default=0)
    return [row[:shortest] for row in points]
