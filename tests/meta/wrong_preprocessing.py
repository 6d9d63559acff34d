"""Scaling, filling and numbering that is wrong on purpose: see `wrong`."""
# ruff: noqa: RUF012  # what a class tells of itself is never changed

import itertools
import statistics
import unicodedata
from collections.abc import Sequence
from typing import Any

from mistake import BRANCH, ERROR, FAIL, Wrong
from textbook_preprocessing import Holes, Rows, Vector

SCALES = ("preprocess.min_max",)
HOLES = ("preprocess.impute_mean",)
CODES = ("preprocess.codes",)
ONE_HOT = ("preprocess.one_hot",)
WORDS = (*CODES, *ONE_HOT)


# --- scales -------------------------------------------------------------------------------------------


class OneScaleForAll(Wrong):
    """The ends are those of the whole table."""

    spoils = SCALES
    caught = {"preprocess.min_max/columns": (FAIL, "for the whole table")}

    def ends(self, column: Vector, points: Rows) -> tuple[float, float]:
        return min(map(min, points)), max(map(max, points))


class FromZero(Wrong):
    """Values are divided by the greatest."""

    spoils = SCALES
    caught = {"preprocess.min_max/thirds": (FAIL, "by the greatest value alone")}

    def brought(self, x: float, low: float, high: float) -> float:
        return x / high


class RangeOfModuli(Wrong):
    """The ends are those of the moduli."""

    spoils = SCALES
    caught = {"preprocess.min_max/negative": (FAIL, "or of moduli")}

    def ends(self, column: Vector, points: Rows) -> tuple[float, float]:
        return min(map(abs, column)), max(map(abs, column))


class DividesByTheRange(Wrong):
    """A constant column is not looked out for."""

    spoils = SCALES
    caught = {
        "preprocess.min_max/constant-column": (ERROR, "a division by a range of 0"),
        "preprocess.min_max/one-row": (ERROR, "a range of 0, of one row"),
    }

    def constant_column(self, column: Vector) -> Vector:
        return [self.brought(x, column[0], column[0]) for x in column]


class OpenEnds(Wrong):
    """The range is widened by a thousandth."""

    spoils = SCALES
    caught = {"preprocess.min_max/already-scaled": (FAIL, "a range that is widened")}

    def brought(self, x: float, low: float, high: float) -> float:
        return super().brought(x, low, high + (high / 2 - low / 2) / 500)


class FirstAndLast(Wrong):
    """The column is taken for one that rises."""

    spoils = SCALES
    caught = {"preprocess.min_max/reversed": (FAIL, "the first and the last value")}

    def ends(self, column: Vector, points: Rows) -> tuple[float, float]:
        return column[0], column[-1]


class OverflowingRange(Wrong):
    """The range is the difference of its ends."""

    spoils = SCALES
    caught = {"preprocess.min_max/huge-range": (FAIL, "that overflows")}

    def brought(self, x: float, low: float, high: float) -> float:
        return (x - low) / (high - low)


class FromMinusOne(Wrong):
    """Columns go from -1 to 1."""

    spoils = SCALES
    caught = {"preprocess.min_max/iris": (FAIL, "values from -1 to 1")}

    def brought(self, x: float, low: float, high: float) -> float:
        return 2 * super().brought(x, low, high) - 1


class RoundsTheShape(Wrong):
    """The table is as long as its shortest column, and as wide as its shortest row."""

    spoils = (*SCALES, *HOLES)
    caught = {
        "preprocess.min_max/refuse-ragged": (FAIL, "a row that is shorter than the first"),
        "preprocess.impute_mean/refuse-ragged": (FAIL, "a row that is shorter than the first"),
    }

    def preprocess_min_max(self, points: Rows) -> dict[str, Any]:
        return super().preprocess_min_max(self.cut(points))

    def preprocess_impute_mean(self, points: Holes) -> dict[str, Any]:
        return super().preprocess_impute_mean(self.cut(points))

    def cut(self, points: Sequence[Any]) -> list[Any]:
        return [row[: min(map(len, points))] for row in points]


class TakesNothing(Wrong):
    """Nothing becomes nothing."""

    spoils = (*SCALES, *WORDS)
    caught = {
        "preprocess.min_max/refuse-empty": (FAIL, "a table without rows"),
        "preprocess.codes/refuse-empty": (FAIL, "an empty list"),
        "preprocess.one_hot/refuse-empty": (FAIL, "an empty list"),
    }

    def preprocess_min_max(self, points: Rows) -> dict[str, Any]:
        return super().preprocess_min_max(points) if points else {"points": []}

    def check_categories(self, categories: Sequence[str]) -> None:
        pass


# --- holes --------------------------------------------------------------------------------------------


