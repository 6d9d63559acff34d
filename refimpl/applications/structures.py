"""A made-up table of crystal structures: 1287 rows of eight features in families, the same on every machine for ever.

The Peking lecture's second example sorts structures of hydrous wadsleyite, a mineral, by eight features: relative
enthalpy, the kinds of oxygen and of vacancy at which the hydrogen sits, distances from hydrogen to hydrogen and to the
vacancy, the lengths of two bonds, the size of the summed directions of the hydroxyl groups. The table behind it is not
printed. This one has the same shape and the same number of rows; its values are drawn, and say nothing about minerals.

    1. family   a pair of a kind of oxygen and a kind of vacancy, no two families alike; of the other     (ST1)
                six features a mean, drawn evenly from the feature's range
    2. sizes    the first member of a family is given, each further row draws its family, family f         (ST2)
                with the weight f + 2
    3. member   of each of the six the family's mean, and the range times SPREAD times a sum of twelve      (ST3)
                draws less 6
    4. order    the rows as they are drawn: families are mixed                                              (ST4)

Only Random.random() is used, the one method whose sequence Python promises never to change, and only + - * / on its
numbers, which binary64 rounds alike everywhere. Values are integers: in units of the last decimal that is written.
"""

from dataclasses import dataclass
from random import Random

from refimpl.errors import BadInput

COUNT, FAMILIES = 1287, 11

SPREAD = 0.05
"""Of a family, as a share of a feature's range: so much is a standard deviation."""


@dataclass(frozen=True)
class Feature:
    """A column of numbers: its name with the unit, the range of the families' means, and the decimals written."""

    name: str
    low: float
    high: float
    decimals: int


KINDS = (("oxygen_kind", 4), ("vacancy_kind", 3))
"""Columns of kinds, numbered from 1, and how many there are."""

FEATURES = (
    Feature("enthalpy_eV", 0.0, 2.5, 3),
    Feature("h_h_angstrom", 1.6, 5.2, 3),
    Feature("h_vacancy_angstrom", 0.9, 3.4, 3),
    Feature("o_h_angstrom", 0.96, 1.04, 4),
    Feature("oh_o_angstrom", 1.5, 3.1, 3),
    Feature("orientation", 0.0, 2.0, 3),
)


def header() -> list[str]:
    """Return the names of the columns."""
    return ["structure", *(name for name, _ in KINDS), *(feature.name for feature in FEATURES)]


def table(count: int = COUNT, families: int = FAMILIES, *, seed: int = 0) -> list[list[str]]:
    """Return `count` rows of text below `header`, a function of the arguments alone.

    Raises BadInput unless there is a pair of kinds for each family, and a row for each.
    """
    (_, oxygens), (_, vacancies) = KINDS
    if not 1 <= families <= oxygens * vacancies:
        raise BadInput(f"families is {families}; give 1 to {oxygens * vacancies}, for there are no more pairs of kinds")
    if count < families:
        raise BadInput(f"count is {count} for {families} families; give at least as many")
    random = Random(seed).random
    pairs = [(i, j) for i in range(1, oxygens + 1) for j in range(1, vacancies + 1)]
    means = []
    for _ in range(families):
        kind = pairs.pop(int(random() * len(pairs)))
        means.append((kind, [f.low + random() * (f.high - f.low) for f in FEATURES]))  # (ST1)
    wheel = [f for f in range(families) for _ in range(f + 2)]
    rows = []
    for i in range(count):
        (oxygen, vacancy), mean = means[i if i < families else wheel[int(random() * len(wheel))]]  # (ST2)
        cells = []
        for feature, m in zip(FEATURES, mean, strict=True):
            normal = -6.0
            for _ in range(12):
                normal = normal + random()
            cells.append(_written(m + (feature.high - feature.low) * SPREAD * normal, feature.decimals))  # (ST3)
        rows.append([f"S{i + 1:04}", str(oxygen), str(vacancy), *cells])
    return rows


def _written(x: float, decimals: int) -> str:
    """Return a number with so many decimals, rounded to the nearest, and never below 0."""
    units = int(x * 10**decimals + 0.5) if x > 0 else 0
    return f"{units // 10**decimals}.{units % 10**decimals:0{decimals}}"


def csv(rows: list[list[str]]) -> bytes:
    """Return the table as a file: commas, UTF-8, a line for each structure."""
    return "".join(",".join(row) + "\n" for row in [header(), *rows]).encode()
