"""What labels attain, where any labels of an optimum will do: the distortion, the modularity, the codelength.

Each is computed from the definition, by what proves the golden value and not by what found it.
"""

from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import TypeAlias

from refimpl.certify import codelengths, lloyd, modularities
from refimpl.numbers import ball
from refimpl.oracle import values
from refimpl.oracle.case import Case
from refimpl.oracle.graph_results import weights_of

Attained: TypeAlias = Callable[[Sequence[int]], Fraction]
"""Labels to their value."""

DIGITS = 60
"""Of a value that is irrational, which is judged by at most 15.95."""


def attained_by(case: Case) -> tuple[int, Attained]:
    """Return how many labels there may be, and the function that tells what they attain."""
    return _OF_TASK[case.task](case)


def _kmeans(case: Case) -> tuple[int, Attained]:
    points = values.rows(case.input["points"], "points")
    return values.whole(case.params["k"], "k"), partial(lloyd.least_distortion, points)


def _modularity(case: Case) -> tuple[int, Attained]:
    weights = weights_of(case.input)
    return len(weights), partial(modularities.modularity, weights)


def _map_equation(case: Case) -> tuple[int, Attained]:
    weights = weights_of(case.input)
    return len(weights), lambda labels: codelengths.codelength(weights, labels, ball(DIGITS)).mid


_OF_TASK: Mapping[str, Callable[[Case], tuple[int, Attained]]] = {
    "kmeans.optimum": _kmeans,
    "modularity.optimum": _modularity,
    "map_equation.optimum": _map_equation,
}
