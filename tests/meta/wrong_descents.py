"""K-medoids and K-medians that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
from collections.abc import Sequence
from typing import Any

from mistake import BRANCH, CONVENTION, ERROR, FAIL, Wrong
from textbook_descents import Labels, Rows, Vector

MEDOIDS = ("kmedoids.run",)
MEDIANS = ("kmedians.run",)


# --- the nearest medoid -------------------------------------------------------------------------------


class LastMedoidOnTies(Wrong):
    """A later medoid that is as near replaces an earlier one."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/labels-tie": (CONVENTION, "a tie between medoids that goes to the last")}
    honest = {"ties": "other"}

    def nearest_medoid(self, row: Vector, medoids: Labels, v: Rows) -> int:
        return min(range(len(medoids)), key=lambda k: (row[medoids[k]], -k))


class BoundsByTriangles(Wrong):
    """A medoid is not looked at that is twice as far from the nearest one as the point is."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/triangle": (BRANCH, "bounds by the triangle inequality")}

    def nearest_medoid(self, row: Vector, medoids: Labels, v: Rows) -> int:
        best = 0
        for k in range(1, len(medoids)):
            if v[medoids[best]][medoids[k]] < 2 * row[medoids[best]] and row[medoids[k]] < row[medoids[best]]:
                best = k
        return best


class ReadsColumns(Wrong):
    """V_mn is read where V_nm is asked for."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/asymmetric": (BRANCH, "a table that is read by columns")}

    def table(self, v: Rows) -> Rows:
        return list(zip(*v, strict=True))


# --- the medoid of a cluster --------------------------------------------------------------------------


class LastMemberOnTies(Wrong):
    """A later member that is as good replaces an earlier one."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/pair": (CONVENTION, "a tie between members that goes to the last")}
    honest = {"ties": "other"}

    def medoid(self, v: Rows, members: Labels) -> int:
        return min(members, key=lambda m: (self.cost_of_member(v, members, m), -m))


class SumsOfSquares(Wrong):
    """The member with the least sum of squared dissimilarities."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/outlier": (BRANCH, "the least sum of squares")}

    def cost_of_member(self, v: Rows, members: Labels, m: int) -> float:
        return self.total(v[n][m] ** 2 for n in members)


class Roots(Wrong):
    """Dissimilarities are taken for squares."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/squared": (BRANCH, "roots taken of dissimilarities")}

    def table(self, v: Rows) -> Rows:
        return [[math.sqrt(x) for x in row] for row in v]


class LeastOfTheGreatest(Wrong):
    """The member whose greatest dissimilarity is least."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/least-of-the-greatest": (BRANCH, "whose greatest dissimilarity is least")}

    def cost_of_member(self, v: Rows, members: Labels, m: int) -> float:
        return max(v[n][m] for n in members)


class BestOfAll(Wrong):
    """Any point may stand for a cluster."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/members-only": (BRANCH, "chosen among all points")}

    def medoid(self, v: Rows, members: Labels) -> int:
        return min(range(len(v)), key=lambda m: self.cost_of_member(v, members, m))


class MovesEmptyMedoid(Wrong):
    """A cluster without members takes the point that is farthest from its medoid."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/coincident": (BRANCH, "whose medoid moves elsewhere")}
    honest = {"empty": "relocate"}

    def empty_medoid(self, v: Rows, old: int, medoids: Labels) -> int:
        return max(range(len(v)), key=lambda n: min(v[n][m] for m in medoids))


class Swaps(Wrong):
    """PAM: after the last step medoids are exchanged as long as this lowers the cost."""

    spoils = MEDOIDS
    caught = {
        "kmedoids.run/local-minimum": (BRANCH, "the swaps of PAM"),
        "kmedoids.run/iris-squared": (BRANCH, "the swaps of PAM on real data"),
    }

    def new_medoids(self, v: Rows, labels: Labels, medoids: Labels) -> list[int]:
        found = super().new_medoids(v, labels, medoids)
        while True:
            swaps = [[*found[:k], n, *found[k + 1 :]] for k in range(len(found)) for n in range(len(v))]
            best = min(swaps, key=lambda swap: self.cost_of_all(v, swap))
            if self.cost_of_all(v, best) >= self.cost_of_all(v, found):
                return found
            found = best

    def cost_of_all(self, v: Rows, medoids: Labels) -> float:
        return self.total(min(row[m] for m in medoids) for row in v)


# --- the cost of medoids ------------------------------------------------------------------------------


class MeanCost(Wrong):
    """The cost is divided by the number of points."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/plain": (FAIL, "divided by the number of points")}

    def cost_of_medoids(self, v: Rows, labels: Labels, medoids: Labels) -> float:
        return super().cost_of_medoids(v, labels, medoids) / len(v)


class MedoidsCostNothing(Wrong):
    """A medoid costs nothing, whatever the diagonal says."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/diagonal": (FAIL, "a diagonal that is taken for 0")}

    def table(self, v: Rows) -> Rows:
        return [[0.0 if i == j else x for j, x in enumerate(row)] for i, row in enumerate(v)]


class MedoidsAreFinal(Wrong):
    """Labels are assigned once more to the medoids that are returned."""

    spoils = (*MEDOIDS, *MEDIANS)
    caught = {
        "kmedoids.run/one-iteration": (CONVENTION, "too few or too many"),
        "kmedians.run/three-iterations": (CONVENTION, "too few or too many"),
    }
    honest = {"labels": "final"}

    def told_medoids(self, v: Rows, labels: Labels, entered: Labels, left: Labels) -> dict[str, Any]:
        return super().told_medoids(v, self.to_medoids(v, left), entered, left)

    def told_medians(self, points: Rows, labels: Labels, entered: Rows, left: Rows) -> dict[str, Any]:
        return super().told_medians(points, self.to_medians(points, left), entered, left)


