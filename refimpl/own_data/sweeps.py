"""The task choose_k.sweep on own data: several numbers of clusters, each with the best of some starts.

ball, exact   the road of the golden cases, on which every digit is certain
float, high   the rooms `kmeans` and `silhouette`

Starts come from a document, or by a rule: `first`, or with --seed `random` and `k-means++`, of which --restarts are
drawn for each K.
"""

from collections.abc import Callable

from refimpl import choose_k, kmeans_starts
from refimpl.errors import BadInput
from refimpl.numbers import N, Numbers
from refimpl.oracle import sweep_results, values
from refimpl.oracle.solve import sweep as solver
from refimpl.oracle.sweep_results import Measures
from refimpl.oracle.values import Rows, Style
from refimpl.own_data import start
from refimpl.own_data.clusters import of_kind
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import computed
from refimpl.own_data.request import Request

RESTARTS = 10
"""Starts that are drawn for each K where nobody says how many."""


def sweep(request: Request, watch: Watch) -> Found:
    """Run choose_k.sweep."""
    points, starts, style = request.table.rows, _starts(request), Style(request.options.digits)

    def told(measure: Callable[[list[Rows]], Measures]) -> Found:
        found = []
        for n, several in enumerate(starts, 1):
            found.append(measure(several))
            watch(Step(n, None), len(starts))
        return Found({"k": [len(several[0]) for several in starts], **sweep_results.named(found)})

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (data,) = of_kind(numbers, points)

        def measure(several: list[Rows]) -> Measures:
            state = kmeans_starts.restarts(data, [*of_kind(numbers, *several)])
            mean, ratio = choose_k.measures(data, state.labels, numbers)
            return Measures(
                write(state.distortion), None if mean is None else write(mean), None if ratio is None else write(ratio)
            )

        return told(measure)

    def proven(several: list[Rows]) -> Measures:
        state = kmeans_starts.restarts(points, several)
        return solver.measured(points, state.labels, state.centers, style)[0]

    rounded = request.kind in ("float", "high")
    return computed(request.kind, request.options.digits, compute) if rounded else told(proven)


def _starts(request: Request) -> list[list[Rows]]:
    """Return the starts for each K, or each by itself those of the document. Raises BadInput."""
    rule, ks, seed, table = request.options.start, request.options.ks, request.options.seed, request.table
    if rule is None and "starts" in table.fields:
        if ks is not None or seed is not None or request.options.restarts is not None:
            raise BadInput(f"the starts are those of {table.source}; leave --k, --seed and --restarts out")
        document = {"points": values.written_rows(table.rows), "starts": table.fields["starts"]}
        return [[start] for start in sweep_results.points_starts(document)[1]]
    if rule not in start.RULES:
        raise BadInput(f"{request.task.name} needs --start {', '.join(start.RULES[:-1])} or {start.RULES[-1]}")
    if ks is None:
        raise BadInput(f"{request.task.name} needs the numbers of clusters; give --k with a span such as 2-9")
    count = _count(request, rule)
    return [start.several(table, rule, k, seed, count) for k in range(ks[0], ks[1] + 1)]


def _count(request: Request, rule: str) -> int:
    """Return how many starts are drawn for each K. Raises BadInput."""
    restarts = request.options.restarts
    if restarts is None:
        return RESTARTS
    if rule not in start.DRAWN:
        raise BadInput(f"--restarts has no use with --start {rule}, which draws nothing; leave it out")
    if restarts < 1:
        raise BadInput(f"--restarts is {restarts}; give at least 1")
    return restarts


JOBS = {"choose_k.sweep": sweep}
