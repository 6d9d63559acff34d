"""The tasks modularity.* and map_equation.* on own data: a square table of weights, or a list of edges.

modularity      exact unless another kind is asked for
map_equation    the road of the golden cases, on which every digit is certain, or the room `map_equation`
optima          decided in exact numbers; only the codelength depends on the kind
"""

from collections.abc import Callable

from refimpl import map_equation, modularity
from refimpl.errors import BadInput
from refimpl.numbers import N, Numbers
from refimpl.oracle import values
from refimpl.oracle.solve import graphs as solver
from refimpl.oracle.values import Rows, Style, Tree
from refimpl.own_data.clusters import of_kind
from refimpl.own_data.found import Found, Watch
from refimpl.own_data.kind import computed
from refimpl.own_data.request import Request


def modularity_score(request: Request, watch: Watch) -> Found:
    """Run modularity.score."""
    weights, (labels, names) = _weights(request), request.clusters()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (own,) = of_kind(numbers, weights)
        found = modularity.modularity(own, labels)
        return Found({"modularity": write(found)})

    return _named(request, computed(request.kind, request.options.digits, compute), names)


def modularity_optimum(request: Request, watch: Watch) -> Found:
    """Run modularity.optimum, a search among all partitions in exact numbers."""
    if request.kind != "exact":
        raise BadInput(f"--kind {request.kind} has no use in {request.task.name}, which is exact; leave it out")
    best = modularity.optimum(_weights(request))
    found: dict[str, Tree] = {"modularity": values.written(best.modularity, Style(request.options.digits))}
    return _named(request, Found({**found, "labels": list(best.partitions[0]), "optima": len(best.partitions)}))


def map_equation_score(request: Request, watch: Watch) -> Found:
    """Run map_equation.score."""
    weights, (labels, names) = _weights(request), request.clusters()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        return Found({"codelength": write(map_equation.codelength(weights, labels, numbers))})

    if request.kind in ("float", "high"):
        return _named(request, computed(request.kind, request.options.digits, compute), names)
    return _named(request, Found(solver.of_labels(weights, labels, request.style).expected), names)


def map_equation_optimum(request: Request, watch: Watch) -> Found:
    """Run map_equation.optimum."""
    weights = _weights(request)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        best = map_equation.optimum(weights, numbers)
        return Found({"codelength": write(best.codelength), "labels": list(best.partitions[0])})

    if request.kind in ("float", "high"):
        return _named(request, computed(request.kind, request.options.digits, compute))
    return _named(request, Found(solver.of_optimum(weights, request.style).expected))


def _weights(request: Request) -> Rows:
    """Return n x n weights. Raises BadInput where the table is not square."""
    table = request.table
    if len(table.rows) != len(table.columns):
        raise BadInput(
            f"{table.source}: {len(table.rows)} rows of {len(table.columns)} numbers are no square table of weights; "
            "give one, or a list of edges with columns named source, target and, if you like, weight"
        )
    return table.rows


def _named(request: Request, found: Found, communities: list[str] | None = None) -> Found:
    """Return results with the names of the nodes, and those of the communities that were given."""
    told: dict[str, Tree] = {"nodes": [*request.table.columns]}
    return Found({**found.results, **told, **({} if communities is None else {"communities": [*communities]})})


JOBS = {
    "modularity.score": modularity_score,
    "modularity.optimum": modularity_optimum,
    "map_equation.score": map_equation_score,
    "map_equation.optimum": map_equation_optimum,
}
