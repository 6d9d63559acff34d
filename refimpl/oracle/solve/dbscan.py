"""Solver of dbscan.fit: the room on exact numbers, and every labelling that border points or unseen margins allow."""

from collections.abc import Sequence
from itertools import product
from math import prod

from refimpl import dbscan
from refimpl.certify import density
from refimpl.dbscan import Clustering
from refimpl.errors import Refuted, Unsupported
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import Comparisons
from refimpl.oracle.dbscan_input import margin_text, points_eps_least
from refimpl.oracle.solve.solution import Solution


def fit(given: Numbers, params: Numbers) -> Solution:
    """Solve dbscan.fit."""
    points, eps, least = points_eps_least(given, params)
    first = dbscan.fit(points, eps, least)
    near = density.near(points, eps)
    outcomes: list[Numbers] = []
    for kept in density.subsets(near):
        lists = _lists([*near.sure, *kept], len(points))
        if not outcomes and lists != dbscan.neighbours(points, eps):
            raise Refuted("dbscan.neighbours and the expanded squares disagree")
        for found in _answers(dbscan.clustering(lists, least)):
            if found not in outcomes:
                outcomes.append(found)
    if len(outcomes) > density.MOST_LABELLINGS or outcomes[0] != _told(first.labels, first):
        raise Unsupported(f"ties admit {len(outcomes)} labellings; give data with at most {density.MOST_LABELLINGS}")
    return Solution(
        outcomes[0],
        Comparisons(margin_text(near)),
        branches=[Variant(result) for result in outcomes[1:]],
    )


def clustered(given: Numbers, params: Numbers) -> Numbers:
    """Return the results alone, border points in the lowest cluster."""
    found = dbscan.fit(*points_eps_least(given, params))
    return _told(found.labels, found)


def _lists(pairs: Sequence[density.Pair], n: int) -> list[list[int]]:
    """Return the neighbours of every point, itself among them."""
    found = [[i] for i in range(n)]
    for a, b in pairs:
        found[a].append(b)
        found[b].append(a)
    return [sorted(row) for row in found]


def _answers(found: Clustering) -> list[Numbers]:
    """Return the labellings that differ in border points, the lowest clusters first."""
    choices = [clusters or [dbscan.NOISE] for clusters in found.reach]
    if prod(map(len, choices)) > density.MOST_LABELLINGS:
        raise Unsupported(f"border points admit more than {density.MOST_LABELLINGS} labellings; give other data")
    return [_told(labels, found) for labels in product(*choices)]


def _told(labels: Sequence[int], found: Clustering) -> Numbers:
    return {"labels": [*labels], "core": [int(core) for core in found.core]}


SOLVERS = {"dbscan.fit": fit}
