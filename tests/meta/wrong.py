"""Implementations that are wrong on purpose: the textbook with one mistake each, declared honestly but for it.

    spoils    the tasks of which at least one golden case notices the mistake; the other tasks notice nothing
    caught    the golden cases whose reason names the mistake, with the verdict and a phrase of that reason
    honest    where the mistake is another convention: what has to be declared, and nothing is wrong any more

Every golden case is caught by a mistake here, unless its reason tells what it shows.
"""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
import statistics
from collections.abc import Sequence
from itertools import product
from operator import mul
from typing import Any

import numpy as np
import wrong_components  # noqa: F401  its classes are found among the subclasses of Wrong
import wrong_descents  # noqa: F401  and so are these
import wrong_factors  # noqa: F401  and so are these
import wrong_graphs  # noqa: F401  and so are these
import wrong_hierarchies  # noqa: F401  and so are these
import wrong_mixtures  # noqa: F401  and so are these
import wrong_preprocessing  # noqa: F401  and so are these
import wrong_silhouettes  # noqa: F401  and so are these
import wrong_sweep  # noqa: F401  and so are these
from mistake import BRANCH, CONVENTION, ERROR, FAIL, WEAK, Wrong, single
from textbook import Counts, Pair, Posterior, Rows, State, Vector

from refimpl.oracle.case import Numbers
from refimpl.oracle.peers.peer import Answer
from refimpl.oracle.values import Tree

COINS = ("coins.step", "coins.run", "coins.fixed_point")
CENTERS = ("kmeans.update", "kmeans.step", "kmeans.run", "kmeans.fit", "kmeans.optimum")
DISTORTION = ("kmeans.step", "kmeans.run", "kmeans.fit", "kmeans.optimum")
BINOMIAL = ("binomial.step", "binomial.run", "binomial.fixed_point")
RUNS = ("kmeans.run", "kmedoids.run", "kmedians.run", "coins.run", "gmm.run", "bernoulli.run", "binomial.run")
LABELS = ("kmeans.assign", "kmeans.step", "kmeans.run", "kmeans.fit")

# --- the nearest center -------------------------------------------------------------------------------


class LastIndexOnTies(Wrong):
    """A later center at the same distance replaces an earlier one."""

    spoils = (*LABELS, "choose_k.sweep")
    caught = {
        "kmeans.assign/tie-lowest-index": (CONVENTION, "a tie that goes to the last index"),
        "kmeans.assign/tie-three-ways": (CONVENTION, "replaces the best center on equality"),
        "kmeans.assign/equal-centers": (CONVENTION, "not given to the lowest index"),
    }
    honest = {"ties": "other"}

    def nearest(self, x: Vector, centers: Rows) -> int:
        return min(range(len(centers)), key=lambda k: (self.squared_distance(x, centers[k]), -k))


class CountsLabelsFromOne(Wrong):
    """Labels are 1 to K, as in Fortran, R and Julia."""

    spoils = ("kmeans.assign",)
    caught = {"kmeans.assign/plain": (BRANCH, "labels that are counted from 1")}

    def kmeans_assign(self, points: Rows, centers: Rows) -> dict[str, Any]:
        return {"labels": [label + 1 for label in super().kmeans_assign(points, centers)["labels"]]}


