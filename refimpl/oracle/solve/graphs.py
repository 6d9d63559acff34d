"""Solvers of modularity.* and map_equation.*: modularity is rational; a codelength is where `certify` proves it."""

from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction

from refimpl import map_equation, modularity
from refimpl.certify import codelengths
from refimpl.errors import Refuted, Unsupported
from refimpl.numbers import Ball, ball
from refimpl.oracle import values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Certificate, Enclosure, Exact, TwoRoads
from refimpl.oracle.graph_results import ROADS, labels_of, named, weights_of
from refimpl.oracle.solve.solution import Solution, with_digits
from refimpl.oracle.values import Rows, Style


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
    return of_labels(weights_of(given), labels_of(given), style)


def of_labels(weights: Rows, labels: Sequence[int], style: Style = values.GOLDEN) -> Solution:
    """Return the codelength of labels. Raises as `map_equation_score` does."""
    map_equation.codelength(weights, labels, ball(values.DIGITS))  # refuses what has no codelength
    return _codelength(weights, labels, None, style)


def map_equation_optimum(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve map_equation.optimum; of several optimal partitions the first in the order of labels is returned."""
    return of_optimum(weights_of(given), style)


def of_optimum(weights: Rows, style: Style = values.GOLDEN) -> Solution:
    """Return the least codelength and the first labels that attain it."""
    best = map_equation.optimum(weights, ball(values.DIGITS))
    solution = _codelength(weights, best.partitions[0], best.partitions[0], style)
    return Solution(solution.expected, TwoRoads(ROADS))


def _codelength(weights: Rows, labels: Sequence[int], told: Sequence[int] | None, style: Style) -> Solution:
    """Return L, a fraction if it is one, of labels that may be told."""
    exact: Fraction | None = None
    with suppress(Unsupported):  # large prime factors: then it is written with its digits
        exact = codelengths.exactly(weights, labels)

    def enclosed(digits: int) -> Solution:
        found: Ball | Fraction = map_equation.codelength(weights, labels, ball(digits))
        if exact is not None:
            if isinstance(found, Ball) and not found.contains(exact):
                raise Refuted(f"the codelength {found} is not {exact}")
            found = exact
        certificate: Certificate = Enclosure(digits) if exact is None else Exact()
        return Solution(named("codelength", found, told, style), certificate)

    return with_digits(style, enclosed)


SOLVERS = {
    "modularity.score": modularity_score,
    "modularity.optimum": modularity_optimum,
    "map_equation.score": map_equation_score,
    "map_equation.optimum": map_equation_optimum,
}