class FillsWithZero(Wrong):
    """What is missing becomes 0."""

    spoils = HOLES
    caught = {
        "preprocess.impute_mean/plain": (FAIL, "zeros for what is missing"),
        "preprocess.impute_mean/iris-holes": (FAIL, "zeros for what is missing, on real data"),
        "preprocess.impute_mean/refuse-column": (FAIL, "that is filled with zeros"),
    }

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        return 0.0

    def nothing_known(self, column: Sequence[float | None]) -> Vector:
        return [0.0 for _ in column]


class MeanOfTheTable(Wrong):
    """All columns have one mean."""

    spoils = HOLES
    caught = {"preprocess.impute_mean/own-column": (FAIL, "one mean for the whole table")}

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        return statistics.mean(x for row in points for x in row if x is not None)


class FillsWithTheMedian(Wrong):
    """What is missing becomes the median."""

    spoils = HOLES
    caught = {"preprocess.impute_mean/skewed": (FAIL, "the median of a column")}

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        return statistics.median(known)


class CountsTheMissing(Wrong):
    """The sum is divided by the number of rows."""

    spoils = HOLES
    caught = {"preprocess.impute_mean/count": (FAIL, "divided by the number of rows")}

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        return self.total(known) / rows


class MeanOfTheRowsAbove(Wrong):
    """What is missing becomes the mean of what has been read so far."""

    spoils = HOLES
    caught = {"preprocess.impute_mean/later-rows": (FAIL, "the mean of the rows above alone")}

    def filled_column(self, column: Sequence[float | None], points: Holes) -> Vector:
        known: list[float] = []
        found = []
        for x in super().filled_column(column, points) and column:
            found.append(self.total(known) / max(len(known), 1) if x is None else x)
            known += [] if x is None else [x]
        return found


class RoundsTheMean(Wrong):
    """A column of integers stays one."""

    spoils = HOLES
    caught = {"preprocess.impute_mean/thirds": (FAIL, "a mean that is rounded")}

    def filling(self, known: Vector, rows: int, points: Holes) -> float:
        return float(round(super().filling(known, rows, points)))


# --- categories ---------------------------------------------------------------------------------------


class Alphabetical(Wrong):
    """Categories are sorted."""

    spoils = WORDS
    caught = {
        "preprocess.codes/first-appearance": (BRANCH, "in alphabetical order"),
        "preprocess.codes/chinese": (BRANCH, "ordered by their bytes"),
        "preprocess.one_hot/first-appearance": (FAIL, "in alphabetical order"),
        "preprocess.one_hot/chinese": (FAIL, "in the order of their bytes"),
    }

    def in_order(self, found: Sequence[Any]) -> list[Any]:
        return sorted(set(found))


class SmallLetters(Wrong):
    """Capitals do not count."""

    spoils = CODES
    caught = {"preprocess.codes/case": (BRANCH, "capitals that are not told")}

    def category(self, text: str) -> object:
        return text.lower()


class StripsSpaces(Wrong):
    """Spaces do not count."""

    spoils = CODES
    caught = {"preprocess.codes/spaces": (BRANCH, "spaces that are taken away")}

    def category(self, text: str) -> object:
        return text.strip()


class EmptyIsMissing(Wrong):
    """An empty text has no number of its own."""

    spoils = CODES
    caught = {"preprocess.codes/empty-text": (BRANCH, "taken for a missing one")}

    def preprocess_codes(self, categories: Sequence[str]) -> dict[str, Any]:
        order = [text for text in dict.fromkeys(categories) if text]
        self.check_categories(categories)
        return {"labels": [order.index(text) if text else -1 for text in categories]}


class ReadsNumbers(Wrong):
    """What looks like a number is one."""

    spoils = WORDS
    caught = {
        "preprocess.codes/numbers": (BRANCH, "text that is read as numbers"),
        "preprocess.one_hot/numbers": (FAIL, "text that is read as numbers"),
    }

    def category(self, text: str) -> object:
        try:
            return float(text)
        except ValueError:
            return text


class Composes(Wrong):
    """Texts are brought to their normal form."""

    spoils = CODES
    caught = {"preprocess.codes/composed": (BRANCH, "normal forms")}

    def category(self, text: str) -> object:
        return unicodedata.normalize("NFC", text)


class DropsTheFirstColumn(Wrong):
    """The first column is implied by the others."""

    spoils = ONE_HOT
    caught = {"preprocess.one_hot/all-columns": (FAIL, "a column that is left out")}

    def columns_in_order(self, found: Sequence[Any]) -> list[Any]:
        return super().columns_in_order(found)[1:]


class ColumnOfEachRun(Wrong):
    """Each run of equal categories has a column."""

    spoils = ONE_HOT
    caught = {"preprocess.one_hot/repeated": (FAIL, "a new column for each run")}

    def columns_in_order(self, found: Sequence[Any]) -> list[Any]:
        return [category for category, _ in itertools.groupby(found)]