class FarthestCenter(Wrong):
    """The comparison is the wrong way round."""

    spoils = (
        "kmeans.assign",
        "kmeans.step",
        "kmeans.run",
        "kmeans.fit",
        "kmeans.online",
        "choose_k.sweep",
    )
    caught = {"kmeans.assign/plain": (BRANCH, "of the farthest center")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        return max(range(len(centers)), key=lambda k: self.squared_distance(x, centers[k]))


class Manhattan(Wrong):
    """Points go to the nearest center in the sum of absolute differences."""

    spoils = (
        "kmeans.assign",
        "kmeans.run",
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.assign/euclidean": (BRANCH, "the sum of moduli")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        distances = [self.total(abs(a - b) for a, b in zip(x, c, strict=True)) for c in centers]
        return distances.index(min(distances))


class Chebyshev(Wrong):
    """Points go to the nearest center in the largest absolute difference."""

    spoils = (
        "kmeans.assign",
        "kmeans.run",
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.assign/euclidean": (BRANCH, "the largest modulus")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        distances = [max(abs(a - b) for a, b in zip(x, c, strict=True)) for c in centers]
        return distances.index(min(distances))


class LeavesOutColumns(Wrong):
    """Distances are taken in the plane of the first two columns."""

    spoils = (
        "kmeans.assign",
        "kmeans.run",
        "kmeans.fit",
        "kmeans.optimum",
        "kmeans.seeding",
        "choose_k.sweep",
    )
    caught = {
        "kmeans.assign/iris": (BRANCH, "columns that are left out"),
        "kmeans.seeding/iris": (FAIL, "columns that are left out"),
    }

    def squared_distance(self, x: Vector, y: Vector) -> float:
        return super().squared_distance(x[:2], y[:2])


class ExpandsSquares(Wrong):
    """|x|^2 - 2 x.y + |y|^2, which cancels far from the origin."""

    spoils = (
        "kmeans.assign",
        "kmeans.step",
        "kmeans.run",
        "kmeans.fit",
        "kmeans.optimum",
        "kmeans.seeding",
        "choose_k.sweep",
    )
    caught = {
        "kmeans.assign/offset-1e8": (BRANCH, "|x|^2 - 2xy + |y|^2"),
        "kmeans.assign/offset-1e8-plane-seen": (BRANCH, "expanded squares in two dimensions in binary64, with"),
        "kmeans.step/offset-1e8": (BRANCH, "expanded squares in the assignment and in the distortion"),
        "kmeans.step/tight-pairs": (FAIL, "a distortion from expanded squares in binary64"),
        "kmeans.run/offset-1e8": (FAIL, "expanded squares, which leave no digit of J"),
        "kmeans.fit/offset-1e8": (FAIL, "expanded squares"),
        "kmeans.seeding/offset-1e8": (ERROR, "expanded squares"),
    }

    def squared_distance(self, x: Vector, y: Vector) -> float:
        xx, xy, yy = (self.total(a * b for a, b in zip(u, v, strict=True)) for u, v in ((x, x), (x, y), (y, y)))
        return xx - 2 * xy + yy


class ExpandsWithoutThePoint(Wrong):
    """Centers are compared by |y|^2 - 2 x.y, for |x|^2 is common to all of them."""

    spoils = (
        "kmeans.assign",
        "kmeans.step",
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.assign/offset-1e8-plane-seen": (BRANCH, "with and without the point's own square")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        found = [self.total(b * b for b in c) - 2 * self.total(map(mul, x, c)) for c in centers]
        return found.index(min(found))


class ExpandsSquaresInBinary32(Wrong):
    """|x|^2 - 2 x.y + |y|^2 in binary32."""

    spoils = (
        "kmeans.assign",
        "kmeans.step",
        "kmeans.run",
        "kmeans.fit",
        "kmeans.optimum",
        "kmeans.seeding",
        "choose_k.sweep",
    )
    caught = {
        "kmeans.assign/offset-1e8-plane": (BRANCH, "expanded squares in two dimensions in binary32"),
        "kmeans.step/small-spread": (FAIL, "a distortion from expanded squares in binary32"),
    }

    def squared_distance(self, x: Vector, y: Vector) -> float:
        found = 0.0
        for a, b in zip(x, y, strict=True):
            terms = single(a) * single(a), -2 * single(a) * single(b), single(b) * single(b)
            for term in terms:
                found = single(found + single(term))
        return found


class Binary32(Wrong):
    """All that needs no logarithm is computed in binary32."""

    spoils = (
        "moments.covariance",
        "kmeans.assign",
        "kmeans.update",
        "kmeans.step",
        "kmeans.run",
        "kmeans.fit",
        "kmeans.online",
        "kmeans.optimum",
        "kmeans.seeding",
        "kmedoids.run",
        "kmedians.run",
        "silhouette.samples",
        "silhouette.clusters",
        "choose_k.sweep",
        "linkage.fit",
        "dbscan.fit",
        "modularity.score",
        "modularity.optimum",
        "map_equation.score",
        "map_equation.optimum",
        "coins.step",
        "coins.run",
        "gmm.e_step",
        "gmm.m_step",
        "gmm.step",
        "gmm.run",
        "gmm.fixed_point",
        "bernoulli.m_step",
        "binomial.step",
        "binomial.run",
        "power.run",
        "pca.fit",
        "nmf.run",
        "preprocess.min_max",
        "preprocess.impute_mean",
    )
    caught = {
        "kmeans.assign/near-tie-seen": (BRANCH, "binary32 inside"),
        "kmeans.fit/old-faithful-eruptions-3": (FAIL, "binary32 inside"),
        "kmeans.run/old-faithful-3": (FAIL, "rounding of data that are not scaled"),
        "kmeans.update/thirds": (FAIL, "means in binary32"),
        "kmeans.update/offset-1e8": (FAIL, "sums in binary32"),
        "kmeans.online/offset-1e8": (FAIL, "running sums in binary32"),
        "kmedoids.run/offset-2-27": (BRANCH, "sums in binary32"),
        "kmedians.run/offset-2-27": (FAIL, "coordinates in binary32"),
        "preprocess.min_max/offset-1e8": (FAIL, "values in binary32"),
        "preprocess.impute_mean/offset-1e8": (FAIL, "sums in binary32"),
    }

    def number(self, text: str) -> object:
        return np.float32(float(str(super().number(text))))


class TiesWithinATolerance(Wrong):
    """A center replaces the best one only if it is nearer by more than one part in a million."""

    spoils = ("kmeans.assign",)
    caught = {"kmeans.assign/near-tie-seen": (BRANCH, "treat a small difference of distances as a tie")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        best, least = 0, self.squared_distance(x, centers[0])
        for k, center in enumerate(centers):
            distance = self.squared_distance(x, center)
            if distance < least * (1 - 1e-6):
                best, least = k, distance
        return best


class TinyDistancesAreZero(Wrong):
    """Points that are nearer than 1e-12 count as equal."""

    spoils = ("kmeans.assign", "kmeans.fit")
    caught = {"kmeans.assign/magnitude-1e-150": (BRANCH, "thresholds below which two points count as equal")}

    def squared_distance(self, x: Vector, y: Vector) -> float:
        found = super().squared_distance(x, y)
        return found if found > 1e-24 else 0.0


class FourthPowers(Wrong):
    """Squares of squares are compared, and overflow."""

    spoils = (
        "kmeans.assign",
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {
        "kmeans.assign/magnitude-1e150": (BRANCH, "fourth powers"),
        "kmeans.fit/magnitude-1e150": (BRANCH, "fourth powers that overflow"),
    }

    def nearest(self, x: Vector, centers: Rows) -> int:
        powers = [self.squared_distance(x, c) * self.squared_distance(x, c) for c in centers]
        return powers.index(min(powers))


def centred(middle: Vector, *tables: Rows) -> list[Rows]:
    """The tables, with this point as the origin."""
    return [[[a - m for a, m in zip(row, middle, strict=True)] for row in rows] for rows in tables]


class CentresFirst(Wrong):
    """The mean of the data is subtracted from points and centers before they are compared."""

    spoils = ("kmeans.step", "kmeans.fit")
    caught = {
        "kmeans.step/tie-broken-by-centring-alone": (CONVENTION, "also where squares are not expanded"),
        "kmeans.fit/tie-broken-by-centring": (CONVENTION, "data that are centred first"),
    }

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        return super().assign(*centred(self.mean(points), points, centers))


class CentresAndExpands(Wrong):
    """The mean of the data is subtracted, and then squares are expanded."""

    spoils = ("kmeans.step", "kmeans.fit")
    caught = {"kmeans.step/tie-broken-by-centring": (CONVENTION, "centred before squares are expanded")}

    nearest = ExpandsWithoutThePoint.nearest

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        return super().assign(*centred(self.mean(points), points, centers))


class BoundsThatDoNotDrift(Wrong):
    """Hamerly's bound on the second nearest center is not lowered when centers move."""

    spoils = (
        "kmeans.run",
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.run/elkan-hundred": (CONVENTION, "bounds that skip a needed distance")}

    points: Rows = ()
    labels: Sequence[int] = ()
    second: Sequence[float] = ()

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        if points is not self.points:
            self.points, self.labels = points, super().assign(points, centers)
            self.second = [sorted(self.squared_distance(x, c) for c in centers)[:2][-1] for x in points]
        self.labels = [
            self.nearest(x, centers) if self.squared_distance(x, centers[label]) > bound else label
            for x, label, bound in zip(points, self.labels, self.second, strict=True)
        ]
        return self.labels


class RefusesToPredict(Wrong):
    """A new point is labelled only where there are as many points as centers."""

    spoils = ("kmeans.assign",)
    caught = {"kmeans.assign/fewer-points-than-centers": (ERROR, "Catches a refusal")}

    def check_centers(self, points: Rows, centers: Rows) -> None:
        super().check_centers(points, centers)
        self.check_k(len(centers), len(points))


class NeedsTwoCenters(Wrong):
    """The second nearest center is looked at, even where there is one."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/one-cluster": (ERROR, "needs a second center")}

    def nearest(self, x: Vector, centers: Rows) -> int:
        first, second = sorted(self.squared_distance(x, c) for c in centers)[:2]
        return super().nearest(x, centers) if second >= first else 1


class Standardises(Wrong):
    """Columns are divided by their spread before distances are taken."""

    spoils = (*LABELS, "choose_k.sweep")
    caught = {"kmeans.step/old-faithful": (BRANCH, "data on very different scales")}

    def assign(self, points: Rows, centers: Rows) -> list[int]:
        scales = [math.sqrt(self.products(x, x)) or 1.0 for x in zip(*points, strict=True)]
        points, centers = (
            [[a / s for a, s in zip(row, scales, strict=True)] for row in rows] for rows in (points, centers)
        )
        return super().assign(points, centers)


class PerturbsTheCenters(Wrong):
    """The first center of the start is pushed aside by a billionth, so that nothing is tied."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/crossed-squares": (CONVENTION, "a perturbation of the start")}

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        first = [c + (-1) ** d * 1e-9 for d, c in enumerate(centers[0])]
        return super().fit(points, [first, *centers[1:]])


# --- the new center -----------------------------------------------------------------------------------


class Medians(Wrong):
    """The center of a cluster is its median, column by column."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {
        "kmeans.update/plain": (FAIL, "Catches medians"),
        "kmeans.fit/centroids-not-medians": (FAIL, "medians for means"),
        "kmeans.optimum/one-cluster": (FAIL, "about the median"),
    }

    def mean(self, group: Rows) -> Vector:
        return [statistics.median_low(column) for column in zip(*group, strict=True)]


class Sums(Wrong):
    """The sum of a cluster is not divided."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {"kmeans.update/plain": (FAIL, "sums")}

    def moved(self, group: Rows, old: Vector) -> Vector:
        return [self.total(column) for column in zip(*group, strict=True)]


class MeansOfAll(Wrong):
    """Every cluster gets the mean of all points."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {"kmeans.update/plain": (FAIL, "a mean over all points")}

    def update(self, points: Rows, labels: Sequence[int], centers: Rows) -> list[Vector]:
        return [self.mean(points) if k in labels else old for k, old in enumerate(centers)]


class HalfTheWay(Wrong):
    """The new center is averaged with the old one."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {
        "kmeans.update/no-damping": (FAIL, "a center that is averaged with the old one"),
        "kmeans.run/beyond-convergence": (FAIL, "moves on after the labels settle"),
    }

    def moved(self, group: Rows, old: Vector) -> Vector:
        return [(a + b) / 2 for a, b in zip(self.mean(group), old, strict=True)]


class DividesIntegers(Wrong):
    """The quotient of a mean is cut to an integer."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {"kmeans.update/thirds": (FAIL, "integer division")}

    def mean(self, group: Rows) -> Vector:
        return [self.total(column) // len(group) for column in zip(*group, strict=True)]


class MixesColumns(Wrong):
    """The columns of a mean come in the reverse order."""

    spoils = (*CENTERS, "choose_k.sweep")
    caught = {"kmeans.update/iris-species": (FAIL, "columns that are mixed up")}

    def moved(self, group: Rows, old: Vector) -> Vector:
        return self.mean(group)[::-1]


class DropsEmpty(Wrong):
    """An empty cluster disappears from the answer."""

    spoils = ("kmeans.update", "kmeans.step", "kmeans.fit")
    caught = {
        "kmeans.update/empty-keeps": (FAIL, "disappears"),
        "kmeans.step/empty-cluster": (FAIL, "an empty cluster that is dropped"),
        "kmeans.step/equal-centers": (FAIL, "an empty twin that is dropped"),
        "kmeans.fit/empty-cluster": (FAIL, "an empty cluster that is dropped"),
    }
    honest = {"empty": "drop"}

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        used = sorted(set(state.labels))
        labels = [used.index(label) for label in state.labels]
        return super().told(points, State(labels, [state.centers[k] for k in used], state.distortion))

    def kmeans_update(self, points: Rows, labels: Sequence[int], centers: Rows) -> dict[str, Any]:
        updated = super().kmeans_update(points, labels, centers)["centers"]
        return {"centers": [c for k, c in enumerate(updated) if k in labels]}


class ZeroesEmpty(Wrong):
    """An empty cluster gets the origin."""

    spoils = ("kmeans.update", "kmeans.step", "kmeans.fit", "kmedians.run")
    caught = {
        "kmedians.run/empty-cluster": (BRANCH, "loses its center"),
        "kmeans.update/empty-keeps": (CONVENTION, "an empty cluster that becomes 0"),
        "kmeans.step/empty-cluster": (CONVENTION, "set to 0"),
        "kmeans.step/equal-centers": (CONVENTION, "or moved"),
        "kmeans.fit/empty-cluster": (CONVENTION, "zeroed"),
    }
    honest = {"empty": "zero"}

    def empty(self, old: Vector, points: Rows, centers: Rows) -> Vector:
        return [0.0] * len(old)


class DividesByNothing(Wrong):
    """The mean of no points is 0/0."""

    spoils = ("kmeans.update", "kmeans.step", "kmeans.fit", "kmedians.run")
    caught = {"kmeans.update/empty-keeps": (FAIL, "NaN")}
    honest = {"empty": "nan"}

    def empty(self, old: Vector, points: Rows, centers: Rows) -> Vector:
        return [math.nan] * len(old)


class RelocatesEmpty(Wrong):
    """An empty cluster gets the point that is farthest from its center."""

    spoils = ("kmeans.update", "kmeans.step", "kmeans.fit", "kmedians.run")
    caught = {
        "kmeans.step/empty-cluster": (CONVENTION, "given the farthest point in silence"),
        "kmeans.fit/empty-cluster": (BRANCH, "relocated in silence"),
    }
    honest = {"empty": "relocate"}

    def empty(self, old: Vector, points: Rows, centers: Rows) -> Vector:
        return max(points, key=lambda x: min(self.squared_distance(x, c) for c in centers))


class StaleInertia(Wrong):
    """An empty cluster takes the farthest point, which is declared; but J is that of before."""

    conventions = {"empty": "relocate"}
    spoils = ("kmeans.step",)
    caught = {"kmeans.step/stale-inertia": (FAIL, "also where that is declared")}

    def step(self, points: Rows, centers: Rows) -> State:
        before = super().step(points, centers)
        labels = list(before.labels)
        for k in set(range(len(centers))) - set(labels):
            distances = [self.squared_distance(x, before.centers[j]) for x, j in zip(points, labels, strict=True)]
            labels[distances.index(max(distances))] = k
        return State(labels, self.update(points, labels, centers), before.distortion)


class LooksForDistinctPoints(Wrong):
    """There must be as many distinct points as centers; otherwise the search for them has no end."""

    spoils = ("kmeans.step", "kmeans.fit", "kmeans.optimum")
    caught = {
        "kmeans.step/more-centers-than-distinct-points": (ERROR, "a loop that looks for a third distinct point"),
        "kmeans.fit/more-centers-than-distinct-points": (ERROR, "a loop that looks for a third distinct point"),
        "kmeans.optimum/fewer-distinct-points": (ERROR, "a search for a third distinct point"),
    }

    def start(self, points: Rows, centers: Rows) -> State:
        self.look(points, len(centers))
        return super().start(points, centers)

    def best_partition(self, points: Rows, k: int) -> list[int]:
        self.look(points, k)
        return super().best_partition(points, k)

    def look(self, points: Rows, k: int) -> None:
        if len({tuple(x) for x in points}) < min(k, len(points)):
            raise RuntimeError("this would go on for ever")


# --- J ------------------------------------------------------------------------------------------------


class MeanOfSquares(Wrong):
    """J is divided by the number of points."""

    spoils = (*DISTORTION, "choose_k.sweep")
    caught = {
        "kmeans.step/distances-not-variances": (FAIL, "the mean of squared distances for their sum"),
        "kmeans.optimum/sizes-not-equal": (FAIL, "the within-cluster mean in place of the sum"),
    }

    def distortion(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        return super().distortion(points, labels, centers) / len(points)


class UnsquaredObjective(Wrong):
    """J is the sum of distances."""

    spoils = (*DISTORTION, "choose_k.sweep")
    caught = {"kmeans.step/distances-not-variances": (FAIL, "the sum of unsquared distances")}

    def distortion(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        pairs = zip(points, labels, strict=True)
        return self.total(math.sqrt(self.squared_distance(x, centers[label])) for x, label in pairs)


class StaleObjective(Wrong):
    """J is that of the centers before the update."""

    spoils = ("kmeans.step", "kmeans.run")
    caught = {"kmeans.step/stale-objective": (CONVENTION, "belongs to the centers before the update")}
    honest = {"objective": "old"}

    def objective(self, points: Rows, labels: Sequence[int], entered: Rows, left: Rows) -> float:
        return self.distortion(points, labels, entered)


class SquaresAboutZero(Wrong):
    """J is sum |x|^2 - sum n |c|^2, which cancels far from the origin."""

    spoils = (*DISTORTION, "choose_k.sweep")
    caught = {"kmeans.optimum/offset-1e8": (FAIL, "sums of squares about 0")}

    def distortion(self, points: Rows, labels: Sequence[int], centers: Rows) -> float:
        zero = [0.0] * len(points[0])
        squares = self.total(self.squared_distance(x, zero) for x in points)
        return squares - self.total(self.squared_distance(centers[label], zero) for label in labels)


class FinalLabels(Wrong):
    """Labels, and J with them, are assigned once more to the centers that are returned."""

    spoils = ("kmeans.step", "kmeans.run")
    caught = {
        "kmeans.step/plain": (CONVENTION, "labels of the other half-step"),
        "kmeans.run/iris-2": (CONVENTION, "labels of the last centers"),
    }
    honest = {"labels": "final"}

    def told(self, points: Rows, state: State) -> dict[str, Any]:
        labels = self.assign(points, state.centers)
        return super().told(points, State(labels, state.centers, self.distortion(points, labels, state.centers)))


# --- runs ---------------------------------------------------------------------------------------------


class OneTooMany(Wrong):
    """A loop from 0 to T takes T + 1 steps."""

    spoils = RUNS
    caught = {
        "kmeans.run/one-iteration": (BRANCH, "an iteration too many"),
        "kmeans.run/iris-5": (BRANCH, "an iteration too many"),
        "kmeans.run/old-faithful-waiting-3": (BRANCH, "an iteration too many"),
        "kmedoids.run/one-iteration": (BRANCH, "or too many"),
        "kmedians.run/three-iterations": (BRANCH, "or too many"),
        "gmm.run/old-faithful-scaled-10": (FAIL, "an iteration too many"),
        "gmm.run/old-faithful-10": (FAIL, "an iteration too many"),
        "bernoulli.run/five-iterations": (FAIL, "an iteration too many"),
        "binomial.run/lecture-10": (FAIL, "an iteration too many"),
        **{f"coins.run/lecture-{t}": (FAIL, "an iteration too many") for t in (1, *range(3, 11))},
    }

    def planned(self, iterations: int) -> int:
        return iterations + 1


class OneTooFew(Wrong):
    """A loop from 1 to T - 1 takes T - 1 steps."""

    spoils = RUNS
    caught = {
        "kmeans.run/three-iterations": (BRANCH, "an iteration too few"),
        "kmeans.run/iris-5": (BRANCH, "or too few"),
        "kmeans.run/old-faithful-waiting-3": (BRANCH, "or too few on real data"),
        "kmedoids.run/one-iteration": (BRANCH, "an iteration too few"),
        "kmedoids.run/iris-manhattan": (BRANCH, "an iteration too few on real data"),
        "kmedians.run/three-iterations": (BRANCH, "an iteration too few"),
        "kmedians.run/iris": (BRANCH, "an iteration too few on real data"),
        "gmm.run/old-faithful-scaled-10": (FAIL, "or too few"),
        "gmm.run/old-faithful-10": (FAIL, "or too few"),
        "bernoulli.run/five-iterations": (FAIL, "or too few"),
        "binomial.run/lecture-10": (FAIL, "or too few"),
        **{f"coins.run/lecture-{t}": (FAIL, "too few") for t in range(3, 11)},
    }

    def planned(self, iterations: int) -> int:
        return max(iterations - 1, 0)


class AtLeastOnce(Wrong):
    """The loop asks at its end whether it is done."""

    spoils = RUNS
    caught = {
        "kmeans.run/no-iterations": (FAIL, "a loop that runs at least once"),
        "kmedoids.run/no-iterations": (BRANCH, "a loop that runs at least once"),
        "kmedians.run/no-iterations": (FAIL, "a loop that runs at least once"),
        "coins.run/no-iterations": (FAIL, "a loop that runs at least once"),
        "gmm.run/no-iterations": (FAIL, "a loop that runs at least once"),
        "bernoulli.run/no-iterations": (FAIL, "a loop that runs at least once"),
        "binomial.run/no-iterations": (FAIL, "a loop that runs at least once"),
    }

    def planned(self, iterations: int) -> int:
        return max(iterations, 1)


class RunStopsByTolerance(Wrong):
    """A run ends early where no center moves by as much as 200 units."""

    spoils = ("kmeans.run",)
    caught = {
        "kmeans.run/three-iterations": (BRANCH, "a stop by a tolerance"),
        "kmeans.run/tolerance-times-10": (BRANCH, "a tolerance in the units of the data, which stops earlier"),
    }

    def steps(self, points: Rows, centers: Rows, count: int) -> State:
        state = self.start(points, centers)
        for _ in range(count):
            before, state = state, self.step(points, state.centers)
            pairs = zip(before.centers, state.centers, strict=True)
            if all(self.squared_distance(a, b) < 200**2 for a, b in pairs):
                break
        return state


class FitStopsByTolerance(Wrong):
    """A fit ends where J falls by less than 1 percent."""

    spoils = ("kmeans.fit",)
    caught = {
        "kmeans.fit/iris-3": (BRANCH, "a stop by a tolerance"),
        "kmeans.fit/old-faithful-3": (BRANCH, "the last steps lower J by less than 1 percent"),
    }

    def settled(self, before: State, after: State) -> bool:
        return after.distortion >= 0.99 * before.distortion


class FitStopsByACoarseTolerance(Wrong):
    """A fit ends where J falls by less than 15 percent."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/old-faithful-2": (FAIL, "a coarse tolerance, above 11 percent of J")}

    def settled(self, before: State, after: State) -> bool:
        return after.distortion >= 0.85 * before.distortion


class FitStopsByFewLabels(Wrong):
    """A fit ends where less than one label in twenty changes."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/old-faithful-waiting-2": (BRANCH, "a stop after a step that moves few points")}

    def settled(self, before: State, after: State) -> bool:
        return sum(a != b for a, b in zip(before.labels, after.labels, strict=True)) * 20 < len(after.labels)


class FitStopsByTheQuotient(Wrong):
    """The fall of J is divided by J."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/every-point-a-cluster": (ERROR, "a stop rule relative to a distortion of 0")}

    def settled(self, before: State, after: State) -> bool:
        return super().settled(before, after) and (before.distortion - after.distortion) / after.distortion < 1


class DividesByTheSpread(Wrong):
    """The scale of the data is divided by."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/all-points-equal": (ERROR, "a division by a spread of 0")}

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        state, count = super().fit(points, centers)
        spread = max(x[0] for x in points) - min(x[0] for x in points)
        return state._replace(distortion=state.distortion / spread * spread), count


class FitWaitsForCenters(Wrong):
    """A fit ends where centers are equal to the last bit, but threads add their shares in any order."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/thirds": (FAIL, "waits for centers to be equal to the last bit")}

    forward = True

    def step(self, points: Rows, centers: Rows) -> State:
        self.forward = not self.forward
        return super().step(points, centers)

    def mean(self, group: Rows) -> Vector:
        ordered = group if self.forward else group[::-1]
        return [self.total(a / len(group) for a in column) for column in zip(*ordered, strict=True)]

    def settled(self, before: State, after: State) -> bool:
        return list(before.centers) == list(after.centers)


class HartigansExchange(Wrong):
    """A fit goes on with single points whose exchange lowers J."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/tie-at-a-fixed-point": (CONVENTION, "giving the tied point away lowers J")}

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        best, count = super().fit(points, centers)
        for n, k in product(range(len(points)) if len(points) < 10 else (), range(len(centers))):
            labels = [k if m == n else label for m, label in enumerate(best.labels)]
            moved = self.update(points, labels, best.centers)
            best = min(best, State(labels, moved, self.distortion(points, labels, moved)), key=lambda s: s.distortion)
        return best, count


class FitStopsByAbsoluteTolerance(Wrong):
    """A fit ends where J falls by less than 1e-4."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/magnitude-1e-150": (FAIL, "an absolute tolerance")}

    def settled(self, before: State, after: State) -> bool:
        return before.distortion - after.distortion < 1e-4


class FitStopsOnDistances(Wrong):
    """A fit ends where the sum of unsquared distances to the centers that entered does not fall."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/unsquared-objective": (BRANCH, "a stop rule on the sum of unsquared distances")}

    def step(self, points: Rows, centers: Rows) -> State:
        state = super().step(points, centers)
        pairs = zip(points, state.labels, strict=True)
        self.entered, self.left = (
            getattr(self, "left", 0.0),
            sum(math.sqrt(self.squared_distance(x, centers[k])) for x, k in pairs),
        )
        return state

    def settled(self, before: State, after: State) -> bool:
        return self.left >= self.entered


class FitCountsOneLess(Wrong):
    """The step that only finds that nothing changes is not counted."""

    spoils = ("kmeans.fit",)
    caught = {"kmeans.fit/plain": (FAIL, "counts its iterations otherwise")}

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        state, count = super().fit(points, centers)
        return state, count - 1


class FitRestarts(Wrong):
    """The best of the given start and of others is returned."""

    spoils = (
        "kmeans.fit",
        "choose_k.sweep",
    )
    caught = {"kmeans.fit/local-minimum": (BRANCH, "hidden restarts")}

    def fit(self, points: Rows, centers: Rows) -> tuple[State, int]:
        k = len(centers)
        starts = [centers, [points[i * len(points) // k] for i in range(k)]]
        return min((super(FitRestarts, self).fit(points, s) for s in starts), key=lambda found: found[0].distortion)


# --- point by point -----------------------------------------------------------------------------------


class StartIsAPoint(Wrong):
    """The start counts as the first point that a center has received."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/mean-of-the-received": (FAIL, "a start that carries weight")}

    def weight_of(self, received: Sequence[int], k: int) -> int:
        return received[k] + 1


