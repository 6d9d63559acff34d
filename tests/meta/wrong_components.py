"""Principal components that are wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import math
import random
from collections.abc import Sequence
from itertools import pairwise
from typing import Any

from mistake import ERROR, FAIL, WEAK, Wrong
from textbook_components import Axis, Rows, Vector, eigenvectors, identity, product_of

PCA = ("pca.fit",)


def scatter(away: Rows) -> Rows:
    """The matrix of sums of products of columns."""
    columns = list(zip(*away, strict=True))
    return [[product_of(x, y) for y in columns] for x in columns]


def image(matrix: Rows, vector: Vector) -> Vector:
    return [product_of(row, vector) for row in matrix]


def without(matrix: Rows, value: float, vector: Vector) -> Rows:
    """A - value v v^T."""
    return [
        [x - value * a * b for x, b in zip(row, vector, strict=True)] for row, a in zip(matrix, vector, strict=True)
    ]


# --- centring and what is decomposed ------------------------------------------------------------------


class NeverCentres(Wrong):
    """The decomposition and the scores are those of the points as they are."""

    spoils = PCA
    caught = {"pca.fit/mean-is-largest": (FAIL, "points that are not centred")}

    def deviations(self, points: Rows, mean: Vector) -> Rows:
        return points


class ScoresNotCentred(Wrong):
    """Components are right, but the points themselves are projected."""

    spoils = PCA
    caught = {"pca.fit/plain": (FAIL, "scores of points that are not centred")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        told = super().pca_fit(points, components, ddof)
        return {**told, "scores": [[self.score_along(x, w) for w in told["components"]] for x in points]}


class GramNotCentred(Wrong):
    """In more dimensions than points the Gram matrix is that of the points as they are."""

    spoils = PCA
    caught = {"pca.fit/two-points": (FAIL, "Gram matrix of points that are not centred")}

    def deviations(self, points: Rows, mean: Vector) -> Rows:
        self.points = points
        return super().deviations(points, mean)

    def directions(self, away: Rows) -> Rows:
        return super().directions(self.points if len(away) < len(away[0]) else away)


class GramVectors(Wrong):
    """In more dimensions than points the eigenvectors of the Gram matrix are told as the components."""

    spoils = PCA
    caught = {"pca.fit/more-dimensions": (FAIL, "they have N entries where D are meant")}

    def axis(self, away: Rows, w: Vector, divisor: int) -> Axis:
        variance, w, scores = super().axis(away, w, divisor)
        return variance, w if len(away) >= len(w) else self.normed(scores), scores


class GramMatrix(Wrong):
    """In more dimensions than points the Gram matrix is decomposed."""

    spoils = PCA
    caught = {"pca.fit/laeuchli-wide": (FAIL, "a Gram matrix that squares what is small")}

    def directions(self, away: Rows) -> Rows:
        if len(away) >= len(away[0]):
            return super().directions(away)
        columns = list(zip(*away, strict=True))
        found = [image(columns, u) for _, u in eigenvectors(scatter(columns))]
        return [self.normed(w) for w in found if any(w)]


class CovarianceMatrix(Wrong):
    """The covariance matrix is decomposed."""

    spoils = PCA
    caught = {"pca.fit/laeuchli": (FAIL, "the covariance matrix in binary64")}

    def directions(self, away: Rows) -> Rows:
        return [w for _, w in eigenvectors(scatter(away))] if len(away) >= len(away[0]) else super().directions(away)


class OnePass(Wrong):
    """The covariance is E[xy] - E[x] E[y], and variances are its eigenvalues."""

    spoils = PCA
    caught = {
        "pca.fit/offset-1e8": (FAIL, "the one-pass covariance"),
        "pca.fit/offset-three": (FAIL, "negative eigenvalues"),
    }

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        told = super().pca_fit(points, components, ddof)
        if len(points) < len(points[0]):
            return told
        n, divisor, away = len(points), self.divisor(len(points), ddof), self.deviations(points, told["mean"])
        columns = list(zip(*points, strict=True))
        matrix = [[(product_of(x, y) - sum(x) * sum(y) / n) / divisor for y in columns] for x in columns]
        axes = [(value, w, [self.score_along(x, w) for x in away]) for value, w in eigenvectors(matrix)]
        kept = self.leading(self.ordered(axes), components)
        whole = self.whole_variance(away, kept, divisor)
        return self.told_axes(told["mean"], kept, [self.share_of_variance(value, whole) for value, _, _ in kept])


class OnePassRoots(OnePass, Wrong):
    """The same, and roots of the eigenvalues are taken on the way."""

    spoils = PCA
    caught = {"pca.fit/offset-three": (ERROR, "negative eigenvalues")}

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        return super().ordered([(math.sqrt(value) ** 2, w, scores) for value, w, scores in axes])


class OnePassForMany(OnePass, Wrong):
    """Points that are ten times as many as their dimensions are squared, and only these."""

    spoils = PCA
    caught = {"pca.fit/offset-twenty": (FAIL, "chosen by the number of points")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        few = len(points) < 10 * len(points[0]) if points else True
        return (super(OnePass, self) if few else super()).pca_fit(points, components, ddof)


class RandomProjection(Wrong):
    """Components are looked for among those of a random projection to ten more dimensions than asked for."""

    spoils = PCA
    caught = {"pca.fit/digits-twenty": (FAIL, "a random projection")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        self.wanted = components + 10
        return super().pca_fit(points, components, ddof)

    def directions(self, away: Rows) -> Rows:
        if self.wanted >= min(len(away), len(away[0])):
            return super().directions(away)
        source = random.Random(0)
        range_: list[Vector] = []
        for _ in range(self.wanted):
            mixture = [source.random() - 0.5 for _ in away]
            line = [product_of(mixture, column) for column in zip(*away, strict=True)]
            for other in range_ * 2:  # twice, because rounding leaves a little
                share = product_of(line, other)
                line = [a - share * b for a, b in zip(line, other, strict=True)]
            range_.append(self.normed(line))
        projected = [[product_of(x, axis) for axis in range_] for x in away]
        return [
            [product_of(turn, entries) for entries in zip(*range_, strict=True)]
            for turn in super().directions(projected)
        ]


class AbsoluteCovariances(Wrong):
    """Covariances lose their sign."""

    spoils = PCA
    caught = {"pca.fit/negative-covariance": (FAIL, "absolute values of the covariances")}

    def directions(self, away: Rows) -> Rows:
        return [w for _, w in eigenvectors([[abs(x) for x in row] for row in scatter(away)])]


class StandardisesColumns(Wrong):
    """Columns are divided by their standard deviation."""

    spoils = PCA
    caught = {
        "pca.fit/old-faithful": (FAIL, "columns that are scaled to one spread first"),
        "pca.fit/constant-feature": (ERROR, "has no standard deviation"),
        "pca.fit/digits": (ERROR, "a division by 0 where a pixel is constant"),
    }

    def deviations(self, points: Rows, mean: Vector) -> Rows:
        away = super().deviations(points, mean)
        spreads = [math.sqrt(product_of(x, x) / len(x)) for x in zip(*away, strict=True)]
        return [[a / s for a, s in zip(x, spreads, strict=True)] for x in away]


class CountsOnce(Wrong):
    """Points that are equal count as one."""

    spoils = PCA
    caught = {"pca.fit/duplicates": (FAIL, "points that are counted once")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        super().pca_fit(points, components, ddof)  # refuses what it refuses
        told = super().pca_fit([list(x) for x in dict.fromkeys(map(tuple, points))], components, ddof)
        away = self.deviations(points, told["mean"])
        return {**told, "scores": [[self.score_along(x, w) for w in told["components"]] for x in away]}


class ColumnForPoint(Wrong):
    """A single column is taken for a single point."""

    spoils = PCA
    caught = {"pca.fit/one-dimension": (ERROR, "taken for one point")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        if len(points) > 1 and all(len(x) == 1 for x in points):
            points = list(zip(*points, strict=True))
        return super().pca_fit(points, components, ddof)


# --- eigenvectors -------------------------------------------------------------------------------------


class PowerIteration(Wrong):
    """A hundred steps of power iteration, then the next vector by deflation."""

    spoils = PCA
    caught = {"pca.fit/nearly-tied": (FAIL, "stops after a hundred steps")}

    def directions(self, away: Rows) -> Rows:
        if len(away) < len(away[0]):
            return super().directions(away)
        matrix, found = scatter(away), []
        for k in range(len(matrix)):
            w: Vector = [1.0 / (i + k + 1) for i in range(len(matrix))]
            for vector in found:
                share = product_of(w, vector)
                w = [a - share * b for a, b in zip(w, vector, strict=True)]
            w = self.iterated(matrix, self.normed(w))
            matrix = without(matrix, product_of(w, image(matrix, w)), w)
            found.append(w)
        return found

    def iterated(self, matrix: Rows, w: Vector) -> Vector:
        for t in range(100):
            moved = image(matrix, w)
            if not any(moved):
                break
            before, w = w, self.normed(moved)
            if t and self.stands_still(matrix, before, w):
                break
        return w

    def stands_still(self, matrix: Rows, before: Vector, w: Vector) -> bool:
        return False


class StopsByQuotient(PowerIteration, Wrong):
    """Power iteration ends where the Rayleigh quotient changes by less than a billionth."""

    spoils = PCA
    caught = {"pca.fit/nearly-tied-more": (FAIL, "stops where its Rayleigh quotient moves no more")}

    def stands_still(self, matrix: Rows, before: Vector, w: Vector) -> bool:
        old, new = (product_of(v, image(matrix, v)) for v in (before, w))
        return abs(new - old) <= 1e-9 * abs(new)


class DeflatesByARow(Wrong):
    """Deflation takes a row out of the matrix whose columns are the eigenvectors."""

    spoils = PCA
    caught = {"pca.fit/three-of-six": (FAIL, "takes the wrong vector out")}

    def directions(self, away: Rows) -> Rows:
        if len(away) < len(away[0]):
            return super().directions(away)
        matrix, found = scatter(away), []
        for _ in matrix:
            (value, w), *others = eigenvectors(matrix)
            found.append(w)
            matrix = without(matrix, value, [w[0], *(vector[0] for _, vector in others)])
        return found


class SameVectorTwice(Wrong):
    """Every eigenvector is found by itself, from one start: two of one variance are the same."""

    spoils = PCA
    caught = {"pca.fit/tied-later": (FAIL, "a vector of a tied space that is told twice")}

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        found: list[Axis] = []
        for axis in super().ordered(axes):
            again = found and axis[0] > 0 and found[-1][0] - axis[0] < 1e-9 * axis[0]
            found.append(found[-1] if again else axis)
        return found


class NotOrthogonal(Wrong):
    """Eigenvectors of one variance are any two of them that differ."""

    spoils = PCA
    caught = {"pca.fit/tied": (FAIL, "eigenvectors of one space that are not orthogonal")}

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        found: list[Axis] = []
        for variance, w, scores in super().ordered(axes):
            if found and found[-1][0] - variance < 1e-9 * variance:
                w, scores = (
                    [(a + b) / math.sqrt(2) for a, b in zip(x, y, strict=True)]
                    for x, y in zip(found[-1][1:], (w, scores), strict=True)
                )
            found.append((variance, w, scores))
        return found


class AnythingOrthogonal(Wrong):
    """A second eigenvector of one variance is any vector that is orthogonal to the first."""

    spoils = PCA
    caught = {"pca.fit/tied-simplex": (FAIL, "mixed into the space of the two that are tied")}

    def directions(self, away: Rows) -> Rows:
        found: list[Vector] = []
        for variance, w, _ in self.ordered([self.axis(away, w, 1) for w in super().directions(away)]):
            before = found and self.axis(away, found[-1], 1)[0]
            if before and variance > 0 and before - variance < 1e-9 * variance:
                start = min(identity(len(w)), key=lambda e: abs(product_of(e, found[-1])))
                share = product_of(start, found[-1])
                w = self.normed([a - share * b for a, b in zip(start, found[-1], strict=True)])
            found.append(w)
        return found


class TiesAreBad(Wrong):
    """Equal variances are refused as bad input."""

    spoils = PCA
    caught = {"pca.fit/tied": (ERROR, "an error where there is a right answer")}

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        kept = super().leading(axes, components)
        if any(x[0] - y[0] < 1e-9 * x[0] for x, y in pairwise(kept)):
            raise ValueError("a variance is there twice")
        return kept


class NoDirectionForZero(Wrong):
    """What has variance 0 has no direction, but a vector of zeros."""

    spoils = PCA
    caught = {
        "pca.fit/tied-to-zero": (FAIL, "components of variance 0 that are not orthonormal"),
        "pca.fit/constant-feature-kept": (FAIL, "a component of variance 0 that is not the constant column"),
    }

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        nothing = 1e-20 * axes[0][0]
        return [
            axis if axis[0] > nothing else (axis[0], [0.0] * len(axis[1]), axis[2])
            for axis in super().leading(axes, components)
        ]


class LeavesOutZeros(Wrong):
    """Components of variance 0 are not told."""

    spoils = PCA
    caught = {"pca.fit/tied-to-zero": (FAIL, "or not there")}

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        return [axis for axis in super().leading(axes, components) if axis[0] > 1e-20 * axes[0][0]]


class ClosedForm(Wrong):
    """In the plane eigenvalues are the roots of a quadratic equation."""

    spoils = PCA
    caught = {"pca.fit/large-numbers": (FAIL, "squares of squares, which overflow")}

    def directions(self, away: Rows) -> Rows:
        if len(away) < len(away[0]) or len(away[0]) != 2:
            return super().directions(away)
        (a, b), (_, d) = scatter(away)
        if not b:
            return identity(2)
        value = (a + d + math.sqrt((a - d) * (a - d) + 4 * (b * b))) / 2
        c, s = self.normed([b, value - a])
        return [[c, s], [-s, c]]


class TinyIsZero(Wrong):
    """A variance below 1e-12 counts as 0."""

    spoils = PCA
    caught = {"pca.fit/small-numbers": (FAIL, "a threshold below which a variance counts as 0")}

    def variance_along(self, scores: Vector, divisor: int) -> float:
        found = super().variance_along(scores, divisor)
        return found if found > 1e-12 else 0.0

    def share_of_variance(self, variance: float, whole: float) -> float:
        return variance / whole if whole else 0.0


# --- what is told of them -----------------------------------------------------------------------------


class Ascending(Wrong):
    """The smallest eigenvalue comes first."""

    spoils = PCA
    caught = {"pca.fit/already-axes": (FAIL, "eigenvalues in ascending order")}

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        return super().ordered(axes)[::-1]


class AscendingKept(Wrong):
    """The right components are kept, and told from the smallest one on."""

    spoils = PCA
    caught = {"pca.fit/already-axes": (FAIL, "eigenvalues in ascending order")}

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        return super().leading(axes, components)[::-1]


class StandardDeviations(Wrong):
    """Variances are rooted."""

    spoils = PCA
    caught = {"pca.fit/iris": (FAIL, "standard deviations for variances")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        return super().told_axes(mean, [(math.sqrt(value), w, scores) for value, w, scores in kept], ratio)


class ScoresByRoots(Wrong):
    """Where nothing varies the scores are an eigenvector of the Gram matrix times the root of its eigenvalue."""

    spoils = PCA
    caught = {"pca.fit/lecture-table": (WEAK, "of 1e-14 that is rooted")}

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        found = super().ordered(axes)
        if len(found[0][2]) > 10:  # which takes its time
            return found
        pairs = eigenvectors(scatter([scores for _, _, scores in found]))
        return [
            (variance, w, scores if variance > 1e-20 * found[0][0] else [math.sqrt(abs(value)) * a for a in u])
            for (variance, w, scores), (value, u) in zip(found, pairs, strict=False)
        ]


class Whitened(Wrong):
    """Scores have variance 1."""

    spoils = PCA
    caught = {"pca.fit/iris": (FAIL, "whitened scores")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        whitened = [(value, w, [y / (math.sqrt(value) or 1.0) for y in scores]) for value, w, scores in kept]
        return super().told_axes(mean, whitened, ratio)


class RunningShares(Wrong):
    """The ratio is that of all components so far."""

    spoils = PCA
    caught = {"pca.fit/iris": (FAIL, "running sums of shares")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        return super().told_axes(mean, kept, [sum(ratio[: k + 1]) for k in range(len(ratio))])


class SharesOfKept(Wrong):
    """The ratio is relative to the variance of the components that are kept."""

    spoils = PCA
    caught = {"pca.fit/one-component": (FAIL, "shares of the variance that is kept")}

    def whole_variance(self, away: Rows, kept: Sequence[Axis], divisor: int) -> float:
        return self.total(variance for variance, _, _ in kept)


class ScoresTransposed(Wrong):
    """A row of scores for each component."""

    spoils = PCA
    caught = {"pca.fit/plain": (FAIL, "scores with rows and columns exchanged")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        told = super().pca_fit(points, components, ddof)
        return {**told, "scores": list(zip(*told["scores"], strict=True))}


class ComponentsAsColumns(Wrong):
    """A column for each component, as linear algebra returns them."""

    spoils = PCA
    caught = {"pca.fit/three-four-five": (FAIL, "components as columns")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        told = super().pca_fit(points, components, ddof)
        return {**told, "components": list(zip(*told["components"], strict=True))}


class LargestEntryIsOne(Wrong):
    """Components are scaled by their largest entry."""

    spoils = PCA
    caught = {"pca.fit/three-four-five": (FAIL, "relative to the largest one")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        scaled = [(value, [a / max(map(abs, w)) for a in w], scores) for value, w, scores in kept]
        return super().told_axes(mean, scaled, ratio)


class SignsOfComponentsAlone(Wrong):
    """Components are turned round, and their scores are not."""

    spoils = PCA
    caught = {"pca.fit/negative-covariance": (FAIL, "changes its sign without its scores")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        return super().told_axes(mean, [(value, [-a for a in w], scores) for value, w, scores in kept], ratio)


class SignOfTheFirstEntry(Wrong):
    """A component and its scores are multiplied by the sign of its first entry, which may be 0."""

    spoils = PCA
    caught = {"pca.fit/zero-entries": (FAIL, "a sign that is taken from an entry that is 0")}

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        turned = []
        for value, w, scores in kept:
            sign = (w[0] > 0) - (w[0] < 0)
            turned.append((value, [sign * a for a in w], [sign * y for y in scores]))
        return super().told_axes(mean, turned, ratio)


# --- what is not refused ------------------------------------------------------------------------------


class NoComponents(Wrong):
    """No component is an answer."""

    spoils = PCA
    caught = {"pca.fit/refuse-no-component": (FAIL, "a check that forgets 0")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        if components:
            return super().pca_fit(points, components, ddof)
        told = super().pca_fit(points, 1, ddof)
        return {"mean": told["mean"], "variances": [], "ratio": [], "components": [], "scores": [[] for _ in points]}


class AsManyAsThereAre(Wrong):
    """More components than dimensions are cut to what there is."""

    spoils = PCA
    caught = {"pca.fit/refuse-too-many": (FAIL, "silently fewer than asked for")}

    def check_count(self, components: int, d: int) -> None:
        super().check_count(min(components, d), d)


class AnswersConstants(Wrong):
    """Points that do not vary have the axes as components, and 0/0 of the variance."""

    spoils = PCA
    caught = {
        "pca.fit/refuse-constant": (FAIL, "NaN for shares of a variance of 0"),
        "pca.fit/refuse-one-point": (FAIL, "a direction that no point has"),
    }

    def no_variance(self, points: Rows) -> None:
        """No refusal."""

    def directions(self, away: Rows) -> Rows:
        return super().directions(away) if any(map(any, away)) else identity(len(away[0]))

    def share_of_variance(self, variance: float, whole: float) -> float:
        return super().share_of_variance(variance, whole) if whole else math.nan


class CrashesOnNothing(Wrong):
    """The number of dimensions is that of the first point, which need not be there."""

    spoils = PCA
    caught = {"pca.fit/refuse-empty": (ERROR, "a crash in place of a sentence")}

    def check_components(self, points: Rows, components: int, ddof: int) -> None:
        self.check_count(components, len(points[0]))
        super().check_components(points, components, ddof)


class CutsRows(Wrong):
    """Rows are cut to the shortest one."""

    spoils = PCA
    caught = {"pca.fit/refuse-ragged": (FAIL, "rows that are cut")}

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        return super().pca_fit(list(zip(*zip(*points, strict=False), strict=True)), components, ddof)
