"""The task dbscan.fit on own data, in any kind of number."""

from collections.abc import Callable

from refimpl import dbscan
from refimpl.numbers import N, Numbers
from refimpl.oracle import values
from refimpl.own_data.clusters import of_kind
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed
from refimpl.own_data.request import Request


def fit(request: Request, watch: Watch) -> Found:
    """Run dbscan.fit, and tell which border points several clusters reach."""
    eps, least = values.number(request.param("eps"), "eps"), request.count("min_points", 1)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (points,) = of_kind(numbers, request.table.rows)
        found = dbscan.fit(points, numbers(eps), least)
        core = [int(core) for core in found.core]
        return Found({"labels": [*found.labels], "core": [*core], "ambiguous": [*found.ambiguous]})

    return computed(request.kind, request.options.digits, compute)


JOBS = {"dbscan.fit": fit}