class SharedCount(Wrong):
    """n counts all points, whichever center received them."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/old-faithful": (BRANCH, "a count that is shared by the centers")}

    def weight_of(self, received: Sequence[int], k: int) -> int:
        return sum(received)


class Batch(Wrong):
    """All points are assigned to the start before any center moves."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/not-in-batches": (BRANCH, "assigned to the start in one batch")}

    def kmeans_online(self, points: Rows, centers: Rows, rate: float | str) -> dict[str, Any]:
        super().kmeans_online(points, centers, rate)
        labels, moving, received = self.assign(points, centers), list(centers), [0] * len(centers)
        for x, k in zip(points, labels, strict=True):
            received[k] += 1
            moving[k] = self.pulled(moving[k], x, rate, received[k])
        return {"labels": labels, "centers": moving}


class Shuffles(Wrong):
    """Points are taken in another order, from the last to the first."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/order-matters": (BRANCH, "points that are shuffled")}

    def kmeans_online(self, points: Rows, centers: Rows, rate: float | str) -> dict[str, Any]:
        found = super().kmeans_online(points[::-1], centers, rate)
        return {**found, "labels": found["labels"][::-1]}


class DecreasingRate(Wrong):
    """A given rate is divided by the number of points as well."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/constant-rate": (FAIL, "one that decreases")}

    def pulled(self, center: Vector, x: Vector, rate: float | str, n: int) -> list[float]:
        return super().pulled(center, x, rate if isinstance(rate, str) else rate / n, n)


