"""The task linkage.fit on own data: the tree of nearest clusters, and with --k the clusters of its cut.

ball, exact   the road of the golden cases: distances that are compared exactly, heights whose digits are certain
float, high   the room `linkage` on numbers of that kind
"""

from collections.abc import Callable, Sequence

from refimpl import linkage
from refimpl.certify.dendrograms import parents
from refimpl.linkage import Merge
from refimpl.numbers import N, Numbers
from refimpl.oracle.linkage_results import MOST, MOST_ROUNDED, checked
from refimpl.oracle.solve import linkage as solver
from refimpl.oracle.values import Tree
from refimpl.own_data.clusters import of_kind
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, written_row
from refimpl.own_data.request import Request


def fit(request: Request, watch: Watch) -> Found:
    """Run linkage.fit."""
    rounded = request.kind in ("float", "high")
    points, method = checked(request.table.rows, request.param("method"), MOST_ROUNDED if rounded else MOST)
    k = request.options.k

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (rows,) = of_kind(numbers, points)
        start = linkage.increases(rows) if method == "ward" else linkage.roots(rows, numbers)
        merges = linkage.fit(start, method)
        heights = [numbers.sqrt(merge.height * 2) if method == "ward" else merge.height for merge in merges]
        told: dict[str, Tree] = {"parents": _parents(merges), "heights": written_row(write, heights)}
        return Found({**told, **_labels(merges, k)})

    if rounded:
        return computed(request.kind, request.options.digits, compute)
    merges = solver.merged(points, method)
    return Found({**solver.told(points, merges, method, request.style), **_labels(merges, k)})


def _parents(merges: Sequence[Merge[N]]) -> Tree:
    return [*parents([(merge.a, merge.b) for merge in merges])]


def _labels(merges: Sequence[Merge[N]], k: int | None) -> dict[str, Tree]:
    """Return the labels of K clusters, if so many are asked for."""
    return {} if k is None else {"labels": [*linkage.cut(merges, k)]}


JOBS = {"linkage.fit": fit}
