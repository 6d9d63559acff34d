"""Solver of silhouette.samples and silhouette.clusters: exact where every distance is rational, else in balls.

What is 0 exactly a ball cannot tell; `certify.silhouettes` decides it by the roots themselves.
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import Protocol

from refimpl import silhouette
from refimpl.certify import silhouettes
from refimpl.errors import Unsupported
from refimpl.numbers import EXACT, N, Numbers as Kind, ball
from refimpl.oracle import silhouette_results, values
from refimpl.oracle.case import Numbers
from refimpl.oracle.certificates import Enclosure, Exact
from refimpl.oracle.solve.solution import Solution, with_digits
from refimpl.oracle.values import Rows, Style


class Room(Protocol):
    """Silhouettes of points or of clusters."""

    def __call__(self, points: Rows, labels: Sequence[int], numbers: Kind[N]) -> list[N]:
        """Return one for each."""


def samples(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve silhouette.samples. Raises Undecided where no number of digits suffices."""
    return of_points(*silhouette_results.points_labels(given), style)


def clusters(given: Numbers, params: Numbers, style: Style = values.GOLDEN) -> Solution:
    """Solve silhouette.clusters. Raises Undecided where no number of digits suffices."""
    return of_classes(*silhouette_results.points_labels(given), style)


def of_points(points: Rows, labels: Sequence[int], style: Style = values.GOLDEN) -> Solution:
    """Return the silhouettes of points and their mean. Raises as `samples` does."""
    return _run("samples", silhouette.samples, silhouettes.samples, points, labels, style)


def of_classes(points: Rows, labels: Sequence[int], style: Style = values.GOLDEN) -> Solution:
    """Return the silhouettes of classes and their mean. Raises as `clusters` does."""
    return _run("clusters", silhouette.clusters, silhouettes.classes, points, labels, style)


def _run(name: str, room: Room, proof: silhouettes.Form, points: Rows, labels: Sequence[int], style: Style) -> Solution:
    try:
        exact = room(points, labels, EXACT)
        return Solution(silhouette_results.named(name, exact, style), Exact())
    except Unsupported:  # a root is irrational
        pass

    def enclosed(digits: int) -> Solution:
        proven = proof(points, labels, ball(digits))
        found = [
            p if isinstance(p, Fraction) or p.is_exact else s
            for p, s in zip(proven, room(points, labels, ball(digits)), strict=True)
        ]
        return Solution(silhouette_results.named(name, found, style), Enclosure(digits))

    return with_digits(style, enclosed)


SOLVERS = {
    "silhouette.samples": samples,
    "silhouette.clusters": clusters,
}