class ZeroRateIsMissing(Wrong):
    """`rate or "1/n"` takes a rate of 0 for a missing one."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/rate-zero": (FAIL, "taken for a missing one")}

    def pulled(self, center: Vector, x: Vector, rate: float | str, n: int) -> list[float]:
        return super().pulled(center, x, rate or "1/n", n)


class ClippedRate(Wrong):
    """A rate above 0.9 is taken for 0.9."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/rate-one": (FAIL, "clipped below 1")}

    def pulled(self, center: Vector, x: Vector, rate: float | str, n: int) -> list[float]:
        return super().pulled(center, x, rate if isinstance(rate, str) else min(rate, 0.9), n)


# --- the optimum and the next draw --------------------------------------------------------------------


class HillClimbing(Wrong):
    """Lloyd's algorithm from the first k points is taken for the optimum."""

    spoils = ("kmeans.optimum",)
    caught = {
        "kmeans.optimum/rectangle": (FAIL, "a local minimum"),
        "kmeans.optimum/old-faithful-waiting-3": (FAIL, "a local minimum on real data"),
        "kmeans.optimum/old-faithful-eruptions-4": (FAIL, "a local minimum on real data"),
        "kmeans.optimum/iris-petal-3": (FAIL, "a local minimum on data with many equal values"),
    }

    def best_partition(self, points: Rows, k: int) -> list[int]:
        return self.fit(points, points[:k])[0].labels


