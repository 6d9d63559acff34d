"""Power iteration and non-negative factors as a textbook has them, one small method for each formula."""

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refimpl.errors import BadInput, EmptyData, ZeroVector
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]


class Factors(Adapter):
    """The tasks power.run and nmf.run."""

    total: Callable[[Iterable[float]], float]

    def inner(self, x: Vector, y: Vector) -> float:
        return self.total(a * b for a, b in zip(x, y, strict=True))

    # --- power iteration ------------------------------------------------------------------------------

    def power_run(self, matrix: Rows, vector: Vector, iterations: int) -> dict[str, Any]:
        self.check_power(matrix, vector)
        found = vector
        for _ in range(iterations):
            found = self.image(matrix, self.scaled(found))
            if not any(found):
                raise ZeroVector("the vector became 0")
        found = self.unit(self.scaled(found))
        return {"vector": found, "eigenvalue": self.eigenvalue(matrix, found)}

    def image(self, matrix: Rows, vector: Vector) -> Vector:
        return [self.inner(row, vector) for row in matrix]

    def scaled(self, vector: Vector) -> Vector:
        largest = max(map(abs, vector))
        return [x / largest for x in vector]

    def length(self, vector: Vector) -> float:
        return math.sqrt(self.inner(vector, vector))

    def unit(self, vector: Vector) -> Vector:
        length = self.length(vector)
        return [x / length for x in vector]

    def eigenvalue(self, matrix: Rows, unit: Vector) -> float:
        return self.inner(unit, self.image(matrix, unit))

    def check_power(self, matrix: Rows, vector: Vector) -> None:
        if any(row[j] != matrix[j][i] for i, row in enumerate(matrix) for j in range(i)):
            raise BadInput("not symmetric")
        if len(vector) != len(matrix):
            raise BadInput("a vector of another length")
        if not any(vector):
            raise ZeroVector("no direction")

    # --- non-negative factors -------------------------------------------------------------------------

    def nmf_run(self, matrix: Rows, w: Rows, h: Rows, iterations: int) -> dict[str, Any]:
        self.check_factors(matrix, w, h)
        for _ in range(iterations):
            w, h = self.updates(matrix, w, h)
        return {"w": w, "h": h, "loss": self.loss(matrix, w, h)}

    def updates(self, x: Rows, w: Rows, h: Rows) -> tuple[Rows, Rows]:
        """W first."""
        left = self.left(x, w, h)
        return left, self.right(x, left, h)

    def right(self, x: Rows, w: Rows, h: Rows) -> Rows:
        return self.turned(self.left(self.turned(x), self.turned(h), self.turned(w)))

    def left(self, x: Rows, w: Rows, h: Rows) -> Rows:
        gram = [[self.inner(a, b) for b in h] for a in h]
        return [
            [self.updated(entry, self.inner(data, h[r]), self.inner(row, gram[r])) for r, entry in enumerate(row)]
            for data, row in zip(x, w, strict=True)
        ]

    def updated(self, entry: float, above: float, below: float) -> float:
        return entry * (above / below) if below else 0.0

    def loss(self, x: Rows, w: Rows, h: Rows) -> float:
        columns = self.turned(h)
        return (
            self.total(
                (a - self.inner(row, column)) ** 2
                for data, row in zip(x, w, strict=True)
                for a, column in zip(data, columns, strict=True)
            )
            / 2
        )

    def turned(self, rows: Rows) -> Rows:
        return list(zip(*rows, strict=True))

    def check_factors(self, x: Rows, w: Rows, h: Rows) -> None:
        if not x:
            raise EmptyData("no rows")
        if (len(w), len(w[0]), len(h[0])) != (len(x), len(h), len(x[0])):
            raise BadInput("the shapes do not fit")
        if any(entry < 0 for rows in (x, w, h) for row in rows for entry in row):
            raise BadInput("a negative entry")
