"""The tasks kmedoids.run and kmedians.run on own data, in any kind of number."""

from collections.abc import Callable

from refimpl import kmedians, kmedoids, linear
from refimpl.errors import BadInput
from refimpl.numbers import N, Numbers
from refimpl.oracle.kmeans_input import MOST_DIFFERENCES
from refimpl.oracle.values import Tree
from refimpl.own_data.clusters import followed, of_kind
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed, written_rows
from refimpl.own_data.request import Request


def run_medoids(request: Request, watch: Watch) -> Found:
    """Run kmedoids.run, on the dissimilarities between rows or on a table of them."""
    most, measure, rows = request.count("iterations", 0), request.measure, request.table.rows
    if measure == "table" and request.table.spans:
        raise BadInput("--scale has no use with --dissimilarity table, whose columns are no coordinates; leave it out")
    if len(rows) ** 2 > MOST_DIFFERENCES:
        raise BadInput(f"{request.table.source}: {len(rows)} rows are too many for all pairs; give at most 1000")
    start = request.medoids()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (v,) = of_kind(numbers, rows)
        if measure != "table":
            v = kmedoids.dissimilarities(v, linear.squared_distance if measure == "squared" else kmedians.distance)
        states = kmedoids.trace(v, kmedoids.start(v, start))
        state, trace, _ = followed(states, lambda state: write(state.cost), watch, most)
        results: dict[str, Tree] = {"labels": [*state.labels], "medoids": [*state.medoids]}
        return Found({**results, "cost": trace[-1].objective}, tuple(trace))

    return computed(request.kind, request.options.digits, compute)


def run_medians(request: Request, watch: Watch) -> Found:
    """Run kmedians.run."""
    most, start = request.count("iterations", 0), request.centers()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        points, centers = of_kind(numbers, request.table.rows, start)
        states = kmedians.trace(points, kmedians.start(points, centers))
        state, trace, _ = followed(states, lambda state: write(state.cost), watch, most)
        results: dict[str, Tree] = {"labels": [*state.labels], "centers": written_rows(write, state.centers)}
        return Found({**results, "cost": trace[-1].objective}, tuple(trace))

    return computed(request.kind, request.options.digits, compute)


JOBS = {"kmedoids.run": run_medoids, "kmedians.run": run_medians}
