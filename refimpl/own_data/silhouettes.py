"""The tasks silhouette.* on own data: how much nearer rows are to their own cluster than to the next.

ball, exact   the road of the golden cases, on which every digit is certain and a silhouette of 0 is 0
float, high   the room `silhouette`
"""

from collections.abc import Callable, Sequence

from refimpl import linear, silhouette
from refimpl.numbers import N, Numbers
from refimpl.oracle.solve import silhouette as solver
from refimpl.oracle.solve.silhouette import Room
from refimpl.oracle.solve.solution import Solution
from refimpl.oracle.values import Rows, Style, Tree
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, written_row
from refimpl.own_data.request import Request


def samples(request: Request, watch: Watch) -> Found:
    """Run silhouette.samples."""
    return _run(request, "samples", silhouette.samples, solver.of_points)


def clusters(request: Request, watch: Watch) -> Found:
    """Run silhouette.clusters."""
    return _run(request, "clusters", silhouette.clusters, solver.of_classes)


def _run(request: Request, name: str, room: Room, proven: Callable[[Rows, Sequence[int], Style], Solution]) -> Found:
    (labels, names), digits = request.clusters(), request.options.digits
    points = request.table.rows
    told: Tree = [*names]

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        found = room(points, labels, numbers)
        return Found({name: written_row(write, found), "mean": write(_mean(found)), "names": told})

    if request.kind in ("float", "high"):
        return computed(request.kind, digits, compute)
    solution = proven(points, labels, request.style)
    return Found({**solution.expected, "names": told})


def _mean(found: Sequence[N]) -> N:
    return linear.quotient(linear.total(found), len(found))


JOBS = {"silhouette.samples": samples, "silhouette.clusters": clusters}
