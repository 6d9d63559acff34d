"""Principal components as a textbook has them, one small method for each formula."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refimpl.errors import BadInput, Undefined
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Axis = tuple[float, Vector, Vector]
"""A variance, the component along which it is, and the score of every point."""

TURNS = 40
"""Sweeps after which rotations end; ten suffice for any matrix."""

LITTLE = 2.0**-52


def product_of(x: Vector, y: Vector) -> float:
    return sum(a * b for a, b in zip(x, y, strict=True))


def identity(d: int) -> list[list[float]]:
    return [[float(i == j) for j in range(d)] for i in range(d)]


def rounding(lines: Rows) -> float:
    """Up to so much the square of a line may be nothing but rounding."""
    return LITTLE**2 * sum(product_of(line, line) for line in lines)


def made_orthogonal(lines: Rows) -> tuple[list[Vector], list[Vector]]:
    """Rotate lines in pairs until they are orthogonal (Hestenes 1958); with the orthogonal matrix that does so.

    Squares of what is small are never added to squares of what is large. A line that is nothing but rounding stays.
    """
    found: list[list[Vector]] = [[line, axis] for line, axis in zip(lines, identity(len(lines)), strict=True)]
    nothing = rounding(lines)
    for _ in range(TURNS):
        turned = False
        for q in range(len(lines)):
            for p in range(q):
                (x, _), (y, _) = found[p], found[q]
                xx, xy, yy = product_of(x, x), product_of(x, y), product_of(y, y)
                if abs(xy) <= LITTLE * math.sqrt(xx) * math.sqrt(yy) or min(xx, yy) <= nothing:
                    continue
                turned = True
                theta = (yy - xx) / (2 * xy)
                t = math.copysign(1 / (abs(theta) + math.hypot(theta, 1)), theta)
                c = 1 / math.hypot(t, 1)
                pairs = list(zip(found[p], found[q], strict=True))
                found[p] = [[c * (a - t * b) for a, b in zip(u, v, strict=True)] for u, v in pairs]
                found[q] = [[c * (t * a + b) for a, b in zip(u, v, strict=True)] for u, v in pairs]
        if not turned:
            break
    return [line for line, _ in found], [axis for _, axis in found]


def eigenvectors(matrix: Rows) -> list[tuple[float, Vector]]:
    """The eigenvalues of a symmetric matrix and unit vectors, the largest first, by Jacobi's rotations."""
    a = [list(row) for row in matrix]
    axes = identity(len(a))
    largest = max(abs(x) for row in a for x in row)
    for _ in range(TURNS):
        pairs = [(p, q) for q in range(len(a)) for p in range(q) if abs(a[p][q]) > LITTLE / 256 * largest]
        if not pairs:
            break
        for p, q in pairs:
            if not a[p][q]:
                continue
            theta = (a[q][q] - a[p][p]) / (2 * a[p][q])
            t = math.copysign(1 / (abs(theta) + math.hypot(theta, 1)), theta)
            c = 1 / math.hypot(t, 1)
            for rows in (a, axes):
                x, y = rows[p], rows[q]
                rows[p] = [c * (u - t * v) for u, v in zip(x, y, strict=True)]
                rows[q] = [c * (t * u + v) for u, v in zip(x, y, strict=True)]
            for row in a:
                row[p], row[q] = c * (row[p] - t * row[q]), c * (t * row[p] + row[q])
    return sorted(((a[k][k], axes[k]) for k in range(len(a))), key=lambda pair: -pair[0])


class Components(Adapter):
    """The task pca.fit, by rotations of the points, which need no covariance."""

    total: Callable[[Iterable[float]], float]
    average: Callable[[Vector], float]
    divisor: Callable[[int, int], int]
    check_points: Callable[[Rows], None]
    check_ddof: Callable[[int, int], None]

    def pca_fit(self, points: Rows, components: int, ddof: int) -> dict[str, Any]:
        self.check_components(points, components, ddof)
        mean = self.middle(points)
        away = self.deviations(points, mean)
        divisor = self.divisor(len(points), ddof)
        axes = self.ordered([self.axis(away, w, divisor) for w in self.directions(away)])
        kept = self.leading(axes, components)
        whole = self.whole_variance(away, kept, divisor)
        return self.told_axes(mean, kept, [self.share_of_variance(axis[0], whole) for axis in kept])

    def middle(self, points: Rows) -> Vector:
        return [self.average(column) for column in zip(*points, strict=True)]

    def deviations(self, points: Rows, mean: Vector) -> Rows:
        return [[a - m for a, m in zip(x, mean, strict=True)] for x in points]

    def directions(self, away: Rows) -> Rows:
        """All components, in any order; in more dimensions than points those that points can have."""
        if len(away[0]) <= len(away):
            return made_orthogonal(list(zip(*away, strict=True)))[1]
        return [self.normed(line) for line in made_orthogonal(away)[0] if product_of(line, line) > rounding(away)]

    def normed(self, vector: Vector) -> Vector:
        largest = max(map(abs, vector))
        vector = [a / largest for a in vector]
        length = math.sqrt(product_of(vector, vector))
        return [a / length for a in vector]

    def axis(self, away: Rows, w: Vector, divisor: int) -> Axis:
        scores = [self.score_along(x, w) for x in away]
        return self.variance_along(scores, divisor), w, scores

    def score_along(self, x: Vector, w: Vector) -> float:
        return self.total(a * b for a, b in zip(x, w, strict=True))

    def variance_along(self, scores: Vector, divisor: int) -> float:
        return self.total(y * y for y in scores) / divisor

    def ordered(self, axes: Sequence[Axis]) -> Sequence[Axis]:
        return sorted(axes, key=lambda axis: -axis[0])

    def leading(self, axes: Sequence[Axis], components: int) -> Sequence[Axis]:
        return axes[:components]

    def whole_variance(self, away: Rows, kept: Sequence[Axis], divisor: int) -> float:
        """Of all columns."""
        return self.total(self.variance_along(column, divisor) for column in zip(*away, strict=True))

    def share_of_variance(self, variance: float, whole: float) -> float:
        return variance / whole

    def told_axes(self, mean: Vector, kept: Sequence[Axis], ratio: Vector) -> dict[str, Any]:
        variances, components, scores = zip(*kept, strict=True)
        return {
            "mean": mean,
            "variances": variances,
            "ratio": ratio,
            "components": components,
            "scores": list(zip(*scores, strict=True)),
        }

    def check_components(self, points: Rows, components: int, ddof: int) -> None:
        self.check_points(points)
        self.check_ddof(ddof, len(points))
        self.check_count(components, len(points[0]))
        if all(x == points[0] for x in points):
            self.no_variance(points)

    def check_count(self, components: int, d: int) -> None:
        if not 1 <= components <= d:
            raise BadInput(f"there are no {components} components in {d} dimensions")

    def no_variance(self, points: Rows) -> None:
        raise Undefined("all points are equal")
