"""The task choose_k.sweep on own data: several numbers of clusters, each with the best of some starts.

ball, exact   the road of the golden cases, on which every digit is certain
float, high   the rooms `kmeans` and `silhouette`

Starts come from a document, or by a rule: `first`, or with --seed `random` and `k-means++`, of which --restarts are
drawn for each K.
"""

from collections.abc import Callable

from refimpl import kmeans_starts, linear, silhouette
from refimpl.errors import BadInput
from refimpl.numbers import N, Numbers
from refimpl.oracle import sweep_results, values
from refimpl.oracle.solve import sweep as solver
from refimpl.oracle.sweep_results import Measures
from refimpl.oracle.values import Rows, Style
from refimpl.own_data import start
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import computed
from refimpl.own_data.request import Request

RESTARTS = 10
"""Starts that are drawn for each K where nobody says how many."""


def sweep(request: Request, watch: Watch) -> Found:
    """Run choose_k.sweep."""
    points, starts, style = request.table.rows, _starts(request), Style(request.options.digits)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        data = [[numbers(x) for x in row] for row in points]
        found = []
        for n, several in enumerate(starts, 1):
            centers = [[[numbers(x) for x in row] for row in rows] for rows in several]
            state = kmeans_starts.restarts(data, centers)
            found.append(_measures(data, state.labels, state.distortion, numbers, write))
            watch(Step(n, None), len(starts))
        return _found(starts, found)

    if request.kind in ("float", "high"):
        return computed(request.kind, request.options.digits, compute)
    found = []
    for n, several in enumerate(starts, 1):
        state = kmeans_starts.restarts(points, several)
        found.append(solver.measured(points, state.labels, state.centers, style)[0])
        watch(Step(n, None), len(starts))
    return _found(starts, found)


def _measures(
    data: list[list[N]], labels: list[int], distortion: N, numbers: Numbers[N], write: Callable[[N], str]
) -> Measures:
    has_silhouette, has_ratio = sweep_results.comparable(labels)
    mean = ratio = None
    if has_silhouette:
        samples = silhouette.samples(data, labels, numbers)
        mean = write(linear.quotient(linear.total(samples), len(samples)))
    if has_ratio:
        ratio = write(silhouette.ratio(data, labels, numbers))
    return Measures(write(distortion), mean, ratio)


def _found(starts: list[list[Rows]], found: list[Measures]) -> Found:
    return Found({"k": [len(several[0]) for several in starts], **sweep_results.named(found)})


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
    return [_several(request, rule, k) for k in range(ks[0], ks[1] + 1)]


def _several(request: Request, rule: str, k: int) -> list[Rows]:
    seed, restarts, table = request.options.seed, request.options.restarts, request.table
    one = start.centers(table, rule, k, seed)  # refuses what a single start refuses
    if seed is None:
        if restarts is not None:
            raise BadInput(f"--restarts has no use with --start {rule}, which draws nothing; leave it out")
        return [one]
    count = RESTARTS if restarts is None else restarts
    if count < 1:
        raise BadInput(f"--restarts is {count}; give at least 1")
    draw = kmeans_starts.seeded_starts if rule == "random" else kmeans_starts.plus_plus_starts
    return draw(table.rows, k, seed=seed, count=count)


JOBS = {"choose_k.sweep": sweep}
