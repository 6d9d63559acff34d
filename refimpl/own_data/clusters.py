"""The tasks kmeans.* on own data, in any kind of number."""

from collections.abc import Callable, Iterator
from operator import ne
from typing import Protocol, TypeVar

from refimpl import kmeans, kmeans_online, kmeans_starts
from refimpl.certify import partition
from refimpl.errors import BadInput
from refimpl.numbers import N, Numbers
from refimpl.oracle import values
from refimpl.oracle.kmeans_input import rate as rate_of
from refimpl.oracle.values import Rows, Tree
from refimpl.own_data.found import Found, Step, Watch
from refimpl.own_data.kind import computed, written_row, written_rows
from refimpl.own_data.request import Request


def assign(request: Request, watch: Watch) -> Found:
    """Run kmeans.assign."""
    centers = request.centers()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        return Found({"labels": list(kmeans.assign(*of_kind(numbers, request.table.rows, centers)))})

    return computed(request.kind, request.options.digits, compute)


def update(request: Request, watch: Watch) -> Found:
    """Run kmeans.update, whose labels are indices of centers."""
    given = list(request.table.labels) or request.table.fields.get("labels")
    if given is None:
        raise BadInput(
            f"{request.task.name} needs labels; give the name of their column by --labels, or JSON, "
            '{"input": {"points", "labels", "centers"}}'
        )
    labels, centers = values.wholes(given, "labels"), request.centers()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        points, kept = of_kind(numbers, request.table.rows, centers)
        return Found({"centers": written_rows(write, kmeans.update(points, labels, kept))})

    return computed(request.kind, request.options.digits, compute)


def step(request: Request, watch: Watch) -> Found:
    """Run kmeans.step."""
    return _lloyd(request, watch, most=1)


def run(request: Request, watch: Watch) -> Found:
    """Run kmeans.run."""
    return _lloyd(request, watch, most=request.count("iterations", 0))


def fit(request: Request, watch: Watch) -> Found:
    """Run kmeans.fit, at most so many steps as are asked for."""
    capped = request.options.iterations is not None or "iterations" in request.table.params
    return _lloyd(request, watch, most=request.count("iterations", 1) if capped else None, settles=True)


def _lloyd(request: Request, watch: Watch, *, most: int | None, settles: bool = False) -> Found:
    start = request.centers()

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        points, centers = of_kind(numbers, request.table.rows, start)
        states = kmeans.trace(points, kmeans.start(points, centers))
        told = followed(states, lambda state: write(state.distortion), watch, most, settles=settles)
        state, trace, settled = told
        results: dict[str, Tree] = {"labels": list(state.labels), "centers": written_rows(write, state.centers)}
        results["distortion"] = trace[-1].objective
        if settles:
            results["iterations"] = len(trace) - 1
        return Found(results, tuple(trace), settled if settles else None)

    return computed(request.kind, request.options.digits, compute)


class Labelled(Protocol):
    """A state after a step."""

    @property
    def labels(self) -> list[int]:
        """Of N points."""


L = TypeVar("L", bound=Labelled)


def followed(
    states: Iterator[L], objective: Callable[[L], str], watch: Watch, most: int | None, *, settles: bool = False
) -> tuple[L, list[Step], bool]:
    """Return the last state, the trace, and whether the labels have settled, where that ends the run."""
    trace: list[Step] = []
    labels: list[int] = []
    for n, state in enumerate(states):
        changed = sum(map(ne, labels, state.labels)) if n > 1 else None
        labels = state.labels
        trace.append(Step(n, objective(state), changed))
        watch(trace[-1], most)
        if (settles and changed == 0) or n == most:
            break
    return state, trace, settles and changed == 0


def online(request: Request, watch: Watch) -> Found:
    """Run kmeans.online, with the rate 1/n if none is given."""
    start, rate = request.centers(), rate_of({"rate": request.param("rate", "1/n")})
    total = len(request.table.rows)

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        points, centers = of_kind(numbers, request.table.rows, start)
        rates = None if rate is None else [numbers(rate)] * total
        labels: list[int] = []
        for n, state in enumerate(kmeans_online.trace(points, centers, rates)):
            labels += [state.label] if state.label is not None else []
            watch(Step(n, None), total)
        return Found({"labels": list(labels), "centers": written_rows(write, state.centers)})

    return computed(request.kind, request.options.digits, compute)


def optimum(request: Request, watch: Watch) -> Found:
    """Run kmeans.optimum, a search among all partitions in exact numbers."""
    points, k = request.table.rows, request.count("k", 1)
    kmeans.check_k(k, len(points))
    if request.kind != "exact":
        raise BadInput(f"--kind {request.kind} has no use in {request.task.name}, which is exact; leave it out")
    if len(points[0]) > 1 and len(points) > partition.MOST_ENUMERATED:
        raise BadInput(
            f"{request.task.name} tries all partitions; give at most {partition.MOST_ENUMERATED} points, or one "
            "column with --columns"
        )
    j, labels = partition.optimum(points, k)
    return Found({"distortion": values.written(j, values.Style(request.options.digits)), "labels": list(labels)})


def seeding(request: Request, watch: Watch) -> Found:
    """Run kmeans.seeding."""
    chosen = values.wholes(request.param("chosen"), "chosen")

    def compute(numbers: Numbers[N], write: Callable[[N], str]) -> Found:
        (points,) = of_kind(numbers, request.table.rows)
        return Found({"probabilities": written_row(write, kmeans_starts.seeding(points, chosen))})

    return computed(request.kind, request.options.digits, compute)


def of_kind(numbers: Numbers[N], *matrices: Rows) -> Iterator[list[list[N]]]:
    """Yield each matrix in one kind of number."""
    return ([[numbers(x) for x in row] for row in matrix] for matrix in matrices)


JOBS = {
    "kmeans.assign": assign,
    "kmeans.update": update,
    "kmeans.step": step,
    "kmeans.run": run,
    "kmeans.fit": fit,
    "kmeans.online": online,
    "kmeans.optimum": optimum,
    "kmeans.seeding": seeding,
}
