"""K-medoids and K-medians as a textbook has them, one small method for each half-step."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refimpl.errors import BadInput, EmptyData
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Labels = Sequence[int]


class Descents(Adapter):
    """The tasks kmedoids.run and kmedians.run."""

    total: Callable[[Iterable[float]], float]
    planned: Callable[[int], int]
    empty: Callable[[Vector, Rows, Rows], Vector]
    check_points: Callable[[Rows], None]
    check_centers: Callable[[Rows, Rows], None]
    check_k: Callable[[int, int], None]
    check_iterations: Callable[[int], None]

    # --- K-medoids ------------------------------------------------------------------------------------

    def kmedoids_run(self, dissimilarity: Rows, medoids: Labels, iterations: int) -> dict[str, Any]:
        self.check_dissimilarity(dissimilarity)
        self.check_medoids(medoids, len(dissimilarity))
        self.check_iterations(iterations)
        v = self.table(dissimilarity)
        entered = left = list(medoids)
        labels = self.to_medoids(v, left)
        for _ in range(self.planned(iterations)):
            entered = left
            labels = self.to_medoids(v, entered)
            left = self.new_medoids(v, labels, entered)
        return self.told_medoids(v, labels, entered, left)

    def table(self, v: Rows) -> Rows:
        """What is worked with."""
        return v

    def told_medoids(self, v: Rows, labels: Labels, entered: Labels, left: Labels) -> dict[str, Any]:
        """The last step as it is answered."""
        return {"labels": labels, "medoids": left, "cost": self.cost_of_medoids(v, labels, left)}

    def to_medoids(self, v: Rows, medoids: Labels) -> list[int]:
        return [self.nearest_medoid(row, medoids, v) for row in v]

    def nearest_medoid(self, row: Vector, medoids: Labels, v: Rows) -> int:
        """The lowest index of a nearest medoid."""
        return min(range(len(medoids)), key=lambda k: row[medoids[k]])

    def new_medoids(self, v: Rows, labels: Labels, medoids: Labels) -> list[int]:
        groups = [[n for n, label in enumerate(labels) if label == k] for k in range(len(medoids))]
        return [
            self.medoid(v, group) if group else self.empty_medoid(v, old, medoids)
            for group, old in zip(groups, medoids, strict=True)
        ]

    def empty_medoid(self, v: Rows, old: int, medoids: Labels) -> int:
        """The new medoid of a cluster without members."""
        return old

    def medoid(self, v: Rows, members: Labels) -> int:
        """The first member that is cheapest."""
        return min(members, key=lambda m: self.cost_of_member(v, members, m))

    def cost_of_member(self, v: Rows, members: Labels, m: int) -> float:
        return self.total(v[n][m] for n in members)

    def cost_of_medoids(self, v: Rows, labels: Labels, medoids: Labels) -> float:
        return self.total(row[medoids[label]] for row, label in zip(v, labels, strict=True))

    # --- K-medians ------------------------------------------------------------------------------------

    def kmedians_run(self, points: Rows, centers: Rows, iterations: int) -> dict[str, Any]:
        self.check_points(points)
        self.check_centers(points, centers)
        self.check_k(len(centers), len(points))
        self.check_iterations(iterations)
        entered = left = list(centers)
        labels = self.to_medians(points, left)
        for _ in range(self.planned(iterations)):
            entered = left
            labels = self.to_medians(points, entered)
            left = self.new_medians(points, labels, entered)
        return self.told_medians(points, labels, entered, left)

    def told_medians(self, points: Rows, labels: Labels, entered: Rows, left: Rows) -> dict[str, Any]:
        """The last step as it is answered."""
        return {"labels": labels, "centers": left, "cost": self.cost_of_medians(points, labels, left)}

    def one_norm(self, x: Vector, y: Vector) -> float:
        return self.total(abs(a - b) for a, b in zip(x, y, strict=True))

    def to_medians(self, points: Rows, centers: Rows) -> list[int]:
        return [self.nearest_median(x, centers) for x in points]

    def nearest_median(self, x: Vector, centers: Rows) -> int:
        """The lowest index of a nearest center."""
        return min(range(len(centers)), key=lambda k: self.one_norm(x, centers[k]))

    def new_medians(self, points: Rows, labels: Labels, centers: Rows) -> list[Vector]:
        groups = [[x for x, label in zip(points, labels, strict=True) if label == k] for k in range(len(centers))]
        return [
            self.middle_of(group) if group else self.empty(old, points, centers)
            for group, old in zip(groups, centers, strict=True)
        ]

    def middle_of(self, group: Rows) -> Vector:
        return [self.median(column) for column in zip(*group, strict=True)]

    def median(self, column: Vector) -> float:
        ordered = sorted(column)
        half, odd = divmod(len(ordered), 2)
        return ordered[half] if odd else (ordered[half - 1] + ordered[half]) / 2

    def cost_of_medians(self, points: Rows, labels: Labels, centers: Rows) -> float:
        return self.total(self.one_norm(x, centers[label]) for x, label in zip(points, labels, strict=True))

    # --- what is refused ------------------------------------------------------------------------------

    def check_dissimilarity(self, v: Rows) -> None:
        if not v:
            raise EmptyData("there is no point")
        self.check_dissimilarity_is_square(v)
        self.check_not_negative(v)

    def check_dissimilarity_is_square(self, v: Rows) -> None:
        if any(len(row) != len(v) for row in v):
            raise BadInput("the table is not square")

    def check_not_negative(self, v: Rows) -> None:
        if any(x < 0 for row in v for x in row):
            raise BadInput("an entry is negative")

    def check_medoids(self, medoids: Labels, n: int) -> None:
        if not medoids:
            raise BadInput("there is no medoid")
        self.check_range(medoids, n)
        self.check_different(medoids)

    def check_range(self, medoids: Labels, n: int) -> None:
        if not all(0 <= m < n for m in medoids):
            raise BadInput("a medoid is no point")

    def check_different(self, medoids: Labels) -> None:
        if len(set(medoids)) < len(medoids):
            raise BadInput("two medoids are one point")
