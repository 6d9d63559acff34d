"""Attainable digits of modularity.* and map_equation.*"""

from collections.abc import Callable, Sequence
from fractions import Fraction

from refimpl.certify import sensitivity, sensitivity_graphs
from refimpl.oracle import values
from refimpl.oracle.attainable.digits import Digits
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.graph_results import labels_of, weights_of


def _modularity(case: Case, expected: Numbers) -> Digits:
    size = sensitivity_graphs.of_modularity(weights_of(case.input), _labels(case, expected))
    return {"modularity": _digits(values.number(expected["modularity"], "modularity"), size)}


def _codelength(case: Case, expected: Numbers) -> Digits:
    codelength = values.number(expected["codelength"], "codelength")
    size = sensitivity_graphs.of_codelength(weights_of(case.input), _labels(case, expected), codelength)
    return {"codelength": _digits(codelength, size)}


def _labels(case: Case, expected: Numbers) -> Sequence[int]:
    """Return those of the input, or those of an optimum: as they stay, an optimum is as sensitive as a score."""
    return values.wholes(expected["labels"], "labels") if "labels" in expected else labels_of(case.input)


def _digits(value: Fraction, size: Fraction) -> Fraction:
    return sensitivity.attainable([value], [size], Fraction(1))


BY_TASK: dict[str, Callable[[Case, Numbers], Digits]] = {
    "modularity.score": _modularity,
    "modularity.optimum": _modularity,
    "map_equation.score": _codelength,
    "map_equation.optimum": _codelength,
}