class StaleCost(Wrong):
    """The cost is that at the medoids or centers that entered the step."""

    spoils = (*MEDOIDS, *MEDIANS)
    caught = {
        "kmedoids.run/iris-manhattan": (CONVENTION, "the first moves all medoids"),
        "kmedians.run/cost": (CONVENTION, "a cost"),
    }
    honest = {"objective": "old"}

    def told_medoids(self, v: Rows, labels: Labels, entered: Labels, left: Labels) -> dict[str, Any]:
        found = super().told_medoids(v, labels, entered, left)
        return {**found, "cost": self.cost_of_medoids(v, labels, entered)}

    def told_medians(self, points: Rows, labels: Labels, entered: Rows, left: Rows) -> dict[str, Any]:
        found = super().told_medians(points, labels, entered, left)
        return {**found, "cost": self.cost_of_medians(points, labels, entered)}


# --- medoids that are let through ---------------------------------------------------------------------


class TakesAnyTable(Wrong):
    """A table need not be square."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/refuse-not-square": (ERROR, "more points than columns")}

    def check_dissimilarity_is_square(self, v: Rows) -> None:
        pass


class TakesSimilarities(Wrong):
    """Entries may be negative."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/refuse-negative": (FAIL, "an entry below 0")}

    def check_not_negative(self, v: Rows) -> None:
        pass


class CountsFromTheEnd(Wrong):
    """Indices are not looked at."""

    spoils = MEDOIDS
    caught = {
        "kmedoids.run/refuse-medoid-negative": (FAIL, "which Python reads from the end"),
        "kmedoids.run/refuse-medoid-out-of-range": (ERROR, "that is the number of points"),
    }

    def check_range(self, medoids: Labels, n: int) -> None:
        pass


class TakesTwins(Wrong):
    """One point may stand for two clusters."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/refuse-medoid-twice": (FAIL, "one medoid given twice")}

    def check_different(self, medoids: Labels) -> None:
        pass


class TakesNoMedoid(Wrong):
    """Without medoids every point has label 0 and costs nothing."""

    spoils = MEDOIDS
    caught = {"kmedoids.run/refuse-no-medoid": (FAIL, "an empty list of medoids")}

    def kmedoids_run(self, dissimilarity: Rows, medoids: Labels, iterations: int) -> dict[str, Any]:
        if not medoids:
            return {"labels": [0] * len(dissimilarity), "medoids": [], "cost": 0.0}
        return super().kmedoids_run(dissimilarity, medoids, iterations)


# --- K-medians ----------------------------------------------------------------------------------------


class MeansForMedians(Wrong):
    """Centers are means."""

    spoils = MEDIANS
    caught = {
        "kmedians.run/outlier": (FAIL, "means in place of medians"),
        "kmedians.run/iris": (FAIL, "means, squares"),
    }

    def median(self, column: Vector) -> float:
        return self.total(column) / len(column)


class LowerMedians(Wrong):
    """Of an even number of entries the lower of the two in the middle."""

    spoils = MEDIANS
    caught = {"kmedians.run/even": (CONVENTION, "the lower of the two")}
    honest = {"median": "other"}

    def median(self, column: Vector) -> float:
        return sorted(column)[(len(column) - 1) // 2]


class InNoOrder(Wrong):
    """The entry in the middle of the data as they come."""

    spoils = MEDIANS
    caught = {"kmedians.run/unsorted": (FAIL, "in the middle of the data as they come")}

    def median(self, column: Vector) -> float:
        half, odd = divmod(len(column), 2)
        return column[half] if odd else (column[half - 1] + column[half]) / 2


class DifferentValues(Wrong):
    """The median of the different values."""

    spoils = MEDIANS
    caught = {"kmedians.run/duplicates": (FAIL, "the median of the different values")}

    def median(self, column: Vector) -> float:
        return super().median(sorted(set(column)))


class CheapestPoint(Wrong):
    """The center is a point of the cluster."""

    spoils = MEDIANS
    caught = {"kmedians.run/no-point": (FAIL, "a center that is a point of its cluster")}

    def middle_of(self, group: Rows) -> Vector:
        return min(group, key=lambda c: self.total(self.one_norm(x, c) for x in group))


class SquaresInTheAssignment(Wrong):
    """Points go to the nearest center in a straight line."""

    spoils = MEDIANS
    caught = {"kmedians.run/one-norm": (BRANCH, "squared distances in the assignment")}

    def nearest_median(self, x: Vector, centers: Rows) -> int:
        return self.nearest(x, centers)


class LastCenterOnTies(Wrong):
    """A later center that is as near replaces an earlier one."""

    spoils = MEDIANS
    caught = {"kmedians.run/tie": (CONVENTION, "a tie that goes to the last center")}
    honest = {"ties": "other"}

    def nearest_median(self, x: Vector, centers: Rows) -> int:
        return min(range(len(centers)), key=lambda k: (self.one_norm(x, centers[k]), -k))


class CutsPoints(Wrong):
    """Points are cut to the length of the first center."""

    spoils = MEDIANS
    caught = {"kmedians.run/refuse-dimension": (FAIL, "fewer columns than the points")}

    def kmedians_run(self, points: Rows, centers: Rows, iterations: int) -> dict[str, Any]:
        return super().kmedians_run([x[: len(centers[0])] for x in points], centers, iterations)


class CostOfSquares(Wrong):
    """J is a sum of squares."""

    spoils = MEDIANS
    caught = {"kmedians.run/cost": (FAIL, "a cost of squared distances")}

    def cost_of_medians(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        return self.distortion(points, labels, centers)
