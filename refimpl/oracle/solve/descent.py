"""Solvers of kmedoids.run and kmedians.run: the rooms on exact numbers, and every run that ties allow."""

from collections.abc import Callable

from refimpl import kmedians, kmedoids
from refimpl.certify import descent
from refimpl.certify.descent import P, Problem, Proven, Step
from refimpl.certify.lloyd import Labels
from refimpl.certify.medians import Centers
from refimpl.errors import Refuted
from refimpl.oracle import descent_input
from refimpl.oracle.case import Numbers, Variant
from refimpl.oracle.certificates import MedianPaths, MedoidPaths
from refimpl.oracle.kmeans_input import margin_text
from refimpl.oracle.solve.solution import Solution, of_outcomes


def run_medoids(given: Numbers, params: Numbers) -> Solution:
    """Solve kmedoids.run."""
    (_, moves), problem = descent_input.steps(params), descent_input.medoids(given)
    kmedoids.start(problem.v, list(problem.start))

    def check(labels: Labels, entered: tuple[int, ...], left: tuple[int, ...]) -> None:
        found = kmedoids.assign(problem.v, list(entered))
        medoids = kmedoids.update(problem.v, found, list(entered)) if moves else list(entered)
        _same((tuple(found), tuple(medoids)), (labels, left))

    paths, proven, outcomes = _run(
        problem,
        params,
        check,
        lambda labels, places: kmedoids.cost(problem.v, labels, list(places)),
        descent_input.written_medoids,
    )
    written = [[descent_input.medoid_step(step) for step in path] for path in paths]
    return of_outcomes(
        outcomes, MedoidPaths(margin_text(proven.label), descent_input.medoid_margin(proven.place), written)
    )


def run_medians(given: Numbers, params: Numbers) -> Solution:
    """Solve kmedians.run."""
    (_, moves), problem = descent_input.steps(params), descent_input.medians(given)
    kmedians.start(problem.points, problem.start)

    def check(labels: Labels, entered: Centers, left: Centers) -> None:
        found = kmedians.assign(problem.points, entered)
        centers = kmedians.update(problem.points, found, entered) if moves else entered
        _same((tuple(found), tuple(map(tuple, centers))), (labels, left))

    paths, proven, outcomes = _run(
        problem,
        params,
        check,
        lambda labels, places: kmedians.cost(problem.points, labels, places),
        descent_input.written_centers,
    )
    written = [[descent_input.median_step(step) for step in path] for path in paths]
    return of_outcomes(outcomes, MedianPaths(margin_text(proven.label), written))


def _run(
    problem: Problem[P],
    params: Numbers,
    check: Callable[[Labels, P, P], None],
    cost: descent_input.Cost[P],
    write: descent_input.Written[P],
) -> tuple[list[list[Step[P]]], Proven, list[Variant]]:
    """Return every path, what is proven of them, and what they answer; `check` and `cost` ask the room."""
    count, moves = descent_input.steps(params)
    paths = descent.grown(problem, count, moves=moves, check=check)
    proven = descent.check_paths(problem, paths, count, moves=moves)
    return paths, proven, descent_input.outcomes(problem, paths, proven.who_may, cost, write, moves=moves)


def _same(room: object, proof: object) -> None:
    if room != proof:
        raise Refuted(f"the room and the proof disagree: {room} and {proof}")


SOLVERS = {"kmedoids.run": run_medoids, "kmedians.run": run_medians}
