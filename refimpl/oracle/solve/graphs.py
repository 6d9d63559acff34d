"""Solvers of modularity.* and map_equation.*: modularity is rational; a codelength is where `certify` proves it."""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

from refimpl import map_equation, modularity
from refimpl.certify import codelengths
from refimpl.errors import Refuted, Undecided, Unsupported
from refimpl.numbers import Ball, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Certificate, Enclosure, Exact, TwoRoads
from refimpl.oracle.graph_results import ROADS, labels_of, named, weights_of
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Rows, Style

SPARE = (10, 50, 250)
"""Digits of the balls beyond those that are written, one try after the other."""


def modularity_score(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve modularity.score."""
    weights, labels = weights_of(given), labels_of(given)
    return Solution(named("modularity", modularity.modularity(weights, labels), style=style), Exact())


def modularity_optimum(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve modularity.optimum; of several optimal partitions the first in the order of labels is returned."""
    best = modularity.optimum(weights_of(given))
    return Solution(named("modularity", best.modularity, best.partitions[0], style), TwoRoads(ROADS))


def map_equation_score(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve map_equation.score. Raises Undecided where no number of digits suffices."""
    weights, labels = weights_of(given), labels_of(given)
    map_equation.codelength(weights, labels, ball(values.DIGITS))  # refuses what has no codelength
    return _codelength(weights, labels, None, style)


def map_equation_optimum(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve map_equation.optimum; of several optimal partitions the first in the order of labels is returned."""
    weights = weights_of(given)
    best = map_equation.optimum(weights, ball(values.DIGITS))
    solution = _codelength(weights, best.partitions[0], best.partitions[0], style)
    return Solution(solution.expected, TwoRoads(ROADS))


def _codelength(weights: Rows, labels: Sequence[int], told: Sequence[int] | None, style: Style) -> Solution:
    """Return L, a fraction if it is one, of labels that may be told."""
    exact: Fraction | None = None
    with suppress(Unsupported):  # large prime factors: then it is written with its digits
        exact = codelengths.exactly(weights, labels)
    undecided = Undecided("codelengths were not tried")
    for spare in SPARE:
        digits = style.digits + spare
        found: Ball | Fraction = map_equation.codelength(weights, labels, ball(digits))
        if exact is not None:
            if isinstance(found, Ball) and not found.contains(exact):
                raise Refuted(f"the codelength {found} is not {exact}")
            found = exact
        certificate: Certificate = Enclosure(digits) if exact is None else Exact()
        try:
            return Solution(named("codelength", found, told, style), certificate)
        except Undecided as error:
            undecided = error
    raise undecided


SOLVERS = {
    "modularity.score": modularity_score,
    "modularity.optimum": modularity_optimum,
    "map_equation.score": map_equation_score,
    "map_equation.optimum": map_equation_optimum,
}
