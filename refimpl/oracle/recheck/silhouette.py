"""Proof of silhouette.*: distances from expanded squares, one by one, in fractions or in finer balls."""

from fractions import Fraction
from functools import partial

from refimpl import linear
from refimpl.certify import silhouettes
from refimpl.numbers import EXACT, Ball, ball
from refimpl.oracle import silhouette_results
from refimpl.oracle.case import Case, Numbers
from refimpl.oracle.certificates import Enclosure, Exact
from refimpl.oracle.recheck.agreement import agree, certificate, check_labels

MORE = 25
"""Digits by which the proof exceeds those in which the results were found."""


def run(name: str, proof: silhouettes.Form, case: Case, expected: Numbers) -> None:
    """Raise Refuted unless another formula gives the same digits."""
    points, labels = silhouette_results.points_labels(case.input)
    linear.shape(points, "points")
    check_labels(labels, len(points))
    found: list[Ball | Fraction] = []
    if isinstance(case.certificate, Exact):
        exact: list[Fraction] = proof(points, labels, EXACT)
        found.extend(exact)
    else:
        numbers = ball(certificate(case, Enclosure).digits + MORE)
        enclosed: list[Ball | Fraction] = proof(points, labels, numbers)
        found.extend(enclosed)
    for result, value in silhouette_results.named(name, found).items():
        agree(expected[result], value, result)


PROOFS = {
    "silhouette.samples": partial(run, "samples", silhouettes.samples),
    "silhouette.clusters": partial(run, "clusters", silhouettes.classes),
}
