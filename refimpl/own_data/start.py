"""Where K-means starts on a person's own data: the rules of --start, all on exact numbers.

first          the first K different points
random         K points with different indices, drawn evenly; a function of the seed
k-means++      each next point drawn with the law of `kmeans_starts.seeding`; a function of the seed
1,2; 3,4       K centers, written out
FILE           K rows of a CSV or JSON file

Of K-medoids the first three give indices of rows, and in place of numbers stand indices, 0,3.
"""

import re
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

from refimpl import kmeans, kmeans_starts
from refimpl.errors import BadInput
from refimpl.numbers import parse
from refimpl.oracle.values import Rows
from refimpl.own_data.reading import read
from refimpl.own_data.table import NoColumn, Table

DRAWN = ("random", "k-means++")
RULES = ("first", *DRAWN)


def centers(table: Table, rule: str, k: int | None, seed: int | None) -> Rows:
    """Return K x D centers in the units of the table. Raises BadInput, and KTooLarge where k exceeds N."""
    return several(table, rule, k, seed)[0] if rule in RULES else given(table, rule, k, seed)


def several(table: Table, rule: str, k: int | None, seed: int | None, count: int = 1) -> list[Rows]:
    """Return so many starts by one of the RULES, or the one that draws nothing. Raises as `centers` does."""
    if k is None:
        raise BadInput(f"--start {rule} needs the number of clusters; give --k")
    kmeans.check_k(k, len(table.rows))
    if rule in DRAWN and seed is None:
        raise BadInput(f"--start {rule} draws points; give --seed with any integer, and the run can be repeated")
    if rule not in DRAWN and seed is not None:
        raise BadInput(f"--seed has no use with --start {rule}, which draws nothing; leave it out")
    if seed is not None and rule == "random":
        return kmeans_starts.seeded_starts(table.rows, k, seed=seed, count=count)
    found = different(table, k)
    return [found[:k]] if seed is None else kmeans_starts.plus_plus_starts(table.rows, k, seed=seed, count=count)


def medoids(table: Table, rule: str, k: int | None, seed: int | None, *, points: bool) -> list[int]:
    """Return K indices of rows; points: whether these have coordinates, which k-means++ needs. Raises as `centers`."""
    if rule not in RULES:
        return _indices(table, rule, k, seed)
    if not points and rule == "k-means++":
        raise BadInput("--start k-means++ needs points, which a table of dissimilarities is not; give first or random")
    if points and rule != "random":  # which looks at the points; the others draw indices
        return [table.rows.index(center) for center in centers(table, rule, k, seed)]
    numbered = replace(table, rows=[[Fraction(i)] for i in range(len(table.rows))])
    return [int(index) for (index,) in centers(numbered, rule, k, seed)]


def _indices(table: Table, rule: str, k: int | None, seed: int | None) -> list[int]:
    rows = inline(rule)
    if rows is None or len(rows) != 1 or any(x.denominator != 1 for x in rows[0]):
        raise BadInput(f"--start is {rule!r}; give {', '.join(RULES)}, or the indices of rows, from 0, such as 0,3")
    found = [int(x) for x in rows[0]]
    for m in found:
        if not 0 <= m < len(table.rows):
            raise BadInput(f"--start has the index {m}; {table.source} has the rows 0 to {len(table.rows) - 1}")
    _check_given(k, seed, len(found), "indices")
    return found


def _check_given(k: int | None, seed: int | None, count: int, what: str) -> None:
    """Raise BadInput where --k or --seed does not go with a start that is written out."""
    if k not in (None, count):
        raise BadInput(f"--k is {k}, but --start has {count} {what}; leave --k out")
    if seed is not None:
        raise BadInput("--seed has no use where --start gives the centers; leave it out")


def different(table: Table, k: int) -> Rows:
    """Return the different points in their order. Raises BadInput where there are fewer than k."""
    found = [list(x) for x in dict.fromkeys(map(tuple, table.rows))]
    if k > len(found):
        raise BadInput(f"--k is {k}, but {table.source} has only {len(found)} different points; give at most that")
    return found


def inline(text: str) -> Rows | None:
    """Return the rows of numbers in "1,2; 3,4"; None where the text has anything else in it."""
    try:
        return [[parse(cell.strip()) for cell in row.split(",")] for row in text.strip().rstrip(";").split(";")]
    except BadInput:
        return None


def given(table: Table, rule: str, k: int | None, seed: int | None, rules: Sequence[str] = RULES) -> Rows:
    """Return the K x D rows that are written out or stand in a file. Raises BadInput, which tells the rules."""
    rows = inline(rule)
    if rows is None:
        rows = _of_file(table, rule, rules)
    for row in rows:
        if len(row) != len(table.columns):
            names = ", ".join(map(repr, table.columns))
            raise BadInput(
                f"--start has a row of {len(row)} numbers; give {len(table.columns)}, one for each of {names}"
            )
    _check_given(k, seed, len(rows), "rows")
    return rows


def _of_file(table: Table, rule: str, rules: Sequence[str]) -> Rows:
    path = Path(rule)
    if not rule.strip():
        raise BadInput(f"--start is empty; give {', '.join(rules)}, a FILE, or numbers such as '1,2; 3,4'")
    if rule == "-":
        raise BadInput("--start cannot be standard input; give a file, or the numbers themselves")
    if not path.exists():
        looks = "numbers" if re.search("[;,]", rule) else "a file that exists"
        raise BadInput(
            f"--start {rule!r} is not {looks}; give {', '.join(rules)}, a FILE, or numbers such as '1,2; 3,4'"
        )
    try:  # a file with more columns serves if it has those of the data by name
        return read(path, ",".join('"' + name.replace('"', '""') + '"' for name in table.columns)).rows
    except NoColumn:
        return read(path).rows
