"""Solver of linkage.fit: the room on exact numbers, and every tree that ties or unseen margins allow.

Distances are sums of square roots that are compared exactly, so that ties of their means are ties. Ward's d is
rational; the height that is told is SciPy's, sqrt(2 d).
"""

from collections.abc import Sequence
from fractions import Fraction
from typing import cast

from refimpl import linear, linkage
from refimpl.certify import surds
from refimpl.certify.dendrograms import Dendrograms
from refimpl.certify.surds import Surd
from refimpl.errors import Refuted
from refimpl.linkage import Merge, Method
from refimpl.oracle import values
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.linkage_results import margin_text, named, points_method
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Rows, Style

SPARE = 20
"""Digits of the balls beyond those that are written."""


def fit(given: Numbers, params: Numbers) -> Solution:
    """Solve linkage.fit."""
    points, method = points_method(given, params)
    trees = Dendrograms(points, method)
    expected = fitted(given, params, values.GOLDEN)
    found = [_replayed(points, method, tree.merges) for tree in trees.trees]
    if found[0] != expected:
        raise Refuted("linkage.fit and the distances of the members of clusters disagree")
    return Solution(
        expected,
        Comparisons(margin_text(trees.first[1])),
        branches=[Variant(result) for result in found[1:]],
    )


def fitted(given: Numbers, params: Numbers, style: Style) -> Numbers:
    """Return the results alone, those of the lowest of several nearest pairs."""
    points, method = points_method(given, params)
    return told(points, merged(points, method), method, style)


def merged(points: Rows, method: Method) -> list[Merge[Fraction]]:
    """Return what the room finds; heights are in the unit of `linear.cleared`, and but for Ward's method Surds."""
    return linkage.fit(started(points, method), method)


def started(points: Rows, method: Method) -> list[list[Fraction]]:
    """Return the dissimilarities of items on integers: distances, or for Ward's method what merging adds to J."""
    (rows,), _ = linear.cleared(points)
    if method == "ward":
        return linkage.increases(rows)
    found: list[list[Surd]] = []
    for i, row in enumerate(linkage.squares(rows)):
        # the same object on both sides of the diagonal, which equals itself at once
        found.append([found[j][i] if j < i else surds.root(s) for j, s in enumerate(row)])
    return cast(list[list[Fraction]], found)  # of all that a number can do the room asks what a Surd does


def heights(merges: Sequence[Merge[Fraction]], method: Method) -> list[Surd]:
    """Return the heights as they are told."""
    if method == "ward":
        return [surds.root(2 * merge.height) for merge in merges]
    return cast(list[Surd], [merge.height for merge in merges])


def told(points: Rows, merges: Sequence[Merge[Fraction]], method: Method, style: Style) -> Numbers:
    """Return the results by name."""
    pairs = [(merge.a, merge.b) for merge in merges]
    return named(pairs, heights(merges, method), linear.cleared(points)[1], style, SPARE)


def _replayed(points: Rows, method: Method, pairs: Sequence[tuple[int, int]]) -> Numbers:
    """Return the results of the room where these clusters are merged."""
    state = linkage.start(started(points, method))
    for a, b in pairs:
        state = linkage.merge(method, state, state.clusters.index(a), state.clusters.index(b))
    return told(points, state.merges, method, values.GOLDEN)


SOLVERS = {"linkage.fit": fit}