class HillClimbingFromTheEnd(Wrong):
    """Lloyd's algorithm from the last k points is taken for the optimum."""

    spoils = ("kmeans.optimum",)
    caught = {"kmeans.optimum/eight-points": (FAIL, "heuristics that do not try every partition")}

    def best_partition(self, points: Rows, k: int) -> list[int]:
        return self.fit(points, points[-k:])[0].labels


class CutsAtQuantiles(Wrong):
    """On a line clusters of equal size are taken for the optimum."""

    spoils = ("kmeans.optimum",)
    caught = {"kmeans.optimum/sizes-not-equal": (FAIL, "cuts at quantiles")}

    def best_intervals(self, xs: Vector, k: int) -> list[int]:
        order = sorted(range(len(xs)), key=lambda n: xs[n])
        return [order.index(n) * k // len(xs) for n in range(len(xs))]


class AlongTheFirstColumn(Wrong):
    """The optimum is looked for on the line of the first column."""

    spoils = ("kmeans.optimum",)
    caught = {"kmeans.optimum/space": (FAIL, "clusters that are found coordinate by coordinate")}

    def best_partition(self, points: Rows, k: int) -> list[int]:
        return self.best_intervals([x[0] for x in points], k)


class OneClusterLess(Wrong):
    """The optimum has a cluster less than it may have."""

    spoils = ("kmeans.optimum",)
    caught = {"kmeans.optimum/every-point-a-cluster": (FAIL, "a distortion above 0")}

    def best_partition(self, points: Rows, k: int) -> list[int]:
        return super().best_partition(points, max(k - 1, 1))


class UnsquaredSeeding(Wrong):
    """k-means++ draws by the distance, not by its square."""

    spoils = ("kmeans.seeding",)
    caught = {"kmeans.seeding/squared-distances": (FAIL, "proportional to the distance, not to its square")}

    def seeding_weight(self, x: Vector, chosen: Rows) -> float:
        return math.sqrt(super().seeding_weight(x, chosen))


class ToTheFirstChosen(Wrong):
    """D is the distance to the first chosen point."""

    spoils = ("kmeans.seeding",)
    caught = {"kmeans.seeding/two-chosen": (FAIL, "distances to the first or the last chosen point only")}

    def seeding_weight(self, x: Vector, chosen: Rows) -> float:
        return self.squared_distance(x, chosen[0])


class ToTheLastChosen(Wrong):
    """D is the distance to the last chosen point."""

    spoils = ("kmeans.seeding",)
    caught = {"kmeans.seeding/two-chosen": (FAIL, "distances to the first or the last chosen point only")}

    def seeding_weight(self, x: Vector, chosen: Rows) -> float:
        return self.squared_distance(x, chosen[-1])


class EvenDraw(Wrong):
    """Where every distance is 0 all points are drawn evenly."""

    spoils = ("kmeans.seeding",)
    caught = {"kmeans.seeding/refuse-no-distance": (FAIL, "0/0")}

    def no_distance(self, weights: Vector) -> dict[str, Any]:
        return {"probabilities": [1 / len(weights)] * len(weights)}


# --- two coins: the E-step ----------------------------------------------------------------------------


class OtherCoin(Wrong):
    """Responsibilities are told of coin B."""

    spoils = COINS
    caught = {"coins.step/lecture": (FAIL, "a wrong E-step")}

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        found = super().toss(heads, tails, theta, iterations)
        return {**found, "responsibilities": [b for _, b in self.em(heads, tails, theta, iterations)[0].shares]}


class IgnoresTails(Wrong):
    """The likelihood of a round is theta^h alone."""

    spoils = (*COINS, *BINOMIAL)
    caught = {"coins.step/lecture": (FAIL, "a wrong E-step")}

    def log_round(self, heads: int, tails: int, p: float) -> float:
        return self.log_power(p, heads)


class HardShares(Wrong):
    """A round belongs wholly to the likelier coin."""

    spoils = COINS
    caught = {"coins.step/equal-coins": (FAIL, "responsibilities other than one half")}

    def share(self, mine: float, other: float) -> float:
        return float(super().share(mine, other) > 0.5)


class Binary32Shares(Wrong):
    """Responsibilities are held in binary32."""

    spoils = COINS
    caught = {"coins.run/near-equal-start": (WEAK, "responsibilities in binary32")}

    def share(self, mine: float, other: float) -> float:
        return single(super().share(mine, other))


class RestOfOne(Wrong):
    """The share of coin B is 1 - that of A, which cancels where A has nearly all."""

    spoils = ("coins.step", "coins.run")
    caught = {
        "coins.step/one-long-round": (FAIL, "the share of B taken as 1 minus that of A"),
        "coins.run/border": (WEAK, "pushed to 0 or 1 by rounding"),
    }

    def e_step(self, heads: Counts, tails: Counts, theta: Vector) -> Posterior:
        found = super().e_step(heads, tails, theta)
        shares = [(a, 1 - a) for a, _ in found.shares]
        counts = [self.expected(heads, tails, mine) for mine in zip(*shares, strict=True)]
        return Posterior(shares, counts, found.log_likelihood)


class PlainPowers(Wrong):
    """Likelihoods are multiplied, and underflow to 0/0."""

    spoils = ("coins.step",)
    caught = {"coins.step/thousand-tosses": (ERROR, "products of a thousand probabilities")}

    def e_step(self, heads: Counts, tails: Counts, theta: Vector) -> Posterior:
        super().e_step(heads, tails, theta)  # refuses what it refuses
        shares, terms = [], []
        for h, t in zip(heads, tails, strict=True):
            a, b = (p**h * (1 - p) ** t for p in theta)
            shares.append((a / (a + b), b / (a + b)))
            terms.append(math.log((a + b) / 2))
        counts = [self.expected(heads, tails, mine) for mine in zip(*shares, strict=True)]
        return Posterior(shares, counts, sum(terms))


class ZeroTimesInfinity(Wrong):
    """0 log 0 is NaN."""

    spoils = ("coins.step", "coins.fixed_point", "binomial.step")
    caught = {
        "coins.fixed_point/border": (FAIL, "0 log 0"),
        "coins.step/coin-that-cannot": (FAIL, "0^0 = 1 elsewhere"),
        "binomial.step/coin-that-cannot": (FAIL, "0^0 = 1 elsewhere"),
    }

    def log_power(self, p: float, n: int) -> float:
        return n * (math.log(p) if p else -math.inf)


class DividesByTheRound(Wrong):
    """Counts are taken as shares of heads times the length of the round, 0/0 for a round without tosses."""

    spoils = ("coins.step",)
    caught = {"coins.step/round-without-tosses": (ERROR, "a division by the length of a round")}

    def expected(self, heads: Counts, tails: Counts, shares: Vector) -> Pair:
        rounds = [(g, h / (h + t), h + t) for g, h, t in zip(shares, heads, tails, strict=True)]
        return self.total(g * f * n for g, f, n in rounds), self.total(g * (1 - f) * n for g, f, n in rounds)


class ImpossibleIsEven(Wrong):
    """A round that neither coin can show is shared evenly."""

    spoils = ("coins.step",)
    caught = {"coins.step/refuse-impossible": (FAIL, "NaN or one half")}

    def impossible(self) -> float:
        return 0.5

    def log_of_sum(self, a: float, b: float) -> float:
        return super().log_of_sum(a, b) if max(a, b) > -math.inf else 0.0


# --- two coins: ln p ----------------------------------------------------------------------------------


class Binomial(Wrong):
    """ln C(h + t, h) is added for every round."""

    spoils = COINS
    caught = {"coins.step/binomial-coefficient": (CONVENTION, "ln C(10, 5)")}
    honest = {"binomial": "included"}

    def log_term(self, heads: int, tails: int, a: float, b: float) -> float:
        return super().log_term(heads, tails, a, b) + math.log(math.comb(heads + tails, heads))


class MeanLikelihood(Wrong):
    """ln p is divided by the number of rounds."""

    spoils = COINS
    caught = {"coins.step/natural-total": (CONVENTION, "a mean over the rounds")}
    honest = {"scale": "per-sample"}

    def log_likelihood(self, terms: Vector, heads: Counts, tails: Counts) -> float:
        return self.total(terms) / len(terms)


class LikelihoodPerToss(Wrong):
    """ln p is divided by the number of tosses."""

    spoils = COINS
    caught = {"coins.fixed_point/unequal-rounds": (FAIL, "a likelihood per toss")}

    def log_likelihood(self, terms: Vector, heads: Counts, tails: Counts) -> float:
        return self.total(terms) / max(sum(heads) + sum(tails), 1)


class CommonLogarithm(Wrong):
    """ln p is a logarithm to base 10."""

    spoils = COINS
    caught = {"coins.step/natural-total": (FAIL, "a logarithm to base 10")}

    def log_likelihood(self, terms: Vector, heads: Counts, tails: Counts) -> float:
        return self.total(terms) / math.log(10)


class ForgetsThePrior(Wrong):
    """ln p lacks the 1/2 with which each coin is picked."""

    spoils = COINS
    caught = {"coins.step/natural-total": (FAIL, "a forgotten 1/2 for the pick of the coin")}

    def log_prior(self) -> float:
        return 0.0


class LikelihoodThatLeft(Wrong):
    """ln p is taken at the theta that is returned."""

    spoils = ("coins.step", "coins.run")
    caught = {"coins.run/lecture-2": (CONVENTION, "log-likelihood at the parameters that leave the last step")}
    honest = {"likelihood": "left"}

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        found = super().toss(heads, tails, theta, iterations)
        return {**found, "log_likelihood": self.e_step(heads, tails, found["theta"]).log_likelihood}


class AllThatLeft(Wrong):
    """Responsibilities, counts and ln p are taken at the theta that is returned."""

    spoils = ("coins.step", "coins.run")
    caught = {"coins.run/lecture-2": (FAIL, "counts and log-likelihood at the parameters that leave the last step")}

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        left = super().toss(heads, tails, theta, iterations)["theta"]
        return {**super().toss(heads, tails, left, 0), "theta": left}


# --- two coins: the M-step and the run ----------------------------------------------------------------


class WholeTosses(Wrong):
    """Expected counts are rounded."""

    spoils = (*COINS, *BINOMIAL)
    caught = {"coins.step/one-toss-each": (FAIL, "counts that are rounded to whole tosses")}

    def expected(self, heads: Counts, tails: Counts, shares: Vector) -> Pair:
        h, t = super().expected(heads, tails, shares)
        return float(round(h)), float(round(t))


class Smoothing(Wrong):
    """A head and a tail are added to the counts before theta is taken."""

    spoils = (*COINS, *BINOMIAL)
    caught = {
        "coins.step/heads-never": (FAIL, "smoothing"),
        "binomial.step/coin-of-heads": (FAIL, "smoothing"),
    }

    def probability(self, heads: float, tails: float, old: float) -> float:
        return (heads + 1) / (heads + tails + 2)


class KeepsOffTheBorder(Wrong):
    """Theta stays a millionth away from 0 and 1, for fear of 0 log 0."""

    spoils = (*COINS, "binomial.step", "binomial.run")
    caught = {
        "coins.step/heads-always": (FAIL, "theta is exactly 1"),
        "coins.step/heads-never": (FAIL, "theta is exactly 0"),
        "coins.fixed_point/border": (FAIL, "the limit lies on the border"),
        "binomial.run/border": (FAIL, "kept a millionth away from 0 and 1"),
    }

    def probability(self, heads: float, tails: float, old: float) -> float:
        return min(max(super().probability(heads, tails, old), 1e-6), 1 - 1e-6)


class CommonNumberOfTosses(Wrong):
    """Expected heads are divided by the expected rounds times the mean length of a round."""

    spoils = COINS
    caught = {"coins.step/unequal-rounds": (FAIL, "a common number of tosses")}

    def m_step(self, heads: Counts, tails: Counts, entered: Vector, found: Posterior) -> list[float]:
        length = (sum(heads) + sum(tails)) / len(heads)
        mass = [self.total(mine) for mine in zip(*found.shares, strict=True)]
        return [h / (m * length) if m else old for (h, _), m, old in zip(found.counts, mass, entered, strict=True)]


class MeanOfTheShares(Wrong):
    """Theta is the weighted mean of the rounds' shares of heads."""

    spoils = COINS
    caught = {"coins.run/unequal-rounds": (FAIL, "the mean of the rounds' shares of heads")}

    def m_step(self, heads: Counts, tails: Counts, entered: Vector, found: Posterior) -> list[float]:
        fractions = [h / (h + t) if h + t else 0.5 for h, t in zip(heads, tails, strict=True)]
        return [
            self.total(g * f for g, f in zip(mine, fractions, strict=True)) / mass
            if (mass := self.total(mine))
            else old
            for mine, old in zip(zip(*found.shares, strict=True), entered, strict=True)
        ]


class NothingByNothing(Wrong):
    """A coin without expected tosses gets 0/0."""

    spoils = ("coins.step", "binomial.step")
    caught = {
        "coins.step/coin-without-mass": (FAIL, "0/0 in the M-step"),
        "binomial.step/coin-without-mass": (FAIL, "0/0 in the M-step"),
    }

    def probability(self, heads: float, tails: float, old: float) -> float:
        return super().probability(heads, tails, math.nan)


class SortedCoins(Wrong):
    """Coin A is the one that shows more heads."""

    spoils = COINS
    caught = {
        "coins.run/swapped-start": (FAIL, "coins that are sorted"),
        "coins.fixed_point/swapped-start": (FAIL, "coins that are sorted"),
    }

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        found = super().toss(heads, tails, theta, iterations)
        if found["theta"][0] >= found["theta"][1]:
            return found
        shares = [1 - a for a in found["responsibilities"]]
        return {**found, "responsibilities": shares, "counts": found["counts"][::-1], "theta": found["theta"][::-1]}


class PerturbsTheStart(Wrong):
    """Equal coins are pushed apart."""

    spoils = ("coins.fixed_point",)
    caught = {"coins.fixed_point/saddle": (FAIL, "a hidden perturbation of the start")}

    def em(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> tuple[Posterior, Vector]:
        if len(set(theta)) == 1 and 0 < theta[0] < 1 and iterations > 1:
            theta = [theta[0] * 1.001, theta[0]]
        return super().em(heads, tails, theta, iterations)


class EmStopsByTolerance(Wrong):
    """A run ends where theta moves by less than 1e-6."""

    spoils = ("coins.run", "coins.fixed_point")
    caught = {
        "coins.run/lecture-30": (FAIL, "a stop by a tolerance"),
        "coins.fixed_point/lecture": (FAIL, "a stop by a tolerance"),
        "coins.fixed_point/one-coin-suffices": (FAIL, "a stop by a tolerance where EM is slow"),
        "coins.fixed_point/slow": (FAIL, "a stop when theta moves by less than a tolerance"),
        "coins.fixed_point/overlapping": (FAIL, "a stop by a tolerance"),
    }

    def still(self, entered: Vector, left: Vector) -> bool:
        return all(abs(a - b) < 1e-6 for a, b in zip(entered, left, strict=True))


# --- covariance ---------------------------------------------------------------------------------------


class AlwaysN(Wrong):
    """The divisor is n, whatever ddof is."""

    spoils = ("moments.covariance", "pca.fit")
    caught = {
        "moments.covariance/lecture-table": (CONVENTION, "n for n-1"),
        "pca.fit/lecture-table": (CONVENTION, "n for n-1"),
    }
    honest = {"divisor": "n"}

    def divisor(self, n: int, ddof: int) -> int:
        return n


class AlwaysNMinusOne(Wrong):
    """The divisor is n - 1, whatever ddof is."""

    spoils = ("moments.covariance", "pca.fit")
    caught = {
        "moments.covariance/lecture-divisor-n": (CONVENTION, "ignores ddof"),
        "moments.covariance/old-faithful-divisor-n": (CONVENTION, "ignores ddof on real data"),
        "pca.fit/lecture-divisor-n": (CONVENTION, "n-1 for n"),
        "pca.fit/iris-two": (CONVENTION, "n-1 for n, where only the variances can tell"),
        "moments.covariance/single-observation": (ERROR, "a division by n-1 = 0"),
    }
    honest = {"divisor": "n-1"}

    def divisor(self, n: int, ddof: int) -> int:
        return n - 1


class Scatter(Wrong):
    """The sum of products is not divided at all."""

    spoils = ("moments.covariance", "pca.fit")
    caught = {"moments.covariance/not-scatter": (CONVENTION, "not divided by n - ddof")}
    honest = {"divisor": "1"}

    def divisor(self, n: int, ddof: int) -> int:
        return 1


class TakesModuli(Wrong):
    """The moduli of the products are added."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/uncorrelated-not-independent": (FAIL, "not 0 where the terms cancel")}

    def products(self, x: Vector, y: Vector) -> float:
        mean_x, mean_y = self.average(x), self.average(y)
        return self.total(abs((a - mean_x) * (b - mean_y)) for a, b in zip(x, y, strict=True))


class Ridge(Wrong):
    """A billionth of the largest variance is added to all variances, so that the matrix can be inverted."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/old-faithful": (FAIL, "real data on very different scales")}

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        found = super().moments_covariance(points, ddof)
        rows = found["covariance"]
        ridge = 1e-9 * max(row[j] for j, row in enumerate(rows))
        covariance = [[x + ridge if i == j else x for j, x in enumerate(row)] for i, row in enumerate(rows)]
        return {**found, "covariance": covariance}


class ExpandsProducts(Wrong):
    """E[xy] - E[x] E[y], which cancels far from the origin."""

    spoils = ("moments.covariance",)
    caught = {
        "moments.covariance/offset-1e8": (FAIL, "E[xy] - E[x]E[y]"),
        "moments.covariance/offset-1e8-sample": (FAIL, "E[xy] - E[x]E[y]"),
    }

    def covariance(self, x: Vector, y: Vector, ddof: int) -> float:
        mean_xy = self.average([a * b for a, b in zip(x, y, strict=True)])
        return (mean_xy - self.average(x) * self.average(y)) * len(x) / self.divisor(len(x), ddof)


class LosesTheSign(Wrong):
    """The correlation is the root of a square."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/negative-slope": (FAIL, "loses its sign")}

    def pearson(self, xy: float, xx: float, yy: float) -> float:
        return math.sqrt((xy / xx) * (xy / yy))


class MixedDivisors(Wrong):
    """The correlation takes the covariance by n - 1 and the variances by n, and is cut to [-1, 1]."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/irrational-correlation": (FAIL, "different divisors")}

    def correlation(self, x: Vector, y: Vector) -> float | None:
        found, n = super().correlation(x, y), len(x)
        return None if found is None else max(-1.0, min(found * n / (n - 1), 1.0))


