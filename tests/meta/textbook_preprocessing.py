"""Scaling, filling and numbering as a textbook has them, one small method for each formula."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from refimpl.errors import BadInput, EmptyData, Undefined
from refimpl.oracle.peers.adapter import Adapter

Vector = Sequence[float]
Rows = Sequence[Vector]
Holes = Sequence[Sequence[float | None]]


class Preprocessing(Adapter):
    """The tasks preprocess.*"""

    total: Callable[[Iterable[float]], float]
    check_points: Callable[[Rows], None]

    # --- scales ---------------------------------------------------------------------------------------

    def preprocess_min_max(self, points: Rows) -> dict[str, Any]:
        self.check_points(points)
        columns = [self.scaled_column(column, points) for column in zip(*points, strict=True)]
        return {"points": [list(row) for row in zip(*columns, strict=True)]}

    def scaled_column(self, column: Vector, points: Rows) -> Vector:
        low, high = self.ends(column, points)
        if low == high:
            return self.constant_column(column)
        return [self.brought(x, low, high) for x in column]

    def ends(self, column: Vector, points: Rows) -> tuple[float, float]:
        return min(column), max(column)

    def constant_column(self, column: Vector) -> Vector:
        return [0.0 for _ in column]

    def brought(self, x: float, low: float, high: float) -> float:
        """In halves, which do not overflow."""
        return (x / 2 - low / 2) / (high / 2 - low / 2)

    # --- holes ----------------------------------------------------------------------------------------

    def preprocess_impute_mean(self, points: Holes) -> dict[str, Any]:
        self.check_rows(points)
        columns = [self.filled_column(column, points) for column in zip(*points, strict=True)]
        return {"points": [list(row) for row in zip(*columns, strict=True)]}

    def filled_column(self, column: Sequence[float | None], points: Holes) -> Vector:
        known = [x for x in column if x is not None]
        if not known:
            return self.nothing_known(column)
        filling = self.filling(known, len(column), points)
        return [filling if x is None else x for x in column]

    def nothing_known(self, column: Sequence[float | None]) -> Vector:
        raise Undefined("there is no mean")

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        """What a missing entry becomes."""
        return self.total(known) / len(known)

    # --- categories -----------------------------------------------------------------------------------

    def preprocess_codes(self, categories: Sequence[str]) -> dict[str, Any]:
        self.check_categories(categories)
        found = [self.category(text) for text in categories]
        order = self.in_order(found)
        return {"labels": [order.index(category) for category in found]}

    def preprocess_one_hot(self, categories: Sequence[str]) -> dict[str, Any]:
        self.check_categories(categories)
        found = [self.category(text) for text in categories]
        order = self.columns_in_order(found)
        return {"matrix": [[float(category == column) for column in order] for category in found]}

    def category(self, text: str) -> object:
        """What a text stands for."""
        return text

    def in_order(self, found: Sequence[Any]) -> list[Any]:
        """The different categories as they appear first."""
        return list(dict.fromkeys(found))

    def columns_in_order(self, found: Sequence[Any]) -> list[Any]:
        return self.in_order(found)

    # --- what is refused ------------------------------------------------------------------------------

    def check_rows(self, points: Holes) -> None:
        if not points:
            raise EmptyData("there are no rows")
        if any(len(row) != len(points[0]) for row in points):
            raise BadInput("rows have different lengths")

    def check_categories(self, categories: Sequence[str]) -> None:
        if not categories:
            raise EmptyData("there are no rows")
