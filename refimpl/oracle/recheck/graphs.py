"""Proofs of modularity.* and map_equation.*: sums over pairs, entropies of codebooks, optima from those of subsets."""

from collections.abc import Sequence

from refimpl.certify import codelengths, modularities
from refimpl.errors import Refuted
from refimpl.numbers import ball
from refimpl.oracle import values
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Enclosure, Exact, TwoRoads
from refimpl.oracle.graph_results import ROADS, labels_of, named, weights_of
from refimpl.oracle.recheck.agreement import agree, certificate, check_labels, check_weights
from refimpl.oracle.values import Rows

DIGITS = 90
"""Of the balls in which the codelength of an optimum is proven: 40 more than are written."""

MORE = 25
"""Digits by which the proof exceeds those in which a codelength was found."""


def modularity_score(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the sum over pairs of nodes is the same."""
    certificate(case, Exact)
    proven = modularities.modularity(*_weights_labels(case))
    agree(expected["modularity"], named("modularity", proven)["modularity"], "modularity")


def modularity_optimum(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless subsets of nodes have the same optimum, and the labels attain it."""
    weights, labels = _optimum(case, expected)
    proven = modularities.optimum(weights)
    agree(expected["modularity"], values.written(proven), "modularity")
    if modularities.modularity(weights, labels) != proven:
        raise Refuted("labels do not attain the modularity")


def map_equation_score(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the entropies of the codebooks have the same sum."""
    weights, labels = _weights_labels(case)
    digits = DIGITS
    if codelengths.exactly(weights, labels) is None:
        digits = certificate(case, Enclosure).digits + MORE
    else:
        certificate(case, Exact)
    _agree_codelength(weights, labels, expected, digits)


def map_equation_optimum(case: Case, expected: Numbers) -> None:
    """Raise Refuted unless the labels have that codelength, and no partition has a shorter one."""
    weights, labels = _optimum(case, expected)
    _agree_codelength(weights, labels, expected, DIGITS)
    codelengths.check_least(weights, labels)


def _weights(case: Case) -> Rows:
    """Return the weights. Raises BadInput or Refuted unless they are those of an undirected graph."""
    weights = weights_of(case.input)
    check_weights(weights, "weights", symmetric=True)
    return weights


def _weights_labels(case: Case) -> tuple[Rows, Sequence[int]]:
    """Return the weights and the labels that the case gives. Raises as `_weights` does."""
    weights, labels = _weights(case), labels_of(case.input)
    check_labels(labels, len(weights))
    return weights, labels


def _optimum(case: Case, expected: Numbers) -> tuple[Rows, Sequence[int]]:
    """Return weights and labels. Raises Refuted unless there is one index below n for each node."""
    agree(certificate(case, TwoRoads).roads, ROADS, "certificate.roads")
    weights, labels = _weights(case), values.wholes(expected["labels"], "labels")
    if len(labels) != len(weights) or not set(labels) <= set(range(len(weights))):
        raise Refuted("labels are not one index of a community for each node")
    return weights, labels


def _agree_codelength(weights: Rows, labels: Sequence[int], expected: Numbers, digits: int) -> None:
    exact, enclosed = codelengths.exactly(weights, labels), codelengths.codelength(weights, labels, ball(digits))
    if exact is not None and not enclosed.contains(exact):
        raise Refuted(f"the codelength is not {exact}")
    agree(expected["codelength"], values.written(enclosed if exact is None else exact), "codelength")


PROOFS = {
    "modularity.score": modularity_score,
    "modularity.optimum": modularity_optimum,
    "map_equation.score": map_equation_score,
    "map_equation.optimum": map_equation_optimum,
}