class RootOfTheProduct(Wrong):
    """sqrt(var_x var_y), which leaves the range of binary64."""

    spoils = ("moments.covariance",)
    caught = {
        "moments.covariance/magnitude-1e150": (FAIL, "sqrt(var_x * var_y), which overflows"),
        "moments.covariance/magnitude-1e-150": (ERROR, "sqrt(var_x * var_y), which underflows"),
    }

    def pearson(self, xy: float, xx: float, yy: float) -> float:
        return xy / math.sqrt(xx * yy)


class ConstantsAreUncorrelated(Wrong):
    """The correlation with a constant is 0."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/constant-column": (FAIL, "a zero or NaN where the correlation is undefined")}

    def undefined_correlation(self) -> float | None:
        return 0.0


class RowsForDimensions(Wrong):
    """The covariances are those of the observations."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/more-dimensions": (FAIL, "a matrix of N x N where D x D is meant")}

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        told = super().moments_covariance(points, ddof)
        return {**told, "covariance": [[self.covariance(x, y, 0) for y in points] for x in points]}


class RoundsCorrelations(Wrong):
    """A correlation of nearly 1 is 1."""

    spoils = ("moments.covariance",)
    caught = {"moments.covariance/laeuchli": (WEAK, "a correlation that is rounded to 1")}

    def pearson(self, xy: float, xx: float, yy: float) -> float:
        found = super().pearson(xy, xx, yy)
        return math.copysign(1.0, found) if 1 - abs(found) < 1e-9 else found


class RowsForColumns(Wrong):
    """The matrix is read column by column where it was written row by row."""

    spoils = ("moments.covariance",)
    caught = {
        "moments.covariance/iris": (FAIL, "rows and columns that are exchanged"),
        "moments.covariance/iris-divisor-n": (FAIL, "rows and columns that are exchanged"),
    }

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        self.check_points(points)
        flat = [a for x in points for a in x]
        return super().moments_covariance([flat[n :: len(points)] for n in range(len(points))], ddof)


# --- answers where input must be refused --------------------------------------------------------------


class NotANumberSpreads(Wrong):
    """Nobody looks whether the numbers are finite."""

    spoils = ("moments.covariance", "kmeans.assign", "kmeans.step", "gmm.e_step")
    caught = {
        "moments.covariance/refuse-nan": (FAIL, "NaN that spreads"),
        "kmeans.assign/refuse-infinity": (FAIL, "infinity minus infinity"),
        "kmeans.step/refuse-nan": (FAIL, "NaN that goes through"),
        "gmm.e_step/refuse-nan": (FAIL, "NaN that spreads"),
    }

    def not_finite(self, name: str) -> None:
        """No check."""


class CutsRows(Wrong):
    """Rows are cut to the length of the shortest."""

    spoils = ("moments.covariance", "kmeans.assign", "kmeans.step")
    caught = {
        "moments.covariance/refuse-ragged": (FAIL, "rows that are cut"),
        "kmeans.assign/refuse-dimension": (FAIL, "columns that are dropped"),
        "kmeans.step/refuse-ragged": (FAIL, "rows that are cut to the shortest"),
    }

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        return super().moments_covariance(self.cut(points), ddof)

    def kmeans_assign(self, points: Rows, centers: Rows) -> dict[str, Any]:
        return super().kmeans_assign(*self.cut_both(points, centers))

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, Any]:
        return super().kmeans_step(*self.cut_both(points, centers))

    def cut_both(self, points: Rows, centers: Rows) -> tuple[Rows, Rows]:
        rows = self.cut([*points, *centers])
        return rows[: len(points)], rows[len(points) :]

    def cut(self, rows: Rows) -> Rows:
        width = min((len(row) for row in rows), default=0)
        return [row[:width] for row in rows]


class FillsRows(Wrong):
    """Numbers are read one after the other, and zeros follow the last."""

    spoils = ("kmeans.step",)
    caught = {"kmeans.step/refuse-ragged": (FAIL, "or read one after the other")}

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, Any]:
        width = max((len(row) for row in points), default=0)
        flat = [a for row in points for a in row] + [0.0] * width * len(points)
        return super().kmeans_step([flat[n * width : (n + 1) * width] for n in range(len(points))], centers)


class DropsPoints(Wrong):
    """Points without a label are left out, and labels without a center."""

    spoils = ("kmeans.update",)
    caught = {
        "kmeans.update/refuse-length": (FAIL, "points that are dropped in silence"),
        "kmeans.update/refuse-label": (FAIL, "a label that is ignored"),
    }

    def kmeans_update(self, points: Rows, labels: Sequence[int], centers: Rows) -> dict[str, Any]:
        pairs = [(x, k) for x, k in zip(points, labels, strict=False) if k < len(centers)]
        return super().kmeans_update([x for x, _ in pairs], [k for _, k in pairs], centers)


class DropsRounds(Wrong):
    """Rounds without both counts are left out."""

    spoils = ("coins.step", "coins.fixed_point", "binomial.step")
    caught = {
        "coins.step/refuse-lengths": (FAIL, "rounds that are dropped in silence"),
        "coins.fixed_point/refuse-lengths": (FAIL, "rounds that are dropped in silence"),
        "binomial.step/refuse-lengths": (FAIL, "rounds that are dropped in silence"),
    }

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        n = min(len(heads), len(tails))
        return super().toss(heads[:n], tails[:n], theta, iterations)

    def binomial_step(self, heads: Counts, tails: Counts, weights: Vector, probabilities: Vector) -> dict[str, Any]:
        n = min(len(heads), len(tails))
        return super().binomial_step(heads[:n], tails[:n], weights, probabilities)

    def rate(self, heads: Counts, tails: Counts, theta: Vector) -> float:
        n = min(len(heads), len(tails))
        return super().rate(heads[:n], tails[:n], theta)


class AnyCount(Wrong):
    """Counts may be negative."""

    spoils = ("coins.step",)
    caught = {"coins.step/refuse-negative-count": (FAIL, "powers with negative exponents")}

    def check_rounds(self, heads: Counts, tails: Counts) -> None:
        super().check_rounds([abs(h) for h in heads], [abs(t) for t in tails])


class CutsCounts(Wrong):
    """Counts are cut to integers."""

    spoils = ("coins.step",)
    caught = {"coins.step/refuse-fraction": (FAIL, "cut to integers in silence")}

    def run(self, task: str, given: Numbers, params: Numbers) -> Answer:
        return super().run(task, {name: self.cut(name, tree) for name, tree in given.items()}, params)

    def cut(self, name: str, tree: Tree) -> Tree:
        if name in ("heads", "tails") and isinstance(tree, list):
            return [int(self.number(str(n))) for n in tree]
        return tree


class AnyProbability(Wrong):
    """Probabilities may lie outside [0, 1]; the sign of a likelihood is lost in its logarithm."""

    spoils = ("coins.step",)
    caught = {"coins.step/refuse-probability": (FAIL, "negative likelihoods")}

    def check_theta(self, theta: Vector) -> None:
        """No check."""

    def log_power(self, p: float, n: int) -> float:
        return super().log_power(abs(p), n)


class NegativeIterations(Wrong):
    """A loop of less than no steps returns the start."""

    spoils = RUNS
    caught = {
        "kmeans.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "kmedoids.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "kmedians.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "coins.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "gmm.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "bernoulli.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
        "binomial.run/refuse-negative-iterations": (FAIL, "returns the start as a result"),
    }

    def check_iterations(self, iterations: int) -> None:
        """No check."""


class MakesUpClusters(Wrong):
    """There may be more clusters than points."""

    spoils = ("kmeans.step", "kmeans.optimum", "kmedians.run", "choose_k.sweep")
    caught = {
        "kmeans.step/refuse-k-too-large": (FAIL, "clusters that are made up"),
        "kmedians.run/refuse-too-many-centers": (FAIL, "more centers than there are points"),
        "kmeans.optimum/refuse-k-too-large": (FAIL, "clusters that are made up"),
    }

    def check_k(self, k: int, n: int) -> None:
        super().check_k(min(k, n), n)


class NoClusters(Wrong):
    """No cluster at all is an answer as well."""

    spoils = ("kmeans.step", "kmeans.optimum")
    caught = {
        "kmeans.optimum/refuse-k-zero": (FAIL, "an empty partition"),
        "kmeans.step/refuse-no-centers": (FAIL, "the nearest of nothing"),
    }

    def kmeans_optimum(self, points: Rows, k: int) -> dict[str, Any]:
        return super().kmeans_optimum(points, k) if k else {"distortion": 0.0, "labels": [-1] * len(points)}

    def kmeans_step(self, points: Rows, centers: Rows) -> dict[str, Any]:
        nothing = {"distortion": 0.0, "labels": [-1] * len(points), "centers": []}
        return super().kmeans_step(points, centers) if centers else nothing


class Overshoots(Wrong):
    """A rate may be above 1."""

    spoils = ("kmeans.online",)
    caught = {"kmeans.online/refuse-rate": (FAIL, "centers that overshoot their points")}

    def check_rate(self, rate: float | str) -> None:
        """No check."""


class WrapsAround(Wrong):
    """An index beyond the last point counts from the first again."""

    spoils = ("kmeans.seeding",)
    caught = {"kmeans.seeding/refuse-index": (FAIL, "an index that wraps around")}

    def kmeans_seeding(self, points: Rows, chosen: Sequence[int]) -> dict[str, Any]:
        return super().kmeans_seeding(points, [index % len(points) for index in chosen])


class AnyDdof(Wrong):
    """n - ddof may be 0, and what is divided by it is infinite."""

    spoils = ("moments.covariance", "pca.fit")
    caught = {
        "moments.covariance/refuse-ddof": (FAIL, "infinity or NaN where the divisor is 0"),
        "pca.fit/refuse-ddof": (FAIL, "infinity or NaN where the divisor is 0"),
    }

    def check_ddof(self, ddof: int, n: int) -> None:
        """No check."""

    def covariance(self, x: Vector, y: Vector, ddof: int) -> float:
        return super().covariance(x, y, ddof) if len(x) > ddof else math.inf

    def variance_along(self, scores: Vector, divisor: int) -> float:
        return super().variance_along(scores, divisor) if divisor else math.inf


class MeanOfNothing(Wrong):
    """The mean of no observations is no list of numbers, but is returned."""

    spoils = ("moments.covariance", "kmeans.fit", "coins.step")
    caught = {
        "moments.covariance/refuse-empty": (FAIL, "a mean of nothing"),
        "coins.step/refuse-empty": (FAIL, "a mean of nothing"),
        "kmeans.fit/refuse-empty": (FAIL, "a mean of nothing"),
    }

    def moments_covariance(self, points: Rows, ddof: int) -> dict[str, Any]:
        nothing: dict[str, Any] = {"mean": [], "covariance": [], "correlation": []}
        return super().moments_covariance(points, ddof) if points else nothing

    def toss(self, heads: Counts, tails: Counts, theta: Vector, iterations: int) -> dict[str, Any]:
        nothing = {"responsibilities": [], "counts": [[0, 0], [0, 0]], "theta": theta, "log_likelihood": 0.0}
        return super().toss(heads, tails, theta, iterations) if heads else nothing

    def kmeans_fit(self, points: Rows, centers: Rows) -> dict[str, Any]:
        nothing = {"labels": [], "centers": centers, "distortion": 0.0, "iterations": 1}
        return super().kmeans_fit(points, centers) if points else nothing


ALL: tuple[type[Wrong], ...] = tuple(Wrong.__subclasses__())
"""First those of `wrong_factors` and `wrong_mixtures`, then those of this file."""
